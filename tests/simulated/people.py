"""People who do not exist, and the days on which they write. The same seed makes the same person."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model import read_press
from tests.simulated.words import ASIDES, MOVES, OPENINGS, STORY

ZONE = "Europe/London"
FORMS = (("plain", False, 60), ("warm", False, 20), ("tender", False, 8), ("plain", True, 12))
VISITS = (0, 1, 2, 3)  # on one day …
OFTEN = (8, 72, 17, 3)  # … of a hundred days
NIGHTLY = 0.06  # of visits
ON_IT = 0.5  # of openings are about what moves this person above all
IDLE = 0.4  # of waits: nothing is tapped, and it goes on by itself
LONG = 40  # turns after which anybody has had enough
FELT = {"ease": 50, "same": 25, "numb": 10, "ache": 15}
WEIGHTS = (1, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9)
TURNS = (-4, -3, -2, -2, -1, -1, 0, 0, 0, 1, 2, 3)  # of heaviness, by a practice
LEAVING = frozenset({"no", "skip", "enough", "end", "leave", "stop", "begin"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the labels on the buttons, what they carry, and whether it goes on by itself."""

    choices: Sequence[tuple[str, str]]
    waits: bool

    @property
    def at(self) -> str:
        press = read_press(self.choices[0][1])
        return f"{press.flow}/{press.step}"

    @property
    def ids(self) -> list[str]:
        return [read_press(data).choice for _, data in self.choices]


@dataclass(slots=True)
class Somebody:
    """Lives for all days of one person."""

    seed: int
    chance: random.Random = field(init=False)
    warmth: str = field(init=False)
    quiet: bool = field(init=False)
    yes: float = field(init=False)
    theme: str = field(init=False)
    heavy: int = 5

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.warmth, self.quiet, _ = self.chance.choices(FORMS, [share for *_, share in FORMS])[0]
        self.yes = self.chance.uniform(0.6, 0.8)
        self.theme = self._about()

    def visits(self, day: date) -> list[datetime]:
        """Return when this person writes on a day: mostly once, at a varying hour, now and then at night."""
        moments = []
        for _ in range(self.chance.choices(VISITS, OFTEN)[0]):
            hour = (
                self.chance.choice((0, 2, 3, 23))
                if self.chance.random() < NIGHTLY
                else self.chance.randint(6, 22)
            )
            moments.append(
                datetime(day.year, day.month, day.day, hour, self.chance.randrange(60), tzinfo=ZoneInfo(ZONE))
            )
        return sorted(moments)

    def opens(self) -> str:
        """Return the first thing typed."""
        if self.chance.random() < 0.25:
            return "/start"
        about = self.theme if self.chance.random() < ON_IT else self._about()
        return self.chance.choice(OPENINGS[about][1])

    def _about(self) -> str:
        return self.chance.choices(list(OPENINGS), [often for often, _ in OPENINGS.values()])[0]

    def answers(self, question: Question | None, turn: int) -> str | timedelta | None:
        """Return what is typed or tapped, a while that is let pass, or None for putting the phone away."""
        if question is None:
            return None
        if turn > LONG:
            return "stop"
        if self.chance.random() < 0.03:
            return self.chance.choice(MOVES)
        if self.chance.random() < 0.015:
            return self.chance.choice(ASIDES)
        return self._to(question)

    def _to(self, question: Question) -> str | timedelta:
        if question.waits and self.chance.random() < IDLE:
            return timedelta(seconds=61)
        if all(label.isdigit() or read_press(data).choice == "skip" for label, data in question.choices):
            return self._typed(question) if len(question.choices) == 1 else self._number(question)
        if question.at == "closing/felt":
            return self._tap(question, self.chance.choices(list(FELT), list(FELT.values()))[0])
        if question.at.startswith("offer/") and "yes" in question.ids:
            return self._offered(question)
        return self._in_menu(question) if question.at in ("menu/ask", "menu/after") else self._any(question)

    def _typed(self, question: Question) -> str:
        """Own words, or none: in quiet company there are fewer."""
        talks = self.chance.random() < (0.5 if question.at.startswith("sit/") else 0.7)
        return self.chance.choice(STORY) if talks else "skip"

    def _number(self, question: Question) -> str:
        if self.chance.random() < 0.1:
            return "skip"
        if question.at == "closing/now":
            return str(min(10, max(0, self.heavy + self.chance.choice(TURNS))))
        self.heavy = self.chance.choice(WEIGHTS)
        return str(self.heavy)

    def _in_menu(self, question: Question) -> str:
        if question.at == "menu/after":
            return self._tap(question, "no" if self.chance.random() < 0.75 else "yes")
        if self.chance.random() < 0.4:
            return self.chance.choice(OPENINGS[self._about()][1])
        return self._any(question)

    def _offered(self, question: Question) -> str:
        drawn = self.chance.random()
        if drawn < self.yes:
            return self._tap(question, "yes")
        return self._tap(question, "no") if drawn < 0.95 else self.chance.choice(ASIDES)

    def _any(self, question: Question) -> str:
        ids = question.ids
        onward = [id_ for id_ in ids if id_ not in LEAVING and id_ != "help"]
        if not onward or self.chance.random() < 0.15:
            return self._tap(question, self.chance.choice(ids)) if ids else self.chance.choice(STORY)
        return self._tap(question, self.chance.choice(onward))

    def _tap(self, question: Question, id_: str) -> str:
        labels = dict(zip(question.ids, (label for label, _ in question.choices), strict=True))
        return labels.get(id_) or self.chance.choice(list(labels.values()))
