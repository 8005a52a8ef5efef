"""Text ids to words in a language. English stands in the flows; what a language lacks is said in English."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.model import Line, Wording
from flows.turn import Facts

NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
COOLER = {"tender": ("tender", "warm", "plain"), "warm": ("warm", "plain"), "plain": ("plain",)}


@dataclass(frozen=True, slots=True)
class Catalog:
    """Words by language and text id. Lives as long as the process."""

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def text(self, wording: Wording, locale: str) -> str:
        """Return the words for a text id, the English where the language has none."""
        known = self.words.get(locale)
        return known.get(wording.id, wording.text) if known else wording.text


ENGLISH = Catalog()


def choose(line: Line, facts: Facts, said: bytes, catalog: Catalog = ENGLISH) -> Wording:
    """Return the wording that this person has not read for the longest time.

    In another language it is one that the language has: of the form, or else of the next cooler form.

    Args:
        line: The bubble.
        facts: Decide the form; its ``seed`` decides between wordings that were never read.
        said: Marks of the lines said earlier in this turn.
        catalog: Knows which wordings a language has.

    """
    known = catalog.words.get(facts.locale)
    options = (known and _translated(line, facts, known)) or _form(line, facts)
    if len(options) == 1:
        return options[0]
    read = facts.seen + said
    first = facts.seed % len(options)
    return min(options[first:] + options[:first], key=lambda option: _last_read(read, option.mark))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in for ``{names}``; one that is missing leaves nothing behind."""
    return NAME.sub(lambda found: values.get(found[1], ""), text) if "{" in text else text


def _form(line: Line, facts: Facts) -> tuple[Wording, ...]:
    return next(line.forms[form] for form in _wanted(facts) if form in line.forms)


def _wanted(facts: Facts) -> tuple[str, ...]:
    """Return the forms for a person, the best first: a way of being there goes before warmth."""
    return ("quiet",) * facts.quiet + ("cheer",) * facts.cheer + COOLER[facts.warmth]


def _translated(line: Line, facts: Facts, known: Mapping[str, str]) -> tuple[Wording, ...]:
    """Return the wordings that a language has in the warmest form that fits, none if it has none."""
    for form in _wanted(facts):
        options = tuple(option for option in line.forms.get(form, ()) if option.id in known)
        if options:
            return options
    return ()


def _last_read(read: bytes, mark: bytes) -> int:
    at = read.rfind(mark)
    while at > 0 and at % 4:  # a match across two marks is none
        at = read.rfind(mark, 0, at + 3)
    return at
