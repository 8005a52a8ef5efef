"""``befriend flows replay``: is everything said as it is written down?"""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.workshop.places import LIE, NONE, SETTINGS, shown, transcripts
from flows.compiler import Content
from flows.workshop.command import Bench, Command, counted

FATES = OK, DIFFERS, WRITTEN, BROKEN = ("ok", "differs", "written", "broken")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="transcripts (default: all)")
    parser.add_argument(
        "--record", action="store_true", help="write what is said today into those that differ"
    )


def run(bench: Bench) -> int:
    """Print a line for each transcript, and what differs; 1 if one differs or cannot be played."""
    from bot.workshop.loading import load

    content = load(bench)
    if content is None:
        return 1
    files = bench.options.files or transcripts(bench.folder)
    if not files:
        return bench.fail(NONE)
    fates = [_replay(bench, content, path) for path in files]
    told = ", ".join(f"{fates.count(fate)} {fate}" for fate in FATES)
    bench.say(f"{counted(len(fates), 'transcript')}: {told}")
    if DIFFERS in fates:
        bench.say("If today's words are right, write them down: the same command with --record")
    return 0 if set(fates) <= {OK, WRITTEN} else 1


def _replay(bench: Bench, content: Content, path: Path) -> str:
    """Play one transcript, say how that went, and return its fate."""
    from bot.workshop.stage import play
    from bot.workshop.transcript import TranscriptError, read_transcript

    try:
        written = path.read_text(encoding="utf-8")
        played = asyncio.run(play(read_transcript(written), content))
    except (OSError, UnicodeDecodeError) as error:
        bench.say(f"{shown(path)}: it cannot be read ({type(error).__name__})")
        return BROKEN
    except TranscriptError as error:
        bench.say(f"{shown(path)}:{error.row}: {error}")
        return BROKEN
    if played == written:
        bench.say(f"{OK:8} {shown(path)}")
        return OK
    return _differs(bench, path, written, played)


def _differs(bench: Bench, path: Path, written: str, played: str) -> str:
    from bot.channels.screen import look
    from bot.workshop.transcript import difference

    bench.say(f"{DIFFERS:8} {shown(path)}: - stands there, + is said today")
    bench.say(difference(written, played, colour=look(sys.stdout).colour))
    if not bench.options.record:
        return DIFFERS
    path.write_text(played, encoding="utf-8")
    bench.say(f"{WRITTEN:8} {shown(path)}")
    return WRITTEN


NOTES = f"""{LIE}

{SETTINGS}

--record shows the difference first; read it before you commit it."""
COMMAND = Command("replay", "play transcripts and show what is said differently today", options, run, NOTES)
