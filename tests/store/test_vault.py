"""The file of keys: made whole, wrapped, destroyed and wrapped anew, each of it all or nothing."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from bot.seal import Seal, SealError
from bot.store import vault
from bot.store.vault import ALL, Wrapped

ANN, BEN, CAT = "ann", "ben", "cat"


@pytest.fixture
def seal():
    return Seal(b"k" * 32)


@pytest.fixture
def db(seal):
    with closing(vault.connect(Path(":memory:"))) as connection:
        vault.make(connection, seal)
        yield connection


def give(db, seal, *people):
    """Give people keys: theirs is made of their name."""
    for person in people:
        for part in ("self", "grief"):
            wrapped = seal.wrap(f"{person}|{part}", key_of(person, part))
            db.execute("INSERT INTO key VALUES (?,?,?)", (person, part, wrapped))


def key_of(person, part):
    return f"{person}|{part}".encode().ljust(32)


def names(db):
    return [one.name for one in vault.read_keys(db)]


def begun(db):
    return db.execute("SELECT person, compartment FROM begun ORDER BY 1, 2").fetchall()


# --- the file ---------------------------------------------------------------------------


def test_a_file_is_private_durable_and_leaves_nothing_behind(tmp_path):
    """Whatever the umask, also where it was there before; any thread may use it, and what it writes is written."""
    umask, path = os.umask(0), tmp_path / "keys.db"
    path.touch(0o666)
    try:
        with closing(vault.connect(path)) as db:
            vault.make_private(tmp_path / "new")
            asked = "journal_mode synchronous secure_delete busy_timeout temp_store".split()
            found = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
            elsewhere = Thread(target=lambda: db.execute("CREATE TABLE x(y)"))
            elsewhere.start()
            elsewhere.join()
            with closing(sqlite3.connect(path)) as beside:
                tables = beside.execute("SELECT name FROM sqlite_schema").fetchall()
    finally:
        os.umask(umask)

    assert found == ["truncate", 2, 1, 5000, 2]
    assert tables == [("x",)]
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_what_only_its_owner_can_read_is_left_as_it_is(tmp_path):
    """Nobody is given more than they had."""
    path = tmp_path / "it"
    path.touch(0o600)
    path.chmod(0o400)
    before = path.stat().st_ctime_ns
    if os.geteuid():
        with pytest.raises(PermissionError):
            vault.make_private(path)
    else:
        vault.make_private(path)

    assert path.stat().st_ctime_ns == before


def test_a_new_file_is_private_from_its_first_moment(tmp_path, monkeypatch):
    """Nobody else can have opened it before it is closed to them."""
    modes, umask = [], os.umask(0)
    monkeypatch.setattr(os, "fchmod", lambda _, mode: modes.append(mode))
    try:
        vault.make_private(tmp_path / "new")
    finally:
        os.umask(umask)

    assert modes == []
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_no_file_is_made_for_memory(tmp_path, monkeypatch):
    """What is to be gone with the process does not lie on the disk."""
    monkeypatch.chdir(tmp_path)
    vault.connect(Path(":memory:")).close()

    assert list(tmp_path.iterdir()) == []


def test_a_block_is_done_whole_or_not_at_all(db, seal):
    """Also where the database had taken it back already; what went wrong is passed on."""

    def half():
        give(db, seal, ANN)
        raise ZeroDivisionError

    def taken():
        db.execute("ROLLBACK")
        raise KeyError

    for work, error in ((half, ZeroDivisionError), (taken, KeyError)):
        with pytest.raises(error), vault.transaction(db):
            work()
    taken_back = names(db)
    with vault.transaction(db):
        give(db, seal, BEN)

    assert taken_back == []
    assert names(db) == ["ben|grief", "ben|self"]
    assert not db.in_transaction


# --- made -------------------------------------------------------------------------------


def test_tables_and_secrets_are_made_together(seal):
    """Each secret is another, 32 bytes, and opens; where there are addresses, the key to find them is kept."""
    with closing(vault.connect(Path(":memory:"))) as one, closing(vault.connect(Path(":memory:"))) as two:
        before = vault.made(one)
        vault.make(one, seal)
        vault.make(two, seal, b"l" * 32)
        secrets = [vault.read_secrets(each, seal) for each in (one, two)]
        stores = [vault.store_of(each) for each in (one, two)]
        version = one.execute("PRAGMA user_version").fetchone()

    assert (before, version) == (False, (1,))
    assert [list(each) for each in secrets] == [["lookup", "mark", "queue"]] * 2
    assert {len(key) for each in secrets for key in each.values()} == {32}
    assert len({key for each in secrets for key in each.values()}) == 6
    assert secrets[1]["lookup"] == b"l" * 32
    assert [len(store) for store in stores] == [16, 16]
    assert stores[0] != stores[1]


def test_a_file_is_made_whole_or_not_at_all(db, seal):
    """Where its tables are there already nothing of it is changed."""
    secrets = vault.read_secrets(db, seal)
    with pytest.raises(sqlite3.OperationalError):
        vault.make(db, Seal(b"x" * 32))

    assert vault.made(db)
    assert vault.read_secrets(db, seal) == secrets


def test_the_master_key_is_known_by_its_check(db, seal):
    """Of a key file's two keys the right one is found; where none fits the copy is asked for."""
    other = b"o" * 32
    with pytest.raises(SealError) as refused:
        vault.fitting(db, Seal(other, b"p" * 32))

    assert vault.check_of(db) == seal.check
    assert vault.fitting(db, seal) is seal
    assert vault.fitting(db, Seal(other, b"k" * 32)).check == seal.check
    assert str(refused.value) == (
        "The key file is not the one this data was sealed with. Put your copy of the right key back."
    )


# --- people -----------------------------------------------------------------------------


def test_a_key_opens_under_its_own_name_only(db, seal):
    """The name is the person's and the compartment's."""
    give(db, seal, ANN)
    grief, own = vault.read_keys(db)

    assert (own.person, own.compartment, own.name, grief.name) == ("ann", "self", "ann|self", "ann|grief")
    assert vault.wrapped_name("ann", "self") == "ann|self"
    assert vault.opens(seal, own)
    assert not vault.opens(seal, own._replace(compartment="grief"))
    assert not vault.opens(Seal(b"o" * 32), own)
    assert seal.unwrap(own.name, own.wrapped) == key_of(ANN, "self")


def test_it_is_empty_until_there_has_been_somebody(db, seal):
    """Whoever was forgotten has been here too."""
    at_first = vault.is_empty(db)
    give(db, seal, ANN)
    with_one = vault.is_empty(db)
    db.execute("DELETE FROM key")
    without = vault.is_empty(db)
    db.execute("INSERT INTO forgotten VALUES (x'01')")

    assert (at_first, with_one, without, vault.is_empty(db)) == (True, False, True, False)


def test_a_mark_is_a_keyed_hash():
    """It stands in lists beside old backups, and is made the same for ever."""
    assert vault.mark_of(b"m" * 32, b"k" * 32).hex() == "e233d4621d41da132cbfb66a9a058fcb"


@pytest.mark.parametrize(
    ("part", "left"),
    [
        pytest.param(ALL, ["ben|grief", "ben|self"], id="all"),
        pytest.param("grief", ["ann|self", "ben|grief", "ben|self"], id="grief"),
    ],
)
def test_a_destroyed_key_is_gone_and_its_rows_are_to_follow(db, seal, part, left):
    """Its own only; noted once, however often it is asked for."""
    give(db, seal, ANN, BEN)
    for _ in range(2):
        vault.destroy(db, ANN, part)

    assert names(db) == left
    assert begun(db) == [(ANN, part)]


def test_who_was_forgotten_elsewhere_is_forgotten_here(db, seal):
    """By the marks of their keys, of which nothing is left in the file; marks of others are kept as well."""
    give(db, seal, ANN, BEN)
    mark_key = vault.read_secrets(db, seal)["mark"]
    marks = [vault.mark_of(mark_key, key_of(ANN, part)) for part in ("self", "grief")]
    wrapped = [one.wrapped for one in vault.read_keys(db) if one.person == ANN]
    strange = b"s" * 16
    counts = [vault.replay(db, seal, iter([*marks, strange])) for _ in range(2)]

    assert counts == [1, 0]
    assert names(db) == ["ben|grief", "ben|self"]
    assert begun(db) == [(ANN, "grief"), (ANN, "self")]
    assert vault.forgotten(db) == {*marks, strange}
    assert [each for each in wrapped if each in db.serialize()] == []


def test_pages_that_were_used_are_given_back(db, seal):
    """After marks were replayed and after a change of keys no free page can hold what was there."""
    give(db, seal, *(f"{n:03}" for n in range(300)))
    mark_key = vault.read_secrets(db, seal)["mark"]
    gone = [
        vault.mark_of(mark_key, key_of(f"{n:03}", part)) for n in range(290) for part in ("self", "grief")
    ]
    vault.replay(db, seal, gone)
    after_marks = db.execute("PRAGMA freelist_count").fetchone()
    db.execute("DELETE FROM forgotten")
    before = db.execute("PRAGMA freelist_count").fetchone()
    vault.rewrap(db, seal, Seal(b"n" * 32))

    assert (after_marks, before > (0,)) == ((0,), True)
    assert db.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_rows_of_who_has_no_key_are_to_go(db, seal):
    """Of nobody else; noted once."""
    give(db, seal, ANN)
    for _ in range(2):
        vault.begin_for_keyless(db, iter([ANN, BEN, CAT]))

    assert begun(db) == [(BEN, ALL), (CAT, ALL)]
    assert not db.in_transaction


# --- another master key -----------------------------------------------------------------


def test_every_key_is_wrapped_anew_and_stays_the_same(db, seal):
    """What the old master key opened the new one opens, and the old one nothing."""
    give(db, seal, ANN, BEN)
    secrets, new = vault.read_secrets(db, seal), Seal(b"n" * 32)
    vault.rewrap(db, seal, new)

    assert vault.read_secrets(db, new) == secrets
    assert {one.name: new.unwrap(one.name, one.wrapped) for one in vault.read_keys(db)} == {
        f"{person}|{part}": key_of(person, part) for person in (ANN, BEN) for part in ("self", "grief")
    }
    assert vault.check_of(db) == new.check
    assert len(vault.store_of(db)) == 16
    with pytest.raises(SealError):
        vault.read_secrets(db, seal)


def test_where_one_key_does_not_open_none_is_wrapped_anew(db, seal):
    """A damaged key leaves everything under the old master key."""
    give(db, seal, ANN, BEN)
    db.execute("UPDATE key SET wrapped = x'02' WHERE person = 'ben'")
    before = list(vault.read_keys(db))
    with pytest.raises(SealError):
        vault.rewrap(db, seal, Seal(b"n" * 32))

    assert list(vault.read_keys(db)) == before
    assert vault.check_of(db) == seal.check
    assert isinstance(before[0], Wrapped)
