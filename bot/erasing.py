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
    place = tx.address(person)
    first = [Outbound("scrub", priority=HELP), *_emptied(tx, farewell)]
    last = [
        (row.id, _aimed(tx, row.outbound)) for row in farewell.promised if _counts(row.outbound, farewell)
    ]
    tx.forget(person)
    stranger = tx.person_at(*place).id
    rows = [tx.promise(stranger, outbound) for outbound in first]
    moved: dict[int, int] = {}
    for old, outbound in last:
        target = outbound.target
        aimed = replace(outbound, target=moved.get(target, target)) if target is not None else outbound
        rows.append(tx.promise(stranger, aimed))
        moved[old] = rows[-1].id
    return rows


def _emptied(tx: Tx, farewell: Farewell) -> list[Outbound]:
    if not (farewell.empty and farewell.promised):
        return []
    since = int((farewell.now - REACH).timestamp())
    found = numbers(*tx.standing(farewell.promised[0].id, farewell.row, since))
    return [Outbound("delete", messages=found, priority=HELP)] if found else []


def _counts(outbound: Outbound, farewell: Farewell) -> bool:
    """Whether it is still to be done: a question that is deleted need not be closed."""
    return outbound.op == "send" or not farewell.empty


def _aimed(tx: Tx, outbound: Outbound) -> Outbound:
    """Fill in the number of the bubble that an operation is about, as long as it is known."""
    if outbound.target is None or outbound.message is not None:
        return outbound
    return replace(outbound, message=tx.message_of(outbound.target))
