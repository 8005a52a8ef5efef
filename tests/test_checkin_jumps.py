"""However the machine's clock jumps: no check-in is lost, none comes twice, and nobody gets a heap of them."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot import checkins, scheduler
from bot.conversation import Conversation, parse_timer
from bot.model import Plan
from bot.scheduler import Scheduler
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.turn import Heard
from tests.content import content
from tests.moving_clock import MovingClock
from tests.test_due import FLOWS
from tests.test_scheduler import Taker

BEGIN = datetime(2026, 6, 8, tzinfo=UTC)
HOUR, DAY, YEARS = timedelta(hours=1), timedelta(days=1), timedelta(days=3653)
STEP = timedelta(minutes=10)
SPANS = {"1 h": HOUR, "1 day": DAY, "10 years": YEARS}
PLANS = (("09:00",), ("08:30", "21:30"), ("10:00", "14:00", "20:00"), ("12:10",), ("18:00", "19:30"))
ZONES = ("Etc/GMT", "Asia/Kathmandu", "America/Santiago")


class Town:
    """People with check-ins, and a bot that can be ended and begun anew. Lives for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, MovingClock(BEGIN)
        self.content = content(folder / "content", **FLOWS)
        self.real = BEGIN
        self.ahead = timedelta()
        self.came: Counter[tuple[str, str, str]] = Counter()
        self.most = 0  # to one person at one look
        self.begin()

    def begin(self) -> None:
        self.store = SqliteStore.open(self.folder / "data", Seal(b"j" * 32))
        self.store.clock = lambda: self.clock.now().timestamp()
        self.talk = Conversation(self.content, self.clock)
        self.taker = Taker()
        self.scheduler = Scheduler(self.store, self.taker, self.clock)  # type: ignore[arg-type]  # a stand-in

    async def restart(self) -> None:
        await self.store.close()
        self.begin()

    async def settle(self) -> None:
        """Have people with plans."""

        def work(tx):
            for number, times in enumerate(PLANS * len(ZONES)):
                person = tx.person_at("terminal", str(number))
                person.consent, person.adult = 99, True
                person.variables["zone"] = ZONES[number % len(ZONES)]
                person.checkins = Plan(times=list(times))
                tx.save_person(person)
                checkins.arm(tx, person, self.clock.now())

        await self.store.run(work)

    async def live(self, span: timedelta) -> None:
        """Let time pass, with a look every ten minutes."""
        until = self.real + span
        while self.real < until:
            self.clock.put(self.real + self.ahead)
            await self.look()
            self.real += STEP

    async def look(self) -> None:
        while True:
            await self.scheduler.look()
            rows, self.taker.fired = self.taker.fired, []
            if rows:
                said = await self.store.run(lambda tx: [self.turn(tx, row) for row in rows])  # noqa: B023  # run at once
                self.most = max([self.most, *Counter(who for who in said if who).values()])
            elif not self.scheduler._rearming:
                return

    def turn(self, tx, row):
        """Give a row its turn, as the dispatcher does; who got something has answered it a moment later."""
        before = dict(tx.person_at("terminal", row.arrival.address).checkins.sent)
        promised = self.talk.receive(tx, row, parse_timer(row.arrival.body), Heard())
        person = tx.person_at("terminal", row.arrival.address)
        (new,) = set(person.checkins.sent.items()) - set(before.items()) if promised else [(None, None)]
        if not promised:
            return ""
        self.came[(row.arrival.address, *new)] += 1
        checkins.answered(person.checkins)
        tx.save_person(person)
        tx.save_session(person.id, None)
        return row.arrival.address

    def lost(self, first: date, last: date) -> list[tuple[str, str, str]]:
        """Return what did not come on the local days from the first to the last."""
        wanted = [
            (str(number), at, (first + n * DAY).isoformat())
            for number, times in enumerate(PLANS * len(ZONES))
            for at in times
            for n in range((last - first).days + 1)
        ]
        return [each for each in wanted if not self.came[each]]


@pytest.fixture
async def town(tmp_path):
    town = Town(tmp_path)
    await town.settle()
    yield town
    await town.store.close()


@pytest.mark.parametrize("again", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("way", [1, -1], ids=["ahead", "back"])
@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
async def test_after_a_jump_and_its_mending_each_day_has_its_own_once(town, span, way, again):
    """The clock jumps at noon, and is put right five hours later; the days before and after are whole."""
    await town.live(2.5 * DAY)
    town.ahead = way * span
    if again:
        await town.restart()
    await town.live(5 * HOUR)
    town.ahead = timedelta()
    if again:
        await town.restart()
    await town.live(5 * DAY)

    assert max(town.came.values()) == 1
    assert town.most == 1
    assert town.lost(date(2026, 6, 9), date(2026, 6, 9)) == []
    assert town.lost(date(2026, 6, 12), date(2026, 6, 14)) == []
    assert len(town.lost(date(2026, 6, 10), date(2026, 6, 11))) <= 10  # of 54, on the day of the jump


@pytest.mark.parametrize("way", [1, -1], ids=["ahead", "back"])
@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
async def test_a_clock_that_stays_wrong_goes_on_from_there(town, span, way):
    """Whatever day it shows from then on: each of those days has its own, once."""
    await town.live(2.5 * DAY)
    town.ahead = way * span
    await town.live(3.5 * DAY)
    there = (town.real + town.ahead).date()

    assert max(town.came.values()) == 1
    assert town.most == 1
    assert town.lost(there - 3 * DAY, there - 2 * DAY) == []


async def test_it_is_seen_after_a_restart_too_and_goes_on_where_it_was_cut(town, monkeypatch):
    """A clock ten years ahead, put right while nobody ran; killed in the middle of setting timers anew."""
    monkeypatch.setattr(scheduler, "AT_ONCE", 4)
    town.ahead = YEARS
    await town.live(2 * HOUR)
    town.ahead = timedelta()
    await town.restart()
    town.clock.put(town.real)
    await town.scheduler.look()
    await town.scheduler.look()
    begun = town.scheduler._rearming
    await town.restart()
    await town.live(2.5 * DAY)

    assert begun
    assert town.lost(date(2026, 6, 9), date(2026, 6, 9)) == []


async def test_new_rules_of_zones_are_taken_over_at_the_start(town):
    """Timers that were set by older rules are set anew before one of them comes at the wrong hour."""
    await town.live(HOUR)
    right = await town.store.run(dues)
    wrong = (town.real + timedelta(minutes=30)).timestamp()
    await town.store.run(
        lambda tx: (tx._db.execute("UPDATE timer SET due = ?", (wrong,)), tx.changed("rules", "1999a"))
    )
    await town.restart()
    town.clock.put(town.real)
    await town.look()

    assert await town.store.run(dues) == right
    assert not await town.store.run(lambda tx: tx.changed("rules", scheduler.RULES))


def dues(tx):
    return tx._db.execute("SELECT person, key, due FROM timer ORDER BY person, key").fetchall()
