"""Talks of several turns with people in danger, as data: what must have been shown by which turn."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.alarm import ASKING, RISKY
from flows.guards import ACUTE, THOUGHTS
from flows.session import from_json
from tests.danger import UNTOLD, Chat, offered

DIALOGS = yaml.safe_load(Path(__file__).with_name("safety").joinpath("dialogs_en.yaml").read_text("utf-8"))[
    "dialogs"
]
EMERGENCY = re.compile(r"\b112\b|your local emergency number")
LINE = re.compile(r"\b116 123\b|\b50808\b|findahelpline\.com")
NUMBER = re.compile(f"{EMERGENCY.pattern}|{LINE.pattern}")
REACH = re.compile(f"help now|{NUMBER.pattern}", re.IGNORECASE)
PERSON = re.compile(r"you feel safe with|neighbour|near you|with someone|near them", re.IGNORECASE)
DIRECT = {("direct", "ask")}  # the one clear question
THREE = {("crisis", "said"), ("crisis", "closer")}  # which of three it is
BUBBLES = 4  # three, and a line that keeps help in reach before a talk goes on
Place = tuple[str, str]


@dataclass
class Told:
    """One dialog as it went. Lives for one test; a reply is a list of bubbles."""

    own: list[str] = field(default_factory=list)
    replies: list[list[str]] = field(default_factory=list)
    places: list[frozenset[Place]] = field(default_factory=lambda: [frozenset()])
    gate: str = ""
    door: str = ""  # whose danger is the talk

    @property
    def reply(self) -> str:
        return "\n".join(self.replies[-1])

    @property
    def all(self) -> str:
        return "\n".join("\n".join(reply) for reply in self.replies)

    @property
    def first(self) -> str:
        return self.reply.partition("\nbot: ")[0]

    @property
    def asking(self) -> bool:
        return bool(self.places[-1] & ASKING)

    @property
    def risky(self) -> bool:
        return any(flow in RISKY for flow, _ in self.places[-1])

    def put(self, questions: set[Place]) -> int:
        """Return how often one of these questions was put."""
        pairs = zip(self.places, self.places[1:], strict=False)
        return sum(bool(now & questions) and not before & questions for before, now in pairs)


SHOWN: Mapping[str, Callable[[Told], bool]] = {
    "card": lambda told: bool(NUMBER.search(told.all)),
    "line": lambda told: bool(LINE.search(told.reply)),
    "call": lambda told: bool(EMERGENCY.search(told.reply)),
    "first": lambda told: bool(NUMBER.search(told.first)),
    "help": lambda told: bool(REACH.search(told.reply)),
    "person": lambda told: bool(PERSON.search(told.all)),
    "asks": lambda told: told.asking,
    "settled": lambda told: not told.asking,
    "no_question": lambda told: "?" not in told.reply,
    "calm": lambda told: not (told.risky or NUMBER.search(told.reply)),
    "leaves": lambda told: not told.risky,
    "acute": lambda told: told.gate == ACUTE,
    "thoughts": lambda told: told.gate == THOUGHTS,
    "free": lambda told: not told.gate,
    "company": lambda told: bool(re.search(r"\[Sit with me\]|\[Enough for now\]", told.reply)),
    "no_list": lambda told: "[More choices]" not in told.reply,
    "no_name": lambda told: (
        "can't tell" in told.reply
        or "than a program can know" in told.reply
        or "can't say what it is" in told.reply
    ),
    "bare": lambda told: "[" not in told.reply,
    "not_own": lambda told: not re.search(r"could hurt you|Which is closest|hurt you:", told.reply),
    "answers": lambda told: bool(re.search(r"a parent, a teacher|So does one push|what you did", told.reply)),
    "theirs": lambda told: told.door == "other_at_risk",
    "child": lambda told: told.door == "child_hurt",
    "calls_no_more": lambda told: (
        not re.search(r"please call|call (?:112|your local)", told.reply, re.IGNORECASE)
    ),
    "counts": lambda told: bool(re.search(r"\bcounts\b", told.reply)),
    "readable": lambda told: "holds this phone" in told.reply,
    "quiet_way": lambda told: told.reply.count("bot: ") == 1 and "/hide" in told.reply,
    "storing_waits": lambda told: not re.search(r"\bstor(?:e|ed|ing)\b|emergencies", told.reply),
}


@pytest.mark.parametrize("dialog", DIALOGS, ids=lambda dialog: dialog["id"])
async def test_danger_is_met_by_the_turn_it_is_told(dialog):
    """Whoever tells of danger, and however: what must be there is there by then, and what never may is not."""
    async with Chat(**dialog.get("person", {})) as chat:
        if "enter" in dialog:
            await chat.chat.enter(dialog["enter"])
        told, missing = Told(), []
        for turn in dialog["turns"]:
            await _play(chat, told, turn["say"])
            missing += [
                (turn["say"], name, told.reply) for name in turn.get("then", ()) if not SHOWN[name](told)
            ]
        help_now = await chat.say("help now")

    assert missing == []
    _never(told, dialog)
    assert NUMBER.search(help_now[0])


async def _play(chat: Chat, told: Told, line: str) -> None:
    told.own.append(line)
    told.replies.append(await chat.say(line))
    told.places.append(await _places(chat))
    told.door = await _door(chat)
    told.gate = (await chat.person()).variables.get("gate", "")
    assert told.replies[-1] or line.startswith("@"), "a turn without an answer"


async def _places(chat: Chat) -> frozenset[Place]:
    body, _ = await chat.store.run(lambda tx: tx.session(tx.person_at("terminal", "me").id))
    return frozenset((frame.flow, frame.step) for frame in from_json(body).frames) if body else frozenset()


async def _door(chat: Chat) -> str:
    body, _ = await chat.store.run(lambda tx: tx.session(tx.person_at("terminal", "me").id))
    frames = from_json(body).frames if body else []
    return next((frame.answers.get("door", "") for frame in frames if frame.flow == "door"), "")


def _never(told: Told, dialog: Mapping[str, Any]) -> None:
    """Check what holds for every dialog, whatever it is about."""
    times = dialog.get("asked", 1)
    said = told.all.replace("\u2019", "'")
    for own in told.own:  # a sentence of the person's own may be said back
        said = said.replace(own, "")
    assert UNTOLD.findall(said) == []
    assert "{" not in said
    assert told.put(DIRECT) <= times
    assert told.put(THREE) <= times
    assert max(sum(line.startswith("bot: ") for line in reply) for reply in told.replies) <= BUBBLES


def test_there_are_dialogs_of_every_kind():
    """At least forty, each with a reason, a name of its own, and behaviour that is known."""
    names = [dialog["id"] for dialog in DIALOGS]
    wanted = {name for dialog in DIALOGS for turn in dialog["turns"] for name in turn.get("then", ())}

    assert len(names) == len(set(names)) >= 40
    assert [dialog["id"] for dialog in DIALOGS if not dialog["why"].endswith(".")] == []
    assert wanted == {*SHOWN}
    assert {key for dialog in DIALOGS for turn in dialog["turns"] for key in turn} == {"say", "then"}


async def test_every_danger_of_the_dialogs_offers_a_way_on():
    """Where a reply asks something of a person in danger, there is something to tap."""
    dead = []
    for dialog in DIALOGS:
        async with Chat(**dialog.get("person", {})) as chat:
            for turn in dialog["turns"]:
                said = await chat.say(turn["say"])
                if RISKY & set(await chat.flows()) and not offered(said):
                    dead.append((dialog["id"], turn["say"]))
    assert dead == []
