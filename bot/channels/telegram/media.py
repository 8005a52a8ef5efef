"""Pictures, animations and sounds: sent as a file once, and by Telegram's own id from then on."""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.channels.telegram.api import Api
from bot.channels.telegram.layout import units
from bot.model import Outbound
from bot.ports import Refused

CAPTION: Final = 1_024  # UTF-16 units beneath a file (Bot API 10.0)
UPLOAD = 60.0  # seconds for a file to go up
METHODS: Mapping[str, tuple[str, str]] = {
    "picture": ("sendPhoto", "photo"),
    "animation": ("sendAnimation", "animation"),
    "sound": ("sendAudio", "audio"),
    "voice": ("sendVoice", "voice"),
}

log = logging.getLogger(__name__)


async def send_document(api: Api, outbound: Outbound, payload: Mapping[str, object]) -> msgspec.Raw:
    """Send a document that was made for one person, with the words as its caption; see ``Api.call`` for errors."""
    file = ("document", outbound.name, outbound.document)
    return await api.upload("sendDocument", payload, file, patience=UPLOAD)


async def send_drawing(api: Api, picture: bytes, payload: Mapping[str, object]) -> msgspec.Raw:
    """Send a picture that was drawn for one person, with the words as its caption; see ``Api.call`` for errors."""
    return await api.upload("sendPhoto", payload, ("photo", "look.png", picture), patience=UPLOAD)


class _File(msgspec.Struct):
    file_id: str


class _Sent(msgspec.Struct):
    photo: list[_File] = []
    animation: _File | None = None
    audio: _File | None = None
    voice: _File | None = None


_sent = msgspec.json.Decoder(_Sent)


class Files:
    """Sends what lies in the content's folders. Lives as long as the process.

    Args:
        places: Where each file lies, by ``flow/file``.
        known: Telegram's ids, by the hash of a file's bytes, as ``note`` was told in earlier lives.
        note: Remembers an id for the next life.

    """

    def __init__(
        self,
        api: Api,
        places: Mapping[str, Path],
        known: Mapping[str, str],
        note: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._api, self._places, self._note = api, places, note
        self._ids = dict(known)
        self._hashes: dict[str, str] = {}

    def carries(self, outbound: Outbound) -> bool:
        """Whether the file is there and its words fit beneath it; else they are sent alone."""
        path = self._places.get(outbound.media)
        return path is not None and path.is_file() and units(outbound.text) <= CAPTION

    async def send(self, outbound: Outbound, payload: Mapping[str, object]) -> msgspec.Raw:
        """Send a file with the words as its caption; see ``Api.call`` for errors."""
        path = self._places[outbound.media]
        method, field = METHODS["voice" if path.suffix == ".ogg" else outbound.kind]
        mark = self._mark(path)
        if mark in self._ids:
            try:
                return await self._api.call(method, {**payload, field: self._ids[mark]})
            except Refused as fault:  # the id is of another bot, or too old: the file goes up again
                log.info("a file's id was refused", extra={"action": "media_refused", "code": str(fault)})
                del self._ids[mark]
        file = (field, path.name, path.read_bytes())
        result = await self._api.upload(method, payload, file, patience=UPLOAD)
        await self._learn(mark, field, result)
        return result

    def _mark(self, path: Path) -> str:
        known = self._hashes.get(str(path))
        if known is None:
            known = self._hashes[str(path)] = hashlib.blake2s(path.read_bytes(), digest_size=16).hexdigest()
        return known

    async def _learn(self, mark: str, field: str, result: msgspec.Raw) -> None:
        try:
            sent: Any = getattr(_sent.decode(result), field)
        except msgspec.MsgspecError:
            return
        found = sent[-1] if isinstance(sent, list) and sent else sent
        if isinstance(found, _File):
            self._ids[mark] = found.file_id
            await self._note(mark, found.file_id)
