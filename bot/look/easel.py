"""Where pictures are made: one at a time, in a process of their own, so that no talk waits for them.

A thread would do, and cost each turn meanwhile a few milliseconds; and what draws would lie beside the keys.
"""

import asyncio
import logging
import os
import subprocess
import sys

LIMIT = 10.0  # seconds; a picture takes a fifth of one

log = logging.getLogger(__name__)


class Easel:
    """Draws on demand and keeps nothing. Lives as long as the process."""

    def __init__(self) -> None:
        self._free = asyncio.Lock()  # many who look at once do not take the machine from those who talk

    async def draw(self, chart: bytes) -> bytes:
        """Return a picture as PNG; b"" where it cannot be drawn: its words then go out alone."""
        async with self._free:
            try:
                return await asyncio.to_thread(_draw, chart)
            except (OSError, subprocess.SubprocessError) as error:
                log.error("no picture", extra={"action": "draw_failed", "error": type(error).__name__})
                return b""


def _draw(chart: bytes) -> bytes:
    """Have a chart drawn by a process that is told nothing else: not the token, not where the data lies."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.look"],
        input=chart,
        capture_output=True,
        timeout=LIMIT,
        check=True,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return done.stdout
