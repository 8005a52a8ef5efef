"""``befriend flows list``: which flows there are, and where each one stands."""

import argparse
import json
import shutil
import textwrap
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

from flows.chart import links
from flows.diagram import is_stale
from flows.model import Flow
from flows.phrases import counted
from flows.workshop.command import Bench, Command

WIDE = 88  # columns; a table in fewer is harder to read than a list
HEADS = ("flow", "kind", "steps", "min", "review", "sources", "reached from")
NARROWEST = 20
LAST = 24  # columns that the last one has in any case
NOTES = """\
"reached from" names the flows that lead to it; "the bot" begins it by itself.
A + marks your own flows (with --content), which are added to the bot's or take their place.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What is told of one flow. ``review`` is "needed", or who has answered for its words and when."""

    flow: str
    title: str
    kind: str
    steps: int
    minutes: int
    review: str
    sources: tuple[str, ...]
    reached_from: tuple[str, ...]
    added: bool


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(bench: Bench) -> int:
    """Print a row for each flow."""
    pack = bench.pack()
    rows = listed({flow.id: flow for flow in pack.flows}, pack.added)
    if bench.options.json:
        for row in rows:
            bench.say(json.dumps(asdict(row), ensure_ascii=False))
        return 0
    columns = shutil.get_terminal_size((100, 24)).columns
    for line in _table(rows, columns) if columns >= WIDE else _narrow(rows, columns):
        bench.say(line)
    needed = sum(row.review == "needed" for row in rows)
    end = f"{counted(len(rows), 'flow')}, {needed} of them waiting for a reviewer"
    bench.say(textwrap.fill(end, max(columns, NARROWEST)))
    if pack.diagnostics:
        bench.say("Some of it could not be read: `befriend flows check` names it.")
    return 0


def listed(flows: Mapping[str, Flow], added: Collection[str] = ()) -> list[Row]:
    """Return a row for each flow, by name."""
    reached: dict[str, dict[str, None]] = {id_: {} for id_ in flows}
    for link in links(flows):
        reached.get(link.to, {})[link.source] = None
    return [
        Row(
            flow=id_,
            title=flow.title,
            kind=flow.kind,
            steps=len(flow.steps),
            minutes=flow.minutes,
            review=_review(flow),
            sources=flow.sources,
            reached_from=tuple(reached[id_]),
            added=id_ in added,
        )
        for id_, flow in sorted(flows.items())
    ]


def _review(flow: Flow) -> str:
    if flow.review is None:
        return "needed"
    return f"{flow.review}{' (changed since)' if is_stale(flow) else ''}"


def _table(rows: Iterable[Row], columns: int) -> Iterable[str]:
    cells = [HEADS, *map(_cells, rows)]
    sizes = [max(len(row[place]) for row in cells) for place in range(len(HEADS) - 1)]
    room = max(columns - sum(sizes) - 2 * len(sizes), LAST)
    for row in cells:
        last = textwrap.wrap(row[-1], room) or [""]
        for number, line in enumerate(last):
            before = row[:-1] if number == 0 else [""] * len(sizes)
            yield "  ".join([*map(str.ljust, before, sizes), line]).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    steps, minutes = str(row.steps or "–"), str(row.minutes or "–")
    sources = " ".join(row.sources) or "–"
    return (_name(row), row.kind, steps, minutes, row.review, sources, _from(row))


def _narrow(rows: Iterable[Row], columns: int) -> Iterable[str]:
    for row in rows:
        yield f"{_name(row)}  {row.title}"
        steps = [counted(row.steps, "step")] if row.steps else []
        minutes = [f"{row.minutes} min"] if row.minutes else []
        about = [row.kind, *steps, *minutes, f"review: {row.review}", *row.sources]
        for text in (" · ".join(about), f"from: {_from(row)}"):
            yield from textwrap.wrap(
                text, max(columns, NARROWEST), initial_indent="   ", subsequent_indent="   "
            )


def _name(row: Row) -> str:
    return f"+ {row.flow}" if row.added else row.flow


def _from(row: Row) -> str:
    if row.kind == "lines":
        return "everywhere: shared lines"
    return ", ".join(row.reached_from) or "nothing yet"


COMMAND = Command("list", "list the flows: kind, length, review, and what leads to each", options, run, NOTES)
