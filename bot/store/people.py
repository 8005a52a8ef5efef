"""People in the SQLite store: who is at an address, and how they are forgotten."""

import logging
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from bot.keys import SealError
from bot.model import Outbound, Person, Promised
from bot.seal import CACHED
from bot.store import bodies
from bot.store.keyring import KeyGone, Keyring
from bot.store.vault import ALL

STRAYS = 512  # keys without a person; a crash leaves no more than a batch of turns makes
_json = msgspec.json.Encoder()
_person = msgspec.json.Decoder(Person)
_farewell = msgspec.json.Decoder(tuple[str, str, list[tuple[int, Outbound]]])

log = logging.getLogger(__name__)


class People:
    """The part of a transaction that knows people. Lives as long as the store; used on its thread only.

    ``promise`` puts what is said to somebody into the outbox: last words are said again to whoever is met anew.
    """

    def __init__(
        self, connection: sqlite3.Connection, keys: Keyring, promise: Callable[[str, Outbound], Promised]
    ) -> None:
        self._db, self._keys, self._promise = connection, keys, promise
        self.now = 0  # Unix seconds; the store sets it for each batch
        self._addresses: dict[str, tuple[str, str]] = {}  # of people lately written to
        self._belated: list[Promised] = []

    def person_at(self, channel: str, address: str) -> Person:
        lookup = self._keys.lookup(channel, address)
        found = self._db.execute(
            "SELECT a.person, p.body, p.consented FROM address a JOIN person p ON p.id = a.person WHERE a.lookup = ?",
            (lookup,),
        ).fetchone()
        if found and self._keys.holds(found[0]):
            self._note_address(found[0], (channel, address))
            return self._read_person(*found)
        return self._begin_anew(found[0] if found else "", lookup, channel, address)

    def known_at(self, channel: str, address: str) -> Person | None:
        found = self._db.execute(
            "SELECT person FROM address WHERE lookup = ?", (self._keys.lookup(channel, address),)
        ).fetchone()
        if not found or not self._keys.holds(found[0]):
            return None
        self._note_address(found[0], (channel, address))
        return self.person(found[0])

    def _owner(self, lookup: bytes, channel: str, address: str) -> str:
        found = self._db.execute("SELECT person FROM address WHERE lookup = ?", (lookup,)).fetchone()
        if found and self._keys.holds(found[0]):
            return str(found[0])
        return self._begin_anew(found[0] if found else "", lookup, channel, address).id

    def _begin_anew(self, lost: str, lookup: bytes, channel: str, address: str) -> Person:
        if lost:  # nothing opens what was there; who writes is met as a stranger, not with an error
            log.error("a person has no key and begins anew", extra={"action": "key_missing"})
            self.forget(lost)
        person = Person(secrets.token_hex(8))
        self._keys.welcome(person.id)
        sealed = self._keys.seal(person.id, "address", lookup.hex(), address.encode())
        self._db.execute("INSERT INTO address VALUES (?,?,?,?)", (lookup, person.id, channel, sealed))
        self.save_person(person)
        self._part_again(lost)
        return person

    def person(self, person: str) -> Person | None:
        found = self._db.execute("SELECT body, consented FROM person WHERE id = ?", (person,)).fetchone()
        return self._read_person(person, *found) if found else None

    def _read_person(self, id_: str, sealed: bytes, consented: int) -> Person:
        """Open a person; of one that is damaged their yes is left, so that they are answered and can be erased."""
        try:
            return _person.decode(self._keys.unseal(id_, "person", id_, sealed))
        except KeyGone:
            raise
        except SealError:
            log.error("a person does not open: settings begin anew", extra={"action": "person_lost"})
            return Person(id_, consented, adult=bool(consented))

    def save_person(self, person: Person, *, acted: bool = True) -> None:
        sealed = self._keys.seal(person.id, "person", person.id, _json.encode(person))
        if not acted:
            self._db.execute("UPDATE person SET body = ? WHERE id = ?", (sealed, person.id))
            return
        self._db.execute(
            "INSERT INTO person(id, body, touched, consented) VALUES (?,?,?,?) ON CONFLICT(id) DO UPDATE"
            " SET body = excluded.body, touched = excluded.touched, consented = excluded.consented, noticed = 0",
            (person.id, sealed, self.now, person.consent),
        )

    def forget(self, person: str) -> None:
        self._keys.forget(person)
        self._delete(person)

    def part(self, person: str, last: Sequence[tuple[int, Outbound]]) -> list[Promised]:
        channel, address = self.address(person)
        self._keys.forget(person, _json.encode((channel, address, last)))
        self._delete(person)
        return self._promise_anew(self.person_at(channel, address).id, last)

    def _part_again(self, lost: str) -> None:
        """Promise the last words to someone whose erasure was cut short: silence would leave them in doubt."""
        if note := self._keys.farewell(lost):
            channel, address, last = _farewell.decode(note)
            self._belated += self._promise_anew(self.person_at(channel, address).id, last)

    def _promise_anew(self, stranger: str, last: Sequence[tuple[int, Outbound]]) -> list[Promised]:
        rows: list[Promised] = []
        moved: dict[int | None, int] = {}
        for old, outbound in last:
            aimed = replace(outbound, target=moved.get(outbound.target, outbound.target))
            rows.append(self._promise(stranger, aimed))
            moved[old] = rows[-1].id
        return rows

    def belated(self) -> list[Promised]:
        rows, self._belated = self._belated, []
        return rows

    def let_go(self, mark: int = 0) -> None:
        """Take back what was promised belatedly from a place on; ``late`` is the place of now."""
        del self._belated[mark:]

    @property
    def late(self) -> int:
        """How much was promised belatedly, and is to be handed over."""
        return len(self._belated)

    def forget_compartment(self, person: str, compartment: str) -> None:
        bodies.delete_of_compartment(self._db, self._keys, person, compartment)
        self._keys.forget_compartment(person, compartment)

    def _delete(self, person: str) -> None:
        self._addresses.pop(person, None)
        for (lookup,) in self._db.execute(
            "SELECT lookup FROM address WHERE person = ?", (person,)
        ).fetchall():
            # Rows that are done stay as bare numbers for 48 h: a repeat must still be known as one.
            self._db.execute(
                "UPDATE inbox SET lookup = x'', body = NULL, message = NULL, state = 'done' WHERE lookup = ?",
                (lookup,),
            )
        for table in ("address", "outbox", "session", "kept", "timer"):
            self._db.execute(f"DELETE FROM {table} WHERE person = ?", (person,))  # noqa: S608  # names of ours
        self._db.execute("DELETE FROM person WHERE id = ?", (person,))

    def mend(self) -> None:
        """Finish what a crash left between keys and rows: erasures that were begun, keys that nobody has."""
        for person, compartment in self._keys.unfinished():
            if compartment == ALL or not self._keys.holds(person):
                self._delete(person)
                self._part_again(person)
            else:
                bodies.delete_closed(self._db, self._keys, person)
            self._keys.mend(person, compartment)
        keys, people = self._keys.complete(), self._db.execute("SELECT count(*) FROM person").fetchone()[0]
        if keys == people:  # each person has keys, as a rule: then nobody need be compared with everybody
            return
        strays = self._keys.people() - {person for (person,) in self._db.execute("SELECT id FROM person")}
        if len(strays) > STRAYS:  # so many were left by no crash: these files do not belong together
            log.error("keys without people are left alone", extra={"action": "keys_stray", "n": len(strays)})
            return
        for person in strays:
            self._keys.forget(person)

    def address(self, person: str) -> tuple[str, str]:
        known = self._addresses.get(person)
        if known is None:
            lookup, channel, sealed = self._db.execute(
                "SELECT lookup, channel, sealed FROM address WHERE person = ?", (person,)
            ).fetchone()
            known = channel, self._keys.unseal(person, "address", lookup.hex(), sealed).decode()
            self._note_address(person, known)
        return known

    def _note_address(self, person: str, known: tuple[str, str]) -> None:
        """Remember where a person is: whoever writes is answered also where that is damaged in the store."""
        if person not in self._addresses and len(self._addresses) >= CACHED:
            del self._addresses[next(iter(self._addresses))]
        self._addresses[person] = known
