"""The file of a backup: what is sealed comes back, and nothing else than the whole of it opens."""

import random
from io import BytesIO

import pytest

from bot import archive
from bot.seal import Seal
from tests.machine import MASTER

SEAL = Seal(MASTER)


def sealed(*contents):
    file = BytesIO()
    archive.write(
        file, SEAL, [(name, BytesIO(content)) for name, content in zip("abc", contents, strict=False)]
    )
    return file.getvalue()


def opened(file, count):
    reader, found = archive.Reader(BytesIO(file), [SEAL]), []
    for name in "abc"[:count]:
        found.append(BytesIO())
        reader.section(name, found[-1])
    reader.end()
    return [each.getvalue() for each in found]


@pytest.mark.parametrize(
    "length", [0, 1, archive.CHUNK - 1, archive.CHUNK, archive.CHUNK + 1, 3 * archive.CHUNK]
)
def test_what_is_sealed_comes_back(length):
    """Whatever its length beside that of a chunk."""
    content = random.Random(length).randbytes(length)

    assert opened(sealed(content, b"", content), 3) == [content, b"", content]


def test_half_a_backup_is_refused_wherever_it_ends():
    """Cut anywhere, also between two chunks or two sections, it is not whole."""
    file = sealed(b"x" * (archive.CHUNK + 5), b"y" * 7)
    chunk = archive.CHUNK + archive.TAG_BYTES
    seams = [40, 56, 60, 60 + chunk, 64 + chunk, len(file) - 1, len(file) - 27, len(file) - 43]
    passed = []
    for cut in [*seams, *random.Random(1).sample(range(len(file)), 300)]:
        try:
            passed.append(opened(file[:cut], 2))
        except archive.ArchiveError:
            continue

    assert passed == []


def test_no_bit_can_be_changed():
    """Not in the header, a salt, a length or a chunk; nothing can follow, no chunk be swapped."""
    file = sealed(b"x" * (2 * archive.CHUNK), b"y" * 7)
    chance, chunk = random.Random(2), archive.CHUNK + archive.TAG_BYTES + 4
    places = [*range(70), *chance.sample(range(len(file)), 300)]
    changed = [file[:at] + bytes((file[at] ^ 1 << chance.randrange(8),)) + file[at + 1 :] for at in places]
    swapped = file[:56] + file[56 + chunk : 56 + 2 * chunk] + file[56 : 56 + chunk] + file[56 + 2 * chunk :]
    passed = []
    for wrong in [*changed, swapped, file + b"z", file + file[40:]]:
        try:
            passed.append(opened(wrong, 2))
        except archive.ArchiveError:
            continue

    assert passed == []


def test_an_end_that_is_made_up_is_refused():
    """A chunk that is not the last does not open as one, though its length says so and nothing follows."""
    file = bytearray(sealed(b"x" * (archive.CHUNK + 5)))
    file[56] |= 128
    cut = bytes(file[: 60 + archive.CHUNK + archive.TAG_BYTES])

    with pytest.raises(archive.ArchiveError):
        opened(cut, 1)


def test_two_backups_of_the_same_are_not_alike():
    """Nothing can be told from comparing them."""
    one, two = sealed(b"x" * 1000)[24:], sealed(b"x" * 1000)[24:]

    assert sum(a == b for a, b in zip(one, two, strict=True)) < 60
