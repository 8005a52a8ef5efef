"""Telegram's own parser: what a text and its markup look like once sent."""

import json
from dataclasses import dataclass
from typing import Any

import tdjson

from tests.fakes.errors import JSON, bad_request

# TDLib's names of entity types, and the Bot API's.
TYPES = {
    "Bold": "bold", "Italic": "italic", "Underline": "underline", "Strikethrough": "strikethrough",
    "Spoiler": "spoiler", "Code": "code", "Pre": "pre", "PreCode": "pre", "TextUrl": "text_link",
    "MentionName": "text_mention", "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote", "CustomEmoji": "custom_emoji", "Mention": "mention",
    "Hashtag": "hashtag", "Cashtag": "cashtag", "BotCommand": "bot_command", "Url": "url",
    "EmailAddress": "email", "PhoneNumber": "phone_number",
}  # fmt: skip
NAMES = {name: kind for kind, name in TYPES.items() if kind != "PreCode"}
MODES = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}
INVISIBLE = " \n\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as Telegram shows it; entities count UTF-16 units."""

    text: str
    entities: list[JSON]


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units, as Telegram counts entities and limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def show(text: str, parse_mode: str = "", entities: list[JSON] | None = None) -> Shown:
    """Parse, clean and trim a text, and find the links in it.

    Raises:
        Refusal: With Telegram's own words, if its parser does not take the text or the entities.

    """
    if parse_mode:
        text, entities = _parse(text, parse_mode)
    elif entities:
        _ask({"@type": "getMarkdownText", "text": _formatted(text, entities)})
    text, entities = _settle(text, entities or [])
    return Shown(text, sorted(entities + _found(text, entities), key=lambda e: (e["offset"], -e["length"])))


def _ask(question: JSON) -> JSON:
    try:
        answer: JSON = json.loads(
            tdjson.td_execute(json.dumps(question, ensure_ascii=False).encode()) or b"{}"
        )
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    if answer["@type"] == "error":
        message: str = answer["message"]
        told = message if message.startswith("Can't parse entities") else f"can't parse entities: {message}"
        raise bad_request(told)
    return answer


def _parse(text: str, parse_mode: str) -> tuple[str, list[JSON]]:
    mode = MODES.get(parse_mode.lower())
    if mode is None:
        raise bad_request("unsupported parse_mode")
    parsed = _ask({"@type": "parseTextEntities", "text": text, "parse_mode": mode})
    return parsed["text"], [_from_tdlib(entity) for entity in parsed["entities"]]


def _settle(text: str, entities: list[JSON]) -> tuple[str, list[JSON]]:
    """Clean and trim a text as the server does, and move the entities along with it."""
    clean = _clean(text)
    start = units(clean) - units(clean.lstrip(" \n"))
    trimmed = clean.strip(" \n")
    end = units(trimmed)
    if not trimmed.strip(INVISIBLE):
        return "", []
    moved = []
    for entity in entities:
        first = min(max(_moved(text, entity["offset"]) - start, 0), end)
        last = min(max(_moved(text, entity["offset"] + entity["length"]) - start, 0), end)
        if last > first:
            moved.append(entity | {"offset": first, "length": last - first})
    return trimmed, moved


def _clean(text: str) -> str:
    if text.isprintable():
        return text
    cleaned: str = _ask({"@type": "getMarkdownText", "text": _formatted(text, [])})["text"]
    return cleaned


def _moved(text: str, offset: int) -> int:
    before = text.encode("utf-16-le")[: offset * 2].decode("utf-16-le", "surrogatepass")
    return units(_clean(before))


def _found(text: str, entities: list[JSON]) -> list[JSON]:
    """Return the links, mentions, commands that Telegram marks by itself, where nothing else is marked."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities]
    found = _ask({"@type": "getTextEntities", "text": text})["entities"]
    return [
        _from_tdlib(e)
        for e in found
        if e["type"]["@type"].removeprefix("textEntityType") in TYPES
        and not any(first < e["offset"] + e["length"] and e["offset"] < last for first, last in taken)
    ]


def _from_tdlib(entity: JSON) -> JSON:
    kind = entity["type"]
    name = TYPES[kind["@type"].removeprefix("textEntityType")]
    told: JSON = {"type": name, "offset": entity["offset"], "length": entity["length"]}
    for key in ("url", "language", "custom_emoji_id"):
        if kind.get(key):
            told[key] = str(kind[key])
    if "user_id" in kind:
        told["user"] = {"id": kind["user_id"], "is_bot": False, "first_name": "Someone"}
    return told


def _formatted(text: str, entities: list[JSON]) -> JSON:
    return {"@type": "formattedText", "text": text, "entities": [_to_tdlib(entity) for entity in entities]}


def _to_tdlib(entity: JSON) -> JSON:
    name = entity.get("type")
    if name not in NAMES:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    kind: dict[str, Any] = {"@type": f"textEntityType{NAMES[name]}"}
    if name == "text_link":
        kind["url"] = entity.get("url", "")
    if name == "text_mention":
        kind["user_id"] = entity.get("user", {}).get("id", 0)
    if name == "pre" and entity.get("language"):
        kind |= {"@type": "textEntityTypePreCode", "language": entity["language"]}
    return {"@type": "textEntity", "offset": entity["offset"], "length": entity["length"], "type": kind}


_ask({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})  # TDLib logs texts by default
