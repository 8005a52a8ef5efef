"""Moments and the clocks on people's walls: pure, and right where clocks are put forward or back."""

from bisect import bisect_left
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

FIRST, LAST = date(1, 1, 2), date(9999, 12, 30)  # days that every zone can show beside UTC's own
YEAR = 12  # months
SECOND = timedelta(seconds=1)


def next_due(at: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """Return the first moment later than ``after`` when clocks in ``zone`` show ``at``.

    Args:
        at: Wall-clock time the person chose, without a time zone.
        zone: Where the person lives.
        after: An aware moment; the result is strictly later (but for the calendar's last day).

    Returns:
        An aware moment in UTC. Where clocks skip ``at`` in spring, it is as many
        minutes late as they skip; where they show it twice in autumn, it is the first.

    """
    today = after.astimezone(zone).date()
    # Yesterday's may still come, where clocks skip midnight; tomorrow's may be no later, where they skip a day.
    moments = (at_moment(_days_later(today, days), at, zone) for days in (-1, 0, 1, 2))
    return next((moment for moment in moments if moment > after), at_moment(LAST, at, zone))


def after_calendar(now: datetime, *, months: int = 0, days: int = 0, at: time | None = None) -> datetime:
    """Return the moment so many calendar months, then days, after ``now`` on the wall clock of its time zone.

    Args:
        now: An aware moment, in the zone of the person it is for.
        months: 31 January and one month is the last day of February.
        days: Days of the calendar, which are 23 or 25 hours long when clocks change.
        at: Wall-clock time on that day; the same as now's, where it is not given.

    Returns:
        An aware moment in UTC, never earlier than ``now`` and never later than the year 9999. Skipped
        and repeated times are as in ``next_due``.

    """
    day = _days_later(_months_later(now.date(), months), days)
    return max(at_moment(day, now.time() if at is None else at, now.tzinfo or UTC), now.astimezone(UTC))


def at_moment(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, when clocks in ``zone`` show this day and time; see ``next_due`` for their jumps."""
    # fold=0 reads a wall time by the clock before the jump: the first of two, or as late as what is skipped.
    shown = datetime.combine(min(max(day, FIRST), LAST), at.replace(tzinfo=None, fold=0), zone)
    return shown.astimezone(UTC)


def on_day(day: date, at: time, zone: tzinfo) -> datetime | None:
    """Return the moment, in UTC, of a local day's ``at``; None where the zone has no such day.

    Where clocks skip ``at``, it is the first minute after; where they show it twice, it is the first.
    A day is missing where a zone has crossed the date line (Samoa, 30 December 2011).
    """
    shown = datetime.combine(min(max(day, FIRST), LAST), at.replace(tzinfo=None, fold=0))
    moment = shown.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == shown:
        return moment
    jump = _jump(shown.replace(tzinfo=zone, fold=1, microsecond=0).astimezone(UTC), moment, zone)
    begins, ends = shown - (moment - jump), jump.astimezone(zone).replace(tzinfo=None)  # what is skipped
    missing = begins <= datetime.combine(shown.date(), time()) and ends.date() > shown.date()
    return None if missing else jump


def next_day(day: date, days: int = 1) -> date:
    """Return the day so many days later, or earlier, within the calendar."""
    return _days_later(day, days)


def _jump(early: datetime, late: datetime, zone: tzinfo) -> datetime:
    """Return the first moment, to the second, at which clocks show what they show after a jump between two moments."""
    offset, span = late.astimezone(zone).utcoffset(), int((late - early) / SECOND)
    jumped = lambda second: (early + second * SECOND).astimezone(zone).utcoffset() == offset  # noqa: E731
    return early + bisect_left(range(span), 1, key=jumped) * SECOND


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * YEAR + day.month - 1 + months, YEAR)
    if year < FIRST.year:
        return FIRST
    if year > LAST.year:
        return LAST
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days_later(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, FIRST.toordinal()), LAST.toordinal()))
