"""Processes of a crash run: the fake server, and one bot after the other."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_LIMIT = 60.0  # seconds for a process to say its first line


class Ended(Exception):
    """A bot ended without being killed."""


@asynccontextmanager
async def process(module: str, *words: str) -> AsyncIterator[Process]:
    """Have a module run as a process for as long as the block."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *words, cwd=ROOT, stdin=PIPE, stdout=PIPE, start_new_session=True
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def line(started: Process) -> bytes:
    """Return the next line that a process says."""
    assert started.stdout
    return await asyncio.wait_for(started.stdout.readline(), START_LIMIT)


class Life:
    """One bot, from its fork to its end."""

    def __init__(self, nursery: Process, number: int) -> None:
        self._nursery, self._number = nursery, number
        self._over: asyncio.Task[bytes] | None = None

    async def lasts(self, seconds: float) -> None:
        """Return after that time.

        Raises:
            Ended: It did not live so long.

        """
        with suppress(TimeoutError):
            code = await asyncio.wait_for(asyncio.shield(self._end()), seconds)
            raise Ended(f"the bot ended by itself with exit code {int(code)}")

    async def kill(self) -> None:
        """Let nothing more of it run, not even its own farewell."""
        os.kill(self._number, signal.SIGKILL)
        await self._end()

    async def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        os.kill(self._number, signal.SIGTERM)
        return int(await asyncio.wait_for(self._end(), 30))

    def _end(self) -> "asyncio.Task[bytes]":
        if self._over is None:
            assert self._nursery.stdout
            self._over = asyncio.ensure_future(self._nursery.stdout.readline())
        return self._over


async def begin(nursery: Process) -> Life:
    """Begin a bot; the one before must have ended."""
    assert nursery.stdin
    nursery.stdin.write(b"\n")
    return Life(nursery, int(await line(nursery)))


@asynccontextmanager
async def living(nursery: Process) -> AsyncIterator[Life]:
    """Have a bot live for as long as the block, and kill it then if it still does."""
    life = await begin(nursery)
    try:
        yield life
    finally:
        with suppress(ProcessLookupError):
            await life.kill()
