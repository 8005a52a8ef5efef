"""Flows that are laid over a talk, and what lies beneath them."""

import pytest

from flows import engine
from flows.checks.between import OVERLAID
from flows.turn import Back, Chosen, Correct, Facts, Heard, Repeat, Skip, Text, TimedOut, Wait
from tests.flows.talk import Talk, flow, unchecked

TEA = """
flow: tea
steps:
  a:
    say: ["Well.", "Tea?"]
    ask: tea
    when: [{heard: grief, over: sorry}, {answer: {tea: none}, over: water}]
    to: b
  b:
    say: "Sugar?"
    choices: [{id: "yes", label: "Yes"}]
    when: [{heard: grief, over: sorry}]
    after: {seconds: 30, to: c}
    to: c
  c: {say: "Milk?", ask: milk, to: end}
"""
SORRY = 'flow: sorry\ntakes: [tea]\nsteps:\n  a: {say: "I\'m sorry. {tea}", ask: more, to: end}\n'
WATER = 'flow: water\nsteps:\n  a: {say: "Water is there.", to: end}\n'


@pytest.fixture
def talk():
    """A talk at its first question."""
    return Talk(unchecked(tea=TEA, sorry=SORRY, water=WATER))


def test_words_that_lead_aside_are_no_answer(talk):
    """The flow that is laid over may take them; the question beneath is still open."""
    talk.give(Text("my dog died"), heard=Heard(intent="grief"))
    assert talk.said == ["I'm sorry. my dog died"]
    assert [frame.over for frame in talk.turn.session.frames] == [False, True]
    assert talk.turn.session.frames[0].answers == {}
    assert talk.turn.session.frames[0].trail == []


def test_the_question_comes_again_when_what_was_laid_over_it_ends(talk):
    """With a sentence that says so, and all that was known before."""
    talk.give(Text("my dog died"), heard=Heard(intent="grief")).say("thanks")
    assert talk.said == ["Where were we.", "Tea?"]
    assert talk.say("mint").said == ["Sugar?"]


def test_what_asks_nothing_comes_back_at_once(talk):
    """Both are said in one turn."""
    assert talk.say("none").said == ["Water is there.", "Where were we.", "Tea?"]


def test_a_wait_begins_anew_when_the_talk_comes_back(talk):
    """The clock of the question does not run meanwhile."""
    talk.say("mint")
    before = talk.effects(Wait)[0]
    talk.give(Text("my dog died"), heard=Heard(intent="grief"))
    assert talk.give(TimedOut(before.generation)).turn.effects == ()
    assert talk.say("thanks").effects(Wait) == [Wait(30, talk.turn.session.generation)]
    assert talk.turn.session.generation > before.generation


def test_back_does_not_lead_out_of_what_was_laid_over(talk):
    """There is nothing before its first question."""
    talk.say("mint").lay_over("sorry")
    assert talk.give(Back()).said == ["Nothing before this.", "I'm sorry. "]
    talk.say("thanks")
    assert talk.give(Back()).said == ["Well.", "Tea?"]


def test_what_is_laid_over_nothing_begins_a_talk():
    """So the shell need not ask."""
    turn = engine.lay_over(unchecked(water=WATER, sorry=SORRY), None, "sorry", Facts())
    assert [frame.over for frame in turn.session.frames] == [False]


def test_a_pile_of_digressions_forgets_its_oldest(talk):
    """The talk beneath may be among them; the person always has a way on."""
    for _ in range(OVERLAID + 2):
        talk.lay_over("sorry")
    assert len(talk.turn.session.frames) == OVERLAID + 1
    for _ in range(OVERLAID):
        assert talk.say("thanks").said == ["Where were we.", "I'm sorry. "]
    assert talk.say("thanks").said == ["That's all of it."]
    assert talk.turn.session is None


def test_changing_an_answer_is_given_up_when_something_is_laid_over(talk):
    """The list is gone, and the question is there when the talk comes back."""
    talk.say("mint").give(Correct()).lay_over("sorry")
    assert talk.give(Correct()).said == ["Nothing to change.", "I'm sorry. "]
    assert talk.say("thanks").said == ["Where were we.", "Sugar?"]
    talk.give(Correct()).say("mint").lay_over("sorry").say("thanks")
    assert talk.say("oolong").said == ["Sugar?"]


def test_going_home_clears_what_lies_beneath(talk):
    """``flow:menu`` leaves everything that was open."""
    leave = 'flow: sorry\nsteps:\n  a: {say: "Home?", ask: x, to: "flow:menu"}\n'
    menu = 'flow: menu\nsteps:\n  a: {say: "What now?", ask: x, to: end}\n'
    talk = Talk(unchecked(tea=TEA, sorry=leave, water=WATER, menu=menu)).lay_over("sorry").say("yes")
    assert talk.said == ["What now?"]
    assert [(frame.flow, frame.over) for frame in talk.turn.session.frames] == [("menu", False)]


def test_a_flow_that_takes_the_place_of_one_laid_over_lies_there_too(talk):
    """The talk beneath comes back in the end."""
    leave = 'flow: sorry\nsteps:\n  a: {say: "Water?", ask: tea, to: "flow:other"}\n'
    other = 'flow: other\ntakes: [tea]\nsteps:\n  a: {say: "Other. {tea}", ask: x, to: end}\n'
    talk = Talk(unchecked(tea=TEA, sorry=leave, water=WATER, other=other)).lay_over("sorry").say("mint")
    assert talk.said == ["Other. mint"]
    assert [(frame.flow, frame.over) for frame in talk.turn.session.frames] == [
        ("tea", False),
        ("other", True),
    ]
    assert talk.say("x").said == ["Where were we.", "Tea?"]


def test_a_flow_that_takes_the_place_of_a_called_one_returns_to_the_caller():
    """The caller goes on where it called."""
    tea = flow(
        "tea", a='say: "A?", ask: x, to: b', b="call: part, to: c", c='say: "C {got}.", ask: y, to: end'
    )
    part = 'flow: part\nkind: part\nsteps:\n  a: {say: "Part?", ask: x, to: "flow:other"}\n'
    other = 'flow: other\nkind: part\ntakes: [x]\nreturns: [got]\nsteps:\n  a: {say: "Other {x}?", ask: got, to: end}\n'
    talk = Talk(unchecked(tea=tea, part=part, other=other)).say("one", "two")
    assert talk.said == ["Other one?"]
    assert talk.say("three").said == ["C three."]


def test_back_leads_out_of_a_called_flow_to_the_question_before_it():
    """As long as nothing was answered or done there."""
    tea = flow("tea", a='say: "A?", ask: x, to: b', b="call: part, to: c", c='say: "C.", ask: y, to: end')
    part = 'flow: part\nkind: part\nsteps:\n  a: {say: "Part?", ask: x, to: b}\n  b: {say: "More?", ask: y, to: end}\n'
    talk = Talk(unchecked(tea=tea, part=part)).say("one")
    assert talk.give(Back()).said == ["A?"]
    assert len(talk.turn.session.frames) == 1
    talk.say("one", "two")
    assert talk.give(Back()).said == ["Part?"]
    assert talk.give(Back()).said == ["A?"]
    assert talk.say("one", "two", "three").said == ["C."]
    assert talk.give(Back()).said == ["Nothing before this.", "C."]


def test_back_leads_out_of_as_many_flows_as_were_entered_at_once():
    """To the latest question, wherever it was asked."""
    tea = flow("tea", a='say: "A?", ask: x, to: b', b="call: mid, to: end")
    mid = flow("mid", "kind: part", a='say: "Mid?", ask: y, to: b', b="call: part, to: end")
    part = flow("part", "kind: part", a='say: "Part?", ask: z, to: end')
    talk = Talk(unchecked(tea=tea, mid=mid, part=part)).say("one", "two")
    assert talk.said == ["Part?"]
    assert talk.give(Back()).said == ["Mid?"]
    assert [frame.flow for frame in talk.turn.session.frames] == ["tea", "mid"]
    talk = Talk(unchecked(tea=tea, mid=flow("mid", "kind: part", b="call: part, to: end"), part=part)).say(
        "one"
    )
    assert [frame.flow for frame in talk.turn.session.frames] == ["tea", "mid", "part"]
    assert talk.give(Back()).said == ["A?"]


def test_back_does_not_lead_out_of_a_flow_in_which_something_was_done():
    """What was done stays done."""
    tea = flow("tea", a='say: "A?", ask: x, to: b', b="call: part, to: c", c='say: "C.", ask: y, to: end')
    part = 'flow: part\nkind: part\nsteps:\n  a: {call: water, to: b}\n  b: {say: "More?", ask: y, to: end}\n'
    talk = Talk(unchecked(tea=tea, part=part, water=WATER)).say("one")
    assert talk.said == ["Water is there.", "More?"]
    assert talk.give(Back()).said == ["Nothing before this.", "More?"]
    assert len(talk.turn.session.frames) == 2


def test_a_flow_can_be_laid_over_where_nothing_waits():
    """No check lets it pass; should it happen, the talk goes on afterwards along its way."""
    a, b = 'say: "Well.", when: [{guard: quiet, over: sorry}], to: b', 'say: "B?", ask: x, to: end'
    tea = flow("tea", a=a, b=b)
    talk = Talk(unchecked(tea=tea, sorry=SORRY), Facts(quiet=True))
    assert talk.said == ["Well.", "I'm sorry. "]
    assert talk.say("thanks").said == ["B?"]


def test_skip_and_a_tap_lead_aside_by_their_branches_only(talk):
    """A skip is no answer: no branch is asked about it."""
    assert talk.give(Skip()).said == ["Sugar?"]
    talk.give(Chosen("yes"), heard=Heard(intent="grief"))
    assert talk.said == ["I'm sorry. "]
    assert talk.say("thanks").said == ["Where were we.", "Sugar?"]


def test_a_reminder_belongs_to_what_lies_on_top(talk):
    """Only one question is open at a time."""
    assert talk.lay_over("sorry").give(Repeat()).said == ["I'm sorry. "]


def test_what_a_delicate_flow_calls_is_delicate_too():
    """What is laid over it is not."""
    tea = 'flow: tea\nsteps:\n  a: {delicate: true, call: part, to: c}\n  c: {say: "C.", ask: y, to: end}\n'
    part = 'flow: part\nkind: part\nsteps:\n  a: {say: "Part?", ask: x, to: end}\n'
    talk = Talk(unchecked(tea=tea, part=part, sorry=SORRY))
    assert engine.delicate(talk.flows, talk.turn.session, Facts())
    assert not engine.delicate(talk.flows, talk.lay_over("sorry").turn.session, Facts())
    assert not engine.delicate(talk.flows, talk.say("thanks", "x").turn.session, Facts())


def test_what_is_offered_and_whether_it_is_delicate_can_be_asked(talk):
    """Of the flow on top; of nothing where there is none, or where it is not to be found."""
    flows = unchecked(
        tea=TEA.replace('say: "Sugar?"', 'delicate: true\n    say: "Sugar?"'),
        sorry="delicate: true\n" + SORRY,
        water=WATER,
    )
    talk = Talk(flows)

    def asked(content=flows):
        session = talk.turn.session
        return [offer.id for offer in engine.offers(content, session, Facts())], engine.delicate(
            content, session, Facts()
        )

    assert asked() == (["skip"], False)
    talk.say("mint")
    assert asked() == (["yes"], True)
    talk.lay_over("sorry")
    assert asked() == (["skip"], True)
    assert asked(unchecked(tea=TEA, water=WATER)) == ([], False)
    assert asked(unchecked(sorry=SORRY.replace("  a:", "  b:"))) == ([], False)
    assert not engine.delicate(flows, None, Facts())
