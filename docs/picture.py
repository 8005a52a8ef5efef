"""Draw a talk as it is really held: `python -m docs.picture` writes docs/chat.svg from the program's own output."""

import asyncio
import sys
import textwrap
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.seal import Seal
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from flows.compiler import compile_content

HERE = Path(__file__).parent
SCRIPT = (
    "/start", "Tell me more", "Go on", "Yes, that's fine", "Yes",
    "I ruined the whole project. I'm such a failure.", "Yes", "6", "Sharp or loud",
)  # fmt: skip
FROM = 5  # the welcome is left out of the picture: it begins after so many lines of the script
WIDTH, PAD, LINE, CHARS = 560, 14, 21, 54
GREEN = "#3f6f5f"
COLOURS = {"bot": ("#eef1ee", "#26302b"), "you": (GREEN, "#ffffff")}


async def talk(script: tuple[str, ...]) -> list[list[str]]:
    """Return what was shown for each line of the script."""
    clock = ScriptClock(datetime(2026, 11, 22, 18, tzinfo=UTC))
    store = SqliteStore.in_memory(Seal(b"p" * 32))
    chat = PlainChat(store, Conversation(compile_content(shell=SHELL), clock, seed=4), clock)
    shown = [await chat.say(line) for line in script]
    await store.close()
    return shown


def draw(lines: list[str]) -> str:
    """Return an SVG of plain lines as bubbles."""
    parts: list[str] = []
    y = PAD
    for who, text in _bubbles(lines):
        height, drawn = _pills(text.split("\n"), y) if who == "choices" else _bubble(who, text, y)
        parts.append(drawn)
        y += height + 8
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + PAD}" width="{WIDTH}" role="img"'
        ' aria-label="A talk with Befriend" font-family="system-ui, sans-serif" font-size="15">'
    )
    return "\n".join(
        [head, f'<rect width="{WIDTH}" height="{y + PAD}" rx="12" fill="#ffffff"/>', *parts, "</svg>", ""]
    )


def _bubbles(lines: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith(("you: ", "bot: ")):
            found.append((line[:3], line[5:]))
        elif line.startswith("   |"):
            found[-1] = ("bot", f"{found[-1][1]}\n{line[5:]}")
        elif line.startswith("     ["):
            found.append(("choices", line.strip().removeprefix("[").removesuffix("]").replace("] [", "\n")))
    return found


def _bubble(who: str, text: str, y: int) -> tuple[int, str]:
    lines = [part for line in text.split("\n") for part in (textwrap.wrap(line, CHARS) or [""])]
    height = len(lines) * LINE + 14
    width = min(max(map(len, lines)) * 8 + 30, WIDTH - 2 * PAD)
    x = WIDTH - PAD - width if who == "you" else PAD
    fill, ink = COLOURS[who]
    rows = "".join(
        f'<text x="{x + 15}" y="{y + 22 + LINE * number}" fill="{ink}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        height,
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="14" fill="{fill}"/>{rows}',
    )


def _pills(labels: list[str], y: int) -> tuple[int, str]:
    """Draw choices side by side, in as many rows as they need."""
    parts, x, row = [], PAD, 0
    for label in labels:
        width = len(label) * 8 + 24
        if x + width > WIDTH - PAD:
            x, row = PAD, row + 1
        top = y + row * 36
        parts.append(
            f'<rect x="{x}" y="{top}" width="{width}" height="30" rx="15" fill="none" stroke="{GREEN}"/>'
        )
        parts.append(
            f'<text x="{x + width / 2}" y="{top + 20}" fill="{GREEN}" text-anchor="middle">{escape(label)}</text>'
        )
        x += width + 8
    return row * 36 + 30, "".join(parts)


def main() -> None:
    """Write the picture of the README."""
    shown = asyncio.run(talk(SCRIPT))
    (HERE / "chat.svg").write_text(draw([line for lines in shown[FROM:] for line in lines]), encoding="utf-8")
    sys.stdout.write("docs/chat.svg is written.\n")


if __name__ == "__main__":
    main()
