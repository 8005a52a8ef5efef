"""Raw updates into the bot's own words: the envelope when they arrive, the rest at their turn.

Fields that the Bot API promises are required here, whether we use them or not: an update that lacks one
is put aside whole, rather than half understood. Names are checked for being there and not kept.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from bot.model import Arrival, Inbound, read_press
from bot.ports import Poison

CHANNEL: Final = "telegram"
LARGEST = 2**63 - 1  # a store's row cannot hold more

_COMMAND = re.compile(r"(/[A-Za-z0-9_]+)@\w+")
_AWAY = ("kicked", "left", "banned")


class _Silent(msgspec.Struct):
    """A part of an update; it may hold what somebody wrote, and their name."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class _Thing(_Silent):
    """An object of which only the presence counts."""


class _User(_Silent):
    id: int
    is_bot: bool
    first_name: str


class _Chat(_Silent):
    id: int
    type: str


class _Message(_Silent):
    message_id: int
    date: int
    chat: _Chat
    from_: _User | None = msgspec.field(default=None, name="from")
    text: str | None = None
    caption: str | None = None
    # what the bot can neither hear nor see
    animation: _Thing | None = None
    audio: _Thing | None = None
    checklist: _Thing | None = None
    contact: _Thing | None = None
    dice: _Thing | None = None
    document: _Thing | None = None
    game: _Thing | None = None
    location: _Thing | None = None
    paid_media: _Thing | None = None
    photo: list[_Thing] | None = None
    poll: _Thing | None = None
    sticker: _Thing | None = None
    story: _Thing | None = None
    venue: _Thing | None = None
    video: _Thing | None = None
    video_note: _Thing | None = None
    voice: _Thing | None = None


_UNHEARD = tuple(_Message.__struct_fields__[6:])


class _Shown(_Silent):
    """The message that a button hangs on; after a while Telegram forgets what it said (date 0)."""

    message_id: int
    date: int
    chat: _Chat
    text: str | None = None


class _Callback(_Silent):
    id: str
    from_: _User = msgspec.field(name="from")
    chat_instance: str
    message: _Shown | None = None
    data: str | None = None


class _Status(_Silent):
    status: str
    user: _User


class _Membership(_Silent):
    chat: _Chat
    from_: _User = msgspec.field(name="from")
    date: int
    old_chat_member: _Status
    new_chat_member: _Status


class _Update(_Silent):
    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Callback | None = None
    my_chat_member: _Membership | None = None


# --- the envelope: as little as is needed to store it --------------------------------------


class _Place(_Silent):
    id: int
    type: str = "private"


class _Holder(_Silent):
    chat: _Place


class _Sender(_Silent):
    id: int


class _Tap(_Silent):
    from_: _Sender = msgspec.field(name="from")
    id: str = ""
    message: _Holder | None = None


class _Envelope(_Silent):
    update_id: int
    message: _Holder | None = None
    edited_message: _Holder | None = None
    callback_query: _Tap | None = None
    my_chat_member: _Holder | None = None


class _Number(_Silent):
    update_id: int


class _Numbered(_Silent):
    message_id: int


class _Own(_Silent):
    message: _Numbered | None = None
    edited_message: _Numbered | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of an update before its turn.

    Attributes:
        arrival: What goes into the inbox.
        callback: Number of the press to be answered, or "".
        group: A chat that is no private one and is to be left, or "".

    """

    arrival: Arrival
    callback: str = field(default="", repr=False)
    group: str = field(default="", repr=False)


_T = TypeVar("_T")
_envelope = msgspec.json.Decoder(_Envelope)
_update = msgspec.json.Decoder(_Update)
_number = msgspec.json.Decoder(_Number)
_own = msgspec.json.Decoder(_Own)


def open_envelope(body: bytes) -> Envelope | None:
    """Read where an update belongs; None where not even its number can be read.

    An update with a number and without a readable chat gets the address "".
    """
    try:
        opened = _decode(_envelope, body)
    except Poison:
        return _numbered(body)
    key = opened.update_id
    if not 0 <= key <= LARGEST:
        return None
    holder = opened.message or opened.edited_message or opened.my_chat_member
    tap = opened.callback_query
    if tap is not None:
        place = tap.message.chat if tap.message else _Place(tap.from_.id)
        return _sealed(key, body, place, tap.id)
    return _sealed(key, body, holder.chat if holder else None)


def parse(body: bytes) -> Inbound:
    """Say what an update means to the bot.

    Raises:
        Poison: A field is missing or of the wrong type; the message is its path.

    """
    try:
        update = _decode(_update, body)
    except Poison as poison:
        raise Poison(str(poison), _own_number(body)) from None
    if update.message is not None:
        return _message(update.message)
    if update.edited_message is not None:
        return _edited(update.edited_message)
    if update.callback_query is not None:
        return _press(update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    return Inbound("other")


def split(body: bytes) -> list[bytes]:
    """Cut the result of getUpdates into updates.

    Raises:
        Poison: It is no list.

    """
    try:
        return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, RecursionError):
        loose = _loads(body)  # one lone surrogate makes msgspec refuse the whole batch
    if not isinstance(loose, list):
        raise Poison("$")
    return [json.dumps(item).encode() for item in loose]


def _sealed(key: int, body: bytes, place: _Place | None, callback: str = "") -> Envelope:
    address = str(place.id) if place else ""
    group = address if place and place.type != "private" else ""
    return Envelope(Arrival(CHANNEL, key, address, body), callback, group)


def _numbered(body: bytes) -> Envelope | None:
    try:
        key = _decode(_number, body).update_id
    except Poison:
        return None
    return Envelope(Arrival(CHANNEL, key, "", body)) if 0 <= key <= LARGEST else None


def _own_number(body: bytes) -> int | None:
    """Return the number of what a person wrote, of an update that is not whole: it stands in their chat."""
    try:
        found = _decode(_own, body)
    except Poison:
        return None
    own = found.message or found.edited_message
    return own.message_id if own else None


def _message(message: _Message) -> Inbound:
    if message.chat.type != "private":
        return Inbound("other")
    if message.text is not None:
        return Inbound("text", _bare(message.text), message=message.message_id)
    if any(getattr(message, name) is not None for name in _UNHEARD):
        return Inbound("unheard", message.caption or "", message=message.message_id)
    return Inbound("other", message=message.message_id)  # a service message


def _edited(message: _Message) -> Inbound:
    text = message.text if message.text is not None else message.caption
    if message.chat.type != "private" or text is None:  # a live location "edits" itself every few seconds
        return Inbound("other", message=message.message_id)
    return Inbound("edited", _bare(text), message=message.message_id)


def _press(callback: _Callback) -> Inbound:
    shown = callback.message
    if shown is None:
        return Inbound("choice", press=read_press(callback.data or ""))
    if shown.chat.type != "private":
        return Inbound("other")
    return Inbound(
        "choice", press=read_press(callback.data or ""), message=shown.message_id, question=shown.text or ""
    )


def _membership(change: _Membership) -> Inbound:
    if change.chat.type != "private":
        return Inbound("other")
    return Inbound("left" if change.new_chat_member.status in _AWAY else "returned")


def _bare(text: str) -> str:
    """Take the bot's name off a command: "/start@befriend_bot x" is "/start x"."""
    return _COMMAND.sub(r"\1", text, count=1) if text.startswith("/") else text


def _decode(decoder: msgspec.json.Decoder[_T], body: bytes) -> _T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as fault:
        path = _path(fault)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _convert(decoder.type, body)
    raise Poison(path)


def _convert(kind: type[_T], body: bytes) -> _T:
    # A lone surrogate is valid JSON that msgspec does not read; the standard library does.
    loose = _loads(body)
    try:
        return msgspec.convert(loose, kind)
    except msgspec.ValidationError as fault:
        path = _path(fault)
    except UnicodeError:  # half a character where a number should be
        path = "$"
    raise Poison(path)


def _loads(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        pass
    raise Poison("$")


def _path(fault: msgspec.ValidationError) -> str:
    """Return the field's path out of msgspec's sentence; it holds names of ours only, never a value."""
    said = str(fault)
    missing = re.search(r"missing required field `(\w+)`", said)
    at = re.search(r"at `(\$[\w.\[\]]*)`", said)
    return (at[1] if at else "$") + (f".{missing[1]}" if missing else "")
