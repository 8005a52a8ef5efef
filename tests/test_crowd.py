"""What comes by itself for a crowd keeps nobody waiting: neither whoever writes nor a talk that goes on."""

import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.dispatcher import CALM, FEW, GROUPS
from bot.model import Arrival
from bot.scheduler import BREATH, LONGEST
from tests import test_dispatcher
from tests.test_dispatcher import house, until  # noqa: F401  # the first is a fixture
from tests.test_scheduler import NOON, bot  # noqa: F401  # the same


async def crowd(house, people, body=b"{}"):  # noqa: F811  # the fixture
    """Have a timer's row for each of so many people."""
    arrivals = [Arrival("timer", number, str(number), body) for number in range(people)]

    def work(tx):
        for arrival in arrivals:
            tx.person_at("telegram", arrival.address)
        return tx.arrive(arrivals)

    return await house.store.run(work)


@asynccontextmanager
async def held(store):
    """Let the store carry out nothing until this is left; what is asked of it meanwhile waits in order."""
    reached, gate = threading.Event(), threading.Event()

    def wait(tx):
        reached.set()
        gate.wait(10)

    holding = asyncio.ensure_future(store.run(wait))
    await until(reached.is_set)
    try:
        yield
    finally:
        gate.set()
        await holding


async def test_whoever_writes_is_answered_before_a_crowd_is_through(house):  # noqa: F811
    """Two hundred are due first; the reply waits behind those in flight, which are two groups, and no others."""
    rows = await crowd(house, 200)
    written = await house.arrive(("writer", "hello"))
    async with held(house.store):  # until the words were heard, by a thread of their own
        house.dispatcher.accept(rows)
        house.dispatcher.accept(written)
        await until(lambda: house.store._jobs.qsize() == GROUPS + 1)
    await house.quiet()

    assert [*house.screen.told].index("writer") == GROUPS * FEW
    assert len(house.screen.told) == 201


async def test_one_whose_turn_fails_leaves_those_beside_it_alone(house):  # noqa: F811
    """A group is one transaction; where it is undone, each has a turn of its own, and each row has its end."""
    house.dispatcher._parsers["timer"] = test_dispatcher.read
    house.door.failing = {"b": 99}
    rows = await house.store.run(
        lambda tx: tx.arrive(
            [Arrival("timer", number, text, text.encode()) for number, text in enumerate("abc")]
        )
    )
    house.dispatcher.accept(rows)
    await house.quiet()

    assert house.screen.told == {"a": ["a"], "b": ["sorry"], "c": ["c"]}
    assert await house.waiting() == []


async def test_a_row_that_cannot_be_read_leaves_those_beside_it_alone(house):  # noqa: F811
    """It is put aside, and the others have their turns."""
    house.dispatcher._parsers["timer"] = test_dispatcher.read
    rows = await house.store.run(
        lambda tx: tx.arrive(
            [
                Arrival("timer", number, text, text.encode())
                for number, text in enumerate(("a", "poison", "c"))
            ]
        )
    )
    house.dispatcher.accept(rows)
    await house.quiet()

    assert house.screen.told == {"a": ["a"], "c": ["c"]}
    assert await house.waiting() == []


async def test_nothing_comes_by_itself_while_much_waits_to_be_sent(house, monkeypatch):  # noqa: F811
    """Calm is: every row has its turn, and the outbox is through in ten seconds of Telegram's pace."""
    called = []
    house.dispatcher.on_calm(lambda: called.append(house.dispatcher.calm))
    at_first = house.dispatcher.calm
    rows = await crowd(house, 5 * FEW)
    house.dispatcher.accept(rows)
    with_rows = house.dispatcher.calm
    await house.quiet()
    monkeypatch.setattr(house.outbox, "_open", CALM + 1)

    assert (at_first, with_rows, called, house.dispatcher.calm) == (True, False, [True], False)


async def test_a_talk_goes_on_while_the_crowd_has_to_wait(bot):  # noqa: F811
    """A wait that ends has its turn before hundreds that were due long before it."""

    def work(tx):
        for number in range(300):
            tx.set_timer(tx.person_at("telegram", str(number)).id, "letter", 1, NOON - timedelta(hours=1))
        tx.set_timer(tx.person_at("telegram", "talk").id, "flow", 1, NOON)

    await bot.scheduler.look()
    await bot.store.run(work)
    bot.taker.calm = False
    wait = await bot.scheduler.look()
    talk = [row.arrival.address for row in bot.taker.fired]
    bot.taker.calm, bot.taker.fired = True, []
    again = await bot.scheduler.look()

    assert (talk, wait) == (["talk"], BREATH)
    assert (len(bot.taker.fired), again) == (100, 0.0)


async def test_an_idle_bot_looks_each_half_minute(bot):  # noqa: F811
    """Nobody is due: one look, and a long sleep."""
    assert [await bot.scheduler.look() for _ in range(2)] == [LONGEST] * 2
