"""From YAML to flows: what an author wrote, as data."""

import pytest

from flows.model import (
    Action,
    After,
    Branch,
    Choice,
    Condition,
    Line,
    Media,
    Renamed,
    Review,
    Variable,
    Wording,
)
from flows.reader import read
from flows.wordings import wording

STEP = "flow: tea\nsteps:\n  a: {{{}}}\n"
ASK = 'say: "Tea?", to: end, ask: {}'


def step(body):
    """Return a step of which only its body is given."""
    flow, tree = read(STEP.format(body), "tea/flow.yaml")
    assert tree.diagnostics == []
    return flow.steps["a"]


TOP = """
flow: tea
title: "Tea for two"
kind: part
minutes: 5
sources: [one, two]
review: {by: Ann, role: nurse, date: 2026-11-26, words: abc}
start: b
takes: mood
returns: [tea, milk]
variables:
  tea: date
  milk: {type: time, lives: kept}
  cup: {lives: turn}
renamed: {flow: [chai, cuppa], steps: {old: a}, variables: {leaf: tea}}
on_change: end
outward: true
urgent: true
delicate: "true"
steps:
  a: {say: "A.", to: end}
  b: {say: "B.", to: a}
"""


def test_the_top_of_a_flow_is_read():
    """Every key, each with its row where something may need mending."""
    flow, tree = read(TOP, "tea/flow.yaml")
    assert tree.diagnostics == []
    assert (flow.id, flow.path, flow.title, flow.kind, flow.minutes) == (
        "tea",
        "tea/flow.yaml",
        "Tea for two",
        "part",
        5,
    )
    assert (flow.sources, flow.takes, flow.returns) == (("one", "two"), ("mood",), ("tea", "milk"))
    assert flow.review == Review("Ann", "nurse", "2026-11-26", "abc")
    assert str(flow.review) == "Ann, nurse, 2026-11-26"
    assert flow.variables == {
        "tea": Variable("date", "flow", 12), "milk": Variable("time", "kept", 13), "cup": Variable("text", "turn", 14),
    }  # fmt: skip
    assert flow.renamed == Renamed(("chai", "cuppa"), {"old": "a"}, {"leaf": "tea"})
    assert (flow.start, flow.on_change, list(flow.steps)) == ("b", "end", ["a", "b"])
    assert (flow.outward, flow.urgent, flow.delicate) == (True, True, True)
    assert (flow.rows["start"], flow.steps["a"].row, flow.steps["b"].rows["to"]) == (8, 21, 22)


def test_what_an_author_leaves_out_has_a_value():
    """The first step begins; nothing is special."""
    flow = read("flow: tea\nreview: needed\nsteps:\n  a: {say: A, to: end}\n", "tea/flow.yaml")[0]
    assert (flow.start, flow.title, flow.kind, flow.minutes, flow.review) == ("a", "tea", "talk", 0, None)
    assert not any((flow.outward, flow.urgent, flow.delicate, flow.takes, flow.returns, flow.variables))
    assert (flow.renamed, flow.on_change, flow.sources) == (Renamed(), "", ())


def test_shared_lines_and_choices_are_read():
    """In a flow of their own kind, which needs no steps."""
    lines = 'lines: {one: "One.", two: ["A.", "B."]}\nchoices: {pair: [{id: on, label: "On"}]}\n'
    flow, tree = read(f"flow: all\nkind: lines\n{lines}", "p")
    assert tree.diagnostics == []
    assert [line.forms["plain"][0].id for several in flow.lines.values() for line in several] == [
        "all/one/plain.1", "all/two1/plain.1", "all/two2/plain.1",
    ]  # fmt: skip
    (choice,) = flow.choices["pair"]
    assert (choice.id, choice.label.id, choice.label.text, choice.to) == (
        "on",
        "all/pair/choice.on/plain.1",
        "On",
        "",
    )
    assert [wording.text for wording in (each[1] for each in flow.texts)] == ["One.", "A.", "B.", "On"]


def test_a_wording_has_an_id_and_a_mark_of_its_words():
    """The mark is of the English alone: the same words are the same wherever they stand."""
    one, two = wording("a/b/say/plain.1", " Tea? "), wording("c/d/say/plain.1", "Tea?")
    assert (one.id, one.text, len(one.mark)) == ("a/b/say/plain.1", "Tea?", 4)
    assert one.mark == two.mark
    assert one.mark != wording("a/b/say/plain.1", "Tea.").mark


@pytest.mark.parametrize(
    ("say", "texts"),
    [
        ('"One."', [{"plain": ["One."]}]),
        ('["One.", "Two."]', [{"plain": ["One."]}, {"plain": ["Two."]}]),
        ('{any: ["One.", "Two."]}', [{"plain": ["One.", "Two."]}]),
        ('{plain: "One.", tender: {any: ["Two.", "Three."]}}', [{"plain": ["One."], "tender": ["Two.", "Three."]}]),
        ('{plain: ["One.", "Two."]}', [{"plain": ["One.", "Two."]}]),
        ('{once: {warm: "Warm.", plain: "One."}}', [{"warm": ["Warm."], "plain": ["One."]}]),
    ],
    ids=["text", "bubbles", "any", "forms", "a list in a form", "once"],
)  # fmt: skip
def test_a_line_is_written_in_several_ways(say, texts):
    """A text, several bubbles, several wordings, several forms."""
    lines = step(f"say: {say}, to: end").say
    shown = [
        {form: [each.text for each in wordings] for form, wordings in line.forms.items()} for line in lines
    ]
    assert shown == texts
    assert [line.once for line in lines] == ["once" in say] * len(lines)


def test_text_ids_count_bubbles_and_wordings():
    """Flow, step, slot, form, ordinal; the slot has a number where there are several bubbles."""
    lines = step('say: ["One.", {any: ["Two.", "Three."]}], to: end').say
    assert [each.id for line in lines for each in line.wordings] == [
        "tea/a/say1/plain.1", "tea/a/say2/plain.1", "tea/a/say2/plain.2",
    ]  # fmt: skip


def test_a_question_is_read():
    """A name alone, or with what its answer must be."""
    ask = step(
        ASK.format(
            '{name: cups, number: [1, 12], buttons: none, longest: 20, retry: ["How many?", {use: hm}]}'
        )
    ).ask
    assert (ask.name, ask.number, ask.type, ask.bare, ask.longest) == ("cups", (1, 12), "number", True, 20)
    assert [line.use or line.forms["plain"][0].id for line in ask.retry] == ["tea/a/retry1/plain.1", "hm"]
    assert (step(ASK.format("tea")).ask.name, step(ASK.format("tea")).ask.type) == ("tea", "text")
    assert not step(ASK.format("{name: tea, buttons: shown}")).ask.bare
    assert step(ASK.format("{name: day, type: date}")).ask.type == "date"


def test_a_question_has_the_type_that_was_declared():
    """``variables`` says it once for all."""
    flow = read('flow: tea\nvariables: {day: date}\nsteps:\n  a: {say: "Day?", ask: day, to: end}\n', "p")[0]
    assert flow.steps["a"].ask.type == "date"


def test_choices_are_read():
    """With where they lead, when they are there, and what they set; or those of a list."""
    first, second, third = step(
        'say: "Tea?", to: end, choices: [{id: "yes", label: "Yes", to: end, set: {a: b}},'
        ' {id: 2nd, label: " No ", when: {answer: {a: [b, c]}, guard: quiet}}, {use: pair, to: end}]'
    ).choices
    assert first == Choice(
        "yes", Wording("tea/a/choice.yes/plain.1", "Yes", first.label.mark), "end", 3, None, {"a": "b"}
    )
    assert second.label.text == "No"
    assert second.when == Condition((("a", ("b", "c")),), (), "quiet")
    assert (third.use, third.to, third.id) == ("pair", "end", "")
    listed = step('say: "Which?", to: end, choices: {from: names}')
    assert (listed.offers, listed.choices) == ("names", ())


def test_branches_are_read():
    """They lead to a step, or lay a flow over the talk."""
    when = step(
        'say: "Tea?", ask: x, to: end, when: [{answer: {x: 1..3}, to: end}, {heard: [a, b], over: other}, {to: end}]'
    ).when
    assert when == (
        Branch(Condition((("x", ("1..3",)),)), "end", 3),
        Branch(Condition((), ("a", "b")), "over:other", 3),
        Branch(Condition(), "end", 3),
    )


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("seconds: 20", After(20, "end")),
        ("hours: 2, minutes: 3, seconds: 4", After(7_384, "end")),
        ('days: 3, at: "09:00"', After(0, "end", days=3, at="09:00")),
        ("weeks: 2, days: 1", After(0, "end", days=15)),
        ("months: 2", After(0, "end", months=2)),
        ("until: day", After(0, "end", until="day")),
        ('at: "23:59"', After(0, "end", at="23:59")),
    ],
)  # fmt: skip
def test_a_wait_is_read(written, after):
    """Parts of a time are added up; days and months follow the calendar."""
    assert step(f"say: A, after: {{{written}, to: end}}").after == after


def test_an_action_a_call_and_what_is_noted_are_read():
    """An action may be handed something."""
    assert step("do: note, to: end").do == Action("note")
    assert step('do: {name: note, with: {a: "{b}"}}, to: end').do == Action("note", {"a": "{b}"})
    body = step("call: part, to: end, keep: {letter: page}, set: {a: b}, delicate: true, skip: end")
    assert (body.call, body.keep, body.sets, body.delicate, body.skip) == (
        "part",
        {"letter": "page"},
        {"a": "b"},
        True,
        "end",
    )


def test_what_is_shown_is_read():
    """It lies in the flow's folder, and stands among the lines of the step."""
    body = step(
        'say: "Look.", show: {picture: Tea-1.PNG, text: "A cup."}, ask: {name: x, retry: "Again?"}, to: end'
    )
    assert body.show == Media("picture", "tea/Tea-1.PNG", body.show.text, 3)
    assert body.show.text.forms["plain"][0].id == "tea/a/show/plain.1"
    assert [line.forms["plain"][0].text for line in body.lines] == ["Look.", "A cup.", "Again?"]


def test_a_shared_line_is_named():
    """What it says is put in later."""
    assert step("say: {use: hm}, to: end").say == (Line({}, 3, use="hm"),)


def test_a_hash_tells_what_changed():
    """Of the flow all of it; of its words all but the sign-off and the old names."""
    flow = read(TOP, "p")[0]

    def renewed(old, new):
        return read(TOP.replace(old, new), "p")[0]

    assert renewed("Tea for two", "Tea for one").hash != flow.hash
    assert renewed("Tea for two", "Tea for one").words != flow.words
    for old, new in (("words: abc", "words: def"), ("{old: a}", "{older: a}")):
        assert renewed(old, new).hash != flow.hash
        assert renewed(old, new).words == flow.words
    assert read(TOP, "elsewhere")[0].hash == flow.hash
