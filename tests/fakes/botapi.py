"""A Bot API server on loopback: real HTTP, real offsets and webhooks, strict about what it is sent.

In a test::

    async with FakeBotApi() as server:
        sam = server.person(7)
        sam.says("/start")
        ...  # a bot with base_url=server.base_url and token=server.token
        (welcome,) = await sam.hears()
        assert server.violations == []

As a process of its own (no checks, fast): ``python -m tests.fakes.botapi --port 0``.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

from aiohttp import web

from tests.fakes import control, updates
from tests.fakes.bodies import read_params
from tests.fakes.delivery import Updates, encode
from tests.fakes.errors import JSON, Refusal
from tests.fakes.faults import Fault, Faults
from tests.fakes.journal import Call, Journal
from tests.fakes.methods import METHODS
from tests.fakes.person import Person, person_in
from tests.fakes.webhook import Webhook
from tests.fakes.world import TOKEN, World

if TYPE_CHECKING:
    from tests.fakes.checks import Checks, Violation

BODY_LIMIT = 60 * 2**20  # bytes; files may have 50 MB
ANNOUNCED = frozenset(("pinchatmessage", "leavechat"))  # a bot hears of its own doing as an update
OWN = frozenset(("getupdates", "setwebhook", "deletewebhook", "getwebhookinfo"))
HTTP_ONLY = frozenset(("getupdates", "setwebhook", "close", "logout"))  # ignored in a webhook's answer


class FakeBotApi:
    """Telegram's side of one bot.

    Attributes:
        world: What Telegram knows.
        updates: What waits for the bot.
        faults: What is to go wrong.
        strangers: How many calls came with another token.
        errors: What went wrong in this server itself; the first is raised at its end.

    """

    def __init__(
        self, *, validate: bool = True, token: str = TOKEN, port: int = 0, keep: bool = True
    ) -> None:
        self.token = token
        self.port = port
        self.world = World(open=not validate, journal=Journal(keep=keep))
        self.updates = Updates()
        self.faults = Faults()
        self.strangers = 0
        self.errors: list[Exception] = []
        self._validate = validate
        self._checks: Checks | None = None
        self._prefix = f"/bot{token}/"
        self._runner: web.ServerRunner | None = None
        self._loose: set[asyncio.Task[Any]] = set()

    # --- life ---------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        if self._validate:
            from tests.fakes.checks import Checks  # imports aiogram: 5 s, so only where it is needed

            self._checks = Checks()
        await self.up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.stop()
        await self.updates.close()
        await self.down()
        if self.errors and error is None:
            raise self.errors[0]

    async def up(self) -> None:
        """Listen; after ``down`` at the same port, with the same memory."""
        server = web.Server(self._handle, request_factory=_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024).start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Be unreachable: an outage. Nothing is forgotten."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # --- what tests ask -----------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls ``base_url``."""
        return f"{self.url}/bot"

    @property
    def journal(self) -> Journal:
        return self.world.journal

    @property
    def violations(self) -> "list[Violation]":
        """Every rule of the Bot API that the bot has broken; empty where calls are not checked."""
        return self._checks.violations if self._checks else []

    def calls(self, method: str, chat: int | None = None) -> list[Call]:
        """Return what the bot called, in order."""
        return self.journal.of(method, chat)

    def person(self, chat_id: int, *, user_id: int | None = None, name: str = "Sam") -> Person:
        """Return someone in a chat; a negative chat id is a group."""
        return person_in(self.world, self.updates, chat_id, user_id, name)

    def inject(self, update: JSON) -> int:
        """Queue any update, broken or not."""
        number = self.updates.inject_raw(update)
        self.world.changed()
        return number

    async def until(self, ready: Callable[[], object], timeout: float = 5.0) -> None:
        """Wait until something is true; asked after each call and each update."""
        async with asyncio.timeout(timeout):
            while not ready():
                await self.world.change()

    # --- one request --------------------------------------------------------------------

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0]
        if not path.startswith(self._prefix):
            path = unquote(path)
        if path.startswith(self._prefix):
            return await self._called(request, path[len(self._prefix) :])
        if path.startswith("/_"):
            return await control.handle(self, request, path)
        return _answer(*self._strange(path))

    def _strange(self, path: str) -> tuple[int, bytes]:
        """Answer a wrong token: 404 if it is none at all, else 401, as Telegram does."""
        token, _, method = path.removeprefix("/bot").partition("/")
        number, _, secret = token.partition(":")
        if path.startswith("/bot") and number.isdigit() and secret and method:
            self.strangers += 1
            return 401, encode(Refusal(401, "Unauthorized").answer)
        return 404, encode(Refusal(404, "Not Found").answer)

    async def _called(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        method = name.lower()
        call = Call(name, {}, 0.0)
        try:
            params = await self._params(request, name)
            call = self.journal.note(name, params)
            self.world.changed()
            fault = self.faults.next(method, params) if self.faults.queued or self.faults.rules else None
            if fault is None:
                body = await self._do(method, name, params)
            else:
                body = await self._misbehave(request, fault, method, name, params)
                if fault.drop or fault.body is not None:
                    call.status = 0 if fault.drop else fault.status
                    return _answer(fault.status, body, fault.kind)
            call.status = 200
            return _answer(200, b'{"ok":true,"result":' + body + b"}")
        except Refusal as refusal:
            call.status = refusal.code
            return _answer(refusal.code, encode(refusal.answer))
        except Exception as error:  # noqa: BLE001 # raised at the end: it must fail the test, not look like a 500
            self.errors.append(error)
            return _answer(500, encode(Refusal(500, "Internal Server Error").answer))
        finally:
            self.world.changed()

    async def _params(self, request: web.BaseRequest, name: str) -> JSON:
        try:
            return await read_params(request)
        except Refusal as refusal:
            if self._checks:
                self._checks.record(name, [refusal.description.removeprefix("Bad Request: ")])
            raise

    async def _misbehave(
        self, request: web.BaseRequest, fault: Fault, method: str, name: str, params: JSON
    ) -> bytes:
        """Return the wrong answer, or the true one late."""
        done = await self._do(method, name, params) if fault.works else None
        await fault.wait()
        if fault.drop and request.transport is not None:
            request.transport.abort()
        if fault.drop or fault.body is not None:
            return fault.body or b""
        return done if done is not None else await self._do(method, name, params)

    async def _do(self, method: str, name: str, params: JSON) -> bytes:
        if self._checks is not None:
            params = self._checks.check(name, params)
        if method in OWN:
            return await self._deliver(method, params)
        work = METHODS.get(method)
        if work is None:
            raise Refusal(404, "Not Found: method not found")
        body = encode(work(self.world, params))
        if method in ANNOUNCED:
            self._announce(method, params)
        return body

    def _announce(self, method: str, params: JSON) -> None:
        """Tell the bot what it has done itself, as Telegram does for pins and leaving."""
        chat = self.world.chats[params["chat_id"]]
        if method == "leavechat":
            change = updates.membership(chat.header, self.world.bot, self.world.bot, "member", "left")
            self.updates.inject("my_chat_member", change)
            return
        pinned = chat.messages[params["message_id"]]
        number = self.world.next_id()
        notice = updates.message(number, chat.header, self.world.bot, pinned_message=pinned)
        chat.messages[number] = notice
        self.updates.inject("message", notice)

    # --- getting updates ----------------------------------------------------------------

    async def _deliver(self, method: str, params: JSON) -> bytes:
        if method == "getupdates":
            return b"[" + b",".join(await self.updates.poll(params)) + b"]"
        if method == "getwebhookinfo":
            return encode(self._webhook_info())
        url = params.get("url") if method == "setwebhook" else ""
        await self.updates.set_webhook(params, self._webhook(url, params) if url else None)
        return b"true"

    def _webhook(self, url: str, params: JSON) -> Webhook:
        return Webhook(
            url,
            params.get("secret_token") or "",
            self.updates.backoff,
            self._pushed,
            self._replied,
            self.world.changed,
            int(params.get("max_connections") or 40),
        )

    def _pushed(self) -> None:
        self.updates.pushed()
        self.world.changed()

    def _replied(self, call: JSON) -> None:
        """Carry out the call that a bot put into its answer; nobody hears how it went."""
        name = str(call.pop("method"))
        if name.lower() in HTTP_ONLY or name.lower().startswith("get"):
            return
        self.journal.note(name, call)
        task = asyncio.ensure_future(self._do_quietly(name, call))
        self._loose.add(task)
        task.add_done_callback(self._loose.discard)

    async def _do_quietly(self, name: str, params: JSON) -> None:
        try:
            await self._do(name.lower(), name, params)
        except Refusal:
            return
        finally:
            self.world.changed()

    def _webhook_info(self) -> JSON:
        hook = self.updates.webhook
        info: JSON = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": self.updates.pending,
        }
        if hook:
            info |= {"max_connections": hook.connections, "ip_address": "127.0.0.1"}
            if self.updates.allowed:
                info["allowed_updates"] = self.updates.allowed
            if hook.last_error:
                info["last_error_date"], info["last_error_message"] = hook.last_error
        return info


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=BODY_LIMIT)


def _answer(status: int, body: bytes, kind: str = "application/json") -> web.Response:
    return web.Response(status=status, body=body, headers={"Content-Type": kind})


if __name__ == "__main__":
    from tests.fakes.process import main

    main()
