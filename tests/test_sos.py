"""Help now: by one tap or one word, in every state, also when something of ours is broken."""

import asyncio

import pytest

from bot import conversation
from bot.channels.exchange import Exchange
from bot.channels.plain import PlainChat
from bot.model import Arrival, Inbound, Press
from flows.session import from_json
from flows.turn import Heard
from tests.danger import NOW, Chat, offered
from tests.serving import everything

WORDS = ("help now", "/now", "SOS", "help me", "Help", "emergency")
TALKS = sorted(
    id_ for id_, each in everything().flows.items() if each.flow.kind in ("talk", "part", "practice")
)


def shows(said: list[str]) -> bool:
    """Whether the card stands first."""
    return said[0].startswith(("bot: Call 116 123", "bot: findahelpline.com"))


async def setting(chat: Chat, **noted: object) -> None:
    def change(tx):
        person = tx.person_at("terminal", "me")
        for name, value in noted.items():
            setattr(person, name, value)
        tx.save_person(person)

    await chat.store.run(change)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("consent", ["yes", ""])
async def test_one_word_is_enough(word, consent):
    """As the first word ever, and later."""
    async with Chat(consent=consent) as chat:
        assert shows(await chat.say(word))
        assert shows(await chat.say(word))


@pytest.mark.parametrize("flow", TALKS)
async def test_it_comes_in_the_middle_of_any_flow(flow):
    """Wherever somebody stands."""
    async with Chat() as chat:
        await chat.chat.enter(flow)
        assert shows(await chat.say("help now"))


@pytest.mark.parametrize(
    "noted",
    [
        pytest.param({"paused": True}, id="paused"),
        pytest.param({"way": "quiet"}, id="in quiet mode"),
        pytest.param({"consent": 1}, id="the privacy text has changed"),
        pytest.param({"country": ""}, id="no country is known"),
        pytest.param({"warmth": "tender"}, id="with warmer words"),
    ],
)
async def test_it_comes_whatever_was_chosen(noted):
    """No setting is in its way."""
    async with Chat() as chat:
        await setting(chat, **noted)
        assert shows(await chat.say("help now"))


@pytest.mark.parametrize("before", ["asks: x", "plain: x", "hit: x", "begun: x", "hide", "stop", "lock"])
async def test_it_comes_in_the_middle_of_danger(before):
    """Over the question, over the call, and where nothing is open."""
    async with Chat() as chat:
        await chat.say(before)
        assert shows(await chat.say("help now"))


async def test_a_tap_on_it_needs_no_hearing():
    """The button of a bubble and the one that is always at hand."""
    async with Chat(consent="") as chat:
        assert "Help now" in offered(await chat.say("hello"))
        assert shows(await chat.say("Help now"))


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([], id="nothing is open"),
        pytest.param(["hello"], id="another question stands"),
        pytest.param(["Something hurts", "Yes"], id="in a practice"),
        pytest.param(["i want to die", "Might soon"], id="in danger"),
    ],
)
async def test_a_tap_on_an_old_button_of_it_brings_it(before):
    """Wherever the button stands in the chat, and whatever has been answered since."""
    async with Chat() as chat:
        await chat.say(*before)

        assert (await _tap(chat, Press("morning", "line", "help", "long ago"))).startswith("Call 116 123")


async def test_a_tap_on_it_comes_before_a_question_about_storing():
    """Who comes back to a newer text on privacy and taps help gets help."""
    async with Chat() as chat:
        await setting(chat, risk="no", variables={"met": "yes", "no_at": NOW.isoformat()})
        await chat.say("@+5m", "hello")
        await setting(chat, consent=1)
        await chat.say("@+2h")
        body, _ = await chat.store.run(lambda tx: tx.session(tx.person_at("terminal", "me").id))
        session = from_json(body)

        said = await _tap(chat, Press(session.top.flow, session.top.step, "help", session.prompt))
        assert said.startswith("Call 116 123")


async def _tap(chat: Chat, press: Press) -> str:
    """Return the first bubble after a tap."""

    def turn(tx):
        (pending,) = tx.arrive([Arrival("terminal", 10_000, "me", b"{}")])
        return chat.door.receive(tx, pending, Inbound("choice", press=press, message=5), Heard())

    promised = await chat.store.run(turn)
    return next(each.outbound.text for each in promised if each.outbound.op == "send")


# --- something is broken ----------------------------------------------------------------------


@pytest.fixture
def deaf(monkeypatch):
    """Hearing fails for every text."""

    def broken(text: str) -> Heard:
        raise RuntimeError("no rules")

    monkeypatch.setattr(conversation, "hear", broken)


@pytest.mark.parametrize("word", WORDS)
async def test_it_comes_when_nothing_can_be_heard(deaf, word):
    """The words for it are known without the rules."""
    async with Chat() as chat:
        assert shows(await chat.say(word))


async def test_other_words_get_the_card_when_they_cannot_be_heard(deaf):
    """They might mean danger: an apology, and the numbers at once."""
    async with Chat() as chat:
        chat.chat = PlainChat.over(Exchange(chat.store, chat.door, chat.clock), chat.clock)
        said = await chat.say("i took something")

    assert any("116 123" in line for line in said)
    assert any("112" in line for line in said)


def test_the_last_card_needs_neither_store_nor_person():
    """It is made of what was read at the start."""
    card = asyncio.run(_card())

    assert "findahelpline.com" in card.text
    assert "your local emergency number" in card.text
    assert card.priority == 0


async def _card():
    async with Chat() as chat:
        await chat.store.close()
        return chat.door.fallback("i took something")
