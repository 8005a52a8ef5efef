"""What people ask and tell in a talk about a danger, and where words lead that belong to one that is over."""

import pytest

from bot.safety.asked import Places, asked, places
from flows.turn import Heard
from tests.danger import TOLD, Chat

OTHER = "other_at_risk"


@pytest.mark.parametrize(
    ("door", "words", "about"),
    [
        pytest.param(OTHER, "is that an emergency? should I wake her up", "urgent", id="urgent"),
        pytest.param(OTHER, "if I call 112 I get the German police", "far", id="far away"),
        pytest.param(OTHER, "what if I call them and she hates me for reading it", "hates", id="hate"),
        pytest.param(OTHER, "should I tell her I read the diary?", "diary", id="diary"),
        pytest.param(OTHER, "what kind of mother doesn\u2019t notice", "guilt", id="guilt"),
        pytest.param(
            OTHER, "the ambulance is with her, I should have called", "with_help", id="help is there"
        ),
        pytest.param(
            "child_hurt", "I haven't hurt myself, I meant shouting at him again", "again", id="again"
        ),
        pytest.param("child_hurt", "I just want to know how to say sorry to him", "sorry", id="sorry"),
        pytest.param("abuse", "he's coming, I have to go", "leaving", id="leaving"),
        pytest.param("abuse", "will he see that I wrote here", "seen", id="seen"),
        pytest.param("abuse", "am I exaggerating", "doubt", id="doubt"),
        pytest.param(
            "abuse", "I just want to say sorry to him", "", id="sorry to a partner makes nobody a parent"
        ),
        pytest.param("eating", "am I exaggerating", "", id="in another talk"),
    ],
)
def test_what_is_asked_is_known_in_its_own_talk(door: str, words: str, about: str) -> None:
    """Each question leads to its answer, and only in the talk that it belongs to."""
    found = asked(words, door)

    assert (found[0].about if found else "") == about


@pytest.mark.parametrize(
    ("words", "far", "named"),
    [
        pytest.param(
            "I'm in Germany. my friend is in Spain, in Valencia", False, Places("DE", "ES"), id="both"
        ),
        pytest.param("what number is it in Spain", False, Places(there="ES"), id="theirs"),
        pytest.param("Spain", False, Places(here="ES"), id="a name alone is one's own"),
        pytest.param("Spain", True, Places(there="ES"), id="a name alone where theirs was asked for"),
    ],
)
def test_another_ones_country_is_not_taken_for_ones_own(words: str, far: bool, named: Places) -> None:
    """Whose country it is decides whose numbers are noted."""
    assert places(words, OTHER, far=far) == named
    assert places("she is in Spain", "abuse") == Places(here="ES")


async def test_a_country_told_for_another_is_not_noted() -> None:
    """The lines there are shown to be sent on; the person's own stay theirs."""
    async with Chat(country="IE") as chat:
        await chat.say("other now: my friend")
        said = await chat.say("she is in Spain")
        person = await chat.person()

    assert "024" in "\n".join(said)
    assert person.country == "IE"


@pytest.mark.parametrize(
    ("told", "words", "back"),
    [
        pytest.param("other: my friend", "she doesn't pick up", True, id="of them"),
        pytest.param("other: my friend", "the weather is grey", False, id="something else"),
        pytest.param("hit: my husband", "he's coming, I have to go", True, id="he comes"),
        pytest.param("food: again", "he's coming, I have to go", False, id="of another danger"),
    ],
)
@pytest.mark.parametrize("later", [False, True], ids=["at once", "after the hour"])
async def test_what_belongs_to_a_talk_leads_back_to_it_within_the_hour(
    told: str, words: str, back: bool, later: bool
) -> None:
    """A talk about a danger was left, and goes on with what belongs to it; an hour later it is a new one."""
    async with Chat() as chat:
        await chat.say(told, "Go on here", *(["@+61m"] if later else []))
        await chat.say(words)
        flows = await chat.flows()

    assert ("door" in flows) is (back and not later)


async def test_nothing_but_the_way_out_is_said_to_who_must_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a guess hears danger in it: one line, and the button."""
    guess = {"he's coming": Heard("crisis", "abuse", "crisis", "distress", sure=False)}
    monkeypatch.setattr("tests.danger.TOLD", {**TOLD, **guess})
    async with Chat() as chat:
        await chat.say("hit: my husband", "Go on here")
        said = await chat.say("he's coming, I have to go")

    assert said == ["bot: /hide empties this chat.", "     [Empty this chat]"]


async def test_what_is_asked_for_them_asks_nothing_of_the_one_who_worries() -> None:
    """Things that could hurt are to be put away for another: no sign of danger to the one who does it."""
    async with Chat() as chat:
        said = await chat.say("other: my friend", "should I hide the knives")
        flows = await chat.flows()

    assert flows[-1] == "door"
    assert "thoughts of ending your life" not in "\n".join(said)


@pytest.mark.parametrize(
    ("words", "about"),
    [
        pytest.param("no but it wont stop bleeding", "bleeds", id="bleeds on"),
        pytest.param("it's not deep, but it keeps bleeding", "bleeds", id="bleeds, and not deep"),
        pytest.param("its not deep", "small", id="not deep"),
        pytest.param("only scratches", "small", id="scratches"),
        pytest.param("pretty deep", "deep", id="deep"),
        pytest.param("no i told u", "", id="a no"),
    ],
)
def test_what_is_said_of_a_wound_is_weighed(words: str, about: str) -> None:
    """What bleeds on leads, whatever else is said of it."""
    found = asked(words, "selfharm")

    assert (found[0].about if found else "") == about


@pytest.mark.parametrize("later", [False, True], ids=["at once", "after the hour"])
async def test_a_thank_you_ends_quietly_within_the_hour(later: bool) -> None:
    """After it, a thank you is one to a bot that somebody comes back to."""
    async with Chat(consent="", met="") as chat:
        await chat.say("hit: my husband", "Go on here", *(["@+61m"] if later else []))
        said = await chat.say("thanks")

    assert (len(said) == 1) is not later


async def test_what_was_put_right_stays_so_for_the_hour() -> None:
    """Nothing that is written leads back to a talk that was none; what is told plainly begins a new one."""
    async with Chat() as chat:
        await chat.say(
            "maybe hit: x", "you read me wrong", "Enough for now", "he's coming home", "maybe hit: y"
        )
        left = await chat.flows()
        await chat.say("hit: my husband")
        told = await chat.flows()

    assert ("door" in left, "door" in told) == (False, True)


@pytest.mark.parametrize(
    ("told", "theirs"),
    [
        pytest.param(["other: my friend"], True, id="in that talk"),
        pytest.param(["other: my friend", "Go on here"], True, id="within the hour"),
        pytest.param(["other: my friend", "Go on here", "@+61m"], False, id="after the hour"),
        pytest.param(["hit: my husband"], False, id="hurt by someone"),
        pytest.param(["other: my friend", "plain: me too"], False, id="and then oneself"),
    ],
)
async def test_help_now_is_for_the_other_where_they_are_the_talk(told: list[str], theirs: bool) -> None:
    """The number comes first either way; only then nothing is said of a danger of one's own."""
    async with Chat() as chat:
        await chat.say(*told)
        said = await chat.say("help now")

    assert "116 123" in said[0]
    assert ("It's about them" in "".join(said)) is theirs


async def test_a_guess_with_a_question_in_it_is_still_asked_about() -> None:
    """It is not answered as if it were known."""
    async with Chat() as chat:
        said = await chat.say("maybe hit: does it count?")

    assert any("You read me wrong" in line for line in said)
