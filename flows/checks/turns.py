"""The rule about how much is said before a person can act, be it by several steps and flows."""

from collections.abc import Iterable, Iterator

from flows.checks.scope import Scope, at
from flows.diagnostics import Diagnostic
from flows.limits import BUBBLES, STEPS_PER_TURN
from flows.model import END, LEAVE, OVER, Step

Place = tuple[str, str]  # flow and step
Path = tuple[tuple[Place, int], ...]  # where how many bubbles are said
Ways = tuple[Path | None, Path | None]  # the longest to a wait, and the longest to the flow's end


def bubbles(scope: Scope) -> Iterator[Diagnostic]:
    """At most three bubbles come before the person can act."""
    turns = _Turns(scope)
    told: set[Place] = set()
    for path in turns.paths():
        count = turns.count(path)
        if count > BUBBLES and path[-1][0] not in told:
            flow, step = path[-1][0]
            told.add((flow, step))
            where = f" ({' → '.join(f'{on}/{id_}' for (on, id_), _ in path)})" if len(path) > 1 else ""
            message = f"{count} bubbles before the person can act{where}; {BUBBLES} at most"
            yield at(scope.flows[flow], scope.flows[flow].steps[step].row, "F203", message)


class _Turns:
    """The longest turns of all flows. Lives for one call of ``bubbles``."""

    def __init__(self, scope: Scope) -> None:
        self.talks = scope.talks
        self._joined = scope.shell.joined if scope.shell else ()
        self._ways: dict[Place, Ways] = {}
        self._tails: dict[str, Path | None] = {}

    def paths(self) -> Iterator[Path]:
        """Yield the longest way from every place where a turn may begin to where the person can act."""
        for flow in self.talks.values():
            starts = [[flow.start]] + [self._targets(step) for step in flow.steps.values() if step.waits]
            for to in (to for targets in starts for to in targets):
                yield from filter(None, self._to(flow.id, to, 0))
            for step in flow.steps.values():
                yield from self._after_call(flow.id, step)

    def _after_call(self, flow: str, step: Step) -> Iterator[Path]:
        """Yield the ways of a turn that ends a called flow and goes on in the one that called it."""
        tail = self._tail(step.call) if step.call in self.talks else None
        for to in self._targets(step) if tail else ():
            yield from ((tail or ()) + further for further in self._to(flow, to, 0) if further is not None)

    def _tail(self, id_: str) -> Path | None:
        """Return what is said at most between the last act in a flow and its end; None if nothing leads there."""
        if id_ not in self._tails:
            self._tails[id_] = None  # a flow that calls itself is said elsewhere
            found: list[Path] = []
            for step in self.talks[id_].steps.values():
                before = () if step.waits else self._tail(step.call) if step.call in self.talks else None
                if before is not None:
                    ends = [self._to(id_, to, 0)[1] for to in self._targets(step)]
                    found += [before + end for end in ends if end is not None]
            self._tails[id_] = max(found, key=self.count, default=None)
        return self._tails[id_]

    def _to(self, flow: str, to: str, steps: int) -> Ways:
        """Return the longest ways that begin with a target."""
        if to == END:
            return None, ()
        if to.startswith(LEAVE):
            flow, to = to.removeprefix(LEAVE), ""
        if flow not in self.talks or steps > STEPS_PER_TURN:
            return None, None
        to = to or self.talks[flow].start
        if to not in self.talks[flow].steps:
            return None, None
        if (flow, to) not in self._ways:
            self._ways[flow, to] = (None, None)  # a round is said elsewhere
            self._ways[flow, to] = self._from((flow, to), steps)
        return self._ways[flow, to]

    def _from(self, place: Place, steps: int) -> Ways:
        step = self.talks[place[0]].steps[place[1]]
        count = len(step.say) + bool(step.show)
        here: Path = ((place, count),) if count else ()
        if step.waits:
            return here, None
        stops: list[Path] = []
        if step.call in self.talks:
            stop, end = self._to(step.call, self.talks[step.call].start, steps + 1)
            stops += [here + stop] if stop is not None else []
            if end is None:
                return max(stops, key=self.count, default=None), None
            here += end
        further = [self._to(place[0], to, steps + 1) for to in self._targets(step)]
        stops += [here + stop for stop, _ in further if stop is not None]
        ends = [here + end for _, end in further if end is not None]
        return max(stops, key=self.count, default=None), max(ends, key=self.count, default=None)

    def _targets(self, step: Step) -> Iterable[str]:
        return [to for to, _ in step.targets if not to.startswith(OVER)]

    def count(self, path: Path) -> int:
        """Return how many bubbles a way has; those of a flow that is joined are one, as long as it goes on."""
        told, before = 0, ""
        for (flow, _), count in path:
            told += count if flow not in self._joined else flow != before
            before = flow
        return told
