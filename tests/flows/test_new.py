"""A first flow for someone who has never written one: it works as it stands, and nothing is ever written over."""

import re

import pytest

from bot.shell import SHELL
from flows import checks, cli
from flows.compiler import CONTENT, compile_content, read_pack
from flows.workshop import new

UNREACHED = "F120"  # nothing leads to a new flow yet: the command says how that is done


def run(*words):
    return cli.main(["new", *map(str, words)])


@pytest.mark.parametrize("kind", ["practice", "talk", "part"])
def test_a_new_flow_passes_every_check(tmp_path, kind):
    """There is no error and no warning in it, whatever its title."""
    assert run("evening", "--kind", kind, "--title", 'One: "thing" # of today', "--content", tmp_path) == 0

    pack = read_pack(CONTENT, tmp_path)
    (flow,) = [flow for flow in pack.flows if flow.id == "evening"]
    found = [each for each in pack.diagnostics + checks.check(pack, SHELL) if each.path == flow.path]
    assert [str(each) for each in found if each.code != UNREACHED] == []
    assert (flow.title, flow.kind) == ('One: "thing" # of today', kind)
    assert "evening" in compile_content(CONTENT, over=tmp_path).flows


def test_the_file_tells_the_editor_where_its_schema_is(tmp_path):
    """An editor that reads the first line helps while an author types, also outside of the project."""
    assert run("evening", "--content", tmp_path / "my flows") == 0

    path = tmp_path / "my flows" / "evening" / "flow.yaml"
    schema = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", path.read_text().splitlines()[0])[1]
    assert (path.parent / schema).read_text() == (CONTENT.parent / "schema.json").read_text()


def test_within_the_project_the_schema_is_the_projects_own(tmp_path, monkeypatch):
    """No copy lies about where a relative path will do."""
    monkeypatch.setattr(new, "PROJECT", tmp_path)
    monkeypatch.setattr(new, "SCHEMA", tmp_path / "flows" / "schema.json")

    assert run("evening", "--content", tmp_path / "flows" / "content") == 0

    first, *_ = (tmp_path / "flows" / "content" / "evening" / "flow.yaml").read_text().splitlines()
    assert first == "# yaml-language-server: $schema=../../schema.json"


def test_it_says_what_to_do_next(tmp_path, capsys):
    """Check, try, record and draw are there to be copied, with the folder in them."""
    run("evening", "--content", tmp_path / "my flows")

    said = capsys.readouterr().out
    for command in ("check", "try evening", "record evening", "draw evening"):
        assert f"befriend flows {command} --content '{tmp_path / 'my flows'}'" in said
    assert "call: evening" in said


def test_nothing_is_written_over(tmp_path, capsys):
    """What is there stays as it is."""
    run("evening", "--content", tmp_path)
    path = tmp_path / "evening" / "flow.yaml"
    path.write_text("mine")

    assert run("evening", "--content", tmp_path) == 1
    assert path.read_text() == "mine"
    assert "nothing was changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        pytest.param("My Evening!", "How about: my_evening", id="capitals and spaces"),
        pytest.param("2nd", "How about: nd", id="a digit first"),
        pytest.param("../up", "How about: up", id="a way out"),
        pytest.param("ĝojo", "How about: ojo", id="another alphabet"),
        pytest.param("a" * 30, "24 at most", id="long"),
        pytest.param("menu", "The bot has a flow 'menu' already", id="one of the bot's"),
    ],
)
def test_a_name_that_will_not_do_is_refused_kindly(tmp_path, capsys, id_, said):
    """What is wrong with it is said, and what would do; nothing is written."""
    assert run(id_, "--content", tmp_path) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_it_asks_for_one_where_the_bot_is_installed(tmp_path, monkeypatch, capsys):
    """What a package manager put there is nobody's to write into."""
    monkeypatch.setattr(new, "PROJECT", tmp_path)

    assert run("evening") == 1
    assert "--content" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_said(tmp_path, capsys):
    """A file in the place of the folder gets a sentence, no traceback."""
    (tmp_path / "mine").write_text("")

    assert run("evening", "--content", tmp_path / "mine") == 1
    assert "cannot be written" in capsys.readouterr().err
