"""How long what is held: one table, and the letting go. Run by ``Conversation.tend``, every hour.

At once, and so not in the table: the body of what came when it is answered, and of what is said when it is sent.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from bot import knowledge
from bot.knowledge import Shared
from bot.model import Promised
from bot.ports import Tx
from bot.talk import Talk
from flows.session import from_json
from flows.turn import Heard

MONTH = timedelta(days=30, hours=12)  # twelve are a day more than a year at most: nothing goes early

LIMITS: Mapping[str, timedelta] = {
    "answers": timedelta(
        hours=24
    ),  # of an open talk, after the last word; those of a talk put aside stay with it
    "strangers": timedelta(hours=24),  # who never agreed, after the last word
    "numbers": timedelta(hours=48),  # of messages and updates; Telegram forgets updates after 24 h
    "set aside": timedelta(days=7),  # what could not be read or answered
    "places": timedelta(days=30),  # in an open talk
    "people": 12 * MONTH,  # who said nothing since, or left
}
NOTICES = (11 * MONTH, 11 * MONTH + MONTH / 2)  # when people are told that all of theirs will go
BATCH = 200  # of a kind in one transaction: nobody's turn has to wait for more


class Tended(NamedTuple):
    """What a round led to: what is to be sent, and whether there is more to let go of."""

    promised: list[Promised]
    more: bool


def tend(shared: Shared, tx: Tx, now: datetime) -> Tended:
    """Let go of what has had its time, and tell those of whom all will go soon."""
    bared = _bare(tx, _before(now, LIMITS["answers"]))
    numbers, strangers, places = (_before(now, LIMITS[name]) for name in ("numbers", "strangers", "places"))
    gone = tx.sweep(numbers, strangers, places)
    tx.sweep_aside(_before(now, LIMITS["set aside"]))
    gone += tx.idle(_before(now, LIMITS["people"]), len(NOTICES) + 1, BATCH)
    for person in gone:
        tx.forget(person)
    if max(bared, len(gone)) >= BATCH:  # whoever has to go is gone before others are told of two weeks
        return Tended([], more=True)
    told, promised = _tell(shared, tx, now)
    return Tended(promised, told >= BATCH)


def _before(now: datetime, limit: timedelta) -> int:
    return int((now - limit).timestamp())


def _bare(tx: Tx, before: int) -> int:
    """Wipe the answers of talks; their places stay."""
    stale = tx.stale_sessions(before, BATCH)
    for person, body in stale:
        session = from_json(body)
        session.forget()
        tx.bare_session(person, session.to_json())
    return len(stale)


def _tell(shared: Shared, tx: Tx, now: datetime) -> tuple[int, list[Promised]]:
    """Tell who has been away for long; return how many there were, and what is to be sent to some of them."""
    count, promised = 0, list[Promised]()
    for number, limit in reversed([*enumerate(NOTICES, 1)]):  # who is late is told the last one only
        for id_ in tx.idle(_before(now, limit), number, BATCH):
            tx.note_notice(id_, number)
            promised += _notice(shared, tx, id_, now, last=number == len(NOTICES))
            count += 1
    return count, promised


def _notice(shared: Shared, tx: Tx, id_: str, now: datetime, *, last: bool) -> list[Promised]:
    person = tx.person(id_)
    if person is None or person.paused:  # whoever left is told nothing
        return []
    talk = Talk(shared, tx, person, now, 0, Heard())
    talk.silent = knowledge.asleep(person, now)
    talk.say("last_leaving" if last else "leaving")
    return talk.promised
