"""The named conditions that ``when:`` may use: facts and answers in, yes or no out."""

from collections.abc import Callable, Mapping
from datetime import UTC

from flows.turn import Facts

NIGHT, MORNING = 23, 5  # practices.md D: no lessons and no writing between these hours
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


GUARDS: Mapping[str, Guard] = {"night": is_night, "quiet": is_quiet, "two_heavier": two_heavier}
