"""Who has called a flow, and how it ends: so that a flow called from many places is walked only once."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flows.model import Flow
from flows.session import Frame
from flows.walk.likeness import Known, Likeness
from flows.walk.values import Signs

FLAT = 0  # the call of what nobody has called
Ways = dict[int, list[tuple[int, str]]]
End = TypeVar("End")


@dataclass(frozen=True, slots=True)
class Caller:
    """What lies beneath a flow that was called.

    Attributes:
        node: Stands for it among the places of a walk.
        stack: By which call each of its flows was entered.
        depth: Turns until the call.

    """

    node: int
    frames: tuple[Frame, ...]
    stack: tuple[int, ...]
    known: Known
    depth: int


@dataclass(slots=True)
class _Call(Generic[End]):
    """A flow, entered with certain answers."""

    callers: dict[Signs, Caller] = field(default_factory=dict)
    ends: dict[Signs, End] = field(default_factory=dict)
    exits: set[int] = field(default_factory=set)


class Calls(Generic[End]):
    """All calls of a walk.

    Attributes:
        due: Ends that a caller has still to go on with.
        ways: By node: where it leads; where a called flow leaves all that has called it, its callers lead too.

    """

    def __init__(self, flows: Mapping[str, Flow], likeness: Likeness, ways: Ways) -> None:
        self.flows, self.likeness, self.ways = flows, likeness, ways
        self.due: deque[tuple[End, Caller]] = deque()
        self._calls: list[_Call[End]] = [_Call()]
        self._numbers: dict[Signs, int] = {}

    def number(self, beneath: Frame, entered: Frame, known: Known) -> int:
        """Return which call has led from one flow into another."""
        called = self.flows[beneath.flow].steps[beneath.step].call
        flow = called if called in self.flows and not entered.over else entered.flow
        taken = {name: beneath.answers.get(name) or known.get(name, "") for name in self.flows[flow].takes}
        key = flow, entered.over, self.likeness.entry(flow, taken, known)
        found = self._numbers.setdefault(key, len(self._calls))
        if found == len(self._calls):
            self._calls.append(_Call())
        return found

    def add_caller(self, number: int, key: Signs, caller: Caller) -> None:
        """Note a caller: it goes on with every end that is known."""
        call = self._calls[number]
        if key not in call.callers:
            call.callers[key] = caller
            self.due.extend((end, caller) for end in call.ends.values())
            for node in call.exits:
                self._lead(caller, node)

    def add_end(self, number: int, key: Signs, end: End) -> None:
        """Note an end: every caller that is known goes on with it."""
        call = self._calls[number]
        if key not in call.ends:
            call.ends[key] = end
            self.due.extend((end, caller) for caller in call.callers.values())

    def add_exit(self, number: int, node: int) -> None:
        """Note that a called flow leaves all that has called it, and where to."""
        call = self._calls[number]
        if number != FLAT and node not in call.exits:
            call.exits.add(node)
            for caller in call.callers.values():
                self._lead(caller, node)

    def _lead(self, caller: Caller, node: int) -> None:
        self.ways[caller.node].append((node, "on"))
        self.add_exit(caller.stack[-1], node)


def copied(frames: Iterable[Frame]) -> list[Frame]:
    """Return frames that can change without changing these."""
    return [frame.copy() for frame in frames]
