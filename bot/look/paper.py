"""What a picture is drawn from: numbers and our own labels, nothing that a person wrote.

Little is loaded with it, as each picture begins a process of its own.
"""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec

from bot.look.spans import YEAR, Span

Words = Callable[[str], str]


class Quiet(msgspec.Struct, frozen=True):
    """Printed without what is in it: how somebody's days were is theirs."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Labels(Quiet, frozen=True):
    """The bot's own words for it, in the person's language."""

    days: tuple[str, ...]
    months: tuple[str, ...]
    faces: tuple[str, ...]
    heavy: str
    before: str
    after: str
    most: str
    least: str
    ease: str
    kind: str
    own: str
    others: str
    of: str
    then: str
    week: str

    @classmethod
    def of_lines(cls, words: Words) -> "Labels":
        """Return them from the bot's own lines."""
        days, months = (tuple(words(f"look_{name}").split()) for name in ("days", "months"))
        faces = tuple(each.strip() for each in words("look_faces").split(","))
        return cls(days, months, faces, *(words(f"look_{name}") for name in cls.__struct_fields__[3:]))


class Weight(Quiet, frozen=True):
    """Heaviness before and after; ``at`` is a day of the stretch, or a month of a year, counted from 0."""

    at: int
    before: int
    after: int
    times: int = 1


class Ease(Quiet, frozen=True):
    """How often a practice brought some ease."""

    title: str
    eased: int
    times: int


class Chart(Quiet, frozen=True):
    """A look back, ready to be drawn. Lives until the picture has gone out; ``dark`` is how it is to look."""

    span: Span
    faces: dict[date, list[int]]
    weights: list[Weight]
    eased: list[Ease]
    kind: list[tuple[int, tuple[int | None, ...]]]
    labels: Labels
    dark: bool = False


def write(chart: Chart) -> bytes:
    """Return a chart as bytes, for ``read``."""
    return msgspec.json.encode(chart)


def read(body: bytes) -> Chart:
    """Return a chart as it was written."""
    return _decoder.decode(body)


_decoder = msgspec.json.Decoder(Chart)


def heading(span: Span, labels: Labels) -> str:
    """Return the stretch as it is said: "20 Nov – 26 Nov"."""
    if span.name == YEAR:
        first, last = (f"{labels.months[day.month - 1]} {day.year}" for day in (span.first, span.last))
    else:
        first, last = (f"{day.day} {labels.months[day.month - 1]}" for day in (span.first, span.last))
    return f"{first} \u2013 {last}"


def middle(values: Sequence[int]) -> int:
    """Return the one in the middle; of two, the lighter face or the heavier number: the higher."""
    ordered, at = sorted(values), len(values) // 2
    return ordered[at] if len(ordered) % 2 else (ordered[at - 1] + ordered[at] + 1) // 2
