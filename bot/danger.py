"""What is noted of danger that a person spoke of: the gate before practices, doors, and that help is offered again."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.desk import Desk, Values
from bot.model import Person
from flows.guards import ACUTE, PASSING, SHUT, THOUGHTS

# How the question may be answered, and which gate follows: no answer is taken as the worst one.
LEVELS: Mapping[str, str] = {"acute": ACUTE, "unanswered": ACUTE, "thoughts": THOUGHTS}


def note(person: Person, level: str, now: datetime) -> None:
    """Note how the question about danger was answered. A no takes nothing away that was said before.

    Args:
        person: Who was asked.
        level: ``acute``, ``unanswered``, ``thoughts`` or ``no``.
        now: When that was.

    """
    person.risk, person.risk_at = level, now.isoformat()
    noted, gate = person.variables, LEVELS.get(level, "")
    noted["asked_at"] = now.isoformat()
    if level == "no":
        noted["no_at"] = now.isoformat()
    if not gate or (gate == THOUGHTS and noted.get("gate") == ACUTE):
        return
    noted.update(gate=gate, gate_at=now.isoformat(), passed_at="")


def note_door(person: Person, door: str) -> None:
    """Note a danger that shuts some practices, if the person agreed that something is stored."""
    doors = person.variables.get("doors", "").split()
    if door in SHUT and door not in doors and person.agreed:
        person.variables["doors"] = " ".join([*doors, door])


# --- what flows may ask for ---


def risk(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note how the direct question was answered."""
    note(desk.person, given.get("level", ""), desk.now)
    return {}


def passed(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note that the person says it has passed; after acute danger a day has to be over as well."""
    noted = desk.person.variables
    noted["passed_at"] = desk.now.isoformat()
    waits = noted.get("gate") == ACUTE and desk.now - datetime.fromisoformat(noted["gate_at"]) < PASSING
    noted["gate"] = ACUTE if waits else ""
    return {"lifted": "no" if waits else "yes"}


def lift(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Open what was shut after words of another danger."""
    desk.person.variables["doors"] = ""
    return {}


def offered(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note that the numbers were offered again after a no: once is enough."""
    desk.person.variables["no_at"] = ""
    return {}


DANGER_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {
    "risk": risk,
    "passed": passed,
    "lift": lift,
    "offered": offered,
}
