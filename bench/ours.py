"""Befriend itself, with a fast pace and with the bench's dialog in place of ``welcome``.

Put together here as ``bot.app`` does it: only the pace and the content are others.
"""

import asyncio
import logging
import shutil
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import dialog
from bot.actions import ACTIONS
from bot.channels.telegram import parse
from bot.conversation import Conversation
from bot.dispatcher import Dispatcher
from bot.model import FAST, Outbound
from bot.outbox import Outbox
from bot.seal import Seal
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
    return compile_content(laid, actions=frozenset(ACTIONS))


def open_store(folder: Path) -> SqliteStore:
    """Open a store on the disk, as ``befriend run`` does."""
    return SqliteStore.open(folder / "data", Seal.open(folder / "key", fresh=True))


async def prepare(folder: Path) -> Callable[[list[bytes]], Awaitable[None]]:
    """Return what takes raw updates all the way to committed outbox rows, without HTTP."""
    store = open_store(folder)
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


async def _run(url: str, folder: Path) -> None:
    """Be the bot on Telegram until killed."""
    from bot.channels.telegram.api import Api
    from bot.channels.telegram.reader import Intake, Reader
    from bot.channels.telegram.send import TelegramChannel
    from bot.scheduler import Scheduler

    store, clock = open_store(folder), SystemClock()
    conversation = Conversation(content(folder), clock)
    api = Api(dialog.TOKEN, url)
    channels = {parse.CHANNEL: TelegramChannel(api)}
    outbox = Outbox(store, channels, FAST, clock)
    dispatcher = Dispatcher(store, conversation, outbox, {parse.CHANNEL: parse.parse}, channels)
    await outbox.start()
    await dispatcher.start()
    intake = Intake(api, store, dispatcher, channels[parse.CHANNEL], conversation.fallback)
    scheduler = asyncio.create_task(Scheduler(store, dispatcher, clock).run())
    await asyncio.gather(Reader(api, intake).run(), scheduler)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_run(sys.argv[1], Path(sys.argv[2])))
