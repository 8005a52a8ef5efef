"""A person always hears something, also where an author wrote nothing for it."""

import pytest

from flows.turn import Do, Done, Text
from tests.flows.talk import Talk, flow, unchecked

ASK = 'say: "Tea?", ask: tea, to: b'


def test_a_talk_that_ends_without_words_is_told_to_be_over():
    """Whoever answers the last question knows that it was the last."""
    talk = Talk(unchecked(tea=flow("tea", a='say: "Tea?", ask: tea, to: end'))).say("mint")
    assert (talk.said, talk.turn.session) == (["That's all of it."], None)


def test_last_words_are_enough():
    """Where an author has some, nothing is added."""
    assert Talk(unchecked(tea=flow("tea", a=ASK, b='say: "Bye.", to: end'))).say("mint").said == ["Bye."]


@pytest.mark.parametrize("after", ["seconds: 20", "days: 1"])
def test_a_rest_without_words_is_told(after):
    """Short or long: it goes on by itself."""
    talk = Talk(unchecked(tea=flow("tea", a=ASK, b=f"after: {{{after}, to: end}}"))).say("mint")
    assert talk.said == ["It goes on by itself."]


def test_an_action_and_its_end_are_one_turn_for_the_person():
    """What was said with the action is an answer; where nothing was, its end brings one."""
    tea = flow("tea", a=ASK, b="%sdo: note, to: c", c="do: more, to: end")
    spoken = Talk(unchecked(tea=tea % 'say: "Noted.", ')).say("mint")
    assert spoken.said == ["Noted."]
    assert spoken.give(Done()).turn.effects == (Do("more", {}, {"tea": "mint"}),)
    assert spoken.give(Done()).turn.effects == ()
    assert spoken.turn.session is None

    silent = Talk(unchecked(tea=tea % "")).say("mint")
    assert silent.said == []
    assert silent.turn.session.unanswered
    assert silent.give(Done()).said == []
    assert silent.turn.session.unanswered
    assert silent.give(Done()).said == ["That's all of it."]


def test_an_action_that_is_spoken_of_afterwards_has_been_answered():
    """Its end says what there is to say, and nothing is added; the next answer is owed anew."""
    tea = flow(
        "tea", a=ASK, b="do: look, to: c", c='say: "{found}?", ask: more, to: d', d="do: look, to: end"
    )
    talk = Talk(unchecked(tea=tea)).say("mint").give(Done({"found": "It"}))
    assert talk.said == ["It?"]
    assert not talk.turn.session.unanswered
    assert talk.give(Text("yes")).turn.session.unanswered
    assert talk.give(Done()).said == ["That's all of it."]


def test_what_is_shown_is_an_answer():
    """A picture with its words is enough."""
    tea = flow("tea", a=ASK, b='show: {picture: tea.png, text: "Tea."}, to: end')
    assert Talk(unchecked(tea=tea)).say("mint").said == []
