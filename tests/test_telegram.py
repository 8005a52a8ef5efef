"""The whole bot over real HTTP, against a Bot API server that checks every call."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.telegram.serving import serve
from bot.conversation import Conversation
from bot.model import FAST
from bot.seal import Seal
from bot.settings import read
from bot.store.sqlite import SqliteStore
from flows.compiler import compile_content
from tests.content import write
from tests.fakes.botapi import FakeBotApi
from tests.moving_clock import SystemClock

TALK = Path(__file__).parent / "transcripts" / "first_visit.friend.txt"
WITHIN = 20.0  # seconds; a test that waits longer has failed
ECHO = """
flow: welcome
takes: [first_words]
steps:
  first: {say: "heard: {first_words}", ask: words, to: again}
  again: {say: "heard: {words}", ask: words, to: again}
"""


@pytest.fixture(params=["polling", "webhook"])
def way(request):
    return request.param


@pytest.fixture
async def server():
    async with FakeBotApi(validate=True) as server:
        yield server
    assert server.violations == []


@asynccontextmanager
async def running(server, tmp_path, unused_port, content=None, way="polling"):
    """Run the bot beside a test, and stop it as SIGTERM would."""
    given = {
        "BEFRIEND_TOKEN": server.token,
        "BEFRIEND_API_URL": server.url,
        "BEFRIEND_CONTACT": "ask@example.org",
        "BEFRIEND_DATA_DIR": str(tmp_path / "data"),
    }
    if way == "webhook":
        (tmp_path / "secret").write_text("S3cret-of-the-webhook_1234567890")
        given |= {
            "BEFRIEND_WEBHOOK_URL": f"http://127.0.0.1:{unused_port}/hook",
            "BEFRIEND_WEBHOOK_LISTEN": f"127.0.0.1:{unused_port}",
            "BEFRIEND_WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
        }
    store = SqliteStore.open(tmp_path / "data", Seal(b"e" * 32))
    conversation = Conversation(content or compile_content(), SystemClock(), seed=4, contact="ask@example.org")
    stopped = asyncio.Event()
    bot = asyncio.create_task(serve(read(given), store, conversation, FAST, stopped))
    try:
        yield store
    finally:
        stopped.set()
        await asyncio.wait_for(bot, 10)
        await store.close()


@pytest.fixture
def unused_port(unused_tcp_port):
    return unused_tcp_port


def turns(transcript):
    """Return what is typed, and the bubbles that follow, for each turn of a transcript."""
    found = []
    for line in transcript.splitlines():
        if line.startswith("you: "):
            found.append((line[5:], []))
        elif line.startswith("bot: "):
            found[-1][1].append([line[5:], []])
        elif line.startswith("   |"):
            found[-1][1][-1][0] += "\n" + line[5:]
        elif line.startswith("     ["):
            found[-1][1][-1][1] = line.strip()[1:-1].split("] [")
    return found


async def test_the_first_visit_reads_on_telegram_as_in_the_terminal(server, tmp_path, unused_port, way):
    """The transcript that the terminal replays comes out of the Bot API word for word, polled and called."""
    async with running(server, tmp_path, unused_port, way=way):
        sam = server.person(7)
        for typed, expected in turns(TALK.read_text(encoding="utf-8")):
            if typed in sam.screen().labels:
                sam.taps(typed)
            else:
                sam.says(typed)
            heard = await sam.hears(len(expected), timeout=WITHIN)
            assert [[bubble.text, bubble.labels] for bubble in heard] == expected
