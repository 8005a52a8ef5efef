"""Befriend itself, with a fast pace and with the bench's dialog in place of ``welcome``."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import dialog
from bot import app
from bot.channels.telegram import parse
from bot.conversation import Conversation
from bot.dispatcher import Dispatcher
from bot.model import FAST, Outbound
from bot.outbox import Outbox
from bot.seal import Seal
from bot.settings import PREFIX, Settings, read
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from flows.compiler import CONTENT, Content, compile_content

DIALOG = Path(__file__).parent / "flow"


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Nowhere:
    """A channel that does nothing, at once."""

    async def perform(self, address: str, outbound: Outbound) -> int | None:
        return 1 if outbound.op == "send" else None

    async def typing(self, address: str) -> None: ...


def content(folder: Path) -> Content:
    """Compile the bot's own content with the dialog laid in, so that start and memory are the real ones."""
    laid = folder / "content"
    shutil.copytree(CONTENT, laid)
    shutil.copytree(DIALOG, laid / "welcome", dirs_exist_ok=True)
    return compile_content(laid, shell=SHELL)


async def prepare(folder: Path, seal: Seal) -> Callable[[list[bytes]], Awaitable[None]]:
    """Return what takes raw updates all the way to committed outbox rows on the disk, without HTTP."""
    store = SqliteStore.open(folder / "data", seal)
    channels = {parse.CHANNEL: Nowhere()}
    outbox = Outbox(store, channels, FAST, SystemClock())
    conversation = Conversation(content(folder), SystemClock())
    dispatcher = Dispatcher(store, conversation, outbox, {parse.CHANNEL: parse.parse}, channels)
    await outbox.start()
    await dispatcher.start()

    async def handle(batch: list[bytes]) -> None:
        envelopes = [parse.open_envelope(raw) for raw in batch]
        arrivals = [envelope.arrival for envelope in envelopes if envelope]
        dispatcher.accept(await store.run(lambda tx: tx.arrive(arrivals)))
        await dispatcher.idle()

    return handle


def _settings(url: str, folder: Path) -> Settings:
    values = {
        "TOKEN": dialog.TOKEN,
        "CONTACT": "bench",
        "API_URL": url,
        "DATA_DIR": str(folder / "data"),
        "KEY_FILE": str(folder / "key"),
        "LOG_LEVEL": "warning",
    }
    return read({PREFIX + name: value for name, value in values.items()})


if __name__ == "__main__":
    url, folder = sys.argv[1], Path(sys.argv[2])
    sys.exit(asyncio.run(app.run(_settings(url, folder), content=content(folder), pace=FAST)))
