"""The sentences that a person kept, each with the day of it; which of them rest, and which may come back.

The words stand as rows of one kind, as they were kept; the days stand beside them, by a mark of the words. Rows from
before the days were noted have none.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Person
from bot.ports import Tx
from bot.zones import own_zone
from flows.turn import Heard

SENTENCE, DAYS = "sentence", "sentence_day"  # kinds of rows: the words, and on which day they were kept
MOST = 200  # sentences of a person that are added by hand: more is no list that anyone reads
LONGEST = 300  # characters of one that is added by hand: a bubble
MARK = 8  # letters that tell one sentence from another
RESTING = "resting"  # what the person noted beneath it: marks of sentences that never come by themselves


@dataclass(frozen=True, slots=True)
class Sentence:
    """One of them; ``day`` is the person's own day when it was kept, "" where that is not known."""

    text: str = field(repr=False)
    day: str = field(default="", compare=False, repr=False)

    @property
    def mark(self) -> str:
        """What tells it from the others."""
        return mark(self.text)


def mark(text: str) -> str:
    """Return the mark of a sentence."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:MARK]


def read(tx: Tx, person: str) -> list[Sentence]:
    """Return a person's sentences, the newest first; one that was kept twice is there once."""
    days = dict(_day(row) for row in tx.kept(person, DAYS))
    texts = dict.fromkeys(reversed(tx.kept(person, SENTENCE)))
    return [Sentence(text, days.get(mark(text), "")) for text in texts]


def find(tx: Tx, person: str, marked: str) -> Sentence | None:
    """Return the sentence with a mark."""
    return next((each for each in read(tx, person) if each.mark == marked), None)


def keep(tx: Tx, person: Person, kind: str, text: str, now: datetime) -> None:
    """Keep words of any kind; of a sentence the day as well."""
    tx.keep(person.id, kind, text)
    if kind == SENTENCE:
        tx.keep(person.id, DAYS, f"{mark(text)} {today(person, now)}")


def write(tx: Tx, person: Person, sentences: Iterable[Sentence]) -> None:
    """Put these, the newest first, in the place of all; what is gone rests no more."""
    oldest_first = [*sentences][::-1]
    tx.keep_only(person.id, SENTENCE, [each.text for each in oldest_first])
    tx.keep_only(person.id, DAYS, [f"{each.mark} {each.day}" for each in oldest_first if each.day])
    marks = {each.mark for each in oldest_first}
    _rest(person, [each for each in resting(person) if each in marks])


def resting(person: Person) -> list[str]:
    """Return the marks of what never comes by itself."""
    return person.variables.get(RESTING, "").split()


def put_away(person: Person, marked: str) -> None:
    """Never bring a sentence back by itself; it stays among what is kept."""
    _rest(person, [*dict.fromkeys([*resting(person), marked])])


def take_back(person: Person, marked: str) -> None:
    """Let a sentence that rested come by itself again."""
    _rest(person, [each for each in resting(person) if each != marked])


def awake(tx: Tx, person: Person) -> list[Sentence]:
    """Return what was not put away, the newest first. The screen is still to be asked: see ``may_return``."""
    away = resting(person)
    return [each for each in read(tx, person.id) if each.mark not in away]


def may_return(sentence: Sentence, hear: Callable[[str], Heard]) -> bool:
    """Whether the screen lets words come back by themselves."""
    return hear(sentence.text).risk == "none"


def today(person: Person, now: datetime) -> str:
    """Return the person's own day; the one of Greenwich where their zone is not known."""
    zone = own_zone(person)
    return (now.astimezone(zone) if zone else now).date().isoformat()


def _rest(person: Person, marks: list[str]) -> None:
    if marks:
        person.variables[RESTING] = " ".join(marks)
    else:
        person.variables.pop(RESTING, None)


def _day(row: str) -> tuple[str, str]:
    marked, _, day = row.partition(" ")
    return marked, day
