"""What flows share is put in where they ask for it, and what they ask for in vain is told."""

from dataclasses import replace

from flows.fragments import put_in
from flows.reader import read
from tests.flows.talk import flow

SHARED = """
flow: shared
kind: lines
lines: {hm: "Hm.", two: ["A.", {once: "B."}]}
choices:
  pair:
    - {id: "yes", label: "Yes", to: end, set: {a: "1", b: "1"}, when: {guard: night}}
    - {id: "no", label: "No"}
"""


def filled(*sources):
    """Return flows with their fragments put in, by their ids, and what was told."""
    flows, diagnostics = put_in(read(source, f"{number}.yaml")[0] for number, source in enumerate(sources))
    return {each.id: each for each in flows}, [
        (each.path, each.row, each.code, each.message) for each in diagnostics
    ]


def test_lines_are_put_in_with_the_row_that_asks_for_them():
    """What is wrong with them there is shown there; whether they are said once goes with them."""
    flows, told = filled(
        SHARED, flow("tea", a='say: ["One.", {use: two}], ask: {name: x, retry: {use: hm}}, to: end')
    )
    step = flows["tea"].steps["a"]
    assert told == []
    assert [line.forms["plain"][0].text for line in step.lines] == ["One.", "A.", "B.", "Hm."]
    assert [line.once for line in step.say] == [False, False, True]
    assert {line.row for line in step.lines} == {3}


def test_choices_are_put_in_with_what_the_step_adds():
    """Its target goes before their own, its values before theirs, its condition before theirs."""
    flows, _ = filled(
        SHARED,
        flow("tea", a='say: A, to: end, choices: [{use: pair, to: b, set: {b: "2", c: "2"}}]', b="to: end"),
    )
    yes, no = flows["tea"].steps["a"].choices
    assert (yes.to, yes.sets, yes.when.guard, yes.row, yes.use) == (
        "b",
        {"a": "1", "b": "2", "c": "2"},
        "night",
        3,
        "",
    )
    assert (no.to, no.sets, no.when) == ("b", {"b": "2", "c": "2"}, None)
    flows, _ = filled(SHARED, flow("tea", a="say: A, to: end, choices: [{use: pair, when: {guard: quiet}}]"))
    yes, no = flows["tea"].steps["a"].choices
    assert (yes.to, no.to, yes.when.guard, no.when.guard) == ("end", "", "quiet", "quiet")


def test_what_uses_nothing_is_left_as_it_is():
    """The very same flow, and the very same steps."""
    plain, uses = (
        flow("plain", a="say: A, to: end"),
        flow("uses", a="say: A, to: b", b="say: {use: hm}, to: end"),
    )
    before = [read(source, "p")[0] for source in (SHARED, plain, uses)]
    after, _ = put_in(before)
    assert after[1] is before[1]
    assert after[2].steps["a"] is before[2].steps["a"]
    assert after[2].steps["b"].hash != before[2].steps["b"].hash


def test_a_step_counts_as_changed_with_the_words_that_it_uses():
    """Those it says and offers; not those that are said to a misfit answer."""
    uses = flow("tea", a="say: {use: hm}, choices: [{use: pair}], ask: {name: x, retry: {use: two}}, to: end")

    def hashed(old="", new=""):
        return filled(SHARED.replace(old, new), uses)[0]["tea"].steps["a"].hash

    assert (
        hashed() == hashed("flow: shared", "flow: common") == hashed("A.", "C.") == hashed("to: end", "to: a")
    )
    assert len({hashed(), hashed("Hm.", "Hum."), hashed("Yes", "Aye"), hashed('id: "no"', 'id: "nope"')}) == 4


def test_what_is_shared_under_no_such_name_is_told():
    """With a name that is near, if there is one."""
    _, told = filled(
        SHARED,
        flow(
            "tea",
            a="say: {use: hmm}, to: end",
            b="say: A, to: end, choices: [{use: pear}]",
            c="say: {use: zzz}, to: end",
        ),
    )
    assert told == [
        ("1.yaml", 3, "F111", "nothing is shared under the name 'hmm'; did you mean 'hm'?"),
        ("1.yaml", 4, "F111", "nothing is shared under the name 'pear'; did you mean 'pair'?"),
        ("1.yaml", 5, "F111", "nothing is shared under the name 'zzz'"),
    ]


def test_words_for_a_misfit_answer_are_looked_for_as_well():
    """What is missing there is told like anything else."""
    _, told = filled(SHARED, flow("tea", a="say: A, ask: {name: x, retry: {use: nope}}, to: end"))
    assert told == [("1.yaml", 3, "F111", "nothing is shared under the name 'nope'")]


def test_a_shared_line_uses_no_other():
    """So that nothing goes round."""
    _, told = filled(SHARED.replace('hm: "Hm."', "hm: {use: two}"))
    assert told == [("0.yaml", 4, "F111", "a shared line cannot use another one: write its words")]


def test_flows_are_not_changed():
    """New ones are made."""
    source = read(flow("tea", a="say: {use: hm}, to: end"), "p")[0]
    copy = replace(source)
    put_in([read(SHARED, "p")[0], source])
    assert source == copy
    assert source.steps["a"].say[0].use == "hm"
