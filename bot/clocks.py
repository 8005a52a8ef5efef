"""What people type when they are asked what time it is: "it's half past nine pm", "21:30", "0930", "quarter to ten"."""

import re
import unicodedata
from datetime import time

LONGEST = 80  # characters: a longer text is a story with a time in it
HALF, HOUR, DAY = 12, 60, 24 * 60  # hours of half a day, minutes
NIGHT = 6  # before this hour, "at night" is the night that ends; after it, the one that begins

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
)
_NUMBERS = {word: number for number, word in enumerate(f"{_ONES} seventeen eighteen nineteen".split())}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_SPOKEN = re.compile(
    rf"\b(?:({'|'.join(_TENS)})(?:[ -]({'|'.join(list(_NUMBERS)[1:10])})\b)?|({'|'.join(_NUMBERS)}))\b"
)
_SAME = tuple(
    (re.compile(pattern), same)
    for pattern, same in (
        (r"[\u2019\u2018'`]", ""),
        (r"\bbefore (?:noon|midday)\b|\b(?:in )?(?:the |this )?(?:early )?morning\b", " am "),
        (r"\b(?:in )?(?:the |this )?(?:early |late )?(?:after ?noon|evening)\b", " pm "),
        (r"\b(?:12 )?(?:noon|mid ?day)(?:ish)?\b", " 12 pm "),
        (r"\b(?:12 )?mid ?night\b", " 12 am "),
        (r"(?:\b|(?<=\d))a\.? ?m\b\.?|(?<=\d)a\b", " am "),
        (r"(?:\b|(?<=\d))p\.? ?m\b\.?|(?<=\d)p\b", " pm "),
        (r"\b(?:at |in the |to)night\b", " night "),
        (r"\bo ?clock\b|\buhr\b", " oclock "),
        (r"\bquarter\b", "15"),
        (r"(?<=\d) oh? ?(?=\d\b)", ":0"),
        (r"(?<=\d)ish\b", ""),
        (r"\s+", " "),
        (r" ?: ?", ":"),
    )
)  # what is said in several ways, brought into one; in this order
_AROUND = re.compile(
    r"(?:(?:its|it is|about|around|roughly|almost|nearly|exactly|just|now|here|the|time|clock|says?|shows?|at|a|past"
    r"|after|on|my|phone|watch|right|approximately|probably|maybe) )+"
)
_AFTERWARDS = re.compile(r"(?: (?:at|here|now|right|in|sharp|please|the|moment|or|so|i|think)|[.,;?~()])+$")
_PART = r" ?(?P<part>am|pm|night)?\b"
_SPOKEN_FORMS = (
    (
        r"\b(?P<off>\d\d?|half) ?(?:minutes?|mins?)? (?P<way>past|after|to|till?|before|of) "
        rf"(?P<hour>\d\d?)(?: oclock)?{_PART}"
    ),
    rf"\b(?P<off>half) (?P<hour>\d\d?)(?: oclock)?{_PART}",
    rf"\b(?P<hour>\d\d?)[:.h](?P<minute>\d\d)(?::\d\d)?(?: oclock|h\b)?(?![\d:]){_PART}",
    r"\b(?P<hour>\d\d?) ?(?P<minute>\d\d) ?(?P<part>am|pm|night)\b",
    r"\b(?P<hour>\d\d?) oclock(?: (?P<part>am|pm|night)\b)?",
    r"\b(?P<hour>\d\d?) ?(?P<part>am|pm|night)\b",
    r"\b(?P<hour>\d\d?)h\b",
)  # a time inside a sentence, the most telling form first
_BARE_FORMS = (
    r"(?P<hour>\d\d?)[ .,-]?(?P<minute>\d\d)(?: ?h| hours?| hrs?)?",
    r"(?P<hour>\d\d?)",
)  # a time only where nothing else is said


def read_clock(text: str) -> tuple[time, ...]:
    """Return the times that a text may mean: none, one, or two where morning and evening are not told apart."""
    if len(text) > LONGEST:
        return ()
    line = _plain(text)
    for form in _SPOKEN_FORMS:
        told = {_times(**each.groupdict("")) for each in re.finditer(form, line)}
        if told:
            return told.pop() if len(told) == 1 else ()
    bare = _AFTERWARDS.sub("", _AROUND.sub("", line, count=1) if _AROUND.match(line) else line)
    whole = next((found for form in _BARE_FORMS if (found := re.fullmatch(form, bare))), None)
    return _times(**whole.groupdict("")) if whole else ()


def tells_half(text: str) -> bool:
    """Whether a time was told as clocks with twelve hours tell it: then it is shown so too."""
    return bool(re.search(r"\b(?:am|pm|night)\b", _plain(text)))


def _plain(text: str) -> str:
    line = _SPOKEN.sub(_digits, unicodedata.normalize("NFKC", text).lower())
    for pattern, same in _SAME:
        line = pattern.sub(same, line)
    return line.strip()


def _digits(found: re.Match[str]) -> str:
    tens, ones, number = found.groups()
    return str(_TENS[tens] + _NUMBERS.get(ones, 0)) if tens else str(_NUMBERS[number])


def _times(hour: str, minute: str = "", part: str = "", off: str = "", way: str = "") -> tuple[time, ...]:
    late = int(minute or 0) if not off else 30 if off == "half" else int(off)
    if int(hour) > HALF * 2 or late >= HOUR:
        return ()
    shift = -late if way in ("to", "til", "till", "before", "of") else late
    moments = sorted((each * HOUR + shift) % DAY for each in _hours(hour, part))
    return tuple(time(*divmod(moment, HOUR)) for moment in moments)


def _hours(typed: str, part: str) -> set[int]:
    """Return the hours of the day that an hour may be; "09" is told by clocks with 24 hours."""
    hour = int(typed)
    if not 1 <= hour <= HALF or (typed.startswith("0") and not part):
        return {hour % (HALF * 2)}
    morning, evening = hour % HALF, hour % HALF + HALF
    if part == "night":
        part = "am" if morning < NIGHT else "pm"
    return {"am": {morning}, "pm": {evening}}.get(part, {morning, evening})
