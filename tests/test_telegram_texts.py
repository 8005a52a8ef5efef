"""What people may type comes back exactly where it is echoed, over real HTTP and through Telegram's own parser.

What Telegram itself does to every text is in ``tests.hostile``. Nothing else may change.
"""

import asyncio
import logging
import os
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot import commands
from bot.channels.telegram.layout import units
from bot.safety.language import detect
from bot.safety.screen import screen
from tests.fakes import schema
from tests.fakes.botapi import FakeBotApi
from tests.hostile import FAMILY, FLAGS, LARGEST, TAKEN, as_telegram_shows, graphemes
from tests.serving import ECHO, WITHIN, Bot, small

pytest_plugins = ["tests.fixtures"]

CASES = int(os.environ.get("CASES", "2000"))
FRAME = """
flow: welcome
takes: [first_words]
steps:
  first: {say: "You wrote: {first_words} And that's all of it, word for word.", ask: words, to: again}
  again: {say: "You wrote: {words} And that's all of it, word for word.", ask: words, to: again}
"""
ECHOED = [
    "plain words",
    "two\nlines",
    "four\n\n\n\nlines apart",
    f"a family {FAMILY} and two flags {FLAGS}",
    "a thumb \N{THUMBS UP SIGN}\U0001f3fd and a keycap 1\ufe0f\u20e3",
    "\u05d0\u05e0\u05d9 \u05db\u05d9\u05e9\u05dc\u05d5\u05df",
    "\u0623\u0646\u0627 \u0641\u0627\u0634\u0644 mixed with Latin",
    "\u2067isolated\u2069 and \u200fmarked",
    "NUL \0 and bell \a within",
    "a tab\tand a return\r\nhere",
    "right-to-left \u202eoverride",
    "<b>bold</b> <script>alert(1)</script> &amp; &lt;",
    "*bold* _italic_ `code` [link](http://x.example) ||spoiler|| ~gone~",
    "*_[",
    "{words} {contact} {0} {} %s %d",
    "https://example.org/?a=1&b=2 @someone #tag /hello",
    "Zalgo o\u0332\u0305\u0300\u0323 and n\u0303 decomposed",
    "\ufeffbyte order mark",
    "  spaces around  ",
    "\u00a0no-break\u00a0",
    "private \ue000 and odd \ufffe and tag \U000e0041",
    "-" * 300,
    "1" * 1000,
]
HALF = ["\ud800", "a lone \udc80 half", "\udfff\ud800", "x" * 400 + "\ud83d"]


@pytest.fixture
def quiet(caplog):
    """No error of ours is logged, and nothing is put aside."""
    caplog.set_level(logging.WARNING)
    yield
    assert caplog.text == ""


@pytest.mark.parametrize("text", ECHOED, ids=range(len(ECHOED)))
async def test_what_is_typed_comes_back_as_typed(server, bot, echo, quiet, text):
    """In the first words and in an answer."""
    async with bot.running(echo):
        sam = server.person(7)
        sam.says(text)
        if detect(text) != "en":  # that it is not understood is said first
            await sam.hears(timeout=WITHIN)
        sam.says(text)
        heard = await sam.hears(2, timeout=WITHIN)

    assert [bubble.text for bubble in heard] == [as_telegram_shows(f"heard: {text}")] * 2
    assert sam.unheard == 0


@pytest.mark.parametrize("text", HALF, ids=range(len(HALF)))
async def test_half_a_character_is_refused_kindly(server, bot, echo, quiet, way, text):
    """Before the first question and at it; the talk stays where it was."""
    async with bot.running(echo, way):
        sam = server.person(7)
        sam.says(text)
        (first,) = await sam.hears(timeout=WITHIN)
        sam.says("whole")
        sam.says(text)
        sam.says("again")
        whole, second, question, again = await sam.hears(4, timeout=WITHIN)

    for refusal in (first, second):
        assert "once more" in refusal.text.lower() or "send it again" in refusal.text.lower()
    assert (whole.text, question.text, again.text) == ("heard: whole", "heard: whole", "heard: again")
    assert sam.unheard == 0


WHOLE = [
    pytest.param("word " * 819 + "x", id="words"),
    pytest.param("x" * 4096, id="one word"),
    pytest.param(FAMILY * 372, id="families"),
    pytest.param(FLAGS * 512, id="flags"),
    pytest.param("e\u0301" * 2048, id="accents"),
    pytest.param("\N{PILE OF POO}" * 2048, id="astral"),
    pytest.param("\n".join(["line"] * 819), id="lines"),
    pytest.param("\u05d0\u05e0\u05d9 " * 1024, id="right-to-left"),
]


@pytest.mark.parametrize("text", WHOLE)
async def test_the_longest_text_comes_back_whole_in_a_longer_bubble(server, bot, tmp_path, quiet, text):
    """It comes in two messages, cut between graphemes; only the second has the question's buttons."""
    assert 4000 < units(text) <= LARGEST
    async with bot.running(small(tmp_path, welcome=FRAME)):
        sam = server.person(7)
        sam.says(text)
        if detect(text) != "en":  # that it is not understood is said first
            await sam.hears(timeout=WITHIN)
        one, two = parts = await sam.hears(2, timeout=WITHIN)
        sam.says("next")
        await sam.hears(timeout=WITHIN)

    whole = f"You wrote: {text} And that's all of it, word for word."
    assert all(units(part.text) <= LARGEST for part in parts)
    assert graphemes(one.text) + graphemes(two.text) == graphemes(as_telegram_shows(whole))
    assert (one.labels, two.labels) == ([], ["Skip"])


@pytest.mark.parametrize("text", ["x" * 40_000, FAMILY * 4000])
async def test_more_than_telegram_sends_is_refused_kindly(server, bot, echo, quiet, text):
    """No client can send that much; whoever does is asked for a shorter part."""
    async with bot.running(echo):
        sam = server.person(7)
        sam.says("begin")
        sam.says(text)
        begin, refusal, question = await sam.hears(3, timeout=WITHIN)

    assert "more than I can" in refusal.text or "in pieces" in refusal.text or "A few lines" in refusal.text
    assert begin.text == question.text == "heard: begin"


# --- any text -----------------------------------------------------------------------------

LETTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("<>&*_[]()~`|{}\\/@#\n\r\t\0\u200d\u200f\u202e\u2066\ufe0f\u0301\u00ad "),
    st.sampled_from([FAMILY, FLAGS, "\U0001f3fd", "e\u0301"]),
)
TEXTS = st.lists(LETTERS, min_size=1, max_size=60).map("".join)


def test_any_text_comes_back(tmp_path, caplog):
    """Texts that nobody thought of, one after the other in one chat; ``CASES=100000`` makes it 20,000."""
    caplog.set_level(logging.WARNING)
    with asyncio.Runner() as runner:
        house = _House()
        runner.run(house.open(tmp_path))

        @settings(
            max_examples=CASES // 5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        @given(TEXTS)
        def check(text):
            assume(not TAKEN.intersection(text) and screen(text).risk == "none")
            assume(detect(text) == "en" and not commands.recognise(text) and "skip" not in text.lower())
            assert runner.run(house.echo(text)) == as_telegram_shows(f"heard: {text}")

        try:
            check()
        finally:
            runner.run(house.close())
    assert house.server.violations == []
    assert caplog.text == ""


class _House:
    """A server, a bot and Sam; lives for many examples."""

    def __init__(self):
        self.stack = AsyncExitStack()

    async def open(self, folder):
        schema.problems(
            "getMe", {}
        )  # loads aiogram, which takes longer than a bot waits for its first answer
        self.server = await self.stack.enter_async_context(FakeBotApi(validate=True))
        bot = Bot(self.server, folder, 0)
        await self.stack.enter_async_context(bot.running(small(folder, welcome=ECHO)))
        self.sam = self.server.person(7)

    async def echo(self, text):
        self.sam.says(text)
        (heard,) = await self.sam.hears(timeout=WITHIN)
        return heard.text

    async def close(self):
        await self.stack.aclose()
