"""Timers in the SQLite store: set, due, moved on, and put right after a clock was wrong."""

import secrets
from datetime import UTC, datetime

import msgspec

from bot.model import Arrival, Pending, Timer
from bot.ports import Again, once
from bot.store.keyring import SELF
from bot.store.queues import opened, whole
from bot.store.traces import Traces

OPEN = "flow"  # the key of the present question's timer: it tells nothing, and is looked for in SQL
HIDDEN, END_OF_KEY = (
    "~",
    b"\0",
)  # begins the name of a timer whose key stands in its body; ends that key there
TIMER = "timer"
REARM = "rearm"  # in ``meta``: the row up to which timers were put right after a clock was put back
_json = msgspec.json.Encoder()
Row = tuple[str, str, int, float, bytes]


class Timers(Traces):
    """The part of a transaction that knows timers. Lives as long as the store; used on its thread only."""

    def set_timer(
        self,
        person: str,
        key: str,
        generation: int,
        due: datetime,
        body: bytes = b"",
        compartment: str = SELF,
    ) -> None:
        name = self._name(person, key)
        whole_body = body if name == key else key.encode() + END_OF_KEY + body
        sealed = self._keys.seal(person, "timer", name, whole_body, compartment)
        self._db.execute(
            "INSERT INTO timer VALUES (?,?,?,?,?) ON CONFLICT(person, key) DO UPDATE"
            " SET generation = excluded.generation, due = excluded.due, body = excluded.body",
            (person, name, generation, due.timestamp(), sealed),
        )

    def drop_timer(self, person: str, key: str) -> None:
        self._drop_timer(person, self._name(person, key))

    def _drop_timer(self, person: str, name: str) -> None:
        self._db.execute("DELETE FROM timer WHERE person = ? AND key = ?", (person, name))

    def _name(self, person: str, key: str) -> str:
        """Return what a timer is found by: a keyed hash, for its key tells what a person talked about."""
        return key if key == OPEN else HIDDEN + self._keys.lookup(TIMER, f"{person}/{key}").hex()

    def due(
        self, now: datetime, limit: int = 200, again: Again = once, *, calm: bool = True
    ) -> list[Pending]:
        rows = self._due(f"key = '{OPEN}'", now, limit)
        if calm:
            rows += self._due(f"key != '{OPEN}'", now, limit - len(rows))
        made = opened(
            rows, lambda *row: self._timed_out(row, now, again), lambda row: self._drop_timer(row[0], row[1])
        )
        return [pending for pending in made if pending]

    def _due(self, which: str, now: datetime, limit: int) -> list[Row]:
        return self._db.execute(
            f"SELECT person, key, generation, due, body FROM timer WHERE {which} AND due <= ? ORDER BY due LIMIT ?",  # noqa: S608  # ours
            (now.timestamp(), limit),
        ).fetchall()

    def _timed_out(self, row: Row, now: datetime, again: Again) -> Pending | None:
        person, name, generation, due, _ = row
        channel, address = self.address(person)
        timer = self._timer(*row)
        told = {
            "key": timer.key, "generation": generation, "due": due, "channel": channel, "person": person,
            "body": timer.body.decode(), "compartment": timer.compartment,
        }  # fmt: skip
        self._move(person, name, again(timer.key, timer.body, now))
        arrival = Arrival(TIMER, secrets.randbits(62), address, _json.encode(told))
        lookup = self._keys.lookup(channel, address)
        return self._store(arrival, person, lookup, timer.compartment)

    def _move(self, person: str, name: str, due: datetime | None) -> None:
        if due is None:
            self._drop_timer(person, name)
        else:
            self._db.execute(
                "UPDATE timer SET due = ? WHERE person = ? AND key = ?", (due.timestamp(), person, name)
            )

    def next_due(self, *, calm: bool = True) -> datetime | None:
        which = "" if calm else f" WHERE key = '{OPEN}'"
        due = self._db.execute(f"SELECT min(due) FROM timer{which}").fetchone()[0]  # noqa: S608  # ours
        return None if due is None else datetime.fromtimestamp(due, UTC)

    def rearm(self, now: datetime, again: Again, limit: int = 200, *, anew: bool) -> bool:
        begun = self._db.execute("SELECT value FROM meta WHERE key = 'rearm'").fetchone()
        if not (anew or begun):
            return False
        rows = self._db.execute(
            "SELECT person, key, generation, due, body, rowid FROM timer WHERE rowid > ? ORDER BY rowid LIMIT ?",
            (0 if anew else int(begun[0]), limit),
        ).fetchall()
        for *row, _ in rows:
            self._rearm(row, now, again)
        if len(rows) < limit:
            self._db.execute("DELETE FROM meta WHERE key = 'rearm'")
        else:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('rearm', ?)", (str(rows[-1][-1]),))
        return len(rows) == limit

    def _rearm(self, row: Row, now: datetime, again: Again) -> None:
        person, name, _, due, _ = row
        if name == OPEN or due <= now.timestamp():
            return
        for timer in whole([row], self._timer):
            right = again(timer.key, timer.body, now)
            if right is not None and right.timestamp() != due:
                self._move(person, name, right)

    def changed(self, name: str, value: str) -> bool:
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (name, value))
        return bool(found != (value,))

    def latest(self) -> datetime | None:
        rows = self._db.execute(
            "SELECT (SELECT at FROM inbox ORDER BY id DESC LIMIT 1), (SELECT at FROM outbox ORDER BY id DESC LIMIT 1)"
        ).fetchone()
        found = [at for at in rows if at is not None]
        return datetime.fromtimestamp(max(found), UTC) if found else None

    def timers(self, person: str) -> list[Timer]:
        rows = self._db.execute(
            "SELECT key, generation, due, body FROM timer WHERE person = ? ORDER BY due, key", (person,)
        ).fetchall()
        found = whole([(person, *row) for row in rows], self._timer)
        return sorted(found, key=lambda timer: (timer.due, timer.key))

    def _timer(self, person: str, name: str, generation: int, due: float, sealed: bytes) -> Timer:
        compartment, whole_body = self._keys.unseal_any(person, "timer", name, sealed)
        key, body = _unhidden(name, whole_body)
        return Timer(key, generation, due, compartment, body)


def _unhidden(name: str, whole_body: bytes) -> tuple[str, bytes]:
    """Return a timer's key and its body."""
    if not name.startswith(HIDDEN):
        return name, whole_body
    key, _, body = whole_body.partition(END_OF_KEY)
    return key.decode(), body
