"""transitions as its README begins: a model for each person, added to the machine."""

import statistics
import tracemalloc
from time import perf_counter
from typing import Any

from transitions import Machine
from transitions.extensions.asyncio import AsyncMachine

from bench import dialog

STATES = [step.name for step in dialog.STEPS]
MOVES: list[dict[str, Any]] = [
    {"trigger": "go", "source": this, "dest": then}
    for this, then in zip(STATES, [*STATES[1:], STATES[0]], strict=True)
]


class Person:
    """A model: the machine puts state and triggers on it."""

    go: Any


def naive(people: int) -> dict[str, Any]:
    """Return the costs of one more person and of one trigger."""
    shared = Machine(states=STATES, transitions=MOVES, initial=STATES[0])
    everybody = [Person() for _ in range(people)]
    began = perf_counter()
    for person in everybody:
        shared.add_model(person)
    added = perf_counter() - began
    times = []
    for person in everybody:
        began = perf_counter()
        person.go()
        times.append(perf_counter() - began)
    return {
        "people": people,
        "add_us": round(added / people * 1e6),
        "trigger_us": round(statistics.median(times) * 1e6, 1),
        "person_bytes": _weight(people),
    }


def _weight(people: int) -> int:
    """Return the bytes that one more person holds."""
    shared = Machine(states=STATES, transitions=MOVES, initial=STATES[0])
    everybody = [Person() for _ in range(people)]
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for person in everybody:
        shared.add_model(person)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return round(held / people)


async def naive_async(people: int) -> dict[str, Any]:
    """Return the cost of one trigger of an AsyncMachine."""
    shared = AsyncMachine(states=STATES, transitions=MOVES, initial=STATES[0])
    person = Person()
    shared.add_model(person)
    times = []
    for _ in range(people):
        began = perf_counter()
        await person.go()
        times.append(perf_counter() - began)
    return {"trigger_us": round(statistics.median(times) * 1e6, 1)}
