"""The bot's life on Telegram: its parts, begun in order and ended in order."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from bot.channels.telegram import parse
from bot.channels.telegram.api import Api, TokenRejected
from bot.channels.telegram.media import Files
from bot.channels.telegram.reader import KINDS, Intake, Reader
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.webhook import Webhook
from bot.commands import COMMANDS
from bot.conversation import Conversation, parse_timer
from bot.dispatcher import Dispatcher
from bot.model import Pace
from bot.outbox import Outbox
from bot.ports import Gone, NotSent, Refused, SendError, Store, TooFast, Unclear
from bot.scheduler import Scheduler
from bot.settings import Settings

TEND = 3600.0  # seconds between two rounds of letting go of what has had its time
ASKING = 3.0  # seconds that Telegram has, at the start, to tell who we are
ALIVE = 1.5  # seconds each part has to end; all of them together stay below 5

DESCRIPTION = (
    "A program that helps you speak to yourself as you would to a friend. Its messages were written in advance; "
    'nobody reads along.\n\nIt is not for emergencies and cannot call anyone: "help now" shows people who can.\n\n'
    "Nothing you write is kept without your yes. /privacy tells what is stored and how to erase it."
)
SHORT = 'Speak to yourself as to a friend. A program, not for emergencies: "help now" shows people. /privacy'

log = logging.getLogger(__name__)


class CannotServe(Exception):
    """Only the operator can help. The message says what to do."""


async def serve(
    settings: Settings, store: Store, conversation: Conversation, pace: Pace, stopped: asyncio.Event
) -> None:
    """Be the bot on Telegram until ``stopped``; then end every part within its time.

    Raises:
        CannotServe: The token is refused, or the webhook's place is taken.

    """
    clock = conversation.clock
    api = Api(settings.token.reveal() if settings.token else "", settings.api_url)
    channel = TelegramChannel(api, files=await _files(api, store, conversation))
    channels = {parse.CHANNEL: channel}
    outbox = Outbox(store, channels, pace, clock)
    parsers = {parse.CHANNEL: parse.parse, "timer": parse_timer}
    dispatcher = Dispatcher(store, conversation, outbox, parsers, channels)
    scheduler = Scheduler(store, dispatcher, clock)
    intake = Intake(api, store, dispatcher, channel, conversation.fallback)
    conversation.on_wait(scheduler.nudge)
    try:
        await _check_token(api, stopped)
        await outbox.start()
        await dispatcher.start()
        async with _receiving(settings, api, intake) as reading:
            await _until(
                stopped,
                reading,
                scheduler.run(),
                _tend(store, conversation, outbox),
                _introduce(channel),
                _prepare(conversation),
            )
    finally:  # nothing comes in any more; what has not had its turn, or was not sent, waits in the store
        await dispatcher.stop(ALIVE)
        await outbox.stop(ALIVE)
        await intake.close()
        await api.shutdown()


async def _files(api: Api, store: Store, conversation: Conversation) -> Files | None:
    """Return what sends pictures and sounds; None where the content has none."""
    if not conversation.media:
        return None

    async def note(mark: str, file: str) -> None:
        await store.run(lambda tx: tx.note_media(mark, file))

    return Files(api, conversation.media, await store.run(lambda tx: tx.media()), note)


async def _check_token(api: Api, stopped: asyncio.Event) -> None:
    """Ask Telegram who we are: a wrong token is found before anything is sent with it.

    Raises:
        CannotServe: The token is refused. That Telegram cannot be reached is no reason: it will be.

    """
    asked = asyncio.ensure_future(api.call("getMe", {}, patience=ASKING))
    stop = asyncio.ensure_future(stopped.wait())
    await asyncio.wait((asked, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not asked.done():
        asked.cancel()
    try:
        await asked
    except TokenRejected as error:
        raise CannotServe(str(error)) from None
    except asyncio.CancelledError:
        return
    except SendError as error:
        log.warning("Telegram does not answer yet", extra={"action": "unreachable", "code": str(error)})


@asynccontextmanager
async def _receiving(
    settings: Settings, api: Api, intake: Intake
) -> AsyncIterator[Coroutine[object, object, None]]:
    """Yield what runs for as long as updates come, by asking or by being called."""
    if not settings.webhook_url:
        yield _poll(api, Reader(api, intake))
        return
    listen, path = settings.webhook_listen, urlsplit(settings.webhook_url).path or "/"
    secret = settings.webhook_secret.reveal() if settings.webhook_secret else ""
    webhook = Webhook(intake, secret, listen.host, listen.port, path=path, callers=settings.webhook_from)
    try:
        await webhook.start()
    except OSError as error:
        why = os.strerror(error.errno or 0)  # asyncio's own text names the address twice
        raise CannotServe(
            f"BEFRIEND_WEBHOOK_LISTEN ({listen.host}:{listen.port}) cannot be listened on ({why}). Choose a free port."
        ) from None
    try:
        yield _register(api, settings.webhook_url, secret)
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ALIVE):
                await webhook.stop()


async def _poll(api: Api, reader: Reader) -> None:
    await _insist(api, "deleteWebhook", {})  # one that was set before would keep us from asking
    await reader.run()


async def _register(api: Api, url: str, secret: str) -> None:
    await _insist(api, "setWebhook", {"url": url, "secret_token": secret, "allowed_updates": KINDS})
    await asyncio.Event().wait()  # from now on Telegram calls


async def _insist(api: Api, method: str, payload: dict[str, object]) -> None:
    """Call a method until Telegram has answered, also with a no, which is then logged."""
    wait = 1.0
    while True:
        try:
            await api.call(method, payload)
        except (Refused, Gone) as fault:
            log.error("Telegram refuses %s", method, extra={"action": "refused", "code": str(fault)})
            return
        except (NotSent, Unclear, TooFast) as fault:
            log.warning("%s did not get through", method, extra={"action": "unreachable", "code": str(fault)})
        else:
            return
        await asyncio.sleep(wait)
        wait = min(wait * 2, 60.0)


async def _introduce(channel: TelegramChannel) -> None:
    await channel.introduce(list(COMMANDS.items()), DESCRIPTION, SHORT)
    await asyncio.Event().wait()  # the others go on


async def _prepare(conversation: Conversation) -> None:
    await asyncio.to_thread(conversation.prepare)
    await asyncio.Event().wait()  # the others go on


async def _tend(store: Store, conversation: Conversation, outbox: Outbox) -> None:
    while True:
        try:
            while True:
                tended = await store.run(conversation.tend)
                outbox.accept(tended.promised)
                if not tended.more:
                    break
        except Exception:
            log.exception("what has had its time could not be let go of", extra={"action": "tend_failed"})
        await asyncio.sleep(TEND)


async def _until(stopped: asyncio.Event, *works: Coroutine[object, object, None]) -> None:
    """Run works side by side until we are to stop or one of them fails.

    Raises:
        CannotServe: Telegram does not accept the token any more.

    """
    tasks = [asyncio.ensure_future(work) for work in (stopped.wait(), *works)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        try:
            task.result()
        except TokenRejected as error:
            raise CannotServe(str(error)) from None
