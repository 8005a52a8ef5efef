"""Days and times of day as people type them, and as they are said back."""

import re
from calendar import monthrange
from datetime import date, time, timedelta

MONTHS = "january february march april may june july august september october november december".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
NEAR = {"today": 0, "tomorrow": 1, "yesterday": -1, "day after tomorrow": 2}
SPANS = {"day": 1, "week": 7}
NUMBERS = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten".split())
}
ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)\Z")
DOTTED = re.compile(r"(\d\d?)[./-] ?(\d\d?)(?:[./-] ?(\d{4})?)?\Z")
SPAN = re.compile(r"in (\d{1,3}|an?|[a-z]+) (day|week|month|year)s?\Z")
CLOCK = re.compile(r"(?:at )?(\d\d?)(?:[:.h ]?([0-5]\d))?\s*([ap]\.?m|o'?clock)?\Z")
DATED = re.compile(r"\d{4}-\d\d-\d\d\Z")


def read_date(text: str, today: date) -> str | None:
    """Return the day that was typed as ``2026-12-24``, None where it is none, or could be two.

    Without a year it is the next such day, today included. ``3/4`` could be two days; ``24/12`` is one.
    """
    plain = " ".join(text.lower().replace(",", " ").split()).rstrip(".!?")
    plain = re.sub(r"\b(\d\d?)(?:st|nd|rd|th)\b", r"\1", re.sub(r"^(?:on )?(?:the )?|\bof \b", "", plain))
    try:
        found = _near(plain, today) or _named(plain, today) or _numeric(plain, today)
    except (ValueError, OverflowError):  # beyond the year 9999
        return None
    return found.isoformat() if found else None


def read_time(text: str) -> str | None:
    """Return the time of day that was typed as ``21:30``, None where it is none, or could be two."""
    plain = text.lower().strip().rstrip(".!?")
    if plain in ("noon", "midday", "midnight"):
        return "00:00" if plain == "midnight" else "12:00"
    found = CLOCK.match(plain)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").replace(".", "")
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif not found[2] and 1 <= hour <= 12 and not found[1].startswith("0"):
        return None  # "9": in the morning, or at night?
    return f"{time(hour, minute):%H:%M}" if hour < 24 else None


def say_date(value: str, months: str) -> str:
    """Return a kept day as it is said, other values as they are.

    Args:
        value: ``2026-12-24``.
        months: The twelve names in the person's language, with spaces between them.

    """
    names = months.split()
    if not DATED.match(value) or len(names) != len(MONTHS):
        return value
    year, month, day = value.split("-")
    return f"{int(day)} {names[int(month) - 1]} {year}"


def _near(plain: str, today: date) -> date | None:
    if plain in NEAR:
        return today + timedelta(days=NEAR[plain])
    weekday = plain.removeprefix("next ").removeprefix("this ")
    if weekday in WEEKDAYS:
        ahead = (WEEKDAYS.index(weekday) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead)
    span = SPAN.match(plain)
    if not span:
        return None
    many = 1 if span[1] in ("a", "an") else int(span[1]) if span[1].isdigit() else NUMBERS.get(span[1], 0)
    if span[2] in SPANS:
        return today + timedelta(days=many * SPANS[span[2]]) if many else None
    return _in_months(today, many * (12 if span[2] == "year" else 1)) if many else None


def _in_months(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _named(plain: str, today: date) -> date | None:
    words = plain.split()
    months = [number for word in words for number, name in enumerate(MONTHS, 1) if _is(word, name)]
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 4]
    days, years = [n for n in numbers if n <= 31], [n for n in numbers if n > 31]
    if len(months) != 1 or len(days) != 1 or len(years) > 1 or len(words) != 2 + len(years):
        return None
    return _day(years[0] if years else None, months[0], days[0], today)


def _is(word: str, month: str) -> bool:
    return len(word) >= 3 and month.startswith(word.rstrip("."))


def _numeric(plain: str, today: date) -> date | None:
    iso = ISO.match(plain)
    if iso:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]), today)
    dotted = DOTTED.match(plain)
    if not dotted:
        return None
    first, second, year = int(dotted[1]), int(dotted[2]), int(dotted[3]) if dotted[3] else None
    if "." in plain or first > 12 or first == second:
        return _day(year, second, first, today)
    return _day(year, first, second, today) if second > 12 else None


def _day(year: int | None, month: int, day: int, today: date) -> date | None:
    # 29 February comes every four years, or eight.
    for each in range(today.year, today.year + 9) if year is None else [year]:
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year is not None or found >= today:
            return found
    return None
