"""The schema, step by step. No compatibility is promised before 1.0."""

from typing import Any

import sqlite_utils
from sqlite_utils.migrations import Migrations

migrations = Migrations("befriend")
VERSION = 2  # of the schema; kept in ``user_version`` so that start-up need not ask the migrations


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


def _table(db: Any, name: str, columns: dict[str, type], pk: Any, optional: tuple[str, ...] = ()) -> None:
    needed = {column for column in columns if column not in optional}
    db[name].create(columns, pk=pk, not_null=needed, strict=True)


def migrate(connection: Any) -> None:
    """Bring a database to this version, all or nothing; the caller holds the lock."""
    db = sqlite_utils.Database(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
