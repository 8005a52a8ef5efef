"""Calls as no client library would let us make them."""

from typing import Any

import aiohttp

from tests.fakes.botapi import FakeBotApi

SAM = 7
KEYS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]}


async def call(server: FakeBotApi, method: str, **params: Any) -> dict[str, Any]:
    """Call with any JSON body; return the answer."""
    address = f"{server.base_url}{server.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(address, json=params) as answer:
        told: dict[str, Any] = await answer.json()
        assert answer.status == told.get("error_code", 200)
        return told
