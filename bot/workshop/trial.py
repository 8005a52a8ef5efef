"""``befriend flows try``: a flow is talked with as soon as it is written."""

import argparse
import asyncio
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.workshop.opening import CannotOpen, opened, read_settings, settings
from flows.workshop.command import Bench, Command

if TYPE_CHECKING:
    from bot.channels.terminal import TerminalChat
    from bot.workshop.rehearsal import Rehearsal

POLL = 0.3  # seconds between two looks at the files; what is slower feels broken
HOW = (
    "Save a file and its words are in. @+1d lets a day pass.\n"
    "/again begins anew, /record NAME writes this down. Ctrl-D leaves."
)
FAREWELL = "Nothing of this is kept but what you recorded."


class LiveClock:
    """Begins at a moment and runs."""

    def __init__(self, now: datetime) -> None:
        self._now, self._began = now, time.monotonic()

    def now(self) -> datetime:
        """Return the present moment, where the person of the scene may be."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)

    def move(self, to: datetime) -> None:
        """Put the clock on; it never goes back."""
        self._now += max(timedelta(0), to - self.now())


def options(parser: argparse.ArgumentParser) -> None:
    settings(parser)
    parser.add_argument(
        "--plain", action="store_true", help="lines in, lines out, and a clock that stands still"
    )
    parser.add_argument("--fast", action="store_true", help="no typing pauses")


def run(bench: Bench) -> int:
    """Talk until the author leaves."""
    try:
        asyncio.run((_plainly if bench.options.plain else _warmly)(bench))
    except CannotOpen as error:
        return bench.fail(str(error))
    except KeyboardInterrupt:  # before the chat could take care of it itself
        return 0
    return 0


async def _plainly(bench: Bench) -> None:
    from bot.channels.plain import ScriptClock
    from bot.workshop.plainly import rehearse_plainly

    scene = read_settings(bench.options)
    clock = ScriptClock(scene.now)
    async with opened(bench, scene, clock) as rehearsal:
        await rehearse_plainly(rehearsal, clock)


async def _warmly(bench: Bench) -> None:
    from dataclasses import replace

    from bot.channels.terminal import talk

    scene = read_settings(bench.options)
    if bench.options.now is None:
        scene = replace(scene, now=datetime.now().astimezone().replace(microsecond=0))
    async with opened(bench, scene, LiveClock(scene.now)) as rehearsal:
        await talk(
            rehearsal,
            fast=bench.options.fast,
            farewell=FAREWELL,
            beside=lambda chat: _reload_on_save(rehearsal, chat),
        )


async def _reload_on_save(rehearsal: "Rehearsal", chat: "TerminalChat") -> None:
    rehearsal.notice = chat.remark
    chat.remark(HOW)
    while True:
        await asyncio.sleep(POLL)
        chat.promise(await rehearsal.reload())


NOTES = """Begins with the flow itself: no welcome, no consent, no key, and nothing is left behind.
Flows are read again when a file is saved. If it errs, the problems are shown with file and row, and the old
words go on. Who stands on a step that has changed is asked again, as people are when the bot is renewed.

Typed inside:
  @+20s, @+3h, @+1d12h    lets that much time pass; what is due by then comes
  /again                  begins anew, with someone who was never here
  /record NAME SENTENCE   writes what was played as a transcript; the sentence says what it shows
  /stop, back, less …     whatever people can say

With --plain the clock stands at --now until such a line moves it."""
COMMAND = Command(
    "try", "talk with a flow here, with new words as soon as they are saved", options, run, NOTES
)
