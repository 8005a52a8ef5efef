"""What the flows of check-ins may ask for: the plan is shown and changed, an answer is noted, nothing nags."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.actions import ACTIONS
from bot.desk import Desk
from bot.hearing import hear
from bot.look.rows import gather
from bot.model import CONSENT
from bot.seal import Seal
from bot.store.sqlite import SqliteStore

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)  # a Thursday, 10 o'clock in Berlin
DAY = timedelta(days=1)
HEAVY = "there is nothing, I should be dead"  # in it, danger is heard


class Home:
    """One person, and their check-ins."""

    def __init__(self, store):
        self.store, self.now = store, NOW

    async def does(self, action, **given):
        """Have an action done, and return what it brings."""

        def work(tx):
            person = self._known(tx)
            found = ACTIONS[f"checkin_{action}"](Desk(tx, person, self.now, 18, hear), given, {})
            tx.save_person(person)
            return found

        return await self.store.run(work)

    async def plan(self):
        return (await self.person()).checkins

    async def person(self):
        return await self.store.run(lambda tx: tx.person_at("telegram", "7"))

    async def change(self, change):
        """Change the person themself."""

        def work(tx):
            person = self._known(tx)
            change(person)
            tx.save_person(person)

        await self.store.run(work)

    async def note(self, **noted):
        await self.change(lambda person: person.variables.update(noted))

    async def timers(self):
        """Return the hours of the timers, in the person's zone of before."""
        timers = await self.store.run(lambda tx: tx.timers(tx.person_at("telegram", "7").id))
        return sorted(timer.key for timer in timers)

    async def keeps(self, *sentences):
        await self.store.run(
            lambda tx: [tx.keep(tx.person_at("telegram", "7").id, "sentence", each) for each in sentences]
        )

    async def faces(self):
        return await self.store.run(lambda tx: tx.kept(tx.person_at("telegram", "7").id, "face"))

    def _known(self, tx):
        person = tx.person_at("telegram", "7")
        if not person.adult:
            person.consent, person.adult = CONSENT, True
            person.variables["zone"] = "Europe/Berlin"
        return person


@pytest.fixture
async def home(tmp_path):
    store = SqliteStore.open(tmp_path / "data", Seal(b"c" * 32))
    yield Home(store)
    await store.close()


# --- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found", "times"),
    [
        ("9 am", "one", ["09:00"]),
        ("9 am and 8 pm", "many", ["09:00", "20:00"]),
        ("around nine", "half", []),
        ("around nine and ten", "none", []),
        ("soonish", "none", []),
        ("7 am", "quiet", []),
        ("9 am, 10 am, 11 am and noon", "full", []),
        ("9 am and 7 am", "quiet", []),
    ],
)
async def test_a_time_is_taken_whole_or_not_at_all(home, words, found, times):
    """What does not fit leaves the plan as it was, and says why."""
    assert (await home.does("time", words=words))["time_found"] == found
    assert (await home.plan()).times == times
    assert await home.timers() == [f"checkin:{at}" for at in times]


async def test_without_a_zone_or_consent_there_is_no_time(home):
    """The hour is asked for first; nothing is kept of somebody who did not agree."""
    await home.note(zone="")
    assert (await home.does("time", words="9 am"))["time_found"] == "clock"
    await home.note(zone="Europe/Berlin")
    await home.change(lambda person: setattr(person, "consent", 0))
    assert (await home.does("time", words="9 am"))["time_found"] == "none"
    assert (await home.plan()).times == []


async def test_a_time_takes_the_place_of_another(home):
    """So that one that was changed does not come twice."""
    await home.does("time", words="9 am and 8 pm")
    assert (await home.does("time", words="8:30 pm", instead="8:00 pm"))["time_label"] == "8:30 pm"
    assert (await home.plan()).times == ["09:00", "20:30"]
    assert await home.timers() == ["checkin:09:00", "checkin:20:30"]


@pytest.mark.parametrize(
    ("words", "quiet"),
    [("6:30 am", ["22:00", "06:30"]), ("11 pm", ["23:30", "08:00"]), ("9 am", ["22:00", "08:00"])],
)
async def test_quiet_hours_make_room_at_the_nearer_end(home, words, quiet):
    """Only where the person said so, and no more than is needed."""
    found = await home.does("time", words=words, anyway="yes")
    assert (found["time_found"], (await home.plan()).quiet) == ("one", quiet)


async def test_a_time_can_be_taken_out(home):
    """Its timer goes along."""
    await home.does("time", words="9 am and 8 pm")
    assert await home.does("remove", words="9:00 am") == {"plan_any": "yes"}
    assert await home.timers() == ["checkin:20:00"]
    assert await home.does("remove", words="8:00 pm") == {"plan_any": ""}
    assert await home.timers() == []


# --- the rest of the plan ---------------------------------------------------------------------


async def test_the_plan_is_shown_in_readable_words(home):
    """The names of days and kinds come from the bot's own lines, times as the person tells them."""
    await home.does("time", words="9 am and 8 pm")
    await home.does("days", words="mon and wed")
    shown = await home.does("show")

    assert (shown["plan_times"], shown["plan_slots"]) == ("9:00 am and_word 8:00 pm", "9:00 am\n8:00 pm")
    assert (shown["plan_days"], shown["plan_kinds"]) == ("Monday and_word Wednesday", "kind_day")
    assert (shown["plan_quiet"], shown["plan_zone"]) == ("10:00 pm\u20138:00 am", "Europe/Berlin")
    assert (shown["plan_any"], shown["plan_many"], shown["plan_room"], shown["plan_until"]) == (
        "yes", "yes", "yes", "",
    )  # fmt: skip


async def test_a_clock_of_24_hours_is_shown_as_such(home):
    """Nobody who typed 21:00 is told of pm, but where clocks have twelve hours."""
    await home.does("time", words="21:00")
    assert (await home.does("show"))["plan_one"] == "21:00"
    await home.change(lambda person: setattr(person, "country", "US"))
    assert (await home.does("show"))["plan_one"] == "9:00 pm"


async def test_kinds_are_switched_and_one_is_always_left(home):
    """Nothing at all is what stopping is for."""
    await home.does("time", words="9 am")
    assert (await home.does("kinds", toggle="day"))["kinds_found"] == ""
    assert (await home.does("kinds", toggle="evening"))["kinds_late"] == "yes"
    await home.does("kinds", toggle="day")
    assert (await home.plan()).kinds == ["evening"]
    await home.does("kinds", words="a sentence and a minute")
    assert (await home.plan()).kinds == ["phrase", "minute"]


async def test_quiet_hours_never_swallow_a_time(home):
    """A check-in that never comes would be a broken one."""
    await home.does("time", words="9 am")
    assert (await home.does("quiet", words="8 am to 10 am"))["quiet_found"] == "time"
    assert (await home.does("quiet", words="hm"))["quiet_found"] == "none"
    assert (await home.does("quiet", words="23 to 7"))["plan_quiet"] == "11:00 pm\u20137:00 am"
    assert (await home.does("quiet", words="none"))["plan_quiet"] == "no_hours"


async def test_a_name_is_noted_for_this_alone(home):
    """It stands in the plan, not among what other flows may say; no words take it away."""
    assert (await home.does("name", words="call me Ann")) == {"name_found": "yes", "plan_name": "Ann"}
    assert "Ann" not in (await home.person()).variables.values()
    assert (await home.does("name", words="i hate myself"))["plan_name"] == "Ann"
    assert (await home.does("name", words=""))["plan_name"] == ""


async def test_a_pause_says_its_day_and_can_be_ended(home):
    """What was put off goes with it."""
    await home.does("time", words="9 am")
    await home.does("snooze", slot="09:00")
    assert await home.does("pause", words="until Monday") == {
        "pause_found": "yes",
        "plan_until": "Monday, 30 November",
    }
    assert await home.timers() == ["checkin:09:00"]
    assert (await home.does("show"))["plan_until"] == "Monday, 30 November"
    assert (await home.does("pause", words="some time"))["pause_found"] == ""
    assert (await home.plan()).until == "2026-11-30"
    await home.does("pause", then="on")
    assert (await home.does("show"))["plan_until"] == ""


async def test_fewer_is_less_each_time_until_only_none_is_left(home):
    """First a time, then every other day."""
    await home.does("time", words="9 am and 8 pm")
    plans = []
    while not (await home.does("fewer"))["fewest"]:
        plan = await home.plan()
        plans.append((plan.times, plan.days))

    assert plans == [(["09:00"], days) for days in ("1234567", "1357", "15", "1")]


async def test_a_zone_that_is_new_moves_the_hours(home):
    """Whoever travels taps once."""

    def due(tx):
        return tx.timers(tx.person_at("telegram", "7").id)[0].due

    await home.does("time", words="noon")
    before = await home.store.run(due)

    def moves(tx):
        person = tx.person_at("telegram", "7")
        ACTIONS["zone_set"](Desk(tx, person, NOW, 18, hear), {"zone": "Europe/London"}, {})
        tx.save_person(person)

    await home.store.run(moves)
    assert await home.store.run(due) - before == 3600


# --- offered once -------------------------------------------------------------------------------


async def test_check_ins_are_offered_once_ever(home):
    """Whatever the answer was."""
    assert [await home.does("offer") for _ in range(3)] == [{"may": "yes"}, {"may": ""}, {"may": ""}]


@pytest.mark.parametrize(
    "noted", [{"gate": "thoughts"}, {"gate": "acute"}, {"asked_at": (NOW - DAY / 2).isoformat()}]
)
async def test_nothing_is_offered_after_danger(home, noted):
    """And the one time is not used up by it."""
    await home.note(**noted)
    assert await home.does("offer") == {"may": ""}
    assert (await home.plan()).offered_at == ""


async def test_nothing_is_offered_to_who_has_them_or_did_not_agree(home):
    """There is nothing to offer, or nothing that may be kept."""
    await home.does("time", words="9 am")
    assert await home.does("offer") == {"may": ""}
    await home.does("off")
    await home.change(lambda person: setattr(person, "consent", 0))
    assert await home.does("offer") == {"may": ""}


# --- one that has come ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action", ["answered", "permit", "face", "snooze", "skip", "fewer", "off", "pause"]
)  # fmt: skip
async def test_whatever_is_tapped_is_an_answer(home, action):
    """The count of what was not answered begins anew."""
    await home.does("time", words="9 am")
    await home.change(lambda person: setattr(person.checkins, "unanswered", 2))
    await home.does(action)
    assert (await home.plan()).unanswered == 0


async def test_a_face_is_kept_with_its_own_day_and_no_words(home):
    """As the look back reads it."""
    home.now = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert await home.does("face", face="4", slot="09:00") == {"low": "", "last": "ok"}
    assert [json.loads(row) for row in await home.faces()] == [
        {"at": "2026-11-26T23:30:00+00:00", "day": "2026-11-27", "face": 4, "slot": "09:00"}
    ]


@pytest.mark.parametrize("face", ["", "6", "-1", "good", "{face}"])
async def test_what_is_no_face_is_not_kept(home, face):
    """An answer all the same."""
    assert await home.does("face", face=face) == {"low": "", "last": ""}
    assert await home.faces() == []


DAMAGED = [
    "",
    "{",
    "[]",
    "null",
    "7",
    '{"face": 1}',
    '{"at": "yesterday", "day": "2026-11-25", "face": 1}',
    '{"at": "2026-11-25T09:00:00+00:00", "day": "no day", "face": 1}',
    '{"at": "2026-11-25T09:00:00+00:00", "day": "2026-11-25", "face": "low"}',
    '{"at": "2026-11-25T09:00:00+00:00", "day": "2026-11-25", "face": 9}',
    '{"at": "2026-11-25T09:00:00+00:00", "day": "2026-11-25", "face": 1, "slot": null}',
]


@pytest.mark.parametrize("row", DAMAGED)
async def test_a_damaged_row_stops_no_check_in_and_no_look_back(home, row):
    """It is left out by both, and what stands beside it counts as ever."""
    await home.store.run(lambda tx: tx.keep(tx.person_at("telegram", "7").id, "face", row))
    asked = await taps(home, 1, 1, 1)
    same = await home.does("reply", words="same")
    days = await home.store.run(lambda tx: gather(tx, tx.person_at("telegram", "7").id).days)

    assert asked == ["", "", "yes"]
    assert same == {"reply": "face", "face": "1"}
    assert [each.face for each in days] == [1, 1, 1]


async def test_a_row_with_more_in_it_than_is_known_is_read(home):
    """It may come from a later version."""
    more = '{"at": "2026-11-25T09:00:00+00:00", "day": "2026-11-25", "face": 4, "slot": "", "new": [1]}'
    await home.store.run(lambda tx: tx.keep(tx.person_at("telegram", "7").id, "face", more))

    assert await home.does("reply", words="same") == {"reply": "face", "face": "4"}


async def test_nothing_is_kept_without_consent(home):
    """Who said no to storage may still answer."""
    await home.note()
    await home.change(lambda person: setattr(person, "consent", 0))
    await home.does("face", face="1")
    assert await home.faces() == []


async def taps(home, *faces, apart=DAY):
    """Return for each of these faces, a day apart, whether it was low for long."""
    found = []
    for face in faces:
        found.append((await home.does("face", face=str(face)))["low"])
        home.now += apart
    return found


async def test_the_lowest_face_three_times_running_is_asked_about_once(home):
    """Not again within 14 days; afterwards it may be."""
    assert await taps(home, 1, 1, 1, 1, 1) == ["", "", "yes", "", ""]
    home.now += 12 * DAY
    assert await taps(home, 1) == ["yes"]


async def test_rather_not_say_is_no_low_face(home):
    """It neither counts nor breaks a row."""
    assert await taps(home, 1, 0, 1, 1, 0) == ["", "", "", "yes", ""]


async def test_ten_low_days_of_fourteen_are_asked_about(home):
    """Two taps of a day are one day, and a good face between does not hide it."""
    assert await taps(home, *[2, 2, 3] * 4, 2, 2) == [""] * 13 + ["yes"]


async def test_who_was_asked_for_another_reason_is_not_asked_again_that_day(home):
    """The direct question is not put twice within a day (R4)."""
    await home.note(asked_at=(NOW + 2 * DAY - timedelta(hours=1)).isoformat())
    assert await taps(home, 1, 1, 1, 1) == ["", "", "", "yes"]


async def test_an_hour_later_is_not_in_quiet_hours(home):
    """Then it stays away for the day, and that is said."""
    await home.does("time", words="9 am")
    assert await home.does("snooze", slot="09:00") == {"later": "11:00 am"}
    assert await home.timers() == ["checkin:09:00", "checkin:later"]
    home.now = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)
    assert await home.does("snooze", slot="09:00") == {"later": ""}
    assert await home.does("snooze") == {"later": ""}


async def test_not_today_is_for_all_times_of_the_day(home):
    """And for what was put off."""
    await home.does("time", words="8 pm")
    await home.does("snooze", slot="20:00")
    await home.does("skip")
    assert (await home.plan()).sent == {"20:00": "2026-11-26"}
    assert await home.timers() == ["checkin:20:00"]


# --- sentences of one's own -----------------------------------------------------------------------


async def test_a_kept_sentence_comes_back_only_if_it_was_asked_for_and_does_no_harm(home):
    """One a day, in turn; nothing long, nothing that the screen marks, and only for that kind."""
    await home.keeps("you may rest", HEAVY, "x" * 161, "slow is fine")
    found = []
    for _ in range(4):
        found.append((await home.does("begin", kind="phrase"))["phrase"])
        home.now += DAY

    assert sorted(set(found)) == ["slow is fine", "you may rest"]
    assert found[:2] == found[2:]
    assert (await home.does("begin", kind="day"))["phrase"] == ""


async def test_a_sentence_that_was_put_away_never_comes_back_by_itself(home):
    """It stays among what is kept, and its words are not noted a second time."""
    await home.keeps("you may rest", "slow is fine")
    await home.does("put_away", phrase="you may rest")
    for _ in range(4):
        assert (await home.does("begin", kind="phrase"))["phrase"] == "slow is fine"
        home.now += DAY
    assert "rest" not in (await home.person()).variables["resting"]
    await home.does("put_away", phrase="slow is fine")
    assert (await home.does("begin", kind="phrase"))["phrase"] == ""


# --- after danger ------------------------------------------------------------------------------------


async def test_after_danger_they_ask_before_they_go_on(home):
    """Once for each time that danger was spoken of (R16)."""
    assert (await home.does("begin"))["permit"] == ""
    await home.note(gate_at=(NOW - 2 * DAY).isoformat())
    assert (await home.does("begin"))["permit"] == "ask"
    await home.does("permit")
    assert (await home.does("begin"))["permit"] == ""
    await home.note(gate_at=(NOW + DAY).isoformat())
    assert (await home.does("begin"))["permit"] == "ask"
