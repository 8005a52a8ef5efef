"""The key file: read, made once, replaced as a whole, never half written.

A line of it is ``befriend-key-1:`` and 64 hexadecimal digits. Two lines are a change of keys that was cut short: the
first is the old key, the second the new one, and each of them may be what a folder's data is under.
Beside it, ``KEY_FILE.old`` keeps keys that were changed, oldest first: backups made under them still need them.
"""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

KEY_BYTES = 32
HEADER = "befriend-key-1:"
_LINE = re.compile(rb"%s([0-9A-Fa-f]{%d})" % (HEADER.encode(), 2 * KEY_BYTES))


class SealError(Exception):
    """A key is missing or wrong, or something does not open. The message says what to do and holds no key."""


class KeptAway(SealError):
    """The key file is where nothing can be written, such as a credential or a container's secret."""


def fresh_key() -> bytes:
    """Return a new key; it protects nothing before it is in a file."""
    return secrets.token_bytes(KEY_BYTES)


def read(path: Path) -> tuple[bytes, ...]:
    """Return the keys of a file, oldest first; one, unless a change of keys was cut short.

    Raises:
        SealError: It cannot be read, or is no key file.

    """
    try:
        lines = path.read_bytes().split()
    except OSError as error:
        message = f"The key file {path} cannot be read ({error.strerror}). Give its owner read access."
        raise SealError(message) from None
    keys = tuple(bytes.fromhex(found[1].decode()) for found in map(_LINE.fullmatch, lines) if found)
    if not keys or len(keys) < len(lines):
        message = f"{path} is not a Befriend key file. Put your copy of the key back."
        raise SealError(message)
    return keys


def make(path: Path) -> None:
    """Make a key file where there is none; where another process was first, its file stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    _fill(descriptor, (fresh_key(),))
    _settle(path.parent)


def replace(path: Path, *keys: bytes) -> None:
    """Put other keys into a key file: after a power cut it holds either the old ones or these.

    Raises:
        KeptAway: Nothing can be written there.

    """
    _careful(path, lambda place: _swap(place, keys))


def retired(path: Path) -> Path:
    """Return where a key file's old keys are kept."""
    return path.with_name(f"{path.name}.old")


def retire(path: Path, key: bytes) -> None:
    """Add a key to those that are kept aside.

    Raises:
        KeptAway: Nothing can be written there.

    """
    aside = retired(path)
    before = read(aside) if aside.exists() else ()
    _careful(aside, lambda place: _swap(place, (*(old for old in before if old != key), key)))


def _careful(path: Path, write: Callable[[Path], None]) -> None:
    try:
        write(path.resolve())
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror})."
        raise KeptAway(message) from None


def _swap(path: Path, keys: tuple[bytes, ...]) -> None:
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)  # of a change that was cut short
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _own_like(path, descriptor)
        _fill(descriptor, keys)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _own_like(path: Path, descriptor: int) -> None:
    """Have the new file belong to whom the old one does: root may change the key of the bot's user."""
    if path.exists() and (there := path.stat()).st_uid != os.geteuid():
        os.fchown(descriptor, there.st_uid, there.st_gid)


def _fill(descriptor: int, keys: tuple[bytes, ...]) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(f"{HEADER}{key.hex()}\n".encode() for key in keys)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have a folder's names on the disk: a key must outlive a power cut before anything is sealed with it."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
