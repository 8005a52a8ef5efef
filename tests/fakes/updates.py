"""Builds updates as Telegram sends them, and broken ones as it should not."""

import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.fakes.errors import JSON

ABSENT = object()
WRONG: tuple[Any, ...] = (ABSENT, None, "surprise", -7, [], {}, [[1]], True, 1e300)


def user(user_id: int, name: str = "Sam", language: str = "en") -> JSON:
    return {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}


def message(message_id: int, chat: JSON, sender: JSON, **content: Any) -> JSON:
    return {"message_id": message_id, "from": sender, "chat": chat, "date": int(time.time()), **content}


def press(query_id: str, sender: JSON, about: JSON, data: str) -> JSON:
    """Build a callback query with the whole message inside."""
    return {
        "id": query_id, "from": sender, "message": about,
        "chat_instance": str(7_000_000_000 + about["chat"]["id"]), "data": data,
    }  # fmt: skip


def membership(chat: JSON, sender: JSON, bot: JSON, before: str, after: str) -> JSON:
    """Build a ``my_chat_member``: what became of the bot in a chat."""
    member = {"user": bot}
    return {
        "chat": chat, "from": sender, "date": int(time.time()),
        "old_chat_member": _status(member, before), "new_chat_member": _status(member, after),
    }  # fmt: skip


def _status(member: JSON, status: str) -> JSON:
    until = {"until_date": 0} if status == "kicked" else {}
    return {**member, "status": status, **until}


def commands_in(text: str) -> list[JSON]:
    """Return the entity that Telegram puts on a command at the start of a text."""
    if not text.startswith("/") or len(text) < 2:
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]


def file(kind: str, number: int) -> JSON:
    return {"file_id": f"in-{kind}-{number}", "file_unique_id": f"u{number}", "file_size": 4321}


def voice(number: int) -> JSON:
    return {"voice": file("voice", number) | {"duration": 3, "mime_type": "audio/ogg"}}


def photo(number: int) -> JSON:
    return {"photo": [file("photo", number) | {"width": 90, "height": 60}]}


def sticker(number: int) -> JSON:
    shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
    return {"sticker": file("sticker", number) | shape | {"emoji": "\N{YELLOW HEART}"}}


def video(number: int) -> JSON:
    return {"video": file("video", number) | {"width": 320, "height": 240, "duration": 5}}


def video_note(number: int) -> JSON:
    return {"video_note": file("video_note", number) | {"length": 240, "duration": 5}}


def document(number: int) -> JSON:
    return {"document": file("document", number) | {"file_name": "notes.pdf"}}


def location() -> JSON:
    return {"location": {"latitude": 52.5, "longitude": 13.4}}


def contact() -> JSON:
    return {"contact": {"phone_number": "+100000000", "first_name": "Sam"}}


def poll() -> JSON:
    options = [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate("ab")]
    flags = dict.fromkeys(("is_closed", "allows_multiple_answers", "allows_revoting", "members_only"), False)
    return {
        "id": "900", "question": "Which?", "options": options, "total_voter_count": 0,
        "is_anonymous": True, "type": "regular", **flags,
    }  # fmt: skip


def others(chat: JSON, sender: JSON, bot: JSON) -> dict[str, JSON]:
    """Return one update of each kind that a bot did not ask for and may get all the same."""
    here = message(1, chat, sender, text="x")
    channel = {"id": -1009, "type": "channel", "title": "News"}
    post = {"message_id": 3, "chat": channel, "sender_chat": channel, "date": 1, "text": "x"}
    now = int(time.time())
    heart = {"type": "emoji", "emoji": "\N{THUMBS UP SIGN}"}
    reaction = {"chat": chat, "message_id": 1, "user": sender, "date": now, "old_reaction": []}
    member = membership(chat, sender, sender, "left", "member")
    return {
        "edited_message": here | {"edit_date": now},
        "channel_post": post,
        "edited_channel_post": post | {"edit_date": 2},
        "message_reaction": reaction | {"new_reaction": [heart]},
        "inline_query": {"id": "5", "from": sender, "query": "x", "offset": ""},
        "chosen_inline_result": {"result_id": "5", "from": sender, "query": "x"},
        "poll": poll(),
        "poll_answer": {"poll_id": "900", "user": sender, "option_ids": [0], "option_persistent_ids": ["0"]},
        "my_chat_member": membership(chat, sender, bot, "member", "kicked"),
        "chat_member": member,
        "chat_join_request": {"chat": chat, "from": sender, "user_chat_id": sender["id"], "date": now},
        "pre_checkout_query": {
            "id": "6", "from": sender, "currency": "XTR", "total_amount": 1, "invoice_payload": "x",
        },
    }  # fmt: skip


def mutants(update: JSON) -> Iterator[tuple[str, JSON]]:
    """Yield an update with each field missing or of a wrong type, one at a time, with a name for it.

    ``update_id`` itself stays: it is the server's, and the queue could not be kept without it.
    """
    for path in _paths(update):
        if path == ("update_id",):
            continue
        for wrong in WRONG:
            name = "missing" if wrong is ABSENT else f"={wrong!r}"
            yield ".".join(map(str, path)) + " " + name, _replaced(update, path, wrong)


def _paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*here, key)
        if isinstance(inner, dict | list):
            yield from _paths(inner, (*here, key))


def _replaced(update: JSON, path: tuple[Any, ...], wrong: Any) -> JSON:
    broken: Any = deepcopy(update)
    place = broken
    for key in path[:-1]:
        place = place[key]
    if wrong is ABSENT:
        del place[path[-1]]
    else:
        place[path[-1]] = wrong
    return dict(broken)
