"""Every transcript is a test: a talk replayed word for word through the front door (see ``bot.workshop``).

`pytest --record` writes what the bot says today into the files: read every change before you commit it.
"""

import asyncio
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.shell import SHELL
from bot.workshop.stage import play
from bot.workshop.transcript import TranscriptError, difference, read_transcript
from flows.compiler import Content, compile_content

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
        played = asyncio.run(play(read_transcript(written), _content()))
        if played == written:
            return
        if self.config.getoption("--record"):
            self.path.write_text(played, encoding="utf-8")
            return
        colour = self.config.get_terminal_writer().hasmarkup
        raise TranscriptDiffers(
            f"The transcript says -, the bot said +:\n{difference(written, played, colour=colour)}"
        )

    def repr_failure(self, excinfo, style=None) -> str:
        match excinfo.value:
            case TranscriptDiffers():
                return str(excinfo.value)
            case TranscriptError(row=row):
                return f"{self.path}:{row}: {excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"transcript {self.name}"


@cache
def _content() -> Content:
    """Compiled once for all transcripts."""
    return compile_content(shell=SHELL)
