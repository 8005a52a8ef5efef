"""What a change of the flows means for people inside is what the engine then does."""

import json
from dataclasses import replace

import pytest

from flows import cli, engine
from flows.compiler import compile_pack
from flows.diff import compare
from flows.pack import CONTENT, read_pack
from flows.session import Frame, Session
from flows.turn import Facts, Repeat, Say
from tests.content import write

OLD = """
flow: tea
variables: {mood: text}
steps:
  hello:
    say: "Tea?"
    choices: [{id: "yes", label: "Yes", to: pour}]
    skip: bye
  which:
    say: "Which tea?"
    ask: tea
    to: pour
  milk:
    say: "Milk?"
    choices: [{id: "no", label: "No", to: pour}]
    skip: pour
  sugar:
    say: "Sugar?"
    ask: sugar
    to: draws
  draws:
    say: "It draws."
    after: {days: 1, to: pour}
  pour:
    say: "Here you are."
    call: cup
    to: bye
  bye:
    say: "Another time."
    to: end
"""
CUP = """
flow: cup
kind: part
steps:
  hold:
    say: "Warm or cool?"
    choices: [{id: warm, label: "Warm", to: end}]
    skip: end
"""
MENU = """
flow: menu
steps:
  ask:
    say: "What brings you here?"
    ask: first_words
    to: end
"""
NEW = (
    OLD.replace("variables:", "renamed: {steps: {milk: cream}, variables: {feeling: mood}}\nvariables:")
    .replace("Which tea?", "Which one?")
    .replace("  milk:", "  cream:")
    .replace('  sugar:\n    say: "Sugar?"\n    ask: sugar\n    to: draws\n', "")
    .replace("It draws.", "It is drawing.")
    .replace("Another time.", "See you.")
)


def packed(folder, **flows):
    return read_pack(write(folder, **flows))


def diff(tmp_path, old=OLD, new=NEW, **more):
    """Return what becomes of people when one flow takes the place of another."""
    before = read_pack(write(tmp_path / "old", tea=old, cup=CUP, menu=MENU))
    return compare(before.flows, packed(tmp_path / "new", tea=new, menu=MENU, **{"cup": CUP, **more}))


def fates(found, flow="tea"):
    return {each.step: (each.fate, each.to, each.renamed) for each in found.standings if each.flow == flow}


def test_each_step_tells_what_becomes_of_people_on_it(tmp_path):
    """Unchanged, reworded, renamed, gone, resting, and in the middle of another flow."""
    assert fates(diff(tmp_path)) == {
        "hello": ("stays", "tea/hello", False),
        "which": ("asked", "tea/which", False),
        "milk": ("stays", "tea/cream", True),
        "sugar": ("lost", "menu/ask", False),
        "draws": ("stays", "tea/draws", False),  # its words are said; the time goes on
        "pour": ("stays", "tea/pour", False),
    }


def test_a_step_with_a_new_name_and_new_words_is_asked_again(tmp_path):
    """People find it by its name, and hear what it says now."""
    found = fates(diff(tmp_path, new=NEW.replace('"Milk?"', '"Cream?"')))

    assert found["milk"] == ("asked", "tea/cream", True)


@pytest.mark.parametrize(("to", "where"), [("hello", "tea/hello"), ("end", "")])
def test_a_flow_says_where_people_go_whose_step_is_gone(tmp_path, to, where):
    """`on_change` leads to a step, or to the end."""
    found = fates(diff(tmp_path, new=NEW.replace("flow: tea", f"flow: tea\non_change: {to}")))

    assert found["sugar"] == ("led", where, False)


def test_a_flow_with_a_new_name_keeps_its_people(tmp_path):
    """It is neither new nor gone."""
    new = NEW.replace("flow: tea", "flow: brew").replace("renamed: {steps", "renamed: {flow: tea, steps")
    before = packed(tmp_path / "old", tea=OLD, cup=CUP, menu=MENU)

    found = compare(before.flows, packed(tmp_path / "new", brew=new, cup=CUP, menu=MENU))

    assert (found.renamed, found.added, found.removed) == ((("tea", "brew"),), (), ())
    assert fates(found)["hello"] == ("stays", "brew/hello", True)


def test_people_in_a_flow_that_is_gone_lose_their_place(tmp_path):
    """They are led home, and the flow is told of."""
    before = packed(tmp_path / "old", tea=OLD, cup=CUP, menu=MENU)

    found = compare(before.flows, packed(tmp_path / "new", menu=MENU))

    assert found.removed == ("cup", "tea")
    assert {each.fate for each in found.standings if each.flow != "menu"} == {"lost"}
    assert found.count("lost") == len(found.standings) - 1


def test_words_that_nobody_stands_on_are_told_too(tmp_path):
    """Who comes by reads the new ones."""
    found = diff(tmp_path)

    assert [(each.flow, each.step) for each in found.reworded] == [("tea", "bye")]
    assert found.variables == (("tea", "feeling", "mood"),)


def test_people_inside_a_practice_stay_while_its_words_change(tmp_path):
    """They may stand in what surrounds it, which no author wrote there."""
    ask = 'flow: {0}\nkind: part\nsteps:\n  ask:\n    say: "Now?"\n    ask: heavy\n    to: end\n'
    around = {id_: ask.format(id_) for id_ in ("opening", "closing", "outward")}
    old, new = (
        OLD.replace("flow: tea", "flow: tea\nkind: practice"),
        NEW.replace("flow: tea", "flow: tea\nkind: practice"),
    )
    before = read_pack(write(tmp_path / "old", tea=old, cup=CUP, menu=MENU, **around))

    found = compare(before.flows, packed(tmp_path / "new", tea=new, cup=CUP, menu=MENU, **around))

    assert {step: fate for step, (fate, *_) in fates(found).items() if step.endswith("_")} == {
        "shut_": "stays", "pause_": "stays", "open_": "stays", "outward_": "stays", "close_": "stays",
    }  # fmt: skip


def test_what_is_told_is_what_the_engine_does(tmp_path):
    """Somebody is put on every step and writes: they hear of a change exactly where one was told."""
    before = packed(tmp_path / "old", tea=OLD, cup=CUP, menu=MENU)
    after = packed(tmp_path / "new", tea=NEW, cup=CUP, menu=MENU)
    content = compile_pack(after)
    tea = next(flow for flow in before.flows if flow.id == "tea")

    for step, (fate, to, _) in fates(compare(before.flows, after)).items():
        if tea.steps[step].waits and not tea.steps[step].rests:
            here = Session([Frame("tea", tea.hash, step, tea.steps[step].hash)])
            turn = engine.resume(content, here, Repeat(), Facts())
            said = {each.id.split("/")[1] for each in turn.effects if isinstance(each, Say)} & {
                "changed",
                "gone",
            }
            assert said == {"stays": set(), "asked": {"changed"}, "lost": {"gone"}}[fate]
            assert f"{turn.session.top.flow}/{turn.session.top.step}" == to


def test_nothing_is_told_of_flows_that_are_the_same():
    """The bot's own flows, compared with themselves, change for nobody."""
    pack = read_pack(CONTENT)

    found = compare(pack.flows, pack)

    assert replace(found, standings=()) == type(found)()
    assert found.count("stays") == len(found.standings) > 100


# --- the command --------------------------------------------------------------------------


def flows_diff(capsys, *words):
    code = cli.main(["diff", *map(str, words)])
    return code, capsys.readouterr()


@pytest.fixture
def folders(tmp_path):
    old = write(tmp_path / "old", tea=OLD, cup=CUP, menu=MENU)
    return old, write(tmp_path / "new", tea=NEW, cup=CUP, menu=MENU)


def test_the_command_tells_who_loses_their_place(folders, capsys):
    """A line for each step where people notice something, and one that counts."""
    code, told = flows_diff(capsys, *folders)

    assert code == 0
    assert "old/tea/flow.yaml:17: people on 'sugar' lose their place: to 'menu/ask'" in told.out
    assert "people on 'milk' go on, and notice nothing; it is called 'tea/cream' now" in told.out
    assert told.out.endswith("on 1 they lose their place.\n")


def test_the_command_speaks_json(folders, capsys):
    """Every step is there, also those where nothing happens."""
    _, told = flows_diff(capsys, *folders, "--json")

    objects = [json.loads(line) for line in told.out.splitlines()]
    steps = [each for each in objects if each["what"] == "step"]
    assert len(steps) == 8
    assert objects[-1] == {
        "what": "flows", "added": [], "removed": [], "renamed": {}, "variables": [["tea", "feeling", "mood"]],
        "stays": 6, "asked": 1, "led": 0, "lost": 1,
    }  # fmt: skip


def test_an_authors_folder_is_laid_over_the_bots_own(tmp_path, capsys):
    """It holds no sentences of the bot's own; people who lose their place there are led to the bot's menu."""
    old, new = (tmp_path / name / "tea" for name in ("old", "new"))
    for folder, text in ((old, OLD), (new, NEW)):
        folder.mkdir(parents=True)
        (folder / "flow.yaml").write_text(text.replace("call: cup", "call: minute"), encoding="utf-8")

    code, told = flows_diff(capsys, old.parent, new.parent)

    assert code == 0
    assert "people on 'sugar' lose their place: to 'menu/" in told.out
    assert "on 1 they lose their place." in told.out


def test_without_a_second_folder_the_present_flows_are_meant(capsys):
    """The bot's own, compared with themselves, change for nobody."""
    code, told = flows_diff(capsys, CONTENT)

    assert code == 0
    assert told.out.endswith(
        "on 0 they are asked again, on 0 they are led elsewhere, on 0 they lose their place.\n"
    )
    assert len(told.out.splitlines()) == 1


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    """A slip of the finger compares nothing."""
    code, told = flows_diff(capsys, tmp_path / "nowhere")

    assert code == 1
    assert "nowhere" in told.err


def test_new_flows_that_cannot_be_used_are_not_compared(folders, tmp_path, capsys):
    """The command says what keeps them from it."""
    broken = write(tmp_path / "broken", tea=NEW.replace("to: pour}", "to: por}"), cup=CUP, menu=MENU)

    code, told = flows_diff(capsys, folders[0], broken)

    assert code == 1
    assert "F101" in told.err
