"""What was promised is carried out: in order, patiently, and after a crash at most once too often."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

import pytest

from bot.model import CHECKIN, FAST, HELP, REPLY, Outbound, Pace, Promised
from bot.outbox import Outbox
from bot.ports import Gone, NotSent, Refused, TooFast, Tx, Unclear
from bot.seal import Seal
from bot.store.sqlite import SqliteStore

T = TypeVar("T")
SLOW_START = replace(FAST, settle=30.0)  # a repeat is never reached within a test


class Now:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Wire:
    """A channel that notes what it is asked for, and answers as told."""

    faults: dict[str, list[Exception]] = field(default_factory=dict)  # by text, used one after the other
    done: list[tuple[str, str]] = field(default_factory=list)  # (address, text) in the order carried out
    asked: list[tuple[str, str]] = field(default_factory=list)  # also those that failed
    times: list[float] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)  # by text: waits until set
    typed: list[str] = field(default_factory=list)
    edits: list[tuple[int | None, str]] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(100))
    flying: int = 0
    most: int = 0

    async def perform(self, address: str, outbound: Outbound) -> int | None:
        self.asked.append((address, outbound.text))
        self.times.append(asyncio.get_running_loop().time())
        self.flying += 1
        self.most = max(self.most, self.flying)
        try:
            if outbound.text in self.held:
                await self.held[outbound.text].wait()
            await asyncio.sleep(0)
            if self.faults.get(outbound.text):
                raise self.faults[outbound.text].pop(0)
        finally:
            self.flying -= 1
        self.done.append((address, outbound.text))
        if outbound.op == "send":
            return next(self.numbers)
        self.edits.append((outbound.message, outbound.text))
        return None

    async def typing(self, address: str) -> None:
        self.typed.append(address)

    def texts(self, address: str | None = None) -> list[str]:
        return [text for where, text in self.done if address in (None, where)]


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    store = SqliteStore.in_memory(Seal(os.urandom(32)))
    yield store
    await store.close()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def boxes(store: SqliteStore, wire: Wire) -> AsyncIterator[Callable[..., Outbox]]:
    made: list[Outbox] = []

    def make(pace: Pace = FAST) -> Outbox:
        made.append(Outbox(store, {"telegram": wire}, pace, Now()))
        return made[-1]

    yield make
    for outbox in made:
        await outbox.stop(limit=1.0)


async def promise(store: SqliteStore, address: str, *outbounds: Outbound) -> list[Promised]:
    def work(tx: Tx) -> list[Promised]:
        person = tx.person_at("telegram", address)
        return [tx.promise(person.id, outbound) for outbound in outbounds]

    return await store.run(work)


async def left(store: SqliteStore) -> list[Promised]:
    return await store.run(lambda tx: tx.promised())


def say(*texts: str, priority: int = REPLY, pause: float = 0.0) -> list[Outbound]:
    return [Outbound(text=text, priority=priority, pause=pause) for text in texts]


async def until(ready: Callable[[], object]) -> None:
    """Let everything else run until something is true."""
    async with asyncio.timeout(5):
        while not ready():  # noqa: ASYNC110  # what is waited for has no event of its own
            await asyncio.sleep(0)  # what is waited for has no event of its own


async def finish(outbox: Outbox) -> None:
    async with asyncio.timeout(5):
        await outbox.idle()


# --- order --------------------------------------------------------------------------------


async def test_each_chat_hears_its_bubbles_in_order(store, wire, boxes):
    """Twenty chats at once: none mixed, none out of order, every mark committed."""
    outbox = boxes()
    for at in range(20):
        outbox.accept(await promise(store, str(at), *say(*(f"{at}/{n}" for n in range(10)))))

    await finish(outbox)

    assert all(wire.texts(str(at)) == [f"{at}/{n}" for n in range(10)] for at in range(20))
    assert await left(store) == []


async def test_one_operation_at_a_time_for_a_chat_and_64_over_all(store, wire, boxes):
    """A slow network never makes more than 64 calls wait at once."""
    outbox = boxes()
    gate = asyncio.Event()
    wire.held = {f"first {at}": gate for at in range(100)}
    for at in range(100):
        outbox.accept(await promise(store, str(at), *say(f"first {at}", f"second {at}")))

    await until(lambda: wire.flying == 64)
    gate.set()
    await finish(outbox)

    assert wire.most == 64
    assert len(wire.done) == 200


async def test_help_goes_first_then_replies_then_checkins(store, wire, boxes):
    """Help overtakes what waits in its own chat and in all others."""
    outbox = boxes(replace(FAST, per_second=50.0))
    rows = await promise(
        store, "1", *say("check-in", priority=CHECKIN), *say("reply"), *say("help", priority=HELP)
    )
    others = await promise(store, "2", *say("check-in 2", priority=CHECKIN))
    outbox.accept(others + rows)

    await finish(outbox)

    assert wire.texts("1") == ["help", "reply", "check-in"]
    assert wire.texts()[-1] in ("check-in", "check-in 2")
    assert wire.texts()[0] == "help"


async def test_help_waits_for_no_pause_and_no_spacing(store, wire, boxes):
    """Someone in need gets the card now, though the bot seems to type and has just spoken."""
    outbox = boxes(replace(FAST, per_chat=30.0, typing=True))
    outbox.accept(await promise(store, "1", *say("hello"), *say("after a pause", pause=30.0)))
    await until(lambda: wire.texts() == ["hello"])

    outbox.accept(await promise(store, "1", *say("help", priority=HELP, pause=30.0)))
    await until(lambda: len(wire.done) == 2)

    assert wire.texts() == ["hello", "help"]


async def test_a_bubble_with_a_pause_is_preceded_by_typing(store, wire, boxes):
    """The pause is kept, and seen."""
    outbox = boxes(replace(FAST, typing=True))
    began = asyncio.get_running_loop().time()
    outbox.accept(await promise(store, "1", *say("slow", pause=0.05)))

    await finish(outbox)

    assert wire.typed == ["1"]
    assert wire.times[0] - began >= 0.05


async def test_no_typing_where_the_pace_has_none(store, wire, boxes):
    """Tests and hurried operators get the words alone."""
    outbox = boxes()
    outbox.accept(await promise(store, "1", *say("quick", pause=30.0)))

    await finish(outbox)

    assert wire.typed == []


# --- pace ---------------------------------------------------------------------------------


async def test_bubbles_to_one_chat_keep_their_distance(store, wire, boxes):
    """Telegram asks for a second; closing a question needs none."""
    outbox = boxes(replace(FAST, per_chat=0.3))
    rows = await promise(store, "1", *say("a"), Outbound("close", "b", message=7), *say("c"))
    outbox.accept(rows)

    await finish(outbox)

    a, b, c = wire.times
    assert wire.texts() == ["a", "b", "c"]
    assert b - a < 0.3 <= c - a


async def test_bubbles_over_all_chats_keep_to_the_rate(store, wire, boxes):
    """Ten bubbles at 100 a second take at least 90 ms, whoever they are for."""
    outbox = boxes(replace(FAST, per_second=100.0))
    for at in range(10):
        outbox.accept(await promise(store, str(at), *say("hello")))

    await finish(outbox)

    assert wire.times[-1] - wire.times[0] >= 0.088


# --- faults -------------------------------------------------------------------------------


async def test_too_fast_parks_that_chat_alone_and_a_restart_knows_it(store, wire, boxes):
    """The wait Telegram asks for is kept by this process, and by the next."""
    outbox = boxes()
    wire.faults = {"a": [TooFast(60.0)]}
    outbox.accept(await promise(store, "1", *say("a", "b")))
    outbox.accept(await promise(store, "2", *say("elsewhere")))
    while not any(row.not_before for row in await left(store)):
        pass
    await outbox.stop()
    second = boxes()
    await second.start()
    await store.run(lambda tx: None)

    (a, b) = await left(store)
    assert wire.asked == [("1", "a"), ("2", "elsewhere")]
    assert 55 < a.not_before - datetime.now(UTC).timestamp() <= 60
    assert b.not_before == 0


async def test_after_the_wait_it_goes_on_in_order(store, wire, boxes):
    """A short 429 costs its time and nothing else."""
    outbox = boxes()
    wire.faults = {"a": [TooFast(0.05), TooFast(0.05)]}
    outbox.accept(await promise(store, "1", *say("a", "b")))

    await finish(outbox)

    assert wire.texts() == ["a", "b"]
    assert wire.times[2] - wire.times[0] >= 0.1
    assert await left(store) == []


async def test_what_surely_failed_is_tried_for_ever(store, wire, boxes):
    """An outage loses nothing and changes no order."""
    outbox = boxes(replace(FAST, patience=0.001))
    wire.faults = {"a": [NotSent("500")] * 30}
    outbox.accept(await promise(store, "1", *say("a", "b")))

    await finish(outbox)

    assert wire.texts() == ["a", "b"]
    assert len(wire.asked) == 32


async def test_help_does_not_wait_behind_what_fails(store, wire, boxes):
    """A bubble that cannot be sent now does not hold the help card up."""
    outbox = boxes(replace(FAST, patience=30.0))
    wire.faults = {"a": [NotSent("500")]}
    outbox.accept(await promise(store, "1", *say("a")))
    await until(lambda: wire.asked)

    outbox.accept(await promise(store, "1", *say("help", priority=HELP)))
    await until(lambda: wire.done)

    assert wire.texts() == ["help"]


async def test_a_bubble_that_may_have_gone_out_is_repeated_once(store, wire, boxes):
    """One extra copy at most; then it is given up, and the next one is said."""
    outbox = boxes(replace(FAST, patience=0.001))
    wire.faults = {"a": [Unclear("timeout")] * 5, "b": [Unclear("timeout")]}
    outbox.accept(await promise(store, "1", *say("a", "b")))

    await finish(outbox)

    assert wire.asked == [("1", "a"), ("1", "a"), ("1", "b"), ("1", "b")]
    assert wire.texts() == ["b"]


async def test_a_repeat_is_claimed_before_it_is_made(store, wire, boxes):
    """What the next process reads counts the copy that this one may have made."""
    outbox = boxes(replace(FAST, patience=0.001))
    wire.faults = {"a": [Unclear("timeout")]}
    first = wire.held["a"] = asyncio.Event()
    outbox.accept(await promise(store, "1", *say("a")))
    await until(lambda: len(wire.asked) == 1)
    second = wire.held["a"] = asyncio.Event()
    first.set()
    await until(lambda: len(wire.asked) == 2)
    seen = [row.attempts for row in await left(store)]
    second.set()

    await finish(outbox)

    assert seen == [1]


async def test_closing_a_question_may_be_repeated_as_often_as_needed(store, wire, boxes):
    """An edit made twice is one edit."""
    outbox = boxes(replace(FAST, patience=0.001))
    wire.faults = {"chosen": [Unclear("timeout")] * 5}
    outbox.accept(await promise(store, "1", Outbound("close", "chosen", message=5)))

    await finish(outbox)

    assert wire.texts() == ["chosen"]


async def test_what_is_refused_is_not_repeated(store, wire, boxes):
    """A text that Telegram will never take does not stop the chat."""
    outbox = boxes()
    wire.faults = {"odd": [Refused("markup")]}
    outbox.accept(await promise(store, "1", *say("odd", "next")))

    await finish(outbox)

    assert wire.texts() == ["next"]
    assert await left(store) == []


async def test_an_error_of_ours_stops_neither_the_chat_nor_the_others(store, wire, boxes):
    """A bug in a channel is tried once more, then given up."""
    outbox = boxes(replace(FAST, patience=0.001))
    wire.faults = {"bug": [KeyError("x"), KeyError("x")]}
    outbox.accept(await promise(store, "1", *say("bug", "next")))

    await finish(outbox)

    assert wire.texts() == ["next"]


async def test_someone_who_left_is_sent_nothing_until_they_write(store, wire, boxes):
    """One refusal is enough: what waits is dropped, and so is what comes later."""
    outbox = boxes()
    wire.faults = {"a": [Gone("403")]}
    outbox.accept(await promise(store, "1", *say("a", "b")))
    await finish(outbox)
    outbox.accept(await promise(store, "1", *say("check-in", priority=CHECKIN)))
    await finish(outbox)

    outbox.back("telegram", "1")
    outbox.accept(await promise(store, "1", *say("welcome back")))
    await finish(outbox)

    assert wire.asked == [("1", "a"), ("1", "welcome back")]
    assert await left(store) == []


async def test_a_refusal_older_than_the_return_does_not_silence(store, wire, boxes):
    """A person who blocks, unblocks and writes hears the answer, though an old call ends with 403 late."""
    outbox = boxes()
    wire.faults = {"old": [Gone("403")]}
    gate = wire.held["old"] = asyncio.Event()
    outbox.accept(await promise(store, "1", *say("old")))
    await until(lambda: wire.asked)

    outbox.back("telegram", "1")
    outbox.accept(await promise(store, "1", *say("new")))
    gate.set()
    await finish(outbox)

    assert wire.texts() == ["new"]


# --- bubbles that are edited later ----------------------------------------------------------


async def test_a_question_is_closed_by_its_row_also_after_a_restart(store, wire, boxes):
    """The number of a bubble is found in memory, and later in the store."""
    outbox = boxes()
    (first, second) = await promise(store, "1", *say("one?", "two?"))
    outbox.accept([first, second])
    await finish(outbox)
    outbox.accept(await promise(store, "1", Outbound("close", "one!", target=first.id)))
    await finish(outbox)

    later = boxes()
    later.accept(await promise(store, "1", Outbound("close", "two!", target=second.id)))
    await finish(later)

    assert wire.edits == [(100, "one!"), (101, "two!")]


async def test_a_bubble_is_sent_before_it_is_pinned_however_urgent(store, wire, boxes):
    """An operation on a bubble that still waits goes behind it."""
    outbox = boxes()
    (bubble,) = await promise(store, "1", *say("card", priority=CHECKIN))
    (pin,) = await promise(store, "1", Outbound("pin", priority=HELP, target=bubble.id))
    outbox.accept([bubble, pin])

    await finish(outbox)

    assert wire.edits == [(100, "")]


async def test_an_edit_of_what_was_never_sent_is_dropped(store, wire, boxes):
    """Nothing to close: no error, no repeat."""
    outbox = boxes()
    outbox.accept(await promise(store, "1", Outbound("close", "x", target=999), *say("next")))

    await finish(outbox)

    assert wire.asked == [("1", "next")]


# --- ends and beginnings --------------------------------------------------------------------


async def test_a_graceful_stop_marks_what_was_sent(store, wire, boxes):
    """Nothing is sent twice because of a restart by hand."""
    outbox = boxes()
    gate = wire.held["a"] = asyncio.Event()
    outbox.accept(await promise(store, "1", *say("a", "b")))
    await until(lambda: wire.asked)
    stopping = asyncio.create_task(outbox.stop())
    await asyncio.sleep(0)
    gate.set()
    await stopping

    assert [row.outbound.text for row in await left(store)] == ["b"]


async def test_what_an_earlier_process_left_is_claimed_and_repeated(store, wire, boxes):
    """It may have been sent: it is sent once more, and counted."""
    await promise(store, "1", *say("a", "b"))
    outbox = boxes()
    gate = wire.held["a"] = asyncio.Event()

    await outbox.start()
    await until(lambda: wire.asked)
    attempts = [row.attempts for row in await left(store)]
    gate.set()
    await finish(outbox)

    assert attempts == [1, 0]
    assert wire.texts() == ["a", "b"]


async def test_a_process_that_dies_early_repeats_nothing_but_help(store, wire, boxes):
    """A crash loop does not say one thing each round; help is worth a copy."""
    await promise(store, "1", *say("a"))
    await promise(store, "2", *say("help", priority=HELP))
    for _ in range(3):
        outbox = boxes(SLOW_START)
        await outbox.start()
        await until(lambda: "help" in wire.texts())
        await outbox.stop(limit=0.0)

    assert "a" not in wire.texts()


async def test_each_life_that_died_over_a_row_makes_the_next_wait_longer(store, boxes):
    """Settling grows with the attempts, and never beyond the longest patience."""
    outbox = boxes(Pace(settle=2.0, patience=60.0))

    waits = [outbox._settle(attempts) for attempts in range(5)]

    assert waits == [2.0, 8.0, 32.0, 60.0, 60.0]


async def test_marks_survive_a_store_that_fails_for_a_while(store, wire):
    """What was sent is marked as soon as the disk has room again."""

    class Moody:
        """A store that refuses its first commits."""

        failures = 3

        async def run(self, work: Callable[[Tx], T]) -> T:
            if self.failures:
                self.failures -= 1
                raise OSError("full")
            return await store.run(work)

        async def close(self) -> None: ...

    outbox = Outbox(Moody(), {"telegram": wire}, replace(FAST, patience=0.001), Now())
    outbox.accept(await promise(store, "1", *say("a", "b")))

    await finish(outbox)
    await outbox.stop()

    assert wire.asked == [("1", "a"), ("1", "b")]
    assert await left(store) == []


# --- someone is erased --------------------------------------------------------------------


async def test_what_was_promised_before_an_erasing_is_not_sent(store, wire, boxes):
    """Neither what waits for later, nor what was under way and failed; the last words go out."""
    outbox = boxes()
    wire.held, wire.faults = {"under way": asyncio.Event()}, {"under way": [NotSent("500")]}
    outbox.accept(
        [*await promise(store, "1", *say("under way")), *await promise(store, "2", *say("another's"))]
    )
    later = await store.run(
        lambda tx: tx.promise(tx.person_at("telegram", "1").id, Outbound(text="later"), not_before=4e9)
    )
    outbox.accept([later])
    await until(lambda: len(wire.asked) == 2)

    outbox.accept(await promise(store, "1", Outbound("scrub", priority=HELP), *say("done")))
    wire.held["under way"].set()
    await finish(outbox)

    assert wire.texts("1") == ["done"]
    assert wire.texts("2") == ["another's"]


async def test_an_erasing_waits_for_nobodys_patience(store, wire, boxes):
    """The other side may ask for an hour: that is between it and the words."""
    outbox = boxes()
    wire.faults = {"too fast": [TooFast(3600.0)]}
    outbox.accept(await promise(store, "1", *say("too fast")))
    await until(lambda: wire.asked)

    rows = await promise(store, "1", Outbound("scrub", priority=HELP), *say("done"))
    outbox.accept(rows)

    await until(lambda: outbox.waiting == 1)
    assert wire.texts() == []


# --- emptying a chat ----------------------------------------------------------------------


async def test_deleting_that_fails_for_ever_keeps_no_help_back(store, wire, boxes):
    """It is tried three times at once; then what else is to be said is said, and it is tried on and on."""
    outbox = boxes(replace(FAST, patience=0.01))
    wire.faults[""] = [NotSent("500") for _ in range(6)]
    outbox.accept(
        await promise(store, "1", Outbound("delete", upto=10**9, priority=HELP), *say("card", priority=HELP))
    )

    await finish(outbox)

    assert wire.done == [("1", "card"), ("1", "")]
    assert await left(store) == []


async def test_what_was_promised_before_a_chat_is_emptied_is_not_sent(store, wire, boxes):
    """Not even what was under way and has to be repeated; what is promised later is."""
    outbox, gate = boxes(), asyncio.Event()
    wire.held["first"], wire.faults["first"] = gate, [NotSent("500")]
    outbox.accept(await promise(store, "1", *say("first", "second")))
    await until(lambda: wire.flying)

    outbox.accept(await promise(store, "1", Outbound("delete", upto=0, priority=HELP), *say("after")))
    gate.set()
    await finish(outbox)

    assert wire.texts() == ["", "after"]
