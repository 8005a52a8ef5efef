"""The file of a backup: sealed as a whole, read and written in pieces, and not to be mistaken for half of one.

Format 1::

    16 bytes  ``befriend-backup`` and the format's number, 01
     8 bytes  check of the master key that opens it
    16 bytes  number of this backup, random
    then the sections ``about`` (JSON), ``keys`` (keys.db) and ``data`` (befriend.db), each:
        16 bytes  salt, random
        then chunks, all but the last of the same size:
            4 bytes  length of the sealed chunk; its highest bit says that it is the last
            n bytes  the sealed chunk

The key of a section is a keyed hash, under the master key, of number, salt and name. A chunk is bound to the first
40 bytes, the section's name, its own number and whether it is the last (``bot.seal.Stream``): whatever is changed,
swapped or cut off does not open.
"""

import hmac
import os
import shutil
from collections.abc import Iterable
from typing import BinaryIO

from bot.seal import Seal, SealError, Stream, fingerprint

NAME = b"befriend-backup"
FORMAT = 1
START = NAME + bytes((FORMAT,))
HEAD_BYTES, CHECK_BYTES, SALT_BYTES = 40, 8, 16
CHUNK = 2**16  # bytes sealed at once
TAG_BYTES = 16
LAST = 2**31
SECTIONS = ("about", "keys", "data")


class ArchiveError(SealError):
    """A file is no backup that can be opened. The message says why."""


class WrongKey(ArchiveError):
    """It was sealed with another key."""


def write(file: BinaryIO, seal: Seal, sections: Iterable[tuple[str, BinaryIO]]) -> None:
    """Write a whole backup, its sections in order."""
    head = START + seal.check + os.urandom(SALT_BYTES)
    file.write(head)
    for name, source in sections:
        write_section(file, head, seal, name, source)


def write_section(file: BinaryIO, head: bytes, seal: Seal, name: str, source: BinaryIO) -> None:
    """Seal what a source holds."""
    salt = os.urandom(SALT_BYTES)
    stream = _stream(head, seal, name, salt)
    file.write(salt)
    chunk, last = source.read(CHUNK), False
    while not last:
        following = source.read(CHUNK)
        last = not following
        sealed = stream.seal(chunk, last=last)
        file.write((len(sealed) | LAST * last).to_bytes(4))
        file.write(sealed)
        chunk = following


class Reader:
    """Reads a backup's sections one after the other. Lives as long as its file is open.

    Attributes:
        head: The first 40 bytes.
        seal: Which key opens it.

    Raises:
        ArchiveError: It is none, of a newer format, or sealed with none of these keys.

    """

    def __init__(self, file: BinaryIO, seals: Iterable[Seal]) -> None:
        self._file, self.head = file, file.read(HEAD_BYTES)
        if not self.head.startswith(NAME) or len(self.head) < HEAD_BYTES:
            raise ArchiveError("This is no backup of Befriend, or only the beginning of one.")
        if not self.head.startswith(START):
            raise ArchiveError("This backup was made by a newer befriend. Install that version first.")
        check = self.head[len(START) : len(START) + CHECK_BYTES]
        known = list(seals)
        fitting = next((seal for seal in known if seal.check == check), None)
        if fitting is None:
            marks = ", ".join(map(fingerprint, known)) or "none"
            raise WrongKey(f"This backup was sealed with another key than yours (mark {marks}).")
        self.seal = fitting

    def section(self, name: str, into: BinaryIO) -> None:
        """Open the next section, which has to be the named one.

        Raises:
            ArchiveError: It is not whole, or was changed. What was written so far is good for nothing.

        """
        stream, last = _stream(self.head, self.seal, name, self._exactly(SALT_BYTES)), 0
        while not last:
            last, length = divmod(int.from_bytes(self._exactly(4)), LAST)
            if length > CHUNK + TAG_BYTES:
                raise _broken()
            try:
                into.write(stream.open(self._exactly(length), last=bool(last)))
            except SealError:
                raise _broken() from None

    def end(self) -> None:
        """See to it that nothing follows."""
        if self._file.read(1):
            raise _broken()

    def rest(self, into: BinaryIO) -> None:
        """Copy what follows as it is, still sealed."""
        shutil.copyfileobj(self._file, into)

    def _exactly(self, length: int) -> bytes:
        found = self._file.read(length)
        if len(found) < length:
            raise _broken()
        return found


def _stream(head: bytes, seal: Seal, name: str, salt: bytes) -> Stream:
    key = hmac.digest(seal.derive("backup"), head + salt + name.encode(), "sha256")
    return Stream(key, head + name.encode())


def _broken() -> ArchiveError:
    return ArchiveError("This backup is not whole: it was cut off, or changed. Take another one.")
