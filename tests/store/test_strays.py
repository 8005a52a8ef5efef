"""Keys that belong to nobody go, however many people there are; what belongs to somebody stays."""

import pytest

from bot.seal import Seal
from bot.store.sqlite import SqliteStore


@pytest.fixture
async def store(tmp_path):
    store = SqliteStore.open(tmp_path, Seal(b"k" * 32))
    await store.run(lambda tx: [tx.person_at("telegram", str(number)).id for number in range(3)])
    yield store
    await store.close()


def people(tx):
    return {person for (person,) in tx._db.execute("SELECT id FROM person")}


async def test_a_key_that_a_crash_left_behind_is_destroyed(store):
    """A person whose row was never committed leaves keys, and nothing else; the others keep theirs."""
    stray = await store.run(lambda tx: tx.person_at("telegram", "9").id)
    await store.run(lambda tx: tx._db.execute("DELETE FROM person WHERE id = ?", (stray,)).rowcount)
    await store.run(lambda tx: tx.mend())

    assert await store.run(lambda tx: (tx._keys.people() == people(tx), len(people(tx)))) == (True, 3)


async def test_somebody_without_a_key_of_one_kind_is_given_it(store):
    """Whoever was here before there was a compartment has it after the next start."""
    await store.run(lambda tx: tx._keys._db.execute("DELETE FROM key WHERE compartment = 'safety'").rowcount)
    await store.run(lambda tx: tx.mend())

    count = "SELECT count(*) FROM key WHERE compartment = 'safety'"
    assert await store.run(lambda tx: tx._keys._db.execute(count).fetchone()[0]) == 3
