"""`befriend restore` and `verify`: a backup is put back whole or not at all, and the forgotten stay forgotten."""

import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from bot import archive, backup, keys, recovery
from bot.app import CannotStart
from bot.store import copies, folder, vault
from bot.store.keyring import COMPARTMENTS, GRIEF
from bot.store.sqlite import SqliteStore, StoreError
from tests.machine import ANN, BEN, MASTER, Place, whole


@pytest.fixture
async def place(tmp_path):
    """A machine where two people have talked."""
    place = Place(tmp_path)
    await place.furnish()
    return place


def about(place, file):
    """Return what a backup says of itself."""
    return recovery._unpack(file, [place.seal], place.top / "about")[0]


# --- putting one back -------------------------------------------------------------------


async def test_everything_is_put_back(place):
    """With all that waits, and the addresses at which people are."""
    file = await place.back_up()
    place.lose()
    report = await recovery.restore(place.settings, file, None, [])

    assert await place.people() == (whole(ANN), whole(BEN))
    assert (report.fine, report.lines) == (
        True,
        [
            f"Put back into {place.data}: the backup of {about(place, file)['made']}, 2 people.",
            "People who were forgotten since, in whole or in part, and stay so: 0.",
            "Check it, then start the bot: befriend doctor",
        ],
    )
    assert {path.name for path in place.data.glob("*.db")} == {folder.NAME, vault.NAME}
    assert not (place.data / folder.RESTORED).exists()


async def test_a_backup_takes_the_place_of_no_data(place):
    """The sentence says where the data is to go, and what to type then."""
    file = await place.back_up()
    await place.forget(ANN)
    with pytest.raises(CannotStart) as refused:
        await recovery.restore(place.settings, file, None, [])

    assert str(refused.value) == (
        f"There is data in {place.data}, and a backup takes the place of none. Move befriend.db* and keys.db* "
        "into a folder of their own, and name it: befriend restore FILE --forgotten THAT-FOLDER"
    )
    assert await place.people() == (None, whole(BEN))


async def test_data_that_was_put_back_in_part_is_in_its_place_when_that_is_said(place):
    """A power cut after the last restore left it in a folder of its own: the sentence names what then is there."""
    file = await place.back_up()
    (place.data / folder.RESTORED).mkdir()
    for name in (folder.NAME, vault.NAME):
        (place.data / name).rename(place.data / folder.RESTORED / name)
    with pytest.raises(CannotStart, match="There is data in"):
        await recovery.restore(place.settings, file, None, [])

    assert [(place.data / name).exists() for name in (folder.NAME, vault.NAME)] == [True, True]
    assert not (place.data / folder.RESTORED).exists()
    assert await place.people() == (whole(ANN), whole(BEN))


async def test_what_is_unpacked_is_for_the_operator_alone(place):
    """Whatever the umask: the folder, and each file in it."""
    file, work, umask = await place.back_up(), place.top / "work", os.umask(0)
    try:
        recovery._unpack(file, [place.seal], work)
    finally:
        os.umask(umask)

    assert stat.S_IMODE(work.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in work.iterdir()} == {
        folder.NAME: 0o600,
        vault.NAME: 0o600,
    }


async def test_what_is_unpacked_outlives_a_power_cut(place, monkeypatch):
    """It is on the disk before anything is moved to its place."""
    file, work, synced = await place.back_up(), place.top / "work", []

    def noted(descriptor, sync=os.fsync):
        synced.append(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    recovery._unpack(file, [place.seal], work)

    assert synced == [(work / name).stat().st_ino for name in (vault.NAME, folder.NAME)]


async def test_a_named_key_that_is_missing_is_told(place):
    """Before anything is unpacked."""
    file = await place.back_up()
    place.lose()
    with pytest.raises(CannotStart) as refused:
        await recovery.restore(place.settings, file, place.top / "elsewhere", [])

    assert str(refused.value) == (
        f"There is no key in {place.top / 'elsewhere'}. Put your copy of the key there first."
    )
    assert folder.fresh(place.data)


async def test_nothing_is_put_back_under_a_running_bot(place):
    """Its lock is heeded."""
    file = await place.back_up()
    store = SqliteStore.open(place.data, place.seal)
    with pytest.raises(CannotStart, match="Another befriend is running"):
        await recovery.restore(place.settings, file, None, [])
    await store.close()


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        pytest.param(lambda place, file: keys.replace(place.key, b"w" * 32), "another key", id="wrong key"),
        pytest.param(lambda place, file: place.key.unlink(), "Put your copy", id="no key"),
        pytest.param(lambda place, file: os.truncate(file, file.stat().st_size // 2), "not whole", id="half"),
        pytest.param(lambda place, file: os.truncate(file, 20), "only the beginning", id="beginning"),
        pytest.param(
            lambda place, file: file.write_bytes(b"x" * 999), "no backup of Befriend", id="something else"
        ),
        pytest.param(
            lambda place, file: file.write_bytes(file.read_bytes() + b"x"), "not whole", id="something added"
        ),
        pytest.param(lambda place, file: file.unlink(), "No such file", id="no file"),
        pytest.param(
            lambda place, file: file.write_bytes(
                file.read_bytes().replace(archive.START, archive.NAME + b"\x02", 1)
            ),
            "newer befriend",
            id="newer format",
        ),
    ],
)
async def test_what_cannot_be_put_back_leaves_nothing(place, harm, sentence):
    """One sentence; afterwards the folder is as empty as before."""
    file = await place.back_up()
    place.lose()
    harm(place, file)
    with pytest.raises(CannotStart, match=sentence):
        await recovery.restore(place.settings, file, None, [])

    assert folder.fresh(place.data)


async def test_a_full_disk_is_told_and_leaves_nothing(place, monkeypatch):
    """The sentence names the backup; so does it when one is only looked at."""

    def full(_):
        raise OSError(28, "No space left on device")

    file = await place.back_up()
    place.lose()
    monkeypatch.setattr(os, "fsync", full)
    for use in (
        recovery.restore(place.settings, file, None, []),
        recovery.verify(place.settings, file, None),
    ):
        with pytest.raises(CannotStart) as refused:
            await use
        assert str(refused.value) == f"{file}: No space left on device."

    assert folder.fresh(place.data)


async def test_a_backup_of_a_newer_schema_is_refused(place):
    """An older program does not touch what it does not know."""
    with closing(sqlite3.connect(place.data / folder.NAME)) as db:
        db.execute("PRAGMA user_version = 99")
    file = await place.back_up()
    place.lose()
    with pytest.raises(CannotStart, match="newer befriend"):
        await recovery.restore(place.settings, file, None, [])

    assert folder.fresh(place.data)


async def test_a_restore_that_was_cut_short_is_done_again(place):
    """Until then the bot does not start on what is half there, nor make a new key for it."""
    file = await place.back_up()
    place.lose()
    (place.data / folder.RESTORING).mkdir(parents=True)
    with pytest.raises(StoreError, match="cut short"):
        SqliteStore.open(place.data, place.seal)
    fresh = folder.fresh(place.data)
    await recovery.restore(place.settings, file, None, [])

    assert not fresh
    assert await place.people() == (whole(ANN), whole(BEN))


# --- who was forgotten ------------------------------------------------------------------


async def test_who_was_forgotten_stays_forgotten_when_an_older_backup_is_put_back(place):
    """By the list beside the backups, although all the data is lost."""
    file = await place.back_up()
    await place.forget(ANN)
    await place.back_up("later.backup")
    place.lose()
    report = await recovery.restore(place.settings, file, None, [])
    with closing(sqlite3.connect(place.data / folder.NAME)) as db:
        rows = db.execute("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM address)").fetchone()

    assert await place.people() == (None, whole(BEN))
    assert rows == (1, 1)
    assert report.lines[1].endswith(": 1.")


@pytest.mark.parametrize("named", ["nowhere", "empty", "shelf/nowhere"])
async def test_what_was_named_and_knows_nobody_is_not_passed_over(place, named):
    """A slip of the finger, or the wrong folder, would bring somebody back who was forgotten."""
    file = await place.back_up()
    await place.forget(ANN)
    (place.top / "empty").mkdir()
    place.lose()
    with pytest.raises(CannotStart, match=f"{place.top / named}"):
        await recovery.restore(place.settings, file, None, [place.top / named])

    assert folder.fresh(place.data)


@pytest.mark.parametrize("known", ["folder", "list", "folder with a list"])
async def test_the_data_of_before_knows_who_was_forgotten_since(place, known):
    """Named by the operator, it is heeded, and so is another list."""
    file = await place.back_up()
    await place.forget(ANN)
    before = place.top / "before"
    place.data.rename(before)
    if known != "folder":
        marks = copies.marks(copies.snapshot_keys(before))
        before = place.top / "kept"
        before.mkdir()
        (before / backup.FORGOTTEN).write_text("".join(f"{mark.hex()}\n" for mark in marks))
    if known == "list":
        before = before / backup.FORGOTTEN
    await recovery.restore(place.settings, file, None, [before])

    assert await place.people() == (None, whole(BEN))


async def crossed(place):
    """Back up while Ann is forgotten."""
    data, file = place.top / "data.db", place.shelf / "it.backup"
    copies.snapshot(place.data, data)
    await place.forget(ANN)
    wrapped = copies.snapshot_keys(place.data)
    contents = (b'{"made": "then", "version": "1", "schema": 4}', wrapped, data.read_bytes())
    with file.open("wb") as into:
        archive.write(into, place.seal, zip(archive.SECTIONS, map(BytesIO, contents), strict=True))
    return file


async def test_who_was_forgotten_while_a_backup_was_made_is_gone_from_it(place):
    """Their rows were copied before, the keys after: what nothing opens is not put back."""
    file = await crossed(place)
    place.lose()
    await recovery.restore(place.settings, file, None, [])
    with place.both() as (db, _):
        rows = db.execute("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM address)").fetchone()

    assert rows == (1, 1)
    assert await place.people() == (None, whole(BEN))


async def test_grief_that_was_erased_stays_erased(place):
    """The rest of the person is put back, and what they keep in it from now on opens."""
    file = await place.back_up()
    await place.turn(lambda tx: tx.forget_compartment(tx.person_at("telegram", ANN).id, GRIEF))
    await place.back_up("later.backup")
    place.lose()
    await recovery.restore(place.settings, file, None, [])

    def found(tx):
        person = tx.person_at("telegram", ANN).id
        tx.keep(person, "sentence", "after", GRIEF)
        return tx.kept(person, "sentence"), tx.session(person)[0]

    assert await place.turn(found) == ([f"zebra kept {ANN}", "after"], f"zebra talk {ANN}".encode())


async def test_the_list_of_the_forgotten_only_grows(place):
    """It names nobody: a mark is a keyed hash of a key, and no one can be found by it."""
    await place.back_up("0.backup")
    sizes = []
    for number, at in enumerate((ANN, BEN), 1):
        await place.forget(at)
        await place.back_up(f"{number}.backup")
        sizes.append(len(backup.forgotten_in(place.shelf / backup.FORGOTTEN)))

    assert sizes == [len(COMPARTMENTS), 2 * len(COMPARTMENTS)]


async def test_a_list_that_is_damaged_is_not_passed_over(place):
    """It is said, before anything is put back or backed up."""
    file = await place.back_up()
    (place.shelf / backup.FORGOTTEN).write_text("nonsense\n")
    place.lose()
    with pytest.raises(CannotStart, match="list of marks"):
        await recovery.restore(place.settings, file, None, [])


# --- looking into one -------------------------------------------------------------------


async def test_a_backup_is_verified_without_a_word(place):
    """Counts of what opens, for every kind of thing; nothing stays on the disk."""
    file = await place.back_up()
    told, kinds = about(place, file), "address inbox kept outbox outbox.message person session timer".split()
    report = await recovery.verify(place.settings, file, None)

    assert (report.fine, report.lines) == (
        True,
        [
            f"made: {told['made']}, by befriend {told['version']}, schema {folder.VERSION}",
            *(f"{kind}: {4 if kind == 'kept' else 2} open" for kind in kinds),
            "people who were forgotten while it was made, or since: 0",
            "It is whole, and your key opens all of it.",
        ],
    )
    assert [path.name for path in place.top.iterdir() if path.name.startswith(folder.RESTORING)] == []


async def test_what_a_killed_look_leaves_is_cleared_away(place, monkeypatch):
    """It lies beside the backups, and goes with the next backup or look, a day later."""
    file = await place.back_up()
    where = []

    def killed(work, _):
        where.append(work.parent)
        raise OSError

    monkeypatch.setattr(copies, "audit", killed)
    with pytest.raises(CannotStart):
        await recovery.verify(place.settings, file, None)
    monkeypatch.undo()
    (left,) = where
    left.mkdir()  # as if nobody had tidied up
    old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(left, (old, old))
    await recovery.verify(place.settings, file, None)

    assert left.parent == place.shelf
    assert not left.exists()


async def test_a_shelf_that_is_only_read_can_be_looked_at(place, monkeypatch):
    """What is unpacked lies elsewhere then."""
    file = await place.back_up()
    monkeypatch.setattr(os, "access", lambda *_: False)

    assert (await recovery.verify(place.settings, file, None)).fine


async def test_who_was_forgotten_meanwhile_is_counted_in_a_backup(place):
    """Nothing is damaged by that."""
    report = await recovery.verify(place.settings, await crossed(place), None)

    assert report.fine
    assert report.lines[0] == "made: then, by befriend 1, schema 4"
    assert report.lines[-2] == "people who were forgotten while it was made, or since: 1"


async def test_what_does_not_open_within_a_backup_is_counted(place):
    """A row that was damaged before it was backed up."""
    with closing(sqlite3.connect(place.data / folder.NAME)) as db:
        db.execute("UPDATE session SET body = zeroblob(60)")
        db.execute("UPDATE kept SET body = zeroblob(60) WHERE id = 1")
        db.commit()
    report = await recovery.verify(place.settings, await place.back_up(), None)

    assert not report.fine
    assert report.lines[-5:] == [
        "timer: 2 open",
        "kept: 1 DO NOT OPEN",
        "session: 2 DO NOT OPEN",
        "people who were forgotten while it was made, or since: 0",
        "Something in it is damaged: take another one.",
    ]


async def test_another_key_can_be_named(place):
    """The one that the backup was made with, wherever it is kept."""
    file, kept = await place.back_up(), place.top / "kept"
    keys.replace(kept, MASTER)
    keys.replace(place.key, b"n" * 32)
    place.lose()
    await recovery.restore(place.settings, file, kept, [])

    assert (await recovery.verify(place.settings, file, kept)).fine
    assert await place.people() == (whole(ANN), whole(BEN))
