"""Buttons, the four words at hand, and what the bot can neither hear nor see, over real HTTP."""

import pytest

from bot.model import Pace
from tests.fakes import updates
from tests.serving import WITHIN

pytest_plugins = ["tests.fixtures"]

HELLO = "I'm a program. My messages are written in advance. I'm not for emergencies."
CRISIS = "I want to kill myself tonight"
NO_ONE_READS = "I am a program. No one reads this now and I can't call anyone."
STALE = "where we are|has had its time|older button|further up"
UNHEARD = "can't hear or see|are closed to me|can't open"
TYPING = Pace(per_second=1e9, per_chat=0.0, typing=True, settle=0.05, patience=0.2)


async def begin(sam):
    """Say /start and return the first question as it looks on the screen."""
    sam.says("/start")
    (hello,) = await sam.hears(timeout=WITHIN)
    assert (hello.text, hello.labels) == (HELLO, ["I'm hurting now", "Tell me more", "Help now"])
    return hello


async def answered(server, sam, query):
    """Return once a press was answered, and how long that took."""
    await server.until(lambda: sam.answer_to(query) is not None, WITHIN)
    pressed = sam.world.presses[query].at
    return next(call.at for call in server.calls("answerCallbackQuery")
                if call.params["callback_query_id"] == query) - pressed  # fmt: skip


def buttons_left(sam):
    """Return which messages still have buttons."""
    return [bubble.text for bubble in sam.screen().bubbles if bubble.labels]


# --- questions --------------------------------------------------------------------------


async def test_a_tapped_question_shows_what_was_chosen_and_loses_its_buttons(server, bot, way):
    """The press is answered at once, so that its clock stops turning."""
    async with bot.running(way=way):
        sam = server.person(7)
        hello = await begin(sam)
        query = sam.taps("Tell me more")
        await sam.hears(1, timeout=WITHIN)
        screen = await sam.sees(f"{HELLO}\n\n— Tell me more", timeout=WITHIN)
        took = await answered(server, sam, query)

    closed = next(bubble for bubble in screen.bubbles if bubble.id == hello.id)
    assert (closed.text, closed.labels) == (f"{HELLO}\n\n— Tell me more", [])
    assert took < 1.0


async def test_a_question_answered_by_typing_loses_its_buttons(server, bot):
    """Its words stay as they were."""
    async with bot.running():
        sam = server.person(7)
        hello = await begin(sam)
        sam.says("tell me more")
        await sam.hears(timeout=WITHIN)
        await server.until(lambda: server.calls("editMessageReplyMarkup"), WITHIN)

    closed = next(bubble for bubble in sam.screen().bubbles if bubble.id == hello.id)
    assert (closed.text, closed.labels) == (HELLO, [])


async def test_at_most_one_question_has_buttons(server, bot):
    """After a whole talk only the last one can be tapped."""
    async with bot.running():
        sam = server.person(7)
        await begin(sam)
        for label in ("Tell me more", "Yes, that's fine", "Yes"):
            while label not in sam.screen().last.labels:
                await sam.hears(timeout=WITHIN)
            sam.taps(label)
        await sam.hears(timeout=WITHIN)
        await server.until(lambda: len(buttons_left(sam)) <= 1, WITHIN)

    assert len(buttons_left(sam)) <= 1


@pytest.mark.parametrize("reachable", [True, False])
async def test_an_old_button_gets_a_kind_answer_and_the_present_question(server, bot, reachable):
    """Also where Telegram has forgotten what the message said."""
    async with bot.running():
        sam = server.person(7)
        hello = await begin(sam)
        data = hello.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        sam.says("tell me more")
        await sam.sees("Is that all right?", timeout=WITHIN)
        before = sam.screen().last
        sam._heard = len(sam.chat.spoken)
        query = sam.presses(sam.chat.messages[hello.id], data, reachable=reachable)
        kind, question = await sam.hears(2, timeout=WITHIN)
        await answered(server, sam, query)

    assert any(words in kind.text for words in STALE.split("|"))
    assert (question.text, question.labels) == (before.text, before.labels)


@pytest.mark.parametrize("data", ["", "x", "0|welcome|hello|help|1", "1|nowhere|x|y|z", "1|||", "|" * 60])
async def test_a_button_that_is_not_ours_harms_nothing(server, bot, data):
    """From another version of the bot, or made up."""
    async with bot.running():
        sam = server.person(7)
        hello = await begin(sam)
        sam.presses(sam.chat.messages[hello.id], data)
        kind, question = await sam.hears(2, timeout=WITHIN)

    assert any(words in kind.text for words in STALE.split("|"))
    assert question.labels == hello.labels


async def test_a_double_tap_makes_one_turn(server, bot):
    """The second tap moves nothing on."""
    async with bot.running():
        sam = server.person(7)
        hello = await begin(sam)
        data = hello.raw["reply_markup"]["inline_keyboard"][0][1]["callback_data"]
        shown = sam.chat.messages[hello.id]
        queries = [sam.presses(shown, data), sam.presses(shown, data)]
        sam.says("yes")  # to the question that the first tap led to
        await sam.sees("18 or older", timeout=WITHIN)
        for query in queries:
            await answered(server, sam, query)

    told = [message["text"] for message in sam.chat.spoken]
    assert sum("hard on yourself" in text for text in told) == 1
    assert bot.rows("SELECT count(*) FROM outbox WHERE state = 'waiting'") == [(0,)]


# --- the four words, and help -----------------------------------------------------------


async def test_four_words_stand_beneath_the_chat(server, bot):
    """They come with the first bubble that has no buttons of its own, and stay."""
    async with bot.running():
        sam = server.person(7)
        await begin(sam)
        sam.says("tell me more")
        await sam.sees("Is that all right?", timeout=WITHIN)

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
    """Tapped before consent; the card is not counted as stored answers."""
    async with bot.running():
        sam = server.person(7)
        await begin(sam)
        sam.taps("Help now")
        (card, *_) = await sam.hears(3, timeout=WITHIN)

    assert "findahelpline.com" in card.text


async def test_stop_on_the_keyboard_ends_the_talk(server, bot):
    """One bubble, no question behind it."""
    async with bot.running():
        sam = server.person(7)
        await begin(sam)
        sam.says("Stop")
        (bye,) = await sam.hears(timeout=WITHIN)
        await server.until(lambda: not buttons_left(sam), WITHIN)

    assert (bye.labels, sam.unheard) == ([], 0)


# --- what the bot can neither hear nor see ----------------------------------------------


@pytest.mark.parametrize("kind", ["voice", "photo", "video", "sticker", "video_note", "document"])
async def test_what_it_cannot_hear_or_see_is_answered_with_help_at_hand(server, bot, kind):
    """And the question is put again."""
    async with bot.running():
        sam = server.person(7)
        hello = await begin(sam)
        sam.sends(**getattr(updates, kind)(1))
        unheard, question = await sam.hears(2, timeout=WITHIN)

    assert any(words in unheard.text for words in UNHEARD.split("|"))
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
    """The card comes first, as it does for the same words alone."""
    async with bot.running():
        sam, ann = server.person(7), server.person(8)
        sam.sends_photo(caption=CRISIS)
        ann.says(CRISIS)
        (card, *_) = await sam.hears(2, timeout=WITHIN)
        (same, *_) = await ann.hears(2, timeout=WITHIN)

    assert "findahelpline.com" in card.text
    assert card.text == same.text


async def test_an_edit_is_answered_where_it_tells_of_danger(server, bot):
    """An ordinary correction is not answered twice."""
    async with bot.running():
        sam = server.person(7)
        message = sam.says("/start")
        (hello,) = await sam.hears(timeout=WITHIN)
        sam.edits(message, "a plain correction")
        sam.edits(message, CRISIS)
        (card, *_) = await sam.hears(2, timeout=WITHIN)

    assert hello.text == HELLO
    assert "findahelpline.com" in card.text


# --- manners ----------------------------------------------------------------------------


async def test_it_seems_to_type_before_a_pause_and_never_before_help(server, bot):
    """The second bubble of a turn comes after "typing"; the first and the card come at once."""
    async with bot.running(pace=TYPING):
        sam, ann = server.person(7), server.person(8)
        ann.says("help now")
        await begin(sam)
        sam.says("tell me more")
        await sam.hears(3, timeout=WITHIN)
        await ann.hears(3, timeout=WITHIN)

    calls = [call.method for call in server.journal.calls if call.chat == 7 and call.method.startswith("send")]
    assert calls[:2] == ["sendMessage", "sendMessage"]
    assert calls[2:] == ["sendChatAction", "sendMessage"] * 2
    assert {call.params["action"] for call in server.calls("sendChatAction")} == {"typing"}
    assert server.calls("sendChatAction", chat=8) == []
