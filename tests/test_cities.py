"""Places that people name, and the zones they lie in."""

import tracemalloc
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cities import MOST, PATH, biggest, find_city, fold
from bot.zones import zone_of

EMPTY = {"AQ", "BV", "HM", "IO", "UM"}  # countries by code in which nobody lives for good
NOBODY = ("Antarctica/", "America/Danmarkshavn", "Asia/Khandyga", "Asia/Srednekolymsk", "Asia/Ust-Nera",
          "Australia/Lindeman", "Pacific/Kanton", "Pacific/Midway", "Pacific/Wake", "Indian/Chagos")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("são paulo", "America/Sao_Paulo"),
        ("Sao Paulo", "America/Sao_Paulo"),
        ("SÃO PAULO, Brasil", "America/Sao_Paulo"),
        ("St. John's, Canada", "America/St_Johns"),
        ("saint johns newfoundland and labrador", "America/St_Johns"),
        ("Paris, Texas", "America/Chicago"),
        ("paris tx", "America/Chicago"),
        ("Paris", "Europe/Paris"),
        ("Köln", "Europe/Berlin"),
        ("koeln", "Europe/Berlin"),
        ("Cologne", "Europe/Berlin"),
        ("Bombay", "Asia/Kolkata"),
        ("Kiev", "Europe/Kyiv"),
        ("NYC", "America/New_York"),
        ("Washington DC", "America/New_York"),
        ("Frankfurt", "Europe/Berlin"),
        ("Xian", "Asia/Shanghai"),
        ("İzmir", "Europe/Istanbul"),
        ("izmir", "Europe/Istanbul"),
        ("Łódź", "Europe/Warsaw"),
        ("I live near Leeds, UK", "Europe/London"),
        ("i'm in Sydney right now", "Australia/Sydney"),
        ("close to Perth, Western Australia", "Australia/Perth"),
        ("berlin germany", "Europe/Berlin"),
        ("Kathmandu", "Asia/Kathmandu"),
        ("Chatham Islands", "Pacific/Chatham"),
        ("Marquesas", "Pacific/Marquesas"),
        ("Lord Howe Island", "Australia/Lord_Howe"),
        ("Apia", "Pacific/Apia"),
        ("Germany", "Europe/Berlin"),
        ("in Scotland", "Europe/London"),
        ("Oregon", "America/Los_Angeles"),
    ],
)  # fmt: skip
def test_a_place_is_found_as_people_type_it(text, zone):
    """Case, accents, punctuation, old names and a country beside it make no difference."""
    assert {place.zone for place in find_city(text)} >= {zone}
    assert find_city(text)[0].zone == zone


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Lodnon", "London"), ("Berln", "Berlin"), ("Amsterdm", "Amsterdam"), ("Melborne", "Melbourne"),
     ("Philadephia", "Philadelphia"), ("glascow", "Glasgow"), ("Johannesberg", "Johannesburg")],
)  # fmt: skip
def test_a_letter_may_be_off_where_nothing_else_fits(typed, name):
    """The best known place that is nearly called so is meant."""
    assert [place.name for place in find_city(typed)] == [name]
    assert find_city(typed, typos=False) == []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Birmingham", ["Birmingham, England", "Birmingham, Alabama"]),
        ("London", ["London, England", "London, Ontario"]),
        ("Valencia", ["Valencia, Venezuela", "Valencia, Spain", "Valencia, California"]),
        ("Newcastle", ["Newcastle, New South Wales", "Newcastle, South Africa", "Newcastle upon Tyne, England"]),
        ("Odessa", ["Odesa, Ukraine", "Odessa, Texas"]),
        ("hyderabad", ["Hyderabad, India", "Hyderabad, Pakistan"]),
        ("Oregon", ["Portland, Oregon", "Oregon, Ohio"]),
        ("Saint Lucia", ["Gros Islet, Saint Lucia"]),
        ("Georgia", ["Tbilisi, Georgia", "Atlanta, Georgia"]),
        ("Texas", ["Houston, Texas", "El Paso, Texas"]),
    ],
)  # fmt: skip
def test_places_of_one_name_are_told_apart_the_biggest_first(text, labels):
    """What could be several is never guessed."""
    assert [place.label for place in find_city(text)] == labels


def test_places_of_one_name_in_one_zone_are_one():
    """Which Columbus in one zone it is makes no difference to a clock."""
    zones = [place.zone for place in find_city("Columbus")]
    assert len(zones) == len(set(zones)) > 1


def test_the_persons_country_tells_which_is_meant():
    """Someone in Pakistan who types Hyderabad does not mean the one in India."""
    assert [place.label for place in find_city("Hyderabad", "PK")] == ["Hyderabad, Pakistan"]
    assert [place.label for place in find_city("Paris", "PK")] == ["Paris, France"]


@pytest.mark.parametrize(
    "text",
    ["", "   ", "no", "yes", "nothing", "i hate myself", "nowhere", "idk", "12", "21:30", "my house", "here",
     "I can't sleep", "x" * 500, "Nowhere, Ocean", "\ud800", "\x00", "a\tb", "(", "Berlin" * 9],
)  # fmt: skip
def test_what_names_no_place_finds_none(text):
    """A sentence is not taken for a city."""
    assert find_city(text) == []


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=30)
    | st.from_regex(r"[A-Z][a-z]{2,9}( [A-Z][a-z]{2,9})?(, [A-Z][a-z]+)?", fullmatch=True)
)
def test_any_text_can_be_asked(text):
    """Whatever is typed, there are at most five places, each in a zone of its own that is known."""
    found = find_city(text)
    assert len(found) <= MOST
    assert len({place.zone for place in found}) == len(found)
    assert all(zone_of(place.zone) and len(place.label) <= 40 for place in found)


# --- the list ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows():
    return [
        row.split("\t") for row in PATH.read_text(encoding="utf-8").splitlines() if not row.startswith("#")
    ]


def table(name):
    text = (resources.files("tzdata.zoneinfo") / name).read_text(encoding="utf-8")
    return [row.split("\t") for row in text.splitlines() if not row.startswith("#")]


def test_the_list_is_small_and_says_whose_it_is():
    """It is one file that stays under 400 KB, and names its source and licence."""
    assert PATH.stat().st_size < 400_000
    assert "GeoNames" in PATH.read_text(encoding="utf-8")[:300]
    assert "CC BY 4.0" in PATH.read_text(encoding="utf-8")[:300]


def test_every_row_can_be_used(rows):
    """Each zone exists, each number is one, each other name is written as names are compared."""
    assert all(zone_of(row[0][1:]) and len(row) in (3, 5) for row in rows if row[0][0] == "@")
    assert all(
        row[1].isdecimal() and row[2:] == [fold(name) for name in row[2:]] for row in rows if row[0][0] != "@"
    )


def test_every_country_and_zone_has_a_place(rows):
    """Wherever people live, there is a city that leads to their zone."""
    headings = [row for row in rows if row[0][0] == "@"]
    lacking = {zone for _, _, zone, *_ in table("zone.tab")} - {row[0][1:] for row in headings}
    assert {code for code, _ in table("iso3166.tab")} - {row[1] for row in headings} <= EMPTY
    assert [zone for zone in lacking if not zone.startswith(NOBODY)] == []


def test_every_large_city_finds_itself(rows):
    """The hundred largest are found by their own names, first."""
    sizes = {row[0]: int(row[1]) for row in rows if row[0][0] != "@"}
    names = sorted(sizes, key=lambda name: -sizes[name])[:100]
    assert [name for name in names if find_city(name)[0].name != name] == []


def test_nothing_of_the_list_is_kept():
    """It is read when a place is named, and gone afterwards: the bot's memory stays small."""
    find_city("Lisbon")
    tracemalloc.start()
    find_city("Lodnon")
    biggest(["Europe/Berlin"])
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
    assert most < 8_000_000
