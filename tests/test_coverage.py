"""What of the flows the transcripts reach: how it is counted, and how much it must be."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.shell import SHELL
from bot.workshop import coverage, places
from bot.workshop.spots import Reached, Spot
from bot.workshop.stage import play
from bot.workshop.transcript import read_transcript
from flows.compiler import compile_content
from flows.pack import CONTENT
from tests.author import flows, folder_of

KINDS = """
flow: kinds
title: Every kind
kind: talk
sources: [S2]
review: needed
steps:
  start:
    when:
      - {answer: {greeted: given}, to: typed}
    to: word
  word:
    say: "One word?"
    ask: word
    choices:
      - {id: "none", label: "No word"}
      - {id: skip, label: "Not now", to: colour}
    when:
      - {heard: grief, to: colour}
      - {answer: {word: none}, to: typed}
    skip: colour
    to: colour
  colour:
    say: "Which colour is nearest?"
    choices:
      - {id: red, label: "Red", set: {colour: red}}
      - {id: blue, label: "Blue", set: {colour: blue}}
    when:
      - {heard: distress, to: typed}
    skip: typed
    to: typed
  typed:
    say: "Thank you."
    to: end
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """An author's own folder with one flow."""
    return folder_of(tmp_path)


async def reached_by(folder: Path, *typed: str) -> set[str]:
    """Return what is reached of the flow ``kinds``."""
    (folder / "kinds").mkdir()
    (folder / "kinds" / "flow.yaml").write_text(KINDS)
    content, reached = compile_content(CONTENT, over=folder), Reached()
    written = "# flow: kinds\n\n" + "".join(f"you: {line}\n" for line in typed)
    await play(read_transcript(written), reached.watch(content), reached.stands)
    return {str(spot) for spot in reached.spots(content.flows["kinds"].flow) if spot.reached}


# --- how it is counted --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "reached"),
    [
        pytest.param((), set(), id="where someone stands at the end"),
        pytest.param(("grey",), {"step colour"}, id="typed words"),
        pytest.param(
            ("No word",),
            {"choice word none", "when word to typed", "step typed"},
            id="a choice that is an answer",
        ),
        pytest.param(("skip",), {"choice word skip", "step colour"}, id="skip, by command"),
        pytest.param(("Not now",), {"choice word skip", "step colour"}, id="skip, by its button"),
        pytest.param(("my dog died",), {"when word to colour", "step colour"}, id="words that were heard"),
        pytest.param(
            ("grey", "Blue"), {"step colour", "choice colour blue", "step typed"}, id="a choice that sets"
        ),
        pytest.param(
            ("grey", "i feel awful"),
            {"step colour", "when colour to typed", "step typed"},
            id="words for a branch",
        ),
        pytest.param(("grey", "hm"), {"step colour"}, id="words that lead nowhere"),
    ],
)
async def test_each_kind_of_thing_is_counted(mine, typed, reached):
    """A step when it is stood on or passed, a choice however it is made, a branch when it is the one taken."""
    assert await reached_by(mine, *typed) == {"step start", "step word", *reached}


async def test_a_first_question_that_is_left_open_is_reached(mine):
    """No machine has led there, and none has led on."""
    content, reached = compile_content(CONTENT, over=mine), Reached()
    await play(read_transcript("# flow: rest\n"), reached.watch(content), reached.stands)

    assert [str(spot) for spot in reached.spots(content.flows["rest"].flow) if spot.reached] == ["step sit"]


async def test_being_watched_changes_nothing(mine):
    """The same words come from the flows that note what is reached."""
    content = compile_content(CONTENT, shell=SHELL)
    transcript = read_transcript((places.TRANSCRIPTS / "first_visit.friend.txt").read_text())

    assert await play(transcript, Reached().watch(content)) == await play(transcript, content)


# --- the command --------------------------------------------------------------------------


@pytest.fixture
def gap(mine: Path) -> Path:
    """A folder whose only transcript leaves something out."""
    (mine / "rest" / "no.transcript.txt").write_text("# No.\n# flow: rest\n\nyou: no\n")
    return mine


def test_what_is_not_reached_is_named_with_its_row(gap, capsys):
    """A line for each gap, where an editor can jump to it, and one for each flow."""
    assert flows("coverage", "--content", gap) == 1
    assert capsys.readouterr().out.splitlines() == [
        "mine/rest/flow.yaml:13: not reached: choice sit yes",
        "mine/rest/flow.yaml:16: not reached: step wait",
        "mine/rest/flow.yaml:20: not reached: choice wait on",
        "rest            50.0 %   3 of 6, 90 % wanted   TOO LITTLE",
    ]


def test_what_is_demanded_can_be_said(gap, capsys):
    """Half of it is enough for who asks for half."""
    assert flows("coverage", "--content", gap, "--fail-under", "50") == 0
    assert flows("coverage", "--content", gap, "--fail-under", "51") == 1
    with pytest.raises(SystemExit):
        flows("coverage", "--fail-under", "101")


def test_machines_can_read_it(gap, capsys):
    """One JSON object a line."""
    assert flows("coverage", "--content", gap, "--json") == 1

    found = json.loads(capsys.readouterr().out)
    assert (found["flow"], found["percent"], found["demand"], found["enough"]) == ("rest", 50.0, 90, False)
    assert found["gaps"][0] == {"row": 13, "kind": "choice", "step": "sit", "name": "yes"}


def test_a_transcript_that_cannot_be_played_is_no_success(gap, capsys):
    """What it would have reached is not known."""
    (gap / "rest" / "bad.transcript.txt").write_text("# Shows.\n# flow: rset\n")

    assert flows("coverage", "--content", gap, "--fail-under", "0") == 1
    assert "bad.transcript.txt:2: there is no flow 'rset'" in capsys.readouterr().err


def test_nearly_all_is_not_all():
    """A share is rounded down."""
    spot = Spot(1, "step", "a", "", reached=True)
    share = coverage.Share("f", "f.yaml", 100, (spot,) * 2999 + (replace(spot, reached=False),))

    assert (share.percent, share.enough) == (99.9, False)


# --- how much it must be ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flow", "percent"),
    [
        ("helpnow", 100),
        ("direct", 100),
        ("crisis", 100),
        ("door", 100),
        ("safer", 100),
        ("grief", 100),
        ("tender_grief", 100),
        ("friend", 90),
    ],
)
def test_where_someone_may_be_in_danger_or_grieves_all_is_demanded(flow, percent):
    """Of the others, most."""
    assert coverage.demand(flow) == percent


def test_what_is_demanded_is_there():
    """A demand that names no flow of the bot's demands nothing."""
    named = {name for name in coverage.DEMAND if "*" not in name}

    assert named <= set(compile_content(CONTENT, shell=SHELL).flows)


def test_the_transcripts_reach_what_is_demanded():
    """Each way through the bot's flows that somebody may need is shown as a dialog."""
    shares, broken = coverage.measure(compile_content(CONTENT, shell=SHELL), places.transcripts(None))

    short = [f"{each.flow}: {each.percent} %, {each.demand} % wanted" for each in shares if not each.enough]
    assert (short, broken) == ([], [])
