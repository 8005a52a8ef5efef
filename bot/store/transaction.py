"""What may be done within one transaction of the SQLite store: prepared SQL, sealed bodies."""

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from bot.model import Arrival, Outbound, Pending, Person, Promised
from bot.seal import CACHED, Seal

SELF = "self"  # the compartment of everything that is not grief's
TIMER = "timer"
_json = msgspec.json.Encoder()
_person = msgspec.json.Decoder(Person)
_outbound = msgspec.json.Decoder(Outbound)
_arrival = msgspec.msgpack.Decoder(tuple[str, bytes])


class Transaction:
    """The port ``Tx`` over one connection. Lives as long as the store; used on its thread only."""

    def __init__(self, connection: sqlite3.Connection, seal: Seal) -> None:
        self._db, self._seal = connection, seal
        self._next = {
            table: (connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0) + 1  # noqa: S608  # three names of ours
            for table in ("inbox", "outbox", "kept")
        }
        self.now = 0  # Unix seconds; the store sets it for each batch
        self._addresses: dict[str, tuple[str, str]] = {}  # of people lately written to

    def _take_id(self, table: str) -> int:
        # Our own count: an id is bound into the sealed body before the row exists, and is never given twice.
        self._next[table] += 1
        return self._next[table] - 1

    # --- the inbox ---

    def arrive(self, arrivals: Sequence[Arrival]) -> list[Pending]:
        return [pending for arrival in arrivals if (pending := self._arrive(arrival))]

    def _arrive(self, arrival: Arrival) -> Pending | None:
        row = self._take_id("inbox")
        body = msgspec.msgpack.encode((arrival.address, arrival.body))
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO inbox(id, channel, key, lookup, body, state, at) VALUES (?,?,?,?,?,'waiting',?)",
            (
                row, arrival.channel, arrival.key, self._seal.lookup(arrival.channel, arrival.address),
                self._seal.seal_queue("inbox", row, body), self.now,
            ),
        )  # fmt: skip
        return Pending(row, arrival) if cursor.rowcount else None

    def waiting(self) -> list[Pending]:
        rows = self._db.execute(
            "SELECT id, channel, key, body FROM inbox WHERE state = 'waiting' ORDER BY id"
        )
        return [self._pending(*row) for row in rows.fetchall()]

    def _pending(self, row: int, channel: str, key: int, sealed: bytes) -> Pending:
        address, body = _arrival.decode(self._seal.open_queue("inbox", row, sealed))
        return Pending(row, Arrival(channel, key, address, body))

    def finish(self, row: int) -> None:
        self._db.execute("UPDATE inbox SET state = 'done', body = NULL WHERE id = ?", (row,))

    def quarantine(self, row: int, reason: str) -> None:
        self._db.execute("UPDATE inbox SET state = 'aside', reason = ? WHERE id = ?", (reason[:200], row))

    # --- the outbox ---

    def promise(self, person: str, outbound: Outbound, *, not_before: float = 0.0) -> Promised:
        row = self._take_id("outbox")
        channel, address = self._address(person)
        self._db.execute(
            "INSERT INTO outbox(id, person, body, state, attempts, not_before, at) VALUES (?,?,?,'waiting',0,?,?)",
            (row, person, self._seal.seal_queue("outbox", row, _json.encode(outbound)), not_before, self.now),
        )
        return Promised(row, channel, address, outbound, 0, not_before)

    def promised(self) -> list[Promised]:
        rows = self._db.execute(
            "SELECT id, person, body, attempts, not_before FROM outbox WHERE state = 'waiting' ORDER BY id"
        ).fetchall()
        return [
            Promised(row, *self._address(person), self._outbound(row, sealed), attempts, not_before)
            for row, person, sealed, attempts, not_before in rows
        ]

    def _outbound(self, row: int, sealed: bytes) -> Outbound:
        return _outbound.decode(self._seal.open_queue("outbox", row, sealed))

    def claim(self, rows: Sequence[int]) -> None:
        self._db.executemany(
            "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", [(row,) for row in rows]
        )

    def sent(self, row: int, message: int | None) -> None:
        sealed = (
            None if message is None else self._seal.seal_queue("outbox.message", row, str(message).encode())
        )
        self._db.execute(
            "UPDATE outbox SET state = 'sent', body = NULL, message = ? WHERE id = ?", (sealed, row)
        )

    def dropped(self, row: int, reason: str) -> None:
        self._db.execute(
            "UPDATE outbox SET state = 'dropped', body = NULL, reason = ? WHERE id = ?", (reason[:200], row)
        )

    def delayed(self, row: int, not_before: float) -> None:
        self._db.execute("UPDATE outbox SET not_before = ? WHERE id = ?", (not_before, row))

    def message_of(self, row: int) -> int | None:
        found = self._db.execute("SELECT message FROM outbox WHERE id = ?", (row,)).fetchone()
        return int(self._seal.open_queue("outbox.message", row, found[0])) if found and found[0] else None

    # --- people ---

    def person_at(self, channel: str, address: str) -> Person:
        lookup = self._seal.lookup(channel, address)
        found = self._db.execute(
            "SELECT a.person, p.body FROM address a JOIN person p ON p.id = a.person WHERE a.lookup = ?",
            (lookup,),
        ).fetchone()
        if found:
            return self._read_person(*found)
        person = Person(secrets.token_hex(8))
        wrapped = self._seal.new_key(person.id, SELF)
        self._db.execute("INSERT INTO person_key VALUES (?,?,?)", (person.id, SELF, wrapped))
        sealed = self._seal.seal_queue("address", lookup, address.encode())
        self._db.execute("INSERT INTO address VALUES (?,?,?,?)", (lookup, person.id, channel, sealed))
        self.save_person(person)
        return person

    def person(self, person: str) -> Person | None:
        found = self._db.execute("SELECT body FROM person WHERE id = ?", (person,)).fetchone()
        return self._read_person(person, found[0]) if found else None

    def _read_person(self, id_: str, sealed: bytes) -> Person:
        return _person.decode(self._unseal(id_, "person", id_, sealed))

    def save_person(self, person: Person) -> None:
        self._db.execute(
            "INSERT INTO person VALUES (?,?,?,?) ON CONFLICT(id) DO UPDATE"
            " SET body = excluded.body, touched = excluded.touched, consented = excluded.consented",
            (
                person.id,
                self._sealed(person.id, "person", person.id, _json.encode(person)),
                self.now,
                person.consent,
            ),
        )

    def forget(self, person: str) -> None:
        self._db.execute("DELETE FROM person_key WHERE person = ?", (person,))
        self._seal.forget(person)
        self._addresses.pop(person, None)
        for (lookup,) in self._db.execute(
            "SELECT lookup FROM address WHERE person = ?", (person,)
        ).fetchall():
            # Rows that are done stay as bare numbers for 48 h: a repeat must still be known as one.
            self._db.execute(
                "UPDATE inbox SET lookup = x'', body = NULL, state = 'done' WHERE lookup = ?", (lookup,)
            )
        for table in ("address", "outbox", "session", "kept", "timer"):
            self._db.execute(f"DELETE FROM {table} WHERE person = ?", (person,))  # noqa: S608  # names of ours
        self._db.execute("DELETE FROM person WHERE id = ?", (person,))

    def _address(self, person: str) -> tuple[str, str]:
        known = self._addresses.get(person)
        if known is None:
            lookup, channel, sealed = self._db.execute(
                "SELECT lookup, channel, sealed FROM address WHERE person = ?", (person,)
            ).fetchone()
            known = channel, self._seal.open_queue("address", lookup, sealed).decode()
            self._note_address(person, known)
        return known

    def _note_address(self, person: str, known: tuple[str, str]) -> None:
        if len(self._addresses) >= CACHED:
            del self._addresses[next(iter(self._addresses))]
        self._addresses[person] = known

    # --- talks ---

    def session(self, person: str) -> tuple[bytes | None, int | None]:
        found = self._db.execute("SELECT body, question FROM session WHERE person = ?", (person,)).fetchone()
        return (self._unseal(person, "session", person, found[0]), found[1]) if found else (None, None)

    def save_session(self, person: str, body: bytes | None, question: int | None = None) -> None:
        if body is None:
            self._db.execute("DELETE FROM session WHERE person = ?", (person,))
            return
        self._db.execute(
            "INSERT INTO session VALUES (?,?,?,?,0) ON CONFLICT(person) DO UPDATE"
            " SET body = excluded.body, question = excluded.question, touched = excluded.touched, bare = 0",
            (person, self._sealed(person, "session", person, body), question, self.now),
        )

    def stale_sessions(self, before: int, limit: int = 200) -> list[tuple[str, bytes]]:
        rows = self._db.execute(
            "SELECT person, body FROM session s WHERE touched < ? AND bare = 0"
            " AND NOT EXISTS (SELECT 1 FROM timer t WHERE t.person = s.person AND t.key = 'flow') LIMIT ?",
            (before, limit),
        ).fetchall()
        return [(person, self._unseal(person, "session", person, sealed)) for person, sealed in rows]

    def bare_session(self, person: str, body: bytes) -> None:
        sealed = self._sealed(person, "session", person, body)
        self._db.execute("UPDATE session SET body = ?, bare = 1 WHERE person = ?", (sealed, person))

    def keep(self, person: str, kind: str, text: str) -> None:
        row = self._take_id("kept")
        sealed = self._sealed(person, "kept", str(row), text.encode())
        self._db.execute("INSERT INTO kept VALUES (?,?,?,?)", (row, person, kind, sealed))

    def kept(self, person: str, kind: str) -> list[str]:
        rows = self._db.execute(
            "SELECT id, body FROM kept WHERE person = ? AND kind = ? ORDER BY id", (person, kind)
        )
        return [self._unseal(person, "kept", str(row), sealed).decode() for row, sealed in rows.fetchall()]

    # --- timers ---

    def set_timer(self, person: str, key: str, generation: int, due: datetime, body: bytes = b"") -> None:
        sealed = self._sealed(person, "timer", key, body)
        self._db.execute(
            "INSERT INTO timer VALUES (?,?,?,?,?) ON CONFLICT(person, key) DO UPDATE"
            " SET generation = excluded.generation, due = excluded.due, body = excluded.body",
            (person, key, generation, due.timestamp(), sealed),
        )

    def drop_timer(self, person: str, key: str) -> None:
        self._db.execute("DELETE FROM timer WHERE person = ? AND key = ?", (person, key))

    def due(self, now: datetime, limit: int = 200) -> list[Pending]:
        rows = self._db.execute(
            "SELECT person, key, generation, due, body FROM timer WHERE due <= ? ORDER BY due LIMIT ?",
            (now.timestamp(), limit),
        ).fetchall()
        return self.arrive([self._timed_out(*row) for row in rows])

    def _timed_out(self, person: str, key: str, generation: int, due: float, sealed: bytes) -> Arrival:
        self.drop_timer(person, key)
        channel, address = self._address(person)
        body = self._unseal(person, "timer", key, sealed).decode()
        told = {"key": key, "generation": generation, "due": due, "channel": channel, "body": body}
        return Arrival(TIMER, secrets.randbits(62), address, _json.encode(told))

    def next_due(self) -> datetime | None:
        due = self._db.execute("SELECT min(due) FROM timer").fetchone()[0]
        return None if due is None else datetime.fromtimestamp(due, UTC)

    # --- files ---

    def media(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT mark, file FROM media").fetchall())

    def note_media(self, mark: str, file: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO media VALUES (?,?)", (mark, file))

    # --- numbers without names, and what has had its day ---

    def count(self, name: str, day: str) -> None:
        self._db.execute(
            "INSERT INTO tally VALUES (?,?,1) ON CONFLICT(name, day) DO UPDATE SET n = n + 1", (name, day)
        )

    def confirmed(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT code, day FROM confirmed").fetchall())

    def sweep(self, before: int, unconsented_before: int, places_before: int) -> list[str]:
        self._db.execute(
            "DELETE FROM session WHERE touched < ? AND NOT EXISTS"
            " (SELECT 1 FROM timer t WHERE t.person = session.person AND t.key = 'flow')",
            (places_before,),
        )
        self._db.execute("DELETE FROM inbox WHERE state = 'done' AND at < ?", (before,))
        self._db.execute("DELETE FROM outbox WHERE state IN ('sent', 'dropped') AND at < ?", (before,))
        rows = self._db.execute(
            "SELECT id FROM person WHERE consented = 0 AND touched < ? LIMIT 200", (unconsented_before,)
        )
        return [person for (person,) in rows.fetchall()]

    # --- sealing ---

    def _sealed(self, person: str, table: str, row: str, body: bytes) -> bytes:
        return self._seal.seal(person, SELF, table, row, body, lambda: self._wrapped(person, SELF))

    def _unseal(self, person: str, table: str, row: str, sealed: bytes) -> bytes:
        return self._seal.unseal(person, SELF, table, row, sealed, lambda: self._wrapped(person, SELF))

    def _wrapped(self, person: str, compartment: str) -> bytes:
        found = self._db.execute(
            "SELECT wrapped FROM person_key WHERE person = ? AND compartment = ?", (person, compartment)
        ).fetchone()
        return bytes(found[0])
