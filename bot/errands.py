"""What a person may ask the operator to do for them: erase, hand out, take in. The bot rests meanwhile.

The person names their chat; nobody can be looked up otherwise, and nobody is listed. The operator sees counts.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot import app, knowledge
from bot.belongings import LARGEST, BadExport, Belongings, gather, read, restore
from bot.doctor import Report
from bot.page import documents
from bot.ports import Store, Tx
from bot.saving import save
from bot.settings import Settings
from bot.store.folder import Running
from bot.store.sqlite import fresh

CHANNEL = "telegram"
CHAT = re.compile(
    r"[1-9]\d{0,19}"
)  # of a talk between two; a group's begins with a minus, and is left at once

BY_THEMSELVES = "While it runs, people can write /forget or /export to it themselves."
AS_BOT = "; where the bot has a user of its own, it is that one who reads and writes"
UNKNOWN = (
    "Nothing is held of this chat. The number is the person's own, such as 123456789; a name does not do."
)


async def forget(settings: Settings, chat: str, *, sure: bool) -> Report:
    """Say how much is held of the person at a chat; ``sure``: erase it, key first.

    Raises:
        CannotStart: The bot is running, or the number is none.

    """

    def work(tx: Tx) -> Belongings | None:
        found = _look(tx, chat)
        if found and sure:
            tx.forget(found.person.id)
        return found

    async with _store(settings, chat) as store:
        found = await store.run(work)
        await store.scrub()
    if found is None:
        return Report([UNKNOWN], fine=False)
    last = "Erased, the key first." if sure else "Nothing was erased. With --yes it is, for good."
    return Report([*_counts(found), last])


async def export(settings: Settings, chat: str, folder: Path) -> Report:
    """Write both documents of the person at a chat into a folder.

    Raises:
        CannotStart: The bot is running, the number is none, or the folder cannot be written.

    """
    content = app.load_content(settings)
    async with _store(settings, chat) as store:
        found = await store.run(lambda tx: _look(tx, chat))
    if found is None:
        return Report([UNKNOWN], fine=False)
    locale = found.person.locale or settings.locale
    made = documents(found, lambda line: knowledge.own(content, line, locale))
    try:
        places = [save(folder, name, body) for name, body in made.values()]
    except OSError as error:
        raise app.CannotStart(
            f"{folder} cannot be written ({error.strerror}). Choose another with --to{AS_BOT}."
        ) from None
    warning = "They are not locked. Hand them to the person alone, and then delete them here."
    return Report([*_counts(found), *(f"written: {place}" for place in places), warning])


async def take_in(settings: Settings, chat: str, file: Path) -> Report:
    """Give the person at a chat what they took along before; only where nothing of theirs is held.

    Raises:
        CannotStart: The bot is running, the number is none, or the file is no file of /export.

    """
    try:
        with file.open("rb") as opened:
            found = read(opened.read(LARGEST + 1))
    except OSError as error:
        raise app.CannotStart(f"{file} cannot be read ({error.strerror}{AS_BOT}).") from None
    except BadExport as error:
        raise app.CannotStart(str(error)) from None
    async with _store(settings, chat, made=False) as store:
        taken = await store.run(lambda tx: _take_in(tx, chat, found))
    if not taken:
        return Report(
            ["Something is held of this chat already. It would have to be erased first."], fine=False
        )
    return Report([*_counts(found), "Taken in. The file is not needed any more."])


def _take_in(tx: Tx, chat: str, found: Belongings) -> bool:
    there = tx.known_at(CHANNEL, chat)
    if there and there.consent:
        return False
    if there:
        tx.forget(there.id)  # who never agreed
    restore(tx, tx.person_at(CHANNEL, chat), found)
    return True


def _look(tx: Tx, chat: str) -> Belongings | None:
    person = tx.known_at(CHANNEL, chat)
    return gather(tx, person, datetime.now(UTC)) if person else None


def _counts(found: Belongings) -> list[str]:
    return [f"{name}: {number}" for name, number in found.counts.items()]


@asynccontextmanager
async def _store(settings: Settings, chat: str, *, made: bool = True) -> AsyncIterator[Store]:
    """Hold the store of the bot, which must be at rest; ``made``: and there."""
    if not CHAT.fullmatch(chat):
        raise app.CannotStart("That is no number of a chat. Ask the person for theirs, such as 123456789.")
    if made and fresh(settings.data_dir):
        raise app.CannotStart(f"Nothing is stored yet in {settings.data_dir}.")
    try:
        store = app.open_store(app.Place(settings.data_dir, settings.key_file))
    except app.CannotStart as error:
        by_themselves = f" {BY_THEMSELVES}" if isinstance(error.__context__, Running) else ""
        raise app.CannotStart(f"{error}{by_themselves}") from None
    try:
        yield store
    finally:
        await store.close()
