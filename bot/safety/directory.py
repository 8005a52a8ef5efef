"""The help lines as data: read from ``helplines.yaml``, with the operator's own file laid over it.

What is wrong with a file is named all at once, with the country and the line.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from bot.safety.hours import DAYS, Hours, read_hours

PATH = Path(__file__).with_name("helplines.yaml")
OWN = "helplines.yaml"  # the operator's, in the data folder

Kind = Literal["crisis", "abuse", "child", "parent"]
Sure = Literal["H", "M"]  # L is never kept: such countries get the search alone
KINDS: tuple[Kind, ...] = ("crisis", "abuse", "child", "parent")


class HelplineError(ValueError):
    """The help lines cannot be used; the message lists every fault, a line each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One service.

    Attributes:
        hours: None where they are not known.
        checked: The day that its source names, or the operator's own.
        sure: H for two dated sources that agree, or one that looked at the service; M is shown beside the search.
        checked_by: "third party", or "operator" in a file laid over ours.

    """

    name: str
    voice: str
    or_voice: str
    text: str
    chat: str
    chat_hours: str
    hours: Hours | None
    cost: str
    languages: tuple[str, ...]
    source: str
    also: str
    checked: date
    verify: str
    kind: Kind = "crisis"
    sure: Sure = "H"
    checked_by: str = "third party"

    @property
    def ways(self) -> tuple[str, ...]:
        """How to reach it, as it is written in lists."""
        return tuple(filter(None, (self.voice, self.or_voice, self.text, self.chat)))


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its code, its names, and what can be stood behind there."""

    code: str
    name: str
    names: tuple[str, ...] = ()
    emergency: str = ""
    emergency_source: str = ""
    lines: tuple[Line, ...] = ()


# --- what is in use ---------------------------------------------------------------------


@dataclass(slots=True)
class _Laid:
    """The operator's file; lives as long as the process, set once at its start."""

    path: Path | None = field(default=None)


_laid = _Laid()


def lay_over(path: Path | None) -> None:
    """Use an operator's file over ours from now on; None for ours alone.

    Raises:
        HelplineError: The file cannot be read or used; ours stays alone.

    """
    before = _laid.path
    try:
        _use(path)
    except HelplineError:
        _use(before)
        raise


def _use(path: Path | None) -> None:
    _laid.path = path
    countries.cache_clear()
    names.cache_clear()
    countries()


@cache
def countries() -> Mapping[str, Country]:
    """Return every country, by its code; read once."""
    ours = parse(PATH.read_text("utf-8"))
    return ours if _laid.path is None else merge(ours, _read_own(_laid.path))


@cache
def names() -> Mapping[str, str]:
    """Return the codes of all countries by their names, as ``plain`` writes them."""
    return {plain(name): each.code for each in countries().values() for name in (each.name, *each.names)}


def _read_own(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise HelplineError(f"{path} cannot be read ({why})") from None


# --- reading ----------------------------------------------------------------------------


def parse(text: str) -> Mapping[str, Country]:
    """Return the countries that a document describes; ``HelplineError`` names all its faults at once."""
    return _whole(_load(text), {})


def merge(ours: Mapping[str, Country], text: str) -> Mapping[str, Country]:
    """Return our countries with an operator's document laid over them.

    What a country of theirs says takes the place of what ours says: its `lines` of all its lines. `more` adds lines
    before those that are there. `lines: []` takes all away.
    """
    return _whole(_load(text), ours)


def _load(text: str) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise HelplineError(f"not YAML{f', see line {mark.line + 1}' if mark else ''}") from None
    faults = [] if isinstance(document, dict) else ["the file is no table of sources and countries"]
    if not faults:
        faults += [f"unknown {key}" for key in sorted(map(str, set(document) - {"sources", "countries"}))]
        tables = [key for key in ("sources", "countries") if not isinstance(document.get(key) or {}, dict)]
        faults += [f"{key} is no table" for key in tables]
    if faults:
        raise HelplineError("\n".join(faults))
    return cast("Mapping[str, Any]", document)


def _whole(document: Mapping[str, Any], ours: Mapping[str, Country]) -> Mapping[str, Country]:
    faults: list[str] = []
    read = _Reader(document.get("sources") or {}, faults, own=bool(ours))
    theirs = {
        code: read.country(code, raw, ours.get(code))
        for code, raw in (document.get("countries") or {}).items()
    }
    found = {**ours, **theirs}
    faults += _doubles(found.values())
    if faults:
        raise HelplineError("\n".join(faults))
    return found


def _doubles(found: Iterable[Country]) -> Iterator[str]:
    """Name the names that two countries claim, and the lines that a country has twice."""
    seen: dict[str, str] = {}
    for country in found:
        for name in sorted({plain(name) for name in (country.name, *country.names)}):
            if seen.setdefault(name, country.code) != country.code:
                yield f"{country.code}: the name {name!r} belongs to {seen[name]} already"
        numbers = [(line.kind, way) for line in country.lines for way in line.ways]
        yield from (
            f"{country.code}: {way} stands there twice for {kind}"
            for kind, way in sorted({pair for pair in numbers if numbers.count(pair) > 1})
        )


_COUNTRY = {"name", "names", "emergency", "emergency_source", "lines"}
_NEEDED = ("name", "hours", "languages", "source", "checked", "verify", "confidence")
_WORDS = ("name", "voice", "or_voice", "text", "chat", "chat_hours", "cost", "also", "verify")
_EXTRA = ("kind", "checked_by")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one document; notes what is wrong in ``faults``."""

    sources: Mapping[str, str]
    faults: list[str]
    own: bool

    def country(self, code: str, raw: object, ours: Country | None) -> Country:
        table = raw if isinstance(raw, dict) else {}
        self.faults.extend(self._country_faults(code, table, ours))
        before = ours or Country(str(code), "")
        lines = self._lines(code, table, "lines") if "lines" in table else before.lines
        words = {
            key: str(table.get(key, getattr(before, key)))
            for key in ("name", "emergency", "emergency_source")
        }
        names = tuple(map(str, table["names"])) if "names" in table else before.names
        return Country(str(code), **words, names=names, lines=(*self._lines(code, table, "more"), *lines))

    def _country_faults(self, code: str, raw: Mapping[str, Any], ours: Country | None) -> Iterator[str]:
        if not re.fullmatch(r"[A-Z]{2}", str(code)):
            yield f"{code}: not an ISO country code of two capital letters"
        if not raw.get("name") and ours is None:
            yield f"{code}: no name"
        if unknown := set(map(str, raw)) - (_COUNTRY | {"more"} if self.own else _COUNTRY):
            yield f"{code}: unknown {', '.join(sorted(unknown))}"
        if raw.get("emergency") and raw.get("emergency_source") not in self.sources:
            yield f"{code}: an emergency number needs an emergency_source that stands under sources"

    def _lines(self, code: str, raw: Mapping[str, Any], key: str) -> tuple[Line, ...]:
        listed = raw.get(key) or ()
        if not isinstance(listed, list | tuple) or not all(isinstance(line, dict) for line in listed):
            self.faults.append(f"{code}: {key} is no list of lines")
            return ()
        return tuple(filter(None, (self._line(code, line) for line in listed)))

    def _line(self, code: str, raw: Mapping[str, Any]) -> Line | None:
        found = [*_line_faults(raw), *self._source_faults(raw)]
        wrong = [f"{code}: {raw.get('name', 'a line without a name')}: {fault}" for fault in found]
        if wrong:
            self.faults.extend(wrong)
            return None
        return Line(
            **{key: str(raw.get(key, "")) for key in _WORDS},
            hours=read_hours(raw["hours"]),
            languages=tuple(map(str, raw["languages"])),
            source=self.sources.get(raw["source"], str(raw["source"])),
            checked=raw["checked"],
            kind=raw.get("kind", "crisis"),
            sure=raw["confidence"],
            checked_by=str(raw.get("checked_by", "operator" if self.own else "third party")),
        )

    def _source_faults(self, raw: Mapping[str, Any]) -> Iterator[str]:
        source = str(raw.get("source") or "")
        if source and source not in self.sources and not re.search(r"\b20\d\d\b", source):
            yield f"the source {source!r} neither stands under sources nor names a page and its date"


def _line_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"no {key}" for key in _NEEDED if not raw.get(key) and raw.get(key) != [])  # nobody knows: []
    if unknown := set(map(str, raw)) - {*_NEEDED, *_WORDS, *_EXTRA}:
        yield f"unknown {', '.join(sorted(unknown))}"
    if not any(raw.get(key) for key in ("voice", "text", "chat")):
        yield "no voice, text or chat"
    if raw.get("checked") and type(raw["checked"]) is not date:
        yield "checked is not a day such as 2026-10-04"
    if raw.get("kind", "crisis") not in KINDS:
        yield f"kind is none of {', '.join(KINDS)}"
    if raw.get("confidence") not in ("H", "M", None):
        yield "only lines of confidence H or M may be shown"
    yield from _shape_faults(raw)


def _shape_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    voice = [str(raw.get(key) or "0") for key in ("voice", "or_voice")]
    if not all(
        re.fullmatch(r"[*+]?[0-9][0-9 -]*(?:, option \d|, extension \d)?", number) for number in voice
    ):
        yield 'a number is written in quotes, as it is dialled in its country, such as "116 123"'
    if not re.fullmatch(r"https://[^\s/]+\.[^\s/.]+(?:/\S*)?", str(raw.get("verify") or "https://a.b")):
        yield "verify is not an https address"
    if not isinstance(raw.get("languages") or [], list):
        yield "languages is no list"
    try:
        read_hours(raw.get("hours", "always"))
    except (AttributeError, KeyError, TypeError, ValueError):
        days = f"days: {DAYS[0]}-{DAYS[4]}"
        yield f'hours are always, unknown, or {{daily: "15:00-03:00", zone: Asia/Dhaka}}, with {days} if need be'


_SILENT = "'\u2019\u02bb"  # apostrophes: they join what they stand between


def plain(text: str) -> str:
    """Return lower case words without accents and punctuation, with single spaces."""
    flat = unicodedata.normalize("NFKD", text[:200]).casefold()
    kept = "".join(
        c if c.isalnum() else "" if c in _SILENT or unicodedata.category(c)[0] in "MC" else " " for c in flat
    )
    return " ".join(kept.split())
