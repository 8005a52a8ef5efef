"""What the bot writes down about itself: never what a person wrote, never the token."""

import asyncio
import hashlib
import logging
import re
import secrets
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import TextIO

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")  # the shape of a bot token, wherever it may stand
OURS = ("bot", "flows", "__main__")
# Libraries whose sentences were read: what they tell of anyone stands in arguments, which are left out.
NOISY = ("httpx", "httpcore", "telegram", "aiohttp", "asyncio", "sqlite_utils", "urllib3", "transitions")
LONGEST = 300  # characters of another library's sentence
CAUSES = 5  # of one error; more say nothing new
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_SALT = secrets.token_bytes(16)  # a reference means nothing outside this process

log = logging.getLogger(__name__)


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of this process through one careful handler.

    Call it before a library is imported that logs. May be called again.
    """
    logging.raiseExceptions = False  # else a faulty log call prints its arguments to stderr
    logging.captureWarnings(capture=True)
    warnings.showwarning = _warned
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Careful())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda fault: _report(fault.exc_type, fault.exc_traceback)
    threading.excepthook = lambda fault: _report(fault.exc_type, fault.exc_traceback)


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Send what goes wrong in tasks through the same door; asyncio itself would print values."""
    loop.set_exception_handler(_in_loop)


def ref(address: str) -> str:
    """Return a reference for a chat that is the same for as long as this process lives."""
    return hashlib.blake2s(address.encode("utf-8", "surrogatepass"), key=_SALT, digest_size=4).hexdigest()


def trace(kind: type[BaseException] | None, frames: TracebackType | None) -> str:
    """Tell what was raised and where, without its text, its source lines and its locals."""
    name = "Exception" if kind is None else f"{kind.__module__}.{kind.__qualname__}"
    # file names only, no folders: they tell about the machine
    places = (f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in traceback.extract_tb(frames))
    return " < ".join((name, *reversed(list(places))))


class Careful(logging.Formatter):
    """Writes our own sentences whole, others' without their arguments, and errors without their values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line: time, level, name, sentence, fields, class and frames of an error."""
        parts = [self.formatTime(record), record.levelname, record.name, _sentence(record)]
        if _ours(record):
            parts += [f"{key}={value}" for key, value in vars(record).items() if key not in _PLAIN]
        if record.exc_info:
            parts.append(_chain(record.exc_info[1]))
        return TOKEN.sub("<token>", " ".join(parts)).replace("\n", " ")


def _ours(record: logging.LogRecord) -> bool:
    return record.name.split(".", 1)[0] in OURS


def _sentence(record: logging.LogRecord) -> str:
    if _ours(record):
        return record.getMessage()
    if record.name.split(".", 1)[0] not in NOISY:  # nobody has read what it logs
        return f"{record.filename}:{record.lineno}"
    # Others' arguments may be whole updates or answers; asyncio puts errors' values after the first line.
    return str(record.msg).split("\n", 1)[0][:LONGEST]


def _chain(fault: BaseException | None) -> str:
    told: list[str] = []
    while fault is not None and len(told) < CAUSES:
        told.append(trace(type(fault), fault.__traceback__))
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return " <- ".join(told)


def _uncaught(kind: type[BaseException], _: BaseException, frames: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _report(kind, frames)


def _report(kind: type[BaseException] | None, frames: TracebackType | None) -> None:
    log.critical("an error nobody caught: %s", trace(kind, frames))


def _warned(
    message: Warning | str,  # noqa: ARG001  # it may be made of anything
    category: type[Warning],
    filename: str,
    lineno: int,
    *_: object,
    **__: object,
) -> None:
    log.warning("a warning: %s < %s:%d", category.__name__, filename.rsplit("/", 1)[-1], lineno)


def _in_loop(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    fault = context.get("exception")
    told = _chain(fault) if isinstance(fault, BaseException) else ""
    # Letters up to the first mark: asyncio sometimes goes on with an object's repr, or a call's with its arguments.
    said = re.match(r"[\w ]*", str(context.get("message")))
    log.error("the event loop reports: %s %s", said[0] if said else "", told)
