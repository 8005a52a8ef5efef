"""A machine with data, key and backups, and two people who have talked there."""

import shutil
from collections.abc import Callable
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from bot import backup, keys
from bot.model import Arrival, Outbound
from bot.seal import Seal
from bot.settings import Settings, read
from bot.store import bodies, folder, vault
from bot.store.keyring import Keyring
from bot.store.sqlite import SqliteStore

MASTER = b"m" * 32
SOON = datetime(2027, 1, 1, tzinfo=UTC)
ANN, BEN = "ann-4711", "ben-4712"  # their chats


class Place:
    """A machine with data, key and backups. Lives in one folder."""

    def __init__(self, top: Path) -> None:
        self.top, self.data, self.key, self.shelf = top, top / "data", top / "key", top / "shelf"
        self.shelf.mkdir(parents=True, exist_ok=True)

    @property
    def settings(self) -> Settings:
        return read({"BEFRIEND_DATA_DIR": str(self.data), "BEFRIEND_KEY_FILE": str(self.key)})

    @property
    def seal(self) -> Seal:
        return Seal.open(self.key, fresh=False)

    async def furnish(self, *data: str) -> None:
        """Have two people here, or in these folders within the data's."""
        keys.replace(self.key, MASTER)
        for name in data or ("",):
            await self.turn(lambda tx: [live(tx, at) for at in (ANN, BEN)], self.data / name)

    async def turn(self, work: Callable, data: Path | None = None):
        """Do something with nobody else there."""
        store = SqliteStore.open(data or self.data, self.seal)
        try:
            return await store.run(work)
        finally:
            await store.close()

    async def people(self, data: Path | None = None):
        """Return what the two have."""
        return await self.turn(lambda tx: (look(tx, ANN), look(tx, BEN)), data)

    async def forget(self, at: str) -> None:
        await self.turn(lambda tx: tx.forget(tx.person_at("telegram", at).id))

    async def back_up(self, name: str = "it.backup") -> Path:
        """Back up into a file on the shelf."""
        await backup.back_up(self.settings, self.shelf / name, None)
        return self.shelf / name

    def lose(self) -> None:
        """Have the data gone."""
        shutil.rmtree(self.data)

    def audit(self, data: Path | None = None) -> bodies.Audit:
        with self.both(data) as (db, kept):
            return bodies.audit(db, Keyring(kept, self.seal))

    @contextmanager
    def both(self, data: Path | None = None):
        """Open the two files as they are."""
        data = data or self.data
        with (
            closing(folder.connect(data / folder.NAME)) as db,
            closing(vault.connect(data / vault.NAME)) as kept,
        ):
            yield db, kept

    def bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.top.rglob("*")) if path.is_file())


def live(tx, at):
    """Leave something in every table that knows people."""
    person = tx.person_at("telegram", at)
    person.variables["thing"] = f"zebra {at}"
    tx.save_person(person)
    tx.save_session(person.id, f"zebra talk {at}".encode())
    tx.keep(person.id, "sentence", f"zebra kept {at}")
    tx.keep(person.id, "sentence", f"zebra grief {at}", "grief")
    tx.set_timer(person.id, "letter", 1, SOON, f"zebra letter {at}".encode())
    tx.promise(person.id, Outbound(text=f"zebra promise {at}"))
    sent = tx.promise(person.id, Outbound(text=f"zebra sent {at}"))
    tx.sent(sent.id, 17)
    tx.arrive([Arrival("telegram", crc32(at.encode()), at, f"zebra inbox {at}".encode())])
    return person.id


def look(tx, at):
    """Return what a person has; nothing for a stranger."""
    person = tx.person_at("telegram", at)
    if not person.variables:
        return None
    return (
        person.variables["thing"],
        tx.session(person.id)[0],
        tx.kept(person.id, "sentence"),
        [timer.body for timer in tx.timers(person.id)],
        [row.outbound.text for row in tx.promised() if row.address == at],
        [row.arrival.body for row in tx.waiting() if row.arrival.address == at],
    )


def whole(at):
    return (
        f"zebra {at}",
        f"zebra talk {at}".encode(),
        [f"zebra kept {at}", f"zebra grief {at}"],
        [f"zebra letter {at}".encode()],
        [f"zebra promise {at}"],
        [f"zebra inbox {at}".encode()],
    )
