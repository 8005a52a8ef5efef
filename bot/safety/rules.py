"""A small pattern language for what people say, and a matcher that tries few patterns on most texts.

A pattern is a line of words over the plain form of a text (see ``text.py``)::

    i <adv>? want to (die|be dead) $

``<name>`` is a named set of phrases, ``(a|b c)`` are alternatives, ``?`` makes the thing before it optional,
``<name>~3`` or ``(a|b)~3`` may stand up to three times, ``*3`` is a gap of at most three words within one sentence,
``%`` is a number, ``&`` a number of eight or more, ``!(a|b)`` says what must not follow, ``^`` and ``$`` are the
beginning and the end of a clause. Nothing in it repeats without a bound, so no text can make it slow.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PIECE = re.compile(
    r"\s*(?:(<[a-z_]+>)|(\()|(\))|(\|)|(\?)|(!)|~([0-9])|\*([0-9]+)|([%&^$])|([a-z0-9']+|[.,]))"
)
_GAP = r"(?:[^ .]+ ){0,%s}"
_TENS = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty"
).split()
_NUMBER = (
    f"(?:[0-9]+ |{' |'.join(['one two three four five six seven eight nine'.replace(' ', ' |'), *_TENS])} )"
)
_MANY = f"(?:[1-9][0-9]+ |8 |9 |eight |nine |{' |'.join(_TENS)} |hundred |hundreds |dozens |dozen )"
_START = r"(?:(?<=[.,] )|(?<= and )|(?<= but )|(?<= so )|(?<= because )|(?<= just )|(?<= haha ))"
_AFTER = (
    "but and because so or when if since anymore any right today tonight lately haha though ever now at honestly "
    "sometimes please thanks really for all again too here tbh bro man yaar sha o"
).split()  # what begins something new: a clause may end before it
_END = f"(?=[.,] |{' |'.join(_AFTER)} )"
_COMMON = frozenset(
    "i to a the of in on at my me it is am be do not and or so that this for with have has was are up out he she they "
    "just no you what all but if as by can will would , . about like feel want get go when how some any".split()
)


class RulesError(ValueError):
    """Rule data cannot be used; the message lists every fault."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing in a pattern: its regular expression, and words of which one must occur (None: cannot say)."""

    regex: str
    needs: tuple[frozenset[str], ...]


class Pattern:
    """A pattern. ``needs`` are sets of words; a text that lacks any one of the sets cannot match.

    Its regular expression is compiled at its first use: most are never needed in the life of a process, and all of
    them take two seconds.
    """

    __slots__ = ("_compiled", "_regex", "needs", "source")

    def __init__(self, source: str, regex: str, needs: tuple[frozenset[str], ...]) -> None:
        self.source, self.needs = source, needs
        self._regex = regex
        self._compiled: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self._regex)
        return self._compiled

    def possible(self, words: frozenset[str]) -> bool:
        """Whether a text of these words could match at all."""
        return not any(need.isdisjoint(words) for need in self.needs)


class Grammar:
    """Compiles patterns with named sets of phrases."""

    def __init__(self, sets: Mapping[str, Sequence[str]]) -> None:
        self._sets = sets
        self._made: dict[str, _Part] = {}
        self.vocabulary: set[str] = set()

    def compile(self, source: str, *, whole: bool = False) -> Pattern:
        """Compile one pattern; ``whole``: it must be all of a text. ``RulesError`` says what is wrong with it."""
        part, rest = self._sequence(self._pieces(source))
        if rest:
            raise RulesError(f"{source!r}: unexpected {rest[0]!r}")
        best = sorted(part.needs, key=lambda need: (bool(need & _COMMON), len(need)))[:3]
        regex = rf"\A {part.regex}\Z" if whole else f" {part.regex}"
        return Pattern(source, regex, tuple(best))

    def _pieces(self, source: str) -> list[str]:
        pieces, at = [], 0
        while source[at:].strip():
            match = _PIECE.match(source, at)
            if not match:
                raise RulesError(f"{source!r}: cannot read {source[at:]!r}")
            pieces.append(match[0].strip())
            at = match.end()
        return pieces

    def _sequence(self, pieces: list[str]) -> tuple[_Part, list[str]]:
        parts: list[_Part] = []
        while pieces and pieces[0] not in ("|", ")"):
            part, pieces = self._atom(pieces)
            while pieces and (pieces[0] == "?" or pieces[0][0] == "~"):
                many = "?" if pieces[0] == "?" else f"{{0,{pieces[0][1:]}}}"
                part, pieces = _Part(f"(?:{part.regex}){many}", ()), pieces[1:]
            parts.append(part)
        return _Part("".join(p.regex for p in parts), tuple(n for p in parts for n in p.needs)), pieces

    def _atom(self, pieces: list[str]) -> tuple[_Part, list[str]]:
        head, rest = pieces[0], pieces[1:]
        if head == "!":
            part, rest = self._atom(rest)
            return _Part(f"(?!{part.regex})", ()), rest
        if head == "(":
            options, rest = [], ["|", *rest]
            while rest and rest[0] == "|":
                option, rest = self._sequence(rest[1:])
                options.append(option)
            if not rest:
                raise RulesError("a bracket is not closed")
            return _either(options), rest[1:]
        if head[0] == "<":
            return self._set(head[1:-1]), rest
        if head[0] == "*" and len(head) > 1:
            return _Part(_GAP % head[1:], ()), rest
        if head in "%&^$":
            return _Part({"%": _NUMBER, "&": _MANY, "^": _START, "$": _END}[head], ()), rest
        if not re.fullmatch(r"[a-z0-9']+|[.,]", head):
            raise RulesError(f"unexpected {head!r}")
        if head not in ".,":
            self.vocabulary.add(head)
        # every text has an end, and not every one has a stop among its words
        needs = () if head in ".," else (frozenset((head,)),)
        return _Part(re.escape(head) + " ", needs), rest

    def _set(self, name: str) -> _Part:
        if name not in self._made:
            if name not in self._sets:
                raise RulesError(f"<{name}> is not defined")
            options = []
            for phrase in self._sets[name]:
                option, rest = self._sequence(self._pieces(str(phrase)))
                if rest:
                    raise RulesError(f"<{name}>: {phrase!r}: unexpected {rest[0]!r}")
                options.append(option)
            self._made[name] = _either(options)
        return self._made[name]


def _either(options: Sequence[_Part]) -> _Part:
    """Join alternatives; one word of each must be among the words needed."""
    regex = "(?:" + "|".join(dict.fromkeys(o.regex for o in options)) + ")"
    if any(not o.needs for o in options):
        return _Part(regex, ())
    return _Part(regex, (frozenset().union(*(_rarest(o.needs) for o in options)),))


def _rarest(needs: tuple[frozenset[str], ...]) -> frozenset[str]:
    return min(needs, key=lambda need: (bool(need & _COMMON), len(need)))


class Index:
    """Finds, among many patterns, the few that a text could match.

    A pattern is one bit; for each of its (at most three) needs there is a table from words to the patterns whose need
    they meet. What is left after the three tables is worth trying.
    """

    def __init__(self, patterns: Iterable[tuple[Pattern, Any]]) -> None:
        self._all = list(patterns)
        self._tables: list[dict[str, int]] = [{}, {}, {}]
        self._free = [0, 0, 0]
        for number, (pattern, _) in enumerate(self._all):
            for level, table in enumerate(self._tables):
                if level >= len(pattern.needs):
                    self._free[level] |= 1 << number
                    continue
                for word in pattern.needs[level]:
                    table[word] = table.get(word, 0) | 1 << number
        self._keys = frozenset().union(*self._tables)

    def candidates(self, words: frozenset[str]) -> list[tuple[Pattern, Any]]:
        """Return the patterns worth trying, in the order they were given."""
        known = words & self._keys
        left = -1
        for table, met in zip(self._tables, self._free, strict=True):
            get = table.get
            for word in known:
                met |= get(word, 0)  # noqa: PLW2901  # one number gathers them all
            left &= met
        found = []
        while left:
            bit = left & -left
            found.append(self._all[bit.bit_length() - 1])
            left ^= bit
        return found
