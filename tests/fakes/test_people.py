"""People on the other side do what people do, and two libraries believe it."""

import json

import aiohttp
import pytest
import telegram
from telegram.error import (
    Forbidden,
)

from tests.fakes import schema, updates
from tests.fakes.botapi import FakeBotApi
from tests.fakes.calls import KEYS, SAM, call


def every_kind(server: FakeBotApi) -> None:
    """Let people do everything they can."""
    sam = server.person(SAM)
    server.world.speak(sam.chat, {"text": "?", "reply_markup": KEYS}, "?")
    message = sam.says("/start deep")
    sam.says("hi \U0001f49b")
    sam.edits(message, "changed")
    sam.taps("Yes")
    sam.sends_voice()
    sam.sends_photo("with words")
    sam.sends_sticker()
    sam.sends_video()
    for content in (updates.video_note(1), updates.document(2), updates.location(), updates.contact()):
        sam.sends(**content)
    sam.sends(poll=updates.poll())
    sam.blocks()
    sam.unblocks()
    group = server.person(-100_000_000_0009, user_id=SAM)
    group.adds_bot()
    group.says("in a group")
    group.removes_bot()
    for kind, body in updates.others(sam.chat.header, sam.user, server.world.bot).items():
        server.inject({kind: body})


async def test_both_libraries_read_every_update(server: FakeBotApi) -> None:
    """python-telegram-bot and aiogram agree that our updates are Telegram's."""
    every_kind(server)

    fetched = (await call(server, "getUpdates"))["result"]

    assert len(fetched) == server.updates.pending > 25
    for update in fetched:
        (kind,) = set(update) - {"update_id"}
        ours = telegram.Update.de_json(update, None)
        assert getattr(ours, kind) is not None
        assert getattr(schema.read_update(update), kind) is not None
        assert not _strange_to(ours)


def _strange_to(value: telegram.TelegramObject) -> list[str]:
    """Return fields that python-telegram-bot does not know."""
    names = [
        name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()) if name[0] != "_"
    ]
    inner = [getattr(value, name) for name in names]
    parts = [each for one in inner for each in (one if isinstance(one, tuple) else [one])]
    found = [_strange_to(each) for each in parts if isinstance(each, telegram.TelegramObject)]
    return [*value.api_kwargs, *(name for names in found for name in names)]


async def test_a_press_brings_the_whole_message(server: FakeBotApi, bot: telegram.Bot) -> None:
    """The bot learns what the question was and which buttons it had."""
    await bot.send_message(SAM, "Really?", reply_markup=KEYS)  # type: ignore[arg-type]  # plain JSON
    server.person(SAM).taps("No")

    (update,) = await bot.get_updates()
    assert update.callback_query.data == "n"
    assert update.callback_query.message.text == "Really?"
    assert update.callback_query.message.reply_markup.to_dict() == KEYS


async def test_a_press_may_come_from_a_message_out_of_reach(server: FakeBotApi, bot: telegram.Bot) -> None:
    """Telegram does not always send the message along: date 0 marks one that cannot be read.

    python-telegram-bot 22.8 makes an empty Message of it, not an InaccessibleMessage.
    """
    server.person(SAM).presses({"message_id": 5}, "old", reachable=False)

    (update,) = await bot.get_updates()
    assert update.callback_query.message.text is None
    assert update.callback_query.message.date.timestamp() == 0


async def test_a_screen_shows_what_is_there_now(server: FakeBotApi, bot: telegram.Bot) -> None:
    """Edits, deletions, pins and keyboards are seen as a person sees them."""
    sam = server.person(SAM)
    sam.says("hello")
    question = await bot.send_message(SAM, "How are you?", reply_markup=KEYS)  # type: ignore[arg-type]
    gone = await bot.send_message(SAM, "wrong")
    await bot.send_message(SAM, "menu", reply_markup=telegram.ReplyKeyboardMarkup([["Help now"]]))
    before = str(sam.screen())
    await bot.edit_message_text("How are you? Yes", SAM, question.message_id)
    await bot.delete_message(SAM, gone.message_id)
    await bot.pin_chat_message(SAM, question.message_id)

    assert before.startswith("you: hello\nbot: How are you?\n     [Yes] [No]\nbot: wrong")
    assert [each.text for each in sam.screen().bubbles[:3]] == ["hello", "How are you? Yes", "menu"]
    assert sam.screen().labels == []
    assert sam.screen().pins == (question.message_id,)
    assert sam.screen().deleted == (gone.message_id,)
    assert [each.text for each in await sam.hears(3)] == ["How are you?", "wrong", "menu"]
    assert sam.taps("Help now") == ""
    assert sam.screen().last.text == "Help now"
    with pytest.raises(LookupError, match="no button"):
        sam.taps("Yes")


async def test_who_blocks_is_not_written_to(server: FakeBotApi, bot: telegram.Bot) -> None:
    """A blocked bot gets 403 until it is unblocked."""
    sam = server.person(SAM)
    sam.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(SAM, "hello?")
    sam.unblocks()
    await bot.send_message(SAM, "hello")

    statuses = [each.my_chat_member.new_chat_member.status for each in await bot.get_updates()]
    assert statuses == ["kicked", "member"]


async def test_a_group_can_be_left(server: FakeBotApi, bot: telegram.Bot) -> None:
    """After leaving, the bot may not write there."""
    group = server.person(-55, user_id=SAM)
    group.adds_bot()
    await bot.leave_chat(-55)

    with pytest.raises(Forbidden, match="bot is not a member"):
        await bot.send_message(-55, "hello")


async def test_silence_times_out(server: FakeBotApi) -> None:
    """Who waits for words that never come is told so."""
    with pytest.raises(TimeoutError, match="0 unheard"):
        await server.person(SAM).hears(timeout=0.01)


async def test_text_passes_exactly(server: FakeBotApi) -> None:
    """What a person types reaches the bot as it is, also what no keyboard can type."""
    odd = "\x00 \u202e\u200b<b>*_[`\ud83d " + "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    server.person(SAM).says(odd)

    address = f"{server.base_url}{server.token}/getUpdates"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        told = json.loads(await answer.read())
    assert told["result"][0]["message"]["text"] == odd


async def test_mutants_break_readers(server: FakeBotApi) -> None:
    """Poison updates of every sort can be made from a good one, and some stop python-telegram-bot."""
    every_kind(server)
    good = (await call(server, "getUpdates"))["result"]
    press = next(each for each in good if "callback_query" in each)

    mutants = [mutant for update in good for mutant in updates.mutants(update)]
    broken = dict(updates.mutants(press))

    assert len(mutants) > 2000
    with pytest.raises(TypeError):
        telegram.Update.de_json(broken["callback_query.chat_instance missing"], None)
    number = server.inject(broken["callback_query.chat_instance missing"])
    assert number == press["update_id"]
