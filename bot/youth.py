"""Someone who may be too young: asked once, and then nothing is kept of them, while help stays open."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.desk import Desk, Values
from bot.model import Lock, Person

FLOW = "young"
TOLD = ("numbered", "grown")  # a number was told, a slip was put right: no words, and gone with the talk
ASKED = timedelta(hours=24)  # who said that the age is not theirs is not asked again so soon


def answered(person: Person, now: datetime) -> bool:
    """Whether the person said lately that an age they wrote is not theirs."""
    noted = person.variables.get("aged_at", "")
    return bool(noted) and now - datetime.fromisoformat(noted) < ASKED


# --- what the flow ``young`` may ask for ---


def under_age(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Keep nothing of someone who is too young: all goes now, their place within 24 hours, as with any stranger."""
    person = desk.person
    told = {name: answers.get(name, "") for name in TOLD}
    if person.variables.get("aged_at"):  # an age was written before, and said to be another's
        told["numbered"] = "yes"
    person.consent, person.consented_at, person.adult = 0, "", False
    person.risk = person.risk_at = ""
    person.variables.clear()
    person.kept_at.clear()
    person.lock = Lock()
    for kind in desk.tx.kinds(person.id):
        desk.tx.keep_only(person.id, kind, ())
    for timer in desk.tx.timers(person.id):
        desk.tx.drop_timer(person.id, timer.key)
    return dict.fromkeys(answers, "") | told


def not_theirs(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note that an age was somebody else's, or not told: it is believed."""
    desk.person.variables["aged_at"] = desk.now.isoformat()
    return {}


YOUTH_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {
    "under_age": under_age,
    "not_theirs": not_theirs,
}
