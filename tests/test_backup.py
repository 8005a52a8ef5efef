"""`befriend backup`: one sealed file beside a running bot, and what becomes of older ones."""

import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from bot import archive, backup, keys, recovery
from bot.app import CannotStart
from bot.seal import Seal
from bot.store import bodies, vault
from bot.store.keyring import COMPARTMENTS, Keyring
from bot.store.sqlite import SqliteStore
from tests.drill import drills
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
    await place.back_up()
    with pytest.raises(CannotStart, match="is there already"):
        await place.back_up()


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
    (place.shelf / "befriend-notes.txt").write_text("mine")
    report = await backup.back_up(place.settings, place.shelf, None)
    left = [path for path in place.shelf.iterdir() if path.suffix == ".backup"]

    assert len(left) == 2
    assert dated(29)[:17] in {path.name[:17] for path in left}
    assert (place.shelf / "befriend-notes.txt").exists()
    assert "Deleted as too old: 2." in report.lines


async def test_how_long_they_are_kept_can_be_chosen(place):
    """`--keep-days 7` keeps a week."""
    for days in (6, 8):
        await place.back_up(dated(days))
    await backup.back_up(place.settings, place.shelf, 7)

    assert len(list(place.shelf.glob("*.backup"))) == 2


async def test_what_a_killed_backup_left_is_removed(place):
    """A day later, by the next one."""
    left = place.shelf / f"{backup.WORK}left"
    left.mkdir()
    fresh = place.shelf / f"{backup.WORK}at-work"
    fresh.mkdir()
    then = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(left, (then, then))
    await place.back_up()

    assert (left.exists(), fresh.exists()) == (False, True)


async def test_the_next_backup_takes_the_keys_of_the_forgotten_out_of_older_ones(place):
    """From then on no backup in the folder opens anything of theirs; the older ones stay whole for others."""
    early = await place.back_up(dated(3))
    ann = (await place.turn(lambda tx: tx.person_at("telegram", ANN))).id
    await place.forget(ANN)
    report = await backup.back_up(place.settings, place.shelf, None)
    with early.open("rb") as file:
        reader, kept, data = archive.Reader(file, [SEAL]), BytesIO(), BytesIO()
        reader.section("about", BytesIO())
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
    assert "taken out of: 1 older." in report.lines[-1]
    assert (await recovery.verify(place.settings, early, None)).fine


async def test_backups_made_under_load_are_equal_to_what_was_there(tmp_path):
    """Four times here; `make drill` does it a hundred times."""
    found = await drills(tmp_path, 4)

    assert (found["equal"], found["consistent"], found["equal_in_peace"]) == (4, 4, True)
    assert found["rows_growing"]
