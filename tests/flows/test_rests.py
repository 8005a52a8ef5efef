"""Waiting: for a time, until a moment on the person's own clock, and aside while they talk of other things."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from flows import engine
from flows.limits import DEPTH
from flows.model import After
from flows.session import from_json
from flows.turn import Back, Correct, Facts, Repeat, Say, Skip, Text, TimedOut, Wait
from flows.waits import seconds
from tests.flows.talk import Talk, flow, unchecked

DUBLIN = ZoneInfo("Europe/Dublin")
HOUR = 3_600
DAY = 24 * HOUR


def at(text, zone=DUBLIN):
    """Return a moment on a wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("after", "now", "until"),
    [
        ({"days": 1}, "2026-11-26 10:00", "2026-11-27 10:00"),
        ({"days": 1}, "2026-03-28 10:00", "2026-03-29 10:00"),
        ({"days": 1}, "2026-10-24 10:00", "2026-10-25 10:00"),
        ({"days": 1}, "2026-03-28 01:30", "2026-03-29 02:30"),
        ({"days": 1, "at": "09:00"}, "2026-11-26 23:00", "2026-11-27 09:00"),
        ({"days": 7, "at": "09:00"}, "2026-03-25 12:00", "2026-04-01 09:00"),
        ({"at": "09:00"}, "2026-11-26 08:00", "2026-11-26 09:00"),
        ({"at": "09:00"}, "2026-11-26 09:00", "2026-11-27 09:00"),
        ({"at": "09:00"}, "2026-11-26 10:00", "2026-11-27 09:00"),
        ({"at": "21:30"}, "2026-10-24 22:00", "2026-10-25 21:30"),
        ({"months": 1}, "2026-01-31 10:00", "2026-02-28 10:00"),
        ({"months": 1, "days": 1, "at": "09:00"}, "2026-01-31 10:00", "2026-03-01 09:00"),
        ({"days": 1, "seconds": 60}, "2026-11-26 10:00", "2026-11-27 10:01"),
        ({"until": "day"}, "2026-11-26 10:00", "2026-12-24 10:00"),
        ({"until": "day", "at": "09:00"}, "2026-11-26 10:00", "2026-12-24 09:00"),
        ({"until": "day", "at": "09:00", "seconds": HOUR}, "2026-11-26 10:00", "2026-12-24 10:00"),
        ({"until": "spring", "at": "09:00"}, "2026-03-28 09:00", "2026-03-29 09:00"),
    ],
    ids=str,
)
def test_a_wait_follows_the_persons_own_calendar(after, now, until):
    """A day is a day on their clock, be it 23 or 25 hours long; a time of day that has passed is tomorrow's."""
    known = {"day": "2026-12-24", "spring": "2026-03-29"}
    found = seconds(After(**{"seconds": 0, "to": "b", **after}), at(now), known)
    assert at(now).astimezone(UTC) + timedelta(seconds=found) == at(until).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "after", "lasts"),
    [
        ("2026-03-28 10:00", {"days": 1}, DAY - HOUR),
        ("2026-10-24 10:00", {"days": 1}, DAY + HOUR),
        ("2026-10-24 10:00", {"seconds": DAY}, DAY),
    ],
    ids=["spring", "autumn", "24 hours"],
)
def test_clocks_that_change_make_days_longer_or_shorter_but_not_hours(now, after, lasts):
    """``hours: 24`` is as long as it says."""
    assert seconds(After(**{"seconds": 0, "to": "b", **after}), at(now), {}) == lasts


@pytest.mark.parametrize(
    ("known", "lasts"),
    [
        ({"day": "2026-11-20"}, 1),
        ({}, 1),
        ({"day": "soon"}, 1),
        ({"day": "0001-01-01"}, 1),
        ({"day": "2026-11-27"}, DAY),
    ],
    ids=["passed", "unknown", "no date", "long ago", "tomorrow"],
)
def test_a_day_that_has_passed_or_is_none_is_now(known, lasts):
    """The talk goes on rather than wait for ever."""
    assert seconds(After(0, "b", until="day"), at("2026-11-26 10:00"), known) == lasts


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])
def test_the_last_day_of_the_calendar_breaks_nothing(zone):
    """A day that is typed may be any."""
    now = at("2026-11-26 10:00", ZoneInfo(zone))
    assert seconds(After(0, "b", until="day"), now, {"day": "9999-12-31"}) > 7_000 * 365 * DAY


def test_nothing_is_waited_for_less_than_a_second():
    """A clock needs a moment."""
    assert seconds(After(0, "b"), at("2026-11-26 10:00"), {}) == 1


TEA = """
flow: tea
steps:
  a:
    say: "Shall I ask tomorrow?"
    choices: [{id: "yes", label: "Yes", to: rest}, {id: "no", label: "No", to: end}]
    skip: end
  rest: {say: "Till then.", after: {days: 1, at: "09:00", to: b}}
  b: {say: "How was it, {mood}?", ask: how, to: c}
  c: {say: "And now?", ask: now, to: end}
"""
WALK = (
    'flow: walk\nsteps:\n  a: {say: "A walk?", ask: where, to: b}\n  b: {say: "When?", ask: when, to: end}\n'
)
NOW = Facts(now=at("2026-11-26 10:00"), variables={"mood": "dear"})


@pytest.fixture
def flows():
    """Two talks, one of which rests."""
    return unchecked(tea=TEA, walk=WALK)


def told(turn):
    """Return the bubbles of a turn."""
    return [effect.text for effect in turn.effects if isinstance(effect, Say)]


def rested(flows, under=None):
    """Return a talk that was put aside, what lies there, and the wait."""
    talk = Talk(flows, NOW)
    if under:
        talk = Talk(flows, NOW, flow=under).lay_over("tea")
    talk.say("yes")
    return talk, talk.effects(Wait)[0]


def test_a_long_rest_puts_the_talk_aside(flows):
    """Nothing is open any more; the wait carries the talk, and names its place."""
    talk, wait = rested(flows)
    assert talk.turn.session is None
    assert talk.said == ["Till then."]
    assert (wait.seconds, wait.key, wait.generation) == (23 * HOUR, "tea/rest", 2)
    assert from_json(wait.aside).top.step == "rest"
    assert from_json(wait.aside).generation == wait.generation
    assert "rest" not in repr(wait).replace("tea/rest", "")


def test_a_talk_that_was_put_aside_is_taken_up(flows):
    """It goes on where it rested, with its answers, and ends like any other."""
    talk, wait = rested(flows)
    assert talk.take_up(wait.aside).said == ["How was it, dear?"]
    assert not talk.turn.session.top.over
    assert talk.say("good", "fine").said == ["That's all of it."]


def test_it_is_taken_up_on_top_of_another_talk(flows):
    """Which comes back with its question in the end."""
    _, wait = rested(flows)
    talk = Talk(flows, NOW, flow="walk").say("hills").take_up(wait.aside)
    assert talk.said == ["How was it, dear?"]
    assert [(frame.flow, frame.over) for frame in talk.turn.session.frames] == [
        ("walk", False),
        ("tea", True),
    ]
    assert talk.say("good", "fine").said == ["Where were we.", "When?"]
    assert talk.give(Back()).said == ["A walk?"]


def test_what_lay_beneath_goes_on_at_once(flows):
    """A digression that rests gives way to the talk beneath it."""
    talk, wait = rested(flows, under="walk")
    assert talk.said == ["Till then.", "Where were we.", "A walk?"]
    assert [frame.flow for frame in talk.turn.session.frames] == ["walk"]
    assert [frame.flow for frame in from_json(wait.aside).frames] == ["tea"]
    assert talk.say("hills", "soon").turn.session is None
    assert talk.take_up(wait.aside).said == ["How was it, dear?"]
    assert [frame.over for frame in talk.turn.session.frames] == [False]


def test_a_called_flow_rests_together_with_its_caller(flows):
    """And returns to it when it is taken up."""
    tea = flow(
        "tea", a='say: "A?", ask: x, to: b', b="call: part, to: c", c='say: "{how} {x}.", ask: y, to: end'
    )
    part = (
        TEA.replace("flow: tea", "flow: part\nkind: part\nreturns: [how]")
        .replace("a: {say", "z: {say")
        .replace("to: c}\n  c:", "to: end}\n  c:")
    )
    part = part.replace("steps:", "start: rest\nsteps:")
    talk = Talk(unchecked(tea=tea, part=part), NOW).say("one")
    (wait,) = talk.effects(Wait)
    assert [frame.flow for frame in from_json(wait.aside).frames] == ["tea", "part"]
    assert (talk.turn.session, wait.key) == (None, "part/rest")
    assert talk.take_up(wait.aside).said == ["How was it, dear?"]
    assert talk.give(Back()).said == ["Nothing before this.", "How was it, dear?"]
    assert talk.say("good").said == ["good one."]


def test_back_does_not_lead_to_another_day(flows):
    """Neither to the rest nor to what was asked before it, nor into the talk beneath."""
    _, wait = rested(flows)
    talk = Talk(flows, NOW, flow="walk").say("hills").take_up(wait.aside)
    assert from_json(wait.aside).top.trail == []
    talk.say("good").give(Back())
    assert talk.said == ["How was it, dear?"]
    assert talk.give(Back()).said == ["Nothing before this.", "How was it, dear?"]
    assert talk.give(Correct()).said == ["Nothing to change.", "How was it, dear?"]


def test_what_was_taken_up_counts_its_waits_on(flows):
    """No older wait of either talk is taken for a new one."""
    _, wait = rested(flows)
    session = engine.begin(flows, "walk", NOW).session
    session.generation = 40
    assert engine.take_up(flows, session, wait.aside, NOW).session.generation == 41
    assert engine.take_up(flows, None, wait.aside, NOW).session.generation == wait.generation + 1


def test_a_second_wait_at_the_same_place_has_the_same_key(flows):
    """The shell lets it take the place of the first."""
    _, first = rested(flows)
    _, second = rested(flows, under="walk")
    assert first.key == second.key
    assert engine.take_up(flows, None, second.aside, NOW).session.frames[0].over is False


def test_a_talk_may_be_taken_up_twice(flows):
    """Should a clock strike twice, both are whole talks, one upon the other."""
    talk, wait = rested(flows)
    talk.take_up(wait.aside).take_up(wait.aside)
    assert [(frame.flow, frame.over) for frame in talk.turn.session.frames] == [("tea", False), ("tea", True)]
    assert talk.say("good", "fine").said == ["Where were we.", "How was it, dear?"]


def test_a_high_pile_forgets_its_oldest_when_a_talk_is_taken_up():
    """What is taken up has room, and so has what it calls."""
    names = [f"f{n}" for n in range(1, 8)]
    chain = {
        a: f"flow: {a}\nkind: part\nsteps:\n  a: {{call: {b}, to: b}}\n  b: {{say: 'Up?', ask: x, to: end}}\n"
        for a, b in pairwise(names)
    }
    chain["f7"] = (
        "flow: f7\nkind: part\nsteps:\n  a: {say: Rest., after: {days: 1, to: b}}\n  b: {say: 'Up?', ask: x, to: end}\n"
    )
    flows = unchecked(walk=WALK, **chain)
    (wait,) = [effect for effect in engine.begin(flows, "f1", NOW).effects if isinstance(effect, Wait)]
    talk = Talk(flows, NOW, flow="walk")
    for _ in range(DEPTH // 2 + 1):
        talk.lay_over("walk")
    talk.take_up(wait.aside)
    assert [frame.flow for frame in talk.turn.session.frames] == ["walk"] * (DEPTH // 2) + [
        "f3",
        "f4",
        "f5",
        "f6",
        "f7",
    ]
    assert [frame.over for frame in talk.turn.session.frames[DEPTH // 2 :]] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert talk.say("a", "b", "c", "d").said == ["Up?"]
    assert talk.say("e").said == ["Where were we.", "A walk?"]


def test_a_rest_that_was_reworded_is_over_all_the_same(flows):
    """Nothing was asked there, so nothing has to be asked again."""
    _, wait = rested(flows)
    reworded = unchecked(tea=TEA.replace("Till then.", "See you."), walk=WALK)
    assert told(engine.take_up(reworded, None, wait.aside, NOW)) == ["How was it, dear?"]


def test_a_rest_that_became_a_question_is_put(flows):
    """The person hears that it changed."""
    _, wait = rested(flows)
    asking = TEA.replace(
        'rest: {say: "Till then.", after: {days: 1, at: "09:00", to: b}}',
        'rest: {say: "Well?", ask: x, to: b}',
    )
    turn = engine.take_up(unchecked(tea=asking, walk=WALK), None, wait.aside, NOW)
    assert told(turn) == ["I've reworded this.", "Well?"]


def test_a_rest_that_is_gone_leads_home_or_back(flows):
    """With one kind sentence; what lies beneath is not lost with it."""
    _, wait = rested(flows)
    gone = unchecked(tea=TEA.replace("rest", "later"), walk=WALK)
    turn = engine.take_up(gone, None, wait.aside, NOW)
    assert (told(turn), turn.session) == (["That talk has changed."], None)
    session = engine.begin(gone, "walk", NOW).session
    turn = engine.take_up(gone, session, wait.aside, NOW)
    assert told(turn) == ["That talk has changed.", "Where were we.", "A walk?"]


def test_what_lies_beneath_is_fitted_only_when_it_comes_again(flows):
    """A talk that is taken up goes on, whatever became of the one beneath."""
    _, wait = rested(flows)
    session = engine.begin(flows, "walk", NOW).session
    turn = engine.take_up(unchecked(tea=TEA), session, wait.aside, NOW)
    assert told(turn) == ["How was it, dear?"]
    turn = engine.resume(unchecked(tea=TEA), turn.session, Text("good"), NOW)
    turn = engine.resume(unchecked(tea=TEA), turn.session, Text("fine"), NOW)
    assert (told(turn), turn.session) == (["That talk has changed."], None)


SHORT = """
flow: tea
steps:
  a: {say: "In.", after: {seconds: 4, to: b}}
  b: {after: {seconds: 4, to: c}}
  c: {say: "Out.", after: {seconds: 4, to: d}}
  d: {say: "Again?", ask: x, after: {minutes: 5, to: e}, to: a}
  e: {say: "Later.", after: {seconds: 4, to: end}}
"""


def test_a_short_rest_goes_on_by_the_clock():
    """Silence between two waits is an author's to choose."""
    talk = Talk(unchecked(tea=SHORT))
    assert (talk.said, talk.effects(Wait)) == (["In."], [Wait(4, 1)])
    assert talk.give(TimedOut(1)).turn.effects == (Wait(4, 2),)
    assert talk.give(TimedOut(2)).said == ["Out."]


def test_the_end_of_a_talk_is_told_even_if_a_clock_brings_it():
    """Nobody sits and waits for what is over."""
    talk = Talk(unchecked(tea=SHORT)).give(TimedOut(1)).give(TimedOut(2)).give(TimedOut(3)).give(TimedOut(4))
    assert talk.said == ["Later."]
    assert talk.give(TimedOut(5)).said == ["That's all of it."]
    assert talk.turn.session is None


@pytest.mark.parametrize("given", [Text("hm"), Skip()], ids=repr)
def test_who_does_not_want_to_rest_goes_on(given):
    """Any word, and "skip", lead on; where nothing is said there, they hear that it goes on by itself."""
    talk = Talk(unchecked(tea=SHORT)).give(given)
    assert (talk.step, talk.said) == ("b", ["It goes on by itself."])
    assert talk.give(given).said == ["Out."]


def test_back_passes_over_a_rest():
    """It leads to the question before this one, and a rest asks nothing."""
    tea = SHORT.replace("steps:", "start: z\nsteps:\n  z: {say: 'Ready?', ask: x, to: a}")
    talk = Talk(unchecked(tea=tea)).say("yes").give(TimedOut(2)).say("hm").give(Skip())
    assert talk.said == ["Again?"]
    assert talk.give(Correct()).said == ["Which one?"]
    assert talk.offered == ["yes", "Leave it"]
    assert talk.give(Back()).give(Back()).said == ["Ready?"]
    assert talk.answers == {}
    assert talk.give(Back()).said == ["Nothing before this.", "Ready?"]


def test_a_reminder_of_a_silent_rest_says_that_it_goes_on():
    """A person who writes hears something."""
    talk = Talk(unchecked(tea=SHORT)).give(TimedOut(1))
    assert talk.give(Repeat()).said == ["It goes on by itself."]


def test_a_question_may_be_waited_for_and_then_left():
    """Its time-out is of no use once it was answered, or put again."""
    talk = Talk(unchecked(tea=SHORT)).give(TimedOut(1)).give(TimedOut(2)).give(TimedOut(3))
    assert talk.effects(Wait) == [Wait(300, 4)]
    assert talk.give(Repeat()).give(TimedOut(4)).said == ["Later."]


def test_a_talk_put_aside_from_the_middle_of_a_visit_is_whole():
    """Also where the talk beneath rests as soon as it comes back."""
    rest = flow("walk", a='say: "A walk?", ask: x, to: b', b='say: "Resting.", after: {seconds: 30, to: end}')
    longer = rest.replace("seconds: 30", "days: 2")
    talk = (
        Talk(unchecked(tea=TEA, walk=rest), NOW, flow="walk")
        .say("x")
        .lay_over("tea")
        .now_with(unchecked(tea=TEA, walk=longer))
    )
    talk.say("yes")
    assert [wait.key for wait in talk.effects(Wait)] == ["tea/rest", "walk/b"]
    assert talk.turn.session is None
    assert all(len(from_json(wait.aside).frames) == 1 for wait in talk.effects(Wait))


def test_a_rest_that_was_taken_away_leads_on_without_being_said_again():
    """Who waited overnight hears what comes next, and not yesterday's words once more."""
    talk = """
    flow: walk
    steps:
      night: {say: "Until tomorrow.", after: {days: 1, to: morning}}
      morning: {say: "Good morning.", ask: how, to: end}
    """
    wait = engine.begin(unchecked(walk=talk), "walk", Facts()).effects[-1]
    later = unchecked(walk=talk.replace("after: {days: 1, to: morning}", "to: morning"))

    turn = engine.take_up(later, None, wait.aside, Facts())

    assert [effect.text for effect in turn.effects if isinstance(effect, Say)] == ["Good morning."]


def test_where_a_wait_leads_may_change_beneath_people():
    """What they were told stays the same, so it is not said to them anew."""
    talk = """
    flow: walk
    steps:
      rest: {say: "A minute.", after: {minutes: 1, to: word}}
      word: {say: "A word?", ask: word, to: end}
      other: {say: "Another word?", ask: word, to: end}
    """
    session = engine.begin(unchecked(walk=talk), "walk", Facts()).session
    later = unchecked(walk=talk.replace("to: word}}", "to: other}}"))

    turn = engine.resume(later, session, TimedOut(session.generation), Facts())

    assert [effect.text for effect in turn.effects if isinstance(effect, Say)] == ["Another word?"]
