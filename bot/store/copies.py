"""Copies of the two databases: taken beside a running bot, checked, and made fit to be put back."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.seal import Seal
from bot.store import bodies, vault
from bot.store.bodies import Audit
from bot.store.folder import NAME, StoreError, connect, fresh, refuse_newer
from bot.store.keyring import SELF, Keyring


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at keys and people found; no words, no ids.

    Attributes:
        people: Who is in the database.
        keyless: People whose key is missing: nothing of theirs opens.
        closed: Keys that the master key does not open.

    """

    people: int
    keyless: int
    closed: int


def snapshot(folder: Path, into: Path) -> int:
    """Copy ``befriend.db`` as it is at one moment into a new, private file; return its schema.

    Keys are to be copied after it: a key is made before the first row that needs it.

    Raises:
        StoreError: There is nothing, or it cannot be read.

    """
    if fresh(folder):
        message = f"Nothing is stored yet in {folder}."
        raise StoreError(message)
    vault.make_private(into)
    with (
        _readable(folder),
        closing(connect(folder / NAME, read_only=True)) as source,
        closing(sqlite3.connect(into)) as copy,
    ):
        source.backup(copy)  # in one step: a bot that writes meanwhile goes on, and is not in it
        return int(copy.execute("PRAGMA user_version").fetchone()[0])


def snapshot_keys(folder: Path) -> bytes:
    """Return a copy of ``keys.db``; it never lies on the disk in the clear."""
    with _readable(folder), closing(_keys(folder)) as keys:
        return keys.serialize()


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        message = f"The database in {folder} cannot be read ({error}). See 'befriend doctor'."
        raise StoreError(message) from None


def _keys(folder: Path) -> sqlite3.Connection:
    if not (folder / vault.NAME).exists():
        raise StoreError("The data is of an older befriend. Start the bot once with this version first.")
    return vault.connect(folder / vault.NAME)


def fitting(keys: bytes, seal: Seal) -> Seal:
    """Return which of the key file's keys a copy of ``keys.db`` is wrapped with, or raise ``SealError``."""
    with _opened(keys) as db:
        return vault.fitting(db, seal)


def marks(keys: bytes) -> set[bytes]:
    """Return the marks of destroyed keys in a copy of ``keys.db``."""
    with _opened(keys) as db:
        return vault.forgotten(db)


def without(keys: bytes, seal: Seal, forgotten: Iterable[bytes]) -> bytes | None:
    """Return a copy of ``keys.db`` without destroyed keys; None if none of them is in it."""
    with _opened(keys) as db:
        return db.serialize() if vault.replay(db, seal, forgotten) else None


@contextmanager
def _opened(keys: bytes) -> Iterator[sqlite3.Connection]:
    with closing(vault.connect(Path(":memory:"))) as db:
        db.deserialize(keys)
        yield db


def audit(folder: Path, seal: Seal) -> Audit:
    """Open every sealed body of a copy; see that the files are whole.

    Raises:
        StoreError: One is damaged, or from a newer befriend.

    """
    with _both(folder) as (data, keys):
        return bodies.audit(data, Keyring(keys, seal))


def look(folder: Path, seal: Seal) -> Looked:
    """Unwrap every person's key, beside a running bot.

    Raises:
        SealError: The data is under another master key.

    """
    with _readable(folder), closing(_keys(folder)) as keys:
        with closing(connect(folder / NAME, read_only=True)) as data:
            people = {person for (person,) in data.execute("SELECT id FROM person")}
        fitting = vault.fitting(keys, seal)
        vault.read_secrets(keys, fitting)
        wrapped = list(vault.read_keys(keys))
    keyed = {one.person for one in wrapped if one.compartment == SELF}
    closed = sum(not vault.opens(fitting, one) for one in wrapped)
    return Looked(len(people), len(people - keyed), closed)


def rewrap(folder: Path, old: Seal, new: Seal) -> int:
    """Have every key wrapped with another master key, unless it is; return how many people there are."""
    with _readable(folder), closing(_keys(folder)) as keys:
        check = vault.check_of(keys)
        if check != new.check:
            vault.rewrap(keys, vault.fitting(keys, old), new)
        return len({one.person for one in vault.read_keys(keys)})


def fit(folder: Path, was: Seal, now: Seal, forgotten: Iterable[bytes]) -> int:
    """Make a copy fit to be put back; return of how many people keys were destroyed since.

    Args:
        folder: With both files, and nobody else at them.
        was: The master key that the copy's keys are wrapped with.
        now: The one that they are to be wrapped with.
        forgotten: Marks of destroyed keys.

    Raises:
        StoreError: A file is damaged, or from a newer befriend.

    """
    with _both(folder) as (data, keys):
        was = vault.fitting(keys, was)
        gone = vault.replay(keys, was, forgotten)
        people = [person for (person,) in data.execute("SELECT id FROM person")]
        vault.begin_for_keyless(keys, people)
        if was.check != now.check:
            vault.rewrap(keys, was, now)
        return gone


@contextmanager
def _both(folder: Path) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    try:
        with closing(connect(folder / NAME)) as data, closing(vault.connect(folder / vault.NAME)) as keys:
            if not _whole(data) or not _whole(keys):
                raise StoreError("This backup is damaged inside. Take another one.")
            refuse_newer(data)
            yield data, keys
    except sqlite3.Error as error:
        message = f"This backup cannot be read ({error}). Take another one."
        raise StoreError(message) from None


def _whole(db: sqlite3.Connection) -> bool:
    return bool(db.execute("PRAGMA quick_check").fetchone()[0] == "ok")
