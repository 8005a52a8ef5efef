"""The seal: what was sealed once opens for ever, and what is not as it was sealed does not open at all."""

import stat

import pytest

from bot import keys
from bot.seal import Cipher, Older, Seal, SealError, Stream, fingerprint

MASTER, KEY = bytes(range(32)), b"k" * 32
WRAPPED = (
    "026e6e6e6e6e6e6e6e6e6e6e6e"
    "07e923b61b1fd53518352114f99e3cf8a24e35d5e08fc902c9b494b11d54efa650278248390c814d9eae1199afcf329c"
)
BODY = "026e6e6e6e6e6e6e6e6e6e6e6eef5495d4627c2a58187ec4b853dac6e34bf9a12dc0"
BODY_1 = "6e6e6e6e6e6e6e6e6e6e6e6eef5495d4620753e14718f1603d55fb03239561fac5"  # of format 1
CHUNKS = (
    "a8c6195245ba78e5694a289102b486ceb0846e",
    "918ca3acd34ecf2edfc6eb3ae2ea0d0104fa4e",
    "7faf71aee3a17dd00021b3d83f12a0c0e27d70ca09",
)
CLOSED = "A sealed row does not open: the key is another one's, or the row was changed."


# --- written down once ------------------------------------------------------------------


def test_a_body_of_before_opens():
    """Its bytes stand here: whoever changes the format finds that out before anyone's words are lost."""
    assert Cipher(KEY).open(bytes.fromhex(BODY), "self|ann|kept|1") == b"words"
    assert Older(KEY).open(bytes.fromhex(BODY_1), "self|ann|kept|1") == b"words"


def test_a_key_that_was_wrapped_before_opens():
    """Under the same master key and name; what is derived from that key never changes."""
    seal = Seal(MASTER)

    assert seal.unwrap("ann|self", bytes.fromhex(WRAPPED)) == KEY
    assert seal.check.hex() == "0cb44b9ee71f2c9f"
    assert fingerprint(seal) == "57066d97"
    assert seal.derive("backup").hex() == "cf8a50bb67770cc03dc25ea1b673767551b90423f97358819d36fa8ff839a6f4"


def test_chunks_are_sealed_as_they_were_before():
    """Their nonces are their numbers, so they are the same each time."""
    writes, reads = Stream(KEY, b"befriend"), Stream(KEY, b"befriend")
    chunks = [(b"one", False), (b"two", False), (b"three", True)]

    assert tuple(writes.seal(chunk, last=last).hex() for chunk, last in chunks) == CHUNKS
    assert [
        (reads.open(bytes.fromhex(sealed), last=last), last)
        for sealed, (_, last) in zip(CHUNKS, chunks, strict=True)
    ] == chunks


# --- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "opens",
    [
        pytest.param(lambda: Cipher(KEY).open(bytes.fromhex(BODY), "self|ann|kept|2"), id="another row"),
        pytest.param(lambda: Cipher(KEY).open(bytes.fromhex(BODY_1), "self|ann|kept|1"), id="another format"),
        pytest.param(lambda: Cipher(KEY).open(b"\x02" * 13, "self|ann|kept|1"), id="too short"),
        pytest.param(
            lambda: Older(KEY).open(bytes.fromhex(BODY_1), "self|ann|kept|2"), id="another of before"
        ),
        pytest.param(lambda: Older(KEY).open(b"", "self|ann|kept|1"), id="nothing"),
        pytest.param(lambda: Seal(KEY).unwrap("ann|self", bytes.fromhex(WRAPPED)), id="another master key"),
        pytest.param(lambda: Seal(MASTER).unwrap("ben|self", bytes.fromhex(WRAPPED)), id="another name"),
        pytest.param(lambda: Stream(KEY, b"befriend").open(bytes.fromhex(CHUNKS[1]), last=False), id="order"),
        pytest.param(
            lambda: Stream(KEY, b"befriend").open(bytes.fromhex(CHUNKS[0]), last=True), id="the end"
        ),
        pytest.param(
            lambda: Stream(KEY, b"else").open(bytes.fromhex(CHUNKS[0]), last=False), id="another file"
        ),
        pytest.param(lambda: Stream(KEY, b"befriend").open(b"", last=True), id="an empty chunk"),
    ],
)
def test_what_is_not_as_it_was_sealed_does_not_open(opens):
    """One sentence for all of it, which holds nothing of what was inside."""
    with pytest.raises(SealError) as refused:
        opens()

    assert str(refused.value) == CLOSED


# --- the master key ---------------------------------------------------------------------


def test_a_key_is_made_only_where_there_is_no_data(tmp_path):
    """Over data the copy is asked for; a key that is there is read, with its successor if a change was cut short."""
    path = tmp_path / "key"
    with pytest.raises(SealError) as refused:
        Seal.open(path, fresh=False)
    missing = path.exists()
    made, again = Seal.open(path, fresh=True), Seal.open(path, fresh=False)
    keys.replace(path, b"0" * 32, MASTER, KEY)
    both = Seal.open(path, fresh=True)

    assert str(refused.value) == (
        f"The key file {path} is missing, and only it opens the data. Put your copy back."
    )
    assert (missing, stat.S_IMODE(path.stat().st_mode)) == (False, 0o600)
    assert made.check == again.check
    assert (made.successor, repr(made)) == (None, "Seal()")
    assert [both.fitting(Seal(key).check) for key in (MASTER, KEY, b"0" * 32)] == [both, both.successor, None]
    assert both.successor
    assert both.successor.check == Seal(KEY).check
