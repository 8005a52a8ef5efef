"""One door for everything that is sealed: AES-256-GCM, bound to owner, table and row.

The master key lives in a file outside the data directory. From it come a key for queue bodies, one for
looking up addresses, and one that wraps the keys of people; each person has a random key for each
compartment, so that forgetting a person is destroying their keys.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
CACHED = 4096  # people whose keys stay unwrapped in memory
HEADER = "befriend-key-1:"
K = TypeVar("K")
V = TypeVar("V")


class SealError(Exception):
    """A key is missing or wrong. The message says what to do and holds no key."""


class Seal:
    """Seals and opens. Lives as long as the process; used on the store's thread only."""

    def __init__(self, master: bytes) -> None:
        self._queue = AESGCM(_derive(master, "queue"))
        self._wrap = AESGCM(_derive(master, "wrap"))
        self._lookup_key = _derive(master, "lookup")
        self.check = _derive(master, "check")[:8]
        self._open: dict[tuple[str, str], AESGCM] = {}
        self._lookups: dict[str, bytes] = {}

    def __repr__(self) -> str:
        """Show no key."""
        return "Seal()"

    @classmethod
    def open(cls, path: Path, *, fresh: bool) -> "Seal":
        """Read the master key; make one only where there is no data yet.

        Args:
            path: The key file; made with mode 0600.
            fresh: Whether the store holds nothing: only then may a key be made.

        Raises:
            SealError: The key is missing over existing data, or is none.

        """
        if not path.exists():
            if not fresh:
                message = f"The key file {path} is missing, and only it opens the data. Put your copy back."
                raise SealError(message)
            _make(path)
        return cls(_read(path))

    # --- addresses ---

    def lookup(self, channel: str, address: str) -> bytes:
        """Return the keyed hash by which an address is found, 16 bytes."""
        name = f"{channel}:{address}"
        found = self._lookups.get(name)
        if found is None:
            found = hmac.digest(self._lookup_key, name.encode(), "sha256")[:16]
            _remember(self._lookups, name, found)
        return found

    # --- the queue: what nobody owns yet ---

    def seal_queue(self, table: str, row: int | bytes, body: bytes) -> bytes:
        """Seal a body of the inbox, the outbox or an address."""
        return _encrypt(self._queue, body, f"{table}|{row!r}")

    def open_queue(self, table: str, row: int | bytes, sealed: bytes) -> bytes:
        """Open what ``seal_queue`` sealed."""
        return _decrypt(self._queue, sealed, f"{table}|{row!r}")

    # --- people ---

    def new_key(self, person: str, compartment: str) -> bytes:
        """Make a person's key for a compartment and return it wrapped, ready to be stored."""
        key = secrets.token_bytes(KEY_BYTES)
        _remember(self._open, (person, compartment), AESGCM(key))
        return _encrypt(self._wrap, key, f"{person}|{compartment}")

    def seal(
        self, person: str, compartment: str, table: str, row: str, body: bytes, key: Callable[[], bytes]
    ) -> bytes:
        """Seal a person's body; ``key`` fetches the wrapped key where it is not in memory."""
        return _encrypt(self._key(person, compartment, key), body, f"{person}|{table}|{row}")

    def unseal(
        self, person: str, compartment: str, table: str, row: str, sealed: bytes, key: Callable[[], bytes]
    ) -> bytes:
        """Open what ``seal`` sealed for the same owner, table and row.

        Raises:
            SealError: It was sealed for another, or was changed.

        """
        return _decrypt(self._key(person, compartment, key), sealed, f"{person}|{table}|{row}")

    def forget(self, person: str) -> None:
        """Drop a person's keys from memory."""
        for owner in [owner for owner in self._open if owner[0] == person]:
            del self._open[owner]

    def _key(self, person: str, compartment: str, key: Callable[[], bytes]) -> AESGCM:
        found = self._open.get((person, compartment))
        if found is None:
            found = AESGCM(_decrypt(self._wrap, key(), f"{person}|{compartment}"))
            _remember(self._open, (person, compartment), found)
        return found


def _remember(cache: dict[K, V], key: K, value: V) -> None:
    if len(cache) >= CACHED:
        del cache[next(iter(cache))]  # the oldest; whoever writes again is remembered again
    cache[key] = value


def _derive(master: bytes, purpose: str) -> bytes:
    # The master key is uniformly random, so one keyed hash per purpose is a sound derivation (HKDF-Expand).
    return hmac.digest(master, f"befriend|{purpose}|1".encode(), "sha256")


def _encrypt(key: AESGCM, body: bytes, bound: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, body, bound.encode())


def _decrypt(key: AESGCM, sealed: bytes, bound: str) -> bytes:
    try:
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound.encode())
    except InvalidTag:
        message = "A sealed row does not open: the key is another one's, or the row was changed."
        raise SealError(message) from None


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_hex(KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{HEADER}{key}\n")
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)  # a key must outlive a power cut before anything is sealed with it
    os.close(folder)


def _read(path: Path) -> bytes:
    try:
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text.removeprefix(HEADER))
    except OSError as error:
        message = f"The key file {path} cannot be read ({error.strerror}). Give its owner read access."
        raise SealError(message) from None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or not text.startswith(HEADER):
        message = f"{path} is not a Befriend key file. Put your copy of the key back."
        raise SealError(message)
    return key


def fingerprint(seal: Seal) -> str:
    """Return eight letters that tell one key from another and give nothing away."""
    return sha256(seal.check).hexdigest()[:8]
