"""What people type about their check-ins is taken as they mean it, or not at all."""

from datetime import date

import pytest

from bot.plan_asks import read_command
from bot.plan_words import (
    listed,
    read_days,
    read_kinds,
    read_name,
    read_quiet,
    read_times,
    read_until,
    read_wish,
    say_time,
)
from tests.hostile import hostile

TODAY = date(2026, 11, 26)  # a Thursday


def times(words):
    return [[f"{moment:%H:%M}" for moment in each] for each in read_times(words)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("9 am", [["09:00"]]),
        ("around nine", [["09:00", "21:00"]]),
        ("around nine in the morning", [["09:00"]]),
        ("half past eight", [["08:30", "20:30"]]),
        ("half past eight pm", [["20:30"]]),
        ("quarter to ten at night", [["21:45"]]),
        ("every day at 21:00", [["21:00"]]),
        ("remind me daily at 9 am", [["09:00"]]),
        ("make it 8:30 pm, please", [["20:30"]]),
        ("8 pm instead of 9", [["20:00"]]),
        ("9 am and 9 pm", [["09:00"], ["21:00"]]),
        ("9 am, 1 pm & 20:00", [["09:00"], ["13:00"], ["20:00"]]),
        ("morning", [["09:00"]]),
        ("in the evening", [["20:00"]]),
        ("evenings", [["20:00"]]),
        ("noon", [["12:00"]]),
        ("midday", [["13:00"]]),
        ("12:15", [["12:15"]]),
        ("12:15 am", [["00:15"]]),
        ("sometime in the evening", [["20:00"]]),
        ("after work", [["18:00"]]),
        ("every morning", [["09:00"]]),
        ("noon, weekdays", [["12:00"]]),
        ("mon, wed and fri at 9 pm", [["21:00"]]),
        ("9 pm, not on weekends", [["21:00"]]),
        ("weekdays", []),
        ("half past", []),
        ("soonish", []),
        ("9 am and soonish", []),
        ("", []),
        ("9 am " * 40, []),
    ],
)
def test_times_are_read_as_they_are_told(words, told):
    """One or several; where half of the day is missing it may be either, and a story is no time."""
    assert times(words) == told


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("not on weekends", "12345"),
        ("every day except Sunday", "123456"),
        ("never on Mondays", "234567"),
        ("weekdays but not fridays", "1234"),
        ("mon, wed and fri", "135"),
        ("Monday to Friday", "12345"),
        ("fri-mon", "1567"),
        ("weekends", "67"),
        ("working days and Sunday", "123457"),
        ("every other day", "1357"),
        ("daily", "1234567"),
        ("only on tuesdays", "2"),
        ("no", ""),
        ("hello", ""),
        ("not every day", ""),
    ],
)
def test_days_are_read_as_they_are_told(words, days):
    """What follows a "not" is left out; what leaves nothing is not taken."""
    assert read_days(words) == days


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("a day", "2026-11-28"),
        ("day", "2026-11-28"),
        ("3 days", "2026-11-30"),
        ("a week", "2026-12-03"),
        ("for two weeks", "2026-12-10"),
        ("a month", "2026-12-26"),
        ("until Monday", "2026-11-30"),
        ("pause until friday", "2026-11-27"),
        ("until 3 December", "2026-12-03"),
        ("until the 20th", "2026-12-20"),
        ("pause until the 30th", "2026-11-30"),
        ("the 32nd", ""),
        ("till 2026-12-24", "2026-12-24"),
        ("tomorrow", "2026-11-27"),
        ("in 3 days", "2026-11-29"),
        ("yesterday", ""),
        ("today", ""),
        ("2030-01-01", ""),
        ("999 weeks", ""),
        ("a while", ""),
    ],
)
def test_a_pause_ends_on_a_day_that_can_come(words, until):
    """A day off leaves out tomorrow's too; what is past, or more than a year away, is not taken."""
    assert read_until(words, TODAY) == until


@pytest.mark.parametrize(
    ("words", "quiet"),
    [
        ("23 to 7", ["23:00", "07:00"]),
        ("from 10 pm until 6 am", ["22:00", "06:00"]),
        ("10 to 6", ["22:00", "06:00"]),
        ("between 21:30 and 8", ["21:30", "08:00"]),
        ("22:30\u20137:00", ["22:30", "07:00"]),
        ("usual", ["22:00", "08:00"]),
        ("none", ["00:00", "00:00"]),
        ("at night", []),
        ("9 pm", []),
    ],
)
def test_quiet_hours_begin_in_the_evening_and_end_in_the_morning(words, quiet):
    """Unless it was told otherwise."""
    assert read_quiet(words) == quiet


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("8:30", "time"),
        ("evening", "time"),
        ("not on weekends", "days"),
        ("pause until monday", "pause"),
        ("for a week", "pause"),
        ("a week", "pause"),
        ("at nine on weekdays", "time"),
        ("stop", "stop"),
        ("turn them off please", "stop"),
        ("from 22 to 7", "quiet"),
        ("less often", "fewer"),
        ("resume", "resume"),
        ("call me Ann", "name"),
        ("I'm travelling", "zone"),
        ("a sentence please", "kinds"),
        ("blue elephants", ""),
        ("stop " * 40, ""),
    ],
)
def test_a_sentence_about_check_ins_is_sorted(words, wish):
    """By what it asks for."""
    assert read_wish(words) == wish


@pytest.mark.parametrize(
    ("words", "wish", "given"),
    [
        ("/checkin", "", ""),
        ("/checkin 9 pm", "time", "9 pm"),
        ("/checkin until Monday", "pause", "until Monday"),
        ("check-ins", "", ""),
        ("daily check-ins", "", ""),
        ("stop check-ins", "stop", "stop"),
        ("pause check-ins", "pause", ""),
        ("fewer check-ins", "fewer", "fewer"),
        ("check-ins at 8pm", "time", "at 8pm"),
        ("remind me every day at 8", "time", "every day at 8"),
        ("pause check-ins until friday", "pause", "pause until friday"),
    ],
)
def test_a_command_brings_its_wish_along(words, wish, given):
    """Words that only call for check-ins ask for nothing yet."""
    assert read_command(words) == {"checkin_wish": wish, "checkin_words": given}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Ann", "Ann"),
        ("call me Ann Marie.", "Ann Marie"),
        ("my name is O\u2019Neill", "O\u2019Neill"),
        ("i hate myself", ""),
        ("12345", ""),
        ("x" * 31, ""),
        ("{contact}", ""),
        ("", ""),
    ],
)
def test_a_name_is_a_word_or_two(words, name):
    """A sentence is none, and what would break a line is none."""
    assert read_name(words) == name


def test_kinds_are_told_by_what_they_are():
    """Several in one sentence, in the order in which they are shown."""
    assert read_kinds("one thing to put down, and a kind sentence") == ["phrase", "evening"]
    assert read_kinds("hm") == []


@pytest.mark.parametrize(("at", "halves", "said"), [("00:05", True, "12:05 am"), ("12:00", True, "12:00 pm")])
def test_times_are_said_as_the_person_tells_them(at, halves, said):
    """With am and pm, or with 24 hours."""
    assert say_time(at, halves=halves) == said
    assert say_time(at, halves=False) == at


def test_lists_are_said_as_people_say_them():
    """With one last word, and none where there is one thing or nothing."""
    assert [listed(each, "and") for each in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


def test_no_text_breaks_the_reading():
    """Whatever is typed, what is read from it fits a plan."""
    for words in hostile(300, seed=6):
        assert all(1 <= len(each) <= 2 for each in read_times(words))
        assert read_until(words, TODAY) <= "2027-11-27"
        assert set(read_kinds(words)) <= {"day", "phrase", "minute", "evening"}
        assert isinstance(read_wish(words), str)
        assert set(read_days(words)) <= set("1234567")
        assert len(read_quiet(words)) in (0, 2)
        assert len(read_name(words)) <= 30
