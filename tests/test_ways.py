"""How a person wants the bot to be there: cheering them on, in few words, or without questions."""

import pytest

from bot import commands, knowledge, ways
from bot.model import CONSENT, Person
from tests.danger import Chat, offered
from tests.serving import everything

SORE = {
    "direct",
    "crisis",
    "safer",
    "door",
    "helpnow",
    "young",
    "outward",
    "closed",
    "loss",
}  # nothing is cheered there
ACHES = {"ache", "higher", "fire", "looked", "numb", "awake", "rest", "smaller", "much"}


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("Cheer me on", "cheer"), ("keep it brief", "short"), ("keep it short", "short"), ("way", ""), ("/way", ""),
        ("No questions", "quiet"), ("be quiet.", "quiet"), ("don't ask me questions", "quiet"), ("be here", "quiet"),
    ],
)  # fmt: skip
def test_a_wish_names_its_way(typed, way):
    """Who says what they want is not asked for it."""
    assert commands.recognise(typed) == "way"
    assert ways.named(typed) == way


@pytest.mark.parametrize(
    ("taps", "way", "warmth"),
    [
        (["/way", "Cheer me on", "Warm"], "cheer", "warm"),
        (["/way", "Keep it brief"], "short", "plain"),
        (["/way", "Be here, no questions", "The softest"], "quiet", "tender"),
        (["no questions", "skip"], "quiet", "plain"),
        (["more", "keep it brief"], "short", "plain"),
        (["keep it brief", "more"], "", "warm"),
        (["cheer me on", "skip", "way", "The usual way", "skip"], "", "plain"),
    ],
)
async def test_a_way_is_chosen_in_two_taps_and_remembered(taps, way, warmth):
    """Few words are plain ones; who then asks for more is not held to it."""
    async with Chat() as chat:
        await chat.say(*taps)
        person = await chat.person()

    assert (person.way, person.warmth) == (way, warmth)


async def test_a_way_counts_from_the_next_line_on():
    """The question about warmth is none any more for somebody who wants no questions."""
    async with Chat() as chat:
        said = await chat.say("no questions")

    assert offered(said) == ["Plain", "Warm", "The softest"]
    assert not any("?" in line for line in said)


async def test_without_consent_a_way_ends_with_the_talk():
    """Nothing of a person is noted beyond it who has not agreed."""
    async with Chat(consent="", met="") as chat:
        await chat.say("hello", "no questions", "skip")
        during = (await chat.person()).way
        await chat.say("stop")
        assert (during, (await chat.person()).way) == ("quiet", "")


async def test_while_danger_is_spoken_of_the_question_stays():
    """The wish is noted for afterwards; the one question that keeps people safe is not muted by it."""
    async with Chat() as chat:
        asked = offered(await chat.say("asks: x"))
        again = await chat.say("no questions")
        assert (await chat.person()).way == "quiet"

    assert offered(again) == asked
    assert any("?" in line for line in again)


def test_nobody_is_cheered_on_while_danger_is_noted():
    """Whatever was chosen: until it has passed the words are as warm as they are wanted, and no more."""
    calm, near = (Person("p", CONSENT, way="cheer", variables={"gate": gate}) for gate in ("", "thoughts"))

    assert knowledge.cheered(calm)
    assert not knowledge.cheered(near)


def cheers():
    flows = everything().flows.values()
    return [
        (each.flow.id, step.id, line)
        for each in flows
        for step in each.flow.steps.values()
        for line in step.lines
        if "cheer" in line.forms
    ]


def test_there_are_words_to_cheer_somebody_on():
    """Around a practice and where one is proposed; each in two wordings at least, so that none wears out."""
    found = cheers()

    assert len(found) >= 12
    assert {"opening", "closing", "offer"} <= {flow for flow, _, _ in found}
    assert all(len(line.forms["cheer"]) >= 2 for _, _, line in found)


def test_nothing_is_cheered_where_it_hurts():
    """No such form in the crisis path, at an ache, or in numbness; none shouts."""
    found = cheers()

    assert not [(flow, step) for flow, step, _ in found if flow in SORE or step in ACHES]
    assert not [each.text for _, _, line in found for each in line.forms["cheer"] if "!" in each.text]


async def test_in_few_words_a_number_gets_no_remark():
    """What is said beside the way on is left out."""
    async with Chat() as chat:
        await chat.say("keep it brief")
        await chat.chat.enter("touch")
        brief = await chat.say("5")
        await chat.say("/way", "The usual way", "skip")
        await chat.chat.enter("touch")
        usual = await chat.say("5")

    assert len([line for line in brief if line.startswith("bot:")]) < len(
        [line for line in usual if line.startswith("bot:")]
    )
