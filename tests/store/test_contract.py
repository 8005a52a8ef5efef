"""What every store promises; each implementation is held to it."""

import asyncio
import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import Arrival, Outbound
from bot.seal import Seal, SealError
from bot.store import folder
from bot.store.sqlite import SqliteStore, StoreError

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SECRET = "nobody must read this zebra"


@pytest.fixture
def seal():
    return Seal(b"k" * 32)


@pytest.fixture(params=["on disk", "in memory"])
async def store(request, tmp_path, seal):
    opened = SqliteStore.open(tmp_path, seal) if request.param == "on disk" else SqliteStore.in_memory(seal)
    yield opened
    await opened.close()


def arrival(key, text=SECRET, address="7"):
    return Arrival("telegram", key, address, text.encode())


async def test_what_arrives_twice_is_stored_once(store):
    """The key of an arrival decides, whatever its body."""
    first = await store.run(lambda tx: tx.arrive([arrival(1), arrival(2)]))
    again = await store.run(lambda tx: tx.arrive([arrival(2, "other"), arrival(3)]))
    assert [pending.arrival.key for pending in first + again] == [1, 2, 3]


async def test_what_waits_comes_back_whole_and_in_order(store):
    """A restart finds every unfinished row as it arrived."""
    await store.run(lambda tx: tx.arrive([arrival(5), arrival(3), arrival(4)]))
    await store.run(lambda tx: tx.finish(tx.waiting()[1].id))
    waiting = await store.run(lambda tx: tx.waiting())
    assert [pending.arrival for pending in waiting] == [arrival(5), arrival(4)]


async def test_a_finished_arrival_is_still_known(store):
    """Telegram may deliver again what was answered; it is not answered twice."""
    await store.run(lambda tx: tx.finish(tx.arrive([arrival(1)])[0].id))
    assert await store.run(lambda tx: tx.arrive([arrival(1)])) == []


async def test_what_is_kept_in_the_place_of_others_is_all_of_its_kind(store):
    """In its order, in its compartment; other kinds and other people keep theirs."""

    def turn(tx):
        ann, ben = tx.person_at("telegram", "1").id, tx.person_at("telegram", "2").id
        for person, kind in ((ann, "note"), (ann, "sentence"), (ben, "note")):
            tx.keep(person, kind, "old")
        tx.keep_only(ann, "note", ["one", "two"], "safety")
        tx.keep(ann, "note", "three")
        return ann, ben

    ann, ben = await store.run(turn)

    assert await store.run(lambda tx: tx.kept_in(ann, "note")) == [
        ("safety", "one"),
        ("safety", "two"),
        ("self", "three"),
    ]
    assert await store.run(lambda tx: (tx.kept(ann, "sentence"), tx.kept(ben, "note"))) == (["old"], ["old"])
    await store.run(lambda tx: tx.keep_only(ann, "note", []))
    assert await store.run(lambda tx: tx.kinds(ann)) == ["sentence"]


async def test_an_exception_undoes_the_whole_turn_and_nobody_elses(store):
    """A person is never left half way between two states; others in the same commit do not notice."""

    def fails(tx):
        tx.save_session(tx.person_at("telegram", "1").id, b"half")
        raise ZeroDivisionError

    def works(tx):
        tx.save_session(tx.person_at("telegram", "2").id, b"whole")

    outcomes = await asyncio.gather(store.run(fails), store.run(works), return_exceptions=True)
    assert isinstance(outcomes[0], ZeroDivisionError)
    assert outcomes[1] is None
    session = await store.run(lambda tx: [tx.session(tx.person_at("telegram", at).id)[0] for at in "12"])
    assert session == [None, b"whole"]


async def test_a_person_is_found_again_by_address_and_has_a_random_id(store):
    """The id says nothing of the chat; the same chat is the same person, another channel is another."""
    ids = await store.run(
        lambda tx: [tx.person_at(*at).id for at in [("telegram", "7"), ("telegram", "7"), ("terminal", "7")]]
    )
    assert ids[0] == ids[1]
    assert ids[0] != ids[2]
    assert len(ids[0]) == 16


async def test_a_promise_waits_until_it_is_sent(store):
    """Sent and dropped operations leave the outbox; the message's number can be asked for."""
    rows = await store.run(
        lambda tx: [tx.promise(tx.person_at("telegram", "7").id, Outbound(text=t)) for t in ("a", "b", "c")]
    )
    await store.run(
        lambda tx: (tx.sent(rows[0].id, 99), tx.dropped(rows[1].id, "refused"), tx.claim([rows[2].id]))
    )
    left = await store.run(lambda tx: tx.promised())
    assert [(row.outbound.text, row.attempts, row.address) for row in left] == [("c", 1, "7")]
    assert await store.run(lambda tx: tx.message_of(rows[0].id)) == 99


async def test_a_delay_outlives_a_restart(tmp_path, seal):
    """Being told to wait is remembered."""
    store = SqliteStore.open(tmp_path, seal)
    row = await store.run(lambda tx: tx.promise(tx.person_at("telegram", "7").id, Outbound(text="a")))
    await store.run(lambda tx: tx.delayed(row.id, 1234.5))
    await store.close()
    store = SqliteStore.open(tmp_path, seal)
    assert [row.not_before for row in await store.run(lambda tx: tx.promised())] == [1234.5]
    await store.close()


async def test_a_due_timer_becomes_an_arrival_once(store):
    """Deleting the timer and putting the arrival into the inbox are one act."""

    def plan(tx):
        person = tx.person_at("telegram", "7").id
        tx.set_timer(person, "flow", 3, NOW, b"what for")
        tx.set_timer(person, "letter", 1, NOW + timedelta(days=40))

    await store.run(plan)
    assert await store.run(lambda tx: tx.due(NOW - timedelta(seconds=1))) == []
    (due,) = await store.run(lambda tx: tx.due(NOW))
    assert (due.arrival.channel, due.arrival.address) == ("timer", "7")
    assert b'"generation":3' in due.arrival.body
    assert b"what for" in due.arrival.body
    assert await store.run(lambda tx: tx.due(NOW)) == []
    assert await store.run(lambda tx: tx.next_due()) == NOW + timedelta(days=40)
    assert [pending.id for pending in await store.run(lambda tx: tx.waiting())] == [due.id]


async def test_forgetting_leaves_nothing_of_a_person(store):
    """Keys first, then every row; the same chat is a stranger afterwards."""

    def live(tx):
        pending = tx.arrive([arrival(1)])[0]
        person = tx.person_at("telegram", "7")
        tx.save_session(person.id, b"x")
        tx.keep(person.id, "sentence", SECRET)
        tx.promise(person.id, Outbound(text=SECRET))
        tx.set_timer(person.id, "flow", 1, NOW)
        return pending, person.id

    _, person = await store.run(live)
    await store.run(lambda tx: tx.forget(person))

    def look(tx):
        return (
            tx.person(person),
            tx.session(person),
            tx.waiting(),
            tx.promised(),
            tx.due(NOW),
            tx.person_at("telegram", "7").id,
        )

    found = await store.run(look)
    assert found[:5] == (None, (None, None), [], [], [])
    assert found[5] != person


async def test_kept_words_come_back_as_they_were(store):
    """Whatever Unicode they hold."""
    words = ["a", "\x00 NUL", "\u202eright to left", "👩‍👩‍👧", "x" * 16_000]

    def keep(tx):
        person = tx.person_at("telegram", "7").id
        for text in words:
            tx.keep(person, "sentence", text)
        return tx.kept(person, "sentence")

    assert await store.run(keep) == words


async def test_numbers_go_after_their_time_and_strangers_with_them(store):
    """Done rows leave after 48 hours; who never agreed is named so that they can be forgotten."""

    def live(tx):
        tx.now = 1000
        tx.finish(tx.arrive([arrival(1, address="1")])[0].id)
        stranger, friend = tx.person_at("telegram", "1"), tx.person_at("telegram", "2")
        friend.consent = 1
        tx.save_person(friend)
        return stranger.id

    stranger = await store.run(live)
    assert await store.run(lambda tx: tx.sweep(1001, 1001, 0)) == [stranger]
    assert len(await store.run(lambda tx: tx.arrive([arrival(1)]))) == 1


async def test_many_turns_share_commits_and_keep_their_order(store):
    """A thousand at once: every one counted, each person's in order."""

    def note(tx, number):
        person = tx.person_at("telegram", str(number % 20)).id
        tx.save_session(person, (tx.session(person)[0] or b"") + b"%d," % number)

    await asyncio.gather(*(store.run(lambda tx, n=number: note(tx, n)) for number in range(1000)))
    for chat in range(20):
        body = await store.run(lambda tx, c=chat: tx.session(tx.person_at("telegram", str(c)).id)[0])
        assert [int(n) for n in body.split(b",")[:-1]] == list(range(chat, 1000, 20))


async def test_no_word_of_a_person_is_in_the_files(tmp_path, seal):
    """Database, write-ahead log and shared memory hold nothing in the clear, nor the chat's id."""
    store = SqliteStore.open(tmp_path, seal)

    def live(tx):
        tx.arrive([arrival(1, address="chat-4711")])
        person = tx.person_at("telegram", "chat-4711")
        person.variables["thing"] = SECRET
        tx.save_person(person)
        tx.save_session(person.id, SECRET.encode())
        tx.keep(person.id, "sentence", SECRET)
        tx.promise(person.id, Outbound(text=SECRET))
        tx.set_timer(person.id, "letter", 1, NOW, SECRET.encode())

    await store.run(live)
    whole = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"zebra" not in whole
    assert b"4711" not in whole
    await store.close()


async def test_a_body_moved_to_another_person_does_not_open(tmp_path, seal):
    """Sealed bodies are bound to owner, table and row; a talk that is another's is let go."""
    store = SqliteStore.open(tmp_path, seal)
    people = [await store.run(lambda tx, a=a: tx.person_at("telegram", a).id) for a in "12"]
    await store.run(lambda tx: [tx.save_session(person, b"mine") for person in people])
    await store.close()
    db = sqlite3.connect(tmp_path / folder.NAME)
    db.execute("UPDATE session SET body = (SELECT body FROM session WHERE person = ?)", (people[0],))
    db.commit()
    db.close()
    store = SqliteStore.open(tmp_path, seal)
    assert await store.run(lambda tx: tx.session(people[0])) == (b"mine", None)
    assert [await store.run(lambda tx: tx.session(people[1])) for _ in "12"] == [(None, None)] * 2
    await store.close()


async def test_a_second_process_is_refused_in_one_sentence(tmp_path, seal):
    """The lock is held as long as the store is open, and free afterwards."""
    store = SqliteStore.open(tmp_path, seal)
    with pytest.raises(StoreError, match="Another befriend is running"):
        SqliteStore.open(tmp_path, seal)
    await store.close()
    await SqliteStore.open(tmp_path, seal).close()


async def test_data_of_a_newer_version_is_refused(tmp_path, seal):
    """Nothing is touched that this version does not know."""
    await SqliteStore.open(tmp_path, seal).close()
    db = sqlite3.connect(tmp_path / folder.NAME)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="newer befriend"):
        SqliteStore.open(tmp_path, seal)


async def test_another_key_is_refused(tmp_path, seal):
    """Data sealed with one key is never mixed with another's."""
    await SqliteStore.open(tmp_path, seal).close()
    with pytest.raises(SealError, match="not the one"):
        SqliteStore.open(tmp_path, Seal(b"x" * 32))


def test_a_folder_that_cannot_be_written_is_named(tmp_path, seal):
    """The operator reads what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=re.escape(str(tmp_path / "file" / "data"))):
        SqliteStore.open(tmp_path / "file" / "data", seal)


def test_a_key_is_made_once_and_never_over_data(tmp_path):
    """A new key over old data would lock everybody out."""
    path = tmp_path / "keys" / "key"
    made = Seal.open(path, fresh=True)
    assert Seal.open(path, fresh=False).check == made.check
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    with pytest.raises(SealError, match="missing"):
        Seal.open(path, fresh=False)
    path.write_text("nonsense")
    with pytest.raises(SealError, match="not a Befriend key"):
        Seal.open(path, fresh=False)


async def test_a_place_with_a_wait_is_kept_until_the_wait_is_over(store):
    """A talk whose question goes on by itself in two months is not let go after one."""
    person = await store.run(lambda tx: tx.person_at("telegram", "7"))
    await store.run(lambda tx: tx.save_session(person.id, b"{}"))
    await store.run(lambda tx: tx.set_timer(person.id, "flow", 1, NOW + timedelta(days=60)))
    await store.run(lambda tx: tx.sweep(0, 0, 2**40))
    waited = await store.run(lambda tx: tx.session(person.id)[0])
    await store.run(lambda tx: tx.drop_timer(person.id, "flow"))
    await store.run(lambda tx: tx.sweep(0, 0, 2**40))

    assert (waited, await store.run(lambda tx: tx.session(person.id)[0])) == (b"{}", None)
