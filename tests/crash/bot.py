"""The bot that is killed: everything as `befriend run` has it, with a flow that says back what it heard.

By itself it is one life. With ``--nursery`` it loads what a bot needs, once, and forks a life for every line
on standard input: loading takes two seconds, and the store's recovery, which is what is tried here, 0.1.
"""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from bot import app
from bot.channels.telegram import serving  # noqa: F401  # loaded before a life begins
from bot.model import Pace
from bot.safety import helplines
from bot.settings import read
from flows.compiler import Content, compile_content
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


def live(folder: Path, url: str, token: str, content: Content) -> None:
    """Serve until killed."""
    given = {
        "BEFRIEND_TOKEN": token,
        "BEFRIEND_API_URL": url,
        "BEFRIEND_CONTACT": "nobody@example.org",
        "BEFRIEND_DATA_DIR": str(folder / "data"),
        "BEFRIEND_KEY_FILE": str(folder / "key"),
        "BEFRIEND_LOG_LEVEL": "error",
    }
    asyncio.run(app.run(read(given), content=content, pace=PACE))


def nurse(folder: Path, url: str, token: str, content: Content) -> None:
    """Fork a life for every line and say its number; say how it ended where nobody killed it."""
    helplines.countries()
    for _ in sys.stdin:
        if not (pid := os.fork()):
            sys.stdin.close()
            live(folder, url, token, content)
            os._exit(0)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def main() -> None:
    """Begin one life, or many."""
    folder, (url, token) = Path(sys.argv[1]), sys.argv[2:4]
    content = compile_content(write(folder / "content", welcome=ECHO))
    (nurse if "--nursery" in sys.argv else live)(folder, url, token, content)


signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the harness, which kills what it began
with contextlib.suppress(BrokenPipeError):
    main()
