"""Rules about the steps of one flow: every step is reached, leads on, and can come to an end."""

from collections.abc import Iterator

from flows.checks.scope import Scope, at, near
from flows.checks.ways import inside, outside, reached
from flows.diagnostics import Diagnostic
from flows.model import END, LEAVE, OVER, Choice, Flow, Step


def targets(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Every target exists: a step, the end, or a flow."""
    for key, to in (("start", flow.start), ("on_change", flow.on_change)):
        if to and to not in flow.steps and not (key == "on_change" and to == END):
            message = f"'{key}' names '{to}', which does not exist{near(to, flow.steps)}"
            yield at(flow, flow.rows.get(key, 1), "F101", message)
    for step in flow.steps.values():
        for to, row in step.targets:
            if to != END and not to.startswith((LEAVE, OVER)) and to not in flow.steps:
                message = f"step '{step.id}' leads to '{to}', which does not exist{near(to, flow.steps)}"
                yield at(flow, row, "F101", message)
        for how, to, row in outside(step):
            if to not in scope.talks and to not in scope.unread:
                what = f"step '{step.id}' calls" if how == "call" else f"step '{step.id}' leads to"
                yield at(
                    flow, row, "F105", f"{what} the flow '{to}', which does not exist{near(to, scope.talks)}"
                )


def unreached(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Something leads to every step."""
    starts = [to for to in (flow.start, flow.on_change) if to in flow.steps]
    found = reached(starts, lambda id_: inside(flow, flow.steps[id_]))
    for step in flow.steps.values():
        if step.id not in found:
            yield at(flow, step.row, "F102", f"nothing leads to step '{step.id}'")


def dead_ends(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Every step leads on, whatever is answered, and every question can be skipped."""
    for step in flow.steps.values():
        free = step.ask or step.offers or any(not choice.to for choice in step.choices)
        if (free or not step.waits) and not step.to:
            yield at(flow, step.row, "F103", f"step '{step.id}' needs 'to': where does it go on?")
        elif step.choices and not (step.to or step.skip):
            yield at(flow, step.row, "F103", f"step '{step.id}' needs 'skip': every step can be skipped")


def silent(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A question says something, each time that it is put."""
    for step in flow.steps.values():
        asks = bool(step.choices or step.offers or step.ask)
        if asks and not step.say:
            yield at(flow, step.row, "F110", f"step '{step.id}' waits for an answer and says nothing")
        if step.waits and step.say and step.say[-1].once:
            message = f"the last bubble of step '{step.id}' is its question; 'once' would leave it out the next time"
            yield at(flow, step.say[-1].row, "F115", message)


def no_offer(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Where only choices lead on, some are always there."""
    for step in flow.steps.values():
        bare = step.choices and not step.ask and all(choice.when for choice in step.choices)
        if bare and not _complement(step.choices):
            message = f"every choice of step '{step.id}' has a 'when': there may be none to tap"
            yield at(flow, step.choices[0].row, "F123", message)


def laid_over(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A flow is laid over a question only: something must be there to come back to."""
    for step in flow.steps.values():
        if not step.waits:
            for branch in step.when:
                if branch.to.startswith(OVER):
                    message = (
                        f"step '{step.id}' does not wait, so nothing can be laid over it: use 'call', or 'to'"
                    )
                    yield at(flow, branch.row, "F113", message)


def endless(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """From every question the flow can come to its end."""
    before: dict[str, list[str]] = {}
    for step in flow.steps.values():
        for to in inside(flow, step):
            before.setdefault(to, []).append(step.id)
    ends = [step.id for step in flow.steps.values() if _ends(flow, step)]
    able = reached(ends, lambda id_: before.get(id_, ()))
    stuck = [step for step in flow.steps.values() if step.waits and step.id not in able]
    if stuck:
        others = f" (nor from {', '.join(step.id for step in stuck[1:])})" if stuck[1:] else ""
        message = (
            f"from step '{stuck[0].id}' the flow never comes to its end{others}: let something lead to 'end'"
        )
        yield at(flow, stuck[0].row, "F121", message)


def _ends(flow: Flow, step: Step) -> bool:
    """Whether a step may end or leave its flow; one that leads nowhere is said elsewhere, and counts as an end."""
    to = [to for to, _ in step.targets if not to.startswith(OVER)]
    return not to or any(each == END or each.startswith(LEAVE) or each not in flow.steps for each in to)


def _complement(choices: tuple[Choice, ...]) -> bool:
    """Whether one of two choices is always there: one if an answer was given, the other if it is missing."""
    alone = {choice.when.answers[0] for choice in choices if choice.when and len(choice.when.answers) == 1}
    return any((name, ("missing",)) in alone for name, allowed in alone if allowed == ("given",))
