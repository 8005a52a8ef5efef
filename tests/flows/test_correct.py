"""Changing an earlier answer: which one, its question again, then the later answers as they were given."""

import pytest

from flows.turn import Back, Chosen, Correct, Do, Done, Heard, Keep, Less, Repeat, Skip, Text, TimedOut, Wait
from tests.flows.talk import Talk, flow, unchecked

TEA = """
flow: tea
steps:
  which:
    say: "Which tea?"
    ask: tea
    when: [{answer: {tea: none}, to: water}]
    to: sugar
  sugar:
    say: "Sugar in your {tea}?"
    ask: {name: sugar, number: [0, 10]}
    when: [{answer: {sugar: 8..10}, to: sweet}]
    to: milk
  sweet:
    say: "That's sweet."
    to: milk
  milk:
    say: "Milk?"
    choices: [{id: "yes", label: "Yes, please"}, {id: "no", label: "No"}]
    to: cup
  cup:
    say: "{tea}, {sugar}. Which cup?"
    ask: {name: cup, type: text}
    to: end
  water:
    say: "Water, then?"
    choices: [{id: "yes", label: "Yes", to: milk}, {id: "no", label: "No", to: end}]
    skip: end
"""


@pytest.fixture
def talk():
    """A talk with three answers: mint, 3, and no milk."""
    return Talk(unchecked(tea=TEA)).say("mint", "3", "no")


def test_the_earlier_answers_are_offered_latest_first(talk):
    """They read as they were given, and one choice leaves all as it is."""
    assert talk.give(Correct()).said == ["Which one?"]
    assert talk.offered == ["No", "3", "mint", "Leave it"]


def test_a_changed_answer_is_put_in_and_the_later_ones_stay(talk):
    """Only the last question is put again; the ones between are answered as they were."""
    talk.give(Correct()).say("mint")
    assert talk.said == ["Which tea?"]
    assert talk.say("oolong").said == ["Changed.", "oolong, 3. Which cup?"]
    assert talk.answers == {"tea": "oolong", "sugar": "3"}
    assert [answered.by for answered in talk.turn.session.top.trail] == ["go", "go", "=no"]
    assert talk.turn.session.ahead == []


def test_a_path_that_differs_is_asked_anew(talk):
    """Where other questions come, they are put; later answers are not forced upon them."""
    talk.give(Correct()).give(Chosen("a0", talk.turn.session.prompt))
    assert talk.say("none").said == ["Water, then?"]
    assert talk.answers == {"tea": "none"}
    assert talk.turn.session.ahead == []
    assert talk.say("yes").said == ["Milk?"]


def test_an_answer_is_given_to_its_own_question_only():
    """Where another one comes in its place, it stays open, though it would have taken the answer."""
    tea = flow(
        "tea",
        a='say: "A?", ask: a, when: [{answer: {a: other}, to: z}], to: b',
        b='say: "B?", ask: b, to: c',
        z='say: "Z?", ask: z, to: c',
        c='say: "C?", ask: c, to: end',
    )
    talk = Talk(unchecked(tea=tea)).say("one", "two").give(Correct()).give(Chosen("a0"))
    assert talk.say("other").said == ["Z?"]
    assert talk.answers == {"a": "other"}


def test_what_is_said_on_the_way_is_left_out(talk):
    """Only what leads to the open question is said once more."""
    talk.give(Correct()).say("3")
    assert talk.say("9").said == ["Changed.", "mint, 9. Which cup?"]


def test_the_last_answer_is_changed_like_going_back(talk):
    """Nothing lies ahead of it."""
    talk.give(Correct()).say("No")
    assert (talk.said, talk.offered) == (["Milk?"], ["Yes, please", "No"])
    assert talk.say("yes").said == ["mint, 3. Which cup?"]


@pytest.mark.parametrize(
    "leaving",
    [Text("leave it"), Skip(), Back(), Chosen("leave_it"), Chosen("a7"), Chosen("a\u00b2"), Chosen("yes")],
    ids=["by words", "skip", "back", "by a tap", "no such answer", "no number", "no answer"],
)
def test_everything_can_be_left_as_it_is(talk, leaving):
    """The question that was open comes again, with nothing lost."""
    before = talk.turn.session
    assert talk.give(Correct()).give(leaving).said == ["mint, 3. Which cup?"]
    assert talk.turn.session.frames == before.frames
    assert not talk.turn.session.picking
    assert talk.say("blue").turn.session is None


def test_words_that_name_no_answer_are_not_understood_twice(talk):
    """After the second miss the question comes again, and its words are its answer."""
    assert talk.give(Correct()).say("the first").said == ["I didn't get that.", "Which one?"]
    assert talk.say("the first").said == ["I didn't get that.", "mint, 3. Which cup?"]
    assert talk.say("blue").turn.session is None


@pytest.mark.parametrize("given", [Repeat(), Less()], ids=repr)
def test_the_list_of_answers_is_shown_again(talk, given):
    """A reminder or other warmth changes nothing."""
    talk.give(Correct()).give(given)
    assert talk.said[-1] == "Which one?"
    assert talk.offered == ["No", "3", "mint", "Leave it"]


def test_a_miss_before_counts_for_nothing(talk):
    """The list has misses of its own, and so has the question after it."""
    tea = TEA.replace("ask: {name: cup, type: text}", "ask: {name: cup, number: [1, 9]}").replace(
        "to: end\n  water", "to: last\n  last: {say: 'Last?', ask: x, to: end}\n  water"
    )
    talk = Talk(unchecked(tea=tea)).say("mint", "3", "no", "the blue cup")
    talk.give(Correct()).say("what?").give(Skip())
    assert talk.say("the blue cup").said == ["I read that.", "mint, 3. Which cup?"]


def test_a_button_of_the_list_works_once(talk):
    """A double tap on it is a double tap."""
    talk.give(Correct())
    prompt = talk.turn.session.prompt
    assert talk.give(Chosen("a0", prompt)).said == ["Which tea?"]
    assert talk.give(Chosen("a0", prompt)).turn.effects == ()


def test_nothing_to_change_is_said():
    """Before the first answer there is none, and the question comes again."""
    talk = Talk(unchecked(tea=TEA)).give(Correct())
    assert talk.said == ["Nothing to change.", "Which tea?"]
    assert not talk.turn.session.picking


def test_what_was_skipped_can_be_answered_now():
    """A skipped question stands in the list as skipped."""
    talk = Talk(unchecked(tea=TEA)).give(Skip()).say("3").give(Correct())
    assert talk.offered == ["3", "Skip", "Leave it"]
    assert talk.say("skip").said == ["Which tea?"]
    assert talk.say("mint").said == ["Changed.", "Milk?"]


def test_changing_stops_where_the_person_goes_back(talk):
    """Back, while an answer is being changed, gives the change up and the later answers with it."""
    talk.give(Correct()).give(Chosen("a1")).give(Back())
    assert talk.said == ["Which tea?"]
    assert talk.say("oolong").said == ["Sugar in your oolong?"]


def test_changing_another_answer_gives_the_first_change_up(talk):
    """Only one thing is changed at a time."""
    talk.give(Correct()).give(Chosen("a1")).give(Correct())
    assert talk.offered == ["mint", "Leave it"]
    talk.say("leave it")
    assert talk.say("4").said == ["Milk?"]


def test_an_answer_that_leads_nowhere_keeps_the_later_ones_ready(talk):
    """Who is not understood at once is understood after all."""
    talk.give(Correct()).give(Chosen("a1"))
    assert talk.say("lots").said == ["A number, please.", "Sugar in your mint?"]
    assert talk.say("4").said == ["Changed.", "mint, 4. Which cup?"]


def test_an_answer_after_all_is_a_changed_one_too(talk):
    """A skip stands for the answer that was there."""
    talk.give(Correct()).give(Chosen("a0"))
    assert talk.give(Skip()).said == ["Changed.", ", 3. Which cup?"]


LISTED = """
flow: tea
steps:
  mood: {say: "How is it?", ask: mood, to: pick}
  pick:
    set: {list: "{mood} one\\n{mood} two"}
    say: "Which?"
    choices: {from: list}
    to: guarded
  guarded:
    say: "Sure?"
    choices:
      - {id: really, label: "Really", when: {answer: {mood: low}}}
      - {id: well, label: "Well", set: {sure: "a bit"}}
    to: last
  last: {say: "Last, {list_chosen} {sure}?", ask: x, to: end}
"""


def test_a_choice_that_is_on_offer_no_more_is_not_made():
    """Where another answer takes a choice away, the question is put again."""
    talk = Talk(unchecked(tea=LISTED)).say("low", "low two", "really").give(Correct())
    assert talk.offered == ["Really", "low two", "low", "Leave it"]
    assert talk.give(Chosen("a0")).say("high").said == ["Which?"]
    assert talk.offered == ["high one", "high two"]
    talk.say("high one")
    assert talk.offered == ["Well"]


def test_a_choice_that_is_still_on_offer_is_made_with_what_it_sets():
    """A line of a list, and a choice without a place of its own to go."""
    talk = Talk(unchecked(tea=LISTED)).say("low", "low two", "well").give(Correct()).give(Chosen("a0"))
    assert talk.say("low").said == ["Changed.", "Last, low two a bit?"]
    talk.give(Correct()).give(Chosen("a1"))
    assert talk.say("low one").said == ["Changed.", "Last, low one a bit?"]


def test_a_list_beside_a_question_is_asked_again():
    """A number in a list means another line when the list is another; the line that was meant is shown."""
    asks = LISTED.replace(
        "choices: {from: list}", "choices: {from: list}\n    ask: {name: which, buttons: none}"
    )
    talk = Talk(unchecked(tea=asks)).say("low", "low two", "really")
    assert talk.answers["which"] == "1"
    assert talk.give(Correct()).offered == ["Really", "low two", "low", "Leave it"]
    assert talk.give(Chosen("a0")).say("high").said == ["Which?"]
    assert talk.say("another").give(Correct()).offered == ["another", "high", "Leave it"]


def test_a_choice_behind_a_guard_is_asked_again():
    """The replay stops at the first question that does not take its answer, and goes on from there by hand."""
    tea = LISTED.replace("{mood} one\\n{mood} two", "one\\ntwo")
    talk = Talk(unchecked(tea=tea)).say("low", "two", "really").give(Correct()).give(Chosen("a0"))
    assert talk.say("high").said == ["Changed.", "Sure?"]
    assert talk.offered == ["Well"]


RESTING = """
flow: tea
steps:
  a: {say: "First?", ask: a, to: rest}
  rest: {say: "A moment.", after: {seconds: 20, to: b}}
  b:
    say: "Second?"
    ask: b
    when: [{heard: grief, over: b2}, {answer: {a: lay}, over: side}, {answer: {a: long}, to: days}]
    to: c
  c: {say: "Third?", ask: c, to: keep}
  keep: {keep: {note: a}, say: "Kept.", to: d}
  d: {say: "Fourth?", ask: d, to: act}
  act: {do: note, to: e}
  e: {say: "Fifth?", ask: e, to: end}
  days: {say: "In a day.", after: {days: 1, to: end}}
  b2: {say: "b2", to: c}
"""
SIDE = "flow: side\nsteps:\n  a: {say: 'Aside?', ask: x, to: end}\n"


@pytest.fixture
def resting():
    """A talk with a rest between its answers."""
    talk = Talk(unchecked(tea=RESTING, side=SIDE)).say("one")
    return talk.give(TimedOut(talk.turn.session.generation)).say("two", "three")


def test_a_rest_is_not_waited_for_again(resting):
    """What went on by itself goes on by itself, at once; and it is no answer that could be changed."""
    resting.give(Correct())
    assert resting.offered == ["three", "two", "one", "Leave it"]
    resting.give(Chosen("a0")).say("uno")
    assert resting.said == ["Changed.", "Kept.", "Fourth?"]
    assert resting.effects(Wait) == []


def test_what_is_kept_on_the_way_is_kept(resting):
    """A changed answer is handed out where the flow keeps it."""
    resting.give(Correct()).give(Chosen("a0")).say("uno")
    assert resting.effects(Keep) == [Keep("note", "uno")]


def test_what_was_done_is_not_done_again(resting):
    """After an action nothing before it can be changed."""
    resting.say("four")
    assert resting.effects(Do)
    assert resting.give(Done()).give(Correct()).said == ["Nothing to change.", "Fifth?"]


def test_an_answer_that_now_leads_aside_is_asked_for_again(resting):
    """A flow is laid over by a word that was said now, never by one that is given again by itself."""
    resting.give(Correct()).give(Chosen("a0")).say("lay")
    assert resting.said == ["Changed.", "Second?"]
    assert resting.say("two").said == ["Aside?"]


def test_a_path_that_now_ends_in_a_long_rest_is_put_aside(resting):
    """The talk rests, and nothing of it is lost."""
    resting.give(Correct()).give(Chosen("a0")).say("long")
    assert resting.turn.session is None
    assert resting.said == ["Changed.", "In a day."]
    assert [bool(wait.aside) for wait in resting.effects(Wait)] == [True]


def test_what_was_typed_for_its_meaning_means_the_same_only_if_it_does():
    """Typed words that a branch has heard are not heard anew: the question is put again."""
    tea = """
        flow: tea
        steps:
          a: {say: "First?", ask: a, to: b}
          b:
            say: "Second?"
            choices: [{id: "yes", label: "Yes", to: c}]
            when: [{heard: grief, to: c}]
            skip: c
          c: {say: "Third?", ask: c, to: end}
        """
    talk = Talk(unchecked(tea=tea)).say("one").give(Text("she died"), heard=Heard(intent="grief"))
    talk.give(Correct())
    assert talk.offered == ["one", "Leave it"]
    assert talk.give(Chosen("a0")).say("uno").said == ["Second?"]
    assert talk.turn.session.ahead == []


def test_many_answers_are_given_again_by_themselves_up_to_a_limit():
    """A talk with many steps between its questions is never lost by a change: the rest is asked for."""
    steps = "".join(
        f"  q{n}: {{say: 'Q{n}?', ask: a{n}, to: s{n}0}}\n"
        + "".join(f"  s{n}{m}: {{say: on, to: s{n}{m + 1}}}\n" for m in range(5))
        + f"  s{n}5: {{say: on, to: q{n + 1}}}\n"
        for n in range(8)
    )
    flows = unchecked(tea=f"flow: tea\nsteps:\n{steps}  q8: {{say: 'Q8?', ask: a8, to: end}}\n")
    talk = Talk(flows).say(*(f"answer {n}" for n in range(8))).give(Correct()).give(Chosen("a0"))
    assert talk.say("changed").step == "q5"  # five times seven steps are more than half a turn's
    assert talk.say("answer 5").step == "q6"


def test_a_long_answer_is_shortened_on_its_button():
    """A button holds thirty characters, and no line breaks."""
    talk = Talk(unchecked(tea=TEA)).say("a tea of\n many herbs from the garden", "3").give(Correct())
    assert talk.offered == ["3", "a tea of many herbs from the…", "Leave it"]
    assert talk.say("3").say("4").said == ["Milk?"]


SELF = flow(
    "tea",
    a='say: "A?", ask: a, when: [{answer: {a: long}, to: days}, {answer: {a: stop}, to: end}], to: b',
    b='say: "B?", ask: b, to: c',
    c='say: "C?", ask: c, to: end',
    days='say: "In a day.", after: {days: 1, to: end}',
)


@pytest.mark.parametrize(
    ("word", "said"), [("long", ["In a day.", "Where were we.", "B?"]), ("stop", ["Where were we.", "B?"])]
)
def test_later_answers_are_given_to_no_other_talk(word, said):
    """Where a change ends what was laid over, the question beneath is for the person, even if it is the same."""
    talk = Talk(unchecked(tea=SELF)).say("one").lay_over("tea").say("one", "two")
    talk.give(Correct()).give(Chosen("a0")).say(word)
    assert talk.said == said
    assert talk.answers == {"a": "one"}


HEARS = """
flow: tea
steps:
  one: {say: "One?", ask: one, to: two}
  two: {say: "Two?", ask: two, when: [{heard: grief, to: sorry}], to: three}
  three: {say: "Three?", ask: three, to: end}
  sorry: {say: "I'm sorry.", ask: more, to: end}
"""


def test_what_was_heard_in_one_answer_is_not_taken_for_what_another_means():
    """The later words keep their own meaning."""
    talk = Talk(unchecked(tea=HEARS)).say("x", "y").give(Correct()).say("x")
    talk.give(Text("my dog died"), heard=Heard(intent="grief"))
    assert talk.said == ["Changed.", "Three?"]


def test_an_answer_that_was_led_by_what_was_heard_is_asked_for_again():
    """What was heard in it is not known any more."""
    talk = Talk(unchecked(tea=HEARS)).say("x").give(Text("my dog died"), heard=Heard(intent="grief"))
    assert talk.said == ["I'm sorry."]
    assert talk.give(Correct()).say("x").say("z").said == ["Two?"]
