"""Draws a talk as a phone shows it: lines of a transcript in, an SVG out. It needs no font at hand and fetches nothing.

What a line may be is told in `bot.channels.plain`. Buttons stand in the rows in which Telegram shows them; of a moving
picture its still is drawn, the PNG of the same name beside it.
"""

import re
import struct
from base64 import b64encode
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from bot.channels.plain import VEIL
from bot.channels.telegram.layout import inline_rows
from bot.channels.telegram.send import WORDS
from flows.compiler import CONTENT
from flows.ink import FONTS
from flows.lettering import width, wrap, xml
from flows.phrases import counted

WIDTH = 390  # of a phone, in pixels
EDGE, INSET = 12, 14  # from the screen's edge to a bubble, from a bubble's edge to its words
MOST = 326  # of a bubble's width
FIT = 1.06  # so many times as much is put into a line as would fit in the widest of fonts: most are narrower
TEXT, LINE = 17, 23  # size of letters, and from one line to the next
KEY, KEY_LINE = 15, 19  # the same on buttons
HEAD, FOOT = 58, 62  # of the bars above and below the talk
NEAR, FAR = 5, 16  # between bubbles of one side, and where the other one speaks
SHADE = "\u2592"  # stands for a veiled letter
PAGE, PAPER, INK, FAINT, LINES = "#e7ece6", "#ffffff", "#23271f", "#56605a", "#cdd6cf"
GREEN, BUTTON, DEEP = "#3f6f5f", "#d3dfd7", "#1f4a3d"
UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}
SHOWN = re.compile(r"\((picture|animation|sound|voice|document) (\S+)\) ")


class Bubble(NamedTuple):
    """Something said, or time that passes. ``file`` is what the words stand beneath, of the kind ``shown``."""

    who: str  # bot, you, or wait
    text: str
    shown: str = ""
    file: str = ""
    labels: tuple[str, ...] = ()


def draw(lines: Sequence[str], about: str, content: Path = CONTENT) -> str:
    """Return the SVG of a talk.

    Args:
        lines: A transcript's lines, from a real run.
        about: What the picture shows, for those who do not see it.
        content: Where the files lie that the talk shows.

    """
    screen = _Screen(content)
    bubbles = read(lines)
    for bubble, after in zip_longest(bubbles, bubbles[1:]):
        screen.bubble(bubble, chosen=after.text if after and after.who == "you" else "")
    return screen.done(about)


def read(lines: Sequence[str]) -> list[Bubble]:
    """Return a transcript's lines as bubbles."""
    found: list[Bubble] = []
    for line in lines:
        if line.startswith("@+"):
            passed = " ".join(
                counted(int(many), UNITS[unit]) for many, unit in re.findall(r"(\d+)(\w)", line)
            )
            found.append(Bubble("wait", f"{passed} later"))
        elif line.startswith(("you: ", "bot: ")):
            said = line[5:]
            shown = SHOWN.match(said) if line.startswith("bot") else None
            kind, file = shown.groups() if shown else ("", "")
            found.append(Bubble(line[:3], said[shown.end() :] if shown else said, kind, file))
        elif line.startswith("   |"):
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{line[5:]}")
        elif line.startswith("     ["):
            labels = tuple(line.strip().removeprefix("[").removesuffix("]").split("] ["))
            found[-1] = found[-1]._replace(labels=labels)
    return found


class _Screen:
    """What has been drawn so far, and down to where. Lives for one picture."""

    def __init__(self, content: Path) -> None:
        self._content = content
        self._parts: list[str] = []
        self._y, self._who = HEAD + 14, ""

    def bubble(self, bubble: Bubble, chosen: str) -> None:
        """Draw the next bubble and its buttons. ``chosen`` is the label that is tapped."""
        if self._who:
            self._y += NEAR if self._who == bubble.who else FAR
        self._who = bubble.who
        if bubble.who == "wait":
            self._words([bubble.text], WIDTH / 2, self._y + 14, KEY, FAINT, "middle")
            self._y += KEY_LINE
            return
        self._said(bubble)
        if bubble.labels:
            self._buttons(bubble.labels, chosen)

    def done(self, about: str) -> str:
        """Return the picture, with the bars above and below it."""
        high = self._y + 18 + FOOT
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" height="{high}"'
            f' role="img" aria-label="{xml(about)}" font-family="{FONTS}">'
        )
        clip = f'<clipPath id="phone">{_box(0, 0, WIDTH, high, 18)}</clipPath>'
        page = _box(0, 0, WIDTH, high, 0, f'fill="{PAGE}"')
        rim = _box(0.5, 0.5, WIDTH - 1, high - 1, 18, f'fill="none" stroke="{LINES}"')
        talk, self._parts = self._parts, []
        self._bars(high)
        body = [f'<g clip-path="url(#phone)">{page}', *talk, *self._parts, "</g>"]
        return "\n".join([head, clip, *body, rim, "</svg>", ""])

    def _said(self, bubble: Bubble) -> None:
        picture = bubble.shown in ("picture", "animation")
        lines = wrap(bubble.text, TEXT, (MOST - 2 * INSET) * FIT)
        if bubble.shown and not picture:
            lines = [f"{bubble.shown}: {bubble.file}", *lines]
        full = picture or bool(bubble.labels)
        wide = MOST if full else min(MOST, round(max(width(line, TEXT) for line in lines) / FIT) + 2 * INSET)
        x = WIDTH - EDGE - wide if bubble.who == "you" else EDGE
        fill, ink = (GREEN, PAPER) if bubble.who == "you" else (PAPER, INK)
        href, image_high = self._image(bubble) if picture else ("", 0)
        high = image_high + len(lines) * LINE + 16
        self._parts.append(_box(x, self._y, wide, high, 16, f'fill="{fill}"'))
        if href:
            self._parts.append(href)
        alone = len(lines) == 1 and bubble.who == "you"  # in the middle, whatever font it is drawn in
        place = (x + wide / 2, "middle") if alone else (x + INSET, "start")
        self._words(lines, place[0], self._y + image_high + 25, TEXT, ink, place[1])
        self._y += high

    def _image(self, bubble: Bubble) -> tuple[str, int]:
        """Return what is shown above the words, and how high it is; of a still that is a strip, its first square."""
        body = (self._content / bubble.file).with_suffix(".png").read_bytes()
        wide, high = struct.unpack(">II", body[16:24])  # PNG, IHDR
        moves = bubble.shown == "animation"
        seen = min(wide, high) if moves else wide
        tall, clip = round(MOST * high / seen), f"clip{self._y}"
        image = (
            f'<image width="{wide}" height="{high}" href="data:image/png;base64,{b64encode(body).decode()}"/>'
        )
        place = f'x="{EDGE}" y="{self._y}" width="{MOST}" height="{tall}" viewBox="0 0 {seen} {high}"'
        rounded = f'<clipPath id="{clip}">{_box(EDGE, self._y, MOST, tall + 16, 16)}</clipPath>'
        drawn = f'{rounded}<g clip-path="url(#{clip})"><svg {place}>{image}</svg></g>'
        return drawn + (self._badge() if moves else ""), tall

    def _badge(self) -> str:
        box = _box(EDGE + 10, self._y + 10, 42, 24, 12, 'fill="#000000" fill-opacity=".45"')
        place = f'x="{EDGE + 31}" y="{self._y + 27}" font-size="13" fill="{PAPER}" text-anchor="middle"'
        return f"{box}<text {place}>GIF</text>"

    def _buttons(self, labels: Sequence[str], chosen: str) -> None:
        """Draw choices as wide as their bubble, in Telegram's rows."""
        for row in inline_rows([(label, "") for label in labels]):
            wide = (MOST - 4 * (len(row) - 1)) / len(row)
            texts = [wrap(each["text"], KEY, wide - 10) for each in row]
            high = KEY_LINE * max(map(len, texts)) + 20
            self._y += 4
            for at, lines in enumerate(texts):
                x, tapped = EDGE + at * (wide + 4), row[at]["text"] == chosen
                look = f'fill="{BUTTON}"' + (f' stroke="{DEEP}" stroke-width="2"' if tapped else "")
                self._parts.append(
                    _box(x + tapped, self._y + tapped, wide - 2 * tapped, high - 2 * tapped, 9, look)
                )
                top = self._y + (high - KEY_LINE * len(lines)) / 2 + 14.5
                self._words(lines, x + wide / 2, top, KEY, DEEP, "middle")
            self._y += high

    def _bars(self, high: float) -> None:
        """Draw who is spoken with above the talk, and the words that are always at hand below it."""
        self._parts.append(_box(0, 0, WIDTH, HEAD, 0, f'fill="{PAPER}"'))
        self._parts.append(f'<circle cx="34" cy="{HEAD / 2}" r="19" fill="{GREEN}"/>')
        self._words(["B"], 34, HEAD / 2 + 6.5, 19, PAPER, "middle")
        self._words(["Befriend"], 66, 26, TEXT, INK)
        self._words(["bot"], 66, 44, 14, FAINT)
        self._parts.append(_box(0, high - FOOT, WIDTH, FOOT, 0, f'fill="{PAPER}"'))
        wide = (WIDTH - 2 * EDGE - 6 * (len(WORDS) - 1)) / len(WORDS)
        for at, word in enumerate(WORDS):
            x = EDGE + at * (wide + 6)
            self._parts.append(_box(x, high - FOOT + 11, wide, FOOT - 22, 9, f'fill="{PAGE}"'))
            self._words([word], x + wide / 2, high - FOOT / 2 + 5, KEY, INK, "middle")

    def _words(
        self, lines: Sequence[str], x: float, y: float, size: int, ink: str, anchor: str = "start"
    ) -> None:
        place = f'font-size="{size}" fill="{ink}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "")
        step = LINE if size == TEXT else KEY_LINE
        self._parts += [
            f'<text x="{_short(x)}" y="{_short(y + step * at)}" {place}>{line}</text>'
            for at, line in enumerate(_veiled(lines))
        ]


def _veiled(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines as XML; a veil may begin in one of them and end in another."""
    hidden = False
    for line in lines:
        parts = []
        for number, part in enumerate(line.split(VEIL)):
            hidden ^= number > 0
            parts.append(re.sub(r"\S", SHADE, part) if hidden else xml(part))
        yield "".join(parts)


def _box(x: float, y: float, wide: float, high: float, round_: int, look: str = "") -> str:
    corners = f' rx="{round_}"' if round_ else ""
    size = f'width="{_short(wide)}" height="{_short(high)}"'
    return f'<rect x="{_short(x)}" y="{_short(y)}" {size}{corners}{" " + look if look else ""}/>'


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
