"""The actions of the flow ``country``: which country's help lines a person gets.

It is asked, never guessed from a language; a time zone may suggest one, and a yes decides.
"""

from collections.abc import Callable, Mapping

from bot import zones
from bot.desk import Desk, Values
from bot.safety import helplines

Noted = dict[str, str]


def suggest(desk: Desk, given: Values, answers: Values) -> Noted:
    """Name the country of the person's time zone, if one is known and it is not the one noted; and the one noted."""
    known = helplines.countries()
    noted = known.get(desk.person.country)
    found = known.get(zones.country_of(desk.person.variables.get("zone", "")))
    news = found is not None and found != noted
    return {
        "suggested": helplines.with_article(found.name) if found and news else "",
        "country_name": noted.name if noted else "",
    }


def note(desk: Desk, given: Values, answers: Values) -> Noted:
    """Note the country that was named, if it is one."""
    code = helplines.find_country(given.get("country", ""))
    if code is None:
        return {"known": "no", "country_name": ""}
    desk.person.country = code
    return {"known": "yes", "country_name": helplines.countries()[code].name}


COUNTRY_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], Noted]] = {
    "country_suggest": suggest,
    "country_note": note,
}
