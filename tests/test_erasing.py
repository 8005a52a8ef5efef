"""The turn in which a person is erased: what is still to be sent to their chat, and by whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.erasing import Farewell, erase
from bot.model import HELP, Arrival, Outbound
from bot.seal import Seal
from bot.standing import REACH
from bot.store.sqlite import SqliteStore

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
EMPTY = Outbound("scrub", priority=HELP)


class House:
    """Somebody has talked: three bubbles and two messages of theirs stand in the chat, each at its hour."""

    def __init__(self):
        self.at = NOW
        self.store = SqliteStore.in_memory(Seal(b"e" * 32))
        self.store.clock = self._clock

    def _clock(self):
        return self.at.timestamp()

    async def stands(self, at, *numbers, arrived=None):
        """Have bubbles of the bot's, and a message of the person's, stand there since a time."""
        self.at = at

        def talk(tx):
            me = tx.person_at("telegram", "7").id
            sent = [tx.promise(me, Outbound(text=str(number))).id for number in numbers]
            for row, number in zip(sent, numbers, strict=True):
                tx.sent(row, number)
            if arrived:
                tx.finish(tx.arrive([Arrival("telegram", arrived, "7", b"x")])[0].id, arrived)
            return sent

        return await self.store.run(talk)

    async def goes(self, *last, empty=False, others=()):
        """Erase the person in a turn that says this; ~n is the nth of it. Return what is still to be done."""
        self.at = NOW

        def turn(tx):
            me = tx.person_at("telegram", "7").id
            asked = tx.arrive([Arrival("telegram", 99, "7", b"yes")])[0].id
            tx.finish(asked, 99)
            promised = []
            for each in last:
                target = promised[~each.target].id if (each.target or 0) < 0 else each.target
                promised.append(tx.promise(me, replace(each, target=target)))
            self.next = tx.arrive([Arrival("telegram", 100, "7", b"more")])[0].id
            tx.finish(self.next, 100)
            rows = erase(tx, me, Farewell(asked, NOW, promised, empty))
            return me, tx.person(me), rows, tx.promised(), tx.person_at("telegram", "7").id

        me, left, self.rows, waiting, stranger = await self.store.run(turn)
        assert left is None
        assert stranger != me
        assert [row.id for row in waiting if row.outbound not in others] == [row.id for row in self.rows]
        assert {(row.channel, row.address) for row in self.rows} == {("telegram", "7")}
        return [row.outbound for row in self.rows]


@pytest.fixture
async def house():
    house = House()
    yield house
    await house.store.close()


async def test_the_last_words_are_promised_anew_to_a_stranger(house):
    """The wiping of the store goes first; the question of before still loses its buttons."""
    (question,) = await house.stands(NOW, 41)
    close, bye = Outbound("close", target=question, text="Erase"), Outbound(text="bye", silent=True)

    assert await house.goes(close, bye) == [EMPTY, replace(close, message=41), bye]


async def test_what_was_still_to_be_deleted_is(house):
    """A word of the lock that the channel refused to delete so far, and a chat that was to be emptied."""
    await house.stands(NOW, 41, arrived=42)

    def late(tx):
        me = tx.person_at("telegram", "7").id
        upto = tx.arrive([Arrival("telegram", 43, "7", b"hide")])[0].id
        tx.finish(upto, 43)
        tx.promise(me, Outbound(text="never said"))
        tx.promise(me, Outbound("delete", messages=(17,), priority=HELP))
        tx.promise(me, Outbound("delete", upto=upto, priority=HELP))
        tx.promise(tx.person_at("telegram", "8").id, Outbound("delete", messages=(99,)))
        return [row.outbound for row in tx.promised() if row.address == "8"]

    others = await house.store.run(late)
    bye = Outbound(text="bye")
    kept = [
        EMPTY,
        Outbound("delete", messages=(17,), priority=HELP),
        Outbound("delete", messages=(43, 42, 41), priority=HELP),
        bye,
    ]

    assert await house.goes(bye, others=others) == kept


async def test_what_is_about_a_bubble_of_the_same_turn_follows_it(house):
    """Its row is another now; of an older one, the number is known already or never was."""
    (older,) = await house.stands(NOW, 41)
    unsent = 12_345
    words, more = Outbound(text="one"), Outbound(text="two")
    found = await house.goes(
        words,
        more,
        Outbound("pin", target=~1),
        Outbound("close", target=older, message=40),
        Outbound("close", target=unsent),
    )

    assert found == [
        EMPTY,
        words,
        more,
        Outbound("pin", target=house.rows[2].id),
        Outbound("close", target=older, message=40),
        Outbound("close", target=unsent),
    ]


async def test_what_stands_in_the_chat_goes_where_it_was_asked_for(house):
    """As far back as the channel deletes, up to the message that said the second yes; no question need be closed."""
    await house.stands(NOW - REACH - timedelta(seconds=1), 10, arrived=11)
    await house.stands(NOW - REACH, 20, arrived=21)
    (question,) = await house.stands(NOW - timedelta(hours=1), 30)
    bye = Outbound(text="bye")

    assert await house.goes(Outbound("close", target=question), bye, empty=True) == [
        EMPTY,
        Outbound("delete", messages=(99, 30, 21, 20), priority=HELP),
        bye,
    ]


async def test_what_stands_in_the_chat_stays_where_that_was_not_asked_for(house):
    """Nothing is deleted without a word."""
    await house.stands(NOW, 20, arrived=21)

    assert await house.goes(Outbound(text="bye")) == [EMPTY, Outbound(text="bye")]


async def test_where_nothing_is_said_nothing_is_deleted(house):
    """What stands there is known by what was said last."""
    await house.stands(NOW, 20)

    assert await house.goes(empty=True) == [EMPTY]


async def test_where_nothing_stands_nothing_is_deleted(house):
    """Numbers that are not known are asked of nobody."""

    def turn(tx):
        me = tx.person_at("telegram", "7").id
        row = tx.promise(me, Outbound(text="bye"))
        return [each.outbound.op for each in erase(tx, me, Farewell(0, NOW, [row], empty=True))]

    assert await house.store.run(turn) == ["scrub", "send"]
