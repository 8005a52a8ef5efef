"""What the engine may know of a person at one turn, and what every turn shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from bot import plan_shown
from bot.model import Person
from bot.ports import Clock
from bot.zones import own_zone, zone_label
from flows.compiler import Content
from flows.machine import holds
from flows.practice import GATE
from flows.turn import Facts, Heard, Warmth

NIGHT, MORNING = 23, 8  # hours between which nobody is woken
SEEN = 1536  # bytes of marks kept for a person: the last 384 wordings; a busy week has 270 (tests.simulated)


@dataclass(frozen=True, slots=True)
class Shared:
    """What every visit shares. Lives as long as the process.

    ``known`` are values that any line may show, such as ``contact``. ``hear`` is quick: it runs on the store's thread.
    """

    content: Content
    clock: Clock
    seed: int
    known: Mapping[str, str]
    hear: Callable[[str], Heard]
    waited: Callable[[], None]  # a wait was set: whoever looks for due timers may have to look sooner
    locale: str  # of people who chose none
    counts: bool = False  # how practices went, over all people: the operator asked for it


def facts(
    person: Person, now: datetime, seed: int, locale: str, known: Mapping[str, str], heard: Heard
) -> Facts:
    """Return the facts of one turn.

    Args:
        person: Who is talking.
        now: The moment; shown to guards in the person's own zone, as it is where that is not known.
        seed: Decides between wordings never read.
        locale: The language of people who chose none.
        known: What any line may show, such as ``contact``.
        heard: What was made of the text.

    """
    return Facts(
        now=local(person, now),
        seed=seed,
        locale=person.locale or locale,
        warmth=warmth(person),
        quiet=person.quiet,
        cheer=cheered(person),
        variables={**known, **variables(person)},
        seen=person.once + person.seen,
        past=past(person, now),
        heard=heard,
        home=home(person),
    )


def local(person: Person, now: datetime) -> datetime:
    """Return a moment as the person's own clock shows it; as it is where their zone is not known."""
    zone = own_zone(person)
    return now.astimezone(zone) if zone else now


def past(person: Person, now: datetime) -> frozenset[str]:
    """Return the names of what was kept on an earlier day of the person's own."""
    today = local(person, now).date()
    return frozenset(
        name
        for name, moment in person.kept_at.items()
        if name in person.variables and local(person, datetime.fromisoformat(moment)).date() < today
    )


def asleep(person: Person, now: datetime) -> bool:
    """Whether it is night on the person's own clock; where their zone is not known, it may always be."""
    hour = local(person, now).hour
    return not person.variables.get("zone") or hour >= NIGHT or hour < MORNING


def variables(person: Person) -> dict[str, str]:
    """Return what flows may match and show of a person."""
    noted = {
        "warmth": person.warmth,
        "way": person.way,
        "country": person.country,
        "zone": person.variables.get("zone", ""),
        "zone_label": zone_label(person.variables.get("zone", "")),
        "risk": person.risk,
        "consent": "yes" if person.agreed else "",
        "practised": f"{person.today.day} {person.today.practices}" if person.today.day else "",
        "checkin_times": ", ".join(plan_shown.tell(person, at) for at in person.checkins.times),
    }
    return {**person.variables, **noted}


def home(person: Person) -> str:
    """Return the flow in which every talk of a person begins."""
    if not person.consent:
        return "welcome"
    return "renew" if person.outdated else "menu"


def is_open(content: Content, practice: str, facts: Facts) -> bool:
    """Whether a practice is there, and neither danger nor another door shuts it to the person now."""
    compiled = content.flows.get(practice)
    gate = compiled.flow.steps.get(GATE) if compiled else None
    return gate is not None and not any(holds(branch.condition, {}, facts) for branch in gate.when)


def own(content: Content, line: str, locale: str) -> str:
    """Return one of the bot's own lines as it stands, "" where it is missing."""
    found = content.lines.get(line)
    return content.catalog.text(next(found[0].wordings), locale) if found else ""


def warmth(person: Person) -> Warmth:
    """Return how warm the words should be; plain where nothing else was chosen."""
    return person.warmth if person.warmth in get_args(Warmth) else "plain"  # type: ignore[return-value]  # just checked


def cheered(person: Person) -> bool:
    """Whether the person is to be cheered on; not while danger is noted of them, whatever they chose."""
    return person.way == "cheer" and not person.variables.get("gate")


def with_line(marks: bytes, line: bytes) -> bytes:
    """Return the marks of lines that a person has read, with one more as the latest."""
    at = marks.find(line)
    while at % 4 and at > 0:  # a match across two marks is none
        at = marks.find(line, at + 1)
    kept = marks if at < 0 else marks[:at] + marks[at + 4 :]  # each stands there once
    return (kept + line)[-SEEN:]
