"""The stand-in for Telegram keeps Telegram's rules, or no test that uses it is worth anything."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import telegram
from telegram.error import (
    BadRequest,
    InvalidToken,
)

from tests.fakes.botapi import FakeBotApi
from tests.fakes.calls import KEYS, SAM, call


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        running.person(SAM)
        yield running


@pytest.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(server.token, base_url=server.base_url) as running:
        yield running


# --- wrong calls are refused ------------------------------------------------------------


def said(**more: Any) -> dict[str, Any]:
    return {"chat_id": SAM, "text": "hello"} | more


def keys(*buttons: dict[str, Any] | str) -> dict[str, Any]:
    return said(reply_markup={"inline_keyboard": [list(buttons)]})


def commands(name: str, description: str = "Begin") -> dict[str, Any]:
    return {"commands": [{"command": name, "description": description}]}


WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    ("text of 4,097", "sendMessage", said(text="a" * 4097), "message is too long"),
    ("4,097 units of emoji", "sendMessage", said(text="\N{YELLOW HEART}" * 2049), "message is too long"),
    ("no text", "sendMessage", said(text=""), "message text is empty"),
    ("only blanks", "sendMessage", said(text=" \n\t "), "text must be non-empty"),
    ("text missing", "sendMessage", {"chat_id": SAM}, "sendMessage.text: Field required"),
    ("text of a wrong type", "sendMessage", said(text=5), "sendMessage.text: Input should be a valid string"),
    ("unknown field", "sendMessage", said(colour="red"), "sendMessage.colour: unknown field"),
    ("unknown field of a button", "sendMessage", keys({"text": "a", "callback_data": "b", "hint": 1}),
     "sendMessage.reply_markup.inline_keyboard.0.0.hint: unknown field"),
    ("chat nobody opened", "sendMessage", said(chat_id=99), "chat not found"),
    ("no chat", "sendMessage", said(chat_id=""), "chat_id is empty"),
    ("data of 65 bytes", "sendMessage", keys({"text": "a", "callback_data": "\N{YELLOW HEART}" * 16 + "x"}),
     "BUTTON_DATA_INVALID"),
    ("no data", "sendMessage", keys({"text": "a", "callback_data": ""}), "BUTTON_DATA_INVALID"),
    ("button without a label", "sendMessage", keys({"text": " ", "callback_data": "b"}), "must be non-empty"),
    ("button without an action", "sendMessage", keys({"text": "a"}), "Text buttons are unallowed"),
    ("button with two actions", "sendMessage", keys({"text": "a", "callback_data": "b", "url": "http://a.b"}),
     "exactly one action"),
    ("nine buttons in a row", "sendMessage", keys(*[{"text": "a", "callback_data": "b"}] * 9), "at most 8"),
    ("keyboard without buttons", "sendMessage", said(reply_markup={"keyboard": []}), "at least one button"),
    ("label of a keyboard empty", "sendMessage", said(reply_markup={"keyboard": [[{"text": ""}]]}),
     "must be non-empty"),
    ("placeholder too long", "sendMessage",
     said(reply_markup={"keyboard": [[{"text": "a"}]], "input_field_placeholder": "p" * 65}),
     "input_field_placeholder"),
    ("open tag", "sendMessage", said(text="<b>a", parse_mode="HTML"),
     "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
    ("bare <", "sendMessage", said(text="a < b", parse_mode="HTML"), "can't parse entities: Unsupported start tag"),
    ("bare dot", "sendMessage", said(text="a.", parse_mode="MarkdownV2"), "Character '.' is reserved"),
    ("unknown mode", "sendMessage", said(parse_mode="BBCode"), "unsupported parse_mode"),
    ("entity past the end", "sendMessage", said(entities=[{"type": "bold", "offset": 3, "length": 9}]),
     "ends after the end of the text"),
    ("entity inside an emoji", "sendMessage",
     said(text="\N{YELLOW HEART}", entities=[{"type": "bold", "offset": 1, "length": 1}]),
     "in a middle of a UTF-16 symbol"),
    ("entities and a mode", "sendMessage",
     said(parse_mode="HTML", entities=[{"type": "bold", "offset": 0, "length": 2}]), "exclude each other"),
    ("caption of 1,025", "sendPhoto", {"chat_id": SAM, "photo": "http://a.b/c", "caption": "a" * 1025},
     "message caption is too long"),
    ("file id nobody gave", "sendPhoto", {"chat_id": SAM, "photo": "AgAC"}, "wrong file identifier"),
    ("answer of 201", "answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201}, "MESSAGE_TOO_LONG"),
    ("unknown press", "answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
    ("capital in a command", "setMyCommands", commands("Start"), "BOT_COMMAND_INVALID"),
    ("slash in a command", "setMyCommands", commands("/start"), "BOT_COMMAND_INVALID"),
    ("command of 33", "setMyCommands", commands("a" * 33), "BOT_COMMAND_INVALID"),
    ("no description", "setMyCommands", commands("start", ""), "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("description of 257", "setMyCommands", commands("start", "a" * 257), "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("101 commands", "setMyCommands", {"commands": commands("a")["commands"] * 101}, "BOT_COMMANDS_TOO_MUCH"),
    ("bot described in 513", "setMyDescription", {"description": "a" * 513}, "BOT_DESCRIPTION_TOO_LONG"),
    ("bot described in 121", "setMyShortDescription", {"short_description": "a" * 121}, "SHORT_DESCRIPTION"),
    ("language of three letters", "setMyCommands", commands("a") | {"language_code": "eng"}, "LANG_CODE_INVALID"),
    ("unknown action", "sendChatAction", {"chat_id": SAM, "action": "humming"}, "wrong parameter action"),
    ("limit of 101", "getUpdates", {"limit": 101}, "limit must be 1-100"),
    ("poll of 51 s", "getUpdates", {"timeout": 51}, "timeout must be 0-50"),
    ("secret with a blank", "setWebhook", {"url": "http://127.0.0.1:9/", "secret_token": "a b"}, "unallowed"),
    ("webhook far away", "setWebhook", {"url": "https://example.com/"}, "bad webhook"),
    ("101 deletions", "deleteMessages", {"chat_id": SAM, "message_ids": [1] * 101}, "1-100 identifiers"),
    ("edit of nothing", "editMessageText", said(), "message identifier is not specified"),
    ("edit of a stranger", "editMessageText", said(message_id=999), "message to edit not found"),
    ("pin of a stranger", "pinChatMessage", {"chat_id": SAM, "message_id": 999}, "message to pin not found"),
    ("leaving a private chat", "leaveChat", {"chat_id": SAM}, "can't be changed in private chats"),
]  # fmt: skip
STATE = {  # refused by what the world is like, not by the shape of the call: no violation
    "chat nobody opened", "file id nobody gave", "unknown press", "webhook far away", "edit of a stranger",
    "pin of a stranger", "leaving a private chat",
}  # fmt: skip


@pytest.mark.parametrize(("why", "method", "params", "words"), WRONG, ids=[each[0] for each in WRONG])
async def test_wrong_calls_are_refused(
    server: FakeBotApi, why: str, method: str, params: dict[str, Any], words: str
) -> None:
    """A call that Telegram would refuse, or that breaks a documented limit, never passes here."""
    told = await call(server, method, **params)

    assert told["ok"] is False
    assert words in told["description"]
    assert told["description"].startswith("Bad Request: ")
    assert bool(server.violations) == (why not in STATE)


async def test_an_unknown_method_is_not_found(server: FakeBotApi) -> None:
    """What the Bot API does not have is a 404, and a violation."""
    told = await call(server, "sendHug", chat_id=SAM)

    assert told["error_code"] == 400
    assert "aiogram knows no such method" in server.violations[0].problem


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        pytest.param(
            b'{"chat_id":7,"text":"\\ud83d"}', "application/json", "request body", id="half an emoji"
        ),
        pytest.param(b'{"chat_id":7,', "application/json", "request body", id="broken JSON"),
        pytest.param(b"[1]", "application/json", "request JSON object", id="no object"),
        pytest.param(b"chat_id=7&text=%FF", "application/x-www-form-urlencoded", "UTF-8", id="no UTF-8"),
        pytest.param(
            b"chat_id=7&text=a&reply_markup={",
            "application/x-www-form-urlencoded",
            "reply markup",
            id="markup",
        ),
    ],
)
async def test_unreadable_bodies_are_refused(server: FakeBotApi, body: bytes, kind: str, words: str) -> None:
    """What cannot be read is a 400 and a violation, not a crash."""
    address = f"{server.base_url}{server.token}/sendMessage"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body, headers={"Content-Type": kind}) as answer,
    ):
        told = await answer.json()

    assert (answer.status, words in told["description"]) == (400, True)
    assert len(server.violations) == 1


# --- right calls pass -------------------------------------------------------------------


async def test_correct_calls_of_python_telegram_bot_pass(server: FakeBotApi, bot: telegram.Bot) -> None:
    """Everything that Befriend does by python-telegram-bot 22.8 is taken, and its answers are read."""
    row = [telegram.InlineKeyboardButton("Yes", callback_data="y" * 64)]
    menu = telegram.ReplyKeyboardMarkup([["Help now", "Stop"]], is_persistent=True, resize_keyboard=True)
    sam = server.person(SAM)

    sent = await bot.send_message(SAM, "a" * 4096, reply_markup=telegram.InlineKeyboardMarkup([row]))
    await bot.send_message(SAM, "<b>hi</b> &lt;3", parse_mode="HTML", reply_markup=menu, protect_content=True)
    await bot.edit_message_text(
        "changed", SAM, sent.message_id, reply_markup=telegram.InlineKeyboardMarkup([row])
    )
    query = sam.taps("Yes")
    await bot.answer_callback_query(query, text="a" * 200)
    await bot.edit_message_reply_markup(SAM, sent.message_id, reply_markup=None)
    await bot.send_chat_action(SAM, "typing")
    await bot.pin_chat_message(SAM, sent.message_id, disable_notification=True)
    picture = await bot.send_photo(SAM, b"\x89PNG", caption="<i>c</i>", parse_mode="HTML")
    await bot.send_photo(SAM, picture.photo[-1].file_id)
    await bot.send_animation(
        SAM, b"GIF89a", caption="breathe", reply_markup=telegram.InlineKeyboardMarkup([row])
    )
    await bot.send_document(SAM, b"{}", filename="mine.json")
    await bot.delete_message(SAM, sent.message_id)
    await bot.delete_messages(SAM, [picture.message_id, 12345])
    await bot.set_my_commands([telegram.BotCommand("start", "Begin")], language_code="de")
    await bot.set_my_description("d" * 512)
    await bot.set_my_short_description("s" * 120)

    assert server.violations == []
    assert (await bot.get_my_commands(language_code="de"))[0].command == "start"
    assert (await bot.get_my_description()).description == "d" * 512
    assert (await bot.get_me()).username == server.world.username
    assert sam.screen().keyboard == (("Help now", "Stop"),)
    assert sam.answer_to(query) == {"text": "a" * 200}


@pytest.mark.parametrize("kind", ["json", "form", "multipart"])
async def test_all_encodings_mean_the_same(server: FakeBotApi, kind: str) -> None:
    """JSON, form and multipart bodies are read alike."""
    params = {"chat_id": "7", "text": "ä\n", "reply_markup": json.dumps(KEYS), "protect_content": "true"}
    form = aiohttp.FormData(params, default_to_multipart=kind == "multipart")
    body: dict[str, Any] = {"json": said(text="ä\n", reply_markup=KEYS)} if kind == "json" else {"data": form}
    address = f"{server.base_url}{server.token}/sendMessage"
    async with aiohttp.ClientSession() as session, session.post(address, **body) as answer:
        assert answer.status == 200, await answer.text()

    assert server.person(SAM).screen().last.labels == ["Yes", "No"]
    assert server.person(SAM).screen().last.text == "ä"


async def test_a_text_is_kept_as_telegram_shows_it(server: FakeBotApi) -> None:
    """Markup becomes entities, blanks at the ends go, control characters become blanks, links are found."""
    told = await call(
        server, "sendMessage", **said(text="  <b>a\x00\U0001f49b</b> x.org ", parse_mode="HTML")
    )

    assert told["result"]["text"] == "a \U0001f49b x.org"
    assert told["result"]["entities"] == [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "url", "offset": 5, "length": 5},
    ]


async def test_an_edit_that_changes_nothing_is_refused(server: FakeBotApi, bot: telegram.Bot) -> None:
    """The same text with the same buttons is an error on Telegram."""
    sent = await bot.send_message(SAM, "same")

    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("same", SAM, sent.message_id)


async def test_a_press_is_answered_once(server: FakeBotApi, bot: telegram.Bot) -> None:
    """The second answer to one press is refused."""
    sam = server.person(SAM)
    await bot.send_message(SAM, "?", reply_markup=KEYS)  # type: ignore[arg-type]  # plain JSON passes through
    query = sam.taps("No")
    await bot.answer_callback_query(query)

    with pytest.raises(BadRequest, match="query id is invalid"):
        await bot.answer_callback_query(query)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/bot1:wrong/getMe", 401), ("/botnonsense/getMe", 404), ("/bot/getMe", 404), ("/", 404)],
)
async def test_a_wrong_token_is_refused(server: FakeBotApi, path: str, status: int) -> None:
    """A token of the right shape is 401, anything else 404."""
    async with aiohttp.ClientSession() as session, session.get(server.url + path) as answer:
        assert answer.status == status


async def test_a_client_with_a_wrong_token_stops(server: FakeBotApi) -> None:
    """python-telegram-bot reads both answers as a wrong token."""
    for token in ("1:wrong", "nonsense"):
        with pytest.raises(InvalidToken):
            async with telegram.Bot(token, base_url=server.base_url):
                pass
    assert server.strangers == 1
