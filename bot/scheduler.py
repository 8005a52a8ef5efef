"""Lets waits end: due timers become inbox rows and go the way of every message."""

import asyncio
import logging
from datetime import datetime
from typing import Final

from bot.dispatcher import Dispatcher
from bot.model import Pending
from bot.ports import Clock, Store, Tx

LONGEST: Final = 30.0  # seconds between two looks: a clock that jumps is noticed by then
AT_ONCE = 200  # timers in one transaction
FIRST_WAIT = 1.0  # seconds after a failure; doubles up to LONGEST

log = logging.getLogger(__name__)


class Scheduler:
    """Looks for due timers. Lives as long as the process."""

    def __init__(self, store: Store, dispatcher: Dispatcher, clock: Clock) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._clock = clock
        self._nudged = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def nudge(self) -> None:
        """Look now: a nearer timer was set, or the clock was moved. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._nudged.set)

    async def run(self) -> None:
        """Look until cancelled."""
        self._loop = asyncio.get_running_loop()
        failed = FIRST_WAIT
        while True:
            self._nudged.clear()
            try:
                wait = await self.look()
                failed = FIRST_WAIT
            except Exception:
                log.exception("timers could not be read", extra={"action": "timers_failed"})
                wait, failed = failed, min(failed * 2, LONGEST)
            await self._sleep(wait)

    async def look(self) -> float:
        """Hand over what is due; return the seconds until the next look."""
        await self._dispatcher.room()
        now = self._clock.now()
        rows, due = await self._store.run(lambda tx: _take(tx, now))
        self._dispatcher.accept(rows)
        if due is None:
            return LONGEST
        return min(LONGEST, max(0.0, (due - self._clock.now()).total_seconds()))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._nudged.wait()
        except TimeoutError:
            pass


def _take(tx: Tx, now: datetime) -> tuple[list[Pending], datetime | None]:
    return tx.due(now, AT_ONCE), tx.next_due()
