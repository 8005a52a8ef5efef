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
    " yes-i-am i-am yes-i-do i-do yes-ok yes-okay ok-yes sure-thing of-course lets-do-it lets-go id-like-that"
    " sounds-good that-would-be-good i-think-so i-guess i-guess-so yes-i-think-so yes-i-would do-it".split()
)
NO = frozenset(
    "no n nope nah not-now not-really no-thanks no-thank-you no-im-not im-not i-am-not no-i-dont i-dont no-not-really"
    " no-i-am-not no-not-now not-today no-never never not-at-all no-im-fine no-im-good nah-im-good id-rather-not"
    " rather-not no-no i-dont-think-so no-i-dont-think-so dont-want-to i-dont-want-to".split()
)
NUMBER = re.compile(r"(?<![\w.,-])\d+(?![\w]|[.,-]\d)")
DIGITS = 3  # of what may be an answer at all: "born 1987, so 39" is one number of years, not two


def match_choice(text: str, offers: Iterable[Offer]) -> Offer | None:
    """Return the choice that was typed: by label, by id, or a plain yes or no where there is one."""
    plain = simplify(text)
    offers = list(offers)
    for offer in offers:
        if plain and plain in (simplify(offer.label), simplify(offer.id)):
            return offer
    meant = "yes" if plain in YES else "no" if plain in NO else ""
    return next((offer for offer in offers if offer.id == meant), None)


def read_number(text: str, low: int, high: int) -> int | None:
    """Return the one number in a text that lies in the range, or None: "about a 7", "seven", "7/10"."""
    text = re.sub(rf"(\d)\s*(?:/|out of)\s*{high}\b", r"\1", text)
    found = {int(digits) for digits in NUMBER.findall(text) if len(digits) <= max(DIGITS, len(str(high)))}
    found |= {WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in WORDS}
    inside = [number for number in found if low <= number <= high]
    return inside[0] if len(inside) == 1 == len(found) else None


def simplify(text: str) -> str:
    """Return a text as it is compared with a label: small letters, digits, single dashes between words."""
    return "-".join(re.findall(r"[^\W_]+", text.lower().replace("'", "").replace("\u2019", "")))
