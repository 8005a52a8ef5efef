"""What people type in the middle of a practice that is no answer to it: it is met, and nothing of it is lost."""

import pytest

from tests.danger import Chat, offered

OTHER = "stop. i want to do the other person one you said"
KID = "im not going to kill myself i just yelled at my kid"
HEAVY = "can we do the touch one"


async def test_a_story_at_the_number_is_read_and_a_second_one_leads_on_without_a_number():
    """Nobody owes a number, and no story is told that it is none."""
    async with Chat(3) as chat:
        await chat.say(HEAVY)
        once = await chat.say("it was about his shoes and i lost it completely")
        twice = await chat.say("i told you, it was about his shoes and nothing else")

    assert "number in that" not in "".join(once)
    assert "10" in offered(once)
    assert "10" not in offered(twice)
    assert len(twice) > 2


async def test_words_beside_a_number_are_read_as_well():
    """The number leads on; what stands beside it is not passed over."""
    async with Chat(3) as chat:
        said = await chat.say(HEAVY, "8. i yelled at my kid and i feel so ashamed of it")

    assert [one for one in said if "number" in one and ("words" in one or "all of it" in one)]
    assert offered(said) == ["Go on"]


@pytest.mark.parametrize("before", [["5"], ["5", "go on"], ["5", "go on", "a lamp", "did that"]])
async def test_a_stop_that_begins_a_sentence_ends_it_and_the_rest_is_heard(before):
    """At a wait and where words are asked for: the other practice begins with its own question."""
    async with Chat(3) as chat:
        await chat.say("can we do grounding", *before, OTHER)

        assert (await chat.flows())[-2:] == ["friend", "opening"]


@pytest.mark.parametrize("flow", ["sit with me", "can we do grounding"])
async def test_leave_me_alone_ends_it(flow):
    """And the word that begins again is named, as no button stands beneath."""
    async with Chat(3) as chat:
        said = await chat.say(flow, "5", "go on", "leave me alone")

        assert not await chat.flows()
    assert "menu" in said[-1].lower()


async def test_things_to_see_are_no_stop():
    """A stop sign is one of three things."""
    async with Chat(3) as chat:
        await chat.say("can we do grounding", "5", "go on", "stop sign, a tree, a bus")

        assert (await chat.flows())[-1] == "ground"


@pytest.mark.parametrize("before", [["9"], ["9", "go on", "go on"]], ids=["at the minute", "after it"])
async def test_who_is_misread_is_heard_and_dying_is_not_named_again(before):
    """They say what it was; the way on is a look at that, or something to hold."""
    async with Chat(3) as chat:
        await chat.say(HEAVY, *before)
        said = await chat.say(KID)
        later = await chat.say("Something to hold", "I have something", "go on", "go on")

    assert "dying" in said[0] or "die" in said[0] or "wrong" in said[0]
    assert offered(said)[0] == "A small look"
    assert not [one for one in later if "dying" in one or "don't want to live" in one]


async def test_the_same_minute_does_not_come_twice_in_a_row_unasked():
    """The second time it is said why, and something else is offered; after ten minutes it may come again."""
    async with Chat(3) as chat:
        await chat.say(HEAVY, "9", "go on", "go on", "Enough for now", "Leave it")
        again = await chat.say(HEAVY, "9")
        await chat.say("Enough for now", "@+11m")
        later = await chat.say(HEAVY, "9")

    assert offered(again) == ["Sit with me", "Something to hold", "Enough for now", "Help now"]
    assert offered(later) == ["Go on"]


async def test_a_minute_that_is_asked_for_comes_again():
    """One more of it is a choice."""
    async with Chat(3) as chat:
        said = await chat.say(HEAVY, "9", "go on", "go on", "One more minute")

    assert offered(said) == ["Go on"]


@pytest.mark.parametrize(
    "words", ["this makes it worse", "that hurts more", "i feel worse", "this isn't helping"]
)
@pytest.mark.parametrize("before", [["5"], ["5", "go on"]], ids=["at a wait", "where words are asked for"])
async def test_what_makes_it_worse_stops_and_a_smaller_dose_is_offered(words, before):
    """It is an ache at any step of any practice: named, stopped, and the room alone where it was the room."""
    async with Chat(3) as chat:
        said = await chat.say("can we do grounding", *before, words)

        assert (await chat.flows())[-1] == "closing"
    assert offered(said) == ["Something small", "Leave it here"]


async def test_an_ache_is_not_compared_with_before():
    """Only numbers say that it is more."""
    for seed in range(12):
        async with Chat(seed) as chat:
            said = await chat.say(
                "can we do grounding",
                "5",
                "go on",
                "I saw them",
                "did that",
                "nothing comes",
                "5",
                "it aches",
            )

        assert not [
            one for one in said[-4:] if "more now" in one or "than before" in one or "More ache" in one
        ]


@pytest.mark.parametrize("words", ["go on", "next", "continue"])
async def test_onward_takes_a_single_way_on_and_is_asked_again_at_others(words):
    """It never leads to a question whether to begin anew."""
    async with Chat(3) as chat:
        first = await chat.say("can we do grounding", "5")
        on = await chat.say(words)
        same = await chat.say(words)

        assert (await chat.flows())[-1] == "ground"
    assert offered(first) == ["Go on"]
    assert offered(on) == offered(same) == ["I saw them", "Skip"]
