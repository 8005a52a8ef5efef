"""The Bot API over one aiohttp session: a short hot path, and the seam under python-telegram-bot's Bot."""

import asyncio
from collections.abc import Mapping
from json import JSONDecodeError, dumps, loads
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, FormData, TCPConnector
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.ports import Gone, NotSent, Refused, SendError, TooFast, Unclear

TELEGRAM: Final = "https://api.telegram.org"
CONNECT = 5.0  # seconds until a connection must stand
PATIENCE = 15.0  # seconds for a whole call; long polling asks for more
CONNECTIONS = 128  # 64 operations at once, getUpdates, answers to presses
KEPT_ALIVE = 30.0  # seconds; below what servers keep, so that we do not write into a connection just closed
BLIND = 60.0  # longest wait in seconds after a 429 that does not say how long

# What Telegram says of someone who cannot be reached, in lower case (tdlib/telegram-bot-api, read 2026-11).
GONE = ("chat not found", "user is deactivated", "bot was blocked", "bot can't initiate", "peer_id_invalid")
UNCHANGED = "message is not modified"
# Words that are safe to log for what Telegram refuses: its own sentences may quote the text.
CODES = {
    "message to edit not found": "edit-missing",
    "message can't be edited": "edit-closed",
    "query is too old": "query-old",
    "text is empty": "empty",
    "text must be non-empty": "empty",
    "is too long": "long",
    "can't parse": "markup",
    "button_data_invalid": "button",
    "message to pin not found": "pin-missing",
}

_NOTHING = msgspec.Raw(b"")
_JSON = {"Content-Type": "application/json"}


class TokenRejected(SendError):
    """Telegram does not know the token; nothing will work until the operator gives another."""

    def __init__(self) -> None:
        super().__init__("Telegram does not accept the bot token. Ask @BotFather for a valid one.")


class Conflict(SendError):
    """Someone else fetches updates with the same token, or a webhook is set."""


class _Answer(msgspec.Struct):
    ok: bool
    result: msgspec.Raw = _NOTHING
    error_code: int = 0
    description: str = ""
    parameters: msgspec.Raw = _NOTHING

    def __repr__(self) -> str:  # results and descriptions may quote what somebody wrote
        return f"_Answer({self.ok}, {self.error_code})"


class _Parameters(msgspec.Struct):
    retry_after: float


class _Quiet(Bot):
    def __repr__(self) -> str:  # the original shows the token
        return "Bot[token=<token>]"


_decode = msgspec.json.Decoder(_Answer).decode
_encode = msgspec.json.Encoder().encode


class Api(BaseRequest):
    """One HTTP session to the Bot API. Lives as long as the process; neither repr nor errors show the token.

    It never retries: patience is the caller's.
    """

    def __init__(self, token: str, base_url: str = TELEGRAM, *, patience: float = PATIENCE) -> None:
        super().__init__()
        self._token = token
        self._base = base_url.rstrip("/")
        self._patience = ClientTimeout(total=patience, connect=CONNECT)
        self._session: ClientSession | None = None
        self._urls: dict[str, URL] = {}
        self._blind = 0  # 429s in a row that did not say how long

    def __repr__(self) -> str:
        return f"Api({self._base})"

    def bot(self) -> Bot:
        """Return python-telegram-bot's typed client over this session."""
        return _Quiet(self._token, f"{self._base}/bot", request=self, get_updates_request=self)

    async def call(
        self, method: str, payload: Mapping[str, object], *, patience: float | None = None
    ) -> msgspec.Raw:
        """Call a method and return its result as undecoded JSON, empty where it had none.

        Args:
            method: As the Bot API names it.
            payload: The parameters; no lone surrogates.
            patience: Seconds for the whole call.

        Raises:
            NotSent, Unclear, TooFast, Gone, Refused: As ``bot.ports`` tells.
            TokenRejected, Conflict: Nothing will go on like this.

        """
        status, body = await self._exchange(method, _encode(payload), patience)
        if status == 200 and body.startswith(b'{"ok":true'):
            self._blind = 0
        return self._judge(status, body)

    async def upload(
        self, method: str, payload: Mapping[str, object], file: tuple[str, str, bytes], *, patience: float
    ) -> msgspec.Raw:
        """Call a method with a file; ``file`` is the parameter's name, the file's name, and its bytes."""
        form = FormData()
        for name, value in payload.items():
            form.add_field(name, value if isinstance(value, str) else dumps(value))
        field, name, content = file
        form.add_field(field, content, filename=name, content_type="application/octet-stream")
        status, body = await self._exchange(method, form, patience)
        return self._judge(status, body)

    async def _exchange(
        self, method: str, body: bytes | FormData, patience: float | None
    ) -> tuple[int, bytes]:
        headers = _JSON if isinstance(body, bytes) else None
        url = self._urls.get(method) or self._url(method)
        timeout = self._patience if patience is None else ClientTimeout(total=patience, connect=CONNECT)
        fault: SendError
        try:
            async with self._open().post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            fault = NotSent("connect")
        except (TimeoutError, aiohttp.ClientError, OSError) as broken:
            fault = Unclear(type(broken).__name__)
        raise fault  # out here it carries no context: aiohttp's errors know the URL, and so the token

    def _judge(self, status: int, body: bytes) -> msgspec.Raw:
        answer = _read(body)
        if answer is None:
            raise TooFast(self._guess()) if status == 429 else Unclear(f"{status} garbage")
        if answer.ok and status < 300:
            return answer.result
        raise_for = status if status >= 300 else answer.error_code
        said = answer.description.lower()
        if raise_for == 400 and UNCHANGED in said:
            return _NOTHING
        raise self._fault(raise_for, said, answer.parameters)

    def _fault(self, status: int, said: str, parameters: msgspec.Raw) -> SendError:
        if status == 429:
            return TooFast(self._after(parameters))
        if status in (401, 404):
            return TokenRejected()
        if status == 403 or (status == 400 and any(words in said for words in GONE)):
            return Gone(str(status))
        if status == 409:
            return Conflict("409")
        if 400 <= status < 500:
            return Refused(next((code for words, code in CODES.items() if words in said), str(status)))
        return NotSent(str(status)) if status >= 500 else Unclear(f"{status} not ok")

    def _after(self, parameters: msgspec.Raw) -> float:
        try:
            return max(0.0, msgspec.json.decode(parameters, type=_Parameters).retry_after)
        except msgspec.MsgspecError:
            return self._guess()

    def _guess(self) -> float:
        self._blind += 1
        return min(BLIND, 2.0 ** min(self._blind, 6))

    def _url(self, method: str) -> URL:
        url = self._urls[method] = URL(f"{self._base}/bot{self._token}/{method}", encoded=True)
        return url

    def _open(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(
                    limit=CONNECTIONS, keepalive_timeout=KEPT_ALIVE, use_dns_cache=True, ttl_dns_cache=300
                ),
                cookie_jar=DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
                auto_decompress=False,
            )
        return self._session

    # --- what python-telegram-bot asks of a BaseRequest ----------------------------------

    @property
    def read_timeout(self) -> float | None:
        """Seconds for a call of python-telegram-bot's."""
        return self._patience.total

    async def initialize(self) -> None:
        """Open the session; it also opens by itself."""
        self._open()

    async def shutdown(self) -> None:
        """Close the session."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
            await asyncio.sleep(0)  # lets transports say goodbye within this loop

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        *_: object,
        **__: object,  # python-telegram-bot's other timeouts: one for the whole call is enough
    ) -> tuple[int, bytes]:
        """Carry out a call of python-telegram-bot's; see ``BaseRequest.do_request``."""
        total = read_timeout if isinstance(read_timeout, int | float) else self._patience.total
        fault: TelegramError
        try:
            async with self._open().request(
                method,
                URL(url, encoded=True),
                data=_form(request_data),
                timeout=ClientTimeout(total=total, connect=CONNECT),
                allow_redirects=False,
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            fault = TimedOut()
        except (aiohttp.ClientError, OSError) as broken:
            fault = NetworkError(type(broken).__name__)
        raise fault  # see _exchange

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; unlike the original, never log one that cannot be read."""
        try:
            answer = loads(payload.decode("utf-8", "replace"))
        except (JSONDecodeError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


def _read(body: bytes) -> _Answer | None:
    try:
        return _decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    try:  # one lone surrogate, in whatever somebody wrote, and msgspec refuses the whole answer
        loose = loads(body)
        return _Answer(ok=loose["ok"] is True, result=msgspec.Raw(dumps(loose["result"]).encode()))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _form(request: RequestData | None) -> dict[str, str] | FormData | None:
    if request is None:
        return None
    if not request.contains_files:
        return request.json_parameters
    form = FormData(request.json_parameters)
    for name, (filename, content, kind) in request.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
