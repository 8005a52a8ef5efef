"""A flow as one shared state machine; the only module that knows ``transitions``.

Measured: a machine without models costs 11-17 µs a trigger and nothing per person; ``add_model`` costs
7.6-60 KB a person. A person's place is a string, put into a cursor for one trigger.
"""

from collections.abc import Mapping
from typing import Any

from transitions import Machine as SharedMachine

from flows.guards import GUARDS
from flows.model import END, Condition, Flow, Step
from flows.turn import Facts

BRIEF = 80  # characters that can be said back in one breath; longer is a story
CHOICE = "="  # begins the triggers of choices; short, since sessions hold them
GO, TYPED, SKIP, AFTER = "go", "typed", "skip", "after"


class Cursor:
    """A person's place during one trigger."""

    __slots__ = ("answers", "facts", "state")

    def __init__(self, state: str, answers: Mapping[str, str], facts: Facts) -> None:
        self.state, self.answers, self.facts = state, answers, facts


class Machine:
    """A compiled flow. Lives as long as the process; holds nobody's data."""

    def __init__(self, flow: Flow) -> None:
        outside = {to for step in flow.steps.values() for to, _ in step.targets if to not in flow.steps}
        moves = [move for step in flow.steps.values() for move in _moves(step)]
        self._certain = _certain(moves)
        self._machine = SharedMachine(
            model=None,
            states=[*flow.steps, *({END} | outside)],
            initial=flow.start,
            transitions=moves,
            auto_transitions=False,
            send_event=True,
            queued=False,
        )

    def follow(self, trigger: str, step: str, answers: Mapping[str, str], facts: Facts) -> str:
        """Return where a trigger leads from a step; the step itself where it leads nowhere."""
        certain = self._certain.get((trigger, step))
        if certain is not None:
            return certain
        event = self._machine.events.get(trigger)
        if event is None or step not in event.transitions:
            return step
        cursor = Cursor(step, answers, facts)
        event.trigger(cursor)
        return cursor.state


def choice_trigger(choice: str) -> str:
    """Return the trigger that a choice fires."""
    return f"{CHOICE}{choice}"


def triggered_choice(trigger: str) -> str:
    """Return the choice that fires a trigger, "" if it is another one."""
    return trigger.removeprefix(CHOICE) if trigger.startswith(CHOICE) else ""


def holds(condition: Condition, answers: Mapping[str, str], facts: Facts) -> bool:
    """Whether every part of a condition is true."""
    if condition.heard and facts.heard.all.isdisjoint(condition.heard):
        return False
    if condition.guard and not GUARDS[condition.guard](answers, facts):
        return False
    if any(holds(each, answers, facts) for each in condition.shut):
        return False
    return all(_matches(_value(name, answers, facts), allowed) for name, allowed in condition.answers)


def _moves(step: Step) -> list[dict[str, Any]]:
    branches = [_move(GO, step, branch.to, branch.condition) for branch in step.when]
    spoken = [
        _move(TYPED, step, branch.to, branch.condition) for branch in step.when if branch.condition.heard
    ]
    moves = branches + ([_move(GO, step, step.to)] if step.to else [])
    if not step.ask or step.ask.number:  # words at a number question are none
        moves += spoken
    # A choice without a target of its own goes where the step goes.
    moves += [_move(choice_trigger(choice.id), step, choice.to) for choice in step.choices if choice.to]
    skip = step.skip or step.to or (step.after.to if step.after and step.rests else "")
    if skip:
        moves.append(_move(SKIP, step, skip))
    if step.after:
        moves.append(_move(AFTER, step, step.after.to))
    return moves


def _certain(moves: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return where (trigger, step) leads whatever is the case: nothing has to be tried there."""
    first = {(move["trigger"], move["source"]): move for move in reversed(moves)}
    return {key: move["dest"] for key, move in first.items() if "conditions" not in move}


def _move(trigger: str, step: Step, to: str, condition: Condition | None = None) -> dict[str, Any]:
    move: dict[str, Any] = {"trigger": trigger, "source": step.id, "dest": to}
    if condition is not None:
        # A callable, never a string: transitions would import any module that a string names.
        move["conditions"] = lambda event: holds(condition, event.model.answers, event.model.facts)
    return move


def _value(name: str, answers: Mapping[str, str], facts: Facts) -> str:
    return answers.get(name) or facts.variables.get(name, "")


def _matches(value: str, allowed: tuple[str, ...]) -> bool:
    return any(_fits(value, each) for each in allowed)


def _fits(value: str, allowed: str) -> bool:
    if allowed == "given":
        return bool(value)
    if allowed == "missing":
        return not value
    if allowed == "brief":
        return 0 < len(value) <= BRIEF and "\n" not in value
    low, dots, high = allowed.partition("..")
    if dots and low.isdecimal() and high.isdecimal():
        return value.isdecimal() and int(low) <= int(value) <= int(high)
    return value == allowed
