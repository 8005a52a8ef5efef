"""The command `befriend` where only what the lock holds is installed: what it leaves out cannot be imported."""

import re
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path

TOP = Path(__file__).parents[1]


def left_out() -> list[str]:
    """Return the packages that the lock leaves out, as the lock names them."""
    said = (TOP / "requirements.lock").read_text(encoding="utf-8").splitlines()[-1]
    return re.sub(r"^# Left out, as nothing here imports them: ", "", said).split()


class Bare(MetaPathFinder):
    """Finds none of the packages that are left out, installed or not."""

    def __init__(self, names: Sequence[str]) -> None:
        self._tops = {name.replace("-", "_") for name in names}

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.split(".", 1)[0] in self._tops:
            raise ModuleNotFoundError(name, name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, Bare(left_out()))
    from bot.cli import main

    sys.exit(main())
