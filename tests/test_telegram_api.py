"""Telegram over real HTTP: what each answer means, what is confirmed when, and what is never shown."""

import asyncio
import io
import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot import logs
from bot.channels.telegram.api import Api, Conflict, TokenRejected
from bot.channels.telegram.parse import parse
from bot.channels.telegram.reader import KINDS, Intake, Reader
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.webhook import LARGEST, PATH, SECRET, Webhook
from bot.model import Outbound, Pending
from bot.ports import Gone, NotSent, Refused, SendError, TooFast, Tx, Unclear
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from tests.fakes import faults, updates
from tests.fakes.botapi import FakeBotApi
from tests.fakes.errors import bad_request

HOOK_SECRET = "a-secret-of-the-webhook"
HELLO = {"chat_id": 7, "text": "hello"}


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(validate=False) as server:
        yield server


@pytest.fixture
async def strict() -> AsyncIterator[FakeBotApi]:
    """A server that checks every call against the model of the Bot API and its limits."""
    async with FakeBotApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that the bot would log, at the lowest level."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook)
    logs.configure("DEBUG", stream)
    yield stream
    root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook = before
    logging.captureWarnings(False)


@asynccontextmanager
async def calling(server: FakeBotApi, patience: float = 30.0, token: str = "") -> AsyncIterator[Api]:
    api = Api(token or server.token, server.url, patience=patience)
    try:
        yield api
    finally:
        await api.shutdown()


# --- what an answer means -------------------------------------------------------------------

ANSWERS = [
    pytest.param(faults.too_many(7), TooFast, id="429"),
    pytest.param(faults.too_many(None), TooFast, id="429 without a time"),
    pytest.param(faults.server_error(), NotSent, id="500 with JSON"),
    pytest.param(faults.gateway(), Unclear, id="502 from a proxy"),
    pytest.param(faults.cut_before(), Unclear, id="connection lost, not done"),
    pytest.param(faults.cut_after(), Unclear, id="connection lost, done"),
    pytest.param(faults.garbage(), Unclear, id="garbage"),
    pytest.param(faults.not_ok(), Unclear, id="not ok, no code"),
    pytest.param(faults.blocked(), Gone, id="blocked"),
    pytest.param(faults.deactivated(), Gone, id="deactivated"),
    pytest.param(faults.refused(bad_request("chat not found")), Gone, id="chat not found"),
    pytest.param(faults.unparsable(), Refused, id="markup"),
    pytest.param(faults.refused(bad_request("message to edit not found")), Refused, id="nothing to edit"),
    pytest.param(faults.refused(bad_request("query is too old")), Refused, id="an old press"),
    pytest.param(faults.other_poller(), Conflict, id="another poller"),
    pytest.param(faults.unauthorized(), TokenRejected, id="token"),
]


@pytest.mark.parametrize(("fault", "error"), ANSWERS)
async def test_each_wrong_answer_means_one_thing(server, fault, error):
    """The outbox knows what to do from the kind of error alone, and no error tells a text or a token."""
    server.faults.add("sendMessage", fault)

    async with calling(server) as api:
        with pytest.raises(SendError) as caught:
            await api.call("sendMessage", HELLO)

    assert type(caught.value) is error
    assert server.token not in "".join(traceback.format_exception(caught.value))
    assert "hello" not in str(caught.value)


async def test_the_time_that_telegram_asks_for_is_told(server):
    """Without one the wait grows, until a call succeeds."""
    server.faults.add("sendMessage", faults.too_many(7), *(faults.too_many(None) for _ in range(3)))

    waits = []
    async with calling(server) as api:
        for _ in range(4):
            with pytest.raises(TooFast) as caught:
                await api.call("sendMessage", HELLO)
            waits.append(caught.value.after)

    assert waits == [7, 2, 4, 8]


async def test_not_modified_is_success(server):
    """The question already looks as it should."""
    server.faults.add("editMessageText", faults.not_modified())

    async with calling(server) as api:
        assert bytes(await api.call("editMessageText", HELLO)) == b""


@pytest.mark.parametrize("fault", [faults.no_result(), faults.wrong_type()])
async def test_sent_with_an_unusable_result_is_sent(server, fault):
    """It went out; what number it has is not known."""
    server.faults.add("sendMessage", fault)

    async with calling(server) as api:
        assert await TelegramChannel(api).perform("7", Outbound(text="hello")) is None

    assert len(server.calls("sendMessage")) == 1


async def test_no_connection_is_surely_not_sent(server):
    """An outage costs no doubt."""
    await server.down()

    async with calling(server) as api:
        with pytest.raises(NotSent):
            await api.call("sendMessage", HELLO)


async def test_no_answer_in_time_may_have_been_sent(server):
    """Patience ends, and nobody knows."""
    server.faults.add("sendMessage", faults.hang())

    async with calling(server, patience=0.1) as api:
        with pytest.raises(Unclear):
            await api.call("sendMessage", HELLO)


async def test_a_wrong_token_is_named_without_being_shown(server):
    """The operator reads one sentence with what to do."""
    wrong = "123456:" + "W" * 35

    async with calling(server, token=wrong) as api:
        with pytest.raises(TokenRejected, match="@BotFather") as caught:
            await api.call("getMe", {})
        shown = repr(api) + repr(api.bot()) + "".join(traceback.format_exception(caught.value))

    assert wrong not in shown


async def test_the_token_is_in_no_log_at_any_level(server, logged):
    """Neither in ours nor in a library's, whatever the operator asks to see."""
    server.faults.add("sendMessage", faults.garbage())
    server.faults.add("setMyDescription", faults.garbage())

    async with calling(server) as api:
        await api.call("getMe", {})
        await TelegramChannel(api).introduce([("now", "Help now")], "long", "short")
        with pytest.raises(Unclear):
            await api.call("sendMessage", HELLO)
    logging.getLogger("bot.x").error("by mistake: %s", server.token)

    assert "<token>" in logged.getvalue()
    assert server.token not in logged.getvalue()


# --- operations -----------------------------------------------------------------------------


async def test_python_telegram_bot_works_over_the_same_session(strict):
    """Its typed client sends what the Bot API knows."""
    async with calling(strict) as api:
        me = await api.bot().get_me()
        await TelegramChannel(api).introduce(
            [("now", "Help now"), ("stop", "Stop")], "I'm a program. " * 50, "I'm a program. " * 20
        )

    assert me.is_bot
    assert [call.params["commands"][0]["command"] for call in strict.calls("setMyCommands")] == ["now"]
    assert len(strict.calls("setMyDescription")[0].params["description"]) <= 512
    assert len(strict.calls("setMyShortDescription")[0].params["short_description"]) <= 120


async def test_bubbles_look_as_they_should(strict):
    """Plain words, buttons in rows, the four words at hand, a question that closes, a card that is pinned."""
    sam = strict.person(7)
    numbers = tuple((str(n), f"1|friend|heavy|{n}|a1") for n in range(11))
    async with calling(strict) as api:
        channel = TelegramChannel(api)
        await channel.perform("7", Outbound(text="<b>hello</b> *you* https://example.org", keyboard=True))
        asked = await channel.perform("7", Outbound(text="How heavy?", choices=numbers))
        await channel.perform("7", Outbound("close", "How heavy?\n\n7", message=asked))
        echo = await channel.perform(
            "7", Outbound(text="“I ruin everything.”", echo=True, choices=numbers[:2])
        )
        await channel.perform("7", Outbound("close", message=echo))
        await channel.perform("7", Outbound("pin", message=asked))
        await channel.typing("7")

    screen = sam.screen()
    sent = [call.params for call in strict.calls("sendMessage")]
    assert [bubble.text for bubble in screen.bubbles[:3]] == [
        "<b>hello</b> *you* https://example.org", "How heavy?\n\n7", "“I ruin everything.”",
    ]  # fmt: skip
    assert screen.labels == []
    assert screen.keyboard == (("Help now", "Less", "More", "Stop"),)
    assert screen.pins == (asked,)
    assert [len(row) for row in sent[1]["reply_markup"]["inline_keyboard"]] == [6, 5]
    assert [bubble.get("protect_content", False) for bubble in sent] == [False, False, True]
    assert all(
        "parse_mode" not in bubble and bubble["link_preview_options"]["is_disabled"] for bubble in sent
    )


async def test_a_text_too_long_for_one_message_comes_whole_in_several(strict):
    """The buttons stand under the last; what went out before a fault is not said again."""
    sam = strict.person(7)
    long = "A heavy day. " * 700
    strict.faults.add("sendMessage", faults.slow(0), faults.too_many(0))
    outbound = Outbound(text=long, choices=(("Stop", "1|a|b|c|d"),))
    async with calling(strict) as api:
        channel = TelegramChannel(api)
        with pytest.raises(TooFast):
            await channel.perform("7", outbound)
        await channel.perform("7", outbound)

    bubbles = sam.screen().bubbles
    assert [bubble.labels for bubble in bubbles] == [[], [], ["Stop"]]
    assert " ".join(bubble.text.strip() for bubble in bubbles) == long.strip()


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
async def test_nothing_is_never_sent(server, text):
    """An empty bubble is an error of ours, and Telegram does not see it."""
    async with calling(server) as api:
        with pytest.raises(Refused):
            await TelegramChannel(api).perform("7", Outbound(text=text))

    assert server.calls("sendMessage") == []


# --- reading --------------------------------------------------------------------------------


@dataclass
class Hands:
    """Stands where the dispatcher stands: takes rows."""

    rows: list[Pending] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def accept(self, rows: list[Pending]) -> None:
        self.rows += rows
        self.came.set()

    async def room(self) -> None: ...

    def texts(self) -> list[str]:
        return [parse(row.arrival.body).text for row in self.rows]


@dataclass
class Line:
    """A bot's whole receiving side."""

    api: Api
    store: Any
    hands: Hands
    intake: Intake
    reader: Reader

    async def until(self, rows: int) -> None:
        async with asyncio.timeout(8):
            while len(self.hands.rows) < rows:
                self.hands.came.clear()
                await self.hands.came.wait()


class Moody:
    """A store that refuses while ``down``."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.down = False
        self.refused = 0

    async def run(self, work: Callable[[Tx], Any]) -> Any:
        if self.down:
            self.refused += 1
            raise OSError("full")
        return await self.store.run(work)

    async def close(self) -> None:
        await self.store.close()


@pytest.fixture
async def line(server: FakeBotApi) -> AsyncIterator[Line]:
    store = Moody(SqliteStore.in_memory(Seal(os.urandom(32))))
    async with calling(server) as api:
        hands = Hands()
        intake = Intake(api, store, hands, TelegramChannel(api), lambda text: Outbound(text="card"))  # type: ignore[arg-type]
        yield Line(api, store, hands, intake, Reader(api, intake, poll=1, patience=0.01))
        await intake.close()
    await store.close()


@asynccontextmanager
async def reading(line: Line) -> AsyncIterator[None]:
    task = asyncio.create_task(line.reader.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_updates_are_stored_before_they_are_confirmed(server, line):
    """The offset moves only past what is committed; presses are answered at once."""
    sam = server.person(7)
    sam.says("one")
    sam.says("two")
    message = sam.sends(text="x")
    query = sam.presses(message, "1|a|b|c|d")

    async with reading(line):
        await line.until(4)
        await server.until(lambda: sam.answer_to(query) is not None and server.updates.pending == 0)

    stored = await line.store.run(lambda tx: tx.waiting())
    offsets = [call.params.get("offset") for call in server.calls("getUpdates")]
    assert [row.arrival.key for row in stored] == [row.arrival.key for row in line.hands.rows]
    assert offsets[:2] == [None, stored[-1].arrival.key + 1]


async def test_what_comes_twice_is_taken_once(server, line):
    """A restart begins without an offset and knows what it has seen."""
    server.person(7).says("one")
    async with reading(line):
        await line.until(1)
    server.updates.replay()
    server.person(7).says("two")

    again = Line(line.api, line.store, line.hands, line.intake, Reader(line.api, line.intake, poll=1))
    async with reading(again):
        await line.until(2)

    assert line.hands.texts() == ["one", "two"]


async def test_broken_updates_stop_nobody(server, line):
    """One without chat gets a row, half a character its neighbours' company, the next its answer."""
    sam = server.person(7)
    server.inject({"message": {"text": "no chat"}})
    sam.says("half \ud83d")
    server.inject({"callback_query": {"id": "1"}})
    sam.says("good")

    async with reading(line):
        await line.until(4)

    assert [row.arrival.address for row in line.hands.rows] == ["", "7", "", "7"]
    assert [parse(line.hands.rows[at].arrival.body).text for at in (1, 3)] == ["half \ud83d", "good"]


async def test_groups_are_left_and_nothing_of_them_is_stored(server, line):
    """The bot is for one person; what a group says is nobody's business here."""
    group = server.person(-100_200_300_400_500)
    group.adds_bot()
    group.says("hello everyone")

    async with reading(line):
        await server.until(lambda: server.calls("leaveChat"))
        server.person(7).says("hello")
        await line.until(1)

    assert line.hands.texts() == ["hello"]


async def test_while_the_store_is_down_the_card_is_shown_once_and_nothing_is_confirmed(
    server, line, monkeypatch
):
    """Help is there though nothing can be written; the message is answered later."""
    monkeypatch.setattr("bot.channels.telegram.reader.HELD", 0.0)
    sam = server.person(7)
    sam.says("hello")
    line.store.down = True

    async with reading(line):
        (card,) = await sam.hears()
        refused = line.store.refused
        await server.until(lambda: line.store.refused > refused + 1)
        pending = server.updates.pending
        line.store.down = False
        await line.until(1)

    assert card.text == "card"
    assert sam.unheard == 0
    assert pending == 1
    assert line.hands.texts() == ["hello"]


async def test_another_poller_is_named_once_and_waited_for(server, line, caplog):
    """No hot loop, one clear line; it goes on when the other has stopped."""
    server.faults.add("getUpdates", *(faults.other_poller() for _ in range(3)))
    server.person(7).says("hello")

    async with reading(line):
        await line.until(1)

    assert sum("another program" in record.message for record in caplog.records) == 1


async def test_outages_and_odd_answers_pass(server, line):
    """Whatever getUpdates answers, the next good answer is taken."""
    odd = [faults.server_error(), faults.gateway(), faults.garbage(), faults.cut_before(), faults.too_many(0),
           faults.wrong_type(), faults.no_result(), faults.not_ok()]  # fmt: skip
    server.faults.add("getUpdates", *odd)
    server.person(7).says("hello")

    async with reading(line):
        await line.until(1)

    assert line.hands.texts() == ["hello"]


async def test_a_rejected_token_ends_the_reading(server, line):
    """Only the operator can help; the process says so and ends."""
    server.faults.add("getUpdates", faults.unauthorized())

    with pytest.raises(TokenRejected):
        async with asyncio.timeout(5):
            await line.reader.run()


# --- the webhook ----------------------------------------------------------------------------


@pytest.fixture
async def webhook(line: Line) -> AsyncIterator[Webhook]:
    webhook = Webhook(line.intake, HOOK_SECRET, "127.0.0.1", 0)
    await webhook.start()
    yield webhook
    await webhook.stop()


@pytest.fixture
def hook(webhook: Webhook) -> str:
    return f"http://127.0.0.1:{webhook.port}{PATH}"


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        headers={SECRET: HOOK_SECRET, "Content-Type": "application/json"}
    ) as session:
        yield session


async def test_updates_are_delivered_by_the_webhook(server, line, hook):
    """Telegram pushes, the bot stores, and only then says 200."""
    await line.api.call("setWebhook", {"url": hook, "secret_token": HOOK_SECRET, "allowed_updates": KINDS})
    sam = server.person(7)
    sam.says("one")
    sam.says("two")

    await line.until(2)
    await server.until(lambda: server.updates.pending == 0)

    assert line.hands.texts() == ["one", "two"]
    assert len(await line.store.run(lambda tx: tx.waiting())) == 2


async def test_strangers_are_turned_away(line, hook, web, caplog):
    """Without the secret nothing is read; what was tried is not logged."""
    caplog.set_level(logging.DEBUG)
    wrong = "a-wrong-secret"
    answers = [
        (await web.post(hook, data=b"{}", headers={SECRET: wrong})).status,
        (await web.post(hook, data=b"{}", headers={SECRET: ""})).status,
        (await web.get(hook)).status,
        (await web.post(hook + "/x", data=b"{}")).status,
        (await web.post(hook, data=b"{}", headers={"Content-Type": "text/plain"})).status,
        (await web.post(hook, data=io.BytesIO(b" " * (LARGEST + 1)))).status,
    ]

    assert answers == [403, 403, 405, 404, 415, 413]
    assert line.hands.rows == []
    assert wrong not in caplog.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"update_id":"x"}', b'{"update_id":5,"message":7}'])
async def test_a_bad_update_is_taken_all_the_same(hook, web, body):
    """Anything but 200 would block that chat for a day."""
    async with web.post(hook, data=body) as answer:
        assert answer.status == 200


async def test_only_a_broken_store_asks_for_a_repeat(server, line, hook, web):
    """503 with a time; the person sees the card meanwhile."""
    line.store.down = True
    sam = server.person(7)
    body = json.dumps(
        {"update_id": 5, "message": updates.message(1, sam.chat.header, sam.user, text="hello")}
    )

    async with web.post(hook, data=body) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    (card,) = await sam.hears()
    line.store.down = False
    async with web.post(hook, data=body) as again:
        assert again.status == 200

    assert card.text == "card"
    assert line.hands.texts() == ["hello"]
