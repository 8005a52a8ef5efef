"""The dialog as a python-telegram-bot ConversationHandler, in memory or kept after each update.

An answered question loses its buttons, as Befriend's does: the same work on the screen.
"""

import asyncio
import json
import sqlite3
import sys
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    BasePersistence,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    SimpleUpdateProcessor,
    filters,
)
from telegram.request import BaseRequest
from telegram.warnings import PTBUserWarning

from bench import dialog

Context = ContextTypes.DEFAULT_TYPE
warnings.filterwarnings("ignore", category=PTBUserWarning)  # per_message=False with buttons is meant so

MARKUPS = [
    InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=id)] for id, label in step.choices])
    if step.choices
    else None
    for step in dialog.STEPS
]


async def _start(update: Update, context: Context) -> int:
    assert update.message
    assert context.user_data is not None
    shown = await update.message.reply_text(dialog.STEPS[0].prompt, reply_markup=MARKUPS[0])
    context.user_data["shown"] = shown.message_id
    return 0


def _ask_next(step: int) -> Callable[[Update, Context], Coroutine[Any, Any, int]]:
    """Return the handler that takes the answer to ``step`` and asks the one after it."""
    name, then = dialog.STEPS[step].name, (step + 1) % 6
    prompt, markup = dialog.STEPS[then].prompt, MARKUPS[then]

    async def take(update: Update, context: Context) -> int:
        assert context.user_data is not None
        assert update.effective_message
        if query := update.callback_query:
            await query.answer()
            context.user_data[name] = query.data
        else:
            context.user_data[name] = update.effective_message.text
        if MARKUPS[step]:
            await context.bot.edit_message_reply_markup(
                update.effective_message.chat_id, context.user_data["shown"]
            )
        shown = await update.effective_message.reply_text(prompt, reply_markup=markup)
        context.user_data["shown"] = shown.message_id
        return then

    return take


def _handlers(step: int) -> list[Any]:
    take, choices = _ask_next(step), dialog.STEPS[step].choices
    if not choices:
        number = dialog.STEPS[step].name == "number"
        return [MessageHandler(filters.Regex(r"^\d+$") if number else filters.TEXT & ~filters.COMMAND, take)]
    labels = "|".join(label for _, label in choices)
    ids = "|".join(id for id, _ in choices)
    return [
        MessageHandler(filters.Regex(f"^({labels})$"), take),
        CallbackQueryHandler(take, pattern=f"^({ids})$"),
    ]


class SqlitePersistence(BasePersistence[dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """Writes what has changed, row by row, into SQLite; ``commit`` makes it last.

    PicklePersistence would write everybody anew for each update.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(store_data=PersistenceInput(bot_data=False, chat_data=False, callback_data=False))
        self._db = sqlite3.connect(path, isolation_level="DEFERRED")
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE IF NOT EXISTS conversation(key TEXT PRIMARY KEY, state INTEGER) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS user(id INTEGER PRIMARY KEY, data TEXT);"
        )

    def commit(self) -> None:
        self._db.commit()

    async def get_conversations(self, name: str) -> dict[Any, Any]:
        rows = self._db.execute("SELECT key, state FROM conversation")
        return {tuple(json.loads(key)): state for key, state in rows}

    async def update_conversation(self, name: str, key: Any, new_state: object | None) -> None:
        self._db.execute("INSERT OR REPLACE INTO conversation VALUES(?,?)", (json.dumps(key), new_state))

    async def get_user_data(self) -> dict[int, dict[Any, Any]]:
        return {id: json.loads(data) for id, data in self._db.execute("SELECT id, data FROM user")}

    async def update_user_data(self, user_id: int, data: dict[Any, Any]) -> None:
        self._db.execute("INSERT OR REPLACE INTO user VALUES(?,?)", (user_id, json.dumps(data)))

    async def flush(self) -> None:
        self._db.commit()

    async def get_chat_data(self) -> dict[int, dict[Any, Any]]:
        return {}

    async def get_bot_data(self) -> dict[Any, Any]:
        return {}

    async def get_callback_data(self) -> None:
        return None

    async def update_chat_data(self, chat_id: int, data: Any) -> None: ...
    async def update_bot_data(self, data: Any) -> None: ...
    async def update_callback_data(self, data: Any) -> None: ...
    async def drop_chat_data(self, chat_id: int) -> None: ...
    async def drop_user_data(self, user_id: int) -> None: ...
    async def refresh_user_data(self, user_id: int, user_data: Any) -> None: ...
    async def refresh_chat_data(self, chat_id: int, chat_data: Any) -> None: ...
    async def refresh_bot_data(self, bot_data: Any) -> None: ...


class Flushing(SimpleUpdateProcessor):
    """Keeps what an update has changed before the next one begins."""

    application: Application[Any, Any, Any, Any, Any, Any]
    persistence: SqlitePersistence | None

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        await coroutine
        await self.application.update_persistence()
        if self.persistence:
            self.persistence.commit()


def build(
    *, url: str = "", kept: Path | None = None, request: BaseRequest | None = None
) -> Application[Any, Any, Any, Any, Any, Any]:
    """Return the bot.

    Args:
        url: Of the Bot API server; "" where ``request`` stands in.
        kept: The file to flush each update to: ours for ``.db``, the library's own pickle otherwise.
        request: Stands in for HTTP.

    """
    builder = Application.builder().token(dialog.TOKEN).job_queue(None)
    if url:
        builder = builder.base_url(f"{url}/bot")
    if request:
        builder = builder.request(request).updater(None)
    flushing = Flushing(max_concurrent_updates=1)
    rows = SqlitePersistence(kept) if kept and kept.suffix == ".db" else None
    if kept:
        persistence = rows or PicklePersistence(kept)  # the pickle is written at each change
        builder = builder.persistence(persistence).concurrent_updates(flushing)
    application = builder.build()
    if kept:
        flushing.application, flushing.persistence = application, rows
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("start", _start)],
            states={step: _handlers(step) for step in range(6)},
            fallbacks=[CommandHandler("start", _start)],
            name="dialog",
            persistent=bool(kept),
        )
    )
    return application


class Canned(BaseRequest):
    """Answers every call at once, without a network."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        self._answers = answers

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None: ...
    async def shutdown(self) -> None: ...

    async def do_request(self, url: str, *args: object, **kwargs: object) -> tuple[int, bytes]:
        return 200, self._answers[url.rsplit("/", 1)[1]]


async def prepare(
    folder: Path, answers: dict[str, bytes], *, kept: str
) -> Callable[[list[bytes]], Awaitable[None]]:
    """Return what handles a batch of raw updates without HTTP."""
    application = build(kept=folder / kept if kept else None, request=Canned(answers))
    await application.initialize()
    bot = application.bot

    async def handle(batch: list[bytes]) -> None:
        for raw in batch:
            # with a processor of its own the application awaits it for each update, as its fetcher does
            update = Update.de_json(json.loads(raw), bot)
            coroutine = application.process_update(update)
            if kept:
                await application.update_processor.process_update(update, coroutine)
            else:
                await coroutine

    return handle


if __name__ == "__main__":
    url, *kept_in = sys.argv[1:]
    asyncio.set_event_loop(asyncio.new_event_loop())
    build(url=url, kept=Path(kept_in[0]) if kept_in else None).run_polling(bootstrap_retries=3)
