"""Cities and their zones: one file of GeoNames (bot/places/README.md), read when someone names a place, never kept."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property
from pathlib import Path

from bot.safety.helplines import find_country

PATH = Path(__file__).parent / "places" / "cities.tsv"
MOST = 5  # places in one answer: more buttons than that nobody reads
DWARFED = 50  # a place so many times smaller than its namesake is only meant when more than its name is said
SHORTEST = 5  # letters; in shorter names any letter makes another name
LONGEST = 60  # characters: a longer text is a story, not a place
CLOSE = 0.82  # of difflib's ratio: one letter in six may be another, one in five may be missing
MISTYPED = 10  # the same, of names that were mistyped: the best known one is meant
ALL = 10**6  # the same, where it was said where the place lies: any size counts
RIVAL = 4  # a city that is only called so counts beside those named so, unless it is so many times smaller
LABEL = 40  # characters that a phone shows on one button
HEADING = "@"  # begins a row: zone, country's code and name, and where it is said a part's code and name
COUNTRY = 2  # the first name in such a row; the next but one is the part's
_LATIN = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
_BASE = {code: unicodedata.normalize("NFKD", chr(code))[0].lower() for code in _LATIN}
_ODD = {"ø": "o", "ł": "l", "đ": "d", "ə": "a", "ħ": "h", "ð": "d"}  # letters that are no accented ones
_ODD |= {"\u0131": "i", **{letter.upper(): base for letter, base in _ODD.items()}}
_ONE_TO_ONE = str.maketrans(
    {code: base for code, base in _BASE.items() if base.isascii()}
    | {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    | _ODD
    | {"-": " "}
)
_LONGER = str.maketrans({"æ": "ae", "œ": "oe", "þ": "th", **dict.fromkeys("'’‘\u02bb\u02bc`\u00b4.", "")})
_SAINT, _ST = re.compile(r"\bsainte?\b"), re.compile(r"\bst\b")
_ABOUT = re.compile(
    r"(?:(?:i|we|am|im|is|its|it|are|was|live|living|stay|staying|right|now|in|at|near|nearest|nearby|close|to|by|from"
    r"|around|outside|the|a|my|our|city|town|place|of|here|bigger|biggest|would|be|or|maybe|think|probably) )+"
)
_AFTER = re.compile(r"(?: (?:right|now|here|at|the|moment|today|please|currently))+$")
_BEFORE = re.compile(r".* (?:in|near|to|from|outside|around|by|is) ")


@dataclass(frozen=True, slots=True)
class Place:
    """A city. A part of its country (code and name) is there where people say it beside the city; in thousands."""

    name: str
    people: int
    zone: str
    code: str
    country: str
    part: str = ""
    region: str = ""

    @property
    def label(self) -> str:
        """What is written on a button, so that it can be told from its namesakes."""
        return f"{self.name}, {self.region or self.country}"[:LABEL]


def find_city(text: str, country: str = "", *, typos: bool = True) -> list[Place]:
    """Return the places that a text may name, the biggest first, at most five; those of one zone are one.

    Args:
        text: "Sao Paulo", "paris texas", "I live near Leeds, UK", a country or a part of one.
        country: Code of the country the person is in, if known: its places are meant before others.
        typos: Whether names that are a letter off count, where nothing else fits.

    """
    readings = list(dict.fromkeys(_readings(text)))
    if len(text) > LONGEST or not readings:
        return []
    atlas = Atlas()
    for city, where in readings:
        found = [place for place in atlas.cities(city) if not where or _within(place, where)]
        found += [] if where else atlas.parts(city)
        if found:
            return _few(found, country, most=ALL if where else DWARFED)
    names = [city for city, where in readings if not where]
    for search in (atlas.country, atlas.beginning, atlas.like) if typos else (atlas.country,):
        for name in names:
            if found := search(name):
                return _few(found, country, most=MISTYPED if search == atlas.like else DWARFED)
    return []


def biggest(zones: Iterable[str]) -> list[Place]:
    """Return the biggest city of each zone, the biggest first; zones without one are left out."""
    firsts = Atlas().firsts()
    return sorted((firsts[zone] for zone in zones if zone in firsts), key=lambda place: -place.people)


def fold(text: str) -> str:
    """Return a name as names are compared: small ASCII letters, single spaces, "st" for "saint"."""
    small = unicodedata.normalize("NFKD", text.casefold()).translate(_LONGER).translate(_ONE_TO_ONE)
    letters = re.sub(r"[^a-z0-9 ]", " ", "".join(mark for mark in small if not unicodedata.combining(mark)))
    return _SAINT.sub("st", " ".join(letters.split()))


def plain(text: str) -> str:
    """Return a text in small letters without accents and hyphens, each letter in its old place."""
    return text.translate(_ONE_TO_ONE)


class Atlas:
    """The file, for one question."""

    def __init__(self) -> None:
        text = PATH.read_text(encoding="utf-8")
        self._text = text[text.index(f"\n{HEADING}") :]

    @cached_property
    def _plain(self) -> str:
        return plain(self._text)

    def cities(self, name: str) -> list[Place]:
        """Return the cities of a name, and those that are called so and about as big."""
        own = [self._place(at + 1) for at in self._hits(f"\n{name}\t")]
        most = max((place.people for place in own), default=0)
        others = [self._row(at) for end in "\t\n" for at in self._hits(f"\t{name}{end}")]
        called = [self._place(at) for at in others if self._text[at] != HEADING]
        return own + [place for place in called if place.people * RIVAL > most]

    def parts(self, name: str) -> list[Place]:
        """Return the biggest city of each zone of the countries, or the parts of them, that have this name."""
        names = {name, _ST.sub("saint", name)}
        rows = {self._row(at) for each in names for end in "\t\n" for at in self._hits(f"\t{each}{end}")}
        headings = [row for row in rows if self._text[row] == HEADING]
        named = [row for row in headings if names & {*self._line(row, self._plain).split("\t")[COUNTRY::2]}]
        return [self._first(row) for row in named]

    def country(self, name: str) -> list[Place]:
        """Return the same of a country that is named in other words: the UK, Deutschland."""
        code = find_country(name)
        return [place for place in self._firsts() if place.code == code]

    def beginning(self, name: str) -> list[Place]:
        """Return the cities whose names begin with these words: Villeneuve d'Ascq for Villeneuve."""
        return [self._place(at + 1) for at in self._hits(f"\n{name} ")] if len(name) >= SHORTEST else []

    def like(self, name: str) -> list[Place]:
        """Return the cities whose names are a letter or two off."""
        if len(name) < SHORTEST:
            return []
        shape = rf"[\n\t]({name[0]}[a-z ]{{{len(name) - 3},{len(name) + 1}}})(?=[\t\n])"
        near = get_close_matches(name, set(re.findall(shape, self._plain)), MOST, CLOSE)
        best = SequenceMatcher(None, near[0], name).ratio() if near else 0
        close = [each for each in near if SequenceMatcher(None, each, name).ratio() > best - 0.05]
        return [place for each in close for place in self.cities(each)]

    def firsts(self) -> dict[str, Place]:
        """Return the biggest city of each zone."""
        found: dict[str, Place] = {}
        for place in self._firsts():
            if place.people > found.get(place.zone, place).people or place.zone not in found:
                found[place.zone] = place
        return found

    def _firsts(self) -> Iterator[Place]:
        """Return the biggest city of each zone, country and part of one."""
        return (self._first(at + 1) for at in _all(f"\n{HEADING}", self._text))

    def _hits(self, needle: str) -> Iterator[int]:
        return _all(needle, self._plain)

    def _row(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _place(self, at: int) -> Place:
        """Return the place in the row that begins here."""
        name, people, *_ = self._line(at).split("\t")
        heading = self._line(self._text.rfind(f"\n{HEADING}", 0, at) + 1)
        return Place(name, int(people), *heading.removeprefix(HEADING).split("\t"))

    def _first(self, heading: int) -> Place:
        return self._place(self._text.index("\n", heading) + 1)

    def _line(self, at: int, text: str = "") -> str:
        return (text or self._text)[at : self._text.index("\n", at)]


def _all(needle: str, text: str) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Return what may be a city, and what may be where it lies, the likeliest first."""
    before, comma, after = text.partition(",")
    if comma and fold(before) and fold(after):
        for city in _names(before):
            yield city, fold(after)
    for city in _names(text.replace(",", " ")):
        yield city, ""
        words = city.split()
        for at in range(len(words) - 1, 0, -1):
            yield " ".join(words[:at]), " ".join(words[at:])
    if comma:
        yield from ((city, "") for city in _names(before))


def _names(text: str) -> list[str]:
    """Return a text without what people say around a place: "I live near Leeds" is Leeds."""
    whole = fold(text)
    short = _AFTER.sub("", whole)
    found = [whole, short, _ABOUT.sub("", short) if _ABOUT.match(short) else short, _BEFORE.sub("", short)]
    return [name for name in dict.fromkeys(found) if re.search("[a-z]", name)]


def _within(place: Place, where: str) -> bool:
    """Whether a place lies in what is named: a country or a part of one, by name or code."""
    names = {fold(name) for name in (place.code, place.country, place.part, place.region)}
    return where in names or find_country(where) == place.code


def _few(found: list[Place], country: str, *, most: int = DWARFED) -> list[Place]:
    """Return those that are meant: in the person's country if any, none dwarfed by a namesake, one for a zone."""
    found = [place for place in found if place.code == country] or found
    found.sort(key=lambda place: -place.people)
    zones: dict[str, Place] = {}
    for place in found:
        if place.people * most >= found[0].people:
            zones.setdefault(place.zone, place)
    return list(zones.values())[:MOST]
