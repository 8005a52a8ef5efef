"""What guards look at: found by asking them."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from functools import cache
from typing import NamedTuple

from flows.guards import ENOUGH, GUARDS, LEVELS, SHUT
from flows.model import Condition
from flows.turn import Facts

HERE = timezone(timedelta(hours=1))  # a zone of the person's own: in UTC nobody's hour is known
NOON = datetime(2026, 1, 15, 12, tzinfo=HERE)
LATELY = (NOON - timedelta(minutes=30)).isoformat()
KNOWN: tuple[tuple[tuple[str, str], ...], ...] = (  # what guards look at of a person, one thing at a time
    *((("doors", door),) for door in SHUT),
    *((("gate", level),) for level in LEVELS),
    (("practised", f"{NOON.date().isoformat()} {ENOUGH}"),),
    (("no_at", LATELY),),
    (("door_at", LATELY),),
)


class Moment(NamedTuple):
    """When it is, whether the person wants it quiet, and one thing that is known of them."""

    now: datetime
    quiet: bool = False
    known: tuple[tuple[str, str], ...] = ()

    def of(self, facts: Facts) -> Facts:
        """Return facts as they are then; what is known of the person besides stays."""
        variables = {**facts.variables, **dict(self.known)} if self.known else facts.variables
        return replace(facts, now=self.now, quiet=self.quiet, variables=variables)


USUAL = Moment(NOON)


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


def asked_by(condition: Condition | None) -> Iterator[str]:
    """Yield the guards that a condition asks, of what shuts a practice too."""
    if condition and condition.guard:
        yield condition.guard
    for each in condition.shut if condition else ():
        yield from asked_by(each)


@cache
def moments(guards: frozenset[str]) -> tuple[Moment, ...]:
    """Return moments at which some of these guards decide otherwise than usual, none like another.

    What is known of the person is tried at the usual hour.
    """
    hours = [NOON.replace(hour=hour) for hour in (*range(NOON.hour, 24), *range(NOON.hour))]
    every = [Moment(now, quiet) for quiet in (False, True) for now in hours]
    every += [Moment(NOON, known=known) for known in KNOWN]
    found = {tuple(_verdicts(guards, moment)): moment for moment in reversed(every)}
    return tuple(sorted(set(found.values()) - {USUAL}))


def nearly(at: str) -> Moment:
    """Return the moment a minute before a wall-clock time, when waiting for it is short."""
    return Moment(datetime.combine(NOON, time.fromisoformat(at), HERE) - timedelta(minutes=1))


def _verdicts(guards: Iterable[str], moment: Moment) -> Iterator[bool]:
    facts = moment.of(Facts())
    for guard in sorted(guards):
        for value in ("", "5"):
            with suppress(Exception):  # found when it is met
                yield GUARDS[guard](_Noting(value), facts)
