"""Gives every inbox row its turn: one person at a time and in order, people side by side."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from bot.logs import ref
from bot.model import Inbound, Pending, Promised
from bot.outbox import Outbox
from bot.ports import Channel, Poison, Store, Tx

if TYPE_CHECKING:
    from bot.conversation import Conversation

TOGETHER: Final = 256  # turns in flight
FEW: Final = 12  # turns that came by themselves in one transaction: whoever writes waits behind no more
GROUPS: Final = 2  # such transactions in flight
CALM: Final = (
    300  # operations not yet sent, above which nothing comes by itself: ten seconds of Telegram's pace
)
FULL: Final = 2_000  # rows waiting, above which nothing more is fetched
TRIES = 2  # a turn that failed is undone as a whole, so it may be tried again
FIRST_WAIT = 1.0  # seconds before a turn that the store refused comes again; doubles from there
PATIENCE = 30.0  # longest such wait
TIMER = "timer"  # the channel of what has become due
TOLD = 10_000  # rows whose senders were told that something is broken

log = logging.getLogger(__name__)

Parser = Callable[[bytes], Inbound]
T = TypeVar("T")


class Dispatcher:
    """Takes committed inbox rows to the conversation. Lives as long as the process.

    A row that fails stays in the store until it is finished or put aside: nothing is lost by stopping.

    Args:
        parsers: By channel name; each raises ``Poison`` for what it cannot understand.
        channels: Where the static card goes when even the store is broken.

    """

    def __init__(
        self,
        store: Store,
        conversation: "Conversation",
        outbox: Outbox,
        parsers: Mapping[str, Parser],
        channels: Mapping[str, Channel],
    ) -> None:
        self._store = store
        self._conversation = conversation
        self._outbox = outbox
        self._parsers = parsers
        self._channels = channels
        self._lanes: dict[str, deque[Pending]] = {}  # by address; the first is in flight or ready
        self._ready: deque[str] = deque()
        self._unasked: deque[str] = deque()  # ready as well, and begun by a timer
        self._groups = 0  # of those, in flight
        self._calmed: Callable[[], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._waits: dict[str, float] = {}  # seconds a lane now waits for the store
        self._told: dict[int, None] = {}
        self._rows = 0
        self._room = asyncio.Event()
        self._room.set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._stopped = False

    @property
    def waiting(self) -> int:
        """How many rows have not had their turn."""
        return self._rows

    async def start(self) -> None:
        """Take up what an earlier process left."""
        rows = await self._store.run(lambda tx: tx.waiting())
        if rows:
            log.info("took up what an earlier run left", extra={"action": "inbox_resumed", "rows": len(rows)})
        self.accept(rows)

    def accept(self, rows: Iterable[Pending]) -> None:
        """Take rows just committed, in order."""
        for row in rows:
            self._rows += 1
            address = row.arrival.address
            lane = self._lanes.get(address)
            if lane is None:
                self._lanes[address] = deque((row,))
                self._queue(address)
            else:
                lane.append(row)
        if self._rows:
            self._empty.clear()
        if self._rows > FULL:
            self._room.clear()
        self._pump()

    @property
    def calm(self) -> bool:
        """Whether more may come by itself: it keeps nobody waiting, and can soon be sent."""
        return not self._unasked and self._outbox.waiting <= CALM

    def on_calm(self, call: Callable[[], None]) -> None:
        """Have ``call`` called whenever all that came by itself has its turn."""
        self._calmed = call

    async def room(self) -> None:
        """Return when few enough rows wait that more may be fetched."""
        await self._room.wait()

    async def idle(self) -> None:
        """Return when every row has had its turn."""
        await self._empty.wait()

    async def stop(self, limit: float = 5.0) -> None:
        """Begin no further turn; wait for those in flight."""
        self._stopped = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=limit)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _queue(self, address: str) -> None:
        unasked = self._lanes[address][0].arrival.channel == TIMER
        (self._unasked if unasked else self._ready).append(address)

    def _pump(self) -> None:
        while self._ready and len(self._tasks) < TOGETHER and not self._stopped:
            self._begin(self._serve(self._ready.popleft()), self._served)
        while self._unasked and self._groups < GROUPS and not self._stopped:
            self._groups += 1
            group = [self._unasked.popleft() for _ in range(min(FEW, len(self._unasked)))]
            self._begin(self._serve_group(group), self._came)
            if not self._unasked and self._calmed:
                self._calmed()

    def _begin(
        self, serving: Coroutine[None, None, None], done: Callable[[asyncio.Task[None]], None]
    ) -> None:
        task = asyncio.get_running_loop().create_task(serving)
        self._tasks.add(task)
        task.add_done_callback(done)

    def _served(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._pump()

    def _came(self, task: asyncio.Task[None]) -> None:
        self._groups -= 1
        self._served(task)

    async def _serve_group(self, addresses: list[str]) -> None:
        """Give several people what came to them by itself, all in one transaction; one by one, where that fails."""
        rows = [self._lanes[address][0] for address in addresses]
        try:
            inbounds = [self._parse(row) for row in rows]
            answers = await self._store.run(lambda tx: self._receive_all(tx, rows, inbounds))
        except Exception:
            log.exception("a group failed", extra={"action": "group_failed", "rows": len(rows)})
            for address in addresses:
                await self._serve(address)
            return
        for row, inbound, promised in zip(rows, inbounds, answers, strict=True):
            self._hand_over(row, inbound, promised)
        for address in addresses:
            self._through(address)

    def _receive_all(self, tx: Tx, rows: list[Pending], inbounds: list[Inbound]) -> list[list[Promised]]:
        talk, unheard = self._conversation, self._conversation.hear("")
        return [talk.receive(tx, *each, unheard) for each in zip(rows, inbounds, strict=True)]

    async def _serve(self, address: str) -> None:
        """Give one person's next row its turn, then let others go first."""
        lane = self._lanes[address]
        if await self._turn(lane[0]):
            self._through(address)
        else:
            self._postpone(address)

    def _through(self, address: str) -> None:
        """Take a row away that has had its turn."""
        lane = self._lanes[address]
        self._waits.pop(address, None)
        lane.popleft()
        if lane:
            self._queue(address)
        else:
            del self._lanes[address]
        self._rows -= 1
        if self._rows <= FULL // 2:
            self._room.set()
        if not self._rows:
            self._empty.set()

    def _postpone(self, address: str) -> None:
        wait = self._waits[address] = min(PATIENCE, self._waits.get(address, FIRST_WAIT / 2) * 2)
        asyncio.get_running_loop().call_later(wait, self._return, address)

    def _return(self, address: str) -> None:
        self._queue(address)
        self._pump()

    async def _turn(self, row: Pending) -> bool:
        """Return whether the row is done with; False if the store would not have it."""
        try:
            inbound = self._parse(row)
        except Poison as poison:
            return await self._put_aside(row, f"Poison {poison}", poison.number)
        except Exception as error:
            log.exception("a row could not be read", extra={"action": "parse_failed", "row": row.id})
            return await self._put_aside(row, type(error).__name__)
        if inbound.kind == "other":
            return await self._run(row, lambda tx: _finish(tx, row, inbound.message)) is not None
        promised = await self._answer(row, inbound)
        if promised is None:
            await self._tell(row, inbound)
            return await self._put_aside(row, "no answer possible", inbound.message)
        self._hand_over(row, inbound, promised)
        return True

    def _parse(self, row: Pending) -> Inbound:
        parser = self._parsers.get(row.arrival.channel)
        if parser is None:
            raise Poison("channel")
        inbound = parser(row.arrival.body)
        if not row.arrival.address and inbound.kind != "other":
            raise Poison("chat")
        return inbound

    async def _put_aside(self, row: Pending, reason: str, message: int | None = None) -> bool:
        where = {"row": row.id, "reason": reason, "chat": ref(row.arrival.address)}
        log.warning("a row was put aside", extra={"action": "quarantined", **where})
        return await self._run(row, lambda tx: _quarantine(tx, row, reason, message)) is not None

    async def _answer(self, row: Pending, inbound: Inbound) -> list[Promised] | None:
        """Return what the conversation promised, or an apology; None if neither was possible."""
        talk, text = self._conversation, inbound.text
        try:
            heard = await asyncio.to_thread(talk.hear, text) if text else talk.hear(text)
        except Exception:
            log.exception("a text could not be heard", extra={"action": "hear_failed", "row": row.id})
            return await self._run(row, lambda tx: talk.apologise(tx, row, inbound.message))
        for _ in range(TRIES):
            promised = await self._run(row, lambda tx: talk.receive(tx, row, inbound, heard))
            if promised is not None:
                return promised
        return await self._run(row, lambda tx: talk.apologise(tx, row, inbound.message))

    async def _run(self, row: Pending, work: Callable[[Tx], T]) -> T | None:
        """Run ``work`` in a transaction; None if it failed."""
        try:
            return await self._store.run(work)
        except Exception:
            log.exception("a transaction failed", extra={"action": "turn_failed", "row": row.id})
            return None

    def _hand_over(self, row: Pending, inbound: Inbound, promised: list[Promised]) -> None:
        channel, address = row.arrival.channel, row.arrival.address
        if channel in self._channels:  # a timer says nothing about whether the person is there
            (self._outbox.gone if inbound.kind == "left" else self._outbox.back)(channel, address)
        if promised:
            self._outbox.accept(promised)

    async def _tell(self, row: Pending, inbound: Inbound) -> None:
        """Send the static card, once for each row, past the store: something is broken, help is here."""
        channel = self._channels.get(row.arrival.channel)
        if channel is None or row.id in self._told or inbound.kind in ("left", "returned", "edited"):
            return
        if len(self._told) >= TOLD:
            del self._told[next(iter(self._told))]
        self._told[row.id] = None
        try:
            await channel.perform(row.arrival.address, self._conversation.fallback(inbound.text))
        except Exception:
            log.exception("the static card could not be sent", extra={"action": "tell_failed", "row": row.id})


def _finish(tx: Tx, row: Pending, message: int | None) -> bool:
    tx.finish(row.id, message)
    return True


def _quarantine(tx: Tx, row: Pending, reason: str, message: int | None) -> bool:
    tx.quarantine(row.id, reason, message)
    return True
