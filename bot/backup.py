"""``befriend backup``: one sealed file, taken beside a running bot.

Beside the backups lies ``befriend.forgotten``: marks of keys that were destroyed, which say nothing of anyone.
With it whoever asked to be forgotten stays forgotten, also where all data is lost and an older backup is put back.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from bot import app, archive, keys, process
from bot.doctor import Report
from bot.keys import SealError
from bot.seal import Seal
from bot.settings import Settings
from bot.store import copies, folder
from bot.store.folder import StoreError

KEEP_DAYS = 30  # then a backup goes, and with it what it still holds of whoever was forgotten
FORGOTTEN = "befriend.forgotten"
WORK = ".befriend-"  # begins the names of folders that a backup is made in
LEFT = timedelta(days=1)  # older ones were left by a backup that was killed
HEADING = "# Marks of destroyed keys. Keep this beside the backups: whoever was forgotten stays so.\n"
ENDING = ".backup"
_NAME = re.compile(r"befriend-(\d{8}-\d{6})\.backup")
_STAMP = "%Y%m%d-%H%M%S"


async def back_up(settings: Settings, place: Path, keep_days: int | None) -> Report:
    """Back up into a file, or into a folder where older ones are then looked after.

    Args:
        settings: Say where data and key are.
        place: A folder, or a file that is to be made.
        keep_days: How long backups in the folder are kept.

    """
    process.seclude()
    with told(place):
        return Report(_back_up(settings, place, timedelta(days=keep_days or KEEP_DAYS), datetime.now(UTC)))


def _back_up(settings: Settings, place: Path, keep: timedelta, now: datetime) -> list[str]:
    if not place.is_dir() and place.suffix != ENDING:
        raise app.CannotStart(
            f"There is no folder {place}. Make it first, or name a file that ends in {ENDING}."
        )
    target = place / f"befriend-{now:{_STAMP}}.backup" if place.is_dir() else place
    if target.exists():
        raise app.CannotStart(f"{target} is there already. Choose another name, or a folder.")
    opening = seals(settings)
    marks = note_forgotten(target.parent, _make(settings, target, now))
    lines = [
        f"Backed up to {target}, {target.stat().st_size >> 10} KiB. Only your key opens it: keep that apart."
    ]
    return lines + (_look_after(target, opening, marks, now - keep) if place.is_dir() else [])


@contextmanager
def told(place: Path) -> Iterator[None]:
    """Say in a sentence what went wrong: the operator can help."""
    try:
        yield
    except (StoreError, SealError) as error:
        raise app.CannotStart(str(error)) from None
    except OSError as error:
        raise app.CannotStart(f"{error.filename or place}: {error.strerror}.") from None


def seals(settings: Settings, key: Path | None = None) -> list[Seal]:
    """Return the master keys that may open a backup, today's first.

    Args:
        settings: Name the key file; keys that were changed lie beside it.
        key: A file to take them from instead.

    """
    paths = [key] if key else [settings.key_file, keys.retired(settings.key_file)]
    if not paths[0].exists():
        raise app.CannotStart(f"There is no key in {paths[0]}. Put your copy of the key there first.")
    return [Seal(master) for path in paths if path.exists() for master in keys.read(path)]


# --- the file ---------------------------------------------------------------------------


def _make(settings: Settings, target: Path, now: datetime) -> set[bytes]:
    """Write a backup, all of it or nothing; return the marks of destroyed keys that it knows."""
    clear(target.parent, now)
    with tempfile.TemporaryDirectory(prefix=WORK, dir=target.parent) as work:
        data = Path(work) / folder.NAME
        schema = copies.snapshot(settings.data_dir, data)
        wrapped = copies.snapshot_keys(settings.data_dir)
        seal = copies.fitting(wrapped, Seal.open(settings.key_file, fresh=False))
        about = {"made": now.isoformat(timespec="seconds"), "schema": schema, "version": app.version()}
        with data.open("rb") as source, _in_place_of(target) as file:
            sources = (BytesIO(json.dumps(about).encode()), BytesIO(wrapped), source)
            archive.write(file, seal, zip(archive.SECTIONS, sources, strict=True))
    return copies.marks(wrapped)


@contextmanager
def _in_place_of(path: Path) -> Iterator[BinaryIO]:
    """Write a private file that takes a place as a whole, or not at all."""
    with tempfile.TemporaryDirectory(prefix=WORK, dir=path.parent) as work:
        part = Path(work) / path.name
        part.touch(mode=0o600)
        with part.open("wb") as file:
            yield file
        folder.sync(part)
        part.replace(path)
        folder.sync(path.parent)


def clear(place: Path, now: datetime) -> None:
    """Remove what was left by backups, and looks into them, that were killed."""
    for left in place.glob(f"{WORK}*"):
        if datetime.fromtimestamp(left.stat().st_mtime, UTC) < now - LEFT:
            shutil.rmtree(left, ignore_errors=True)


# --- who was forgotten ------------------------------------------------------------------


def forgotten_in(path: Path) -> set[bytes]:
    """Return the marks in a list of destroyed keys; none where there is no list."""
    if not path.exists():
        return set()
    try:
        lines = path.read_bytes().splitlines()
        return {bytes.fromhex(line.decode()) for line in lines if not line.startswith(b"#")}
    except ValueError:
        raise app.CannotStart(
            f"{path} cannot be read as a list of marks. Put an older copy of it back."
        ) from None


def note_forgotten(place: Path, marks: set[bytes]) -> set[bytes]:
    """Add marks to the list beside the backups; return all that are there."""
    path = place / FORGOTTEN
    known = forgotten_in(path)
    if marks - known or not path.exists():
        with _in_place_of(path) as file:
            file.write(HEADING.encode())
            file.writelines(f"{mark.hex()}\n".encode() for mark in sorted(known | marks))
    return known | marks


# --- older ones -------------------------------------------------------------------------


def _look_after(newest: Path, opening: Sequence[Seal], marks: set[bytes], oldest: datetime) -> list[str]:
    """Delete what is too old, and take the keys of whoever was forgotten out of the rest."""
    beside = sorted(newest.parent.iterdir())
    others = [path for path in beside if path != newest and _is_one(path)]
    old = [path for path in others if (made := _made(path, opening)) and made < oldest]
    for path in old:
        path.unlink()
    done, closed = 0, 0
    for path in others:
        if path not in old:
            try:
                done += _without(path, opening, marks)
            except SealError:
                closed += 1
    lines = [f"Deleted as too old: {len(old)}."] if old else []
    lines += [f"Keys of people who were forgotten were taken out of: {done} older."] if done else []
    lines += [f"Not opened by your key, and left as they are: {closed} older."] if closed else []
    return lines


def _is_one(path: Path) -> bool:
    """Whether a file is a backup, by its name or, whatever it is called, by its first bytes."""
    if _NAME.fullmatch(path.name):
        return True
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(archive.NAME)) == archive.NAME
    return False


def _made(path: Path, opening: Sequence[Seal]) -> datetime | None:
    """Return when a backup was made, by its name or by what it says of itself; None where neither tells."""
    if stamp := _NAME.fullmatch(path.name):
        return datetime.strptime(stamp[1], _STAMP).replace(tzinfo=UTC)
    about = BytesIO()
    with suppress(SealError, ValueError, KeyError), path.open("rb") as file:
        archive.Reader(file, opening).section("about", about)
        return datetime.fromisoformat(json.loads(about.getvalue())["made"])
    return None


def _without(path: Path, opening: Sequence[Seal], marks: set[bytes]) -> bool:
    """Write a backup anew without destroyed keys; whether there were any."""
    with path.open("rb") as file:
        reader = archive.Reader(file, opening)
        about, wrapped = BytesIO(), BytesIO()
        reader.section("about", about)
        reader.section("keys", wrapped)
        left = copies.without(wrapped.getvalue(), reader.seal, marks)
        if left is None:
            return False
        with _in_place_of(path) as again:
            again.write(reader.head)
            archive.write_section(again, reader.head, reader.seal, "about", BytesIO(about.getvalue()))
            archive.write_section(again, reader.head, reader.seal, "keys", BytesIO(left))
            reader.rest(again)
    return True
