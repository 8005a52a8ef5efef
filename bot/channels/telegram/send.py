"""The bot's operations as calls of the Bot API. The only place that adds anything to plain words."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.api import Api, TokenRejected
from bot.channels.telegram.layout import Keys, inline_rows, split_text, units, wire
from bot.channels.telegram.media import CAPTION, Files, send_document, send_drawing
from bot.look.easel import Easel
from bot.model import Outbound
from bot.ports import Refused, SendError

LARGEST: Final = 4_096  # UTF-16 units of one message (Bot API, sendMessage)
LARGEST_DESCRIPTION = 512
LARGEST_SHORT = 120
AT_ONCE: Final = 100  # messages of one deleteMessages (Bot API 10.0)
WORDS: Final = ("Help now", "Less", "More", "Stop")  # at hand beneath the chat; they survive an outage

log = logging.getLogger(__name__)

_PLAIN = {"is_disabled": True}  # else Telegram fetches the links that someone wrote
_BARE = {"remove_keyboard": True}


class _Sent(msgspec.Struct):
    message_id: int


_sent = msgspec.json.Decoder(_Sent)


class TelegramChannel:
    """Carries out operations at a chat. Lives as long as the process.

    Args:
        words: Labels of the keyboard that is always at hand.
        files: Sends pictures, animations and sounds; None sends their words alone.

    """

    def __init__(self, api: Api, words: Sequence[str] = WORDS, files: Files | None = None) -> None:
        self._api, self._files, self._easel = api, files, Easel()
        self._words = {
            "keyboard": [[{"text": word} for word in words]],
            "is_persistent": True,
            "resize_keyboard": True,
        }
        self._half: dict[str, tuple[Outbound, int]] = {}  # parts sent of a long text that is to be repeated

    async def perform(self, address: str, outbound: Outbound) -> int | None:
        """Carry out one operation; see ``bot.ports.Channel``."""
        chat = int(address)
        match outbound.op:
            case "send":
                return await self._send(address, chat, outbound)
            case "close":
                await self._close(chat, outbound)
            case "pin":
                payload = {"chat_id": chat, "message_id": _number(outbound), "disable_notification": True}
                await self._api.call("pinChatMessage", payload)
            case "leave":
                await self._api.call("leaveChat", {"chat_id": chat})
            case "delete":
                await self._delete(chat, outbound)
            case "answer":
                pass  # the reader has answered the press, at once
        return None

    async def typing(self, address: str) -> None:
        """Seem to type."""
        try:
            await self._api.call("sendChatAction", {"chat_id": int(address), "action": "typing"})
        except SendError as fault:
            log.debug("typing was not shown", extra={"action": "typing_failed", "code": type(fault).__name__})

    async def introduce(self, commands: Sequence[tuple[str, str]], description: str, short: str) -> None:
        """Tell Telegram the commands, and what stands in the chat before the first message.

        A failure is logged: the bot works without.

        Raises:
            TokenRejected: Only the operator can help.

        """
        bot = self._api.bot()
        works: tuple[Callable[[], Awaitable[bool]], ...] = (
            lambda: bot.set_my_commands([BotCommand(name, text) for name, text in commands]),
            lambda: bot.set_my_description(_within(description, LARGEST_DESCRIPTION)),
            lambda: bot.set_my_short_description(_within(short, LARGEST_SHORT)),
        )
        for work in works:
            try:
                await work()
            except InvalidToken:
                raise TokenRejected from None
            except TelegramError as fault:
                log.warning(
                    "Telegram did not take the bot's introduction",
                    extra={"action": "introduce_failed", "code": type(fault).__name__},
                )

    async def _send(self, address: str, chat: int, outbound: Outbound) -> int | None:
        text = wire(outbound.text)
        if not text:
            raise Refused("empty")
        if outbound.name:
            return _read(await send_document(self._api, outbound, self._under(chat, text, outbound)))
        if outbound.drawing and (sent := await self._drawn(outbound, self._under(chat, text, outbound))):
            return _read(sent)
        if outbound.media and self._files and self._files.carries(outbound):
            return _read(await self._files.send(outbound, self._under(chat, text, outbound)))
        parts = [text] if 2 * len(text) <= LARGEST else split_text(text, LARGEST)
        half = self._half.pop(address, None)
        done = half[1] if half is not None and half[0] is outbound else 0
        number: int | None = None
        for at in range(done, len(parts)):
            payload = self._bubble(chat, parts[at], outbound, last=at == len(parts) - 1)
            if outbound.veiled:
                payload["entities"] = _veils(parts, at, outbound)
            try:
                number = _read(await self._api.call("sendMessage", payload))
            except SendError:
                if at:
                    self._half[address] = (outbound, at)
                raise
        return number

    async def _drawn(self, outbound: Outbound, payload: dict[str, Any]) -> msgspec.Raw | None:
        """Draw a picture and send it with its words; None where those have to go out alone."""
        fits = units(payload["caption"]) <= CAPTION
        drawn = await self._easel.draw(outbound.drawing) if fits else b""
        try:
            return await send_drawing(self._api, drawn, payload) if drawn else None
        except Refused as fault:
            log.warning("a picture was refused", extra={"action": "photo_refused", "code": str(fault)})
            return None

    def _bubble(self, chat: int, text: str, outbound: Outbound, *, last: bool) -> dict[str, Any]:
        payload: dict[str, Any] = {"chat_id": chat, "text": text, "link_preview_options": _PLAIN}
        if outbound.echo:
            payload["protect_content"] = True
        if outbound.silent:
            payload["disable_notification"] = True
        if last and outbound.choices:
            payload["reply_markup"] = {"inline_keyboard": _keys(outbound.choices)}
        elif last and (outbound.keyboard or outbound.bare):
            payload["reply_markup"] = self._words if outbound.keyboard else _BARE
        return payload

    def _under(self, chat: int, text: str, outbound: Outbound) -> dict[str, Any]:
        """Return the parameters of a file with words beneath it."""
        bubble = self._bubble(chat, text, outbound, last=True)
        del bubble["link_preview_options"]
        bubble["caption"] = bubble.pop("text")
        if outbound.veiled:
            bubble["caption_entities"] = _veils([text], 0, outbound)
        return bubble

    async def _close(self, chat: int, outbound: Outbound) -> None:
        payload: dict[str, Any] = {"chat_id": chat, "message_id": _number(outbound)}
        text = wire(outbound.text)
        if text and units(text) <= LARGEST:
            await self._api.call("editMessageText", payload | {"text": text, "link_preview_options": _PLAIN})
        else:  # nothing to show, or more than fits: a question never loses words, only its buttons
            await self._api.call("editMessageReplyMarkup", payload)

    async def _delete(self, chat: int, outbound: Outbound) -> None:
        for at in range(0, len(outbound.messages), AT_ONCE):
            await self._delete_some(chat, outbound.messages[at : at + AT_ONCE])
        if outbound.upto is not None:  # all of the chat: what stands at its top is older, perhaps
            await self._api.call("unpinAllChatMessages", {"chat_id": chat})

    async def _delete_some(self, chat: int, numbers: Sequence[int]) -> None:
        """Delete messages; for one that is too old Telegram refuses all of them, so each half is tried alone."""
        try:
            await self._api.call("deleteMessages", {"chat_id": chat, "message_ids": numbers})
        except Refused:
            half = len(numbers) // 2
            for part in (numbers[:half], numbers[half:]) if half else ():
                await self._delete_some(chat, part)


def _veils(parts: Sequence[str], at: int, outbound: Outbound) -> list[dict[str, Any]]:
    """Return what is to be veiled in a part of a text, in UTF-16 units."""
    text, part, start = wire(outbound.text), parts[at], 0
    for before in parts[:at]:
        start = text.index(before, start) + len(before)
    start = text.index(part, start)
    spans = outbound.veiled if text == outbound.text else ((0, len(text)),)  # it was mended: better too much
    cut = [(max(0, begin - start), min(len(part), end - start)) for begin, end in spans]
    return [
        {"type": "spoiler", "offset": units(part[:begin]), "length": units(part[begin:end])}
        for begin, end in cut
        if begin < end
    ]


def _keys(choices: Sequence[tuple[str, str]]) -> Keys:
    return inline_rows([(wire(label) or "…", data) for label, data in choices])


def _number(outbound: Outbound) -> int:
    if outbound.message is None:
        raise Refused("no such bubble")
    return outbound.message


def _read(result: msgspec.Raw) -> int | None:
    """Return the message's number; None for an answer that says it was sent and not what it is."""
    try:
        return _sent.decode(result).message_id
    except (msgspec.MsgspecError, RecursionError):
        return None


def _within(text: str, most: int) -> str:
    text = wire(text)
    return text if units(text) <= most else split_text(text, most)[0]
