"""``keys.db``: every key but the master's, wrapped, and the marks of those that were destroyed.

It is a file of its own so that a copy of ``befriend.db`` opens with the keys of today: whoever is erased here is
erased in each copy. It keeps a rollback journal that is emptied by each commit, where the store has a write-ahead log:
such a log would hold destroyed keys until it is next copied back, and new people are too rare to need its speed.
"""

import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from bot.keys import SealError, fresh_key
from bot.seal import Seal

NAME = "keys.db"
VERSION = 1  # of its tables; kept in ``user_version``
ALL = ""  # every compartment
PRAGMAS = (
    "journal_mode = TRUNCATE", "synchronous = FULL", "secure_delete = ON", "busy_timeout = 5000", "temp_store = MEMORY",
)  # fmt: skip
ENDING = " STRICT, WITHOUT ROWID"
TABLES = (
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # Keys of the whole store: for looking up addresses, for marks of destroyed keys, for what nobody owns.
    "CREATE TABLE secret(name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT",
    "CREATE TABLE key(person TEXT, compartment TEXT, wrapped BLOB, PRIMARY KEY (person, compartment))"
    + ENDING,
    # Keyed hashes of keys that were destroyed: a backup that still holds them is put back without them.
    "CREATE TABLE forgotten(mark BLOB PRIMARY KEY)" + ENDING,
    # Erasures whose rows in befriend.db may still be there.
    "CREATE TABLE begun(person TEXT, compartment TEXT, PRIMARY KEY (person, compartment))" + ENDING,
)
# The last words to somebody, sealed with the queue's key, while their erasure is under way: a crash is no silence.
FAREWELL = "CREATE TABLE IF NOT EXISTS farewell(person TEXT PRIMARY KEY, sealed BLOB NOT NULL)" + ENDING
SECRETS = ("lookup", "mark", "queue")


class Wrapped(NamedTuple):
    """A person's key for a compartment, as it is stored."""

    person: str
    compartment: str
    wrapped: bytes

    @property
    def name(self) -> str:
        """What it is wrapped under."""
        return wrapped_name(self.person, self.compartment)


def wrapped_name(person: str, compartment: str) -> str:
    """Return what a key of a person is wrapped under."""
    return f"{person}|{compartment}"


def mark_of(mark_key: bytes, key: bytes) -> bytes:
    """Return the keyed hash that a destroyed key is known by."""
    return hmac.digest(mark_key, key, "sha256")[:16]


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection that any one thread may use, in manual transactions; the file is private."""
    if str(path) != ":memory:":
        make_private(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do what is in the block, all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # it may have been taken back already
            connection.execute("ROLLBACK")
        raise


def make_private(path: Path) -> None:
    """Make a file if it is missing; see to it that nobody else can read it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def made(connection: sqlite3.Connection) -> bool:
    """Whether it has its tables, and so its secrets."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0])


def make(connection: sqlite3.Connection, seal: Seal, lookup: bytes | None = None) -> None:
    """Make tables and secrets, all or nothing.

    Args:
        connection: To an empty file.
        seal: Wraps the secrets.
        lookup: The key for looking up addresses, where there are addresses already.

    """
    given = {"lookup": lookup}
    with transaction(connection):
        for table in TABLES:
            connection.execute(table)
        for name in SECRETS:
            wrapped = seal.wrap(name, given.get(name) or fresh_key())
            connection.execute("INSERT INTO secret VALUES (?,?)", (name, wrapped))
        connection.execute("INSERT INTO meta VALUES ('key', ?)", (seal.check.hex(),))
        connection.execute("INSERT INTO meta VALUES ('store', ?)", (secrets.token_hex(8),))
        connection.execute(f"PRAGMA user_version = {VERSION}")


def complete(connection: sqlite3.Connection) -> None:
    """Add the table that keys of an older befriend lack."""
    connection.execute(FAREWELL)


def store_of(connection: sqlite3.Connection) -> str:
    """Return the random name of the store that these keys belong to."""
    return str(connection.execute("SELECT value FROM meta WHERE name = 'store'").fetchone()[0])


def check_of(connection: sqlite3.Connection) -> bytes:
    """Return the check of the master key that these are wrapped with."""
    return bytes.fromhex(connection.execute("SELECT value FROM meta WHERE name = 'key'").fetchone()[0])


def fitting(connection: sqlite3.Connection, seal: Seal) -> Seal:
    """Return which of the key file's keys these are wrapped with.

    Raises:
        SealError: None of them.

    """
    if found := seal.fitting(check_of(connection)):
        return found
    message = "The key file is not the one this data was sealed with. Put your copy of the right key back."
    raise SealError(message)


def read_secrets(connection: sqlite3.Connection, seal: Seal) -> dict[str, bytes]:
    """Return the keys of the whole store, or raise ``SealError``."""
    rows = connection.execute("SELECT name, wrapped FROM secret").fetchall()
    return {name: seal.unwrap(name, wrapped) for name, wrapped in rows}


def read_keys(connection: sqlite3.Connection) -> Iterator[Wrapped]:
    """Yield every person's keys."""
    return map(Wrapped._make, connection.execute("SELECT person, compartment, wrapped FROM key").fetchall())


def opens(seal: Seal, one: Wrapped) -> bool:
    """Whether a master key opens a person's key."""
    try:
        seal.unwrap(one.name, one.wrapped)
    except SealError:
        return False
    return True


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether there has never been anyone."""
    rows = connection.execute("SELECT (SELECT count(*) FROM key) + (SELECT count(*) FROM forgotten)")
    return not rows.fetchone()[0]


def forgotten(connection: sqlite3.Connection) -> set[bytes]:
    """Return the marks of destroyed keys."""
    return {mark for (mark,) in connection.execute("SELECT mark FROM forgotten")}


def replay(connection: sqlite3.Connection, seal: Seal, marks: Iterable[bytes]) -> int:
    """Destroy the keys that these marks are of; return how many people had one.

    Their rows go when the store is next opened.
    """
    key, wanted = read_secrets(connection, seal)["mark"], set(marks)
    found = [
        one for one in read_keys(connection) if mark_of(key, seal.unwrap(one.name, one.wrapped)) in wanted
    ]
    with transaction(connection):
        connection.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", [(mark,) for mark in wanted])
        for one in found:
            destroy(connection, one.person, one.compartment)
    connection.execute("VACUUM")  # a copy in memory wipes what it deletes only where SQLite was built to
    return len({one.person for one in found})


def begin_for_keyless(connection: sqlite3.Connection, people: Iterable[str]) -> None:
    """Note that the rows of whoever has no key must go: nothing opens them."""
    keyed = {one.person for one in read_keys(connection)}
    rows = [(person, ALL) for person in people if person not in keyed]
    with transaction(connection):
        connection.executemany("INSERT OR IGNORE INTO begun VALUES (?,?)", rows)


def destroy(connection: sqlite3.Connection, person: str, compartment: str) -> None:
    """Delete a person's keys and note that their rows must follow; the caller holds the transaction."""
    if compartment == ALL:
        connection.execute("DELETE FROM key WHERE person = ?", (person,))
    else:
        connection.execute("DELETE FROM key WHERE person = ? AND compartment = ?", (person, compartment))
    connection.execute("INSERT OR IGNORE INTO begun VALUES (?,?)", (person, compartment))


def rewrap(connection: sqlite3.Connection, old: Seal, new: Seal) -> None:
    """Wrap every key with another master key, all or nothing.

    Raises:
        SealError: One of them does not open.

    """
    again = [(new.wrap(name, key), name) for name, key in read_secrets(connection, old).items()]
    people = [
        (new.wrap(one.name, old.unwrap(one.name, one.wrapped)), one.person, one.compartment)
        for one in read_keys(connection)
    ]
    with transaction(connection):
        connection.executemany("UPDATE secret SET wrapped = ? WHERE name = ?", again)
        connection.executemany("UPDATE key SET wrapped = ? WHERE person = ? AND compartment = ?", people)
        connection.execute("UPDATE meta SET value = ? WHERE name = 'key'", (new.check.hex(),))
    connection.execute("VACUUM")  # pages that were split may hold what they held before
