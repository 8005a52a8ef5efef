"""How people said it was, by one of five faces: kept only with their consent, and what follows from many."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from bot.model import Person
from bot.ports import Tx
from bot.zones import own_zone

KIND = "face"  # of the rows
NONE, LOWEST, LOW, SO, BEST = 0, 1, 2, 3, 5  # none: rather not say
RUNNING = 3  # times at the lowest, one after the other
DAYS, OF_DAYS = 10, 14  # days at one of the two lowest


@dataclass(frozen=True, slots=True, repr=False)
class Face:
    """One answer.

    Attributes:
        at: The moment, in UTC.
        day: The person's local day.
        face: 1 to 5, the best; 0 for rather not say.
        slot: The time of the plan that asked, "" for none.

    """

    at: datetime
    day: date
    face: int
    slot: str = ""


def note(tx: Tx, person: Person, now: datetime, face: int, slot: str = "") -> None:
    """Keep an answer of someone who agreed; the plan notes how it was, for the next opening."""
    person.checkins.said = said(face)
    if not person.agreed:
        return
    day = now.astimezone(own_zone(person) or UTC).date().isoformat()
    row = {"at": now.isoformat(), "day": day, "face": face, "slot": slot}
    tx.keep(person.id, KIND, json.dumps(row))


def faces(tx: Tx, person: str) -> list[Face]:
    """Return all answers of a person, oldest first; what cannot be read as one is left out, and stops nothing."""
    return [found for row in tx.kept(person, KIND) if (found := _read(row))]


def said(face: int) -> str:
    """Return an answer in a word: good, ok, hard or none."""
    return "none" if face == NONE else "hard" if face <= LOW else "good" if face == BEST else "ok"


def low_for_long(found: Sequence[Face], today: date) -> bool:
    """Whether it has been low for long: the lowest three times running, or one of the two lowest on 10 of 14 days.

    ``found`` is oldest first, with today's answer as the last; those who would rather not say are left out.
    """
    told = [each for each in found if each.face != NONE]
    running = [each.face for each in told[-RUNNING:]] == [LOWEST] * RUNNING
    since = today - timedelta(days=OF_DAYS - 1)
    days = {each.day for each in told if each.face <= LOW and since <= each.day <= today}
    return running or len(days) >= DAYS


_face = msgspec.json.Decoder(Face)


def _read(row: str) -> Face | None:
    """Return an answer; None for a row that is damaged, or that something else kept under this name."""
    try:
        found = _face.decode(row)
    except (msgspec.MsgspecError, ValueError):
        return None
    return found if NONE <= found.face <= BEST else None
