"""Whatever somebody types, every screen that says it back is taken by Telegram's own parser, and shows it as typed.

``CASES=20000 make test ARGS=tests/test_hostile_texts.py`` tries more of them.
"""

import os
from collections import Counter
from functools import cache

import msgspec
import pytest
import regex

from bot import replies
from bot.channels.telegram.layout import units
from bot.channels.telegram.send import TelegramChannel
from bot.model import Outbound
from bot.ports import Refused
from bot.shell import SHELL
from flows.catalog import NAME
from flows.compiler import compile_content
from flows.insertions import filled
from flows.texts import sources
from flows.turn import Facts, Say
from tests.fakes.checks import Checks
from tests.hostile import FRAGMENTS, LARGEST, as_telegram_shows, graphemes, hostile

CASES = int(os.environ.get("CASES", "2000"))
PARTS = 8
BY_TELEGRAM = {
    "url",
    "email",
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "phone_number",
}  # nobody can stop it


class Line:
    """Stands where the Bot API is: keeps each call that Telegram's parser and limits let pass."""

    def __init__(self):
        self.checks, self.shown = Checks(), []

    async def call(self, method, payload):
        self.shown.append(self.checks.check(method, payload))
        return msgspec.Raw(b'{"message_id":1}')


@cache
def content():
    return compile_content(shell=SHELL)


@cache
def screens():
    """Return every text of the bot's in which words of the person's own are said back: its flow, and itself."""
    found = [
        (flow.flow, source.english)
        for flow in content().flows.values()
        for source in sources(flow.flow)
        if content().own.keys() & set(source.names)
    ]
    lines = [
        (None, wording.text)
        for line in content().lines.values()
        for part in line
        for wording in part.wordings
        if NAME.search(wording.text)
    ]
    return found + lines


def outbound(flow, english, words, *, past):
    """Return a screen as the bot would send it, and what a person should read."""
    names = NAME.findall(english)
    facts = Facts(variables=dict.fromkeys(names, words), past=frozenset(names if past else ()))
    said = filled(content(), flow, english, {}, facts)
    (bubble,) = replies.bubbles([Say("x/y/say/plain.0", said.text, echo=said.echo, past=said.past)])
    return bubble, said


# --- the screens --------------------------------------------------------------------------


def test_there_are_screens_that_say_things_back():
    """Friend's thought is one of them; the bot's own lines are there too."""
    texts = [english for _, english in screens()]

    assert any("{thought}" in text for text in texts)
    assert len(screens()) >= 20
    assert len(set(FRAGMENTS)) == len(FRAGMENTS) >= 150


@pytest.mark.parametrize("part", range(PARTS))
async def test_any_words_come_back_on_any_screen(part):
    """Taken by the parser, the same to read, no markup but the veil, in messages that fit, no letter cut in two."""
    line, told = Line(), Counter()
    channel = TelegramChannel(line)
    for number, words in enumerate(hostile(CASES)):
        if number % PARTS != part:
            continue
        turn = number // PARTS
        flow, english = screens()[turn % len(screens())]
        bubble, said = outbound(flow, english, words, past=turn % 3 == 0)
        line.shown.clear()
        try:
            await channel.perform("7", bubble)
        except Refused:  # there is nothing to see in it, and nothing is what Telegram would show
            assert not as_telegram_shows(said.text).strip()
            continue
        look(line.shown, said, bubble)
        if bubble.veiled:
            assert bare(unveiled(line.shown)) == bare(without_own(english, words))
        told["veiled" if bubble.veiled else "long" if len(line.shown) > 1 else "plain"] += 1

    assert line.checks.violations == []
    assert told["plain"] > told["long"] > 0
    assert told["veiled"] > 0


def without_own(english, words):
    """Return what is not hidden of a text: all but the words of the person's own."""
    return NAME.sub(lambda name: "" if name[1] in content().own else words, english)


def look(shown, said, bubble):
    seen = "".join(each["text"] for each in shown)
    if len(shown) == 1:
        assert seen == as_telegram_shows(said.text)
    else:
        assert graphemes(seen) == graphemes(as_telegram_shows(said.text))
    assert all(0 < units(each["text"]) <= LARGEST for each in shown)
    marks = [mark for each in shown for mark in each.get("entities", ())]
    assert {mark["type"] for mark in marks} - BY_TELEGRAM <= ({"spoiler"} if bubble.veiled else set())


def unveiled(shown):
    """Return what can be read without lifting a veil."""
    seen = ""
    for each in shown:
        wide = each["text"].encode("utf-16-le")
        veils = sorted(
            (mark["offset"], mark["offset"] + mark["length"])
            for mark in each["entities"]
            if mark["type"] == "spoiler"
        )
        edges = [0, *(2 * edge for veil in veils for edge in veil), len(wide)]
        seen += "".join(
            wide[begin:end].decode("utf-16-le") for begin, end in zip(edges[::2], edges[1::2], strict=True)
        )
    return seen


def bare(text):
    """Return a text without blanks and what hangs on letters."""
    return regex.sub(r"[\p{M}\p{C}\p{Z}]", "", text)


# --- what was chosen, and what is written on buttons ---------------------------------------


async def test_any_words_come_back_where_a_question_is_closed():
    """The question and the answer chosen are shown together, or the question stays as it was."""
    line = Line()
    channel = TelegramChannel(line)
    for words in hostile(CASES // 10, seed=1):
        line.shown.clear()
        closed = replies.closed(5, None, f"You wrote: {words}", "Yes")
        await channel.perform("7", closed)
        (call,) = line.shown
        if "text" in call:
            assert call["text"] == as_telegram_shows(closed.text)
            assert {mark["type"] for mark in call.get("entities", ())} <= BY_TELEGRAM
        else:
            assert units(closed.text) > LARGEST

    assert line.checks.violations == []


async def test_any_words_can_stand_on_a_button():
    """A line that somebody kept is offered as it is, cut where a button ends; its data is never made of it."""
    line = Line()
    channel = TelegramChannel(line)
    for words in hostile(CASES // 10, seed=2):
        line.shown.clear()
        await channel.perform("7", Outbound("send", "Which one?", ((words[:64], "1|f|s|c|p"),)))
        (call,) = line.shown
        ((button,),) = call["reply_markup"]["inline_keyboard"]
        assert button["callback_data"] == "1|f|s|c|p"
        assert button["text"].strip()

    assert line.checks.violations == []
