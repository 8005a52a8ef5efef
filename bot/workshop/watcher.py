"""Notices that files were saved."""

import contextlib
from collections.abc import Mapping
from pathlib import Path


class Watcher:
    """Lives as long as somebody waits for a change. Looks only when asked.

    Args:
        folders: Watched with all that is in them, but for what editors hide there, and transcripts.

    """

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._known = self._look()

    def changed(self) -> bool:
        """Whether a file has come, gone or been saved since this was last asked."""
        before, self._known = self._known, self._look()
        return before != self._known

    def _look(self) -> Mapping[Path, tuple[int, int]]:
        found: dict[Path, tuple[int, int]] = {}
        for folder in self._folders:
            for path in folder.rglob("*"):
                if path.name.startswith(".") or path.name.endswith(("~", ".txt")) or path.is_dir():
                    continue
                with contextlib.suppress(OSError):  # gone again: an editor's own file
                    state = path.stat()
                    found[path] = (state.st_mtime_ns, state.st_size)
        return found
