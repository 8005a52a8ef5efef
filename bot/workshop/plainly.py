"""A rehearsal in lines: one in, a few out, and a clock that stands still until it is moved."""

import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from bot.channels.keyboard import Lines
from bot.channels.plain import PlainChat, ScriptClock, ScriptError

if TYPE_CHECKING:
    from bot.workshop.rehearsal import Rehearsal


async def rehearse_plainly(rehearsal: "Rehearsal", clock: ScriptClock) -> None:
    """Talk in the lines of this process until they end. Files are looked at before each of them."""
    for stream in (sys.stdin, sys.stdout):  # the same bytes out as in
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    await converse(rehearsal, clock, aiter(Lines(sys.stdin)), _print)


async def converse(
    rehearsal: "Rehearsal", clock: ScriptClock, lines: AsyncIterator[str], write: Callable[[str], object]
) -> None:
    """Take lines until they end, and write what is said to them; remarks begin with ``#``."""
    chat = PlainChat.over(rehearsal, clock)
    rehearsal.notice = lambda text: [write(f"# {line}") for line in text.split("\n")]
    _write_all(await chat.show(await rehearsal.greet()), write)
    async for line in lines:
        _write_all(await chat.show(await rehearsal.reload()), write)
        if not line:
            continue
        try:
            said = await chat.say(line)
        except ScriptError as error:
            rehearsal.notice(str(error))
            continue
        if line.startswith("@") and said[0] == line:
            rehearsal.tape.lines.append(line)
        _write_all(said, write)


def _write_all(lines: list[str], write: Callable[[str], object]) -> None:
    for line in lines:
        write(line)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
