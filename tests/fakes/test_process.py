"""The server is also a process, for harnesses."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator

import aiohttp
import telegram

from tests.fakes.calls import KEYS


async def test_a_process_without_checks_imports_no_oracle() -> None:
    """A harness does not pay for aiogram, which takes five seconds to import."""
    code = (
        "import sys, tests.fakes.botapi, tests.fakes.process;"
        "print({'aiogram', 'pydantic', 'tdjson', 'telegram'} & set(sys.modules))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert (await process.communicate())[0] == b"set()\n"


async def test_it_runs_as_a_process_and_tells_its_state() -> None:
    """The harness starts it, plays a dialog into it, and reads what was sent to whom."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.botapi", "--generate", "4", "--chats", "2", "--text", "n{n}",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    place = json.loads(await process.stdout.readline())
    dialog = {"chat_id": 5, "steps": ["/start", {"tap": "Yes"}]}

    async with telegram.Bot(place["token"], base_url=place["url"] + "/bot") as bot:
        async with aiohttp.ClientSession() as session:
            await session.post(place["url"] + "/_inject", data=json.dumps(dialog))
            for number in (1, 2):
                await bot.send_message(5, f"reply {number}", reply_markup=KEYS)  # type: ignore[arg-type]
            async with session.get(place["url"] + "/_wait?finished=1&order=1&timeout=5") as answer:
                state = await answer.json()
        fetched = [each async for each in _texts_of(bot)]
    process.send_signal(signal.SIGTERM)

    assert fetched == ["n0", "n1", "n2", "n3", "/start", "y"]
    assert state["sent"] == {"5": {"reply 1": 1, "reply 2": 1}}
    assert state["order"]["5"] == ["reply 1", "reply 2"]
    assert (state["scenario"]["finished"], state["scenario"]["injected"]) == (1, 6)
    assert await process.wait() == 0


async def _texts_of(bot: telegram.Bot) -> AsyncIterator[str]:
    for update in await bot.get_updates():
        yield update.message.text if update.message else update.callback_query.data
