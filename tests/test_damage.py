"""One body that does not open any more: the person is still answered, helped and erased, and so is everybody else."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bot import errands
from bot.belongings import gather
from bot.channels.exchange import CHANNEL
from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.model import Arrival, Outbound
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from tests.serving import everything
from tests.test_errands import NUMBER, lived, settings

__all__ = ["lived", "settings"]  # fixtures

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
BODIES = (
    *("person.body", "address.sealed", "session.body", "kept.body", "timer.body"),
    *("outbox.body", "outbox.message", "inbox.body", "inbox.message"),
)


@pytest.fixture
async def chat(tmp_path):
    """Someone who agreed and has something everywhere, in a talk."""
    clock = ScriptClock(NOW)
    store = SqliteStore.open(tmp_path / "data", Seal(b"d" * 32))
    chat = PlainChat(store, Conversation(everything(), clock, seed=3), clock)
    await chat.say("hello")
    await store.run(_live)
    await chat.say("menu")
    yield chat
    await store.close()


def _live(tx):
    me = tx.person_at(CHANNEL, "me")
    me.consent, me.adult, me.country = 3, True, "IE"
    tx.save_person(me)
    for compartment in ("self", "grief", "safety"):
        tx.keep(me.id, "sentence", compartment, compartment)
    for key in ("letter", "other"):
        tx.set_timer(me.id, key, 1, NOW + timedelta(days=40), b"x")
    tx.sent(tx.promise(me.id, Outbound(text="x")).id, 41)
    for number in (5, 6):
        tx.quarantine(tx.arrive([Arrival(CHANNEL, number, "me", b"x")])[0].id, "error", number)


def harmed(place, only=""):
    """Return a turn that damages every body in a column."""
    table, column = place.split(".")
    return lambda tx: (
        tx._addresses.clear(),
        tx._db.execute(f"UPDATE {table} SET {column} = zeroblob(60) WHERE {column} IS NOT NULL {only}"),  # noqa: S608  # from above
        None,
    )[-1]


@pytest.mark.parametrize("place", BODIES)
async def test_help_comes_whatever_is_damaged(chat, place):
    """A call for help is answered with lines to call."""
    await chat._exchange._store.run(harmed(place))

    said = "".join(await chat.say("help now"))

    assert ("findahelpline.com" if place == "person.body" else "116 123") in said


@pytest.mark.parametrize("place", BODIES)
@pytest.mark.parametrize("chosen", ["Yes, erase", "Yes, and empty the chat"])
async def test_whoever_is_damaged_can_be_erased(chat, place, chosen):
    """Nothing of theirs need open for it; the last words reach them."""
    store = chat._exchange._store
    me = (await store.run(lambda tx: tx.person_at(CHANNEL, "me"))).id
    await store.run(harmed(place))
    said = [await chat.say(line) for line in ("/forget", "Erase it all", chosen)]

    assert "It's done" in "".join(said[-1])
    assert await store.run(lambda tx: tx.person(me)) is None
    assert await store.run(lambda tx: tx.person_at(CHANNEL, "me").consent) == 0


@pytest.mark.parametrize("place", BODIES)
async def test_whoever_is_damaged_takes_along_what_opens(chat, place):
    """What does not is passed over, and all else comes."""
    store = chat._exchange._store
    await store.run(harmed(place))
    said = "".join([*await chat.say("/export"), *await chat.say("yes")])
    found = await store.run(lambda tx: gather(tx, tx.person_at(CHANNEL, "me"), NOW))

    assert said.count("(document ") == 2
    assert (len(found.kept), len(found.timers)) == (
        0 if place == "kept.body" else 3,
        0 if place == "timer.body" else 2,
    )


async def test_one_damaged_word_takes_no_other_away(chat):
    """What is kept beside it comes, in order."""
    store = chat._exchange._store
    await store.run(harmed("kept.body", "AND id = (SELECT min(id) + 1 FROM kept)"))

    assert await store.run(lambda tx: tx.kept(tx.person_at(CHANNEL, "me").id, "sentence")) == [
        "self",
        "safety",
    ]


async def test_a_damaged_talk_is_let_go(chat):
    """The next word begins another; nothing is said of it twice."""
    store = chat._exchange._store
    await store.run(harmed("session.body"))
    said = await chat.say("menu")

    assert said[-1].startswith("     [")
    assert (await store.run(lambda tx: tx.session(tx.person_at(CHANNEL, "me").id)))[0]


async def test_of_a_damaged_person_their_yes_is_left(chat):
    """What they kept is not taken for a stranger's, who goes after a day; their settings begin anew."""
    store = chat._exchange._store
    await store.run(harmed("person.body"))
    await chat.say("menu")
    me = await store.run(lambda tx: tx.person_at(CHANNEL, "me"))

    assert (me.consent, me.adult, me.country) == (3, True, "")
    assert await store.run(lambda tx: tx.sweep(0, 2**40, 0)) == []


@pytest.mark.parametrize("place", ["person.body", "address.sealed", "kept.body", "key.wrapped"])
async def test_the_operator_can_erase_and_export_whoever_is_damaged(lived, tmp_path, place):
    """Counts of what opens; the erasing takes all of it."""
    table, column = place.split(".")
    with closing(sqlite3.connect(lived.data_dir / ("keys.db" if table == "key" else "befriend.db"))) as db:
        db.execute(f"UPDATE {table} SET {column} = zeroblob(60)")  # noqa: S608  # from above
        db.commit()
    exported = await errands.export(lived, NUMBER, tmp_path)
    erased = await errands.forget(lived, NUMBER, sure=True)
    again = await errands.forget(lived, NUMBER, sure=True)

    assert exported.fine
    assert f"kept: {int(table not in ('kept', 'key'))}" in exported.lines
    assert (erased.lines[-1], again.fine) == ("Erased, the key first.", False)
