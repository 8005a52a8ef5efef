"""A timer set for a moment fires once: over restarts, clocks that jump, and nights when clocks are changed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.model import Pending
from bot.scheduler import LONGEST, Scheduler
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.moments import next_due
from tests.moving_clock import MovingClock

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEARS = timedelta(days=3653)


@dataclass
class Taker:
    """Stands where the dispatcher stands: what it was handed, and which rows it has answered."""

    fired: list[Pending] = field(default_factory=list)
    calm: bool = True

    def on_calm(self, call: Callable[[], None]) -> None: ...

    async def room(self) -> None: ...

    def accept(self, rows: list[Pending]) -> None:
        self.fired += rows


@dataclass
class Bot:
    """A process over a folder. It can be ended and begun anew; its clock can be put anywhere."""

    folder: Path
    clock: MovingClock
    fired: int = 0

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.store = SqliteStore.open(self.folder, Seal(b"s" * 32))
        self.taker = Taker()
        self.scheduler = Scheduler(self.store, self.taker, self.clock)  # type: ignore[arg-type]  # a stand-in

    async def restart(self) -> None:
        await self.store.close()
        self._begin()

    async def set(self, due: datetime, key: str = "letter") -> None:
        await self.store.run(lambda tx: tx.set_timer(tx.person_at("telegram", "1").id, key, 1, due))

    async def look(self, now: datetime | None = None) -> int:
        """Put the clock, look, answer what fired; return how many did."""
        if now is not None:
            self.clock.put(now)
        await self.scheduler.look()
        rows, self.taker.fired = self.taker.fired, []
        await self.store.run(lambda tx: [tx.finish(row.id) for row in rows])
        self.fired += len(rows)
        return len(rows)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path, MovingClock(NOON))
    yield bot
    await bot.store.close()


# --- restarts ---------------------------------------------------------------------------


async def test_a_timer_outlives_restarts_and_fires_once(bot):
    """It comes at its moment, not before, whichever process is there then; and never again."""
    await bot.set(NOON + 30 * DAY)
    counts = [await bot.look(NOON + 29 * DAY)]
    await bot.restart()
    counts += [await bot.look(), await bot.look(NOON + 30 * DAY)]
    await bot.restart()
    counts += [await bot.look(), await bot.look(NOON + 31 * DAY)]

    assert counts == [0, 0, 1, 0, 0]


async def test_what_became_due_while_nobody_ran_fires_at_the_next_start(bot):
    """A night without power loses no letter."""
    await bot.set(NOON + HOUR)
    await bot.store.close()
    bot.clock.put(NOON + 2 * DAY)
    bot._begin()

    assert [await bot.look(), await bot.look()] == [1, 0]


async def test_what_fired_and_was_not_answered_waits_in_the_inbox(bot):
    """Killed between firing and answering: the row is there after the restart, and the timer is gone."""
    await bot.set(NOON)
    await bot.scheduler.look()
    await bot.restart()
    waiting = await bot.store.run(lambda tx: tx.waiting())

    assert [row.arrival.channel for row in waiting] == ["timer"]
    assert await bot.look(NOON + DAY) == 0


# --- clocks that jump --------------------------------------------------------------------


@pytest.mark.parametrize("span", [HOUR, DAY, YEARS], ids=["1 h", "1 day", "10 years"])
@pytest.mark.parametrize("again", [False, True], ids=["running", "restarted"])
async def test_after_a_jump_ahead_it_fires_once(bot, span, again):
    """What lies in the time jumped over is due at once, and stays fired when the clock is put right."""
    await bot.set(NOON + span / 2)
    await bot.look()
    fired = [await bot.look(NOON + span)]
    if again:
        await bot.restart()
    fired += [await bot.look(NOON), await bot.look(NOON + span / 2), await bot.look(NOON + 2 * span)]

    assert fired == [1, 0, 0, 0]


@pytest.mark.parametrize("span", [HOUR, DAY, YEARS], ids=["1 h", "1 day", "10 years"])
@pytest.mark.parametrize("again", [False, True], ids=["running", "restarted"])
async def test_after_a_jump_back_it_is_not_fired_twice(bot, span, again):
    """Its moment comes a second time; the timer does not."""
    await bot.set(NOON)
    fired = [await bot.look(NOON)]
    if again:
        await bot.restart()
    fired += [await bot.look(NOON - span), await bot.look(NOON), await bot.look(NOON + span)]

    assert fired == [1, 0, 0, 0]


@pytest.mark.parametrize("span", [HOUR, DAY, YEARS], ids=["1 h", "1 day", "10 years"])
async def test_a_jump_back_before_its_moment_only_makes_it_wait(bot, span):
    """It is bound to its moment, not to a span that has begun."""
    await bot.set(NOON + HOUR)
    fired = [
        await bot.look(NOON + 0.9 * HOUR),
        await bot.look(NOON - span),
        await bot.look(NOON + 0.9 * HOUR),
    ]

    assert [*fired, await bot.look(NOON + HOUR)] == [0, 0, 0, 1]


async def test_a_clock_that_jumps_is_noticed_within_half_a_minute(bot):
    """However far off the next timer is, the scheduler never sleeps for longer."""
    await bot.set(NOON + YEARS)

    assert await bot.scheduler.look() == LONGEST == 30.0


async def test_a_running_scheduler_fires_what_was_jumped_over(bot):
    """Nudged after a jump, it looks at once, and hands over what is due a single time."""
    await bot.set(NOON + DAY)
    running = asyncio.create_task(bot.scheduler.run())
    while bot.scheduler._loop is None:  # noqa: ASYNC110  # it has no event for having begun
        await asyncio.sleep(0)
    for now in (NOON + 2 * DAY, NOON, NOON + 2 * DAY):
        bot.clock.put(now)
        bot.scheduler.nudge()
        await bot.store.run(lambda _: None)
    async with asyncio.timeout(5):
        while not bot.taker.fired:  # noqa: ASYNC110  # the same
            await asyncio.sleep(0)
    running.cancel()

    assert len(bot.taker.fired) == 1


# --- nights when clocks are changed ---------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "at", "first", "shown"),
    [
        pytest.param("Europe/Berlin", "02:30", "2026-03-27", ["02:30", "03:30", "02:30", "02:30"], id="spring"),
        pytest.param("Europe/Berlin", "02:30", "2026-10-23", ["02:30", "02:30", "02:30", "02:30"], id="autumn"),
        pytest.param("Australia/Lord_Howe", "02:10", "2026-10-02", ["02:10", "02:40", "02:10", "02:10"], id="half"),
        pytest.param("America/Scoresbysund", "23:30", "2026-03-27", ["23:30", "00:30", "23:30", "23:30"], id="night"),
    ],
)  # fmt: skip
async def test_a_daily_moment_comes_once_a_day_when_clocks_change(bot, zone, at, first, shown):
    """Looked at every ten minutes, with a restart each night, it comes once on each of four days."""
    home, wanted = ZoneInfo(zone), time.fromisoformat(at)
    now = datetime.fromisoformat(f"{first}T12:00+00:00")
    await bot.set(next_due(wanted, home, after=now))
    came = []
    for step in range(4 * 24 * 6):
        if step % 144 == 0:
            await bot.restart()
        if await bot.look(now):
            came.append(now.astimezone(home))
            await bot.set(next_due(wanted, home, after=now))
        now += timedelta(minutes=10)

    assert [f"{moment:%H:%M}" for moment in came] == shown
