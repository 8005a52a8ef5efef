"""Time zones from what a person types: what their clock shows, a city, or a zone's own name."""

import contextlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, reset_tzpath

import tzdata

from bot.cities import Place, biggest, find_city
from bot.clocks import HALF, read_clock
from bot.model import Person

__all__ = ["Place", "clock_zones", "find_city"]  # what others need of places comes from here, too

reset_tzpath(())  # the package's rules alone: those of the machine may be older, or change beneath us
RULES: str = tzdata.IANA_VERSION
OFF = timedelta(minutes=20)  # a clock that is told may be so far off: people round, and clocks go wrong
HOUR, NOON, DAY = timedelta(hours=1), timedelta(hours=12), timedelta(days=1)

AHEAD = 370  # days over which two zones must agree to be one for a person
FEW = 1000  # a group of zones so many times smaller than another is only meant when a city in it is named
_UTC = re.compile(r"(?:utc|gmt)(?:([+-])0?(\d\d?)(?::?00)?)?")


def clock_zones(text: str, now: datetime, country: str = "") -> list[str]:
    """Return the zones whose clocks show what a person typed as their clock, as ``fit`` does.

    ``text`` is "half past nine pm", "0930" …; for "9:30" both the morning and the evening count.
    """
    return fit(read_clock(text), now, country)


def fit(shown: Iterable[time], now: datetime, country: str = "") -> list[str]:
    """Return the zones whose clocks show one of these times, give or take 20 minutes.

    Args:
        shown: What a clock may show.
        now: The moment when it did.
        country: Code of the country the person is in: only its zones, where any of them fits.

    Returns:
        Names, the nearest clocks first; among equals, where the most people live.

    """
    times, table = list(shown), _table()
    offsets = {zone: _offset(zone, now) for zones in table.values() for zone in zones}
    off = {
        offset: min((_apart(each, offset, now) for each in times), default=DAY)
        for offset in {*offsets.values()}
    }
    near = {zone: off[offset] for zone, offset in offsets.items() if off[offset] <= OFF}
    near = {zone: near[zone] for zone in table.get(country, ()) if zone in near} or near
    size = {place.zone: place.people for place in biggest(near)}
    return sorted(near, key=lambda zone: (near[zone], -size.get(zone, 0)))


def shows(zone: str, shown: time, now: datetime) -> bool:
    """Whether clocks in a zone show a time, give or take 20 minutes."""
    return _apart(shown, _offset(zone, now), now) <= OFF


def zones_of(country: str) -> list[str]:
    """Return the zones of a country, by its code; none where it is not known."""
    return _table().get(country, [])


def country_of(zone: str) -> str:
    """Return the code of the country that a zone is named for; "" for a fixed one, such as UTC+2."""
    return next((country for country, zones in _table().items() if zone in zones), "")


def fixed_zone(shown: time, now: datetime) -> str:
    """Return a zone that shows this time, for someone who names no city; "" where no clock on earth shows it.

    Whole hours from UTC have zones of their own, without summer time. For the others, it is where the most people live.
    """
    zones = fit([shown], now)
    if not zones:
        return ""
    hours, rest = divmod(_offset(zones[0], now), HOUR)
    return zones[0] if rest else f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


def groups(zones: Iterable[str], now: datetime) -> list[Place]:
    """Return the biggest city of each group of zones whose clocks agree from now on, the biggest first."""
    by_rules: dict[tuple[timedelta, ...], list[str]] = {}
    for zone in zones:
        rules = tuple(_offset(zone, now + DAY * day) for day in range(AHEAD))
        by_rules.setdefault(rules, []).append(zone)
    found = [next(iter(biggest(group)), _unknown(group[0])) for group in by_rules.values()]
    most = max((place.people for place in found), default=0)
    return sorted((each for each in found if each.people * FEW >= most), key=lambda place: -place.people)


def named_zone(text: str) -> str:
    """Return the zone that is named as computers name it ("europe/berlin", "UTC+2"); "" if it is none."""
    name = "_".join(text.split()).casefold()
    if found := _UTC.fullmatch(name.replace("_", "")):
        sign, hours = found.groups()
        name = f"Etc/GMT{'-' if sign == '+' else '+'}{hours}" if sign and int(hours) else "Etc/GMT"
        return name if zone_of(name) else ""
    return next((zone for zones in _table().values() for zone in zones if zone.casefold() == name), "")


def own_zone(person: Person) -> ZoneInfo | None:
    """Return the zone of a person's clock, None where it is not known."""
    return zone_of(person.variables.get("zone", ""))


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo | None:
    """Return a zone by its name; None where there is no such zone."""
    with contextlib.suppress(
        ValueError, OSError, KeyError
    ):  # no name of a zone, a folder of zones, an unknown one
        return ZoneInfo(name)
    return None


def say_clock(now: datetime, zone: str, *, half: bool) -> str:
    """Return a moment as it is said: "21:30 on Thursday", or by halves of the day "9:30 pm on Thursday"."""
    local = now.astimezone(zone_of(zone) or UTC)
    if not half:
        return f"{local:%H:%M} on {local:%A}"
    return f"{local.hour % HALF or HALF}:{local:%M} {'am' if local.hour < HALF else 'pm'} on {local:%A}"


def zone_label(zone: str) -> str:
    """Return a zone as it is shown: its own name, or "UTC+2" for one that is always as far from UTC."""
    name = zone.removeprefix("Etc/GMT")
    return zone if name == zone else "UTC" + name.translate({ord("+"): "-", ord("-"): "+"})


def _apart(shown: time, offset: timedelta, now: datetime) -> timedelta:
    """Return how far a told time is from what clocks at an offset show; midnight is near both of its days."""
    local = now.astimezone(timezone(offset))
    told = local.replace(hour=shown.hour, minute=shown.minute, second=0, microsecond=0)
    return abs((local - told + NOON) % DAY - NOON)


def _offset(zone: str, now: datetime) -> timedelta:
    return now.astimezone(zone_of(zone) or UTC).utcoffset() or timedelta()


def _table() -> dict[str, list[str]]:
    """Return the zones in use, by country; of one country the most populous is often the first, not always."""
    from importlib import resources  # needs a megabyte that few talks need

    found: dict[str, list[str]] = {}
    for row in (resources.files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not row.startswith("#"):
            country, _, zone, *_ = row.split("\t")
            found.setdefault(country, []).append(zone)
    return found


def _unknown(zone: str) -> Place:
    """Return a place for a zone of which the list has no city."""
    return Place(zone.rpartition("/")[2].replace("_", " "), 0, zone, "", zone.partition("/")[0])
