"""Where a person's lines come from: a line editor, or any stream of lines."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TextIO


class Lines:
    """Lines of a stream, read by a thread so that nobody waits for them. Lives as long as the process.

    The thread is a daemon: a read that never ends must not keep the process from ending.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="lines", daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError, RuntimeError):  # the stream or the loop has been closed
            for line in self._stream:
                self._put(line.removesuffix("\n"))
        with contextlib.suppress(RuntimeError):
            self._put(None)

    def _put(self, line: str | None) -> None:
        self._loop.call_soon_threadsafe(self._queue.put_nowait, line)

    async def read(self) -> str:
        """Return the next line.

        Raises:
            EOFError: There is none.

        """
        line = await self._queue.get()
        if line is None:
            self._queue.put_nowait(None)
            raise EOFError
        return line

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield every line to the end."""
        with contextlib.suppress(EOFError):
            while True:
                yield await self.read()


class Editor:
    """A line editor at the foot of the terminal. Lives as long as the chat is open.

    What was typed is not kept anywhere, and is wiped from the screen: the chat draws it as a bubble.

    Args:
        foot: Returns the line at the very bottom, anew at each drawing.

    """

    def __init__(self, foot: Callable[[], str]) -> None:
        from prompt_toolkit import PromptSession  # 0.2 s: after the first words are on the screen
        from prompt_toolkit.styles import Style

        from bot.channels.keys import Keys

        self._keys = Keys()
        self._session: PromptSession[str] = PromptSession(
            "› ",
            input=self._keys,
            bottom_toolbar=foot,
            erase_when_done=True,
            style=Style.from_dict({"bottom-toolbar": "noreverse italic"}),
        )

    async def read(self) -> str:
        """Return the next line.

        Raises:
            EOFError, KeyboardInterrupt: The person wants to leave.

        """
        return await self._session.prompt_async()

    def redraw(self) -> None:
        """Draw the foot again, because what it says has changed."""
        self._session.app.invalidate()

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Let everything printed meanwhile appear above the line that is being typed."""
        from prompt_toolkit.patch_stdout import patch_stdout

        with self._keys.single(), patch_stdout(raw=True):
            yield
