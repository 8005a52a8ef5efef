"""Rules about steps and flows: reached, leading on, ending, not going round."""

from dataclasses import replace

import pytest

from flows.checks import check
from flows.checks.ways import rounds
from flows.pack import read_pack
from flows.shell import Shell
from tests.content import write

SHELL = Shell(begins=("a",), heard=("grief",), variables=("country",))


def found(folder, shell=SHELL, **flows):
    """Return (flow, row, code) of what is wrong, and the sentences."""
    pack = read_pack(write(folder, **flows))
    return {each.code: each for each in check(pack, shell) if each.code != "F402"}


def codes(folder, shell=SHELL, **flows):
    return set(found(folder, shell, **flows))


A_CALLS = "flow: a\nsteps:\n  one: {call: b, to: end}\n"
B_CALLS = 'flow: b\nsteps:\n  one: {say: "Tea.", to: two}\n  two: {call: a, to: end}\n'
B_LEAVES = 'flow: b\nsteps:\n  one: {say: "Tea.", to: "flow:a"}\n'
B_WAITS = 'flow: b\nsteps:\n  one: {say: "Tea?", ask: tea, to: "flow:a"}\n'
B_PASSES = 'flow: b\nsteps:\n  one: {say: "Tea.", to: end}\n'
A_AGAIN = "flow: a\nsteps:\n  one: {call: b, to: one}\n"
A_ASKS_AGAIN = "flow: a\nsteps:\n  one: {call: b, to: one, when: [{heard: grief, to: end}]}\n"
A_DOES_AGAIN = "flow: a\nsteps:\n  one: {do: look, to: one}\n"


@pytest.mark.parametrize(
    ("flows", "told"),
    [
        pytest.param({"a": A_CALLS, "b": B_CALLS}, {"F104", "F122"}, id="each calls the other"),
        pytest.param(
            {"a": A_CALLS, "b": B_LEAVES}, {"F104", "F122"}, id="one calls, the other leaves for it"
        ),
        pytest.param(
            {"a": A_CALLS, "b": B_WAITS}, {"F122"}, id="the other waits, and comes to stand on itself"
        ),
        pytest.param({"a": A_AGAIN, "b": B_PASSES}, {"F104"}, id="called again at once"),
        pytest.param(
            {"a": A_ASKS_AGAIN, "b": B_WAITS.replace("flow:a", "end")}, set(), id="called again, which waits"
        ),
        pytest.param({"a": A_CALLS, "b": B_PASSES}, set(), id="called, and back"),
        pytest.param({"a": A_DOES_AGAIN}, {"F104"}, id="an action is no wait"),
    ],
)
def test_a_round_without_waiting_is_found_across_flows(tmp_path, flows, told):
    """Calls and leavings count; a question or a clock on the way breaks the round."""
    assert codes(tmp_path, replace(SHELL, actions={"look": ()}), **flows) - {"F601", "F602"} == told


def test_a_round_is_named_step_by_step(tmp_path):
    """The sentence shows the way, and each flow on it is told at its own row."""
    pack = read_pack(write(tmp_path, a=A_CALLS, b=B_CALLS))

    told = [each for each in check(pack, SHELL) if each.code == "F104"]

    assert [(each.path[-11:], each.row) for each in told] == [("a/flow.yaml", 3), ("b/flow.yaml", 3)]
    assert "a/one → b/one → b/two → a/one" in told[0].message


def pile(count):
    """Return flows of which each calls the next; the last one asks."""
    calls = {
        f"f{number}": f"flow: f{number}\nsteps:\n  one: {{call: f{number + 1}, to: end}}\n"
        for number in range(1, count)
    }
    return calls | {f"f{count}": f'flow: f{count}\nsteps:\n  one: {{say: "Tea?", ask: tea, to: end}}\n'}


@pytest.mark.parametrize(
    ("count", "lays", "deep"), [(10, (), False), (11, (), True), (5, ("f1",), False), (6, ("f1",), True)]
)
def test_as_many_flows_may_stand_on_each_other_as_the_engine_holds(tmp_path, count, lays, deep):
    """Ten, or five on a talk that goes on beneath them."""
    shell = Shell(begins=("f1",), lays=lays)

    assert ("F122" in codes(tmp_path, shell, **pile(count))) is deep


def test_a_practice_brings_what_surrounds_it(tmp_path):
    """What the wrapping calls counts: a practice stands on its caller, and opening and closing on it."""
    flows = pile(10)
    flows["f10"] = (
        'flow: f10\nkind: practice\nsources: [S2]\nsteps:\n  one: {say: "Tea?", ask: tea, to: end}\n'
    )
    flows["closing"] = 'flow: closing\nsteps:\n  one: {say: "And now?", ask: now, to: end}\n'

    assert "F122" in codes(tmp_path, Shell(begins=("f1",)), **flows)


def test_a_long_way_through_many_steps_is_no_matter(tmp_path):
    """A flow of a thousand steps is checked without going deeper into the stack with each."""
    steps = "".join(f'  s{number}: {{set: {{a: "1"}}, to: s{number + 1}}}\n' for number in range(1_000))
    flow = f'flow: a\nsteps:\n{steps}  s1000: {{say: "Tea.", to: end}}\n'

    assert codes(tmp_path, a=flow) <= {"F602"}


def test_rounds_are_found_and_nothing_else():
    """Who leads into a round, or out of it, is not part of it."""
    ways = {"in": ["x"], "x": ["y"], "y": ["x", "out"], "out": [], "self": ["self"]}

    assert rounds(ways) == [["x", "y"], ["self"]]


TALK = """
    flow: a
    sources: [S2]
    steps:
      one:
        say: "Tea?"
        {more}
"""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("choices: [{id: 'y', label: Yes, to: end}]", {"F103"}),
        ("choices: [{id: 'y', label: Yes}]", {"F103"}),
        (
            "choices: [{id: 'y', label: Yes, to: end, when: {answer: {country: given}}}]\n        skip: end",
            {"F123"},
        ),
        (
            (
                "skip: end\n        choices: [{id: 'y', label: Yes, to: end, when: {answer: {country: given}}},\n"
                "          {id: 'n', label: No, to: end, when: {answer: {country: missing}}}]"
            ),
            set(),
        ),
        ("choices: [{id: 'y', label: Yes, to: one}]\n        skip: one", {"F121"}),
        ("ask: tea\n        to: end\n        when: [{heard: grief, over: a}]", {"F122"}),
        ("to: end\n        when: [{heard: grief, over: a}]", {"F113", "F122"}),
        ("after: {hours: 2, to: end}", set()),
        ("ask: tea\n        to: end\n    on_change: tow", {"F101"}),
    ],
)
def test_a_step_leads_on_and_comes_to_an_end(tmp_path, more, told):
    """What cannot be left, what may offer nothing, and what has nothing to come back to is told."""
    assert codes(tmp_path, a=TALK.format(more=more)) - {"F602"} == told


def test_a_step_that_on_change_leads_to_is_reached(tmp_path):
    """People come there whose step is gone."""
    flow = TALK.format(more="to: end\n      two:\n        say: Tea.\n        to: end\n    on_change: two")

    assert codes(tmp_path, a=flow) <= {"F602"}


def test_bubbles_of_several_steps_and_flows_count_together(tmp_path):
    """What a person meets in one go is one turn, whatever it is made of."""
    flows = {
        "a": """
            flow: a
            sources: [S2]
            steps:
              one: {say: "Tea?", ask: tea, to: two}
              two: {say: ["One.", "Two."], to: three}
              three: {call: b, to: four}
              four: {say: ["Five?"], ask: more, to: end}
            """,
        "b": """
            flow: b
            kind: part
            steps:
              one: {say: "Three.", to: two}
              two: {say: "Four?", ask: word, to: three}
              three: {say: ["One.", "Two.", "Three."], to: end}
            """,
    }
    pack = read_pack(write(tmp_path, **flows))

    told = [
        (each.path[-11:], each.row, each.message[:9]) for each in check(pack, None) if each.code == "F203"
    ]

    assert told == [("a/flow.yaml", 8, "4 bubbles"), ("b/flow.yaml", 6, "4 bubbles")]
