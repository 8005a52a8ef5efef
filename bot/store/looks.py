"""What an operator's commands read and note beside a running bot: numbers, no text, no ids."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.store.folder import NAME, StoreError, connect


def confirm(folder: Path, codes: Sequence[str], day: str) -> None:
    """Note that the operator has checked these countries' help lines; also beside a running bot.

    The one thing that another process may write: the running one keeps nothing of it in memory.

    Raises:
        StoreError: The database did not take it.

    """
    try:
        with closing(connect(folder / NAME)) as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT OR REPLACE INTO confirmed VALUES (?,?)", [(code, day) for code in codes])
            db.execute("COMMIT")
    except sqlite3.Error as error:
        message = f"The database did not take it ({error}). Try again, or see 'befriend doctor'."
        raise StoreError(message) from None


def confirmed(folder: Path) -> dict[str, str]:
    """Return the countries whose help lines the operator has checked, and the day; read beside a running bot."""
    with closing(connect(folder / NAME, read_only=True)) as db:
        return dict(db.execute("SELECT code, day FROM confirmed").fetchall())


def tallies(folder: Path) -> dict[str, dict[str, int]]:
    """Return how often what was counted was counted in each month, or year: ``{"help card": {"2026-11": 3}}``."""
    found: dict[str, dict[str, int]] = {}
    query = "SELECT name, substr(day, 1, 7), sum(n) FROM tally GROUP BY 1, 2 ORDER BY 1, 2"
    with closing(connect(folder / NAME, read_only=True)) as db:
        for name, period, number in db.execute(query):
            found.setdefault(name, {})[period] = number
    return found


def counts(folder: Path) -> dict[str, int | float | str]:
    """Return numbers for ``befriend status``, read beside a running bot: no text, no ids."""
    with closing(connect(folder / NAME, read_only=True)) as db:
        queries = {
            "people": "SELECT count(*) FROM person WHERE consented > 0",
            "talks open": "SELECT count(*) FROM session",
            "inbox waiting": "SELECT count(*) FROM inbox WHERE state = 'waiting'",
            "inbox set aside": "SELECT count(*) FROM inbox WHERE state = 'aside'",
            "outbox waiting": "SELECT count(*) FROM outbox WHERE state = 'waiting'",
            "outbox dropped": "SELECT count(*) FROM outbox WHERE state = 'dropped'",
            "oldest undelivered": "SELECT coalesce(min(at), 0) FROM outbox WHERE state = 'waiting'",
            "timers": "SELECT count(*) FROM timer",
            "help cards shown": "SELECT coalesce(sum(n), 0) FROM tally WHERE name = 'help card'",
            "schema": "PRAGMA user_version",
        }
        return {name: db.execute(query).fetchone()[0] for name, query in queries.items()}
