"""Where a person stands in the content of today: what was renamed is found, what is gone is told."""

from collections.abc import Mapping

from flows.compiler import Content
from flows.model import END, Flow
from flows.session import Answered, Frame, Session

STAYS, MOVED, GONE = range(3)


def find(content: Content, session: Session) -> int:
    """Fit the talk on top to the present content; what it had called from a place that is gone, goes with it.

    Talks that lie beneath are left as they are until they come again.

    Returns:
        STAYS: Its steps are all there.
        MOVED: A step is gone, and its flow says where to go on instead.
        GONE: Neither.

    """
    frames = session.frames
    for place in range(session.base, len(frames)):
        fate = _fit(content, session, frames[place])
        if fate != STAYS:
            del frames[place + 1 :]
            session.ahead.clear()
            session.picking = False
            return fate
    return STAYS


def _fit(content: Content, session: Session, frame: Frame) -> int:
    if frame.flow not in content.flows:
        frame.flow = content.moved.get(frame.flow, frame.flow)
    compiled = content.flows.get(frame.flow)
    if compiled is None:
        return GONE
    flow = compiled.flow
    if frame.hash != flow.hash:
        _rename(frame, flow)
        session.ahead.clear()  # later answers may have other names now, or other questions
        if session.picking:  # and so may the answers that are on offer
            frame.step_hash = ""
    if frame.step in flow.steps:
        return STAYS
    return MOVED if flow.on_change in flow.steps or flow.on_change == END else GONE


def _rename(frame: Frame, flow: Flow) -> None:
    """Give steps and answers their new names; "back" ends at a question that is one no more."""
    frame.hash = flow.hash
    variables = flow.renamed.variables
    frame.step = _step(frame.step, flow)
    frame.answers = {_newest(name, variables): value for name, value in frame.answers.items()}
    trail: list[Answered] = []
    for old in frame.trail:
        before, also = (
            {_newest(name, variables): value for name, value in values.items()}
            for values in (old.before, old.also)
        )
        step = flow.steps.get(_step(old.step, flow))
        trail = [*trail, Answered(step.id, before, old.by, also)] if step and step.waits else []
    frame.trail = trail


def _step(name: str, flow: Flow) -> str:
    return name if name in flow.steps else _newest(name, flow.renamed.steps)


def _newest(name: str, renamed: Mapping[str, str]) -> str:
    """Follow a chain of new names to its end."""
    for _ in range(len(renamed)):
        name = renamed.get(name, name)
    return name
