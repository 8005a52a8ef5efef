"""Erasing a person, at the end of the turn in which they said the second yes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import HELP, Outbound, Promised
from bot.ports import Tx
from bot.standing import REACH, numbers


@dataclass(frozen=True, slots=True)
class Farewell:
    """The turn in which a person is erased.

    Attributes:
        row: The inbox row that it answers.
        promised: What was promised in it; these words are the last.
        empty: Delete what stands in the chat, as far as the channel lets us.

    """

    row: int
    now: datetime
    promised: Sequence[Promised]
    empty: bool


def erase(tx: Tx, person: str, farewell: Farewell) -> list[Promised]:
    """Erase a person; return what is still to be sent to their chat.

    The last words reach them all the same: they are promised anew, to the stranger who stands at this chat from now
    on. A stranger is what everyone is before a yes, and goes a day later.
    """
    first = [Outbound("scrub", priority=HELP), *_emptied(tx, farewell), *_deleted(tx, person, farewell)]
    last = [
        (row.id, _aimed(tx, row.outbound)) for row in farewell.promised if _counts(row.outbound, farewell)
    ]
    return tx.part(person, [*((0, outbound) for outbound in first), *last])


def _emptied(tx: Tx, farewell: Farewell) -> list[Outbound]:
    if not (farewell.empty and farewell.promised):
        return []
    since = int((farewell.now - REACH).timestamp())
    found = numbers(*tx.standing(farewell.promised[0].id, farewell.row, since))
    return [Outbound("delete", messages=found, priority=HELP)] if found else []


def _deleted(tx: Tx, person: str, farewell: Farewell) -> list[Outbound]:
    """Return what was still to be deleted: a word of the lock, or a chat that was to be emptied."""
    fresh = {row.id for row in farewell.promised}
    late = [row for row in tx.promised_to(person) if row.outbound.op == "delete" and row.id not in fresh]
    return [] if farewell.empty else [_with_numbers(tx, row, farewell.now) for row in late]


def _with_numbers(tx: Tx, row: Promised, now: datetime) -> Outbound:
    if row.outbound.upto is None:
        return row.outbound
    since = int((now - REACH).timestamp())
    return replace(row.outbound, upto=None, messages=numbers(*tx.standing(row.id, row.outbound.upto, since)))


def _counts(outbound: Outbound, farewell: Farewell) -> bool:
    """Whether it is still to be done: a question that is deleted need not be closed."""
    return outbound.op == "send" or not farewell.empty


def _aimed(tx: Tx, outbound: Outbound) -> Outbound:
    """Fill in the number of the bubble that an operation is about, as long as it is known."""
    if outbound.target is None or outbound.message is not None:
        return outbound
    return replace(outbound, message=tx.message_of(outbound.target))
