"""What of a person's kept rows a look back is made of: faces of days, heaviness around practices, monthly answers."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import TypeVar

import msgspec

from bot.faces import KIND as FACE
from bot.faces import NONE, Face, faces
from bot.look.paper import Quiet
from bot.ports import Tx

OUTCOME, MONTH = "outcome", "month"  # kinds of kept rows, beside faces
KINDS = frozenset({FACE, OUTCOME, MONTH})
NOON, EVENING = 12, 17  # hours at which a morning ends, and an evening begins
HEAVIEST = 10  # the highest that a heaviness can be; the lowest is 0

T = TypeVar("T")


class Day(Quiet, frozen=True):
    """A face that was tapped: on which day and at which hour of the person's own, and which (1 to 5, the lightest)."""

    day: date
    hour: int
    face: int

    @property
    def part(self) -> str:
        """The part of the day, as far as days are compared by it."""
        return "morning" if self.hour < NOON else "evening" if self.hour >= EVENING else ""


class Sitting(Quiet, frozen=True):
    """A practice that came to its end; ``before`` and ``after`` are heaviness, None where no number was given."""

    day: date
    practice: str
    before: int | None
    after: int | None
    felt: str


class Sheet(Quiet, frozen=True):
    """Answers to the questions of an instrument, None for one that was left out."""

    day: date
    instrument: str
    answers: tuple[int | None, ...]


class Rows(Quiet, frozen=True):
    """All of it, oldest first. Lives for one turn."""

    days: list[Day]
    sittings: list[Sitting]
    sheets: list[Sheet]

    def between(self, first: date, last: date) -> "Rows":
        """Return what belongs to these days, both of them included."""
        return Rows(
            [each for each in self.days if first <= each.day <= last],
            [each for each in self.sittings if first <= each.day <= last],
            [each for each in self.sheets if first <= each.day <= last],
        )

    def __bool__(self) -> bool:
        return bool(self.days or self.sittings or self.sheets)


def gather(tx: Tx, person: str, zone: tzinfo = UTC) -> Rows:
    """Return what is kept of a person; what cannot be read as one of these is left out.

    Args:
        tx: The present transaction.
        person: Whose.
        zone: Where the person's clock is: a moment belongs to a day of their own.

    """
    days = [day for each in faces(tx, person) if (day := _day(each, zone))]
    sittings = _read(tx.kept(person, OUTCOME), _outcome, lambda each: _sitting(each, zone))
    return Rows(sorted(days, key=lambda each: (each.day, each.hour)), sittings, sheets(tx, person))


def sheets(tx: Tx, person: str) -> list[Sheet]:
    """Return a person's monthly answers, oldest first."""
    return _read(tx.kept(person, MONTH), _month, lambda each: Sheet(each.day, each.of, each.answers))


class _Outcome(Quiet, frozen=True):
    at: datetime
    practice: str = ""
    heavy: str = ""
    heavy_after: str = ""
    felt: str = ""


class Kept(Quiet, frozen=True):
    """Monthly answers as they are kept."""

    at: datetime
    day: date
    of: str
    answers: tuple[int | None, ...]


_outcome, _month = msgspec.json.Decoder(_Outcome), msgspec.json.Decoder(Kept)
R = TypeVar("R")


def _read(bodies: Iterable[str], decoder: msgspec.json.Decoder[R], make: Callable[[R], T | None]) -> list[T]:
    found: list[T] = []
    for body in bodies:
        try:
            made = make(decoder.decode(body))
        except (msgspec.MsgspecError, ValueError, OverflowError):
            continue  # words that someone else kept under this name, or a file that was taken in
        if made is not None:
            found.append(made)
    return found


def _day(noted: Face, zone: tzinfo) -> Day | None:
    """Return a face; None for "rather not say", and for a moment that a clock of that zone cannot show."""
    if noted.face == NONE:
        return None
    try:
        return Day(noted.day, noted.at.astimezone(zone).hour, noted.face)
    except (OverflowError, ValueError):
        return None


def _sitting(noted: _Outcome, zone: tzinfo) -> Sitting:
    day = noted.at.astimezone(zone).date()
    return Sitting(day, noted.practice, _weight(noted.heavy), _weight(noted.heavy_after), noted.felt)


def _weight(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) <= HEAVIEST else None
