"""The queue of updates: what a bot fetches, confirms, and gets pushed."""

import asyncio
import json
import random
from collections import deque
from dataclasses import dataclass, field
from time import monotonic

import msgspec

from tests.fakes.errors import JSON, bad_request, conflict
from tests.fakes.webhook import Webhook

LONGEST_POLL = 50.0  # seconds; the official server cuts longer ones
UNASKED = frozenset(("chat_member", "message_reaction", "message_reaction_count"))  # only on request


@dataclass(frozen=True, slots=True)
class Entry:
    """One update that waits. ``lane`` orders deliveries to a webhook."""

    id: int
    raw: bytes = field(repr=False)
    lane: int


@dataclass(slots=True)
class Updates:
    """Updates that the bot has not confirmed.

    Attributes:
        next_id: The id that the next update gets.
        strict: Whether a repeated offset is slowed down as the official server does.
        copies: How often each update is delivered in one batch.
        shuffle: Mixes each batch where set.
        backoff: Seconds of a webhook's first pause between tries; Telegram's is 1.
        served: How often an update left the server.
        confirmed: How many updates a higher offset or a 2xx has confirmed.

    """

    next_id: int = 1000
    strict: bool = False
    copies: int = 1
    shuffle: random.Random | None = None
    backoff: float = 1.0
    served: int = 0
    confirmed: int = 0
    polls: int = 0
    webhook: Webhook | None = None
    allowed: list[str] = field(default_factory=list)
    _queue: deque[Entry] = field(default_factory=deque, repr=False)
    _batch: list[Entry] = field(default_factory=list, repr=False)
    _replays: int = 0
    _poller: int = 0
    _wakers: set[asyncio.Future[None]] = field(default_factory=set, repr=False)
    _last: tuple[int, float, float] = (-1, -1e9, -1e9)

    # --- what comes in ------------------------------------------------------------------

    def inject(self, kind: str, body: object, *, update_id: int | None = None) -> int:
        """Queue an update of one kind; one that the bot does not want is dropped, as Telegram does."""
        number = self.next_id if update_id is None else update_id
        self.next_id = max(self.next_id, number + 1)
        if self._wanted(kind):
            self._put(Entry(number, encode({"update_id": number, kind: body}), lane_of(kind, body)))
        return number

    def inject_raw(self, update: JSON) -> int:
        """Queue any JSON as an update, broken or not; an ``update_id`` is given where there is none."""
        number = update.get("update_id")
        if type(number) is not int:
            number = self.next_id
        self.next_id = max(self.next_id, number + 1)
        kind = next((name for name in update if name != "update_id"), "")
        self._put(Entry(number, encode({"update_id": number} | update), lane_of(kind, update.get(kind))))
        return number

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in UNASKED

    def _put(self, entry: Entry) -> None:
        if self.webhook is not None:
            self.webhook.offer(entry)
            return
        late = bool(self._queue) and self._queue[-1].id > entry.id
        self._queue.append(entry)
        if late:
            self._queue = deque(sorted(self._queue, key=lambda each: each.id))
        self._wake()

    def replay(self, times: int = 1) -> None:
        """Serve the last batch again, whole, whatever the offset."""
        self._replays += times
        self._wake()

    def expire(self) -> None:
        """Forget what waits, as Telegram does after 24 hours."""
        self._queue.clear()

    @property
    def pending(self) -> int:
        return len(self._queue) + (self.webhook.pending if self.webhook else 0)

    # --- polling ------------------------------------------------------------------------

    async def poll(self, params: JSON) -> list[bytes]:
        """Answer ``getUpdates``; a second poller ends the first one's wait with 409."""
        if self.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self.polls += 1
        self._poller += 1
        mine = self._poller
        self._wake()
        if (allowed := params.get("allowed_updates")) is not None:
            self.allowed = allowed
        offset = _number(params.get("offset"), 0)
        limit = min(max(_number(params.get("limit"), 100), 1), 100)
        timeout = min(max(_number(params.get("timeout"), 0), 0), LONGEST_POLL)
        if self.strict:
            limit, timeout = self._slowed(offset, limit, timeout)
        self._confirm(offset)
        await self._wait(mine, timeout)
        self._last = (offset, self._last[1], monotonic())
        return self._serve(limit)

    def _slowed(self, offset: int, limit: int, timeout: float) -> tuple[int, float]:
        """Punish a repeated offset: one within 3 s waits 3 s, one within 0.5 s gets one update."""
        before, started, finished = self._last
        now = monotonic()
        self._last = (offset, now, finished)
        if offset != before:
            return limit, timeout
        return (1 if now < finished + 0.5 else limit), (max(timeout, 3.0) if now < started + 3 else timeout)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._queue) > -offset:
                self._forget()
        while self._queue and self._queue[0].id < offset:
            self._forget()

    def _forget(self) -> None:
        self._queue.popleft()
        self.confirmed += 1

    async def _wait(self, mine: int, timeout: float) -> None:
        end = monotonic() + timeout
        while not self._queue and not self._replays and (left := end - monotonic()) > 0:
            waker = asyncio.get_running_loop().create_future()
            self._wakers.add(waker)
            try:
                await asyncio.wait_for(waker, left)
            except TimeoutError:
                return
            finally:
                self._wakers.discard(waker)
            if self.webhook is not None:
                raise conflict("terminated by setWebhook request")
            if mine != self._poller:
                raise conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )

    def _serve(self, limit: int) -> list[bytes]:
        if self._replays and self._batch:
            self._replays -= 1
            batch = self._batch
        else:
            self._replays = 0
            batch = [entry for _, entry in zip(range(limit), self._queue, strict=False)]
        if batch:
            self._batch = batch
        served = [entry.raw for entry in batch for _ in range(self.copies)]
        if self.shuffle is not None:
            self.shuffle.shuffle(served)
        self.served += len(served)
        return served

    def _wake(self) -> None:
        for waker in self._wakers:
            if not waker.done():
                waker.set_result(None)

    # --- webhooks -----------------------------------------------------------------------

    async def set_webhook(self, params: JSON, webhook: Webhook | None) -> None:
        """Push from now on to another place, or to none; what waits is kept unless dropped."""
        waiting = list(self._queue) + (await self.webhook.close() if self.webhook else [])
        if (allowed := params.get("allowed_updates")) is not None:
            self.allowed = allowed
        self._queue.clear()
        self.webhook = webhook
        self._wake()
        if params.get("drop_pending_updates"):
            return
        for entry in sorted(waiting, key=lambda each: each.id):
            self._put(entry)

    def pushed(self) -> None:
        """Count an update that a webhook took."""
        self.served += 1
        self.confirmed += 1

    async def close(self) -> None:
        """End every wait: the server goes away."""
        self._poller += 1
        self._wake()
        if self.webhook is not None:
            await self.webhook.close()


def lane_of(kind: str, body: object) -> int:
    """Return the queue that a webhook's deliveries of this update keep in order.

    Messages are ordered by chat, presses by user: the two may arrive at the same time
    (WebhookActor.cpp of the official server, Bot API 10.0).
    """
    try:
        if kind == "callback_query":
            return int(body["from"]["id"]) + (3 << 33)  # type: ignore[index]  # any JSON may stand here
        return int(body["chat"]["id"])  # type: ignore[index]
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0


def encode(value: object) -> bytes:
    """Encode as JSON; a lone surrogate is escaped, as a careless server would."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def _number(value: object, default: int) -> int:
    if value in (None, ""):
        return default
    if isinstance(value, int):
        return value
    raise bad_request("invalid integer")
