"""What the documents say is so."""

import ast
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from bot import cli, settings
from flows.checks import check
from flows.compiler import read_pack
from tests.content import write

TOP = Path(__file__).parents[1]
SKIPPED = {".venv", ".git", "build", ".hypothesis", "node_modules"}
DOCUMENTS = sorted(
    path
    for path in TOP.rglob("*.md")
    if not SKIPPED & set(path.relative_to(TOP).parts) and ".egg-info" not in str(path)
)
TESTS = sorted((TOP / "tests").rglob("test_*.py"))
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def name(path):
    return str(path.relative_to(TOP))


# --- settings ---------------------------------------------------------------------------


def test_the_example_is_the_settings():
    """deploy/env.example is what the settings write about themselves; `make docs` writes it anew."""
    assert (TOP / "deploy" / "env.example").read_text() == settings.example()


def test_the_example_lists_each_setting_once():
    """No setting is missing, none is there twice, and none has gone from the program."""
    listed = re.findall(r"^#?(BEFRIEND_[A-Z_]+)=", (TOP / "deploy" / "env.example").read_text(), re.MULTILINE)

    assert sorted(listed) == sorted(setting.variable for setting in settings.SETTINGS)


# --- recipes ----------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_recipe_that_is_named_exists(document):
    """Whoever types `make something` from a document gets it."""
    text = document.read_text()
    code = re.findall(r"`([^`\n]+)`", FENCED.sub("", text)) + FENCED.findall(text)
    named = {
        found
        for part in code
        for found in re.findall(r"(?:^|&& |; |\$ )make +([a-z][a-z-]*)", part, re.MULTILINE)
    }

    assert named <= set(_recipes())


def test_make_alone_lists_every_recipe():
    """`make` answers with a line for each recipe, and does nothing else."""
    shown = subprocess.run(["make"], cwd=TOP, capture_output=True, text=True, check=True).stdout.splitlines()

    assert [line.split()[1] for line in shown] == _recipes()
    assert all(len(line.split(maxsplit=2)) == 3 for line in shown)


def _recipes():
    phony = re.search(r"^\.PHONY: (.+)$", (TOP / "Makefile").read_text(), re.MULTILINE)
    return phony[1].split()


def test_every_command_of_the_operators_guide_is_understood():
    """Whoever types a line of deploy/README.md is not told how it should have been typed."""
    blocks = FENCED.findall((TOP / "deploy" / "README.md").read_text())
    lines = [line.split("  #")[0] for block in blocks for line in block.splitlines()]
    typed = [
        found[1]
        for line in lines
        for found in re.finditer(r"(?:^|&& )(?:sudo )?befriend (?!flows)([^&|>]+)", line)
    ]

    assert len(typed) > 8
    for words in typed:
        cli.parser().parse_args(shlex.split(words))


# --- links ------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_local_link_leads_somewhere(document):
    """A link to a file or a heading of ours is never broken."""
    text = FENCED.sub("", document.read_text())
    targets = [target for target in LINK.findall(text) if not re.match(r"[a-z]+:", target)]

    broken = [target for target in targets if not _resolves(document, target)]

    assert broken == []


def _resolves(document, target):
    path, _, heading = target.partition("#")
    file = (document.parent / path) if path else document
    if not file.exists():
        return False
    return not heading or file.suffix != ".md" or heading in _headings(file)


def _headings(document):
    lines = re.findall(r"^#+ +(.+)$", FENCED.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in lines}


# --- decisions --------------------------------------------------------------------------


@pytest.mark.parametrize("decision", sorted((TOP / "docs" / "decisions").glob("[0-9]*.md")), ids=name)
def test_a_decision_fits_on_a_page(decision):
    """It has its four parts, in order, in fewer than 40 lines."""
    text = decision.read_text()

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "Alternatives",
    ]
    assert len(text.splitlines()) < 40


def test_the_decision_on_libraries_names_each():
    """A library that was added or dropped is added or dropped there too."""
    named = re.findall(
        r"^\| ([\w-]+) \|", (TOP / "docs" / "decisions" / "0003-dependencies.md").read_text(), re.MULTILINE
    )
    listed = re.search(
        r"^dependencies = \[\n(.*?)^\]", (TOP / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL
    )

    used = re.findall(r'^  "([\w-]+)', listed[1], re.MULTILINE)

    assert named[1:] == used


# --- pages that code speaks of ----------------------------------------------------------


@pytest.mark.parametrize("room", ["bot", "flows"])
def test_every_page_that_code_or_a_flow_names_is_here(room):
    """A comment that sends its reader to a page sends them to one that they have."""
    pages = {name(document) for document in DOCUMENTS}
    files = [path for path in (TOP / room).rglob("*") if path.suffix in (".py", ".yaml")]
    named = {
        (page, name(file))
        for file in files
        for page in re.findall(r"(?<!> )\b[\w./-]+\.md\b", file.read_text())
    }

    missing = {(page, file) for page, file in named if not any(each.endswith(page) for each in pages)}

    assert missing == set()


# --- tests ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_test_says_what_is_true(path):
    """A test's docstring is a sentence, so that a failure reads as one."""
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    tests = [function for function in functions if function.name.startswith("test_")]

    silent = [test.name for test in tests if not (ast.get_docstring(test) or "").endswith(".")]

    assert silent == []


def test_the_authors_first_example_passes_its_own_checks(tmp_path):
    """What an author copies from the README works as it stands."""
    example = re.search(
        r"```yaml\n(flow: rest.*?)```",
        (Path(__file__).parents[1] / "flows" / "README.md").read_text(),
        re.DOTALL,
    )[1]
    pack = read_pack(write(tmp_path, rest=example))
    assert [str(each) for each in check(pack)] == []
