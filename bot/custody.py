"""``befriend key``: whether the master key is as it should be, a new one in its place, or the first one."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import app, keys, process
from bot.backup import KEEP_DAYS, told
from bot.doctor import Finding, Report
from bot.keys import KeptAway, SealError
from bot.seal import Seal, fingerprint
from bot.settings import Settings
from bot.store import copies
from bot.store.folder import StoreError, fresh, hold, refuse_halves

COPY_IT = (
    "Copy it now to a place apart from the data and its backups, such as a password manager or paper: "
    "without it nothing that people write can ever be opened again."
)


async def check(settings: Settings) -> Report:
    """Say whether the key is there, private and the right one; let go of old keys whose time is over."""
    process.seclude()
    findings = _file(settings)
    if not any(finding.mark == "to do" for finding in findings):
        findings += [finding for place in _places(settings) for finding in _data(settings, place)]
    fine = not any(finding.mark == "to do" for finding in findings)
    findings += _old(keys.retired(settings.key_file), let_go=fine)
    return Report([str(finding) for finding in findings], fine=fine)


async def rotate(settings: Settings) -> Report:
    """Put a new master key in place of the old one; cut short, it is finished by doing it again."""
    process.seclude()
    path = settings.key_file
    if not path.exists():
        raise app.CannotStart(f"There is no key in {path}. Put your copy there first.")
    with told(path), _stopped(settings):
        held = _both_kept(path)
        old, new = (Seal(key) for key in held)
        people = sum(copies.rewrap(place, old, new) for place in _places(settings))
        keys.replace(path, held[1])
    aside = keys.retired(path)
    return Report(
        [
            f"The key in {path} is a new one, mark {fingerprint(new)}; it opens all of {people} people.",
            f"1. Copy {path} to where your copy of the old one is. Without it nothing opens.",
            f"2. Backups from before open with the old key only. It is in {aside}: keep that for {KEEP_DAYS} days.",
            "   So does a folder of 'talk --data' that was given this key: it is lost when a check removes that file,",
            f"   after {KEEP_DAYS} days. To keep such a folder for longer, copy that file elsewhere.",
            "3. Check, then start the bot: befriend key check",
        ]
    )


async def new(settings: Settings) -> Report:
    """Make the first key."""
    path = settings.key_file
    if path.exists():
        raise app.CannotStart(f"There is a key in {path} already. To change it: befriend key rotate")
    if _places(settings):
        raise app.CannotStart(
            f"There is data in {settings.data_dir}, and a new key opens none of it. "
            f"Put your copy of its key into {path}."
        )
    with told(path):
        keys.make(path)
    return Report([f"A key was made: {path}", COPY_IT])


def _places(settings: Settings) -> list[Path]:
    """Return the folders that hold data under this key."""
    return [place for place in (settings.data_dir, settings.data_dir / app.TALK) if not fresh(place)]


# --- checking ---------------------------------------------------------------------------


def _file(settings: Settings) -> list[Finding]:
    path = settings.key_file
    if not path.exists():
        if _places(settings):
            sentence = f"{path} is missing, and the data cannot be read without it. Put your copy back."
            return [Finding("to do", "key", sentence)]
        return [
            Finding("note", "key", f"There is none in {path} yet. The first start makes it: befriend run")
        ]
    if path.stat().st_mode & 0o077:
        return [Finding("to do", "key", f"Others on this machine can read {path}: chmod 600 {path}")]
    try:
        held = keys.read(path)
    except SealError as error:
        return [Finding("to do", "key", str(error))]
    if len(held) > 1:
        sentence = "A change of keys was cut short. Stop the bot and finish it: befriend key rotate"
        return [Finding("to do", "key", sentence)]
    return [
        Finding("ok", "key", f"{path}, mark {fingerprint(Seal(held[0]))}. Keep a copy, apart from the data.")
    ]


def _data(settings: Settings, place: Path) -> list[Finding]:
    try:
        refuse_halves(place)
        found = copies.look(place, Seal.open(settings.key_file, fresh=False))
    except (SealError, StoreError) as error:
        return [Finding("to do", "data", f"{place}: {error}")]
    if found.closed:
        sentence = f"{place}: {found.closed} keys are damaged. Put a backup back: befriend restore FILE"
        return [Finding("to do", "data", sentence)]
    findings = [Finding("ok", "data", f"{place}: the key opens all of {found.people} people.")]
    if found.keyless:
        sentence = f"{place}: {found.keyless} people have no key; they are met as strangers when they write."
        findings.append(Finding("note", "data", sentence))
    return findings


def _old(aside: Path, *, let_go: bool) -> list[Finding]:
    if not aside.exists():
        return []
    over = datetime.fromtimestamp(aside.stat().st_mtime, UTC) + timedelta(days=KEEP_DAYS)
    if let_go and over < datetime.now(UTC):
        aside.unlink()
        return [Finding("ok", "old key", f"{aside} was removed: no backup should need it any more.")]
    sentence = f"{aside} opens older backups. A check after {over:%Y-%m-%d} removes it."
    return [Finding("note", "old key", sentence)]


# --- changing ---------------------------------------------------------------------------


@contextmanager
def _stopped(settings: Settings) -> Iterator[None]:
    """Hold every folder that is under this key."""
    with ExitStack() as locks:
        for place in {settings.data_dir, *_places(settings)}:
            locks.callback(os.close, hold(place))
            refuse_halves(place)
        yield


def _both_kept(path: Path) -> tuple[bytes, bytes]:
    """Return the old and the new key, once the key file holds both and the old one is put aside too."""
    held = keys.read(path)
    if len(held) == 1:
        held = (held[0], keys.fresh_key())
        try:
            keys.replace(path, *held)
        except KeptAway as error:
            raise app.CannotStart(
                f"{error} Nothing was changed. If systemd or a container hands this file over, change the key where "
                "it is kept: stop the bot, then BEFRIEND_KEY_FILE=/ITS/REAL/PLACE befriend key rotate"
            ) from None
    old, new = held[-2:]
    keys.retire(path, old)
    return old, new
