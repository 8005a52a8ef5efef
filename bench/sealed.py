"""What sealing costs: the same turns with a seal that does nothing, and the time to read what was kept."""

import asyncio
import random
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import direct
from bot.seal import Opener, Seal
from bot.store.sqlite import SqliteStore

PEOPLE = 256  # in the rounds of turns
SECONDS = 1.5  # of each
READERS, ENTRIES, LETTERS = 300, 31, 240  # a month of days, for each of these people
READS = 2_000


class Plain:
    """Seals nothing."""

    def seal(self, body: bytes, place: str) -> bytes:
        return body

    def open(self, sealed: bytes, place: str) -> bytes:
        return sealed


class Unsealed(Seal):
    """A master key whose ciphers do nothing: for comparison only."""

    def cipher(self, key: bytes) -> Opener:
        return Plain()


def measure(rounds: int) -> Iterator[dict[str, Any]]:
    """Yield both rates in turn, their ratio, and the delay of reading."""
    rates: dict[str, list[float]] = {"befriend": [], "befriend-unsealed": []}
    for number in range(rounds):
        for bot, found in rates.items():
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                figures = direct.run(bot, Path(folder), PEOPLE, SECONDS)
            found.append(figures["per_s"])
            yield {"bench": "sealed", "bot": bot, "round": number + 1, **figures}
    sealed, plain = (statistics.median(found) for found in rates.values())
    value = round(sealed / plain, 2)
    yield {"ratio": "a durable turn, sealed/not sealed", "value": value, "aim": 0.6, "met": value >= 0.6}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield from asyncio.run(_reading(Path(folder)))


async def _reading(folder: Path) -> Iterator[dict[str, Any]]:
    store = SqliteStore.open(folder, Seal(b"b" * 32))
    people = await store.run(lambda tx: [_write(tx, str(number)) for number in range(READERS)])
    found = []
    for name, warm in (("keys in memory", True), ("keys on the disk", False)):
        took = sorted([await _read(store, random.choice(people), warm=warm) for _ in range(READS)])
        line = {
            "bench": "sealed",
            "what": f"read {ENTRIES} entries, {name}",
            "p50_ms": round(took[READS // 2], 2),
        }
        p99 = round(took[READS * 99 // 100], 2)
        found += [line | {"p99_ms": p99}, {"limit": line["what"], "value": p99, "below": 5, "met": p99 < 5}]
    await store.close()
    return iter(found)


def _write(tx: Any, address: str) -> str:
    person: str = tx.person_at("bench", address).id
    for day in range(ENTRIES):
        tx.keep(person, "sentence", f"{day} ".ljust(LETTERS, "x"))
    return person


async def _read(store: SqliteStore, person: str, *, warm: bool) -> float:
    if not warm:
        await store.run(lambda _: store._keys._open.clear())  # noqa: SLF001  # nobody else needs to
    began = perf_counter()
    kept = await store.run(lambda tx: tx.kept(person, "sentence"))
    assert len(kept) == ENTRIES
    return (perf_counter() - began) * 1000
