"""Says what a text is about: danger first, then what it speaks of. Pure, and quick enough for every text.

Rules as data (``safety/patterns/<lang>``) and, once it is loaded, a small model (``safety/model.py``). What it says is
an offer, never a verdict.
"""

import contextlib
import ctypes
import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.safety import language, model, neighbours, verdict
from bot.safety.model import Guess
from bot.safety.rules import Grammar, Index, Pattern, RulesError
from bot.safety.screen import PATTERNS, Screened, judge, read, speller
from bot.safety.text import Plain
from bot.safety.verdict import Verdict
from flows.turn import Heard

INTENTS = ("self_criticism", "grief", "stop", "distress", "neutral")
ELSE = frozenset({"other_at_risk", "harm_others", "baby", "child_hurt"})  # danger to somebody else
UNCLEAR = "unclear"
TOLD = 0.35  # what a rule adds to the share of its topic
CLEAR = 0.3  # how large the share of a topic must be
_INTENTS = {name: name for name in INTENTS}  # a name that is none of them is a KeyError, and named as a fault


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that texts speak of: ``rank`` 0 leads, ``unless`` silences it, ``whole`` means all of a text."""

    name: str
    intent: str
    rank: int
    whole: bool = False
    unless: tuple[Pattern, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Sound:
    """All that was made of one text, for one look at it."""

    found: Screened
    guess: Guess | None
    verdict: Verdict
    topic: Topic
    lang: str


_loaded: list[model.Model] = []  # one at most; it is loaded beside the first talks


def hear(text: str) -> Heard:
    """Return what a text is about; danger to oneself always makes the intent ``crisis``."""
    return weigh(text)[0]


def hear_by_rules(text: str) -> Heard:
    """Return what the rules alone make of a text: in no time, for where nobody may wait."""
    return _heard(_sound(text, "", None))


def weigh(text: str, lang: str = "") -> tuple[Heard, float]:
    """Return what a text is about, and how dangerous it seems: 0 to 1, at 0.5 the bot asks."""
    sound = _sound(text, lang, _loaded[0] if _loaded else None)
    return _heard(sound), sound.verdict.score


def prepare() -> None:
    """Read the rules now, so that the first text does not have to wait for it."""
    speller()
    _topics()
    language.languages()
    gc.collect()
    with contextlib.suppress(
        OSError, AttributeError
    ):  # glibc gives back what reading the rules needed for a moment
        ctypes.CDLL(None).malloc_trim(0)


def load() -> bool:
    """Load the model, in any thread; from then on every text is weighed by both. False where it is not installed."""
    if not _loaded and (loaded := model.load()):
        _loaded.append(loaded)
    return bool(_loaded)


def explain(text: str) -> list[str]:
    """Return, as lines to read, what decided about a text: rules, labels, and the training texts most like it."""
    sound = _sound(text, "", _loaded[0] if _loaded else None)
    heard = _heard(sound)
    lines = [
        f"risk {heard.risk}, door {heard.door or 'none'}, score {sound.verdict.score:.2f}",
        f"begun: {'yes' if heard.begun else 'no'}",
        f"intent {heard.intent}, topic {heard.topic}, language {heard.lang}",
        f"rule: {sound.found.why or 'none'}" + (f" ({sound.found.risk})" if sound.found.why else ""),
        f"topic by rule: {sound.topic.name}",
    ]
    if sound.guess is None:
        return [*lines, "model: not installed, the rules decided alone"]
    best = sorted(sound.guess.labels.items(), key=lambda pair: -pair[1])[:5]
    lines.append("model: " + ", ".join(f"{name} {share:.2f}" for name, share in best))
    lines.append(
        f"logits: risk {sound.guess.risk:.2f} (asks from {verdict.ASK}), "
        f"crisis {sound.guess.crisis:.2f} (from {verdict.CRISIS})"
    )
    near = neighbours.nearest(_loaded[0].encoder, text, best[0][0])
    return [*lines, *(f"near: {likeness:.2f} [{best[0][0]}] {words}" for likeness, words in near)]


def _sound(text: str, lang: str, ear: model.Model | None) -> Sound:
    plain = speller().plain(text)
    found = judge(plain)
    guess = ear.guess(text[: model.LONGEST], model.line(plain)) if ear and text.strip() else None
    return Sound(
        found, guess, verdict.weigh(found, guess), _topic(plain, guess), lang or language.detect(text)
    )


def _heard(sound: Sound) -> Heard:
    decided, topic = sound.verdict, sound.topic
    intent, name = topic.intent, topic.name
    if decided.risk != "none":
        own = decided.risk == "crisis" or decided.door not in ELSE
        intent = "crisis" if own else "distress"
        name = "distress" if topic.intent == "neutral" else topic.name
    return Heard(decided.risk, decided.door, intent, name, sound.lang, decided.begun)


# --- topics ---


def _topic(plain: Plain, guess: Guess | None) -> Topic:
    """Return the topic that leads: words that are all of a text, then what it is most like."""
    ruled = _ruled(plain.text, plain.words)
    if guess is None or ruled.whole:
        return ruled
    shares: dict[tuple[str, str], float] = {}
    for name, meaning in verdict.labels().items():
        if meaning.risk == "none" or meaning.intent != "neutral":
            pair = (meaning.intent, meaning.topic)
            shares[pair] = shares.get(pair, 0) + guess.labels.get(name, 0)
    if ruled.name != UNCLEAR:
        pair = (ruled.intent, ruled.name)
        shares[pair] = shares.get(pair, 0) + TOLD
    intents = {
        intent: sum(share for (its, _), share in shares.items() if its == intent) for intent, _ in shares
    }
    intent = max(intents, key=lambda each: intents[each])
    share, name = max((share, name) for (its, name), share in shares.items() if its == intent)
    return Topic(name if share > CLEAR or intent != "neutral" else UNCLEAR, intent, 0)


def _ruled(line: str, words: frozenset[str]) -> Topic:
    """Return the topic that the rules find."""
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
    grammar = Grammar(read(PATTERNS / "en", "words")["sets"])
    faults: list[str] = []
    pairs = [
        pair
        for rank, raw in enumerate(read(PATTERNS / "en", "topics")["topics"])
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
