"""Clocks for tests."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """Tells the machine's time, for tests that wait for real events."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovingClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 9, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **span: float) -> None:
        self._now += timedelta(**span)

    def put(self, now: datetime) -> None:
        """Show another moment, earlier or later: clocks jump."""
        self._now = now
