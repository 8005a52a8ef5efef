"""`befriend backup`: one sealed file beside a running bot, and what becomes of older ones."""

import json
import os
import sqlite3
import stat
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from bot import archive, backup, keys, recovery
from bot.app import CannotStart, version
from bot.seal import Seal
from bot.store import bodies, copies, folder, vault
from bot.store.keyring import COMPARTMENTS, Keyring
from bot.store.sqlite import SqliteStore
from tests.machine import ANN, MASTER, Place, live, look, whole

SEAL = Seal(MASTER)


@pytest.fixture
async def place(tmp_path):
    """A machine where two people have talked."""
    place = Place(tmp_path)
    await place.furnish()
    return place


async def test_a_backup_is_one_private_file_without_a_word(place):
    """No word, no chat, no key and no name of a person is in it; nothing else is left in the folder."""
    file = await place.back_up()
    content = file.read_bytes()
    with closing(vault.connect(place.data / vault.NAME)) as kept:
        secret = [one.wrapped for one in vault.read_keys(kept)] + [
            one.person.encode() for one in vault.read_keys(kept)
        ]

    assert [word for word in (b"zebra", b"4711", b"SQLite", *secret) if word in content] == []
    assert {path.name for path in place.shelf.iterdir()} == {backup.FORGOTTEN, file.name}
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.shelf.iterdir()} == {0o600}


async def test_a_backup_is_made_beside_a_running_bot(place):
    """It waits for no lock and stops nobody."""
    store = SqliteStore.open(place.data, place.seal)
    await store.run(lambda tx: live(tx, "cat"))
    file = await place.back_up()
    await store.run(lambda tx: live(tx, "dan"))
    await store.close()
    place.lose()
    await recovery.restore(place.settings, file, None, [])

    assert await place.turn(lambda tx: (look(tx, "cat"), look(tx, "dan"))) == (whole("cat"), None)


async def test_a_backup_takes_the_place_of_no_file(place):
    """A name that is taken is refused."""
    file = await place.back_up()
    with pytest.raises(CannotStart) as refused:
        await place.back_up()

    assert str(refused.value) == f"{file} is there already. Choose another name, or a folder."


async def test_what_is_said_of_a_backup(place):
    """Where it is, how large, and that the key belongs elsewhere; in a folder it is named by its moment."""
    before = datetime.now(UTC).replace(microsecond=0)
    report = await backup.back_up(place.settings, place.shelf, None)
    (file,) = place.shelf.glob("*.backup")
    about = recovery._unpack(file, [SEAL], place.top / "about")[0]
    made = datetime.fromisoformat(about["made"])
    size = file.stat().st_size // 1024

    assert (report.fine, report.lines) == (
        True,
        [f"Backed up to {file}, {size} KiB. Only your key opens it: keep that apart."],
    )
    assert file.name == f"befriend-{made:%Y%m%d-%H%M%S}.backup"
    assert before <= made <= datetime.now(UTC)
    assert about == {"made": made.isoformat(), "schema": folder.VERSION, "version": version()}


async def test_a_backup_is_written_beside_its_place_and_put_there_whole(place, monkeypatch):
    """Whatever is in the making lies in a folder that the next backup knows for what it is, on the same disk."""
    made = []

    def noted(suffix=None, prefix=None, dir=None, make=tempfile.mkdtemp):  # noqa: A002  # as it is called
        made.append((prefix, dir))
        return make(suffix, prefix, dir)

    monkeypatch.setattr(tempfile, "mkdtemp", noted)
    await place.back_up(dated(3))
    await place.forget(ANN)
    await backup.back_up(place.settings, place.shelf, None)

    assert set(made) == {(backup.WORK, place.shelf)}


async def test_a_backup_outlives_a_power_cut(place, monkeypatch):
    """Its bytes are on the disk before its name is; so are those of the list beside it."""
    synced = []

    def noted(descriptor, sync=os.fsync):
        synced.append(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    file = await place.back_up()
    marks = place.shelf / backup.FORGOTTEN

    assert synced == [path.stat().st_ino for path in (file, place.shelf, marks, place.shelf)]


async def test_a_full_disk_is_told_and_leaves_nothing(place, monkeypatch):
    """The sentence names the backup that was asked for."""

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotStart) as refused:
        await place.back_up()

    assert str(refused.value) == f"{place.shelf / 'it.backup'}: No space left on device."
    assert list(place.shelf.iterdir()) == []


async def test_without_the_key_there_is_no_backup(place):
    """Nobody could open it."""
    place.key.unlink()
    with pytest.raises(CannotStart) as refused:
        await place.back_up()

    assert str(refused.value) == f"There is no key in {place.key}. Put your copy of the key there first."
    assert list(place.shelf.iterdir()) == []


def test_keys_that_were_changed_may_open_a_backup(tmp_path):
    """Today's comes first; a file that is named stands alone, whatever lies beside the other."""
    place, named = Place(tmp_path), tmp_path / "named"
    keys.replace(place.key, MASTER)
    alone = backup.seals(place.settings)
    keys.retire(place.key, b"o" * 32)
    keys.replace(named, b"n" * 32, b"t" * 32)

    def checks(*held):
        return [Seal(key).check for key in held]

    assert [seal.check for seal in alone] == checks(MASTER)
    assert [seal.check for seal in backup.seals(place.settings)] == checks(MASTER, b"o" * 32)
    assert [seal.check for seal in backup.seals(place.settings, named)] == checks(b"n" * 32, b"t" * 32)


# --- who was forgotten ------------------------------------------------------------------


def test_the_list_of_the_forgotten_is_there_from_the_first_backup_on(tmp_path):
    """Private, each mark a line; it is written anew only where there is more to say."""
    path, umask = tmp_path / backup.FORGOTTEN, os.umask(0)
    try:
        empty = backup.note_forgotten(tmp_path, set()), path.read_text()
    finally:
        os.umask(umask)
    two = backup.note_forgotten(tmp_path, {b"\x02", b"\x01"})
    before, inode = path.read_text(), path.stat().st_ino
    same = backup.note_forgotten(tmp_path, {b"\x01"})
    unchanged = path.stat().st_ino == inode
    more = backup.note_forgotten(tmp_path, {b"\x03"})

    assert empty == (set(), backup.HEADING)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert before == f"{backup.HEADING}01\n02\n"
    assert (two, same, unchanged) == ({b"\x01", b"\x02"}, two, True)
    assert (more, backup.forgotten_in(path)) == ({b"\x01", b"\x02", b"\x03"}, more)


@pytest.mark.parametrize("content", [b"nonsense\n", b"\xff\n"], ids=["words", "bytes"])
def test_a_damaged_list_of_the_forgotten_is_told(tmp_path, content):
    """An older copy of it is asked for."""
    path = tmp_path / backup.FORGOTTEN
    path.write_bytes(content)
    with pytest.raises(CannotStart) as refused:
        backup.forgotten_in(path)

    assert str(refused.value) == f"{path} cannot be read as a list of marks. Put an older copy of it back."


# --- older ones -------------------------------------------------------------------------


async def test_nothing_is_no_backup(tmp_path):
    """Where nothing is stored, a sentence says so and no file is made."""
    place = Place(tmp_path)
    keys.replace(place.key, MASTER)
    with pytest.raises(CannotStart, match="Nothing is stored"):
        await place.back_up()

    assert list(place.shelf.iterdir()) == []


def dated(days):
    return f"befriend-{datetime.now(UTC) - timedelta(days=days):%Y%m%d-%H%M%S}.backup"


async def test_backups_in_a_folder_go_after_thirty_days(place):
    """Ours only, by the date in their name, and never the one just made."""
    for days in (29, 31, 400):
        await place.back_up(dated(days))
    mine = {"befriend-notes.txt", f"{dated(400)}.copy"}
    for name in mine:
        (place.shelf / name).write_text("mine")
    report = await backup.back_up(place.settings, place.shelf, None)
    left = [path for path in place.shelf.iterdir() if path.suffix == ".backup"]

    assert len(left) == 2
    assert dated(29)[:17] in {path.name[:17] for path in left}
    others = {path.name for path in place.shelf.iterdir() if path.suffix != ".backup"}
    assert others == {*mine, backup.FORGOTTEN}
    assert report.lines[1:] == ["Deleted as too old: 2."]


async def test_backups_of_any_name_are_looked_after(place):
    """They are known by their first bytes, and their age by what they say of themselves."""
    old, young = await place.back_up("before the move.backup"), await place.back_up("monday.backup")
    other = place.shelf / "other.backup"
    with other.open("wb") as into:
        archive.write(into, Seal(b"o" * 32), [("about", BytesIO(b"{}"))])
    await place.forget(ANN)
    now, marks = datetime.now(UTC), copies.marks(copies.snapshot_keys(place.data))
    lines = backup._look_after(place.shelf / "new", [SEAL], marks, now - timedelta(days=1))
    late = backup._look_after(place.shelf / "new", [SEAL], set(), now + timedelta(days=1))

    assert lines == [
        "Keys of people who were forgotten were taken out of: 2 older.",
        "Not opened by your key, and left as they are: 1 older.",
    ]
    assert late == ["Deleted as too old: 2.", "Not opened by your key, and left as they are: 1 older."]
    assert [path.exists() for path in (old, young, other)] == [False, False, True]


@pytest.mark.parametrize("name", ["mistyped", "shelf/today", "nowhere/it"])
async def test_a_folder_that_is_not_there_makes_no_file(place, name):
    """A slip of the finger is told, and the backup does not lie where nobody looks for it."""
    with pytest.raises(CannotStart, match="There is no folder"):
        await backup.back_up(place.settings, place.top / name, None)

    assert not (place.top / name).exists()


async def test_a_backup_is_not_too_old_to_the_second(place):
    """It goes after its time, and the newest never."""
    oldest = datetime(2026, 11, 26, 9, tzinfo=UTC)
    moments = [oldest - timedelta(seconds=2), oldest - timedelta(seconds=1), oldest]
    files = [await place.back_up(f"befriend-{moment:%Y%m%d-%H%M%S}.backup") for moment in moments]

    assert backup._look_after(files[0], [SEAL], set(), oldest) == ["Deleted as too old: 1."]
    assert [file.exists() for file in files] == [True, False, True]


async def test_how_long_they_are_kept_can_be_chosen(place):
    """`--keep-days 7` keeps a week."""
    for days in (6, 8):
        await place.back_up(dated(days))
    await backup.back_up(place.settings, place.shelf, 7)

    assert len(list(place.shelf.glob("*.backup"))) == 2


async def test_what_a_killed_backup_left_is_removed(place):
    """A day later, by the next one."""
    left, file = place.shelf / f"{backup.WORK}left", place.shelf / f"{backup.WORK}file"
    left.mkdir()
    (left / "part").touch()
    file.touch()  # none of ours: it stops nobody
    fresh = place.shelf / f"{backup.WORK}at-work"
    fresh.mkdir()
    then = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for old in (left, file):
        os.utime(old, (then, then))
    await place.back_up()

    assert (left.exists(), file.exists(), fresh.exists()) == (False, True, True)


async def test_the_next_backup_takes_the_keys_of_the_forgotten_out_of_older_ones(place):
    """From then on no backup in the folder opens anything of theirs; the older ones stay whole for others."""
    early, earlier = await place.back_up(dated(3)), await place.back_up(dated(4))
    for days in (5, 6):
        with (place.shelf / dated(days)).open("wb") as into:
            archive.write(into, Seal(b"o" * 32), [("about", BytesIO(b"{}"))])
    told = recovery._unpack(early, [SEAL], place.top / "before")[0]
    ann = (await place.turn(lambda tx: tx.person_at("telegram", ANN))).id
    await place.forget(ANN)
    report = await backup.back_up(place.settings, place.shelf, None)
    with early.open("rb") as file:
        reader, about, kept, data = archive.Reader(file, [SEAL]), BytesIO(), BytesIO(), BytesIO()
        reader.section("about", about)
        reader.section("keys", kept)
        reader.section("data", data)
        reader.end()
    (place.top / "keys").write_bytes(kept.getvalue())
    (place.top / "data.db").write_bytes(data.getvalue())
    with (
        closing(vault.connect(place.top / "keys")) as db,
        closing(sqlite3.connect(place.top / "data.db")) as old,
    ):
        keyring = Keyring(db, SEAL)
        hers = [(column, body) for column in bodies.COLUMNS for body in bodies.bodies(old, column, ann)]
        open_ = [
            column.place
            for column, body in hers
            for part in COMPARTMENTS
            if keyring.opens(part, ann, column.place, body.row, body.sealed)
        ]

    assert (len(hers) >= 8, open_) == (True, [])
    assert report.lines[1:] == [
        "Keys of people who were forgotten were taken out of: 2 older.",
        "Not opened by your key, and left as they are: 2 older.",
    ]
    assert json.loads(about.getvalue()) == told
    assert [(await recovery.verify(place.settings, file, None)).fine for file in (early, earlier)] == [
        True,
        True,
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (early, earlier)} == {0o600}


async def test_backups_without_anyone_forgotten_stay_as_they_are(place):
    """Not a word is said of them."""
    early = await place.back_up(dated(3))
    inode = early.stat().st_ino
    report = await backup.back_up(place.settings, place.shelf, None)

    assert len(report.lines) == 1
    assert early.stat().st_ino == inode
