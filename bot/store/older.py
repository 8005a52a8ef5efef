"""Data of schema 1 and 2, whose people's keys lay in ``befriend.db`` and whose bodies had no number in front."""

import logging
import sqlite3

from bot.keys import SealError
from bot.seal import Older, Seal
from bot.store.bodies import COLUMNS, Body, Column, bodies, put
from bot.store.keyring import COMPARTMENTS, NOBODY, SELF, Keyring

NEWER = ("inbox.message",)  # columns that came later
QUEUED = ("address", "inbox", "outbox", "outbox.message")  # were sealed under one key for all

log = logging.getLogger(__name__)


def check_key(db: sqlite3.Connection, seal: Seal) -> None:
    """See to it that the data was sealed with this key.

    Raises:
        SealError: With another one.

    """
    if db.execute("SELECT value FROM meta WHERE key = 'key'").fetchone()[0] != seal.check.hex():
        message = (
            "The key file is not the one this data was sealed with. Put your copy of the right key back."
        )
        raise SealError(message)


def lookup_key(seal: Seal) -> bytes:
    """Return what addresses were looked up by: they are found by it from now on too."""
    return seal.derive("lookup")


def bring_along(db: sqlite3.Connection, keyring: Keyring, seal: Seal) -> None:
    """Take people's keys over and seal everything anew; the caller commits both, the keys first."""
    old = _take_keys(db, keyring, seal)
    queue = Older(seal.derive("queue"))
    for column in (each for each in COLUMNS if each.place not in NEWER):
        for body in bodies(db, column):
            opened = _open(column, body, queue if column.place in QUEUED else old.get(body.owner))
            if opened is not None and (body.owner == NOBODY or keyring.holds(body.owner)):
                sealed = keyring.seal(body.owner, column.place, body.row, opened)
                put(db, column, body, sealed)
    db.execute(
        "UPDATE inbox SET lookup = x'' WHERE body IS NOT NULL AND lookup NOT IN (SELECT lookup FROM address)"
    )


def _take_keys(db: sqlite3.Connection, keyring: Keyring, seal: Seal) -> dict[str, Older]:
    wrap, old = Older(seal.derive("wrap")), {}
    for person, wrapped in db.execute("SELECT person, wrapped FROM person_key").fetchall():
        key = wrap.open(wrapped, f"{person}|{SELF}")
        old[person] = Older(key)
        if not keyring.was_forgotten(key):
            keyring.take(person, SELF, key)
            for compartment in COMPARTMENTS[1:]:
                keyring.renew(person, compartment)
    return old


def _open(column: Column, body: Body, key: Older | None) -> bytes | None:
    """Return what a body holds; None where it was damaged before, and so stays as it is."""
    try:
        return key.open(body.sealed, _bound(column, body)) if key else None
    except SealError:
        log.error("a row does not open and is left as it is", extra={"action": "unreadable"})
        return None


def _bound(column: Column, body: Body) -> str:
    match column.place:
        case "address":
            return f"address|{bytes.fromhex(body.row)!r}"
        case "inbox" | "outbox" | "outbox.message":
            return f"{column.place}|{body.rowid!r}"
        case "kept":
            return f"{body.owner}|kept|{body.rowid}"
    return f"{body.owner}|{column.place}|{body.row}"
