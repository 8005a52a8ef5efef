"""How much is enough for one day: the third practice, or the same thought again, leads to a pause or a person.

A program that goes on and on takes the place of people. What is noted of a thought is a hash under the person's own
id, so that the same words are known again and cannot be read; it is gone the next day.
"""

from collections.abc import Callable, Mapping
from datetime import UTC
from hashlib import blake2s
from typing import get_args

from bot.desk import Desk, Values
from bot.model import Today
from bot.zones import own_zone
from flows.answers import simplify
from flows.turn import Warmth

FELT = ("ease", "same", "numb", "ache")  # how a practice can have ended
OUTWARD = frozenset({"ground", "reach"})  # practices that may be done as often as wanted
TOO_WARM = ("ache", "numb")  # after these the next dose is a smaller one
WARMTHS = get_args(Warmth)
COUNTED = "felt "  # begins the names under which that is counted


def of_today(desk: Desk) -> Today:
    """Return what was done today, and begin it anew on a new day of the person's own."""
    day = desk.now.astimezone(own_zone(desk.person) or UTC).date().isoformat()
    if desk.person.today.day != day:
        desk.person.today = Today(day)
    return desk.person.today


def practised(desk: Desk, practice: str) -> None:
    """Count a practice that came to its end; what looks outward is not one of two."""
    of_today(desk).practices += practice not in OUTWARD


def cooled(desk: Desk, felt: str) -> bool:
    """Make the words one step cooler from here on where a practice ached or left somebody numb; say whether."""
    warmth = WARMTHS.index(desk.person.warmth) if desk.person.warmth in WARMTHS else 0
    if felt not in TOO_WARM or not warmth:
        return False
    desk.person.warmth = WARMTHS[warmth - 1]
    return True


def counted(desk: Desk, practice: str, felt: str) -> None:
    """Count how a practice ended, over all people together, if the operator asked for it: no id, and no day."""
    if desk.counts and practice and felt in FELT:
        desk.tx.count(f"{COUNTED}{practice} {felt}", f"{desk.now:%Y-%m}")


def same_thought(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say whether these words were looked at today already, and note them; only of somebody who agreed to storage."""
    words = simplify(given.get("thought", ""))
    if not words or not desk.person.agreed:
        return {"again": ""}
    key = desk.person.id.encode()
    mark = blake2s(words.encode(), key=key, digest_size=4).hexdigest()
    known = of_today(desk).thoughts
    if mark in known:
        return {"again": "yes"}
    known.append(mark)
    return {"again": ""}


DOSE_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {"same_thought": same_thought}
