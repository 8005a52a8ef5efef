"""Walks through the front door with the bot's own content: whatever is tapped or typed, something is said."""

import random
from datetime import UTC, datetime

import pytest

from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.seal import Seal
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from flows.compiler import compile_content

TYPED = (
    "ok", "no", "7", "help", "back", "skip", "less", "more", "menu", "stop", "i hate myself", "my dog died",
    "are you a person?", "that's not it", "i can't think", "/start", "/settings", "/privacy", "/help", "/now",
    "/zone", "9:30", "London", "/checkin", "9 am", "not on weekends",
    "@+30s", "@+2d", "@+9d", "idk", "I want to die", "kill me lol", "Ireland",
    "nowhere", "x" * 500, "thanks", "/change", "change an answer",
    "I don't want to be here anymore", "leave me alone", "\U0001f643", "\x00", "\ud800",
)  # fmt: skip
WALKS = 60
STEPS = 50


@pytest.fixture(scope="module")
def content():
    return compile_content(shell=SHELL)


@pytest.mark.parametrize("seed", range(WALKS))
async def test_nobody_meets_silence_or_an_error(content, seed):
    """Each message is answered, no ``{name}`` is left unfilled, and no bubble is empty."""
    choose = random.Random(seed)
    clock = ScriptClock(datetime(2026, 11, 22, 18, tzinfo=UTC))
    store = SqliteStore.in_memory(Seal(b"w" * 32))
    chat = PlainChat(store, Conversation(content, clock, seed=seed), clock)
    labels: list[str] = []
    try:
        for _ in range(STEPS):
            tapped = labels and choose.random() < 0.65
            typed = choose.choice(labels if tapped else TYPED)
            said = [line for line in await chat.say(typed) if not line.startswith("you: ")]
            offers = [line for line in said if line.startswith("     [")]
            labels = offers[-1].strip()[1:-1].split("] [") if offers else labels
            assert typed.startswith("@") or any(line.startswith("bot: ") for line in said), (seed, typed)
            assert not any("{" in line or line.strip() == "bot:" for line in said), (seed, said)
    finally:
        await store.close()
