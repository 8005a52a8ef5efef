"""Copies of data and keys: what is looked at, what is refused, and what is taken out or wrapped anew."""

import os
import sqlite3
import stat
from collections import Counter
from contextlib import closing

import pytest

from bot.seal import Seal, SealError
from bot.store import copies, folder, vault
from bot.store.bodies import Audit
from bot.store.copies import Looked
from bot.store.folder import NAME, StoreError
from bot.store.keyring import COMPARTMENTS, GRIEF, SELF
from tests.machine import ANN, BEN, MASTER, Place, whole

OLD, NEW, OTHER = Seal(MASTER), Seal(b"n" * 32), Seal(b"o" * 32)
DAMAGED = "This backup is damaged inside. Take another one."


@pytest.fixture
async def place(tmp_path):
    """A machine where two people have talked."""
    place = Place(tmp_path)
    await place.furnish()
    return place


@pytest.fixture
def kept(place):
    """The keys as they are, with nobody at the data."""
    with place.both() as (_, kept):
        yield kept


@pytest.fixture
def data(place):
    """The data as it is, with nobody at the keys."""
    with place.both() as (data, _):
        yield data


def tear(path):
    """Have a file say that it has free pages, which it has not: who reads it notices nothing."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(36)
        file.write(b"\0\0\0\7")


def refusal(call, *given):
    with pytest.raises(StoreError) as refused:
        call(*given)
    return str(refused.value)


def torn(place):
    return f"The database in {place.data} cannot be read (file is not a database). See 'befriend doctor'."


# --- taking them ------------------------------------------------------------------------


def test_a_snapshot_is_private_whole_and_tells_its_schema(place):
    """Whatever the umask; it is all that was committed."""
    into, umask = place.top / "copy.db", os.umask(0)
    try:
        schema = copies.snapshot(place.data, into)
    finally:
        os.umask(umask)
    with closing(sqlite3.connect(into)) as db:
        people = db.execute("SELECT count(*) FROM person").fetchone()

    assert (schema, people) == (folder.VERSION, (2,))
    assert stat.S_IMODE(into.stat().st_mode) == 0o600


def test_nothing_is_copied_where_nothing_is(tmp_path):
    """The folder is named, and no file is made."""
    assert refusal(copies.snapshot, tmp_path, tmp_path / "copy") == f"Nothing is stored yet in {tmp_path}."
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_told_in_a_sentence(place):
    """By whoever takes a copy of it, looks at it, or changes its keys."""
    for name in (NAME, vault.NAME):
        (place.data / name).write_bytes(b"nonsense" * 999)

    assert refusal(copies.snapshot, place.data, place.top / "copy") == torn(place)
    assert refusal(copies.snapshot_keys, place.data) == torn(place)
    assert refusal(copies.look, place.data, OLD) == torn(place)
    assert refusal(copies.rewrap, place.data, OLD, NEW) == torn(place)


def test_missing_data_is_not_made_by_a_look(place):
    """Nor by a copy: that would hide that it is gone."""
    for path in place.data.glob(f"{NAME}*"):
        path.unlink()

    assert "(unable to open database file)" in refusal(copies.snapshot, place.data, place.top / "copy")
    assert "(unable to open database file)" in refusal(copies.look, place.data, OLD)
    assert not (place.data / NAME).exists()


def test_data_from_before_keys_had_a_file_asks_for_a_start(place):
    """It is brought up to date by that."""
    (place.data / vault.NAME).unlink()

    assert refusal(copies.snapshot_keys, place.data) == (
        "The data is of an older befriend. Start the bot once with this version first."
    )


# --- a copy of the keys -----------------------------------------------------------------


def test_a_copy_of_the_keys_tells_which_master_key_it_is_under(place):
    """One of those in a key file; none of another's."""
    held = copies.snapshot_keys(place.data)

    assert copies.fitting(held, Seal(b"n" * 32, MASTER)).check == OLD.check
    with pytest.raises(SealError, match="not the one this data was sealed with"):
        copies.fitting(held, OTHER)


def test_destroyed_keys_are_taken_out_of_a_copy(place, kept):
    """Not a byte of them is left in it, the other keys are there, and it knows the mark; else there is no new copy."""
    held = copies.snapshot_keys(place.data)
    one, *others = [each.wrapped for each in vault.read_keys(kept)]
    gone = next(vault.read_keys(kept))
    mark_key = vault.read_secrets(kept, OLD)["mark"]
    mark = vault.mark_of(mark_key, OLD.unwrap(gone.name, gone.wrapped))
    left = copies.without(held, OLD, [mark])

    assert one in held
    assert [each in left for each in (one, *others)] == [False] + [True] * len(others)
    assert (copies.marks(held), copies.marks(left)) == (set(), {mark})
    assert copies.without(left, OLD, [mark]) is None
    assert copies.without(held, OLD, [b"x" * 16]) is None


# --- looking ----------------------------------------------------------------------------


def test_a_look_counts_people_and_keys(place, kept):
    """Whoever lacks the key of what is in no compartment counts as without one; damaged keys are counted one by one."""
    before = copies.look(place.data, Seal(MASTER, b"n" * 32))
    ann, ben = sorted({one.person for one in vault.read_keys(kept)})
    kept.execute("DELETE FROM key WHERE person = ? AND compartment = ?", (ann, SELF))
    kept.execute("UPDATE key SET wrapped = x'02' WHERE person = ? AND compartment != ?", (ben, GRIEF))

    assert before == Looked(people=2, keyless=0, closed=0)
    assert copies.look(place.data, OLD) == Looked(people=2, keyless=1, closed=len(COMPARTMENTS) - 1)


def test_a_look_with_another_key_is_refused(place):
    """It opens nothing."""
    with pytest.raises(SealError, match="not the one"):
        copies.look(place.data, OTHER)


def test_a_look_opens_the_keys_of_the_whole_store(place, kept):
    """Without them no address is found."""
    kept.execute("UPDATE secret SET wrapped = x'02' WHERE name = 'lookup'")
    with pytest.raises(SealError):
        copies.look(place.data, OLD)


def test_an_audit_opens_every_body(place, data):
    """And counts what does not open, place by place."""
    data.execute("UPDATE session SET body = zeroblob(60)")
    found = copies.audit(place.data, OLD)

    assert found == Audit(found.opened, Counter(session=2), 0)
    assert (found.opened["kept"], found.opened["session"]) == (4, 0)


# --- what is refused --------------------------------------------------------------------


def audit(place):
    copies.audit(place.data, OLD)


def fit(place):
    copies.fit(place.data, OLD, OLD, [])


@pytest.mark.parametrize("use", [audit, fit])
@pytest.mark.parametrize("name", [NAME, vault.NAME])
def test_a_copy_that_is_damaged_anywhere_is_refused(place, use, name):
    """Also where nothing would have looked today."""
    tear(place.data / name)

    assert refusal(use, place) == DAMAGED


@pytest.mark.parametrize("use", [audit, fit])
@pytest.mark.parametrize("name", [NAME, vault.NAME])
def test_a_copy_that_is_no_database_is_told_in_a_sentence(place, use, name):
    """Nobody has to read a stack of our own lines."""
    (place.data / name).write_bytes(b"nonsense" * 999)

    assert refusal(use, place) == "This backup cannot be read (file is not a database). Take another one."


@pytest.mark.parametrize("use", [audit, fit])
def test_a_copy_from_a_newer_befriend_is_left_as_it_is(place, use):
    """Nothing of it is counted or changed."""
    with place.both() as (data, _):
        data.execute(f"PRAGMA user_version = {folder.VERSION + 1}")

    assert "from a newer befriend" in refusal(use, place)


# --- wrapping anew ----------------------------------------------------------------------


async def test_keys_are_wrapped_with_another_master_key_once(place):
    """How many people there are is told each time; the old key may be any of those that are held."""
    told = [copies.rewrap(place.data, Seal(b"x" * 32, MASTER), NEW) for _ in range(2)]
    unchanged = copies.snapshot_keys(place.data)
    again = copies.rewrap(place.data, OTHER, NEW)  # asks for no old key any more

    assert (told, again) == ([2, 2], 2)
    assert copies.snapshot_keys(place.data) == unchanged
    assert copies.look(place.data, NEW) == Looked(2, 0, 0)


def test_keys_under_a_third_key_are_not_wrapped_anew(place):
    """The old one is asked for."""
    with pytest.raises(SealError, match="not the one"):
        copies.rewrap(place.data, OTHER, NEW)


async def test_a_copy_is_made_fit(place, kept):
    """Destroyed keys go, their people are counted, the rest is under the present key, and rows of the keyless go."""
    ann = (await place.turn(lambda tx: tx.person_at("telegram", ANN))).id
    mark_key = vault.read_secrets(kept, OLD)["mark"]
    marks = {
        vault.mark_of(mark_key, OLD.unwrap(one.name, one.wrapped))
        for one in vault.read_keys(kept)
        if one.person == ann
    }
    gone = copies.fit(place.data, Seal(b"x" * 32, MASTER), NEW, marks)
    begun = kept.execute("SELECT person, compartment FROM begun ORDER BY compartment").fetchall()

    assert gone == 1
    assert begun == [(ann, ""), *((ann, part) for part in sorted(COMPARTMENTS))]
    assert copies.look(place.data, NEW) == Looked(2, 1, 0)


async def test_a_copy_under_the_present_key_stays_under_it(place):
    """It opens as before."""
    before = copies.snapshot_keys(place.data)

    assert copies.fit(place.data, OLD, OLD, []) == 0
    assert copies.fitting(copies.snapshot_keys(place.data), OLD).check == OLD.check
    with closing(vault.connect(place.data / vault.NAME)) as kept:
        wrapped = [one.wrapped for one in vault.read_keys(kept)]
    assert all(one in before for one in wrapped)
    assert await place.people() == (whole(ANN), whole(BEN))
