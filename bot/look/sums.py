"""Plain numbers, and the one rule for when a difference may be put into words: see docs/look.md.

Two things are compared as pairs (the morning and the evening of one day). Pairs that are equal say nothing; of the
others it is asked how often so many, or more, would fall on one side if it were a toss of a coin (the sign test,
both sides counted). Below 1 in 60, and where it is so on more than half of all pairs, it is said. Three such
questions are asked, so of twenty people whose days have no pattern at all, at most one reads such a sentence in a look.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from math import comb
from statistics import mean
from typing import NamedTuple

from bot.look.paper import middle
from bot.look.rows import Day, Rows, Sitting

CHANCE = 1 / 60  # a twentieth, shared by the three questions
FEW = 3  # days and practices together, below which it is said that there is little
HARD, ENOUGH = 2, 5  # faces up to this one are hard days; half of so many days, and help is named
EASE = "ease"  # what was felt after a practice that helped
MOST = 4  # practices that are named as having brought ease


class Told(NamedTuple):
    """A difference that the numbers carry.

    Attributes:
        what: evenings, weekends or practices, and lighter or heavier: "evenings_lighter".
        on, of: On how many pairs it was so, of all pairs.
        chance: How likely it would be by a toss of coins.

    """

    what: str
    on: int
    of: int
    chance: float


class Eased(NamedTuple):
    """How often a practice brought some ease, of the times when it was told."""

    practice: str
    eased: int
    times: int


def told(rows: Rows) -> Told | None:
    """Return the clearest difference that the numbers carry, if any does."""
    found = [
        _pairs("evenings", _by_part(rows.days)),
        _pairs("weekends", _by_week(rows.days)),
        _pairs("practices", [(-each.before, -each.after) for each in rows.sittings if _weighed(each)]),  # type: ignore[operator]
    ]
    carried = [each for each in found if each is not None and each.chance < CHANCE and 2 * each.on > each.of]
    return min(carried, key=lambda each: each.chance, default=None)


def sign_test(more: int, fewer: int) -> float:
    """Return how likely a split at least so uneven is by a toss of coins, whichever side is the greater."""
    tossed = more + fewer
    tail = sum(comb(tossed, each) for each in range(max(more, fewer), tossed + 1))
    return min(1.0, tail / (1 << (tossed - 1))) if tossed else 1.0


def days_noted(rows: Rows) -> int:
    """Return on how many days there is anything."""
    days = (each.day for kind in (rows.days, rows.sittings, rows.sheets) for each in kind)
    return len(set(days))


def hard(rows: Rows) -> bool:
    """Whether half of the days with a face, or more, were hard ones; of few days it is not said."""
    faces = list(by_day(rows.days).values())
    return len(faces) >= ENOUGH and 2 * sum(mean(day) <= HARD for day in faces) >= len(faces)


def by_day(days: Iterable[Day]) -> dict[date, list[int]]:
    """Return the faces of each day that has any, in their order."""
    found: dict[date, list[int]] = defaultdict(list)
    for each in days:
        found[each.day].append(each.face)
    return dict(found)


def weights(sittings: Iterable[Sitting]) -> tuple[int, int, int] | None:
    """Return the middle heaviness before and after, and of how many practices; None where no pair was told."""
    pairs = [(each.before, each.after) for each in sittings if _weighed(each)]
    if not pairs:
        return None
    return middle([pair[0] or 0 for pair in pairs]), middle([pair[1] or 0 for pair in pairs]), len(pairs)


def eased(sittings: Iterable[Sitting]) -> list[Eased]:
    """Return which practices brought ease, the most often first; those that never did are not held up."""
    found: dict[str, list[bool]] = defaultdict(list)
    for each in sittings:
        if each.practice and each.felt:
            found[each.practice].append(each.felt == EASE)
    counted = [Eased(name, sum(each), len(each)) for name, each in found.items() if any(each)]
    return sorted(counted, key=lambda each: (-each.eased, each.times, each.practice))[:MOST]


def _weighed(each: Sitting) -> bool:
    return each.before is not None and each.after is not None


def _pairs(name: str, pairs: Sequence[tuple[float, float]]) -> Told | None:
    """Weigh pairs; the second of a pair is the one that is spoken of, and the higher number is the lighter."""
    lighter = sum(second > first for first, second in pairs)
    heavier = sum(second < first for first, second in pairs)
    if lighter == heavier:
        return None
    side, on = ("lighter", lighter) if lighter > heavier else ("heavier", heavier)
    return Told(f"{name}_{side}", on, len(pairs), sign_test(lighter, heavier))


def _by_part(days: Iterable[Day]) -> list[tuple[float, float]]:
    """Return mornings and evenings of the days that have both."""
    found: dict[date, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in days:
        found[each.day][each.part].append(each.face)
    both = (each for each in found.values() if "morning" in each and "evening" in each)
    return [(mean(each["morning"]), mean(each["evening"])) for each in both]


def _by_week(days: Iterable[Day]) -> list[tuple[float, float]]:
    """Return the days from Monday to Friday, and the weekends, of the weeks that have both."""
    found: dict[tuple[int, int], dict[bool, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in days:
        year, week, weekday = each.day.isocalendar()
        found[year, week][weekday > 5].append(each.face)  # noqa: PLR2004  # Friday, as ISO counts
    return [(mean(each[False]), mean(each[True])) for each in found.values() if len(each) == 2]  # noqa: PLR2004
