"""What an operator asks of the bot: how it is, what it needs, which help lines were checked.

All of it works beside a running bot.
"""

import json
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import app, tallies
from bot.alarm import COUNTED
from bot.ports import SendError
from bot.safety import helplines as lines
from bot.safety import model
from bot.seal import Seal, SealError, fingerprint
from bot.settings import Settings
from bot.store import looks
from bot.store.folder import VERSION, StoreError, fresh, refuse_halves

ENOUGH = 200 * 2**20  # bytes free; a thousand people need less in a year
BUILT = datetime(2026, 11, 1, tzinfo=UTC)  # a clock that shows less is wrong
UNDELIVERED = timedelta(minutes=10)  # longer waits in the outbox mean that something is stuck

T = TypeVar("T")
FEW = 5  # smaller numbers of one kind of danger are not shown as they are

Mark = Literal["ok", "note", "to do"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's."""

    mark: Mark
    what: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.mark:<5}  {self.what:<9}  {self.sentence}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a command prints, and whether all is well."""

    lines: Sequence[str] = field(repr=False)
    fine: bool = True


# --- status -----------------------------------------------------------------------------


async def status(settings: Settings) -> Report:
    """Return counts, no words."""
    lines = [f"version: {app.version()}", f"content: {_content_line(settings)}"]
    if fresh(settings.data_dir):
        return Report([*lines, f"data: nothing is stored yet in {settings.data_dir}"])
    for name, count in _counts(settings).items():
        shown = _age(float(count)) if name == "oldest undelivered" else count
        lines.append(f"{name}: {shown}")
    counted = _asked(settings, looks.tallies)
    return Report([*lines, *_by_year(counted), *tallies.by_month(counted), *tallies.to_rewrite(counted)])


def _by_year(tallies: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return the help cards of each year and its months, and of which kind the danger was that was heard.

    Fewer than five of a kind are not told apart: a small number may lead to somebody.
    """
    cards = tallies.get("help card", {})
    doors = {name.removeprefix(COUNTED): found for name, found in tallies.items() if name.startswith(COUNTED)}
    told = []
    for year in sorted({period[:4] for found in [cards, *doors.values()] for period in found}, reverse=True):
        months = {month: n for month, n in cards.items() if month.startswith(year)}
        shown = ", ".join(f"{month} {n}" for month, n in months.items())
        told.append(f"help cards in {year}: {sum(months.values())}" + (f" ({shown})" if shown else ""))
        kinds = sorted((door, found[year]) for door, found in doors.items() if year in found)
        shown = ", ".join(f"{door} {n if n >= FEW else f'under {FEW}'}" for door, n in kinds)
        told.append(f"danger heard in {year}: {shown or 'none'}")
    return told


def _counts(settings: Settings) -> dict[str, int | float | str]:
    return _asked(settings, looks.counts)


def _asked(settings: Settings, look: Callable[[Path], T]) -> T:
    try:
        return look(settings.data_dir)
    except Exception as error:  # noqa: BLE001  # whatever SQLite says: the class tells enough
        raise app.CannotStart(
            f"The database in {settings.data_dir} cannot be read ({type(error).__name__}). "
            "Check that it is yours and whole, or put a backup back."
        ) from None


def _age(since: float) -> str:
    return f"{timedelta(seconds=int(time.time() - since))} ago" if since else "none"


def _content_line(settings: Settings) -> str:
    content = app.load_content(settings)
    counted = f"{len(content.flows)} flows, {len(content.unreviewed)} not reviewed"
    own = f"; {', '.join(content.added)} from {settings.content}" if content.added else ""
    hidden = f"; {len(content.hidden)} practices left out (BEFRIEND_REVIEWED_ONLY)" if content.hidden else ""
    return f"pack {content.hash}, {counted}{own}{hidden}"


# --- doctor -----------------------------------------------------------------------------


async def examine(settings: Settings) -> Report:
    """Check everything, a line each, with what to do."""
    findings = [finding for check in CHECKS for finding in await check(settings)]
    todo = sum(finding.mark == "to do" for finding in findings)
    last = f"{todo} to do." if todo else "Nothing must be done."
    return Report([*map(str, findings), last], fine=not todo)


async def _token(settings: Settings) -> list[Finding]:
    if settings.token is None:
        sentence = "BEFRIEND_TOKEN_FILE is not set. Ask @BotFather for a token and put it into a file."
        return [Finding("to do", "token", sentence)]
    from bot.channels.telegram.api import Api, TokenRejected  # aiohttp and telegram cost half a second

    api = Api(settings.token.reveal(), settings.api_url, patience=5.0)
    try:
        name = json.loads(bytes(await api.call("getMe", {}))).get("username", "?")
    except TokenRejected as error:
        return [Finding("to do", "token", str(error))]
    except SendError as error:
        sentence = f"{settings.api_url} does not answer ({error}). Check the network, then try again."
        return [Finding("to do", "token", sentence)]
    finally:
        await api.shutdown()
    return [Finding("ok", "token", f"The bot is @{name}.")]


async def _contact(settings: Settings) -> list[Finding]:
    if settings.contact:
        return [Finding("ok", "contact", f"People are told to reach you at {settings.contact}")]
    return [Finding("to do", "contact", "BEFRIEND_CONTACT is not set. Give an e-mail address or a link.")]


async def _database(settings: Settings) -> list[Finding]:
    folder = settings.data_dir
    if fresh(folder):
        return [
            Finding("note", "database", f"Nothing is stored yet in {folder}; it is made at the first start.")
        ]
    try:
        refuse_halves(folder)
        counts = _counts(settings)
    except (app.CannotStart, StoreError) as error:
        return [Finding("to do", "database", str(error))]
    findings = [
        Finding("ok", "database", f"{counts['people']} people, schema {counts['schema']}, in {folder}")
    ]
    if int(counts["schema"]) > VERSION:
        sentence = (
            "The database is from a newer befriend. Install that version again, or put an older backup back."
        )
        findings.append(Finding("to do", "database", sentence))
    if counts["inbox set aside"]:
        sentence = (
            f"{counts['inbox set aside']} messages could not be understood and were set aside. See the log."
        )
        findings.append(Finding("note", "database", sentence))
    oldest = float(counts["oldest undelivered"])
    if oldest and time.time() - oldest > UNDELIVERED.total_seconds():
        sentence = (
            f"A message has been waiting to go out since {_age(oldest)}. Is the bot running, and online?"
        )
        findings.append(Finding("to do", "database", sentence))
    return findings


async def _clock(settings: Settings) -> list[Finding]:
    now = datetime.now(UTC)
    last = _written(settings.data_dir)
    if now < BUILT or (last and now < last - timedelta(minutes=1)):
        sentence = f"The clock shows {now:%Y-%m-%d %H:%M} UTC, which is in the past. Set it: timedatectl set-ntp true"
        return [Finding("to do", "clock", sentence)]
    try:
        ZoneInfo("Europe/Kyiv")
    except ZoneInfoNotFoundError:
        return [Finding("to do", "clock", "The rules of time zones are missing. Install the package tzdata.")]
    return [Finding("ok", "clock", f"{now:%Y-%m-%d %H:%M} UTC; compare it with your watch.")]


def _written(folder: Path) -> datetime | None:
    """Return when the data was last written."""
    times = [path.stat().st_mtime for path in folder.glob("*.db*")]
    return datetime.fromtimestamp(max(times), UTC) if times else None


async def _disk(settings: Settings) -> list[Finding]:
    folder = settings.data_dir
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    findings = []
    if not os.access(there, os.W_OK | os.X_OK):
        findings.append(Finding("to do", "disk", f"{there} cannot be written. Give its owner write access."))
    if free < ENOUGH:
        findings.append(Finding("to do", "disk", f"Only {free >> 20} MiB are free at {there}. Make room."))
    if folder.exists() and folder.stat().st_mode & 0o077:
        findings.append(
            Finding("to do", "disk", f"Others on this machine can look into {folder}: chmod 700 {folder}")
        )
    return findings or [Finding("ok", "disk", f"{free >> 20} MiB free at {there}")]


async def _key(settings: Settings) -> list[Finding]:
    path = settings.key_file
    if not path.exists():
        if fresh(settings.data_dir):
            return [
                Finding(
                    "note",
                    "key",
                    f"{path} is made at the first start. Then keep a copy, apart from the data.",
                )
            ]
        return [
            Finding(
                "to do",
                "key",
                f"{path} is missing, and the data cannot be read without it. Put your copy back.",
            )
        ]
    try:
        mark = fingerprint(Seal.open(path, fresh=False))
    except SealError as error:
        return [Finding("to do", "key", str(error))]
    if path.stat().st_mode & 0o077:
        return [Finding("to do", "key", f"Others on this machine can read {path}: chmod 600 {path}")]
    return [Finding("ok", "key", f"{path}, mark {mark}. Keep a copy, apart from the data.")]


async def _content(settings: Settings) -> list[Finding]:
    try:
        content = app.load_content(settings)
    except app.CannotStart as error:
        return [Finding("to do", "content", str(error))]
    findings = [Finding("ok", "content", f"{len(content.flows)} flows, pack {content.hash}")]
    if content.added:
        sentence = f"Laid over the bot's own, from {settings.content}: {', '.join(content.added)}"
        findings.append(Finding("note", "content", sentence))
    if content.unreviewed:
        sentence = f"No named reviewer has signed off: {', '.join(content.unreviewed)}"
        findings.append(Finding("note", "content", sentence))
    if content.hidden:
        sentence = f"Left out for that, as BEFRIEND_REVIEWED_ONLY asks: {', '.join(content.hidden)}"
        findings.append(Finding("note", "content", sentence))
    findings += [Finding("note", "content", str(each)) for each in content.cautions]
    return findings


async def _practices(settings: Settings) -> list[Finding]:
    if fresh(settings.data_dir):
        return []
    try:
        counted = _asked(settings, looks.tallies)
    except app.CannotStart:  # the database's own check says what is wrong with it
        return []
    return [Finding("to do", "practices", sentence) for sentence in tallies.to_rewrite(counted)]


async def _hearing(_: Settings) -> list[Finding]:
    if model.installed():
        return [Finding("ok", "hearing", "Danger is heard by rules and by the model.")]
    sentence = (
        "The model is not installed: danger is heard by rules alone, and less of it. Run `make install`."
    )
    return [Finding("note", "hearing", sentence)]


async def _helplines(settings: Settings) -> list[Finding]:
    try:
        own = app.use_helplines(settings)
    except app.CannotStart as error:
        return [Finding("to do", "helplines", str(error))]
    now, ours = datetime.now(UTC), confirmed(settings)
    found = {code: lines.status(code, now, ours) for code in lines.countries()}
    done = [code for code, status in found.items() if status == "confirmed"]
    todo = [code for code, status in found.items() if status not in ("confirmed", "no line")]
    sentences = {
        "third party": "You have not checked the lines of {codes}. Read them: befriend helplines",
        "old": "The lines of {codes} were checked over a year ago. Check them anew: befriend helplines",
        "refused": "The lines of {codes} are too old and not shown. Check them anew: befriend helplines",
    }
    findings = (
        [Finding("ok", "helplines", f"confirmed by you: {', '.join(done) or 'none yet'}")]
        if done or not todo
        else []
    )
    if own:
        findings.append(Finding("note", "helplines", f"Laid over the bot's own: {own}"))
    for status, sentence in sentences.items():
        if codes := [code for code in todo if found[code] == status]:
            mark: Mark = "to do" if status == "refused" or not done else "note"  # nobody serves all countries
            findings.append(Finding(mark, "helplines", sentence.format(codes=", ".join(codes))))
    return findings


CHECKS: tuple[Callable[[Settings], Awaitable[list[Finding]]], ...] = (
    _token,
    _contact,
    _database,
    _clock,
    _disk,
    _key,
    _content,
    _practices,
    _hearing,
    _helplines,
)


# --- help lines -------------------------------------------------------------------------


async def list_helplines(settings: Settings) -> Report:
    """Show every country's lines, who checked them, and what to do."""
    app.use_helplines(settings)
    return Report(lines.doctor_lines(datetime.now(UTC), confirmed(settings)))


async def confirm_helplines(settings: Settings, codes: Sequence[str]) -> Report:
    """Note that the operator has checked the lines of these countries; all of them, or none."""
    app.use_helplines(settings)
    wanted = [code.upper() for code in codes]
    unknown = [code for code in wanted if not (found := lines.countries().get(code)) or not found.lines]
    if unknown:
        return Report(
            [f"There are no lines to confirm for: {', '.join(unknown)}. See: befriend helplines"], fine=False
        )
    if fresh(settings.data_dir):  # before the first run: make the database
        place = app.Place(settings.data_dir, settings.key_file)
        await app.open_store(place, settings.data_dir / app.TALK).close()
    try:
        looks.confirm(settings.data_dir, wanted, datetime.now(UTC).date().isoformat())
    except StoreError as error:
        return Report([str(error)], fine=False)
    return Report([f"Confirmed by you today: {', '.join(wanted)}. Thank you."])


def confirmed(settings: Settings) -> Mapping[str, str]:
    """Return what the operator has confirmed, read beside a running bot; nothing where it cannot be read."""
    if fresh(settings.data_dir):
        return {}
    try:
        return looks.confirmed(settings.data_dir)
    except Exception:  # noqa: BLE001  # the database's own check says what is wrong with it
        return {}
