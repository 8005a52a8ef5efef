"""Content that notes what a walk comes through. Nothing else about it is different."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from flows.compiler import Compiled, Content
from flows.machine import GO, TYPED, Machine, holds
from flows.model import END, LEAVE, OVER, Branch, Step
from flows.session import Session
from flows.turn import Effect, Facts, Say
from flows.walk.guarding import asked_by

At = tuple[str, str]  # flow and step


@dataclass(slots=True)
class Trace:
    """What was come through.

    Attributes:
        steps: How often each step was reached.
        branches: The ``when`` lines that were taken: flow, step and row.
        offered: The choices that were shown: flow, step and id.
        passed, latest, ended, guarded: Of the latest turn: the steps that were left, the step reached last,
            the answers with which a flow ended last, and the guards that were asked.

    """

    steps: Counter[At] = field(default_factory=Counter)
    branches: set[tuple[str, str, int]] = field(default_factory=set)
    offered: set[tuple[str, str, str]] = field(default_factory=set)
    passed: set[At] = field(default_factory=set)
    latest: At = ("", "")
    ended: tuple[str, Mapping[str, str]] | None = None
    guards: set[str] = field(default_factory=set)

    def turn(self) -> None:
        """Begin a turn."""
        self.passed.clear()
        self.guards.clear()
        self.latest, self.ended = ("", ""), None

    def look(self, session: Session | None, effects: Iterable[Effect]) -> None:
        """Note what a turn showed, and where it ended, if no machine led there."""
        for effect in effects:
            if isinstance(effect, Say) and effect.offers:
                self.offered.update((effect.flow, effect.step, offer.id) for offer in effect.offers)
        for frame in session.frames if session else ():
            if (frame.flow, frame.step) not in self.steps:
                self.steps[frame.flow, frame.step] += 1


def watched(content: Content, trace: Trace) -> Content:
    """Return the same content, which notes what is come through."""
    flows = {id_: Compiled(each.flow, _Watched(each, content, trace)) for id_, each in content.flows.items()}
    return replace(content, flows=flows)


def arrive(content: Content, trace: Trace, flow: str, to: str) -> None:
    """Note that a target was reached, and the first step of what it calls."""
    name = to.removeprefix(LEAVE).removeprefix(OVER)
    if name != to and name in content.flows:
        flow, to = name, content.flows[name].flow.start
    step = content.flows[flow].flow.steps.get(to)
    if step is None:
        return
    trace.steps[flow, to] += 1
    trace.latest = flow, to
    if step.call in content.flows:
        arrive(content, trace, step.call, content.flows[step.call].flow.start)


class _Watched(Machine):
    """A machine that is watched. Holds another one and builds none of its own."""

    def __init__(self, compiled: Compiled, content: Content, trace: Trace) -> None:
        self.flow, self.machine, self.content, self.trace = compiled.flow, compiled.machine, content, trace

    def follow(self, trigger: str, step: str, answers: Mapping[str, str], facts: Facts) -> str:
        """Return where a trigger leads, and note it."""
        to = self.machine.follow(trigger, step, answers, facts)
        here, trace = self.flow.steps[step], self.trace
        trace.passed.add((self.flow.id, step))
        for branch in _asked(here, trigger):
            trace.guards.update(asked_by(branch.condition))
            if holds(branch.condition, answers, facts):
                trace.branches.add((self.flow.id, step, branch.row))
                break
        if to == END:
            trace.ended = self.flow.id, dict(answers)
        elif to != step or (trigger != TYPED and any(target == to for target, _ in here.targets)):
            arrive(self.content, trace, self.flow.id, to)
        return to


def _asked(step: Step, trigger: str) -> Iterable[Branch]:
    """Return the branches that a trigger asks, in order."""
    if trigger == GO:
        return step.when
    return [branch for branch in step.when if branch.condition.heard] if trigger == TYPED else ()
