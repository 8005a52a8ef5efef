"""One sentence that asks for check-ins or changes them: "remind me every day at 8", "weekdays only". Pure."""

import re

from bot.plan_words import LONGEST, read_wish

MOST = 16  # words; a longer sentence is about something else
_DAYS = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?"
_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty half quarter past"
)
_CORE = re.compile(
    r"\b(?:daily )?check ?ins?(?: (?:with|on) me)?\b|\bcheck up on me\b|\bremind(?:ers?| me)\b"
    r"|\b(?:message|text|ping) me\b|\bwrite (?:to )?me\b"
)
_NOTES = re.compile(r"\b(?:these|the|your|my)? ?(?:notes?|messages)\b")
_LEAD = re.compile(
    r"\b(?:i|want|would|like|id|need|you|can|could|will|please|set|up|start|begin|give|send|make|lets|let|us|move|change"
    r"|switch|put|have|get|me|my|a|an|some|any|it|them|that|hi|hello|hey|ok|okay|yes|just|again|then)\b"
)
_WORD = re.compile(
    rf"\d{{1,2}}(?:[:.]\d\d)?(?:am|pm|h|st|nd|rd|th)?|{_DAYS}|{_MONTHS}|{_NUMBERS.replace(' ', '|')}"
    r"|am|pm|oclock|noon|midday|midnight|mornings?|afternoons?|evenings?|nights?|lunch(?:time)?|bedtime|tonight|work"
    r"|after|before|sometime|daily|every|each|days?|weeks?|months?|weekdays?|weekends?|only|not|no|never|except|on|at|in"
    r"|the|around|about|from|to|for|until|till|through|instead|of|once|twice|please|thanks|and|or|other|pause|stop|end|off"
    r"|cancel|fewer|less|more|often|too|many|a|an"
)
_TOLD = re.compile(r"\bi (?!want|would|need)")  # "on weekdays i work until 5 pm"
_PLAIN_DAYS = re.compile(r"\b(?:week ?days?|week ?ends?|only|not|no|except|never)\b|\bto\b")
_PLAIN_TIME = re.compile(rf"\d ?(?:am|pm)\b|\binstead\b|{_PLAIN_DAYS.pattern}")
_PLAIN_PAUSE = re.compile(r"\bpause\b|\b(?:until|till)\b")


def asks(words: str, *, planned: bool) -> bool:
    """Whether the whole of a text asks for check-ins; with a plan (``planned``) also one that only changes it."""
    line = _line(words)
    rest = _bare(line)
    if len(line) > LONGEST or len(line.split()) > MOST:
        return False
    if not all(map(_WORD.fullmatch, rest.split())):
        return False
    if _CORE.search(line):
        return True
    return planned and _changes(line, rest)


def read_command(words: str) -> dict[str, str]:
    """Return what came with the command: "/checkin until Monday", "stop check-ins", "remind me at 8 pm"."""
    given = words.partition(" ")[2].strip() if words.startswith("/") else bare(words)
    wish = read_wish(given)
    alone = " " not in given and wish == "pause"  # "pause check-ins": for how long is asked
    return {"checkin_wish": wish, "checkin_words": "" if alone else given}


def bare(words: str) -> str:
    """Return what such a sentence tells of hours, days and the like."""
    return _bare(_line(words))


def _changes(line: str, rest: str) -> bool:
    if _TOLD.search(line):
        return False
    wish, notes = read_wish(rest), bool(_NOTES.search(line))
    plain = {"days": _PLAIN_DAYS, "time": _PLAIN_TIME, "pause": _PLAIN_PAUSE}.get(wish)
    return bool(plain and plain.search(rest)) or (notes and wish in ("stop", "fewer"))


def _bare(line: str) -> str:
    return " ".join(_LEAD.sub(" ", _NOTES.sub(" ", _CORE.sub(" ", line))).split())


def _line(words: str) -> str:
    plain = words.lower().replace("\u2019", "").replace("'", "").replace("o'clock", "oclock")
    plain = re.sub(r"\ba\.?m\b\.?", "am", re.sub(r"\bp\.?m\b\.?", "pm", plain))
    return " ".join(re.sub(r"[!?,;()]+|\.(?!\d)|(?<=k)-(?=in)|(?<=[a-z])-(?=[a-z])", " ", plain).split())
