"""A crowd whose check-ins are due at once, and `kill -9` while they are sent.

Each person has one bubble to get: none is lost, one that came twice is an extra copy, an outbox row too many
is a check-in that was begun twice.
"""

import asyncio
import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.request import urlopen

from bot.checkins import KEY, Slot, to_body
from bot.model import CONSENT, Plan
from bot.ports import Tx
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from tests.crash.harness import DRAIN_LIMIT
from tests.crash.nursery import line, living, process

PER_SECOND = 30.0  # Telegram's pace
SETTLE = 0.3  # seconds before a repeat; shorter than a life here, so that lives end while they send
FIRST_CHAT = 2_000_001


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many are due, and how often the bot is killed meanwhile.

    Attributes:
        shortest, longest: Seconds from a bot's birth to its end; the start takes about half a second of them.

    """

    people: int
    kills: int
    seed: int
    shortest: float = 0.2
    longest: float = 2.5


@dataclass(frozen=True, slots=True)
class Came:
    """What was counted."""

    people: int
    kills: int
    lost: int
    doubled: int
    unmoved: int
    extra: int
    most_copies: int
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether each came, was begun once and is due again, with at most 0.2 extra copies for each kill."""
        return not (self.lost or self.doubled or self.unmoved) and self.extra <= 0.2 * self.kills

    def to_json(self) -> str:
        """Return one line."""
        return json.dumps(asdict(self) | {"extra_per_kill": round(self.extra / max(self.kills, 1), 3)})


async def crash_checkins(crowd: Crowd, folder: Path) -> Came:
    """Kill a bot again and again while a crowd is due, let the last one finish, and return what was counted."""
    began, chance = monotonic(), random.Random(crowd.seed)
    async with process("tests.fakes.botapi", "--port", "0") as server:
        told = json.loads(await line(server))
        await _settle(crowd, folder)
        where = (str(folder), told["url"], told["token"], str(PER_SECOND), str(SETTLE))
        async with process("tests.crash.bot", *where) as nursery:
            for _ in range(crowd.kills):
                async with living(nursery) as life:
                    await life.lasts(chance.uniform(crowd.shortest, crowd.longest))
            async with living(nursery) as life:
                end = monotonic() + DRAIN_LIMIT
                while len(await _seen(told["url"])) < crowd.people and monotonic() < end:
                    await life.lasts(0.2)
                await life.stop()
            return _count(crowd, folder, await _seen(told["url"]), monotonic() - began)


async def _settle(crowd: Crowd, folder: Path) -> None:
    """Have people with check-ins who were due a moment ago."""
    seal = Seal.open(folder / "key", fresh=True)
    store = SqliteStore.open(folder / "data", seal)
    now = datetime.now(UTC)

    def work(tx: Tx) -> None:
        for number in range(crowd.people):
            person = tx.person_at("telegram", str(FIRST_CHAT + number))
            person.consent, person.adult, person.variables["zone"] = CONSENT, True, "Etc/GMT"
            person.variables["keyboard"] = "1"
            person.checkins = Plan(times=[f"{now:%H:%M}"], quiet=["00:00", "00:00"])
            tx.save_person(person)
            slot = Slot("Etc/GMT", f"{now:%H:%M}", person.checkins.days, 0)
            due = now.replace(second=0, microsecond=0)
            tx.set_timer(person.id, KEY + slot.at, 0, due, to_body(slot))

    await store.run(work)
    await store.close()


async def _seen(url: str) -> Counter[str]:
    """Return how many bubbles each chat got."""
    answer = await asyncio.to_thread(lambda: urlopen(f"{url}/_state", timeout=30).read())  # noqa: S310  # loopback
    told: dict[str, Any] = json.loads(answer)
    return Counter({chat: len(texts) for chat, texts in told["sent"].items()})


def _count(crowd: Crowd, folder: Path, seen: Counter[str], seconds: float) -> Came:
    tomorrow = (datetime.now(UTC) + timedelta(hours=12)).timestamp()
    with closing(sqlite3.connect(folder / "data" / "befriend.db")) as db:
        rows = db.execute("SELECT count(*) FROM outbox").fetchone()[0]
        moved = db.execute("SELECT count(*) FROM timer WHERE due > ?", (tomorrow,)).fetchone()[0]
    copies = [seen[str(FIRST_CHAT + number)] for number in range(crowd.people)]
    return Came(
        people=crowd.people,
        kills=crowd.kills,
        lost=copies.count(0),
        doubled=rows - crowd.people,
        unmoved=crowd.people - moved,
        extra=sum(max(count - 1, 0) for count in copies),
        most_copies=max(copies),
        seconds=round(seconds, 1),
    )
