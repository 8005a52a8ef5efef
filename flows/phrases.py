"""Conditions and times in plain words, for people who read a flow and do not write one."""

from collections.abc import Iterable

from flows.model import After, Condition

HEARD = {  # topics whose names say too little
    "about_bot": "a question about the bot",
    "at_bot": "anger at the bot",
    "asks_why": "“why?”",
    "retract": "taking it back",
    "bye": "good-bye",
    "not_it": "“that's not it”",
    "self_criticism": "harsh words to oneself",
    "wants_break": "wish for a break",
    "wants_friend": "wish for the friend's view",
    "wants_touch": "wish for something to hold",
    "wants_ground": "wish for firm ground",
}
SHOWN = 70  # characters of a list; the rest is counted
FEW = 2  # so many more names are written out after all: "and 1 more" is no shorter


def condition(asked: Condition, most: int = SHOWN) -> str:
    """Return what has to be so: "heard grief, and who is animal"; lists have about so many characters at most."""
    parts = [_answer(name, allowed, most) for name, allowed in asked.answers]
    if asked.heard:
        parts.append(f"heard: {listed((HEARD.get(name, name) for name in asked.heard), most)}")
    if asked.guard:
        parts.append(spaced(asked.guard))
    if asked.open:
        parts.append(f"{spaced(asked.open)} is open")
    return ", and ".join(parts) or "always"


def listed(names: Iterable[str], most: int = SHOWN) -> str:
    """Return as many names as fit, and how many more there are."""
    different: dict[str, str] = {}
    for name in names:
        different.setdefault(name.casefold(), spaced(name))
    whole, shown = [*different.values()], 0
    for name in whole:
        if most < len(name) and len(whole) - shown > FEW:
            break
        most -= len(name) + 2
        shown += 1
    rest = len(whole) - shown
    return ", ".join(whole[:shown]) + (f" and {rest} more" if rest else "")


def moment(after: After) -> str:
    """Return when a talk goes on by itself: "after 3 days, at 09:00"."""
    if after.until:
        return f"on the day in “{spaced(after.until)}”{_span(after, ', and ', ' later')}{_at(after)}"
    return f"{_span(after, 'after ')}{_at(after)}".strip(", ")


def spaced(name: str) -> str:
    """Return a name as it is read."""
    return name.replace("_", " ")


def counted(number: int, what: str) -> str:
    """Return "1 step", "2 steps"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _answer(name: str, allowed: tuple[str, ...], most: int) -> str:
    shown = spaced(name)
    match allowed:
        case ("given",):
            return f"“{shown}” is known"
        case ("missing",):
            return f"“{shown}” is not known"
        case ("brief",):
            return f"“{shown}” is short"
    values = [" to ".join(each.split("..")) if _is_range(each) else each for each in allowed]
    return f"“{shown}” is {listed(values, most) if len(values) == 1 else f'one of: {listed(values, most)}'}"


def _is_range(value: str) -> bool:
    low, dots, high = value.partition("..")
    return bool(dots) and low.isdigit() and high.isdigit()


def _span(after: After, before: str, behind: str = "") -> str:
    hours, seconds = divmod(after.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    days, left = divmod(hours, 24) if not (after.days or after.months) else (after.days, hours)
    units = ((after.months, "month"), (days, "day"), (left, "hour"), (minutes, "minute"), (seconds, "second"))
    parts = [counted(number, unit) for number, unit in units if number]
    return f"{before}{' '.join(parts)}{behind}" if parts else ""


def _at(after: After) -> str:
    return f", at {after.at}" if after.at else ""
