"""From somebody's own words to a practice: in few taps, in every order, and what they wrote is not lost on the way."""

import pytest

from bot.actions import agrees
from bot.hearing import hear_by_rules
from tests.danger import Chat

SENTENCES = (
    "I'm such an idiot",
    "I ruin everything",
    "i hate myself",
    "what is wrong with me",
    "i'm a terrible mother",
    "I should have known better",
    "i should have checked the dose twice",
    "i always mess things up",
    "why cant i just be normal",
    "I'm not good enough",
    "im so stupid",
    "I let everyone down",
    "i can't forgive myself",
    "it's all my fault",
    "I'm so ashamed of what I said",
    "i shouted again. same as yesterday",
    "he was scared of me",
    "how do i make it up to him",
    "cant stop thinking about it",
    "why did i not check",
)
ORDERS = (  # before the offer: what is typed and tapped, {} where the sentence is
    ("{}", "ok", "Yes, that's fine", "Yes"),
    ("hi", "{}", "Go on", "Yes, that's fine", "Yes"),
    ("hi", "ok", "{}", "Yes, that's fine", "Yes"),
    ("hi", "ok", "Yes, that's fine", "{}", "Yes"),
    ("{}", "I'm hurting now", "Go on", "Go on", "ugh YES", "34"),
    ("hi", "I'm hurting now", "Go on", "Go on", "Yes, that's fine", "Yes", "{}"),
)
OFFERED = "[Yes] [Something else]"
MOST = 3  # taps from a sentence to a practice, after consent


async def _until_practice(chat: Chat, *said: str) -> int:
    """Return how many taps it takes, "Yes" to an offer and no number, until a practice is open."""
    for line in said:
        await chat.say(line)
    for taps in range(1, 9):
        await chat.say("Yes" if "opening" not in await chat.flows() else "Skip")
        if "practise" in await chat.flows() and "opening" not in await chat.flows():
            return taps
    return 9


@pytest.mark.parametrize("sentence", SENTENCES)
async def test_a_sentence_leads_to_a_practice_in_three_taps(sentence):
    """Whoever agreed before writes it, says yes to what is offered, and leaves out the number."""
    async with Chat() as chat:
        assert await _until_practice(chat, sentence) <= MOST


@pytest.mark.parametrize("order", ORDERS, ids=" / ".join)
async def test_after_consent_and_age_the_offer_comes_straight_away(order):
    """What was written before the questions is not asked for again, whenever it was written."""
    for sentence in SENTENCES[::4]:
        async with Chat(consent="", met="") as chat:
            last = [""]
            for line in order:
                last = await chat.say(line.format(sentence))

            assert OFFERED in "\n".join(last), (sentence, last)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ugh YES", "yes"), ("fine. yes", "yes"), ("yes thats fine omg", "yes"), ("i said yes", "yes"),
        ("yes i dont mind", "yes"), ("ok fine", "soft"), ("fine whatever", "soft"),
        ("Yes, but please not the words of my client", "with"),
        ("no yes", ""), ("not sure", ""), ("maybe yes", ""), ("i'm fine", ""), ("yes?", ""), ("yes no", ""),
        ("ok but dont store anything", ""), ("ok dont", ""), ("ok so my boss said it again", ""), ("idk", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_yes_is_one_where_no_doubt_is_beside_it(text, kind):
    """A yes in other words counts; doubt, a question and a no are none."""
    assert agrees(None, {"words": text}, {}) == {"agrees": kind}


async def test_what_cannot_be_read_is_no_silent_no():
    """Nothing is stored then, the question can come again, and what was written first is met after it."""
    async with Chat(consent="", met="") as chat:
        *_, last = await chat.say("I'm such an idiot", "ok", "blargh", "zonk wib", "frob wub")
        assert "[Ask me again]" in last
        said = await chat.say("Ask me again", "yes thats fine omg", "34")
        person = await chat.person()

    assert person.agreed
    assert OFFERED in "\n".join(said)


async def test_what_danger_means_at_consent_is_answered():
    """In a sentence, and the question stays open."""
    async with Chat(consent="", met="") as chat:
        said = "\n".join(await chat.say("hi", "ok", "what does if danger came up mean?"))

    assert "Nobody is told" in said
    assert said.rstrip().endswith("[Yes, that's fine] [No] [A minute first]")


@pytest.mark.parametrize(
    "text",
    [
        "should i tell someone? im scared ill hit him one day", "scared i'll hit him", "i could hit her",
        "afraid i might hurt my kid", "what if i hit him", "I'm terrified I might slap my daughter",
    ],
)  # fmt: skip
async def test_fear_of_hurting_a_child_is_met_kindly(text):
    """In a practice too: nothing is presumed, it is good to tell someone, and there are people for parents."""
    async with Chat() as chat:
        said = "\n".join(await chat.say("ground me", "Skip", text))

    assert "room" in said
    assert "The child first" not in said
    assert "First the child" not in said
    assert "parents and families" in said
    assert "[How to tell someone]" in said


@pytest.mark.parametrize(
    "text",
    [
        "i shouted at my son",
        "i yelled at my son",
        "i screamed at my kids",
        "i shouted again. same as yesterday",
    ],
)
def test_a_raised_voice_opens_no_door(text):
    """It is heard as guilt, and no danger is read into it."""
    heard = hear_by_rules(text)

    assert (heard.risk, heard.door) == ("none", "")
    assert "guilt" in heard.beside


def test_somebody_elses_fear_is_not_the_writers():
    """Whoever was feared is not told that they are afraid, and is believed when they put it right."""
    assert hear_by_rules("he was scared of me").topic == "ashamed"
    assert "not_mine" in hear_by_rules("HE was scared. not me").beside


async def test_who_puts_it_right_is_believed():
    """The fear was somebody else's."""
    async with Chat() as chat:
        said = "\n".join(await chat.say("HE was scared. not me"))

    assert OFFERED in said
    assert "fear or worry" not in said


@pytest.mark.parametrize(
    ("text", "practice"),
    [("how do i make it up to him", "own"), ("I want to say sorry", "own"), ("how can i fix it", "own"),
     ("i hurt someone", "own"), ("how do i stop thinking about it", "mindful"), ("why did i not check", "mindful"),
     ("keep replaying it", "mindful"), ("cant stop thinking about it", "mindful")],
)  # fmt: skip
async def test_mending_and_circling_have_their_practice(text, practice):
    """What was done leads to owning it, thoughts that go round to looking at them."""
    async with Chat() as chat:
        await chat.say(text, "Yes")
        person_is_in = await chat.flows()
        await chat.say("Skip")

        assert practice in await chat.flows() or practice in person_is_in


async def test_hurting_someone_is_a_need_with_a_practice():
    """It can be tapped among the needs."""
    async with Chat() as chat:
        said = "\n".join(await chat.say("More choices", "What do I need?", "I hurt someone"))

    assert OFFERED in said


@pytest.mark.parametrize(
    ("label", "shown"),
    [("More choices", "[Something steady]"), ("another idea", "[More choices]"), ("something else", "[More choices]"),
     ("go on", "["), ("something steady", "[Slow breathing]"), ("what helps me", "["),
     ("sit with me", "["), ("my kind words", "[")],
)  # fmt: skip
@pytest.mark.parametrize("before", [(), ("hi", "Nothing now"), ("hi",), ("something steady",)], ids=str)
async def test_the_names_of_choices_work_where_no_button_is_open(label, shown, before):
    """Typed anywhere in the menu, they lead where the button leads."""
    async with Chat() as chat:
        await chat.say(*before)
        said = "\n".join(await chat.say(label))

    assert shown in said
    assert "What comes closest" not in said
    assert "Which of these is nearest" not in said


async def test_at_a_danger_question_a_circling_thought_is_no_no():
    """The direct question is not answered by it with a no."""
    async with Chat() as chat:
        await chat.say("asks: better off", "cant stop thinking about it")
        person = await chat.person()

    assert person.risk != "no"
