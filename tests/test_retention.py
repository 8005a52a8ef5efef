"""What has had its time goes within a day, and nothing goes early."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Conversation
from bot.model import CONSENT, Arrival, Outbound
from bot.retention import BATCH, LIMITS, MONTH, NOTICES
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.session import Frame, Session
from tests.moving_clock import MovingClock
from tests.serving import WITHIN, everything
from tests.test_talk import Chat

pytest_plugins = ["tests.fixtures"]

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = "a grey zebra"


# --- one of each class --------------------------------------------------------------------


def agreed(tx, address="7"):
    person = tx.person_at("telegram", address)
    person.consent, person.adult = CONSENT, True
    tx.save_person(person)
    return person.id


def talking(tx, address="7"):
    person = agreed(tx, address)
    tx.save_session(person, Session([Frame("menu", step="listen", answers={"first_words": WORDS})]).to_json())
    return person


def put_aside(tx):
    agreed(tx)
    (pending,) = tx.arrive([Arrival("telegram", 12, "7", WORDS.encode())])
    tx.quarantine(pending.id, "Poison $", 4712)


def exchanged(tx):
    person = agreed(tx)
    (pending,) = tx.arrive([Arrival("telegram", 12, "7", WORDS.encode())])
    tx.finish(pending.id, 4712)
    tx.sent(tx.promise(person, Outbound(text=WORDS)).id, 4713)


def count(tx, table, what="*"):
    return tx._db.execute(f"SELECT count({what}) FROM {table}").fetchone()[0]  # noqa: S608  # names of ours


def bodies(tx):
    return [tx.session(person)[0] or b"" for (person,) in tx._db.execute("SELECT id FROM person").fetchall()]


@dataclass(frozen=True)
class Kind:
    """A class of things: how one comes to be, and whether it is there."""

    name: str
    put: Callable
    there: Callable


KINDS = (
    Kind("answers", talking, lambda tx: any(WORDS.encode() in body for body in bodies(tx))),
    Kind("places", talking, lambda tx: count(tx, "session") > 0),
    Kind("strangers", lambda tx: tx.person_at("telegram", "7"), lambda tx: count(tx, "person") > 0),
    Kind("numbers", exchanged, lambda tx: count(tx, "inbox", "message") + count(tx, "outbox", "message") > 0),
    Kind("set aside", put_aside, lambda tx: count(tx, "inbox") > 0),
    Kind("people", agreed, lambda tx: count(tx, "person") > 0),
)


def test_each_class_of_the_table_has_a_test():
    """A limit that is added is held."""
    assert {kind.name for kind in KINDS} == set(LIMITS)


async def after(kind, *ages):
    """Put one thing of a class into a store, and return whether it is there when it is so old."""
    clock = MovingClock(NOW)
    store = SqliteStore.in_memory(Seal(b"r" * 32))
    store.clock = lambda: clock.now().timestamp()
    talk = Conversation(everything(), clock)
    found = []
    try:
        await store.run(kind.put)
        for age in ages:
            clock.put(NOW + age)
            while (await store.run(talk.tend)).more:
                pass
            found.append(await store.run(kind.there))
    finally:
        await store.close()
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_it_goes_within_an_hour_of_its_limit_and_not_before(kind):
    """As the rounds come, one an hour."""
    limit = LIMITS[kind.name]
    rounds = [limit + timedelta(hours=hours) for hours in range(-30, 3)]

    there = await after(kind, *rounds)

    assert there == [age <= limit for age in rounds]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KINDS), st.timedeltas(timedelta(0), timedelta(days=800)))
def test_at_any_age_it_is_there_or_not_as_the_table_says(kind, age):
    """Whenever the bot was off, and for however long."""
    whole = timedelta(seconds=int(age.total_seconds()))

    assert asyncio.run(after(kind, whole)) == [whole <= LIMITS[kind.name]]


def test_a_year_is_no_shorter_than_a_year():
    """Twelve months of the table are a day more, at most."""
    assert timedelta(days=366) <= LIMITS["people"] <= timedelta(days=367)
    assert NOTICES == (11 * MONTH, 11.5 * MONTH)


async def test_bodies_are_not_held_at_all():
    """What came is wiped as it is answered, what is said as it is sent."""
    store = SqliteStore.in_memory(Seal(b"r" * 32))
    try:
        await store.run(exchanged)
        held = await store.run(lambda tx: [count(tx, table, "body") for table in ("inbox", "outbox")])
    finally:
        await store.close()

    assert held == [0, 0]


async def test_a_stranger_in_the_middle_of_a_talk_is_no_stranger_of_yesterday():
    """Their row may be older than their last word."""
    clock = MovingClock(NOW)
    store = SqliteStore.in_memory(Seal(b"r" * 32))
    store.clock = lambda: clock.now().timestamp()
    talk = Conversation(everything(), clock)

    def goes_on(tx):
        tx.save_session(tx.person_at("telegram", "7").id, b'{"frames":[]}')

    try:
        await store.run(lambda tx: tx.person_at("telegram", "7"))
        clock.move(hours=20)
        await store.run(goes_on)
        clock.move(hours=20)
        await store.run(talk.tend)
        kept = await store.run(lambda tx: count(tx, "person"))
        clock.move(hours=5)
        await store.run(talk.tend)
        gone = await store.run(lambda tx: count(tx, "person"))
    finally:
        await store.close()

    assert (kept, gone) == (1, 0)


async def test_a_crowd_goes_in_small_rounds():
    """Nobody's turn waits behind a thousand erasures; all of them go."""
    clock = MovingClock(NOW)
    store = SqliteStore.in_memory(Seal(b"r" * 32))
    store.clock = lambda: clock.now().timestamp()
    talk = Conversation(everything(), clock)
    try:
        await store.run(lambda tx: [agreed(tx, str(n)) for n in range(2 * BATCH + 10)])
        clock.put(NOW + LIMITS["people"] + DAY)
        left = []
        while (await store.run(talk.tend)).more:
            left.append(await store.run(lambda tx: count(tx, "person")))
        left.append(await store.run(lambda tx: count(tx, "person")))
    finally:
        await store.close()

    assert left == [BATCH + 10, 10, 0]


# --- people who have been away ------------------------------------------------------------


class Life(Chat):
    """A chat whose store goes by the chat's clock, with a round of letting go each day."""

    def open(self):
        super().open()
        self.store.clock = lambda: self.clock.now().timestamp()

    async def passes(self, days):
        """Let days go by; return what is sent meanwhile, with the day."""
        told = []
        for _ in range(days):
            self.clock.move(self.clock.now() + DAY)
            tended = await self.store.run(self.conversation.tend)
            told += [(self.clock.now().date(), row.outbound) for row in tended.promised]
        return told

    async def consent(self):
        """Return the version that the person at this chat agreed to; 0 for a stranger."""
        return (await self.store.run(lambda tx: tx.person_at("terminal", "me"))).consent


@pytest.fixture
async def life(tmp_path):
    life = Life(everything(), tmp_path / "data", now=NOW)
    await life.store.run(_agree)
    await life.say("hello", "stop")
    yield life
    await life.store.close()


def _agree(tx, **values):
    person = tx.person_at("terminal", "me")
    person.consent, person.adult = CONSENT, True
    for name, value in values.items():
        setattr(person, name, value)
    tx.save_person(person)


async def test_two_kind_notices_come_before_everything_is_erased(life):
    """After eleven months, and two weeks before the end; each once."""
    told = await life.passes(370)

    days = [(day - NOW.date()).days for day, _ in told]
    assert days == [336, 351]
    assert len({outbound.text for _, outbound in told}) == 2
    assert await life.consent() == 0


async def test_a_word_after_the_first_notice_keeps_everything(life):
    """And the year begins anew, notices and all."""
    await life.passes(340)
    await life.say("hello")
    quiet = await life.passes(330)
    told = await life.passes(40)

    assert quiet == []
    assert [(day - NOW.date()).days for day, _ in told] == [340 + 336, 340 + 351]
    assert await life.consent() == 0


async def test_who_left_is_told_nothing_and_erased_all_the_same(life):
    """They could not be reached, and would not want to be."""
    await life.store.run(lambda tx: _agree(tx, paused=True))

    assert await life.passes(366) == []
    assert await life.consent() == CONSENT
    assert await life.passes(2) == []
    assert await life.consent() == 0


async def test_who_was_away_while_the_bot_was_off_is_told_the_last_one_only(life):
    """Two notes in one hour are no kindness."""
    life.clock.move(life.clock.now() + 355 * DAY)

    assert len(await life.passes(1)) == 1
    assert await life.passes(5) == []


@pytest.mark.parametrize(("zone", "night"), [("Pacific/Auckland", False), ("America/New_York", True)])
async def test_notices_wake_nobody(life, zone, night):
    """At nine in London it is evening in Auckland, and four in the morning in New York."""
    await life.store.run(lambda tx: _agree(tx, variables={"zone": zone}))

    told = await life.passes(352)

    assert [outbound.silent for _, outbound in told] == [night, night]


async def test_what_comes_by_itself_is_no_sign_of_life(life):
    """A talk that was put aside and knocks does not make the year begin anew."""
    aside = Session([Frame("break", step="words")]).to_json()
    await life.store.run(
        lambda tx: tx.set_timer(
            tx.person_at("terminal", "me").id, "aside:break/words", 1, NOW + 100 * DAY, aside
        )
    )
    knocked = await life.say("@+100d")
    told = await life.passes(270)

    assert len(knocked) == 2
    assert [(day - NOW.date()).days for day, _ in told] == [336, 351]
    assert await life.consent() == 0


async def test_on_telegram_the_notices_are_sent(server, bot):
    """The rounds of the running bot do it, the first of them at its start."""
    old = datetime.now(UTC) - 11 * MONTH - DAY
    async with bot.running():
        sam = server.person(7)
        sam.says("/start")
        await sam.hears(timeout=WITHIN)
    store = SqliteStore.open(bot.folder / "data", Seal(b"e" * 32))
    store.clock = old.timestamp
    await store.run(agreed)
    await store.close()

    async with bot.running():
        (note,) = await sam.hears(timeout=WITHIN)

    assert "keeps it" in note.text
