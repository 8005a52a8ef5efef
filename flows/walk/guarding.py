"""What guards look at: found by asking them."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta, timezone
from functools import cache

from flows.guards import GUARDS
from flows.turn import Facts

HERE = timezone(timedelta(hours=1))  # a zone of the person's own: in UTC nobody's hour is known
NOON = datetime(2026, 1, 15, 12, tzinfo=HERE)
Moment = tuple[datetime, bool]  # when it is, and whether the person wants it quiet
USUAL: Moment = (NOON, False)


class _Noting(dict[str, str]):
    """Answers that note which of them were asked for."""

    def __init__(self, value: str) -> None:
        super().__init__()
        self.value, self.read = value, set[str]()

    def get(self, key: str, _: object = None) -> str:
        self.read.add(key)
        return self.value

    def __missing__(self, key: str) -> str:
        return self.get(key)


@cache
def read_by(guard: str) -> frozenset[str]:
    """Return the answers that a guard looks at; none if there is no such guard."""
    read: set[str] = set()
    for value in ("", "5") if guard in GUARDS else ():
        answers = _Noting(value)
        with suppress(Exception):  # a guard that fails is found when it is met
            GUARDS[guard](answers, Facts(now=NOON))
        read |= answers.read
    return frozenset(read)


@cache
def moments(guards: frozenset[str]) -> tuple[Moment, ...]:
    """Return moments at which some of these guards decide otherwise than usual, none like another."""
    hours = [NOON.replace(hour=hour) for hour in (*range(NOON.hour, 24), *range(NOON.hour))]
    every = [(now, quiet) for quiet in (False, True) for now in hours]
    found = {tuple(_verdicts(guards, moment)): moment for moment in reversed(every)}
    return tuple(sorted(set(found.values()) - {USUAL}))


def nearly(at: str) -> Moment:
    """Return the moment a minute before a wall-clock time, when waiting for it is short."""
    return datetime.combine(NOON, time.fromisoformat(at), HERE) - timedelta(minutes=1), False


def _verdicts(guards: Iterable[str], moment: Moment) -> Iterator[bool]:
    facts = Facts(now=moment[0], quiet=moment[1])
    for guard in sorted(guards):
        for value in ("", "5"):
            with suppress(Exception):  # found when it is met
                yield GUARDS[guard](_Noting(value), facts)
