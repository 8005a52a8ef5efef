"""How much room words take in a picture, without a font at hand: rather too much than too little."""

import re
import unicodedata
from collections.abc import Iterator

import regex

EMS = {  # DejaVu Sans, the widest of the fonts that a reader is likely to have
    0.33: " ,.;:'|/\\·‘’ijlIJ",
    0.42: "-()[]!tfr",
    0.53: 'sz"*?_–“”`',
    0.60: "ckvxyLFPT",
    0.85: "w<>=+~^#×↑→↓MOQ",
    1.00: "mW@%—…",
}
LETTERS = {letter: ems for ems, letters in EMS.items() for letter in letters}
SMALL, LARGE, SQUARE = 0.64, 0.78, 1.05  # ems of other Latin letters; of capitals and other alphabets; of 漢
LATIN = "\u024f"  # the last of these letters
BOLD = 1.13  # times as wide
MARKS = {"Mn", "Me", "Cf"}  # drawn upon the letter before them
CONTROL = re.compile(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
CLUSTER = regex.compile(r"\X")


def width(text: str, size: float) -> float:
    """Return how wide a line is, in pixels, in the widest of the usual fonts."""
    return sum(map(_ems, text)) * size


def wrap(text: str, size: float, room: float) -> list[str]:
    """Return a text as lines that fit; what is written on lines of its own stays so."""
    return [line for part in text.split("\n") for line in _fill(part, size, room)] or [""]


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters: at the end of a word, with a sign that there is more."""
    if len(text) <= most:
        return text
    short = ""
    for cluster in CLUSTER.findall(text):
        if len(short) + len(cluster) > most - 1:
            break
        short += cluster
    words = short.rpartition(" ")[0] if text[len(short)] != " " else short
    return f"{(words if len(words) > most // 2 else short).rstrip(' ,.;:')}…"


def clean(text: str) -> str:
    """Return a text without control signs, which no XML may hold and nobody sees."""
    return CONTROL.sub("", text)


def xml(text: str) -> str:
    """Return a text as XML holds it."""
    return clean(text).translate({ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"})


def leftward(text: str) -> bool:
    """Whether a line is read from right to left: its first letter that has a direction says so."""
    found = (unicodedata.bidirectional(letter) for letter in text)
    return next((each in ("R", "AL") for each in found if each in ("L", "R", "AL")), False)


def _fill(text: str, size: float, room: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if width(longer, size) <= room:
            line = longer
            continue
        if line:
            yield line
        *whole, line = _pieces(word, size, room)
        yield from whole
    yield line


def _pieces(word: str, size: float, room: float) -> list[str]:
    """Return a word in pieces that fit: one, but for a word that no line holds."""
    pieces = [""]
    for cluster in CLUSTER.findall(word):
        if pieces[-1] and width(pieces[-1] + cluster, size) > room:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _ems(letter: str) -> float:
    if letter in LETTERS:
        return LETTERS[letter]
    if unicodedata.category(letter) in MARKS:
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return SQUARE
    return LARGE if letter.isupper() or letter > LATIN else SMALL
