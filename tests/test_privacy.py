"""The privacy documents tell what the store really holds."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.seal import Seal
from bot.store import bodies
from bot.store.sqlite import SqliteStore

PRIVACY = Path(__file__).parents[1] / "docs" / "privacy"
WRAPPED = {("keys.db", "secret", "wrapped"), ("keys.db", "key", "wrapped"), ("keys.db", "farewell", "sealed")}


@pytest.fixture
async def real(tmp_path):
    """Every column of a store as a new operator gets it: (file, table, column)."""
    store = SqliteStore.open(tmp_path / "data", Seal(b"e" * 32))
    await store.close()
    found = set()
    for file in (tmp_path / "data").glob("*.db"):
        with closing(sqlite3.connect(file)) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                rows = db.execute("SELECT name FROM pragma_table_info(?)", (table,))
                found |= {(file.name, table, column) for (column,) in rows}
    return found


def told():
    """Return each column of the map as (file, table, column), with its form and how long it stays."""
    listed = {}
    text = (PRIVACY / "data-map.md").read_text()
    for file, part in re.findall(r"^## (\S+\.db)$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        for section in re.split(r"^### ", part, flags=re.MULTILINE):
            heading = section.partition("\n")[0].strip()
            for name, what, form, why, long in _rows(section):
                table, _, column = name.rpartition(".")
                key = (file, table or heading, column)
                assert key not in listed, key
                assert all((what, why, long)), key
                listed[key] = form
    return listed


def _rows(section):
    rows = re.findall(r"^\| `([\w.]+)` \| (.+) \|$", section, re.MULTILINE)
    return [(name, *(cell.strip() for cell in rest.split(" | "))) for name, rest in rows]


async def test_the_map_names_every_column(real):
    """None is missing, and none is there that has gone from the store."""
    assert set(told()) == real


def test_the_map_says_what_is_sealed():
    """What it calls sealed is what the store seals, column by column; all else is called clear."""
    sealed = {("befriend.db", column.table, column.name) for column in bodies.COLUMNS} | WRAPPED

    assert {key for key, form in told().items() if form == "sealed"} == sealed
    assert set(told().values()) == {"sealed", "clear"}
