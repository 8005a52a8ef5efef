"""How words and choices fit a phone: parts of a long text, rows of buttons."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import ceil

TINY = 3  # characters: numbers, faces, yes and no
TINY_ROW = 6  # so that 0-10 stands in rows of six and five
SHORT = 16  # characters of which two stand beside each other on a narrow phone
SHORT_ROW = 2

# What Telegram counts as nothing when a text has nothing else (TDLib, is_empty_string).
BLANK = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\ufeff\uffa0" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
)

Keys = list[list[dict[str, str]]]


def units(text: str) -> int:
    """Return the length as Telegram counts it, in UTF-16 units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def wire(text: str) -> str:
    """Return a text that may be sent: no half characters; "" where Telegram would see nothing."""
    try:
        text.encode()
    except UnicodeEncodeError:  # two halves that belong together are joined, a lone one is shown as such
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if text[:1].isalnum():  # nearly always; spares the walk below
        return text
    nothing = all(letter.isspace() or letter in BLANK or letter < " " for letter in text)
    return "" if nothing else text


def inline_rows(choices: Sequence[tuple[str, str]]) -> Keys:
    """Lay (label, data) pairs out in rows, in their order."""
    rows: Keys = []
    for most, group in groupby(choices, key=lambda choice: _beside(choice[0])):
        rows += [
            [{"text": label, "callback_data": data} for label, data in row]
            for row in _even(list(group), most)
        ]
    return rows


def split_text(text: str, most: int) -> list[str]:
    """Cut a text into parts of at most ``most`` UTF-16 units, where it hurts least.

    At a paragraph, else a line, a sentence, a word, and never inside a grapheme (unless one alone is
    longer than a message). Joined, the parts are the text, apart from parts that would show nothing.
    """
    parts: list[str] = []
    while units(text) > most:
        cut = _cut(text, most)
        if part := wire(text[:cut]):
            parts.append(part)
        text = text[cut:]
    if part := wire(text):
        parts.append(part)
    return parts


def _beside(label: str) -> int:
    if len(label) <= TINY:
        return TINY_ROW
    return SHORT_ROW if len(label) <= SHORT else 1


def _even(choices: list[tuple[str, str]], most: int) -> Iterator[list[tuple[str, str]]]:
    size = ceil(len(choices) / ceil(len(choices) / most))
    return (choices[at : at + size] for at in range(0, len(choices), size))


def _cut(text: str, most: int) -> int:
    """Return where to cut so that what comes before fits."""
    end = _fitting(text, most)
    for mark in ("\n\n", "\n", ". ", "! ", "? ", "… ", "。", " "):
        at = text.rfind(mark, end // 2, end)
        if at > 0 and _whole(text, at + len(mark)) == at + len(mark):  # a mark may hang on a space
            return at + len(mark)
    return _whole(text, end)


def _fitting(text: str, most: int) -> int:
    end = min(len(text), most)
    while units(text[:end]) > most:
        end -= ceil((units(text[:end]) - most) / 2)
    return end


def _whole(text: str, end: int) -> int:
    """Move a cut back to the last edge between graphemes."""
    import regex

    edge = 0
    for grapheme in regex.finditer(r"\X", text, endpos=min(len(text), end + 1)):
        if grapheme.end() > end:
            break
        edge = grapheme.end()
    return edge or end
