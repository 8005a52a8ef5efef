"""Check-ins of very many people: what is due is begun, what others wait for meanwhile, and what all of it costs.

Everything runs as on Telegram, but for the network: timers, inbox, turns of the bot's own flow ``daily``, sealed
rows, commits to the disk, the outbox.
"""

import asyncio
import contextlib
import json
import logging
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bench import fanout, process, town
from bench.ours import Nowhere, SystemClock
from bot.app import TAKES_TURNS
from bot.checkins import KEY, LATER, arm
from bot.conversation import Conversation, parse_timer
from bot.dispatcher import Dispatcher
from bot.model import CHECKIN, FAST, Arrival, Inbound, Outbound, Plan, Promised
from bot.outbox import Outbox
from bot.ports import Tx
from bot.scheduler import LONGEST, Scheduler
from bot.seal import Seal
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from flows.compiler import compile_content

FEW = 20
DUE = 1_000  # people at once, in parts of 100 (``scheduler.AT_ONCE``)
ROUNDS = 5
WRITERS = 100  # others, who write meanwhile
EVERY = 0.004  # seconds between two of their messages
ADDED, LOOKS = 300, 300
LIMIT = 240.0  # seconds for a child
JOBS = (10_000, 100_000)  # of python-telegram-bot's JobQueue
Line = dict[str, Any]


@dataclass
class Arrived(Nowhere):
    """A channel that does nothing but note when somebody was answered."""

    def __post_init__(self) -> None:
        self.asked: dict[str, float] = {}
        self.took: list[float] = []

    async def perform(self, address: str, outbound: Outbound) -> int | None:
        if outbound.op == "send" and (began := self.asked.pop(address, None)) is not None:
            self.took.append((perf_counter() - began) * 1000)
        return await super().perform(address, outbound)


class Spared(Outbox):
    """Sends what answers people; the crowd's check-ins stay in the store, as they do until Telegram takes them."""

    def accept(self, promised: Iterable[Promised]) -> None:
        super().accept(row for row in promised if row.outbound.priority != CHECKIN)


class Running:
    """A bot over a town. Lives for one measurement."""

    def __init__(self, folder: Path) -> None:
        self.channel = Arrived()
        channels = {town.CHANNEL: self.channel}
        self.talk = Conversation(compile_content(shell=SHELL), SystemClock())
        self.talk.prepare()
        began = perf_counter()
        self.store = SqliteStore.open(folder, Seal(town.MASTER))
        self.opened = perf_counter() - began
        self.outbox = Spared(self.store, channels, FAST, SystemClock())
        parsers = {town.CHANNEL: lambda body: Inbound("text", text=body.decode()), "timer": parse_timer}
        self.dispatcher = Dispatcher(self.store, self.talk, self.outbox, parsers, channels)
        self.scheduler = Scheduler(self.store, self.dispatcher, SystemClock())
        self.written = 0

    async def start(self) -> float:
        """Be ready as ``befriend run`` is; return the seconds from the opening of the store."""
        began = perf_counter()
        await self.outbox.start()
        await self.dispatcher.start()
        while await self.scheduler.look() == 0.0:
            pass
        return self.opened + perf_counter() - began

    async def stop(self) -> None:
        await self.dispatcher.stop()
        await self.outbox.stop()
        await self.store.close()

    async def write(self, seconds: float) -> list[float]:
        """Have others write for so long; return how long each waited for the first bubble, in ms, in order."""
        self.channel.took, end = [], perf_counter() + seconds
        while perf_counter() < end:
            address = str(town.FIRST + DUE + self.written % WRITERS)
            self.written += 1
            self.channel.asked.setdefault(address, perf_counter())
            arrival = Arrival(town.CHANNEL, self.written, address, b"hello")
            self.dispatcher.accept(await self.store.run(lambda tx, arrival=arrival: tx.arrive([arrival])))
            await asyncio.sleep(EVERY)
        await self.dispatcher.idle()
        await self.outbox.idle()
        return sorted(self.channel.took)

    async def due(self) -> float:
        """Have a thousand due now; return the ms until each is begun, sealed, set for tomorrow and committed."""
        for first in range(0, DUE, FEW):  # a little at a time: it is no part of what is measured
            await self.store.run(lambda tx, first=first: _bring_due(tx, range(first, first + FEW)))
            await asyncio.sleep(0.01)
        began = perf_counter()
        self.scheduler.nudge()
        while await self.store.run(_left) or self.dispatcher.waiting:
            await asyncio.sleep(0.002)
        return (perf_counter() - began) * 1000


async def measure(folder: Path, people: int) -> Line:
    """Return the figures of a town of so many people."""
    await town.build(folder, people)
    bot = Running(folder)
    start = await bot.start()
    found: Line = {"people": people, "start_s": round(start, 2), "memory_mb": process.memory_mb("self")}
    found |= {"add_ms": await _adding(bot), "idle_core": await _idle(bot)}
    running = asyncio.create_task(bot.scheduler.run())
    await bot.due()  # the first time is the warm-up
    await bot.outbox.idle()
    took = [await _alone(bot) for _ in range(ROUNDS)]
    found["due_1000_ms"] = round(statistics.median(took))
    found |= await _beside(bot)
    running.cancel()
    found["memory_after_mb"] = process.memory_mb("self")
    await bot.stop()
    return found


async def _alone(bot: Running) -> float:
    took = await bot.due()
    await bot.outbox.idle()
    return took


async def _adding(bot: Running) -> float:
    """Return the median ms of setting one's check-in, committed."""
    took = []
    for number in range(ADDED):
        began = perf_counter()
        await bot.store.run(lambda tx, number=number: _add(tx, number))
        took.append((perf_counter() - began) * 1000)
    return round(statistics.median(took), 2)


async def _idle(bot: Running) -> float:
    """Return the part of a core that looking for what is due takes while nothing is: a look each half minute."""
    used = process_time()
    for _ in range(LOOKS):
        await bot.scheduler.look()
    return round((process_time() - used) / LOOKS / LONGEST, 7)


async def _beside(bot: Running) -> Line:
    """Return the p99 of others' replies, without a crowd that is due and with one all the time."""
    await bot.write(1.0)
    without = await bot.write(4.0)
    writing = asyncio.create_task(bot.write(4.0))
    crowds = 0
    while not writing.done():
        await bot.due()
        crowds += 1
    beside = await writing
    p99 = [round(each[len(each) * 99 // 100], 1) for each in (without, beside)]
    return {"replies": len(beside), "crowds": crowds, "p99_without_ms": p99[0], "p99_with_ms": p99[1]}


def _add(tx: Tx, number: int) -> None:
    person = tx.person_at(town.CHANNEL, str(town.FIRST + DUE + WRITERS + number % 300))
    person.checkins = Plan(times=["09:00"])
    arm(tx, person, SystemClock().now())
    tx.save_person(person)


def _bring_due(tx: Tx, numbers: Iterable[int]) -> None:
    """Make these people's check-ins due now, on a day on which none has come."""
    now = SystemClock().now()
    for number in numbers:
        person = tx.person_at(town.CHANNEL, str(town.FIRST + number))
        at = person.checkins.times[0]
        person.checkins.sent, person.checkins.unanswered = {}, 0
        tx.save_person(person)
        tx.save_session(person.id, None)
        tx.drop_timer(person.id, LATER)
        (timer,) = (each for each in tx.timers(person.id) if each.key == KEY + at)
        tx.set_timer(person.id, timer.key, 0, now - timedelta(seconds=1), timer.body)


def _left(tx: Tx) -> int:
    due = tx.next_due()
    return int(due is not None and due <= SystemClock().now())


# --- as a part of the bench ---------------------------------------------------------------------


def figures(people: int, *, whole: bool = True) -> Iterator[Line]:
    """Yield what a town of so many people costs beside an empty one.

    ``whole``: and the hour around nine, and python-telegram-bot's jobs.
    """
    empty = child("bench.checkins", town.REAL)
    full = child("bench.checkins", people)
    yield {"bench": "checkins", "bot": "befriend", **empty}
    yield {"bench": "checkins", "bot": "befriend", **full}
    slower = full["p99_with_ms"] - full["p99_without_ms"]
    limits = (
        ("check-ins, 1,000 due begun and committed, ms", full["due_1000_ms"], 600),
        ("check-ins, other people's replies, p99 later by ms", round(slower, 1), 50),
        ("check-ins, one added, ms", full["add_ms"], 5),
        ("check-ins, idle, part of a core", full["idle_core"], 0.001),
        (
            "check-ins, memory more than with few people, MB",
            round(full["memory_mb"] - empty["memory_mb"], 1),
            32,
        ),
        ("check-ins, start later than with few people, s", round(full["start_s"] - empty["start_s"], 2), 1),
    )
    for name, value, aim in limits:
        yield {"limit": name, "value": value, "below": aim, "met": value < aim}
    if whole:
        yield from fanout.measure()
    for number in JOBS if whole else ():
        yield {"bench": "checkins", "bot": "ptb JobQueue", **child("bench.peers.jobs", number)}


def child(module: str, number: int) -> Line:
    """Measure in a child of its own, on the bots' core."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        output, log = folder / "figures", folder / "log"
        arguments = ["-m", module, str(folder / "data"), str(number), str(output)]
        with process.running(arguments, log=log) as started, contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(LIMIT)
        if not output.exists():
            raise process.Silent(process.tail(log))
        found: Line = json.loads(output.read_text())
        return found


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.setswitchinterval(TAKES_TURNS)  # as ``befriend run`` has it
    made = asyncio.run(measure(Path(sys.argv[1]), int(sys.argv[2])))
    Path(sys.argv[3]).write_text(json.dumps(made))
