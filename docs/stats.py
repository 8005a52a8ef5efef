"""Write the figures of all flows for the documents: `python -m docs.stats` writes docs/flows/stats.md anew.

How many turns a flow takes comes of random walks, which take some seconds; all else is there at once.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.shell import SHELL
from flows.compiler import CONTENT, compile_content, read_pack
from flows.figures import VARIED, Figures, measure
from flows.phrases import counted
from flows.walk.report import random_walks
from flows.workshop.stats import WALKS

FILE = Path(__file__).parent / "flows" / "stats.md"
HEAD = f"""# The flows, in figures

Written by `make docs`; `befriend flows stats` measures your own, and tells more.

- **minutes**: as the author says, and as they come of words and waits on a typical way.
- **turns**: how often the person has the word: half of {WALKS} random walks have more; and the longest.
- **grade**: the US school grade that reads it with ease (Flesch-Kincaid); 6 at most.
- **wordings**: of a bubble in one form, on average; and how many of them have at least {VARIED}.

| flow | kind | steps | minutes | turns | grade | wordings |
|---|---|--:|--:|--:|--:|--:|
"""
ROW = re.compile(r"^\| (?P<flow>\w+) \|(?: [^|]+ \|){3} (?P<turns>[^|]+) \|", re.MULTILINE)
UNKNOWN = "–"


def page(turns: Mapping[str, str]) -> str:
    """Return the page; ``turns`` by flow, as they are shown."""
    flows = {flow.id: flow for flow in read_pack(CONTENT).flows if flow.kind != "lines"}
    figures = [measure(flows[id_], flows) for id_ in sorted(flows)]
    texts, words = sum(each.texts for each in figures), sum(each.words for each in figures)
    rows = (f"| {' | '.join(_row(each, turns.get(each.flow, UNKNOWN)))} |\n" for each in figures)
    counts = f"{counted(len(figures), 'flow')}, {counted(texts, 'text')}, {counted(words, 'word')}"
    return f"{HEAD}{''.join(rows)}\n{counts}.\n"


def told(text: str) -> dict[str, str]:
    """Return the turns that a page tells, by flow."""
    return {row["flow"]: row["turns"] for row in ROW.finditer(text.removeprefix(HEAD))}


def walked() -> dict[str, str]:
    """Return the turns of each flow, by walking at random."""
    content = compile_content(shell=SHELL)
    flows = [id_ for id_, each in content.flows.items() if each.flow.kind != "lines"]
    return {
        each.flow: f"{each.median:g} / {each.longest}" for each in random_walks(content, SHELL, flows, WALKS)
    }


def _row(each: Figures, turns: str) -> Iterator[str]:
    yield from (each.flow, each.kind, str(each.steps))
    yield f"{each.declared or UNKNOWN} / {each.computed:g}"
    yield turns
    spoken = each.words > 0  # some flows say nothing by themselves
    yield f"{max(0.0, each.grade):.1f}" if spoken else UNKNOWN
    yield f"{each.wordings:.1f}, {each.varied} %" if spoken else UNKNOWN


def main() -> None:
    """Write the page."""
    FILE.write_text(page(walked()), encoding="utf-8", newline="\n")
    sys.stdout.write("docs/flows/stats.md is written.\n")


if __name__ == "__main__":
    main()
