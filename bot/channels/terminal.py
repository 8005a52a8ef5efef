"""The chat in a terminal: bubbles, choices by number, pauses as if someone typed, waits that end by themselves."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TextIO

from bot.channels.exchange import Exchange
from bot.channels.keyboard import Editor, Lines
from bot.channels.screen import Screen, look
from bot.model import Outbound, Promised
from bot.saving import save

ALWAYS = "help now · less · more · stop · back · skip · menu"
HOW = "Answer with a number or in your own words. Ctrl-D leaves."
FAREWELL = "Take care. Your place is kept: come back whenever you like."
TYPING = "· · ·"
LONGEST_SLEEP = 30.0  # seconds; a laptop that slept must not miss a wait by more


class TerminalChat:
    """An open chat. Lives from the first words to the farewell.

    Args:
        fast: No pauses before bubbles.

    """

    def __init__(self, exchange: Exchange, screen: Screen, *, fast: bool = False) -> None:
        self._exchange = exchange
        self._screen = screen
        self._fast = fast
        self._queue: asyncio.PriorityQueue[tuple[int, int, Promised]] = asyncio.PriorityQueue()
        self._gone_on = asyncio.Event()  # ends a pause: the person has typed something meanwhile
        self._promised_last = 0  # latest row in the queue
        self._no_pause_until = 0  # rows up to this one were meant before the person went on
        self._moved = asyncio.Event()  # waits may have changed
        self._pausing = False
        self._editor: Editor | None = None
        self._preparing: asyncio.Task[None] | None = None  # held so that it is not collected

    async def run(self, stdin: TextIO, *beside: Coroutine[None, None, None]) -> None:
        """Talk until the person leaves; what is not shown by then is shown at the next start.

        Works given as ``beside`` run meanwhile; none of them may end before the chat.
        """
        left = asyncio.ensure_future(_leave())
        tasks = [left]
        try:
            await self._greet()
            works = (self._read(stdin), self._show(), self._tick(), *beside)
            tasks += [asyncio.create_task(work) for work in works]
            self._preparing = asyncio.create_task(self._exchange.prepare())
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _greet(self) -> None:
        """Bring the first words to the screen before anything slow is loaded."""
        rows = [*await self._exchange.recover(), *await self._exchange.greet()]
        ready, later = self._part(rows)
        for row in ready[:1]:
            await self._print(row)
        self.promise([*ready[1:], *later])

    # --- what the person does ---

    async def _read(self, stdin: TextIO) -> None:
        if not (stdin.isatty() and sys.stdout.isatty()):
            self._write(self._screen.faint(f"{HOW}\n{ALWAYS}"))
            await self._listen(Lines(stdin), drawn=stdin.isatty())
            if (
                not stdin.isatty()
            ):  # a pipe ends before anyone has read the answers; who presses Ctrl-D wants to go
                await self._queue.join()
            return
        self._editor = Editor(self._foot)
        with self._editor.open():
            await self._listen(self._editor, drawn=False)

    async def _listen(self, source: Lines | Editor, *, drawn: bool) -> None:
        """Take lines until the person leaves; ``drawn``: the terminal has shown what was typed by itself."""
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            while True:
                typed = (await source.read()).strip()
                if typed:
                    await self._take(typed, drawn=drawn)

    async def _take(self, typed: str, *, drawn: bool) -> None:
        if not drawn:
            self._write(self._screen.typed(self._exchange.label(typed) or typed))
        self._no_pause_until = self._promised_last
        self._gone_on.set()
        self.promise(await self._exchange.say(typed))

    # --- what the bot does ---

    def remark(self, text: str) -> None:
        """Say something that is not part of the talk."""
        self._write(self._screen.faint(text))

    def promise(self, rows: Sequence[Promised]) -> None:
        """Have bubbles shown, each after its pause."""
        ready, later = self._part(list(filter(self._exchange.stands, rows)))
        for row in ready:
            self._queue.put_nowait((row.outbound.priority, row.id, row))
            self._promised_last = max(self._promised_last, row.id)
        now = self._exchange.clock.now().timestamp()
        for row in later:
            asyncio.get_running_loop().call_later(row.not_before - now, self.promise, [row])
        self._moved.set()

    def _part(self, rows: Sequence[Promised]) -> tuple[list[Promised], list[Promised]]:
        soon = (
            self._exchange.clock.now().timestamp() + 0.01
        )  # a timer of the loop may be early by its own grain
        return [row for row in rows if row.not_before <= soon], [row for row in rows if row.not_before > soon]

    async def _show(self) -> None:
        while True:
            _, _, row = await self._queue.get()
            if self._pauses(row) and not await self._pause(row.outbound.pause):
                self._queue.put_nowait((row.outbound.priority, row.id, row))  # help may have come in between
            else:
                await self._print(row)
            self._queue.task_done()

    def _pauses(self, row: Promised) -> bool:
        return row.outbound.pause > 0 and not self._fast and row.id > self._no_pause_until

    async def _pause(self, seconds: float) -> bool:
        """Seem to type; return whether the person waited for it."""
        self._gone_on.clear()
        self._seem(typing=True)
        try:
            async with asyncio.timeout(seconds):  # not wait_for: Python 3.11's may swallow a cancellation
                await self._gone_on.wait()
        except TimeoutError:
            return True
        finally:
            self._seem(typing=False)
        return False

    async def _print(self, row: Promised) -> None:
        self._write(self._draw(row.outbound))
        if row.outbound.name:
            self.remark(_saved(row.outbound))
        await self._exchange.shown([row])

    def _draw(self, outbound: Outbound) -> str:
        if outbound.op != "send":  # what stands on the screen stays as it is
            return ""
        labels = [label for label, _ in outbound.choices]
        return self._screen.said(outbound.text) + (self._screen.choices(labels) if labels else "")

    async def _tick(self) -> None:
        """Let waits that are over go on, also while the person is typing."""
        while True:
            self._moved.clear()
            due = await self._exchange.next_due()
            seconds = (due - self._exchange.clock.now()).total_seconds() if due else LONGEST_SLEEP
            if seconds <= 0:
                self.promise(await self._exchange.due())
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(seconds, LONGEST_SLEEP)):
                    await self._moved.wait()

    # --- the screen ---

    def _foot(self) -> str:
        return f" {TYPING if self._pausing else ALWAYS}"

    def _seem(self, *, typing: bool) -> None:
        self._pausing = typing
        if self._editor:
            self._editor.redraw()

    @staticmethod
    def _write(text: str) -> None:
        if text:
            sys.stdout.write(text)
            sys.stdout.flush()


def _saved(outbound: Outbound) -> str:
    """Write a document into the folder in which the chat was opened, and say where it lies."""
    try:
        return f"Saved: {save(Path.cwd(), outbound.name, outbound.document)}"
    except OSError as error:
        return (
            f"{outbound.name} could not be written here ({error.strerror}). Open the chat in another folder."
        )


async def _leave() -> None:
    """Return when the process is asked to end, by Ctrl-C, by a closed window or by the system."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, asked.set)
    await asked.wait()


async def talk(
    exchange: Exchange,
    *,
    fast: bool,
    farewell: str = FAREWELL,
    beside: Callable[[TerminalChat], Coroutine[None, None, None]] | None = None,
) -> None:
    """Hold a chat on this process's own terminal, and say farewell; ``beside`` is what runs meanwhile."""
    screen = Screen(look(sys.stdout))
    chat = TerminalChat(exchange, screen, fast=fast)
    await chat.run(sys.stdin, *([beside(chat)] if beside else []))
    with contextlib.suppress(OSError):  # the window may be gone
        sys.stdout.write("\n" + screen.faint(farewell))
        sys.stdout.flush()
