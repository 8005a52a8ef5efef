"""Sentences that a person wants to be sent to them on a day: talks that are put aside until then.

Each is a timer like that of a long wait in a talk, so it knocks first (ADR 12), waits out danger and an emptied chat,
and goes with "forget me". Its body holds no words: only the mark of a sentence, and the day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from bot.asides import ASIDE
from bot.model import Person, Timer
from bot.ports import Tx
from bot.zones import own_zone
from flows.moments import at_moment, on_day
from flows.session import Frame, Session, from_json

FLOW, REST = "kind_day", "rest"  # the flow that brings a sentence, and the step on which it waits for its day
MOST = 20  # that wait at once
AHEAD = timedelta(days=731)  # two years
USUAL = "09:00"  # where no other time was named


@dataclass(frozen=True, slots=True, repr=False)  # it tells of a person
class Send:
    """One of them: ``mark`` is the sentence's, ``day`` and ``at`` are on the person's own clock."""

    key: str
    due: float
    mark: str
    day: str
    at: str


def read(tx: Tx, person: str) -> list[Send]:
    """Return what waits for its day, the soonest first."""
    found = [send for timer in tx.timers(person) for send in _read(timer)]
    return sorted(found, key=lambda send: (send.day, send.at, send.key))


def fix(tx: Tx, person: Person, mark: str, day: str, at: str) -> None:
    """Set a sentence for a day; where it was set for that day already, it comes at the new time."""
    known = read(tx, person.id)
    due = moment(person, day, at).timestamp()
    for send in known:
        if (send.mark, send.day) == (mark, day):
            tx.drop_timer(person.id, send.key)
    taken = {timer.key.partition("/")[2] for timer in tx.timers(person.id)}
    number = next(number for number in range(len(taken) + 1) if str(number) not in taken)
    _put(tx, person.id, Send(f"{ASIDE}{FLOW}/{number}", due, mark, day, at))


def let_go(tx: Tx, person: str, *marks: str) -> None:
    """Take back all that was set of some sentences."""
    for send in read(tx, person):
        if send.mark in marks:
            tx.drop_timer(person, send.key)


def follow(tx: Tx, person: str, old: str, new: str) -> None:
    """Let what was set of a sentence bring the words that stand in its place now."""
    for send in read(tx, person):
        if send.mark == old:
            _put(tx, person, replace(send, mark=new))


def arm(tx: Tx, person: Person, now: datetime) -> None:
    """Set what is still to come anew, by the person's clock. Call it when their zone has changed."""
    for send in read(tx, person.id):
        if send.key.startswith(ASIDE) and send.due > now.timestamp():
            _put(tx, person.id, replace(send, due=moment(person, send.day, send.at).timestamp()))


def moment(person: Person, day: str, at: str) -> datetime:
    """Return when a time of a day is on the person's own clock, in UTC; on Greenwich's where theirs is not known."""
    zone = own_zone(person) or UTC
    told = date.fromisoformat(day), time.fromisoformat(at)
    return on_day(*told, zone) or at_moment(*told, zone)


def _put(tx: Tx, person: str, send: Send) -> None:
    frame = Frame(FLOW, step=REST, answers={"kind_mark": send.mark, "send_day": send.day, "send_at": send.at})
    tx.set_timer(person, send.key, 0, datetime.fromtimestamp(send.due, UTC), Session([frame]).to_json())


def _read(timer: Timer) -> Iterator[Send]:
    _, _, place = timer.key.partition(":")
    if not place.startswith(f"{FLOW}/"):
        return
    try:
        answers = from_json(timer.body).frames[0].answers
        mark, day, at = answers["kind_mark"], answers["send_day"], answers["send_at"]
        date.fromisoformat(day), time.fromisoformat(at)
    except (msgspec.MsgspecError, IndexError, KeyError, ValueError):  # from a file that was changed
        return
    yield Send(timer.key, timer.due, mark, day, at)
