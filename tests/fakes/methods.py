"""What each method of the Bot API does to the world."""

import time
from collections.abc import Callable

from tests.fakes.bodies import Upload
from tests.fakes.errors import JSON, bad_request
from tests.fakes.faults import NOT_MODIFIED
from tests.fakes.world import Chat, World

Method = Callable[[World, JSON], object]
DELETABLE = 48 * 3600  # seconds after which a bot cannot delete a message any more


# --- messages ---------------------------------------------------------------------------


def send_message(world: World, params: JSON) -> JSON:
    chat = world.chat_for(params)
    text = params.get("text")
    if not text:
        raise bad_request("message text is empty")
    content: JSON = {"text": text}
    if entities := params.get("entities"):
        content["entities"] = entities
    _reply_to(chat, params, content)
    _show_markup(chat, params, content)
    return world.speak(chat, content, text)


def _reply_to(chat: Chat, params: JSON, content: JSON) -> None:
    reply = params.get("reply_parameters")
    if not reply:
        return
    original = chat.messages.get(reply.get("message_id"))
    if original is not None:
        content["reply_to_message"] = {k: v for k, v in original.items() if k != "reply_to_message"}
    elif not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")


def _show_markup(chat: Chat, params: JSON, content: JSON) -> None:
    """Put an inline keyboard into the message, and a reply keyboard onto the screen."""
    markup = params.get("reply_markup")
    if params.get("protect_content"):
        content["has_protected_content"] = True
    if not markup:
        return
    if markup.get("inline_keyboard"):
        content["reply_markup"] = {"inline_keyboard": markup["inline_keyboard"]}
    elif markup.get("keyboard"):
        chat.keyboard = [[_label(button) for button in row] for row in markup["keyboard"]]
    elif markup.get("remove_keyboard"):
        chat.keyboard = None


def _label(button: JSON | str) -> str:
    return button if isinstance(button, str) else str(button["text"])


def _send_file(kind: str) -> Method:
    def send(world: World, params: JSON) -> JSON:
        chat = world.chat_for(params)
        content = _file(world, kind, params.get(kind))
        if caption := params.get("caption"):
            content["caption"] = caption
            if entities := params.get("caption_entities"):
                content["caption_entities"] = entities
        _reply_to(chat, params, content)
        _show_markup(chat, params, content)
        return world.speak(chat, content, params.get("caption") or f"({kind})")

    return send


def _file(world: World, kind: str, given: object) -> JSON:
    if isinstance(given, Upload):
        file_id, size = f"{kind}-{len(world.files) + 1}", len(given.content)
        name = given.name
    elif isinstance(given, str) and given in world.files:
        file_id, size, name = given, 1000, "file"
    elif isinstance(given, str) and given.startswith("http"):
        file_id, size, name = f"{kind}-{len(world.files) + 1}", 1000, given.rpartition("/")[2]
    else:
        raise bad_request("wrong file identifier/HTTP URL specified")
    world.files.add(file_id)
    file: JSON = {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": size}
    frame = {"width": 320, "height": 240}
    if kind == "photo":
        return {"photo": [file | frame]}
    if kind == "animation":  # the real server sends both
        moving = file | frame | {"duration": 4, "file_name": name, "mime_type": "video/mp4"}
        return {"animation": moving, "document": file | {"file_name": name, "mime_type": "video/mp4"}}
    if kind == "audio":
        return {"audio": file | {"duration": 4, "file_name": name, "mime_type": "audio/mpeg"}}
    if kind == "voice":
        return {"voice": file | {"duration": 4, "mime_type": "audio/ogg"}}
    return {kind: file | {"file_name": name}}


def edit_message_text(world: World, params: JSON) -> JSON:
    _, message = world.own(params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    text = params.get("text")
    if not text:
        raise bad_request("message text is empty")
    return _edit(message, {"text": text, "entities": params.get("entities") or None}, params)


def edit_message_caption(world: World, params: JSON) -> JSON:
    _, message = world.own(params)
    entities = params.get("caption_entities") or None
    return _edit(message, {"caption": params.get("caption") or None, "caption_entities": entities}, params)


def edit_message_reply_markup(world: World, params: JSON) -> JSON:
    _, message = world.own(params)
    return _edit(message, {}, params)


def _edit(message: JSON, change: JSON, params: JSON) -> JSON:
    """Change a message in place; an edit without a keyboard takes the keyboard away, as on the real server."""
    markup = params.get("reply_markup") or {}
    rows = markup.get("inline_keyboard")
    change = change | {"reply_markup": {"inline_keyboard": rows} if rows else None}
    if all(message.get(name) == value for name, value in change.items()):
        raise bad_request(NOT_MODIFIED)
    for name, value in change.items():
        if value is None:
            message.pop(name, None)
        else:
            message[name] = value
    message["edit_date"] = int(time.time())
    return message


def delete_message(world: World, params: JSON) -> bool:
    chat, message = world.find(params, "delete")
    world.remove(chat, [message["message_id"]])
    return True


def delete_messages(world: World, params: JSON) -> bool:
    """Delete what can be found; ids that are unknown are skipped, and one too old spoils it for all."""
    chat, ids = world.chat_for(params), params.get("message_ids") or []
    oldest = time.time() - DELETABLE
    if any(chat.messages[each]["date"] < oldest for each in ids if each in chat.messages):
        raise bad_request("message can't be deleted for everyone")
    world.remove(chat, ids)
    return True


def copy_message(world: World, params: JSON) -> JSON:
    _, original = world.find({**params, "chat_id": params.get("from_chat_id")}, "copy")
    chat = world.chat_for(params)
    kept = ("text", "entities", "photo", "animation", "document", "caption", "caption_entities")
    content = {name: original[name] for name in kept if name in original}
    _show_markup(chat, params, content)
    copy = world.speak(chat, content, content.get("text") or content.get("caption") or "(copy)")
    return {"message_id": copy["message_id"]}


def set_message_reaction(world: World, params: JSON) -> bool:
    _, message = world.find(params, "react")
    message["_reactions"] = params.get("reaction") or []
    return True


# --- presses, pins, chats ---------------------------------------------------------------


def answer_callback_query(world: World, params: JSON) -> bool:
    """Answer a press; the second answer to one press is refused."""
    press = world.press_for(str(params.get("callback_query_id", "")))
    press.answer = {name: value for name, value in params.items() if name != "callback_query_id"}
    return True


def send_chat_action(world: World, params: JSON) -> bool:
    world.chat_for(params).actions.append(str(params.get("action")))
    return True


def pin_chat_message(world: World, params: JSON) -> bool:
    chat, message = world.find(params, "pin")
    number = message["message_id"]
    chat.pins = [each for each in chat.pins if each != number] + [number]
    return True


def unpin_chat_message(world: World, params: JSON) -> bool:
    chat = world.chat_for(params)
    if not chat.pins:
        raise bad_request("message to unpin not found")
    chat.pins.remove(params.get("message_id") or chat.pins[-1])
    return True


def unpin_all_chat_messages(world: World, params: JSON) -> bool:
    world.chat_for(params).pins.clear()
    return True


def leave_chat(world: World, params: JSON) -> bool:
    chat = world.chat_for(params)
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.left = True
    return True


def get_chat(world: World, params: JSON) -> JSON:
    chat = world.chat_for(params)
    full: JSON = {**chat.header, "accent_color_id": 0, "max_reaction_count": 11}
    full["accepted_gift_types"] = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    if chat.pins:
        full["pinned_message"] = chat.messages[chat.pins[-1]]
    return full


# --- the bot itself ---------------------------------------------------------------------


def get_me(world: World, _: JSON) -> JSON:
    abilities = ("can_connect_to_business", "has_main_web_app", "supports_inline_queries")
    groups = {"can_join_groups": True, "can_read_all_group_messages": False}
    return {**world.bot, **groups, **dict.fromkeys(abilities, False)}


def _place(what: str, params: JSON) -> tuple[str, str, str]:
    scope = params.get("scope") or {"type": "default"}
    where = ":".join(str(value) for value in scope.values())
    return what, params.get("language_code") or "", where


def set_my_commands(world: World, params: JSON) -> bool:
    world.profile[_place("commands", params)] = params.get("commands") or []
    return True


def delete_my_commands(world: World, params: JSON) -> bool:
    world.profile.pop(_place("commands", params), None)
    return True


def get_my_commands(world: World, params: JSON) -> object:
    return world.profile.get(_place("commands", params), [])


def _set_profile(what: str) -> Method:
    def write(world: World, params: JSON) -> bool:
        world.profile[_place(what, params)] = params.get(what) or ""
        return True

    return write


def _get_profile(what: str) -> Method:
    def read(world: World, params: JSON) -> JSON:
        told = world.profile.get(_place(what, params)) or world.profile.get((what, "", "default"))
        return {what: told or ""}

    return read


def _accept(_: World, __: JSON) -> bool:
    return True


METHODS: dict[str, Method] = {
    "sendmessage": send_message,
    "sendphoto": _send_file("photo"),
    "sendanimation": _send_file("animation"),
    "sendaudio": _send_file("audio"),
    "sendvoice": _send_file("voice"),
    "senddocument": _send_file("document"),
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "copymessage": copy_message,
    "setmessagereaction": set_message_reaction,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
    "pinchatmessage": pin_chat_message,
    "unpinchatmessage": unpin_chat_message,
    "unpinallchatmessages": unpin_all_chat_messages,
    "leavechat": leave_chat,
    "getchat": get_chat,
    "getme": get_me,
    "setmycommands": set_my_commands,
    "deletemycommands": delete_my_commands,
    "getmycommands": get_my_commands,
    "setmydescription": _set_profile("description"),
    "getmydescription": _get_profile("description"),
    "setmyshortdescription": _set_profile("short_description"),
    "getmyshortdescription": _get_profile("short_description"),
    "setmyname": _set_profile("name"),
    "getmyname": _get_profile("name"),
    "setchatmenubutton": _accept,
    "logout": _accept,
    "close": _accept,
}
