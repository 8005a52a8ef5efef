"""Every diagnostic has a sentence, a section in the docs, and an example that gives exactly it."""

import json
import re
from pathlib import Path

import pytest

from bot.actions import ACTIONS
from flows import checks, cli
from flows.compiler import compile_content, read_folder
from flows.diagnostics import CODES, ContentError
from tests.content import write

DOC = Path(__file__).parents[2] / "docs" / "diagnostics.md"
EXAMPLES = dict(re.findall(r"^## (F\d{3}) .*?```yaml\n(.*?)```", DOC.read_text(), re.DOTALL | re.MULTILINE))


def diagnose(folder):
    found, diagnostics = read_folder(folder)
    return diagnostics + checks.check(found, ACTIONS)


def test_every_code_is_documented():
    """The docs list the codes that there are, no more and no fewer."""
    assert list(EXAMPLES) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_example_gives_exactly_its_code(tmp_path, code):
    """What an author reads in the docs is what the checks say."""
    assert {each.code for each in diagnose(write(tmp_path, example=EXAMPLES[code]))} == {code}


def test_all_problems_are_told_at_once_with_their_rows(tmp_path):
    """An author mends a file in one go, not in six."""
    flow = """
        flow: tea
        steps:
          ask:
            says: "Tea?"
            to: clsoe
          close:
            say: {warm: "Bye!"}
            to: end
        """
    diagnostics = [(each.row, each.code) for each in sorted(diagnose(write(tmp_path, tea=flow)))]
    assert diagnostics == [(5, "F002"), (6, "F101"), (7, "F102"), (8, "F301"), (8, "F302")]


def test_a_near_name_is_suggested(tmp_path):
    """The sentence helps: "did you mean 'close'?"."""
    (found,) = [each for each in diagnose(write(tmp_path, example=EXAMPLES["F101"])) if each.code == "F101"]
    assert "did you mean 'close'?" in str(found)


def test_content_with_an_error_is_not_compiled(tmp_path):
    """The bot refuses to start, and names every reason."""
    with pytest.raises(ContentError, match="F101"):
        compile_content(write(tmp_path, example=EXAMPLES["F101"]))


def test_content_with_warnings_is_compiled(tmp_path):
    """A warning is for the author; people are served meanwhile."""
    content = compile_content(write(tmp_path, example=EXAMPLES["F302"]))
    assert [each.code for each in content.warnings] == ["F302"]


def test_words_like_yes_and_no_stay_words(tmp_path):
    """YAML's old habit of reading no as false is switched off."""
    flow = (
        "flow: tea\nsteps:\n  ask:\n    say: no\n    choices: [{id: no, label: No, to: end}]\n    skip: end\n"
    )
    content = compile_content(write(tmp_path, tea=flow))
    assert content.flows["tea"].flow.steps["ask"].choices[0].id == "no"


def test_the_command_prints_one_line_a_problem(tmp_path, capsys):
    """Exit code 1 where there are errors, 0 where there are none; JSON on request."""
    assert cli.main(["check", "--content", str(write(tmp_path / "bad", example=EXAMPLES["F101"]))]) == 1
    assert "bad/example/flow.yaml" in capsys.readouterr().out
    assert (
        cli.main(["check", "--json", "--content", str(write(tmp_path / "warn", example=EXAMPLES["F302"]))])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["code"] == "F302"


def test_the_bots_own_content_has_no_errors():
    """What is shipped can start."""
    assert [str(each) for each in diagnose(Path(checks.__file__).parent / "content") if each.error] == []
