"""What may be asked in the middle of anything, and short words: who reads this, whether it was read, "k", "idk"."""

import pytest

from bot.hearing import hear_by_rules
from tests.danger import Chat, offered

READER = "hide” empties"


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("do my parents see this", "asks_reader"),
        ("can my boyfriend read this?", "asks_reader"),
        ("who can read this", "asks_reader"),
        ("what do you need to store shit for", "asks_storing"),
        ("did you even read what i wrote first", "asks_read"),
        ("you said you'd come back to it", "asks_read"),
        ("ask me again", "asks_again"),
        ("oops im 26", "says_adult"),
        ("wrong button", "says_adult"),
        ("idk", "says_unsure"),
        ("nah", "says_little"),
    ],
)
def test_a_question_in_between_is_heard_for_what_it_is(text, about):
    """By the rules alone, whatever else the text is like."""
    assert about in hear_by_rules(text).beside


@pytest.mark.parametrize("text", ["boss sucks", "boss yelled", "work", "school", "bad day", "work stuff"])
def test_a_few_plain_words_are_light(text):
    """Intensity follows the words: no strong word stands in them."""
    assert (hear_by_rules(text).intent, hear_by_rules(text).topic) == ("distress", "light")


@pytest.mark.parametrize("text", ["my dad yelled at me", "i hate my life", "the worst day of my life"])
def test_what_is_heavier_is_not_light(text):
    """Somebody at home who yells, and a strong word, are no bad day at work."""
    assert hear_by_rules(text).topic != "light"


async def test_who_reads_this_is_answered_anywhere():
    """The question that stood there comes again after it."""
    async with Chat() as chat:
        await chat.say("i ruin everything")
        said = await chat.say("can my boyfriend read this")

    assert READER in said[0].lower()
    assert offered(said) == ["Yes", "Something else"]


async def test_whether_it_was_read_is_answered_with_the_words_themselves():
    """Where they are short; a long text is not said back."""
    long = "my boss shouted and " + "it went on and on " * 8
    async with Chat() as chat:
        await chat.say("i ruin everything")
        short = await chat.say("did you even read what i wrote")
        await chat.say("/menu", long)
        told = await chat.say("did you read what i wrote")

    assert "i ruin everything" in short[0]
    assert "went on and on" not in told[0]


@pytest.mark.parametrize(
    ("typed", "next_"), [("k", "18 or older"), ("yh", "18 or older"), ("nah", "stored|kept")]
)
async def test_short_words_are_yes_and_no(typed, next_):
    """As a person means them at a button."""
    async with Chat(consent="", met="") as chat:
        await chat.say("i ruin everything", "ok")
        said = " ".join(await chat.say(typed))

    assert any(each in said for each in next_.split("|"))


async def test_not_knowing_is_no_miss():
    """Said twice at buttons, it leads to nothing else, and the question stays."""
    async with Chat() as chat:
        await chat.say("i ruin everything")
        await chat.say("/forget")
        first = await chat.say("idk")
        again = await chat.say("maybe")

    assert offered(first) == offered(again)


async def test_a_number_answers_the_list_that_stands_there():
    """Counted from one, in a list of three or more."""
    async with Chat() as chat:
        first = offered(await chat.say("/menu"))
        said = await chat.say("3")

    assert first[2] == "More choices"
    assert "Something steady" in offered(said)


async def test_a_slip_at_the_age_is_believed_once():
    """After a bare no; where a younger age was told it is not."""
    async with Chat(consent="", met="") as chat:
        await chat.say("hi", "ok", "yes", "no")
        asked = offered(await chat.say("oops im 26"))
        await chat.say("yes", "yes")
        believed = await chat.person()
    async with Chat(consent="", met="") as chat:
        await chat.say("hi", "ok", "yes", "im 15", "oops im 26", "yes")
        careful = await chat.person()

    assert asked == ["Yes, 18 or older", "No, younger"]
    assert (believed.agreed, believed.adult) == (True, True)
    assert (careful.agreed, careful.adult) == (False, False)


async def test_words_before_a_no_are_met_and_not_kept():
    """They come back in the same breath, with company beside them; nothing of them is held."""
    async with Chat(consent="", met="") as chat:
        await chat.say("my mum yelled at me all day", "ok")
        said = await chat.say("no")
        row = await chat.store.run(lambda tx: tx.session(tx.person_at("terminal", "me").id))

    assert "yelled at me" in " ".join(said)
    assert "Sit with me" in offered(said)
    assert b"yelled" not in (row[0] or b"")
