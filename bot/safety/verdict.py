"""Weighs what the rules and the model say of a text, and says what the bot does: nothing, ask once, or help at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

import yaml

from bot.safety.model import Guess
from bot.safety.screen import Risk, Screened

LABELS = Path(__file__).with_name("labels.yaml")
# Logits, measured on the first blind set (docs/safety/model-card.md): from ASK on the bot asks, from CRISIS on help
# comes at once. RULE is what a rule adds to the one, GRAVE what a rule of danger of life adds to the other.
ASK, CRISIS = 0.82, 0.24
RULE, GRAVE = 0.7, 1.0
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
    """What the bot does about danger in a text. ``score``: 0 to 1; at 0.5 it asks."""

    risk: Risk = "none"
    door: str = ""
    begun: bool = False
    score: float = 0.0


@cache
def labels() -> Mapping[str, Meaning]:
    """Return what each label means. Read once."""
    document: Mapping[str, Any] = yaml.load(LABELS.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {name: Meaning(**({"topic": name} | raw)) for name, raw in document.items()}


def weigh(found: Screened, guess: Guess | None) -> Verdict:
    """Return what is done about a text.

    Args:
        found: What the rules found.
        guess: What the model says; None where there is none, and the rules decide alone.

    """
    if guess is None:
        return Verdict(found.risk, found.door, found.begun, SURE[found.risk])
    danger = guess.risk + RULE * (found.risk != "none") - ASK
    grave = guess.crisis + GRAVE * (found.risk == "crisis") - CRISIS
    risk: Risk = "crisis" if grave > 0 else "ask" if danger > 0 else "none"
    score = 1 / (1 + exp(-max(danger, grave)))
    if risk == "none":
        return Verdict(door=found.door if found.door == "under_age" else "", score=score)
    door = _door(risk, found, guess)
    return Verdict(risk, door, risk == "crisis" and _begun(door, found, guess), score)


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
    """Whether it has begun or will happen now, rather than being wished for."""
    if found.begun and found.door == door:
        return True
    alike = [
        (meaning, guess.labels.get(name, 0)) for name, meaning in labels().items() if meaning.door == door
    ]
    now = sum(share for meaning, share in alike if meaning.begun)
    return now > sum(share for meaning, share in alike if meaning.risk == "crisis" and not meaning.begun)
