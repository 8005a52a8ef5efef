"""Finding ways through steps and flows: what is reached, and what comes round to itself."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import TypeVar

from flows.model import END, LEAVE, OVER, Flow, Step

Place = TypeVar("Place", bound=Hashable)


def inside(flow: Flow, step: Step) -> list[str]:
    """Return the steps of its flow that a step may lead to."""
    return [to for to, _ in step.targets if to in flow.steps and to != END]


def outside(step: Step) -> list[tuple[str, str, int]]:
    """Return the flows that a step may lead to: how (``call``, ``flow:`` or ``over:``), which one, and the row."""
    found = [("call", step.call, step.rows.get("call", step.row))] if step.call else []
    for how in (LEAVE, OVER):
        found += [(how, to.removeprefix(how), row) for to, row in step.targets if to.startswith(how)]
    return found


def reached(starts: Iterable[Place], ways: Callable[[Place], Iterable[Place]]) -> set[Place]:
    """Return every place that can be reached, the starts among them."""
    found: set[Place] = set()
    todo = list(starts)
    while todo:
        place = todo.pop()
        if place not in found:
            found.add(place)
            todo += ways(place)
    return found


def rounds(ways: Mapping[Place, Collection[Place]]) -> list[list[Place]]:
    """Return the places that come round to themselves, those of one round together, in the order given."""
    left = _leading_round(ways)
    far = {place: reached(_on(ways, place), lambda to: _on(ways, to)) for place in left}
    found: dict[Place, list[Place]] = {}
    for place in left:
        if place in far[place]:
            first = next(each for each in left if each in far[place] and place in far[each])
            found.setdefault(first, []).append(place)
    return list(found.values())


def _leading_round(ways: Mapping[Place, Collection[Place]]) -> list[Place]:
    """Return what is left when places that lead nowhere are taken away, one after the other."""
    before: dict[Place, list[Place]] = {}
    for place in ways:
        for to in _on(ways, place):
            before.setdefault(to, []).append(place)
    leads = {place: len(_on(ways, place)) for place in ways}
    todo = [place for place, count in leads.items() if not count]
    while todo:
        for place in before.get(todo.pop(), ()):
            leads[place] -= 1
            if not leads[place]:
                todo.append(place)
    return [place for place in ways if leads[place]]


def _on(ways: Mapping[Place, Collection[Place]], place: Place) -> list[Place]:
    return [to for to in dict.fromkeys(ways[place]) if to in ways]
