"""What the authors' README says is so, and nothing that authors can write is missing from it."""

import asyncio
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot import commands, workshop
from bot.actions import ACTIONS
from bot.shell import SHELL
from bot.workshop.stage import play
from bot.workshop.transcript import read_transcript
from flows import checks, cli, limits, reader, steps, wordings
from flows.answers import read_weight
from flows.choices import MOST
from flows.compiler import compile_content
from flows.dates import read_date, read_time
from flows.guards import GUARDS
from flows.pack import CONTENT, read_pack

TOP = Path(__file__).parents[2]
TEXT = (TOP / "flows" / "README.md").read_text()
CELL = re.compile(r"(?<!\\)\|")
KEYS = {
    "A flow": [reader.FLOW_KEYS],
    "Kinds": [reader.KINDS],
    "A step": [steps.STEP_KEYS],
    "A choice": [steps.CHOICE_KEYS],
    "A question": [steps.ASK_KEYS, steps.TYPES],
    "A branch": [steps.WHEN_KEYS],
    "A wait": [steps.AFTER_KEYS],
    "Pictures and sounds": [[*steps.MEDIA_KINDS, "text"]],
    "Words": [[*wordings.FORMS, "any", "once", "use"]],
    "Answers": [reader.VARIABLE_KEYS, steps.LIVES],
    "Changing a flow while people are inside it": [reader.RENAMED_KEYS],
    "Reviews": [reader.REVIEW_KEYS],
    "Guards": [GUARDS],
    "Actions": [ACTIONS],
    "Commands": [[command.name for command in (*cli.COMMANDS, *workshop.COMMANDS)]],
}


def section(heading):
    """What stands beneath a heading, up to the next one."""
    return re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", TEXT, re.MULTILINE | re.DOTALL)[1]


def tables(heading):
    """The tables beneath a heading: for each its rows, without the heading's, as lists of cells."""
    found = re.findall(r"(?:^\|.*\n)+", section(heading), re.MULTILINE)
    return [
        [[cell.strip() for cell in CELL.split(line.strip("|\n"))] for line in table.splitlines()[2:]]
        for table in found
    ]


def codes(cell):
    return re.findall(r"`([^`]+)`", cell)


# --- nothing is missing, nothing is made up ---------------------------------------------


@pytest.mark.parametrize("heading", KEYS)
def test_a_table_has_each_word_there_is_and_no_other(heading):
    """Each key, kind, type, guard and action has its row, and no row tells of one that does not exist."""
    written = [sorted(code for row in table for code in codes(row[0])) for table in tables(heading)]

    assert written == [sorted(words) for words in KEYS[heading]]


@pytest.mark.parametrize("heading", KEYS)
def test_every_row_says_something(heading):
    """A key without a sentence is not documented."""
    assert all(len(row[-1]) > 3 for table in tables(heading) for row in table)


def test_what_an_action_brings_is_told():
    """An author knows each name that can be shown and matched afterwards."""
    (table,) = tables("Actions")
    brings = {codes(row[0])[0]: codes(row[3]) for row in table}
    same = {"country": "helplines", "zone_fixed": "zone_find"}  # "the same"

    told = {name: sorted([*brings.get(same.get(name), []), *found]) for name, found in brings.items()}

    assert told == {name: sorted(found) for name, found in SHELL.actions.items()}


def test_every_word_that_works_everywhere_is_told():
    """The table names words that the bot knows, and each command has its row."""
    (table,) = tables("What people may type")

    written = [[commands.recognise(code) for code in codes(row[0])] for row in table]

    assert all(all(row) for row in written)
    assert {name for row in written for name in row} == {*commands.COMMANDS, *commands.WORDS.values()}


def test_every_limit_is_told_with_its_figure():
    """An author can look up each limit, and what a person meets beyond it."""
    cells = [row[1].replace(",", "") for table in tables("Limits") for row in table]

    ours = [str(value) for name, value in vars(limits).items() if name.isupper()]

    assert [figure for figure in ours if figure not in " ".join(cells).replace("(", " ").split()] == []
    assert len(cells) == len(ours)
    assert f"Up to {MOST + 1} of them become buttons" in TEXT


@pytest.mark.parametrize(
    ("type_", "read"),
    [
        pytest.param("number", lambda text: read_weight(text, 0, 10), id="number"),
        pytest.param("date", lambda text: read_date(text, date(2026, 11, 22)), id="date"),
        pytest.param("time", read_time, id="time"),
    ],
)
def test_what_people_may_type_is_understood(type_, read):
    """The README promises nothing that the bot does not understand."""
    (row,) = [row for row in tables("A question")[1] if codes(row[0]) == [type_]]

    assert all(read(text) is not None for text in row[1].split(", "))


def test_what_could_mean_two_things_is_not_guessed():
    """The two examples for it are asked again."""
    assert "`3/4` (two days), `9` (morning or night)" in TEXT
    assert read_date("3/4", date(2026, 11, 22)) is None
    assert read_time("9") is None


# --- the tutorial -----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """An author's folder with the tutorial's flow in it."""
    flow = re.findall(r"```yaml\n((?:# yaml.*\n)?flow: putdown\n.*?)```", TEXT, re.DOTALL)[-1]
    (tmp_path / "putdown").mkdir()
    (tmp_path / "putdown" / "flow.yaml").write_text(flow)
    return tmp_path


def test_the_tutorials_flow_has_eight_steps_and_nothing_wrong(folder):
    """Whoever copies it has a flow that branches, waits and keeps, without one warning."""
    pack = read_pack(CONTENT, folder)
    (flow,) = [flow for flow in pack.flows if flow.id == "putdown"]

    wrong = [each.code for each in checks.check(pack, SHELL) if "putdown" in each.path]

    assert wrong == ["F120"]  # nothing leads to it until it is on the menu
    assert len(flow.steps) == 8
    assert any(step.when for step in flow.steps.values())
    assert any(step.after for step in flow.steps.values())
    assert any(step.keep for step in flow.steps.values())


def test_the_tutorials_transcript_is_what_is_said(folder):
    """The talk that an author is shown is the talk that they will have."""
    content = compile_content(CONTENT, SHELL, folder)
    (written,) = re.findall(r"```text\n(#[^\n]*\n# flow: putdown\n.*?)```", TEXT, re.DOTALL)

    assert asyncio.run(play(read_transcript(written), content)) == written


def test_the_tutorials_menu_leads_there(folder):
    """With the two pieces that it adds nothing is wrong, and a person comes to the flow."""
    patterns = (r"^      - \{id: putdown.*\n", r"^  to_putdown:\n(?:    .*\n)+")
    choice, step = (re.search(pattern, TEXT, re.MULTILINE)[0] for pattern in patterns)
    menu = (CONTENT / "menu" / "flow.yaml").read_text()
    more = menu.index("choices:\n", menu.index("\n  more:\n")) + len("choices:\n")
    (folder / "menu").mkdir()
    (folder / "menu" / "flow.yaml").write_text(menu[:more] + choice + menu[more:] + step)
    typed = "# A way there.\n# flow: menu\n\nyou: more choices\nyou: put one thing down\n"

    wrong = [
        str(each) for each in checks.check(read_pack(CONTENT, folder), SHELL) if folder.name in each.path
    ]
    played = asyncio.run(play(read_transcript(typed), compile_content(CONTENT, SHELL, folder)))

    assert wrong == []
    assert "one thing from today" in played


def test_the_tutorial_can_be_followed(tmp_path):
    """Its boxes, copied one after the other, do what they say; only half of the flow is shown at first."""
    (tmp_path / "flows").symlink_to(CONTENT.parent)
    (tmp_path / "befriend").write_text(f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n')
    (tmp_path / "befriend").chmod(0o755)
    tutorial = TEXT.partition("## Your first flow")[2].partition("\n## ")[0]
    failed = []

    for language, box in re.findall(r"^```(sh|yaml)\n(.*?)^```", tutorial, re.MULTILINE | re.DOTALL):
        if language == "yaml":
            put_in(tmp_path / "mine", box)
        elif not box.startswith("make install\n"):
            failed += [box] if follow(box, tmp_path) else []

    assert failed == ["befriend flows coverage --content mine\n"]


def put_in(mine, box):
    """Do what the tutorial says in words: the flow after its first line, two pieces into the menu."""
    flow, menu = mine / "putdown" / "flow.yaml", mine / "menu" / "flow.yaml"
    if box.startswith("flow:"):
        flow.write_text(flow.read_text().partition("\n")[0] + "\n" + box)
    elif box.startswith("      - {id: putdown"):
        before, more, after = menu.read_text().partition("\n  more:\n")
        menu.write_text(before + more + after.replace("choices:\n", f"choices:\n{box}", 1))
    elif box.startswith("  to_putdown:"):
        menu.write_text(menu.read_text() + box)
    else:
        assert box.startswith("# yaml-language-server:"), box


def follow(box, folder):
    """Run a box as it stands, with nobody at the keyboard, and return its exit code."""
    place = {"PATH": f"{folder}:/usr/bin:/bin", "PYTHONPATH": str(TOP), "HOME": str(folder)}
    script = box.replace("/tmp/try", str(folder / "try"))  # noqa: S108  # a reader's own place
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode
