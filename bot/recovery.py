"""``befriend restore`` and ``befriend verify``: a backup put back whole, or looked at."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from bot import app, archive, process
from bot.backup import FORGOTTEN, WORK, clear, forgotten_in, seals, told
from bot.doctor import Report
from bot.seal import Seal
from bot.settings import Settings
from bot.store import copies, folder, vault
from bot.store.sqlite import SqliteStore


async def restore(settings: Settings, file: Path, key: Path | None, before: Sequence[Path]) -> Report:
    """Put a backup into an empty data folder.

    Args:
        settings: Say where data and key go.
        file: The backup; a list of destroyed keys beside it is heeded.
        key: A file with the key that opens it, where that is not the present one.
        before: Folders with data, or lists, that know who was forgotten since.

    """
    process.seclude()
    with told(file), _held(settings.data_dir):
        for place in before:
            _refuse_unknowing(place)
        present = Seal.open(settings.key_file, fresh=False)
        marks = set().union(*map(_forgotten_at, (file.parent / FORGOTTEN, *before)))
        work = settings.data_dir / folder.RESTORING
        try:
            about, was = _unpack(file, seals(settings, key), work)
            gone = copies.fit(work, was, present, marks)
            await SqliteStore.open(work, present).close()  # lets go of whoever was forgotten since
            work.rename(settings.data_dir / folder.RESTORED)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        folder.settle(settings.data_dir)
        people = copies.look(settings.data_dir, present).people
    return Report(
        [
            f"Put back into {settings.data_dir}: the backup of {about['made']}, {people} people.",
            f"People who were forgotten since, in whole or in part, and stay so: {gone}.",
            "Check it, then start the bot: befriend doctor",
        ]
    )


async def verify(settings: Settings, file: Path, key: Path | None) -> Report:
    """Open everything in a backup, and show counts; nothing of it stays."""
    process.seclude()
    with told(file), tempfile.TemporaryDirectory(prefix=WORK, dir=_room(file.parent)) as place:
        work = Path(place) / folder.RESTORING
        about, seal = _unpack(file, seals(settings, key), work)
        found = copies.audit(work, seal)
    closed, opened = sum(found.closed.values()), dict(sorted(found.opened.items()))
    lines = [
        f"made: {about['made']}, by befriend {about['version']}, schema {about['schema']}",
        *(f"{place}: {count} open" for place, count in opened.items()),
        *(f"{place}: {count} DO NOT OPEN" for place, count in sorted(found.closed.items())),
        f"people who were forgotten while it was made, or since: {found.keyless}",
    ]
    last = (
        "Something in it is damaged: take another one."
        if closed
        else "It is whole, and your key opens all of it."
    )
    return Report([*lines, last], fine=not closed)


def _room(shelf: Path) -> Path | None:
    """Return where a backup is unpacked: beside it, where the next one clears away what a kill left there."""
    if not os.access(shelf, os.W_OK):
        return None  # a shelf that is only read: the system's own place for such things
    clear(shelf, datetime.now(UTC))
    return shelf


@contextmanager
def _held(place: Path) -> Iterator[None]:
    """Hold the data folder's lock; see that there is nothing in it that a backup would take the place of."""
    lock = folder.hold(place)
    try:
        folder.settle(place)
        shutil.rmtree(place / folder.RESTORING, ignore_errors=True)  # of a restore that was cut short
        if not folder.fresh(place):
            raise app.CannotStart(
                f"There is data in {place}, and a backup takes the place of none. Move {folder.NAME}* and "
                f"{vault.NAME}* into a folder of their own, and name it: befriend restore FILE --forgotten THAT-FOLDER"
            )
        yield
    finally:
        os.close(lock)


def _unpack(file: Path, opening: Sequence[Seal], work: Path) -> tuple[dict[str, Any], Seal]:
    """Open a backup into a folder; return what it says about itself, and the key that opened it."""
    work.mkdir(mode=0o700)
    with file.open("rb") as source:
        reader = archive.Reader(source, opening)
        about = BytesIO()
        reader.section("about", about)
        for section, name in (("keys", vault.NAME), ("data", folder.NAME)):
            vault.make_private(work / name)
            with (work / name).open("wb") as into:
                reader.section(section, into)
            folder.sync(work / name)
        reader.end()
    found: dict[str, Any] = json.loads(about.getvalue())
    return found, reader.seal


def _forgotten_at(place: Path) -> set[bytes]:
    """Return the marks of destroyed keys that a list or a data folder knows."""
    there, listed = place / vault.NAME, place / FORGOTTEN
    if not place.is_dir():
        return forgotten_in(place)
    return forgotten_in(listed) | (copies.marks(copies.snapshot_keys(place)) if there.exists() else set())


def _refuse_unknowing(place: Path) -> None:
    """Heed what was named, or stop: else somebody who was forgotten would come back in silence."""
    if place.is_dir() and not ((place / vault.NAME).exists() or (place / FORGOTTEN).exists()):
        raise app.CannotStart(
            f"There is neither {vault.NAME} nor {FORGOTTEN} in {place}. Name the folder with one."
        )
    if not place.exists():
        raise app.CannotStart(f"{place} is not there. Name the data of before, or a list, as it is called.")
