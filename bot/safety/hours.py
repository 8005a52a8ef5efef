"""When a line is open, by the clocks of its own country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY = frozenset(range(len(DAYS)))
ALWAYS, UNKNOWN = "always", "unknown"


@dataclass(frozen=True, slots=True)
class Hours:
    """Always, or from ``opens`` to ``closes`` on some days, by the clocks of ``zone``.

    It may pass midnight: what opens on a Friday at 15:00 and closes at 03:00 is open at two on Saturday.
    """

    opens: time | None = None
    closes: time | None = None
    zone: str = ""
    days: frozenset[int] = EVERY

    def open_at(self, now: datetime) -> bool:
        """Whether somebody answers at a moment."""
        if self.opens is None or self.closes is None:
            return True
        local = now.astimezone(ZoneInfo(self.zone))
        at, today, yesterday = local.time(), local.weekday(), (local - timedelta(days=1)).weekday()
        if self.opens < self.closes:
            return today in self.days and self.opens <= at < self.closes
        return (today in self.days and at >= self.opens) or (yesterday in self.days and at < self.closes)

    def __str__(self) -> str:
        if self.opens is None or self.closes is None:
            return "day and night"
        return f"{self.opens:%H:%M} to {_end(self.closes)}, {self._days()}"

    def _days(self) -> str:
        if self.days == EVERY:
            return "every day"
        first, last = min(self.days), max(self.days)
        if self.days == frozenset(range(first, last + 1)) and last > first:
            return f"{DAYS[first].title()} to {DAYS[last].title()}"
        return ", ".join(DAYS[day].title() for day in sorted(self.days))


def read_hours(raw: str | Mapping[str, str]) -> Hours | None:
    """Return what a file says of a line's hours; None for "unknown".

    Raises:
        ValueError, TypeError, KeyError: It says nothing that could be understood.

    """
    if raw in (ALWAYS, UNKNOWN):
        return Hours() if raw == ALWAYS else None
    if isinstance(raw, str) or set(raw) - {"daily", "zone", "days"}:
        raise TypeError(raw)
    opens, closes = (time.fromisoformat(part.replace("24:00", "00:00")) for part in raw["daily"].split("-"))
    if opens == closes:
        raise ValueError(raw)
    try:
        zone = ZoneInfo(raw["zone"]).key
    except ZoneInfoNotFoundError as error:
        raise ValueError(raw) from error
    return Hours(opens, closes, zone, _read_days(raw.get("days", "mon-sun")))


def _read_days(text: str) -> frozenset[int]:
    """Return the days of "mon-fri", "sat" or "mon, wed, fri"."""
    found: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        found |= set(range(DAYS.index(first), DAYS.index(last or first) + 1))
    if not found:
        raise ValueError(text)
    return frozenset(found)


def _end(closes: time) -> str:
    return "24:00" if closes == time(0) else f"{closes:%H:%M}"
