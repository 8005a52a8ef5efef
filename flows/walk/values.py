"""Values that conditions can tell apart: a few stand for all that a person may answer, or an action find."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product

from flows.machine import holds
from flows.model import Condition
from flows.turn import Facts, Heard
from flows.walk.bearing import HEARD, LINES, RAW, Test, Tests

WORDS = "some words of my own"  # what is typed where nothing special is needed
STORY = f"{WORDS}, and many more of them, " * 4  # longer than can be said back in one breath
NUMBERS = ("0", "5", "9")
LISTS = ("one", "one\ntwo")
INTENTS = ("crisis", "self_criticism", "grief", "stop", "distress", "neutral")
TOLD_APART = 10  # characters of a value of which all counts: a number, a day; guards read no stories
MOST = 256  # combinations; where there are more, one thing changes at a time
Signs = tuple[object, ...]


class Values:
    """Looks at values as conditions do, and remembers what they saw. Lives for one walk."""

    def __init__(self) -> None:
        self._signs: dict[tuple[frozenset[Test], str], Signs] = {}
        self._kinds: dict[frozenset[Test], list[list[str]]] = {}

    def sign(self, tests: frozenset[Test], value: str) -> Signs:
        """Return all that later conditions can see of a value."""
        found = self._signs.get((tests, value))
        if found is None:
            found = self._signs[tests, value] = tuple(_met(test, value) for test in sorted(tests))
        return found

    def kinds(self, tests: frozenset[Test]) -> list[list[str]]:
        """Return values in groups: conditions can tell the groups apart, and nothing within one."""
        if tests not in self._kinds:
            self._kinds[tests] = self.groups(tests, _pool(tests))
        return self._kinds[tests]

    def groups(self, tests: frozenset[Test], values: Iterable[str]) -> list[list[str]]:
        """Return some values in such groups."""
        found: dict[Signs, list[str]] = {}
        for value in dict.fromkeys(values):
            found.setdefault(self.sign(tests, value), []).append(value)
        return list(found.values())


def hearings(tests: Tests) -> list[Heard]:
    """Return what words may be heard as that conditions can tell apart, nothing special first."""
    asked = sorted(tests.get(HEARD, ()))
    names = sorted({name for test in asked for name in test} - {"neutral"})
    different = {tuple(name in test for test in asked): name for name in reversed(names)}
    return [Heard(), *map(heard_as, sorted(different.values()))]


def heard_as(name: str) -> Heard:
    """Return what words are heard as that a ``heard:`` line with this name takes."""
    return Heard(intent=name) if name in INTENTS else Heard(intent="", topic=name)


def literal(allowed: str) -> str:
    """Return a value that a condition allows."""
    if allowed in ("given", "brief"):
        return WORDS
    low, dots, high = allowed.partition("..")
    return "" if allowed == "missing" else low if dots and low.isdecimal() and high.isdecimal() else allowed


def satisfying(condition: Condition, names: Collection[str]) -> Iterator[Mapping[str, str]]:
    """Return values that meet a condition, as far as it is about certain names."""
    about = [(name, allowed) for name, allowed in condition.answers if name in names]
    for chosen in combined([[literal(each) for each in allowed] for _, allowed in about]):
        yield {name: value for (name, _), value in zip(about, chosen, strict=True)}


def combined(values: list[list[str]]) -> Iterator[tuple[str, ...]]:
    """Return every combination; where there are too many, the first of each with one changed at a time."""
    count = 1
    for each in values:
        count *= len(each)
    if count <= MOST:
        yield from product(*values)
        return
    first = [each[0] for each in values]
    yield tuple(first)
    for place, several in enumerate(values):
        yield from ((*first[:place], value, *first[place + 1 :]) for value in several[1:])


def _met(test: Test, value: str) -> object:
    if test == RAW:
        return value[:TOLD_APART]
    if test == LINES:
        return min(2, sum(bool(line) for line in value.splitlines()))
    return holds(Condition(answers=(("it", test),)), {"it": value}, Facts())


def _pool(tests: frozenset[Test]) -> Iterator[str]:
    """Yield values to choose from: nothing, words, a story, and all that is named."""
    yield from ("", WORDS, STORY)
    for test in sorted(tests):
        yield from NUMBERS if test == RAW else LISTS if test == LINES else map(literal, test)
