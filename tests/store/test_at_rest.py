"""What lies on the disk: keys before what they seal, no word in any file, nothing of whoever was forgotten."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.model import Arrival
from bot.seal import Seal
from bot.store import bodies, copies, folder, vault
from bot.store.keyring import COMPARTMENTS, GRIEF, Keyring
from bot.store.sqlite import SqliteStore, StoreError
from tests.machine import live, look, whole

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def seal():
    return Seal(b"k" * 32)


async def test_no_row_tells_who_grieves(tmp_path, seal):
    """Everyone has a key for each compartment from the start, and rows do not say which they are of."""
    store = SqliteStore.open(tmp_path, seal)
    ann, ben = [await store.run(lambda tx, a=at: tx.person_at("telegram", a).id) for at in ("ann", "ben")]
    await store.run(lambda tx: (tx.keep(ann, "x", "same", GRIEF), tx.keep(ben, "x", "same")))
    await store.close()
    with (
        closing(sqlite3.connect(tmp_path / folder.NAME)) as db,
        closing(sqlite3.connect(tmp_path / vault.NAME)) as kept,
    ):
        rows = db.execute("SELECT person, kind, length(body) FROM kept").fetchall()
        keys = kept.execute("SELECT person, compartment, length(wrapped) FROM key").fetchall()

    assert {row[1:] for row in rows if row[0] == ann} == {row[1:] for row in rows if row[0] == ben}
    assert {row[1:] for row in keys if row[0] == ann} == {row[1:] for row in keys if row[0] == ben}
    assert {row[1] for row in keys} == set(COMPARTMENTS)


async def test_no_timer_tells_what_was_put_aside(tmp_path, seal):
    """Who has the files cannot see that a line was wanted after danger, nor who put the same flow aside."""
    store = SqliteStore.open(tmp_path, seal)
    people = [await store.run(lambda tx, a=at: tx.person_at("telegram", a).id) for at in ("ann", "ben")]
    for key in ("flow", "aside:tomorrow/night"):
        await store.run(lambda tx, k=key: [tx.set_timer(one, k, 1, NOW, b"zebra") for one in people])
    known = await store.run(lambda tx: [[(t.key, t.body) for t in tx.timers(one)] for one in people])
    await store.run(lambda tx: tx.set_timer(people[0], "aside:tomorrow/night", 2, NOW, b"again"))
    await store.close()
    with closing(sqlite3.connect(tmp_path / folder.NAME)) as db:
        names = [name for (name,) in db.execute("SELECT key FROM timer").fetchall()]
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert known == [[("aside:tomorrow/night", b"zebra"), ("flow", b"zebra")]] * 2
    assert b"tomorrow" not in written
    assert sorted(names)[:2] == ["flow", "flow"]
    assert len({*names}) == len(names) - 1 == 3


async def test_a_key_is_on_the_disk_before_what_it_seals(tmp_path, seal):
    """At no step of a commit is there a row in the file whose key is not."""
    store = SqliteStore.open(tmp_path, seal)
    seen = []

    def beside(statement):
        if statement == "COMMIT":
            with closing(sqlite3.connect(tmp_path / vault.NAME)) as kept:
                seen.append(kept.execute("SELECT count(DISTINCT person) FROM key").fetchone()[0])

    store._db.set_trace_callback(beside)
    await store.run(lambda tx: live(tx, "ann"))
    await store.run(lambda tx: live(tx, "ben"))
    await store.close()

    assert seen == [1, 2]


async def test_nobody_else_can_read_the_files(tmp_path, seal):
    """Folders are 700 and files 600, whatever the umask; files of before are closed too."""
    umask = os.umask(0)
    try:
        place = tmp_path / "a" / "data"
        place.mkdir(parents=True, mode=0o700)
        (place / folder.NAME).touch(mode=0o666)
        store = SqliteStore.open(place, seal)
        await store.run(lambda tx: live(tx, "ann"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
        await store.close()
    finally:
        os.umask(umask)

    assert set(modes) >= {
        folder.NAME,
        vault.NAME,
        f"{folder.NAME}-wal",
        f"{folder.NAME}-shm",
        f"{vault.NAME}-journal",
    }
    assert set(modes.values()) == {0o600}


async def test_nothing_of_a_forgotten_person_opens_from_any_copy(tmp_path, seal):
    """Not from the database, its log, or any older copy, with the keys of today; others lose nothing."""
    place = tmp_path / "data"
    store = SqliteStore.open(place, seal)
    await store.run(lambda tx: tx.arrive([Arrival("telegram", 5, "ann", b"zebra, her first words")]))
    ann = await store.run(lambda tx: live(tx, "ann"))
    ben = await store.run(lambda tx: live(tx, "ben"))
    wal = (place / f"{folder.NAME}-wal").read_bytes()
    copies.snapshot(place, tmp_path / "old.db")
    with closing(vault.connect(place / vault.NAME)) as kept:
        hers = [one.wrapped for one in vault.read_keys(kept) if one.person == ann]
    await store.run(lambda tx: tx.forget(ann))

    with (
        closing(vault.connect(place / vault.NAME)) as kept,
        closing(sqlite3.connect(tmp_path / "old.db")) as old,
    ):
        keyring = Keyring(kept, seal)
        opened = {
            (body.owner, column.place)
            for column in bodies.COLUMNS
            for body in bodies.bodies(old, column)
            if any(
                keyring.opens(part, body.owner, column.place, body.row, body.sealed) for part in COMPARTMENTS
            )
        }
        of_hers = sum(1 for column in bodies.COLUMNS for body in bodies.bodies(old, column, ann))

    assert wal
    assert of_hers == 10
    assert {owner for owner, _ in opened} == {ben}
    assert [key for key in hers if key in b"".join(path.read_bytes() for path in place.iterdir())] == []
    assert (place / f"{folder.NAME}-wal").read_bytes() == b""
    assert await store.run(lambda tx: look(tx, "ben")) == whole("ben")
    await store.close()


async def test_the_file_of_keys_holds_nothing_but_keys_in_use(tmp_path, seal):
    """Pages that were emptied are given back when somebody is forgotten."""
    store = SqliteStore.open(tmp_path, seal)
    people = await store.run(lambda tx: [tx.person_at("telegram", str(n)).id for n in range(400)])
    for start in range(0, 390, 65):
        await store.run(lambda tx, at=start: [tx.forget(person) for person in people[at : at + 65]])
    await store.close()
    with closing(sqlite3.connect(tmp_path / vault.NAME)) as kept:
        free = kept.execute("PRAGMA freelist_count").fetchone()[0]

    assert free == 0


async def test_forgetting_waits_for_no_reader_and_is_scrubbed_after_it(tmp_path, seal):
    """A backup that reads for a while keeps the log from being emptied; the next turn does it."""
    store = SqliteStore.open(tmp_path, seal)
    ann = await store.run(lambda tx: live(tx, "ann"))
    with closing(folder.connect(tmp_path / folder.NAME, read_only=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        await store.run(lambda tx: tx.forget(ann))
        kept = (await store.scrub(), (tmp_path / f"{folder.NAME}-wal").stat().st_size > 0)
        reader.execute("COMMIT")
    await store.run(lambda tx: tx.waiting())

    assert kept == (False, True)
    assert (tmp_path / f"{folder.NAME}-wal").stat().st_size == 0
    await store.close()


async def test_who_has_no_key_is_met_as_a_stranger(tmp_path, seal):
    """A lost key breaks nobody's turn: not theirs, not a start, not the hour of others' timers."""
    store = SqliteStore.open(tmp_path, seal)
    ann, ben = [await store.run(lambda tx, a=at: live(tx, a)) for at in ("ann", "ben")]
    await store.run(lambda tx: [tx.set_timer(person, "flow", 1, NOW, b"x") for person in (ann, ben)])
    await store.close()
    with closing(vault.connect(tmp_path / vault.NAME)) as kept:
        kept.execute("DELETE FROM key WHERE person = ?", (ann,))
    store = SqliteStore.open(tmp_path, seal)
    waiting = await store.run(lambda tx: [one.arrival.address for one in tx.waiting()])
    promised = await store.run(lambda tx: [row.address for row in tx.promised()])
    due = await store.run(lambda tx: [one.arrival.address for one in tx.due(NOW)])
    stale = await store.run(lambda tx: tx.stale_sessions(2**40))
    anew = await store.run(lambda tx: tx.arrive([Arrival("telegram", 77, "ann", b"hello again")]))
    stranger = await store.run(lambda tx: look(tx, "ann"))

    assert (waiting, promised, due) == (["ben"], ["ben"], ["ben"])
    assert [person for person, _ in stale] == [ben]
    assert (len(anew), stranger) == (1, None)
    assert await store.run(lambda tx: look(tx, "ben")[0]) == "zebra ben"
    await store.close()


async def test_a_turn_goes_with_its_key(tmp_path, seal):
    """Where the key cannot be stored nothing is, and the next turn is as if it had not been."""
    store = SqliteStore.open(tmp_path, seal)
    await store.run(lambda _: store._keys._db.execute("PRAGMA busy_timeout = 20"))
    with (
        closing(vault.connect(tmp_path / vault.NAME)) as other,
        vault.transaction(other),
        pytest.raises(StoreError, match="could not commit"),
    ):
        await store.run(lambda tx: live(tx, "ann"))
    stranger = await store.run(lambda tx: look(tx, "ann"))
    await store.run(lambda tx: live(tx, "ann"))

    assert stranger is None
    assert await store.run(lambda tx: look(tx, "ann")) == whole("ann")
    await store.close()


async def test_an_error_of_ours_fails_a_turn_and_not_the_bot(tmp_path, seal):
    """A key that is nothing at all breaks the commit: whoever waits hears of it, and the next turn goes on."""
    store = SqliteStore.open(tmp_path, seal)
    ann, _ = [await store.run(lambda tx, a=at: live(tx, a)) for at in ("ann", "ben")]
    with closing(vault.connect(tmp_path / vault.NAME)) as kept:
        kept.execute("UPDATE key SET wrapped = NULL WHERE person = ? AND compartment = 'grief'", (ann,))
    with pytest.raises(StoreError, match=r"could not commit \(AttributeError\)"):
        await store.run(lambda tx: tx.forget(ann))

    assert await store.run(lambda tx: look(tx, "ben")[0]) == "zebra ben"
    await store.close()


async def test_an_erasure_whose_rows_could_not_be_deleted_is_finished_later(tmp_path, seal):
    """The key went first; until the rows follow, nothing of theirs is read and nobody else is stopped."""
    store = SqliteStore.open(tmp_path, seal)
    ann, ben = [await store.run(lambda tx, a=at: live(tx, a)) for at in ("ann", "ben")]
    denied = [sqlite3.SQLITE_DENY]

    def deny(action, word, *_):
        return denied[0] if (action, word) == (sqlite3.SQLITE_TRANSACTION, "COMMIT") else sqlite3.SQLITE_OK

    store._db.set_authorizer(deny)
    with pytest.raises(StoreError, match="could not commit"):
        await store.run(lambda tx: tx.forget(ann))
    denied[0] = sqlite3.SQLITE_OK
    between = await store.run(lambda tx: ([one.arrival.address for one in tx.waiting()], look(tx, "ben")[0]))
    await store.run(lambda tx: tx.sweep(0, 0, 0))
    left = await store.run(
        lambda tx: store._keys.people() | {row[0] for row in tx._db.execute("SELECT id FROM person")}
    )

    assert between == (["ben"], "zebra ben")
    assert left == {ben}
    assert await store.run(lambda _: store._keys.unfinished()) == []
    await store.close()


async def test_many_keys_without_people_are_left_alone(tmp_path, seal):
    """No crash leaves so many: the files do not belong together, and nothing is destroyed for it."""
    store = SqliteStore.open(tmp_path, seal)
    await store.run(lambda tx: [tx.person_at("telegram", str(n)) for n in range(600)])
    await store.close()
    with closing(sqlite3.connect(tmp_path / folder.NAME)) as db:
        db.execute("DELETE FROM person")
        db.commit()
    store = SqliteStore.open(tmp_path, seal)

    assert len(await store.run(lambda _: store._keys.people())) == 600
    await store.close()


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        pytest.param(vault.NAME, "keys.db is missing", id="keys"),
        pytest.param(folder.NAME, "befriend.db is missing", id="data"),
    ],
)
async def test_half_of_the_data_is_refused(tmp_path, seal, missing, sentence):
    """Data without keys, or keys without data: nothing is made in their place."""
    store = SqliteStore.open(tmp_path, seal)
    await store.run(lambda tx: live(tx, "ann"))
    await store.close()
    (tmp_path / missing).unlink()
    for _ in range(2):
        with pytest.raises(StoreError, match=sentence):
            SqliteStore.open(tmp_path, seal)

    assert not (tmp_path / missing).exists()
    assert not folder.fresh(tmp_path)


async def test_keys_of_other_data_are_refused(tmp_path, seal):
    """Two files that do not belong together are not mixed."""
    for name in "ab":
        store = SqliteStore.open(tmp_path / name, seal)
        await store.run(lambda tx: live(tx, "ann"))
        await store.close()
    (tmp_path / "a" / vault.NAME).replace(tmp_path / "b" / vault.NAME)

    with pytest.raises(StoreError, match="belongs to other data"):
        SqliteStore.open(tmp_path / "b", seal)


def test_no_word_is_in_any_file_whenever_it_is_killed(tmp_path):
    """Thousands of words through every table, killed in the middle: none is in database, log, journal or copy."""
    for round_ in range(3):
        place = tmp_path / str(round_)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.canaries", str(place)], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(3 + round_ * 4):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        there = {path.name: path.read_bytes() for path in place.rglob("*") if path.is_file()}

        assert {folder.NAME, f"{folder.NAME}-wal", vault.NAME, "copy.db"} <= set(there)
        assert [
            name for name, content in there.items() if b"canary" in content or b"chat-47" in content
        ] == []
