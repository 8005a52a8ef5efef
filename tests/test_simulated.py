"""People who use the bot daily: what they are told does not repeat itself, and what helps them is learned."""

import pytest

from tests.serving import everything
from tests.simulated.__main__ import WEEKLY
from tests.simulated.slots import COUNTED, EXEMPT, places, unplaced
from tests.simulated.town import Tally, live, simulate

PEOPLE, DAYS = 4, 21  # `make simulate` plays 200 people for 60 days


@pytest.fixture(scope="module")
def tally() -> Tally:
    return simulate(range(PEOPLE), DAYS)


def test_no_greeting_offer_or_kind_reply_comes_twice_on_a_day(tally):
    """Whoever writes three times a day reads three different lines."""
    assert dict(tally.same_day) == {}


def test_at_most_a_tenth_was_read_within_seven_days(tally):
    """Over all such lines, and in each slot that is met often."""
    assert tally.repeated[1] <= WEEKLY
    assert tally.faults(WEEKLY) == []


def test_what_was_learned_is_said_with_its_reason(tally):
    """With the figures that the person's own taps give, and never without them once they are known."""
    assert tally.reasons > 0
    assert (tally.unfounded, tally.unsaid) == (0, 0)


def test_a_third_practice_is_a_pause(tally):
    """After it no further practice of that day begins; looking around and people stay open."""
    assert tally.thirds > 0
    assert tally.beyond == 0


def test_the_same_seed_is_the_same_person():
    """What was counted can be counted again."""
    assert live(3, 2) == live(3, 2)


def test_each_flow_stands_in_the_table():
    """A new flow is counted, or it is said why its lines may come again."""
    assert unplaced(everything()) == set()
    assert set(COUNTED) & set(" ".join(EXEMPT.values()).split()) == set()


def test_there_is_something_to_count():
    """Each kind has its lines."""
    assert {kind for _, kind in places(everything()).values()} == {"greetings", "offers", "kind replies"}
