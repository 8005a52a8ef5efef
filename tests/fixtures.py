"""Fixtures for tests of the whole bot: ``pytest_plugins = ["tests.fixtures"]``."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flows.compiler import Content
from tests.fakes import schema
from tests.fakes.botapi import FakeBotApi
from tests.serving import ECHO, HELPNOW, Bot, small


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    """A Bot API server; a test fails if one call broke a rule of the Bot API."""
    schema.problems("getMe", {})  # loads aiogram, which takes seconds, before a call has to wait for it
    async with FakeBotApi(validate=True) as server:
        yield server
    assert server.violations == []


@pytest.fixture
def bot(server: FakeBotApi, tmp_path: Path, unused_tcp_port: int) -> Bot:
    return Bot(server, tmp_path, unused_tcp_port)


@pytest.fixture(params=["polling", "webhook"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def echo(tmp_path: Path) -> Content:
    """A bot that says back what it hears, with the bot's own sentences for everything else."""
    return small(tmp_path, welcome=ECHO, helpnow=HELPNOW)
