"""``python -m bench``: prints one JSON object a line: each measurement, the medians, then the ratios."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from bench import checkins, core, direct, look, over_http, process, report, sealed, start
from bench.over_http import Plan

Line = dict[str, Any]


class Bot(NamedTuple):
    """One bot that is measured, and how its process is started."""

    name: str
    arguments: tuple[str, ...]


BOTS = (
    Bot("befriend", ("-m", "bench.ours", "{url}", "{folder}")),
    Bot("ptb", ("-m", "bench.peers.ptb", "{url}")),
    Bot("ptb-kept", ("-m", "bench.peers.ptb", "{url}", "{folder}/kept.db")),
    Bot("ptb-pickle", ("-m", "bench.peers.ptb", "{url}", "{folder}/kept.pickle")),
    Bot("aiogram", ("-m", "bench.peers.fsm", "{url}")),
)
FULL = Plan(people=256, few_s=1.5, warm_s=1.0, many_s=5.0)
QUICK = Plan(people=256, few_s=0.8, warm_s=0.7, many_s=2.5)
PARTS = ("http", "raw", "people", "start", "core", "sealed", "look", "checkins")
TOWN, CITY = 20_000, 1_000_000  # people with check-ins: each time, and where only they are asked for


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 if a bot could not be measured."""
    options = parser().parse_args(words)
    process.pin_load()
    began, found = perf_counter(), []
    for line in _measure(options):
        found.append(line)
        _print(line)
    for line in report.conclude(found):
        _print(line)
    _print({"bench": "whole", "s": round(perf_counter() - began)})
    return int(any("error" in line for line in found))


def parser() -> argparse.ArgumentParser:
    """Return the command's options."""
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = options.add_argument
    add("--quick", action="store_true", help="one short round, under a minute")
    add("--rounds", type=int, default=3, help="interleaved rounds; medians are shown (default: 3)")
    add(
        "part", nargs="?", choices=["checkins"], help="measure a million people's check-ins, and nothing else"
    )
    add("--crowd", type=int, default=256, help="people at once, beside the peers (default: 256)")
    add(
        "--people",
        type=int,
        default=2000,
        help="people who walk six steps with Befriend alone (default: 2000)",
    )
    add("--presses", action="store_true", help="people tap buttons rather than type their labels")
    add("--only", nargs="*", choices=[bot.name for bot in BOTS], help="these bots only")
    add("--skip", nargs="*", default=[], choices=PARTS, help="leave these parts out")
    return options


def _measure(options: argparse.Namespace) -> Iterable[Line]:
    if options.part:
        yield from checkins.figures(CITY)
        return
    rounds = 1 if options.quick else options.rounds
    bots = [bot for bot in BOTS if not options.only or bot.name in options.only]
    for number in range(rounds):
        at = number % len(bots)
        for bot in bots[at:] + bots[:at]:  # nobody is always first
            yield from _beside_peers(bot, number, options)
    if BOTS[0] in bots:
        yield from _alone(BOTS[0], rounds, options)


def _beside_peers(bot: Bot, number: int, options: argparse.Namespace) -> Iterable[Line]:
    plan = (QUICK if options.quick else FULL)._replace(people=options.crowd, presses=options.presses)
    if "http" not in options.skip:
        yield _line("http", bot, number, lambda folder: over_http.measure(plan, bot.arguments, folder))
    if "raw" not in options.skip and not (options.quick and bot.name == "aiogram"):  # 10 s to start, no aim
        seconds = plan.many_s / 2
        yield _line("raw", bot, number, lambda folder: direct.run(bot.name, folder, plan.people, seconds))


def _alone(bot: Bot, rounds: int, options: argparse.Namespace) -> Iterable[Line]:
    people = min(options.people, 500) if options.quick else options.people
    plan = FULL._replace(people=people, presses=options.presses)
    if "people" not in options.skip:
        yield _line("people", bot, 0, lambda folder: over_http.walk(plan, bot.arguments, folder))
    if "start" not in options.skip:
        for number in range(rounds):
            yield _line("start", bot, number, start.first_words)
    if "core" not in options.skip:
        yield from core.measure()
    if "sealed" not in options.skip:
        yield from sealed.measure(rounds)
    if "checkins" not in options.skip and not options.quick:
        yield from checkins.figures(TOWN, whole=False)
    if "look" not in options.skip:
        yield from look.measure(rounds)


def _line(bench: str, bot: Bot, number: int, measure: Callable[[Path], Line]) -> Line:
    head = {"bench": bench, "bot": bot.name, "round": number + 1}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            return head | measure(Path(folder))
        except process.Silent as error:
            return head | {"error": str(error)}


def _print(line: Line) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
