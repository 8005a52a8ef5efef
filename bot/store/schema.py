"""The schema, step by step. No compatibility is promised before 1.0."""

from typing import Any

import sqlite_utils
from sqlite_utils.migrations import Migrations

from bot.seal import Seal
from bot.store import older
from bot.store.keyring import Keyring

migrations = Migrations("befriend")
VERSION = 5  # of the schema; kept in ``user_version`` so that start-up need not ask the migrations
KEYS_APART = 3  # the first in which people's keys lie in keys.db


@migrations(name="m001_first")
def first(db: Any) -> None:
    """Make every table. Only what is needed to find and order rows is clear; all else is sealed."""
    _table(db, "meta", {"key": str, "value": str}, "key")
    _table(db, "person", {"id": str, "body": bytes, "touched": int, "consented": int}, "id")
    _table(db, "person_key", {"person": str, "compartment": str, "wrapped": bytes}, ("person", "compartment"))
    _table(db, "address", {"lookup": bytes, "person": str, "channel": str, "sealed": bytes}, "lookup")
    _table(
        db,
        "inbox",
        {
            "id": int,
            "channel": str,
            "key": int,
            "lookup": bytes,
            "body": bytes,
            "state": str,
            "reason": str,
            "at": int,
        },
        "id",
        optional=("body", "reason"),
    )
    _table(
        db,
        "outbox",
        {
            "id": int, "person": str, "body": bytes, "state": str, "reason": str,
            "attempts": int, "not_before": float, "message": bytes, "at": int,
        },
        "id",
        optional=("body", "reason", "message"),
    )  # fmt: skip
    _table(
        db,
        "session",
        {"person": str, "body": bytes, "question": int, "touched": int, "bare": int},
        "person",
        optional=("question",),
    )
    _table(db, "kept", {"id": int, "person": str, "kind": str, "body": bytes}, "id")
    timer = {"person": str, "key": str, "generation": int, "due": float, "body": bytes}
    _table(db, "timer", timer, ("person", "key"))
    _table(db, "tally", {"name": str, "day": str, "n": int}, ("name", "day"))
    _table(db, "confirmed", {"code": str, "day": str}, "code")
    db["inbox"].create_index(["channel", "key"], unique=True)
    # No index on a queue's state: it would cost two writes a turn, and 48 hours of rows are scanned at start only.
    db["address"].create_index(["person"])
    db["kept"].create_index(["person", "kind"])
    db["timer"].create_index(["due"])
    db["session"].create_index(["touched"])


@migrations(name="m002_media")
def media(db: Any) -> None:
    """Remember the channel's ids of files: they are of the content, and of nobody."""
    _table(db, "media", {"mark": str, "file": str}, "mark")


@migrations(name="m003_keys")
def keys(db: Any) -> None:
    """Keep people's keys in a file of their own: see ``vault``."""
    db["person_key"].drop()


@migrations(name="m004_own_messages")
def own_messages(db: Any) -> None:
    """Hold the numbers of people's own messages for 48 hours; note who was told that all of theirs will go."""
    db["inbox"].add_column("message", bytes)
    db["person"].add_column("noticed", int, not_null_default=0)


@migrations(name="m005_waits")
def waits(db: Any) -> None:
    """Find waits in a talk without a look at all that comes by itself: people are there, and wait for them."""
    db.execute("CREATE INDEX timer_waits ON timer(due) WHERE key = 'flow'")


def _table(db: Any, name: str, columns: dict[str, type], pk: Any, optional: tuple[str, ...] = ()) -> None:
    needed = {column for column in columns if column not in optional}
    db[name].create(columns, pk=pk, not_null=needed, strict=True)


def migrate(connection: Any, keyring: Keyring, seal: Seal) -> None:
    """Bring a database to this version, all or nothing; the caller holds the lock."""
    db = sqlite_utils.Database(connection)
    before = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute("BEGIN IMMEDIATE")
    try:
        if 0 < before < KEYS_APART:
            older.bring_along(connection, keyring, seal)
        migrations.apply(db)
        _note(connection, keyring, wipe=bool(before))
        connection.execute(f"PRAGMA user_version = {VERSION}")
        keyring.commit()
    except BaseException:
        connection.execute("ROLLBACK")
        keyring.undo()
        raise
    connection.execute("COMMIT")


def _note(connection: Any, keyring: Keyring, *, wipe: bool) -> None:
    """Name the keys that belong to this file; have it written anew where it holds what it should not."""
    connection.execute("DELETE FROM meta WHERE key = 'key'")
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('store', ?)", (keyring.store,))
    if wipe:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('wipe', 'due')")
