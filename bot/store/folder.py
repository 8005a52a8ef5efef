"""The folder that everything is remembered in: its lock, its two databases, and what may not be opened."""

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.seal import Seal
from bot.store import vault
from bot.store.keyring import Keyring

VERSION = 5  # schema.VERSION, said again so that a start without migrations need not import sqlite_utils
KEYS_APART = 3  # schema.KEYS_APART
NAME = "befriend.db"
RESTORING, RESTORED = (
    "restoring",
    "restored",
)  # folders within the data's: a backup unpacked in part, and whole
PATIENT, HASTY = "busy_timeout = 5000", "busy_timeout = 0"  # ms that we wait for whoever else is at the file
PRAGMAS = (
    "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", PATIENT,
    "temp_store = MEMORY", "cache_size = -16384", "journal_size_limit = 16777216",
)  # fmt: skip


class StoreError(Exception):
    """The store cannot be used. The message says what to do."""


class Running(StoreError):
    """Another process holds the lock."""


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Return a connection that any one thread may use, in manual transactions; a file that it makes is private."""
    name = f"file:{path}?mode=ro" if read_only else str(path)
    if not read_only and name != ":memory:":
        vault.make_private(path)
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
        raise Running(message) from None
    return descriptor


def fresh(folder: Path) -> bool:
    """Whether a folder holds no data yet."""
    return not any((folder / name).exists() for name in (NAME, vault.NAME, RESTORING, RESTORED))


def settle(folder: Path) -> None:
    """Move a restored backup to where it belongs; a power cut in between is made good by the next call."""
    restored = folder / RESTORED
    if not restored.is_dir():
        return
    for name in (vault.NAME, NAME):
        if (restored / name).exists():
            (restored / name).replace(folder / name)
    shutil.rmtree(restored)
    sync(folder)


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_halves(folder: Path) -> None:
    """See to it that data and keys are both there, or neither.

    Raises:
        StoreError: One is missing, or a restore was cut short.

    """
    if (folder / RESTORING).exists():
        message = f"A restore into {folder} was cut short. Do it again: befriend restore FILE"
        raise StoreError(message)
    version, empty = _version(folder / NAME), _is_empty(folder / vault.NAME)
    if version >= KEYS_APART and empty is None:
        message = (
            f"{vault.NAME} is missing from {folder}, and only with it the data opens. "
            "Put it back, or restore a backup: befriend restore FILE"
        )
        raise StoreError(message)
    if not version and empty is False:
        message = (
            f"{NAME} is missing from {folder}, and {vault.NAME} is there. Put it back, or restore a backup: "
            f"befriend restore FILE. To begin anew, move {vault.NAME} away."
        )
        raise StoreError(message)


def _version(path: Path) -> int:
    """Return a database's schema, 0 where there is none."""
    if not path.exists():
        return 0
    with closing(connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def _is_empty(path: Path) -> bool | None:
    """Whether there has never been anyone; None where there are no keys at all."""
    if not path.exists():
        return None
    with closing(vault.connect(path)) as keys:
        return vault.is_empty(keys) if vault.made(keys) else None


def open_files(folder: Path, seal: Seal) -> tuple[sqlite3.Connection, Keyring]:
    connection = connect(folder / NAME)
    version = refuse_newer(connection)
    keys = vault.connect(folder / vault.NAME)
    if not vault.made(keys):
        vault.make(keys, seal, _old_lookup_key(connection, seal) if version else None)
    keyring = Keyring(keys, seal)
    prepare(connection, keyring, seal)
    return connection, keyring


def refuse_newer(connection: sqlite3.Connection) -> int:
    """Return a database's schema, or raise ``StoreError`` if this version does not know it."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        message = (
            f"The database is from a newer befriend (schema {version}, this one knows {VERSION})."
            " Install the newer version again, or restore an older backup."
        )
        raise StoreError(message)
    return version


def _old_lookup_key(connection: sqlite3.Connection, seal: Seal) -> bytes:
    from bot.store import older

    older.check_key(connection, seal)
    return older.lookup_key(seal)


def prepare(connection: sqlite3.Connection, keyring: Keyring, seal: Seal) -> None:
    """Bring the database to this version and see to it that the keys are its own."""
    if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
        from bot.store.schema import migrate  # sqlite_utils costs 0.1 s, needed once

        migrate(connection, keyring, seal)
    noted = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    if noted.get("store") != keyring.store:
        message = f"{vault.NAME} belongs to other data than {NAME}. Put back the two that belong together."
        raise StoreError(message)
    if noted.get("wipe"):
        connection.execute("VACUUM")  # pages that were split before may hold keys that were here
        connection.execute("DELETE FROM meta WHERE key = 'wipe'")
