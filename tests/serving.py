"""The bot beside a test: run against the fake Bot API as on Telegram, and stopped as SIGTERM would."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.channels.telegram.serving import serve
from bot.conversation import Conversation
from bot.model import FAST, Pace
from bot.seal import Seal
from bot.settings import read
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from flows.compiler import Content, compile_content
from tests.content import write
from tests.fakes.botapi import FakeBotApi
from tests.moving_clock import SystemClock

WITHIN = 20.0  # seconds; a test that waits longer has failed
SECRET = "S3cret-of-the-webhook_1234567890"
CONTENT = Path(__file__).parents[1] / "flows" / "content"
ECHO = """
flow: welcome
takes: [first_words]
steps:
  first: {say: "heard: {first_words}", ask: words, to: again}
  again: {say: "heard: {words}", ask: words, to: again}
"""
HELPNOW = """
flow: helpnow
urgent: true
steps:
  card: {say: "people to call", to: end}
"""


@dataclass(frozen=True, slots=True)
class Bot:
    """What a bot keeps between its runs: a folder, and a port for the webhook."""

    server: FakeBotApi
    folder: Path
    port: int

    @property
    def hook(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @asynccontextmanager
    async def running(
        self, content: Content | None = None, way: str = "polling", pace: Pace = FAST
    ) -> AsyncIterator[SqliteStore]:
        """Run beside the block, and end within ten seconds of it."""
        store = SqliteStore.open(self.folder / "data", Seal(b"e" * 32))
        talk = Conversation(content or everything(), SystemClock(), seed=4, contact="ask@example.org")
        stopped = asyncio.Event()
        work = asyncio.create_task(serve(read(self._given(way)), store, talk, pace, stopped))
        try:
            yield store
        finally:
            stopped.set()
            await asyncio.wait_for(work, 10)
            await store.close()

    def _given(self, way: str) -> dict[str, str]:
        given = {
            "BEFRIEND_TOKEN": self.server.token,
            "BEFRIEND_API_URL": self.server.url,
            "BEFRIEND_CONTACT": "ask@example.org",
            "BEFRIEND_DATA_DIR": str(self.folder / "data"),
        }
        if way == "polling":
            return given
        secret = self.folder / "secret"
        secret.write_text(SECRET)
        return given | {
            "BEFRIEND_WEBHOOK_URL": self.hook,
            "BEFRIEND_WEBHOOK_LISTEN": f"127.0.0.1:{self.port}",
            "BEFRIEND_WEBHOOK_SECRET_FILE": str(secret),
        }

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Return what a query finds in the database, also while the bot runs."""
        with closing(sqlite3.connect(self.folder / "data" / "befriend.db")) as db:
            return db.execute(question).fetchall()


def small(folder: Path, **flows: str) -> Content:
    """Return a few flows with the bot's own sentences."""
    lines = (CONTENT / "system" / "flow.yaml").read_text(encoding="utf-8")
    return compile_content(write(folder / "content", system=lines, **flows))


@cache
def everything() -> Content:
    """Return the bot's own content."""
    return compile_content(shell=SHELL)
