"""Updates are fetched, confirmed and pushed as Telegram does it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import telegram
from aiohttp import web
from telegram.error import (
    Conflict,
)

from tests.fakes.botapi import FakeBotApi
from tests.fakes.calls import SAM, call

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
