"""A Bot API server that costs little and gives each person's next update once the last is answered."""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from time import perf_counter

from bench import dialog

POLL_LIMIT = 100  # updates in one answer, as Telegram's
GATHER = 0.02  # s; a far-away server hands over what came in during one round trip, not one by one
FEW = 32  # up to so many outstanding updates are handed over at once, one by one if need be
MAX_POLL = 5.0  # s

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_BUTTON = re.compile(rb'callback_data(?:\\*"|%22)\s*(?::|%3A)(?:\+|%20|\s)*(?:\\*"|%22)([^"\\%]*)')
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
_SENT = (
    b'{"ok":true,"result":{"message_id":%d,"from":{"id":42,"is_bot":true,"first_name":"B","username":"bench_bot"},'
    b'"chat":{"id":%d,"first_name":"P","type":"private"},"date":1790000000,"text":"ok"}}'
)
_ME = (
    b'{"ok":true,"result":{"id":42,"is_bot":true,"first_name":"B","username":"bench_bot",'
    b'"can_join_groups":false,"can_read_all_group_messages":false,"supports_inline_queries":false}}'
)
_HOOK = b'{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}'
_EDITS = frozenset({"editMessageText", "editMessageReplyMarkup"})


def _field(name: bytes) -> re.Pattern[bytes]:
    """Find a number by name in a body: form, query, JSON or multipart."""
    return re.compile(rb"\b" + name + rb'"?(?:=|\s*:\s*"?|(?:\r\n[^\r\n]+)*\r\n\r\n)(-?\d+)')


_CHAT, _OFFSET, _TIMEOUT, _LIMIT = map(_field, (b"chat_id", b"offset", b"timeout", b"limit"))


class Crowd:
    """People who talk to one bot; holds what is outstanding and what was measured.

    Attributes:
        replies: Replies that came as expected since ``measure``.
        delays: Seconds from an update's release to its reply, since ``measure``.
        wrong: Messages that were not the one expected reply.
        calls: All calls by method, getUpdates too.

    """

    def __init__(self, people: int, *, presses: bool = False) -> None:
        self.people = people
        self.presses = presses
        self.replies = 0
        self.delays: list[float] = []
        self.wrong = 0
        self.calls: dict[str, int] = {}
        self.outstanding = 0
        self.first_poll: float | None = None
        self.polls: list[Poll] = []
        self._turns = [-1] * people  # the last message each person sent
        self._released = [0.0] * people  # when; 0 where nothing is outstanding
        self._buttons: list[tuple[int, bytes]] = [(0, b"")] * people
        self._queue: deque[tuple[int, bytes]] = deque()
        self._next_update = 1
        self._next_message = 1
        self._open = False

    @property
    def reached(self) -> int:
        """How many people have sent anything."""
        return sum(turn >= 0 for turn in self._turns)

    @property
    def slowest(self) -> int:
        """How many of their messages everybody has had answered, less one."""
        return min(turn - bool(out) for turn, out in zip(self._turns, self._released, strict=True))

    def talk(self, first: int, last: int) -> None:
        """Let these people talk, each as soon as they are answered, until ``hush``."""
        self._open = True
        for person in range(first, last):
            self._release(person)
        self._wake()

    def hush(self) -> None:
        """Release nothing more; what is outstanding is still answered."""
        self._open = False

    def measure(self) -> None:
        """Start counting anew."""
        self.replies, self.wrong, self.delays, self.calls = 0, 0, [], {}

    def fetch(self, offset: int, limit: int, *, aged: bool, over: bool) -> bytes | None:
        """Return the answer to a getUpdates call; None while it is to wait."""
        if self.first_poll is None:
            self.first_poll = perf_counter()
        while self._queue and self._queue[0][0] < offset:
            self._queue.popleft()
        ready = len(self._queue)
        if over or ready >= limit or (ready and (aged or self.outstanding <= FEW)):
            return b'{"ok":true,"result":[%b]}' % b",".join(
                self._queue[i][1] for i in range(min(ready, limit))
            )
        return None

    def hear(self, body: bytes) -> bytes:
        """Take a message to a person; if it is the reply they wait for, their next update is due."""
        found = _CHAT.search(body)
        chat = int(found[1]) if found else 0
        person = chat - dialog.FIRST_PERSON
        self._next_message += 1
        awaited = 0 <= person < self.people and self._released[person]
        if awaited and dialog.expected(self._turns[person]) in body:
            self._answered(person, body)
        else:
            self.wrong += 1
        return _SENT % (self._next_message, chat)

    def _answered(self, person: int, body: bytes) -> None:
        self.replies += 1
        self.outstanding -= 1
        self.delays.append(perf_counter() - self._released[person])
        self._released[person] = 0.0
        if self.presses:
            button = _BUTTON.search(body)
            self._buttons[person] = (self._next_message, button[1] if button else b"")
        if self._open:
            self._release(person)
            self._wake()

    def _release(self, person: int) -> None:
        turn = self._turns[person] = self._turns[person] + 1
        update, chat = self._next_update, person + dialog.FIRST_PERSON
        self._next_update += 1
        message, data = self._buttons[person]
        if data and turn and dialog.CHOICES[(turn - 1) % 6]:
            raw = dialog.pressed(update, chat, turn, message, data)
        else:
            raw = dialog.typed(update, chat, turn)
        self._queue.append((update, raw))
        self._released[person] = perf_counter()
        self.outstanding += 1

    def _wake(self) -> None:
        for poll in tuple(self.polls):
            poll.retry()


class Poll:
    """One getUpdates call; it may have to wait."""

    def __init__(self, crowd: Crowd, write: Callable[[bytes], None], query: bytes) -> None:
        self._crowd, self._write = crowd, write
        self._offset = _number(_OFFSET, query, 0)
        self._limit = min(_number(_LIMIT, query, POLL_LIMIT), POLL_LIMIT)
        self._aged, self._over = False, not _number(_TIMEOUT, query, 0)
        loop = asyncio.get_running_loop()
        self._timers = loop.call_later(GATHER, self._age), loop.call_later(MAX_POLL, self._end)
        crowd.polls.append(self)
        self.retry()

    def retry(self) -> None:
        """Look whether there is an answer by now."""
        body = self._crowd.fetch(self._offset, self._limit, aged=self._aged, over=self._over)
        if body is None:
            return
        for timer in self._timers:
            timer.cancel()
        self._crowd.polls.remove(self)
        self._write(body)

    def _age(self) -> None:
        self._aged = True
        self.retry()

    def _end(self) -> None:
        self._over = True
        self.retry()


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as much of it as Bot API clients use."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            body, rest = _body(head, self._buffer[end + 4 :])
            if body is None:
                return
            self._buffer = rest
            self._serve(head[: head.index(b"\r\n")], body)

    def _serve(self, line: bytes, body: bytes) -> None:
        path, _, query = line.split(b" ")[1].partition(b"?")
        method = path.rsplit(b"/", 1)[1].decode()
        crowd = self._crowd
        crowd.calls[method] = crowd.calls.get(method, 0) + 1
        if method == "sendMessage":
            self._write(crowd.hear(body))
        elif method == "getUpdates":
            Poll(crowd, self._write, b"%b&%b" % (query, body))
        elif method in _EDITS:
            self._write(_SENT % (1, _number(_CHAT, body, 0)))
        else:
            self._write({"getMe": _ME, "getWebhookInfo": _HOOK}.get(method, b'{"ok":true,"result":true}'))

    def _write(self, body: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(_HEAD % (len(body), body))


def _body(head: bytes, rest: bytes) -> tuple[bytes | None, bytes]:
    """Split what follows the head into the body (None: not all here yet) and what comes after."""
    if _CHUNKED.search(head):
        return _unchunk(rest)
    found = _LENGTH.search(head)
    length = int(found[1]) if found else 0
    return (rest[:length], rest[length:]) if len(rest) >= length else (None, rest)


def _unchunk(rest: bytes) -> tuple[bytes | None, bytes]:
    parts = []
    while True:
        size, found, rest = rest.partition(b"\r\n")
        if not found:
            return None, b""
        length = int(size.split(b";")[0], 16)
        if len(rest) < length + 2:
            return None, b""
        parts.append(rest[:length])
        rest = rest[length + 2 :]
        if not length:
            return b"".join(parts), rest


def _number(pattern: re.Pattern[bytes], body: bytes, default: int) -> int:
    found = pattern.search(body)
    return int(found[1]) if found else default


async def serve(crowd: Crowd) -> tuple[asyncio.Server, str]:
    """Listen on a free port of this machine; return the server and its address."""
    server = await asyncio.get_running_loop().create_server(lambda: Connection(crowd), "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
