"""Every sealed column, and what its bodies are bound to: one list for moving and for checking them."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.keys import SealError
from bot.store.keyring import KeyGone, Keyring

AT_ONCE = 500  # rows in memory
OWNER = "coalesce(a.person, '')"  # NOBODY where there is no address


class Column(NamedTuple):
    """A column that holds sealed bodies.

    Attributes:
        place: What the bodies are bound to beside owner and row; mostly the table.
        owner, row: In SQL; ``t`` is the table.

    """

    place: str
    table: str
    name: str
    owner: str
    row: str


COLUMNS = (
    Column("person", "person", "body", "t.id", "t.id"),
    Column("address", "address", "sealed", "t.person", "lower(hex(t.lookup))"),
    Column("session", "session", "body", "t.person", "t.person"),
    Column("kept", "kept", "body", "t.person", "t.kind || '/' || t.id"),
    Column("timer", "timer", "body", "t.person", "t.key"),
    Column("outbox", "outbox", "body", "t.person", "t.id"),
    Column("outbox.message", "outbox", "message", "t.person", "t.id"),
    Column("inbox", "inbox", "body", OWNER, "t.id"),
    Column("inbox.message", "inbox", "message", OWNER, "t.id"),
)


class Body(NamedTuple):
    """A sealed body where it lies."""

    rowid: int
    owner: str
    row: str
    sealed: bytes


@dataclass(slots=True)
class Audit:
    """How many bodies of each place opened, and how many did not; of how many people the key is gone."""

    opened: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    keyless: int = 0


def bodies(db: sqlite3.Connection, column: Column, person: str = "") -> Iterator[Body]:
    """Yield what is in a column; rows may be changed and deleted meanwhile.

    Args:
        db: With the column.
        column: Which.
        person: Whose; "" for everybody's.

    """
    join = "LEFT JOIN address a ON a.lookup = t.lookup" if column.owner == OWNER else ""
    query = (
        f"SELECT t.rowid, {column.owner}, CAST({column.row} AS TEXT), t.{column.name} FROM {column.table} t {join}"  # noqa: S608  # names of ours
        f" WHERE t.rowid > ? AND t.{column.name} IS NOT NULL AND (? = '' OR {column.owner} = ?)"
        f" ORDER BY t.rowid LIMIT {AT_ONCE}"
    )
    last = -1
    while rows := db.execute(query, (last, person, person)).fetchall():
        yield from map(Body._make, rows)
        last = rows[-1][0]


def put(db: sqlite3.Connection, column: Column, body: Body, sealed: bytes) -> None:
    """Put another body in its place."""
    update = f"UPDATE {column.table} SET {column.name} = ? WHERE rowid = ?"  # noqa: S608  # names of ours
    db.execute(update, (sealed, body.rowid))


def audit(db: sqlite3.Connection, keyring: Keyring) -> Audit:
    """Open everything, and keep nothing of it."""
    found, keyless = Audit(), set()
    for column in COLUMNS:
        for body in bodies(db, column):
            try:
                keyring.unseal(body.owner, column.place, body.row, body.sealed)
                found.opened[column.place] += 1
            except KeyGone:
                keyless.add(body.owner)
            except SealError:
                found.closed[column.place] += 1
    found.keyless = len(keyless)
    return found


def delete_of_compartment(db: sqlite3.Connection, keyring: Keyring, person: str, compartment: str) -> None:
    """Delete what a person has in a compartment, while its key is there."""
    for column in COLUMNS:
        if column.table in ("kept", "timer", "inbox"):
            for body in bodies(db, column, person):
                if keyring.opens(compartment, person, column.place, body.row, body.sealed):
                    _delete(db, column.table, body.rowid)


def delete_closed(db: sqlite3.Connection, keyring: Keyring, person: str) -> None:
    """Delete what a person had in a compartment whose key is gone."""
    for column in COLUMNS:
        if column.table in ("kept", "timer", "inbox"):
            for body in bodies(db, column, person):
                try:
                    keyring.unseal(person, column.place, body.row, body.sealed)
                except SealError:
                    _delete(db, column.table, body.rowid)


def _delete(db: sqlite3.Connection, table: str, rowid: int) -> None:
    if table == "inbox":  # its number must still be known for 48 h
        db.execute("UPDATE inbox SET state = 'done', body = NULL WHERE rowid = ?", (rowid,))
    else:
        db.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608  # names of ours
