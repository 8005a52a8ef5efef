"""``befriend flows diff``: what a change of the flows means for people who are in the middle of a talk."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from flows.pack import CONTENT, Pack, read_pack
from flows.phrases import counted
from flows.workshop.command import Bench, Command

if TYPE_CHECKING:
    from flows.diff import Diff, Standing

NOTES = """\
OLD and NEW are folders that hold <flow>/flow.yaml. Without NEW, the present flows are meant. A folder that cannot
stand by itself is laid over the bot's own flows. Of an older version, git makes a folder:
  git worktree add ../before v1.2        all of it, to look at; git worktree remove ../before
  git archive v1.2 flows/content | tar -x -C /tmp/before
  befriend flows diff ../before/flows/content
It asks the engine: each step is tried with somebody who stands on it. Both are read as this version of the bot reads.
"""
TOLD = {
    "stays": "go on, and notice nothing",
    "asked": "are asked again, as it now is",
    "led": "are led elsewhere",
    "lost": "lose their place",
}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, metavar="OLD", help="the flows that people are in")
    parser.add_argument("new", type=Path, metavar="NEW", nargs="?", help="the flows that take their place")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(bench: Bench) -> int:
    """Print what happens to people on every step; 1 if the flows cannot be compared."""
    from flows.diagnostics import ContentError
    from flows.diff import compare

    asked = bench.options
    for folder in filter(None, (asked.old, asked.new)):
        if not folder.is_dir():
            return bench.fail(f"There is no folder {folder}.")
    old, new = pack_of(asked.old), pack_of(asked.new) if asked.new else bench.pack()
    try:
        found = compare(old.flows, new)
    except ContentError as error:
        return bench.fail(f"The new flows cannot be used.\n{error}")
    for each in old.diagnostics:
        bench.fail(f"Left out of the old flows: {each}")
    for line in _json(found) if asked.json else _lines(found):
        bench.say(line)
    return 0


def pack_of(folder: Path) -> Pack:
    """Read a folder of flows: by itself if it can stand so, otherwise laid over the bot's own."""
    from flows import checks

    alone = read_pack(folder)
    whole = any("gone" in flow.lines for flow in alone.flows)
    if whole and not any(each.error for each in checks.check(alone, words=False)):
        return alone
    return read_pack(CONTENT, folder)


def _lines(found: "Diff") -> Iterator[str]:
    for old, new in found.renamed:
        yield f"the flow '{old}' is now called '{new}'"
    for what, ids in (("new", found.added), ("gone", found.removed)):
        for id_ in ids:
            yield f"the flow '{id_}' is {what}"
    for flow, name, to in found.variables:
        yield f"{flow}: the answer '{name}' is now called '{to}'"
    for each in found.reworded:
        yield f"{each.path}:{each.row}: '{each.step}' has new words; nobody stands there"
    for standing in found.standings:
        if standing.fate != "stays" or standing.renamed:
            yield f"{standing.path}:{standing.row}: people on '{standing.step}' {_fate(standing)}"
    yield _summary(found)


def _fate(standing: "Standing") -> str:
    told, to = TOLD[standing.fate], f"'{standing.to}'"
    if standing.renamed:
        return f"{told}; it is called {to} now"
    if standing.fate in ("led", "lost"):
        return f"{told}: {f'to {to}' if standing.to else 'the talk ends'}"
    return told


def _summary(found: "Diff") -> str:
    stays, asked, led, lost = (found.count(fate) for fate in ("stays", "asked", "led", "lost"))
    where = f"On {counted(len(found.standings), 'step')} people stand"
    return (
        f"{where}: on {stays} they go on and notice nothing, on {asked} they are asked again, on {led} they are "
        f"led elsewhere, on {lost} they lose their place."
    )


def _json(found: "Diff") -> Iterator[str]:
    for standing in found.standings:
        yield json.dumps({"what": "step"} | asdict(standing))
    for each in found.reworded:
        yield json.dumps({"what": "words"} | asdict(each))
    flows = {"added": found.added, "removed": found.removed, "renamed": dict(found.renamed)}
    counts = {fate: found.count(fate) for fate in ("stays", "asked", "led", "lost")}
    yield json.dumps({"what": "flows"} | flows | {"variables": found.variables} | counts)


COMMAND = Command("diff", "show what a change means for people in the middle of a talk", options, run, NOTES)
