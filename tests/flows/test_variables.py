"""What a flow remembers: for a turn, for itself, or for the person."""

from dataclasses import replace

import pytest

from flows.turn import Back, Chosen, Correct, Do, Done, Facts, Keep, Repeat, Skip, TimedOut
from tests.flows.talk import Talk, flow, unchecked

AGREED = Facts(variables={"consent": "yes"})
LIVES = """
flow: tea
variables:
  short: {lives: turn}
  long: text
  ours: {type: text, lives: kept}
  when: {type: date, lives: kept}
steps:
  a: {say: "Short?", ask: short, to: b}
  b: {say: "Long? {short}", ask: long, to: c}
  c: {say: "Ours? {short} {long}", ask: ours, to: d}
  d:
    say: "When?"
    ask: when
    choices: [{id: soon, label: "Soon", set: {ours: "changed", short: "soon"}}]
    to: e
  e: {say: "{long}, {ours}, {when}, {short}.", ask: x, to: end}
"""


def test_what_lives_for_a_turn_is_gone_with_the_next_answer():
    """It can be said once, and then it is forgotten."""
    talk = Talk(unchecked(tea=LIVES)).say("quick")
    assert talk.said == ["Long? quick"]
    assert talk.say("lasting").said == ["Ours?  lasting"]
    assert talk.answers == {"long": "lasting"}


def test_back_brings_what_lived_for_a_turn_to_life_again():
    """The question reads as it did."""
    talk = Talk(unchecked(tea=LIVES)).say("quick", "lasting").give(Back())
    assert talk.said == ["Long? quick"]
    assert talk.answers == {"short": "quick"}


@pytest.mark.parametrize("given", [Repeat(), Back()], ids=repr)
def test_only_an_answer_ends_a_turn(given):
    """A reminder or going back and forth forgets nothing."""
    talk = Talk(unchecked(tea=LIVES)).say("quick").give(given)
    assert talk.turn.session.letters == (5 if isinstance(given, Repeat) else 0)


def test_what_lives_for_a_flow_ends_with_it():
    """The next talk begins without it."""
    talk = Talk(unchecked(tea=LIVES), AGREED).say("q", "lasting", "ours", "tomorrow", "x")
    assert talk.turn.session is None
    assert "lasting" not in {keep.text for keep in talk.effects(Keep)}


def test_what_is_kept_is_handed_out_once_it_is_answered():
    """As a variable of the person, with its name."""
    talk = Talk(unchecked(tea=LIVES), AGREED).say("q", "l", "mine")
    assert talk.effects(Keep) == [Keep("ours", "mine", variable=True)]
    assert talk.say("24 Dec").effects(Keep) == [Keep("when", "1970-12-24", variable=True)]
    assert talk.said == ["l, mine, 24 December 1970, ."]


def test_what_a_choice_sets_is_kept_as_well():
    """``set`` gives a value like an answer does."""
    talk = Talk(unchecked(tea=LIVES), AGREED).say("q", "l", "mine", "Soon")
    kept = {Keep("ours", "changed", variable=True), Keep("when", "soon", variable=True)}
    assert set(talk.effects(Keep)) == kept


@pytest.mark.parametrize("consent", [{}, {"consent": ""}], ids=["unasked", "said no"])
def test_nothing_is_kept_without_consent(consent):
    """What is said stays in the talk, and is forgotten with it."""
    talk = Talk(unchecked(tea=LIVES), Facts(variables=consent)).say("q", "l", "mine", "tomorrow")
    assert talk.effects(Keep) == []
    assert talk.answers["ours"] == "mine"


def test_an_answer_that_did_not_fit_is_not_kept():
    """Only what was taken as an answer is remembered."""
    talk = Talk(unchecked(tea=LIVES), AGREED).say("q", "l", "mine", "whenever")
    assert talk.effects(Keep) == []
    assert talk.give(Skip()).effects(Keep) == []


def test_what_is_known_of_a_person_is_there_in_every_flow():
    """A kept variable is said where a flow names it, until the flow has another value for it."""
    tea = (
        'flow: tea\nsteps:\n  a: {say: "{ours}?", ask: ours, to: b}\n  b: {say: "{ours}.", ask: x, to: end}\n'
    )
    talk = Talk(unchecked(tea=tea), Facts(variables={"ours": "known"}))
    assert talk.said == ["known?"]
    assert talk.say("new").said == ["new."]


CALLS = """
flow: tea
variables: {ours: {lives: kept}, found: {lives: kept}}
steps:
  a: {set: {ours: "set here"}, say: "First?", ask: first, to: b}
  b: {call: part, to: c}
  c: {do: look, to: d}
  d: {say: "{ours} {found} {mine}.", ask: x, to: end}
"""
PART = """
flow: part
kind: part
takes: [first, known]
returns: [ours]
steps:
  a: {say: "{first}? {known}", ask: ours, to: b}
  b: {set: {mine: "mine"}, to: end}
"""


def test_what_a_flow_returns_and_an_action_brings_is_kept_as_well():
    """However a value comes to a kept name, it is remembered."""
    facts = Facts(variables={"consent": "yes", "known": "well"})
    talk = Talk(unchecked(tea=CALLS, part=PART), facts)
    assert talk.effects(Keep) == [Keep("ours", "set here", variable=True)]
    assert talk.say("one").said == ["one? well"]
    assert talk.say("two").effects(Keep) == [Keep("ours", "two", variable=True)]
    assert talk.effects(Do)[0].answers == {"ours": "two", "first": "one"}
    talk.give(Done({"found": "it", "other": "no"}))
    assert talk.effects(Keep) == [Keep("found", "it", variable=True)]
    assert talk.said == ["two it ."]


def test_back_undoes_what_an_author_set_on_the_way():
    """``set`` belongs to the answer that led there."""
    tea = """
        flow: tea
        steps:
          a: {set: {mark: first}, say: "{mark}?", choices: [{id: on, label: "On", to: b, set: {word: chosen}}], skip: b}
          b: {set: {mark: second, word: "{word} too"}, to: c}
          c: {set: {mark: third}, say: "{mark} {word}?", ask: x, to: a}
        """
    talk = Talk(unchecked(tea=tea)).say("on")
    assert talk.said == ["third chosen too?"]
    assert talk.give(Back()).said == ["first?"]
    assert talk.answers == {"mark": "first"}
    assert talk.say("on", "x", "on").give(Back()).answers == {"mark": "first", "word": "chosen too", "x": "x"}
    assert talk.give(Back()).said == ["third chosen too?"]
    assert talk.give(Back()).answers == {"mark": "first"}


def test_what_is_left_is_known_where_one_flow_gives_way_to_another():
    """A flow that takes the place of another takes what was said there, and no more than it names."""
    tea = 'flow: tea\nsteps:\n  a: {say: "A?", ask: first, to: b}\n  b: {say: "B?", ask: second, to: "flow:part"}\n'
    talk = Talk(unchecked(tea=tea, part=PART)).say("one", "two")
    assert talk.said == ["one? "]
    assert talk.answers == {"first": "one"}


def test_a_choice_of_a_list_is_noted_beneath_the_lists_name():
    """``{from: list}`` gives ``list_chosen``; empty lines are no choices."""
    tea = """
        flow: tea
        takes: [things]
        steps:
          a: {say: "Which?", choices: {from: things}, to: b}
          b: {say: "{things_chosen}?", ask: x, to: end}
        """
    talk = Talk(unchecked(tea=tea), Facts(variables={"things": "one\n\ntwo"}))
    assert talk.offered == ["one", "two"]
    assert talk.give(Chosen("2", talk.turn.session.prompt)).said == ["two?"]


def test_a_time_out_ends_a_turn_too():
    """What lives for a turn does not outlast a question that nobody answered."""
    tea = """
        flow: tea
        variables: {short: {lives: turn}}
        steps:
          a: {say: "A?", ask: short, to: b}
          b: {say: "{short}", after: {seconds: 5, to: c}}
          c: {say: "{short}?", ask: x, to: end}
        """
    talk = Talk(unchecked(tea=tea)).say("quick")
    assert talk.give(TimedOut(talk.turn.session.generation)).said == ["?"]


def test_a_day_is_written_out_for_people_and_kept_for_programs():
    """In bubbles and on buttons it has its month; what is set, handed over or waited for is ``2026-12-24``."""
    tea = """
        flow: tea
        variables: {copy: date}
        steps:
          a: {say: "Day?", ask: {name: day, type: date}, to: b}
          b:
            set: {copy: "{day}", note: "{day}{nobody}", known: "{country}"}
            say: "{day} {copy} {note} {known}?"
            choices: [{id: on, label: "On {day}", set: {later: "{day}"}}]
            to: c
          c: {do: {name: note, with: {due: "{day}"}}, to: end}
        """
    talk = Talk(unchecked(tea=tea), Facts(variables={"country": "2026-01-01"})).say("2026-12-24")
    assert talk.said == ["24 December 2026 24 December 2026 2026-12-24 2026-01-01?"]
    assert talk.offered == ["On 24 December 2026"]
    assert talk.give(Correct()).offered == ["24 December 2026", "Leave it"]
    talk.give(Skip()).say("on")
    kept = {"copy": "2026-12-24", "note": "2026-12-24", "day": "2026-12-24", "later": "2026-12-24"}
    assert talk.effects(Do) == [Do("note", {"due": "2026-12-24"}, {**kept, "known": "2026-01-01"})]


def test_a_day_is_kept_as_it_is_where_the_months_have_no_names():
    """A language may lack them; nothing breaks."""
    tea = flow("tea", a='say: "Day?", ask: {name: day, type: date}, to: b', b='say: "{day}", ask: x, to: end')
    flows = unchecked(tea=tea)
    bare = replace(flows, lines={id_: several for id_, several in flows.lines.items() if id_ != "months"})
    assert Talk(bare).say("2026-12-24").said == ["2026-12-24"]
