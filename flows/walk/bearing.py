"""Which answers still bear on what comes: what later conditions will ask of them, step by step.

Two talks at the same step, with answers that no later condition can tell apart, are one place to a walk.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flows.catalog import NAME
from flows.model import END, LEAVE, OVER, Condition, Flow, Step
from flows.shell import Shell
from flows.walk.guarding import read_by

HEARD = "(heard)"  # what the words of a turn were heard as: a value like others, until the next turn
RAW, LINES = ("(value)",), ("(lines)",)  # tests that tell every value apart, and every list
KNOWN = "$"  # a name that begins with this is meant as it is known of the person, beyond the flow
Test = tuple[str, ...]  # what one condition allows a name to be
Tests = Mapping[str, frozenset[Test]]
At = tuple[str, str]  # flow and step


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a step.

    Attributes:
        conditions: What has to hold.
        fixed: Names that it gives new values, and ``drawn``: what those are made of.

    """

    to: str
    conditions: tuple[Condition, ...] = ()
    fixed: frozenset[str] = frozenset()
    drawn: Mapping[str, str] = field(default_factory=dict)


class Bearing:
    """What later conditions ask of the answers. Lives for one walk.

    Attributes:
        standing: By step: the tests that its answers may still meet while a talk stands there.
        ahead: The same, and what is only given on the way on from there.
        given: By step with an action: the names that the action is to give.
        known: Names that flows look at without bringing them: they may be known of the person.

    """

    def __init__(self, flows: Mapping[str, Flow], shell: Shell | None = None) -> None:
        self.flows = flows
        self.given = _given(flows, shell)
        self.known = _known(flows, shell)
        self._callers = _callers(flows)
        self.standing: dict[At, Tests] = defaultdict(dict)
        self.ahead: dict[At, Tests] = defaultdict(dict)
        places = [(flow, step) for flow in flows.values() for step in reversed([*flow.steps.values()])]
        ways = [(flow, step, tuple(self._ways(flow, step))) for flow, step in places]
        while sum(self._settle(*each) for each in ways):
            continue

    def ending(self, flow: str) -> Tests:
        """Return the tests that answers may meet in the flows to which a flow comes back."""
        callers = self._callers.get(flow, frozenset())
        return _joined(*(_passing(self.standing[at], self.flows[flow].returns) for at in callers))

    def beginning(self, flow: str) -> Tests:
        """Return the tests that answers may meet when a flow begins."""
        return self._arriving(self.flows[flow], self.flows[flow].start) if flow in self.flows else {}

    def _settle(self, flow: Flow, step: Step, ways: tuple[Way, ...]) -> bool:
        """Work a step out from those that it leads to; whether that changed anything."""
        at, shown = (flow.id, step.id), self._shown(step)
        ahead, standing = [shown], [shown]
        for way in ways:
            there = _joined(*map(self._tests, way.conditions), self._there(flow, step, way.to))
            ahead.append(there)
            standing += [_without(there, way.fixed), _drawn(way.drawn, there)]
        found = _joined(*ahead), _without(_joined(*standing), [HEARD] if step.waits else ())
        changed = (self.ahead[at], self.standing[at]) != found
        self.ahead[at], self.standing[at] = found
        return changed

    def _ways(self, flow: Flow, step: Step) -> Iterator[Way]:
        brings = [step.ask.name] if step.ask else [f"{step.offers}_chosen"] if step.offers else []
        fixed = frozenset([*brings, *self.given.get((flow.id, step.id), ())])
        onward = [Way(branch.to, (branch.condition,), fixed) for branch in step.when]
        onward += [Way(step.to, (), fixed)] if step.to else []
        if step.ask or step.offers or not step.waits or any(not choice.to for choice in step.choices):
            yield from onward
        if step.waits and not step.ask:
            yield from (Way(each.to, (each.condition,)) for each in step.when if each.condition.heard)
        for choice in step.choices:
            for to in [choice.to] if choice.to else [way.to for way in onward]:
                yield Way(to, (), fixed | choice.sets.keys(), choice.sets)
        if step.waits and (step.skip or step.to):
            yield Way(step.skip or step.to)
        if step.after:  # where nothing is asked, a skip leads there too
            yield Way(step.after.to)

    def _there(self, flow: Flow, step: Step, to: str) -> Tests:
        """Return what bears on the way on at a target."""
        if to == END:
            return self.ending(flow.id)
        if to.startswith(OVER):
            return _joined(self._entered(to.removeprefix(OVER)), self.standing[flow.id, step.id])
        return self._entered(to.removeprefix(LEAVE)) if to.startswith(LEAVE) else self._arriving(flow, to)

    def _entered(self, flow: str) -> Tests:
        """Return the tests of a flow that the answers of another one may meet: only of what it takes."""
        return _passing(self.beginning(flow), self.flows[flow].takes) if flow in self.flows else {}

    def _arriving(self, flow: Flow, to: str) -> Tests:
        step = flow.steps.get(to)
        if step is None:
            return {}
        standing = self.standing[flow.id, to]
        kept = standing
        if step.sets:
            kept = _joined(_without(standing, step.sets), _drawn(step.sets, standing))
        shown = self._shown(step)
        if HEARD in shown:  # what was heard decides what is offered, once
            kept = _joined(kept, {HEARD: shown[HEARD]})
        return _joined(kept, self._entered(step.call)) if step.call else kept

    def _shown(self, step: Step) -> Tests:
        """Return what the step itself asks of what was there before: its choices, its list, its date."""
        found = [self._tests(choice.when) for choice in step.choices if choice.when]
        found += [self._asked(step.offers, LINES)] if step.offers else []
        found += [self._asked(step.after.until, RAW)] if step.after and step.after.until else []
        return _joined(*found)

    def _tests(self, condition: Condition) -> Tests:
        found = [self._asked(name, allowed) for name, allowed in condition.answers]
        found += [self._asked(name, RAW) for name in read_by(condition.guard)]
        found += [self._tests(each) for each in condition.shut]
        return _joined(*found, {HEARD: frozenset({condition.heard})} if condition.heard else {})

    def _asked(self, name: str, test: Test) -> Tests:
        """Return a test of an answer, and of what is known under its name."""
        found = {name: frozenset({test})}
        return found | ({f"{KNOWN}{name}": frozenset({test})} if name in self.known else {})


def conditions(flow: Flow) -> Iterator[Condition]:
    """Return every condition of a flow, in the order they were written."""
    for step in flow.steps.values():
        yield from (branch.condition for branch in step.when)
        yield from (choice.when for choice in step.choices if choice.when)


def _joined(*several: Tests) -> Tests:
    found: dict[str, frozenset[Test]] = {}
    for tests in several:
        for name, each in tests.items():
            found[name] = found[name] | each if name in found else each
    return found


def _without(tests: Tests, names: Iterable[str]) -> Tests:
    gone = {each for name in names for each in (name, f"{KNOWN}{name}")} & tests.keys()
    return {name: each for name, each in tests.items() if name not in gone} if gone else tests


def _passing(tests: Tests, names: Iterable[str]) -> Tests:
    """Return what crosses from one flow into another: some answers, what is known, what was heard."""
    names = {*names, HEARD}
    return {name: each for name, each in tests.items() if name in names or name.startswith(KNOWN)}


def _drawn(values: Mapping[str, str], tests: Tests) -> Tests:
    """Return the tests that values meet later, for the names that the values are made of."""
    parts = [(name, tests[to]) for to, value in values.items() if to in tests for name in NAME.findall(value)]
    return _joined(*({name: each} for name, each in parts))


def _callers(flows: Mapping[str, Flow]) -> dict[str, frozenset[At]]:
    """Return the steps to which each flow comes back; a flow that takes another's place comes back to its."""
    found: dict[str, set[At]] = defaultdict(set)
    for flow in flows.values():
        for step in flow.steps.values():
            if step.call:
                found[step.call].add((flow.id, step.id))
    leaves = {
        (flow.id, to.removeprefix(LEAVE))
        for flow in flows.values()
        for step in flow.steps.values()
        for to, _ in step.targets
        if to.startswith(LEAVE)
    }
    for _ in flows:
        for left, entered in leaves:
            found[entered] |= found[left]
    return {flow: frozenset(callers) for flow, callers in found.items()}


def _given(flows: Mapping[str, Flow], shell: Shell | None) -> dict[At, frozenset[str]]:
    """Return what each action gives: as the shell says, or else what its flow uses and nothing else brings."""
    found = {}
    for flow in flows.values():
        missing = _used(flow, flows) - _brought(flow, flows)
        for step in flow.steps.values():
            if step.do:
                told = shell.actions.get(step.do.name, ()) if shell else missing
                found[flow.id, step.id] = frozenset(told)
    return found


def _known(flows: Mapping[str, Flow], shell: Shell | None) -> frozenset[str]:
    """Return the names that may be known of a person: as the shell says, or else what a flow looks at unbrought."""
    found = {name for flow in flows.values() for name, each in flow.variables.items() if each.lives == "kept"}
    if shell is None:
        return frozenset(found.union(*(_tested(flow) - _brought(flow, flows) for flow in flows.values())))
    doing = [step.do for flow in flows.values() for step in flow.steps.values() if step.do]
    noted = {name for do in doing if do.name in shell.noting for name in do.values}
    taken = {name for flow in flows.values() for name in flow.takes}  # what was just said: known for one turn
    return frozenset(found | noted | ({*shell.variables} - taken))


def _tested(flow: Flow) -> set[str]:
    return {name for condition in conditions(flow) for name, _ in condition.answers}


def _used(flow: Flow, flows: Mapping[str, Flow]) -> set[str]:
    found = {*_tested(flow), *flow.returns}
    for step in flow.steps.values():
        found |= {step.offers} - {""}
        found |= {*flows[step.call].takes} if step.call in flows else set()
    return found | {name for _, wording in flow.texts for name in NAME.findall(wording.text)}


def _brought(flow: Flow, flows: Mapping[str, Flow]) -> set[str]:
    """Return the names that have a value in a flow without an action's doing."""
    found = {*flow.takes}
    for step in flow.steps.values():
        found |= {*step.sets, f"{step.offers}_chosen"} | ({step.ask.name} if step.ask else set())
        found |= {name for choice in step.choices for name in choice.sets}
        found |= {*flows[step.call].returns} if step.call in flows else set()
    return found
