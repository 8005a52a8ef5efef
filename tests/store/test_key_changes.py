"""Keys one by one: what each call does to them at once, with the commit, and when it is taken back."""

from contextlib import closing
from pathlib import Path

import pytest

from bot.seal import Seal, SealError
from bot.store import keyring, vault
from bot.store.keyring import COMPARTMENTS, GRIEF, NOBODY, SAFETY, SELF, KeyGone, Keyring
from bot.store.vault import ALL

SEAL = Seal(b"k" * 32)
ANN, BEN = "ann", "ben"


@pytest.fixture
def db():
    with closing(vault.connect(Path(":memory:"))) as connection:
        vault.make(connection, SEAL, b"l" * 32)
        yield connection


@pytest.fixture
def ring(db):
    return Keyring(db, SEAL)


def done(ring):
    """Commit as the store does."""
    ring.commit()
    return ring.finish()


def there(db):
    return [(one.person, one.compartment) for one in vault.read_keys(db)]


def all_of(person):
    return [(person, part) for part in sorted(COMPARTMENTS)]


def key(db, person, part):
    """Return a key as it is in the file."""
    (wrapped,) = [one for one in vault.read_keys(db) if (one.person, one.compartment) == (person, part)]
    return SEAL.unwrap(wrapped.name, wrapped.wrapped)


# --- looked up --------------------------------------------------------------------------


def test_an_address_is_found_by_a_keyed_hash(db, ring):
    """The same for ever, under the key that was there before."""
    assert ring.lookup("telegram", "ann").hex() == "653aa60b296c3bb1d3350b75f91fdd6e"
    assert ring.store == vault.store_of(db)
    assert ring.lookup("terminal", "ann") != ring.lookup("telegram", "ann")
    assert ring.lookup("telegram", "ann") == Keyring(db, SEAL).lookup("telegram", "ann")


def test_what_was_looked_up_last_is_remembered(ring, monkeypatch):
    """Two at most here: the oldest makes room."""
    monkeypatch.setattr(keyring, "CACHED", 2)
    first, second, _ = (ring.lookup("telegram", name) for name in "abc")

    assert ring.lookup("telegram", "b") is second
    assert ring.lookup("telegram", "a") is not first
    assert ring.lookup("telegram", "a") == first
    assert ring.lookup("telegram", "b") is not second


def test_keys_in_use_stay_unwrapped(db, ring):
    """The file is not asked again for what was just made, or just read."""
    ring.welcome(BEN)
    ring.commit()
    db.execute("DELETE FROM key")
    assert ring.unseal(BEN, "kept", "1", ring.seal(BEN, "kept", "1", b"words")) == b"words"
    ring.welcome(ANN)
    ring.commit()
    fresh = Keyring(db, SEAL)
    sealed = {part: ring.seal(ANN, "kept", "1", b"words", part) for part in COMPARTMENTS}
    opened = [fresh.unseal(ANN, "kept", "1", body) for body in sealed.values()]
    db.execute("DELETE FROM key")

    assert opened == [b"words"] * len(COMPARTMENTS)
    for each in (ring, fresh):
        assert [each.unseal(ANN, "kept", "1", body) for body in sealed.values()] == opened


def test_what_nobody_owns_is_sealed_too(db, ring):
    """Under a key of the store's own."""
    sealed = ring.seal(NOBODY, "inbox", "1", b"words")

    assert Keyring(db, SEAL).unseal(NOBODY, "inbox", "1", sealed) == b"words"
    assert ring.opens(SELF, NOBODY, "inbox", "1", sealed)
    assert not ring.opens(SELF, NOBODY, "inbox", "2", sealed)


def test_who_has_no_key_is_told_apart_from_what_does_not_open(ring):
    """A sentence says which it is."""
    ring.welcome(ANN)
    sealed = ring.seal(ANN, "kept", "1", b"words")
    with pytest.raises(KeyGone) as gone:
        ring.unseal(BEN, "kept", "1", sealed)
    with pytest.raises(SealError) as closed:
        ring.unseal(ANN, "kept", "2", sealed)

    assert str(gone.value) == "This person's key is gone, and what they wrote with it."
    assert not isinstance(closed.value, KeyGone)
    assert (ring.holds(ANN), ring.holds(BEN)) == (True, False)


# --- made and destroyed -----------------------------------------------------------------


def test_keys_come_with_the_commit(db, ring):
    """All at once; before it nothing is in the file, and what they sealed opens all the same."""
    ring.welcome(ANN)
    before = (there(db), ring.people(), ring.holds(ANN))
    done(ring)

    assert before == ([], set(), True)
    assert there(db) == all_of(ANN)
    assert ring.people() == {ANN}
    assert Keyring(db, SEAL).holds(ANN)
    assert len(key(db, ANN, SELF)) == 32
    assert key(db, ANN, SELF) != key(db, ANN, GRIEF)


def test_a_person_is_gone_with_the_commit_and_known_to_have_been(db, ring):
    """At once nothing of theirs opens; their keys are known again, their rows are noted until they are gone."""
    ring.welcome(ANN)
    ring.welcome(BEN)
    done(ring)
    keys = [key(db, ANN, part) for part in COMPARTMENTS]
    kept = key(db, BEN, SELF)
    ring.forget(ANN)
    at_once = (ring.holds(ANN), ring.holds(BEN), ring.people() == {ANN, BEN}, ring.unfinished())
    ring.commit()
    between = ring.unfinished()
    finished = (ring.finish(), ring.finish())

    assert at_once == (False, True, True, [])
    assert between == [(ANN, ALL)]
    assert (finished, ring.unfinished()) == ((True, False), [])
    assert ring.people() == {BEN}
    assert all(map(ring.was_forgotten, keys))
    assert not ring.was_forgotten(kept)


def test_a_compartment_gets_another_key(db, ring):
    """What was in it is closed at once and for good, the rest stays open, and what comes after opens later."""
    ring.welcome(ANN)
    done(ring)
    keys = [key(db, ANN, part) for part in COMPARTMENTS]
    grief, own = (ring.seal(ANN, "kept", part, b"words", part) for part in (GRIEF, SELF))
    ring.forget_compartment(ANN, GRIEF)
    after = ring.seal(ANN, "kept", "3", b"after", GRIEF)
    at_once = (ring.opens(GRIEF, ANN, "kept", GRIEF, grief), ring.unfinished())
    ring.commit()
    between = ring.unfinished()
    ring.finish()
    later = Keyring(db, SEAL)

    assert (at_once, between) == ((False, []), [(ANN, GRIEF)])
    assert ring.unfinished() == []
    assert [later.opens(GRIEF, ANN, "kept", row, body) for row, body in ((GRIEF, grief), ("3", after))] == [
        False,
        True,
    ]
    assert later.unseal(ANN, "kept", SELF, own) == b"words"
    assert [ring.was_forgotten(each) for each in keys] == [part == GRIEF for part in COMPARTMENTS]


def test_a_key_that_is_not_yet_in_the_file_is_found(ring):
    """Also where what was unwrapped had to be dropped in the same turn."""
    ring.welcome(ANN)
    sealed = ring.seal(ANN, "kept", "1", b"words")
    ring.forget_compartment(ANN, GRIEF)

    assert ring.unseal(ANN, "kept", "1", sealed) == b"words"
    assert ring.holds(ANN)


def test_a_damaged_key_is_destroyed_like_any_other(db, ring):
    """It opens nothing, so there is no mark to keep of it; those of the others are kept."""
    ring.welcome(ANN)
    done(ring)
    whole = {vault.mark_of(ring._mark_key, key(db, ANN, part)) for part in COMPARTMENTS if part != GRIEF}
    db.execute("UPDATE key SET wrapped = x'02' WHERE compartment = ?", (GRIEF,))
    ring.forget(ANN)

    assert done(ring)
    assert (there(db), vault.forgotten(db)) == ([], whole)


# --- cut short --------------------------------------------------------------------------


def test_an_erasure_is_ended_later(db, ring):
    """It stands there until the turn that deletes its rows; nobody else's keys are touched."""
    ring.welcome(ANN)
    ring.welcome(BEN)
    done(ring)
    vault.destroy(db, ANN, ALL)
    later = Keyring(db, SEAL)
    noted = later.unfinished()
    later.mend(ANN, ALL)
    under_way = later.unfinished()

    assert (noted, under_way) == ([(ANN, ALL)], [])
    assert done(later)
    assert (later.unfinished(), there(db)) == ([], all_of(BEN))


def test_a_compartment_whose_key_a_backup_lacks_gets_one(db, ring):
    """Where the person has any; another that is there stays, and so does what it sealed."""
    ring.welcome(ANN)
    done(ring)
    own = ring.seal(ANN, "kept", "1", b"words")
    vault.destroy(db, ANN, GRIEF)
    later = Keyring(db, SEAL)
    later.unseal(ANN, "kept", "1", own)
    later.mend(ANN, GRIEF)
    new = later.seal(ANN, "kept", "2", b"new", GRIEF)
    done(later)
    once_more = Keyring(db, SEAL)
    before = key(db, ANN, GRIEF)
    once_more.mend(ANN, GRIEF)
    assert once_more.opens(GRIEF, ANN, "kept", "2", new)
    still = once_more.unseal(ANN, "kept", "1", own)
    once_more.mend(BEN, GRIEF)
    done(once_more)

    assert there(db) == all_of(ANN)
    assert once_more.unseal(ANN, "kept", "2", new) == b"new"
    assert (still, key(db, ANN, GRIEF) == before) == (b"words", True)


def test_who_lacks_a_compartment_gets_a_key_for_it(db, ring):
    """Those that are there stay; whoever has no key of their own gets none."""
    for person in (ANN, BEN, "cat"):
        ring.welcome(person)
    done(ring)
    own = {part: key(db, ANN, part) for part in COMPARTMENTS if part != SAFETY}
    whole = key(db, "cat", GRIEF)
    db.execute("DELETE FROM key WHERE person = ? AND compartment = ?", (ANN, SAFETY))
    db.execute("DELETE FROM key WHERE person = ? AND compartment = ?", (BEN, SELF))
    later = Keyring(db, SEAL)
    later.complete()
    done(later)

    assert [one for one in there(db) if one[0] != BEN] == [*all_of(ANN), *all_of("cat")]
    assert [one for one in there(db) if one[0] == BEN] == [one for one in all_of(BEN) if one[1] != SELF]
    assert {part: key(db, ANN, part) for part in own} == own
    assert key(db, "cat", GRIEF) == whole


def test_a_compartment_that_was_mended_is_read_anew(db, ring):
    """What was unwrapped before, of a key that is no more, is not used again."""
    ring.welcome(ANN)
    done(ring)
    old = ring.seal(ANN, "kept", "1", b"words", GRIEF)
    vault.destroy(db, ANN, GRIEF)
    ring.mend(ANN, GRIEF)
    open_ = ring.opens(GRIEF, ANN, "kept", "1", old)
    vault.destroy(db, ANN, ALL)
    ring.mend(ANN, ALL)

    assert not open_
    assert not ring.holds(ANN)


# --- taken back -------------------------------------------------------------------------


def test_a_turn_that_fails_takes_its_own_changes_back(db, ring):
    """Those before it in the batch stay."""
    ring.welcome(ANN)
    mark = ring.mark()
    ring.welcome(BEN)
    ring.forget(ANN)
    ring.undo(mark)
    found = (ring.holds(ANN), ring.holds(BEN))
    done(ring)

    assert found == (True, False)
    assert ring.people() == {ANN}


def test_rows_that_could_not_be_deleted_stay_noted(db, ring):
    """Where the store's own commit fails after that of the keys, the erasure is ended another time."""
    ring.welcome(ANN)
    done(ring)
    ring.forget(ANN)
    ring.commit()
    ring.undo()

    assert not ring.finish()
    assert ring.unfinished() == [(ANN, ALL)]


def test_where_nothing_was_erased_nothing_is_wiped(db, ring):
    """A new person is no reason to write the file anew."""
    empty = done(ring)
    ring.welcome(ANN)

    assert (empty, done(ring)) == (False, False)
