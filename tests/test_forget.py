"""Erasing a person through the front door: nothing of theirs is left, nothing opens, and the last words arrive."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.exchange import CHANNEL
from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.model import Arrival, Outbound
from bot.ports import Tx
from bot.seal import Seal, SealError
from bot.store.sqlite import SqliteStore, StoreError
from tests.serving import WITHIN, everything

pytest_plugins = ["tests.fixtures"]

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
CANARY = "a yellow canary"
TABLES = ("person", "address", "session", "kept", "timer", "outbox")


class House:
    """A chat over a store on the disk that can be closed and opened again."""

    def __init__(self, folder):
        self.folder, self.clock = folder, ScriptClock(NOW)
        self.open()

    def open(self):
        self.store = SqliteStore.open(self.folder, Seal(b"f" * 32))
        self.talk = Conversation(everything(), self.clock, seed=3, contact="ask@example.org")
        self.chat = PlainChat(self.store, self.talk, self.clock)

    async def says(self, *lines):
        said = [one for line in lines for one in await self.chat.say(line)]
        return [line for line in said if not line.startswith("you: ")]

    async def me(self):
        return await self.store.run(lambda tx: tx.person_at(CHANNEL, "me"))

    def rows(self, question):
        with closing(sqlite3.connect(self.folder / "befriend.db")) as db:
            return db.execute(question).fetchall()

    def counts(self):
        return {table: self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}  # noqa: S608  # names of ours


@pytest.fixture
async def house(tmp_path):
    """Someone who agreed, kept words, has something set for later, an open talk, and words on their way."""
    house = House(tmp_path / "data")
    await house.says("hello", "Go on", "ok", "yes", "yes")

    def live(tx: Tx):
        me = tx.person_at(CHANNEL, "me")
        me.variables["word"] = CANARY
        tx.save_person(me)
        tx.keep(me.id, "sentence", CANARY)
        tx.keep(me.id, "sentence", CANARY, "grief")
        tx.keep(me.id, "note", f"people\n{CANARY}", "safety")
        tx.set_timer(me.id, "letter", 1, NOW + timedelta(days=40), CANARY.encode())
        tx.promise(me.id, Outbound(text=CANARY), not_before=(NOW + timedelta(days=2)).timestamp())
        tx.quarantine(tx.arrive([Arrival(CHANNEL, 5, "me", CANARY.encode())])[0].id, "error")
        return me

    await house.store.run(live)
    await house.says(CANARY)
    yield house
    await house.store.close()


async def test_nothing_is_left_but_a_stranger(house):
    """Rows, timers, the open talk, what was put aside and what was on its way: all of it is gone."""
    me = await house.me()

    said = await house.says("forget me", "Erase it all", "Yes, erase")

    assert "bot: A word from you begins from the start." in said[-1]
    assert house.counts() | {"outbox": 0} == {
        "person": 1, "address": 1, "session": 0, "kept": 0, "timer": 0, "outbox": 0,
    }  # fmt: skip
    assert me.id not in {person for (person,) in house.rows("SELECT person FROM outbox")}
    assert house.rows("SELECT count(*) FROM outbox WHERE body IS NOT NULL") == [(0,)]
    assert house.rows("SELECT count(*) FROM inbox WHERE body IS NOT NULL") == [(0,)]
    stranger = await house.me()
    assert stranger.id != me.id
    assert (stranger.consent, stranger.variables, stranger.seen, stranger.last_seen) == (0, {}, b"", "")


async def test_no_copy_opens_what_was_erased(house, tmp_path):
    """A backup of the data is closed by the erasing itself; the log is empty, and no file holds the words."""
    me = await house.me()
    await house.store.close()
    shutil.copy(house.folder / "befriend.db", tmp_path / "copy.db")
    house.open()

    await house.says("/forget", "erase it all", "yes, erase")

    assert (house.folder / "befriend.db-wal").stat().st_size == 0
    await house.store.close()
    shutil.copy(tmp_path / "copy.db", house.folder / "befriend.db")
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in house.folder.iterdir())
    house.open()
    for read in (
        lambda tx: tx.person(me.id),
        lambda tx: tx.kept(me.id, "sentence"),
        lambda tx: tx.timers(me.id),
    ):
        with pytest.raises(SealError):
            await house.store.run(read)
    assert (await house.me()).id != me.id


async def test_the_last_words_arrive_after_a_crash(house):
    """They are promised with the erasing, to whoever is at this chat from then on."""
    await house.says("/forget", "erase it all")
    asked = house.chat._exchange
    rows = await asked.say("Yes, erase")
    assert any(row.outbound.op == "scrub" for row in rows)
    await house.store.close()
    house.open()

    said = await house.chat.recover()

    assert [line[:15] for line in said] == ["bot: It's done.", "bot: A word fro"]
    assert house.rows("SELECT count(*) FROM outbox WHERE state = 'waiting'") == [(0,)]


async def test_what_was_promised_for_later_is_not_said(house):
    """A reminder of yesterday's does not come after the erasing, in the same run neither."""
    me = await house.me()
    later = (NOW + timedelta(hours=5)).timestamp()
    row = await house.store.run(lambda tx: tx.promise(me.id, Outbound(text=CANARY), not_before=later))
    await house.chat.show([row])

    await house.says("/forget", "erase it all", "yes, erase")

    assert await house.says("@+1d") == ["@+1d"]


async def test_a_timer_of_someone_who_is_gone_makes_nobody(house):
    """It had become due before; nobody is there any more, and nobody is made for it."""
    me = await house.me()
    await house.store.run(lambda tx: tx.set_timer(me.id, "letter", 1, NOW, b"x"))
    (due,) = await house.store.run(lambda tx: tx.due(NOW))
    await house.store.run(lambda tx: tx.forget(me.id))

    assert await house.chat._exchange._answer(due) == []
    assert house.counts() == dict.fromkeys(TABLES, 0)


class Failing:
    """A connection whose next commit fails, after somebody's keys were destroyed."""

    def __init__(self, db, keys):
        self._db, self._keys, self.failed = db, keys, 0

    def __getattr__(self, name):
        return getattr(self._db, name)

    def execute(self, query, *given):
        if query == "COMMIT" and self._keys._over and not self.failed:
            self.failed += 1
            raise sqlite3.OperationalError("database or disk is full")
        return self._db.execute(query, *given)


async def _cut_short(house, chosen):
    """Have the erasing fail between its two commits."""
    await house.says("/forget", "erase it all")
    whole = house.store._db
    house.store._db = Failing(whole, house.store._keys)
    with pytest.raises(StoreError):
        await house.says(chosen)
    house.store._db = whole


async def test_an_erasing_that_was_cut_short_is_no_silence(house):
    """Killed between keys and rows: at the next start the last words are promised, once."""
    me = await house.me()
    await _cut_short(house, "yes, erase")
    await house.store.close()
    house.open()
    said = await house.chat.recover()
    with closing(sqlite3.connect(house.folder / "keys.db")) as keys:
        left = keys.execute(
            "SELECT (SELECT count(*) FROM farewell) + (SELECT count(*) FROM begun)"
        ).fetchone()

    assert [line[:15] for line in said] == ["bot: It's done.", "bot: A word fro"]
    assert left == (0,)
    assert (await house.me()).id != me.id
    assert await house.store.run(lambda tx: tx.person(me.id)) is None


async def test_an_erasing_that_failed_is_told_with_the_next_word(house):
    """The same process goes on: whoever was erased hears of it before they are met as a stranger."""
    await _cut_short(house, "yes, and empty the chat")
    rows = await house.chat._exchange.say("hello")
    ops = [row.outbound.op for row in rows]
    said = [row.outbound.text for row in rows if row.outbound.text]

    assert ops[0] == "scrub"
    assert said[0].startswith("It's done.")
    assert len(said) > 2
    assert len({row.id for row in rows}) == len(rows)
    assert await house.store.run(lambda tx: tx.belated()) == []


async def test_the_note_of_the_last_words_is_sealed(house):
    """Neither the chat's name nor a word stands in the file in the clear, and nothing stands there for long."""
    await _cut_short(house, "yes, erase")
    keys = house.folder / "keys.db"
    (note,) = (sealed for (sealed,) in closing_rows(keys, "SELECT sealed FROM farewell"))

    assert b"It's done" not in keys.read_bytes() + note
    await house.says("hello")
    assert note not in keys.read_bytes()


def closing_rows(path, question):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(question).fetchall()


async def test_a_stranger_is_gone_a_day_later(house):
    """What was made for the last words goes like everyone who never agreed."""
    await house.says("/forget", "erase it all", "yes, erase")
    stranger = await house.me()

    def tomorrow(tx):
        for person in tx.sweep(2**40, 2**40, 2**40):
            tx.forget(person)
        return tx.person(stranger.id)

    assert await house.store.run(tomorrow) is None
    assert set(house.counts().values()) == {0}


async def test_a_talk_on_its_way_back_does_not_come_back(house):
    """A timer that was due when the person was erased is nobody's."""
    me = await house.me()
    await house.says("/forget", "erase it all")
    await house.store.run(lambda tx: tx.set_timer(me.id, "aside:sit/word", 1, NOW, b'{"frames":[["sit"]]}'))
    (due,) = await house.store.run(lambda tx: tx.due(NOW))
    await house.says("yes, erase")

    said = await house.chat.show(await house.chat._exchange._answer(due))

    assert said == []
    assert house.counts()["session"] == 0


async def test_others_keep_everything(house):
    """One chat's erasing is not another's."""

    def live(tx):
        other = tx.person_at(CHANNEL, "other")
        tx.keep(other.id, "sentence", "mine")
        return other.id

    other = await house.store.run(live)
    await house.says("/forget", "erase it all", "yes, erase")

    assert await house.store.run(lambda tx: tx.kept(other, "sentence")) == ["mine"]


# --- on Telegram ------------------------------------------------------------------------


async def test_on_telegram_it_takes_two_taps_and_a_third_changes_nothing(server, bot):
    """The buttons go, the last words come, and a double tap is met with silence."""
    sam = server.person(7)
    async with bot.running():
        sam.says("forget me")
        await sam.hears(2, timeout=WITHIN)
        sam.taps("Erase it all")
        (sure,) = await sam.hears(timeout=WITHIN)
        data = sure.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        sam.taps("Yes, erase")
        sam.presses(sure.raw, data)
        last = await sam.hears(2, timeout=WITHIN)
        sam.presses(sure.raw, data)
        sam.says("hello")
        after = await sam.hears(2, timeout=WITHIN)

    assert last[0].text.startswith("It's done.")
    assert after[0].text.startswith(("Hi", "Hello"))
    assert after[1].text.startswith("I'm a program.")
    assert sam.screen().labels == after[1].labels
    assert len([bubble for bubble in sam.screen().bubbles if bubble.bot]) == 2 + 1 + 2 + 2
    assert bot.rows("SELECT count(*) FROM person") == [(1,)]
    assert bot.rows("SELECT count(*) FROM outbox WHERE body IS NOT NULL") == [(0,)]


async def test_on_telegram_the_chat_can_be_emptied_too(server, bot):
    """Both sides' messages of the last two days go; the last words stay."""
    sam = server.person(7)
    async with bot.running():
        sam.says("hello there")
        await sam.hears(2, timeout=WITHIN)
        sam.says("/forget")
        await sam.hears(2, timeout=WITHIN)
        sam.taps("Erase it all")
        await sam.hears(timeout=WITHIN)
        sam.taps("Yes, and empty the chat")
        last = await sam.hears(2, timeout=WITHIN)

    assert [bubble.text for bubble in sam.screen().bubbles] == [bubble.text for bubble in last]
    assert last[0].text.startswith("It's done.")
    assert bot.rows("SELECT count(*) FROM outbox WHERE state = 'waiting'") == [(0,)]


async def test_on_telegram_a_repeated_update_erases_nothing_twice(server, bot):
    """After a restart the same tap is known by its bare number."""
    sam = server.person(7)
    async with bot.running() as store:
        sam.says("/forget")
        await sam.hears(2, timeout=WITHIN)
        sam.taps("Erase it all")
        await sam.hears(timeout=WITHIN)
        sam.taps("Yes, erase")
        await sam.hears(2, timeout=WITHIN)
        keys = bot.rows("SELECT key FROM inbox ORDER BY id")
        stranger = await store.run(lambda tx: tx.person_at("telegram", "7").id)
        again = await store.run(
            lambda tx: tx.arrive([Arrival("telegram", key, "7", b"{}") for (key,) in keys])
        )
        await asyncio.sleep(0)

    assert len(keys) == 3
    assert again == []
    assert bot.rows("SELECT id FROM person") == [(stranger,)]
