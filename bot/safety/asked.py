"""What people ask and tell in a talk about a danger: heard by rules made for that talk alone. Pure.

Danger has been looked for before, by the screen; what is found here only decides which sentence fits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.safety import helplines
from bot.safety.rules import Grammar, Index, Pattern, RulesError
from bot.safety.screen import PATTERNS, read, speller

OTHER = "other_at_risk"
BARE = 3  # words; a country's name alone, or hardly more
_CLAUSES = re.compile(r"[.,;!?\n]|\b(?:and|but)\b", re.IGNORECASE)
_MINE = re.compile(r"\b(?:i|im|i'm|we|we're|me|my country)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that people ask or tell: ``rank`` 0 leads.

    Attributes:
        back: It leads back to a talk that is over.
        theirs: It is no sign of danger to the one who asks.

    """

    about: str
    doors: frozenset[str]
    rank: int
    back: bool = False
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """The countries that a text names, as codes: of the person, and of the one they speak of; "" where none is."""

    here: str = ""
    there: str = ""


def asked(text: str, door: str) -> list[Asked]:
    """Return what is asked or told in the talk of that door, what leads first."""
    plain = speller().plain(text.replace("\u2019", "'"))
    found = {
        each
        for pattern, each in _book().candidates(plain.words)
        if door in each.doors and pattern.regex.search(plain.text)
    }
    return sorted(found, key=lambda each: each.rank)


def places(text: str, door: str, *, far: bool = False) -> Places:
    """Return which countries are named; ``far``: where the other one is was asked for.

    Only in a talk about somebody else may a country be another's than the person's own.
    """
    here = there = ""
    for clause in _CLAUSES.split(text):
        code = helplines.find_country(clause) or ""
        mine = bool(_MINE.search(clause)) or (len(clause.split()) <= BARE and not far)
        if door != OTHER or mine:
            here = here or code
        else:
            there = there or code
    return Places(here, there)


@cache
def _book() -> Index:
    grammar, faults = Grammar(read(PATTERNS / "en", "words")["sets"]), list[str]()
    pairs = [
        pair
        for rank, raw in enumerate(read(PATTERNS / "en", "asked")["asked"])
        for pair in _patterns(grammar, raw, rank, faults)
    ]
    if faults:
        raise RulesError("\n".join(faults))
    return Index(pairs)


def _patterns(
    grammar: Grammar, raw: Mapping[str, Any], rank: int, faults: list[str]
) -> list[tuple[Pattern, Asked]]:
    try:
        each = Asked(
            raw["about"], frozenset(raw["doors"]), rank, raw.get("back", False), raw.get("theirs", False)
        )
        return [(grammar.compile(line), each) for line in raw["say"]]
    except (RulesError, KeyError) as error:
        faults.append(f"asked.yaml, {raw.get('about', 'one without name')}: {error}")
        return []
