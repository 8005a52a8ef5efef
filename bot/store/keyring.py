"""Keys as the store uses them: unwrapped while needed, made and destroyed together with the turn that asks for it."""

import hmac
import sqlite3
from contextlib import suppress
from typing import Literal, NamedTuple, TypeVar

from bot.keys import SealError, fresh_key
from bot.model import Compartment
from bot.seal import CACHED, Opener, Seal
from bot.store import vault
from bot.store.vault import ALL, Wrapped, mark_of, wrapped_name

SELF: Compartment = "self"  # the compartment of everything that is in no other
GRIEF: Compartment = "grief"
SAFETY: Compartment = "safety"  # a person's notes for bad hours
COMPARTMENTS = (SELF, GRIEF, SAFETY)  # made together: that a key is there says nothing about a person
NOBODY = ""  # owns what came without an address
K = TypeVar("K")
V = TypeVar("V")


class KeyGone(SealError):
    """A person has no key: they were forgotten, or keys.db is not the one of this data."""

    def __init__(self) -> None:
        super().__init__("This person's key is gone, and what they wrote with it.")


class _Change(NamedTuple):
    """What the next commit does to keys.

    Attributes:
        op: ``make`` a key; ``erase`` one, or all, and note that; ``mend``: rows of an erasure before go now.
        wrapped: The key that is put in place; b"" for none.
        farewell: Sealed: what is still to be said to whoever is erased; b"" for nothing.

    """

    op: Literal["make", "erase", "mend"]
    person: str
    compartment: str
    wrapped: bytes = b""
    farewell: bytes = b""


class Keyring:
    """Seals and opens, for each owner with their key. Lives as long as the store; used on its thread only.

    Changes gather while turns run. The store calls ``commit`` before its own commit and ``finish`` after it, so that
    a key is on the disk before a row is sealed with it, and gone from the disk before its rows are.

    Args:
        connection: To ``keys.db``, with its tables.
        seal: Holds the master key that the others are wrapped with.

    """

    def __init__(self, connection: sqlite3.Connection, seal: Seal) -> None:
        self._db, self._seal = connection, vault.fitting(connection, seal)
        vault.complete(connection)
        self.store = vault.store_of(connection)  # the random name of the store that it belongs to
        found = vault.read_secrets(connection, self._seal)
        self._lookup_key, self._mark_key = found["lookup"], found["mark"]
        self._queue = self._seal.cipher(found["queue"])
        self._open: dict[tuple[str, str], Opener] = {}
        self._lookups: dict[str, bytes] = {}
        self._changes: list[_Change] = []
        self._over: list[_Change] = []  # erasures of this batch, whose rows its commit deletes

    def lookup(self, channel: str, address: str) -> bytes:
        """Return the keyed hash by which an address is found, 16 bytes."""
        name = f"{channel}:{address}"
        found = self._lookups.get(name)
        if found is None:
            found = hmac.digest(self._lookup_key, name.encode(), "sha256")[:16]
            _remember(self._lookups, name, found)
        return found

    # --- bodies ---

    def seal(self, person: str, table: str, row: str, body: bytes, compartment: str = SELF) -> bytes:
        """Seal a body of a person's, or of ``NOBODY``'s.

        Raises:
            KeyGone: The person has no key.

        """
        return self._cipher(person, compartment).seal(body, f"{compartment}|{person}|{table}|{row}")

    def unseal(self, person: str, table: str, row: str, sealed: bytes) -> bytes:
        """Open what ``seal`` sealed for the same owner, table and row, in whichever compartment.

        Raises:
            KeyGone: The person has no key.
            SealError: It was sealed for another, was changed, or its compartment was erased.

        """
        return self.unseal_any(person, table, row, sealed)[1]

    def unseal_any(self, person: str, table: str, row: str, sealed: bytes) -> tuple[Compartment, bytes]:
        """Open a body like ``unseal``, and say in which compartment it was.

        Which it is stands nowhere: a row does not tell who grieves.
        """
        *first, last = COMPARTMENTS
        for compartment in first:
            try:
                return compartment, self.unseal_in(compartment, person, table, row, sealed)
            except KeyGone:
                raise
            except SealError:
                continue
        return last, self.unseal_in(last, person, table, row, sealed)

    def unseal_in(self, compartment: str, person: str, table: str, row: str, sealed: bytes) -> bytes:
        """Open a body of one compartment, or raise ``SealError``."""
        return self._cipher(person, compartment).open(sealed, f"{compartment}|{person}|{table}|{row}")

    def opens(self, compartment: str, person: str, table: str, row: str, sealed: bytes) -> bool:
        """Whether a body is of this compartment."""
        try:
            self.unseal_in(compartment, person, table, row, sealed)
        except SealError:
            return False
        return True

    def _cipher(self, person: str, compartment: str) -> Opener:
        found = self._open.get((person, compartment))
        if found is None:
            if person == NOBODY:
                return self._queue
            wrapped = self._wrapped(person, compartment)
            if not wrapped:
                raise KeyGone
            key = self._seal.unwrap(wrapped_name(person, compartment), wrapped)
            found = self._remember(person, compartment, key)
        return found

    def _remember(self, person: str, compartment: str, key: bytes) -> Opener:
        cipher = self._seal.cipher(key)
        _remember(self._open, (person, compartment), cipher)
        return cipher

    def _wrapped(self, person: str, compartment: str) -> bytes:
        """Return a key as the turns so far leave it, b"" where there is none."""
        for change in reversed(self._changes):
            if change.op != "mend" and change.person == person and change.compartment in (compartment, ALL):
                return change.wrapped
        found = self._db.execute(
            "SELECT wrapped FROM key WHERE person = ? AND compartment = ?", (person, compartment)
        ).fetchone()
        return bytes(found[0]) if found else b""

    # --- people ---

    def welcome(self, person: str) -> None:
        """Make a new person's keys."""
        for compartment in COMPARTMENTS:
            self.renew(person, compartment)

    def renew(self, person: str, compartment: str) -> None:
        """Give a person a new key for a compartment."""
        self.take(person, compartment, fresh_key())

    def take(self, person: str, compartment: str, key: bytes) -> None:
        """Give a person a key for a compartment."""
        self._remember(person, compartment, key)
        wrapped = self._seal.wrap(wrapped_name(person, compartment), key)
        self._changes.append(_Change("make", person, compartment, wrapped))

    def holds(self, person: str) -> bool:
        """Whether a person has a key."""
        return (person, SELF) in self._open or bool(self._wrapped(person, SELF))

    def complete(self) -> int:
        """Give whoever was here before there was a compartment a key for it; return how many people have keys."""
        keys, people = self._db.execute(
            "SELECT count(*), coalesce(sum(compartment = ?), 0) FROM key", (SELF,)
        ).fetchone()
        if keys == people * len(COMPARTMENTS):  # one look at all, for a start among very many
            return int(people)
        lacking = self._db.execute(
            "SELECT person FROM key GROUP BY person HAVING count(*) < ?", (len(COMPARTMENTS),)
        ).fetchall()
        for (person,) in lacking:
            for compartment in COMPARTMENTS:
                if self._wrapped(person, SELF) and not self._wrapped(person, compartment):
                    self.renew(person, compartment)
        return len(self.people())

    def forget(self, person: str, farewell: bytes = b"") -> None:
        """Destroy a person's keys with the next commit; note what is still to be said, until ``finish``."""
        self._drop(person)
        sealed = self._queue.seal(farewell, f"farewell|{person}") if farewell else b""
        self._changes.append(_Change("erase", person, ALL, farewell=sealed))

    def farewell(self, person: str) -> bytes:
        """Return what was still to be said when an erasure was cut short, b"" for nothing."""
        found = self._db.execute("SELECT sealed FROM farewell WHERE person = ?", (person,)).fetchone()
        with suppress(SealError):
            return self._queue.open(found[0], f"farewell|{person}") if found else b""
        return b""

    def forget_compartment(self, person: str, compartment: str) -> None:
        """Put a new key in place of one compartment's, so that what it was has no trace."""
        self._drop(person)
        key = fresh_key()
        wrapped = self._seal.wrap(wrapped_name(person, compartment), key)
        self._changes.append(_Change("erase", person, compartment, wrapped))

    def mend(self, person: str, compartment: str) -> None:
        """Note that this turn deletes the rows of an erasure that was cut short."""
        self._drop(person)
        if compartment != ALL and self.holds(person) and not self._wrapped(person, compartment):
            self.renew(person, compartment)  # a backup was put back without it
        self._changes.append(_Change("mend", person, compartment))

    def _drop(self, person: str) -> None:
        for compartment in COMPARTMENTS:
            self._open.pop((person, compartment), None)

    def unfinished(self) -> list[tuple[str, str]]:
        """Return erasures, by person and compartment, whose rows may still be there."""
        rows = self._db.execute("SELECT person, compartment FROM begun").fetchall()
        under_way = {(change.person, change.compartment) for change in self._changes}
        return [row for row in rows if row not in under_way]

    def people(self) -> set[str]:
        """Return who has keys, as of the last commit."""
        return {person for (person,) in self._db.execute("SELECT DISTINCT person FROM key")}

    def was_forgotten(self, key: bytes) -> bool:
        """Whether a key was destroyed."""
        mark = mark_of(self._mark_key, key)
        return bool(self._db.execute("SELECT 1 FROM forgotten WHERE mark = ?", (mark,)).fetchone())

    # --- a batch of turns ---

    def mark(self) -> int:
        """Return a place to ``undo`` to."""
        return len(self._changes)

    def undo(self, mark: int = 0) -> None:
        """Take back what was changed since."""
        for change in self._changes[mark:]:
            self._drop(change.person)
        del self._changes[mark:]
        if not mark:
            self._over = []

    def commit(self) -> None:
        """Make the changes durable."""
        if not self._changes:
            return
        with vault.transaction(self._db):
            for change in self._changes:
                self._apply(change)
        self._over = [change for change in self._changes if change.op != "make"]
        self._changes = []

    def _apply(self, change: _Change) -> None:
        op, person, compartment, wrapped, farewell = change
        if op == "erase":
            for one in self._stored(person, compartment):
                self._note(one)
            vault.destroy(self._db, person, compartment)
        if farewell:
            self._db.execute("INSERT OR REPLACE INTO farewell VALUES (?,?)", (person, farewell))
        if wrapped:
            self._db.execute("INSERT OR REPLACE INTO key VALUES (?,?,?)", (person, compartment, wrapped))

    def _note(self, one: Wrapped) -> None:
        with suppress(SealError):  # a damaged key opens nothing, here or in a backup
            mark = mark_of(self._mark_key, self._seal.unwrap(one.name, one.wrapped))
            self._db.execute("INSERT OR IGNORE INTO forgotten VALUES (?)", (mark,))

    def _stored(self, person: str, compartment: str) -> list[Wrapped]:
        rows = self._db.execute("SELECT person, compartment, wrapped FROM key WHERE person = ?", (person,))
        found = [Wrapped._make(row) for row in rows.fetchall()]
        return [one for one in found if compartment in (one.compartment, ALL)]

    def finish(self) -> bool:
        """Wipe what destroyed keys may have left, now that their rows are gone; return whether there were any."""
        over, self._over = self._over, []
        if over:
            self._db.execute("VACUUM")  # pages that were split before may hold copies
            rows = [(change.person, change.compartment) for change in over]
            with vault.transaction(self._db):
                self._db.executemany("DELETE FROM begun WHERE person = ? AND compartment = ?", rows)
                self._db.executemany("DELETE FROM farewell WHERE person = ?", [row[:1] for row in rows])
        return bool(over)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _remember(cache: dict[K, V], key: K, value: V) -> None:
    if len(cache) >= CACHED:
        del cache[next(iter(cache))]  # the oldest; whoever writes again is remembered again
    cache[key] = value
