"""Questions for once a month, as data, and how their answers are counted: see docs/look.md.

A file is shipped only where its source says that anyone may pass its words on. Nothing is filled in for an answer
that was left out: a sum or mean without it is no such sum.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

HERE = Path(__file__).parent / "instruments"
OWN = "kindness"  # the one that is asked
AGAIN = timedelta(days=28)  # a month is asked of once


class Scale(msgspec.Struct, frozen=True):
    """From the lowest to the highest answer; ``labels`` name all of them, or none."""

    low: int
    high: int
    labels: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the answers as they are offered, the lowest first."""
        numbers = range(self.low, self.high + 1)
        if not self.labels:
            return [str(number) for number in numbers]
        return [f"{number} {label}" for number, label in zip(numbers, self.labels, strict=True)]


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some questions with one scale.

    Attributes:
        items: By language; "en" is always there.
        parts: Which items, counted from 1, make up which score.
        reverse: Items for which a high answer means little.
        count: How the answers of a part become one number.
        source, licence: Where the words come from, and what allows to pass them on.

    """

    instrument: str
    version: int
    scale: Scale
    items: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[int, ...]]
    source: str
    licence: str
    count: Literal["sum", "mean"] = "sum"
    reverse: tuple[int, ...] = ()

    def asked(self, locale: str) -> tuple[str, ...]:
        """Return the questions in a language, in English where there is no translation of its makers'."""
        return self.items.get(locale) or self.items["en"]


def read(text: str) -> Instrument:
    """Return an instrument from its file.

    Raises:
        ValueError: Something in it does not fit.

    """
    import yaml

    found = msgspec.convert(yaml.load(text, yaml.CSafeLoader), Instrument)
    sizes = {len(items) for items in found.items.values()}
    used = {number for numbers in (*found.parts.values(), found.reverse) for number in numbers}
    if "en" not in found.items or len(sizes) != 1 or not used <= set(range(1, max(sizes) + 1)):
        raise ValueError(f"{found.instrument}: items and parts do not fit each other")
    if found.scale.labels and len(found.scale.labels) != found.scale.high - found.scale.low + 1:
        raise ValueError(f"{found.instrument}: a label for each answer, or none")
    return found


@cache
def instrument(name: str = OWN) -> Instrument:
    """Return an instrument of ours by its name."""
    return read((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


def score(of: Instrument, answers: Sequence[int | None]) -> dict[str, float | None]:
    """Return a number for each part, None for one that an answer is missing from.

    Raises:
        ValueError: There are more or fewer answers than questions, or one is beyond the scale.

    """
    if len(answers) != len(of.items["en"]):
        raise ValueError("one answer for each question, or None")
    if any(each is not None and not of.scale.low <= each <= of.scale.high for each in answers):
        raise ValueError("an answer lies beyond the scale")
    turned = [_turned(of, number, each) for number, each in enumerate(answers, 1)]
    return {
        part: _count(of, [turned[number - 1] for number in numbers]) for part, numbers in of.parts.items()
    }


def due(last: date | None, today: date) -> bool:
    """Whether the questions may be asked: not yet this month."""
    return last is None or today - last >= AGAIN


def _turned(of: Instrument, number: int, answer: int | None) -> int | None:
    if answer is None or number not in of.reverse:
        return answer
    return of.scale.low + of.scale.high - answer


def _count(of: Instrument, answers: Sequence[int | None]) -> float | None:
    given = [each for each in answers if each is not None]
    if len(given) < len(answers):
        return None
    return sum(given) / (len(given) if of.count == "mean" else 1)
