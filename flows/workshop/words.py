"""``befriend flows words``: all that a flow says, to be read by somebody who judges words."""

import argparse
import csv
import io
from collections.abc import Iterable, Iterator

from flows.model import Flow
from flows.wordings import FORMS
from flows.workshop.command import Bench, Command

HEADS = ("id", "flow", "step", "slot", "form", "wording", "english", "row")
RISKY = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
)  # a spreadsheet takes what begins so for a formula (OWASP, CSV injection)
NOTES = """\
Markdown, to be read as it is, printed, or turned into any other format:
  befriend flows words friend > friend.md
  befriend flows words friend --form tender      as people read it who asked for all the warmth there is
  befriend flows words --sheet > sheet.md        the page on which whoever read them signs off, flow by flow
  befriend flows words --content mine --csv > mine.csv     a table: UTF-8, one row a text
A cell that would begin like a formula has an apostrophe before it. For translators there is `befriend flows po`.
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "flows", nargs="*", metavar="ID", help="a flow; without any, all (yours, with --content)"
    )
    parser.add_argument("--csv", action="store_true", help="a table in place of a script")
    parser.add_argument(
        "--sheet", action="store_true", help="the page on which a reader signs off, and no script"
    )
    parser.add_argument(
        "--form", choices=FORMS, default="", help="only what people read who are spoken to like this"
    )


def run(bench: Bench) -> int:
    """Print the words of flows; 1 if a flow is not there."""
    from flows.script import Script
    from flows.signing import sheet
    from flows.workshop.loading import known

    pack, asked = bench.pack(), bench.options
    flows = {flow.id: flow for flow in pack.flows}
    if not known(bench, asked.flows, flows):
        return 1
    ids = asked.flows or [id_ for id_ in flows if id_ in pack.added or not bench.folder]
    if asked.sheet:
        for line in sheet(flows[id_] for id_ in ids):
            bench.say(line)
        return 0
    if asked.csv:
        bench.say(table((flows[id_] for id_ in ids), asked.form).rstrip("\n"))
        return 0
    script = Script(flows, asked.form)
    for line in (line for id_ in ids for line in script.write(flows[id_])):
        bench.say(line)
    return 0


def table(flows: Iterable[Flow], form: str = "") -> str:
    """Return texts as CSV, each of them once; of one form only, if it is named."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    seen: set[str] = set()
    for row in _rows(flows):
        if row[0] not in seen and (not form or row[4] == form):
            seen.add(row[0])
            writer.writerow(map(_safe, row))
    return out.getvalue()


def _rows(flows: Iterable[Flow]) -> Iterator[tuple[str, ...]]:
    for flow in flows:
        for row, wording in flow.texts:
            owner, *place, form = wording.id.split("/")
            step = place[0] if len(place) > 1 else ""
            said, _, number = form.partition(".")
            yield wording.id, owner, step, place[-1], said, number, wording.text, str(wording.row or row)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell


COMMAND = Command("words", "print all that flows say, for somebody who judges words", options, run, NOTES)
