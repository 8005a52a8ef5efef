"""How long a step waits: a time, or until a moment on the person's own clock."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from flows.model import After
from flows.moments import after_calendar, at_moment


def seconds(after: After, now: datetime, known: Mapping[str, str]) -> int:
    """Return the seconds from now until a step goes on by itself; at least one.

    Args:
        after: What the author wrote.
        now: Carries the person's zone: days and months follow its calendar.
        known: Holds the date that ``until`` names, as ``2026-12-24``; without one it is today.

    """
    if not (after.days or after.months or after.at or after.until):
        return max(1, after.seconds)
    due = _day(after, now, known)
    return max(1, round((due - now).total_seconds()) + after.seconds)


def _day(after: After, now: datetime, known: Mapping[str, str]) -> datetime:
    at = time.fromisoformat(after.at) if after.at else None
    if not after.until:
        due = after_calendar(now, months=after.months, days=after.days, at=at)
        today = not (after.days or after.months)
        return after_calendar(now, days=1, at=at) if today and due <= now else due  # that time has passed
    try:
        day = date.fromisoformat(known.get(after.until, ""))
    except ValueError:
        day = now.date()
    return at_moment(day, at or now.time(), now.tzinfo or UTC)
