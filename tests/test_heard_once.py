"""A text is heard once, before its turn: on the store's thread nobody waits for a model."""

import threading

import pytest

from bot import hearing
from bot.conversation import Conversation
from bot.safety.model import Guess
from flows.turn import Heard
from tests import danger
from tests.danger import Chat, Hearing, offered

WHY = "On the store's thread all people wait."


class Ear:
    """Stands in the model's place, and notes which threads asked it."""

    encoder = None

    def __init__(self):
        self.threads = []

    def guess(self, text, line):
        self.threads.append(threading.current_thread().name)
        return Guess({}, -9, -9)


class Model(Hearing):
    """Hears with a model what the rules do not: grief in some words."""

    hear_again = Conversation.hear_again

    def hear(self, text: str) -> Heard:
        return Heard(intent="grief", topic="grief") if text == "flurb" else super().hear(text)


@pytest.fixture
def ear(monkeypatch):
    found = Ear()
    monkeypatch.setattr(hearing, "_loaded", [found])
    return found


@pytest.fixture
def modelled(monkeypatch):
    monkeypatch.setattr(danger, "Hearing", Model)


AGREES = ("Tell me more", "Go on", "Yes, that's fine", "yes")


@pytest.mark.parametrize(
    ("consent", "lines"),
    [
        pytest.param("yes", ["it is all so much", "Something else", "i feel so low"], id="words of now"),
        pytest.param("", ["it is all so much", *AGREES], id="words of before"),
        pytest.param("yes", ["/zone", "Dublin, I think"], id="a city"),
        pytest.param("yes", ["/notes", "Write one down", "my sister"], id="a note"),
        pytest.param(
            "yes", ["it hurts", "plain: flurb", "Thoughts, not now", "My notes"], id="notes in danger"
        ),
    ],
)
async def test_no_model_is_asked_on_the_stores_thread(ear, consent, lines):
    """What a turn needs of a text was heard before it, or is heard by the rules."""
    async with Chat(consent=consent) as chat:
        await chat.store.run(
            lambda tx: tx.keep(tx.person_at("terminal", "me").id, "note", "helps\ntea", "safety")
        )
        await chat.say(*lines)

    assert "store" not in ear.threads, WHY
    assert ear.threads


async def test_flows_get_what_was_heard_before_the_turn(modelled):
    """What the model heard in a text decides where it leads, though the rules hear nothing in it."""
    async with Chat() as chat:
        said = await chat.say("flurb")

    assert "Sit with me" in offered(said)
    assert "Something to hold" in offered(said)


async def test_words_of_an_earlier_message_are_heard_by_themselves():
    """What was heard of the yes to storing is not taken for the hearing of what was typed first."""
    async with Chat(consent="", met="") as chat:
        said = await chat.say("my mum died", *AGREES)

    assert {"Sit with me", "Something to hold"} <= {*offered(said)}


async def test_words_that_the_question_held_back_are_met_as_pain(modelled):
    """The model heard danger in them; after a no they are not called hard to understand."""
    async with Chat() as chat:
        await chat.say("asks: flurb")
        said = await chat.say("No")

    assert offered(said) == ["Yes", "Something else"]
