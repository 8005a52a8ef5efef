"""What is left of what went to and fro: numbers of messages in a chat, and what has had its time."""

from bot.standing import Sent
from bot.store.queues import Queues

TIMER = "timer"
WITHDRAWN = "unclear"  # one of them may be under way


class Traces(Queues):
    """The part of a transaction that knows what is left. Lives as long as the store; used on its thread only."""

    # --- the numbers of messages ---

    def withdraw(self, person: str) -> None:
        self._db.execute(
            "UPDATE outbox SET state = 'dropped', body = NULL, reason = ? WHERE person = ? AND state = 'waiting'",
            (WITHDRAWN, person),
        )

    def standing(self, row: int, upto: int, since: int) -> tuple[list[Sent], list[int]]:
        (person,) = self._db.execute("SELECT person FROM outbox WHERE id = ?", (row,)).fetchone()
        sent = self._db.execute(
            "SELECT id, message, attempts > 0 OR coalesce(reason, '') = ? FROM outbox"
            " WHERE person = ? AND id < ? AND at >= ? ORDER BY id",
            (WITHDRAWN, person, row, since),
        ).fetchall()
        received = self._db.execute(
            "SELECT i.id, i.message FROM inbox i JOIN address a ON a.lookup = i.lookup"
            " WHERE a.person = ? AND i.id <= ? AND i.at >= ? AND i.message IS NOT NULL",
            (person, upto, since),
        ).fetchall()
        return (
            [Sent(self._number("outbox", person, id_, sealed), bool(unsure)) for id_, sealed, unsure in sent],
            [number for id_, sealed in received if (number := self._number("inbox", person, id_, sealed))],
        )

    def numbers(self, person: str) -> list[tuple[str, int, int]]:
        sent = self._db.execute(
            "SELECT 'outbox', id, message, at FROM outbox WHERE person = ? AND message IS NOT NULL ORDER BY id",
            (person,),
        ).fetchall()
        arrived = self._db.execute(
            "SELECT i.id, i.key, i.message, i.at FROM inbox i JOIN address a ON a.lookup = i.lookup"
            " WHERE a.person = ? AND i.state = 'done' AND i.channel != ? ORDER BY i.id",
            (person, TIMER),
        ).fetchall()
        rows = [*sent, *(("inbox", row, sealed, at) for row, _, sealed, at in arrived)]
        known = [(self._number(queue, person, row, sealed), at) for queue, row, sealed, at in rows if sealed]
        return [
            *(("message", number, at) for number, at in known if number is not None),
            *(("update", key, at) for _, key, _, at in arrived),
        ]

    # --- what has had its time ---

    def sweep_aside(self, before: int) -> None:
        self._db.execute("DELETE FROM inbox WHERE state = 'aside' AND at < ?", (before,))

    def idle(self, before: int, noticed: int, limit: int) -> list[str]:
        rows = self._db.execute(
            "SELECT id FROM person WHERE consented > 0 AND touched < ? AND noticed < ? ORDER BY touched LIMIT ?",
            (before, noticed, limit),
        )
        return [person for (person,) in rows.fetchall()]

    def note_notice(self, person: str, number: int) -> None:
        self._db.execute("UPDATE person SET noticed = ? WHERE id = ?", (number, person))
