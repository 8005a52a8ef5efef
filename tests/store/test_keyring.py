"""Keys: made before what they seal, destroyed before their rows, and nothing opens without them."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.seal import Seal, SealError
from bot.store import bodies, vault
from bot.store.keyring import COMPARTMENTS, GRIEF, KeyGone, Keyring
from bot.store.sqlite import SqliteStore
from tests.machine import live, look, whole

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def seal():
    return Seal(b"k" * 32)


@pytest.fixture(params=["on disk", "in memory"])
async def store(request, tmp_path, seal):
    opened = SqliteStore.open(tmp_path, seal) if request.param == "on disk" else SqliteStore.in_memory(seal)
    yield opened
    await opened.close()


# --- turns ------------------------------------------------------------------------------


async def test_a_turn_that_fails_makes_and_destroys_no_key(store):
    """Keys follow the turn: who was to be forgotten is there, who was to be new is not."""
    ann = await store.run(lambda tx: live(tx, "ann"))

    def fails(tx):
        tx.forget(ann)
        tx.person_at("telegram", "new")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.run(fails)
    found = await store.run(lambda tx: look(tx, "ann"))

    assert found == whole("ann")
    assert await store.run(lambda _: store._keys.people()) == {ann}


async def test_a_failed_turn_leaves_those_beside_it_alone(store):
    """One commit holds many turns; each keeps or loses its own keys only."""

    def fails(tx):
        live(tx, "bad")
        raise ZeroDivisionError

    turns = [fails if n % 3 == 0 else lambda tx, n=n: live(tx, f"good-{n}") for n in range(30)]
    await asyncio.gather(*map(store.run, turns), return_exceptions=True)
    found = await store.run(lambda tx: [look(tx, f"good-{n}") for n in range(30) if n % 3])

    assert found == [whole(f"good-{n}") for n in range(30) if n % 3]
    assert len(await store.run(lambda _: store._keys.people())) == 20


async def test_who_was_forgotten_is_a_stranger_in_the_same_turn(store):
    """Under another id, with another key; nothing can be saved for who was there before."""

    def turn(tx):
        before = tx.person_at("telegram", "ann")
        tx.forget(before.id)
        after = tx.person_at("telegram", "ann")
        tx.keep(after.id, "sentence", "new")
        with pytest.raises(KeyGone):
            tx.save_person(before)
        return before.id, after.id, tx.kept(after.id, "sentence")

    before, after, kept = await store.run(turn)

    assert (before != after, kept) == (True, ["new"])
    assert await store.run(lambda tx: tx.kept(after, "sentence")) == ["new"]


async def test_a_compartment_is_erased_alone(store):
    """Grief goes, the rest stays; what is kept in it afterwards opens."""
    ann = await store.run(lambda tx: live(tx, "ann"))
    await store.run(lambda tx: tx.set_timer(ann, "grief", 1, NOW + timedelta(days=9), b"zebra", GRIEF))
    await store.run(lambda tx: tx.forget_compartment(ann, GRIEF))
    await store.run(lambda tx: tx.keep(ann, "sentence", "after", GRIEF))

    def found(tx):
        return tx.kept(ann, "sentence"), [timer.key for timer in tx.timers(ann)], look(tx, "ann")[0]

    assert await store.run(found) == (["zebra kept ann", "after"], ["letter"], "zebra ann")


async def test_a_timer_stays_in_its_compartment_when_it_is_due(store):
    """Erased between its hour and its turn, it is not heard."""
    ann = await store.run(lambda tx: live(tx, "ann"))
    await store.run(lambda tx: tx.set_timer(ann, "grief", 1, NOW, b"zebra of grief", GRIEF))
    await store.run(lambda tx: tx.due(NOW))
    await store.run(lambda tx: tx.forget_compartment(ann, GRIEF))

    assert b"zebra of grief" not in b"".join(
        [one.arrival.body for one in await store.run(lambda tx: tx.waiting())]
    )


async def test_a_timer_that_is_due_is_forgotten_with_its_person(store):
    """Also between its hour and its turn."""
    ann = await store.run(lambda tx: live(tx, "ann"))
    await store.run(lambda tx: tx.set_timer(ann, "flow", 1, NOW, b"zebra"))
    await store.run(lambda tx: (tx.due(NOW), tx.forget(ann)))

    assert await store.run(lambda tx: tx.waiting()) == []


async def test_everything_is_scrubbed_when_nobody_reads(store):
    """Nothing is left in the log; a reader beside us is waited for another time."""
    await store.run(lambda tx: live(tx, "ann"))

    assert await store.scrub() is True


# --- what was moved or changed ----------------------------------------------------------


def test_ten_thousand_swaps_and_changes_are_noticed(seal):
    """A body opens for its own owner, table and row, unchanged, and for nothing else."""
    keys = vault.connect(Path(":memory:"))
    vault.make(keys, seal)
    keyring, chance = Keyring(keys, seal), random.Random(7)
    people, tables = [f"{n:016x}" for n in range(5)], [column.place for column in bodies.COLUMNS]
    for person in people:
        keyring.welcome(person)
    places = [(person, table, str(row)) for person in people for table in tables for row in (1, 11, 2)]
    sealed = {
        place: keyring.seal(*place, b"words of " + place[0].encode(), chance.choice(COMPARTMENTS))
        for place in places
    }
    passed = []
    for _ in range(10_000):
        there, body = chance.sample(places, 1)[0], None
        if chance.random() < 0.7:
            body = sealed[chance.choice([place for place in places if place != there])]
        else:
            body = bytearray(sealed[there])
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        try:
            passed.append(keyring.unseal(*there, bytes(body)))
        except SealError:
            continue

    assert passed == []
    assert all(
        keyring.unseal(*place, body) == b"words of " + place[0].encode() for place, body in sealed.items()
    )


@pytest.mark.parametrize("length", [0, 1, 12, 28, 29])
def test_what_is_too_short_does_not_open(seal, length):
    """It is refused like anything else that was changed."""
    with pytest.raises(SealError):
        seal.cipher(b"x" * 32).open(b"\x02" * length, "a")


def test_a_sealed_body_is_laid_out_as_it_is_told(seal):
    """Its format's number, a nonce, as many bytes as there were, a tag; never twice the same."""
    one, two = (seal.cipher(b"x" * 32).seal(b"words", "a") for _ in range(2))

    assert (len(one), one[:1], one != two) == (1 + 12 + 5 + 16, b"\x02", True)
