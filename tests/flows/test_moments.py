"""Wall clocks and moments: every zone, and every way in which clocks are put forward or back."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.moments import after_calendar, at_moment, next_due

ODD = (
    "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Africa/El_Aaiun", "Europe/Dublin", "Asia/Kathmandu",
    "Pacific/Kiritimati", "Pacific/Chatham", "America/St_Johns", "America/Sao_Paulo", "Africa/Cairo", "Asia/Gaza",
    "America/Asuncion", "America/Scoresbysund", "Antarctica/Troll", "Pacific/Kwajalein", "Asia/Pyongyang", "Etc/UTC",
)  # fmt: skip
ZONES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("posix", "right"))
)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

zones = (st.sampled_from(ODD) | st.sampled_from(ZONES)).map(ZoneInfo)
# From 1973 on all clocks are whole minutes away from UTC, so that a walk by minutes meets each time that they show.
moments = st.datetimes(datetime(1973, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # made aware
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@cache
def jumps(zone: ZoneInfo) -> list[datetime]:
    """Moments, to the hour, before which and after which clocks in a zone differ."""
    hours = [datetime(1973, 1, 1, tzinfo=UTC) + timedelta(hours=12 * n) for n in range(2 * 366 * 60)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [hour for hour, one, next_ in zip(hours, offsets, offsets[1:], strict=False) if one != next_]


@st.composite
def near_a_jump(draw):
    """A zone, and a moment within two days of one when its clocks are put forward or back."""
    zone = ZoneInfo(draw(st.sampled_from(ODD[:-1])))
    changes = jumps(zone)
    shift = timedelta(minutes=draw(st.integers(-2 * 24 * 60, 2 * 24 * 60)))
    return zone, (draw(st.sampled_from(changes)) if changes else datetime(2026, 1, 1, tzinfo=UTC)) + shift


anywhere = near_a_jump() | st.tuples(zones, moments)


def shown(moment, zone):
    """What clocks show: day and time, without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def first_shown(day, at, zone):
    """By walking through the minutes: the first moment when clocks show it, or None where they skip it."""
    wanted = datetime.combine(day, at)
    start = wanted.replace(tzinfo=UTC) - timedelta(hours=27)
    minutes = (start + MINUTE * n for n in range(54 * 60))
    return next((minute for minute in minutes if shown(minute, zone) == wanted), None)


# --- next_due ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "after", "at", "due"),
    [
        pytest.param("Europe/Kyiv", "2026-03-28 12:00", "03:30", "2026-03-29 01:30", id="spring skips 03:00-04:00"),
        pytest.param("Europe/Kyiv", "2026-03-29 01:30", "03:30", "2026-03-30 00:30", id="the day after the skip"),
        pytest.param("Europe/Berlin", "2026-10-24 12:00", "02:30", "2026-10-25 00:30", id="autumn, the first of two"),
        pytest.param("Europe/Berlin", "2026-10-25 00:30", "02:30", "2026-10-26 01:30", id="autumn, not the second"),
        pytest.param("Europe/Berlin", "2026-10-25 00:45", "02:40", "2026-10-26 01:40", id="between the two"),
        pytest.param("Europe/Dublin", "2026-03-29 00:00", "01:30", "2026-03-29 01:30", id="Dublin in spring"),
        pytest.param("Europe/Dublin", "2026-10-24 12:00", "01:30", "2026-10-25 00:30", id="Dublin in autumn"),
        pytest.param("Australia/Lord_Howe", "2026-10-03 12:00", "02:10", "2026-10-03 15:40", id="skips half an hour"),
        pytest.param("Australia/Lord_Howe", "2026-04-04 12:00", "01:45", "2026-04-04 14:45", id="repeats half an hour"),
        pytest.param("Pacific/Apia", "2011-12-29 20:00", "09:00", "2011-12-30 19:00", id="Apia's lost day is the next"),
        pytest.param("Pacific/Apia", "2011-12-30 19:00", "09:00", "2011-12-31 19:00", id="and is not doubled"),
        pytest.param("Africa/Casablanca", "2026-02-14 12:00", "02:30", "2026-02-15 01:30", id="Ramadan's first night"),
        pytest.param("Africa/Casablanca", "2026-03-21 12:00", "02:30", "2026-03-22 02:30", id="Ramadan's last night"),
        pytest.param("Asia/Kathmandu", "2026-11-26 03:14", "09:00", "2026-11-26 03:15", id="a quarter hour"),
        pytest.param("Asia/Kathmandu", "2026-11-26 03:15", "09:00", "2026-11-27 03:15", id="strictly later"),
        pytest.param("America/Sao_Paulo", "2018-11-03 12:00", "00:30", "2018-11-04 03:30", id="midnight is skipped"),
        pytest.param("Asia/Pyongyang", "2018-05-04 15:05", "23:45", "2018-05-04 15:15", id="yesterday's still comes"),
        pytest.param("America/St_Johns", "2010-11-07 02:40", "00:00", "2010-11-08 03:30", id="tomorrow's has been"),
    ],
)  # fmt: skip
def test_the_next_time_on_the_wall_clock(zone, after, at, due):
    """A wall-clock time comes when clocks show it, late where they skip it, once where they repeat it."""
    found = next_due(time.fromisoformat(at), ZoneInfo(zone), after=datetime.fromisoformat(f"{after}+00:00"))
    assert found == datetime.fromisoformat(f"{due}+00:00")
    assert found.tzinfo is UTC


@settings(deadline=None)
@given(anywhere, times)
def test_what_is_next_is_later_and_soon(where, at):
    """It is strictly later, within two days and a lost one, and always in UTC."""
    zone, after = where
    due = next_due(at, zone, after=after)
    assert after < due <= after + 3 * DAY
    assert due.tzinfo is UTC


@settings(deadline=None, max_examples=60)
@given(anywhere, times)
def test_a_skipped_time_comes_as_late_as_clocks_skip(where, at):
    """Where no clock shows it, it is as late as was skipped; else it is the first moment that shows it."""
    zone, near = where
    day = near.astimezone(zone).date()
    moment, first = at_moment(day, at, zone), first_shown(day, at, zone)
    if first is not None:
        assert moment == first
    else:
        late = shown(moment, zone) - datetime.combine(day, at)
        before = (moment - DAY).astimezone(zone).utcoffset()
        assert late == moment.astimezone(zone).utcoffset() - before > timedelta()


@settings(deadline=None)
@given(anywhere, times, st.integers(2, 12))
def test_it_comes_once_on_each_day(where, at, many):
    """From one to the next, no day of the calendar is left out and none comes twice."""
    zone, after = where
    came = []
    for _ in range(many):
        came.append(next_due(at, zone, after=came[-1] if came else after))
    first, last = (shown(moment, zone).date() for moment in (came[0], came[-1]))
    days = [date.fromordinal(n) for n in range(first.toordinal() - 2, last.toordinal() + 3)]
    due = sorted({at_moment(day, at, zone) for day in days})
    assert came == [moment for moment in due if came[0] <= moment <= came[-1]]


@settings(deadline=None)
@given(anywhere, times, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_later_is_never_sooner(where, at, more):
    """Who asks later gets the same moment or a later one."""
    zone, after = where
    assert next_due(at, zone, after=after) <= next_due(at, zone, after=after + more)


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)), st.times(), st.sampled_from(ODD).map(ZoneInfo))
def test_the_ends_of_the_calendar_break_nothing(after, at, zone):
    """In any year of the calendar there is an answer."""
    if datetime(2, 1, 1, tzinfo=UTC) < after < datetime(9999, 12, 28, tzinfo=UTC):
        assert next_due(at, zone, after=after) > after
    assert at_moment(after.date(), at, zone).tzinfo is UTC


# --- after_calendar ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "zone", "span", "due"),
    [
        pytest.param("2026-01-31 10:00", "UTC", {"months": 1}, "2026-02-28 10:00", id="the last of February"),
        pytest.param("2028-01-31 10:00", "UTC", {"months": 1}, "2028-02-29 10:00", id="in a leap year"),
        pytest.param("2026-01-31 10:00", "UTC", {"months": 1, "days": 1}, "2026-03-01 10:00", id="months, then days"),
        pytest.param("2026-11-30 10:00", "UTC", {"months": 14}, "2028-01-30 10:00", id="over New Year"),
        pytest.param("2026-02-28 09:00", "Europe/Berlin", {"months": 6}, "2026-08-28 08:00", id="the same on the wall"),
        pytest.param("2026-03-28 12:00", "Europe/Berlin", {"days": 1}, "2026-03-29 11:00", id="a day of 23 hours"),
        pytest.param("2026-10-24 12:00", "Europe/Berlin", {"days": 1}, "2026-10-25 13:00", id="a day of 25 hours"),
        pytest.param("2026-03-28 01:30", "Europe/Berlin", {"days": 1}, "2026-03-29 01:30", id="into a gap"),
        pytest.param("2026-11-26 12:00", "UTC", {"days": 1, "at": time(8)}, "2026-11-27 08:00", id="at a time"),
        pytest.param("2026-11-26 12:00", "UTC", {"at": time(8)}, "2026-11-26 12:00", id="never earlier than now"),
        pytest.param("2026-11-26 12:00", "UTC", {"months": 10**9, "days": 10**15}, "9999-12-30 12:00", id="no end"),
        pytest.param("2026-11-26 12:00", "UTC", {"months": -(10**9)}, "2026-11-26 12:00", id="nothing lies behind"),
        pytest.param("2011-12-28 20:00", "Pacific/Apia", {"days": 2}, "2011-12-30 20:00", id="to a lost day"),
    ],
)  # fmt: skip
def test_months_and_days_of_the_calendar(now, zone, span, due):
    """A month is a page of the calendar, a day a square on it; clocks show what they show now."""
    moment = datetime.fromisoformat(f"{now}+00:00").astimezone(ZoneInfo(zone))
    assert after_calendar(moment, **span) == datetime.fromisoformat(f"{due}+00:00")


@settings(deadline=None, max_examples=60)
@given(anywhere, st.integers(0, 40), st.integers(0, 400), times)
def test_a_later_day_shows_the_time_that_was_asked_for(where, months, days, at):
    """Clocks show it then, on that page and square of the calendar, unless they skip it or it lies behind."""
    zone, now = where
    local = now.astimezone(zone)
    year, month = divmod(12 * local.year + local.month - 1 + months, 12)
    page = date(year, month + 1, 1)
    square = min(local.day, monthrange(page.year, page.month)[1]) - 1
    first = first_shown(page + DAY * (square + days), at, zone)
    due = after_calendar(local, months=months, days=days, at=at)
    if first is None:
        assert due > now
    else:
        assert due == max(first, now)


@settings(deadline=None)
@given(
    anywhere,
    st.integers(-(10**7), 10**7),
    st.integers(-(10**12), 10**12),
    st.integers(-24 * 60 + 1, 24 * 60 - 1),
)
def test_any_span_has_an_end(where, months, days, offset):
    """However long, in any zone, also one that is only an offset, it ends within the calendar, not before now."""
    _, now = where
    local = now.astimezone(timezone(MINUTE * offset))
    assert now <= after_calendar(local, months=months, days=days) <= datetime.max.replace(tzinfo=UTC)
