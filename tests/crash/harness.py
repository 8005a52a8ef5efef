"""Many people, one bot, `kill -9` at random moments. What the fake server saw and what the store holds must agree.

Every reply names its message, so a lost one, a doubled one and a repeated one can be told apart:
a reply that never came is lost; an outbox row too many is a doubled turn; a text seen twice with the right
number of rows is an extra copy of one send.
"""

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[2]
LOOK = 0.02  # seconds between two looks whether a bot is awake
START_LIMIT = 60.0  # seconds for the server to say its port
DRAIN_LIMIT = 180.0  # seconds for the last bot to answer all that is left


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

    def to_json(self) -> str:
        """Return one line."""
        return json.dumps(asdict(self) | {"extra_per_kill": round(self.extra / max(self.kills, 1), 4)})


async def crash(plan: Plan, folder: Path) -> Outcome:
    """Carry a plan out in a folder and return what was counted."""
    server = await _start("tests.fakes.botapi", "--port", "0", stdout=PIPE)
    try:
        assert server.stdout
        told = json.loads(await asyncio.wait_for(server.stdout.readline(), START_LIMIT))
        return await _Crash(plan, folder, told).run()
    finally:
        await _kill(server)


class _Crash:
    """One run. Lives for one call of ``crash``."""

    def __init__(self, plan: Plan, folder: Path, told: dict[str, Any]) -> None:
        self.plan, self.folder, self.told = plan, folder, told
        self.random = random.Random(plan.seed)
        self.sent = 0

    async def run(self) -> Outcome:
        for round_ in range(self.plan.kills):
            bot = await self._awake_bot()
            life = self.random.uniform(self.plan.shortest, self.plan.longest)
            await self._speak(self.plan.messages * (round_ + 1) // self.plan.kills, bot, life)
            await _kill(bot)
        bot = await self._bot()
        state = await self._ask("_wait", sends=self.plan.messages, timeout=int(DRAIN_LIMIT))
        bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.wait(), 30)
        return self._count(await self._ask("_state", order=1) if state else {})

    async def _bot(self) -> Process:
        return await _start("tests.crash.bot", str(self.folder), self.told["url"], self.told["token"])

    async def _awake_bot(self) -> Process:
        """Start a bot and return once it has asked for messages."""
        before = (await self._ask("_state"))["polls"]
        bot = await self._bot()
        while (await self._ask("_state"))["polls"] == before:
            if await _ended(bot, LOOK):
                raise RuntimeError(f"the bot ended by itself with exit code {bot.returncode}")
        return bot

    async def _speak(self, until: int, bot: Process, life: float) -> None:
        """Say this round's messages in two bursts, and let the bot live for its time."""
        middle = (self.sent + until) // 2
        for stop in (middle, until):
            await self._inject(range(self.sent, stop))
            self.sent = stop
            if await _ended(bot, life / 2):
                raise RuntimeError(f"the bot ended by itself with exit code {bot.returncode}")

    async def _inject(self, numbers: range) -> None:
        lines = [
            json.dumps({"chat_id": 1_000_001 + number % self.plan.chats, "text": f"message {number}"})
            for number in numbers
        ]
        await self._ask("_inject", body="\n".join(lines))

    async def _ask(self, page: str, body: str = "", **query: int) -> dict[str, Any]:
        where = f"{self.told['url']}/{page}?{urlencode(query)}"
        request = Request(where, data=body.encode() if body else None)  # noqa: S310  # loopback
        answer = await asyncio.to_thread(lambda: urlopen(request, timeout=DRAIN_LIMIT + 30).read())  # noqa: S310
        return json.loads(answer)

    def _count(self, state: dict[str, Any]) -> Outcome:
        seen = Counter[str]()
        for texts in state["sent"].values():
            seen.update(texts)
        expected = [f"heard: message {number}" for number in range(self.plan.messages)]
        copies = [seen[text] for text in expected]
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
        )


def _swaps(texts: list[str]) -> int:
    """Count replies that came before an earlier one's first copy."""
    first = list(dict.fromkeys(texts))
    numbers = [int(text.rsplit(" ", 1)[1]) for text in first]
    return sum(later < earlier for earlier, later in pairwise(numbers))


async def _ended(process: Process, within: float) -> bool:
    try:
        await asyncio.wait_for(process.wait(), within)
    except TimeoutError:
        return False
    return True


async def _start(module: str, *words: str, stdout: int = DEVNULL) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *words,
        cwd=ROOT,
        stdout=stdout,
        env=dict(os.environ),
        start_new_session=True,
    )


async def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()
