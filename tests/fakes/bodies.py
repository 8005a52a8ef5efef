"""Reads the parameters of a call, however they are encoded, into plain JSON values."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import BodyPartReader, web

from tests.fakes.errors import JSON, Refusal, bad_request

decode = msgspec.json.decode

# Parameters that are JSON texts in a form, by what they hold (Bot API 10.0).
STRUCTURES = frozenset((
    "reply_markup", "entities", "caption_entities", "commands", "scope", "link_preview_options",
    "reply_parameters", "allowed_updates", "message_ids", "media", "reaction", "menu_button",
    "suggested_post_parameters", "permissions",
))  # fmt: skip
INTEGERS = frozenset((
    "chat_id", "message_id", "offset", "limit", "timeout", "cache_time", "max_connections",
    "message_thread_id", "duration", "width", "height", "user_id", "direct_messages_topic_id",
    "reply_to_message_id",
))  # fmt: skip
FLAGS = frozenset((
    "disable_notification", "protect_content", "allow_paid_broadcast", "show_alert",
    "drop_pending_updates", "has_spoiler", "show_caption_above_media", "disable_content_type_detection",
    "revoke_messages", "is_big", "disable_web_page_preview", "allow_sending_without_reply",
))  # fmt: skip
TRUE = frozenset(("true", "yes", "1"))  # the words that the official server takes for true, in any case


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes = field(repr=False)
    kind: str


async def read_params(request: web.BaseRequest) -> JSON:
    """Return the parameters of a call; those in the body win over those in the address."""
    _, _, query = request.raw_path.partition("?")
    body = await _read_body(request)
    return _typed({**dict(parse_qsl(query, keep_blank_values=True)), **body} if query else body)


async def _read_body(request: web.BaseRequest) -> JSON:
    kind = request.headers.get("Content-Type", "")
    try:
        if kind.startswith("multipart/"):
            return await _read_multipart(request)
        raw = await request.read()
        if not raw:
            return {}
        if kind.startswith("application/json"):
            return _object(decode(raw))
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True, errors="strict"))
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    except (ValueError, msgspec.DecodeError):
        raise Refusal(400, "Bad Request: can't parse request body") from None


def _object(value: Any) -> JSON:
    if isinstance(value, dict):
        return value
    raise Refusal(400, "Bad Request: can't parse request JSON object")


async def _read_multipart(request: web.BaseRequest) -> JSON:
    params: JSON = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise Refusal(400, "Bad Request: can't parse request body")
        content = bytes(await part.read(decode=True))
        kind = part.headers.get("Content-Type", "")
        params[part.name] = (
            content.decode() if part.filename is None else Upload(part.filename, content, kind)
        )
    return params


def _typed(params: JSON) -> JSON:
    for name, value in params.items():
        if type(value) is str and (read := _READERS.get(name)):
            params[name] = read(name, value)
    return params


def _structure(name: str, value: str) -> Any:
    if not value:
        return None
    try:
        return decode(value)
    except (msgspec.DecodeError, UnicodeEncodeError):
        words = name.replace("_", " ")
        raise bad_request(f"can't parse {words} JSON object") from None


def _integer(_: str, value: str) -> int | str:
    digits = value[1:] if value[:1] == "-" else value
    return int(value) if digits.isascii() and digits.isdigit() else value


def _flag(_: str, value: str) -> bool:
    return value.lower() in TRUE


_READERS = (
    dict.fromkeys(STRUCTURES, _structure) | dict.fromkeys(INTEGERS, _integer) | dict.fromkeys(FLAGS, _flag)
)
