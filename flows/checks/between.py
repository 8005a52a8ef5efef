"""Rules about how flows lead to each other: no round without waiting, none too deep, none that nothing leads to."""

from collections.abc import Collection, Iterator, Mapping

from flows.checks.scope import Scope, at
from flows.checks.ways import inside, outside, reached, rounds
from flows.diagnostics import Diagnostic
from flows.limits import DEPTH
from flows.model import END, LEAVE, OVER, Flow, Step

HOME = "menu"  # to leave for it clears all that was open
OVERLAID = DEPTH - DEPTH // 2  # on one that is laid over a talk: half of the depth is the talk's

Place = tuple[str, str]  # flow and step
Calls = Mapping[str, list[tuple[str, int]]]  # by flow: what comes to stand on it, and how many flows deeper


def loops(scope: Scope) -> Iterator[Diagnostic]:
    """Nothing comes round to itself without waiting for a person or a clock, be it through several flows."""
    passing = _passing(scope)
    ways = {
        (flow.id, step.id): _at_once(flow, step, scope, passing)
        for flow in scope.talks.values()
        for step in flow.steps.values()
        if not step.waits
    }
    for found in rounds(ways):
        names = " → ".join(_shown(place, found) for place in (*found, found[0]))
        for id_ in dict.fromkeys(flow for flow, _ in found):
            flow = scope.flows[id_]
            row = next((flow.steps[step].row for on, step in found if on == id_ and step in flow.steps), 1)
            yield at(flow, row, "F104", f"this comes round to itself without waiting: {names}")


def _passing(scope: Scope) -> set[str]:
    """Return the flows that can come to their end without waiting: who calls them goes straight on."""
    found: set[str] = set()
    while True:
        more = {id_ for id_, flow in scope.talks.items() if id_ not in found and _passes(flow, found)}
        if not more:
            return found
        found |= more


def _passes(flow: Flow, passing: set[str]) -> bool:
    def on(id_: str) -> list[str]:
        step = flow.steps.get(id_)
        held = step is None or step.waits or (step.call and step.call not in passing)
        return [] if held or step is None else [to for to, _ in step.targets]

    return END in reached([flow.start], on)


def _at_once(flow: Flow, step: Step, scope: Scope, passing: set[str]) -> list[Place]:
    found = [(to, scope.talks[to].start) for how, to, _ in outside(step) if how != OVER and to in scope.talks]
    if not step.call or step.call in passing:
        found += [(flow.id, to) for to in inside(flow, step)]
    return found


def _shown(place: Place, found: list[Place]) -> str:
    several = len({flow for flow, _ in found}) > 1
    return f"{place[0]}/{place[1]}" if several else place[1]


def depth(scope: Scope) -> Iterator[Diagnostic]:
    """Calls do not go deeper than the engine does, and no flow comes to stand on itself."""
    calls = {flow.id: _calls(flow, scope) for flow in scope.talks.values()}
    ways = {id_: [to for to, _ in on] for id_, on in calls.items()}
    growing = [found for found in rounds(ways) if _grows(found, calls)]
    for found in growing:
        names = " → ".join((*found, found[0]))
        for id_ in found:
            message = (
                f"flows come to stand on themselves: {names}. Leave with 'flow:' where one calls the other"
            )
            yield _at_call(scope.flows[id_], found, "F122", message)
    if growing:
        return
    lays = scope.shell.lays if scope.shell else ()
    for id_, chain in _piles(calls).items():
        most = OVERLAID if id_ in lays else DEPTH
        if len(chain) > most:
            message = f"{len(chain)} flows stand on each other, {most} at most here: {' → '.join(chain)}"
            yield _at_call(scope.flows[id_], chain, "F122", message)


def _calls(flow: Flow, scope: Scope) -> list[tuple[str, int]]:
    ways = [way for step in flow.steps.values() for way in outside(step)]
    return [
        (to, int(how != LEAVE)) for how, to, _ in ways if to in scope.talks and (how, to) != (LEAVE, HOME)
    ]


def _grows(found: list[str], calls: Calls) -> bool:
    return any(deeper and to in found for id_ in found for to, deeper in calls[id_])


def _piles(calls: Calls) -> dict[str, tuple[str, ...]]:
    """Return the highest pile of flows that may stand on each; one that leaves gives its place to the next."""
    found: dict[str, tuple[str, ...]] = {id_: (id_,) for id_ in calls}
    while True:
        before = dict(found)
        for id_, on in calls.items():
            piles = [(id_, *found[to]) if deeper else found[to] for to, deeper in on]
            found[id_] = max((found[id_], *piles), key=len)
        if found == before:
            return found


def _at_call(flow: Flow, chain: Collection[str], code: str, message: str) -> Diagnostic:
    rows = [row for step in flow.steps.values() for _, to, row in outside(step) if to in chain]
    return at(flow, rows[0] if rows else 1, code, message)


def unreached(scope: Scope) -> Iterator[Diagnostic]:
    """The shell begins every flow by itself, or another flow leads to it."""
    if scope.shell is None:
        return
    starts = [id_ for id_ in scope.shell.begins if id_ in scope.talks]
    ways = {
        id_: [way for step in flow.steps.values() for way in outside(step)]
        for id_, flow in scope.talks.items()
    }
    found = reached(starts, lambda id_: [to for _, to, _ in ways[id_] if to in scope.talks])
    for id_, flow in scope.talks.items():
        if id_ not in found:
            message = f"nothing leads to the flow '{id_}': put it on a menu, or call it from another one"
            yield at(flow, flow.rows.get("flow", 1), "F120", message)
