"""The operations of each chat, in the order in which they go."""

from heapq import heapify
from typing import TYPE_CHECKING

from bot.model import HELP, Outbound, Promised

if TYPE_CHECKING:
    import asyncio

Place = tuple[str, str]


class Row:
    """One operation in memory. Lives from ``accept`` until its end is committed."""

    __slots__ = ("due", "paused", "priority", "promised", "tries", "unclear", "unsure")

    def __init__(self, promised: Promised, due: float, *, unsure: bool) -> None:
        self.promised = promised
        self.priority = promised.outbound.priority
        self.due = due  # on the loop's clock
        self.unsure = unsure  # it may have been sent before: to be claimed first
        self.paused = False  # its typing pause has begun
        self.tries = 0
        self.unclear = 0

    @property
    def outbound(self) -> Outbound:
        return self.promised.outbound

    @property
    def urgent(self) -> bool:
        return self.priority == HELP

    @property
    def clears(self) -> bool:
        """Whether nothing is to be sent that was promised before."""
        return self.outbound.op == "scrub" or self.outbound.upto is not None

    def __lt__(self, other: "Row") -> bool:
        return (self.priority, self.promised.id) < (other.priority, other.promised.id)


class Lane:
    """One chat's operations, the next first. Lives while there is something to do or to wait for."""

    __slots__ = ("busy", "erased", "parked", "place", "rows", "spaced", "timer", "visits")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.rows: list[Row] = []
        self.busy = False
        self.parked = 0.0  # the other side asked for patience until then
        self.spaced = 0.0  # no further bubble before
        self.timer: asyncio.TimerHandle | None = None
        self.visits = 0  # how often the person has written
        self.erased = 0  # whoever was here before this row is erased

    def erase(self, *, before: int) -> int:
        """Let go of what was promised before a row; return how many operations that were."""
        self.erased = before
        kept = [row for row in self.rows if row.promised.id >= before]
        gone = len(self.rows) - len(kept)
        self.rows[:] = kept
        heapify(self.rows)
        return gone
