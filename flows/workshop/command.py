"""What a command of the workshop is made of."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flows.pack import CONTENT, Pack, read_pack
from flows.shell import Shell


@dataclass(frozen=True, slots=True)
class Command:
    """One word after ``befriend flows``.

    Attributes:
        options: Adds the command's own options to its parser.
        run: Does the work and returns the exit code: 0 fine, 1 something is wrong that was asked about.
        notes: Shown beneath the options.

    """

    name: str
    help: str
    options: Callable[[argparse.ArgumentParser], None]
    run: Callable[["Bench"], int]
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a command may use. Lives for one call.

    Attributes:
        options: As they were typed.
        shell: The program around the flows; None leaves unchecked what only it knows.

    """

    options: argparse.Namespace
    shell: Shell | None = None

    def pack(self) -> Pack:
        """Read the bot's own flows, and those of the folder that was named, laid over them."""
        return read_pack(CONTENT, self.folder) if self.folder else read_pack(CONTENT)

    @property
    def folder(self) -> Path | None:
        """The author's own folder, None for the bot's."""
        found: Path | None = self.options.content
        return found if found is None or found.resolve() != CONTENT.resolve() else None

    def say(self, line: str = "") -> None:
        """Print a line."""
        sys.stdout.write(f"{line}\n")

    def fail(self, line: str) -> int:
        """Say on standard error why nothing was done, and return the exit code for that."""
        sys.stderr.write(f"{line}\n")
        return 1


def counted(number: int, noun: str) -> str:
    """Return "1 flow", "2 flows"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
