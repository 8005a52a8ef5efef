"""What people type under a check-in in place of a tap: a face in a short line, a request, dark words. Pure."""

import re
from collections.abc import Mapping

LONGEST = 60  # characters: a longer text is a story, and is met as one
FEW = 6  # words that may stand beside a drawn face
DRAWN: Mapping[str, int] = {
    "😊": 5, "😀": 5, "😃": 5, "😄": 5, "😁": 5, "🥰": 5, "😍": 5, "🤗": 5, "🥳": 5, ":d": 5, ":-d": 5,
    "🙂": 4, "😌": 4, "👍": 4, ":)": 4, ":-)": 4, "😐": 3, "😑": 3, "😶": 3, "🫤": 3, ":|": 3, ":-|": 3,
    "🙁": 2, "☹": 2, "😕": 2, "😟": 2, "👎": 2, ":/": 2, ":-/": 2, ":(": 2, ":-(": 2,
    "😞": 1, "😔": 1, "😢": 1, "😭": 1, "😖": 1, "😣": 1, "😩": 1, "😫": 1, "💔": 1, ":'(": 1,
}  # fmt: skip
MUCH = r"(?:very|really|so|super|extremely) "
SAID: tuple[tuple[str, int], ...] = (
    (r"not (?:so |too |that |all )?(?:bad|hard|terrible|awful)", 4),
    (r"not (?:so |too |that |very |really |doing )?(?:good|well|ok|okay|fine|alright|happy)", 2),
    (r"not (?:so |too |that )?great|so so|(?:meh|neutral|average|tired)", 3),
    (rf"{MUCH}(?:bad|hard|low|rough|tough|sad|heavy|difficult|down)", 1),
    (r"awful|terrible|horrible|worst|worse|dreadful|miserable", 1),
    (r"bad|hard|low|rough|tough|sad|heavy|difficult|down|crap|crappy|shit|shitty", 2),
    (r"good(?! (?:morning|afternoon|evening|night))", 5),
    (r"great|lovely|happy|wonderful|amazing|fantastic|brilliant|excellent", 5),
    (r"okay|ok|okayish|fine|alright|all right|better|decent|calm|nice", 4),
)  # the first that fits; each is a whole word
SAME = r"(?:still |about |all |pretty much )?(?:the )?same(?: as (?:before|yesterday|ever|last time|always))?"
PLAIN = frozenset(
    "today now right i am im feel feeling felt it its is was been a an bit little quite pretty really very so kind sort"
    " of guess think suppose honestly actually than yesterday the day morning evening night doing just all thanks"
    " thank you still again my this in well hm hmm yeah yes oh".split()
)  # words that say nothing beside a face
_THESE = r"(?:these|them|those|notes?|messages|check ?ins)"
WISHES: Mapping[str, str] = {
    "later": r"snooze|remind me (?:again )?(?:later|(?:in|after) .{1,15})|(?:in|after) an hour"
    r"|in (?:a|1|one) (?:bit|while|hour)|(?:ask(?: me)? |maybe |do (?:it|this) )?(?:again )?later|not (?:right )?now"
    r"|busy|working|driving|in (?:a|the) (?:meeting|class|lesson|call)|at work|on the (?:bus|train|phone)|out|no time"
    r"|(?:i )?cant (?:talk |answer |do this )?(?:right )?now",
    "today": r"(?:not|nothing|skip) (?:for )?(?:today|tonight|it|this|this one)|(?:maybe |ask me )?tomorrow",
    "fewer": rf"(?:fewer|less often|less|not so (?:many|often)|too (?:many|often))(?: (?:of )?{_THESE})?",
    "sorry": r"sorry (?:for |that |about )?(?:i )?(?:(?:just |only )?(?:forgot|missed)|being late|im late"
    r"|(?:did not|didnt) (?:answer|reply|write)|not (?:answering|replying)).{0,30}",
    "stop": rf"(?:no more|stop|end|cancel|turn off)(?: (?:of|with|sending))?(?: me)?(?: (?:these|the|this))? {_THESE}",
}
DARK = (
    r"dark(?:ness)?|black|nothing|nothing(?:ness)? (?:left|at all|matters)|empty inside|pointless|bleak|grey|gray|void"
    r"|(?:no|without) (?:light|hope|end|way out|point|energy left)|all (?:dark|black|grey|gray)|its dark|hell"
)
SPENT = (
    r"i (?:just |really )?(?:cant|can not|cannot)(?: do (?:this|it))?(?: any ?more)?|(?:cant|cannot) any ?more"
    r"|i give up|given? up|i(?:m| am) done(?: for)?|whats the use|no use|enough of (?:it all|everything)"
)
_BEFORE = (
    "i am|im|its|it is|sorry|ok|please|can you|bit|a bit|really|too|very|so|no|just|all|feeling|feels|today"
)
_AROUND = rf"(?:(?:{_BEFORE}) )*"
_AFTER = r"(?: (?:please|right now|now|thanks|atm|at the moment|sorry|today|inside|really|again|here))*"
_SAID = tuple((re.compile(rf"\b(?:{pattern})\b"), face) for pattern, face in SAID)
_WISHES = tuple((wish, re.compile(f"{_AROUND}(?:{core}){_AFTER}")) for wish, core in WISHES.items())
_DARK, _SPENT = (re.compile(f"{_AROUND}(?:{core}){_AFTER}") for core in (DARK, SPENT))
_SAME = re.compile(f"{_AROUND}(?:{SAME}){_AFTER}")


def read_reply(words: str) -> str:
    """Return a face ("1" to "5"), same, sorry, dark, spent, one of ``WISHES``, or "" for what is to be met as words."""
    line = " ".join(words.lower().replace("\u2019", "'").replace("\ufe0f", "").split())
    if not line or len(line) > LONGEST:
        return ""
    drawn, rest = _drawn(line)
    rest = " ".join(re.sub(r"[.,;!?\u2026~]+", " ", rest.replace("'", "").replace("-", " ")).split())
    asked = _asked(rest)
    if asked:
        return asked
    told = _told(rest)
    if told or (drawn and len(rest.split()) <= FEW):
        return str(min([*drawn, *told]))
    return ""


def _drawn(line: str) -> tuple[list[int], str]:
    """Return the faces that are drawn in a line, and the line without them."""
    found = []
    for drawing in sorted(DRAWN, key=len, reverse=True):
        if drawing in line:
            found.append(DRAWN[drawing])
            line = line.replace(drawing, " ")
    return found, re.sub("[\U0001f3fb-\U0001f3ff]", "", line)


def _asked(line: str) -> str:
    """Return what the whole of a line asks for or tells, apart from faces."""
    forms = (("spent", _SPENT), ("dark", _DARK), ("same", _SAME), *_WISHES)
    return next((name for name, form in forms if form.fullmatch(line)), "")


def _told(line: str) -> list[int]:
    """Return the faces that are named in a line, none where it says anything else as well."""
    found = []
    for pattern, face in _SAID:
        line, times = pattern.subn(" ", line)
        found += [face] * bool(times)
    return found if set(line.split()) <= PLAIN else []
