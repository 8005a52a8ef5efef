"""python-telegram-bot's ConversationHandler alone: one update checked and handled, nothing sent, nothing kept."""

import asyncio
import statistics
import tracemalloc
from time import perf_counter
from typing import Any

import msgspec
from telegram import Update
from telegram.ext import Application, ContextTypes, ConversationHandler, MessageHandler, filters

from bench import dialog

_HELD: list[Any] = []  # what a running bot would hold
Context = ContextTypes.DEFAULT_TYPE


def _take(step: int) -> Any:
    """Return what takes the answer to a step: it notes it, and names the next state."""

    async def take(update: Update, context: Context) -> int:
        assert update.message
        assert context.user_data is not None
        context.user_data[dialog.STEPS[step].name] = update.message.text
        return (step + 1) % 6

    return take


def _talk() -> ConversationHandler[Context]:
    async def begin(update: Update, context: Context) -> int:
        return 0

    states = {
        step: [MessageHandler(filters.TEXT & ~filters.COMMAND, _take(step))]
        for step in range(len(dialog.STEPS))
    }
    entry: list[Any] = [MessageHandler(filters.COMMAND, begin)]
    return ConversationHandler(entry, states, fallbacks=[])  # type: ignore[arg-type]  # its generics


async def _walk(people: int) -> list[float]:
    """Let everybody answer twice; return the seconds of each second answer."""
    application = Application.builder().token(dialog.TOKEN).updater(None).build()
    talk, times, number = _talk(), [], 0
    for person in range(dialog.FIRST_PERSON, dialog.FIRST_PERSON + people):
        for turn in range(2):
            number += 1
            update = Update.de_json(msgspec.json.decode(dialog.typed(number, person, turn)), application.bot)
            began = perf_counter()
            found = talk.check_update(update)
            context = application.context_types.context.from_update(update, application)
            await talk.handle_update(update, application, found, context)  # type: ignore[arg-type]
            if turn:
                times.append(perf_counter() - began)
    _HELD.append((application, talk))
    return times


def run(people: int) -> dict[str, Any]:
    """Return the cost of one update, and of one more person; counting memory is slow, so it goes by itself."""
    times = asyncio.run(_walk(people))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    asyncio.run(_walk(people))
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    _HELD.clear()
    return {"turn_us": round(statistics.median(times) * 1e6, 1), "person_bytes": round(held / people)}
