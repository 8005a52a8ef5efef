"""Many people, one bot, `kill -9` at random moments. What the fake server saw and what the store holds must agree.

Every reply names its message, so a lost one, a doubled one and a repeated one can be told apart:
a reply that never came is lost; an outbox row too many is a doubled turn; a text seen twice with the right
number of rows is an extra copy of one send.
"""

import asyncio
import json
import random
import sqlite3
from asyncio.subprocess import Process
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.crash.nursery import Life, line, living, process

LOOK = 0.02  # seconds between two looks whether a bot is awake
START_LIMIT = 20.0  # seconds for a bot to ask for messages
DRAIN_LIMIT = 180.0  # seconds for the last bot to answer all that is left
STILLBORN = 0.2  # share of bots that are killed while they start
BIRTH = 0.15  # seconds within which those are killed


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is thrown at the bot.

    Attributes:
        shortest, longest: Seconds that a bot lives once it has asked for messages, before it is killed.

    """

    kills: int
    messages: int
    chats: int
    seed: int
    shortest: float = 0.01
    longest: float = 0.9


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted."""

    kills: int
    messages: int
    lost: int
    doubled: int
    out_of_order: int
    extra: int
    most_copies: int
    set_aside: int
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, doubled, said out of order or more than twice."""
        return (
            not (self.lost or self.doubled or self.out_of_order or self.set_aside) and self.most_copies <= 2
        )

    def to_json(self) -> str:
        """Return one line."""
        return json.dumps(asdict(self) | {"extra_per_kill": round(self.extra / max(self.kills, 1), 4)})


async def crash(plan: Plan, folder: Path) -> Outcome:
    """Carry a plan out in a folder and return what was counted."""
    async with process("tests.fakes.botapi", "--port", "0") as server:
        told = json.loads(await line(server))
        async with process("tests.crash.bot", str(folder), told["url"], told["token"]) as nursery:
            return await _Crash(plan, folder, told["url"], nursery).run()


class _Crash:
    """One run. Lives for one call of ``crash``."""

    def __init__(self, plan: Plan, folder: Path, url: str, nursery: Process) -> None:
        self.plan, self.folder, self.url, self.nursery = plan, folder, url, nursery
        self.random = random.Random(plan.seed)
        self.sent = 0
        self.began = monotonic()

    async def run(self) -> Outcome:
        for round_ in range(self.plan.kills):
            await self._round(self.plan.messages * (round_ + 1) // self.plan.kills)
        async with living(self.nursery) as life:
            await self._drained(life)
            await life.stop()
        return self._count(await self._ask("_state", order=1))

    async def _round(self, until: int) -> None:
        """Say this round's messages in two bursts to a bot, and kill it."""
        polls = (await self._ask("_state", sent=0))["polls"]
        async with living(self.nursery) as life:
            if self.random.random() < STILLBORN:
                await self._inject(until)
                await asyncio.sleep(self.random.uniform(0, BIRTH))
                return
            span = self.random.uniform(self.plan.shortest, self.plan.longest) / 2
            await self._awake(life, polls)
            await self._inject((self.sent + until) // 2)
            await life.lasts(span)
            await self._inject(until)
            await life.lasts(span)

    async def _awake(self, life: Life, polls: int) -> None:
        async with asyncio.timeout(START_LIMIT):
            while (await self._ask("_state", sent=0))["polls"] == polls:
                await life.lasts(LOOK)

    async def _drained(self, life: Life) -> None:
        """Return once every message has its reply, or the time is up: then some were lost."""
        end = monotonic() + DRAIN_LIMIT
        while monotonic() < end:
            if sum(map(len, (await self._ask("_state"))["sent"].values())) >= self.plan.messages:
                return
            await life.lasts(0.2)

    async def _inject(self, until: int) -> None:
        lines = [
            json.dumps({"chat_id": 1_000_001 + number % self.plan.chats, "text": f"message {number}"})
            for number in range(self.sent, until)
        ]
        self.sent = until
        await self._ask("_inject", body="\n".join(lines), sent=0)

    async def _ask(self, page: str, body: str = "", **query: int) -> dict[str, Any]:
        request = Request(f"{self.url}/{page}?{urlencode(query)}", data=body.encode() or None)  # noqa: S310  # loopback
        answer = await asyncio.to_thread(lambda: urlopen(request, timeout=30).read())  # noqa: S310
        told: dict[str, Any] = json.loads(answer)
        return told

    def _count(self, state: dict[str, Any]) -> Outcome:
        seen = Counter[str]()
        for texts in state["sent"].values():
            seen.update(texts)
        copies = [seen[f"heard: message {number}"] for number in range(self.plan.messages)]
        with closing(sqlite3.connect(self.folder / "data" / "befriend.db")) as db:
            rows = db.execute("SELECT count(*) FROM outbox").fetchone()[0]
            aside = db.execute("SELECT count(*) FROM inbox WHERE state = 'aside'").fetchone()[0]
        # Each turn promises one bubble, and each but a chat's first closes the question before it.
        turns_rows = 2 * self.plan.messages - min(self.plan.chats, self.plan.messages)
        return Outcome(
            kills=self.plan.kills,
            messages=self.plan.messages,
            lost=sum(count == 0 for count in copies),
            doubled=rows - turns_rows,
            out_of_order=sum(map(_swaps, state["order"].values())),
            extra=sum(max(count - 1, 0) for count in copies),
            most_copies=max(copies),
            set_aside=aside,
            seconds=round(monotonic() - self.began, 1),
        )


def _swaps(texts: list[str]) -> int:
    """Count replies that came before an earlier one's first copy."""
    first = list(dict.fromkeys(texts))
    numbers = [int(text.rsplit(" ", 1)[1]) for text in first]
    return sum(later < earlier for earlier, later in pairwise(numbers))
