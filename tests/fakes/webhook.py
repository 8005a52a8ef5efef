"""Pushes updates to a bot's own address, in order, until it says 2xx."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from tests.fakes.errors import JSON, bad_request

if TYPE_CHECKING:
    from tests.fakes.delivery import Entry

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))  # a test never reaches out
SECRET = "X-Telegram-Bot-Api-Secret-Token"
PATIENCE = 60.0  # first pauses; the official server draws the longest from 60-120


@dataclass(slots=True)
class Webhook:
    """One ``setWebhook``. Lives until the next one, or ``deleteWebhook``.

    Attributes:
        backoff: Seconds before the first repeat; each further one takes twice as long.
        taken: Called for each update that the bot took.
        replied: Called with the call that a bot put into its answer.
        changed: Called after each try that failed.
        tries: (update id, HTTP status or 0) of every delivery tried.

    """

    url: str
    secret: str
    backoff: float
    taken: Callable[[], None]
    replied: Callable[[JSON], None]
    changed: Callable[[], None]
    connections: int = 40
    tries: list[tuple[int, int]] = field(default_factory=list)
    last_error: tuple[int, str] | None = None
    _lanes: dict[int, deque["Entry"]] = field(default_factory=dict, repr=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    _session: aiohttp.ClientSession | None = None
    _gate: asyncio.Semaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if urlsplit(self.url).hostname not in LOOPBACK:
            raise bad_request("bad webhook: this server pushes to loopback only")
        self._gate = asyncio.Semaphore(self.connections)

    @property
    def pending(self) -> int:
        return sum(map(len, self._lanes.values()))

    def offer(self, entry: "Entry") -> None:
        """Put an update behind those of its lane."""
        lane = self._lanes.get(entry.lane)
        if lane is not None:
            lane.append(entry)
            return
        self._lanes[entry.lane] = deque((entry,))
        task = asyncio.get_running_loop().create_task(self._run(entry.lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> list["Entry"]:
        """Stop, and return what was not taken."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        return [entry for lane in self._lanes.values() for entry in lane]

    async def _run(self, lane: int) -> None:
        queue = self._lanes[lane]
        while queue:
            pause = self.backoff
            while (wait := await self._push(queue[0])) is not None:
                await asyncio.sleep(wait * self.backoff if wait else pause)
                pause = min(pause * 2, self.backoff * random.uniform(PATIENCE, 2 * PATIENCE))
            queue.popleft()
            self.taken()
        del self._lanes[lane]

    async def _push(self, entry: "Entry") -> float | None:
        """Deliver once; None if taken, else the seconds that the bot asked for, 0 if it did not."""
        async with self._gate:
            try:
                return await self._post(entry)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self._failed(entry, 0, type(error).__name__)
                return 0.0

    async def _post(self, entry: "Entry") -> float | None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        headers = {"Content-Type": "application/json"} | ({SECRET: self.secret} if self.secret else {})
        async with self._session.post(self.url, data=entry.raw, headers=headers) as answer:
            body = await answer.read()
        if 200 <= answer.status < 300:
            self.tries.append((entry.id, answer.status))
            self._reply(answer, body)
            return None
        self._failed(
            entry, answer.status, f"Wrong response from the webhook: {answer.status} {answer.reason}"
        )
        asked = answer.headers.get("Retry-After", "")
        return min(float(asked), 3600.0) if asked.isdigit() else 0.0

    def _reply(self, answer: aiohttp.ClientResponse, body: bytes) -> None:
        if body.startswith(b"{") and answer.content_type == "application/json":
            call = json.loads(body)
            if "method" in call:
                self.replied(call)

    def _failed(self, entry: "Entry", status: int, reason: str) -> None:
        self.tries.append((entry.id, status))
        self.last_error = (int(time.time()), reason)
        self.changed()
