"""Says what a text is about: danger first, then what it speaks of. Pure, and quick enough for every text.

Rules as data (``safety/phrases/en/topics.yaml``). What it says is an offer, never a verdict.
"""

import contextlib
import ctypes
import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.safety.rules import Grammar, Index, Pattern, RulesError
from bot.safety.screen import PHRASES, Screened, judge, read, speller
from flows.turn import Heard

INTENTS = ("self_criticism", "grief", "stop", "distress", "neutral")
ELSE = frozenset(
    {"other_at_risk", "harm_others"}
)  # danger to somebody else; only begun danger is a crisis of one's own
UNCLEAR = "unclear"
_INTENTS = {name: name for name in INTENTS}  # a name that is none of them is a KeyError, and named as a fault


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that texts speak of: ``rank`` 0 leads, ``unless`` silences it, ``whole`` means all of a text."""

    name: str
    intent: str
    rank: int
    whole: bool = False
    unless: tuple[Pattern, ...] = field(default=(), repr=False)


def hear(text: str) -> Heard:
    """Return what a text is about; danger to oneself always makes the intent ``crisis``."""
    plain = speller().plain(text)
    found = judge(plain)
    topic = _topic(plain.text, plain.words)
    intent = topic.intent
    if found.risk == "crisis" or (found.risk == "ask" and found.door not in ELSE):
        intent = "crisis"
    elif found.risk == "ask":
        intent = "distress"
    return Heard(risk=found.risk, door=found.door, intent=intent, topic=_name(found, topic))


def prepare() -> None:
    """Read the rules now, so that the first text does not have to wait for it."""
    speller()
    _topics()
    gc.collect()
    with contextlib.suppress(
        OSError, AttributeError
    ):  # glibc gives back what reading the rules needed for a moment
        ctypes.CDLL(None).malloc_trim(0)


def _name(found: Screened, topic: Topic) -> str:
    return "distress" if found.risk != "none" and topic.intent == "neutral" else topic.name


def _topic(line: str, words: frozenset[str]) -> Topic:
    """Return the topic that leads."""
    best = Topic(UNCLEAR, "neutral", 99)
    bare = line.replace(" ,", "").replace(" .", "")
    for pattern, topic in _topics().candidates(words):
        if topic.rank >= best.rank or not pattern.regex.search(bare if topic.whole else line):
            continue
        if not any(other.possible(words) and other.regex.search(line) for other in topic.unless):
            best = topic
    return best


@cache
def _topics() -> Index:
    grammar = Grammar(read(PHRASES / "en", "words")["sets"])
    faults: list[str] = []
    pairs = [
        pair
        for rank, raw in enumerate(read(PHRASES / "en", "topics")["topics"])
        for pair in _patterns(grammar, raw, rank, faults)
    ]
    if faults:
        raise RulesError("\n".join(faults))
    return Index(pairs)


def _patterns(
    grammar: Grammar, raw: Mapping[str, Any], rank: int, faults: list[str]
) -> list[tuple[Pattern, Topic]]:
    try:
        intent = _INTENTS[raw["intent"]]
        unless = tuple(grammar.compile(line) for line in raw.get("unless", ()))
        named = [("say", False), ("whole", True)]
        return [
            (grammar.compile(line, whole=whole), Topic(raw["topic"], intent, rank, whole, unless))
            for key, whole in named
            for line in raw.get(key, ())
        ]
    except (RulesError, KeyError) as error:
        faults.append(f"topics.yaml, {raw.get('topic', 'a topic without name')}: {error}")
        return []
