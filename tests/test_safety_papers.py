"""The safety papers name what is there: controls, tests, flows, and every requirement."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAPERS = ROOT / "docs" / "safety"
CONTENT = ROOT / "flows" / "content"
STATUSES = {"held", "in part", "open", "operator", "gone"}
OWNERS = {"project", "operator", "clinician", "translator"}


def rows(paper: str, letter: str) -> list[list[str]]:
    """Return the cells of each row whose id begins with a letter."""
    text = (PAPERS / paper).read_text("utf-8")
    found = re.findall(rf"^\| ({letter}\d+ \|.*) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in found]


@pytest.mark.parametrize("paper", ["hazards.md", "requirements.md"])
def test_every_file_that_is_named_exists(paper):
    """A control that is gone does not stand there as if it held something."""
    text = (PAPERS / paper).read_text("utf-8")
    named = set(re.findall(r"`((?:bot|flows|tests|deploy)/[\w/.]+)`", text))

    assert named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("paper", ["hazards.md", "requirements.md"])
def test_every_flow_that_is_named_exists(paper):
    """The same for flows."""
    text = (PAPERS / paper).read_text("utf-8")
    lists = re.findall(r"\bflows? ((?:`\w+`(?:, | and )?)+)", text)
    named = {name for each in lists for name in re.findall(r"`(\w+)`", each)}

    assert named
    assert sorted(name for name in named if not (CONTENT / name).exists()) == []


def test_every_requirement_is_answered():
    """All thirty, each with a yes, a no or "in part", and where."""
    found = rows("requirements.md", "R")

    assert [row[0] for row in found] == [f"R{number}" for number in range(1, 31)]
    assert {row[2] for row in found} <= {"yes", "in part", "no"}
    assert all(len(row) == 4 and row[3] for row in found)


def test_every_hazard_is_weighed_held_and_owned():
    """Numbers that multiply, a risk that no control has made greater, an owner and a status of the lists."""
    found = rows("hazards.md", "H")

    assert [row[0] for row in found] == [f"H{number}" for number in range(1, len(found) + 1)]
    assert len(found) >= 25
    for row in found:
        assert len(row) == 9, row[0]
        before, after = (_risk(row[at]) for at in (4, 6))
        assert after <= before, row[0]
        assert row[7] in OWNERS, row[0]
        assert row[8] in STATUSES, row[0]


def test_what_is_said_to_be_held_names_a_test():
    """Of such a row something goes red when its control is gone."""
    assert [row[0] for row in rows("hazards.md", "H") if row[8] == "held" and "`tests/" not in row[5]] == []


def _risk(cell: str) -> int:
    found = re.fullmatch(r"([1-5])×([1-5])=(\d+)", cell)
    assert found, cell
    assert int(found[1]) * int(found[2]) == int(found[3]), cell
    return int(found[3])
