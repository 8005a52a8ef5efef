"""What the application needs of the world."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from bot.model import Arrival, Compartment, Outbound, Pending, Person, Promised, Timer
from bot.standing import Sent

T = TypeVar("T")
Again = Callable[[str, bytes, datetime], datetime | None]  # a timer's key and body, and the moment


def once(*_: object) -> None:
    """Let go of a timer that was due: an ``Again`` for those that come once."""


class Clock(Protocol):
    """Tells the time; tests and the terminal move it."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class Tx(Protocol):
    """One transaction of the store. Lives as long as the function that ``Store.run`` calls.

    Everything here is synchronous and runs on the store's own thread.
    """

    # the inbox
    def arrive(self, arrivals: Sequence[Arrival]) -> list[Pending]:
        """Store what was fetched; what has arrived before is left out of the answer."""

    def waiting(self) -> list[Pending]:
        """Return every unfinished inbox row, oldest first."""

    def finish(self, row: int, message: int | None = None) -> None:
        """Mark an inbox row as done and wipe its body; its key, and the channel's number for it, stay 48 h."""

    def quarantine(self, row: int, reason: str, message: int | None = None) -> None:
        """Put an inbox row aside; ``reason`` is an error's class, never its text; ``message`` is as in ``finish``."""

    # the outbox
    def promise(self, person: str, outbound: Outbound, *, not_before: float = 0.0) -> Promised:
        """Add an operation to the outbox."""

    def promised(self) -> list[Promised]:
        """Return every operation not yet carried out, oldest first."""

    def promised_to(self, person: str) -> list[Promised]:
        """Return what is not yet carried out of what was promised to one person, oldest first."""

    def claim(self, rows: Sequence[int]) -> None:
        """Count one more life that may send these rows; committed before a repeat."""

    def sent(self, row: int, message: int | None) -> None:
        """Mark as carried out, wipe the body, remember the channel's number for it."""

    def dropped(self, row: int, reason: str) -> None:
        """Give up on an operation; ``reason`` is a code."""

    def delayed(self, row: int, not_before: float) -> None:
        """Keep an operation for later, restarts included."""

    def message_of(self, row: int) -> int | None:
        """Return the channel's number of a bubble sent before, for 48 h."""

    def withdraw(self, person: str) -> None:
        """Give up on every operation for a person that waits; one may be under way."""

    def standing(self, row: int, upto: int, since: int) -> tuple[list[Sent], list[int]]:
        """Return what stands in the chat of an operation: the bot's bubbles before it, and the person's messages.

        Args:
            row: The operation's outbox id.
            upto: The inbox id of the last message that counts.
            since: Unix seconds; what is older is left out.

        """

    # people
    def person_at(self, channel: str, address: str) -> Person:
        """Return who is at this address; a new random id at first contact."""

    def known_at(self, channel: str, address: str) -> Person | None:
        """Return who is at this address, if anyone is."""

    def address(self, person: str) -> tuple[str, str]:
        """Return the channel of a person, and its name for their chat."""

    def person(self, person: str) -> Person | None: ...
    def save_person(self, person: Person, *, acted: bool = True) -> None:
        """Remember a person; ``acted`` says that they were here, and not only something of theirs that was due."""

    def forget(self, person: str) -> None:
        """Destroy the keys, then every row, of a person; in this turn nothing of theirs can be saved any more.

        Once committed it cannot be undone, by a backup neither; a crash in between is made good at the next start.
        """

    def part(self, person: str, last: Sequence[tuple[int, Outbound]]) -> list[Promised]:
        """Forget a person, and promise what is still to be said to the stranger who is at their chat from then on.

        After a crash in between it is promised all the same: see ``belated``.

        Args:
            person: Who is erased.
            last: Operations in order, each with the row that it stood in, 0 for none; a target may be such a row.

        """

    def belated(self) -> list[Promised]:
        """Return, once, what was promised to somebody whose erasure had been cut short."""

    def forget_compartment(self, person: str, compartment: str) -> None:
        """Destroy one compartment's key, and what the person has in it; ``self`` goes with ``forget`` only."""

    def mend(self) -> None:
        """Finish what a crash left between keys and rows; ``sweep`` does it too."""

    # dialogs
    def session(self, person: str) -> tuple[bytes | None, int | None]:
        """Return a talk, and the outbox id of its question that still has buttons."""

    def save_session(self, person: str, body: bytes | None, question: int | None = None) -> None: ...
    def keep(self, person: str, kind: str, text: str, compartment: str = "self") -> None:
        """Keep words for a person; ``compartment`` is ``self``, ``grief`` or ``safety``; no row shows which."""

    def keep_only(self, person: str, kind: str, texts: Iterable[str], compartment: str = "self") -> None:
        """Keep these words, in order, in the place of all of their kind."""

    def kept(self, person: str, kind: str) -> list[str]:
        """Return what the person kept, oldest first."""

    def kinds(self, person: str) -> list[str]:
        """Return the kinds of what the person kept."""

    # what else is held of a person, for them to look at
    def kept_in(self, person: str, kind: str) -> list[tuple[Compartment, str]]:
        """Return what the person kept, each with its compartment."""

    def timers(self, person: str) -> list[Timer]: ...
    def numbers(self, person: str) -> list[tuple[str, int, int]]:
        """Return numbers held for 48 h: "message" of either side or "update", the number, since when (Unix time)."""

    def put_aside(self, person: str) -> list[bytes]:
        """Return what arrived and could not be answered, as it came."""

    # timers: due ones become inbox rows in the transaction that deletes them, or moves them on
    def set_timer(
        self,
        person: str,
        key: str,
        generation: int,
        due: datetime,
        body: bytes = b"",
        compartment: str = "self",
    ) -> None:
        """Set or move a person's timer; ``body`` is sealed in a compartment and comes back with it."""

    def drop_timer(self, person: str, key: str) -> None: ...
    def due(
        self, now: datetime, limit: int = 200, again: "Again" = once, *, calm: bool = True
    ) -> list[Pending]:
        """Return inbox rows made of what is due: waits in a talk first, then what comes by itself.

        Args:
            now: The moment.
            limit: At most so many.
            again: Says when each comes again; that is set here, and None lets go of it.
            calm: False leaves out what comes by itself, for which nobody waits.

        """

    def next_due(self, *, calm: bool = True) -> datetime | None: ...
    def rearm(self, now: datetime, again: "Again", limit: int = 200, *, anew: bool) -> bool:
        """Compute anew, a part at a time, when each timer comes that comes again; True while there is more.

        ``anew`` begins from the start; else what was begun goes on, after a restart too.
        """

    def changed(self, name: str, value: str) -> bool:
        """Note a value of the whole store; True where it was another one, or none."""

    def latest(self) -> datetime | None:
        """Return when the latest row came to a queue, by the clock of that time."""

    # files sent before: the channel's ids for them, by the hash of their bytes
    def media(self) -> dict[str, str]: ...
    def note_media(self, mark: str, file: str) -> None: ...

    # numbers without names, and what has had its day
    def count(self, name: str, day: str) -> None: ...
    def confirmed(self) -> dict[str, str]:
        """Return the countries whose help lines the operator has checked, and the day."""

    def stale_sessions(self, before: int, limit: int = 200) -> list[tuple[str, bytes]]:
        """Return talks untouched since (Unix seconds) that still hold answers; those with a timer are left out."""

    def bare_session(self, person: str, body: bytes) -> None:
        """Put a talk without its answers in place of the talk; its age stays as it was."""

    def sweep(self, before: int, unconsented_before: int, places_before: int) -> list[str]:
        """Delete queue rows and places older than these; return people who never agreed and went quiet."""

    def sweep_aside(self, before: int) -> None:
        """Delete what was put aside before (Unix seconds)."""

    def idle(self, before: int, noticed: int, limit: int) -> list[str]:
        """Return people who agreed, said nothing since and had fewer notices than ``noticed``; the longest first."""

    def note_notice(self, person: str, number: int) -> None:
        """Note how many notices a person has had; their next word sets it back to none."""


class Store(Protocol):
    """Remembers; one process at a time."""

    async def run(self, work: Callable[[Tx], T]) -> T:
        """Run ``work`` in one transaction on the store's thread and commit.

        An exception in ``work`` undoes all of it, and nothing of anyone else's.
        """

    async def scrub(self) -> bool:
        """Wipe what was deleted from wherever it may live on; False where that has to wait for a reader."""

    async def close(self) -> None: ...


class Channel(Protocol):
    """Carries out operations at an address.

    ``perform`` returns the number of the message sent (None for operations that send none), or raises
    one of the errors below. It never retries: patience is the outbox's.
    """

    async def perform(self, address: str, outbound: Outbound) -> int | None: ...

    async def typing(self, address: str) -> None:
        """Seem to type; failing is silent."""


class SendError(Exception):
    """The channel could not carry out an operation. The message holds codes only, never texts or tokens."""


class NotSent(SendError):
    """It surely did not go out (no connection, a 5xx with an answer): try again later."""


class Unclear(SendError):
    """It may have gone out (time-out, connection lost after writing): repeat only where harmless."""


class TooFast(SendError):
    """The other side asks for patience: ``after`` seconds, for this chat."""

    def __init__(self, after: float) -> None:
        super().__init__(f"retry after {after} s")
        self.after = after


class Gone(SendError):
    """The person has blocked the bot or left: send nothing until they write again."""


class Refused(SendError):
    """The other side will never take this operation: do not repeat."""


class Poison(Exception):
    """What arrived cannot be understood, now or ever: put it aside. The message is a field's path only.

    Attributes:
        number: The channel's number of the person's own message, None where even that cannot be read.

    """

    def __init__(self, path: str, number: int | None = None) -> None:
        super().__init__(path)
        self.number = number
