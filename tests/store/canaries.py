"""Writes words that must be in no file, through every table, until it is killed; says so after each turn."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.model import Arrival, Outbound
from bot.seal import Seal
from bot.store import copies
from bot.store.sqlite import SqliteStore

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def turn(tx, number):
    canary, at = f"canary-{number}", f"chat-47{number % 7}"
    tx.arrive(
        [
            Arrival("telegram", number, at, canary.encode()),
            Arrival("telegram", -1 - number, "", canary.encode()),
        ]
    )
    person = tx.person_at("telegram", at)
    person.variables["thing"] = canary
    tx.save_person(person)
    tx.save_session(person.id, canary.encode() * (number % 300))
    tx.keep(person.id, "sentence", canary)
    tx.keep(person.id, "sentence", canary, "grief")
    tx.keep(person.id, "note", canary, "safety")
    tx.set_timer(person.id, canary[-1], 1, NOW + timedelta(hours=number % 3), canary.encode())
    tx.promise(person.id, Outbound(text=canary, choices=((canary, canary),)))
    tx.due(NOW)
    waiting = tx.waiting()
    tx.finish(waiting[0].id)
    if number % 5 == 0:
        tx.quarantine(waiting[1].id, "Poison $.x")
    if number % 11 == 0:
        tx.forget(person.id)


async def main(place: Path) -> None:
    store = SqliteStore.open(place / "data", Seal(b"c" * 32))
    for number in count():
        await store.run(lambda tx, n=number: turn(tx, n))
        if number % 20 == 0:
            copies.snapshot(place / "data", place / "copy.db")
            print(number, flush=True)


asyncio.run(main(Path(sys.argv[1])))
