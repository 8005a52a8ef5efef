"""One bot against the load server: start, a few people, then everybody."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from bench import process
from bench.server import Crowd, serve

START_LIMIT = 30.0  # s until the first getUpdates
FEW = 16  # people at once where delay is measured
STEPS = 6  # answers that each person gets in a walk
WALK_LIMIT = 60.0  # s

Talk = Callable[[Crowd, int], Awaitable[dict[str, Any]]]


class Plan(NamedTuple):
    """How long and how hard one round is.

    Attributes:
        people: Chats that talk at once where the rate is measured.
        few_s: Seconds with ``FEW`` people, for the delay.
        warm_s: Seconds with everybody before counting begins.
        many_s: Seconds with everybody, for the rate.

    """

    people: int
    few_s: float
    warm_s: float
    many_s: float
    presses: bool = False


def measure(plan: Plan, arguments: Sequence[str], folder: Path) -> dict[str, Any]:
    """Let few people and then everybody talk to a bot, and return its figures.

    In ``arguments``, ``{url}`` stands for the server's address and ``{folder}`` for a fresh folder.
    """

    async def both(crowd: Crowd, pid: int) -> dict[str, Any]:
        return await _few(crowd, plan) | await _everybody(crowd, plan, pid)

    return asyncio.run(_meet(plan, arguments, folder, both))


def walk(plan: Plan, arguments: Sequence[str], folder: Path) -> dict[str, Any]:
    """Let everybody walk all six steps, however long it takes."""

    async def all_steps(crowd: Crowd, pid: int) -> dict[str, Any]:
        return await _walk(crowd, plan, pid)

    return asyncio.run(_meet(plan, arguments, folder, all_steps))


async def _meet(plan: Plan, arguments: Sequence[str], folder: Path, talk: Talk) -> dict[str, Any]:
    crowd, log = Crowd(plan.people, presses=plan.presses), folder / "log"
    server, url = await serve(crowd)
    filled = [each.format(url=url, folder=folder) for each in arguments]
    try:
        begun = perf_counter()
        with process.running(filled, log=log) as child:
            await _until_polled(crowd, child, log)
            assert crowd.first_poll is not None
            figures = {"start_s": round(crowd.first_poll - begun, 2)}
            await asyncio.sleep(0.3)  # start-up work that goes on after the first poll
            figures["memory_idle_mb"] = process.memory_mb(child.pid)
            figures |= await talk(crowd, child.pid)
            if not crowd.replies:
                raise process.Silent(process.tail(log))
            return figures
    finally:
        server.close()


async def _until_polled(crowd: Crowd, child: Any, log: Path) -> None:
    deadline = perf_counter() + START_LIMIT
    while crowd.first_poll is None:
        if child.poll() is not None or perf_counter() > deadline:
            raise process.Silent(process.tail(log))
        await asyncio.sleep(0.005)


async def _few(crowd: Crowd, plan: Plan) -> dict[str, Any]:
    crowd.talk(0, min(FEW, plan.people))
    await asyncio.sleep(plan.few_s * 0.3)
    crowd.measure()
    await asyncio.sleep(plan.few_s)
    p50, p99 = _percentiles(crowd.delays)
    return {"p50_ms_16": p50, "p99_ms_16": p99}


async def _everybody(crowd: Crowd, plan: Plan, pid: int) -> dict[str, Any]:
    crowd.talk(min(FEW, plan.people), plan.people)
    await asyncio.sleep(plan.warm_s)
    crowd.measure()
    cpu, began = process.cpu_seconds(pid), perf_counter()
    own, core = process.cpu_seconds_here(), process.core_seconds()
    await asyncio.sleep(plan.many_s)
    crowd.hush()
    lasted, cpu = perf_counter() - began, process.cpu_seconds(pid) - cpu
    replies, calls = crowd.replies, sum(crowd.calls.values())
    p50, p99 = _percentiles(crowd.delays)
    return {
        "per_s": round(replies / lasted),
        "cpu_us": round(cpu / max(replies, 1) * 1e6),
        "others_share": process.others_share(process.core_seconds() - core, cpu, lasted),
        "p50_ms_all": p50,
        "p99_ms_all": p99,
        "calls_per_update": round(calls / max(replies, 1), 2),
        "wrong": crowd.wrong,
        "reached": crowd.reached,
        "load_core_busy": round((process.cpu_seconds_here() - own) / lasted, 2),
        "memory_loaded_mb": process.memory_mb(pid),
    }


async def _walk(crowd: Crowd, plan: Plan, pid: int) -> dict[str, Any]:
    crowd.measure()
    cpu, began = process.cpu_seconds(pid), perf_counter()
    crowd.talk(0, plan.people)
    while crowd.slowest < STEPS - 1 and perf_counter() - began < WALK_LIMIT:
        await asyncio.sleep(0.01)
    crowd.hush()
    lasted, cpu = perf_counter() - began, process.cpu_seconds(pid) - cpu
    return {
        "people": plan.people,
        "all_done": crowd.slowest >= STEPS - 1,
        "s": round(lasted, 1),
        "per_s": round(crowd.replies / lasted),
        "cpu_us": round(cpu / max(crowd.replies, 1) * 1e6),
        "wrong": crowd.wrong,
        "memory_loaded_mb": process.memory_mb(pid),
    }


def _percentiles(delays: list[float]) -> tuple[float, float]:
    if len(delays) < 2:
        return 0.0, 0.0
    cuts = statistics.quantiles(delays, n=100)
    return round(cuts[49] * 1e3, 2), round(cuts[98] * 1e3, 2)
