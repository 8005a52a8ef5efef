"""What a change of the flows means for people who are in the middle of a talk.

A session is put on each step of the old flows and goes on with the new ones, by the engine itself: what is told here
is what will happen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from flows import whereabouts
from flows.change import adopt
from flows.compiler import Content, Pack, compile_pack
from flows.model import Flow, Line, Step
from flows.practice import wrapped
from flows.run import Run
from flows.session import Frame, Session
from flows.turn import Facts, Input, Repeat, TimedOut

Fate = Literal["stays", "asked", "led", "lost"]
FATES: Mapping[int, Fate] = {
    whereabouts.STAYS: "asked",
    whereabouts.MOVED: "led",
    whereabouts.GONE: "lost",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A step of the old flows, and what happens to people who stand on it.

    Attributes:
        row: In the old file.
        fate: ``stays``: goes on, and notices nothing; ``asked``: is asked again, as it now is; ``led``: goes on
            where ``on_change`` says; ``lost``: hears one kind sentence, and begins anew.
        to: Where they are then, as flow and step; "" where the talk is over.
        renamed: The step or the flow has a new name, and was found by it.

    """

    flow: str
    step: str
    path: str
    row: int
    fate: Fate
    to: str = ""
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Reworded:
    """Words that were changed where nobody stands: who comes by reads the new ones."""

    flow: str
    step: str
    path: str
    row: int


@dataclass(frozen=True, slots=True)
class Diff:
    """All that a change means.

    Attributes:
        renamed: Flows that have a new name: old and new.
        variables: Answers that have a new name: flow, old and new.

    """

    standings: tuple[Standing, ...] = ()
    reworded: tuple[Reworded, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str, str], ...] = ()

    def count(self, fate: Fate) -> int:
        """Return on how many steps people meet with this."""
        return sum(each.fate == fate for each in self.standings)


def compare(old: Iterable[Flow], new: Pack) -> Diff:
    """Return what becomes of people in the old flows when new ones take their place.

    Raises:
        ContentError: The new ones cannot be used.

    """
    content = compile_pack(new)
    before, after = {flow.id: flow for flow in old}, {flow.id: flow for flow in new.flows}
    present = {id_: after.get(id_) or after.get(content.moved.get(id_, "")) for id_ in before}
    pairs = [(flow, now) for id_, flow in before.items() if (now := present[id_])]
    talks = [wrapped(flow) for flow in before.values() if flow.kind != "lines"]
    return Diff(
        standings=tuple(
            _standing(content, flow, step)
            for flow in talks
            for step in flow.steps.values()
            if step.waits or step.call
        ),
        reworded=tuple(each for flow, now in pairs for each in _reworded(flow, now)),
        added=tuple(sorted(after.keys() - {now.id for _, now in pairs})),
        removed=tuple(sorted(id_ for id_, now in present.items() if now is None)),
        renamed=tuple(sorted((flow.id, now.id) for flow, now in pairs if now.id != flow.id)),
        variables=tuple(
            (now.id, name, to)
            for flow, now in pairs
            for name, to in now.renamed.variables.items()
            if flow.renamed.variables.get(name) != to
        ),
    )


def _standing(content: Content, flow: Flow, step: Step) -> Standing:
    """Return what happens to people who stand on an old step: as the engine decides, when they next come."""
    session, given = _session(content, flow, step)
    run = Run(content, session.copy(), Facts())
    stays = adopt(run, given)
    where = whereabouts.find(content, session)
    here = session.frames[0]
    fate: Fate = "stays" if stays else FATES[where]
    renamed = where == whereabouts.STAYS and (here.flow, here.step) != (flow.id, step.id)
    at = here if fate in ("stays", "asked") else run.session.frames[-1] if run.session.frames else None
    return Standing(
        flow=flow.id,
        step=step.id,
        path=flow.path,
        row=step.row or 1,
        fate=fate,
        to=f"{at.flow}/{at.step}" if at else "",
        renamed=renamed,
    )


def _session(content: Content, flow: Flow, step: Step) -> tuple[Session, Input]:
    """Return a talk that waits on a step: for the person, the clock, or the end of what it has called."""
    frames = [Frame(flow.id, flow.hash, step.id, step.hash)]
    if step.waits:
        return Session(frames), TimedOut(0) if step.rests else Repeat()
    return Session([*frames, *_within(content, step.call)]), Repeat()


def _within(content: Content, called: str) -> Iterator[Frame]:
    """Yield a place in the called flow, or else in any other, as it is now: so that nothing is changed there."""
    flows = [content.flows[called].flow] if called in content.flows else []
    for flow in (*flows, *(each.flow for each in content.flows.values())):
        for step in flow.steps.values():
            if step.waits and not step.rests:
                yield Frame(flow.id, flow.hash, step.id, step.hash)
                return


def _reworded(old: Flow, new: Flow) -> Iterator[Reworded]:
    """Yield the steps that nobody stands on, and the shared lines, whose words were changed."""
    for step in new.steps.values():
        before = old.steps.get(step.id)
        if before and not (step.waits or step.call) and _words(before.lines) != _words(step.lines):
            yield Reworded(new.id, step.id, new.path, step.row)
    for name, lines in new.lines.items():
        if name in old.lines and _words(old.lines[name]) != _words(lines):
            yield Reworded(new.id, name, new.path, lines[0].row if lines else 1)


def _words(lines: Iterable[Line]) -> list[Mapping[str, list[str]]]:
    return [{form: [each.text for each in several] for form, several in line.forms.items()} for line in lines]
