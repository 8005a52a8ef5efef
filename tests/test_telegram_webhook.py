"""Whoever is not Telegram is turned away by the webhook, cheaply and without a word in the log of what they sent."""

import asyncio
import json
import logging
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest

from bot.channels.telegram import webhook as door
from bot.channels.telegram.webhook import LARGEST, PATH, SECRET, Webhook
from bot.network import networks
from tests.fakes import updates
from tests.serving import WITHIN

pytest_plugins = ["tests.fixtures"]

GIVEN = "a-secret-of-the-webhook"
JSON = {"Content-Type": "application/json"}
TELEGRAM = networks("149.154.160.0/20, 91.108.4.0/22")
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{SECRET}: {GIVEN}\r\nContent-Type: application/json\r\n"


class Taken:
    """An intake that keeps what it is given."""

    def __init__(self):
        self.bodies = []

    async def take(self, bodies):
        self.bodies += bodies


@asynccontextmanager
async def listening(callers=None):
    intake = Taken()
    server = Webhook(intake, GIVEN, "127.0.0.1", 0, callers=callers)
    await server.start()
    try:
        yield intake, server.port
    finally:
        await server.stop()


@asynccontextmanager
async def calling():
    async with listening() as (intake, port), aiohttp.ClientSession() as web:
        yield intake, web, f"http://127.0.0.1:{port}{PATH}"


# --- who is turned away -----------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    ["", "wrong", GIVEN[:-1], f"{GIVEN}x", GIVEN.upper(), f"{GIVEN} {GIVEN}", "\u00e4" * len(GIVEN)],
    ids=["empty", "wrong", "cut", "longer", "capitals", "twice", "no ascii"],
)
async def test_a_wrong_secret_is_refused(secret):
    """However near it comes."""
    async with calling() as (intake, web, address):
        async with web.post(address, data=b"{}", headers={**JSON, SECRET: secret}) as answer:
            assert answer.status == 403
        async with web.post(address, data=b"{}", headers=JSON) as answer:
            assert answer.status == 403

    assert intake.bodies == []


def test_secrets_are_compared_in_constant_time():
    """The time that a refusal takes tells nothing of how much was right."""
    assert "compare_digest" in Webhook._refuse.__code__.co_names


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_no_other_method_is_answered(method):
    """Telegram posts; with anything else the secret is not even looked at."""
    async with calling() as (intake, web, address):
        answer = await web.request(method, address, headers={**JSON, SECRET: GIVEN})

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert intake.bodies == []


@pytest.mark.parametrize("path", ["/", f"{PATH}/", f"{PATH}x", f"/x{PATH}", f"{PATH}/../x", "/%74elegrap"])
async def test_no_other_path_is_answered(path):
    """There is one address, and no list of others."""
    async with calling() as (intake, web, address):
        answer = await web.post(
            address.removesuffix(PATH) + path, data=b"{}", headers={**JSON, SECRET: GIVEN}
        )

    assert answer.status == 404
    assert intake.bodies == []


async def test_refusals_are_told_once_and_without_what_was_sent(caplog):
    """The operator learns that somebody fails at the secret; the log can be neither filled nor made to speak."""
    caplog.set_level(logging.DEBUG)
    async with calling() as (_, web, address):
        for number in range(5):
            await web.post(
                f"{address}?guess={number}", data=b"canary-body", headers={**JSON, SECRET: "canary-secret"}
            )

    told = [record for record in caplog.records if record.name.startswith("bot.")]
    assert [(record.reason, record.levelname) for record in told] == [("secret", "WARNING")]
    assert "canary" not in caplog.text
    assert "guess" not in caplog.text
    assert GIVEN not in caplog.text


# --- where calls come from --------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "forwarded", "held"),
    [
        pytest.param("149.154.167.220", "", True, id="Telegram itself"),
        pytest.param("::ffff:91.108.6.1", "", True, id="Telegram by way of IPv6"),
        pytest.param("192.0.2.1", "", False, id="a stranger"),
        pytest.param("192.0.2.1", "149.154.167.220", False, id="a stranger who names Telegram"),
        pytest.param("127.0.0.1", "149.154.167.220", True, id="our proxy for Telegram"),
        pytest.param("::1", "192.0.2.1, 149.154.167.220", True, id="our proxy adds to what was there"),
        pytest.param("127.0.0.1", "149.154.167.220, 192.0.2.1", False, id="our proxy for a stranger's tale"),
        pytest.param("127.0.0.1", "", False, id="our proxy names nobody"),
        pytest.param("127.0.0.1", "unknown", False, id="no address"),
        pytest.param(None, "", False, id="no other end"),
    ],
)
def test_only_what_the_proxy_wrote_itself_counts(peer, forwarded, held):
    """The last entry of X-Forwarded-For is the proxy's; the others anyone can make up."""
    assert TELEGRAM.hold(peer, forwarded) is held


async def test_calls_from_elsewhere_are_refused_where_networks_are_set(caplog):
    """With the right secret too; once the address is right, the call is taken."""
    async with listening(TELEGRAM) as (intake, port), aiohttp.ClientSession() as web:
        address, known = f"http://127.0.0.1:{port}{PATH}", {**JSON, SECRET: GIVEN}
        answers = [
            (await web.post(address, data=b"{}", headers=known | more)).status
            for more in (
                {},
                {"X-Forwarded-For": "192.0.2.1"},
                {"X-Forwarded-For": "149.154.160.1, 192.0.2.1"},
                {"X-Forwarded-For": "91.108.4.9"},
                {"X-Forwarded-For": "91.108.4.9", SECRET: "wrong"},
            )
        ]

    assert answers == [403, 403, 403, 200, 403]
    assert intake.bodies == [b"{}"]
    assert "192.0.2.1" not in caplog.text


async def test_without_networks_nobodys_word_about_addresses_counts():
    """A header that anyone can write changes nothing."""
    async with calling() as (intake, web, address):
        headers = {**JSON, SECRET: GIVEN, "X-Forwarded-For": "192.0.2.1"}
        async with web.post(address, data=b"{}", headers=headers) as answer:
            assert answer.status == 200

    assert intake.bodies == [b"{}"]


# --- what is too much -------------------------------------------------------------------


@asynccontextmanager
async def connected(port, head=""):
    """Open a connection, begin with a head, and close it in the end."""
    stream, pen = await asyncio.open_connection("127.0.0.1", port)
    pen.write(head.encode())
    try:
        yield stream, pen
    finally:
        pen.close()


async def pour(port, head, size):
    """Send a head and as much of a body as is taken; return the bytes taken and the answer's first line."""
    taken, piece = 0, b"x" * 65536
    async with connected(port, head) as (stream, pen):
        try:
            while taken < size:
                pen.write(piece)
                await pen.drain()
                taken += len(piece)
            return taken, await stream.readline()
        except ConnectionError:
            return taken, b""


@pytest.mark.parametrize("secret", [GIVEN, "wrong"])
@pytest.mark.parametrize("coding", ["Content-Length: 10485760", "Transfer-Encoding: chunked"])
async def test_ten_megabytes_are_not_read(secret, coding, monkeypatch):
    """At most one is held, with the secret; without it the body is left where it is."""
    held = []
    monkeypatch.setattr(door, "bytearray", lambda: held.append(Held()) or held[-1], raising=False)
    head = HEAD.replace(GIVEN, secret) + coding + "\r\n\r\n" + ("A00000\r\n" if "chunked" in coding else "")
    async with listening() as (intake, port), asyncio.timeout(WITHIN):
        taken, answer = await pour(port, head, 10 * 2**20)

    assert taken < 10 * 2**20  # not even by the kernel, on the way
    assert answer.split()[1:2] in ([], [b"413" if secret == GIVEN else b"403"])
    assert [len(each) <= LARGEST + 2**18 for each in held] == [True] * (secret == GIVEN)
    assert intake.bodies == []


class Held(bytearray):
    """What is held of a body."""


async def test_a_head_that_dribbles_is_cut_off(monkeypatch):
    """Whoever opens a connection and never finishes asking is hung up on."""
    monkeypatch.setattr(door, "IDLE", 0.05)
    never_ended = HEAD  # the empty line is missing
    async with (
        listening() as (_, port),
        asyncio.timeout(WITHIN),
        connected(port) as (silent, _),
        connected(port, never_ended) as (slow, _),
    ):
        assert await silent.read() == b""
        assert await slow.read() == b""


@pytest.mark.parametrize(
    "coding", ["Content-Length: 1000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"]
)
async def test_a_body_that_dribbles_is_cut_off(monkeypatch, coding):
    """In a time that starts with the head, however often another byte comes."""
    monkeypatch.setattr(door, "SLOWEST", 0.05)
    async with (
        listening() as (intake, port),
        asyncio.timeout(WITHIN),
        connected(port, HEAD + coding) as (stream, _),
    ):
        answer = await stream.read()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert intake.bodies == []


async def test_beyond_its_room_the_webhook_hangs_up(monkeypatch):
    """Each connection needs a file; without a limit slow strangers would leave none for Telegram and the data."""
    monkeypatch.setattr(door, "CONNECTIONS", 20)
    async with listening() as (intake, port), asyncio.timeout(WITHIN):
        async with AsyncExitStack() as stack:
            lines = [await stack.enter_async_context(connected(port, HEAD)) for _ in range(30)]
            ends = [asyncio.ensure_future(_end(stream)) for stream, _ in lines]
            while sum(end.done() for end in ends) < 10:
                await asyncio.wait(
                    [end for end in ends if not end.done()], return_when=asyncio.FIRST_COMPLETED
                )
            assert [end.result() for end in ends if end.done()] == [b""] * 10
        await asyncio.gather(*ends, return_exceptions=True)
        async with aiohttp.ClientSession() as web:
            answer = await web.post(
                f"http://127.0.0.1:{port}{PATH}", data=b"{}", headers={**JSON, SECRET: GIVEN}
            )

    assert answer.status == 200
    assert intake.bodies == [b"{}"]


async def _end(stream):
    try:
        return await stream.read()
    except ConnectionError:
        return b""


async def test_a_heap_of_headers_is_refused():
    """As soon as it is one, not when it ends."""
    async with listening() as (intake, port), asyncio.timeout(WITHIN):
        taken, _ = await pour(port, f"POST {PATH} HTTP/1.1\r\nX-Heap: ", 10 * 2**20)

    assert taken < 10 * 2**20
    assert intake.bodies == []


# --- what comes again -------------------------------------------------------------------


async def test_a_replayed_call_gets_no_second_turn(server, bot, echo):
    """Whoever recorded a call and sends it again, even much later in the talk, is not answered."""
    sam = server.person(7)
    body = json.dumps(
        {"update_id": 77, "message": updates.message(1, sam.chat.header, sam.user, text="once")}
    )
    headers = {**JSON, SECRET: "S3cret-of-the-webhook_1234567890"}
    async with bot.running(echo, "webhook"), aiohttp.ClientSession() as web:
        await server.until(lambda: server.updates.webhook, timeout=WITHIN)
        first = await web.post(bot.hook, data=body, headers=headers)
        sam.says("meanwhile")
        await sam.hears(2, timeout=WITHIN)
        again = [(await web.post(bot.hook, data=body, headers=headers)).status for _ in range(3)]
        sam.says("last")
        (last,) = await sam.hears(timeout=WITHIN)

    assert [first.status, *again] == [200] * 4
    assert (last.text, sam.unheard) == ("heard: last", 0)
