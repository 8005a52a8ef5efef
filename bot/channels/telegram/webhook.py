"""Takes the updates that Telegram delivers: 200 once they are stored, and only then."""

import asyncio
import hmac
import logging
from typing import Final

from aiohttp import web

from bot.channels.telegram.reader import Intake, StoreFailed

PATH: Final = "/telegram"  # no secret in it: paths end up in logs
SECRET: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name
LARGEST = 1024 * 1024  # bytes of a body
SLOWEST = 10.0  # seconds in which a body must have come
IDLE = 75.0  # seconds that a connection may be silent, or dribble its headers
RETRY = "5"  # seconds that Telegram is asked to wait while the store is down

log = logging.getLogger(__name__)


class Webhook:
    """A small HTTP server with one address. Lives as long as the process.

    Args:
        secret: What Telegram was told to send in its header; not empty.

    """

    def __init__(self, intake: Intake, secret: str, host: str, port: int, *, path: str = PATH) -> None:
        self._intake = intake
        self._secret = secret.encode()
        self._place = (host, port)
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", path, self._take)
        self._runner = web.AppRunner(
            app, access_log=None, keepalive_timeout=IDLE, lingering_time=1.0, auto_decompress=False
        )

    @property
    def port(self) -> int:
        """The port it listens on, also where 0 was asked for."""
        return int(self._runner.addresses[0][1])

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The place cannot be listened on.

        """
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._place).start()

    async def stop(self) -> None:
        """Stop listening; requests under way end first."""
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        given = request.headers.get(SECRET, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        body = await _read(request)
        if isinstance(body, web.Response):
            return body
        try:
            await self._intake.take([body])
        except StoreFailed:
            return web.Response(status=503, headers={"Retry-After": RETRY})
        return web.Response()  # also for what cannot be understood: anything else would block that chat


async def _read(request: web.Request) -> bytes | web.Response:
    if request.content_type != "application/json":
        return web.Response(status=415)
    try:
        async with asyncio.timeout(SLOWEST):
            return await request.read()
    except TimeoutError:
        answer = web.Response(status=408)
        answer.force_close()
        return answer
