"""Notes of what was carried out, many in one commit."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from bot.ports import Store, Tx

FIRST_WAIT = 0.2  # seconds before a failed commit is tried again; doubles from there

log = logging.getLogger(__name__)


class _Note(NamedTuple):
    work: Callable[[Tx], object]
    then: Callable[[], object]


class Ledger:
    """Gathers small works for the store while one commit is under way. Lives as long as the outbox.

    A note is never given up: what it tells has happened outside already.
    """

    def __init__(self, store: Store, patience: float) -> None:
        self.store = store
        self._patience = patience
        self._notes: list[_Note] = []
        self._task: asyncio.Task[None] | None = None

    def note(self, work: Callable[[Tx], object], then: Callable[[], object]) -> None:
        """Have ``work`` committed soon; ``then`` runs after the commit."""
        self._notes.append(_Note(work, then))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._flush())

    async def commit(self, work: Callable[[Tx], object]) -> None:
        """Return when ``work`` is committed."""
        done = asyncio.Event()
        self.note(work, done.set)
        await done.wait()

    async def idle(self) -> None:
        """Return when every note is committed."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Give up what could not be committed."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _flush(self) -> None:
        wait = FIRST_WAIT
        try:
            while self._notes:
                notes, self._notes = self._notes, []
                failed = await self._commit(notes)
                if failed:
                    self._notes = failed + self._notes
                    await asyncio.sleep(min(wait, self._patience))
                wait = wait * 2 if failed else FIRST_WAIT
        finally:
            self._task = None

    async def _commit(self, notes: list[_Note]) -> list[_Note]:
        """Commit all together; where that fails, each by itself. Returns those that failed."""
        try:
            await self.store.run(lambda tx: [note.work(tx) for note in notes])
        except Exception:  # whatever the store raises, what was sent stays sent
            log.exception(
                "marks could not be committed", extra={"action": "ledger_failed", "notes": len(notes)}
            )
            return notes if len(notes) == 1 else await self._commit_each(notes)
        for note in notes:
            note.then()
        return []

    async def _commit_each(self, notes: list[_Note]) -> list[_Note]:
        runs = (self.store.run(note.work) for note in notes)
        outcomes = await asyncio.gather(*runs, return_exceptions=True)
        failed = []
        for note, outcome in zip(notes, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                failed.append(note)
            else:
                note.then()
        return failed
