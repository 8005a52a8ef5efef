"""Draw all flows for the documents: `python -m docs.pictures` writes docs/flows anew."""

import sys
from collections.abc import Mapping
from pathlib import Path

from flows.compiler import CONTENT, read_pack
from flows.model import Flow
from flows.phrases import counted
from flows.workshop.draw import MAP, pictures
from flows.workshop.listing import listed

HERE = Path(__file__).parent / "flows"
HEAD = f"""# The flows, drawn

Written by `make docs`; `befriend flows draw` draws your own.
A picture shows what the bot says, what can be answered, and where each answer leads.
Opened by itself, it can be searched, enlarged, and printed over several pages; in the map, a name leads to its flow.
How long, how hard and how varied they are: [in figures](stats.md).

[![All flows, and how they lead to each other]({MAP}.svg)]({MAP}.svg)

| flow | what it is | kind | length | reached from |
|---|---|---|---|---|
"""


def files() -> dict[str, str]:
    """Return what stands in docs/flows, by name."""
    flows = {flow.id: flow for flow in read_pack(CONTENT).flows if flow.kind != "lines"}
    return {"README.md": HEAD + _table(flows), **pictures(flows, list(flows))}


def _table(flows: Mapping[str, Flow]) -> str:
    rows = (
        f"| [{row.flow}]({row.flow}.svg) | {row.title.replace('|', '/')} | {row.kind}"
        f" | {counted(row.steps, 'step')} | {', '.join(row.reached_from)} |\n"
        for row in listed(flows)
    )
    return "".join(rows)


def main() -> None:
    """Write what is new, and remove the pictures of flows that are gone."""
    HERE.mkdir(exist_ok=True)
    present = files()
    for path in HERE.glob("*.svg"):
        if path.name not in present:
            path.unlink()
    for name, text in present.items():
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"docs/flows is written: {len(present) - 1} pictures.\n")


if __name__ == "__main__":
    main()
