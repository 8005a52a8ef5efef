"""``befriend flows walk``: go every way through flows, and many at random, before a person does."""

import argparse
import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from flows.phrases import counted
from flows.walk import DEPTH, LONGEST, STROLLS
from flows.workshop.command import Bench, Command

if TYPE_CHECKING:
    from flows.compiler import Content
    from flows.walk.findings import Finding
    from flows.walk.report import Report

WIDTH = 100  # columns
NOTES = f"""\
It tries every offer, words for every "heard", answers that meet and that miss each "when", skips, waits, other
hours and what is known of a person where a guard asks for them, looks back, and whatever an action may find.
Then it walks at random.
  error, endless, empty, silent   wrong for the person, with the way there: exit code 1
  dead                            nobody comes there
  trap                            no way leads to an end from there; only "stop" does
  round                           it comes round with the clock alone, as long as the person does nothing
Without names it begins with the flows that people can enter. With names it ends where those are left.
A "…" in a way stands for what happens in a flow that is called. A random walk of {LONGEST} turns is broken off.
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "flows", nargs="*", metavar="ID", help="a flow; without any, all that people can enter"
    )
    parser.add_argument(
        "--random", type=_count, default=STROLLS, metavar="N", help=f"random walks (default: {STROLLS})"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="decides the random walks (default: 0)"
    )
    parser.add_argument(
        "--depth", type=_count, default=DEPTH, metavar="D", help=f"turns of every path (default: {DEPTH})"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(bench: Bench) -> int:
    """Print what was found; 1 if a person would meet something wrong."""
    from flows.walk.report import walk
    from flows.workshop.loading import known, load

    content, asked = load(bench), bench.options
    if content is None or not known(bench, asked.flows, content.flows):
        return 1
    report = walk(content, bench.shell, asked.flows, strolls=asked.random, seed=asked.seed, depth=asked.depth)
    for line in _json(report) if asked.json else _lines(report, content, asked.flows):
        bench.say(line)
    return 1 if report.errors else 0


def _lines(report: "Report", content: "Content", only: list[str]) -> Iterator[str]:
    yield "How often each step was reached, at random where there were random walks:"
    for id_ in only or content.flows:
        steps = content.flows[id_].flow.steps.values()
        counts = ", ".join(f"{step.id} {report.reached.get((id_, step.id), 0)}" for step in steps if step.row)
        yield from textwrap.wrap(f"{id_}: {counts}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    yield from _talks(report)
    yield from (line for finding in report.findings for line in _told(finding))
    yield from _summary(report)


def _talks(report: "Report") -> Iterator[str]:
    if report.talks:
        wide = max(len(talk.flow) for talk in report.talks)
        yield f"{'flow':{wide}}  turns: median  longest  minutes  came to an end"
    for talk in report.talks:
        ended = f"{talk.ended} of {talk.walks}"
        yield f"{talk.flow:{wide}}  {talk.median:13g}  {talk.longest:7}  {talk.minutes:7}  {ended:>14}"


def _told(finding: "Finding") -> Iterator[str]:
    yield f"{finding.path}:{finding.row}: {finding.kind}: {finding.message}"
    if finding.way:
        yield from textwrap.wrap(
            " · ".join(finding.way), WIDTH, initial_indent="    ", subsequent_indent="    "
        )


def _summary(report: "Report") -> Iterator[str]:
    walks = sum(talk.walks for talk in report.talks)
    begun = f"{counted(len(report.entered), 'flow')} begun"
    tried = f"{counted(report.places, 'place')}, {counted(report.turns, 'turn')} on every path"
    yield f"{begun}: {tried}, {counted(walks, 'random walk')}"
    if report.untried:
        yield f"{counted(report.untried, 'place')} left untried: the bounds cut them off, and what lies behind them."
    yield f"{counted(report.errors, 'error')}, {counted(len(report.findings) - report.errors, 'remark')}"


def _json(report: "Report") -> Iterator[str]:
    for finding in report.findings:
        yield _object("finding", asdict(finding) | {"error": finding.error})
    for talk in report.talks:
        yield _object("talk", asdict(talk))
    for (flow, step), count in sorted(report.reached.items()):
        yield _object("step", {"flow": flow, "step": step, "reached": count})
    counts = {
        "places": report.places,
        "turns": report.turns,
        "untried": report.untried,
        "errors": report.errors,
    }
    yield _object("walk", {"entered": report.entered, **counts})


def _object(what: str, body: dict[str, object]) -> str:
    return json.dumps({"what": what, **body}, ensure_ascii=False)


def _count(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number")


COMMAND = Command("walk", "go every way through flows, and many at random", options, run, NOTES)
