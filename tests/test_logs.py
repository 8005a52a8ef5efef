"""Logs tell what happened and where, never what somebody wrote and never the token."""

import asyncio
import io
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest

from bot import logs

SECRET = "what I never told anyone"
TOKEN = "123456:" + "A" * 35


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """Everything that is logged, at the lowest level."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook)
    logs.configure("DEBUG", stream)
    yield stream
    root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook = before
    logging.captureWarnings(capture=False)


def fail() -> None:
    try:
        {}[SECRET]
    except KeyError as error:
        raise ValueError(f"about {SECRET}") from error


def test_an_error_is_told_by_class_and_place(told):
    """Its text, its cause's text and its source lines stay where they are."""
    try:
        fail()
    except ValueError:
        logging.getLogger("bot.x").exception("a turn failed", extra={"action": "turn_failed", "row": 7})

    assert SECRET not in told.getvalue()
    assert "ERROR bot.x a turn failed action=turn_failed row=7 builtins.ValueError" in told.getvalue()
    assert "test_logs.py" in told.getvalue()
    assert "builtins.KeyError" in told.getvalue()
    assert told.getvalue().count("\n") == 1


def test_other_libraries_arguments_are_left_out(told):
    """They may be whole updates, answers, or addresses with a token."""
    logging.getLogger("telegram.ext").error("Received data was: %r", SECRET)
    logging.getLogger("httpx").warning("HTTP Request: %s", f"https://api.telegram.org/bot{TOKEN}/getMe")
    logging.getLogger("telegram").info("not even asked for")

    assert "Received data was" in told.getvalue()
    assert SECRET not in told.getvalue()
    assert TOKEN not in told.getvalue()
    assert "not even asked for" not in told.getvalue()


def test_of_libraries_nobody_has_read_only_the_place_is_told(told):
    """Their sentences and fields may be made of anything."""
    logging.getLogger("somebody.new").error(f"about {SECRET}", extra={"text": SECRET})  # noqa: G004
    logging.getLogger("telegram").error("Received data", extra={"text": SECRET})

    assert "ERROR somebody.new test_logs.py:" in told.getvalue()
    assert SECRET not in told.getvalue()


def test_a_warning_is_told_by_class_and_place(told):
    """Its text may be made of anything."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._warned
        warnings.warn(f"mind {SECRET}", stacklevel=1)

    assert "WARNING bot.logs a warning: UserWarning < test_logs.py:" in told.getvalue()
    assert SECRET not in told.getvalue()


def test_a_token_is_masked_wherever_it_stands(told):
    """In our own sentences too."""
    logging.getLogger("bot").warning("calling /bot%s/getMe", TOKEN, extra={"url": f"x/bot{TOKEN}/y"})

    assert told.getvalue().count("<token>") == 2
    assert TOKEN not in told.getvalue()


def test_a_faulty_log_call_shows_nothing(told, capsys):
    """Python would print its arguments to the screen."""
    logging.getLogger("bot").warning("%d and %d", SECRET, SECRET)

    assert SECRET not in told.getvalue() + "".join(capsys.readouterr())


def test_what_nobody_caught_is_told_the_same_way(told):
    """At the end of the process, in a thread, and in the garbage."""
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    assert told.getvalue().count("an error nobody caught: builtins.ValueError") == 2
    assert SECRET not in told.getvalue()


async def test_the_event_loop_tells_no_values(told):
    """A task that failed unseen is named by class and place."""
    loop = asyncio.get_running_loop()
    logs.watch(loop)
    loop.call_exception_handler(
        {"message": f"Task exception was never retrieved: {SECRET}", "exception": ValueError(SECRET)}
    )

    loop.call_exception_handler({"message": f"Exception in callback fail('{SECRET}')"})

    assert "Task exception was never retrieved builtins.ValueError" in told.getvalue()
    assert "reports: Exception in callback fail" in told.getvalue()
    assert SECRET not in told.getvalue()


def test_a_reference_is_the_same_for_one_chat_and_tells_nothing_of_it():
    """Lines of one chat can be told from another's, within this process."""
    assert logs.ref("4711") == logs.ref("4711") != logs.ref("4712")
    assert "4711" not in logs.ref("4711")
