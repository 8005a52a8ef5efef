"""The keys of a terminal; none is lost while something is printed.

A terminal that gathers whole lines swallows a Ctrl-D, and mixes up letters, that come while nobody reads them:
between two prompts, or while a bubble is drawn above one. So it hands out single keys as long as the chat is open.
"""

import contextlib
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import AbstractContextManager

from prompt_toolkit.input.vt100 import Vt100Input


class Keys(Vt100Input):
    """What is typed into this terminal. Lives as long as the chat is open."""

    def __init__(self) -> None:
        super().__init__(sys.stdin)

    def cooked_mode(self) -> AbstractContextManager[None]:
        """Change nothing while a bubble is printed: output needs no lines of input."""
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def single(self) -> Iterator[None]:
        """Have single keys, unseen, between prompts too; Ctrl-C still interrupts there."""
        try:
            before = termios.tcgetattr(self.fileno())
        except termios.error:  # no terminal
            yield
            return
        tty.setcbreak(self.fileno(), termios.TCSANOW)
        try:
            yield
        finally:
            termios.tcsetattr(self.fileno(), termios.TCSANOW, before)
