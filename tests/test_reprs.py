"""Nothing that holds a person's words shows them when it is printed: not in a log, a traceback or a debugger."""

import dataclasses
import importlib
import inspect
import pkgutil
import re
import typing

import msgspec
import pytest

import bot
import flows

# What is of the content, of the operator or of the machine, and of nobody who talks with the bot.
NOBODYS = (
    "bot.app", "bot.cities", "bot.doctor", "bot.hearing", "bot.knowledge", "bot.look.instruments",
    "bot.network", "bot.safety",
    "bot.settings", "bot.workshop",
)  # fmt: skip
OF_THE_CORE = ("answers", "engine", "insertions", "run", "session", "turn")  # the rest is content
# Fields that are codes: none is ever made of what somebody typed, of their name or of their chat.
CODES = frozenset(
    "action beside by channel choice door flow home intent key kind lang line locale media op opened_at past prompt"
    " rests_until risk seen step timer topic warmth".split()
)
OWN = frozenset({"model.Person.id", "turn.Offer.id", "turn.Say.id"})  # drawn at random, or the content's
OURS = frozenset({  # names of our files and tables
    "media._File.file_id", "belongings.Number.of", "model.Outbound.name", "bodies.Audit.opened", "bodies.Audit.closed",
})  # fmt: skip
WORDY = re.compile(r"\bstr\b|\bbytes\b|\bAny\b|\bobject\b|\bRaw\b")


def kinds():
    """Find every record of the running bot."""
    for package in (bot, flows):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            core = package is flows and found.name.split(".")[1] not in OF_THE_CORE
            if core or found.name.startswith(NOBODYS) or found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for one in vars(module).values():
                record = inspect.isclass(one) and one.__module__ == found.name
                if record and (dataclasses.is_dataclass(one) or issubclass(one, msgspec.Struct)):
                    yield one


def name(kind):
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}"


@pytest.mark.parametrize("kind", sorted(kinds(), key=name), ids=name)
def test_a_record_shows_codes_and_numbers_only(kind):
    """Each field that may hold text is filled, and looked for in what is printed."""
    wordy = {
        field: f"<{field}>"
        for field, hint in typing.get_type_hints(kind).items()
        if WORDY.search(str(hint)) and "Callable" not in str(hint)
    }

    told = repr(made(kind, wordy))

    shown = {field for field, mark in wordy.items() if mark in told}
    words = {field for field in shown - CODES if f"{name(kind)}.{field}" not in OWN | OURS}
    assert words == set(), "hide them (repr=False), or say above why they are nobody's words"


def made(kind, wordy):
    """Return a record with these fields; the others hold a number, which nobody looks for."""
    fields = (
        kind.__struct_fields__
        if issubclass(kind, msgspec.Struct)
        else [field.name for field in dataclasses.fields(kind)]
    )
    values = {field: wordy.get(field, 7) for field in fields}
    if issubclass(kind, msgspec.Struct):
        return kind(**values)
    record = object.__new__(kind)
    for field, value in values.items():
        object.__setattr__(record, field, value)
    return record


def test_whoever_is_shown_is_shown_without_what_is_in_them():
    """Records within records keep still as well: a talk with answers, an inbox row, a bubble with choices."""
    from bot.channels.telegram.parse import parse
    from bot.model import Arrival, Inbound, Outbound, Pending, Promised
    from flows.session import Ahead, Answered, Frame, Session
    from flows.turn import Offer, Say

    said = "Qx7 zebra"
    frame = Frame(
        "f", "h", "s", "t", {"words": said}, [Answered("s", {"words": said}, "ask", {"more": said})]
    )
    records = [
        Session([frame], ahead=[Ahead("f", "s", {"words": said}, "ask")]),
        Pending(1, Arrival("telegram", 7, said, said.encode())),
        Promised(1, "telegram", said, Outbound("send", said, ((said, "1|f|s|c|p"),))),
        Inbound("text", said, question=said, aside=said.encode()),
        Say("f/s/say/plain.0", said, (Offer("c", said),)),
        parse(
            b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"Qx7"}}'
        ),
    ]

    assert "Qx7" not in repr(records)
