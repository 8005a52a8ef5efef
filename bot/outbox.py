"""Carries out what was promised: in order for each chat, patiently, never faster than the channel allows.

The rows are in the store; this is their life in memory. No channel has an idempotency key for a new bubble,
so a row found at start MAY have been sent by the process before. It is repeated: losing a reply is worse
than one extra copy. Three things keep copies few: marks are committed as soon as sends are done, a repeat
waits until this process has proved that it lives (``Pace.settle``, longer each time), and it is claimed,
durably, before it is made.
"""

import asyncio
import logging
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from typing import Final, TypeVar

from bot.lanes import Lane, Place, Row
from bot.ledger import Ledger
from bot.logs import ref
from bot.model import CHECKIN, HELP, Outbound, Pace, Promised
from bot.ports import Channel, Clock, Gone, Refused, SendError, Store, TooFast, Unclear
from bot.standing import REACH, numbers

TOGETHER: Final = 64  # operations in flight over all chats
FIRST_WAIT = 0.5  # seconds before the first repeat after a failure; doubles from there
REPEATS = 1  # of a bubble that may have gone out: one extra copy at most
HELP_REPEATS = 3  # a help card twice is better than none
HARMLESS = frozenset({"close", "pin", "leave", "scrub", "delete"})  # repeating them changes nothing
IN_PLACE = 3  # times that deleting is tried before anything else is sent to the chat
LAST = CHECKIN + 1  # the place of a harmless operation that failed: behind every bubble
WHOLE = 2_000  # characters; a longer text may go out as several messages
REMEMBERED = 20_000  # numbers of bubbles sent, and chats that have gone
IDLE_LANES = 4_096  # chats remembered for their spacing alone

log = logging.getLogger(__name__)

K = TypeVar("K")
V = TypeVar("V")


class Outbox:
    """Sends. Lives as long as the process; everything runs on the event loop, without locks."""

    def __init__(self, store: Store, channels: Mapping[str, Channel], pace: Pace, clock: Clock) -> None:
        self._store = store
        self._channels = channels
        self._pace = pace
        self._clock = clock
        self._ledger = Ledger(store, pace.patience)
        self._lanes: dict[Place, Lane] = {}
        self._sweep_at = IDLE_LANES
        self._ready: list[tuple[Row, int, Lane]] = []  # a lane may stand in it twice: the first counts
        self._order = count()
        self._gone: dict[Place, None] = {}
        self._numbers: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._typing: set[asyncio.Task[None]] = set()
        self._flying = 0
        self._open = 0  # rows without a committed end
        self._empty = asyncio.Event()
        self._empty.set()
        self._bucket = 0.0  # when the next bubble may go, over all chats
        self._bell: asyncio.TimerHandle | None = None
        self._stopped = False

    # --- what others call -----------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """How many rows have not come to their end."""
        return self._open

    async def start(self) -> None:
        """Take up what an earlier process left; call before anything new is accepted."""
        rows = await self._store.run(lambda tx: tx.promised())
        now = asyncio.get_running_loop().time()
        for promised in rows:
            settled = now if promised.outbound.priority == HELP else now + self._settle(promised.attempts)
            self._add(Row(promised, max(settled, self._due(promised)), unsure=True))
        if rows:
            log.info("took up what was left", extra={"action": "outbox_resumed", "rows": len(rows)})
        self._pump()

    def accept(self, promised: Iterable[Promised]) -> None:
        """Take rows just committed."""
        for row in promised:
            self._add(Row(row, self._due(row), unsure=False))
        self._pump()

    def back(self, channel: str, address: str) -> None:
        """The person has written: whatever was known of them being gone is over."""
        place = (channel, address)
        self._gone.pop(place, None)
        if (lane := self._lanes.get(place)) is not None:
            lane.visits += 1

    def gone(self, channel: str, address: str) -> None:
        """The person has left: drop what waits for them, and send nothing until ``back``."""
        place = (channel, address)
        _remember(self._gone, place, None)
        lane = self._lanes.get(place)
        for row in lane.rows if lane else ():
            self._drop(row, "gone")
        if lane:
            lane.rows.clear()

    async def idle(self) -> None:
        """Return when nothing waits and every mark is committed."""
        while self._open:
            await self._empty.wait()

    async def stop(self, limit: float = 5.0) -> None:
        """Begin nothing new; wait for what is in flight, and commit every mark.

        Args:
            limit: Seconds; what is unfinished then stays in the store for the next start.

        """
        self._stopped = True
        timers = [self._bell, *(lane.timer for lane in self._lanes.values())]
        for timer in timers:
            if timer is not None:
                timer.cancel()
        try:
            async with asyncio.timeout(limit):
                while self._tasks:
                    await asyncio.wait(self._tasks)
                await self._ledger.idle()
        except TimeoutError:
            log.warning("stopped with sends under way", extra={"action": "outbox_cut", "rows": self._open})
        left = (*self._tasks, *self._typing)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._ledger.close()

    # --- what is next ---------------------------------------------------------------------

    def _settle(self, attempts: int) -> float:
        """Each process that died over a row makes the next one wait longer: a crash loop falls silent."""
        longest = max(self._pace.patience, self._pace.settle)
        return float(min(self._pace.settle * 4 ** min(attempts, 10), longest))

    def _due(self, promised: Promised) -> float:
        now = asyncio.get_running_loop().time()
        if not promised.not_before:
            return now
        return now + max(0.0, promised.not_before - self._clock.now().timestamp())

    def _add(self, row: Row) -> None:
        place = (row.promised.channel, row.promised.address)
        self._open += 1
        self._empty.clear()
        if place in self._gone:
            self._drop(row, "gone")
            return
        lane = self._lanes.get(place) or self._lane(place)
        if row.clears:
            self._open -= lane.erase(before=row.promised.id)
        if (target := row.outbound.target) is not None:  # a bubble cannot be edited before it is sent
            row.priority = max([row.priority, *(o.priority for o in lane.rows if o.promised.id == target)])
        heappush(lane.rows, row)
        if lane.rows[0] is row:
            self._queue(lane)

    def _lane(self, place: Place) -> Lane:
        if len(self._lanes) >= self._sweep_at:
            self._sweep()
        lane = self._lanes[place] = Lane(place)
        return lane

    def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        for place, lane in list(self._lanes.items()):
            if not (lane.rows or lane.busy) and max(lane.spaced, lane.parked) <= now:
                del self._lanes[place]
        self._sweep_at = max(IDLE_LANES, 2 * len(self._lanes))

    def _queue(self, lane: Lane) -> None:
        """Put a lane where it belongs: among the ready, or asleep until its first row may go."""
        if lane.busy or not lane.rows or self._stopped:
            return
        row = lane.rows[0]
        loop = asyncio.get_running_loop()
        wake = self._wake(lane, row)
        if wake <= loop.time():
            heappush(self._ready, (row, next(self._order), lane))
            return
        if lane.timer is not None:
            lane.timer.cancel()
        lane.timer = loop.call_at(wake, self._awake, lane)

    def _wake(self, lane: Lane, row: Row) -> float:
        if row.outbound.op == "scrub":  # is between the store and us
            return row.due
        wake = max(row.due, lane.parked)
        if row.outbound.op == "send" and not row.urgent:
            return max(wake, lane.spaced)
        return wake

    def _awake(self, lane: Lane) -> None:
        lane.timer = None
        self._queue(lane)
        self._pump()

    def _pump(self) -> None:
        """Start what may start now; the most urgent first."""
        loop = asyncio.get_running_loop()
        while self._ready and self._flying < TOGETHER and not self._stopped:
            row, _, lane = self._ready[0]
            if lane.busy or not lane.rows or lane.rows[0] is not row or self._wake(lane, row) > loop.time():
                heappop(self._ready)  # overtaken or dropped since; who overtook it stands in the heap too
            elif self._pausing(lane, row):
                heappop(self._ready)
                self._queue(lane)
            elif row.outbound.op == "send" and not self._token(loop, row):
                return
            else:
                heappop(self._ready)
                self._begin(loop, lane)

    def _pausing(self, lane: Lane, row: Row) -> bool:
        """Begin the typing pause of a bubble that has one."""
        outbound = row.outbound
        if row.paused or row.urgent or outbound.pause <= 0 or outbound.op != "send" or not self._pace.typing:
            return False
        row.paused = True
        row.due = asyncio.get_running_loop().time() + outbound.pause
        channel = self._channels.get(lane.place[0])
        if channel is not None:
            task = asyncio.get_running_loop().create_task(_seem_to_type(channel, lane.place[1]))
            self._typing.add(task)
            task.add_done_callback(self._typing.discard)
        return True

    def _token(self, loop: asyncio.AbstractEventLoop, row: Row) -> bool:
        """Take a place in the flow of bubbles over all chats; help need not wait for one."""
        now = loop.time()
        if self._bucket > now and not row.urgent:
            if self._bell is None:
                self._bell = loop.call_at(self._bucket, self._ring)
            return False
        self._bucket = max(self._bucket, now) + 1.0 / self._pace.per_second
        return True

    def _ring(self) -> None:
        self._bell = None
        self._pump()

    # --- one operation ----------------------------------------------------------------------

    def _begin(self, loop: asyncio.AbstractEventLoop, lane: Lane) -> None:
        lane.busy = True
        self._flying += 1
        task = loop.create_task(self._carry(lane, heappop(lane.rows)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, lane: Lane, row: Row) -> None:
        visits = lane.visits
        try:
            self._sent(lane, row, await self._perform(lane, row))
        except TooFast as fault:
            self._park(lane, row, fault.after)
        except Gone:
            self._leave(lane, row, returned=lane.visits != visits)
        except Refused as fault:
            self._drop(row, str(fault))
        except Unclear:
            self._doubt(lane, row)
        except SendError:  # not sent; or our token is refused, which says nothing about this row
            self._again(lane, row)
        except Exception:  # an error of ours: nobody knows how far it came
            log.exception("an operation failed", extra={"action": "perform_failed", "row": row.promised.id})
            self._doubt(lane, row)
        finally:
            lane.busy = False
            self._flying -= 1
            self._queue(lane)
            self._pump()

    async def _perform(self, lane: Lane, row: Row) -> int | None:
        if row.outbound.op == "scrub":
            await self._store.scrub()
            return None
        name, address = lane.place
        channel = self._channels.get(name)
        if channel is None:
            raise Refused("no such channel")
        outbound = await self._aimed(row)
        if row.unsure:
            await self._ledger.commit(lambda tx: tx.claim([row.promised.id]))
            row.unsure = False
        return await channel.perform(address, outbound)

    async def _aimed(self, row: Row) -> Outbound:
        """Fill in the numbers of the bubbles that an operation is about."""
        outbound, target = row.outbound, row.outbound.target
        if outbound.upto is not None:
            return replace(outbound, messages=await self._standing(row.promised.id, outbound.upto))
        if target is None or outbound.message is not None:
            return outbound
        number = self._numbers.get(target)
        if number is None:
            number = await self._store.run(lambda tx: tx.message_of(target))
        if number is None:
            raise Refused("no such bubble")
        return replace(outbound, message=number)

    async def _standing(self, row: int, upto: int) -> tuple[int, ...]:
        """Return the numbers of all that stands in a chat, after every mark of what was sent before is committed."""
        found: list[tuple[int, ...]] = []
        since = int((self._clock.now() - REACH).timestamp())
        await self._ledger.commit(lambda tx: found.append(numbers(*tx.standing(row, upto, since))))
        return found[-1]

    # --- how it ended -----------------------------------------------------------------------

    def _sent(self, lane: Lane, row: Row, number: int | None) -> None:
        if row.outbound.op == "send":
            lane.spaced = asyncio.get_running_loop().time() + self._pace.per_chat
            if number is not None:
                _remember(self._numbers, row.promised.id, number)
        if row.outbound.op == "send" and (number is None or len(row.outbound.text) > WHOLE):
            self._ledger.note(
                lambda tx: tx.claim([row.promised.id]), bool
            )  # it stands under other numbers, too
        self._ledger.note(lambda tx: tx.sent(row.promised.id, number), self._end)

    def _drop(self, row: Row, code: str) -> None:
        where = {"row": row.promised.id, "code": code, "chat": ref(row.promised.address)}
        log.info("an operation was dropped", extra={"action": "dropped", **where})
        self._ledger.note(lambda tx: tx.dropped(row.promised.id, code), self._end)

    def _end(self) -> None:
        self._open -= 1
        if not self._open:
            self._empty.set()

    def _park(self, lane: Lane, row: Row, after: float) -> None:
        lane.parked = asyncio.get_running_loop().time() + after
        until = self._clock.now().timestamp() + after
        self._ledger.note(lambda tx: tx.delayed(row.promised.id, until), bool)
        self._put_back(lane, row)

    def _leave(self, lane: Lane, row: Row, *, returned: bool) -> None:
        self._drop(row, "gone")
        if not returned:  # what was refused may be older than the person's return
            self.gone(*lane.place)

    def _doubt(self, lane: Lane, row: Row) -> None:
        row.unclear += 1
        allowed = HELP_REPEATS if row.urgent else REPEATS
        if row.outbound.op not in HARMLESS and row.unclear > allowed:
            self._drop(row, "unclear")
            return
        row.unsure = True
        self._again(lane, row)

    def _again(self, lane: Lane, row: Row) -> None:
        if row.outbound.op in HARMLESS and (row.outbound.op != "delete" or row.tries >= IN_PLACE):
            row.priority = LAST  # buttons that stay a while longer keep no words waiting
        wait = min(self._pace.patience, FIRST_WAIT * 2 ** min(row.tries, 20))
        row.tries += 1
        row.due = asyncio.get_running_loop().time() + wait * random.uniform(0.5, 1.0)  # noqa: S311  # no secret
        self._put_back(lane, row)

    def _put_back(self, lane: Lane, row: Row) -> None:
        if row.promised.id < lane.erased:  # meanwhile the person was erased
            self._end()
        else:
            heappush(lane.rows, row)


async def _seem_to_type(channel: Channel, address: str) -> None:
    try:
        await channel.typing(address)
    except Exception:  # noqa: BLE001  # a pause is no reason to fail
        log.debug("typing failed", extra={"action": "typing_failed"})


def _remember(memory: dict[K, V], key: K, value: V) -> None:
    if len(memory) >= REMEMBERED:
        del memory[next(iter(memory))]
    memory[key] = value
