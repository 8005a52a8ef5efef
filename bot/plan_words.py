"""What people type about their check-ins: times, days, kinds, quiet hours, how long to pause. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta

from bot.checkins import DAYS
from bot.clocks import read_clock
from flows.dates import WEEKDAYS, read_date

LONGEST = 120  # characters; a longer text is a story with a time in it
FARTHEST = 366  # days: who pauses for longer has no use for check-ins
NOON = time(12)
AT: Mapping[str, tuple[time, ...]] = {
    "morning": (time(9),), "midday": (time(13),), "lunch": (time(13),), "lunchtime": (time(13),),
    "afternoon": (time(15),), "evening": (time(20),), "night": (time(21, 30),), "bedtime": (time(21, 30),),
    "after work": (time(18),), "after lunch": (time(14),),
}  # a part of the day that is named without a time  # fmt: skip
KINDS: Mapping[str, str] = {
    "day": r"how (?:is|are|was)|how i am|\bday\b|today|faces?\b|mood",
    "phrase": r"phrase|sentence|\bwords?\b|kind line|\blines?\b",
    "minute": r"minute|practice",
    "evening": r"evening|put (?:it |one |something )?down|one thing|look(?:ing)? back",
}  # in the order in which they are shown
WISHES: Mapping[str, str] = {
    "stop": r"\b(?:stop|end|off|cancel|quit|none|no more|never again|delete|leave me alone)\b",
    "fewer": r"\b(?:fewer|less|not so (?:often|many)|too (?:often|many|much))\b",
    "resume": r"\b(?:resume|unpause|go on|back on|start again|continue)\b",
    "pause": r"\b(?:pause|holidays?|vacation|away|until|till|not this week|for (?:a|an|one|two|three|\d+) )",
    "quiet": r"\bquiet\b|\bbetween\b|\bfrom .+ to\b",
    "name": r"\b(?:call me|my name|name)\b",
    "zone": r"\b(?:travel\w*|abroad|moved|moving|time ?zone|zone|clock)\b",
}  # what a sentence asks for, the first that fits
USUAL = ("22:00", "08:00")  # quiet hours of a plan that was not changed
EVERY, WORK, REST = DAYS, "12345", "67"

_FILLER = re.compile(
    r"\b(?:please|instead|make it|change (?:it|this|that) to|change to|add|set(?: it)?(?: to)?|remind me|check ?-?ins?"
    r"|every ?day|daily|each day|in the(?= (?:morning|afternoon|evening)$)|better|then|also)\b|^(?:and|to|at) ",
)
_SEVERAL = re.compile(r"\s*(?:,|;|&|\+|\n|\band\b|\bor\b)\s*")
_NOT = re.compile(r"\b(?:not|except|but not|without|never|no|apart from|other than|besides)\b")
_SHORT = {name[:3]: str(number) for number, name in enumerate(WEEKDAYS, 1)}
_DAY = rf"(?:{'|'.join(WEEKDAYS)}|tues|weds|thurs?|{'|'.join(_SHORT)})"
_RANGE = re.compile(rf"\b({_DAY})s?\.? ?(?:to|-|\u2013|till?|until|through|thru) ?({_DAY})s?\b")
_NAMED = re.compile(rf"\b({_DAY})s?\b")
_GROUPS = (
    (re.compile(r"\b(?:every|each) (?:other|second) day\b"), EVERY[::2]),
    (re.compile(r"\b(?:week ?days?|work(?:ing)? ?days?|days? i work)\b"), WORK),
    (re.compile(r"\bweek ?ends?\b"), REST),
    (re.compile(r"\b(?:every ?day|daily|each day|all (?:days|week)|always|all)\b"), EVERY),
)
_NAME = re.compile(r"[^\W\d_][\w.'\u2019-]*(?: [^\W\d_][\w.'\u2019-]*)?")  # one word, or two
_SPAN = re.compile(r"(?:(\d{1,3}|an?|one|two|three|four|five|six|seven|ten) )?(day|week|month)s?")
_MANY = {"a": 1, "an": 1} | {
    word: number for number, word in enumerate("one two three four five six seven".split(), 1)
} | {"ten": 10}  # fmt: skip
_NTH = re.compile(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)")
_LENGTHS = {"week": 7, "month": 30}
_UNTIL = re.compile(r"^(?:please )?(?:pause )?(?:them )?(?:(?:until|till?|for|to|by) )?(?:the next )?")
_EDGES = re.compile(r"\s*(?:\bto\b|\buntil\b|\btill?\b|\band\b|-|\u2013)\s*")


def read_times(words: str) -> list[tuple[time, ...]]:
    """Return the times that were told, each as what it may be: one, or two where half of the day is missing."""
    if len(words) > LONGEST:
        return []
    line = words.lower().partition(" instead of ")[0].strip(" .!?")
    parts = [" ".join(_FILLER.sub(" ", part).split()) for part in _SEVERAL.split(_without_days(line))]
    found = [_time(part) for part in parts if part]
    return found if all(found) else []


def read_days(words: str) -> str:
    """Return the days that were told as ISO weekdays; "" for none. What follows a "not" is taken away."""
    line = words.lower()
    found = _NOT.search(line)
    if found is None:
        return _days(line)
    spared = _days(line[found.end() :])
    wanted = _days(line[: found.start()]) or EVERY
    return "".join(day for day in wanted if day not in spared) if spared else ""


def read_kinds(words: str) -> list[str]:
    """Return the kinds that were named."""
    return [kind for kind, pattern in KINDS.items() if re.search(pattern, words.lower())]


def read_quiet(words: str) -> list[str]:
    """Return quiet hours: from when to when; equal ones for none, nothing where it cannot be read.

    What is told without a half of the day begins in the evening and ends in the morning.
    """
    line = re.sub(r"^(?:quiet )?(?:hours )?(?:from|between) ", "", words.lower().strip(" .!?"))
    if line == "usual":
        return [*USUAL]
    if re.fullmatch(r"(?:none|off|never|no|no quiet(?: hours)?)", line):
        return ["00:00", "00:00"]
    ends = [read_clock(part) for part in _EDGES.split(line)] if len(words) <= LONGEST else []
    if len(ends) != 2 or not all(ends):  # noqa: PLR2004  # from, to
        return []
    begins = max(ends[0])
    return [f"{begins:%H:%M}", f"{min(ends[1]):%H:%M}"]


def read_until(words: str, today: date) -> str:
    """Return the day from which check-ins come again, as ISO; "" where none was told, or it is too far."""
    line = _UNTIL.sub("", " ".join(words.lower().strip(" .!?").split()))
    span = _SPAN.fullmatch(line)
    found = (
        _after(span[1] or "a", span[2], today) if span else _numbered(line, today) or read_date(line, today)
    )
    if found is None:
        return ""
    return found if today.isoformat() < found <= (today + timedelta(days=FARTHEST)).isoformat() else ""


def read_wish(words: str) -> str:
    """Return what a sentence about check-ins asks for: time, days, kinds, or one of ``WISHES``; "" for none."""
    line = words.lower()
    if len(words) > LONGEST:
        return ""
    if _SPAN.fullmatch(line.strip(" .!?")):
        return "pause"
    if read_days(words) and not re.search(r"\b(?:until|till|pause|stop)\b", line):
        return "time" if read_times(words) else "days"
    for wish, pattern in WISHES.items():
        if re.search(pattern, line):
            return wish
    return "time" if read_times(words) else "kinds" if read_kinds(words) else ""


def read_name(words: str) -> str:
    """Return a name as it was given for check-ins; "" where it is none that could stand in a sentence."""
    name = re.sub(
        r"^(?:please )?(?:call me|my name is|my name's|i'm|i am|it's)\s+",
        "",
        words.strip(" .!?,"),
        flags=re.IGNORECASE,
    )
    return name if len(name) <= 30 and _NAME.fullmatch(name) else ""  # noqa: PLR2004  # a button's


# --- saying -------------------------------------------------------------------------------------


def say_time(at: str, *, halves: bool) -> str:
    """Return "21:30", or "9:30 pm"."""
    hour, minute = int(at[:2]), at[3:]
    return f"{hour % 12 or 12}:{minute} {'am' if hour < NOON.hour else 'pm'}" if halves else at


def listed(parts: Sequence[str], last: str) -> str:
    """Return "a, b and c"; ``last`` is the word before the last one."""
    return f" {last} ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


# --- parts --------------------------------------------------------------------------------------


def _time(part: str) -> tuple[time, ...]:
    plain = re.sub(r"^(?:in |at |around |about |every |each |some ?time |any ?time )*(?:the )?|s$", "", part)
    found = AT.get(plain) or read_clock(part)
    return tuple(each for each in found if each.hour) or found  # "12:15" is about noon


def _without_days(text: str) -> str:
    """Return a text without the days in it, where any are named: what is left may be a time."""
    if not _days(text):
        return text
    for pattern in (_RANGE, *(group for group, _ in _GROUPS), _NAMED):
        text = pattern.sub(" ", text)
    return re.sub(r"\b(?:on|only|not|except|but|never|no)\b", " ", text).strip()


def _days(text: str) -> str:
    found = {day for pattern, days in _GROUPS if pattern.search(text) for day in days}
    for begins, ends in _RANGE.findall(text):
        first, last = _number(begins), _number(ends)
        found |= {DAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)}
    found |= {DAYS[_number(name)] for name in _NAMED.findall(text)}
    return "".join(sorted(found))


def _number(name: str) -> int:
    return int(_SHORT[name[:3]]) - 1


def _numbered(line: str, today: date) -> str | None:
    """Return the next day with a number: "the 20th"; None where none is told, or no near month has it."""
    told = _NTH.fullmatch(line)
    days = (today + timedelta(days=ahead) for ahead in range(1, 62))
    return next((day.isoformat() for day in days if told and day.day == int(told[1])), None)


def _after(many: str, unit: str, today: date) -> str:
    """Return the day after a pause: "a day" leaves out tomorrow's too, for today's may have come already."""
    number = int(many) if many.isdecimal() else _MANY[many]
    days = number + 1 if unit == "day" else number * _LENGTHS[unit]
    return (today + timedelta(days=days)).isoformat()
