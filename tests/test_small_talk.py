"""Small talk gets short words back: one greeting in some hours, no question each time, nothing twice in a row."""

import re

import pytest

from tests.danger import Chat, offered

SMALL = [
    "hi",
    "what's up",
    "I'm dead lol",
    "haha",
    "cool",
    "not much",
    "nice weather",
    "hey",
    "lol",
    "sup",
    "hello",
]
GREETING = re.compile(r"\b(?:hello|hi|hey|good (?:morning|evening))\b", re.IGNORECASE)


async def replies(chat, lines):
    """Return the first bubble after each line."""
    return [(await chat.say(line))[0].removeprefix("bot: ") for line in lines]


@pytest.mark.parametrize("seed", range(5))
async def test_twelve_rounds_of_it_are_twelve_different_replies(seed):
    """After the first, which greets: no greeting, no question, no wording a second time."""
    async with Chat(seed) as chat:
        first, *later = await replies(chat, ["hi", *SMALL, "good morning"])

    assert GREETING.search(first)
    assert len(set(later)) == len(later) == 12
    assert not [one for one in later if GREETING.search(one) or "?" in one]


@pytest.mark.parametrize(("span", "greets"), [("@+5h", False), ("@+7h", True)], ids=["within hours", "later"])
async def test_a_new_talk_greets_again_after_hours_only(span, greets):
    """Leaving and coming back is no reason for another hello; another part of the day is."""
    async with Chat() as chat:
        await chat.say("hi", "nothing now", span)
        (said,) = await replies(chat, ["hey"])

    assert bool(GREETING.search(said)) is greets


async def test_amid_small_talk_words_that_no_rule_knows_are_no_reason_for_a_list():
    """A meeting that kills nobody: a short word, once; after that the usual question what comes nearest."""
    async with Chat() as chat:
        await chat.say("hi", "what's up")
        said = await chat.say("this meeting is killing me")
        again = await chat.say("the projector is a menace")

    assert offered(said) == ["What there is here", "Nothing now"]
    assert "More choices" in offered(again)


async def test_pain_amid_small_talk_is_met_as_ever():
    """It is what somebody came for, perhaps."""
    async with Chat() as chat:
        await chat.say("hi", "lol")
        said = await chat.say("i hate myself so much")

    assert "i hate myself so much" in said[0]


async def test_a_hello_before_the_yes_counts():
    """Whoever was greeted at the door is not greeted again behind it."""
    async with Chat(consent="", met="") as chat:
        before = await replies(chat, ["hi"])
        await chat.say("go on", "yes", "yes")
        after = await replies(chat, ["what's up", "haha"])

    assert GREETING.search(before[0])
    assert not [one for one in after if GREETING.search(one)]
