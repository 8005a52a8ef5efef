"""What was typed at a play, so that it can be played again."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)


class Tape:
    """Lives from the beginning of a play to the next.

    A clock that runs by itself is followed only while something is waited for: the time that somebody reads
    is no part of a talk.

    Attributes:
        lines: As a transcript has them after "you: ", and the moves of the clock.

    """

    def __init__(self, now: datetime) -> None:
        self.lines: list[str] = []
        self._script = now  # where the clock of a transcript stands after these lines
        self._apart = timedelta(0)  # how far the running clock is ahead of it

    def type(self, typed: str, now: datetime, *, waiting: bool) -> None:
        """Note a line; ``waiting`` while something would have come by itself."""
        if waiting:
            self._move(now, math.floor)
        else:
            self._apart = now - self._script
        self.lines.append(typed)

    def come(self, now: datetime) -> None:
        """Note that something came by itself."""
        self._move(now, math.ceil)
        self._apart = now - self._script

    def _move(self, now: datetime, whole: Callable[[float], int]) -> None:
        seconds = whole((now - self._apart - self._script) / SECOND)
        if seconds > 0:
            self._script += seconds * SECOND
            self.lines.append(f"@+{seconds}s")
