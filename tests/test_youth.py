"""Someone who may be too young: asked, and asked again before anything is erased; help stays open throughout."""

from datetime import timedelta

import pytest

from bot.model import CONSENT, Lock
from tests.danger import NOW, Chat, offered

YOUNG = "i'm 15 and so tired of it"
ASKED = ["18 or older", "Younger"]
SURE = "Yes, that's right"


async def held(chat):
    """Return what is held of the person beside their place."""

    def look(tx):
        me = tx.person_at("terminal", "me")
        return me, tx.kinds(me.id), tx.timers(me.id)

    return await chat.store.run(look)


def _keep(tx):
    me = tx.person_at("terminal", "me")
    me.lock, me.risk = Lock(word="00:00"), "no"
    tx.save_person(me)
    for kind, compartment in (("outcome", "self"), ("letter", "grief"), ("note", "safety")):
        tx.keep(me.id, kind, "helps\nzebra", compartment)
    tx.set_timer(me.id, "aside:tomorrow/night", 1, NOW + timedelta(days=1), b'{"frames":[["sit"]]}')


async def test_of_who_is_too_young_nothing_is_kept():
    """Notes, outcomes, letters, waits, the word and every setting go in the same turn; the yes to storing too."""
    async with Chat(zone="Europe/Dublin") as chat:
        await chat.store.run(_keep)
        await chat.say("/menu", YOUNG, "Younger", SURE)
        me, kinds, timers = await held(chat)
        flows = await chat.flows()

    assert (me.consent, me.adult, me.consented_at, me.risk, me.lock) == (0, False, "", "", Lock())
    assert (kinds, timers, flows) == ([], [], ["young"])
    assert not {"zone", "met", "first_words"} & {*me.variables}


async def test_a_tap_that_says_older_keeps_everything():
    """It was a quote, or a mistake: nothing is lost, and the talk goes on."""
    async with Chat() as chat:
        await chat.store.run(_keep)
        await chat.say(YOUNG, "18 or older")
        me, kinds, timers = await held(chat)

    assert (me.consent, len(kinds), len(timers)) == (CONSENT, 3, 1)


@pytest.mark.parametrize(
    "then",
    ["No, 18 or older", "skip", "/stop", "/menu", "yes it is my sister who is", "im 41", "i take that back"],
)
async def test_one_tap_on_younger_erases_nothing(then):
    """It may be a slip: all is there until a second answer says the same."""
    async with Chat() as chat:
        await chat.store.run(_keep)
        await chat.say(YOUNG, "Younger")
        me, kinds, timers = await held(chat)
        await chat.say(then)
        later = await held(chat)

    assert (me.consent, len(kinds), len(timers)) == (CONSENT, 3, 1)
    assert (later[0].consent, later[1:]) == (CONSENT, (kinds, timers))


@pytest.mark.parametrize("words", ["yes", "Yes, that's right", "i'm 15", "im 12 ok"])
async def test_a_second_answer_that_says_the_same_erases_it(words):
    """By a tap, a yes or the number once more."""
    async with Chat() as chat:
        await chat.store.run(_keep)
        await chat.say(YOUNG, "im 15", words)
        me, kinds, timers = await held(chat)

    assert (me.consent, kinds, timers) == (0, [], [])


async def test_ground_and_help_stay_open_and_nobody_is_scolded():
    """Before and after: lines for the young first, then what works without a yes."""
    async with Chat() as chat:
        asked = await chat.say(YOUNG)
        await chat.say("Younger")
        said = await chat.say(SURE)
        helped = await chat.say("Help now")

    assert offered(asked) == ASKED
    assert "no fault of yours" in said[0] or "nothing wrong" in said[0]
    assert "Childline" in said[1]
    assert offered(said) == ["Ground with me", "Sit with me", "The numbers", "Enough for now"]
    assert "Samaritans" in helped[0]


@pytest.mark.parametrize(
    ("later", "again"), [("@+23h", False), ("@+25h", True)], ids=["within a day", "a day later"]
)
async def test_who_was_asked_is_not_asked_again_within_a_day(later, again):
    """An answer is believed; a new day may be another person's answer."""
    async with Chat() as chat:
        await chat.say(YOUNG, "18 or older", "/menu", later)
        said = await chat.say(YOUNG)

    assert (offered(said) == ASKED) is again


@pytest.mark.parametrize("words", ["begun: flurb", "plain: flurb", "asks: flurb", "hit: flurb"])
async def test_danger_is_not_interrupted_by_a_question_about_age(words):
    """In a talk about danger an age is one more thing that was told."""
    async with Chat() as chat:
        await chat.say(words)
        said = await chat.say(YOUNG)

    assert offered(said) != ASKED


async def test_where_the_age_is_asked_anyway_it_is_an_answer():
    """No second question about the same thing."""
    async with Chat(consent="", met="") as chat:
        await chat.say("/start", "Tell me more", "Go on", "Yes, that's fine")
        said = await chat.say("i'm 15")

    assert "no fault of yours" in said[0]
