"""A store with very many people who have check-ins, made in bulk.

Some are real, sealed as the bot seals, and are the ones who become due. The others fill every table that a
person has rows in with bodies of the same size: the database and its indexes are as large as theirs would be.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.checkins import arm
from bot.model import CONSENT, Plan
from bot.ports import Tx
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from bot.zones import RULES

MASTER = b"t" * 32
REAL = 1_500  # people who become due, and others who write meanwhile
CHANNEL = "telegram"
FIRST = 3_000_001  # chat
CHUNK = 500  # people in one transaction
MADE = (
    "CREATE TEMP TABLE crowd(id TEXT, at INT)",
    (
        "INSERT INTO crowd WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)"
        " SELECT printf('%08x', i) || lower(hex(randomblob(4))), i FROM n"
    ),
    (
        "INSERT INTO person(id, body, touched, consented)"
        " SELECT id, randomblob((SELECT max(length(body)) FROM person)), 0, 3 FROM crowd"
    ),
    "INSERT INTO address SELECT randomblob(16), id, 'telegram', randomblob(40) FROM crowd",
    "INSERT INTO timer SELECT id, '~' || lower(hex(randomblob(16))), 0, :due + at % 80000, randomblob(160) FROM crowd",
    (
        "INSERT INTO keys.key SELECT id, compartment, randomblob(61) FROM crowd,"
        " (SELECT 'grief' AS compartment UNION SELECT 'safety' UNION SELECT 'self')"
    ),
)


async def build(folder: Path, people: int) -> None:
    """Make a store of so many people in a folder; nobody is due within half a day."""
    store = SqliteStore.open(folder, Seal(MASTER))
    now = datetime.now(UTC)
    for first in range(0, REAL, CHUNK):
        await store.run(
            lambda tx, first=first: [settle(tx, number, now) for number in range(first, first + CHUNK)]
        )
    await store.run(lambda tx: tx.changed("rules", RULES))  # as a bot leaves it that has run here before
    await store.close()
    if people > REAL:
        _fill(folder, people - REAL, now + timedelta(hours=1))


def settle(tx: Tx, number: int, now: datetime) -> None:
    """Have a person with a check-in a day, half a day from now."""
    person = tx.person_at(CHANNEL, str(FIRST + number))
    person.consent, person.adult = CONSENT, True
    person.variables |= {"zone": "Etc/GMT", "keyboard": "1"}
    person.checkins = Plan(times=[f"{now + timedelta(hours=12):%H:%M}"], quiet=["00:00", "00:00"])
    tx.save_person(person)
    arm(tx, person, now)


def _fill(folder: Path, people: int, due: datetime) -> None:
    with closing(sqlite3.connect(folder / "befriend.db", isolation_level=None)) as db:
        db.execute("ATTACH ? AS keys", (str(folder / "keys.db"),))
        for pragma in ("main.synchronous = OFF", "keys.synchronous = OFF", "cache_size = -400000"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        for statement in MADE:
            db.execute(statement, {"people": people, "due": due.timestamp()})
        db.execute("COMMIT")
        for name in ("main", "keys"):
            db.execute(f"PRAGMA {name}.wal_checkpoint(TRUNCATE)")
