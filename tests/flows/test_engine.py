"""One turn of one talk."""

import pytest

from flows import engine
from flows.turn import (
    Back,
    Chosen,
    Do,
    Done,
    Facts,
    Heard,
    Keep,
    Less,
    Repeat,
    Say,
    Skip,
    Text,
    TimedOut,
    Wait,
)  # fmt: skip
from tests.content import content
from tests.flows.talk import Talk

TEA = """
flow: tea
takes: [mood]
steps:
  hello:
    say: {plain: "Tea?", warm: "Tea, dear?"}
    choices:
      - {id: "yes", label: "Yes", to: kind}
      - {id: "no", label: "No", to: bye, set: {left: early}}
    when: [{heard: grief, to: sorry}]
    skip: bye
  kind:
    say: ["Good.", "Which tea?"]
    ask: tea
    when: [{answer: {tea: poison}, to: bye}]
    to: sugar
  sugar:
    say: "How much sugar in your {tea}?"
    ask: {name: sugar, number: [0, 10]}
    when: [{answer: {sugar: 8..10}, to: sweet}]
    to: rest
  sweet:
    say: "Sweet."
    to: rest
  rest:
    say: "It draws."
    after: {seconds: 20, to: pour}
    choices: [{id: now, label: "Pour now", to: pour}]
    to: pour
  pour:
    say: {any: ["Here you are.", "Your {tea}.", "Mind, it's hot."]}
    keep: {drink: tea}
    do: {name: note, with: {what: "{tea} with {sugar}"}}
    to: ask
  ask:
    say: "Noted: {found}. A biscuit?"
    choices:
      - {id: "yes", label: "Yes", to: biscuit}
      - {id: "no", label: "No", to: end}
    to: end
  biscuit:
    call: plate
    to: crumbs
  crumbs:
    say: "{taken} it is. More?"
    choices: [{id: "no", label: "No", to: end}]
    to: end
  sorry:
    say: "I'm sorry."
    to: end
  bye:
    say: "Another time."
    to: end
"""
PLATE = """
flow: plate
kind: part
takes: [tea]
returns: [taken]
steps:
  pick:
    say: "With your {tea}: shortbread or oat?"
    ask: taken
    to: end
"""


@pytest.fixture
def flows(tmp_path):
    return content(tmp_path, tea=TEA, plate=PLATE)


def test_a_talk_begins_with_its_first_question_and_its_choices(flows):
    """The first bubble carries the choices, in the author's order."""
    (say,) = Talk(flows).effects(Say)
    assert say.text == "Tea?"
    assert [offer.label for offer in say.offers] == ["Yes", "No"]


@pytest.mark.parametrize("typed", ["yes", "Yes", " YES. ", "yeah", "ok"])
def test_a_choice_can_be_typed(flows, typed):
    """A choice is understood by its label, its id, or a plain yes."""
    assert Talk(flows).say(typed).said == ["Good.", "Which tea?"]


def test_words_that_fit_nothing_repeat_the_question(flows):
    """A person is never scolded, and the question comes again with its choices."""
    talk = Talk(flows).say("banana")
    assert talk.said == ["I didn't get that.", "Tea?"]
    assert talk.effects(Say)[-1].offers


def test_what_was_heard_leads_on_where_choices_do_not_fit(flows):
    """Typed words are tried against ``heard`` lines on a step that has choices only."""
    talk = Talk(flows).give(Text("my dog died"), heard=Heard(intent="grief"))
    assert talk.said == ["I'm sorry."]
    assert talk.turn.session is None


def test_an_answer_is_put_into_later_lines(flows):
    """``{tea}`` shows what the person typed, as they typed it."""
    assert Talk(flows).say("yes", "{odd} tea").said == ["How much sugar in your {odd} tea?"]


@pytest.mark.parametrize(
    ("typed", "next_"), [("3", "It draws."), ("nine", "Sweet."), ("about a 7", "It draws.")]
)
def test_a_number_decides_by_its_range(flows, typed, next_):
    """``8..10`` holds for eight, nine and ten."""
    assert Talk(flows).say("yes", "mint", typed).said[0] == next_


def test_a_number_is_asked_for_twice_and_then_left(flows):
    """Nobody owes a number: the second try that has none skips the question."""
    talk = Talk(flows).say("yes", "mint", "lots")
    assert talk.said == ["A number, please.", "How much sugar in your mint?"]
    assert talk.say("lots").said == ["It draws."]


def test_a_wait_goes_on_by_itself_once(flows):
    """Only the present wait counts; one that was overtaken is ignored without a word."""
    talk = Talk(flows).say("yes", "mint", "3")
    (wait,) = talk.effects(Wait)
    assert wait.seconds == 20
    assert talk.give(TimedOut(wait.generation - 1)).turn.effects == ()
    talk.give(TimedOut(wait.generation))
    assert talk.effects(Do)[0].values == {"what": "mint with 3"}


def test_an_action_suspends_the_talk_until_it_is_done(flows):
    """``do`` hands values over and goes on with what comes back."""
    talk = Talk(flows).say("yes", "mint", "3", "pour now")
    assert talk.effects(Keep) == [Keep("drink", "mint")]
    talk.give(Done({"found": "mint"}))
    assert talk.said == ["Noted: mint. A biscuit?"]


def test_a_called_flow_takes_and_returns_answers(flows):
    """``takes`` brings the caller's answer in, ``returns`` hands one back."""
    talk = Talk(flows).say("yes", "mint", "3", "pour now").give(Done({"found": "x"})).say("yes")
    assert talk.said == ["With your mint: shortbread or oat?"]
    assert talk.say("oat").said == ["oat it is. More?"]


def test_back_restores_the_question_and_the_answer_before(flows):
    """An answer that was given and taken back is gone."""
    talk = Talk(flows).say("yes", "mint").give(Back())
    assert talk.said == ["Good.", "Which tea?"]
    assert "tea" not in talk.turn.session.top.answers
    assert talk.give(Back()).said == ["Tea?"]
    assert talk.give(Back()).said == ["Nothing before this.", "Tea?"]


def test_back_never_crosses_what_was_done(flows):
    """After an action there is nothing to go back to."""
    talk = Talk(flows).say("yes", "mint", "3", "pour now").give(Done({"found": "x"})).give(Back())
    assert talk.said[0] == "Nothing before this."


def test_a_stale_button_gets_the_present_question(flows):
    """A press on an old question changes nothing."""
    talk = Talk(flows).say("yes").give(Chosen("yes", "old"))
    assert talk.said == ["Old button.", "Which tea?"]


def test_a_second_tap_of_the_same_button_is_nothing(flows):
    """Fingers tremble; the first tap counts."""
    talk = Talk(flows)
    prompt = talk.turn.session.prompt
    assert talk.give(Chosen("yes", prompt)).said == ["Good.", "Which tea?"]
    assert talk.give(Chosen("yes", prompt)).turn.effects == ()


def test_skip_leads_where_the_author_said(flows):
    """``skip`` wins over ``to``; an ``ask`` shows a Skip button."""
    assert Talk(flows).give(Skip()).said == ["Another time."]
    assert Talk(flows).say("yes").effects(Say)[-1].offers[-1].id == "skip"


def test_less_repeats_the_question_with_the_form_of_the_day(flows):
    """Warmth is a fact: the engine says the form that fits."""
    talk = Talk(flows, Facts(warmth="warm"))
    assert talk.said == ["Tea, dear?"]
    assert talk.give(Less(), warmth="plain").said == ["A bit less.", "Tea?"]


def test_wordings_take_turns(flows):
    """The wording that was not read for the longest time comes next; no seed repeats one early."""
    read, said = b"", []
    for seed in range(30):
        turn = engine.begin(flows, "tea", Facts())
        session = engine.resume(flows, turn.session, Text("yes"), Facts()).session
        session = engine.resume(flows, session, Text("x"), Facts()).session
        session = engine.resume(flows, session, Text("1"), Facts()).session
        turn = engine.resume(flows, session, Repeat(), Facts(seed=seed, seen=read))
        turn = engine.resume(flows, turn.session, Text("pour now"), Facts(seed=seed, seen=read))
        read += b"".join(effect.line for effect in turn.effects if hasattr(effect, "line"))
        said.append(next(effect.id for effect in turn.effects if isinstance(effect, Say)))
    assert all(len(set(said[at : at + 3])) == 3 for at in range(28))


def test_a_flow_laid_over_another_gives_way_to_it(flows):
    """A digression ends where the talk was, with its question."""
    talk = Talk(flows).say("yes")
    talk.turn = engine.lay_over(flows, talk.turn.session, "plate", Facts())
    assert talk.say("oat").said == ["Where were we.", "Which tea?"]
    assert talk.say("mint").said == ["How much sugar in your mint?"]


def test_the_same_turn_comes_of_the_same_input(flows):
    """The engine is a pure function."""
    first, second = Talk(flows).say("yes", "mint"), Talk(flows).say("yes", "mint")
    assert first.turn == second.turn


def test_a_reworded_step_is_asked_again(flows, tmp_path):
    """Who stands on a changed step hears so, and gets the new question; their words are not taken for an answer."""
    session = Talk(flows).say("yes").turn.session
    new = content(tmp_path, tea=TEA.replace("Which tea?", "What tea?"), plate=PLATE)
    turn = engine.resume(new, session, Text("mint"), Facts())
    assert turn.effects[0].text == "I've reworded this."
    assert turn.session.top.step == "kind"


def test_a_change_elsewhere_is_not_noticed(flows, tmp_path):
    """Who stands on an unchanged step goes on."""
    session = Talk(flows).say("yes").turn.session
    new = content(tmp_path, tea=TEA.replace("Another time.", "Some other time."), plate=PLATE)
    assert engine.resume(new, session, Text("mint"), Facts()).session.top.step == "sugar"


def test_a_renamed_step_is_found(flows, tmp_path):
    """``renamed`` leads from the old name to the new one."""
    session = Talk(flows).say("yes").turn.session
    renamed = (
        TEA.replace("kind:", "which:")
        .replace("to: kind", "to: which")
        .replace("takes:", "renamed: {steps: {kind: which}}\ntakes:")
    )
    turn = engine.resume(content(tmp_path, tea=renamed, plate=PLATE), session, Text("mint"), Facts())
    assert turn.session.top.step == "sugar"


def test_a_flow_that_is_gone_ends_kindly(flows, tmp_path):
    """Never an error, never silence."""
    session = Talk(flows).say("yes").turn.session
    turn = engine.resume(content(tmp_path / "new", plate=PLATE), session, Text("mint"), Facts())
    assert turn.session is None
    assert [effect.text for effect in turn.effects] == ["That talk has changed."]
