"""Every diagnostic has a sentence, a section in the docs, and an example that gives exactly it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.shell import SHELL as BOT
from flows import checks, cli
from flows.compiler import compile_content
from flows.diagnostics import CODES, WARNINGS, ContentError
from flows.pack import CONTENT, read_pack
from flows.shell import Shell
from tests.content import write

DOC = (Path(__file__).parents[2] / "docs" / "diagnostics.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (F\d{3}) (.*?)(?=^## F|\Z)", DOC, re.DOTALL | re.MULTILINE))
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
TRANSLATED = """
    flow: example
    takes: [name]
    sources: [S2]
    steps:
      ask:
        say: "Tea, {name}?"
        choices: [{id: "yes", label: "Yes", to: end}]
        skip: end
    """
SHELL = Shell(
    actions={"helplines": ("lines",)},
    begins=("example", "other"),
    variables=("country", "name"),
    heard=("grief", "distress"),
)
SHELLS = {
    "F109": replace(SHELL, begins=("other",)),
    "F309": replace(SHELL, begins=("example",), unasked=("example",)),
    "F601": replace(SHELL, begins=("example", "welcome")),
    "F604": replace(SHELL, begins=("example",), guarding=("example",)),
}


def example(folder, code):
    """Write a section's blocks where they belong, and return what was laid over them, if something was."""
    blocks = BLOCK.findall(SECTIONS[code])
    if all(kind == "po" for kind, _, _ in blocks):
        write(folder, example=TRANSLATED)
    write(folder)
    for kind, place, text in blocks:
        path = folder / (place or "example") / "flow.yaml"
        if kind != "yaml":
            path = folder / "locale" / ("de/example.po" if kind == "po" else "released.tsv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    over = folder / "over"
    return over if over.exists() else None


def diagnose(folder, over=None, shell=None):
    pack = read_pack(folder, over)
    return sorted(
        [*checks.check(pack, shell or replace(SHELL, begins=("example",))), *pack.languages.diagnostics]
    )


def test_every_code_is_documented():
    """The docs list the codes that there are, in order, with their sentence and their severity."""
    told = {code: re.match(r"(.*)\n\n\*(\w+)\.\*", text).groups() for code, text in SECTIONS.items()}

    assert list(told.items()) == [
        (code, (sentence, "Warning" if code in WARNINGS else "Error")) for code, sentence in CODES.items()
    ]


@pytest.mark.parametrize("code", CODES)
def test_an_example_gives_exactly_its_code(tmp_path, code):
    """What an author reads in the docs is what the checks say."""
    over = example(tmp_path, code)

    assert {each.code for each in diagnose(tmp_path, over, SHELLS.get(code))} == {code}


def test_all_problems_are_told_at_once_with_their_rows(tmp_path):
    """An author mends a file in one go, not in six."""
    flow = """
        flow: example
        sources: [S2]
        steps:
          ask:
            says: "Tea?"
            to: clsoe
          close:
            say: {warm: "Bye!"}
            to: end
        """
    diagnostics = [(each.row, each.code) for each in diagnose(write(tmp_path, example=flow))]
    assert diagnostics == [(6, "F002"), (7, "F101"), (8, "F102"), (9, "F301"), (9, "F302")]


def test_a_near_name_is_suggested(tmp_path):
    """The sentence helps: "did you mean 'close'?"."""
    example(tmp_path, "F101")

    (found,) = diagnose(tmp_path)

    assert "did you mean 'close'?" in str(found)


def test_content_with_an_error_is_not_compiled(tmp_path):
    """The bot refuses to start, and names every reason."""
    example(tmp_path, "F101")

    with pytest.raises(ContentError, match="F101"):
        compile_content(tmp_path)


def test_content_with_warnings_is_compiled(tmp_path):
    """A warning is for the author; people are served meanwhile."""
    example(tmp_path, "F102")

    assert [each.code for each in compile_content(tmp_path).warnings] == ["F102"]


def test_words_are_judged_by_the_command_and_not_at_start(tmp_path):
    """The bot starts at once, and an exclamation mark keeps nobody waiting."""
    example(tmp_path, "F302")

    assert compile_content(tmp_path).warnings == ()


def test_words_like_yes_and_no_stay_words(tmp_path):
    """YAML's old habit of reading no as false is switched off."""
    flow = (
        "flow: tea\nsteps:\n  ask:\n    say: no\n    choices: [{id: no, label: No, to: end}]\n    skip: end\n"
    )
    content = compile_content(write(tmp_path, tea=flow))
    assert content.flows["tea"].flow.steps["ask"].choices[0].id == "no"


def test_the_command_prints_one_line_a_problem(tmp_path, monkeypatch, capsys):
    """File, row, severity and code; the file can be opened from where one stands."""
    example(tmp_path / "mine", "F101")
    monkeypatch.chdir(tmp_path)

    assert cli.main(["check", "--content", "mine"]) == 1

    sentence = "step 'ask' leads to 'clsoe', which does not exist; did you mean 'close'?"
    assert f"mine/example/flow.yaml:8: error: {sentence} [F101]" in capsys.readouterr().out.splitlines()


def test_the_command_answers_in_json(tmp_path, capsys):
    """Editors and CI read the same in fields; a warning is exit code 0, with ``--strict`` it is 1."""
    example(tmp_path, "F302")
    words = ["check", "--json", "--content", str(tmp_path)]

    assert (cli.main(words), cli.main([*words, "--strict"])) == (0, 1)

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    own = [
        each for each in told if each["path"].endswith("example/flow.yaml")
    ]  # the bot's are not known here
    assert {(each["severity"], each["code"], each["row"]) for each in own} == {("warning", "F302", 5)}
    assert all(each["severity"] == "warning" for each in told)


def test_a_release_notes_the_texts_that_there_are(tmp_path, capsys):
    """After ``--release`` a text that moves to another step is noticed, until ``renamed`` says where it went."""
    example(tmp_path, "F302")
    words = ["check", "--content", str(tmp_path)]
    cli.main([*words, "--release"])
    flow = tmp_path / "example" / "flow.yaml"
    flow.write_text(flow.read_text().replace("  ask:", "  moved:"))
    before = [each.code for each in diagnose(tmp_path)]
    flow.write_text(flow.read_text() + "renamed: {steps: {ask: moved}}\n")

    assert (before, [each.code for each in diagnose(tmp_path)]) == (["F302", "F405"], ["F302"])
    assert "released.tsv" in capsys.readouterr().out


def test_the_bots_own_content_has_nothing_wrong_with_it():
    """What is shipped has no errors and no warnings."""
    assert list(map(str, diagnose(CONTENT, shell=BOT))) == []
