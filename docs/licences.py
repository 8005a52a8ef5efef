"""List the licences of all that runs with the bot: `python -m docs.licences` writes docs/licences.md."""

from pathlib import Path

from docs.packages import Package, locked

HERE = Path(__file__).parent
HEAD = """# Licences of what runs with Befriend

Written by `make docs` from `requirements.lock` and from what each installed package says of itself.
Befriend's own code is under MIT and its words under CC BY 4.0; the list of places is from GeoNames (CC BY 4.0).
All of these may be passed on beside it, unchanged and with their own texts, which each package carries with it.
python-telegram-bot is under the LGPL: it stays a package of its own that anyone may replace by another version.

| Package | Licence | Comes with |
|---|---|---|
"""


def page(packages: list[Package]) -> str:
    """Return the whole page."""
    rows = (
        f"| {package.name} | {package.licence or 'unknown'} | {', '.join(package.needed_by)} |"
        for package in packages
    )
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (HERE / "licences.md").write_text(page(locked()), encoding="utf-8")
