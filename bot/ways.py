"""How a person wants the bot to be there: cheering them on, in few words, or without questions.

It is remembered of a person who agreed to storage. Of others it lasts as long as the talk.
"""

from collections.abc import Callable, Mapping
from typing import get_args

from bot.desk import Desk, Values
from bot.model import Person, Way
from flows.turn import WARMTHS

_NAMED: Mapping[str, Way] = {
    "cheer": "cheer",
    "brief": "short",
    "short": "short",
    "quiet": "quiet",
    "question": "quiet",
}
_HERE = ("be here", "just be here")


def named(text: str) -> Way:
    """Return the way that a command in plain words names, "" where it names none."""
    words = text.lower()
    if words.strip(" .") in _HERE:
        return "quiet"
    return next((way for word, way in _NAMED.items() if word in words), "")


def let_go(person: Person, *, talks: bool) -> None:
    """Forget at the end of a talk what somebody chose who has not agreed to storage."""
    if not (talks or person.agreed):
        person.way = ""


def choose(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note a ``way`` ("usual" for none), a ``warmth``, or both. In few words there is nothing warm beside them."""
    person = desk.person
    if way := given.get("way"):
        person.way = next((known for known in get_args(Way) if known == way), "")
    wanted = "plain" if person.way == "short" else given.get("warmth", "")
    if wanted in WARMTHS:
        person.warmth = wanted
    return {"way_kept": "yes" if person.agreed else ""}


WAY_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {"way_set": choose}
