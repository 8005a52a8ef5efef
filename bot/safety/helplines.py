"""Crisis lines by country: data with source and date, and the card that people read.

Never another country's number, never a number from memory: where nothing can be stood behind, the card says
findahelpline.com and "your local emergency number". A line is warned of 12 months after it was checked and not
shown after 24.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

PATH = Path(__file__).with_name("helplines.yaml")
WARN, REFUSE = 12, 24  # months
LOCAL = "your local emergency number"
ELSEWHERE = "findahelpline.com lists free lines by country: phone, text or chat."
WORDS = frozenset(
    "no it in is at be me my am so do to id as pa ma la".split()
)  # codes too, in capitals only; NO never
SHORT = 3  # letters; names so short are words of many sentences, but for the ones below
KNOWN_SHORT = frozenset({"uk", "usa", "uae"})
AMBIGUOUS = frozenset(
    {"georgia", "jordan", "turkey"}
)  # also a state, a name, a bird: only when nothing else is said

Status = Literal["confirmed", "third party", "old", "refused", "no line"]
Confirmed = Mapping[str, date | str]
NOBODY: Confirmed = {}


class HelplineError(ValueError):
    """The help lines cannot be used; the message lists every fault."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a line is open: always, or every day from ``opens`` to ``closes`` in ``zone``; may pass midnight."""

    opens: time | None = None
    closes: time | None = None
    zone: str = ""

    def open_at(self, now: datetime) -> bool:
        if self.opens is None or self.closes is None:
            return True
        at = now.astimezone(ZoneInfo(self.zone)).time()
        if self.opens < self.closes:
            return self.opens <= at < self.closes
        return at >= self.opens or at < self.closes

    def __str__(self) -> str:
        return f"{self.opens:%H:%M} to {self.closes:%H:%M}, every day" if self.opens else "day and night"


@dataclass(frozen=True, slots=True)
class Line:
    """One service. ``checked`` is the day that its source names."""

    name: str
    voice: str
    or_voice: str
    text: str
    chat: str
    chat_hours: str
    hours: Hours
    cost: str
    languages: tuple[str, ...]
    source: str
    also: str
    checked: date
    verify: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its code, its names, and what can be stood behind there."""

    code: str
    name: str
    names: tuple[str, ...] = ()
    emergency: str = ""
    emergency_source: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What a person reads: the number first, then text and chat, then what to do in danger."""

    text: str
    emergency: str = LOCAL
    country_name: str = ""


# --- for people -------------------------------------------------------------------------


def find_country(text: str) -> str | None:
    """Return the code of the country that is named, or None.

    The whole text may be a code or a name; a sentence counts if it names exactly one country in full. Nothing is
    guessed from parts of words.
    """
    words, typed = _plain(text), text.strip()
    names, codes = _names()
    if typed.upper() in codes and typed not in WORDS and typed != "NO":
        return typed.upper()
    if words in names:
        return names[words]
    return _named(words, names)


def _named(words: str, names: Mapping[str, str]) -> str | None:
    if not words or re.search(r"\b(?:not|never|left|isnt|aint)\b", words):
        return None
    rest, found = f" {words} ", set()
    for name in sorted(names, key=len, reverse=True):  # "northern ireland" before "ireland"
        if f" {name} " in rest and name not in AMBIGUOUS and (len(name) > SHORT or name in KNOWN_SHORT):
            rest = rest.replace(f" {name} ", " | ")
            found.add(names[name])
    return found.pop() if len(found) == 1 else None


def card(code: str | None, now: datetime, confirmed: Confirmed = NOBODY) -> Card:
    """Return the card for a country; for None, or where no line can be stood behind, the one for everywhere."""
    country = countries().get(code or "")
    if country is None:
        return Card(f"{ELSEWHERE}\nIn danger right now: {LOCAL}.")
    emergency = country.emergency or LOCAL
    shown = [line for line in country.lines if _age(line, now, _confirmed(country.code, confirmed)) < REFUSE]
    shown.sort(key=lambda line: not line.hours.open_at(now))
    rows = [row for line in shown for row in _rows(line, now)]
    if not rows:
        rows = [f"I have no line in {_the(country.name)} that I can stand behind.", ELSEWHERE]
    return Card("\n".join([*rows, f"In danger right now: {emergency}."]), emergency, country.name)


def _rows(line: Line, now: datetime) -> list[str]:
    """Return the rows for one service: the way to reach it, who that is, then cost, hours and language."""
    ways = [f"Call {line.voice}" + (f" or {line.or_voice}" if line.or_voice else "")] if line.voice else []
    if line.text:
        ways.append(line.text)
    if line.chat:
        ways.append(f"chat at {line.chat}" + (f" ({line.chat_hours})" if line.chat_hours else ""))
    facts = ", ".join(filter(None, [line.cost, str(line.hours), *_spoken(line)]))
    closed = "" if line.hours.open_at(now) else " Closed at this hour."
    first = " or ".join(ways)
    return [f"{first[0].upper()}{first[1:]}: {line.name} ({facts}).{closed}"]


def _spoken(line: Line) -> list[str]:
    return [] if line.languages == ("English",) else ["in " + " and ".join(line.languages)]


def _the(name: str) -> str:
    return (
        f"the {name}"
        if name in ("United States", "United Kingdom", "Netherlands", "Philippines", "United Arab Emirates")
        else name
    )


# --- for operators ----------------------------------------------------------------------


def status(code: str, now: datetime, confirmed: Confirmed = NOBODY) -> Status:
    """Return how far a country's lines can be relied on; its oldest line decides."""
    country = countries().get(code)
    if country is None or not country.lines:
        return "no line"
    day = _confirmed(code, confirmed)
    age = max(_age(line, now, day) for line in country.lines)
    if age >= REFUSE:
        return "refused"
    if age >= WARN:
        return "old"
    return "confirmed" if day else "third party"


def doctor_lines(now: datetime, confirmed: Confirmed = NOBODY) -> list[str]:
    """Return one row for each country with lines: numbers, who checked and when, and what to do."""
    return [_doctor_row(country, now, confirmed) for country in countries().values() if country.lines]


def _doctor_row(country: Country, now: datetime, confirmed: Confirmed) -> str:
    numbers = "; ".join(
        " / ".join(filter(None, [li.voice, li.or_voice, li.text, li.chat])) + f" {li.name}"
        for li in country.lines
    )
    day, found = _confirmed(country.code, confirmed), status(country.code, now, confirmed)
    checked = min(line.checked for line in country.lines)
    by = f"confirmed by you on {day}" if day else f"checked by a third party on {checked}"
    places = ", ".join(dict.fromkeys(line.verify for line in country.lines))
    age = {
        "third party": "Try them, compare",
        "old": f"More than {WARN} months ago. Compare",
        "refused": f"More than {REFUSE} months ago: no longer shown. Compare",
    }.get(found)
    todo = f"{age} with {places}, then: befriend helplines confirm {country.code}" if age else ""
    return f"{country.code}  {country.name}: {numbers}. {by[0].upper()}{by[1:]}. {todo}".rstrip()


def _confirmed(code: str, confirmed: Confirmed) -> date | None:
    day = confirmed.get(code)
    return date.fromisoformat(day[:10]) if isinstance(day, str) else day


def _age(line: Line, now: datetime, confirmed: date | None) -> int:
    """Return whole months since the line was checked, by anyone."""
    day, today = max(line.checked, confirmed or line.checked), now.astimezone(UTC).date()
    return (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)


# --- reading ----------------------------------------------------------------------------


@cache
def countries() -> Mapping[str, Country]:
    """Return every country, by its code; read once."""
    return parse(PATH.read_text("utf-8"))


def parse(text: str) -> Mapping[str, Country]:
    """Return the countries that a document describes; ``HelplineError`` names all its faults at once."""
    document = yaml.safe_load(text)
    faults: list[str] = []
    sources = document.get("sources", {})
    found = {
        code: _country(code, raw or {}, sources, faults)
        for code, raw in document.get("countries", {}).items()
    }
    faults += _doubles(found.values())
    if faults:
        raise HelplineError("\n".join(faults))
    return found


def _doubles(found: Iterable[Country]) -> Iterator[str]:
    """Name the names that two countries claim."""
    seen: dict[str, str] = {}
    for country in found:
        for name in sorted({_plain(name) for name in (country.name, *country.names)}):
            if seen.setdefault(name, country.code) != country.code:
                yield f"{country.code}: the name {name!r} belongs to {seen[name]} already"


def _country(code: str, raw: Mapping[str, Any], sources: Mapping[str, str], faults: list[str]) -> Country:
    faults += _country_faults(code, raw, sources)
    lines = tuple(filter(None, (_line(code, line, sources, faults) for line in raw.get("lines", ()))))
    words = {key: str(raw.get(key, "")) for key in ("name", "emergency", "emergency_source")}
    return Country(str(code), **words, names=tuple(map(str, raw.get("names", ()))), lines=lines)


def _country_faults(code: str, raw: Mapping[str, Any], sources: Mapping[str, str]) -> Iterator[str]:
    if not re.fullmatch(r"[A-Z]{2}", str(code)):
        yield f"{code}: not an ISO country code of two capital letters"
    if not raw.get("name"):
        yield f"{code}: no name"
    if unknown := set(raw) - {"name", "names", "emergency", "emergency_source", "lines"}:
        yield f"{code}: unknown {', '.join(sorted(unknown))}"
    if raw.get("emergency") and raw.get("emergency_source") not in sources:
        yield f"{code}: an emergency number needs an emergency_source"


_NEEDED = ("name", "hours", "languages", "source", "checked", "verify", "confidence")
_WORDS = ("name", "voice", "or_voice", "text", "chat", "chat_hours", "cost", "also", "verify")


def _line(code: str, raw: Mapping[str, Any], sources: Mapping[str, str], faults: list[str]) -> Line | None:
    wrong = [f"{code}: {raw.get('name', 'a line without a name')}: {fault}" for fault in _line_faults(raw)]
    if wrong:
        faults += wrong
        return None
    return Line(
        **{key: str(raw.get(key, "")) for key in _WORDS},
        hours=_hours(raw["hours"]),
        languages=tuple(raw["languages"]),
        source=sources.get(raw["source"], str(raw["source"])),
        checked=raw["checked"],
    )


def _line_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"no {key}" for key in _NEEDED if not raw.get(key))
    if unknown := set(raw) - {*_NEEDED, *_WORDS}:
        yield f"unknown {', '.join(sorted(unknown))}"
    if not any(raw.get(key) for key in ("voice", "text", "chat")):
        yield "no voice, text or chat"
    if raw.get("checked") and type(raw["checked"]) is not date:
        yield "checked is not a day such as 2026-10-04"
    if raw.get("confidence") not in ("H", None):
        yield "only lines of confidence H may be shown"
    if not str(raw.get("verify", "https://")).startswith("https://"):
        yield "verify is not an https address"
    try:
        _hours(raw.get("hours", "always"))
    except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError):
        yield 'hours are "always" or {daily: "15:00-03:00", zone: Asia/Dhaka}'


def _hours(raw: str | Mapping[str, str]) -> Hours:
    if raw == "always":
        return Hours()
    if isinstance(raw, str):
        raise TypeError(raw)
    opens, closes = (time.fromisoformat(part) for part in raw["daily"].split("-"))
    return Hours(opens, closes, ZoneInfo(raw["zone"]).key)


@cache
def _names() -> tuple[Mapping[str, str], frozenset[str]]:
    names = {_plain(name): c.code for c in countries().values() for name in (c.name, *c.names)}
    return names, frozenset(countries())


_SILENT = "'\u2019\u02bb"  # apostrophes: they join what they stand between


def _plain(text: str) -> str:
    """Return lower case words without accents and punctuation, with single spaces."""
    flat = unicodedata.normalize("NFKD", text[:200]).casefold()
    kept = "".join(
        c if c.isalnum() else "" if c in _SILENT or unicodedata.category(c)[0] in "MC" else " " for c in flat
    )
    return " ".join(kept.split())
