"""The actions of the flow ``zone``: from what a person types to the zone that their clocks follow.

What they return: ``found`` (one, many, half, city, off or none), ``candidate`` and its ``clock`` for one, ``places``
and their ``zones`` for many (a line each), ``told`` for a clock that still needs a half of the day or a city.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import time

from bot import checkins, sends, zones
from bot.cities import fold
from bot.clocks import HALF, read_clock, tells_half
from bot.desk import Desk, Values
from bot.zones import Place

NOTHING = {"found": "none", "candidate": "", "clock": "", "places": "", "zones": ""}
Found = dict[str, str]


def find(desk: Desk, given: Values, answers: Values) -> Found:
    """Find the zone of what was typed: one of several places, a zone's name, a clock, a city.

    A half of the day ("pm") counts for a clock that was told before.
    """
    words, told = given.get("words", ""), answers.get("told", "")
    if zone := _picked(words, answers) or zones.named_zone(words):
        return _one(desk, zone, answers)
    times = read_clock(words) or (read_clock(f"{told} {words}") if told and tells_half(words) else ())
    if times:
        return _clock(desk, times, words)
    return _places(desk, _city(desk, words, told), answers)


def fixed(desk: Desk, given: Values, answers: Values) -> Found:
    """Find a zone for a clock that was told without a city."""
    shown = read_clock(answers.get("told", ""))
    zone = zones.fixed_zone(shown[0], desk.now) if len(shown) == 1 else ""
    return _one(desk, zone, answers) if zone else NOTHING


def keep(desk: Desk, given: Values, answers: Values) -> Found:
    """Remember the zone that the person said yes to; without their consent it is for this talk alone."""
    zone = given.get("zone", "")
    if zones.zone_of(zone) is None:
        return {"zone": "", "zone_kept": ""}
    if desk.person.agreed:
        desk.person.variables["zone"] = zone
        if desk.person.checkins.times:
            checkins.arm(desk.tx, desk.person, desk.now)  # the hours go along with the clock
        sends.arm(desk.tx, desk.person, desk.now)  # and so does what was set for a day
    return {"zone": zone, "zone_kept": "yes" if desk.person.agreed else ""}


ZONE_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], Found]] = {
    "zone_find": find,
    "zone_fixed": fixed,
    "zone_set": keep,
}


def _picked(words: str, answers: Values) -> str:
    """Return the zone of the place that was chosen of several, by its number or by a part of its name."""
    labels, names = answers.get("places", "").splitlines(), answers.get("zones", "").splitlines()
    if words.isdecimal() and int(words) < len(names):
        return names[int(words)]
    known = [set(fold(label).split()) for label in labels]
    typed = set(fold(words).split())
    meant = [name for name, parts in zip(names, known, strict=True) if typed & parts - _shared(known)]
    return meant[0] if len(meant) == 1 else ""


def _shared(known: list[set[str]]) -> set[str]:
    return {word for word in known[0] if all(word in parts for parts in known)}


def _clock(desk: Desk, times: Sequence[time], words: str) -> Found:
    country, half = desk.person.country, "yes" if tells_half(words) else ""
    near = zones.fit(times, desk.now, country)
    shown = [each for each in times if any(zones.shows(zone, each, desk.now) for zone in near)]
    if len(shown) > 1:
        return NOTHING | {"found": "half", "told": f"{shown[0].hour or HALF}:{shown[0]:%M}", "half": "yes"}
    told = {"told": f"{shown[0]:%H:%M}" if shown else "", "half": half}
    here = [place for place in zones.find_city(words, country, typos=False) if place.zone in near]
    if not here and set(near) <= set(zones.zones_of(country)):
        here = zones.groups(near, desk.now)
    return _places(desk, here, told, none="city" if shown else "off") | told


def _city(desk: Desk, words: str, told: str) -> list[Place]:
    """Return the places that words may name; a clock told before tells apart those of one name."""
    typos = desk.hear(words).intent == "neutral"  # "awful" is no city that was mistyped
    shown = read_clock(told)
    for country in dict.fromkeys((desk.person.country, "")):
        found = zones.find_city(words, country, typos=typos)
        fitting = [place for place in found if any(zones.shows(place.zone, each, desk.now) for each in shown)]
        if fitting or not shown:
            return fitting or found
    return found


def _places(desk: Desk, found: Sequence[Place], answers: Values, *, none: str = "none") -> Found:
    if not found:
        return NOTHING | {"found": none}
    if len(found) == 1:
        return _one(desk, found[0].zone, answers)
    labels, names = zip(*((place.label, place.zone) for place in found), strict=True)
    return NOTHING | {"found": "many", "places": "\n".join(labels), "zones": "\n".join(names)}


def _one(desk: Desk, zone: str, answers: Values) -> Found:
    clock = zones.say_clock(desk.now, zone, half=bool(answers.get("half")))
    return NOTHING | {"found": "one", "candidate": zone, "clock": clock}
