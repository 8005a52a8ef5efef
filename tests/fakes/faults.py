"""What can go wrong between a bot and Telegram, on request."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.errors import JSON, Refusal, bad_request, conflict, forbidden

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
HTML = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


@dataclass(slots=True)
class Fault:
    """One misbehaviour. Lives until it is used up.

    Attributes:
        name: What it is called in reports and by ``/_fault``.
        status: HTTP status of ``body``.
        body: Sent instead of the true answer; None sends the true one.
        works: Whether the call is carried out all the same.
        drop: Whether the connection is cut instead of an answer.
        delay: Seconds before anything happens.
        held: Whether it waits for ``release``.

    """

    name: str
    status: int = 200
    body: bytes | None = None
    works: bool = False
    drop: bool = False
    delay: float = 0.0
    held: bool = False
    kind: str = "application/json"
    reached: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    released: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def release(self) -> None:
        """Let a call go on that hangs."""
        self.released.set()

    async def wait(self) -> None:
        self.reached.set()
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.held:
            await self.released.wait()


def refused(refusal: Refusal, name: str = "refused") -> Fault:
    """Answer with any error of the Bot API."""
    return Fault(name, status=refusal.code, body=json.dumps(refusal.answer).encode())


def too_many(retry_after: int | None = 1) -> Fault:
    """429; without ``retry_after`` the answer has no ``parameters``."""
    text = "Too Many Requests" + (f": retry after {retry_after}" if retry_after is not None else "")
    parameters = {"retry_after": retry_after} if retry_after is not None else None
    return refused(Refusal(429, text, parameters), "too_many")


def server_error(status: int = 500) -> Fault:
    return refused(Refusal(status, "Internal Server Error"), "server_error")


def gateway(status: int = 502) -> Fault:
    """A 5xx page in HTML, from the proxy before the real server."""
    return Fault("gateway", status=status, body=HTML, kind="text/html")


def hang(*, works: bool = False) -> Fault:
    """No answer until released.

    If it ``works`` the call is carried out at once and answered late; else it is cut off in the end.
    """
    return Fault("hang", held=True, works=works, drop=not works)


def slow(seconds: float) -> Fault:
    """The true answer, late."""
    return Fault("slow", delay=seconds, works=True)


def cut_before() -> Fault:
    """The connection closes and nothing was done."""
    return Fault("cut_before", drop=True)


def cut_after() -> Fault:
    """The connection closes although the work was done."""
    return Fault("cut_after", drop=True, works=True)


def garbage() -> Fault:
    return Fault("garbage", body=b'\x00\xff{"ok":tru', works=True)


def not_ok() -> Fault:
    """An error without code and description."""
    return Fault("not_ok", body=b'{"ok":false}')


def no_result() -> Fault:
    return Fault("no_result", body=b'{"ok":true}', works=True)


def wrong_type(result: Any = "surprise") -> Fault:
    body = json.dumps({"ok": True, "result": result}).encode()
    return Fault("wrong_type", body=body, works=True)


def blocked() -> Fault:
    return refused(forbidden("bot was blocked by the user"), "blocked")


def deactivated() -> Fault:
    return refused(forbidden("user is deactivated"), "deactivated")


def not_modified() -> Fault:
    return refused(bad_request(NOT_MODIFIED), "not_modified")


def unparsable() -> Fault:
    """Telegram's parser does not take the markup."""
    return refused(
        bad_request('can\'t parse entities: Unsupported start tag "" at byte offset 0'), "unparsable"
    )


def other_poller() -> Fault:
    return refused(
        conflict("terminated by other getUpdates request; make sure that only one bot instance is running"),
        "other_poller",
    )


def unauthorized() -> Fault:
    return refused(Refusal(401, "Unauthorized"), "unauthorized")


KINDS: dict[str, Callable[..., Fault]] = {
    make.__name__: make
    for make in (
        too_many, server_error, gateway, hang, slow, cut_before, cut_after, garbage, not_ok, no_result,
        wrong_type, blocked, deactivated, not_modified, unparsable, other_poller, unauthorized,
    )
}  # fmt: skip

Rule = Callable[[str, JSON], Fault | None]


@dataclass(slots=True)
class Faults:
    """What will go wrong, in the order in which it will.

    ``queued`` holds scripted faults by method ("" is any method); ``rules`` are asked for every call
    after them and may return a fault each time.
    """

    queued: dict[str, deque[Fault]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    used: list[tuple[str, Fault]] = field(default_factory=list)

    def add(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method fail, one after the other."""
        self.queued.setdefault(method.lower(), deque()).extend(faults)

    def always(self, method: str, make: Callable[[], Fault], *, chat: int | None = None) -> Rule:
        """Let every call of a method fail, for one chat if named, until ``stop``."""
        wanted = method.lower()

        def rule(called: str, params: JSON) -> Fault | None:
            hit = wanted in ("", called) and (chat is None or params.get("chat_id") == chat)
            return make() if hit else None

        self.rules.append(rule)
        return rule

    def stop(self) -> None:
        """Behave again: forget everything scripted and let go of what hangs."""
        self.queued.clear()
        self.rules.clear()
        for _, fault in self.used:
            fault.release()

    def next(self, method: str, params: JSON) -> Fault | None:
        """Return what goes wrong with this call; ``method`` in small letters."""
        for name in (method, ""):
            if waiting := self.queued.get(name):
                return self._use(method, waiting.popleft())
        for rule in self.rules:
            if fault := rule(method, params):
                return self._use(method, fault)
        return None

    def _use(self, method: str, fault: Fault) -> Fault:
        self.used.append((method, fault))
        return fault
