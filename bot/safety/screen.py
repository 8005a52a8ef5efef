"""Looks into a text for danger: to the person, or to somebody near them. Pure, and quick enough for every text.

First rules only (``patterns/en/*.yaml``, reviewed as data). It notices much and not all: a text that passes is not
safe, it has only shown nothing to these rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.safety.rules import Grammar, Index, Pattern, RulesError
from bot.safety.text import Plain, Speller

PATTERNS = Path(__file__).with_name("patterns")
FILES = ("claims", "suicide", "passive", "signs", "selfharm", "abuse", "others", "body")

Risk = Literal["none", "ask", "crisis"]
RISKS: tuple[Risk, ...] = ("none", "ask", "crisis")
DOORS = (
    "past", "suicide", "medical", "selfharm", "abuse", "baby", "child_hurt", "harm_others", "other_at_risk", "passive",
    "longing", "psychosis", "eating", "substances", "under_age",
)  # fmt: skip  # of two findings of the same risk the one that stands first here leads


@dataclass(frozen=True, slots=True)
class Screened:
    """What was found.

    Attributes:
        door: Where it leads.
        why: The id of the rule, never the text.
        begun: It has begun, or will happen now.
        rest: The text without its idioms and denials, "" where it has none.

    """

    risk: Risk = "none"
    door: str = ""
    why: str = ""
    begun: bool = False
    rest: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the data.

    Attributes:
        claims: What it matches is taken out of the text for all rules after it.
        joke: The most that it may say where somebody laughs and nobody is serious; None: laughing changes nothing.
        soft: Says nothing in a sentence about lessons, books, news, films.
        trivial: Says nothing where it is about socks or fries.
        begun: It has begun, or will happen now.
        unless: Patterns that silence it anywhere in the text; ``also``: one of these must be there too.

    """

    id: str
    risk: Risk
    door: str
    claims: bool = False
    joke: Risk | None = None
    soft: bool = False
    trivial: bool = False
    begun: bool = False
    unless: tuple[Pattern, ...] = field(default=(), repr=False)
    also: tuple[Pattern, ...] = field(default=(), repr=False)


class _Cues:
    """Small signs that are added up where no rule has spoken (see cues.yaml)."""

    def __init__(self, grammar: Grammar, document: Mapping[str, Any]) -> None:
        groups = document["groups"]
        self._enough = float(document["enough"])
        self._core = frozenset(document["core"])
        self._points = {name: float(raw["points"]) for name, raw in groups.items()}
        self._words = {word: name for name, raw in groups.items() for word in raw.get("words", ())}
        self.vocabulary = frozenset(self._words)
        self.phrases = [
            (grammar.compile(line), name) for name, raw in groups.items() for line in raw.get("say", ())
        ]

    def enough(self, plain: Plain, line: str, signs: Sequence[tuple[Pattern, str]]) -> bool:
        """Whether there are enough small signs in a text, with claims taken out."""
        words = plain.words if line is plain.text else frozenset(line.split())
        groups = {self._words[word] for word in words & self.vocabulary}
        groups.update(name for pattern, name in signs if name not in groups and pattern.regex.search(line))
        return (
            not groups.isdisjoint(self._core) and sum([self._points[name] for name in groups]) >= self._enough
        )


_SELF = frozenset({"i", "me", "my", "myself"})


@dataclass(frozen=True, slots=True)
class _Book:
    """All rules of one language, ready for use. Built once."""

    speller: Speller
    rules: Index
    cues: _Cues
    lesson: frozenset[str]
    laughs: frozenset[str]
    serious: Sequence[Pattern]
    trifles: frozenset[str]


NOTHING = Screened()
CUES = "cues"  # the name of small signs that were added up


def screen(text: str) -> Screened:
    """Return the gravest thing that the rules find in a text."""
    book = _book()
    return judge(book.speller.plain(text))


def judge(plain: Plain) -> Screened:
    """Return the gravest thing in a text that is in its plain form already."""
    book = _book()
    line, found = plain.text, NOTHING
    signs: list[tuple[Pattern, str]] = []
    for pattern, rule in book.rules.candidates(plain.words):
        if isinstance(rule, str):
            signs.append((pattern, rule))
        elif rule.claims:
            changed = pattern.regex.sub(" _ ", line)
            if changed != line:
                line = changed
                found = (
                    _graver(found, Screened(rule.risk, rule.door, rule.id, rule.begun))
                    if rule.door
                    else found
                )
        elif _order(rule.risk, rule.door) < _order(found.risk, found.door):
            match = pattern.regex.search(line)
            if match and (risk := _weighed(rule, plain, line, match.start(), book)):
                found = _graver(found, Screened(risk, rule.door, rule.id, rule.begun))
    if found.risk == "none" and not plain.words.isdisjoint(_SELF) and book.cues.enough(plain, line, signs):
        return Screened("ask", "passive", CUES)
    return found if line is plain.text else replace(found, rest=line)


def _graver(one: Screened, other: Screened) -> Screened:
    return min(one, other, key=lambda found: _order(found.risk, found.door))


def _weighed(rule: Rule, plain: Plain, line: str, at: int, book: _Book) -> Risk | None:
    """Return what a match weighs in its surroundings; None: nothing."""
    if rule.soft and not book.lesson.isdisjoint(_sentence(line, at)):
        return None
    if rule.trivial and not book.trifles.isdisjoint(plain.words):
        return None
    if any(_in(pattern, plain, line) for pattern in rule.unless):
        return None
    if rule.also and not any(_in(pattern, plain, line) for pattern in rule.also):
        return None
    if (
        rule.joke
        and not book.laughs.isdisjoint(plain.words)
        and not any(_in(p, plain, line) for p in book.serious)
    ):
        return rule.joke if rule.joke != "none" else None
    return rule.risk


def _in(pattern: Pattern, plain: Plain, line: str) -> bool:
    return pattern.possible(plain.words) and pattern.regex.search(line) is not None


def _sentence(line: str, at: int) -> list[str]:
    """Return the words of the sentence around a place."""
    begin = line.rfind(" . ", 0, at + 2)
    end = line.find(" . ", at + 1)
    return line[max(begin, 0) : end if end >= 0 else len(line)].split()


def _order(risk: Risk, door: str) -> tuple[int, int]:
    """Return a number that is the smaller the graver."""
    return -RISKS.index(risk), DOORS.index(door) if door in DOORS else len(DOORS)


# --- reading ----------------------------------------------------------------------------


@cache
def _book() -> _Book:
    return read_book(PATTERNS / "en")


def speller() -> Speller:
    """Return what brings texts into the plain form that rules read."""
    return _book().speller


def read(folder: Path, name: str) -> Mapping[str, Any]:
    """Return one file of rule data; everything in it is text."""
    document = yaml.load((folder / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506  # no objects
    if not isinstance(document, dict):
        raise RulesError(f"{name}.yaml: not a mapping")
    return document


def read_book(folder: Path) -> _Book:
    """Return the rules of one language; ``RulesError`` names every fault at once."""
    words, spelling = read(folder, "words"), read(folder, "spelling")
    grammar = Grammar(words["sets"])
    faults: list[str] = []
    rules = [pair for name in FILES for pair in _rules(grammar, read(folder, name), name, faults)]
    cues = _Cues(grammar, read(folder, "cues"))
    everything: list[tuple[Pattern, Rule | str]] = [*rules, *cues.phrases]
    serious = [grammar.compile(line) for line in words["serious"]]
    if faults:
        raise RulesError("\n".join(faults))
    vocabulary = grammar.vocabulary | set(words["lesson"]) | cues.vocabulary
    return _Book(
        Speller(spelling["written"], vocabulary, spelling["real"]), Index(everything), cues,

        frozenset(words["lesson"]), frozenset(words["laughs"]), serious, frozenset(words["trifles"]),
    )  # fmt: skip


def _rules(
    grammar: Grammar, document: Mapping[str, Any], name: str, faults: list[str]
) -> list[tuple[Pattern, Rule]]:
    pairs: list[tuple[Pattern, Rule]] = []
    for raw in document["rules"]:
        where = f"{name}.yaml, {raw.get('id', 'a rule without id')}"
        try:
            rule = _rule(grammar, raw, claims=name == "claims")
            pairs += [(grammar.compile(line), rule) for line in raw["say"]]
        except (RulesError, KeyError, ValueError) as error:
            faults.append(f"{where}: {error}")
    return pairs


_KEYS = {"id", "risk", "door", "joke", "soft", "trivial", "begun", "unless", "also", "say"}


def _rule(grammar: Grammar, raw: Mapping[str, Any], *, claims: bool) -> Rule:
    if unknown := set(raw) - _KEYS:
        raise RulesError(f"unknown {', '.join(sorted(unknown))}")
    door = raw.get("door", "")
    if door and door not in DOORS:
        raise RulesError(f"no such door: {door}")
    return Rule(
        id=raw["id"], risk=_risk(raw.get("risk", "none")), door=door, claims=claims,
        joke=_risk(raw["joke"]) if "joke" in raw else None,
        soft=raw.get("soft") == "true", trivial=raw.get("trivial") == "true", begun=raw.get("begun") == "true",
        unless=tuple(grammar.compile(line) for line in raw.get("unless", ())),
        also=tuple(grammar.compile(line) for line in raw.get("also", ())),
    )  # fmt: skip


def _risk(word: str) -> Risk:
    for risk in RISKS:
        if risk == word:
            return risk
    raise RulesError(f"no such risk: {word}")
