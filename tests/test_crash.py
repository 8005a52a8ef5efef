"""Killed at random moments under load, the bot loses nothing and doubles nothing."""

from tests.crash.checkins import Crowd, crash_checkins
from tests.crash.harness import Plan, crash


async def test_a_hundred_kills_lose_no_message_and_double_no_turn(tmp_path):
    """A thousand messages of a hundred people; a reply that may have gone out is repeated once at most."""
    outcome = await crash(Plan(kills=100, messages=1000, chats=100, seed=1), tmp_path)

    assert (outcome.lost, outcome.doubled, outcome.out_of_order, outcome.set_aside) == (0, 0, 0, 0)
    assert outcome.extra <= 35
    assert outcome.most_copies <= 2


async def test_check_ins_that_are_due_survive_kills_and_come_once(tmp_path):
    """A bot that is killed fifteen times while three hundred are due begins each once, and sends each."""
    came = await crash_checkins(Crowd(people=300, kills=15, seed=1), tmp_path)

    assert (came.lost, came.doubled, came.unmoved) == (0, 0, 0)
    assert came.extra <= 0.2 * came.kills
    assert came.most_copies <= 2
