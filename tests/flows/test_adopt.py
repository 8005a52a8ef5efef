"""A talk wakes up in content that has changed: each fate of a step, a flow and a name."""

import pytest

from flows import engine
from flows.turn import Back, Chosen, Correct, Do, Done, Facts, Keep, Repeat, Text, TimedOut, Wait
from tests.flows.talk import Talk, flow, unchecked

TEA = """
flow: tea
steps:
  which: {say: "Which tea?", ask: tea, to: sugar}
  sugar: {say: "Sugar?", ask: sugar, to: milk}
  milk: {say: "Milk?", choices: [{id: "yes", label: "Yes", to: keep}, {id: "no", label: "No", to: keep}], skip: keep}
  keep: {keep: {note: tea}, say: "Noted.", ask: more, to: end}
  safe: {say: "A safe place.", ask: x, to: end}
"""
MENU = 'flow: menu\ntakes: [first_words]\nsteps:\n  a: {say: "What now?", ask: x, to: end}\n'


def renewed(*changes, tea=TEA, menu=MENU, **flows):
    """Return content in which some of the words were replaced."""
    for old, new in changes:
        assert old in tea
        tea = tea.replace(old, new)
    return unchecked(tea=tea, menu=menu, **flows)


@pytest.fixture
def talk():
    """A talk at its third question."""
    return Talk(renewed()).say("mint", "3")


@pytest.mark.parametrize(
    "change",
    [
        ('milk: {say: "Milk?"', 'milk: {say: "Any milk?"'),
        ('label: "No"', 'label: "No, thanks"'),
        ('{id: "no", label: "No", to: keep}', '{id: "no", label: "No", to: keep, when: {guard: quiet}}'),
        (', {id: "no", label: "No", to: keep}', ""),
        ("milk: {say", "milk: {after: {minutes: 5, to: keep}, say"),
        ("milk: {say", 'milk: {show: {picture: milk.png, text: "Milk."}, say'),
    ],
    ids=["words", "a label", "when it is offered", "a choice less", "a time-out", "a picture"],
)
def test_what_a_person_meets_is_asked_again_when_it_changed(talk, change):
    """What they typed was an answer to something else."""
    talk.now_with(renewed(change)).say("yes")
    assert talk.said[0] == "I've reworded this."
    assert talk.step == "milk"
    assert talk.say("yes").said == ["Noted."]


@pytest.mark.parametrize(
    "change",
    [
        ("skip: keep", "skip: safe"),
        ("to: keep}]", "to: safe}]"),
        ("to: keep}]", "to: keep, set: {word: none}}]"),
        ("milk: {say", "milk: {when: [{heard: grief, to: safe}], say"),
        ("milk: {say", "milk: {keep: {note: tea}, set: {a: b}, delicate: true, say"),
        ("Sugar?", "How much sugar?"),
        ("safe: {say", "safer: {say"),
    ],
    ids=[
        "skip",
        "a choice's target",
        "what it sets",
        "a branch",
        "what is noted",
        "another step",
        "a step that nobody is on",
    ],
)
def test_what_nobody_can_see_changes_nothing(talk, change):
    """The answer is taken, and goes the new way."""
    talk.now_with(renewed(change)).say("yes")
    assert talk.said == ["Noted."]


def test_a_choice_leads_where_it_leads_now(talk):
    """Arrows can be mended beneath people."""
    assert talk.now_with(renewed(('label: "Yes", to: keep', 'label: "Yes", to: safe'))).say("yes").said == [
        "A safe place."
    ]


def test_a_question_that_comes_again_keeps_nothing_twice(talk):
    """What was kept on arrival is not kept once more."""
    talk.say("yes")
    assert talk.effects(Keep) == [Keep("note", "mint")]
    talk.now_with(renewed(("Noted.", "Written down."))).say("hm")
    assert talk.said == ["I've reworded this.", "Written down."]
    assert talk.effects(Keep) == []


def test_a_question_that_became_something_else_goes_on_from_there(talk):
    """An action is done, a call is made, a sentence is said."""
    milk = TEA.partition("  milk: ")[2].partition("\n")[0]
    acted = talk.now_with(renewed((milk, "{do: pour, to: keep}"))).say("yes")
    assert acted.effects(Do) == [Do("pour", {}, {"tea": "mint", "sugar": "3"})]
    assert acted.give(Done()).said == ["Noted."]
    told = (
        Talk(renewed()).say("mint", "3").now_with(renewed((milk, '{say: "No milk.", to: keep}'))).say("yes")
    )
    assert told.said == ["I've reworded this.", "No milk.", "Noted."]


def test_what_is_gone_leads_home_with_one_sentence(talk):
    """Home is a place that is always there."""
    talk.now_with(renewed(("milk:", "cream:"), ("to: milk", "to: cream"))).say("yes")
    assert talk.said == ["That talk has changed.", "What now?"]
    assert [frame.flow for frame in talk.turn.session.frames] == ["menu"]


@pytest.mark.parametrize(
    ("to", "said", "step"),
    [("safe", ["I've reworded this.", "A safe place."], "safe"), ("end", ["I've reworded this."], None)],
)
def test_an_author_says_where_to_go_from_what_is_gone(talk, to, said, step):
    """``on_change`` names a step, or the end; what was said before is still known, and "back" ends there."""
    talk.now_with(
        renewed(("milk:", "cream:"), ("to: milk", "to: cream"), ("steps:", f"on_change: {to}\nsteps:"))
    ).say("yes")
    assert talk.said == said
    assert (talk.turn.session.top.step if talk.turn.session else None) == step
    if step:
        assert talk.answers == {"tea": "mint", "sugar": "3"}
        assert talk.give(Back()).said == ["Nothing before this.", "A safe place."]


def test_a_renamed_step_is_found_over_several_names(talk):
    """Each time it got another name, one line was added."""
    new = renewed(
        ("milk:", "dairy:"),
        ("to: milk", "to: dairy"),
        ("steps:", "renamed: {steps: {milk: cream, cream: dairy}}\nsteps:"),
    )
    assert talk.now_with(new).say("yes").said == ["Noted."]


def test_a_step_that_has_its_name_still_is_not_taken_for_the_renamed_one(talk):
    """``renamed`` is for those who are nowhere else to be found."""
    new = renewed(("steps:", "renamed: {steps: {milk: safe}}\nsteps:"))
    assert talk.now_with(new).say("yes").said == ["Noted."]


def test_renamed_steps_and_answers_are_found_by_going_back(talk):
    """The trail has the new names as well, and "back" restores the answer under its new name."""
    renaming = "renamed: {steps: {sugar: sweet, milk: cream}, variables: {sugar: spoons, tea: leaf}}\nsteps:"
    new = renewed(
        ('sugar: {say: "Sugar?", ask: sugar', 'sweet: {say: "{leaf}? Sugar?", ask: spoons'),
        ("to: sugar", "to: sweet"), ("milk:", "cream:"), ("to: milk", "to: cream"), ("ask: tea", "ask: leaf"),
        ("steps:", renaming),
    )  # fmt: skip
    talk.now_with(new).give(Repeat())
    assert talk.answers == {"leaf": "mint", "spoons": "3"}
    assert talk.give(Back()).said == ["mint? Sugar?"]
    assert talk.answers == {"leaf": "mint"}
    assert talk.give(Back()).answers == {}


def test_what_an_author_set_is_found_under_its_new_name():
    """Going back undoes it there."""
    a, b = 'say: "A?", ask: x, to: b', 'set: {%s: on}, say: "B?", ask: y, to: end'
    talk = Talk(unchecked(tea=flow("tea", a=a, b=b % "old"))).say("one")
    new = flow("tea", "renamed: {variables: {old: new}}", a=a, b=b % "new")
    talk.now_with(unchecked(tea=new)).give(Repeat())
    assert talk.answers == {"new": "on", "x": "one"}
    assert talk.give(Back()).answers == {}


def test_back_ends_where_a_question_is_gone(talk):
    """Or where it is no question any more; the answers given there are still known."""
    new = renewed(
        ('sugar: {say: "Sugar?", ask: sugar, to: milk}', 'sweet: {say: "Sugar?", ask: sugar, to: milk}'),
        ("to: sugar", "to: sweet"),
    )
    assert talk.now_with(new).give(Back()).said == ["Nothing before this.", "Milk?"]
    assert talk.answers == {"tea": "mint", "sugar": "3"}
    told = renewed(('which: {say: "Which tea?", ask: tea, to: sugar}', 'which: {say: "Tea.", to: sugar}'))
    talk = Talk(renewed()).say("mint", "3").now_with(told)
    assert talk.give(Back()).said == ["Sugar?"]
    assert talk.give(Back()).said == ["Nothing before this.", "Sugar?"]


def test_a_renamed_flow_is_found(talk):
    """Under any of the names it has had."""
    for old in ("tea", "[chai, tea]"):
        moved = TEA.replace("flow: tea", f"flow: cuppa\nrenamed: {{flow: {old}}}")
        turn = engine.resume(unchecked(cuppa=moved, menu=MENU), talk.turn.session, Text("yes"), Facts())
        assert [frame.flow for frame in turn.session.frames] == ["cuppa"]
        assert turn.session.top.step == "keep"


def test_a_flow_whose_old_name_is_taken_again_keeps_its_people():
    """Who is in the new flow of that name stays there."""
    moved = TEA.replace("flow: tea", "flow: cuppa\nrenamed: {flow: tea}")
    flows = unchecked(tea=TEA, cuppa=moved)
    talk = Talk(flows).say("mint")
    assert [frame.flow for frame in talk.turn.session.frames] == ["tea"]


def test_a_flow_that_became_shared_lines_is_gone(talk):
    """Nobody can stand in it."""
    lines = 'flow: tea\nkind: lines\nlines: {hm: "Hm."}\n'
    assert talk.now_with(unchecked(tea=lines, menu=MENU)).say("yes").said == [
        "That talk has changed.",
        "What now?",
    ]


CALLER = 'flow: caller\nsteps:\n  a: {call: tea, to: b}\n  b: {say: "Back here.", ask: x, to: end}\n'


def test_a_called_flow_that_is_gone_takes_its_caller_along():
    """One sentence, and home: what the caller was for is not done."""
    talk = Talk(renewed(caller=CALLER), flow="caller").say("mint")
    talk.now_with(unchecked(caller=CALLER.replace("{call: tea", '{say: "Tea."'), menu=MENU)).say("3")
    assert talk.said == ["That talk has changed.", "What now?"]


def test_a_caller_whose_step_is_gone_is_left_as_it_says():
    """What it had called goes with it."""
    talk = Talk(renewed(caller=CALLER), flow="caller").say("mint")
    moved = CALLER.replace("  a: {call", "  c: {call").replace("steps:", "on_change: b\nsteps:")
    assert talk.now_with(renewed(caller=moved)).say("3").said == ["I've reworded this.", "Back here."]
    assert [frame.flow for frame in talk.turn.session.frames] == ["caller"]


def test_a_call_that_was_rewritten_meanwhile_is_met_as_it_is_now():
    """When the called flow ends, the caller's step is put as it reads today; it keeps nothing twice."""
    talk = Talk(renewed(caller=CALLER), flow="caller").say("mint", "3", "yes")
    asks = CALLER.replace("a: {call: tea", 'a: {keep: {note: tea}, say: "Or coffee?", ask: x')
    talk.now_with(renewed(caller=asks)).say("that's all")
    assert talk.said == ["Or coffee?"]
    assert talk.effects(Keep) == []
    other = Talk(renewed(caller=CALLER), flow="caller").say("mint", "3", "yes")
    calls_menu = CALLER.replace("call: tea", "call: menu")
    assert other.now_with(renewed(caller=calls_menu)).say("that's all").said == ["Back here."]


def test_an_action_that_was_rewritten_meanwhile_is_met_as_it_is_now():
    """What it found is known all the same."""
    does = flow(
        "tea", a='keep: {note: found}, say: "A.", do: look, to: b', b='say: "{found}.", ask: x, to: end'
    )
    talk = Talk(unchecked(tea=does)).now_with(
        unchecked(tea=does.replace('say: "A.", do: look', 'say: "{found}?", ask: y'))
    )
    assert talk.give(Done({"found": "it"})).said == ["it?"]
    assert talk.effects(Keep) == []
    talk = Talk(unchecked(tea=does)).now_with(unchecked(tea=does.replace("look", "seek")))
    assert talk.give(Done({"found": "it"})).said == ["it."]


def test_an_action_whose_flow_is_gone_leads_home():
    """What it found is lost with its flow."""
    does = 'flow: tea\nsteps:\n  a: {say: "A.", do: look, to: b}\n  b: {say: "{found}.", ask: x, to: end}\n'
    talk = Talk(unchecked(tea=does)).now_with(unchecked(menu=MENU))
    assert talk.give(Done({"found": "it"})).said == ["That talk has changed.", "What now?"]


OVER = 'flow: over\nsteps:\n  a: {say: "Over.", ask: x, to: b}\n  b: {say: "Still over.", ask: x, to: end}\n'


def test_a_digression_that_is_gone_gives_way_to_the_talk_beneath(talk):
    """With one sentence about it, and one about the question."""
    talk = Talk(renewed(over=OVER)).lay_over("over").now_with(renewed()).say("x")
    assert talk.said == ["That talk has changed.", "Where were we.", "Which tea?"]
    assert talk.say("mint").said == ["Sugar?"]


def test_a_digression_outlives_the_talk_beneath():
    """Help that lies over a flow is not cut off because that flow is gone; at its end there is a way home."""
    talk = Talk(renewed(over=OVER)).say("mint").lay_over("over").now_with(unchecked(over=OVER, menu=MENU))
    assert talk.say("x").said == ["Still over."]
    assert talk.say("x").said == ["That talk has changed.", "What now?"]


def test_a_pile_of_which_all_is_gone_leads_home():
    """One sentence is enough."""
    talk = (
        Talk(renewed(over=OVER)).say("mint").lay_over("over").lay_over("over").now_with(unchecked(menu=MENU))
    )
    assert talk.say("x").said == ["That talk has changed.", "What now?"]


def test_a_talk_beneath_whose_step_is_gone_goes_on_as_it_says():
    """``on_change`` counts when the talk comes back."""
    new = renewed(("which:", "what:"), ("steps:", "on_change: safe\nstart: what\nsteps:"), over=OVER)
    talk = Talk(renewed(over=OVER)).lay_over("over").now_with(new).say("x")
    assert talk.say("x").said == ["I've reworded this.", "A safe place."]


def test_a_flow_laid_over_after_a_change_returns_to_what_is_there_now():
    """Also if it asks nothing, so that both happen in one turn."""
    brief = 'flow: brief\nsteps:\n  a: {say: "Brief.", to: end}\n'
    talk = Talk(renewed()).say("mint").now_with(renewed(("Sugar?", "Sweet?"), brief=brief)).lay_over("brief")
    assert talk.said == ["Brief.", "Where were we.", "Sweet?"]
    gone = Talk(renewed()).say("mint").now_with(unchecked(brief=brief, menu=MENU)).lay_over("brief")
    assert gone.said == ["Brief.", "That talk has changed.", "What now?"]


def test_a_question_beneath_that_waits_no_more_is_passed():
    """As if what it does now were done."""
    told = renewed(
        ('which: {say: "Which tea?", ask: tea, to: sugar}', 'which: {say: "Tea.", to: sugar}'), over=OVER
    )
    talk = Talk(renewed(over=OVER)).lay_over("over").now_with(told).say("x", "x")
    assert talk.said == ["Sugar?"]
    branch = 'which: {say: "Tea.", when: [{guard: quiet, to: milk}], to: sugar}'
    told = renewed(('which: {say: "Which tea?", ask: tea, to: sugar}', branch), over=OVER)
    talk = Talk(renewed(over=OVER), Facts(quiet=True)).lay_over("over").now_with(told).say("x", "x")
    assert talk.said == ["Milk?"]


def test_a_list_of_answers_is_closed_by_a_change(talk):
    """Its buttons may mean other answers now."""
    talk.give(Correct()).now_with(renewed(("Sugar?", "Sweet?")))
    assert talk.give(Chosen("a0", talk.turn.session.prompt)).said == ["I've reworded this.", "Milk?"]
    assert not talk.turn.session.picking


def test_later_answers_are_not_given_again_after_a_change(talk):
    """They may be answers to other questions now."""
    talk.give(Correct()).say("mint").now_with(renewed(("Sugar?", "Sweet?")))
    assert talk.say("oolong").said == ["Sweet?"]
    assert talk.turn.session.ahead == []


def test_later_answers_are_given_again_while_their_flow_is_the_same(talk):
    """A change of another flow is none of theirs."""
    talk.give(Correct()).say("mint").now_with(renewed(menu=MENU.replace("now?", "next?")))
    assert talk.say("oolong").said == ["Changed.", "Milk?"]


def test_a_wait_that_changed_is_asked_again_if_something_was_asked(talk):
    """A clock is no answer to words that nobody has read."""
    old, new = (
        flow(
            "tea",
            a=f'say: "{say}", ask: x, after: {{seconds: 9, to: b}}, to: b',
            b='say: "B.", ask: y, to: end',
        )
        for say in ("Old?", "New?")
    )
    talk = Talk(unchecked(tea=old)).now_with(unchecked(tea=new))
    assert talk.give(TimedOut(1)).said == ["I've reworded this.", "New?"]
    assert talk.effects(Wait) == [Wait(9, 2)]
    assert talk.give(TimedOut(2)).said == ["B."]


def test_shared_words_count_with_the_step_that_uses_them():
    """Who stands there is asked again when a fragment was reworded; a retry line is not met yet."""
    shared = (
        'flow: shared\nkind: lines\nlines: {hm: "Hm?", no: "No."}\nchoices: {pair: [{id: on, label: "On"}]}\n'
    )
    ask = "ask: {name: x, type: time, retry: {use: no}}"
    uses = flow("tea", a=f"say: {{use: hm}}, choices: [{{use: pair}}], {ask}, to: end")
    for old, new, changed in (("Hm?", "Hum?", True), ('"On"', '"Go on"', True), ("No.", "Nope.", False)):
        talk = Talk(unchecked(tea=uses, shared=shared)).now_with(
            unchecked(tea=uses, shared=shared.replace(old, new))
        )
        assert (talk.say("hm").said[0] == "I've reworded this.") is changed


def test_a_talk_that_becomes_a_practice_ends_like_one():
    """What surrounds a practice is there for those who came before it was one."""
    parts = {
        name: f'flow: {name}\nkind: part\nsteps:\n  a: {{say: "{name}?", ask: heavy, to: end}}\n'
        for name in ("opening", "outward", "closing")
    }
    talk = (
        Talk(renewed())
        .say("mint", "3", "yes")
        .now_with(renewed(("flow: tea", "flow: tea\nkind: practice"), **parts))
    )
    assert talk.say("done").said == ["closing?"]
    assert talk.say("0").said == ["That's all of it."]
