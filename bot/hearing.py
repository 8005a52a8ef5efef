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
from bot.safety.screen import PATTERNS, Risk, Screened, judge, read, speller
from bot.safety.verdict import Verdict
from flows.turn import Heard

ELSE = frozenset({"other_at_risk", "harm_others", "baby", "child_hurt"})  # danger to somebody else
UNCLEAR = "unclear"
DENIALS = frozenset(  # not heard where danger of life is: whoever says both is not taken at the milder word
    {
        *("mistaken", "only_thought", "has_passed", "better", "wants_talk"),
        *("just_anger", "just_panic", "not_hurt", "wishes_over"),
    }
)
NO = frozenset(  # not heard beside any danger: a no, and what says whether a question was answered
    {"says_no", "touches", "elsewhere"}
)
NO_WISH, NO_LOSS = "no_wish", "no_loss"  # said beside: nobody wants to die; nobody died
FIRM = frozenset({"kindness_hurts"})  # topics that no model has learnt: where a rule finds one, it leads
TOLD = 0.2  # what a rule adds to the share of its topic
WEIGHTS: Mapping[
    str, float
] = {  # what is rarer among the texts that were learnt from than in talks counts more
    "self_criticism": 1.7,
    "grief": 1.85,
    "stop": 1.1,
    "distress": 1.1,
    "neutral": 0.77,
}
CLEAR = 0.3  # how large the share of a topic must be
ABOUT = "about_bot"
QUESTION = 12  # words of a text that asks about the bot, at most; what is longer tells something else too
PLAINLY = ("are you ", "am i ", "is there ", "who ")  # how a question about the bot begins
ASKING = frozenset("who what where when why how are is am do does did can could will would has have".split())
ONLY = frozenset(
    {"stop", "retract", "bye", "at_bot", "asks_why"}
)  # "stop_only" is heard where it is all of a text
INTENTS = tuple(WEIGHTS)
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
    beside: frozenset[str]


_loaded: list[model.Model] = []  # one at most; it is loaded beside the first talks


def hear(text: str) -> Heard:
    """Return what a text is about; danger to oneself always makes the intent ``crisis``."""
    return weigh(text)[0]


def hear_by_rules(text: str) -> Heard:
    """Return what the rules alone make of a text: in no time, for where nobody may wait."""
    return _heard(listen(text, "", None))


def weigh(text: str, lang: str = "") -> tuple[Heard, float]:
    """Return what a text is about, and how dangerous it seems: 0 to 1, at 0.5 the bot asks."""
    found = listen(text, lang, _loaded[0] if _loaded else None)
    return _heard(found), found.verdict.score


def prepare() -> None:
    """Read the rules now, so that the first text does not have to wait for it."""
    speller()
    _topics()
    _answers()
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
    sound = listen(text, "", _loaded[0] if _loaded else None)
    heard = _heard(sound)
    lines = [
        f"risk {heard.risk}, door {heard.door or 'none'}, score {sound.verdict.score:.2f}",
        f"begun: {'yes' if heard.begun else 'no'}",
        f"intent {heard.intent}, topic {heard.topic}, language {heard.lang}",
        f"rule: {sound.found.why or 'none'}" + (f" ({sound.found.risk})" if sound.found.why else ""),
        f"topic by rule: {sound.topic.name}",
        f"beside: {', '.join(sorted(heard.beside)) or 'none'}",
    ]
    if sound.guess is None:
        return [*lines, "model: not asked, or not installed: the rules decided alone"]
    best = sorted(sound.guess.labels.items(), key=lambda pair: -pair[1])[:5]
    lines.append("model: " + ", ".join(f"{name} {share:.2f}" for name, share in best))
    lines.append(
        f"logits: risk {sound.guess.risk:.2f} (asks from {verdict.ASK}), "
        f"crisis {sound.guess.crisis:.2f} (from {verdict.CRISIS})"
    )
    near = neighbours.nearest(_loaded[0].encoder, text, best[0][0])
    return [*lines, *(f"near: {likeness:.2f} [{best[0][0]}] {words}" for likeness, words in near)]


def listen(text: str, lang: str, ear: model.Model | None) -> Sound:
    """Return all that rules and an ear make of a text; without an ear the rules decide alone."""
    plain = speller().plain(text)
    found = judge(plain)
    beside = _beside(plain.text, plain.words)
    denied = "grief" if NO_LOSS in beside else ""
    topic = _ruled(plain.text, plain.words, denied)
    if ear is None or not text.strip() or (topic.whole and found.risk == "none"):
        return Sound(found, None, verdict.weigh(found, None), topic, lang or language.detect(text), beside)
    line = model.line(plain)
    guess = ear.guess(text[: model.LONGEST], line)
    rest = model.bare(found.rest) if found.rest and found.risk == "none" else ""
    weighed = verdict.weigh(found, guess, ear.guess(rest, rest) if rest else None, words=len(line.split()))
    weighed = verdict.believed(weighed, found) if NO_WISH in beside else weighed
    leading = _topic(topic, guess, denied, asks=topic.name == ABOUT or _one_question(plain.text, text))
    return Sound(found, guess, weighed, leading, lang or language.detect(text), beside)


def _heard(sound: Sound) -> Heard:
    decided, topic = sound.verdict, sound.topic
    intent, name = topic.intent, topic.name
    if decided.risk != "none":
        own = decided.risk == "crisis" or decided.door not in ELSE
        intent = "crisis" if own else "distress"
        name = "distress" if topic.intent == "neutral" else topic.name
    only = {f"{name}_only"} if topic.whole and name in ONLY else set[str]()
    return Heard(
        decided.risk, decided.door, intent, name, sound.lang, decided.begun, decided.sure,
        (sound.beside | only) - _unheard(decided.risk),
    )  # fmt: skip


def _unheard(risk: Risk) -> frozenset[str]:
    """Return what is not taken at its word beside such a danger."""
    return {"none": frozenset[str](), "ask": NO, "crisis": DENIALS | NO}[risk]


# --- topics ---


def _topic(ruled: Topic, guess: Guess, denied: str, *, asks: bool) -> Topic:
    """Return the topic that leads: words that are all of a text, then what it is most like.

    ``asks``: it may be a question about the bot; a story is none, whatever stands in it. ``denied``: what was said
    not to be so.
    """
    if ruled.whole or ruled.name in FIRM:
        return ruled
    shares: dict[tuple[str, str], float] = {}
    for name, meaning in verdict.labels().items():
        kept = meaning.topic != denied and (asks or meaning.topic != ABOUT)
        if kept and (meaning.risk == "none" or meaning.intent != "neutral"):
            pair = (meaning.intent, meaning.topic)
            shares[pair] = shares.get(pair, 0) + guess.labels.get(name, 0)
    if ruled.name != UNCLEAR:
        pair = (ruled.intent, ruled.name)
        shares[pair] = shares.get(pair, 0) + TOLD
    intents = {
        intent: weight * sum(share for (its, _), share in shares.items() if its == intent)
        for intent, weight in WEIGHTS.items()
    }
    intent = max(intents, key=lambda each: intents[each])
    share, name = max((share, name) for (its, name), share in shares.items() if its == intent)
    return Topic(name if share > CLEAR or intent != "neutral" else UNCLEAR, intent, 0)


def _ruled(line: str, words: frozenset[str], denied: str = "") -> Topic:
    """Return the topic that the rules find; never the ``denied`` one."""
    best = Topic(UNCLEAR, "neutral", 99)
    bare, asked = _bare(line), _asked(line)
    for pattern, topic in _topics().candidates(words):
        said = bare if topic.whole else asked if topic.name == ABOUT else line
        if topic.name == denied or topic.rank >= best.rank or not pattern.regex.search(said):
            continue
        if not any(other.possible(words) and other.regex.search(line) for other in topic.unless):
            best = topic
    return best


def _asked(line: str) -> str:
    """Return where in a line the bot may be asked about: its last sentence, of a long text a plain one."""
    last = _sentences(line)[-1]
    plain = last.startswith(PLAINLY) and len(last.split()) <= QUESTION
    return f" . {last} . " if plain or _is_short(line) else ""


def _is_short(line: str) -> bool:
    return len(_bare(line).split()) <= QUESTION


def _one_question(line: str, text: str) -> bool:
    """Whether a text is one short question, by its mark or its first word."""
    only = _sentences(line)
    asks = text.rstrip().endswith("?") or only[0].partition(" ")[0] in ASKING
    return asks and len(only) == 1 and _is_short(line)


def _sentences(line: str) -> list[str]:
    return [each.strip() for each in line.split(" .") if each.strip()] or [""]


def _bare(line: str) -> str:
    """Return a line without its stops, for patterns that are all of a text."""
    return line.replace(" ,", "").replace(" .", "")


def _beside(line: str, words: frozenset[str]) -> frozenset[str]:
    """Return all that is said in a text of what people say where danger is talked about."""
    bare = _bare(line)
    return frozenset(
        topic.name
        for pattern, topic in _answers().candidates(words)
        if pattern.regex.search(bare if topic.whole else line)
        and not any(other.possible(words) and other.regex.search(line) for other in topic.unless)
    )


@cache
def _topics() -> Index:
    return _read("topics")


@cache
def _answers() -> Index:
    return _read("answers")


def _read(key: str) -> Index:
    grammar = Grammar(read(PATTERNS / "en", "words")["sets"])
    faults: list[str] = []
    pairs = [
        pair
        for rank, raw in enumerate(read(PATTERNS / "en", "topics")[key])
        for pair in _patterns(grammar, {"intent": "neutral"} | raw, rank, faults)
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
