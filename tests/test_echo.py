"""A person's own words, as they come back: what holds them cannot be passed on, and what is old is veiled."""

from datetime import timedelta

import pytest

from bot.channels.plain import bubble
from bot.model import HELP, Outbound
from bot.replies import bubbles
from flows.echoes import own_names
from flows.turn import Say, Show
from tests.content import content
from tests.serving import WITHIN, small
from tests.test_talk import AGREES, NOW, Chat

pytest_plugins = ["tests.fixtures"]

ASKING = """
flow: welcome
takes: [first_words]
variables: {kind: {type: text, lives: kept}}
steps:
  ask:
    say: "First: {first_words}"
    ask: thing
    choices: [{id: tea, label: "Tea"}]
    to: tone
  tone:
    say: "You said {thing}."
    choices: [{id: soft, label: "Soft"}, {id: it, label: "As {thing}", set: {copy: "<{thing}>"}}]
    to: count
  count: {say: "How many?", ask: {name: number, number: [0, 5]}, to: day}
  day: {say: "{number} it is. When?", ask: {name: day, type: date}, to: last}
  last: {say: "On {day}, {copy}.", ask: kind, to: end}
"""
KEEPING = """
flow: menu
takes: [first_words]
variables: {kind: {type: text, lives: kept}, size: {type: text, lives: kept}}
steps:
  begin:
    when: [{answer: {kind: given}, to: again}]
    to: ask
  ask: {say: "A kind sentence?", ask: kind, to: note}
  note: {do: {name: remember, with: {met: "yes"}}, to: size}
  size: {say: "For {kind}: what size?", ask: size, choices: [{id: small, label: "Small"}], to: end}
  again: {say: "\N{HERB} {kind} or, {size}, {kind}\N{FULL STOP}", ask: more, to: end}
"""
OLD = "\N{HERB} be gentle \N{BLOSSOM}"


@pytest.fixture
async def chat(tmp_path):
    flows = content(tmp_path / "content", welcome=AGREES, menu=KEEPING)
    chat = Chat(flows, tmp_path / "data")
    yield chat
    await chat.store.close()


async def said(chat, *lines):
    """Return the bubbles that the last line leads to, as they are promised."""
    for line in lines[:-1]:
        await chat.say(line)
    return [row.outbound for row in await chat.chat._exchange.say(lines[-1]) if row.outbound.op == "send"]


# --- whose words they are -----------------------------------------------------------------


def test_names_are_own_by_what_they_are_filled_with(tmp_path):
    """What is typed, and every copy of it; a number, a choice or what the bot knows by itself is nobody's words."""
    flows = content(tmp_path, welcome=ASKING)

    assert flows.own == {
        "first_words": frozenset(),
        "thing": {"tea"},
        "copy": frozenset(),
        "day": frozenset(),
        "kind": frozenset(),
    }


def test_what_is_noted_of_a_person_is_own_where_it_was_typed(tmp_path):
    """An action that notes what it is handed is told to the core by the shell."""
    noting = """
        flow: welcome
        steps:
          ask: {say: "Who?", ask: who, to: note}
          note: {do: {name: remember, with: {friend: "{who}", met: "yes"}}, to: end}
        """
    flows = [each.flow for each in content(tmp_path, welcome=noting).flows.values()]

    assert set(own_names(flows, ("remember",))) == {"first_words", "who", "friend"}
    assert set(own_names(flows)) == {"first_words", "who"}


def test_choices_of_kept_lines_are_a_persons_words(tmp_path):
    """A list of what was kept, and the line chosen from it."""
    choosing = """
        flow: welcome
        variables: {kind: {type: text, lives: kept}}
        steps:
          ask: {say: "A kind sentence?", ask: kind, to: list}
          list: {say: "Which one?", choices: {from: kind}, to: chosen}
          chosen: {say: "Then: {kind_chosen}", ask: more, to: end}
        """

    assert {"kind", "kind_chosen"} <= set(content(tmp_path, welcome=choosing).own)


@pytest.mark.parametrize(
    ("lines", "echo"),
    [
        pytest.param(["good morning"], True, id="what was said first"),
        pytest.param(["hi", "a book"], True, id="an answer"),
        pytest.param(["hi", "Tea"], True, id="a choice, shown on a button that may hold an answer"),
        pytest.param(["hi", "Tea", "Soft"], False, id="a question with no words of anyone"),
        pytest.param(["hi", "a book", "Soft", "3"], False, id="a number"),
        pytest.param(["hi", "a book", "Soft", "3", "24 Dec"], True, id="a day"),
    ],
)
async def test_a_bubble_with_a_persons_words_is_known_as_one(tmp_path, lines, echo):
    """Others, with choices or what the bot knows, may be passed on."""
    chat = Chat(content(tmp_path / "content", welcome=ASKING), tmp_path / "data")
    try:
        assert [each.echo for each in await said(chat, *lines)] == [echo]
    finally:
        await chat.store.close()


async def test_earlier_answers_on_buttons_are_a_persons_words(tmp_path):
    """Whoever is to change one sees them all."""
    chat = Chat(content(tmp_path / "content", welcome=ASKING), tmp_path / "data")
    try:
        (which,) = await said(chat, "hi", "a book", "/change")
        assert (which.text, which.echo) == ("Which one?", True)
    finally:
        await chat.store.close()


def test_help_is_never_kept_from_being_passed_on():
    """Someone may want to send the numbers to a friend, whatever stands above them."""
    card, picture = bubbles([Say("a", "card", echo=True, urgent=True), Show("a/b.png", "leaf", echo=True)])

    assert (card.echo, card.priority) == (False, HELP)
    assert picture.echo


# --- words of another day -----------------------------------------------------------------


async def test_what_was_kept_on_another_day_is_veiled(chat):
    """Only that: words of today, choices and the bot's own stand open."""
    await chat.say("/start", OLD, "Small", "@+1d")

    (again,) = await said(chat, "hello")

    assert again.text == f"\N{HERB} {OLD} or, small, {OLD}."
    assert [again.text[start:end] for start, end in again.veiled] == [OLD, OLD]


async def test_what_was_kept_today_stands_open(chat):
    """The person has it before their eyes anyway."""
    await chat.say("/start", OLD, "Small")

    (again,) = await said(chat, "hello")

    assert (again.echo, again.veiled) == (True, ())


async def test_a_day_is_the_persons_own(chat):
    """Kept at 23:30 on their clock, shown at half past midnight: that is another day, though not in London."""
    chat.clock.move(NOW + timedelta(hours=13, minutes=30))  # 22:30 in London, 23:30 in Berlin
    await chat.say("/start", OLD, "Small")
    await chat.store.run(_live_in_berlin)

    chat.clock.move(NOW + timedelta(hours=14, minutes=30))
    (again,) = await said(chat, "hello")

    assert len(again.veiled) == 2


async def test_new_words_in_the_place_of_old_ones_stand_open(chat):
    """What was answered anew is of today."""
    await chat.say("/start", OLD, "Small", "@+1d")
    await chat.store.run(_let_go_of_kind)

    (asks,) = await said(chat, "hello", "be firm")

    assert (asks.text, asks.veiled) == ("For be firm: what size?", ())


def test_in_lines_the_veil_is_shown():
    """A transcript says what a phone would hide."""
    assert bubble(Outbound(text="a kind one, b", veiled=((2, 6), (12, 13)))) == ["bot: a ‖kind‖ one, ‖b‖"]


# --- as Telegram gets it ------------------------------------------------------------------


PROTECTED = """
flow: welcome
steps:
  ask: {say: "A word?", ask: word, to: say}
  say: {say: "So: {word}", ask: more, to: end}
"""


async def test_words_of_their_own_cannot_be_forwarded(server, bot, tmp_path):
    """Others carry no such mark."""
    async with bot.running(small(tmp_path, welcome=PROTECTED)):
        sam = server.person(7)
        sam.says("hi")
        (asks,) = await sam.hears(timeout=WITHIN)
        sam.says("tangerine")
        (echo,) = await sam.hears(timeout=WITHIN)

    sent = [call.params for call in server.calls("sendMessage")]
    assert (asks.text, echo.text) == ("A word?", "So: tangerine")
    assert [each.get("protect_content", False) for each in sent] == [False, True]
    assert all(each["link_preview_options"] == {"is_disabled": True} for each in sent)


async def perform(server, outbound):
    from bot.channels.telegram.api import Api
    from bot.channels.telegram.send import TelegramChannel

    server.person(7)
    api = Api(server.token, server.url)
    try:
        return await TelegramChannel(api).perform("7", outbound)
    finally:
        await api.shutdown()


def units(text):
    return len(text.encode("utf-16-le")) // 2


async def test_a_veil_is_counted_as_telegram_counts(server):
    """In UTF-16 units, of which a flower has two."""
    text = f"\N{HERB} {OLD} or so"
    await perform(server, Outbound(text=text, echo=True, veiled=((2, 2 + len(OLD)),)))

    (call,) = server.calls("sendMessage")
    assert call.params["entities"] == [{"type": "spoiler", "offset": 3, "length": units(OLD)}]


async def test_a_long_text_is_veiled_in_each_of_its_messages(server):
    """A veil that goes over the cut goes on behind it."""
    words = "\N{HERB} word, " * 700
    text = f"Once:\n\n{words}\n\nEnd."
    await perform(server, Outbound(text=text, veiled=((7, 7 + len(words)),)))

    parts = [call.params for call in server.calls("sendMessage")]
    veiled = ""
    for part in parts:
        whole = part["text"].encode("utf-16-le")
        for each in part["entities"]:
            veiled += whole[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")
    assert len(parts) > 1
    assert veiled == words


async def test_a_text_that_has_to_be_mended_is_veiled_whole(server):
    """Rather too much than a word too little."""
    await perform(server, Outbound(text="half \ud800 and old", veiled=((11, 14),)))

    (call,) = server.calls("sendMessage")
    assert call.params["entities"] == [{"type": "spoiler", "offset": 0, "length": units(call.params["text"])}]


def _live_in_berlin(tx):
    person = tx.person_at("terminal", "me")
    person.variables["zone"] = "Europe/Berlin"
    tx.save_person(person)


def _let_go_of_kind(tx):
    person = tx.person_at("terminal", "me")
    person.variables["kind"] = ""
    tx.save_person(person)
