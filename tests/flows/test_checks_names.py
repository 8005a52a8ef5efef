"""Rules about names: what is named exists, gets a value, and is there once; and about what the bot needs."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import flows
from flows.checks import check
from flows.pack import read_pack
from flows.shell import SAID, Shell
from tests.content import write

SHELL = Shell(
    actions={"find": ("found", "place"), "note": ()},
    noting=("note",),
    begins=("a", "b", "c"),
    variables=("country", "first_words"),
    heard=("grief", "distress"),
    lines={"about": (), "error": ("lines",)},
)


def found(folder, shell=SHELL, over=None, **flows):
    pack = read_pack(write(folder, **flows), over)
    apart = {"F402", "F601", "F602", "F105"}
    return [each for each in check(pack, shell) if each.code not in apart]


def told(folder, *steps, more="", shell=SHELL, **flows):
    """Return (code, row) of what is wrong with a flow that is made of these steps."""
    lines = "\n".join(f"  s{number}: {{{step}}}" for number, step in enumerate(steps, 1))
    return [
        (each.code, each.row)
        for each in found(folder, shell, a=f"flow: a\n{more}\nsteps:\n{lines}\n", **flows)
    ]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        pytest.param("say: '{tee}', to: end", "F108", id="a line"),
        pytest.param(
            "say: 'Tea?', choices: [{id: 'y', label: '{tee}', to: end}], skip: end", "F108", id="a label"
        ),
        pytest.param("set: {tea: '{tee}'}, to: end", "F108", id="what is set"),
        pytest.param(
            "do: {name: find, with: {words: '{tee}'}}, to: end", "F108", id="what is handed to an action"
        ),
        pytest.param(
            "say: 'Tea?', ask: tea, when: [{answer: {tee: given}, to: s1}], to: end", "F124", id="a condition"
        ),
        pytest.param("keep: {sentence: tee}, to: end", "F124", id="what is kept"),
        pytest.param("say: 'Tea?', choices: {from: tee}, to: end", "F124", id="a list"),
        pytest.param(
            "say: 'Tea?', ask: tea, when: [{heard: [grief, distres], to: s1}], to: end", "F125", id="heard"
        ),
    ],
)
def test_a_misspelt_name_is_found_wherever_it_stands(tmp_path, step, code):
    """A name that nothing gives a value is told in its row."""
    assert told(tmp_path, step) == [(code, 4)]


@pytest.mark.parametrize(
    "step",
    [
        "do: find, to: s2",
        "do: {name: note, with: {place: 'here'}}, to: s2",
        "set: {place: 'here'}, to: s2",
        "say: 'Where?', ask: place, to: s2",
        "say: 'Where?', choices: [{id: 'y', label: Here, set: {place: 'here'}}], to: s2",
        "call: b, to: s2",
    ],
)
def test_a_name_may_come_from_anywhere(tmp_path, step):
    """An action, a note of the person, a question, a choice, a called flow: each gives a name its value."""
    b = "flow: b\nkind: part\nreturns: [place]\nsteps:\n  one: {say: 'Where?', ask: place, to: end}\n"

    assert told(tmp_path, step, "say: '{place} and {country}', to: end", b=b) == []


def test_what_is_noted_or_kept_in_one_flow_is_known_in_another(tmp_path):
    """A kept variable is known of the person from then on, in every talk."""
    keeping = "flow: b\nvariables: {day: {type: date, lives: kept}}\nsteps:\n  one: {say: 'Day?', ask: day, to: end}\n"

    assert told(tmp_path, "say: '{day}', after: {until: day, to: end}", b=keeping) == []
    assert told(tmp_path, "say: '{day}', to: end", b=keeping.replace("kept", "flow")) == [("F108", 4)]


def test_without_a_shell_what_actions_bring_is_not_guessed(tmp_path):
    """A flow without actions is checked all the same; of others nobody can know."""
    assert told(tmp_path, "say: '{tee}', to: end", shell=None) == [("F108", 4)]
    assert told(tmp_path, "do: find, to: s2", "say: '{tee}', to: end", shell=None) == []


def test_the_nearest_name_is_suggested(tmp_path):
    """A slip of the finger is mended by reading the sentence."""
    (one,) = found(tmp_path, a="flow: a\nsteps:\n  one: {say: '{coutnry}', to: end}\n")

    assert "did you mean 'country'?" in one.message


@pytest.mark.parametrize(
    ("steps", "more", "expected"),
    [
        (("say: 'Tea?', ask: tea, to: end",), "returns: [tee]", [("F119", 2)]),
        (("say: 'Tea?', ask: tea, to: end",), "takes: [tee]", [("F119", 2)]),
        (("say: 'Tea?', ask: tea, to: end",), "takes: [first_words]\nreturns: [first_words]", []),
        (("say: 'Tea?', ask: tea, to: end",), "variables:\n  tea: text\n  cups: text", [("F117", 4)]),
        (("say: 'Day?', ask: {name: day, type: date}, to: end",), "variables: {day: time}", [("F116", 4)]),
        (
            ("say: 'Day?', ask: day, to: s2", "say: 'At?', ask: {name: day, type: time}, to: end"),
            "",
            [("F116", 5)],
        ),
        (("say: 'Day?', ask: day, to: s2", "after: {until: day, to: end}"), "variables: {day: date}", []),
        (("say: 'Day?', ask: day, to: s2", "after: {until: day, to: end}"), "", [("F118", 5)]),
        (("say: 'Tea?', ask: tea, to: end",), "renamed: {steps: {s1: s1}}", [("F114", 2)]),
        (("say: 'Tea?', ask: tea, to: end",), "renamed: {steps: {x: 'y', 'y': s1}}", []),
        (
            ("say: 'Tea?', ask: tea, to: end",),
            "renamed: {steps: {x: 'y', 'y': x}}",
            [("F114", 2), ("F114", 2)],
        ),
        (("say: 'Tea?', ask: tea, to: end",), "renamed: {variables: {tee: tea}}", []),
        (("say: 'Tea?', ask: tea, to: end",), "renamed: {variables: {tea: tea}}", [("F114", 2)]),
        (("say: 'Tea?', ask: tea, to: end",), "renamed: {flow: b}", [("F114", 2)]),
    ],
)
def test_what_a_flow_declares_is_so(tmp_path, steps, more, expected):
    """Takes, returns, types, dates and old names are held against the steps."""
    b = "flow: b\nsteps:\n  one: {say: 'Tea.', to: end}\n"

    assert told(tmp_path, *steps, more=more, b=b) == expected


def test_an_old_name_of_a_flow_leads_to_one_flow(tmp_path):
    """Where two flows say that they were called so, nobody knows where a person's place is now."""
    flow = "renamed: {flow: old}\nsteps:\n  one: {say: 'Tea.', to: end}\n"

    assert [each.code for each in found(tmp_path, a=f"flow: a\n{flow}", b=f"flow: b\n{flow}")] == [
        "F114",
        "F114",
    ]


@pytest.mark.parametrize(
    ("steps", "gone"),
    [
        (("say: 'Tea?', ask: tea, to: s2", "say: '{tea}?', ask: more, to: end"), False),
        (
            ("say: 'Tea?', ask: tea, to: s2", "say: 'More?', ask: more, to: s3", "say: '{tea}.', to: end"),
            True,
        ),
        (
            (
                "say: 'Tea?', ask: tea, to: s2",
                "say: 'M?', ask: more, skip: s1, to: s3",
                "set: {tea: x}, say: '{tea}', to: end",
            ),
            False,
        ),
        (("set: {tea: x}, say: '{tea}?', ask: more, to: s2", "say: '{tea}.', to: end"), True),
    ],
)
def test_what_lives_for_a_turn_is_gone_after_it(tmp_path, steps, gone):
    """It is there until the next question is answered, on whatever way."""
    more = "variables: {tea: {type: text, lives: turn}}"

    assert [code for code, _ in told(tmp_path, *steps, more=more)] == (["F126"] if gone else [])


@pytest.mark.parametrize(
    ("flows", "count"),
    [
        pytest.param({"a": "flow: a\nsteps:\n  end: {say: 'Tea.', to: end}\n"}, 1, id="a step called end"),
        pytest.param(
            {"a": "flow: a\nkind: lines\nlines: {stale: 'Old.'}\n"}, 1, id="a shared line of two flows"
        ),
        pytest.param(
            {
                "a": "flow: a\nkind: lines\nlines: {}\nchoices: {yn: [{id: 'y', label: Yes}, {id: n, label: 'yes'}]}\n"
            },
            1,
            id="two shared choices that read the same",
        ),
        pytest.param(
            {
                "a": "flow: a\nkind: lines\nlines: {}\nchoices: {yn: [{id: 'y', label: Yes}]}\n",
                "b": "flow: b\nsteps:\n  one: {say: 'T?', choices: [{use: yn}, {id: 'y', label: Yep}], to: end}\n",
            },
            1,
            id="a shared choice and one of the step",
        ),
        pytest.param(
            {
                "a": "flow: a\nsteps:\n  one: {say: 'T?', to: end, choices: [{id: 'y', label: Yes,"
                " when: {answer: {country: IE}}}, {id: n, label: 'Yes'}]}\n"
            },
            0,
            id="the same label, one of them at times",
        ),
    ],
)
def test_a_name_means_one_thing(tmp_path, flows, count):
    """Ids, labels and shared names are there once."""
    assert [each.code for each in found(tmp_path, **flows)] == ["F112"] * count


def test_a_practice_keeps_the_names_of_what_surrounds_it(tmp_path):
    """A step of its own called ``close_`` would be lost without a word."""
    flow = "flow: a\nkind: practice\nminutes: 1\nsteps:\n  close_: {say: 'Tea?', ask: tea, to: end}\n"

    assert [each.code for each in found(tmp_path, a=flow)] == ["F112"]


def test_what_the_bot_needs_must_be_there(tmp_path):
    """A folder that replaces flows cannot leave the bot without a flow to begin, or without words."""
    pack = read_pack(write(tmp_path, a="flow: a\nsteps:\n  one: {say: 'Tea.', to: end}\n"))

    missing = {each.code: each for each in check(pack, replace(SHELL, begins=("a", "welcome"))) if each.error}

    assert set(missing) == {"F601", "F602"}
    assert missing["F601"].path.endswith("welcome/flow.yaml")
    assert "'error'" in missing["F602"].message


def test_a_flow_that_cannot_be_read_is_not_called_missing_as_well(tmp_path):
    """One mistake is told once."""
    pack = read_pack(write(tmp_path, a="flow: a\nsteps: [", b="flow: b\nsteps:\n  one: {call: a, to: end}\n"))

    assert {each.code for each in check(pack, SHELL) if each.error and each.code != "F602"} == {
        "F001",
        "F601",
    }
    assert not any("'a'" in each.message for each in check(pack, SHELL))


def test_the_engine_says_no_line_that_the_checks_do_not_ask_for():
    """``SAID`` is what the engine's own modules name."""
    named = set()
    for path in Path(flows.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named |= set(_named(node))

    assert named == set(SAID)


def _named(node):
    """Yield the shared lines that a piece of the engine names."""
    nodes = []
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "RETRY":
        nodes = node.value.values
    elif isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called.endswith((".line", ".give_up", "lines.get")):
            nodes = node.args[:1]
        elif called == "_label":
            nodes = node.args[2:3]
    for each in (each for node in nodes for each in ast.walk(node)):
        if isinstance(each, ast.Constant):
            yield each.value
