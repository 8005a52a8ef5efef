"""A check-in comes at its hour or not at all: not late, not into a talk, not after danger, not to those who rest."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot import checkins
from bot.checkins import KEY, LATER
from bot.model import CHECKIN, Inbound, Plan
from flows.turn import Heard
from tests.content import content
from tests.test_talk import ABOUT, AGREES, EXPERIMENT, KNOCK, LETTER, MENU, Chat

DAILY = """
flow: daily
takes: [checkin_kind, checkin_part, checkin_last, checkin_slot, checkin_name]
steps:
  ask:
    say: "{checkin_slot} {checkin_part} {checkin_kind} {checkin_last}"
    choices: [{id: good, label: "Good", to: thanks}, {id: hard, label: "Hard", to: thanks}]
    ask: words
    to: thanks
  thanks: {say: "Thank you.", to: end}
"""
FEWER = """
flow: fewer
steps:
  ask: {say: "Fewer?", choices: [{id: keep, label: "Keep", to: end}], ask: words, to: end}
"""
FLOWS = {
    "welcome": AGREES, "menu": MENU, "experiment": EXPERIMENT, "letter": LETTER, "about": ABOUT, "knock": KNOCK,
    "daily": DAILY, "fewer": FEWER,
}  # fmt: skip
NOON = datetime(2026, 6, 9, 12, tzinfo=UTC)  # a Tuesday; check-ins are told in UTC
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BUTTONS = "     [Good] [Hard] [Skip]"
MORNING = ["bot: 09:00 morning day none", BUTTONS]


class Person(Chat):
    """Somebody with check-ins, in a chat over a store on the disk."""

    async def plan(self, *times, **fields):
        """Have a plan, and its timers."""

        def work(tx):
            person = tx.person_at("terminal", "me")
            person.variables["zone"] = "Etc/GMT"
            person.checkins = Plan(times=list(times), **fields)
            tx.save_person(person)
            checkins.arm(tx, person, self.clock.now())

        await self.store.run(work)

    async def change(self, **fields):
        def work(tx):
            person = tx.person_at("terminal", "me")
            for name, value in fields.items():
                setattr(person, name, value)
            tx.save_person(person)

        await self.store.run(work)

    async def person(self):
        return await self.store.run(lambda tx: tx.person_at("terminal", "me"))

    async def timers(self):
        """Return when each timer of check-ins is due."""
        found = await self.store.run(lambda tx: tx.timers(tx.person_at("terminal", "me").id))
        return {each.key: datetime.fromtimestamp(each.due, UTC) for each in found if each.key.startswith(KEY)}

    async def due_on(self, day, at="09:00"):
        """Return when a check-in is to come."""
        person = await self.person()
        (slot,) = (slot for slot in checkins.slots(person) if slot.at == at)
        return checkins.due_on(slot, date.fromisoformat(day))

    async def wake(self, now):
        """Have nobody run until a moment, and then look once, as after an outage; return the bubbles."""
        self.clock._now = now
        rows = await self.chat._exchange.due()
        return [line for line in await self.chat.show(rows) if not line.startswith("     ")]

    async def until(self, moment):
        return await self.say(f"@{moment:%Y-%m-%dT%H:%M:%S}Z")


@pytest.fixture
async def person(tmp_path):
    chat = Person(content(tmp_path / "content", **FLOWS), tmp_path / "data", NOON)
    await chat.say("/start", "stop")
    yield chat
    await chat.store.close()


# --- it comes --------------------------------------------------------------------------------


async def test_it_comes_within_its_window_each_day_and_over_restarts(person):
    """Half an hour before nine to half an hour after, each day anew, whichever process is there."""
    await person.plan("09:00")
    seen = []
    for day in ("10", "11", "12"):
        seen.append(await person.say(f"@2026-06-{day}T08:29Z"))
        await person.restart()
        seen.append(await person.say(f"@2026-06-{day}T09:31Z"))
        await person.say("fine")

    assert seen == [[], MORNING] * 3


async def test_a_plan_has_one_timer_for_each_time_and_none_when_it_is_off(person):
    """Timers follow the plan: added, moved with the zone, dropped."""
    await person.plan("09:00", "12:00", "20:00")
    armed = await person.timers()
    await person.change(variables={"zone": "Asia/Kolkata"})
    await person.store.run(
        lambda tx: checkins.arm(tx, tx.person_at("terminal", "me"), person.clock.now() - HOUR)
    )
    moved = await person.timers()
    await person.plan()

    assert sorted(armed) == sorted(moved) == ["checkin:09:00", "checkin:12:00", "checkin:20:00"]
    shift = {key: (armed[key] - moved[key]) % DAY for key in armed}
    assert set(shift.values()) == {timedelta(hours=5, minutes=30)}
    assert await person.timers() == {}


async def test_days_and_kinds_and_what_was_said_before_are_told_to_the_flow(person):
    """The opening can be chosen by the part of the day, the kind and the last answer."""
    await person.plan("18:00", days="3", kinds=["evening"], said="hard")

    assert await person.say("@2026-06-10T18:31Z") == ["bot: 18:00 evening evening hard", BUTTONS]
    assert await person.say("@2026-06-17T17:29Z") == []
    assert await person.say("@2026-06-17T18:31Z") == ["bot: 18:00 evening evening away", BUTTONS]


async def test_it_goes_behind_replies_and_may_be_heard(person):
    """Its bubbles have the priority of check-ins and are not silent; the answer to a tap is a reply again."""
    await person.plan("09:00")
    person.clock._now = await person.due_on("2026-06-10")
    rows = await person.chat._exchange.due()
    answer = await person.chat._exchange.say("Good")

    assert [(row.outbound.priority, row.outbound.silent) for row in rows] == [(CHECKIN, False)]
    assert CHECKIN not in [row.outbound.priority for row in answer]


async def test_yesterdays_question_loses_its_buttons(person):
    """Whoever scrolls up finds one question that can be tapped, not a row of them."""
    await person.plan("09:00")
    await person.say("@2026-06-10T10:00Z")
    person.clock._now = await person.due_on("2026-06-11")
    rows = await person.chat._exchange.due()

    assert [row.outbound.op for row in rows] == ["close", "send"]
    assert {row.outbound.priority for row in rows} == {CHECKIN}


# --- late, or not at all ------------------------------------------------------------------------


async def test_it_may_be_three_hours_late_and_no_more(person):
    """After an outage of three hours it still comes; of a second more, the day has none and the plan goes on."""
    await person.plan("09:00")
    late = await person.wake(await person.due_on("2026-06-10") + 3 * HOUR)
    later = await person.wake(await person.due_on("2026-06-11") + 3 * HOUR + timedelta(seconds=1))

    assert (late, later) == (MORNING[:1], [])
    assert await person.timers() == {"checkin:09:00": await person.due_on("2026-06-12")}


async def test_after_an_outage_at_most_one_comes(person):
    """Over three times in two hours the latest comes, once."""
    await person.plan("09:00", "10:30", "11:30")
    came = await person.wake(await person.due_on("2026-06-10", "11:30") + timedelta(minutes=20))

    assert came == ["bot: 11:30 noon day none"]
    assert await person.wake(await person.due_on("2026-06-10", "11:30") + 2 * HOUR) == []


async def test_after_days_without_the_bot_nothing_is_caught_up(person):
    """A week later there is nothing old to read; the next one comes at its hour."""
    await person.plan("09:00", "20:00")

    assert await person.wake(datetime(2026, 6, 17, 3, tzinfo=UTC)) == []
    assert await person.say("@2026-06-17T09:31Z") == ["bot: 09:00 morning day away", BUTTONS]


async def test_one_that_was_put_off_is_not_added_to_another_after_an_outage(person):
    """An hour's delay asked for, and another time, both in the outage: one comes."""
    await person.plan("09:00", "10:30")
    due = await person.due_on("2026-06-10")
    await person.until(due)
    await person.say("Good")
    await person.store.run(
        lambda tx: checkins.snooze(tx, tx.person_at("terminal", "me"), person.clock.now(), "09:00")
    )

    assert len(await person.wake(await person.due_on("2026-06-10", "10:30") + HOUR)) == 1
    assert await person.wake(await person.due_on("2026-06-10", "10:30") + 2 * HOUR) == []


async def test_one_that_was_put_off_after_another_was_due_does_not_come_on_top_of_it(person):
    """Whatever their order: of all that an outage kept, one."""
    await person.plan("09:00", "11:00")
    due = await person.due_on("2026-06-10", "11:00")
    await person.until(due - timedelta(minutes=50))
    await person.say("Good")
    await person.store.run(
        lambda tx: checkins.snooze(tx, tx.person_at("terminal", "me"), person.clock.now(), "09:00")
    )
    came = await person.wake(due + timedelta(minutes=50))

    assert came == ["bot: 11:00 noon day none"]
    assert await person.until(due + 3 * HOUR) == []


# --- in the middle of something --------------------------------------------------------------------


async def test_it_waits_while_somebody_talks(person):
    """Tried again each quarter of an hour; half an hour after the last word it comes."""
    await person.plan("09:00")
    due = await person.due_on("2026-06-10")
    await person.until(due - timedelta(minutes=20))
    await person.say("letter", "Ann")
    seen = [await person.until(due + timedelta(minutes=minutes)) for minutes in (0, 14, 16)]

    assert seen == [[], [], MORNING]


async def test_it_waits_for_somebody_who_writes_for_as_long_as_it_may_be_late(person):
    """Whoever goes on and on is not asked that day, nor the moment they stop."""
    await person.plan("09:00")
    due = await person.due_on("2026-06-10")
    seen = []
    for quarter in range(13):
        seen += await person.until(due + timedelta(minutes=15 * quarter - 5))
        await person.say("letter", "Ann")

    assert seen == []
    assert await person.until(due + 12 * HOUR) == []
    assert (await person.say("@2026-06-11T09:31Z"))[:1] == MORNING[:1]


async def test_what_is_delicate_is_left_alone_for_three_hours(person):
    """Somebody may still be writing; by the next morning nobody is."""
    await person.plan("15:00", days="3")
    due = await person.due_on("2026-06-10", "15:00")
    await person.until(due - HOUR)
    await person.say("letter", "Ann", "soft")

    assert await person.until(due + 90 * timedelta(minutes=1)) == []
    assert await person.until(due + 2.5 * HOUR) == ["bot: 15:00 noon day none", BUTTONS]


async def test_a_talk_that_was_left_is_still_there_after_it(person):
    """The check-in lies over it; when it is through, the question of an hour ago stands again."""
    await person.plan("09:00")
    await person.say("@2026-06-10T08:00Z", "letter", "Ann")
    came = await person.say("@2026-06-10T09:31Z")
    answered = await person.say("Good")

    assert came == MORNING
    assert answered[0] == "bot: Thank you."
    assert "bot: In what tone, to ‖Ann‖?" in answered or "bot: In what tone, to Ann?" in answered


async def test_a_talk_that_was_left_hours_ago_is_over(person):
    """Nobody is led back into a practice of the day before."""
    await person.plan("09:00")
    await person.say("letter", "Ann")
    assert await person.say("@2026-06-10T09:31Z") == MORNING
    assert await person.say("Good") == ["bot: Thank you."]


# --- those who rest ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"paused": True}, id="blocked"),
        pytest.param({"consent": 0}, id="no consent"),
        pytest.param({"declined": 99}, id="said no to a newer text"),
        pytest.param({"variables": {"zone": "Etc/GMT", "gate_at": "2026-06-09T12:30:00+00:00"}}, id="danger"),
        pytest.param({"variables": {"zone": "Etc/GMT", "hidden_at": "2026-06-10T02:30:00+00:00"}}, id="hidden"),
        pytest.param({"checkins": Plan(times=["09:00"], until="2026-06-11")}, id="pause"),
        pytest.param({"checkins": Plan(times=["09:00"], quiet=["07:00", "12:00"])}, id="quiet"),
    ],
)  # fmt: skip
async def test_whoever_rests_gets_none_and_the_plan_goes_on(person, fields):
    """Nothing is sent, nothing counted as unanswered, and the timer stands on the next day."""
    await person.plan("09:00")
    await person.change(**fields)
    unanswered = [await person.say("@2026-06-10T10:00Z"), (await person.person()).checkins.unanswered]

    assert unanswered == [[], 0]
    assert [due.date().isoformat() for due in (await person.timers()).values()] == ["2026-06-11"]


async def test_a_pause_ends_by_itself(person):
    """Until the eleventh means that the eleventh has one."""
    await person.plan("09:00", until="2026-06-11")

    assert await person.say("@2026-06-11T09:31Z") == MORNING


async def test_whoever_blocked_the_bot_gets_the_next_one_after_they_are_back(person):
    """Nothing was piled up meanwhile."""
    await person.plan("09:00")
    await tell(person, Inbound("left"))
    away = await person.say("@2026-06-14T10:00Z")
    await tell(person, Inbound("returned"))

    assert away == []
    assert (await person.say("@2026-06-15T09:31Z"))[0].startswith("bot: 09:00")


async def test_one_put_off_into_quiet_hours_does_not_come(person):
    """An hour from now may be night: then it is not put off at all; and what became quiet since is kept."""
    await person.plan("21:00", quiet=["22:00", "08:00"])
    await person.until(await person.due_on("2026-06-09", "21:00"))
    late = datetime(2026, 6, 9, 21, 10, tzinfo=UTC)
    early = datetime(2026, 6, 9, 20, 30, tzinfo=UTC)

    def snooze(tx):
        someone = tx.person_at("terminal", "me")
        return [checkins.snooze(tx, someone, now, "21:00") for now in (late, early)]

    assert await person.store.run(snooze) == [False, True]
    assert LATER in await person.timers()


# --- unanswered -----------------------------------------------------------------------------------


async def test_after_three_without_an_answer_it_asks_once_and_then_is_silent(person):
    """In place of the fourth it asks about fewer; without a word to that, nothing comes any more."""
    await person.plan("09:00")
    seen = [await person.say(f"@2026-06-{day}T10:00Z") for day in range(10, 16)]
    plan = (await person.person()).checkins

    assert [len(each) for each in seen] == [2, 2, 2, 2, 0, 0]
    assert seen[3][0] == "bot: Fewer?"
    assert (plan.times, await person.timers()) == ([], {})


@pytest.mark.parametrize("word", ["Keep", "hello", "Good"])
async def test_any_word_or_tap_is_an_answer(person, word):
    """Whoever says something to the question about fewer is there: the count begins anew."""
    await person.plan("09:00")
    await person.say("@2026-06-13T10:00Z", word)

    assert (await person.person()).checkins.unanswered == 0
    assert [len(await person.say(f"@2026-06-{day}T10:00Z")) for day in (14, 15, 16, 17)] == [2, 2, 2, 2]


async def test_a_word_on_the_same_day_answers_it_and_a_later_one_does_not(person):
    """Whatever is said within 24 hours counts, about whatever; days after, only while the check-in is open."""
    await person.plan("09:00", days="3")
    await person.say("@2026-06-10T10:00Z", "stop")
    soon = (await person.person()).checkins.unanswered
    await person.say("@2026-06-17T10:00Z")
    await person.store.run(lambda tx: tx.save_session(tx.person_at("terminal", "me").id, None))
    await person.restart()
    await person.say("@2026-06-19T10:00Z", "hello")

    assert (soon, (await person.person()).checkins.unanswered) == (0, 1)


# --- once ----------------------------------------------------------------------------------------


async def test_the_same_slot_of_a_day_is_said_once(person):
    """A clock that is put back, a plan armed anew: what came today comes tomorrow."""
    await person.plan("09:00")
    due = await person.due_on("2026-06-10")
    first = await person.until(due)
    await person.say("Good")
    person.clock._now = due - HOUR
    await person.store.run(lambda tx: checkins.arm(tx, tx.person_at("terminal", "me"), person.clock.now()))

    assert first == MORNING
    assert await person.until(due + 2 * HOUR) == []
    assert (await person.timers())["checkin:09:00"].date() == date(2026, 6, 11)


async def test_a_clock_that_was_years_ahead_leaves_no_talk_that_is_for_ever_new(person):
    """A question that was asked by a wrong clock keeps none of the right days away."""
    await person.plan("09:00")
    person.clock._now = datetime(2036, 6, 10, tzinfo=UTC)
    await person.store.run(lambda tx: checkins.arm(tx, tx.person_at("terminal", "me"), person.clock.now()))
    assert await person.until(person.clock.now() + 10 * HOUR) != []
    person.clock._now = NOON
    await person.store.run(lambda tx: checkins.arm(tx, tx.person_at("terminal", "me"), person.clock.now()))

    assert await person.until(NOON + 22 * HOUR) != []


@pytest.mark.parametrize(
    ("sent", "through"), [("2026-06-09", False), ("2026-06-10", True), ("2026-06-11", True), ("2026-06-12", False)]
)  # fmt: skip
def test_a_day_is_through_also_where_a_clock_was_put_back_by_one(sent, through):
    """What came for tomorrow was today's: a day that comes again has none twice."""
    assert checkins.through(Plan(sent={"09:00": sent}), "09:00", date(2026, 6, 10)) is through


async def test_a_time_taken_out_while_its_row_waits_does_not_come(person):
    """Between the timer and the turn the person may have changed their mind."""
    await person.plan("09:00")
    due = await person.due_on("2026-06-10")
    pendings = await person.store.run(lambda tx: tx.due(due, again=checkins.again))
    await person.plan()
    person.clock._now = due

    assert [await person.chat._exchange._answer(pending) for pending in pendings] == [[]]


async def test_someone_erased_gets_none(person):
    """Their timers went with them."""
    await person.plan("09:00")
    await person.store.run(lambda tx: tx.forget(tx.person_at("terminal", "me").id))

    assert await person.say("@2026-06-10T10:00Z") == []


async def tell(person, inbound):
    """Bring something that a channel tells of."""

    def work(tx):
        (pending,) = tx.arrive([_arrival(person)])
        return person.conversation.receive(tx, pending, inbound, Heard())

    await person.store.run(work)


def _arrival(person):
    from bot.model import Arrival

    person.told = getattr(person, "told", 0) + 1
    return Arrival("terminal", 10**9 + person.told, "me", b"{}")
