"""A folder with data of schema 2, as befriend wrote it before people's keys had a file of their own."""

import sqlite3
from contextlib import closing
from pathlib import Path

MASTER = b"k" * 32
WORD = b"zebra"  # is in everything that a person wrote
SCRIPT = Path(__file__).parent / "schema2.sql"


def write(folder: Path) -> list[bytes]:
    """Make the folder and return the wrapped keys that lie in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "befriend.db")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SCRIPT.read_text())
        return [wrapped for (wrapped,) in db.execute("SELECT wrapped FROM person_key")]
