"""The country of a person: asked, suggested by a known zone, and never guessed from a language."""

from datetime import UTC, datetime

import pytest

from bot.actions import ACTIONS
from bot.desk import Desk
from bot.model import Person
from bot.zones import country_of
from flows.turn import Heard

NOW = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)


def act(name: str, person: Person, **given: str) -> dict[str, str]:
    desk = Desk(None, person, NOW, 18, lambda _: Heard())  # type: ignore[arg-type]  # these actions store nothing
    return ACTIONS[name](desk, given, {})


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ("Europe/Dublin", "IE"),
        ("America/Los_Angeles", "US"),
        ("Asia/Kolkata", "IN"),
        ("Europe/Oslo", "NO"),
        ("Etc/GMT-2", ""),
        ("", ""),
    ],
)
def test_a_zone_is_named_for_one_country(zone: str, code: str) -> None:
    """A fixed zone belongs to none."""
    assert country_of(zone) == code


def test_a_known_zone_suggests_its_country() -> None:
    """Only the zone does, and it notes nothing by itself."""
    person = Person("p", variables={"zone": "Europe/Dublin"})

    assert act("country_suggest", person) == {"suggested": "Ireland", "country_name": ""}
    assert person.country == ""


@pytest.mark.parametrize("lang", ["en", "de", "pt"])
def test_a_language_suggests_nothing(lang: str) -> None:
    """People speak a language in many countries."""
    assert act("country_suggest", Person("p", locale=lang))["suggested"] == ""


def test_the_country_that_is_noted_is_not_suggested_again() -> None:
    """Who lives where their clock says is asked nothing that is known."""
    person = Person("p", country="IE", variables={"zone": "Europe/Dublin"})

    assert act("country_suggest", person) == {"suggested": "", "country_name": "Ireland"}


def test_a_suggestion_that_is_taken_is_understood() -> None:
    """Each country that can be suggested can be noted by its own name, as it is said."""
    from bot.safety.helplines import countries, with_article

    missed = [
        code
        for code, country in countries().items()
        if act("country_note", Person("p"), country=with_article(country.name))["known"] == "no"
    ]

    assert missed == []


def test_a_name_that_is_none_changes_nothing() -> None:
    """What was noted stays."""
    person = Person("p", country="IE")

    assert (act("country_note", person, country="Atlantis")["known"], person.country) == ("no", "IE")
