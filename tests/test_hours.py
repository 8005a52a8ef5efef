"""Opening hours: by the clocks of the line's own country, past midnight, and over a change of the clocks."""

from datetime import UTC, datetime

import pytest

from bot.safety.hours import Hours, read_hours

EVENINGS = {"daily": "17:00-24:00", "days": "mon-fri", "zone": "Europe/Berlin"}
NIGHTS = {"daily": "22:00-06:00", "days": "fri, sat", "zone": "Europe/Berlin"}
DHAKA = {"daily": "15:00-03:00", "zone": "Asia/Dhaka"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "now", "is_open"),
    [
        pytest.param("always", "2026-11-26T04:00", True, id="always"),
        pytest.param(DHAKA, "2026-11-26T20:59", True, id="02:59 in Dhaka"),
        pytest.param(DHAKA, "2026-11-26T21:00", False, id="03:00 in Dhaka"),
        pytest.param(DHAKA, "2026-11-26T08:59", False, id="14:59 in Dhaka"),
        pytest.param(DHAKA, "2026-11-26T09:00", True, id="15:00 in Dhaka"),
        pytest.param(EVENINGS, "2026-11-27T22:59", True, id="Friday, 23:59"),
        pytest.param(EVENINGS, "2026-11-27T23:00", False, id="Saturday, 00:00"),
        pytest.param(EVENINGS, "2026-11-28T18:00", False, id="Saturday evening"),
        pytest.param(NIGHTS, "2026-11-28T01:00", True, id="Friday's night, on Saturday"),
        pytest.param(NIGHTS, "2026-11-29T04:59", True, id="Saturday's night, on Sunday"),
        pytest.param(NIGHTS, "2026-11-29T22:00", False, id="Sunday night"),
        pytest.param(NIGHTS, "2026-11-27T01:00", False, id="Thursday's night"),
        pytest.param(EVENINGS, "2026-10-23T15:30", True, id="17:30 in summer time"),
        pytest.param(EVENINGS, "2026-10-26T15:30", False, id="16:30, the clocks went back"),
        pytest.param(EVENINGS, "2026-10-26T16:30", True, id="17:30 in winter time"),
        pytest.param(NIGHTS, "2026-10-25T04:30", True, id="05:30 after the night that is an hour longer"),
        pytest.param(NIGHTS, "2026-03-29T03:59", True, id="05:59 after the night that is an hour shorter"),
        pytest.param(NIGHTS, "2026-03-29T04:00", False, id="06:00 after the night that is an hour shorter"),
    ],
)
def test_a_line_is_open_by_its_own_clocks(raw: str | dict[str, str], now: str, is_open: bool) -> None:
    """What counts is what clocks show where the line is, whatever they showed yesterday."""
    hours = read_hours(raw)

    assert hours is not None
    assert hours.open_at(at(now)) is is_open


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param("always", "day and night", id="always"),
        pytest.param(DHAKA, "15:00 to 03:00, every day", id="every day"),
        pytest.param(EVENINGS, "17:00 to 24:00, Mon to Fri", id="some days in a row"),
        pytest.param(NIGHTS, "22:00 to 06:00, Fri to Sat", id="two days"),
        pytest.param(NIGHTS | {"days": "mon, wed"}, "22:00 to 06:00, Mon, Wed", id="single days"),
    ],
)
def test_hours_are_said_plainly(raw: str | dict[str, str], said: str) -> None:
    """Days and times as people say them, and midnight as 24:00."""
    assert str(read_hours(raw)) == said


def test_hours_that_nobody_knows_are_none() -> None:
    """Not known is neither open nor closed."""
    assert read_hours("unknown") is None


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("often", id="a word"),
        pytest.param({"daily": "15:00-03:00"}, id="no zone"),
        pytest.param({"daily": "15:00-03:00", "zone": "Asia/Atlantis"}, id="no such zone"),
        pytest.param({"daily": "15:00-15:00", "zone": "Asia/Dhaka"}, id="no time at all"),
        pytest.param({"daily": "from three", "zone": "Asia/Dhaka"}, id="words"),
        pytest.param({"daily": "15:00-03:00", "zone": "Asia/Dhaka", "days": "sun-mon"}, id="backwards"),
        pytest.param({"daily": "15:00-03:00", "zone": "Asia/Dhaka", "day": "mon"}, id="misspelt"),
    ],
)
def test_hours_that_cannot_be_understood_are_refused(raw: str | dict[str, str]) -> None:
    """A guess at hours would send somebody to a line that is closed."""
    with pytest.raises((ValueError, TypeError, KeyError)):
        read_hours(raw)


def test_no_hours_at_all_are_always() -> None:
    """A line without a beginning and an end is open day and night."""
    assert Hours().open_at(at("2026-11-26T03:00"))
