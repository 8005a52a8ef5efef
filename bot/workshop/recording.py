"""``befriend flows record``: play a talk in lines and keep it as a transcript."""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.workshop.opening import CannotOpen, opened, read_settings, settings
from bot.workshop.places import LIE, NAME, NAME_RULE, NO_PLACE, place, shown
from flows.workshop.command import Bench, Command


def options(parser: argparse.ArgumentParser) -> None:
    settings(parser)
    parser.add_argument("name", nargs="?", type=_name, default="main", metavar="NAME", help="default: main")
    parser.add_argument("--says", metavar="SENTENCE", help="what the transcript shows: its first line")
    parser.add_argument("--force", action="store_true", help="write over one that is there")


def run(bench: Bench) -> int:
    """Play what is typed, and write it down; 1 if that cannot be."""
    path = place(bench.folder, bench.options.id, bench.options.name)
    if path is None:
        return bench.fail(NO_PLACE)
    if path.exists() and not bench.options.force:
        return bench.fail(f"{shown(path)} is there already. Choose another name, or add --force.")
    says = " ".join((bench.options.says or _ask()).split())
    if not says:
        return bench.fail('Say what it shows: --says "Someone who … is …."')
    try:
        asyncio.run(_record(bench, path, says))
    except CannotOpen as error:
        return bench.fail(str(error))
    bench.say(f"# Written: {shown(path)}")
    return 0


def _ask() -> str:
    """Ask someone who sits here; a script has to say it beforehand."""
    if not sys.stdin.isatty():
        return ""
    sys.stdout.write("What will it show? One sentence: ")
    sys.stdout.flush()
    return sys.stdin.readline()


async def _record(bench: Bench, path: Path, says: str) -> None:
    from bot.channels.plain import ScriptClock
    from bot.workshop.plainly import rehearse_plainly

    scene = read_settings(bench.options)
    clock = ScriptClock(scene.now)
    async with opened(bench, scene, clock) as rehearsal:
        await rehearse_plainly(rehearsal, clock)
        await rehearsal.write(path, says)


def _name(text: str) -> str:
    if NAME.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is no name: {NAME_RULE}")


NOTES = f"""Begins with the flow itself, as `try` does. Type what people say, or pipe it in; the end of the input
(Ctrl-D) writes the transcript. Lines such as @+20s, @+3h or @+1d12h move the clock; /again forgets what was played.

{LIE}"""
COMMAND = Command("record", "play a flow in lines and write that down as a transcript", options, run, NOTES)
