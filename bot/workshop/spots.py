"""What of the flows can be reached, and what was: steps, their choices and their branches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flows.compiler import Compiled, Content
from flows.machine import GO, SKIP, TYPED, Machine, holds, triggered_choice
from flows.model import END, Flow, Step
from flows.practice import CLOSE
from flows.session import Session
from flows.turn import Facts


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing that can be reached. ``name`` is a choice's id, or where a branch leads."""

    row: int
    kind: str
    step: str
    name: str
    reached: bool

    def __str__(self) -> str:
        return f"{self.kind} {self.step} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Reached:
    """What any number of plays came through.

    Attributes:
        steps: Those that were stood on or passed, each with its flow.
        choices: Those that were made, by tapping or by typing: flow, step and id.
        branches: Those that were taken: flow, step and row.

    """

    steps: set[tuple[str, str]] = field(default_factory=set)
    choices: set[tuple[str, str, str]] = field(default_factory=set)
    branches: set[tuple[str, str, int]] = field(default_factory=set)

    def watch(self, content: Content) -> Content:
        """Return the same content, whose machines note where they lead."""
        flows = {id_: Compiled(each.flow, _Noting(each, self)) for id_, each in content.flows.items()}
        return replace(content, flows=flows)

    def stands(self, session: Session | None) -> None:
        """Note where someone stands between two lines: no machine has led to the first step of a flow."""
        self.steps.update((frame.flow, frame.step) for frame in (session.frames if session else ()))

    def spots(self, flow: Flow) -> Iterator[Spot]:
        """Yield all of a flow, in the order it was written; what wraps a practice is not its own."""
        for step in flow.steps.values():
            if not step.row:
                continue
            here = (flow.id, step.id)
            yield Spot(step.row, "step", step.id, "", here in self.steps)
            for choice in step.choices:
                yield Spot(choice.row, "choice", step.id, choice.id, (*here, choice.id) in self.choices)
            for branch in step.when:
                if branch.row:
                    taken = (*here, branch.row) in self.branches
                    to = END if branch.to == CLOSE else branch.to  # as the author wrote it
                    yield Spot(branch.row, "when", step.id, f"to {to}", taken)


class _Noting(Machine):
    """A machine that notes where it leads. Holds another one and builds none of its own."""

    def __init__(self, compiled: Compiled, reached: Reached) -> None:  # nothing of a machine is to be set up
        self._flow, self._inner, self._reached = compiled.flow, compiled.machine, reached

    def follow(self, trigger: str, step: str, answers: Mapping[str, str], facts: Facts) -> str:
        """Return where a trigger leads."""
        target = self._inner.follow(trigger, step, answers, facts)
        reached, flow, here = self._reached, self._flow.id, self._flow.steps[step]
        reached.steps.update((flow, id_) for id_ in (step, target) if id_ in self._flow.steps)
        reached.choices.update((flow, step, id_) for id_ in _made(here, trigger, answers))
        reached.branches.update((flow, step, row) for row in _taken(here, trigger, answers, facts))
        return target


def _made(step: Step, trigger: str, answers: Mapping[str, str]) -> Iterator[str]:
    """Yield the choice that a trigger stands for; those without a target that make no difference are one."""
    for choice in step.choices:
        by_itself = triggered_choice(trigger) == choice.id or (trigger == SKIP and choice.id == "skip")
        told = answers.get(step.ask.name) == choice.id if step.ask else choice.sets.items() <= answers.items()
        if by_itself or (trigger == GO and not choice.to and told):
            yield choice.id


def _taken(step: Step, trigger: str, answers: Mapping[str, str], facts: Facts) -> Iterator[int]:
    """Yield the row of the branch that is taken: the first that holds of those that the trigger may take."""
    for branch in step.when:
        open_ = trigger == GO or (trigger == TYPED and branch.condition.heard)
        if open_ and holds(branch.condition, answers, facts):
            yield branch.row
            return
