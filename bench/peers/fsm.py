"""The dialog as an aiogram bot with its finite-state machine in memory.

An answered question loses its buttons, as Befriend's does: the same work on the screen.
"""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bench import dialog


class Talk(StatesGroup):
    voice = State()
    thought = State()
    who = State()
    number = State()
    words = State()
    done = State()


STATES = [getattr(Talk, step.name) for step in dialog.STEPS]
MARKUPS = [
    InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=label, callback_data=id)] for id, label in step.choices]
    )
    if step.choices
    else None
    for step in dialog.STEPS
]


async def _start(message: Message, state: FSMContext) -> None:
    await state.set_state(Talk.voice)
    shown = await message.answer(dialog.STEPS[0].prompt, reply_markup=MARKUPS[0])
    await state.update_data(shown=shown.message_id)


def _add(router: Router, step: int) -> None:
    """Add the handlers that take the answer to ``step`` and ask the one after it."""
    this, then = dialog.STEPS[step], (step + 1) % 6
    prompt, markup, state_then = dialog.STEPS[then].prompt, MARKUPS[then], STATES[then]

    async def take(message: Message, state: FSMContext) -> None:
        known = await state.update_data({this.name: message.text})
        await state.set_state(state_then)
        if this.choices:
            assert message.bot
            await message.bot.edit_message_reply_markup(chat_id=message.chat.id, message_id=known["shown"])
        shown = await message.answer(prompt, reply_markup=markup)
        await state.update_data(shown=shown.message_id)

    async def press(query: CallbackQuery, state: FSMContext) -> None:
        await query.answer()
        await state.update_data({this.name: query.data})
        await state.set_state(state_then)
        assert isinstance(query.message, Message)
        await query.message.edit_reply_markup()
        shown = await query.message.answer(prompt, reply_markup=markup)
        await state.update_data(shown=shown.message_id)

    if this.choices:
        router.message.register(take, STATES[step], F.text.in_({label for _, label in this.choices}))
        router.callback_query.register(press, STATES[step], F.data.in_({id for id, _ in this.choices}))
    elif this.name == "number":
        router.message.register(take, STATES[step], F.text.isdigit())
    else:
        router.message.register(take, STATES[step], F.text)


def build() -> Dispatcher:
    """Return the dispatcher with every handler."""
    router = Router()
    router.message.register(_start, CommandStart())
    for step in range(6):
        _add(router, step)
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.include_router(router)
    return dispatcher


class Canned(BaseSession):
    """Answers every call at once, without a network; reads the answer as every session does."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        super().__init__()
        self._answers = {name: body.decode() for name, body in answers.items()}

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        content = self._answers[method.__api_method__]
        return self.check_response(bot=bot, method=method, status_code=200, content=content).result

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""

    async def close(self) -> None: ...


async def prepare(folder: Path, answers: dict[str, bytes]) -> Callable[[list[bytes]], Awaitable[None]]:
    """Return what handles a batch of raw updates without HTTP."""
    dispatcher, bot = build(), Bot(dialog.TOKEN, session=Canned(answers))

    async def handle(batch: list[bytes]) -> None:
        for raw in batch:
            await dispatcher.feed_raw_update(bot, json.loads(raw))

    return handle


async def _run(url: str) -> None:
    bot = Bot(dialog.TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    await build().start_polling(bot)


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
