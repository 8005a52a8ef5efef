"""What is held of a person as a page that they can read and print: one file, nothing fetched, nothing that runs."""

import json
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

import msgspec

from bot.belongings import MEASURES, Belongings, Kept, Later, Place, write

Words = Callable[[str], str]

_HEAD = """<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 serif; }}
th {{ text-align: left; vertical-align: top; padding-right: 1rem; font-weight: normal; color: #666; }}
td, blockquote {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
blockquote {{ margin: 0 0 .7rem; padding-left: .8rem; border-left: 2px solid #ccc; break-inside: avoid; }}
</style>
"""


def documents(found: Belongings, words: Words) -> dict[str, tuple[str, bytes]]:
    """Return both documents, the page first: a name and what is in it, by the line that says what it is for."""
    name = f"befriend-{found.made:%Y-%m-%d}"
    return {
        "export_page": (f"{name}.html", page(found, words)),
        "export_file": (f"{name}.json", write(found)),
    }


def page(found: Belongings, words: Words) -> bytes:
    """Return the page.

    Args:
        found: What is held.
        words: Returns one of the bot's own lines by its name.

    """
    person = msgspec.to_builtins(found.person, builtin_types=(bytes,))
    shown = {name: value for name, value in person.items() if value and not isinstance(value, bytes | dict)}
    kinds = dict.fromkeys(kept.kind for kept in found.kept)
    parts = [
        _HEAD.format(title=escape(words("page_title"))),
        f"<h1>{escape(words('page_title'))}</h1>\n",
        f"<p>{found.made:%Y-%m-%d %H:%M} UTC. {escape(words('page_open'))}</p>\n",
        *(_kept(words, found.kept, kind) for kind in kinds),
        *(_table(words("page_outcomes"), each) for each in found.outcomes),
        *(_talk(words("page_talk"), place) for place in (found.talk.places if found.talk else ())),
        *(part for timer in found.timers for part in _timer(words("page_timers"), timer)),
        _table(words("page_person"), shown | {f"chat ({found.chat.channel})": found.chat.name}),
        _table(words("page_variables"), found.person.variables),
        _table(words("page_numbers"), _numbers(found)),
        *(_table(words("page_aside"), {"": each}) for each in found.set_aside),
    ]
    return "".join(parts).encode()


def _kept(words: Words, kept: Iterable[Kept], kind: str) -> str:
    """Return what is kept of a kind: quotes, or a table where each of them is a note of the bot's on a day."""
    if kind in MEASURES:
        return _table(words(f"page_{kind}"), dict(_measured(each.text) for each in kept if each.kind == kind))
    return _quotes(f"{words('page_kept')} ({kind})", kept, kind)


def _measured(text: str) -> tuple[str, str]:
    """Return a note on a day by its moment; whatever else stands there is shown as it is."""
    try:
        noted = json.loads(text)
        at = str(noted.pop("at"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return text, ""
    return at, ", ".join(f"{name}: {_shown(value)}" for name, value in noted.items() if value != "")


def _quotes(heading: str, kept: Iterable[Kept], kind: str) -> str:
    quotes = "".join(f"<blockquote>{escape(each.text)}</blockquote>\n" for each in kept if each.kind == kind)
    return f"<h2>{escape(heading)}</h2>\n{quotes}"


def _talk(heading: str, place: Place) -> str:
    return _table(f"{heading}: {place.flow} / {place.step}", place.answers, empty=True)


def _timer(heading: str, timer: Later) -> list[str]:
    head = f"{heading}: {timer.due:%Y-%m-%d %H:%M} UTC ({timer.key})"
    return [_talk(head, place) for place in timer.places] or [_table(head, {}, empty=True)]


def _numbers(found: Belongings) -> dict[str, str]:
    kinds = dict.fromkeys(number.of for number in found.numbers)
    return {of: ", ".join(str(each.number) for each in found.numbers if each.of == of) for of in kinds}


def _table(heading: str, values: Mapping[str, Any], *, empty: bool = False) -> str:
    """Return a section; nothing where there is nothing, unless the heading says enough."""
    if not (values or empty):
        return ""
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(_shown(value))}</td></tr>\n"
        for name, value in values.items()
    )
    return f"<h2>{escape(heading)}</h2>\n<table>\n{rows}</table>\n"


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
