"""Weighs what the rules and the model say of a text, and says what the bot does: nothing, ask once, or help at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

import yaml

from bot.safety.model import Guess
from bot.safety.screen import CUES, Risk, Screened

LABELS = Path(__file__).with_name("labels.yaml")
# Logits, measured on the first blind set (docs/safety/model-card.md): from ASK on the bot asks, from CRISIS on help
# comes at once. RULE is what a rule adds to the one, GRAVE what a rule of danger of life adds to the other.
LEAST = 0.01  # above nought
ASK, CRISIS = 0.48, -0.16
RULE, GRAVE = 0.7, 1.0
SAYS_ALL, BRIEF = 2.0, 8  # what a rule adds in a text of so few words: there it has seen nearly all of it
SURELY = 0.5  # how much it counts for danger of life that there is danger at all
FEW = 8  # words, "_" for what was taken out among them; so short a rest is heard instead of the text
LIKELIER, CERTAIN = 0.5, 0.6  # shares: from these on the model is believed without a rule
NOW = "now.plain"  # that rule says that it will happen, and when
BREATH = "medical.breath"  # trouble with breathing and no cause told: it is asked which, panic or the body
KNOWN = 0.35  # what a rule adds to the share of its door
SURE: Mapping[Risk, float] = {"none": 0.05, "ask": 0.6, "crisis": 0.95}  # scores where only rules have spoken


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label of the training texts means to the bot."""

    risk: Risk = "none"
    door: str = ""
    begun: bool = False
    intent: str = "neutral"
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bot does about danger in a text.

    Attributes:
        score: 0 to 1; at 0.5 it asks.
        sure: A rule, and not small signs alone, has found danger too, or the model is as good as certain of danger to
            the person's own life.

    """

    risk: Risk = "none"
    door: str = ""
    begun: bool = False
    score: float = 0.0
    sure: bool = False


@cache
def labels() -> Mapping[str, Meaning]:
    """Return what each label means. Read once."""
    document: Mapping[str, Any] = yaml.load(LABELS.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {name: Meaning(**({"topic": name} | raw)) for name, raw in document.items()}


def weigh(
    found: Screened, guess: Guess | None, rest: Guess | None = None, *, words: int = BRIEF + 1
) -> Verdict:
    """Return what is done about a text.

    Args:
        found: What the rules found.
        guess: What the model says; None where there is none, and the rules decide alone.
        rest: What it says without idioms and denials, where the rules found these and nothing else: they alone
            never lead to the crisis path, and where they are nearly all of a text, they say nothing.
        words: How many the text has.

    """
    if guess is None:
        return Verdict(found.risk, found.door, found.begun, SURE[found.risk], sure=found.why != CUES)
    danger = guess.risk - ASK
    if found.risk != "none":
        danger += SAYS_ALL if words <= BRIEF else RULE
    grave = guess.crisis + SURELY * guess.risk + GRAVE * (found.risk == "crisis") - CRISIS
    if rest is not None:
        grave = min(grave, rest.crisis + SURELY * rest.risk - CRISIS)
        danger = min(danger, rest.risk - ASK) if len(found.rest.split()) <= FEW else danger
    if found.why == NOW:  # said in plain words with an hour: it counts whatever the model makes of the rest
        danger, grave = max(danger, LEAST), max(grave, LEAST)
    risk: Risk = "crisis" if grave > 0 else "ask" if danger > 0 else "none"
    score = 1 / (1 + exp(-max(danger, grave)))
    if risk == "none":
        return Verdict(door=found.door if found.door == "under_age" else "", score=score)
    door = _door(risk, found, guess)
    if door == "medical" and found.why == BREATH:
        risk = "ask"
    sure = (found.risk != "none" and found.why != CUES) or _alike(guess, "suicide") > CERTAIN
    return Verdict(risk, door, risk == "crisis" and _begun(door, found, guess), score, sure)


def believed(verdict: Verdict, found: Screened) -> Verdict:
    """Return what is done where it is said plainly that nobody wants to die: a model alone then asks nothing."""
    doubt = verdict.risk == "ask" and verdict.door in ("suicide", "passive") and found.risk == "none"
    return Verdict(score=min(verdict.score, SURE["none"])) if doubt and not verdict.sure else verdict


def _door(risk: Risk, found: Screened, guess: Guess) -> str:
    """Return the door that a danger leads through: what it is most like, a rule's own before others."""
    shares: dict[str, float] = {}
    for name, meaning in labels().items():
        if meaning.door and (meaning.risk == "crisis" or risk == "ask"):
            shares[meaning.door] = shares.get(meaning.door, 0) + guess.labels.get(name, 0)
    if found.door in shares and found.risk != "none":
        shares[found.door] += KNOWN
    return max(shares, key=lambda door: shares[door])


def _begun(door: str, found: Screened, guess: Guess) -> bool:
    """Whether it has begun or will happen now, rather than being wished for: then nothing is asked any more."""
    ruled = found.begun and found.door == door
    return ruled or _alike(guess, door, begun=True) > LIKELIER


def _alike(guess: Guess, door: str, *, begun: bool = False) -> float:
    """Return how like a text is to what is said of grave danger of one kind; ``begun``: that has begun."""
    return sum(
        guess.labels.get(name, 0)
        for name, meaning in labels().items()
        if meaning.door == door and meaning.risk == "crisis" and meaning.begun >= begun
    )
