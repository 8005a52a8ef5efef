"""What the flows are told of the bot is what the bot does."""

import ast
from pathlib import Path

import pytest
import yaml

import bot
from bot import actions, commands, knowledge
from bot.alarm import LAYS, RISKY
from bot.asked import TAKEN
from bot.hearing import INTENTS, ONLY, UNCLEAR
from bot.model import Person
from bot.safety.screen import PATTERNS
from bot.shell import SHELL
from bot.visit import LAID
from flows.compiler import CONTENT, compile_content
from flows.diagnostics import ContentError
from flows.shell import SAID

CODE = [
    ast.parse(path.read_text(encoding="utf-8")) for path in sorted(Path(bot.__file__).parent.glob("*.py"))
]
TEXTS = {"help", "privacy", "settings"}  # commands that are answered with a text of their own


def called(*names):
    """Return the texts that are handed first to methods of these names; ``f"{name}_text"`` stands for TEXTS."""
    found = set()
    for node in (node for tree in CODE for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            given = node.args[0] if node.args else None
            if isinstance(given, ast.JoinedStr):
                found |= {f"{name}_text" for name in TEXTS}
            elif given is not None:
                found |= {each.value for each in ast.walk(given) if isinstance(each, ast.Constant)}
    return {each for each in found if isinstance(each, str)}


def test_its_actions_are_those_that_there_are():
    """An action that is added is told to the flows."""
    assert set(SHELL.actions) == set(actions.ACTIONS)
    assert set(SHELL.noting) <= set(actions.ACTIONS)


def test_it_says_the_lines_that_it_asks_for():
    """A line that the bot says without a flow is asked for, and no other."""
    within = {*TAKEN.values(), "taken_other"}  # said as a part of another line

    assert called("say") - set(SAID) == set(SHELL.lines) - set(SAID) - within
    assert within <= set(SHELL.lines)


def test_it_begins_the_flows_that_it_asks_for():
    """What is begun or laid over a talk by name must be there."""
    laid = called("lay_over") | set(LAID.values()) | LAYS

    assert set(SHELL.lays) == laid
    assert set(SHELL.begins) >= laid | called("begin")
    assert set(SHELL.guarding) == RISKY


def test_what_is_known_of_a_person_can_be_asked_for():
    """Every name that the bot gives a value of itself is told to the flows."""
    assert set(knowledge.variables(Person("x"))) <= set(SHELL.variables)


def test_what_is_heard_can_be_listened_for():
    """Intents and topics, each of them."""
    data = yaml.safe_load((PATTERNS / "en" / "topics.yaml").read_text(encoding="utf-8"))
    named = {each["topic"] for each in [*data["topics"], *data["answers"]]}

    whole = {f"{topic}_only" for topic in ONLY}

    assert {*INTENTS, "crisis", "grave", UNCLEAR, *named, *whole} == set(SHELL.heard)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_command_with_a_text_of_its_own_is_a_command(name):
    """The texts belong to commands that people can give."""
    assert name in commands.COMMANDS


# --- a folder laid over the bot's own ---------------------------------------------------


def over(folder, **flows):
    """Write flows of an operator's own."""
    for id_, text in flows.items():
        (folder / id_).mkdir()
        (folder / id_ / "flow.yaml").write_text(f"flow: {id_}\n{text}", encoding="utf-8")
    return folder


def test_a_safety_flow_that_is_replaced_is_named_to_the_operator(tmp_path):
    """The bot starts, and says which one it is; other flows are replaced without a word."""
    steps = "kind: part\nreturns: [enough]\nsteps:\n  one: {say: 'Tea?', ask: enough, to: end}\n"

    content = compile_content(CONTENT, SHELL, over(tmp_path, safer=f"takes: [apart]\n{steps}", sit=steps))

    assert [(each.code, each.path[-15:]) for each in content.cautions] == [("F604", "safer/flow.yaml")]


def test_a_flow_that_returns_less_than_the_one_it_replaces_is_refused(tmp_path):
    """Others count on what it hands back."""
    steps = "kind: part\nsteps:\n  one: {say: 'Tea?', ask: tea, to: end}\n"

    with pytest.raises(ContentError, match="returns enough"):
        compile_content(CONTENT, SHELL, over(tmp_path, sit=steps))


def test_the_bots_own_content_starts_without_a_warning():
    """What is shipped fits the bot that ships it."""
    assert compile_content(CONTENT, SHELL).warnings == ()
