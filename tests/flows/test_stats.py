"""The figures of a flow are what counting by hand gives."""

import json
import time

import pytest

from flows import cli
from flows.figures import measure, repeated
from flows.pack import CONTENT, read_pack
from tests.content import write

TEA = """
flow: tea
minutes: 3
steps:
  hello:
    say:
      plain: {any: ["Tea is here. Would you like some?", "There is tea.", "A cup of tea?"]}
      warm: "It is warm in here."
    choices:
      - {id: "yes", label: "Yes", to: draws}
      - {id: "no", label: "No", to: bye}
    skip: bye
  draws:
    say: "It draws."
    after: {seconds: 60, to: bye}
  bye:
    say: {once: "You can come again at any time."}
    to: end
"""
CAKE = """
flow: cake
steps:
  eat:
    say: "You can come again at any time. It is warm in here."
    choices: [{id: ok, label: "Okay", to: end}]
    skip: end
"""


@pytest.fixture
def flows(tmp_path):
    return {flow.id: flow for flow in read_pack(write(tmp_path, tea=TEA, cake=CAKE)).flows}


def test_texts_are_counted(flows):
    """Steps, texts with labels, words of bubbles, and the longest of them with its row."""
    found = measure(flows["tea"], flows)

    assert (found.steps, found.texts, found.words) == (3, 8, 28)
    assert (found.longest, found.row) == (33, 7)


def test_sentences_are_measured(flows):
    """Their mean length, and how many questions a bubble asks."""
    found = measure(flows["tea"], flows)

    assert found.sentence == 4.0  # 28 words, 7 sentences
    assert found.questions == round(2 / 6, 2)
    assert found.grade < 3


def test_variety_leaves_out_what_is_said_once(flows):
    """Three forms are met again and again: one of them has three wordings."""
    found = measure(flows["tea"], flows)

    assert found.wordings == round(5 / 3, 1)
    assert found.varied == 33


def test_sentences_that_several_flows_say_are_found(flows):
    """Whoever comes back hears them twice, however they are written."""
    assert repeated(flows.values()) == [
        ("it is warm in here", ("cake", "tea")),
        ("you can come again at any time", ("cake", "tea")),
    ]
    assert measure(flows["tea"], flows).repeated == 2


def test_minutes_are_declared_and_computed(flows):
    """Waits and reading take their time, whatever the author says."""
    found = measure(flows["tea"], flows)

    assert found.declared == 3
    assert 1 < found.computed < 1.5


def test_a_flow_without_words_has_figures(tmp_path):
    """Nothing is divided by nothing."""
    still = 'flow: still\nsteps:\n  on:\n    set: {on: "yes"}\n    to: end\n'
    pack = {flow.id: flow for flow in read_pack(write(tmp_path, still=still)).flows}

    found = measure(pack["still"], pack)

    assert (found.words, found.sentence, found.wordings, found.varied, found.longest) == (0, 0, 0, 0, 0)


# --- the command --------------------------------------------------------------------------


def flows_stats(capsys, *words):
    code = cli.main(["stats", *map(str, words)])
    return code, capsys.readouterr()


def test_the_command_prints_a_row_for_each_flow(tmp_path, capsys):
    """Of all flows those of the named folder are meant."""
    write(tmp_path, tea=TEA, cake=CAKE)

    code, told = flows_stats(capsys, "--content", tmp_path)

    rows = {line.split()[0]: line for line in told.out.splitlines()}
    assert code == 0
    assert {"flow", "cake", "tea", "system"} <= rows.keys()
    assert "1.7, 33 %" in rows["tea"]
    assert " 3 / 1.2 / " in rows["tea"]
    assert "“it is warm in here”: cake, tea" in told.out


def test_the_command_speaks_json(tmp_path, capsys):
    """Figures, turns of random walks, and what is repeated."""
    write(tmp_path, tea=TEA, cake=CAKE)

    _, told = flows_stats(capsys, "tea", "--json", "--content", tmp_path)

    objects = [json.loads(line) for line in told.out.splitlines()]
    assert (objects[0]["what"], objects[0]["flow"], objects[0]["steps"]) == ("flow", "tea", 3)
    assert 1 <= objects[0]["turns"]["median"] <= objects[0]["turns"]["longest"]
    assert [each["flows"] for each in objects[1:]] == [["cake", "tea"], ["cake", "tea"]]


def test_without_walks_the_figures_of_all_flows_are_there_at_once(capsys):
    """Two seconds are the limit; it takes a fraction of one on a machine that does nothing else."""
    began = time.process_time()

    code, told = flows_stats(capsys, "--no-turns")

    assert code == 0
    assert time.process_time() - began < 2
    assert len(told.out.splitlines()) > len(read_pack(CONTENT).flows)


def test_a_flow_that_is_not_there_is_named(capsys):
    """A slip of the finger measures nothing."""
    code, told = flows_stats(capsys, "sitt")

    assert (code, told.out) == (1, "")
    assert "There is no flow 'sitt'. Did you mean 'sit'?" in told.err
