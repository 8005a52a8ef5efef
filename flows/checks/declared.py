"""Rules about what a flow declares: its variables, and what used to have another name."""

from collections.abc import Collection, Iterator, Mapping

from flows.checks.scope import Scope, at, near
from flows.checks.ways import inside, reached
from flows.diagnostics import Diagnostic
from flows.model import Flow, Step


def types(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A name is asked for as one type, the declared one."""
    found = {name: variable.type for name, variable in flow.variables.items()}
    for step in flow.steps.values():
        if step.ask:
            first = found.setdefault(step.ask.name, step.ask.type)
            if step.ask.type != first:
                where = "'variables' says" if step.ask.name in flow.variables else "an earlier step asks for"
                message = f"'{step.ask.name}' is asked for as a {step.ask.type} here, and {where} {first}"
                yield at(flow, step.rows["ask"], "F116", message)


def unset(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Something gives every declared variable a value."""
    if not scope.knows(flow):
        return
    given = scope.given(flow) | set(flow.takes) | scope.of_person
    for name, variable in flow.variables.items():
        if name not in given:
            message = f"nothing gives the variable '{name}' a value{near(name, given)}"
            yield at(flow, variable.row or flow.rows.get("variables", 1), "F117", message)


def dates(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """``until`` names a date."""
    waits = [(step.after.until, step) for step in flow.steps.values() if step.after and step.after.until]
    known = _known_dates(flow, scope) if waits else set()
    for name, step in waits:
        if name not in known:
            message = (
                f"'until' needs a date, and '{name}' is none: ask for it with type: date{near(name, known)}"
            )
            yield at(flow, step.rows["after"], "F118", message)


def gone_by(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """What lives for one turn is not asked for when it is surely gone."""
    for name, variable in flow.variables.items():
        if variable.lives != "turn":
            continue
        first = [to for step in flow.steps.values() for to in _from(flow, step, name, scope)]
        there = reached(first, lambda id_: () if flow.steps[id_].waits else inside(flow, flow.steps[id_]))
        for step in flow.steps.values():
            if step.id not in there and f"{{{name}}}" in _said(step):
                message = (
                    f"'{name}' lives until the next question is answered, and is gone at step '{step.id}'"
                )
                yield at(flow, step.row, "F126", f"{message}: let it live for the flow")


def renamed(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """What had another name is here under its new one, and nothing else has the old one."""
    known = scope.given(flow) | set(flow.takes) | set(flow.variables)
    moved = [*_moved(flow.renamed.steps, flow.steps, "step")]
    moved += _moved(flow.renamed.variables, known, "answer") if scope.knows(flow) else []
    for old, message in moved:
        yield at(flow, flow.rows["renamed"], "F114", f"'{old}' {message}")
    for old in flow.renamed.flow:
        others = [each.id for each in scope.flows.values() if each.id != flow.id and old in each.renamed.flow]
        if old in scope.flows:
            yield at(flow, flow.rows["renamed"], "F114", f"'{old}' is still the name of a flow")
        elif others:
            message = (
                f"'{old}' is an old name of '{others[0]}' too: a person's place can go to one of them only"
            )
            yield at(flow, flow.rows["renamed"], "F114", message)


def _moved(names: Mapping[str, str], known: Collection[str], what: str) -> Iterator[tuple[str, str]]:
    for old, new in names.items():
        newest, left = new, len(names)
        while newest in names and newest not in known and left:
            newest, left = names[newest], left - 1
        if old in known:
            yield (
                old,
                f"was renamed, and is still there: give the {what} another name, or take it out of 'renamed'",
            )
        elif newest not in known:
            yield old, f"became '{newest}', and there is no such {what}{near(newest, known)}"


def _known_dates(flow: Flow, scope: Scope) -> set[str]:
    """Return the names that hold a date in a flow: its own, those it takes, and what is kept of the person."""
    known = _dates(flow)
    for other in scope.flows.values():
        kept = {name for name, variable in other.variables.items() if variable.lives == "kept"}
        known |= _dates(other) & (kept | set(flow.takes))
    return known


def _dates(flow: Flow) -> set[str]:
    asked = {step.ask.name for step in flow.steps.values() if step.ask and step.ask.type == "date"}
    return asked | {name for name, variable in flow.variables.items() if variable.type == "date"}


def _from(flow: Flow, step: Step, name: str, scope: Scope) -> list[str]:
    """Return the steps at which a name has the value that a step gives it: an answer is there from the next one on."""
    if name not in scope.gives(step):
        return []
    return [step.id] if name in step.sets or not step.waits else inside(flow, step)


def _said(step: Step) -> str:
    texts = [wording.text for line in step.lines for wording in line.wordings]
    handed = [*step.sets.values(), *(step.do.values.values() if step.do else ())]
    return "\n".join([*texts, *handed])
