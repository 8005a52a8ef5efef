"""One door for everything that is sealed: AES-256-GCM, bound to owner, table and row.

The master key lies in a file outside the data directory and wraps every other key; those are random. A person has
one for each compartment, kept in a file of their own (``bot.store.vault``): forgetting a person is destroying them.

A sealed body, format 2::

    1 byte    the format, 02
    12 bytes  nonce, random for each body
    n bytes   ciphertext, as long as what was sealed
    16 bytes  tag of AES-256-GCM

It is bound to ``befriend|2|<place>`` in UTF-8, where ``<place>`` is ``compartment|person|table|row`` for a person's
body and ``wrap|<name>`` for a wrapped key: a body that is moved to another owner, table or row does not open.
The chunks of a backup are bound otherwise: see ``Stream``.
"""

import hmac
import os
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot import keys
from bot.keys import SealError

__all__ = ["CACHED", "Cipher", "Opener", "Seal", "SealError", "Stream", "fingerprint"]

FORMAT = b"\x02"
NONCE_BYTES = 12
CACHED = 4096  # people whose keys stay unwrapped in memory
_BODY = len(FORMAT) + NONCE_BYTES  # where the ciphertext begins


class Opener(Protocol):
    """Seals and opens bodies under one key."""

    def seal(self, body: bytes, place: str) -> bytes: ...
    def open(self, sealed: bytes, place: str) -> bytes: ...


class Cipher:
    """The key of one compartment, or of what nobody owns. Lives as long as it is remembered."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, body: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._aead.encrypt(nonce, body, f"befriend|2|{place}".encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Open what ``seal`` sealed for the same place.

        Raises:
            SealError: It was sealed for another, was changed, or is of another format.

        """
        if not sealed.startswith(FORMAT):
            raise _closed()
        try:
            nonce, body = sealed[len(FORMAT) : _BODY], sealed[_BODY:]
            return self._aead.decrypt(nonce, body, f"befriend|2|{place}".encode())
        except (InvalidTag, ValueError):  # the latter: too short to be one
            raise _closed() from None


class Older:
    """Opens bodies of format 1: a nonce and the ciphertext, without a number in front."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def open(self, sealed: bytes, bound: str) -> bytes:
        """Open a body, or raise ``SealError``."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound.encode())
        except (InvalidTag, ValueError):
            raise _closed() from None


class Stream:
    """Seals or opens the chunks of one file, in order, under a key made for it alone.

    As no other stream has the key, a chunk's number is its nonce, with one byte that says whether it is the last:
    chunks that are swapped, left out or cut off at the end do not open (the STREAM construction).

    Args:
        bound: What the stream belongs to; part of every chunk's tag.

    """

    def __init__(self, key: bytes, bound: bytes) -> None:
        self._aead, self._bound, self._number = AESGCM(key), bound, 0

    def seal(self, chunk: bytes, *, last: bool) -> bytes:
        return self._aead.encrypt(self._next(last), chunk, self._bound)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        """Open the next chunk, or raise ``SealError``."""
        try:
            return self._aead.decrypt(self._next(last), sealed, self._bound)
        except (InvalidTag, ValueError):
            raise _closed() from None

    def _next(self, last: bool) -> bytes:  # noqa: FBT001  # a byte of the nonce
        self._number += 1
        return self._number.to_bytes(NONCE_BYTES - 1) + bytes((last,))


class Seal:
    """The master key. Lives as long as the process.

    Args:
        master: The key of the key file; the older of two.
        successor: The newer of two, where a change of keys was cut short.

    """

    def __init__(self, master: bytes, successor: bytes | None = None) -> None:
        self._master = master
        self._wrap = self.cipher(_derive(master, "wrap"))
        self.check = _derive(master, "check")[:8]
        self.successor = None if successor is None else Seal(successor)

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
            keys.make(path)
        return cls(*keys.read(path)[-2:])

    def fitting(self, check: bytes) -> "Seal | None":
        """Return which of the file's keys this is the check of."""
        return next((seal for seal in (self, self.successor) if seal and seal.check == check), None)

    def cipher(self, key: bytes) -> Opener:
        """Return what seals and opens under a key."""
        return Cipher(key)

    def wrap(self, name: str, key: bytes) -> bytes:
        """Return a key as it may be stored."""
        return self._wrap.seal(key, f"wrap|{name}")

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """Open what ``wrap`` wrapped under the same name, or raise ``SealError``."""
        return self._wrap.open(wrapped, f"wrap|{name}")

    def derive(self, purpose: str) -> bytes:
        """Return a key for one purpose, always the same."""
        return _derive(self._master, purpose)


def _derive(master: bytes, purpose: str) -> bytes:
    # The master key is uniformly random, so one keyed hash per purpose is a sound derivation (HKDF-Expand).
    return hmac.digest(master, f"befriend|{purpose}|1".encode(), "sha256")


def _closed() -> SealError:
    return SealError("A sealed row does not open: the key is another one's, or the row was changed.")


def fingerprint(seal: Seal) -> str:
    """Return eight letters that tell one key from another and give nothing away."""
    return sha256(seal.check).hexdigest()[:8]
