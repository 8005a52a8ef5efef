"""Nothing that a person wrote, and no token, is in any log at any level, whatever goes wrong."""

import asyncio
import io
import logging
import sys
import threading

import pytest

from bot import actions, logs
from tests.fakes import faults, updates
from tests.serving import WITHIN, small

pytest_plugins = ["tests.fixtures"]

SECRET = "zebra-crossing-sonata"
NAME = "Quillfeather"
CHAT = 7_654_321_987
TALK = """
flow: welcome
takes: [first_words]
steps:
  first: {say: "heard: {first_words}", ask: words, to: again}
  again:
    say: "heard: {words}"
    ask: words
    when: [{answer: {words: zebra-crossing-sonata break}, to: broken}]
    to: again
  broken: {do: {name: break, with: {words: "{words}"}}, to: again}
"""
WRONG = [faults.cut_before, faults.cut_after, faults.garbage, faults.not_ok, faults.server_error, faults.gateway,
         faults.unparsable, faults.no_result, faults.wrong_type, lambda: faults.too_many(0)]  # fmt: skip


class Records(logging.Handler):
    """Keeps every record as it was made, before anything is left out of it."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def emit(self, record):
        self.kept.append(record)

    @property
    def told(self):
        """Everything that a handler of any other program could read from them, but the errors' own words."""
        return "\n".join(f"{each.getMessage()} {fields(each)}" for each in self.kept)

    @property
    def faults(self):
        """Every error that was logged, with what led to it."""
        found = []
        for record in self.kept:
            fault = record.exc_info[1] if record.exc_info else None
            while fault is not None:
                found.append(fault)
                fault = fault.__cause__ or fault.__context__
        return found


def fields(record):
    # pytest's own handler writes an error into ``exc_text``
    return {key: value for key, value in vars(record).items() if key not in ("exc_info", "exc_text")}


class Broken(Exception):
    """Stands for an error of ours that knows the person's words."""


def break_down(desk, given, answers):
    raise Broken(given["words"])


@pytest.fixture
def told(monkeypatch):
    """Everything that the bot logs, at the lowest level, as written and as made."""
    root, stream, records = logging.getLogger(), io.StringIO(), Records()
    before = (root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook)
    loud = logging.raiseExceptions
    logs.configure("DEBUG", stream)
    root.addHandler(records)
    monkeypatch.setitem(actions.ACTIONS, "break", break_down)
    yield stream, records
    root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook = before
    logging.raiseExceptions = loud
    logging.captureWarnings(False)


async def test_no_words_no_name_no_chat_and_no_token_are_logged(server, bot, tmp_path, way, told, capfd):
    """A talk with everything going wrong at once, at the lowest level."""
    stream, records = told
    sam = server.person(CHAT, name=NAME)
    async with bot.running(small(tmp_path, welcome=TALK), way):
        logs.watch(asyncio.get_running_loop())
        for fault in WRONG:
            server.faults.add("sendMessage", fault())
            server.faults.add("editMessageReplyMarkup", fault())
            server.faults.add("answerCallbackQuery", fault())
            sam.says(f"{SECRET} {fault}")
        server.faults.add("getUpdates", faults.garbage(), faults.cut_after())
        sam.says(f"{SECRET} break")
        sam.says(f"{SECRET} \ud800")
        sam.sends_photo(caption=SECRET)
        message = sam.says(f"{SECRET} to be edited")
        sam.edits(message, f"{SECRET}, edited")
        server.inject({"message": {**message, "message_id": SECRET}})
        server.inject({"message": {"chat": {"id": CHAT, "type": "private"}, "text": SECRET, SECRET: SECRET}})
        server.inject({"callback_query": {"id": SECRET, "from": updates.user(CHAT, NAME), "data": SECRET}})
        group = server.person(-CHAT, name=NAME)
        group.says(SECRET)
        await server.until(lambda: group.chat.left, WITHIN)
        sam.says("the last")
        await sam.sees("heard: the last", timeout=WITHIN)

    written = stream.getvalue() + "".join(capfd.readouterr())
    assert "quarantined" in written
    assert "Broken" in written
    for secret in (SECRET, NAME, str(CHAT), server.token, server.token.partition(":")[2]):
        assert secret not in written
        assert secret not in records.told
        assert not [fault for fault in records.faults if secret in repr(fault) and type(fault) is not Broken]
