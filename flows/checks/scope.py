"""What a rule may look at beside the flow that it judges, and how it says what it found."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cached_property
from pathlib import PurePath

from flows.diagnostics import Diagnostic
from flows.model import Flow, Line, Step, Wording
from flows.pack import Pack
from flows.practice import wrapped
from flows.shell import Shell


class Scope:
    """All flows, and what the shell brings. Lives for one call of ``flows.checks.check``.

    Attributes:
        flows: As they were written, by id.
        talks: As they are run: a practice has some steps more. Shared lines are no talk.
        unread: Flows that are there and cannot be read: nobody is told besides that they are missing.

    """

    def __init__(self, pack: Pack, shell: Shell | None) -> None:
        self.pack, self.shell = pack, shell
        self.flows = {flow.id: flow for flow in pack.flows}
        self.talks = {flow.id: wrapped(flow) for flow in pack.flows if flow.kind != "lines"}
        self.unread = {PurePath(each.path).parent.name for each in pack.diagnostics if each.code == "F001"}
        self._given: dict[str, frozenset[str]] = {}

    def step(self, flow: str, step: str) -> Step:
        """Return a step as it is run: a practice has some more than its author wrote."""
        return self.talks[flow].steps[step]

    def knows(self, flow: Flow) -> bool:
        """Whether every name that may have a value in a flow is known: actions bring names that are the shell's."""
        return self.shell is not None or not any(step.do for step in flow.steps.values())

    def given(self, flow: Flow) -> frozenset[str]:
        """Return the names that get a value within a flow; what it takes and what it declares not among them."""
        if flow.id not in self._given:
            talk = self.talks.get(flow.id, flow)
            self._given[flow.id] = frozenset(
                name for step in talk.steps.values() for name in self.gives(step)
            )
        return self._given[flow.id]

    def known(self, flow: Flow) -> frozenset[str]:
        """Return every name that may have a value in a flow."""
        return self.given(flow) | {*flow.takes, *flow.variables} | self.of_person

    @cached_property
    def of_person(self) -> frozenset[str]:
        """The names of what may be known of a person in any flow."""
        steps = [step for talk in self.talks.values() for step in talk.steps.values() if step.do]
        shell = self.shell or Shell()
        noted = {
            name for step in steps if step.do and step.do.name in shell.noting for name in step.do.values
        }
        kept = {
            name
            for flow in self.flows.values()
            for name, variable in flow.variables.items()
            if variable.lives == "kept" and name in self.given(flow)
        }
        return frozenset({*shell.variables, *noted, *kept})

    @cached_property
    def anywhere(self) -> frozenset[str]:
        """The names that get a value in any flow, or are known of a person."""
        return self.of_person.union(*map(self.given, self.flows.values()))

    def gives(self, step: Step) -> Iterator[str]:
        """Yield the names that a step gives a value."""
        yield from step.sets
        for choice in step.choices:
            yield from choice.sets
        if step.ask:
            yield step.ask.name
        if step.offers:
            yield f"{step.offers}_chosen"
        if step.call in self.flows:
            yield from self.flows[step.call].returns
        if step.do and self.shell:
            yield from self.shell.actions.get(step.do.name, ())


def at(flow: Flow, row: int, code: str, message: str) -> Diagnostic:
    """Return what is wrong in a row of a flow's file."""
    return Diagnostic(flow.path, row, code, message)


def near(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'close'?" where a known name is close to one that is not."""
    found = get_close_matches(name, list(known), 1)
    return f"; did you mean '{found[0]}'?" if found else ""


def own_words(flow: Flow) -> Iterator[tuple[Line, Wording, int]]:
    """Yield every bubble's wordings that stand in a flow's own file, with their rows."""
    for line in flow.bubbles:
        for wording in line.wordings:
            if wording.id.startswith(f"{flow.id}/"):
                yield line, wording, wording.row or line.row
