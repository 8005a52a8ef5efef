"""What a walk has found: faults, what nobody comes to, and where there is no end."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flows.model import Flow, Step
from flows.walk.judge import EMPTY, ENDLESS, ERROR, SILENT, Fault
from flows.walk.paths import OVER, Paths
from flows.walk.watch import Trace

DEAD, TRAP, ROUND = "dead", "trap", "round"
SHOWN = 6  # steps of a round that are named
SAID = {
    ERROR: "an exception ({why}): this is a fault of the program, or of a guard",
    ENDLESS: "comes round without waiting for anyone, or flows lie within flows too deep: the talk is cut short",
    EMPTY: "a bubble without words",
    SILENT: "nothing of yours is said: the bot's own sentence has to stand in",
}
Graph = Mapping[int, Collection[int]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an author may want to mend.

    Attributes:
        kind: error, endless, empty or silent: wrong for the person; dead: nobody comes there; trap: nobody gets
            to an end from there; round: it comes round with the clock alone.
        way: What leads there, in words; empty where nothing does.

    """

    path: str
    row: int
    flow: str
    step: str
    kind: str
    message: str
    way: tuple[str, ...] = ()

    @property
    def error(self) -> bool:
        """Whether a person meets something wrong."""
        return self.kind in SAID


def faults(found: Iterable[Fault], flows: Mapping[str, Flow]) -> Iterator[Finding]:
    """Yield what is wrong for the person."""
    for each in found:
        step = flows[each.flow].steps.get(each.step) if each.flow in flows else None
        path, row = (flows[each.flow].path, step.row if step else 1) if each.flow in flows else ("", 1)
        message = SAID[each.kind].format(why=each.why)
        where = f"step '{each.step}': " if each.step else ""
        yield Finding(path, row or 1, each.flow, each.step, each.kind, f"{where}{message}", each.way)


def dead(flow: Flow, traces: Collection[Trace]) -> Iterator[Finding]:
    """Yield what nobody comes to in a flow: steps, then choices and branches of those that are reached."""
    steps = {at for trace in traces for at in trace.steps}
    if not any((flow.id, step) in steps for step in flow.steps):
        yield Finding(flow.path, 1, flow.id, "", DEAD, f"nobody comes to the flow '{flow.id}'")
        return
    offered = {each for trace in traces for each in trace.offered}
    taken = {each for trace in traces for each in trace.branches}
    for step in flow.steps.values():
        if not step.row:
            continue  # what wraps a practice is nobody's to mend
        if (flow.id, step.id) not in steps:
            yield Finding(flow.path, step.row, flow.id, step.id, DEAD, f"nobody comes to step '{step.id}'")
            continue
        for row, message in _unused(flow, step, offered, taken):
            yield Finding(flow.path, row, flow.id, step.id, DEAD, message)


def _unused(
    flow: Flow, step: Step, offered: Collection[tuple[str, str, str]], taken: Collection[tuple[str, str, int]]
) -> Iterator[tuple[int, str]]:
    for choice in step.choices:
        if (flow.id, step.id, choice.id) not in offered:
            yield choice.row, f"step '{step.id}': the choice '{choice.id}' is never offered"
    for branch in step.when:
        if branch.row and (flow.id, step.id, branch.row) not in taken:  # without one: put in around it
            yield branch.row, f"step '{step.id}': this 'when' is never taken (to '{branch.to}')"


def traps(paths: Paths) -> Iterator[Finding]:
    """Yield where nobody gets to an end, whatever they do; to change an earlier answer does not count.

    Whose talk was put aside is free; what was left untried counts as an end.
    """
    aside = {node for node, place in paths.places.items() if place.aside}
    ways = {
        node: [to for to, kind in several if kind != "back" and to not in aside]
        for node, several in paths.ways.items()
    }
    back: dict[int, list[int]] = {}
    for node, several in ways.items():
        for to in several:
            back.setdefault(to, []).append(node)
    ending, todo = {OVER, *paths.untried}, [OVER, *paths.untried]
    while todo:
        fresh = [node for node in back.get(todo.pop(), ()) if node not in ending]
        ending.update(fresh)
        todo += fresh
    stuck = {
        node: [to for to in several if to not in ending]
        for node, several in ways.items()
        if node not in ending and node not in aside
    }
    for nodes in _together(stuck):
        yield from _at(paths, nodes, TRAP, "no way leads to an end from here: {steps}")


def rounds(paths: Paths) -> Iterator[Finding]:
    """Yield what comes round without the person: at once, or with the clock alone."""
    by_itself: dict[int, list[int]] = {node: [] for node in paths.places}
    at_once: dict[int, list[int]] = {node: [] for node in paths.places}
    leaving = set()
    for node, place in paths.places.items():
        for to, kind in paths.ways[node]:
            if place.doing and to in paths.places and paths.places[to].doing:
                at_once[node].append(to)
            if kind == "clock" or (place.doing and place.clock and kind != "rest"):
                by_itself[node].append(to)
                leaving |= {node} if to not in paths.places else set()
    for nodes in _together(_core(at_once)):
        yield from _at(paths, nodes, ENDLESS, f"{SAID[ENDLESS]} ({{steps}})")
    core = _core(by_itself)
    leaving |= {node for node in core if any(to not in core for to in by_itself[node])}
    for nodes in _together(core):
        if not leaving & set(nodes):
            yield from _at(
                paths, nodes, ROUND, "comes round by itself for as long as the person does nothing: {steps}"
            )


def _core(graph: Graph) -> Graph:
    """Return what is left of a graph when nodes that lead nowhere, or that nothing leads to, are taken away."""
    left = {node: {to for to in ways if to in graph} for node, ways in graph.items()}
    while True:
        reached = {to for ways in left.values() for to in ways}
        kept = {node for node, ways in left.items() if ways and node in reached}
        if len(kept) == len(left):
            return left
        left = {node: left[node] & kept for node in kept}


def _together(graph: Graph) -> Iterator[list[int]]:
    """Yield the nodes of a graph that hang together."""
    beside: dict[int, set[int]] = {node: set() for node in graph}
    for node, ways in graph.items():
        for to in ways:
            beside[node].add(to)
            beside[to].add(node)
    seen: set[int] = set()
    for first in graph:
        nodes, todo = [], [first]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                nodes.append(node)
                todo += beside[node]
        if nodes:
            yield sorted(nodes)


def _at(paths: Paths, nodes: list[int], kind: str, message: str) -> Iterator[Finding]:
    """Yield one finding for places that hang together, at the first of their steps."""
    found: dict[tuple[str, str], int] = {}
    for node in nodes:
        if node in paths.places:
            top = paths.places[node].session.top
            found.setdefault((top.flow, top.step), node)
    if not found:
        return
    (flow, step), node = min(found.items(), key=lambda each: each[1])
    names = [name if at == flow else f"{at}/{name}" for at, name in found]
    steps = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    whole = paths.flows[flow]
    row = whole.steps[step].row or 1
    yield Finding(whole.path, row, flow, step, kind, message.format(steps=steps), paths.way(node))
