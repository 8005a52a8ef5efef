"""The bot under watch: everything as `befriend run` has it, and errors of every kind that know the person's words.

`python -X dev -m tests.canary FOLDER` takes its settings from the environment. In FOLDER it writes its content.
"""

import asyncio
import logging
import os
import sys
import threading
import time
import warnings
from pathlib import Path

from bot import actions, app, conversation, process
from bot.channels.telegram import reader
from bot.model import FAST
from bot.settings import read
from tests.serving import HELPNOW, small

TALK = """
flow: welcome
takes: [first_words]
steps:
  first: {do: {name: look, with: {words: "{first_words}"}}, to: said}
  said: {say: "heard: {first_words}", ask: words, to: look}
  look: {do: {name: look, with: {words: "{words}"}}, to: again}
  again:
    say: "heard: {words}"
    choices:
      - {id: this, label: "This", to: again}
    ask: words
    to: look
"""
SLOW = 0.0  # seconds from which the event loop reports what it ran: everything


class Broken(Exception):
    """An error of ours that knows the person's words."""


def look(desk, given, answers):
    """Fail in the way that the words ask for, with them in hand."""
    words = given["words"]
    for mark, fail in WAYS.items():
        if mark in words:
            fail(words)
    return {}


def _raise(words):
    try:
        {}[words]
    except KeyError as error:
        raise Broken(f"about {words}") from error


def _encode(words):
    f"{words}\ud800".encode()  # the error carries the whole text


def _warn(words):
    warnings.warn(f"mind {words}", stacklevel=1)


def _log(words):
    logging.getLogger("somebody").error(f"got {words}")  # noqa: G004  # as others do
    for name in ("telegram.Bot", "aiohttp.server", "httpx", "asyncio", "somebody"):
        logging.getLogger(name).error("got %r", words, extra={"words": words})
        logging.getLogger(name).debug("got %r", words)
    try:
        _raise(words)
    except Broken:
        logging.getLogger("aiohttp.server").exception("Error handling request")


def _log_badly(words):
    logging.getLogger("bot.talk").warning("%d of %d", words, words)


def _in_thread(words):
    thread = threading.Thread(target=_raise, args=(words,), name=words)
    thread.start()
    thread.join()


class _Dying:
    def __init__(self, words):
        self.words = words

    def __del__(self):
        raise Broken(self.words)


def _in_garbage(words):
    _Dying(words)


def _in_task(words):
    async def fail(words):
        raise Broken(words)

    def begin():
        LOOPS[0].create_task(fail(words), name=words)

    LOOPS[0].call_soon_threadsafe(begin)


def _in_callback(words):
    LOOPS[0].call_soon_threadsafe(_raise, words)


def _unawaited(words):
    async def forgotten(words):
        return words

    forgotten(words)


def _slowly(words):
    LOOPS[0].call_soon_threadsafe(lambda kept=words: time.monotonic() and kept)


WAYS = {
    "RAISE": _raise, "ENCODE": _encode, "WARN": _warn, "LOG": _log, "BADLY": _log_badly, "THREAD": _in_thread,
    "GARBAGE": _in_garbage, "TASK": _in_task, "CALLBACK": _in_callback, "UNAWAITED": _unawaited, "SLOWLY": _slowly,
}  # fmt: skip
LOOPS: list[asyncio.AbstractEventLoop] = []


def hear(text):
    """Hear as always, or fail with the text in hand."""
    if "HEAR" in text:
        _raise(text)
    return HEAR(text)


HEAR = conversation.hear


async def live(folder):
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = SLOW
    LOOPS.append(loop)
    content = small(folder, welcome=TALK, helpnow=HELPNOW)
    return await app.run(read(os.environ), content=content, pace=FAST)


if __name__ == "__main__":
    process.seclude()
    actions.ACTIONS["look"] = look
    conversation.hear = hear
    reader.FIRST_WAIT = 0.01
    sys.exit(asyncio.run(live(Path(sys.argv[1]))))
