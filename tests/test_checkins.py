"""Each check-in comes once on each local day of the plan, wherever clocks are changed, and whoever moves."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import checkins
from bot.checkins import Later, Slot, day_of, due_on, in_quiet, minute, next_due
from bot.model import Person, Plan
from flows.moments import on_day

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ALL_DAYS, NO_QUIET = "1234567", ["00:00", "00:00"]
ZONES = (
    *("Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Kyiv", "Europe/Chisinau"),
    *("Atlantic/Azores", "America/Nuuk", "America/Scoresbysund", "Antarctica/Troll", "Arctic/Longyearbyen"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage"),
    *("America/Adak", "America/St_Johns", "America/Halifax", "America/Havana", "America/Miquelon"),
    *("America/Tijuana", "America/Port-au-Prince", "America/Santiago", "America/Punta_Arenas"),
    *("America/Asuncion", "Pacific/Easter", "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Cairo"),
    *("Asia/Beirut", "Asia/Jerusalem", "Asia/Gaza", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo"),
    *("Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham"),
    *("Pacific/Norfolk", "Pacific/Apia", "Etc/GMT-14", "Etc/GMT+12"),
)  # half hours, three quarters, half an hour of summer time, and places where it is cut short by Ramadan
NEW_RULES = (  # zones that changed their rules, and when: they kept summer time, or moved for good
    ("Asia/Amman", date(2022, 10, 28)), ("America/Mexico_City", date(2022, 10, 30)), ("Asia/Almaty", date(2024, 3, 1)),
    ("America/Nuuk", date(2023, 3, 26)), ("Africa/Cairo", date(2023, 4, 28)), ("Asia/Pyongyang", date(2018, 5, 5)),
)  # fmt: skip
YEARS = (2025, 2026, 2027)
TIMES = (
    "00:00",
    "00:20",
    "01:30",
    "02:00",
    "02:10",
    "02:30",
    "03:00",
    "09:00",
    "12:45",
    "23:10",
    "23:30",
    "23:59",
)
NIGHTS = ("01:59", "02:00", "02:15", "02:45", "03:01", "00:00", "00:30", "23:30", "23:59")


def changes(zone: str, year: int) -> list[date]:
    """Return the local days of a year on which a zone changes its clocks."""
    home, day = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    offsets = {day + n * DAY: (day + n * DAY).astimezone(home).utcoffset() for n in range(367)}
    return [
        moment.date() for moment, offset in offsets.items() if offset != offsets.get(moment - DAY, offset)
    ]


def came(slot: Slot, first: date, last: date) -> list[date]:
    """Return the days of a slot as the scheduler goes through them: each moment is computed after the one before."""
    now = datetime.combine(first, time(), UTC) - 3 * DAY
    days: list[date] = []
    while (moment := next_due(slot, now)) is not None and (day := day_of(slot, moment)) <= last:
        assert moment > now
        now = moment
        days.append(day)
    return [day for day in days if day >= first]


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


# --- when clocks change -----------------------------------------------------------------------


def test_the_table_has_forty_zones_and_both_changes_of_most():
    """What the next test says of forty zones and three years is said of more than a hundred and fifty nights."""
    nights = [each for zone in ZONES for year in YEARS for each in changes(zone, year)]

    assert len(ZONES) >= 40
    assert all(ZoneInfo(zone) for zone in ZONES)
    assert len(nights) >= 2 * 3 * 27


@pytest.mark.parametrize("zone", ZONES)
def test_each_comes_once_on_each_local_day_around_both_changes(zone):
    """Three days before until three days after, in three years, at each time and at both ends of its window."""
    for year in YEARS:
        for changed in changes(zone, year) or [date(year, 3, 29)]:
            first, last = changed - 3 * DAY, changed + 3 * DAY
            for at in TIMES:
                for offset in (-30, 0, 29):
                    assert came(Slot(zone, at, ALL_DAYS, offset), first, last) == days(first, last)


@pytest.mark.parametrize(("zone", "changed"), NEW_RULES)
def test_each_comes_once_where_a_zone_changes_its_rules(zone, changed):
    """A country that keeps summer time, drops it or moves its clocks for good makes no day empty or double."""
    first, last = changed - 10 * DAY, changed + 10 * DAY

    assert all(came(Slot(zone, at, ALL_DAYS, 0), first, last) == days(first, last) for at in TIMES)


def test_a_day_that_a_zone_leaves_out_has_none():
    """Samoa went from the 29th to the 31st of December 2011: nothing comes twice on the 31st for it."""
    first, last = date(2011, 12, 27), date(2012, 1, 3)
    wanted = [day for day in days(first, last) if day != date(2011, 12, 30)]

    assert all(came(Slot("Pacific/Apia", at, ALL_DAYS, 0), first, last) == wanted for at in TIMES)


@pytest.mark.parametrize(
    ("zone", "day", "at", "shown"),
    [
        pytest.param("Europe/Berlin", "2026-03-29", "02:30", "03:00+02:00", id="skipped"),
        pytest.param("Europe/Berlin", "2026-10-25", "02:30", "02:30+02:00", id="twice"),
        pytest.param("Australia/Lord_Howe", "2026-10-04", "02:10", "02:30+11:00", id="half an hour skipped"),
        pytest.param("Australia/Lord_Howe", "2026-04-05", "01:40", "01:40+11:00", id="half an hour twice"),
        pytest.param("America/Santiago", "2026-09-06", "00:10", "01:00-03:00", id="midnight skipped"),
        pytest.param("America/Santiago", "2026-04-04", "23:30", "23:30-03:00", id="the hour before midnight twice"),
        pytest.param("Africa/Casablanca", "2026-03-22", "02:30", "03:00+01:00", id="after Ramadan"),
        pytest.param("America/Nuuk", "2026-03-28", "23:30", "00:00-01:00", id="over midnight"),
        pytest.param("Asia/Kathmandu", "2026-03-29", "09:00", "09:00+05:45", id="never"),
    ],
)  # fmt: skip
def test_a_skipped_time_is_the_first_minute_after_and_a_double_one_the_first(zone, day, at, shown):
    """What clocks do not show comes when they go on; what they show twice comes once."""
    moment = on_day(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))

    assert moment is not None
    assert moment.astimezone(ZoneInfo(zone)).isoformat().endswith(f"T{shown[:5]}:00{shown[5:]}")


zones_ = st.sampled_from(ZONES)
clocks_ = st.builds(lambda hour, past: f"{hour:02}:{past:02}", st.integers(0, 23), st.integers(0, 59))
moments_ = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # made aware by it


@given(zones_, clocks_, st.integers(-30, 29), moments_, st.sets(st.sampled_from(ALL_DAYS), min_size=1))
def test_moments_follow_each_other_and_none_is_left_out(zone, at, offset, now, chosen):
    """From any moment on: later ones only, one for each chosen day, each within its window of the wall clock."""
    slot, home = Slot(zone, at, "".join(sorted(chosen)), offset), ZoneInfo(zone)
    moments = [now]
    while len(moments) < 16:
        moments.append(next_due(slot, moments[-1]))
    found = [day_of(slot, moment) for moment in moments[1:]]
    wanted = [
        day for day in days(found[0], found[-1])
        if str(day.isoweekday()) in chosen and on_day(day, time(), home) is not None
    ]  # fmt: skip

    assert all(later > earlier for earlier, later in pairwise(moments))
    assert found == wanted
    for day, moment in zip(found, moments[1:], strict=True):
        shown = (moment - offset * MINUTE).astimezone(home)
        assert abs(shown.replace(tzinfo=None) - datetime.combine(day, time.fromisoformat(at))) <= 2 * HOUR


@given(zones_, clocks_, st.integers(-30, 29), moments_)
def test_the_next_moment_is_the_nearest(zone, at, offset, now):
    """Nothing due lies between a moment and what comes next after it."""
    slot = Slot(zone, at, ALL_DAYS, offset)
    after = next_due(slot, now)
    near = [due_on(slot, now.date() + n * DAY) for n in range(-3, 4)]

    assert after == min(moment for moment in near if moment is not None and moment > now)


@given(zones_, clocks_, st.integers(-30, 29), moments_)
def test_the_wrong_clock_of_a_moment_changes_nothing_of_the_next(zone, at, offset, now):
    """What comes next depends on the moment alone: whatever was due before, early, late or never."""
    slot = Slot(zone, at, ALL_DAYS, offset)
    body = checkins.to_body(slot)

    assert checkins.again(f"{checkins.KEY}{at}", body, now) == next_due(checkins.to_slot(body), now)
    assert checkins.again(checkins.LATER, body, now) is None
    assert checkins.again("aside:letter/rest", body, now) is None


def test_a_plan_without_days_or_with_an_unknown_zone_comes_never():
    """What is damaged lets nobody wait for ever and takes nothing else away."""
    now = datetime(2026, 11, 26, tzinfo=UTC)

    assert next_due(Slot("Europe/Berlin", "09:00", "", 0), now) is None
    assert next_due(Slot("Europe/Nowhere", "09:00", ALL_DAYS, 0), now) is None


# --- someone who moves ----------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(1, 200), zones_), min_size=1, max_size=6),
    st.lists(clocks_, min_size=1, max_size=3, unique=True),
    moments_,
)
def test_whoever_moves_gets_none_twice_on_a_local_day(moves, times, now):
    """Zones change by the hour, to and fro: of each time and each of its local days at most one comes."""
    person = Person("1" * 16, checkins=Plan(times=sorted(times), quiet=NO_QUIET))
    seen: Counter[tuple[str, str]] = Counter()
    for hours, zone in moves:
        person.variables["zone"] = zone
        seen.update(lived(person, now, now + hours * HOUR))
        now += hours * HOUR

    assert max(seen.values(), default=0) <= 1


@given(zones_, zones_, st.integers(0, 23), clocks_)
def test_after_a_move_each_day_there_has_its_own(before, after, hour, at):
    """Each whole day in the new place has one, there or before the move: none is lost."""
    person = Person("1" * 16, checkins=Plan(times=[at], quiet=NO_QUIET), variables={"zone": before})
    moved = datetime(2026, 6, 10, hour, tzinfo=UTC)
    found = lived(person, moved - 4 * DAY, moved)
    person.variables["zone"] = after
    found += lived(person, moved, moved + 7 * DAY)
    there = moved.astimezone(ZoneInfo(after)).date()

    assert {day.isoformat() for day in days(there + DAY, there + 5 * DAY)} <= {day for _, day in found}


def lived(person: Person, now: datetime, until: datetime) -> list[tuple[str, str]]:
    """Return the times and local days that come in a span, as timers and the note of what was sent have it."""
    found = []
    armed = {slot.at: checkins._next(slot, now, person.checkins) for slot in checkins.slots(person)}
    slots = {slot.at: slot for slot in checkins.slots(person)}
    while armed and (first := min(armed, key=armed.__getitem__)) and (due := armed[first]) <= until:
        day = day_of(slots[first], due)
        if not checkins.through(person.checkins, first, day):
            person.checkins.sent[first] = day.isoformat()
            found.append((first, day.isoformat()))
        armed[first] = next_due(slots[first], due)
    return found


# --- the window -------------------------------------------------------------------------------


@given(st.text("0123456789abcdef", min_size=16, max_size=16), clocks_, clocks_, clocks_)
def test_the_window_is_kept_on_the_day_and_out_of_quiet_hours(person, at, begins, ends):
    """Half an hour before to half an hour after; the same for a person each day; never into what is quiet."""
    quiet = [begins, ends]
    offset = minute(person, at, quiet)
    shown = datetime.combine(date(2026, 6, 10), time.fromisoformat(at)) + offset * MINUTE

    assert -30 <= offset <= 30
    assert offset == minute(person, at, quiet)
    assert shown.date() == date(2026, 6, 10)
    assert in_quiet(quiet, at) or not in_quiet(quiet, f"{shown:%H:%M}")


def test_a_crowd_around_nine_is_spread_evenly_over_its_hour():
    """100,000 people at one time are 28 a second: no minute has a tenth more than its share."""
    found = Counter(minute(f"{number:016x}", "09:00", ["22:00", "08:00"]) for number in range(100_000))

    assert set(found) == set(range(-30, 30))
    assert max(found.values()) < 1.1 * 100_000 / 60


def test_nothing_is_planned_into_the_last_minutes_before_quiet_hours():
    """A bot that is busy for a while must not run into the night, and lose the day."""
    found = {minute(f"{number:016x}", "21:45", ["22:00", "08:00"]) for number in range(2_000)}

    assert found == set(range(-30, 5))


@pytest.mark.parametrize(
    ("quiet", "at", "held"),
    [
        (["22:00", "08:00"], "22:00", True), (["22:00", "08:00"], "07:59", True), (["22:00", "08:00"], "08:00", False),
        (["22:00", "08:00"], "00:00", True), (["12:00", "14:00"], "13:00", True), (["12:00", "14:00"], "14:00", False),
        (["00:00", "00:00"], "03:00", False), ([], "03:00", False),
    ],
)  # fmt: skip
def test_quiet_hours_end_before_their_last_minute(quiet, at, held):
    """From ten to eight is the night, and eight is morning; the same hour twice is never."""
    assert in_quiet(quiet, at) is held


# --- changing a plan --------------------------------------------------------------------------


def test_a_plan_takes_three_times_and_none_in_quiet_hours():
    """What does not fit is said, and nothing is changed by it."""
    plan = Plan()

    assert [checkins.add_time(plan, at) for at in ("21:00", "09:00", "23:00", "12:00", "09:00", "15:00")] == [
        "one", "one", "quiet", "one", "one", "full",
    ]  # fmt: skip
    assert plan.times == ["09:00", "12:00", "21:00"]
    assert (checkins.remove_time(plan, "12:00"), checkins.remove_time(plan, "12:00")) == (True, False)
    assert plan.times == ["09:00", "21:00"]


def test_kinds_take_turns_and_the_evening_comes_in_the_evening():
    """Whoever chose two gets them by turns; one thing to put down is for the end of a day."""
    plan = Plan(times=["09:00", "20:00"], kinds=["day", "evening"])
    week = days(date(2026, 6, 8), date(2026, 6, 11))

    assert {checkins.kind(plan, "09:00", day) for day in week} == {"day"}
    assert Counter(checkins.kind(plan, "20:00", day) for day in week) == {"day": 2, "evening": 2}
    assert checkins.kind(Plan(times=["09:00"], kinds=["evening"]), "09:00", week[0]) == "day"


@pytest.mark.parametrize(
    ("at", "part"),
    [("03:59", "night"), ("04:00", "morning"), ("10:59", "morning"), ("11:00", "noon"), ("16:59", "noon"),
     ("17:00", "evening"), ("21:59", "evening"), ("22:00", "night")],
)  # fmt: skip
def test_the_part_of_the_day_is_by_the_chosen_hour(at, part):
    """Good morning is for mornings."""
    assert checkins.part(at) == part


def test_a_slot_that_another_has_overtaken_is_enough():
    """After an outage over two times the later one comes; one that is no quarter of an hour late is not overtaken."""
    person = Person("1" * 16, checkins=Plan(times=["09:00", "11:00"]), variables={"zone": "Europe/Berlin"})
    nine, eleven = (next_due(slot, datetime(2026, 6, 10, tzinfo=UTC)) for slot in checkins.slots(person))
    first, second = (
        Later(at, "2026-06-10", due.timestamp()) for at, due in (("09:00", nine), ("11:00", eleven))
    )

    assert not checkins.overtaken(person, first, eleven - MINUTE)
    assert checkins.overtaken(person, first, eleven + MINUTE)
    assert not checkins.overtaken(person, second, eleven + HOUR)
