"""The chat for scripts and transcripts: one line in, a few lines out, no colour, no pauses, no clock of its own.

The form, which has a version because scripts depend on it:

    you: <what came in>               choices are shown as      [Label] [Label]
    bot: <a bubble's first line>      a clock's line is         @+1d
       | <its further lines>          a picture is          bot: (picture <flow>/<file>) <its text form>
                                      veiled words are      ‖words that were kept on an earlier day‖
                                      a document is         bot: (document <name>) <its caption>

What changes a bubble that stands already (an answered question, a pin) is not printed.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

from bot.channels.exchange import Exchange
from bot.conversation import Conversation
from bot.model import Outbound, Promised
from bot.ports import Store

FORMAT = 1
HEADER = f"# befriend talk --plain, format {FORMAT}"

VEIL = "\u2016"

_SPAN = re.compile(r"(\d{1,6})([smhdw])")
MOVE = re.compile(r"@(?:(?P<span>\+(?:\d{1,6}[smhdw])+)|(?P<moment>\d{4}-\d\d-\d\dT\S+))\s*")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
MOVES = 10_000  # things due in one move of the clock; more is two timers that wake each other for ever


class ScriptError(Exception):
    """A line of the script asks for what cannot be. The message says what to do."""


class ScriptClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return where the clock stands."""
        return self._now

    def move(self, to: datetime) -> None:
        """Put the clock on; it never goes back."""
        self._now = max(self._now, to)


class PlainChat:
    """A chat in lines. Lives as long as its script.

    The conversation must have been built with the same clock.
    """

    def __init__(
        self,
        store: Store,
        conversation: Conversation,
        clock: ScriptClock,
        *,
        address: str = "me",
        forgiving: bool = False,
    ) -> None:
        self._begin(Exchange(store, conversation, clock, address=address, forgiving=forgiving), clock)

    @classmethod
    def over(cls, exchange: Exchange, clock: ScriptClock) -> "PlainChat":
        """Return a chat that takes its turns through an exchange of one's own."""
        chat = cls.__new__(cls)
        chat._begin(exchange, clock)  # noqa: SLF001  # its own
        return chat

    def _begin(self, exchange: Exchange, clock: ScriptClock) -> None:
        self._exchange, self._clock = exchange, clock
        self._later: list[Promised] = []  # promised for a moment that has not come

    async def recover(self) -> list[str]:
        """Return what an earlier run on the same data did not get to show."""
        return await self.show(await self._exchange.recover())

    async def enter(self, flow: str) -> list[str]:
        """Begin a flow directly, and return the lines to print."""
        return await self.show(await self._exchange.enter(flow))

    async def say(self, line: str) -> list[str]:
        """Take one line, a message or a move of the clock, and return the lines to print, its own first.

        Raises:
            ScriptError: The clock cannot be moved so.

        """
        if found := MOVE.fullmatch(line):
            return [line, *await self._move(self._target(found))]
        return [f"you: {line}", *await self.show(await self._exchange.say(line))]

    def _target(self, found: re.Match[str]) -> datetime:
        now = self._clock.now()
        try:
            to = now + span(found["span"]) if found["span"] else moment(found["moment"])
        except (ValueError, OverflowError):
            raise ScriptError(
                f"{found[0].strip()} is no moment; write @+3h or @2026-03-29T08:00+01:00"
            ) from None
        if to < now:
            raise ScriptError(f"{found[0].strip()} lies in the past: the clock stands at {now.isoformat()}")
        return to

    async def _move(self, target: datetime) -> list[str]:
        lines: list[str] = []
        for _ in range(MOVES):
            due = await self._next()
            if due is None or due > target:
                break
            self._clock.move(due.astimezone(self._clock.now().tzinfo))  # it is still read where it was set
            lines += await self.show([*await self._exchange.due(), *self._take_later()])
        self._clock.move(target)
        return lines

    async def _next(self) -> datetime | None:
        moments = [datetime.fromtimestamp(row.not_before, self._clock.now().tzinfo) for row in self._later]
        due = await self._exchange.next_due()
        return min([*moments, due] if due else moments, default=None)

    def _take_later(self) -> list[Promised]:
        rows, self._later = self._later, []
        return list(filter(self._exchange.stands, rows))

    async def show(self, rows: Sequence[Promised]) -> list[str]:
        """Return bubbles as lines; those promised for later come when the clock is moved."""
        now = self._clock.now().timestamp()
        self._later += [row for row in rows if row.not_before > now]
        ready = [row for row in rows if row.not_before <= now]
        if ready:
            await self._exchange.shown(ready)
        return [line for row in ready for line in bubble(row.outbound)]


def bubble(outbound: Outbound) -> list[str]:
    """Return a bubble as lines; nothing for what only changes an earlier one."""
    if outbound.op != "send":
        return []
    shown = f"({outbound.kind} {outbound.media}) " if outbound.media else ""
    if outbound.name:
        shown = f"(document {outbound.name}) "
    first, *further = _marked(outbound).split("\n")
    lines = [f"bot: {shown}{first}", *(f"   | {line}" if line else "   |" for line in further)]
    if outbound.choices:
        lines.append("     " + " ".join(f"[{label}]" for label, _ in outbound.choices))
    return lines


def _marked(outbound: Outbound) -> str:
    text = outbound.text
    for start, end in reversed(outbound.veiled):
        text = f"{text[:start]}{VEIL}{text[start:end]}{VEIL}{text[end:]}"
    return text


def span(text: str) -> timedelta:
    """Return the time that ``+1d`` or ``+2h30m`` means."""
    return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _SPAN.findall(text)), timedelta())


def moment(text: str) -> datetime:
    """Return the moment that an ISO text with an offset means.

    Raises:
        ValueError: It is none, or it has no offset.

    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no offset")
    return found


async def play(chat: PlainChat, lines: AsyncIterator[str], write: Callable[[str], object]) -> None:
    """Run a script to its end.

    Raises:
        ScriptError: With the number of the line.

    """
    write(HEADER)
    for shown in await chat.recover():
        write(shown)
    number = 0
    async for line in lines:
        number += 1
        if not line:
            continue
        try:
            for shown in await chat.say(line):
                write(shown)
        except ScriptError as error:
            raise ScriptError(f"line {number}: {error}") from None
