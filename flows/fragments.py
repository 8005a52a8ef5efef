"""Shared lines and choices, put in where flows ask for them with ``use``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from flows.diagnostics import Diagnostic
from flows.model import Choice, Flow, Line, Step
from flows.yamltree import digest


@dataclass(slots=True)
class Fragments:
    """What flows of the kind ``lines`` share. Lives while content is read."""

    lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def put_in(flows: Iterable[Flow]) -> tuple[list[Flow], list[Diagnostic]]:
    """Return the flows with every ``use`` replaced by what it names, and those that name nothing."""
    flows = list(flows)
    shared = Fragments()
    for flow in flows:
        shared.lines.update(flow.lines)
        shared.choices.update(flow.choices)
    return [_filled(flow, shared) for flow in flows], shared.diagnostics


def _filled(flow: Flow, shared: Fragments) -> Flow:
    for line in (line for several in flow.lines.values() for line in several if line.use):
        _report(shared, flow, line.row, "a shared line cannot use another one: write its words")
    if not any(_uses(step) for step in flow.steps.values()):
        return flow
    return replace(flow, steps={id_: _step(flow, step, shared) for id_, step in flow.steps.items()})


def _uses(step: Step) -> bool:
    return any(line.use for line in step.lines) or any(choice.use for choice in step.choices)


def _step(flow: Flow, step: Step, shared: Fragments) -> Step:
    if not _uses(step):
        return step
    say = tuple(_lines(flow, step.say, shared))
    ask = replace(step.ask, retry=tuple(_lines(flow, step.ask.retry, shared))) if step.ask else None
    choices = tuple(_choices(flow, step.choices, shared))
    # Who stands here is asked again when the words that were put in have changed.
    marks = [wording.mark.hex() for line in say for wording in line.wordings]
    labels = [f"{choice.id} {choice.label.text}" for choice in choices]
    return replace(step, say=say, ask=ask, choices=choices, hash=digest([step.hash, marks, labels]))


def _lines(flow: Flow, lines: Iterable[Line], shared: Fragments) -> Iterator[Line]:
    for line in lines:
        if not line.use:
            yield line
        elif line.use in shared.lines:
            yield from (replace(each, row=line.row) for each in shared.lines[line.use])
        else:
            _missing(shared, flow, line.row, line.use, shared.lines)


def _choices(flow: Flow, choices: Iterable[Choice], shared: Fragments) -> Iterator[Choice]:
    for choice in choices:
        if not choice.use:
            yield choice
        elif choice.use in shared.choices:
            for each in shared.choices[choice.use]:
                sets, when = {**each.sets, **choice.sets}, choice.when or each.when
                yield replace(each, row=choice.row, to=choice.to or each.to, sets=sets, when=when)
        else:
            _missing(shared, flow, choice.row, choice.use, shared.choices)


def _missing(shared: Fragments, flow: Flow, row: int, name: str, known: Mapping[str, object]) -> None:
    near = get_close_matches(name, list(known), 1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    _report(shared, flow, row, f"nothing is shared under the name '{name}'{hint}")


def _report(shared: Fragments, flow: Flow, row: int, message: str) -> None:
    shared.diagnostics.append(Diagnostic(flow.path, row, "F111", message))
