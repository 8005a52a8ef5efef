"""The stand-in for Telegram keeps Telegram's rules, or no test that uses it is worth anything."""

import asyncio
import json
import random
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import telegram
from aiohttp import web
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.fakes import faults, schema, updates
from tests.fakes.botapi import FakeBotApi
from tests.fakes.faults import Fault

SAM = 7
KEYS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]}


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        running.person(SAM)
        yield running


@pytest.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(server.token, base_url=server.base_url) as running:
        yield running


async def call(server: FakeBotApi, method: str, **params: Any) -> dict[str, Any]:
    """Call with a JSON body, as no client library would let us."""
    address = f"{server.base_url}{server.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(address, json=params) as answer:
        told: dict[str, Any] = await answer.json()
        assert answer.status == told.get("error_code", 200)
        return told


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
     said(reply_markup={"keyboard": [[{"text": "a"}]], "input_field_placeholder": "p" * 65}), "input_field_placeholder"),
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


# --- fetching updates -------------------------------------------------------------------


async def test_only_a_higher_offset_confirms(server: FakeBotApi) -> None:
    """What was fetched comes again until a higher offset is asked for."""
    for text in "abc":
        server.person(SAM).says(text)

    async def fetch(**params: Any) -> list[int]:
        return [each["update_id"] for each in (await call(server, "getUpdates", **params))["result"]]

    first, second, third = await fetch()
    assert await fetch(limit=2) == [first, second]
    assert await fetch(offset=first) == [first, second, third]
    assert await fetch(offset=second) == [second, third]
    assert await fetch(offset=-1) == [third]
    assert await fetch() == [third]
    assert await fetch(offset=third + 1) == []
    assert server.updates.confirmed == 3


async def test_a_long_poll_wakes_with_the_update(server: FakeBotApi) -> None:
    """Nobody waits for the timeout once something has come."""
    waiting = asyncio.create_task(call(server, "getUpdates", timeout=50))
    await server.until(lambda: server.updates.polls)
    server.person(SAM).says("hi")

    async with asyncio.timeout(2):
        assert (await waiting)["result"][0]["message"]["text"] == "hi"


async def test_a_second_poller_ends_the_first(server: FakeBotApi, bot: telegram.Bot) -> None:
    """Two bots with one token: the earlier one is told so."""
    first = asyncio.create_task(bot.get_updates(timeout=50))
    await server.until(lambda: server.updates.polls)
    await call(server, "getUpdates")

    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await first


async def test_only_wanted_updates_come(server: FakeBotApi) -> None:
    """``allowed_updates`` is kept from call to call; rare kinds come on request only."""
    sam = server.person(SAM)
    await call(server, "getUpdates", allowed_updates=["message"])
    sam.blocks()
    sam.unblocks()
    sam.says("hi")

    (only,) = (await call(server, "getUpdates"))["result"]
    assert "message" in only


async def test_a_hasty_poller_is_slowed_down_where_asked(server: FakeBotApi) -> None:
    """On the official server the same offset again at once brings one update only."""
    server.updates.strict = True
    for text in "abc":
        server.person(SAM).says(text)

    sizes = [len((await call(server, "getUpdates"))["result"]) for _ in range(2)]
    assert sizes == [3, 1]


async def test_updates_misbehave_on_request(server: FakeBotApi) -> None:
    """Copies, another order, and a whole batch again after it was confirmed."""
    sam = server.person(SAM)
    first = [sam.says(str(n)) and server.updates.next_id - 1 for n in range(5)]
    server.updates.copies, server.updates.shuffle = 2, random.Random(1)

    mixed = [each["update_id"] for each in (await call(server, "getUpdates"))["result"]]
    server.updates.copies, server.updates.shuffle = 1, None
    server.updates.replay()
    again = [each["update_id"] for each in (await call(server, "getUpdates", offset=first[-1] + 1))["result"]]
    after = (await call(server, "getUpdates", offset=first[-1] + 1))["result"]

    assert sorted(mixed) == sorted(first * 2)
    assert mixed != sorted(mixed)
    assert (again, after) == (first, [])


# --- webhooks ---------------------------------------------------------------------------


class Door:
    """A bot's own address: remembers what came, and answers as told."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.answers: list[web.Response] = []

    async def open(self) -> str:
        self.runner = web.ServerRunner(web.Server(self._take), shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/hook"

    async def _take(self, request: web.BaseRequest) -> web.Response:
        self.seen.append(json.loads(await request.read()))
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return self.answers.pop(0) if self.answers else web.Response()

    @property
    def texts(self) -> list[str]:
        return [each["message"]["text"] for each in self.seen]


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    here = Door()
    here.address = await here.open()
    yield here
    await here.runner.cleanup()


async def test_a_webhook_gets_each_chat_in_order_until_it_agrees(server: FakeBotApi, door: Door) -> None:
    """An update is repeated until 2xx; the next of its chat waits for it; the secret comes along."""
    server.updates.backoff = 0.01
    door.answers = [web.Response(status=500), web.Response(status=503, headers={"Retry-After": "1"})]
    sam = server.person(SAM)
    sam.says("before")

    told = await call(server, "setWebhook", url=door.address, secret_token="s3cret")
    sam.says("after")
    await server.until(lambda: server.updates.confirmed == 2)

    assert told["ok"]
    assert door.texts == ["before", "before", "before", "after"]
    assert door.secrets == {"s3cret"}
    assert server.updates.webhook.last_error[1].startswith("Wrong response from the webhook: 503")


async def test_one_failing_chat_does_not_hold_up_another(server: FakeBotApi, door: Door) -> None:
    """Each chat has its own queue, and presses have one by user."""
    door.answers = [web.Response(status=500)] * 1
    server.updates.backoff = 30.0
    await call(server, "setWebhook", url=door.address)
    server.person(SAM).says("stuck")
    await server.until(lambda: server.updates.webhook.tries)
    server.person(8).says("free")
    await server.until(lambda: server.updates.confirmed == 1)

    assert door.texts == ["stuck", "free"]
    assert (await call(server, "getUpdates"))["error_code"] == 409
    info = (await call(server, "getWebhookInfo"))["result"]
    assert (info["url"], info["pending_update_count"]) == (door.address, 1)
    await call(server, "deleteWebhook")
    assert (await call(server, "getUpdates"))["result"][0]["message"]["text"] == "stuck"


async def test_a_call_in_a_webhooks_answer_is_carried_out(server: FakeBotApi, door: Door) -> None:
    """A bot may answer a push with one call; nobody hears how it went."""
    door.answers = [web.json_response({"method": "sendMessage", "chat_id": SAM, "text": "inside"})]
    await call(server, "setWebhook", url=door.address)
    sam = server.person(SAM)
    sam.says("hi")

    assert [each.text for each in await sam.hears()] == ["inside"]


# --- faults -----------------------------------------------------------------------------

FAULTS: list[tuple[Fault, type[Exception], int]] = [
    (faults.too_many(3), RetryAfter, 0),
    (faults.too_many(None), NetworkError, 0),
    (faults.server_error(), NetworkError, 0),
    (faults.gateway(), NetworkError, 0),
    (faults.cut_before(), NetworkError, 0),
    (faults.cut_after(), NetworkError, 1),
    (faults.hang(), TimedOut, 0),
    (faults.hang(works=True), TimedOut, 1),
    (faults.garbage(), TelegramError, 1),
    (faults.not_ok(), KeyError, 0),
    (faults.no_result(), KeyError, 1),
    (faults.wrong_type(), AttributeError, 1),
    (faults.blocked(), Forbidden, 0),
    (faults.deactivated(), Forbidden, 0),
    (faults.not_modified(), BadRequest, 0),
    (faults.unparsable(), BadRequest, 0),
    (faults.other_poller(), Conflict, 0),
    (faults.unauthorized(), InvalidToken, 0),
]


@pytest.mark.parametrize(
    ("fault", "error", "done"), FAULTS, ids=[f"{n} {f.name}" for n, (f, _, _) in enumerate(FAULTS)]
)
async def test_faults_are_what_a_client_sees(
    server: FakeBotApi,
    bot: telegram.Bot,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    error: type[Exception],
    done: int,
) -> None:
    """Each fault comes once, as python-telegram-bot is known to see it; then all is well."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else RetryAfter warns of its own future
    server.faults.add("sendMessage", fault)

    with pytest.raises(error):
        await bot.send_message(SAM, "one", read_timeout=0.2)
    before = server.journal.sends
    fault.release()
    await bot.send_message(SAM, "two")

    assert before == done
    assert server.journal.sent[SAM] == {"two": 1} | ({"one": 1} if done else {})


async def test_a_rule_holds_until_stopped(server: FakeBotApi, bot: telegram.Bot) -> None:
    """One chat may be refused as long as a test likes, and no other."""
    server.faults.always("sendMessage", faults.blocked, chat=SAM)
    server.person(8)

    for _ in range(2):
        with pytest.raises(Forbidden):
            await bot.send_message(SAM, "no")
    await bot.send_message(8, "yes")
    server.faults.stop()
    await bot.send_message(SAM, "yes")


async def test_an_outage_forgets_nothing(server: FakeBotApi, bot: telegram.Bot) -> None:
    """While the server is down nothing connects; after it, all is as before at the same address."""
    server.person(SAM).says("wait for me")
    await server.down()
    with pytest.raises(NetworkError):
        await bot.get_updates()
    await server.up()

    assert (await bot.get_updates())[0].message.text == "wait for me"


# --- people -----------------------------------------------------------------------------


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


# --- a process of its own ---------------------------------------------------------------


async def test_a_process_without_checks_imports_no_oracle() -> None:
    """A harness does not pay for aiogram, which takes five seconds to import."""
    code = (
        "import sys, tests.fakes.botapi, tests.fakes.process;"
        "print({'aiogram', 'pydantic', 'tdjson', 'telegram'} & set(sys.modules))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert (await process.communicate())[0] == b"set()\n"


async def test_it_runs_as_a_process_and_tells_its_state() -> None:
    """The harness starts it, plays a dialog into it, and reads what was sent to whom."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.botapi", "--generate", "4", "--chats", "2", "--text", "n{n}",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    place = json.loads(await process.stdout.readline())
    dialog = {"chat_id": 5, "steps": ["/start", {"tap": "Yes"}]}

    async with telegram.Bot(place["token"], base_url=place["url"] + "/bot") as bot:
        async with aiohttp.ClientSession() as session:
            await session.post(place["url"] + "/_inject", data=json.dumps(dialog))
            for number in (1, 2):
                await bot.send_message(5, f"reply {number}", reply_markup=KEYS)  # type: ignore[arg-type]
            async with session.get(place["url"] + "/_wait?finished=1&order=1&timeout=5") as answer:
                state = await answer.json()
        fetched = [each async for each in _texts_of(bot)]
    process.send_signal(signal.SIGTERM)

    assert fetched == ["n0", "n1", "n2", "n3", "/start", "y"]
    assert state["sent"] == {"5": {"reply 1": 1, "reply 2": 1}}
    assert state["order"]["5"] == ["reply 1", "reply 2"]
    assert (state["scenario"]["finished"], state["scenario"]["injected"]) == (1, 6)
    assert await process.wait() == 0


async def _texts_of(bot: telegram.Bot) -> AsyncIterator[str]:
    for update in await bot.get_updates():
        yield update.message.text if update.message else update.callback_query.data
