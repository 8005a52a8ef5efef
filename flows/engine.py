"""One turn of one talk: pure and synchronous. What a person brings goes in, effects come out.

Call ``begin`` to start a flow, ``resume`` with what came in, ``lay_over`` to put another flow on top of a
talk that goes on afterwards. Same content, session, input and facts: same turn.
"""

from dataclasses import dataclass

from flows.compiler import Content
from flows.run import DEPTH, Run
from flows.session import Session
from flows.turn import Effect, Facts, Input, Offer


@dataclass(frozen=True, slots=True)
class Turn:
    """What one input led to. ``session`` is None when the talk is over."""

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
    if run.adopt(given):
        run.take(given)
    return _turn(run)


def lay_over(content: Content, session: Session | None, flow: str, facts: Facts) -> Turn:
    """Begin a flow on top of a talk; at its end the talk's question comes again."""
    if session is None:
        return begin(content, flow, facts)
    below = session.copy()
    below.frames = below.frames[-(DEPTH // 2) :]  # a pile of digressions forgets its oldest
    run = Run(content, below, facts)
    run.push(flow, over=True)
    return _turn(run)


def speak(content: Content, line: str, facts: Facts) -> tuple[Effect, ...]:
    """Say one of the bot's own sentences, outside of any flow."""
    run = Run(content, Session([]), facts)
    run.line(line)
    return tuple(run.effects)


def offers(content: Content, session: Session, facts: Facts) -> list[Offer]:
    """Return the choices of the present question; none where the content has changed beneath it."""
    run = Run(content, session.copy(), facts)
    known = run.frame.flow in content.flows and run.frame.step in run.flow.steps
    return run.offers() if known else []


def _turn(run: Run) -> Turn:
    return Turn(run.session if run.session.frames else None, tuple(run.effects))
