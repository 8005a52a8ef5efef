"""Questions that are answered by typing: numbers, days, times of day, words; and what does not fit."""

from datetime import UTC, datetime

import pytest

from flows.answers import match_choice, read_number, read_weight, simplify
from flows.turn import Chosen, Facts, Heard, Offer, Skip, Text
from tests.flows.talk import Talk, flow, unchecked

NOW = Facts(now=datetime(2026, 11, 26, 12, tzinfo=UTC))
TYPES = """
flow: tea
variables: {day: date}
steps:
  a: {say: "Day?", ask: day, to: b}
  b:
    say: "{day}. Time?"
    ask: {name: hour, type: time, retry: "A time like 21:30."}
    choices: [{id: "08:00", label: "Eight"}, {id: never, label: "Never", to: away}]
    skip: away
    to: c
  c: {say: "{hour}. How many?", ask: {name: cups, number: [0, 10], buttons: none}, to: d}
  d: {say: "{cups}. A word?", ask: {name: word, longest: 10}, to: e}
  e: {say: "{word}.", ask: x, to: end}
  away: {say: "Away {hour}.", ask: x, to: end}
"""


def test_each_type_is_read_as_what_it_is():
    """A day is said with its month, a time with two digits each, a number as one."""
    talk = Talk(unchecked(tea=TYPES.replace("08:00", "eight")), NOW)
    assert talk.say("24 Dec").said == ["24 December 2026. Time?"]
    assert talk.say("9pm").said == ["21:00. How many?"]
    assert talk.say("about five").said == ["5. A word?"]
    assert talk.say("mint").said == ["mint."]
    assert talk.answers == {"day": "2026-12-24", "hour": "21:00", "cups": "5", "word": "mint"}


@pytest.mark.parametrize(
    ("before", "typed", "retry"),
    [
        ([], "3/4", "A day, please."),
        (["tomorrow"], "9", "A time like 21:30."),
        (["tomorrow", "9pm"], "eleven", "A number, please."),
        (["tomorrow", "9pm", "3"], "x" * 11, "A bit less, please."),
    ],
    ids=["date", "time, in the author's words", "number", "text"],
)
def test_what_does_not_fit_is_asked_for_again(before, typed, retry):
    """One sentence, and the same question; nothing is kept."""
    flows = unchecked(tea=TYPES.replace("08:00", "eight"))
    asked = Talk(flows, NOW).say(*before).said
    talk = Talk(flows, NOW).say(*before)
    answers = dict(talk.answers)
    assert talk.say(typed).said == [retry, *asked]
    assert talk.answers == answers


@pytest.mark.parametrize(("before", "to"), [([], "b"), (["tomorrow"], "away"), (["tomorrow", "9pm"], "d")])
def test_a_second_answer_that_does_not_fit_skips_the_question(before, to):
    """Nobody owes a day, a time or a number; ``skip`` says where to go on."""
    assert Talk(unchecked(tea=TYPES.replace("08:00", "eight")), NOW).say(*before, "hm", "hm").step == to


def test_a_text_that_is_too_long_is_never_skipped():
    """Whoever writes much wants to say something: it is asked for until it fits."""
    talk = Talk(unchecked(tea=TYPES.replace("08:00", "eight")), NOW).say("today", "9pm", "3")
    assert talk.say(*["x" * 11] * 4).said == ["A bit less, please.", "3. A word?"]
    assert talk.say("x" * 10).said == ["xxxxxxxxxx."]


def test_an_answer_that_fits_forgives_the_misses_before():
    """Each question begins with two tries."""
    talk = Talk(unchecked(tea=TYPES.replace("08:00", "eight")), NOW).say("hm", "tomorrow")
    assert talk.say("hm").step == "b"
    assert talk.say("hm").step == "away"


def test_a_question_may_have_choices_beside_the_typing():
    """A choice is the answer by its id; one with a place of its own goes there."""
    flows = unchecked(tea=TYPES.replace('"08:00"', "eight"))
    talk = Talk(flows, NOW).say("tomorrow")
    assert talk.offered == ["Eight", "Never", "Skip"]
    assert talk.say("eight").said == ["eight. How many?"]
    assert Talk(flows, NOW).say("tomorrow", "never").said == ["Away never."]
    assert Talk(flows, NOW).say("tomorrow").give(Skip()).said == ["Away ."]
    assert Talk(flows, NOW).say("tomorrow").give(Chosen("skip")).said == ["Away ."]


def test_a_question_without_buttons_has_none():
    """Not even Skip, which can still be typed or tapped in an older message."""
    talk = Talk(unchecked(tea=TYPES.replace("08:00", "eight")), NOW).say("tomorrow", "9pm")
    assert talk.effects(type(talk.turn.effects[-1]))[-1].offers == ()
    assert talk.give(Chosen("skip")).step == "d"


SKIPS = """
flow: tea
steps:
  a:
    say: "Tea?"
    ask: tea
    choices: [{id: skip, label: "Rather not", to: b}]
    skip: c
    to: b
  b: {say: "B?", ask: x, to: end}
  c: {say: "C?", ask: x, to: end}
"""


def test_an_authors_own_skip_stands_in_the_place_of_the_button():
    """It is one way to say skip, and leads where ``skip`` does."""
    talk = Talk(unchecked(tea=SKIPS))
    assert talk.offered == ["Rather not"]
    assert talk.say("rather not").step == "c"
    assert talk.answers == {}


def test_a_number_is_a_button_too():
    """All from the lowest to the highest, and Skip."""
    a, b = "say: 'Cups?', ask: {name: cups, number: [2, 4]}, to: b", "say: '{cups}', ask: x, to: end"
    talk = Talk(unchecked(tea=flow("tea", a=a, b=b)))
    assert talk.offered == ["2", "3", "4", "Skip"]
    assert talk.give(Chosen("3", talk.turn.session.prompt)).said == ["3"]


def test_a_tap_on_nothing_is_not_understood():
    """The question comes again; the second time a way out is offered, where there is one."""
    concrete = "flow: concrete\nsteps:\n  a: {say: 'Touch something.', ask: x, to: end}\n"
    talk = Talk(unchecked(tea=SKIPS, concrete=concrete))
    assert talk.give(Chosen("nothing")).said == ["I didn't get that.", "Tea?"]
    assert talk.give(Chosen("nothing")).said == ["Touch something."]
    assert talk.turn.session.top.over
    assert talk.give(Chosen("nothing")).give(Chosen("nothing")).said == [
        "I didn't get that.",
        "Touch something.",
    ]
    assert talk.say("done").said == ["Where were we.", "Tea?"]
    assert talk.give(Chosen("nothing")).said == ["I didn't get that.", "Tea?"]


@pytest.mark.parametrize("calm", ["urgent: true\n", "delicate: true\n"])
def test_nothing_is_laid_over_what_is_urgent_or_delicate(calm):
    """There the question alone comes again."""
    concrete = "flow: concrete\nsteps:\n  a: {say: 'Touch something.', ask: x, to: end}\n"
    talk = Talk(unchecked(tea=calm + SKIPS.lstrip(), concrete=concrete)).give(Chosen("nothing"))
    assert talk.give(Chosen("nothing")).said == ["I didn't get that.", "Tea?"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7", 7), (" 7. ", 7), ("about a 7", 7), ("seven", 7), ("Zero", 0), ("7/10", 7), ("7 out of 10", 7),
        ("10/10", 10), ("7, I think", 7), ("11", None), ("7 or 8", None), ("3-4", None), ("-5", None), ("7.5", None),
        ("7,5", None), ("seventy", None), ("7th", None), ("", None), ("none", None), ("7 of 12", None), ("²", None),
        ("born 1987, so 7", 7), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_a_number_is_read_where_there_is_one(typed, number):
    """One number in the range, in digits or as a word; two are none."""
    assert read_number(typed, 0, 10) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("Six or maybe seven", 7), ("6.5", 7), ("7 or 8", 8), ("3-4", 4), ("10/10", 10), ("about a 7ish", 7),
        ("six and a half", 7), ("between 6 and 8", 8), ("5 or 9", None), ("a lot", None), ("11", None),
        ("8. he left me and i can't stop crying", 8), ("it's like an 8 because he left me today", 8),
        ("he is 7 and he cried so much because of me", None), ("it was one of his shoes and i lost it", None),
        ("no one cares", None), ("three times this week he yelled at me again", None), ("9.5", 10),
    ],
)  # fmt: skip
def test_a_weight_may_lie_between_two_numbers_or_before_a_story(typed, number):
    """The higher of two is taken, as what is heavier is met more gently; a number in a story is none."""
    assert read_weight(typed, 0, 10) == number


@pytest.mark.parametrize(
    ("typed", "number"), [("1987", 1987), ("in 1987", 1987), ("1066", None), ("87", None)]
)
def test_a_number_may_have_as_many_digits_as_its_range(typed, number):
    """A year can be asked for."""
    assert read_number(typed, 1900, 2100) == number


CHOICES = (Offer("yes", "Yes, please"), Offer("no", "No"), Offer("a_bit", "Don’t know: a bit"))


@pytest.mark.parametrize(
    ("typed", "id_"),
    [
        ("yes", "yes"), ("Yes please", "yes"), ("YES, PLEASE!", "yes"), ("yeah", "yes"), ("ok", "yes"), ("I am", "yes"),
        ("nope", "no"), ("no thanks", "no"), ("a_bit", "a_bit"), ("dont know a bit", "a_bit"),
        ("don't know, a bit", "a_bit"), ("a bit", "a_bit"), ("yes and no", None), ("", None), ("?!", None),
    ],
)  # fmt: skip
def test_a_choice_is_understood_by_its_words(typed, id_):
    """By label, by id, or a plain yes or no; whatever the case, the commas and the apostrophes."""
    found = match_choice(typed, CHOICES)
    assert (found.id if found else None) == id_


def test_a_plain_yes_is_none_where_there_is_no_yes():
    """It is words like any others."""
    assert match_choice("yes", CHOICES[1:]) is None


def test_simple_words_are_compared():
    """Small letters and digits, one dash between words."""
    assert simplify(" Don't  know:\n3_Times! \u00c4h\u2019m ") == "dont-know-3-times-\u00e4hm"


CONDITIONS = """
flow: tea
takes: [word, known]
steps:
  a:
    say: "Say."
    ask: word
    when: [{answer: {word: %s}, to: b}]
    to: c
  b: {say: "B", ask: x, to: end}
  c: {say: "C", ask: x, to: end}
"""


@pytest.mark.parametrize(
    ("allowed", "word", "holds"),
    [
        ("tea", "tea", True), ("tea", "Tea", False), ("[tea, milk]", "milk", True), ("[tea, milk]", "sugar", False),
        ("given", "x", True), ("given", "", False), ("missing", "", True), ("missing", "x", False),
        ("brief", "x" * 80, True), ("brief", "x" * 81, False), ("brief", "a\nb", False), ("brief", "", False),
        ("8..10", "8", True), ("8..10", "10", True), ("8..10", "7", False), ("8..10", "11", False),
        ("8..10", "x", False), ("8..10", "8..10", False), ("8..10", "\u00b2", False), ("8..10", "\u0669", True),
        ("8..10", "", False),
        ("..10", "..10", True), ("..10", "5", False), ("\u00b2..9", "5", False), ("a..b", "a..b", True),
    ],
)  # fmt: skip
def test_a_condition_holds_or_does_not(allowed, word, holds):
    """A value, one of several, given or missing, brief, or a number in a range; no other number breaks it."""
    assert Talk(unchecked(tea=CONDITIONS % allowed)).say(word).step == ("b" if holds else "c")


def test_all_parts_of_a_condition_hold_together():
    """Answers of this talk go before what is known of the person."""
    tea = CONDITIONS.replace(
        "{answer: {word: %s}, to: b}",
        "{answer: {word: a, known: b}, heard: [grief, loss], guard: quiet, to: b}",
    )
    flows, known = unchecked(tea=tea), Facts(variables={"known": "b"}, quiet=True)

    def led(facts=known, word="a", **heard):
        return Talk(flows, facts).give(Text(word), heard=Heard(**heard)).step

    assert led(intent="grief") == "b"
    assert led(topic="loss") == "b"
    assert led() == "c"
    assert led(word="b", intent="grief") == "c"
    assert led(Facts(variables={"known": "b"}), intent="grief") == "c"
    assert led(Facts(variables={"known": "c"}, quiet=True), intent="grief") == "c"


def test_the_first_branch_that_holds_is_taken():
    """In the order in which the author wrote them."""
    tea = CONDITIONS.replace(
        "{answer: {word: %s}, to: b}", "{answer: {word: given}, to: b}, {answer: {word: x}, to: c}"
    )
    assert Talk(unchecked(tea=tea)).say("x").step == "b"


def test_words_are_heard_where_nothing_is_asked():
    """Where choices stand, typed words take only the branches that listen."""
    tea = """
        flow: tea
        steps:
          a:
            say: "Tea?"
            choices: [{id: on, label: "On"}]
            when: [{guard: quiet, to: b}, {heard: grief, to: c}]
            to: d
          b: {say: "B", ask: x, to: end}
          c: {say: "C", ask: x, to: end}
          d: {say: "D", ask: x, to: end}
        """
    flows = unchecked(tea=tea)
    assert Talk(flows, Facts(quiet=True)).say("on").step == "b"
    assert Talk(flows, Facts(quiet=True)).say("hm").step == "a"
    assert Talk(flows, Facts(quiet=True)).give(Text("hm"), heard=Heard(intent="grief")).step == "c"
    assert Talk(flows).say("on").step == "d"
    assert Talk(flows).give(Text("on"), heard=Heard(intent="grief")).step == "c"
