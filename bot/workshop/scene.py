"""How a play begins: who talks, when, with which flow. It stands as comments at the top of a transcript."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any, get_args

from bot.channels.plain import moment
from bot.model import Way
from bot.safety import helplines
from bot.zones import zone_of
from flows.turn import WARMTHS, Warmth

NOW = datetime.fromisoformat("2026-11-22T18:00+01:00")

_SETTING = re.compile(r"# ?([a-z]+): *(.*)")
_VARIABLE = re.compile(r"([a-z][a-z0-9_]*)=(.+)")


@dataclass(frozen=True, slots=True)
class Scene:
    """What is so before the first line.

    Attributes:
        flow: Begun directly; "" for whatever the first line leads to.
        consent: None for what the flow needs: yes with one, no without.
        quiet: The same as the way "quiet".
        variables: Known of the person.
        rows: Where in a file each setting stands, counted from 1.
        privacy: Version of the privacy text that they agreed to; 0 for the latest.
        faces: How their last days were, yesterday last: a figure for each face of a day, "-" for a day without.
        weights: How practices went, one a day, the latest last: "7>4".
        kept: Sentences that they kept two months ago, the latest last, each in a row of its own.

    """

    flow: str = ""
    seed: int = 0
    now: datetime = NOW
    consent: bool | None = None
    warmth: Warmth = "plain"
    quiet: bool = False
    country: str = ""
    zone: str = ""
    lang: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    rows: Mapping[str, int] = field(default_factory=dict, compare=False)
    privacy: int = 0
    faces: str = field(default="", repr=False)
    weights: str = field(default="", repr=False)
    kept: str = field(default="", repr=False)
    way: Way = ""

    @property
    def agreed(self) -> bool:
        """Whether the person has agreed to storage, and is of age."""
        return bool(self.flow) if self.consent is None else self.consent

    @property
    def header(self) -> str:
        """The lines of a transcript that say it."""
        said = {
            "flow": self.flow,
            "seed": str(self.seed),
            "now": "" if self.now == NOW else self.now.isoformat(timespec="seconds"),
            "consent": "" if self.consent is None else _yes_or_no(yes=self.consent),
            "privacy": str(self.privacy or ""),
            "warmth": "" if self.warmth == "plain" else self.warmth,
            "quiet": _yes_or_no(yes=True) if self.quiet else "",
            "way": self.way,
            "country": self.country,
            "zone": self.zone,
            "lang": self.lang,
            "faces": self.faces,
            "weights": self.weights,
            "kept": " | ".join(self.kept.splitlines()),
        }
        lines = [f"# {name}: {value}\n" for name, value in said.items() if value]
        return "".join([*lines, *(f"# person: {name}={value}\n" for name, value in self.variables.items())])


class BadSetting(Exception):
    """A setting cannot be used; ``row`` counts from 1 within the heading."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row


def read_scene(heading: str) -> Scene:
    """Return what the comments at the top of a transcript ask for; other comments are sentences for people.

    Raises:
        BadSetting: Something looks like a setting and is none.

    """
    found: dict[str, Any] = {}
    variables: dict[str, str] = {}
    rows: dict[str, int] = {}
    for row, name, value in _settings(heading):
        try:
            if name == "person":
                variables |= [_variable(value)]
            else:
                found[name] = _once(name, found, value)
        except ValueError as error:
            raise BadSetting(row, f"'{name}: {value}' {error}") from None
        rows.setdefault(name, row)
    return replace(Scene(**found), variables=variables, rows=rows)


def _settings(heading: str) -> Iterator[tuple[int, str, str]]:
    for row, line in enumerate(heading.splitlines(), 1):
        setting = _SETTING.fullmatch(line.rstrip())
        if not setting:
            continue
        name, value = setting.groups()
        if name in _NAMES:
            yield row, name, value
        elif value and " " not in value:  # one word after a colon is no sentence
            near = get_close_matches(name, _NAMES, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(_NAMES)}"
            raise BadSetting(row, f"there is no setting '{name}'; {hint}")


def _once(name: str, found: Mapping[str, object], value: str) -> object:
    if name in found:
        raise ValueError("stands there a second time")
    return _READERS[name](value)


# --- one setting --------------------------------------------------------------------------


def _flow(value: str) -> str:
    if not value:
        raise ValueError("names no flow")
    return value


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be a number, such as 3")
    return int(value)


def _now(value: str) -> datetime:
    try:
        return moment(value)
    except ValueError:
        raise ValueError("must be a moment with its offset, such as 2026-11-22T18:00+01:00") from None


def _truth(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return value == "yes"


def _yes_or_no(*, yes: bool) -> str:
    return "yes" if yes else "no"


def _warmth(value: str) -> Warmth:
    for known in WARMTHS:
        if value == known:
            return known
    raise ValueError(f"must be one of {', '.join(WARMTHS)}")


def _way(value: str) -> Way:
    for known in get_args(Way):
        if value and value == known:
            return known  # type: ignore[no-any-return]  # one of the literal's own
    raise ValueError(f"must be one of {', '.join(filter(None, get_args(Way)))}")


def _country(value: str) -> str:
    code = helplines.find_country(value)
    if code is None:
        raise ValueError("must be a country, such as IE")
    return code


def _zone(value: str) -> str:
    if zone_of(value) is None:
        raise ValueError("must be a time zone, such as Europe/Dublin")
    return value


def _lang(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}([_-][A-Za-z]{2,4})?", value):
        raise ValueError("must be a language, such as en")
    return value


def _faces(value: str) -> str:
    if not re.fullmatch(r"(?:[0-5]{1,3}|-)(?: (?:[0-5]{1,3}|-))*", value):
        raise ValueError("must be the faces of some days, such as 24 3 - 15")
    return value


def _weights(value: str) -> str:
    if not re.fullmatch(r"(?:\d|10)>(?:\d|10)(?: (?:\d|10)>(?:\d|10))*", value):
        raise ValueError("must be how heavy it was before and after practices, such as 7>4 5>5")
    return value


def _kept(value: str) -> str:
    found = [sentence.strip() for sentence in value.split("|")]
    if not all(found):
        raise ValueError("must be what they kept, such as Rest counts. | Tea first.")
    return "\n".join(found)


def _variable(value: str) -> tuple[str, str]:
    found = _VARIABLE.fullmatch(value)
    if not found:
        raise ValueError("must be a name and a value, such as met=yes")
    return found[1], found[2]


_READERS: Mapping[str, Callable[[str], object]] = {
    "flow": _flow,
    "seed": _number,
    "now": _now,
    "consent": _truth,
    "privacy": _number,
    "warmth": _warmth,
    "quiet": _truth,
    "way": _way,
    "country": _country,
    "zone": _zone,
    "lang": _lang,
    "faces": _faces,
    "weights": _weights,
    "kept": _kept,
}
_NAMES = (*_READERS, "person")
