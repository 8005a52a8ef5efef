"""One turn of one talk: pure and synchronous. What a person brings goes in, effects come out.

Call ``begin`` to start a flow, ``resume`` with what came in, ``lay_over`` to put another flow on top of a
talk that goes on afterwards, ``take_up`` when a talk that was put aside is due. Same content, session, input
and facts: same turn.
"""

from dataclasses import dataclass

from flows.change import adopt
from flows.compiler import Content
from flows.inputs import take
from flows.limits import AGE, DEPTH
from flows.run import Run
from flows.session import Session, from_json
from flows.turn import Effect, Facts, Input, Offer, Text, TimedOut


@dataclass(frozen=True, slots=True)
class Turn:
    """What one input led to. ``session`` is None when the talk is over, or was put aside."""

    session: Session | None
    effects: tuple[Effect, ...]


def begin(content: Content, flow: str, facts: Facts) -> Turn:
    """Start a flow from its first step."""
    run = Run(content, Session([]), facts)
    run.push(flow)
    return _turn(run)


def resume(content: Content, session: Session, given: Input, facts: Facts) -> Turn:
    """Continue a waiting talk. What leads nowhere repeats the question: a person is never scolded."""
    run = Run(content, session.copy(), facts)
    if session.touched and facts.now.timestamp() - session.touched > AGE:
        run.give_up("long_ago", given.text if isinstance(given, Text) else "")
    elif adopt(run, given):
        take(run, given)
    return _turn(run, clock=isinstance(given, TimedOut))


def lay_over(content: Content, session: Session | None, flow: str, facts: Facts) -> Turn:
    """Begin a flow on top of a talk; at its end the talk's question comes again."""
    if session is None:
        return begin(content, flow, facts)
    below = session.copy()
    below.frames = below.frames[-(DEPTH // 2) :]  # a pile of digressions forgets its oldest
    below.ahead.clear()
    run = Run(content, below, facts)
    run.push(flow, over=True)
    return _turn(run)


def take_up(content: Content, session: Session | None, aside: bytes, facts: Facts) -> Turn:
    """Go on with a talk that was put aside, on top of the present one, if there is one."""
    resting = from_json(aside)
    resting.touched = 0  # it was meant to wait
    below = session.copy().frames if session else []
    resting.frames = resting.frames[-(DEPTH // 2) :]
    resting.frames[0].over = bool(below)
    if session is not None:
        resting.generation = max(resting.generation, session.generation)
        resting.frames = [*below[-(DEPTH // 2) :], *resting.frames]
    return resume(content, resting, TimedOut(resting.generation), facts)


def speak(content: Content, line: str, facts: Facts) -> tuple[Effect, ...]:
    """Say one of the bot's own sentences, outside of any flow."""
    run = Run(content, Session([]), facts)
    run.line(line)
    return tuple(run.effects)


def offers(content: Content, session: Session, facts: Facts) -> list[Offer]:
    """Return the choices of the present question; none where the content has changed beneath it."""
    run = _standing(content, session, facts)
    return run.offers() if run else []


def delicate(content: Content, session: Session | None, facts: Facts) -> bool:
    """Whether nothing but help and the person's own wish may interrupt where they are."""
    run = _standing(content, session, facts) if session else None
    return run is not None and run.delicate


def _standing(content: Content, session: Session, facts: Facts) -> Run | None:
    run = Run(content, session.copy(), facts)
    known = run.frame.flow in content.flows and run.frame.step in run.flow.steps
    return run if known else None


def _turn(run: Run, *, clock: bool = False) -> Turn:
    run.answer(clock=clock)
    run.session.shorten()
    run.session.touched = int(run.facts.now.timestamp())
    return Turn(run.session if run.session.frames else None, tuple(run.effects))
