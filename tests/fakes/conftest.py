"""A server with one person, and a client of it."""

from collections.abc import AsyncIterator

import pytest
import telegram

from tests.fakes.botapi import FakeBotApi
from tests.fakes.calls import SAM


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        running.person(SAM)
        yield running


@pytest.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(server.token, base_url=server.base_url) as running:
        yield running
