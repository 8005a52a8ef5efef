"""What may be done within one transaction of the SQLite store: prepared SQL, sealed bodies."""

from collections.abc import Callable, Iterable

from bot.model import Compartment
from bot.store.keyring import SELF
from bot.store.queues import opened, whole
from bot.store.timers import Timers


class Transaction(Timers):
    """The port ``Tx`` over one connection. Lives as long as the store; used on its thread only."""

    # --- talks ---

    def session(self, person: str) -> tuple[bytes | None, int | None]:
        found = self._db.execute("SELECT body, question FROM session WHERE person = ?", (person,)).fetchone()
        if not found:
            return None, None
        body = next(whole([(found[0],)], lambda sealed: self._stale(person, sealed)[1]), None)
        if body is None:  # a talk that does not open would stand in the way of each further word
            self.save_session(person, None)
        return body, found[1] if body else None

    def save_session(self, person: str, body: bytes | None, question: int | None = None) -> None:
        if body is None:
            self._db.execute("DELETE FROM session WHERE person = ?", (person,))
            return
        self._db.execute(
            "INSERT INTO session VALUES (?,?,?,?,0) ON CONFLICT(person) DO UPDATE"
            " SET body = excluded.body, question = excluded.question, touched = excluded.touched, bare = 0",
            (person, self._keys.seal(person, "session", person, body), question, self.now),
        )

    def stale_sessions(self, before: int, limit: int = 200) -> list[tuple[str, bytes]]:
        rows = self._db.execute(
            "SELECT person, body FROM session s WHERE touched < ? AND bare = 0"
            " AND NOT EXISTS (SELECT 1 FROM timer t WHERE t.person = s.person AND t.key = 'flow') LIMIT ?",
            (before, limit),
        ).fetchall()
        return list(opened(rows, self._stale, lambda row: self.save_session(row[0], None)))

    def _stale(self, person: str, sealed: bytes) -> tuple[str, bytes]:
        return person, self._keys.unseal(person, "session", person, sealed)

    def bare_session(self, person: str, body: bytes) -> None:
        sealed = self._keys.seal(person, "session", person, body)
        self._db.execute("UPDATE session SET body = ?, bare = 1 WHERE person = ?", (sealed, person))

    def keep(self, person: str, kind: str, text: str, compartment: str = SELF) -> None:
        row = self._take_id("kept")
        sealed = self._keys.seal(person, "kept", f"{kind}/{row}", text.encode(), compartment)
        self._db.execute("INSERT INTO kept VALUES (?,?,?,?)", (row, person, kind, sealed))

    def keep_only(self, person: str, kind: str, texts: Iterable[str], compartment: str = SELF) -> None:
        self._db.execute("DELETE FROM kept WHERE person = ? AND kind = ?", (person, kind))
        for text in texts:
            self.keep(person, kind, text, compartment)

    def kept(self, person: str, kind: str) -> list[str]:
        rows = self._db.execute(
            "SELECT id, body FROM kept WHERE person = ? AND kind = ? ORDER BY id", (person, kind)
        )
        return [text for _, text in whole(rows.fetchall(), self._reader(person, kind))]

    def _reader(self, person: str, kind: str) -> Callable[[int, bytes], tuple[Compartment, str]]:
        def read(row: int, sealed: bytes) -> tuple[Compartment, str]:
            compartment, body = self._keys.unseal_any(person, "kept", f"{kind}/{row}", sealed)
            return compartment, body.decode()

        return read

    def kinds(self, person: str) -> list[str]:
        rows = self._db.execute("SELECT DISTINCT kind FROM kept WHERE person = ? ORDER BY kind", (person,))
        return [kind for (kind,) in rows.fetchall()]

    # --- what else is held of a person ---

    def kept_in(self, person: str, kind: str) -> list[tuple[Compartment, str]]:
        rows = self._db.execute(
            "SELECT id, body FROM kept WHERE person = ? AND kind = ? ORDER BY id", (person, kind)
        ).fetchall()
        return list(whole(rows, self._reader(person, kind)))

    def put_aside(self, person: str) -> list[bytes]:
        rows = self._db.execute(
            "SELECT id, channel, key, body FROM inbox WHERE lookup = ? AND state = 'aside' AND body IS NOT NULL"
            " ORDER BY id",
            (self._lookup(person),),
        ).fetchall()
        found = whole([(*row, person) for row in rows], self._pending)
        return [pending.arrival.body for pending in found]

    def _lookup(self, person: str) -> bytes:
        return self._keys.lookup(*self.address(person))

    # --- files ---

    def media(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT mark, file FROM media").fetchall())

    def note_media(self, mark: str, file: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO media VALUES (?,?)", (mark, file))

    # --- numbers without names, and what has had its day ---

    def count(self, name: str, day: str) -> None:
        self._db.execute(
            "INSERT INTO tally VALUES (?,?,1) ON CONFLICT(name, day) DO UPDATE SET n = n + 1", (name, day)
        )

    def confirmed(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT code, day FROM confirmed").fetchall())

    def sweep(self, before: int, unconsented_before: int, places_before: int) -> list[str]:
        self.mend()
        self._db.execute(
            "DELETE FROM session WHERE touched < ? AND NOT EXISTS"
            " (SELECT 1 FROM timer t WHERE t.person = session.person AND t.key = 'flow')",
            (places_before,),
        )
        self._db.execute("DELETE FROM inbox WHERE state = 'done' AND at < ?", (before,))
        self._db.execute("DELETE FROM outbox WHERE state IN ('sent', 'dropped') AND at < ?", (before,))
        rows = self._db.execute(
            "SELECT id FROM person WHERE consented = 0 AND touched < ?1 AND NOT EXISTS"
            " (SELECT 1 FROM session s WHERE s.person = person.id AND s.touched >= ?1) LIMIT 200",
            (unconsented_before,),
        )
        return [person for (person,) in rows.fetchall()]
