"""How a chat looks in a terminal: bubbles, choices, colours. Knows widths, no dialog."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

WIDEST = 76  # columns; longer lines are hard to read
NARROWEST = 24  # below it, boxes cost more than they give
LONG = 600  # characters of what was typed, above which a bubble of it shows the beginning only …
SHOWN = 5  # … so many lines: it was typed by who reads it, and pushes what is answered off the screen
PICTURE_WIDTH = 4  # columns a box adds to its text: two borders, two blanks

_RESET = "\x1b[0m"
_STYLES = {"bot": "\x1b[36m", "you": "\x1b[32m", "number": "\x1b[1m", "faint": "\x1b[2m"}
# Everything a terminal would obey instead of show: C0 (but the line break), DEL, C1, lone surrogates,
# and marks that turn the direction of the rest of the line (bidi overrides, not the natural direction).
_ORDERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal can do.

    Attributes:
        width: Columns to use, at most WIDEST.
        colour, boxes: Whether to use them.

    """

    width: int = WIDEST
    colour: bool = False
    boxes: bool = False


def look(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Look:
    """Return what may be used on a stream; NO_COLOR (no-color.org) and TERM=dumb are respected."""
    if not stream.isatty() or environ.get("TERM") == "dumb":
        return Look()
    columns = shutil.get_terminal_size().columns
    unicode = (stream.encoding or "").lower().replace("-", "") == "utf8"
    return Look(
        width=max(min(columns - 1, WIDEST), 10),
        colour=not environ.get("NO_COLOR"),
        boxes=unicode and columns > NARROWEST,
    )


class Screen:
    """Makes text of bubbles. Lives as long as the chat is open."""

    def __init__(self, look: Look) -> None:
        self.look = look

    def said(self, text: str) -> str:
        """Return a bubble of the bot's, at the left."""
        if not self.look.boxes:
            return self._paint("bot", "\n".join(self._wrap(text, self.look.width - 2, "  "))) + "\n"
        return self._box(self._wrap(text, self._inside, ""), "bot", at_right=False)

    def typed(self, text: str) -> str:
        """Return a bubble of the person's, at the right; of a long text its first lines, and how much follows."""
        if not self.look.boxes:
            text = f"> {text}"
            inside, left = folded(text, self._wrap(text, self.look.width, ""))
            drawn = self._paint("you", "\n".join(inside)) + "\n"
        else:
            inside, left = folded(text, self._wrap(text, self._inside, ""))
            drawn = self._box(inside, "you", at_right=True)
        return drawn + (self.faint(f"… and {left:,} more characters") if left else "")

    def choices(self, labels: Sequence[str]) -> str:
        """Return a numbered list; labels that are numbers themselves stand in one row, the others below it."""
        numbers = [label for label in labels if label.isdigit()]
        if numbers:
            row = "\n".join(self._wrap("  ".join(numbers), self.look.width - 4, "    "))
            others = "".join(
                f"    {self._wrap(label, self.look.width - 4, '    ')[0].strip()}\n"
                for label in labels
                if label not in numbers
            )
            return f"{self._paint('number', row)}\n{others}"
        return "".join(self._choice(place, label) for place, label in enumerate(labels, 1))

    def faint(self, text: str) -> str:
        """Return a remark that is not part of the talk."""
        return self._paint("faint", "\n".join(self._wrap(text, self.look.width - 2, "  "))) + "\n"

    def _choice(self, place: int, label: str) -> str:
        first, *further = self._wrap(label, self.look.width - 7, "       ")
        number = self._paint("number", f"{place:>5}")
        return "\n".join([f"{number}  {first[7:]}", *further]) + "\n"

    @property
    def _inside(self) -> int:
        """Columns of a bubble's text."""
        return min(self.look.width * 4 // 5, self.look.width - PICTURE_WIDTH)

    def _box(self, inside: Sequence[str], who: str, *, at_right: bool) -> str:
        from wcwidth import width

        widths = [width(line) for line in inside]
        widest = max(widths)
        margin = " " * (self.look.width - widest - PICTURE_WIDTH if at_right else 0)
        side = self._paint(who, "│")
        rows = [f"{margin}{self._paint(who, '╭' + '─' * (widest + 2) + '╮')}"]
        rows += [
            f"{margin}{side} {line}{' ' * (widest - long)} {side}"
            for line, long in zip(inside, widths, strict=True)
        ]
        rows.append(f"{margin}{self._paint(who, '╰' + '─' * (widest + 2) + '╯')}")
        return "\n".join(rows) + "\n"

    def _wrap(self, text: str, columns: int, indent: str) -> list[str]:
        """Break text into lines of at most so many columns, never inside a grapheme; at least one line."""
        from wcwidth import wrap

        paragraphs = harmless(text).split("\n")
        return [
            indent + line for paragraph in paragraphs for line in wrap(paragraph, max(columns, 8)) or [""]
        ]

    def _paint(self, style: str, text: str) -> str:
        return f"{_STYLES[style]}{text}{_RESET}" if self.look.colour else text


def folded(text: str, lines: list[str]) -> tuple[list[str], int]:
    """Return the first of a text's lines, and how many characters are left out; all of them where it is not long."""
    if len(text) <= LONG or len(lines) <= SHOWN:
        return lines, 0
    shown = lines[:SHOWN]  # at the end of each, a blank or a line break of the text
    return shown, max(1, len(text) - sum(len(line) + 1 for line in shown))


def harmless(text: str) -> str:
    """Replace what a terminal would obey instead of show; it may be a person's words coming back."""
    return _ORDERS.sub(lambda found: " " if found[0] == "\t" else "\ufffd", text)
