"""Fetches updates: first into the store, only then confirmed to Telegram.

Ours instead of python-telegram-bot's Updater, which confirms what is only in memory (kill -9 lost 42 %) and
stops for ever at one update that it cannot parse.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from bot.channels.telegram.api import Api, Conflict, TokenRejected
from bot.channels.telegram.parse import Envelope, open_envelope, parse, split
from bot.dispatcher import Dispatcher
from bot.logs import ref
from bot.model import Arrival, Outbound
from bot.ports import Channel, Poison, SendError, Store, TooFast

KINDS: Final = ("message", "edited_message", "callback_query", "my_chat_member")
LIMIT = 100  # updates in one answer: the Bot API's most
POLL = 50  # seconds that Telegram may hold a request: the server's most
MARGIN = 15.0  # seconds beyond that until we give an answer up
FIRST_WAIT = 1.0  # seconds after a failure; doubles up to
PATIENCE = 60.0
# Seconds before the same offset is asked for again: within 3 s the server holds us up, within 0.5 s it sends one.
HELD = 4.0
CONFLICT = 2.0  # seconds after another poller got in between; doubles up to CONFLICT_LONGEST
CONFLICT_LONGEST = 30.0
TOLD = 10_000  # updates whose senders were told that something is broken
ASIDE = 256  # answers to presses and farewells to groups under way

log = logging.getLogger(__name__)


class StoreFailed(Exception):
    """The store would not take an update; it must not be confirmed."""


class Intake:
    """The way of an update into the store; the same for polling and webhook. Lives as long as the process.

    Args:
        fallback: Gives the static card that is sent past a broken store.

    """

    def __init__(
        self,
        api: Api,
        store: Store,
        dispatcher: Dispatcher,
        channel: Channel,
        fallback: Callable[[str], Outbound],
    ) -> None:
        self._api = api
        self._store = store
        self._dispatcher = dispatcher
        self._channel = channel
        self._fallback = fallback
        self._told: dict[int, None] = {}
        self._aside: set[asyncio.Task[None]] = set()
        self._leaving: set[str] = set()

    async def take(self, bodies: Iterable[bytes]) -> int | None:
        """Commit updates and hand them to the dispatcher; return the highest number, None without any.

        Raises:
            StoreFailed: Nothing was committed; the senders have been shown the static card.

        """
        envelopes = [envelope for body in bodies if (envelope := _opened(body))]
        private = [envelope.arrival for envelope in envelopes if not envelope.group]
        if private:
            try:
                rows = await self._store.run(lambda tx: tx.arrive(private))
            except Exception:
                log.exception(
                    "updates could not be stored", extra={"action": "intake_failed", "updates": len(private)}
                )
                rows = None
            if rows is None:
                await self._tell(private)
                raise StoreFailed
            self._dispatcher.accept(rows)
        self._acknowledge(envelopes)
        return max((envelope.arrival.key for envelope in envelopes), default=None)

    async def room(self) -> None:
        """Return when more may be fetched."""
        await self._dispatcher.room()

    async def close(self) -> None:
        """Let answers under way end."""
        tasks = list(self._aside)
        if tasks:
            await asyncio.wait(tasks, timeout=2.0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _acknowledge(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            if envelope.callback and not envelope.group:
                self._start(self._quietly("answerCallbackQuery", {"callback_query_id": envelope.callback}))
            if envelope.group and envelope.group not in self._leaving:
                self._leaving.add(envelope.group)
                self._start(self._part(envelope.group))

    def _start(self, work: Coroutine[object, object, None]) -> None:
        if len(self._aside) >= ASIDE:  # a press not answered only shows its clock a little longer
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _part(self, group: str) -> None:
        """Leave a group: what is said to the bot is between two."""
        try:
            log.info("a group was left", extra={"action": "group_left", "chat": ref(group)})
            await self._quietly("leaveChat", {"chat_id": int(group)})
        finally:
            self._leaving.discard(group)

    async def _quietly(self, method: str, payload: Mapping[str, object]) -> None:
        try:
            await self._api.call(method, payload)
        except SendError as fault:
            log.debug(
                "not acknowledged", extra={"action": "acknowledge_failed", "code": type(fault).__name__}
            )

    async def _tell(self, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            if arrival.key in self._told or not arrival.address:
                continue
            if len(self._told) >= TOLD:
                del self._told[next(iter(self._told))]
            self._told[arrival.key] = None
            await self._show_card(arrival)

    async def _show_card(self, arrival: Arrival) -> None:
        try:
            inbound = parse(arrival.body)
            if inbound.kind in ("text", "choice", "unheard"):
                await self._channel.perform(arrival.address, self._fallback(inbound.text))
        except Poison:
            return
        except Exception:
            log.exception("the static card could not be sent", extra={"action": "tell_failed"})


def _opened(body: bytes) -> Envelope | None:
    envelope = open_envelope(body)
    if envelope is None:  # nothing to dedupe or confirm it by
        mark = sha256(body).hexdigest()[:16]
        log.warning(
            "an update without a number was passed over",
            extra={"action": "update_unreadable", "sha256": mark},
        )
    return envelope


class Reader:
    """Long polling. Lives as long as the process.

    It starts without an offset and trusts none from before: Telegram's numbers begin anew at random after a
    quiet week. What comes twice is known by its number.
    """

    def __init__(self, api: Api, intake: Intake, *, poll: int = POLL, patience: float = PATIENCE) -> None:
        self._api = api
        self._intake = intake
        self._poll = poll
        self._patience = patience
        self._offset: int | None = None
        self._wait = FIRST_WAIT
        self._quarrel = 0.0  # seconds last waited because someone else polls too

    async def run(self) -> None:
        """Fetch until cancelled.

        Raises:
            TokenRejected: Only the operator can help.

        """
        while True:
            await self._intake.room()
            wait = await self._round()
            if wait:
                await asyncio.sleep(min(wait, self._patience))

    async def _round(self) -> float:
        """Fetch once; return the seconds to wait before the next time."""
        try:
            moved = await self._fetch()
        except TokenRejected:
            raise
        except Conflict:
            return self._disputed()
        except TooFast as fault:
            return fault.after
        except (SendError, Poison, StoreFailed) as fault:
            return self._failed(type(fault).__name__, HELD if isinstance(fault, StoreFailed) else 0.0)
        except Exception:  # an error of ours must not end the reading
            log.exception("a round of fetching failed", extra={"action": "round_failed"})
            return self._failed("error", HELD)
        self._wait, self._quarrel = FIRST_WAIT, 0.0
        return 0.0 if moved else HELD

    async def _fetch(self) -> bool:
        """Return False where updates came and none of them had a number to go on from."""
        payload: dict[str, object] = {"limit": LIMIT, "timeout": self._poll, "allowed_updates": KINDS}
        if self._offset is not None:
            payload["offset"] = self._offset
        result = await self._api.call("getUpdates", payload, patience=self._poll + MARGIN)
        bodies = split(bytes(result))
        highest = await self._intake.take(bodies)
        if highest is not None:
            self._offset = highest + 1
        return highest is not None or not bodies

    def _disputed(self) -> float:
        if not self._quarrel:
            log.error(
                "Telegram says that another program fetches this bot's updates. Stop it, or remove its webhook.",
                extra={"action": "conflict"},
            )
        self._quarrel = min(CONFLICT_LONGEST, self._quarrel * 2 or CONFLICT)
        return self._quarrel

    def _failed(self, code: str, least: float) -> float:
        wait = max(least, self._wait * random.uniform(0.5, 1.0))  # noqa: S311  # no secret
        log.warning(
            "updates could not be fetched",
            extra={"action": "fetch_failed", "code": code, "wait_s": round(wait, 1)},
        )
        self._wait = min(self._wait * 2, self._patience)
        return wait
