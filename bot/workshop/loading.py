"""The content that an author's command works with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flows.compiler import Content, compile_content
from flows.diagnostics import ContentError
from flows.pack import CONTENT
from flows.workshop.command import Bench


@dataclass(frozen=True, slots=True)
class Source:
    """Where words come from. ``folder`` is the author's own, None where the bot's are worked on."""

    compile: Callable[[], Content]
    folder: Path | None = None

    @property
    def folders(self) -> list[Path]:
        """Where a file may be saved that changes the words."""
        return [CONTENT, self.folder] if self.folder else [CONTENT]


def source(bench: Bench) -> Source:
    """Return the bot's own flows, with the author's laid over them."""
    return Source(partial(compile_content, CONTENT, bench.shell, bench.folder), bench.folder)


def load(bench: Bench) -> Content | None:
    """Compile what the author works on; say what is wrong, and return None, if it errs."""
    try:
        return source(bench).compile()
    except ContentError as error:
        for each in error.diagnostics:
            bench.fail(str(each))
        return None
