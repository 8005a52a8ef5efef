"""The named conditions that ``when:`` may use: facts and answers in, yes or no out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from flows.turn import Facts

NIGHT, MORNING = 23, 5  # no lessons and no writing between these hours: what is slow or quiet only
ACUTE, THOUGHTS = LEVELS = ("acute", "thoughts")  # of danger; acute: about to happen, or not answered
PASSING = timedelta(hours=24)  # acute danger counts at least so long, whatever is said (docs/safety R18)
SOON, DAY = (
    timedelta(minutes=3),
    timedelta(hours=24),
)  # after a no the numbers are offered once, between these
HOUR = timedelta(hours=1)
ENOUGH = 2  # practices on one day; more would take the place of people
USES = ("imagery", "parts", "voice", "body", "food", "touch", "breath", "closed_eyes", "writing")
SHUT: Mapping[
    str, frozenset[str]
] = {  # what is left out after words of another danger, until the person lifts it
    "psychosis": frozenset({"imagery", "parts", "voice", "closed_eyes"}),
    "eating": frozenset({"body", "food"}),
}
Answers = Mapping[str, str]
Guard = Callable[[Answers, Facts], bool]


def is_night(answers: Answers, facts: Facts) -> bool:
    """From 23 to 5 on the person's own clock; never where their zone is not known (UTC)."""
    if facts.now.tzinfo is UTC:
        return False
    return facts.now.hour >= NIGHT or facts.now.hour < MORNING


def is_quiet(answers: Answers, facts: Facts) -> bool:
    """The person asked the bot to be there without questions."""
    return facts.quiet


def two_heavier(answers: Answers, facts: Facts) -> bool:
    """At least two points heavier after a practice than before: an ache, whatever is tapped."""
    before, after = answers.get("heavy", ""), answers.get("heavy_after", "")
    return before.isdecimal() and after.isdecimal() and int(after) >= int(before) + 2


def is_acute(answers: Answers, facts: Facts) -> bool:
    """Danger is near or was not answered, until the person says that it has passed and a day is over."""
    known = facts.variables
    passed = known.get("passed_at") and _since(known.get("gate_at", ""), facts) >= PASSING
    return known.get("gate") == ACUTE and not passed


def offers_again(answers: Answers, facts: Facts) -> bool:
    """The direct question was answered with a no a while ago, and the numbers were not offered again since."""
    said = facts.variables.get("no_at", "")
    return bool(said) and SOON <= _since(said, facts) <= DAY


def in_view(answers: Answers, facts: Facts) -> bool:
    """Danger was spoken of and has not passed, or the numbers are to be offered again: help is named first."""
    thoughts = facts.variables.get("gate") == THOUGHTS
    return thoughts or is_acute(answers, facts) or offers_again(answers, facts)


def is_shaken(answers: Answers, facts: Facts) -> bool:
    """Danger was near within the hour, or another door was told of: nothing that can wait is asked now."""
    moments = [facts.variables.get(name, "") for name in ("gate_at", "door_at")]
    return any(moment and _since(moment, facts) < HOUR for moment in moments)


def is_third(answers: Answers, facts: Facts) -> bool:
    """Two practices came to their end today, by the person's own clock (``practised``: the day and how many)."""
    day, _, count = facts.variables.get("practised", "").partition(" ")
    return day == facts.now.date().isoformat() and count.isdecimal() and int(count) >= ENOUGH


def is_at_door(door: str, answers: Answers, facts: Facts) -> bool:
    """The person told of this, and has not lifted what it shuts."""
    return door in facts.variables.get("doors", "").split()


def _since(moment: str, facts: Facts) -> timedelta:
    return facts.now - datetime.fromisoformat(moment) if moment else timedelta()


GUARDS: Mapping[str, Guard] = {
    "night": is_night,
    "quiet": is_quiet,
    "two_heavier": two_heavier,
    "acute": is_acute,
    "offers_again": offers_again,
    "in_view": in_view,
    "shaken": is_shaken,
    "third": is_third,
    **{door: partial(is_at_door, door) for door in SHUT},
}
