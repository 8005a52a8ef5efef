"""What a typed answer means at a question: a choice, or a number."""

import re
from collections.abc import Iterable

from flows.turn import Offer

WORDS = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten".split())
}
YES = frozenset(
    "yes y yeah yea yep yup ok okay sure please alright fine aye yes-please go-ahead why-not ok-then okay-then"
    " k kk ye yh yeh yess yass yas ya yeah-sure okey okie okay-sure ok-sure ok-yeah yeah-ok yeah-okay mhm mhmm uh-huh"
    " yes-i-am i-am yes-i-do i-do yes-ok yes-okay ok-yes sure-thing of-course lets-do-it lets-go id-like-that"
    " sounds-good that-would-be-good i-think-so i-guess i-guess-so yes-i-think-so yes-i-would do-it".split()
)
NO = frozenset(
    "no n nope nah not-now not-really no-thanks no-thank-you no-im-not im-not i-am-not no-i-dont i-dont no-not-really"
    " noo nooo naw nay nop nahh nah-thanks nope-thanks nah-not-now no-ta"
    " no-i-am-not no-not-now not-today no-never never not-at-all no-im-fine no-im-good nah-im-good id-rather-not"
    " rather-not no-no i-dont-think-so no-i-dont-think-so dont-want-to i-dont-want-to".split()
)
ONWARD = frozenset(
    "go-on next continue carry-on keep-going onward onwards go-ahead move-on next-one proceed".split()
)
UNSURE = frozenset(
    "maybe perhaps idk i-dont-know dunno not-sure im-not-sure i-am-not-sure no-idea whatever idc i-dont-mind"
    " either either-one hmm hm um umm uh possibly depends it-depends both up-to-you you-decide you-choose"
    " i-dont-care maybe-idk idk-maybe meh eh who-knows i-guess-idk could-be".split()
)  # neither a yes nor a no
NOW = "-now"  # "nothing" is "Nothing now"
LIST = 3  # choices; of two, a number may mean something else
NUMBER = re.compile(r"(?<![\w.,-])\d+(?!(?!ish\b)[\w]|[.,-]\d)")
DIGITS = 3  # of what may be an answer at all: "born 1987, so 39" is one number of years, not two
NO_ONE = re.compile(
    r"\b(?:no|any|some|every|this|that|which|the) one\b|\bone (?:of|day|more|thing|who|person|time)\b"
)
COUNTED = (
    r"(?:times?|years?|days?|weeks?|months?|hours?|hrs?|minutes?|mins?|kids?|people|am|pm|yo|of|things?)\b"
)
FEW = 6  # words: in more of them a number may belong to what is told
_ONE = rf"(\d+|{'|'.join(WORDS)})(?:ish)?"
_OR = r"(?:\s|[-\u2013/]|[,.\u2026]+\s|\b(?:or|to|and|maybe|perhaps|possibly|probably|even|like|more|a)\b)+"
BETWEEN = re.compile(rf"(?<![\w.,-]){_ONE}{_OR}{_ONE}(?![\w]|[.,-]\d)")
HALF = re.compile(rf"(?<![\w.,-]){_ONE}(?:[.,][1-9]\d*| and a (?:half|bit))(?![\w])")
LED = re.compile(
    rf"(?:^|[.!?\u2026]\s)\W*(?:(?:um|well|so|ok|okay|i|guess|think|its|it's|it is|say|like|maybe|about|around|probably"
    rf"|at|an?|the|my|number|would|id|be|solid)\W+){{0,6}}{_ONE}\b(?!\s*{COUNTED})"
)


def match_choice(text: str, offers: Iterable[Offer]) -> Offer | None:
    """Return the choice that was typed: by label, by id, by a plain yes or no, or "go on" at a single way."""
    plain = simplify(text)
    offers = list(offers)
    for offer in offers:
        label = simplify(offer.label)
        named = "" if offer.id.isdecimal() else simplify(offer.id)  # people count a list from 1
        if plain and plain in (label, label.removesuffix(NOW), named):
            return offer
    meant = "yes" if plain in YES else "no" if plain in NO else ""
    return next((offer for offer in offers if offer.id == meant), None) or leads_on(text, offers)


def counted(text: str, offers: Iterable[Offer]) -> Offer | None:
    """Return the choice that a bare number stands for, counted from 1 in a list of three or more."""
    listed = [offer for offer in offers if offer.id != "skip"]
    plain = simplify(text)
    if len(listed) < LIST or not (plain.isdecimal() and plain.isascii()) or len(plain) > DIGITS:
        return None
    return listed[int(plain) - 1] if 1 <= int(plain) <= len(listed) else None


def is_unsure(text: str) -> bool:
    """Whether a text is neither a yes nor a no: "idk", "maybe"."""
    return simplify(text) in UNSURE


def leads_on(text: str, offers: Iterable[Offer]) -> Offer | None:
    """Return the single way on that a question offers, where "go on" or the like was typed; skipping is none."""
    ways = list(offers)
    return ways[0] if is_onward(text) and len(ways) == 1 and ways[0].id != "skip" else None


def is_onward(text: str) -> bool:
    """Whether a text asks to go on, and nothing else: "next", "go on"."""
    return simplify(text) in ONWARD


def read_number(text: str, low: int, high: int) -> int | None:
    """Return the one number in a text that lies in the range, or None: "about a 7", "seven", "7/10"."""
    numbers = _numbers(text, high)
    inside = [number for number in numbers if low <= number <= high]
    return inside[0] if len(inside) == 1 == len(numbers) else None


def read_weight(text: str, low: int, high: int) -> int | None:
    """Return the number that stands for a weight, or None: also "six or maybe seven", "6.5" and "8. he left me".

    Of two that are close the higher is taken: what is heavier is met more gently. In a story only a number that leads
    a sentence is one: "he is 7" is somebody's age.
    """
    plain = _plain(text, high)
    near = BETWEEN.search(plain)
    if near:
        one, other = (_figure(each) for each in near.groups())
        if low <= one <= high and low <= other <= high and abs(one - other) <= 2:  # noqa: PLR2004  # "6 to 8"
            plain = f"{plain[: near.start()]}{max(one, other)}{plain[near.end() :]}"
    half = HALF.search(plain)
    if half and not near:
        plain = f"{plain[: half.start()]}{min(high, _figure(half[1]) + 1)}{plain[half.end() :]}"
    if len(plain.split()) <= FEW:
        return read_number(plain, low, high)
    led = {_figure(each) for each in LED.findall(plain)}
    return led.pop() if len(led) == 1 and low <= min(led) <= high else None


def has_number(text: str) -> bool:
    """Whether there is any number in a text."""
    return bool(re.search(r"\d", text)) or bool(_numbers(text, 0))


def _numbers(text: str, high: int) -> set[int]:
    plain = _plain(text, high)
    found = {int(digits) for digits in NUMBER.findall(plain) if len(digits) <= max(DIGITS, len(str(high)))}
    return found | {WORDS[word] for word in re.findall(r"[a-z]+", plain) if word in WORDS}


def _plain(text: str, high: int) -> str:
    text = re.sub(rf"(\d)\s*(?:/|out of)\s*{high}\b", r"\1", text.lower())
    return NO_ONE.sub(" ", text)


def _figure(each: str) -> int:
    return WORDS[each] if each in WORDS else int(each[: DIGITS + 1])


def simplify(text: str) -> str:
    """Return a text as it is compared with a label: small letters, digits, single dashes between words."""
    return "-".join(re.findall(r"[^\W_]+", text.lower().replace("'", "").replace("\u2019", "")))
