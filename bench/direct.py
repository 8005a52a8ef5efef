"""One bot without HTTP: raw update bytes in, replies promised. Run as a child; prints one JSON object."""

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bench import dialog, process

Handle = Callable[[list[bytes]], Awaitable[None]]
LIMIT = 40.0  # s to start and to meet everybody once
BATCH = 100  # updates handed over at once: what one getUpdates brings
_BOT = b'{"id":42,"is_bot":true,"first_name":"B","username":"bench_bot"}'
CANNED = {
    "getMe": b'{"ok":true,"result":' + _BOT + b"}",
    "sendMessage": b'{"ok":true,"result":{"message_id":7,"from":'
    + _BOT
    + b',"chat":{"id":100000,"first_name":"P",'
    b'"type":"private"},"date":1790000000,"text":"ok"}}',
    "answerCallbackQuery": b'{"ok":true,"result":true}',
}
CANNED["editMessageReplyMarkup"] = CANNED["sendMessage"]
KEPT = {"ptb": "", "ptb-kept": "kept.db", "ptb-pickle": "kept.pickle"}


async def _prepare(name: str, folder: Path) -> Handle:
    if name == "aiogram":
        from bench.peers import fsm

        return await fsm.prepare(folder, CANNED)
    if name.startswith("befriend"):
        from bench import ours, sealed

        seal = sealed.Unsealed if name == "befriend-unsealed" else sealed.Seal
        return await ours.prepare(folder, seal(b"b" * 32))
    from bench.peers import ptb

    return await ptb.prepare(folder, CANNED, kept=KEPT[name])


async def measure(name: str, folder: Path, people: int, seconds: float) -> dict[str, float]:
    """Hand everybody's next update over, round after round, until the time is over."""
    handle = await _prepare(name, folder)
    everybody = range(dialog.FIRST_PERSON, dialog.FIRST_PERSON + people)
    update, turn, count = 0, 0, 0
    began = used = core = 0.0
    while not began or perf_counter() - began < seconds:
        for first in range(0, people, BATCH):
            batch = []
            for person in everybody[first : first + BATCH]:
                update += 1
                batch.append(dialog.typed(update, person, turn))
            await handle(batch)
            count += len(batch)
            if began and perf_counter() - began >= seconds:
                break
        if not began:  # the first meeting of everybody is the warm-up
            began, used, core, count = perf_counter(), process_time(), process.core_seconds(), 0
        turn += 1
    lasted, used = perf_counter() - began, process_time() - used
    core = process.core_seconds() - core
    return {
        "per_s": round(count / lasted),
        "cpu_us": round(used / count * 1e6),
        "others_share": process.others_share(core, used, lasted),
        "memory_loaded_mb": process.memory_mb("self"),
    }


def run(name: str, folder: Path, people: int, seconds: float) -> dict[str, Any]:
    """Measure in a child of its own, on the bots' core."""
    output, log = folder / "figures", folder / "log"
    arguments = ["-m", "bench.direct", name, str(folder), str(people), str(seconds), str(output)]
    with process.running(arguments, log=log) as child, contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(LIMIT + seconds)
    if not output.exists():
        raise process.Silent(process.tail(log))
    figures: dict[str, Any] = json.loads(output.read_text())
    return figures


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    name, folder, people, seconds, output = sys.argv[1:]
    figures = asyncio.run(measure(name, Path(folder), int(people), float(seconds)))
    Path(output).write_text(json.dumps(figures))
    os._exit(0)  # bots may have threads of their own; nothing here is worth a farewell
