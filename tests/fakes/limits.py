"""The documented limits of the Bot API 10.0 (read 2026-11), with the official wording where it is known.

aiogram's models know types only: they take 5,000 characters, an empty text, 65 bytes of callback data.
"""

import re
from collections.abc import Callable, Iterator

from tests.fakes.bodies import Upload
from tests.fakes.errors import JSON
from tests.fakes.markup import units

Check = Callable[[JSON], Iterator[str]]

TEXT, CAPTION = 4096, 1024  # UTF-16 units after parsing and trimming
MEGABYTE = 2**20
ACTIONS = frozenset((
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
))  # fmt: skip
BUTTON_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text", "callback_game",
    "pay",
)  # fmt: skip


def problems(method: str, params: JSON) -> list[str]:
    """Return every documented limit that a call breaks, but those of its text (see ``text_problem``)."""
    return [problem for check in (*ALWAYS, *CHECKS.get(method.lower(), ())) for problem in check(params)]


def text_problem(field: str, text: str, given: str) -> str | None:
    """Return what is wrong with a text's length; ``text`` is as shown, ``given`` as it came."""
    if field == "caption":
        return "message caption is too long" if units(text) > CAPTION else None
    if not text:
        return "text must be non-empty" if given else "message text is empty"
    return "message is too long" if units(text) > TEXT else None


# --- every method -----------------------------------------------------------------------


def _chat(params: JSON) -> Iterator[str]:
    if "chat_id" in params and params["chat_id"] in ("", 0, None):
        yield "chat_id is empty"


def _entities(params: JSON) -> Iterator[str]:
    for name in ("entities", "caption_entities"):
        if params.get(name) and params.get("parse_mode"):
            yield f"{name} and parse_mode exclude each other"
        if len(params.get(name) or ()) > 100:
            yield f"{name}: at most 100 are kept"


def _keyboard(params: JSON) -> Iterator[str]:
    markup = params.get("reply_markup")
    if not isinstance(markup, dict):
        return
    yield from _inline_keyboard(_rows(markup, "inline_keyboard"))
    yield from _reply_keyboard(_rows(markup, "keyboard"), given="keyboard" in markup)
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= units(placeholder) <= 64:
        yield "input_field_placeholder must have 1-64 characters"


def _rows(markup: JSON, name: str) -> list[list[JSON]]:
    rows = markup.get(name) or []
    if not isinstance(rows, list):
        return []
    return [[_button(each) for each in row] if isinstance(row, list) else [] for row in rows]


def _button(button: object) -> JSON:
    return button if isinstance(button, dict) else {"text": button}


def _inline_keyboard(rows: list[list[JSON]]) -> Iterator[str]:
    if sum(map(len, rows)) > 100:
        yield "too many buttons: at most 100 in an inline keyboard"
    for row in rows:
        if len(row) > 8:
            yield "too many buttons: at most 8 in a row of an inline keyboard"
        for button in row:
            yield from _inline_button(button)


def _inline_button(button: JSON) -> Iterator[str]:
    if not str(button.get("text") or "").strip():
        yield 'can\'t parse inline keyboard button: Field "text" must be non-empty'
    actions = [name for name in BUTTON_ACTIONS if name in button]
    if not actions:
        yield "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    if len(actions) > 1:
        yield "can't parse inline keyboard button: exactly one action must be used"
    if "callback_data" in button and not 1 <= _bytes(button["callback_data"]) <= 64:
        yield "BUTTON_DATA_INVALID"
    if "url" in button and not re.match(r"(?i)(https?|tg)://\S+$|[\w-]+\.\w", str(button["url"])):
        yield "BUTTON_URL_INVALID"
    copied = button.get("copy_text")
    if isinstance(copied, dict) and not 1 <= units(str(copied.get("text", ""))) <= 256:
        yield "BUTTON_COPY_TEXT_INVALID"


def _reply_keyboard(rows: list[list[JSON]], *, given: bool) -> Iterator[str]:
    if given and not any(rows):
        yield "can't parse reply keyboard markup: a keyboard needs at least one button"
    if sum(map(len, rows)) > 300:
        yield "too many buttons: at most 300 in a reply keyboard"
    for row in rows:
        if len(row) > 12:
            yield "too many buttons: at most 12 in a row of a reply keyboard"
        for button in row:
            if not str(button.get("text") or "").strip():
                yield 'can\'t parse keyboard button: Field "text" must be non-empty'


def _bytes(text: object) -> int:
    return len(str(text).encode("utf-8", "surrogatepass"))


# --- single methods ---------------------------------------------------------------------


def _at_most(field: str, most: int, wording: str) -> Check:
    def check(params: JSON) -> Iterator[str]:
        if units(str(params.get(field) or "")) > most:
            yield wording

    return check


def _between(field: str, least: int, most: int, wording: str) -> Check:
    def check(params: JSON) -> Iterator[str]:
        value = params.get(field)
        if isinstance(value, int) and not least <= value <= most:
            yield wording

    return check


def _file(field: str, most: int) -> Check:
    def check(params: JSON) -> Iterator[str]:
        file = params.get(field)
        if file in (None, ""):
            yield f"there is no {field} in the request"
        if isinstance(file, Upload) and not file.content:
            yield "file must be non-empty"
        if isinstance(file, Upload) and len(file.content) > most:
            yield "Request Entity Too Large"

    return check


def _action(params: JSON) -> Iterator[str]:
    if params.get("action") not in ACTIONS:
        yield "wrong parameter action in request"


def _commands(params: JSON) -> Iterator[str]:
    commands = params.get("commands")
    if not isinstance(commands, list):
        return
    if len(commands) > 100:
        yield "BOT_COMMANDS_TOO_MUCH"
    for each in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(each.get("command", ""))):
            yield "BOT_COMMAND_INVALID"
        if not 1 <= units(str(each.get("description", "")).strip()) <= 256:
            yield "BOT_COMMAND_DESCRIPTION_INVALID"


def _language(params: JSON) -> Iterator[str]:
    if not re.fullmatch(r"([a-z]{2})?", params.get("language_code") or ""):
        yield "LANG_CODE_INVALID"


def _many_ids(params: JSON) -> Iterator[str]:
    ids = params.get("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        yield "message_ids must hold 1-100 identifiers"


def _target(params: JSON) -> Iterator[str]:
    if not params.get("inline_message_id") and not (params.get("chat_id") and params.get("message_id")):
        yield "message identifier is not specified"


def _secret(params: JSON) -> Iterator[str]:
    secret = params.get("secret_token")
    if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        yield "secret token contains unallowed characters"


ALWAYS: tuple[Check, ...] = (_chat, _entities, _keyboard)
CHECKS: dict[str, tuple[Check, ...]] = {
    "getupdates": (
        _between("limit", 1, 100, "limit must be 1-100"),
        _between("timeout", 0, 50, "timeout must be 0-50 seconds"),
    ),
    "setwebhook": (_secret, _between("max_connections", 1, 100, "max_connections must be 1-100")),
    "sendchataction": (_action,),
    "sendphoto": (_file("photo", 10 * MEGABYTE),),
    "sendanimation": (_file("animation", 50 * MEGABYTE),),
    "sendaudio": (_file("audio", 50 * MEGABYTE),),
    "sendvoice": (_file("voice", 50 * MEGABYTE),),
    "senddocument": (_file("document", 50 * MEGABYTE),),
    "editmessagetext": (_target,),
    "editmessagecaption": (_target,),
    "editmessagereplymarkup": (_target,),
    "deletemessages": (_many_ids,),
    "answercallbackquery": (_at_most("text", 200, "MESSAGE_TOO_LONG"),),
    "setmycommands": (_commands, _language),
    "getmycommands": (_language,),
    "setmydescription": (_at_most("description", 512, "BOT_DESCRIPTION_TOO_LONG"), _language),
    "setmyshortdescription": (
        _at_most("short_description", 120, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
        _language,
    ),
    "setmyname": (_at_most("name", 64, "BOT_NAME_TOO_LONG"), _language),
}
