"""Hold the talks that the documents show: `python -m docs.talks` draws each from the program's own output."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.seal import Seal
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from docs.picture import draw
from flows.compiler import Content, compile_content

HERE = Path(__file__).parent
WELCOME = ("/start", "Tell me more", "Go on", "Yes, that's fine", "Yes")
HOME = ("time zone", "Dublin", "Dublin, Ireland", "Yes")
RUINED = "I ruined the whole project. I'm such a failure."


class Talk(NamedTuple):
    """A talk that is drawn. The welcome is held before it, and left out."""

    file: str
    about: str
    script: tuple[str, ...]
    flow: str = ""  # begun directly, before the script
    skip: int = 0  # parts that are left out; what the flow begins with is one, and each line of the script
    before: tuple[str, ...] = WELCOME
    seed: int = 4


TALKS = (
    Talk("chat.svg", "A talk with Befriend", (RUINED, "Yes", "6", "Sharp or loud")),
    Talk("pictures/first_minute.svg", "The first minute with Befriend", WELCOME, before=()),
    Talk(
        "pictures/practice.svg",
        "A practice from its first step to its last: would I say this to a friend?",
        (
            RUINED, "Yes", "6", "Sharp or loud", "A friend", "You had a hard week, and you tried.", "Softly",
            "I'll try", "Go on", "Keep it", "4", "Some ease", "No, thanks",
        ),
    ),
    Talk(
        "pictures/breath.svg", "Breathing, with a picture that moves",
        ("6", "Slow out-breath", "Moving", "@+14s"), flow="box", skip=1,
    ),
    Talk(
        "pictures/kind.svg", "A sentence that was kept, read behind its veil, and sent on a day",
        (
            "my kind words", "Write one", "Rest counts as well.", "That's all", "Read them", "Open one",
            "Send me this on a day", "in 3 weeks", "That's good", "@+3w", "Yes",
        ),
        before=(*WELCOME, *HOME),
    ),
)  # fmt: skip


def pictures() -> Iterator[tuple[str, str]]:
    """Yield each picture, by its file in docs."""
    for each in TALKS:
        yield each.file, draw(asyncio.run(hold(each)), each.about)


async def hold(talk: Talk) -> list[str]:
    """Return what is shown in a talk, as lines of a transcript."""
    clock = ScriptClock(datetime(2026, 11, 22, 18, tzinfo=UTC))
    store = SqliteStore.in_memory(Seal(b"p" * 32))
    chat = PlainChat(store, Conversation(_content(), clock, seed=talk.seed), clock)
    for line in talk.before:
        await chat.say(line)
    parts = [await chat.enter(talk.flow) if talk.flow else []]
    parts += [await chat.say(line) for line in talk.script]
    await store.close()
    return [line for part in parts[talk.skip :] for line in part]


@cache
def _content() -> Content:
    return compile_content(shell=SHELL)


def main() -> None:
    """Write the pictures."""
    for name, drawn in pictures():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8", newline="\n")
        sys.stdout.write(f"docs/{name} is written: {len(drawn):,} bytes.\n")


if __name__ == "__main__":
    main()
