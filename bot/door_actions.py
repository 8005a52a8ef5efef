"""What the flow ``door`` may ask for: what was meant in a talk about a danger, and which country was named."""

from collections.abc import Callable, Mapping

from bot.desk import Desk, Values
from bot.safety import helplines
from bot.safety.asked import asked, places
from bot.safety.helplines import Kind

KIND_OF: Mapping[str, Kind] = {"abuse": "abuse", "child_hurt": "parent"}  # other doors: any crisis

WRONG = "mistaken"  # in the place of a door, where there is none
MEANT: Mapping[str, str] = {  # who was taken for another says so, and is believed
    "parent": "child_hurt", "child": "child_hurt", "not_me": "abuse",
}  # fmt: skip


def door_hear(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say what typed words ask or tell in this talk; a country in them is noted if it is the person's own."""
    words, door = given.get("words", ""), answers.get("door", "")
    found = [each.about for each in asked(words, door)] + ["", ""]
    named = places(words, door, far=bool(answers.get("far")))
    noted = _here(desk, named.here, KIND_OF.get(door, "crisis")) if named.here else {}
    if found[0] in MEANT and "door_told" in desk.person.variables:
        desk.person.variables["door_told"] = MEANT[found[0]]
    return (
        {"asks": found[0], "asks_too": found[1], "named": "yes" if noted else ""}
        | noted
        | _there(desk, named.there)
    )


def _here(desk: Desk, code: str, kind: Kind) -> dict[str, str]:
    desk.person.country = code
    card = _card(desk, code, kind)
    return {
        "lines": card.text,
        "emergency": card.emergency,
        "country_name": card.country_name,
        "has_country": "yes",
    }


def _there(desk: Desk, code: str) -> dict[str, str]:
    """Find the lines of another country than the person's own, to be passed on: it is not noted."""
    if not code or code == desk.person.country:
        return {"there": ""}
    card = _card(desk, code, "crisis")
    return {"there": helplines.with_article(card.country_name), "there_lines": card.text}


def _card(desk: Desk, code: str, kind: Kind) -> helplines.Card:
    desk.tx.count("help card", desk.now.date().isoformat())
    return helplines.card(code, desk.now, desk.tx.confirmed(), kind)


def door_wrong(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note that a danger was read wrongly: nothing that is written within the hour leads back to it."""
    if "door_told" in desk.person.variables:
        desk.person.variables["door_told"] = WRONG
    return {}


DOOR_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {
    "door_hear": door_hear,
    "door_wrong": door_wrong,
}
