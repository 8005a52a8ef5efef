"""Data of an older version is brought along, all or nothing."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bot.seal import Seal, SealError
from bot.store import bodies, folder, vault
from bot.store.keyring import COMPARTMENTS, Keyring
from bot.store.older import NEWER
from bot.store.sqlite import SqliteStore
from tests.store import older

AT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def seal():
    return Seal(older.MASTER)


async def read(store):
    """Return everything in words."""

    def look(tx):
        people = [tx.person_at("telegram", at) for at in "123"]
        return {
            "inbox": [(one.arrival.key, one.arrival.address, one.arrival.body) for one in tx.waiting()],
            "outbox": [(row.address, row.outbound.text) for row in tx.promised()],
            "sent": [[n for _, n, _ in tx.numbers(person.id)] for person in people],
            "people": [(person.variables["thing"], person.consent) for person in people],
            "talks": [tx.session(person.id)[0] for person in people],
            "kept": [tx.kept(person.id, "sentence") for person in people],
            "timers": [[(t.key, t.body) for t in tx.timers(person.id)] for person in people],
            "others": (tx.media(), tx.confirmed()),
        }

    return await store.run(look)


EXPECTED = {
    "outbox": [(str(n), f"zebra outbox {n}") for n in (1, 2, 3)],
    "sent": [[1001], [1002, 12], [1003]],
    "people": [(f"zebra person {n}", 1) for n in (1, 2, 3)],
    "talks": [f"zebra session {n}".encode() for n in (1, 2, 3)],
    "kept": [[f"zebra kept {n}.{k}" for k in range(n)] for n in (1, 2, 3)],
    "timers": [[("flow", f"zebra timer {n}".encode())] for n in (1, 2, 3)],
    "others": ({"mark": "file"}, {"IE": "2026-11-22"}),
}


async def test_everything_of_schema_2_is_read_by_this_version(tmp_path, seal):
    """What waits, what was kept, who is where: nothing is lost and nobody is met as a stranger."""
    older.write(tmp_path)
    store = SqliteStore.open(tmp_path, seal)
    found = await read(store)
    await store.close()

    waiting = found.pop("inbox")
    assert found == EXPECTED
    assert [one[:2] for one in waiting[:3]] == [(11, "1"), (20, "99"), (21, "")]
    assert [one[2] for one in waiting[:3]] == [b"zebra inbox 1", b"zebra stranger", b"zebra nobody"]
    assert b"zebra letter" in waiting[3][2]


async def test_a_stranger_who_was_waiting_is_answered_after_they_wrote_again(tmp_path, seal):
    """The first message of somebody without a key opens, also once they have one."""
    older.write(tmp_path)
    store = SqliteStore.open(tmp_path, seal)
    await store.run(lambda tx: tx.person_at("telegram", "99"))
    await store.close()
    store = SqliteStore.open(tmp_path, seal)

    assert b"zebra stranger" in [one.arrival.body for one in await store.run(lambda tx: tx.waiting())]
    await store.close()


async def test_no_key_is_left_where_it_was(tmp_path, seal):
    """The wrapped keys of before are in no byte of any file; all that is sealed opens with the new ones."""
    keys = older.write(tmp_path)
    keys += leave_traces(tmp_path / folder.NAME)
    await SqliteStore.open(tmp_path, seal).close()
    whole = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    with (
        closing(folder.connect(tmp_path / folder.NAME)) as db,
        closing(vault.connect(tmp_path / vault.NAME)) as kept,
    ):
        found = bodies.audit(db, Keyring(kept, seal))
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        noted = dict(db.execute("SELECT key, value FROM meta"))
        compartments = kept.execute("SELECT compartment, count(*) FROM key GROUP BY 1").fetchall()

    assert [key for key in keys if key in whole] == []
    assert "person_key" not in tables
    assert set(noted) == {"store"}
    assert not found.closed
    assert set(found.opened) == {column.place for column in bodies.COLUMNS} - set(NEWER)
    assert dict(compartments) == dict.fromkeys(COMPARTMENTS, 3)


def leave_traces(path):
    """Delete keys of long ago without wiping them, and return them."""
    gone = [n.to_bytes(2) * 30 for n in range(5000, 5500)]
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA secure_delete = OFF")
        rows = [(f"gone{n}", "self", key) for n, key in enumerate(gone)]
        db.executemany("INSERT INTO person_key VALUES (?,?,?)", rows)
        db.execute("DELETE FROM person_key WHERE person LIKE 'gone%'")
        db.commit()
    traces = [key for key in gone if key in path.read_bytes()]
    assert traces
    return traces


async def test_a_damaged_row_does_not_stand_in_the_way(tmp_path, seal):
    """What did not open before does not open now; everything else is brought along."""
    older.write(tmp_path)
    with closing(sqlite3.connect(tmp_path / folder.NAME)) as db:
        db.execute("UPDATE session SET body = zeroblob(60) WHERE rowid = 1")
        db.commit()
    store = SqliteStore.open(tmp_path, seal)

    assert (await store.run(lambda tx: tx.person_at("telegram", "1"))).variables["thing"] == "zebra person 1"
    await store.close()


async def test_another_key_changes_nothing(tmp_path):
    """Data of before is refused with the wrong key, and opens with the right one afterwards."""
    older.write(tmp_path)
    with pytest.raises(SealError, match="not the one"):
        SqliteStore.open(tmp_path, Seal(b"x" * 32))
    store = SqliteStore.open(tmp_path, Seal(older.MASTER))

    assert (await read(store))["kept"] == EXPECTED["kept"]
    await store.close()


async def test_schema_1_is_brought_along_too(tmp_path, seal):
    """It had no table for files sent before."""
    older.write(tmp_path)
    with closing(sqlite3.connect(tmp_path / folder.NAME)) as db:
        db.execute("DROP TABLE media")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_media'")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    store = SqliteStore.open(tmp_path, seal)
    found = await read(store)
    await store.close()

    assert (found["kept"], found["others"]) == (EXPECTED["kept"], ({}, {"IE": "2026-11-22"}))
