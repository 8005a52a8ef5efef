"""PO files, as translators' tools read and write them. Only this module knows Babel; it is loaded when a file is read.

Babel's parser takes much for granted: a quotation mark that was left open, or a line that stands alone, becomes
another text without a word. So the rows are checked first.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.diagnostics import FlowsError

if TYPE_CHECKING:
    from babel.messages.catalog import Message

ROW = re.compile(r'(?:#~ ?)?\s*(?:(?P<key>msgctxt|msgid|msgstr)\s+)?"(?:[^"\\]|\\["\\nrt])*"\s*\Z', re.DOTALL)
FOLLOWS = {
    "": ("msgctxt", "msgid"),
    "msgctxt": ("msgid",),
    "msgid": ("msgstr",),
    "msgstr": ("msgctxt", "msgid"),
}
BRACES = re.compile(r"\{[a-z][a-z0-9_]*\}")
FIELD = re.compile(r"([\w-]+): ?(.*)\Z")
BOM = "\ufeff"
DOMAIN = "befriend"


class PoError(FlowsError):
    """A PO file cannot be read. ``row`` counts from 1."""

    def __init__(self, row: int, message: str) -> None:
        self.row = row
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a PO file.

    Attributes:
        id: Its ``msgctxt``, which is the text id.
        english: Its ``msgid``.
        words: Its ``msgstr``; "" where nobody has translated it.
        fuzzy: Somebody has to look at the words again before they are said.
        previous: The English that the words were written for, if it is another by now.
        gone: No flow says it any more; its words are kept in case it comes back.
        remarks: What translators noted beside it.
        hints: What they should know, one line each.
        place: Where its English stands, ``flow/flow.yaml:row``.
        row: Where it stands in the file that it was read from.

    """

    id: str
    english: str
    words: str = ""
    fuzzy: bool = False
    previous: str = ""
    gone: bool = False
    remarks: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    place: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Po:
    """A PO file: what stands at its head, and its texts in order, those that are gone at the end."""

    entries: tuple[Entry, ...] = ()
    header: str = ""
    remarks: tuple[str, ...] = ()


# --- reading ----------------------------------------------------------------------------


def read(source: str) -> Po:
    """Read a PO file.

    Raises:
        PoError: It is broken, or has a text twice; with the first row that says so.

    """
    rows = source.removeprefix(BOM).split("\n")
    rows = [f"#{row[2:]}" if row.startswith("#~|") else row for row in rows]  # Babel stumbles over #~|
    _check_rows(rows)
    head, entries = Po(), []
    for message, gone in _messages(rows):
        if message.id or message.context:
            entries.append(_entry(message, gone=gone))
        elif not gone:
            head = Po(header=str(message.string), remarks=tuple(message.user_comments))
    _check_doubles(entries)
    return Po(tuple(entries), head.header, head.remarks)


def _check_rows(rows: Iterable[str]) -> None:
    before, gone = "", False
    for number, row in enumerate(map(str.strip, rows), 1):
        if not row or (row.startswith("#") and not row.startswith("#~")):
            continue
        found = ROW.match(row)
        if not found:
            raise PoError(
                number, "neither a remark nor msgctxt, msgid or msgstr with a text in quotation marks"
            )
        key = found["key"]
        if key and key not in FOLLOWS[before]:
            raise PoError(number, f"'{key}' does not follow '{before or 'nothing'}'")
        if not key and not before:
            raise PoError(number, "a text that belongs to nothing")
        if key and before in ("", "msgstr"):
            gone = row.startswith("#~")
        if gone != row.startswith("#~"):
            raise PoError(number, "a text is put aside as a whole: '#~' before each of its rows")
        before = key or before
    if before not in ("", "msgstr"):
        raise PoError(number, f"the file ends after '{before}'")


def _messages(rows: Iterable[str]) -> Iterator[tuple["Message", bool]]:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import PoFileError, PoFileParser

    class Everything(Catalog):
        """Keeps what stands in the file as it stands: doubles, and the header with all its fields."""

        def __setitem__(self, _: object, message: "Message") -> None:
            everything.append(message)

    everything: list[Message] = []
    catalog = Everything()
    try:
        PoFileParser(catalog, abort_invalid=True).parse(rows)
    except PoFileError as error:
        raise PoError(error.lineno + 1, str(error).rpartition(" on ")[0]) from None
    yield from ((message, False) for message in everything)
    yield from ((message, True) for message in catalog.obsolete.values())


def _entry(message: "Message", *, gone: bool) -> Entry:
    remarks = [comment for comment in message.user_comments if not comment.startswith("|")]
    return Entry(
        id=message.context or "",
        english=str(message.id),
        words=str(message.string or ""),
        fuzzy="fuzzy" in message.flags,
        previous=_previous(message.user_comments),
        gone=gone,
        remarks=tuple(remarks),
        row=message.lineno or 0,
    )


def _previous(comments: Iterable[str]) -> str:
    """Return the English that Babel takes for remarks: ``| msgid "…"``."""
    from babel.messages.pofile import unescape

    found, within = "", False
    for comment in comments:
        row = comment[1:].strip()
        if not comment.startswith("|") or not row.endswith('"'):
            continue
        within = row.startswith("msgid ") or (within and row.startswith('"'))
        found += unescape(row.removeprefix("msgid ")) if within else ""
    return found


def _check_doubles(entries: Iterable[Entry]) -> None:
    seen: dict[str, int] = {}
    for entry in entries:
        if entry.id and not entry.gone and seen.setdefault(entry.id, entry.row) != entry.row:
            raise PoError(
                entry.row, f"the text '{entry.id}' is there twice; the first is in row {seen[entry.id]}"
            )


# --- writing ----------------------------------------------------------------------------


def write(po: Po, language: str) -> str:
    """Return the text of a PO file: the same for the same texts, whenever and wherever it is written."""
    blocks = [_head(po, language), *map(_block, po.entries)]
    return "\n".join(blocks)


def _head(po: Po, language: str) -> str:
    """Keep what translators' tools noted there, and add what is missing."""
    from babel.messages.pofile import normalize

    given = {found[1]: found[2] for found in map(FIELD.match, po.header.split("\n")) if found}
    ours = {
        "Project-Id-Version": DOMAIN,
        "PO-Revision-Date": "",
        "Last-Translator": "",
        "Language-Team": "",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    fixed = {key: ours[key] for key in ("Language", "Content-Type", "Content-Transfer-Encoding")}
    fields = "".join(f"{key}: {value}\n" for key, value in {**ours, **given, **fixed}.items())
    return "".join([*_comments("#", po.remarks), 'msgid ""\n', f"msgstr {normalize(fields, width=0)}\n"])


def _block(entry: Entry) -> str:
    from babel.messages.pofile import escape, normalize

    mark = "#~ " if entry.gone else ""
    flags = ["fuzzy"] if entry.fuzzy else []
    flags += ["python-brace-format"] if _formatted(entry.english) and not entry.gone else []
    rows = list(_comments("#", entry.remarks))
    rows += _comments("#.", entry.hints)
    rows += _comments("#:", [entry.place] if entry.place else [])
    rows += [f"#, {', '.join(flags)}\n"] if flags else []
    if entry.previous:
        rows += [
            f"{mark.rstrip() or '#'}| msgid {escape(entry.previous)}\n"
        ]  # one row: Babel drops what looks the same
    for key, text in (("msgctxt", entry.id), ("msgid", entry.english), ("msgstr", entry.words)):
        rows += [f"{mark}{key} {normalize(text, prefix=mark, width=0)}\n"]
    return "".join(rows)


def _comments(mark: str, lines: Iterable[str]) -> Iterator[str]:
    return (f"{mark} {line}".rstrip() + "\n" for line in lines)


def _formatted(english: str) -> bool:
    """Whether translators' tools may watch over the ``{names}``: other braces would confuse them."""
    rest, found = BRACES.subn("", english)
    return bool(found) and "{" not in rest and "}" not in rest
