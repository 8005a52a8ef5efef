"""The master key: its file, and `befriend key`."""

import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from bot import custody, keys, recovery
from bot.app import TALK, CannotStart
from bot.keys import KeptAway, SealError
from bot.seal import Seal
from bot.store import vault
from bot.store.sqlite import SqliteStore
from tests.machine import ANN, BEN, MASTER, Place, whole

ONE, TWO, THREE = b"1" * 32, b"2" * 32, b"3" * 32


@pytest.fixture
async def place(tmp_path):
    """A machine where two people have talked, also in the terminal."""
    place = Place(tmp_path)
    await place.furnish("", TALK)
    return place


# --- the file ---------------------------------------------------------------------------


def test_a_first_key_is_made_with_the_folder_for_it(tmp_path):
    """Nobody else can look into it, whatever the umask; where there is a key it stays."""
    path = tmp_path / "a" / "b" / "key"
    umask = os.umask(0)
    try:
        keys.make(path)
    finally:
        os.umask(umask)
    made = path.read_bytes()
    keys.make(path)

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == made
    assert len(made) == len(keys.HEADER) + 64 + 1


def test_a_key_that_cannot_be_read_is_told(tmp_path):
    """With what the system says."""
    with pytest.raises(SealError) as refused:
        keys.read(tmp_path)

    assert str(refused.value) == (
        f"The key file {tmp_path} cannot be read (Is a directory). Give its owner read access."
    )


def test_a_key_that_was_typed_in_capitals_is_the_same(tmp_path):
    """Whoever copies it from paper writes as they like."""
    (tmp_path / "key").write_text(f"befriend-key-1:{b'kk'.hex().upper() * 16}\n")

    assert keys.read(tmp_path / "key") == (b"k" * 32,)


def test_a_key_file_is_replaced_as_a_whole(tmp_path):
    """It is private, holds what was asked for, and nothing is left beside it."""
    path = tmp_path / "key"
    keys.make(path)
    keys.replace(path, ONE, TWO)

    assert keys.read(path) == (ONE, TWO)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_a_link_is_followed_and_stays_one(tmp_path):
    """Whoever keeps the key elsewhere finds it changed there."""
    (tmp_path / "elsewhere").mkdir()
    real, link = tmp_path / "elsewhere" / "key", tmp_path / "key"
    keys.make(real)
    link.symlink_to(real)
    keys.replace(link, ONE)

    assert link.is_symlink()
    assert keys.read(real) == (ONE,)


def test_old_keys_are_kept_in_their_order(tmp_path):
    """Each once, however often it was put aside."""
    for key in (ONE, TWO, ONE, THREE):
        keys.retire(tmp_path / "key", key)

    assert keys.read(keys.retired(tmp_path / "key")) == (TWO, ONE, THREE)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param("befriend-key-1:00", id="too short"),
        pytest.param(f"befriend-key-1:{'11' * 33}", id="too long"),
        pytest.param("11" * 32, id="no header"),
        pytest.param(f"befriend-key-1:{'11' * 32}\nand more", id="something after it"),
        pytest.param("befriend-key-1:é", id="no hexadecimal digit"),
    ],
)
def test_what_is_no_key_is_said_to_be_none(tmp_path, content):
    """The sentence asks for the copy."""
    (tmp_path / "key").write_text(content)
    with pytest.raises(SealError) as refused:
        keys.read(tmp_path / "key")

    assert str(refused.value) == (
        f"{tmp_path / 'key'} is not a Befriend key file. Put your copy of the key back."
    )


def test_no_key_is_shown_by_what_holds_one():
    """Not by its representation, nor by an error's."""
    shown = repr(Seal(ONE, TWO)) + repr(SealError("x")) + repr(vars(Seal(ONE))["_wrap"])

    assert "1" * 8 not in shown
    assert ONE.hex()[:8] not in shown


# --- check ------------------------------------------------------------------------------


async def test_a_key_that_opens_everything_is_confirmed(place):
    """A line for the key, and one for each folder that it opens."""
    report = await custody.check(place.settings)

    assert report.fine
    assert [line[:5].strip() for line in report.lines] == ["ok"] * 3
    assert "all of 2 people" in report.lines[1]


async def test_the_check_works_beside_a_running_bot(place):
    """It takes no lock and changes nothing."""
    store = SqliteStore.open(place.data, place.seal)
    report = await custody.check(place.settings)
    await store.close()

    assert report.fine


async def check_says(place, words):
    report = await custody.check(place.settings)
    assert not report.fine
    assert words in "\n".join(report.lines)


async def test_a_lost_key_is_asked_for(place):
    """Never is another made over data."""
    place.key.unlink()
    await check_says(place, "Put your copy back")

    assert not place.key.exists()


async def test_another_key_is_told_apart(place):
    """It opens nothing of the data, and the check says so."""
    keys.replace(place.key, ONE)
    await check_says(place, "not the one this data was sealed with")


async def test_a_key_that_others_can_read_is_to_be_closed(place):
    """The command that does it is named."""
    place.key.chmod(0o644)
    await check_says(place, "chmod 600")


async def test_a_change_that_was_cut_short_is_told(place):
    """And how it is finished."""
    keys.replace(place.key, MASTER, ONE)
    await check_says(place, "befriend key rotate")


async def test_a_damaged_key_of_a_person_is_told(place):
    """A backup has it whole."""
    db = vault.connect(place.data / vault.NAME)
    db.execute("UPDATE key SET wrapped = x'02'")
    db.close()
    await check_says(place, "keys are damaged")


# --- rotate -----------------------------------------------------------------------------


async def test_a_new_key_opens_everything_and_the_old_one_nothing(place):
    """Addresses are found, words are read, what waits is there, in every folder under the key."""
    report = await custody.rotate(place.settings)

    assert await place.people() == (whole(ANN), whole(BEN))
    assert await place.people(place.data / TALK) == (whole(ANN), whole(BEN))
    assert keys.read(place.key) != (MASTER,)
    with pytest.raises(SealError, match="not the one"):
        SqliteStore.open(place.data, Seal(MASTER))
    assert "all of 4 people" in report.lines[0]


async def test_nothing_wrapped_with_the_old_key_is_left(place):
    """Its wrapped keys are in no byte of any file."""
    db = vault.connect(place.data / vault.NAME)
    wrapped = [one.wrapped for one in vault.read_keys(db)]
    wrapped += [row[0] for row in db.execute("SELECT wrapped FROM secret")]
    db.close()
    await custody.rotate(place.settings)

    assert [one for one in wrapped if one in place.bytes()] == []


async def test_a_running_bot_keeps_its_key(place):
    """It has to be stopped first; nothing is changed before."""
    store = SqliteStore.open(place.data / TALK, place.seal)
    with pytest.raises(CannotStart, match="Another befriend is running"):
        await custody.rotate(place.settings)
    await store.close()

    assert keys.read(place.key) == (MASTER,)


@pytest.fixture
def sealed_off(monkeypatch):
    """Have nothing renamed, as over a file that a container hands in."""

    def refuse(*_):
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(os, "replace", refuse)


async def test_a_key_that_is_handed_over_read_only_is_changed_where_it_is_kept(place, sealed_off):
    """The sentence says so, and nothing is changed; the bot starts as before."""
    with pytest.raises(CannotStart, match="BEFRIEND_KEY_FILE=/ITS/REAL/PLACE befriend key rotate"):
        await custody.rotate(place.settings)

    assert keys.read(place.key) == (MASTER,)
    assert not keys.retired(place.key).exists()
    assert await place.people() == (whole(ANN), whole(BEN))


def test_a_file_that_cannot_be_replaced_stays(tmp_path, sealed_off):
    """And nothing is left beside it."""
    path = tmp_path / "key"
    keys.make(path)
    before = path.read_bytes()
    with pytest.raises(KeptAway) as refused:
        keys.replace(path, ONE)

    assert str(refused.value) == f"{path} cannot be written (Device or resource busy)."
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_whoever_interrupts_a_change_is_heard(tmp_path, monkeypatch):
    """Also where the file is in its place already, and nothing beside it can be removed."""

    def interrupted(old, new, put=os.replace):
        put(old, new)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        keys.replace(tmp_path / "key", ONE)

    assert keys.read(tmp_path / "key") == (ONE,)


def test_a_key_stays_with_whom_it_belongs_to(tmp_path, monkeypatch):
    """Root gives the new file to the owner of the old one; the owner has nothing to give away."""
    given, path = [], tmp_path / "key"
    monkeypatch.setattr(os, "fchown", lambda file, *owner: given.append((os.fstat(file).st_size, owner)))
    keys.make(path)
    keys.replace(path, ONE)
    alone = list(given)
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    keys.replace(path, ONE)

    assert alone == []
    assert given == [(0, (owner, path.stat().st_gid))]


async def test_the_old_key_is_kept_as_long_as_backups_need_it(place):
    """Thirty days later a check that finds everything well removes it, and not before."""
    await custody.rotate(place.settings)
    aside = keys.retired(place.key)
    early = await custody.check(place.settings)
    kept = aside.exists()
    then = (datetime.now(UTC) - timedelta(days=31)).timestamp()
    os.utime(aside, (then, then))
    place.key.chmod(0o644)
    await custody.check(place.settings)
    in_doubt = aside.exists()
    place.key.chmod(0o600)
    await custody.check(place.settings)

    assert (early.fine, kept, in_doubt, aside.exists()) == (True, True, True, False)


async def test_backups_of_before_open_after_a_change_of_keys(place):
    """And are put back under the new key."""
    file = await place.back_up()
    await custody.rotate(place.settings)
    await custody.rotate(place.settings)
    verified = await recovery.verify(place.settings, file, None)
    for path in place.data.glob("*.db*"):
        path.unlink()
    await recovery.restore(place.settings, file, None, [])

    assert verified.fine
    assert await place.people() == (whole(ANN), whole(BEN))


# --- new --------------------------------------------------------------------------------


async def test_the_first_key_is_made_with_a_word_of_warning(tmp_path):
    """Private, once, and with what to do."""
    place = Place(tmp_path)
    report = await custody.new(place.settings)

    assert stat.S_IMODE(place.key.stat().st_mode) == 0o600
    assert "Copy it now" in report.lines[-1]
    with pytest.raises(CannotStart, match="already"):
        await custody.new(place.settings)


async def test_no_key_is_made_over_data(place):
    """Not even where the old one is lost."""
    place.key.unlink()
    with pytest.raises(CannotStart, match="opens none of it"):
        await custody.new(place.settings)

    assert not place.key.exists()
