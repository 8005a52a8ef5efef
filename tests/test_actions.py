"""The named things that flows may ask for."""

from datetime import UTC, datetime

import pytest

from bot.actions import Desk, age
from bot.model import Person
from flows.turn import Heard


@pytest.mark.parametrize(
    ("words", "adult"),
    [
        ("19", "yes"),
        ("yes im 22", "yes"),
        ("yeah", "yes"),
        ("no im 16", "no"),
        ("no", "no"),
        ("I'm 17.", "no"),
        ("I have 2 kids", "unclear"),
        ("she told everyone", "unclear"),
    ],
)
def test_an_age_is_understood_as_it_is_typed(words, adult):
    """A number counts before a yes or a no, and one that cannot be an age counts nothing."""
    desk = Desk(None, Person("p"), datetime(2026, 11, 22, tzinfo=UTC), 18, lambda _: Heard())
    assert age(desk, {"words": words}, {})["adult"] == adult
