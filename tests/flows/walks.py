"""Walks through made-up contents: everything that can reach the engine, in any order.

A move is an input, or one of the ways in which the shell opens a talk.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flows import engine
from flows.compiler import Content
from flows.engine import Turn
from flows.session import Session, from_json
from flows.turn import (
    WARMTHS,
    Back,
    Chosen,
    Correct,
    Do,
    Done,
    Effect,
    Facts,
    Heard,
    Input,
    Less,
    More,
    Repeat,
    Say,
    Seen,
    Show,
    Skip,
    Text,
    TimedOut,
    Wait,
)

TYPED = (
    "yes", "no", "7", "about a 3", "nothing", "24 Dec", "3/4", "tomorrow", "9pm", "21:30", "skip", "²", "", " ",
    "early", "Yes", "tea, please", "{odd}", "two\nlines", "x" * 200, "9999-12-31", "leave it", "-5", "one",
)  # fmt: skip
INTENTS = ("neutral", "neutral", "neutral", "grief", "stop", "self_criticism")
SUNDAY = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # clocks in Europe move on this night
ZONES = (UTC, ZoneInfo("Europe/Dublin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"))


@dataclass(frozen=True, slots=True)
class Begin:
    """A flow begins; whatever was open is left."""

    flow: str


@dataclass(frozen=True, slots=True)
class LayOver:
    """A flow is laid over what is open."""

    flow: str


@dataclass(frozen=True, slots=True)
class TakeUp:
    """A talk that was put aside is due."""

    aside: bytes


Move = Input | Begin | LayOver | TakeUp


def play(content: Content, session: Session | None, move: Move, facts: Facts) -> Turn:
    """Return what a move leads to; an input to nobody begins the first flow there is."""
    match move:
        case Begin(flow):
            return engine.begin(content, flow, facts)
        case LayOver(flow):
            return engine.lay_over(content, session, flow, facts)
        case TakeUp(aside):
            return engine.take_up(content, session, aside, facts)
    if session is None:
        return engine.begin(content, next(iter(content.flows)), facts)
    return engine.resume(content, session, move, facts)


@dataclass
class Place:
    """Where a person is: the talk, the talks put aside, and an action under way."""

    session: Session | None = None
    asides: tuple[bytes, ...] = ()
    doing: bool = False
    answered: bool = False

    def after(self, turn: Turn) -> "Place":
        """Return where a turn has led."""
        spoken = bool(said(turn)) or (self.doing and self.answered)
        asides = [effect.aside for effect in turn.effects if isinstance(effect, Wait) and effect.aside]
        doing = any(isinstance(effect, Do) for effect in turn.effects)
        stored = from_json(turn.session.to_json()) if turn.session else None
        return Place(stored, (*self.asides, *asides)[-3:], doing, doing and spoken)


@dataclass
class Person:
    """Chooses moves by chance, and remembers what was read."""

    chance: random.Random
    seen: bytes = b""
    variables: dict[str, str] = field(default_factory=dict)

    def facts(self) -> Facts:
        """Return what may be true at a turn."""
        chance = self.chance
        heard = Heard(intent=chance.choice(INTENTS), topic=chance.choice(("", "", "about_bot")))
        now = (SUNDAY + timedelta(minutes=chance.randint(0, 3000))).astimezone(chance.choice(ZONES))
        return Facts(
            now=now,
            seed=chance.getrandbits(30),
            warmth=chance.choice(WARMTHS),
            quiet=chance.random() < 0.1,
            variables=self.variables,
            seen=self.seen,
            heard=heard,
        )

    def move(self, content: Content, place: Place, facts: Facts) -> Move:
        """Return what comes next."""
        chance, session = self.chance, place.session
        if place.doing:
            return Done(chance.choice(({}, {"what": "found"}, {"mood": "low\nhigh"})))
        flows = list(content.flows)
        if place.asides and chance.random() < 0.1:
            return TakeUp(chance.choice(place.asides))
        if session is None or chance.random() < 0.02:
            return Begin(chance.choice(flows))
        if chance.random() < 0.06:
            return LayOver(chance.choice(flows))
        return self._input(content, session, facts)

    def _input(self, content: Content, session: Session, facts: Facts) -> Input:
        chance = self.chance
        offers = engine.offers(content, session, facts)
        if len(session.top.trail) > 1 and not session.picking and chance.random() < 0.15:
            return Correct()
        if offers and chance.random() < (0.8 if session.picking or session.ahead else 0.45):
            id_ = chance.choice(offers).id
            return Chosen(id_, chance.choice((session.prompt, session.prompt, None)))
        words = [Text(text) for text in (*TYPED, *(offer.label for offer in offers))]
        waits = [TimedOut(session.generation), TimedOut(session.generation), TimedOut(session.generation - 1)]
        odd = [
            Chosen("yes", session.answered),
            Chosen("yes", "old"),
            Chosen("nothing"),
            Chosen("a²"),
            Repeat(),
        ]
        plain = [Back(), Skip(), Correct(), Less(), More()]
        return chance.choice(chance.choice((words, words, words, waits, plain, plain, odd)))

    def reads(self, effects: tuple[Effect, ...]) -> None:
        """Remember the lines that were said."""
        self.seen += b"".join(effect.line for effect in effects if isinstance(effect, Seen))


def said(turn: Turn) -> list[str]:
    """Return what a turn says or shows, in words."""
    return [effect.text for effect in turn.effects if isinstance(effect, Say | Show) and effect.text]


def rightly_silent(content: Content, place: Place, move: Move, turn: Turn) -> bool:
    """Whether nothing need be said.

    To the second tap of a double tap. To a clock: where its wait is outdated, or where it leads to another wait
    of the clock. To the end of an action with which something was said: both are one turn for the person.
    """
    session = place.session
    match move:
        case Done():
            return place.answered
        case Chosen(_, prompt) if session:
            return bool(prompt) and prompt == session.answered
        case TimedOut(generation) if session:
            unmoved = turn.session is not None and not step_of(content, turn.session).after
            return generation != session.generation or unmoved or _rests(content, turn)
        case TakeUp():
            return _rests(content, turn)
    return False


def _rests(content: Content, turn: Turn) -> bool:
    waits = any(isinstance(effect, Wait) for effect in turn.effects)
    return waits and (turn.session is None or step_of(content, turn.session).rests)


def fault(content: Content, place: Place, move: Move, turn: Turn) -> str:
    """Return what is wrong with a turn, "" if the person has a prompt.

    A prompt is one of three: something was said and the session stands on a step that waits; something was
    said and the talk is over, or put aside; an action was handed out, whose end goes on. Silence is right
    only where ``rightly_silent`` says so, and then the session stands on a step that waits all the same.
    """
    if any(isinstance(effect, Do) for effect in turn.effects):
        return "" if turn.session and step_of(content, turn.session).do else "an action nobody waits for"
    if not said(turn) and not rightly_silent(content, place, move, turn):
        return "silence"
    if turn.session and not step_of(content, turn.session).waits:
        return "a step that waits for nothing"
    return ""


def step_of(content: Content, session: Session):
    """Return the step a session stands on."""
    return content.flows[session.top.flow].flow.steps[session.top.step]


def told(move: Move) -> str:
    """Return a move as a report of a failure shows it."""
    return f"TakeUp({from_json(move.aside).top})" if isinstance(move, TakeUp) else repr(move)


def here(place: Place) -> Place:
    """Return a copy that the next turn cannot change."""
    return replace(place, session=place.session.copy() if place.session else None)
