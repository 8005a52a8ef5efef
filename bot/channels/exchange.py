"""A person at a keyboard: what they type goes through inbox, door and outbox like any other message."""

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.checkins import again
from bot.conversation import Conversation, parse_timer
from bot.model import Arrival, Inbound, Outbound, Pending, Promised, read_press
from bot.ports import Clock, Store, Tx

CHANNEL = "terminal"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """A bubble with choices, as it stands on the screen. Lives until it is answered.

    Attributes:
        message: Its outbox id: a terminal has no numbers of its own.
        choices: (label, data) pairs in the order shown.

    """

    message: int
    text: str = field(repr=False)
    choices: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def numeric(self) -> bool:
        """Whether the choices are numbers themselves: then a typed number means itself, not a place."""
        return any(label.isdigit() for label, _ in self.choices)

    def pick(self, typed: str) -> str | None:
        """Return the data of the choice that was typed by label, id or number; None for other words."""
        wanted = typed.strip().casefold()
        for label, data in self.choices:
            if wanted in (label.casefold(), read_press(data).choice):
                return data
        if (
            wanted.isascii()
            and wanted.isdigit()
            and not self.numeric
            and 0 < int(wanted[:4]) <= len(self.choices)
        ):
            return self.choices[int(wanted) - 1][1]
        return None


class Exchange:
    """Turns of one person, one after the other. Lives as long as the chat is open.

    Args:
        address: The person's name in this terminal.
        forgiving: After an error of ours put the message aside and say a kind sentence, as with
            Telegram; tests see the error instead.

    """

    def __init__(
        self,
        store: Store,
        conversation: Conversation,
        clock: Clock,
        *,
        address: str = "me",
        forgiving: bool = True,
    ) -> None:
        self.clock = clock
        self.question: Question | None = None
        self._store = store
        self._conversation = conversation
        self._address = address
        self._forgiving = forgiving
        self._key = time.time_ns()  # never the same again, also after a restart
        self._turn = asyncio.Lock()
        self._erased = 0  # whoever was here before this row is erased

    async def prepare(self) -> None:
        """Read the rules of hearing while nobody waits for them."""
        await asyncio.to_thread(self._conversation.prepare)

    async def recover(self) -> list[Promised]:
        """Finish what an earlier run was torn away from; return what it has not shown yet."""
        for pending in await self._store.run(lambda tx: tx.waiting()):
            if pending.arrival.channel in (CHANNEL, "timer"):
                await self._answer(pending)
        return self._mine(await self._store.run(lambda tx: tx.promised()))

    async def greet(self) -> list[Promised]:
        """Return the first words of a chat that is opened."""
        return await self.say("/start")

    async def enter(self, flow: str = "") -> list[Promised]:
        """Begin a flow with nothing said before, or put the open question again: for those who write flows."""
        return await self._bring({"flow": flow})

    async def say(self, typed: str) -> list[Promised]:
        """Take what was typed, words or a choice, and return what is to be shown."""
        question = self.question
        data = question.pick(typed) if question else None
        if question is None or data is None:
            return await self._bring({"text": typed})
        return await self._bring({"data": data, "message": question.message, "question": question.text})

    def label(self, typed: str) -> str | None:
        """Return the label of the choice that was typed, None for other words."""
        data = self.question.pick(typed) if self.question else None
        return (
            next((label for label, its in self.question.choices if its == data), None)
            if self.question
            else None
        )

    async def due(self) -> list[Promised]:
        """Let the waits that are over go on."""
        pendings = await self._store.run(lambda tx: tx.due(self.clock.now(), again=again))
        return [row for pending in pendings for row in await self._answer(pending)]

    async def next_due(self) -> datetime | None:
        return await self._store.run(lambda tx: tx.next_due())

    async def shown(self, rows: Sequence[Promised]) -> None:
        """Note that these rows stand on the screen; until then the next start shows them again."""
        for row in rows:
            self._follow(row.id, row.outbound)
        await self._store.run(lambda tx: _mark(tx, rows))
        if scrubs := [row.id for row in rows if row.outbound.op == "scrub"]:
            self._erased = max(scrubs)
            await self._store.scrub()

    def stands(self, row: Promised) -> bool:
        """Whether a row is still to be shown: what was promised to someone erased since is not."""
        return row.id >= self._erased

    def _follow(self, row: int, outbound: Outbound) -> None:
        if outbound.op == "send" and outbound.choices:
            self.question = Question(row, outbound.text, outbound.choices)
        elif (
            outbound.op == "close"
            and self.question
            and self.question.message in (outbound.message, outbound.target)
        ):
            self.question = None

    async def _bring(self, body: dict[str, object]) -> list[Promised]:
        self._key += 1
        arrival = Arrival(CHANNEL, self._key, self._address, json.dumps(body).encode())
        pendings = await self._store.run(lambda tx: tx.arrive([arrival]))
        return [row for pending in pendings for row in await self._answer(pending)]

    async def _answer(self, pending: Pending) -> list[Promised]:
        async with self._turn:
            inbound = read(pending)
            try:
                heard = self._conversation.hear(inbound.text)
                return self._mine(
                    await self._store.run(lambda tx: self._conversation.receive(tx, pending, inbound, heard))
                )
            except Exception as error:
                if not self._forgiving:
                    raise
                log.error("turn failed", extra={"action": "turn_failed", "error": type(error).__name__})
                return self._mine(await self._store.run(lambda tx: self._conversation.apologise(tx, pending)))

    def _mine(self, rows: Sequence[Promised]) -> list[Promised]:
        """Leave out what others at this data are to be told: they see it at their own chat."""
        mine = [row for row in rows if row.channel == CHANNEL and row.address == self._address]
        return sorted(mine, key=lambda row: (row.outbound.priority, row.id))


def read(pending: Pending) -> Inbound:
    """Return what an inbox row of a terminal, or of a timer, says."""
    if pending.arrival.channel == "timer":
        return parse_timer(pending.arrival.body)
    body = json.loads(pending.arrival.body)
    if "data" in body:
        press = read_press(body["data"])
        return Inbound("choice", press=press, message=body["message"], question=body["question"])
    if "flow" in body:
        return Inbound("entered", flow=body["flow"])
    return Inbound("text", text=body["text"])


def _mark(tx: Tx, rows: Sequence[Promised]) -> None:
    for row in rows:
        tx.sent(row.id, row.id)
