"""A whole hour of check-ins through the bot's own outbox, on a clock that runs as fast as the work is done.

100,000 people in one zone chose nine o'clock; Telegram takes 30 messages a second; others write meanwhile.
"""

import asyncio
import random
import selectors
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.checkins import WINDOW, minute
from bot.dispatcher import CALM
from bot.model import CHECKIN, REPLY, Outbound, Pace, Promised
from bot.outbox import Outbox

PEOPLE = 100_000
TALKING = 20_000  # other people: few write twice within the second that a chat has to itself
REPLIES = 1.0  # a second, over all of them
PART = 100  # check-ins begun together (``scheduler.AT_ONCE``)
FLIGHT = 0.05  # seconds that a send takes
BEGIN = datetime(2026, 6, 10, 8, 30, tzinfo=UTC)
LOOK = 0.25  # seconds between two looks while the outbox is full (``scheduler.BREATH``)


class Fast(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next thing to do."""

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())
        self.passed = 0.0
        select = self._selector.select  # type: ignore[attr-defined]  # of asyncio's own

        def skip(wait: float | None = None) -> Any:
            self.passed += wait or 0.0
            return select(0)

        self._selector.select = skip  # type: ignore[attr-defined]

    def time(self) -> float:
        return self.passed


class Clock:
    """Shows what the loop's clock shows."""

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())


class Nothing:
    """A store that forgets."""

    async def run(self, work: Callable[[Any], Any]) -> Any:
        return work(self)

    def promised(self) -> list[Promised]:
        return []

    def sent(self, row: int, message: int | None) -> None: ...


class Telegram:
    """Notes when each row was sent."""

    def __init__(self) -> None:
        self.at: dict[int, float] = {}

    async def perform(self, address: str, outbound: Outbound) -> int | None:
        self.at[int(outbound.text)] = asyncio.get_running_loop().time()
        await asyncio.sleep(FLIGHT)
        return 1

    async def typing(self, address: str) -> None: ...


class Hour:
    """The hour around nine. Lives for one measurement."""

    def __init__(self) -> None:
        self.telegram, self.rows = Telegram(), 0
        self.due: dict[int, float] = {}  # of each row, when it was to come, or was asked for
        self.outbox = Outbox(Nothing(), {"telegram": self.telegram}, Pace(), Clock())  # type: ignore[arg-type]

    def promise(self, address: str, priority: int, due: float) -> Promised:
        self.rows += 1
        self.due[self.rows] = due
        return Promised(self.rows, "telegram", address, Outbound(text=str(self.rows), priority=priority))

    async def check_in(self) -> list[int]:
        """Begin everybody's check-in at their minute, in parts, as long as little waits to be sent."""
        loop, rows = asyncio.get_running_loop(), []
        ids = (f"{number:016x}" for number in range(PEOPLE))
        dues = sorted((60.0 * (minute(id_, "09:00", []) + WINDOW), id_) for id_ in ids)
        for first in range(0, PEOPLE, PART):
            part = dues[first : first + PART]
            await asyncio.sleep(max(0.0, part[-1][0] - loop.time()))
            while self.outbox.waiting > CALM:
                await asyncio.sleep(LOOK)
            made = [self.promise(id_, CHECKIN, due) for due, id_ in part]
            self.outbox.accept(made)
            rows += [row.id for row in made]
        return rows

    async def reply(self) -> list[int]:
        """Answer others all the while."""
        chance, rows, loop = random.Random(1), [], asyncio.get_running_loop()
        while loop.time() < 2 * 60 * WINDOW:
            await asyncio.sleep(chance.expovariate(REPLIES))
            row = self.promise(f"other {chance.randrange(TALKING)}", REPLY, loop.time())
            self.outbox.accept([row])
            rows.append(row.id)
        return rows

    async def pass_(self) -> dict[str, Any]:
        crowd, others = await asyncio.gather(self.check_in(), self.reply())
        await self.outbox.idle()
        sent = self.telegram.at
        waits = sorted(sent[row] - self.due[row] for row in others)
        late = sorted(sent[row] - self.due[row] for row in crowd)
        return {
            "people": len(crowd), "replies": len(others),
            "reply_p99_s": round(waits[len(waits) * 99 // 100], 2), "reply_longest_s": round(waits[-1], 2),
            "first_min": round(min(sent[row] for row in crowd) / 60 - WINDOW, 1),
            "last_min": round(max(sent[row] for row in crowd) / 60 - WINDOW, 1),
            "late_longest_s": round(late[-1], 1),
        }  # fmt: skip


def measure() -> Iterator[dict[str, Any]]:
    """Yield when the crowd got theirs, in minutes from nine, and how long others waited for a reply."""
    with asyncio.Runner(loop_factory=Fast) as runner:
        found = runner.run(Hour().pass_())
    yield {"bench": "fan-out", "bot": "befriend", **found}
    yield _limit("fan-out, a reply waits at most, s", found["reply_longest_s"], 1)
    yield _limit("fan-out, the last check-in, minutes after nine", found["last_min"], WINDOW + 0.1)


def _limit(name: str, value: float, aim: float) -> dict[str, Any]:
    return {"limit": name, "value": value, "below": aim, "met": value < aim}
