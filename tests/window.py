"""A terminal for tests."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCREEN_SIZE = (40, 72)  # rows, columns


class Window:
    """A chat in a pseudo-terminal. Lives until the chat has ended."""

    def __init__(self, folder: Path, *words: str, **environ: str) -> None:
        self.began = time.monotonic()
        self.seen = ""
        self.pid, self.file = pty.fork()
        if not self.pid:
            home = {
                "HOME": str(folder),
                "TERM": "xterm-256color",
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(ROOT),
            }
            kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
            os.execve(sys.executable, [sys.executable, "-m", "bot", *words], {**home, **kept, **environ})  # noqa: S606  # no shell, on purpose
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", *SCREEN_SIZE, 0, 0))

    def until(self, words: str, seconds: float = 60) -> float:
        """Wait for words on the screen and forget what came before; return the seconds since the start."""
        last = time.monotonic() + seconds
        while words not in self.seen:
            assert time.monotonic() < last, f"never said: {words}\n{self.seen}"
            self.look(0.2)
        self.seen = self.seen.split(words, 1)[1]
        return time.monotonic() - self.began

    @property
    def gathers(self) -> bool:
        """Whether the terminal keeps keys back until a line is whole."""
        return bool(termios.tcgetattr(self.file)[3] & termios.ICANON)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.file, text.encode())

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the chat, as the system does."""
        os.kill(self.pid, number)

    def ends(self, seconds: float = 10) -> int:
        """Wait for the end and return the exit code."""
        last = time.monotonic() + seconds
        while self.look(0.2):
            assert time.monotonic() < last, f"did not end\n{self.seen}"
        _, status = os.waitpid(self.pid, 0)
        os.close(self.file)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """End a chat that a failed test has left."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self.file)
            self.pid = 0

    def look(self, seconds: float) -> bool:
        """Read what has come within some seconds; False once the chat has ended."""
        if not select.select([self.file], [], [], seconds)[0]:
            return True
        try:
            came = os.read(self.file, 65536)
        except OSError:  # Linux: the other side has closed
            return False
        if b"\x1b[6n" in came:  # "where is the cursor?"
            os.write(self.file, b"\x1b[1;1R")
        self.seen += came.decode("utf-8", "replace")
        return bool(came)
