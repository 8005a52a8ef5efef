"""Days and times of day, as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.dates import read_date, read_time, say_date

TODAY = date(2026, 11, 26)  # a Thursday
MONTHS = "January February March April May June July August September October November December"

DAYS = {
    "today": "2026-11-26",
    "Tomorrow.": "2026-11-27",
    "yesterday": "2026-11-25",
    "the day after tomorrow": "2026-11-28",
    "friday": "2026-11-27",
    "on Friday": "2026-11-27",
    "next friday": "2026-11-27",
    "this friday": "2026-11-27",
    "thursday": "2026-12-03",  # today is one: who means today says so
    "in 3 days": "2026-11-29",
    "in a week": "2026-12-03",
    "in two weeks": "2026-12-10",
    "in a month": "2026-12-26",
    "in 3 months": "2027-02-26",
    "in a year": "2027-11-26",
    "in an hour": None,
    "in zero days": None,
    "in many days": None,
    "24 Dec": "2026-12-24",
    "24 dec.": "2026-12-24",
    "Dec 24": "2026-12-24",
    "24th of December": "2026-12-24",
    "the 24th of December, 2027": "2027-12-24",
    "December 24th, 2027": "2027-12-24",
    "on the 24th of December": "2026-12-24",
    "1 November": "2027-11-01",  # this year's has passed
    "26 November": "2026-11-26",  # today has not
    "24 december 1999": "1999-12-24",
    "24 Dezember": None,
    "24 de": None,
    "december": None,
    "24 25 december": None,
    "24 december 2027 2028": None,
    "24 december or january": None,
    "24 december, I think": None,
    "31 November": None,
    "29 February": "2028-02-29",  # the next that there is
    "29 February 2027": None,
    "29.2.": "2028-02-29",
    "2026-12-24": "2026-12-24",
    "2026-2-3": "2026-02-03",
    "2026-13-01": None,
    "0000-01-01": None,
    "9999-12-31": "9999-12-31",
    "24.12.": "2026-12-24",
    "24.12": "2026-12-24",
    "24.12.2027": "2027-12-24",
    "24. 12. 2027": "2027-12-24",
    "3.4.": "2027-04-03",  # with dots the day comes first
    "24/12": "2026-12-24",
    "12/24": "2026-12-24",
    "24/12/2027": "2027-12-24",
    "3/4": None,  # 3 April, or 4 March
    "3/4/2027": None,
    "3/3": "2027-03-03",  # both ways the same
    "3-4": None,
    "32/13": None,
    "24/12/27": None,
    "in 999 years": "3025-11-26",
    "in 999 weeks": "2046-01-18",
    "": None,
    "soon": None,
    "7": None,
}
TIMES = {
    "9": None,  # in the morning, or at night?
    "12": None,
    "at 9": None,
    "9 o'clock": None,
    "9pm": "21:00",
    "9 pm": "21:00",
    "9 p.m.": "21:00",
    "9 P.M": "21:00",
    "at 9am": "09:00",
    "1": None,
    "1am": "01:00",
    "1pm": "13:00",
    "12am": "00:00",
    "12pm": "12:00",
    "12:30 am": "00:30",
    "13pm": None,
    "0am": None,
    "9:30pm": "21:30",
    "9:30": "09:30",
    "09": "09:00",
    "0": "00:00",
    "13": "13:00",
    "21": "21:00",
    "21.30": "21:30",
    "21:30": "21:30",
    "21:30.": "21:30",
    "21h30": "21:30",
    "2130": "21:30",
    "21:60": None,
    "24:00": None,
    "25": None,
    "noon": "12:00",
    "Midday": "12:00",
    "midnight": "00:00",
    "19 o'clock": "19:00",
    "": None,
    "later": None,
    "half past nine": None,
}


@pytest.mark.parametrize(("typed", "day"), DAYS.items(), ids=DAYS)
def test_a_day_is_understood_or_is_not(typed, day):
    """What could be two days is none: nobody is taken to the wrong one."""
    assert read_date(typed, TODAY) == day


def test_digits_of_other_scripts_are_digits():
    """A keyboard may have its own."""
    assert read_date("\u0662\u0664.\u0661\u0662.", TODAY) == "2026-12-24"


@pytest.mark.parametrize(("typed", "time"), TIMES.items(), ids=TIMES)
def test_a_time_of_day_is_understood_or_is_not(typed, time):
    """What could be in the morning and at night is none."""
    assert read_time(typed) == time


@pytest.mark.parametrize("name", "monday tuesday wednesday thursday friday saturday sunday".split())
def test_a_weekday_is_the_next_one(name):
    """It is never today, and never more than a week away."""
    for ahead in range(7):
        today = TODAY + timedelta(days=ahead)
        day = date.fromisoformat(read_date(name, today))
        assert 1 <= (day - today).days <= 7
        assert f"{day:%A}".lower() == name


@pytest.mark.parametrize(
    ("today", "day"),
    [("2026-01-31", "2026-02-28"), ("2027-12-15", "2028-01-15"), ("2028-01-30", "2028-02-29")],
    ids=["a shorter month", "the next year", "a leap year"],
)
def test_a_month_from_now_is_a_day_that_there_is(today, day):
    """The last day of a month stands for days that it does not have."""
    assert read_date("in a month", date.fromisoformat(today)) == day


@settings(deadline=None)
@given(st.text() | st.from_regex(r"(in )?\d{1,4}[./ -]\d{1,4}[./ -]?\d{0,5}( years| pm|\.)?"), st.dates())
def test_nothing_that_is_typed_breaks_the_reading(typed, today):
    """Any text is a day that the calendar has, or none."""
    day, time = read_date(typed, today), read_time(typed)
    assert day is None or date.fromisoformat(day).isoformat() == day
    assert time is None or (len(time) == 5 and time < "24:00")


@settings(deadline=None)
@given(st.dates(date(1000, 1, 1)))
def test_a_day_that_is_said_is_read_as_the_same_day(day):
    """What the bot says of a day can be typed back."""
    assert read_date(say_date(day.isoformat(), MONTHS), TODAY) == day.isoformat()


@pytest.mark.parametrize(
    ("value", "months", "said"),
    [
        ("2026-12-04", MONTHS, "4 December 2026"),
        ("2026-01-01", MONTHS, "1 January 2026"),
        ("2026-12-24", "eins zwei", "2026-12-24"),
        ("soon", MONTHS, "soon"),
        ("2026-12-24 or so", MONTHS, "2026-12-24 or so"),
    ],
    ids=["one digit", "the first", "a language without its months", "no day", "more than a day"],
)
def test_a_day_is_said_with_its_month(value, months, said):
    """Only what is a day is changed."""
    assert say_date(value, months) == said
