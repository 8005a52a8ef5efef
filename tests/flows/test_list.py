"""The list of flows: where each one stands, on wide and narrow screens, and for programs."""

import json
import subprocess
import sys

import pytest

from flows import cli
from flows.compiler import CONTENT, read_pack
from flows.workshop.listing import listed
from tests.content import write

OWN = {
    "tea": 'flow: tea\nkind: practice\nminutes: 2\nsteps:\n  ask:\n    say: "Tea."\n    call: touch\n    to: end\n',
    "rest": """
        flow: rest
        sources: [S2, S4]
        review: {by: Dr. Ada, role: psychologist, date: 2026-11-26}
        steps:
          lie:
            say: "Lie."
            to: "flow:tea"
        """,
    "sleep": """
        flow: sleep
        review: {by: Dr. Ada, role: psychologist, date: 2026-11-26, words: other}
        steps:
          lie:
            say: "Lie."
            to: end
        """,
}


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path, **OWN)


def rows(folder):
    pack = read_pack(CONTENT, folder)
    return {row.flow: row for row in listed({flow.id: flow for flow in pack.flows}, pack.added)}


def test_a_row_says_where_a_flow_stands(folder):
    """Its kind, its length, who has read it, what it rests on, and what leads to it."""
    found = rows(folder)

    assert (found["tea"].kind, found["tea"].steps, found["tea"].minutes) == ("practice", 1, 2)
    assert found["tea"].review == "needed"
    assert found["rest"].review == "Dr. Ada, psychologist, 2026-11-26"
    assert found["rest"].sources == ("S2", "S4")
    assert found["tea"].reached_from == ("rest",)
    assert found["touch"].reached_from == ("box", "friend", "practise", "tea")
    assert found["welcome"].reached_from == ("the bot", "young")
    assert found["opening"].reached_from == ("every practice",)
    assert found["rest"].reached_from == ()


def test_a_review_of_other_words_is_told_apart(folder):
    """Who has signed off what it said before has not signed off what it says now."""
    assert rows(folder)["sleep"].review == "Dr. Ada, psychologist, 2026-11-26 (changed since)"


def test_own_flows_are_told_apart(folder):
    """An author finds theirs among the bot's."""
    found = rows(folder)

    assert {id_ for id_, row in found.items() if row.added} == {"tea", "rest", "sleep", "system"}


@pytest.mark.parametrize("columns", [40, 60, 88, 100, 160])
def test_the_list_fits_the_terminal(folder, capsys, monkeypatch, columns):
    """A wide screen gets a table, a narrow one a few lines for each flow; nothing runs over the edge."""
    monkeypatch.setenv("COLUMNS", str(columns))

    assert cli.main(["list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert any(line.split()[:2] == ["friend", "practice"] for line in lines) == (columns >= 88)
    assert " ".join(lines).endswith(
        f"{len(rows(None))} flows, {len(rows(None))} of them waiting for a reviewer"
    )


def test_the_list_for_programs_has_every_row(folder, capsys):
    """One JSON object a line, with what the table says."""
    assert cli.main(["list", "--json", "--content", str(folder)]) == 0

    found = {row["flow"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(found) == set(rows(folder))
    assert found["tea"]["reached_from"] == ["rest"]
    assert found["tea"]["added"] is True
    assert found["menu"]["added"] is False


def test_a_reader_may_stop_early():
    """`befriend flows list | head -1` ends in peace, without a traceback."""
    piped = f"{sys.executable} -m flows list --json | head -c 1"

    ended = subprocess.run(piped, shell=True, capture_output=True, check=True)  # noqa: S602 - a pipe needs a shell

    assert (ended.stdout, ended.stderr) == (b"{", b"")


def test_what_could_not_be_read_is_said(tmp_path, capsys):
    """A list that lacks a flow says so."""
    folder = write(tmp_path, tea="flow: tea\n  steps: [")

    cli.main(["list", "--content", str(folder)])

    assert "befriend flows check" in capsys.readouterr().out
