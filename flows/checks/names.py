"""Rules about names: what is named exists, what is asked for gets a value, no name is there twice."""

from collections.abc import Iterable, Iterator

from flows.catalog import NAME
from flows.checks.scope import Scope, at, near
from flows.diagnostics import Diagnostic
from flows.guards import GUARDS
from flows.model import END, Choice, Condition, Flow, Line, Step, Wording
from flows.practice import AROUND


def guards(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Every guard is known."""
    for condition, row in _conditions(flow):
        if condition.guard and condition.guard not in GUARDS:
            message = f"there is no guard '{condition.guard}'{near(condition.guard, GUARDS)}"
            yield at(flow, row, "F106", message)


def practices(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """What may be shut is a practice: nothing else has a gate."""
    known = [id_ for id_, each in scope.flows.items() if each.kind == "practice"]
    for condition, row in _conditions(flow):
        if condition.open and condition.open not in known and condition.open not in scope.unread:
            message = f"there is no practice '{condition.open}'{near(condition.open, known)}"
            yield at(flow, row, "F105", message)


def actions(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Every action is one of the shell's."""
    for step in flow.steps.values():
        if scope.shell and step.do and step.do.name not in scope.shell.actions:
            message = f"there is no action '{step.do.name}'{near(step.do.name, scope.shell.actions)}"
            yield at(flow, step.rows.get("do", step.row), "F107", message)


def heard(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Everything that is listened for can be heard."""
    for condition, row in _conditions(flow):
        for name in condition.heard:
            if scope.shell and name not in scope.shell.heard:
                yield at(
                    flow, row, "F125", f"nothing is ever heard as '{name}'{near(name, scope.shell.heard)}"
                )


def insertions(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Something fills in every ``{name}``."""
    if not scope.knows(flow) or (flow.kind == "lines" and scope.shell is None):
        return
    for known, text, row in _templates(flow, scope):
        for name in dict.fromkeys(NAME.findall(text)):
            if name not in known:
                yield at(flow, row, "F108", f"nothing fills in {{{name}}}{near(name, known)}")


def answers(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Every answer that is asked for, kept or offered as a list gets a value somewhere."""
    if scope.shell is None:
        return
    known = scope.known(flow)
    for name, row in _asked_for(flow):
        if name not in known:
            yield at(flow, row, "F124", f"nothing gives '{name}' a value{near(name, known)}")


def handed(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """What a flow takes or returns gets a value somewhere."""
    own = scope.given(flow) | set(flow.takes)
    for name in flow.returns if scope.knows(flow) else ():
        if name not in own:
            message = f"the flow returns '{name}', and nothing in it gives that a value{near(name, own)}"
            yield at(flow, flow.rows.get("returns", 1), "F119", message)
    for name in flow.takes if scope.shell else ():
        if name not in scope.anywhere:
            told = f"the flow takes '{name}', and nothing anywhere gives that a value"
            message = f"{told}{near(name, scope.anywhere)}"
            yield at(flow, flow.rows.get("takes", 1), "F119", message)


def twice(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A name means one thing: on a step, among what is shared, among steps."""
    for where, choices in (*((step.id, step.choices) for step in flow.steps.values()), *flow.choices.items()):
        yield from (at(flow, row, "F112", f"'{where}': {message}") for row, message in _doubles(choices))
    reserved = {END: "it means the end of a flow"}
    if flow.kind == "practice":
        reserved |= dict.fromkeys(AROUND, "a practice gets a step of that name by itself")
    for step in flow.steps.values():
        if step.id in reserved:
            yield at(flow, step.row, "F112", f"a step cannot be called '{step.id}': {reserved[step.id]}")


def shared_twice(scope: Scope) -> Iterator[Diagnostic]:
    """What is shared has a name of its own, over all flows of the kind ``lines``."""
    lines: dict[str, str] = {}
    choices: dict[str, str] = {}
    for flow in scope.flows.values():
        rows = [(lines, name, several[0].row if several else 1) for name, several in flow.lines.items()]
        rows += [(choices, name, several[0].row if several else 1) for name, several in flow.choices.items()]
        for seen, name, row in rows:
            if seen.setdefault(name, flow.id) != flow.id:
                message = (
                    f"'{name}' is shared by the flow '{seen[name]}' already: give one of them another name"
                )
                yield at(flow, row, "F112", message)


def _doubles(choices: Iterable[Choice]) -> Iterator[tuple[int, str]]:
    ids: set[str] = set()
    labels: set[str] = set()
    for choice in choices:
        if choice.id and choice.id in ids:
            yield choice.row, f"two choices have the id '{choice.id}'"
        elif choice.label.text and not choice.when and choice.label.text.casefold() in labels:
            yield choice.row, f"two choices read “{choice.label.text}”"
        ids.add(choice.id)
        labels |= set() if choice.when else {choice.label.text.casefold()}


def _conditions(flow: Flow) -> Iterator[tuple[Condition, int]]:
    for step in flow.steps.values():
        yield from ((branch.condition, branch.row) for branch in step.when)
    for choice in flow.labels:
        if choice.when:
            yield choice.when, choice.row


def _asked_for(flow: Flow) -> Iterator[tuple[str, int]]:
    for condition, row in _conditions(flow):
        yield from ((name, row) for name, _ in condition.answers)
    for step in flow.steps.values():
        yield from ((name, step.rows["keep"]) for name in step.keep.values())
        if step.offers:
            yield step.offers, step.rows["choices"]


def _templates(flow: Flow, scope: Scope) -> Iterator[tuple[frozenset[str], str, int]]:
    """Yield what is filled in: the names that may have a value there, the text, its row."""
    if flow.kind == "lines":
        yield from _shared_templates(flow, scope)
        return
    known = scope.known(flow)
    for step in flow.steps.values():
        for line in step.lines:
            yield from ((known, each.text, _row(flow, each, line)) for each in line.wordings)
        yield from ((known, choice.label.text, choice.row) for choice in step.choices)
        yield from ((known, text, row) for text, row in _handed_on(step))


def _shared_templates(flow: Flow, scope: Scope) -> Iterator[tuple[frozenset[str], str, int]]:
    """Yield what the shell says; what flows use is looked at where they use it."""
    said = scope.shell.lines if scope.shell else {}
    for name in said.keys() & flow.lines.keys():
        known = scope.of_person | set(said[name])
        for line in flow.lines[name]:
            yield from ((known, wording.text, wording.row or line.row) for wording in line.wordings)


def _handed_on(step: Step) -> Iterator[tuple[str, int]]:
    yield from ((text, step.rows["set"]) for text in step.sets.values())
    for choice in step.choices:
        yield from ((text, choice.row) for text in choice.sets.values())
    if step.do:
        yield from ((text, step.rows["do"]) for text in step.do.values.values())


def _row(flow: Flow, wording: Wording, line: Line) -> int:
    """Return where a wording stands; one that is shared stands in another file, and is used in this row."""
    return wording.row if wording.row and wording.id.startswith(f"{flow.id}/") else line.row
