"""The one place that chooses implementations: which store, which clock, which channel."""

import asyncio
import contextlib
import logging
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.channels.plain import ScriptError
from bot.conversation import Conversation
from bot.model import Pace
from bot.ports import Clock
from bot.seal import Seal, SealError
from bot.settings import Settings
from bot.store.sqlite import SqliteStore, StoreError, fresh
from flows.compiler import Content

TAKES_TURNS = 0.0005  # seconds a thread keeps others waiting: a reply passes three, and 5 ms at each is felt
TALK = "talk"  # the terminal's own folder within the data directory: its file and its lock are not the bot's

__all__ = ["CannotStart", "Place", "ScriptError", "Seat"]

log = logging.getLogger(__name__)


class CannotStart(Exception):
    """Nothing can begin like this. The message is one sentence, or two, that say what to do."""


class SystemClock:
    """Tells the machine's time."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """Runs like the machine's clock, and shows another time."""

    def __init__(self, now: datetime) -> None:
        self._shift: timedelta = now - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the shifted moment in UTC."""
        return datetime.now(UTC) + self._shift


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is remembered."""

    folder: Path
    key_file: Path


@dataclass(frozen=True, slots=True)
class Seat:
    """Who talks in the terminal, and how.

    Attributes:
        now: What the clock shows at first; None for the machine's time.
        seed: Decides between wordings; None for the usual.
        content: A folder of flows laid over the bot's own: for authors.

    """

    person: str
    now: datetime | None
    seed: int | None
    plain: bool
    fast: bool
    content: Path | None = None


def version() -> str:
    """Return the installed version."""
    from importlib import metadata  # 0.05 s, and seldom asked for

    try:
        return metadata.version("befriend")
    except metadata.PackageNotFoundError:
        return "(not installed)"


# --- the parts --------------------------------------------------------------------------


def place_to_talk(settings: Settings, data: Path | None, *, key_given: bool) -> Place:
    """Return where the terminal's chat is remembered.

    Args:
        settings: Give the usual places.
        data: What the person asked for; its key lies beside it, unless one was given.
        key_given: Whether the key file was set by hand.

    Raises:
        CannotStart: The key would lie within the data.

    """
    if data is None:
        return Place(settings.data_dir / TALK, settings.key_file)
    folder = data.expanduser().resolve()
    key_file = settings.key_file if key_given else folder.parent / f"{folder.name}.key"
    if key_file.is_relative_to(folder):
        raise CannotStart(
            f"The key file {key_file} lies inside the data folder. Choose another BEFRIEND_KEY_FILE."
        )
    return Place(folder, key_file)


def open_store(place: Place, *also: Path) -> SqliteStore:
    """Open a store with its key; the key is made where there is no data yet.

    Args:
        place: The folder, made if it is missing, and its key.
        also: Other folders whose data the same key opens.

    Raises:
        CannotStart: The folder, the database or the key cannot be used.

    """
    try:
        first = all(fresh(folder) for folder in (place.folder, *also))
        seal = Seal.open(place.key_file, fresh=first)
        store = SqliteStore.open(place.folder, seal)
    except (StoreError, SealError) as error:
        raise CannotStart(str(error)) from None
    except OSError as error:
        raise CannotStart(
            f"The key file {place.key_file} cannot be made ({error.strerror}). Choose another BEFRIEND_KEY_FILE."
        ) from None
    _tell_of_key(place, first=first, cut_short=seal.successor is not None)
    return store


def _tell_of_key(place: Place, *, first: bool, cut_short: bool) -> None:
    if first:
        log.warning(
            "First start. Copy the key %s now, to a place apart from the data: without it nothing opens again.",
            place.key_file,
            extra={"action": "key_to_copy"},
        )
    if cut_short:
        log.warning(
            "A change of keys was cut short. Stop the bot and finish it: befriend key rotate",
            extra={"action": "key_cut_short"},
        )


def load_content(settings: Settings, folder: Path | None = None) -> Content:
    """Read, check and compile the bot's own content, with what lies in a folder laid over it.

    Args:
        settings: Name the operator's folder, if there is one.
        folder: An author's, in place of the operator's.

    Raises:
        CannotStart: It has errors, or does not have the language.

    """
    from bot.shell import SHELL
    from flows.compiler import CONTENT, compile_content
    from flows.diagnostics import ContentError
    from flows.pseudo import PSEUDO, pseudo

    try:
        content = compile_content(
            CONTENT, SHELL, over=folder or settings.content, reviewed_only=settings.reviewed_only
        )
    except ContentError as error:
        raise CannotStart(
            f"The content cannot be used. Mend it (see 'befriend flows check'):\n{error}"
        ) from None
    if settings.locale == PSEUDO:
        return pseudo(content)
    if settings.locale != "en" and settings.locale not in content.catalog.words:
        raise CannotStart(
            f"BEFRIEND_LOCALE is {settings.locale!r}, and there are no words for it yet. Use en."
        )
    return content


def use_helplines(settings: Settings) -> Path | None:
    """Lay the operator's own help lines over ours, and return the file; None where there is none.

    Raises:
        CannotStart: The file cannot be used; the message lists every reason.

    """
    from bot.safety import helplines

    beside = settings.data_dir / helplines.OWN
    own = settings.helplines or (beside if beside.is_file() else None)
    try:
        helplines.lay_over(own)
    except helplines.HelplineError as error:
        raise CannotStart(
            f"The help lines in {own} cannot be used. Mend them (see 'befriend helplines check'):\n{error}"
        ) from None
    return own


def converse(settings: Settings, content: Content, clock: Clock, seed: int | None = None) -> Conversation:
    """Return the one door."""
    return Conversation(
        content,
        clock,
        seed=seed or 0,
        contact=settings.contact,
        min_age=settings.min_age,
        locale=settings.locale,
        counts=settings.count_practices,
    )


# --- talk -------------------------------------------------------------------------------


async def talk(settings: Settings, place: Place, seat: Seat) -> int:
    """Hold a chat in the terminal and return its exit code.

    Raises:
        CannotStart: The place cannot be used.
        ScriptError: A script asks for what cannot be.

    """
    logging.getLogger().addHandler(logging.NullHandler())  # a log line in the middle of a chat helps nobody
    use_helplines(settings)
    store = open_store(place, *([settings.data_dir] if place.folder.parent == settings.data_dir else []))
    try:
        await (_talk_plainly if seat.plain else _talk_warmly)(settings, store, seat)
    except BrokenPipeError:  # whoever read the chat has gone
        sys.stdout = None  # else the interpreter tries to flush it at its end
    finally:
        await store.close()
    return 0


async def _talk_plainly(settings: Settings, store: SqliteStore, seat: Seat) -> None:
    from bot.channels.keyboard import Lines
    from bot.channels.plain import PlainChat, ScriptClock, play

    # The same bytes out as in, whatever the machine's language is set to.
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")  # type: ignore[union-attr]
    clock = ScriptClock(seat.now or datetime.now(UTC))
    conversation = converse(settings, load_content(settings, seat.content), clock, seat.seed)
    if seat.now is None:  # a clock that somebody has set is no reason to let go of anything
        await store.run(conversation.tend)
    chat = PlainChat(store, conversation, clock, address=seat.person, forgiving=True)
    await play(chat, aiter(Lines(sys.stdin)), _print)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _talk_warmly(settings: Settings, store: SqliteStore, seat: Seat) -> None:
    from bot.channels.exchange import Exchange
    from bot.channels.terminal import talk

    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # an old terminal shows "?", and no error
    clock = ShiftedClock(seat.now) if seat.now else SystemClock()
    conversation = converse(settings, load_content(settings, seat.content), clock, seat.seed)
    if seat.now is None:  # a clock that somebody has set is no reason to let go of anything
        await store.run(conversation.tend)
    exchange = Exchange(store, conversation, clock, address=seat.person)
    await talk(exchange, fast=seat.fast)


# --- run --------------------------------------------------------------------------------


async def run(settings: Settings, *, content: Content | None = None, pace: Pace = Pace()) -> int:  # noqa: B008  # frozen
    """Be the bot on Telegram until asked to stop; return the exit code.

    Args:
        settings: With a token.
        content: In place of the bot's own, for tests.
        pace: How fast it may speak.

    Raises:
        CannotStart: Only the operator can help.

    """
    from bot import logs

    logs.configure(settings.log_level.upper())
    logs.watch(asyncio.get_running_loop())
    sys.setswitchinterval(TAKES_TURNS)
    from bot.channels.telegram.serving import CannotServe, serve

    use_helplines(settings)
    stopped = _stop_asked()
    store = open_store(Place(settings.data_dir, settings.key_file), settings.data_dir / TALK)
    try:
        content = content or load_content(settings)
        await _announce(store, content)
        await serve(settings, store, converse(settings, content, SystemClock()), pace, stopped)
    except CannotServe as error:
        raise CannotStart(str(error)) from None
    finally:
        await store.close()
    return 0


def _stop_asked() -> asyncio.Event:
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    return stopped


async def _announce(store: SqliteStore, content: Content) -> None:
    """Log one line that says what runs, and how much of it nobody has answered for."""
    from bot.safety import helplines

    now, confirmed = datetime.now(UTC), await store.run(lambda tx: tx.confirmed())
    countries = [code for code, country in helplines.countries().items() if country.lines]
    open_ = [code for code in countries if helplines.status(code, now, confirmed) != "confirmed"]
    log.info(
        "befriend %s: %d flows (%d of your own), %d not reviewed; help lines of %d countries, %d not confirmed",
        version(),
        len(content.flows),
        len(content.added),
        len(content.unreviewed),
        len(countries),
        len(open_),
        extra={"action": "started", "pack": content.hash},
    )
    if content.hidden:
        log.info(
            "BEFRIEND_REVIEWED_ONLY leaves out %d practices that nobody has signed off: %s",
            len(content.hidden),
            ", ".join(content.hidden),
            extra={"action": "practices_hidden"},
        )
    for each in content.cautions:
        log.warning("%s", each, extra={"action": "content_caution"})
