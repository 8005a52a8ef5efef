"""One round of letting go: what goes, what is told to whom, and whether another round must follow."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import retention
from bot.conversation import Conversation
from bot.model import CONSENT, Arrival
from bot.retention import LIMITS, NOTICES, tend
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.session import Frame, Session, from_json
from tests.content import SYSTEM, content
from tests.moving_clock import MovingClock

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST, LAST = NOTICES
YEAR = LIMITS["people"]
TALK = Session([Frame("menu", step="ask", answers={"words": "zebra"})])
MENU = """
flow: menu
steps:
  ask: {say: "What is it?", ask: words, to: end}
"""
NOTES = """
  leaving: {any: ["A month is left.", "Another month is left."]}
  last_leaving: {any: ["Two weeks are left.", "Another two weeks are left."]}
"""
MONTH_LEFT, WEEKS_LEFT = (
    {"A month is left.", "Another month is left."},
    {"Two weeks are left.", "Another two weeks are left."},
)


class House:
    """A store in which people were last heard of at different times."""

    def __init__(self, folder):
        self.at = NOW
        self.store = SqliteStore.in_memory(Seal(b"t" * 32))
        self.store.clock = self._clock
        flows = content(folder, system=SYSTEM.rstrip() + NOTES, menu=MENU)
        self.shared = Conversation(flows, MovingClock(NOW))._shared

    def _clock(self):
        return self.at.timestamp()

    async def has(self, age, name, *, consent=CONSENT, talk=False, **values):
        """Have somebody be there who was last heard of so long ago."""
        self.at = NOW - age

        def turn(tx):
            person = tx.person_at("telegram", name)
            person.consent = consent
            for key, value in values.items():
                setattr(person, key, value)
            tx.save_person(person)
            if talk:
                tx.save_session(person.id, TALK.to_json())

        await self.store.run(turn)
        self.at = NOW

    async def tends(self, after=timedelta(0)):
        """Let a round pass; return it."""
        self.at = NOW + after
        return await self.store.run(lambda tx: tend(self.shared, tx, self.at))

    async def there(self):
        """Return whom something is held of."""
        return {address for (address,) in await self.store.run(self._addresses)}

    @staticmethod
    def _addresses(tx):
        people = tx._db.execute("SELECT id FROM person ORDER BY id").fetchall()
        return [tx.address(person)[1:] for (person,) in people]


@pytest.fixture
async def house(tmp_path):
    house = House(tmp_path)
    yield house
    await house.store.close()


async def test_nothing_goes_on_its_very_last_second(house):
    """And everybody goes after it: who agreed after a year, a stranger after a day; a short round is the last."""
    for name, limit, consent in (("agreed", YEAR, CONSENT), ("stranger", LIMITS["strangers"], 0)):
        await house.has(limit, name, consent=consent, paused=True)
        await house.has(limit + SECOND, f"{name}, late", consent=consent, paused=True)
    tended = await house.tends()

    assert await house.there() == {"agreed", "stranger"}
    assert (tended.promised, tended.more) == ([], False)


async def test_answers_go_and_places_stay(house):
    """A day after the last word; a month after it the place goes too."""
    ages = {"now": timedelta(0), "day": LIMITS["answers"], "late": LIMITS["answers"] + SECOND}
    ages |= {"month": LIMITS["places"], "gone": LIMITS["places"] + SECOND}
    for name, age in ages.items():
        await house.has(age, name, talk=True)
    await house.tends()

    def left(tx):
        bodies = {name: tx.session(tx.person_at("telegram", name).id)[0] for name in ages}
        return {name: body and from_json(body).frames[0].answers for name, body in bodies.items()}

    answers = {"words": "zebra"}
    assert await house.store.run(left) == {
        "now": answers,
        "day": answers,
        "late": {},
        "month": {},
        "gone": None,
    }


async def test_what_was_put_aside_and_numbers_go(house):
    """A week after it came, and two days after it was answered."""
    ages = [
        limit + more for limit in (LIMITS["numbers"], LIMITS["set aside"]) for more in (timedelta(0), SECOND)
    ]

    def arrive(tx, number):
        (answered, failed) = tx.arrive([Arrival("telegram", number + each, "7", b"x") for each in (0, 1)])
        tx.finish(answered.id, number)
        tx.quarantine(failed.id, "error")

    for number, age in enumerate(ages):
        house.at = NOW - age
        await house.store.run(lambda tx, n=10 * number: arrive(tx, n))
    await house.tends()
    left = await house.store.run(lambda tx: tx._db.execute("SELECT key FROM inbox ORDER BY key").fetchall())

    assert [key for (key,) in left] == [0, 1, 11, 21]


async def test_whoever_has_been_away_is_told_twice(house):
    """After eleven months and two weeks before the end, each once; who comes late to it is told the last one only."""
    await house.has(FIRST, "early")
    await house.has(FIRST + SECOND, "first")
    await house.has(LAST + SECOND, "late")
    await house.has(LAST + SECOND, "left", paused=True)
    told = (await house.tends()).promised
    again = (await house.tends()).promised
    after = (await house.tends(LAST - FIRST)).promised
    texts = {row.address: row.outbound.text for row in told}

    assert [row.address for row in told] == ["late", "first"]
    assert texts["first"] in MONTH_LEFT
    assert texts["late"] in WEEKS_LEFT
    await house.tends(YEAR - FIRST + SECOND)

    assert again == []
    assert await house.there() == set()
    assert [(row.address, row.outbound.text in WEEKS_LEFT) for row in after] == [
        ("first", True),
        ("early", False),
    ]


@pytest.mark.parametrize(
    ("zone", "silent"), [("Pacific/Auckland", False), ("America/New_York", True)], ids=["evening", "night"]
)
async def test_a_note_wakes_nobody(house, zone, silent):
    """It goes by the clock of whom it is for."""
    await house.has(FIRST + SECOND, "7", variables={"zone": zone})
    (row,) = (await house.tends()).promised

    assert row.outbound.silent is silent


@pytest.mark.parametrize(("people", "more"), [(2, False), (3, True)])
@pytest.mark.parametrize(
    ("age", "talk"),
    [(LIMITS["answers"] + SECOND, True), (YEAR + SECOND, False), (FIRST + SECOND, False)],
    ids=["answers", "people", "notes"],
)
async def test_a_full_round_is_followed_by_another(house, monkeypatch, people, more, age, talk):
    """Of whatever it was full; each takes no more than that of a kind."""
    monkeypatch.setattr(retention, "BATCH", 3)
    for number in range(people):
        await house.has(age, str(number), talk=talk)

    assert (await house.tends()).more is more


@pytest.mark.parametrize(
    ("age", "talk"),
    [(LIMITS["answers"] + SECOND, True), (YEAR + SECOND, False), (FIRST + SECOND, False)],
    ids=["answers", "people", "notes"],
)
async def test_the_rest_waits_for_the_next_round(house, monkeypatch, age, talk):
    """Nobody's turn has to wait for more than one round of it; who has to go is told no more of two weeks."""
    monkeypatch.setattr(retention, "BATCH", 3)
    for number in range(7):
        await house.has(age, str(number), talk=talk)
    rounds = [await house.tends() for _ in range(3)]

    assert [tended.more for tended in rounds] == [True, True, False]
    assert [len(tended.promised) for tended in rounds] == ([3, 3, 1] if age == FIRST + SECOND else [0, 0, 0])
