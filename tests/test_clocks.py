"""What people type as their clock."""

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clocks import LONGEST, read_clock, tells_half

ONE = {
    "21:30": "21:30 | 21.30 | 2130 | 21 30 | 21h30 | 21.30 Uhr | 2130 hours | it's half past nine pm | 9.30pm | 9:30 PM"
    " | 9:30 p.m. | 930pm | 9.30 in the evening | it is now 21:30 | nine thirty at night | twenty-one thirty"
    " | 9:30:15 pm | 9:30 tonight | It’s 9:30 pm here | half nine in the evening"
    " | \uff12\uff11\uff1a\uff13\uff10 | ٢١:٣٠ | 9 : 30 pm",
    "09:30": "0930 | 09:30 | 9:30 am | half past nine in the morning | 9.30 a.m. | nine thirty this morning",
    "09:45": "quarter to ten in the morning | a quarter to ten am | 9:45am | fifteen minutes to ten am",
    "21:00": "9 pm | 9pm | nine in the evening | 21h | 21 | 9 o'clock in the evening | 21 o’clock",
    "12:00": "noon | midday | 12 noon | 12 pm | 12pm | noonish | it's noon",
    "00:00": "midnight | 12 am | 24:00 | 0:00 | 00 | 0 | 12 midnight | around midnight",
    "00:15": "quarter past midnight | 12:15 am | 0015 | 00:15",
    "23:55": "five to midnight | 5 to 12 at night | 23.55",
    "11:50": "ten to noon",
    "03:00": "3am | it's 3am and I can't sleep | three at night | 3 a.m.",
    "16:00": "its 4 in the afternoon | four this afternoon | 4 PM EST",
}
TWO = {
    "09:30": "9:30 | half past nine | nine thirty | 930 | half nine | 9.30 | it's half 9 | 9,30",
    "09:45": "quarter to ten | a quarter to 10 | 9:45 | fifteen to ten",
    "10:00": "10 | ten | it's 10 | 10 o'clock | about 10ish | around ten | 10? | at ten, I think",
    "00:30": "12:30 | half past twelve",
    "05:50": "it’s ten to six | 5:50 | ten minutes to six",
    "09:05": "nine oh five | 9:05 | five past nine",
}
NONE = (
    "hello | no one | I'm 19 | i have 2 kids | in 2 hours | I have 100 problems | 25:00 | 9:75 | 1234567 | "
    "between 9:30 and 10:30 | late | the afternoon | 9 or 10 | -3 | 99 | 13:5 | "
)


def cases(table):
    return [
        pytest.param(each.strip(), clock) for clock, texts in table.items() for each in texts.split(" | ")
    ]


@pytest.mark.parametrize(("text", "clock"), cases(ONE))
def test_a_time_that_can_be_only_one_is_read_as_it(text, clock):
    """Many ways lead to one time of day."""
    assert read_clock(text) == (time.fromisoformat(clock),)


@pytest.mark.parametrize(("text", "clock"), cases(TWO))
def test_a_time_that_could_be_two_is_read_as_both(text, clock):
    """Where the half of the day is not said, both count."""
    first = time.fromisoformat(clock)
    assert read_clock(text) == (first, first.replace(hour=first.hour + 12))


@pytest.mark.parametrize("text", NONE.split(" | "))
def test_what_is_no_time_is_not_taken_for_one(text):
    """A number in a sentence is no clock."""
    assert read_clock(text) == ()


@pytest.mark.parametrize(
    ("text", "half"),
    [("9:30 pm", True), ("nine in the evening", True), ("21:30", False), ("9:30", False), ("noon", True)],
)
def test_whoever_tells_halves_of_the_day_is_known_by_it(text, half):
    """What they read is told in the same way."""
    assert tells_half(text) is half


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=LONGEST + 5))
def test_any_text_can_be_asked(text):
    """Whatever is typed, there is an answer of at most two times."""
    assert len(read_clock(text)) <= 2


@settings(deadline=None)
@given(st.times())
def test_every_minute_of_the_day_can_be_told(shown):
    """By the half of the day it is read as what it is; without, it is among what it may be."""
    minute = shown.replace(second=0, microsecond=0)
    half = f"{minute.hour % 12 or 12}:{minute:%M} {'am' if minute.hour < 12 else 'pm'}"
    assert minute in read_clock(f"{minute:%H:%M}")
    assert read_clock(f"it's {half} here") == (minute,)
