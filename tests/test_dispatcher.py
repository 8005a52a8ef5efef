"""Every row gets its turn: each person in order, people side by side, and no error stops anybody."""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.dispatcher import FULL, Dispatcher
from bot.model import FAST, Arrival, Inbound, Outbound, Pending, Promised
from bot.outbox import Outbox
from bot.ports import Poison, Tx
from bot.scheduler import Scheduler
from bot.seal import Seal
from bot.store.sqlite import SqliteStore

SECRET = "my secret sorrow"


@dataclass
class Clock:
    """Shows what it is told."""

    moment: datetime = datetime(2026, 11, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@dataclass
class Screen:
    """A channel: what each chat has been told."""

    told: dict[str, list[str]] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def perform(self, address: str, outbound: Outbound) -> int:
        self.told.setdefault(address, []).append(outbound.text)
        self.changed.set()
        return len(self.told[address])

    async def typing(self, address: str) -> None: ...


@dataclass
class Door:
    """A conversation that says what it hears, and fails where it is told to."""

    failing: dict[str, int] = field(default_factory=dict)  # by text: how often
    dumb: bool = False  # cannot even apologise
    threads: dict[int, str] = field(default_factory=dict)  # by length of text
    heard_in: list[str] = field(default_factory=list)

    def hear(self, text: str) -> str:
        self.threads[len(text)] = threading.current_thread().name
        if text == "deaf":
            raise RuntimeError(SECRET)
        return text

    def receive(self, tx: Tx, pending: Pending, inbound: Inbound, heard: str) -> list[Promised]:
        tx.finish(pending.id)
        row = self._say(tx, pending, inbound.text or inbound.kind)
        if self.failing.get(inbound.text, 0) > 0:
            self.failing[inbound.text] -= 1
            raise RuntimeError(SECRET)
        return [row]

    def apologise(self, tx: Tx, pending: Pending, message: int | None = None) -> list[Promised]:
        if self.dumb:
            raise RuntimeError(SECRET)
        tx.quarantine(pending.id, "error")
        return [self._say(tx, pending, "sorry")]

    def fallback(self, text: str) -> Outbound:
        return Outbound(text="card")

    def _say(self, tx: Tx, pending: Pending, text: str) -> Promised:
        person = tx.person_at("telegram", pending.arrival.address)
        return tx.promise(person.id, Outbound(text=text))


def read(body: bytes) -> Inbound:
    """Read a body of these tests: the text, or what is wrong with it."""
    text = body.decode()
    if text == "poison":
        raise Poison("$.message.chat")
    if text == "broken":
        raise KeyError(SECRET)
    if text in ("left", "returned", "other"):
        return Inbound(text)  # type: ignore[arg-type]  # one of three kinds
    return Inbound("text", text)


def read_timer(body: bytes) -> Inbound:
    return Inbound("timer", text="timer")


@dataclass
class House:
    """Everything between inbox and screen."""

    store: SqliteStore
    door: Door
    screen: Screen
    outbox: Outbox
    dispatcher: Dispatcher
    clock: Clock
    keys: int = 0

    async def arrive(self, *said: tuple[str, str]) -> list[Pending]:
        arrivals = []
        for address, text in said:
            self.keys += 1
            arrivals.append(Arrival("telegram", self.keys, address, text.encode()))
        return await self.store.run(lambda tx: tx.arrive(arrivals))

    async def take(self, *said: tuple[str, str]) -> None:
        self.dispatcher.accept(await self.arrive(*said))
        await self.quiet()

    async def quiet(self) -> None:
        async with asyncio.timeout(10):
            await self.dispatcher.idle()
            await self.outbox.idle()

    async def waiting(self) -> list[Pending]:
        return await self.store.run(lambda tx: tx.waiting())


async def until(ready: Callable[[], object]) -> None:
    """Let everything else run until something is true."""
    async with asyncio.timeout(5):
        while not ready():  # noqa: ASYNC110  # what is waited for has no event of its own
            await asyncio.sleep(0)  # what is waited for has no event of its own


def house_of(store: Any, door: Door) -> House:
    screen, clock = Screen(), Clock()
    outbox = Outbox(store, {"telegram": screen}, FAST, clock)
    parsers: dict[str, Callable[[bytes], Inbound]] = {"telegram": read, "timer": read_timer}
    dispatcher = Dispatcher(store, door, outbox, parsers, {"telegram": screen})  # type: ignore[arg-type]  # a stand-in
    return House(store, door, screen, outbox, dispatcher, clock)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    store = SqliteStore.in_memory(Seal(os.urandom(32)))
    house = house_of(store, Door())
    yield house
    await house.dispatcher.stop()
    await house.outbox.stop(limit=1.0)
    await store.close()


async def test_a_thousand_messages_in_twenty_chats_are_answered_in_order(house):
    """Every chat in order, none mixed."""
    await house.take(*((str(at % 20), f"{at % 20}/{at // 20}") for at in range(1000)))

    assert house.screen.told == {str(chat): [f"{chat}/{n}" for n in range(50)] for chat in range(20)}
    assert await house.waiting() == []


async def test_a_chat_that_floods_does_not_hold_others_up(house):
    """After 500 messages of one, another's single one is answered among the first."""
    said = [("loud", f"{n}") for n in range(500)] + [("quiet", "hello")]
    house.dispatcher.accept(await house.arrive(*said))
    while "quiet" not in house.screen.told:
        await house.screen.changed.wait()
        house.screen.changed.clear()
    before = len(house.screen.told.get("loud", []))
    await house.quiet()

    assert before < 20
    assert len(house.screen.told["loud"]) == 500


async def test_poison_is_put_aside_and_the_next_is_answered(house):
    """What cannot be understood stops nobody, not even its own chat."""
    await house.take(("1", "poison"), ("1", "broken"), ("", "no chat"), ("1", "good"))

    assert house.screen.told == {"1": ["good"]}
    assert await house.waiting() == []


async def test_an_error_of_ours_is_answered_with_one_kind_sentence(house):
    """The turn is undone as a whole; the person is not left without an answer."""
    house.door.failing = {"bad": 99}

    await house.take(("1", "bad"), ("1", "good"))

    assert house.screen.told == {"1": ["sorry", "good"]}


async def test_a_turn_that_failed_once_is_tried_once_more(house):
    """A passing fault of the store costs nobody an answer, and gives nobody two."""
    house.door.failing = {"shaky": 1}

    await house.take(("1", "shaky"))

    assert house.screen.told == {"1": ["shaky"]}


async def test_if_not_even_sorry_can_be_said_the_card_is_shown_and_life_goes_on(house):
    """Somebody whose record breaks every turn still gets help, and does not block themselves for ever."""
    house.door.failing = {"bad": 99}
    house.door.dumb = True

    await house.take(("1", "bad"), ("1", "good"))

    assert house.screen.told == {"1": ["card", "good"]}
    assert await house.waiting() == []


async def test_while_the_store_is_down_the_card_is_shown_once_and_nothing_is_lost(house, monkeypatch):
    """The row stays, and is answered when the store is back."""
    monkeypatch.setattr("bot.dispatcher.FIRST_WAIT", 0.002)

    class Moody:
        """The store, full for a while."""

        failures = 8

        async def run(self, work: Callable[[Tx], Any]) -> Any:
            if self.failures:
                self.failures -= 1
                raise OSError("full")
            return await house.store.run(work)

        async def close(self) -> None: ...

    other = house_of(Moody(), house.door)
    other.dispatcher.accept(await house.arrive(("1", "hello")))
    await other.quiet()

    assert other.screen.told == {"1": ["card", "hello"]}


async def test_nothing_anybody_wrote_and_no_errors_text_is_logged(house, caplog):
    """Errors are told by class and place."""
    caplog.set_level(logging.DEBUG)
    house.door.failing = {SECRET: 99}

    await house.take(("1", SECRET), ("1", "deaf"), ("1", "broken"), ("1", "poison"))

    assert SECRET not in " ".join(record.getMessage() for record in caplog.records)
    assert house.screen.told == {"1": ["sorry", "sorry"]}


async def test_texts_are_heard_in_a_thread_of_their_own(house):
    """A text that takes long to understand does not make others wait."""
    await house.take(("1", "x"), ("2", "x" * 4096))

    main = threading.main_thread().name
    assert house.door.threads[1] != main
    assert house.door.threads[4096] != main


async def test_what_needs_no_answer_is_finished_without_one(house):
    """Service messages reach neither the conversation nor a person's record."""
    await house.take(("1", "other"))

    assert house.screen.told == {}
    assert await house.waiting() == []


async def test_someone_who_left_is_sent_nothing_until_they_write(house):
    """Blocking is heard at once, not only at the next refusal."""
    await house.take(("1", "left"), ("1", "timer-like"))

    assert house.screen.told == {"1": ["timer-like"]}


async def test_rows_of_an_earlier_process_are_taken_up(house):
    """What was committed and not answered is answered after a restart."""
    await house.arrive(("1", "a"), ("2", "b"), ("1", "c"))

    await house.dispatcher.start()
    await house.quiet()

    assert house.screen.told == {"1": ["a", "c"], "2": ["b"]}


async def test_nothing_more_is_fetched_while_too_much_waits(house):
    """The backlog stays with Telegram, where it costs no memory of ours."""
    house.dispatcher.accept(await house.arrive(*((str(n), "hello") for n in range(FULL + 1))))
    fetching = asyncio.create_task(house.dispatcher.room())
    await asyncio.sleep(0)
    held = not fetching.done()

    await house.quiet()
    await fetching

    assert held


async def test_a_due_timer_takes_the_way_of_a_message(house):
    """In order with what the person says, and once."""

    def remind(tx: Tx) -> None:
        person = tx.person_at("telegram", "1")
        tx.set_timer(person.id, "flow", 1, house.clock.now() + timedelta(seconds=60))

    await house.store.run(remind)
    scheduler = Scheduler(house.store, house.dispatcher, house.clock)
    early = await scheduler.look()
    await house.quiet()
    unheard = dict(house.screen.told)
    house.clock.moment += timedelta(seconds=61)
    await scheduler.look()
    await scheduler.look()
    await house.quiet()

    assert (early, unheard) == (30.0, {})
    assert house.screen.told == {"1": ["timer"]}


async def test_a_nudge_ends_the_wait(house):
    """A nearer timer is not found half a minute late."""

    def remind(tx: Tx) -> None:
        person = tx.person_at("telegram", "1")
        tx.set_timer(person.id, "flow", 1, house.clock.now())

    scheduler = Scheduler(house.store, house.dispatcher, house.clock)
    running = asyncio.create_task(scheduler.run())
    await until(lambda: scheduler._loop is not None)
    await house.store.run(remind)
    await asyncio.to_thread(scheduler.nudge)
    async with asyncio.timeout(5):
        while not house.screen.told:
            await house.screen.changed.wait()
    running.cancel()

    assert house.screen.told == {"1": ["timer"]}
