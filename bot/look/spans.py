"""The three stretches that can be looked at. Each ends today, so that it is never nearly empty by the calendar."""

import re
from datetime import date, timedelta
from typing import NamedTuple

WEEK, MONTH, YEAR = "week", "month", "year"
NAMES = (WEEK, MONTH, YEAR)
DAYS = {WEEK: 7, MONTH: 30}
MONTHS = 12  # of a year: this one, and the eleven before


class Span(NamedTuple):
    """From a day to a day, both of them included."""

    name: str
    first: date
    last: date


def span_of(name: str, today: date) -> Span:
    """Return the stretch of a name that ends today; a week for any other name."""
    if name == YEAR:
        months = today.year * 12 + today.month - MONTHS
        return Span(YEAR, date(months // 12, months % 12 + 1, 1), today)
    name = name if name in DAYS else WEEK
    return Span(name, today - timedelta(days=DAYS[name] - 1), today)


def named(text: str) -> str:
    """Return the stretch that a command names ("my month", "/look year"), "" for none."""
    return next((name for name in NAMES if re.search(rf"\b{name}\b", text.lower())), "")


def parts(span: Span) -> list[Span]:
    """Return what a stretch is told by: days of a week, weeks of a month (from Monday on), months of a year."""
    found: list[Span] = []
    day = span.first
    while day <= span.last:
        end = min(_end(span.name, day), span.last)
        found.append(Span(span.name, day, end))
        day = end + timedelta(days=1)
    return found


def _end(name: str, day: date) -> date:
    if name == WEEK:
        return day
    if name == MONTH:
        return day + timedelta(days=6 - day.weekday())
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)
