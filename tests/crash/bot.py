"""The bot that is killed: everything as `befriend run` has it, with a flow that says back what it heard.

A nursery loads what a bot needs, once, and forks a life for every line on its standard input. Loading takes a
second and touches nothing that lasts; what is tried here begins after it, with the opening of the store.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from bot import app, hearing
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
DAILY = """
flow: daily
takes: [checkin_slot]
steps:
  ask: {say: "asked: {checkin_slot}", ask: words, to: end}
"""
# Settling takes longer than a life here, as its 2 s take longer than a round of a crash loop: what may have been
# sent is repeated by the first bot that lives on.
PACE = Pace(per_second=1e9, per_chat=0.0, typing=False, settle=1.5, patience=15.0)


def live(folder: Path, url: str, token: str, content: Content, pace: Pace) -> None:
    """Serve until killed, or asked to stop."""
    given = {
        "BEFRIEND_TOKEN": token,
        "BEFRIEND_API_URL": url,
        "BEFRIEND_CONTACT": "nobody@example.org",
        "BEFRIEND_DATA_DIR": str(folder / "data"),
        "BEFRIEND_KEY_FILE": str(folder / "key"),
        "BEFRIEND_LOG_LEVEL": "error",
    }
    asyncio.run(app.run(read(given), content=content, pace=pace))


def main(folder: Path, url: str, token: str, pace: Pace) -> None:
    """For every line begin a life and say its number; once it is over, say how it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the harness, which ends what it began
    content = compile_content(write(folder / "content", welcome=ECHO, daily=DAILY))
    helplines.countries()
    hearing.prepare()
    for _ in sys.stdin:
        if not (life := os.fork()):
            live(folder, url, token, content, pace)
            os._exit(0)
        print(life, flush=True)
        _, status = os.waitpid(life, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


_given = dict(zip(("per_second", "settle"), map(float, sys.argv[4:]), strict=False))
main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], replace(PACE, **_given))
