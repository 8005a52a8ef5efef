"""What authors have that needs the front door: transcripts played, recorded and compared."""

import io
import os
import shutil
from pathlib import Path

import pytest

from bot.workshop import places
from bot.workshop.scene import read_scene
from bot.workshop.stage import play
from bot.workshop.transcript import TranscriptError, difference, new_transcript, read_transcript
from flows.compiler import compile_content
from flows.pack import CONTENT
from tests.author import REST, flows, folder_of

SITS = """# Someone sits down, and the wait ends by itself.
# flow: rest
# person: chair=a stone

bot: You could sit down.
     [I sit] [No]
you: I sit
bot: Twenty seconds on a stone.
     [Go on]
@+20s
bot: That was it.
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """An author's own folder with one flow, and one transcript beside it."""
    folder = folder_of(tmp_path)
    (folder / "rest" / "sits.transcript.txt").write_text(SITS)
    return folder


def content_of(folder: Path):
    return compile_content(CONTENT, over=folder)


# --- playing ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ("", "You could sit down."),
        ("# warmth: tender\n", "You could sit down, softly."),
        ("# quiet: yes\n", "A chair is here."),
    ],
)
async def test_the_person_of_a_scene_is_met_as_they_are(mine, settings, first):
    """Warmth and quiet decide between forms from the first bubble on."""
    transcript = read_transcript(f"# flow: rest\n{settings}\n")

    assert f"bot: {first}\n" in await play(transcript, content_of(mine))


async def test_a_flow_that_begins_directly_needs_no_welcome(mine):
    """The person agreed to storage and is of age; without that they would meet the first words of all."""
    content = content_of(mine)

    agreed = await play(read_transcript("# flow: rest\n\nyou: menu\n"), content)
    stranger = await play(read_transcript("# flow: rest\n# consent: no\n\nyou: menu\n"), content)

    assert "I'm a program." not in agreed
    assert "I'm a program." in stranger


async def test_a_flow_that_does_not_exist_is_named_with_its_row(mine):
    """A slip of the pen is answered with what may have been meant."""
    with pytest.raises(TranscriptError, match="no flow 'rset'; did you mean 'rest'") as caught:
        await play(read_transcript("# Shows.\n# flow: rset\n"), content_of(mine))

    assert caught.value.row == 2


async def test_a_language_without_words_is_named(mine):
    """English would be shown in its place, and the author would not know."""
    with pytest.raises(TranscriptError, match="no words for 'eo'"):
        await play(read_transcript("# flow: rest\n# lang: eo\n"), content_of(mine))


async def test_a_clock_that_is_turned_back_is_told_where(mine):
    """The row is the file's."""
    with pytest.raises(TranscriptError, match="lies in the past") as caught:
        await play(read_transcript("# flow: rest\n\nbot: x\n@2020-01-01T00:00+00:00\n"), content_of(mine))

    assert caught.value.row == 4


async def test_the_clock_is_read_where_it_was_set(mine):
    """After a wait has ended it is still evening: guards of the night see the author's own hour."""
    scene = read_scene("# flow: rest\n# now: 2026-11-22T23:30-08:00\n# country: IE")
    played = await play(new_transcript("Shows.", scene, ["I sit", "@+20s", "menu"]), content_of(mine))

    assert "[Sit with me]" in played.splitlines()[-1]


# --- what differs -------------------------------------------------------------------------


def test_what_differs_is_shown_line_by_line():
    """What stands in the file is taken away, what is said today comes in its place; guides are left out."""
    assert difference("bot: A.\nyou: b\n", "bot: C.\nyou: b\n", colour=False).splitlines() == [
        "- bot: A.",
        "+ bot: C.",
        "  you: b",
    ]


def test_colours_are_for_terminals():
    """Only what differs is painted."""
    painted = difference("bot: A.\nyou: b\n", "bot: C.\nyou: b\n", colour=True).splitlines()

    assert painted == ["\x1b[31m- bot: A.\x1b[0m", "\x1b[32m+ bot: C.\x1b[0m", "  you: b"]


# --- replay -------------------------------------------------------------------------------


def test_a_transcript_beside_a_flow_is_found_and_played(mine, capsys):
    """No Python is needed for a new one."""
    assert flows("replay", "--content", mine) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 transcript: 1 ok, 0 differs, 0 written, 0 broken"


def test_a_transcript_that_differs_is_shown_and_counts(mine, capsys):
    """The difference stands beneath its name, without colours where nobody looks at a screen."""
    path = mine / "rest" / "sits.transcript.txt"
    path.write_text(SITS.replace("That was it.", "That was all."))

    assert flows("replay", path, "--content", mine) == 1

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("differs ")
    assert "- bot: That was all." in said
    assert "+ bot: That was it." in said
    assert path.read_text() != SITS


def test_record_writes_what_is_said_today_after_showing_it(mine, capsys):
    """The heading stays as it was written."""
    path = mine / "rest" / "sits.transcript.txt"
    path.write_text(SITS.replace("That was it.", "That was all."))

    assert flows("replay", "--content", mine, "--record") == 0

    assert path.read_text() == SITS
    assert "- bot: That was all." in capsys.readouterr().out


def test_a_transcript_that_cannot_be_played_is_named_with_its_row(mine, capsys):
    """The others are played all the same."""
    (mine / "rest" / "bad.transcript.txt").write_text("# Shows.\n# warmth: hot\n\n")

    assert flows("replay", "--content", mine) == 1

    out = capsys.readouterr().out
    assert "bad.transcript.txt:2: 'warmth: hot' must be one of plain, warm, tender" in out
    assert "1 transcripts" not in out
    assert "1 ok, 0 differs, 0 written, 1 broken" in out


@pytest.mark.parametrize("command", ["replay", "coverage", "try rest", "record rest new --says Shows."])
def test_content_that_errs_is_named_before_anything_is_played(mine, command, capsys):
    """File and row, as `check` says them."""
    flow = mine / "rest" / "flow.yaml"
    flow.write_text(REST.replace("to: wait}", "to: wiat}"))

    assert flows(*command.split(), "--content", mine) == 1
    assert "rest/flow.yaml:13: error: step 'sit' leads to 'wiat'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["replay", "coverage"])
def test_no_transcripts_at_all_is_no_success(mine, command, capsys):
    """A folder that was named wrongly must not look fine."""
    (mine / "rest" / "sits.transcript.txt").unlink()

    assert flows(command, "--content", mine) == 1
    assert "no transcripts" in capsys.readouterr().err


def test_the_bots_own_transcripts_are_found_in_both_places(tmp_path, monkeypatch):
    """Those of the checkout, and any that lie beside the bot's flows."""
    content = tmp_path / "content"
    shutil.copytree(CONTENT / "return", content / "return")
    (content / "return" / "one.transcript.txt").write_text("")
    monkeypatch.setattr(places, "CONTENT", content)

    found = places.transcripts(None)

    assert content / "return" / "one.transcript.txt" in found
    assert any(path.name == "first_visit.friend.txt" for path in found)


# --- record -------------------------------------------------------------------------------


@pytest.fixture
def typing(monkeypatch):
    def type_(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return type_


def test_a_play_is_written_down(mine, typing, capsys):
    """What was typed and said stands in the file, with what it began from; it can be played again."""
    typing("1", "@+20s")
    words = ["--says", "A wait on a rug.", "--person", "chair=a rug", "--seed", "3", "--content", mine]

    assert flows("record", "rest", "waits", *words) == 0

    path = mine / "rest" / "waits.transcript.txt"
    assert path.read_text() == (
        "# A wait on a rug.\n# flow: rest\n# seed: 3\n# person: chair=a rug\n\n"
        "bot: You could sit down.\n     [I sit] [No]\nyou: I sit\nbot: Twenty seconds on a rug.\n     [Go on]\n"
        "@+20s\nbot: That was it.\n"
    )
    assert "bot: That was it." in capsys.readouterr().out
    assert flows("replay", path, "--content", mine) == 0


def test_a_transcript_is_not_written_over(mine, typing, capsys):
    """Only who says so loses what was there."""
    typing("no")
    words = ["record", "rest", "sits", "--says", "Says no.", "--content", mine]

    assert flows(*words) == 1
    assert "sits.transcript.txt is there already" in capsys.readouterr().err
    assert (mine / "rest" / "sits.transcript.txt").read_text() == SITS
    assert flows(*words, "--force") == 0
    assert (mine / "rest" / "sits.transcript.txt").read_text().startswith("# Says no.\n")


def test_a_transcript_says_what_it_shows(mine, typing, capsys):
    """Who pipes a talk in has to say it beforehand: nobody is there to be asked."""
    typing("no")

    assert flows("record", "rest", "silent", "--content", mine) == 1
    assert "--says" in capsys.readouterr().err
    assert not (mine / "rest" / "silent.transcript.txt").exists()


def test_who_sits_at_a_terminal_is_asked_what_it_shows(mine, monkeypatch, capsys):
    """Their sentence becomes the first line."""
    stdin = io.StringIO("Someone says no.\nno\n")
    stdin.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", stdin)

    assert flows("record", "rest", "asked", "--content", mine) == 0
    assert (
        (mine / "rest" / "asked.transcript.txt").read_text().startswith("# Someone says no.\n# flow: rest\n")
    )


def test_in_a_checkout_a_transcript_lands_among_the_bots(tmp_path, typing, monkeypatch, capsys):
    """Where pytest finds it, under the flow's name."""
    monkeypatch.setattr(places, "TRANSCRIPTS", tmp_path)
    typing("Go on")

    assert flows("record", "return", "goes_on", "--says", "Someone goes on.") == 0
    assert (tmp_path / "return.goes_on.txt").read_text().startswith("# Someone goes on.\n# flow: return\n")


def test_outside_of_a_checkout_a_folder_must_be_named(tmp_path, monkeypatch, capsys):
    """An installed bot has no place for transcripts."""
    monkeypatch.setattr(places, "TRANSCRIPTS", tmp_path / "none")

    assert flows("record", "return", "goes_on", "--says", "Someone goes on.") == 1
    assert "--content" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../up", "Up", "a b", "1st", ""])
def test_a_name_that_leads_elsewhere_is_refused(name, mine, capsys):
    """A transcript's name is a plain word."""
    with pytest.raises(SystemExit):
        flows("record", "rest", name, "--content", mine)

    assert "is no name" in capsys.readouterr().err


# --- all of them --------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["try", "record", "replay", "coverage"])
def test_each_command_says_how_it_is_used(command, capsys):
    """`--help` is enough to use it."""
    with pytest.raises(SystemExit) as left:
        flows(command, "--help")

    assert left.value.code == 0
    assert "--content DIR" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["try", "record"])
def test_a_flow_that_is_not_there_is_named(command, mine, capsys):
    """A slip of the pen is answered with what may have been meant."""
    words = ["--says", "Shows."] if command == "record" else []

    assert flows(command, "rset", *words, "--content", mine) == 1
    assert "no flow 'rset'; did you mean 'rest'?" in capsys.readouterr().err


@pytest.mark.parametrize("setting", ["--warmth=hot", "--zone=Dublin", "--now=now", "--person=x"])
def test_a_setting_that_cannot_be_is_refused(setting, mine, capsys):
    """The same words as in a transcript."""
    assert flows("try", "rest", setting, "--content", mine) == 1
    assert "must be" in capsys.readouterr().err


def test_the_bots_own_transcripts_beside_its_flows_are_as_they_are_written():
    """Those in tests/transcripts are tests of their own; here are the others, if there are any."""
    beside = [*places.beside(CONTENT)]

    assert not beside or flows("replay", *beside) == 0


def test_a_path_is_shown_as_it_is_typed(monkeypatch, tmp_path):
    """What lies beneath the working directory is shown without it."""
    monkeypatch.chdir(tmp_path)

    assert places.shown(tmp_path / "a" / "b.txt") == os.path.join("a", "b.txt")  # noqa: PTH118  # as a system writes it
