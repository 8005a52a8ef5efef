"""python-telegram-bot's JobQueue with a daily job for each person: time to add, memory, what a restart leaves."""

import asyncio
import json
import sys
from datetime import UTC, time
from pathlib import Path
from time import perf_counter
from typing import Any

from telegram.ext import Application, ContextTypes

from bench import process

TOKEN = "1:bench"  # of nobody


async def _ask(context: ContextTypes.DEFAULT_TYPE) -> None:
    """Stand where the message would be sent."""


async def measure(people: int) -> dict[str, Any]:
    """Return what so many daily jobs cost."""
    queue = await _started()
    before, began = process.memory_mb("self"), perf_counter()
    for number in range(people):
        queue.run_daily(_ask, time(number % 24, number % 60, tzinfo=UTC), chat_id=number)
    added = perf_counter() - began
    found = {
        "jobs": people,
        "add_s": round(added, 1),
        "add_ms": round(added / people * 1000, 2),
        "more_memory_mb": round(process.memory_mb("self") - before, 1),
    }
    await queue.stop(wait=False)
    after = await _started()  # a new process has nothing else to begin with: jobs live in memory
    return found | {"jobs_after_restart": len(after.jobs())}


async def _started() -> Any:  # PTB's generics
    queue = Application.builder().token(TOKEN).build().job_queue
    assert queue is not None, "APScheduler is missing"
    await queue.start()
    return queue


if __name__ == "__main__":
    made = asyncio.run(measure(int(sys.argv[2])))
    Path(sys.argv[3]).write_text(json.dumps(made))
