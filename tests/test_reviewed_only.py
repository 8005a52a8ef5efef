"""What is left where an operator leaves out the practices that nobody has signed off."""

from functools import cache

import pytest

from bot import knowledge
from bot.shell import SHELL
from flows.compiler import compile_content
from flows.turn import Facts
from tests.content import content
from tests.danger import Chat, offered
from tests.serving import CONTENT, everything
from tests.test_gate import AROUND, NEW

HIDDEN = sorted(
    id_
    for id_, each in everything().flows.items()
    if each.flow.kind == "practice" and not each.flow.signed_off and "acute" not in each.flow.open_in
)


@cache
def reviewed():
    return compile_content(CONTENT, SHELL, reviewed_only=True)


class Strict(Chat):
    """A chat with a bot whose operator wants nothing unread."""

    def __init__(self, **known: str) -> None:
        super().__init__(**known)
        self.door.adopt(reviewed())


def test_only_unsigned_practices_are_left_out():
    """No part, no talk, nothing of the crisis path; what stays open in acute danger is there, signed or not."""
    assert reviewed().hidden == HIDDEN
    assert everything().hidden == []
    assert knowledge.is_open(reviewed(), "ground", Facts())
    assert not any(knowledge.is_open(reviewed(), flow, Facts()) for flow in HIDDEN)


def test_a_sign_off_opens_a_practice_and_a_changed_word_closes_it(tmp_path):
    """What counts is whether a named reviewer answers for the words as they are."""
    signed = "review: {{by: Ann, role: nurse, date: 2026-11-26, words: {}}}"

    def hidden(more: str) -> list[str]:
        content(tmp_path, new=NEW.format(more=more), **AROUND)
        return compile_content(tmp_path, reviewed_only=True).hidden

    mark = content(tmp_path, new=NEW.format(more=""), **AROUND).flows["new"].flow.words
    assert hidden("") == hidden("review: needed") == ["new"]
    assert hidden(signed.format(mark)) == []
    assert hidden(signed.format("00000000")) == ["new"]


@pytest.mark.parametrize("flow", HIDDEN)
async def test_who_reaches_one_all_the_same_is_told_what_is_open(flow):
    """A kind sentence, grounding, company and help; no number is asked for, and it ends well."""
    async with Strict() as chat:
        said = await chat.chat.enter(flow)
        assert offered(said)[:4] == ["Feet and room", "Sit with me", "Help now", "Leave it"]
        assert "0" in offered(await chat.say("feet and room"))


@pytest.mark.parametrize(
    "more", [[], ["More choices", "Something steady"], ["More choices", "Words for what hurts"]]
)
async def test_no_menu_offers_what_is_left_out(more):
    """And none of them is without a way on."""
    titles = {
        "Something hurts",
        "I'm hard on myself",
        "Something to hold",
        "A short break",
        "Look at a thought",
    }
    async with Strict() as chat:
        said = await chat.say("menu", *more)

    assert offered(said)
    assert titles.isdisjoint(offered(said))


async def test_danger_and_help_are_as_ever():
    """Danger is heard, the question comes, and help now brings numbers."""
    async with Strict() as chat:
        assert "direct" in [*(await chat.say("asks: x") and await chat.flows())]
        assert any("116 123" in line or "112" in line for line in await chat.say("help now"))


async def test_in_danger_it_is_said_that_danger_closes_a_practice():
    """Not that its words are unread: what can be done about it is to say that it has passed."""
    async with Strict(gate="thoughts", gate_at="2026-11-22T17:00:00+00:00") as chat:
        shut = next(flow for flow in HIDDEN if not everything().flows[flow].flow.open_in)
        assert "It has passed" in offered(await chat.chat.enter(shut))
