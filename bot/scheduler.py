"""Lets waits end and check-ins come: due timers become inbox rows and go the way of every message.

Waits in a talk come at once, for people are there. What comes by itself comes in parts, each when the one before
has had its turn and little waits to be sent: replies are never behind a crowd.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

from bot.checkins import again
from bot.dispatcher import Dispatcher
from bot.model import Pending
from bot.ports import Clock, Store, Tx
from bot.zones import RULES

LONGEST: Final = 30.0  # seconds between two looks: a clock that jumps is noticed by then
AT_ONCE = 100  # timers in one transaction
BREATH = 0.25  # seconds between two looks while what comes by itself has to wait
BACK = timedelta(minutes=5)  # a clock that was put back by more may have put off check-ins: they are set anew
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
        self._latest: datetime | None = None  # when we last looked
        self._rearming = True  # one that was cut short goes on

    def nudge(self) -> None:
        """Look now: a nearer timer was set, or the clock was moved. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._nudged.set)

    async def run(self) -> None:
        """Look until cancelled."""
        self._loop = asyncio.get_running_loop()
        self._dispatcher.on_calm(self.nudge)
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
        now, calm = self._clock.now(), self._dispatcher.calm
        await self._put_right(now)
        rows, due = await self._store.run(lambda tx: _take(tx, now, calm=calm))
        self._dispatcher.accept(rows)
        if self._rearming:
            return 0.0
        longest = LONGEST if calm and not rows else BREATH
        return longest if due is None else min(longest, max(0.0, (due - self._clock.now()).total_seconds()))

    async def _put_right(self, now: datetime) -> None:
        """Set check-ins anew, a part at each look, after a clock that was ahead was put back, or for new rules."""
        anew = self._latest is not None and now < self._latest - BACK
        if self._latest is None:
            anew = await self._store.run(lambda tx: _wrong(tx, now))
        self._latest = now
        if anew or self._rearming:
            self._rearming = await self._store.run(lambda tx: tx.rearm(now, again, AT_ONCE, anew=anew))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._nudged.wait()
        except TimeoutError:
            pass


def _wrong(tx: Tx, now: datetime) -> bool:
    """Whether the last process may have set timers that are wrong now."""
    latest, changed = tx.latest(), tx.changed("rules", RULES)
    return changed or (latest is not None and now < latest - BACK)


def _take(tx: Tx, now: datetime, *, calm: bool) -> tuple[list[Pending], datetime | None]:
    return tx.due(now, AT_ONCE, again, calm=calm), tx.next_due(calm=calm)
