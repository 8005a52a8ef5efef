"""From what a clock shows to a zone, wherever in the world it hangs."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import ACTIONS
from bot.desk import Desk
from bot.knowledge import facts
from bot.model import Person
from bot.zones import (
    OFF,
    clock_zones,
    fixed_zone,
    groups,
    named_zone,
    say_clock,
    zone_label,
    zone_of,
    zones_of,
)
from flows.turn import Heard

NOW = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)  # a Thursday
MINUTE = timedelta(minutes=1)


@cache
def in_use():
    """Every country and zone in which someone lives."""
    text = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    return [(row.split("\t")[0], row.split("\t")[2]) for row in text.splitlines() if not row.startswith("#")]


def offset(zone, now=NOW):
    return now.astimezone(ZoneInfo(zone)).utcoffset()


def one_of_each_offset():
    return sorted({offset(zone): zone for _, zone in in_use()}.items())


places = st.sampled_from(in_use())
# Until 1995 some countries had one clock on two days: a clock alone did not tell which.
moments = st.datetimes(datetime(1996, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # made aware


# --- clocks -----------------------------------------------------------------------------


def tell(local):
    """As people tell the time: "9:05 pm"."""
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def apart(local, zone, now):
    """Minutes between a time of day and what clocks in a zone show, whatever the day."""
    other = now.astimezone(ZoneInfo(zone))
    minutes = (local.hour - other.hour) * 60 + local.minute - other.minute
    return abs((minutes + 720) % 1440 - 720)


@settings(max_examples=40, deadline=None)
@given(places, moments)
def test_a_told_clock_leads_back_to_the_offset(place, now):
    """In every zone, at any moment: the clock and the country are enough to know how far from UTC it is."""
    country, zone = place
    found = clock_zones(tell(now.astimezone(ZoneInfo(zone))), now, country)
    assert zone in found
    assert offset(found[0], now) == offset(zone, now)


@settings(max_examples=40, deadline=None)
@given(places, moments, st.integers(-19, 19))
def test_a_clock_may_be_some_minutes_off(place, now, minutes):
    """People round, and clocks go wrong: the zone is still among those that fit, and no other is further off."""
    _, zone = place
    told = (now + MINUTE * minutes).astimezone(ZoneInfo(zone))
    found = clock_zones(tell(told), now)
    assert zone in found
    assert max(apart(told, each, now) for each in found) <= OFF / MINUTE


@pytest.mark.parametrize(("far", "zone"), one_of_each_offset(), ids=str)
@pytest.mark.parametrize("local", ["00:03", "12:02", "23:57"])
def test_every_offset_in_use_is_told_by_its_clock(far, zone, local):
    """+5:45, +12:45, -9:30 and +14 as well, and as well around noon and midnight."""
    shown = datetime.fromisoformat(f"2026-11-26T{local}+00:00")
    assert zone in clock_zones(tell(shown), shown - far)


@pytest.mark.parametrize(
    ("text", "country", "first", "many"),
    [
        pytest.param("half past nine pm", "DE", "Europe/Berlin", 2, id="one country, one clock"),
        pytest.param("2:15 am", "NP", "Asia/Kathmandu", 1, id="a quarter hour"),
        pytest.param("10:15", "NZ", "Pacific/Chatham", 1, id="three quarters"),
        pytest.param("11 am", "PF", "Pacific/Marquesas", 1, id="half an hour west"),
        pytest.param("10:30", "KI", "Pacific/Kiritimati", 1, id="furthest east"),
        pytest.param("9:30", "GB", "", 0, id="no clock of that country: everyone else's"),
        pytest.param("12:40 pm", "US", "America/Los_Angeles", 1, id="ten minutes fast"),
        pytest.param("21:00", "", "", 0, id="no clock on earth"),
        pytest.param("hello", "DE", "", 0, id="no clock at all"),
    ],
)  # fmt: skip
def test_a_clock_in_a_known_country(text, country, first, many):
    """The zones of that country that show it, where there are any."""
    found = clock_zones(text, NOW, country)
    if many:
        assert (found[0], len(found)) == (first, many)
    else:
        assert not set(found) & set(zones_of(country))


def test_the_largest_place_comes_first():
    """Among zones whose clocks agree, the one of the most people is the likeliest."""
    assert clock_zones("3:30 pm", NOW, "US")[0] == "America/New_York"
    assert groups(clock_zones("3:30 pm", NOW, "US"), NOW)[0].label == "New York City, New York"


@pytest.mark.parametrize(
    ("zones", "labels"),
    [
        (["America/New_York", "America/Detroit", "America/Indiana/Indianapolis"], ["New York City, New York"]),
        (["America/Denver", "America/Phoenix"], ["Phoenix, Arizona", "Denver, Colorado"]),
        (["Australia/Sydney", "Australia/Lord_Howe", "Australia/Brisbane"],
         ["Sydney, New South Wales", "Brisbane, Queensland"]),
        (["Antarctica/Troll"], ["Troll, Antarctica"]),
        ([], []),
    ],
)  # fmt: skip
def test_zones_that_agree_all_year_are_one(zones, labels):
    """Only what will differ for a person is asked back."""
    assert [place.label for place in groups(zones, NOW)] == labels


# --- without a city ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "zone"),
    [
        ("22:30", "Etc/GMT-2"),
        ("20:30", "Etc/GMT"),
        ("15:30", "Etc/GMT+5"),
        ("02:00", "Asia/Kolkata"),
        ("02:15", "Asia/Kathmandu"),
        ("11:00", "Pacific/Marquesas"),
        ("09:30", "Etc/GMT-13"),
        ("10:30", "Etc/GMT+10"),
        ("21:00", ""),
    ],
)  # fmt: skip
def test_a_clock_without_a_city_still_has_a_zone(shown, zone):
    """A whole hour has a zone without summer time; others are where most people live."""
    assert fixed_zone(time.fromisoformat(shown), NOW) == zone


@settings(max_examples=40, deadline=None)
@given(places, moments)
def test_a_fixed_zone_shows_what_was_told(place, now):
    """Whatever the offset, the zone that is chosen shows that time now."""
    _, zone = place
    told = now.astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)
    shown = now.astimezone(ZoneInfo(fixed_zone(told, now)))
    assert (
        abs((datetime.combine(shown, told) - shown.replace(tzinfo=None)).total_seconds())
        <= OFF.total_seconds()
    )


@pytest.mark.parametrize(
    ("text", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), ("america/new york", "America/New_York"), ("UTC", "Etc/GMT"),
     ("utc+2", "Etc/GMT-2"), ("GMT -5", "Etc/GMT+5"), ("UTC+05:00", "Etc/GMT-5"), ("UTC+20", ""), ("UTC+5:30", ""),
     ("Europe", ""), ("", ""), ("x/y", "")],
)  # fmt: skip
def test_a_zone_may_be_named_as_computers_name_it(text, zone):
    """Who knows the name of their zone need not be asked for a city."""
    assert named_zone(text) == zone


# --- what is shown, what is remembered ---------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "half", "said"),
    [
        ("Europe/Berlin", False, "21:30 on Thursday"),
        ("Europe/Berlin", True, "9:30 pm on Thursday"),
        ("Asia/Kathmandu", True, "2:15 am on Friday"),
        ("Asia/Tehran", True, "12:00 am on Friday"),
        ("Pacific/Kiritimati", False, "10:30 on Friday"),
        ("no zone", False, "20:30 on Thursday"),
    ],
)  # fmt: skip
def test_a_moment_is_said_in_the_persons_own_time(zone, half, said):
    """With the day, since midnight may lie between us."""
    assert say_clock(NOW, zone, half=half) == said


@pytest.mark.parametrize(
    ("zone", "label"),
    [("Etc/GMT-2", "UTC+2"), ("Etc/GMT+10", "UTC-10"), ("Etc/GMT", "UTC"), ("Asia/Tokyo", "Asia/Tokyo"), ("", "")],
)  # fmt: skip
def test_a_zone_without_a_city_is_shown_as_people_write_it(zone, label):
    """The names of such zones have their signs the other way round; nobody has to know."""
    assert zone_label(zone) == label


@pytest.mark.parametrize(
    "zone",
    ["", "nowhere", "Europe", "Europe/Berlin\0", "../../etc/passwd", "/etc/passwd", "\ud800", "x" * 5000],
)
def test_a_broken_zone_breaks_no_talk(zone):
    """What is not a zone is as good as none: the turn goes on in UTC."""
    person = Person("p", variables={"zone": zone})
    assert zone_of(zone) is None
    assert facts(person, NOW, 0, "en", {}, Heard()).now == NOW
    assert facts(person, NOW, 0, "en", {}, Heard()).now.tzinfo is UTC


def test_a_turn_goes_by_the_persons_own_clock():
    """Guards read the hour that clocks show where the person is."""
    now = facts(Person("p", variables={"zone": "Asia/Kathmandu"}), NOW, 0, "en", {}, Heard()).now
    assert f"{now:%H:%M}" == "02:15"


TWO = {"places": "A, B\nA, C", "zones": "Asia/Seoul\nAsia/Tokyo"}


def desk(**known):
    return Desk(
        None,
        Person("p", **known),
        NOW,
        18,
        lambda text: Heard(intent="distress" if text == "tired" else "neutral"),
    )


class Empty:
    """The timers of somebody who has none."""

    def timers(self, person):
        return []


def test_a_zone_is_remembered_only_after_consent():
    """Before it, the talk alone may use it."""
    before, after = (replace(each, tx=Empty()) for each in (desk(), desk(consent=1)))
    assert ACTIONS["zone_set"](before, {"zone": "Asia/Tokyo"}, {}) == {"zone": "Asia/Tokyo", "zone_kept": ""}
    assert ACTIONS["zone_set"](after, {"zone": "Asia/Tokyo"}, {}) == {
        "zone": "Asia/Tokyo",
        "zone_kept": "yes",
    }
    assert ACTIONS["zone_set"](after, {"zone": "Asia/Nowhere"}, {}) == {"zone": "", "zone_kept": ""}
    assert (before.person.variables, after.person.variables) == ({}, {"zone": "Asia/Tokyo"})


@pytest.mark.parametrize(
    ("words", "country", "answers", "found"),
    [
        pytest.param("21:30", "DE", {}, {"found": "one", "candidate": "Europe/Berlin"}, id="clock and country"),
        pytest.param("21:30", "", {}, {"found": "city", "told": "21:30"}, id="clock alone"),
        pytest.param("9:30", "", {}, {"found": "half", "told": "9:30"}, id="which half"),
        pytest.param("am", "", {"told": "9:30"}, {"found": "city", "told": "09:30", "half": "yes"}, id="that half"),
        pytest.param("1:30 pm", "US", {}, {"places": "Phoenix, Arizona\nDenver, Colorado"}, id="several"),
        pytest.param("9:30 pm in Paris", "", {}, {"found": "one", "candidate": "Europe/Paris"}, id="clock and city"),
        pytest.param("Birmingham", "", {"told": "20:30"}, {"candidate": "Europe/London"}, id="told apart by the clock"),
        pytest.param("Tokyo", "", {"told": "20:30"}, {"candidate": "Asia/Tokyo"}, id="the city counts more"),
        pytest.param("1", "", TWO, {"candidate": "Asia/Tokyo"}, id="by number"),
        pytest.param("c", "", TWO, {"candidate": "Asia/Tokyo"}, id="by a part"),
        pytest.param("Oslo", "", TWO, {"candidate": "Europe/Oslo"}, id="another"),
        pytest.param("21:00", "", {}, {"found": "off", "told": ""}, id="no clock on earth"),
        pytest.param("tired", "", {}, {"found": "none"}, id="a feeling is no mistyped city"),
        pytest.param("utc+2", "", {}, {"candidate": "Etc/GMT-2", "clock": "22:30 on Thursday"}, id="its name"),
    ],
)  # fmt: skip
def test_an_answer_leads_on(words, country, answers, found):
    """What was typed is a zone, or says what is still missing."""
    got = ACTIONS["zone_find"](desk(country=country), {"words": words}, answers)
    assert {name: got[name] for name in found} == found
