"""Every transcript is a test: a talk replayed word for word through the front door.

A transcript begins with comments that say what it shows; `# seed: 3` and `# now: 2026-11-22T18:00+01:00` set
the wordings and the clock. The rest is what `befriend talk --plain` prints. The session is saved to the store
and loaded from it between any two lines. `pytest --record` writes what the bot says today into the files:
read every change before you commit it.
"""

import asyncio
import difflib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.actions import ACTIONS
from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.compiler import compile_content

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record", action="store_true", help="write what the bot says today into the transcripts"
    )


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    if file_path.suffix == ".txt" and TRANSCRIPTS in file_path.parents:
        return TranscriptFile.from_parent(parent, path=file_path)
    return None


class TranscriptFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        yield Transcript.from_parent(self, name=self.path.stem)


class TranscriptDiffers(Exception):
    """The bot said something else; the message is the difference."""


class Transcript(pytest.Item):
    def runtest(self) -> None:
        written = self.path.read_text(encoding="utf-8")
        played = asyncio.run(play(written))
        if played == written:
            return
        if self.config.getoption("--record"):
            self.path.write_text(played, encoding="utf-8")
            return
        raise TranscriptDiffers(_difference(written, played))

    def repr_failure(self, excinfo, style=None) -> str:
        return (
            str(excinfo.value)
            if isinstance(excinfo.value, TranscriptDiffers)
            else super().repr_failure(excinfo)
        )

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"transcript {self.name}"


def _difference(written: str, played: str) -> str:
    lines = difflib.ndiff(written.splitlines(), played.splitlines())
    colours = {"-": "\033[31m", "+": "\033[32m"}
    shown = (f"{colours.get(line[0], '')}{line}\033[0m" for line in lines if line[0] != "?")
    return "The transcript says -, the bot said +:\n" + "\n".join(shown)


async def play(written: str) -> str:
    """Return the transcript as it is played today."""
    heading = re.match(r"(?:(?:#.*)?\n)*", written)[0]
    setting = dict(re.findall(r"^# (seed|now): *(\S+)", heading, re.MULTILINE))
    clock = ScriptClock(datetime.fromisoformat(setting.get("now", "2026-11-22T18:00+01:00")))
    store = SqliteStore.in_memory(Seal(b"t" * 32))
    try:
        conversation = Conversation(
            _content(), clock, seed=int(setting.get("seed", 0)), contact="ask@example.org"
        )
        chat = PlainChat(store, conversation, clock)
        lines = [line for typed in _inputs(written[len(heading) :]) for line in await chat.say(typed)]
    finally:
        await store.close()
    return heading + "\n".join(lines) + "\n"


def _inputs(body: str) -> Iterator[str]:
    for line in body.splitlines():
        if line.startswith("you: "):
            yield line.removeprefix("you: ")
        elif line.startswith("@"):
            yield line


def _content(cache: list = []):  # noqa: B006  # compiled once for all transcripts
    if not cache:
        cache.append(compile_content(actions=frozenset(ACTIONS)))
    return cache[0]
