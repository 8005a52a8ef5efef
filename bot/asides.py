"""Talks that were put aside: kept in timers, until the person says that now is a good time for one of them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.desk import Desk, Values
from bot.model import Timer
from bot.ports import Tx

ASIDE = "aside:"  # begins the keys of timers that hold a talk which was put aside
HELD, LAST = (
    "held:",
    "last:",
)  # the same, where the person was asked once, and twice, whether now is a good time
DAY, MONTH = timedelta(days=1), timedelta(days=30)
NEXT = {ASIDE: HELD, HELD: LAST}  # who says nothing is asked a second time, and then no more
WAITS = {HELD: DAY, LAST: MONTH}


def knocks(key: str) -> bool:
    """Whether the end of a wait leads to the question whether now is a good time."""
    return key.startswith(tuple(NEXT))


def hold(tx: Tx, person: str, timer: Timer, now: datetime) -> None:
    """Keep a talk until the person has said whether now is a good time; after a month nobody waits for that."""
    prefix, place = _parts(timer.key)
    prefix = NEXT[prefix]
    set_again(tx, person, timer, prefix + place, now + WAITS[prefix])


def set_again(tx: Tx, person: str, timer: Timer, key: str, due: datetime) -> None:
    """Set a timer once more, perhaps under another key."""
    tx.set_timer(person, key, timer.generation, due, timer.body, timer.compartment)


def held(tx: Tx, person: str) -> Timer | None:
    """Return the talk that the person was asked about latest, and let go of its timer."""
    waiting = [timer for timer in tx.timers(person) if timer.key.startswith(tuple(WAITS))]
    latest = max(waiting, key=_asked, default=None)
    if latest is not None:
        tx.drop_timer(person, latest.key)
    return latest


def _asked(timer: Timer) -> float:
    return timer.due - WAITS[_parts(timer.key)[0]].total_seconds()


def _parts(key: str) -> tuple[str, str]:
    prefix, colon, place = key.partition(":")
    return prefix + colon, place


# --- what the flow ``knock`` may ask for ---


def take_up(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Do nothing: a talk that is held was taken up by ``Talk``, in place of this."""
    return {}


def put_off(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Ask again tomorrow at this time."""
    timer = held(desk.tx, desk.person.id)
    if timer is not None:
        set_again(desk.tx, desk.person.id, timer, ASIDE + _parts(timer.key)[1], desk.now + DAY)
    return {}


def let_go(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Forget a talk that was put aside."""
    held(desk.tx, desk.person.id)
    return {}


ASIDE_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {
    "take_up": take_up,
    "put_off": put_off,
    "let_go": let_go,
}
