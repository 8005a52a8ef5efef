"""Who leaves the set-up of check-ins half way is told once that none is set, and how to come back to it."""

import pytest

from tests.danger import Chat

UNSET = ("No check-in is set so far", "For now, no check-in is set", "Check-ins aren't set up yet")


def told(said):
    """Return how often it was said that none is set."""
    return sum(any(words in line for words in UNSET) for line in said)


@pytest.mark.parametrize("way", ["/menu", "menu", "stop", "/stop", "that's not it"])
async def test_it_is_said_once_by_whatever_command_they_leave(way):
    """One sentence, with the way back; not again at the next word."""
    async with Chat(zone="Europe/Dublin") as chat:
        await chat.say("/checkin", "7")
        said = await chat.say(way)
        later = await chat.say("hello", "/menu", "/stop")

    assert (told(said), told(later)) == (1, 0)
    assert any("/checkin" in line for line in said)


async def test_where_check_ins_are_set_nothing_of_it_is_said():
    """Leaving a change half way leaves what was set."""
    async with Chat(zone="Europe/Dublin") as chat:
        await chat.say("/checkin", "8 pm", "that's fine", "/checkin", "Times")
        said = await chat.say("/menu", "hello", "/stop")

    assert told(said) == 0


async def test_what_hurts_comes_first_and_it_is_said_at_a_calm_moment():
    """Pain leads out of the set-up; the sentence waits for a word that is none."""
    async with Chat(zone="Europe/Dublin") as chat:
        hurt = await chat.say("/checkin", "my dad died")
        more = await chat.say("i miss him so much")
        calm = await chat.say("/menu")
        again = await chat.say("/menu")

    assert [told(said) for said in (hurt, more, calm, again)] == [0, 0, 1, 0]


async def test_who_comes_back_to_it_is_not_told():
    """The way back was found; what they decide there is said there."""
    async with Chat(zone="Europe/Dublin") as chat:
        await chat.say("/checkin", "my dad died", "/checkin")
        said = await chat.say("Not now", "/menu", "hello")

    assert told(said) == 0


async def test_in_danger_nothing_of_it_is_said():
    """A crisis over the set-up is left by its own words."""
    async with Chat(zone="Europe/Dublin") as chat:
        await chat.say("/checkin")
        said = await chat.say("plain: flurb", "/menu", "no")

    assert told(said) == 0


@pytest.mark.parametrize(
    ("span", "words", "times"),
    [
        ("@+1d", "good morning", 1),
        ("@+2h", "good morning", 0),
        ("@+1d", "8 pm", 0),
        ("@+1d", "around 9 am", 0),
    ],
    ids=["a day later", "soon", "a time", "a label"],
)
async def test_left_in_silence_it_is_said_the_next_day(span, words, times):
    """Other words begin anew; an hour is still the answer that it was asked for."""
    async with Chat(zone="Europe/Dublin") as chat:
        await chat.say("/checkin", span)
        said = await chat.say(words)

    assert told(said) == times
