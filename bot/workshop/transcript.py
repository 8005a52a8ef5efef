"""A transcript: a talk as it is spoken, and how it begins."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.workshop.scene import BadSetting, Scene, read_scene

_HEADING = re.compile(r"(?:(?:#.*)?\n)*")
_RED, _GREEN, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Transcript:
    """A talk that is to be played.

    Attributes:
        heading: The comments at the top, and the empty lines after them, as they are written.
        lines: What the person types and how the clock is moved, each with its row.

    """

    heading: str
    scene: Scene
    lines: tuple[tuple[int, str], ...]


class TranscriptError(Exception):
    """A transcript cannot be played. The message says what to do; ``row`` counts from 1."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row


def read_transcript(written: str) -> Transcript:
    """Read a transcript; what the bot says in it is left out.

    Raises:
        TranscriptError: A setting cannot be used.

    """
    heading = _heading(written)
    try:
        scene = read_scene(heading)
    except BadSetting as error:
        raise TranscriptError(error.row, str(error)) from None
    return Transcript(heading, scene, tuple(_typed(written[len(heading) :], heading.count("\n") + 1)))


def new_transcript(says: str, scene: Scene, lines: list[str]) -> Transcript:
    """Return a transcript of what was typed; ``says`` is what it shows."""
    return Transcript(f"# {says}\n{scene.header}\n", scene, tuple(enumerate(lines, 1)))


def difference(written: str, played: str, *, colour: bool) -> str:
    """Return what differs, line by line: ``-`` stands in the file, ``+`` is said today."""
    compared = difflib.ndiff(written.splitlines(), played.splitlines())
    lines = [line for line in compared if not line.startswith("?")]
    if not colour:
        return "\n".join(lines)
    paint = {"-": _RED, "+": _GREEN}
    return "\n".join(f"{paint[line[0]]}{line}{_RESET}" if line[0] in paint else line for line in lines)


def _heading(written: str) -> str:
    found = _HEADING.match(written)
    return found[0] if found else ""


def _typed(body: str, first: int) -> Iterator[tuple[int, str]]:
    for row, line in enumerate(body.splitlines(), first):
        if line.startswith("you: "):
            yield row, line.removeprefix("you: ")
        elif line.startswith("@"):
            yield row, line
