"""Each limit has an end that is kind: a sentence, and a way on. What no check has seen is stopped as well."""

import inspect
import sys
from datetime import UTC, datetime, timedelta

import pytest

from flows import engine, limits
from flows.choices import LATEST, MOST
from flows.session import from_json
from flows.turn import Back, Correct, Facts, Keep, Repeat, Say, Skip, Text, TimedOut, Wait
from tests.flows.talk import Talk, flow, unchecked

MENU = """
flow: menu
takes: [first_words]
steps:
  ask: {say: "What now? {first_words}", ask: what, to: end}
"""
LETTER = """
flow: letter
variables: {page: text}
steps:
  ask: {say: "Write.", ask: page, to: more}
  more: {say: "More?", ask: rest, to: ask}
"""
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def told(turn):
    """Return the bubbles of a turn."""
    return [effect.text for effect in turn.effects if isinstance(effect, Say)]


def chain(length):
    """Flows that call each other, one after the other; the last one asks."""
    call = "flow: f{}\nkind: part\nsteps:\n  a: {{say: 'Down.', call: f{}, to: b}}\n  b: {{say: 'Up.', to: end}}\n"
    last = f"flow: f{length}\nsteps:\n  a: {{say: 'Bottom?', ask: x, to: end}}\n"
    return {f"f{n}": call.format(n, n + 1) for n in range(1, length)} | {f"f{length}": last}


@pytest.mark.parametrize(
    ("more", "said"),
    [(0, ["Bottom?"]), (1, ["Let's stop here.", "What now? "])],
    ids=["as deep as it may be", "one deeper"],
)
def test_flows_within_flows_have_a_depth(more, said):
    """Deeper than that, the person hears so and begins anew at home."""
    turn = engine.begin(unchecked(menu=MENU, **chain(limits.DEPTH + more)), "f1", Facts())
    assert [text for text in told(turn) if text != "Down."] == said
    assert turn.session.top.flow == ("menu" if more else f"f{limits.DEPTH}")


def test_the_way_up_from_the_deepest_flow_is_open():
    """Each of the flows goes on where it called the next one."""
    turn = engine.begin(unchecked(**chain(limits.DEPTH)), "f1", Facts())
    turn = engine.resume(unchecked(**chain(limits.DEPTH)), turn.session, Text("x"), Facts())
    assert told(turn) == ["Up."] * (limits.DEPTH - 1)
    assert turn.session is None


@pytest.mark.parametrize("more", [0, 1], ids=["as many as there may be", "one more"])
def test_a_turn_has_so_many_steps(more):
    """A turn that takes too many ends at home, with a sentence."""
    names = [f"s{n}" for n in range(1, limits.STEPS_PER_TURN + more)]
    steps = "".join(f"  {a}: {{say: {a}, to: {b}}}\n" for a, b in zip(names, [*names[1:], "z"], strict=True))
    long = f"flow: long\nsteps:\n{steps}  z: {{say: 'End?', ask: x, to: end}}\n"
    turn = engine.begin(unchecked(menu=MENU, long=long), "long", Facts())
    assert told(turn)[-2:] == (["Let's stop here.", "What now? "] if more else [names[-1], "End?"])


def test_a_long_way_is_no_deep_stack():
    """A turn with all its steps takes a few calls within calls, not hundreds: no thread is too small for it."""
    names = [f"s{n}" for n in range(1, limits.STEPS_PER_TURN)]
    steps = "".join(f"  {a}: {{say: {a}, to: {b}}}\n" for a, b in zip(names, [*names[1:], "z"], strict=True))
    flows = unchecked(long=f"flow: long\nsteps:\n{steps}  z: {{say: 'End?', ask: x, to: end}}\n")
    here, limit = len(inspect.stack(0)), sys.getrecursionlimit()
    sys.setrecursionlimit(here + 60)
    try:
        assert told(engine.begin(flows, "long", Facts()))[-1] == "End?"
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("home", ["menu", "none"])
def test_a_round_without_a_wait_ends_in_a_sentence(home):
    """Also where home itself goes round, and where there is no home."""
    round_ = "flow: {0}\nsteps:\n  a: {{to: b}}\n  b: {{to: 'flow:{1}'}}\n"
    flows = unchecked(tea=round_.format("tea", "menu"), menu=round_.format("menu", "tea"))
    turn = engine.begin(flows, "tea", Facts(home=home))
    assert set(told(turn)) == {"Let's stop here."}
    assert turn.session is None


def test_back_goes_so_far_and_says_where_it_ends():
    """Twenty questions back, and then a sentence and the question."""
    talk = Talk(unchecked(letter=LETTER), flow="letter").say(*"abcdefghijklmnopqrstuvwxyz")
    assert len(talk.turn.session.top.trail) == limits.TRAIL
    for _ in range(limits.TRAIL):
        assert talk.give(Back()).said in (["Write."], ["More?"])
    assert talk.give(Back()).said == ["Nothing before this.", "Write."]
    assert talk.answers == {"page": "e", "rest": "f"}


def test_an_answer_that_leads_nowhere_costs_nothing_of_the_way_back():
    """Whoever is not understood can still go back as far."""
    letter = LETTER.replace("to: ask}", "choices: [{id: 'no', label: No}], to: stop}") + (
        "  stop: {say: 'Stop?', choices: [{id: 'no', label: No}], to: stop}\n"
    )
    talk = Talk(unchecked(letter=letter), flow="letter").say("page", "rest", *["no"] * limits.TRAIL)
    before = talk.turn.session.top.trail
    assert talk.say("what?").said == ["I didn't get that.", "Stop?"]
    assert talk.turn.session.top.trail == before


def test_the_way_back_is_shared_by_the_flows_of_a_talk():
    """What is beneath is forgotten first."""
    flows = unchecked(letter=LETTER, menu=MENU.replace("to: end", "to: ask"))
    talk = Talk(flows, flow="letter").say(*"abcdefghij").lay_over("menu").say(*"abcdefghijklmno")
    assert [len(frame.trail) for frame in talk.turn.session.frames] == [limits.TRAIL - 15, 15]


def test_words_that_are_more_than_a_talk_holds_are_refused_kindly():
    """The question comes again, and a shorter answer is taken."""
    talk = Talk(unchecked(letter=LETTER), flow="letter").say("x" * (limits.WORDS - 400))
    assert talk.say("y" * 401).said == ["That's more than I can hold.", "More?"]
    assert talk.step == "more"
    assert talk.say("y" * 400).step == "ask"
    assert talk.turn.session.letters == limits.WORDS


def test_a_short_answer_always_fits():
    """Nobody is told that "yes" is too long."""
    talk = Talk(unchecked(letter=LETTER), flow="letter").say("x" * limits.WORDS)
    assert talk.say("y" * (limits.BUBBLE + 1)).step == "more"
    assert talk.say("y" * limits.BUBBLE).step == "ask"
    for _ in range(3 * limits.TRAIL):
        talk.say("z" * limits.BUBBLE)
    assert talk.turn.session.letters == limits.BUBBLE  # and what is forgotten makes room again


def test_what_an_answer_replaced_is_held_for_back():
    """It counts, and is forgotten when "back" has been there."""
    talk = Talk(unchecked(letter=LETTER), flow="letter").say("x" * 8_000, "", "z" * 8_000, "")
    assert talk.turn.session.letters == 16_000
    assert talk.say("y" * 8_000).said == ["That's more than I can hold.", "Write."]
    assert talk.give(Back()).give(Back()).turn.session.letters == 8_000
    assert talk.say("y" * 8_000).step == "more"


def test_words_that_several_flows_hold_count_once():
    """A long letter that a called flow takes leaves as much room as before."""
    tea = flow("tea", a="say: 'Write.', ask: page, to: b", b="call: part, to: end")
    part = flow("part", "takes: [page]", a="say: 'Ps?', ask: ps, to: b", b="say: '?', ask: x, to: end")
    talk = Talk(unchecked(tea=tea, part=part)).say("x" * 10_000, "y" * 6_000)
    assert (talk.step, talk.turn.session.letters) == ("b", 16_000)


def test_a_value_that_doubles_itself_stays_small():
    """An author's ``set`` cannot make a session grow without end."""
    tea = flow("tea", a="say: 'Tea?', ask: x, to: b", b="set: {x: '{x}{x}'}, say: 'More?', ask: y, to: b")
    talk = Talk(unchecked(tea=tea)).say("x" * 100, *["more"] * 12)
    assert len(talk.answers["x"]) == limits.WORDS


def test_a_talk_that_was_left_a_month_ago_begins_anew():
    """Nobody knows any more what the question was about; what the person writes is heard at home."""
    talk = Talk(unchecked(letter=LETTER, menu=MENU), Facts(now=NOW), flow="letter")
    soon, late = (NOW + timedelta(seconds=limits.AGE + more) for more in (0, 1))
    turn = engine.resume(talk.flows, talk.turn.session, Text("hello"), Facts(now=soon))
    assert told(turn) == ["More?"]
    turn = engine.resume(talk.flows, talk.turn.session, Text("hello"), Facts(now=late))
    assert told(turn) == ["Long ago.", "What now? hello"]
    turn = engine.resume(talk.flows, talk.turn.session, Skip(), Facts(now=late))
    assert told(turn) == ["Long ago.", "What now? "]
    assert turn.session.touched == late.timestamp()


@pytest.mark.parametrize(("minutes", "aside"), [(59, False), (60, True)])
def test_a_rest_of_an_hour_sets_the_person_free(minutes, aside):
    """A shorter one is waited for; a longer one comes back by itself."""
    tea = flow("tea", a=f"say: 'It draws.', after: {{minutes: {minutes}, to: b}}", b="say: 'Tea.', to: end")
    turn = engine.begin(unchecked(tea=tea), "tea", Facts())
    (wait,) = [effect for effect in turn.effects if isinstance(effect, Wait)]
    assert (wait.seconds, bool(wait.aside), turn.session is None) == (60 * minutes, aside, aside)


@pytest.mark.parametrize(
    ("high", "last"),
    [(MOST, str(MOST)), (MOST + 1, str(MOST)), (5000, str(MOST))],
    ids=["as many as fit", "one more", "many more"],
)
def test_numbers_that_are_too_many_for_buttons_can_be_typed(high, last):
    """The first of them are buttons; all of them are understood."""
    cups = f"say: 'Cups?', ask: {{name: cups, number: [0, {high}]}}, to: b"
    talk = Talk(unchecked(tea=flow("tea", a=cups, b="say: '{cups}?', ask: x, to: end")))
    assert talk.offered == [*map(str, range(MOST + 1)), "Skip"]
    assert talk.offered[-2] == last
    assert talk.say(str(high)).said == [f"{high}?"]


def test_the_latest_answers_can_be_changed():
    """No list is longer than a person reads."""
    talk = Talk(unchecked(letter=LETTER), flow="letter").say(*"abcdefghijkl").give(Correct())
    assert talk.offered == [*reversed("efghijkl"), "Leave it"]
    assert len(talk.offered) == LATEST + 1


def test_a_session_is_small_but_for_the_persons_words():
    """At full depth and with a full trail it takes less than 2 KB, with names as long as those of the bot's own."""
    names = [f"answer_{n:02}" for n in range(limits.TRAIL)]
    asks = "".join(
        f"  step_name{n:02}: {{say: 'Q', ask: {a}, to: {f'step_name{n + 1:02}' if a != names[-1] else 'call_it'}}}\n"
        for n, a in enumerate(names)
    )
    last = f"flow: f{limits.DEPTH}\nsteps:\n{asks}  call_it: {{say: 'Q', ask: x, to: end}}\n"
    flows = {**chain(limits.DEPTH), f"f{limits.DEPTH}": last}
    talk = Talk(unchecked(**flows), flow="f1").say(*[""] * limits.TRAIL)
    session = talk.turn.session
    assert len(session.frames) == limits.DEPTH
    assert len(session.top.trail) == limits.TRAIL
    assert len(session.to_json()) < 2_000
    assert from_json(session.to_json()) == session


def test_a_wait_that_is_over_is_nothing_to_who_was_not_waiting():
    """A clock that was set before this talk began says nothing in it."""
    talk = Talk(unchecked(letter=LETTER), flow="letter")
    assert talk.give(TimedOut(talk.turn.session.generation)).turn.effects == ()
    assert talk.give(Repeat()).said == ["Write."]


def test_letters_are_kept_whole():
    """A long letter within the limit is handed on as it was written."""
    tea = flow("tea", a="say: 'Write.', ask: page, to: b", b="keep: {letter: page}, say: 'Kept.', to: end")
    page = "Dear me,\n" + "x" * (limits.WORDS - 9)
    assert Talk(unchecked(tea=tea)).say(page).effects(Keep) == [Keep("letter", page)]
