"""Help lines for people: the right country, and the card that is read; and for operators: how old each line is.

Never another country's number, never a number from memory: where nothing can be stood behind, the card says
findahelpline.com and "your local emergency number". A line is warned of 12 months after it was checked and not
shown after 24.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from bot.safety.directory import (
    KINDS,
    OWN,
    Country,
    HelplineError,
    Kind,
    Line,
    countries,
    lay_over,
    merge,
    names,
    parse,
    plain,
)
from bot.safety.hours import Hours

__all__ = [
    "KINDS",
    "OWN",
    "Confirmed",
    "Country",
    "HelplineError",
    "Hours",
    "Kind",
    "Line",
    "countries",
    "lay_over",
    "merge",
    "parse",
]

WARN, REFUSE = 12, 24  # months
LOCAL = "your local emergency number"
ELSEWHERE = "findahelpline.com lists free lines by country: phone, text or chat."
BESIDE = "If it can't be reached, findahelpline.com lists others."  # where one source alone names a number
SEARCH: Mapping[Kind, str] = {
    "crisis": ELSEWHERE,
    "abuse": "Lines about abuse: findahelpline.com lists them by country.",
    "child": "Lines for young people: childhelplineinternational.org lists them by country.",
    "parent": "Lines for parents and families: findahelpline.com lists free ones by country.",
}
MOST = 2  # services of the kind that was asked for; nobody reads more in a bad hour
WORDS = frozenset(
    "no it in is at be me my am so do to id as pa ma la".split()
)  # codes too, in capitals only; NO never
SHORT = 3  # letters; names so short are words of many sentences, but for the ones below
KNOWN_SHORT = frozenset({"uk", "usa", "uae"})
AMBIGUOUS = frozenset(
    {"georgia", "jordan", "turkey"}
)  # also a state, a name, a bird: only when nothing else is said

ARTICLE = frozenset(
    {
        "United States",
        "United Kingdom",
        "Netherlands",
        "Philippines",
        "United Arab Emirates",
        "Dominican Republic",
    }
)
Status = Literal["confirmed", "third party", "old", "refused", "no line"]
Confirmed = Mapping[str, date | str]
NOBODY: Confirmed = {}
WORST: tuple[Status, ...] = ("refused", "old", "third party", "confirmed")


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
    words, typed = plain(text), text.strip()
    known = names()
    if typed.upper() in countries() and typed not in WORDS and typed != "NO":
        return typed.upper()
    if words in known:
        return known[words]
    return _named(words, known)


def _named(words: str, known: Mapping[str, str]) -> str | None:
    if not words or re.search(r"\b(?:not|never|left|isnt|aint)\b", words):
        return None
    rest, found = f" {words} ", set()
    for name in sorted(known, key=len, reverse=True):  # "northern ireland" before "ireland"
        if f" {name} " in rest and name not in AMBIGUOUS and (len(name) > SHORT or name in KNOWN_SHORT):
            rest = rest.replace(f" {name} ", " | ")
            found.add(known[name])
    return found.pop() if len(found) == 1 else None


def card(code: str | None, now: datetime, confirmed: Confirmed = NOBODY, kind: Kind = "crisis") -> Card:
    """Return the card for a country; for None, or where no line can be stood behind, the one for everywhere.

    What is open now comes first, and of that the lines of the ``kind``; one for any crisis stands beside them.
    """
    country = countries().get(code or "")
    if country is None:
        rows = [SEARCH[kind], *([ELSEWHERE] if kind == "child" else [])]
        return Card("\n".join([*rows, f"In danger right now: {LOCAL}."]))
    day = _confirmed(country.code, confirmed)
    fresh = [line for line in country.lines if _age(line, now, day) < REFUSE]
    own = _of_kind(fresh, kind, now)
    wanted = own or (_of_kind(fresh, "child", now)[:1] if kind == "parent" else [])  # said for what it is
    shown = [*wanted, *(_of_kind(fresh, "crisis", now)[:1] if kind != "crisis" else ())]
    shown.sort(key=lambda line: _closed(line, now))
    rows = [*(_row(line, now, kind) for line in shown), *_search_rows(country, kind, own, shown)]
    emergency = country.emergency or LOCAL
    if kind == "parent" and not wanted:
        rows.reverse()  # a line about one's own life is not the first thing for a parent
    return Card("\n".join([*rows, f"In danger right now: {emergency}."]), emergency, country.name)


def _of_kind(lines: list[Line], kind: Kind, now: datetime) -> list[Line]:
    """Return lines of a kind: first those open now, then those whose hours are not known, then the closed ones."""
    found = [line for line in lines if line.kind == kind]
    return sorted(found, key=lambda line: (_closed(line, now), line.hours is None))[:MOST]


def _closed(line: Line, now: datetime) -> bool:
    return line.hours is not None and not line.hours.open_at(now)


def _search_rows(country: Country, kind: Kind, wanted: list[Line], shown: list[Line]) -> list[str]:
    """Return where else to look: where there is no line, or one that a single source names."""
    rows = [] if shown else [f"I have no line in {with_article(country.name)} that I can stand behind."]
    rows += [] if wanted else [SEARCH[kind]]
    rows += [ELSEWHERE] if kind == "child" and not shown else []
    unsure = any(line.sure == "M" for line in shown) and not any("findahelpline" in row for row in rows)
    return [*rows, BESIDE] if unsure else rows


def _row(line: Line, now: datetime, kind: Kind) -> str:
    """Return the row for one service: the way to reach it, who that is, then cost, hours and language.

    A line of another kind than was asked for stands beside the first and is kept short.
    """
    ways = [f"Call {line.voice}" + (f" or {line.or_voice}" if line.or_voice else "")] if line.voice else []
    if line.text:
        ways.append(line.text)
    if line.chat and (line.kind == kind or not ways):
        ways.append(f"chat at {line.chat}" + (f" ({line.chat_hours})" if line.chat_hours else ""))
    facts = ", ".join(_facts(line)) if line.kind == kind else ""
    if kind == "parent" and line.kind == "child":
        facts = "for children and young people"
    first = " or ".join(ways)
    closed = " Closed at this hour." if _closed(line, now) else ""
    return f"{first[0].upper()}{first[1:]}: {line.name}{f' ({facts})' if facts else ''}.{closed}"


def _facts(line: Line) -> list[str]:
    spoken = "" if line.languages in ((), ("English",)) else "in " + " and ".join(line.languages)
    return [fact for fact in (line.cost, str(line.hours or ""), spoken) if fact]


def with_article(name: str) -> str:
    """Return a country's name as it stands in a sentence: "the Netherlands"."""
    return f"the {name}" if name in ARTICLE else name


# --- for operators ----------------------------------------------------------------------


def status(code: str, now: datetime, confirmed: Confirmed = NOBODY) -> Status:
    """Return how far a country's lines can be relied on; its oldest line decides."""
    country = countries().get(code)
    if country is None or not country.lines:
        return "no line"
    found = {age(line, now, confirmed.get(code)) for line in country.lines}
    return next(status for status in WORST if status in found)


def doctor_lines(now: datetime, confirmed: Confirmed = NOBODY) -> list[str]:
    """Return one row for each country with lines: numbers, who checked and when, and what to do."""
    return [_doctor_row(country, now, confirmed) for country in countries().values() if country.lines]


def _doctor_row(country: Country, now: datetime, confirmed: Confirmed) -> str:
    numbers = "; ".join(f"{' / '.join(line.ways)} {_named_kind(line)}" for line in country.lines)
    day, found = _confirmed(country.code, confirmed), status(country.code, now, confirmed)
    checked = min(line.checked for line in country.lines)
    by = f"confirmed by you on {day}" if day else f"checked by a third party on {checked}"
    if not day and found == "confirmed":
        by = f"from your own file, {checked}"
    places = ", ".join(dict.fromkeys(line.verify for line in country.lines))
    what = {
        "third party": "Try them, compare",
        "old": f"More than {WARN} months ago. Compare",
        "refused": f"More than {REFUSE} months ago: no longer shown. Compare",
    }.get(found)
    todo = f"{what} with {places}, then: befriend helplines confirm {country.code}" if what else ""
    return f"{country.code}  {country.name}: {numbers}. {by[0].upper()}{by[1:]}. {todo}".rstrip()


def _named_kind(line: Line) -> str:
    return line.name if line.kind == "crisis" else f"{line.name} ({line.kind})"


def age(line: Line, now: datetime, confirmed: date | str | None = None) -> Status:
    """Return how far one line can be relied on, if its country was confirmed on a day."""
    day = _confirmed("", {"": confirmed} if confirmed else NOBODY)
    months = _age(line, now, day)
    if months >= WARN:
        return "refused" if months >= REFUSE else "old"
    return "confirmed" if day or line.checked_by == "operator" else "third party"


def _confirmed(code: str, confirmed: Confirmed) -> date | None:
    day = confirmed.get(code)
    return date.fromisoformat(day[:10]) if isinstance(day, str) else day


def _age(line: Line, now: datetime, confirmed: date | None) -> int:
    """Return whole months since the line was checked, by anyone."""
    day, today = max(line.checked, confirmed or line.checked), now.astimezone(UTC).date()
    return (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)
