"""What is said: forms, wordings that take turns, lines said once, shared ones, pictures."""

from dataclasses import replace

import pytest

from flows import engine
from flows.catalog import Catalog, choose
from flows.model import Line, Wording
from flows.turn import Facts, Repeat, Say, Seen, Show, Text
from tests.flows.talk import Talk, flow, unchecked

FORMS = """
flow: tea
steps:
  a:
    say: {plain: "Tea?", warm: "Tea, dear?", quiet: "Tea is here.", cheer: "Tea it is?"}
    ask: x
    to: b
  b: {say: {plain: "More?", tender: "A little more?"}, ask: y, to: end}
"""
ONCE = """
flow: tea
steps:
  a:
    say: [{once: "I'm new to you."}, {once: {any: ["This is tea.", "Tea, this is."]}}, "Tea?"]
    ask: x
    to: a
"""
SHARED = """
flow: shared
kind: lines
lines:
  hello: ["Hello.", {any: ["It rains.", "The sun is out."]}]
  sorry: "Sorry?"
choices:
  pair: [{id: "yes", label: "Yes", set: {said: "yes"}}, {id: "no", label: "No", to: away}]
"""
USES = """
flow: tea
steps:
  a:
    say: [{use: hello}, "Tea?"]
    choices: [{use: pair, to: b, set: {asked: tea}}, {id: later, label: "Later", to: b}]
    skip: b
  b: {say: "{said} {asked}", ask: {name: x, number: [0, 3], retry: {use: sorry}}, to: away}
  away: {say: "Away.", to: end}
"""


def read(turn):
    """Return the marks of the lines that were read, those to be remembered for ever among them."""
    return b"".join(effect.line for effect in turn.effects if isinstance(effect, Seen))


@pytest.mark.parametrize(
    ("facts", "first", "second"),
    [
        (Facts(), "Tea?", "More?"),
        (Facts(warmth="warm"), "Tea, dear?", "More?"),
        (Facts(warmth="tender"), "Tea, dear?", "A little more?"),
        (Facts(warmth="tender", quiet=True), "Tea is here.", "A little more?"),
        (Facts(cheer=True), "Tea it is?", "More?"),
        (Facts(warmth="tender", cheer=True), "Tea it is?", "A little more?"),
        (Facts(quiet=True, cheer=True), "Tea is here.", "More?"),
    ],
    ids=["plain", "warm", "tender", "quiet", "cheer", "cheer and tender", "quiet and cheer"],
)
def test_a_line_has_the_form_that_fits(facts, first, second):
    """A form that a line lacks gives way to the next cooler one; a way of being there goes before warmth."""
    talk = Talk(unchecked(tea=FORMS), facts)
    assert talk.said == [first]
    assert talk.say("x").said == [second]


def test_a_line_is_said_once():
    """The first time it is there, in one of its wordings; never again, whatever the seed."""
    turn = engine.begin(unchecked(tea=ONCE), "tea", Facts())
    assert [effect.text for effect in turn.effects if isinstance(effect, Say)] == [
        "I'm new to you.", "This is tea.", "Tea?",
    ]  # fmt: skip
    assert [effect.once for effect in turn.effects if isinstance(effect, Seen)] == [True, True]
    for seed in range(4):
        again = engine.resume(unchecked(tea=ONCE), turn.session, Text("x"), Facts(seed=seed, seen=read(turn)))
        assert [effect.text for effect in again.effects if isinstance(effect, Say)] == ["Tea?"]
        assert read(again) == b""


def test_a_line_said_once_is_not_repeated_within_the_turn():
    """Also where the same words stand twice on the way."""
    tea = 'flow: tea\nsteps:\n  a: {say: [{once: "New."}, {once: "New."}, "Tea?"], ask: x, to: end}\n'
    assert Talk(unchecked(tea=tea)).said == ["New.", "Tea?"]


def test_words_that_were_read_are_found_by_whole_marks_only():
    """A mark that only seems to be there, across two others, hides no line."""
    turn = engine.begin(unchecked(tea=ONCE), "tea", Facts())
    mark = read(turn)[:4]
    across = b"\0\0" + mark + b"\0\0"
    again = engine.begin(unchecked(tea=ONCE), "tea", Facts(seen=across))
    assert next(effect.text for effect in again.effects if isinstance(effect, Say)) == "I'm new to you."


def test_a_question_is_put_as_often_as_it_takes():
    """Even one that its author marked as said once."""
    tea = 'flow: tea\nsteps:\n  a: {say: {once: "Tea?"}, ask: x, to: a}\n'
    talk = Talk(unchecked(tea=tea))
    seen = read(talk.turn)
    assert talk.give(Repeat(), seen=seen).said == ["Tea?"]
    assert talk.give(Text("x"), seen=seen).said == ["Tea?"]


def test_shared_lines_and_choices_stand_where_they_are_used():
    """Several at once, with where the step says that they lead, and what both of them set."""
    talk = Talk(unchecked(tea=USES, shared=SHARED))
    assert talk.said == ["Hello.", "It rains.", "Tea?"]
    assert talk.offered == ["Yes", "No", "Later"]
    assert talk.say("yes").said == ["yes tea"]
    assert talk.say("lots").said == ["Sorry?", "yes tea"]


def test_a_shared_choice_goes_where_it_says_unless_the_step_does():
    """``to`` beside ``use`` is for all of them; without it each has its own."""
    assert Talk(unchecked(tea=USES, shared=SHARED)).say("no").said == [" tea"]
    own = USES.replace("{use: pair, to: b, set: {asked: tea}}", "{use: pair}").replace("skip: b", "to: b")
    assert Talk(unchecked(tea=own, shared=SHARED)).say("no").said == ["Away."]
    assert Talk(unchecked(tea=own, shared=SHARED)).say("yes").said == ["yes "]


def test_a_shared_line_keeps_its_own_id():
    """Translators meet it once, whoever uses it."""
    says = Talk(unchecked(tea=USES, shared=SHARED)).effects(Say)
    assert [say.id for say in says] == [
        "shared/hello1/plain.1",
        "shared/hello2/plain.1",
        "tea/a/say2/plain.1",
    ]


def test_a_picture_comes_with_its_words():
    """It is shown before the question, and named by flow and file."""
    tea = """
        flow: tea
        urgent: true
        steps:
          a:
            say: ["Look.", "Do you see it?"]
            show: {animation: cup.gif, text: {plain: "A cup of {tea}.", warm: "A warm cup."}}
            set: {tea: mint}
            ask: x
            to: b
          b: {show: {sound: rain.ogg, text: "Rain."}, say: "Listen.", to: end}
        """
    talk = Talk(unchecked(tea=tea))
    look, shown, ask = talk.turn.effects
    assert (look.text, ask.text) == ("Look.", "Do you see it?")
    assert shown == Show("tea/cup.gif", "A cup of mint.", "animation", urgent=True)
    assert shown.text not in repr(shown)
    talk.say("yes")
    assert [type(effect) for effect in talk.turn.effects] == [Say, Show]
    assert talk.effects(Show)[0] == Show("tea/rain.ogg", "Rain.", "sound", urgent=True)


def test_a_sentence_of_the_bots_own_is_said_without_a_talk():
    """With what is known of the person filled in."""
    (say,) = engine.speak(unchecked(), "where_were_we", Facts())
    assert (say.text, say.flow, say.step, say.offers, say.prompt) == ("Where were we.", "", "", (), "")
    assert engine.speak(unchecked(), "no_such_line", Facts()) == ()


def test_what_a_person_wrote_is_inserted_as_it_is():
    """Braces of theirs stay braces, and an unknown name leaves nothing behind."""
    tea = flow("tea", a='say: "Tea?", ask: x, to: b', b='say: "{x}, {nobody}, {X}, {x", ask: y, to: end')
    assert Talk(unchecked(tea=tea)).say("{y} {x}").said == ["{y} {x}, , {X}, {x"]


def said_in(language, words, facts):
    """Return the wordings that are said at the first step, by their ids, in a language with these words."""
    flows = replace(unchecked(tea=ANY), catalog=Catalog({language: words}))
    turn = engine.begin(flows, "tea", facts)
    return [(effect.id, effect.text) for effect in turn.effects if isinstance(effect, Say)]


ANY = flow(
    "tea", a='say: {plain: {any: ["One?", "Two?"]}, warm: {any: ["Three?", "Four?"]}}, ask: x, to: end'
)


def test_another_language_is_said_where_it_has_the_words():
    """Of the form that fits, or else of the next cooler one; what it lacks is said in English."""
    plain, warm = "tea/a/say/plain.{}".format, "tea/a/say/warm.{}".format
    dear = Facts(locale="ga", warmth="warm")
    assert said_in("ga", {warm(2): "Ceathair?"}, dear) == [(warm(2), "Ceathair?")]
    assert said_in("ga", {plain(2): "D\u00f3?"}, dear) == [(plain(2), "D\u00f3?")]
    assert said_in("ga", {warm(1): "Tr\u00ed?", plain(2): "D\u00f3?"}, dear) == [(warm(1), "Tr\u00ed?")]
    assert said_in("ga", {"tea/b/say/plain.1": "B"}, dear) == [(warm(1), "Three?")]
    assert said_in("de", {warm(2): "Vier?"}, dear) == [(warm(1), "Three?")]


def test_quiet_words_of_another_language_go_before_all():
    """Where the language has them."""
    tea = flow("tea", a='say: {plain: "One?", quiet: "Two."}, ask: x, to: end')
    words = {"tea/a/say/plain.1": "Eins?", "tea/a/say/quiet.1": "Zwei."}
    flows = replace(unchecked(tea=tea), catalog=Catalog({"de": words}))
    for quiet, said in ((True, "Zwei."), (False, "Eins?")):
        turn = engine.begin(flows, "tea", Facts(locale="de", quiet=quiet))
        assert [effect.text for effect in turn.effects if isinstance(effect, Say)] == [said]


@pytest.mark.parametrize(
    ("read", "seed", "said"),
    [
        ([], 0, "One"), ([], 1, "Two"), ([], 5, "Three"), ([1], 0, "Two"), ([1, 2], 0, "Three"), ([1, 2, 3], 0, "One"),
        ([2, 1, 3], 0, "Two"), ([3, 2, 1], 1, "Three"), ([1, 2, 1, 3], 0, "Two"), ([1, 1, 1, 3, 2], 2, "One"),
    ],
)  # fmt: skip
def test_the_wording_that_was_read_longest_ago_comes_next(read, seed, said):
    """What was never read goes first; among those the seed decides."""
    flows = unchecked(tea=flow("tea", a='say: {any: ["One", "Two", "Three"]}, ask: x, to: end'))
    marks = [wording.mark for wording in flows.flows["tea"].flow.steps["a"].say[0].wordings]
    seen = b"".join(marks[number - 1] for number in read)
    turn = engine.begin(flows, "tea", Facts(seed=seed, seen=seen))
    assert [effect.text for effect in turn.effects if isinstance(effect, Say)] == [said]


def test_marks_are_compared_where_they_begin():
    """Bytes that look like a mark across two others, once or twice in a row, are none."""
    one, two = (Wording(text, text, mark) for text, mark in (("one", b"abab"), ("two", b"zzzz")))
    line = Line({"plain": (one, two)}, 1)
    assert choose(line, Facts(seen=b"xxab" + b"abxx" + b"zzzz"), b"").text == "one"
    assert choose(line, Facts(seen=b"ab" * 2 + b"xxab" + b"abab"[2:] + b"xx"), b"").text == "two"
    assert choose(line, Facts(seen=b"zzzz" + b"abab" + b"xxab" + b"abxx"), b"").text == "two"
    assert choose(line, Facts(seen=b"abab"), b"zzzz").text == "one"


def test_where_a_bubble_belongs_is_told_with_it():
    """Flow, step and the question's mark come with the choices; nothing is offered without a mark."""
    (say,) = Talk(unchecked(tea=FORMS)).effects(Say)
    assert (say.id, say.flow, say.step) == ("tea/a/say/plain.1", "tea", "a")
    assert say.prompt
    assert not say.urgent


def test_each_question_has_a_mark_of_its_own():
    """Putting it again makes the older buttons stale."""
    talk = Talk(unchecked(tea=FORMS))
    marks = {talk.turn.session.prompt}
    for given in (Repeat(), Text("x"), Repeat()):
        marks.add(talk.give(given).turn.session.prompt)
    assert len(marks) == 4
