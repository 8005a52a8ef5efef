"""Buttons, the four words at hand, and what the bot can neither hear nor see, over real HTTP."""

import asyncio

import pytest

from bot.model import Pace
from tests.fakes import updates
from tests.serving import WITHIN, small

pytest_plugins = ["tests.fixtures"]

CRISIS = "I want to kill myself tonight"
NO_ONE_READS = "I am a program. No one reads this now and I can't call anyone."
STALE = ("where we are", "has had its time", "older button", "further up")
UNHEARD = ("can't hear or see", "are closed to me", "can't open")
TALK = """
flow: welcome
steps:
  hello:
    say: "Hello."
    choices:
      - {id: more, label: "More about this", to: more}
      - {id: "on", label: "Go on", to: word}
    skip: word
  more:
    say: ["First thing.", "Second thing."]
    to: word
  word: {say: "A word?", ask: word, to: thanks}
  thanks:
    say: "Thanks for {word}."
    choices: [{id: again, label: "Again", to: hello}]
    skip: hello
"""
WANDERING = (
    ("Go on", 1), ("Skip", 1), ("Again", 1), ("back", 1), ("less", 2), ("nonsense", 2), ("Again", 1), ("skip", 1),
)  # fmt: skip
TYPING = Pace(per_second=1e9, per_chat=0.0, typing=True, settle=0.05, patience=0.2)


@pytest.fixture
def talk(tmp_path):
    """Two questions and their answers."""
    return small(tmp_path, welcome=TALK)


async def begin(sam):
    """Say something and return the first question as it looks on the screen."""
    sam.says("hi there")
    (hello,) = await sam.hears(timeout=WITHIN)
    assert (hello.text, hello.labels) == ("Hello.", ["More about this", "Go on"])
    return hello


async def answered(server, sam, query):
    """Return once a press was answered: how many seconds that took."""
    await server.until(lambda: sam.answer_to(query) is not None, WITHIN)
    calls = server.calls("answerCallbackQuery")
    at = next(call.at for call in calls if call.params["callback_query_id"] == query)
    return at - sam.world.presses[query].at


def on_screen(sam, hello):
    bubble = next(bubble for bubble in sam.screen().bubbles if bubble.id == hello.id)
    return bubble.text, bubble.labels


def tappable(sam):
    return [bubble for bubble in sam.screen().bubbles if bubble.labels]


def data_of(bubble, at=0):
    return bubble.raw["reply_markup"]["inline_keyboard"][0][at]["callback_data"]


# --- questions --------------------------------------------------------------------------


async def test_a_tapped_question_shows_what_was_chosen_and_loses_its_buttons(server, bot, talk, way):
    """The press is answered at once, so that its clock stops turning."""
    async with bot.running(talk, way):
        sam = server.person(7)
        hello = await begin(sam)
        query = sam.taps("More about this")
        await sam.hears(3, timeout=WITHIN)
        await sam.sees("Hello.\n\n— More about this", timeout=WITHIN)
        took = await answered(server, sam, query)

    assert on_screen(sam, hello) == ("Hello.\n\n— More about this", [])
    assert took < 1.0


async def test_a_question_answered_by_typing_loses_its_buttons(server, bot, talk):
    """Its words stay as they were."""
    async with bot.running(talk):
        sam = server.person(7)
        hello = await begin(sam)
        sam.says("go on")
        await sam.hears(timeout=WITHIN)
        await server.until(lambda: server.calls("editMessageReplyMarkup"), WITHIN)

    assert on_screen(sam, hello) == ("Hello.", [])


async def test_at_most_one_question_can_be_tapped(server, bot, talk, way):
    """However it was answered, and wherever the talk went."""
    async with bot.running(talk, way):
        sam = server.person(7)
        await begin(sam)
        for given, bubbles in WANDERING:
            sam.taps(given) if given in sam.screen().labels else sam.says(given)
            await sam.hears(bubbles, timeout=WITHIN)
        await server.until(lambda: len(tappable(sam)) <= 1, WITHIN)

    assert tappable(sam) in ([], [sam.screen().last])


@pytest.mark.parametrize("reachable", [True, False])
async def test_an_old_button_gets_a_kind_answer_and_the_present_question(server, bot, talk, reachable):
    """Also where Telegram has forgotten what the message said."""
    async with bot.running(talk):
        sam = server.person(7)
        hello = await begin(sam)
        sam.says("go on")
        (before,) = await sam.hears(timeout=WITHIN)
        query = sam.presses(sam.chat.messages[hello.id], data_of(hello), reachable=reachable)
        kind, question = await sam.hears(2, timeout=WITHIN)
        await answered(server, sam, query)

    assert any(words in kind.text for words in STALE)
    assert (question.text, question.labels) == (before.text, before.labels)


@pytest.mark.parametrize("data", ["", "x", "0|welcome|hello|more|1", "1|nowhere|x|y|z", "1|||", "|" * 60])
async def test_a_button_that_is_not_ours_harms_nothing(server, bot, talk, data):
    """From another version of the bot, or made up."""
    async with bot.running(talk):
        sam = server.person(7)
        hello = await begin(sam)
        sam.presses(sam.chat.messages[hello.id], data)
        kind, question = await sam.hears(2, timeout=WITHIN)

    assert any(words in kind.text for words in STALE)
    assert question.labels == hello.labels


async def test_a_double_tap_makes_one_turn(server, bot, talk):
    """The second tap moves nothing on, however quick."""
    async with bot.running(talk):
        sam = server.person(7)
        hello = await begin(sam)
        shown = sam.chat.messages[hello.id]
        queries = [sam.presses(shown, data_of(hello)) for _ in range(2)]
        sam.says("a word of mine")
        await sam.sees("Thanks for a word of mine.", timeout=WITHIN)
        for query in queries:
            await answered(server, sam, query)

    told = [message["text"] for message in sam.chat.spoken]
    assert told.count("First thing.") == 1
    assert told.count("Thanks for a word of mine.") == 1


async def test_a_crowd_of_taps_makes_one_turn_each(server, bot, talk):
    """Fifty people, each tapping twice at the same moment."""
    people = [server.person(number) for number in range(50, 100)]
    async with bot.running(talk):
        hellos = await asyncio.gather(*(begin(person) for person in people))
        for person, hello in zip(people, hellos, strict=True):
            for _ in range(2):
                person.presses(person.chat.messages[hello.id], data_of(hello))
        await asyncio.gather(*(person.sees("A word?", timeout=WITHIN) for person in people))

    for person in people:
        assert [message["text"] for message in person.chat.spoken].count("First thing.") == 1


# --- the four words, and help -----------------------------------------------------------


async def test_four_words_stand_beneath_the_chat(server, bot, talk):
    """They come with the first bubble that has no buttons of its own, and stay."""
    async with bot.running(talk):
        sam = server.person(7)
        await begin(sam)
        sam.taps("More about this")
        await sam.sees("A word?", timeout=WITHIN)

    assert sam.screen().keyboard == (("Help now", "Less", "More", "Stop"),)


@pytest.mark.parametrize("words", ["Help now", "/now", "help", "SOS"])
async def test_help_comes_before_anything_else(server, bot, way, words):
    """As a stranger's first words, before consent: the card stands first."""
    async with bot.running(way=way):
        sam = server.person(7)
        sam.says(words)
        card, honest, *_ = await sam.hears(3, timeout=WITHIN)

    assert "findahelpline.com" in card.text
    assert honest.text.startswith(NO_ONE_READS[:60])


async def test_help_now_on_the_first_screen_gives_the_card_first(server, bot):
    """Tapped before anything was agreed to."""
    async with bot.running():
        sam = server.person(7)
        sam.says("/start")
        (hello,) = await sam.hears(timeout=WITHIN)
        assert "Help now" in hello.labels
        sam.taps("Help now")
        (card, *_) = await sam.hears(3, timeout=WITHIN)

    assert "findahelpline.com" in card.text


async def test_stop_on_the_keyboard_ends_the_talk(server, bot, talk):
    """One bubble, no question behind it, no button left."""
    async with bot.running(talk):
        sam = server.person(7)
        await begin(sam)
        sam.says("Stop")
        (bye,) = await sam.hears(timeout=WITHIN)
        await server.until(lambda: not sam.screen().labels, WITHIN)

    assert (bye.labels, sam.unheard) == ([], 0)


# --- what the bot can neither hear nor see ----------------------------------------------


@pytest.mark.parametrize("kind", ["voice", "photo", "video", "sticker", "video_note", "document"])
async def test_what_it_cannot_hear_or_see_is_answered_with_help_at_hand(server, bot, kind, talk):
    """And the question is put again."""
    async with bot.running(talk):
        sam = server.person(7)
        hello = await begin(sam)
        sam.sends(**getattr(updates, kind)(1))
        unheard, question = await sam.hears(2, timeout=WITHIN)

    assert any(words in unheard.text for words in UNHEARD)
    assert "/now" in unheard.text
    assert question.labels == hello.labels
    assert sam.screen().keyboard[0][0] == "Help now"


async def test_a_photo_comes_first_of_all(server, bot):
    """Someone's very first message may be one."""
    async with bot.running():
        sam = server.person(7)
        sam.sends_photo()
        (unheard,) = await sam.hears(timeout=WITHIN)

    assert "/now" in unheard.text


async def test_a_crisis_beneath_a_picture_is_a_crisis(server, bot):
    """The card comes at once, as it does for the same words alone."""
    async with bot.running():
        sam, ann = server.person(7), server.person(8)
        sam.sends_photo(caption=CRISIS)
        ann.says(CRISIS)
        said = [bubble.text for bubble in await sam.hears(3, timeout=WITHIN)]
        same = [bubble.text for bubble in await ann.hears(3, timeout=WITHIN)]

    assert any("findahelpline.com" in text for text in said)
    assert any("findahelpline.com" in text for text in same)


async def test_an_edit_is_answered_where_it_tells_of_danger(server, bot):
    """An ordinary correction is not answered twice."""
    async with bot.running():
        sam = server.person(7)
        message = sam.says("/start")
        await sam.hears(timeout=WITHIN)
        sam.edits(message, "a plain correction")
        sam.edits(message, CRISIS)
        said = [bubble.text for bubble in await sam.hears(3, timeout=WITHIN)]

    assert any("findahelpline.com" in text for text in said)


# --- manners ----------------------------------------------------------------------------


async def test_it_seems_to_type_before_a_pause(server, bot, talk):
    """The first bubble of a turn comes at once; each further one after "typing"."""
    async with bot.running(talk, pace=TYPING):
        sam = server.person(7)
        await begin(sam)
        sam.taps("More about this")
        await sam.hears(3, timeout=WITHIN)

    calls = [
        call.method for call in server.journal.calls if call.chat == 7 and call.method.startswith("send")
    ]
    assert calls == ["sendMessage"] * 2 + ["sendChatAction", "sendMessage"] * 2
    assert {call.params["action"] for call in server.calls("sendChatAction")} == {"typing"}


async def test_help_never_waits_for_typing(server, bot):
    """All of the card comes at once."""
    async with bot.running(pace=TYPING):
        sam = server.person(7)
        sam.says("help now")
        await sam.hears(3, timeout=WITHIN)

    assert server.calls("sendChatAction") == []


async def test_the_card_can_be_pinned(server, bot, way):
    """It then stands at the top of the chat, without a sound, readable when the server is down."""
    async with bot.running(way=way):
        sam = server.person(7)
        sam.says("help now")
        (card, *_) = await sam.hears(3, timeout=WITHIN)
        sam.says("skip")
        await sam.sees("Pin the numbers", timeout=WITHIN)
        sam.taps("Pin the numbers")
        await server.until(lambda: sam.screen().pins, WITHIN)

    (pinned,) = sam.screen().pins
    assert "findahelpline.com" in next(bubble.text for bubble in sam.screen().bubbles if bubble.id == pinned)
    assert "findahelpline.com" in card.text
    assert server.calls("pinChatMessage")[0].params["disable_notification"] is True
