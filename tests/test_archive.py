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


# --- written down once ------------------------------------------------------------------

BEFORE = (
    "6265667269656e642d6261636b757001ca4bb1a218c6fb6801010101010101010101010101010101"
    "0202020202020202020202020202020280000015a21a3a604f85fddb93962b820a8aa2dd526e572247"
    "03030303030303030303030303030303800000142a3d87d010a04e993ab0e718fa4c0c7a15033a63"
    "0404040404040404040404040404040480000010af614944de57da0d55418256ad38bb43"
)  # fmt: skip


def test_chunks_stay_as_large_as_they_were():
    """A reader takes none that is larger: with a smaller limit no backup of before would open."""
    assert archive.CHUNK == 2**16


def test_a_backup_of_before_opens():
    """Its bytes stand here: whoever changes the format finds that out before a backup is needed."""
    reader, found = archive.Reader(BytesIO(bytes.fromhex(BEFORE)), [Seal(b"o" * 32), SEAL]), []
    for name in archive.SECTIONS:
        found.append(BytesIO())
        reader.section(name, found[-1])
    reader.end()

    assert [each.getvalue() for each in found] == [b"about", b"keys", b""]
    assert reader.seal is SEAL
    assert reader.head.hex() == BEFORE[:80]


def test_what_follows_is_copied_as_it_is():
    """Still sealed, so that keys can be taken out of a backup without unsealing the rest."""
    reader, rest = archive.Reader(BytesIO(bytes.fromhex(BEFORE)), [SEAL]), BytesIO()
    reader.section("about", BytesIO())
    reader.rest(rest)

    assert rest.getvalue().hex() == BEFORE[80 + 2 * (16 + 4 + 21) :]


# --- what is said -----------------------------------------------------------------------

OTHERS = [Seal(b"o" * 32), Seal(b"p" * 32)]
BROKEN = "This backup is not whole: it was cut off, or changed. Take another one."


@pytest.mark.parametrize(
    ("file", "keys", "sentence"),
    [
        pytest.param(
            "", [SEAL], "This is no backup of Befriend, or only the beginning of one.", id="nothing"
        ),
        pytest.param(
            BEFORE[:78],
            [SEAL],
            "This is no backup of Befriend, or only the beginning of one.",
            id="a beginning",
        ),
        pytest.param(
            "00" + BEFORE[2:],
            [SEAL],
            "This is no backup of Befriend, or only the beginning of one.",
            id="no backup",
        ),
        pytest.param(
            BEFORE[:30] + "02" + BEFORE[32:],
            [SEAL],
            "This backup was made by a newer befriend. Install that version first.",
            id="a newer one",
        ),
        pytest.param(
            BEFORE,
            OTHERS,
            "This backup was sealed with another key than yours (mark fd10fd3f, 2f8ec50e).",
            id="other keys",
        ),
        pytest.param(
            BEFORE, [], "This backup was sealed with another key than yours (mark none).", id="no key at all"
        ),
        pytest.param(BEFORE[:-2], [SEAL], BROKEN, id="cut off"),
        pytest.param(BEFORE[:118] + "ff" + BEFORE[120:], [SEAL], BROKEN, id="changed"),
        pytest.param(BEFORE + "00", [SEAL], BROKEN, id="something after it"),
        pytest.param(BEFORE[:112] + "80010011" + BEFORE[120:], [SEAL], BROKEN, id="too long a chunk"),
    ],
)
def test_what_does_not_open_is_told_in_a_sentence(file, keys, sentence):
    """It says what to do, or which keys were tried."""

    def reads():
        reader = archive.Reader(BytesIO(bytes.fromhex(file)), keys)
        for name in archive.SECTIONS:
            reader.section(name, BytesIO())
        reader.end()

    with pytest.raises(archive.ArchiveError) as refused:
        reads()

    assert str(refused.value) == sentence
    assert isinstance(refused.value, archive.WrongKey) == ("another key" in sentence)
