"""Takes the updates that Telegram delivers: 200 once they are stored, and only then."""

import asyncio
import hmac
import logging
from typing import Final

from aiohttp import web

from bot.channels.telegram.reader import Intake, StoreFailed
from bot.network import Networks

PATH: Final = "/telegram"  # no secret in it: paths end up in logs
SECRET: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name
FORWARDED: Final = "X-Forwarded-For"
LARGEST = 1024 * 1024  # bytes of a body
SLOWEST = 10.0  # seconds in which a body must have come
IDLE = 75.0  # seconds that a connection may be silent, or dribble its headers
CONNECTIONS = 200  # at once: Telegram opens 40, and a file is needed for each; more are hung up on
RETRY = "5"  # seconds that Telegram is asked to wait while the store is down

log = logging.getLogger(__name__)


class Webhook:
    """A small HTTP server with one address. Lives as long as the process.

    A stranger's body is not read: whoever fails at the path, the network or the secret is answered at once.

    Args:
        secret: What Telegram was told to send in its header; not empty.
        callers: The networks that may call; None for all.

    """

    def __init__(
        self,
        intake: Intake,
        secret: str,
        host: str,
        port: int,
        *,
        path: str = PATH,
        callers: Networks | None = None,
    ) -> None:
        self._intake = intake
        self._secret = secret.encode()
        self._place = (host, port)
        self._path = path
        self._callers = callers
        self._noted: set[str] = set()

    @property
    def port(self) -> int:
        """The port it listens on, also where 0 was asked for."""
        return int(self._runner.addresses[0][1])

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The place cannot be listened on.

        """
        server = _Server(
            self._take, access_log=None, keepalive_timeout=IDLE, lingering_time=0.0, auto_decompress=False
        )
        self._runner = web.ServerRunner(server)
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._place).start()

    async def stop(self) -> None:
        """Stop listening; requests under way end first."""
        await self._runner.cleanup()

    async def _take(self, request: web.BaseRequest) -> web.Response:
        body = self._refuse(request) or await _read(request)
        if isinstance(body, web.Response):
            return body
        try:
            await self._intake.take([body])
        except StoreFailed:
            return web.Response(status=503, headers={"Retry-After": RETRY})
        return web.Response()  # also for what cannot be understood: anything else would block that chat

    def _refuse(self, request: web.BaseRequest) -> web.Response | None:
        """Return the answer to a call that is not Telegram's, by its head alone."""
        if request.rel_url.raw_path != self._path:
            return web.Response(status=404)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        forwarded = ",".join(request.headers.getall(FORWARDED, []))
        if self._callers and not self._callers.hold(request.remote, forwarded):
            return self._turn_away("network")
        given = request.headers.get(SECRET, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return self._turn_away("secret")
        return web.Response(status=415) if request.content_type != "application/json" else None

    def _turn_away(self, reason: str) -> web.Response:
        if (
            reason not in self._noted
        ):  # once: strangers must not fill the log, nor a wrong setting stay unseen
            self._noted.add(reason)
            log.warning(
                "calls to the webhook are turned away", extra={"action": "call_refused", "reason": reason}
            )
        return web.Response(status=403)


class _Server(web.Server):
    """Has room for so many connections, and hangs up on others before they say a word."""

    def __call__(self) -> web.RequestHandler:
        if len(self.connections) < CONNECTIONS:
            return super().__call__()
        return _HangUp()  # type: ignore[return-value]  # a protocol is all that the loop asks for


class _HangUp(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


async def _read(request: web.BaseRequest) -> bytes | web.Response:
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for part in request.content.iter_any():
                body += part
                if len(body) > LARGEST:
                    return web.Response(status=413)
    except TimeoutError:
        answer = web.Response(status=408)
        answer.force_close()
        return answer
    return bytes(body)
