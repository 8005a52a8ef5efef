"""The inbox and the outbox in the SQLite store: what has come, and what is to go out."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from bot.keys import SealError
from bot.model import Arrival, Outbound, Pending, Promised
from bot.store.keyring import NOBODY, SELF, KeyGone, Keyring
from bot.store.people import People

UNREADABLE = "does not open"  # the reason that is noted
_json = msgspec.json.Encoder()
_outbound = msgspec.json.Decoder(Outbound)
_arrival = msgspec.msgpack.Decoder(tuple[str, bytes])
Row = tuple[object, ...]
T = TypeVar("T")

log = logging.getLogger(__name__)


class Queues(People):
    """The part of a transaction that knows queues. Lives as long as the store; used on its thread only."""

    def __init__(self, connection: sqlite3.Connection, keys: Keyring) -> None:
        super().__init__(connection, keys, self.promise)
        self._next = {
            table: (connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0) + 1  # noqa: S608  # three names of ours
            for table in ("inbox", "outbox", "kept")
        }

    def _take_id(self, table: str) -> int:
        # Our own count: an id is bound into the sealed body before the row exists, and is never given twice.
        self._next[table] += 1
        return self._next[table] - 1

    # --- the inbox ---

    def arrive(self, arrivals: Sequence[Arrival]) -> list[Pending]:
        return [pending for arrival in arrivals if (pending := self._arrive(arrival))]

    def _arrive(self, arrival: Arrival) -> Pending | None:
        if not arrival.address:
            return self._store(arrival, NOBODY, b"")
        lookup = self._keys.lookup(arrival.channel, arrival.address)
        return self._store(arrival, self._owner(lookup, arrival.channel, arrival.address), lookup)

    def _store(self, arrival: Arrival, owner: str, lookup: bytes, compartment: str = SELF) -> Pending | None:
        row = self._take_id("inbox")
        body = msgspec.msgpack.encode((arrival.address, arrival.body))
        sealed = self._keys.seal(owner, "inbox", str(row), body, compartment)
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO inbox(id, channel, key, lookup, body, state, at) VALUES (?,?,?,?,?,'waiting',?)",
            (row, arrival.channel, arrival.key, lookup, sealed, self.now),
        )
        return Pending(row, arrival) if cursor.rowcount else None

    def waiting(self) -> list[Pending]:
        rows = self._db.execute(
            "SELECT i.id, i.channel, i.key, i.body, coalesce(a.person, '') FROM inbox i"
            " LEFT JOIN address a ON a.lookup = i.lookup WHERE i.state = 'waiting' ORDER BY i.id"
        ).fetchall()
        return list(opened(rows, self._pending, lambda row: self.quarantine(row[0], UNREADABLE)))

    def _pending(self, row: int, channel: str, key: int, sealed: bytes, owner: str) -> Pending:
        address, body = _arrival.decode(self._keys.unseal(owner, "inbox", str(row), sealed))
        return Pending(row, Arrival(channel, key, address, body))

    def finish(self, row: int, message: int | None = None) -> None:
        sealed = None if message is None else self._sealed_own(row, message)
        self._db.execute(
            "UPDATE inbox SET state = 'done', body = NULL, message = ? WHERE id = ?", (sealed, row)
        )

    def _sealed_own(self, row: int, message: int) -> bytes | None:
        found = self._db.execute(
            "SELECT a.person FROM inbox i JOIN address a ON a.lookup = i.lookup WHERE i.id = ?", (row,)
        ).fetchone()
        if not found or not self._keys.holds(found[0]):
            return None
        return self._keys.seal(found[0], "inbox.message", str(row), str(message).encode())

    def quarantine(self, row: int, reason: str, message: int | None = None) -> None:
        sealed = None if message is None else self._sealed_own(row, message)
        self._db.execute(
            "UPDATE inbox SET state = 'aside', reason = ?, message = ? WHERE id = ?",
            (reason[:200], sealed, row),
        )

    # --- the outbox ---

    def promise(self, person: str, outbound: Outbound, *, not_before: float = 0.0) -> Promised:
        row = self._take_id("outbox")
        channel, address = self.address(person)
        sealed = self._keys.seal(person, "outbox", str(row), _json.encode(outbound))
        self._db.execute(
            "INSERT INTO outbox(id, person, body, state, attempts, not_before, at) VALUES (?,?,?,'waiting',0,?,?)",
            (row, person, sealed, not_before, self.now),
        )
        return Promised(row, channel, address, outbound, 0, not_before)

    def promised(self) -> list[Promised]:
        rows = self._db.execute(
            "SELECT id, person, body, attempts, not_before FROM outbox WHERE state = 'waiting' ORDER BY id"
        ).fetchall()
        return list(opened(rows, self._promised, lambda row: self.dropped(row[0], UNREADABLE)))

    def promised_to(self, person: str) -> list[Promised]:
        rows = self._db.execute(
            "SELECT id, person, body, attempts, not_before FROM outbox"
            " WHERE state = 'waiting' AND person = ? ORDER BY id",
            (person,),
        ).fetchall()
        return list(whole(rows, self._promised))

    def _promised(self, row: int, person: str, sealed: bytes, attempts: int, not_before: float) -> Promised:
        outbound = _outbound.decode(self._keys.unseal(person, "outbox", str(row), sealed))
        return Promised(row, *self.address(person), outbound, attempts, not_before)

    def claim(self, rows: Sequence[int]) -> None:
        self._db.executemany(
            "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", [(row,) for row in rows]
        )

    def sent(self, row: int, message: int | None) -> None:
        sealed = None if message is None else self._sealed_number(row, message)
        self._db.execute(
            "UPDATE outbox SET state = 'sent', body = NULL, message = ? WHERE id = ?", (sealed, row)
        )

    def _sealed_number(self, row: int, message: int) -> bytes | None:
        found = self._db.execute("SELECT person FROM outbox WHERE id = ?", (row,)).fetchone()
        if not found or not self._keys.holds(found[0]):  # they were forgotten while it went out
            return None
        return self._keys.seal(found[0], "outbox.message", str(row), str(message).encode())

    def dropped(self, row: int, reason: str) -> None:
        self._db.execute(
            "UPDATE outbox SET state = 'dropped', body = NULL, reason = ? WHERE id = ?", (reason[:200], row)
        )

    def delayed(self, row: int, not_before: float) -> None:
        self._db.execute("UPDATE outbox SET not_before = ? WHERE id = ?", (not_before, row))

    def message_of(self, row: int) -> int | None:
        found = self._db.execute("SELECT person, message FROM outbox WHERE id = ?", (row,)).fetchone()
        return self._number("outbox", found[0], row, found[1]) if found else None

    def _number(self, queue: str, person: str, row: int, sealed: bytes | None) -> int | None:
        """Return the channel's number of a message; None where there is none, or it does not open."""
        given = [(str(row), sealed)] if sealed else []
        return next(
            whole(given, lambda at, body: int(self._keys.unseal(person, f"{queue}.message", at, body))), None
        )


def whole(rows: Iterable[Row], read: Callable[..., T]) -> Iterator[T]:
    """Yield what a person's rows hold. One that does not open stays where it is, and takes none of the others away."""
    for row in rows:
        try:
            yield read(*row)
        except KeyGone:
            raise
        except SealError:
            log.error("a row does not open and was passed over", extra={"action": "unreadable"})


def opened(rows: Iterable[Row], read: Callable[..., T], otherwise: Callable[..., object]) -> Iterator[T]:
    """Yield what rows hold. One that does not open must not stand in the way of everybody's."""
    for row in rows:
        try:
            yield read(*row)
        except SealError:
            log.error("a row does not open and was put aside", extra={"action": "unreadable"})
            otherwise(row)
