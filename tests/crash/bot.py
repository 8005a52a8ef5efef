"""The bot that is killed: everything as `befriend run` has it, with a flow that says back what it heard."""

import asyncio
import sys
from pathlib import Path

from bot import app
from bot.model import Pace
from bot.settings import read
from flows.compiler import compile_content
from tests.content import write

ECHO = """
flow: welcome
takes: [first_words]
steps:
  first:
    say: "heard: {first_words}"
    ask: words
    to: again
  again:
    say: "heard: {words}"
    ask: words
    to: again
"""
PACE = Pace(per_second=1e9, per_chat=0.0, typing=False, settle=0.4, patience=0.5)


def main(folder: Path, url: str, token: str) -> None:
    """Serve until killed."""
    given = {
        "BEFRIEND_TOKEN": token,
        "BEFRIEND_API_URL": url,
        "BEFRIEND_CONTACT": "nobody@example.org",
        "BEFRIEND_DATA_DIR": str(folder / "data"),
        "BEFRIEND_KEY_FILE": str(folder / "key"),
    }
    content = compile_content(write(folder / "content", welcome=ECHO))
    asyncio.run(app.run(read(given), content=content, pace=PACE))


main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
