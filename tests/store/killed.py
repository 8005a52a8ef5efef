"""Does something to data again and again, each time killed one step later; what is left must be whole.

A step is a statement of SQL, or a call that changes names or files. ``python -m tests.store.killed forget`` prints
how many steps there were, or what was broken, after which.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import backup, custody, keys, recovery
from bot.app import TALK
from bot.model import Arrival
from bot.seal import SealError
from bot.store import folder, vault
from bot.store.sqlite import StoreError
from tests.machine import ANN, BEN, MASTER, Place, whole
from tests.store import older


class Broken(Exception):
    """What is left is not whole."""


def demand(fact: object, sentence: str) -> None:
    if not fact:
        raise Broken(sentence)


# --- what is done -----------------------------------------------------------------------


class Welcome:
    """Strangers arrive."""

    async def prepare(self, place: Place) -> None:
        await place.furnish()

    async def act(self, place: Place) -> None:
        await place.turn(
            lambda tx: tx.arrive([Arrival("telegram", n, f"new-{n}", b"zebra") for n in range(3)])
        )

    async def check(self, place: Place) -> None:
        await place.turn(lambda tx: None)
        nobody_halfway(place)
        demand(await place.people() == (whole(ANN), whole(BEN)), "somebody lost something")
        demand(await place.turn(lambda tx: len(tx.waiting())) in (2, 5), "strangers came in part")


class Forget:
    """Ann is forgotten."""

    async def prepare(self, place: Place) -> None:
        await place.furnish()
        self.ann = await place.turn(lambda tx: tx.person_at("telegram", ANN).id)
        with place.both() as (_, kept):
            self.keys = [one.wrapped for one in vault.read_keys(kept) if one.person == self.ann]

    async def act(self, place: Place) -> None:
        await place.forget(ANN)

    async def check(self, place: Place) -> None:
        with place.both() as (db, kept):
            rows = db.execute("SELECT 1 FROM person WHERE id = ?", (self.ann,)).fetchone()
            key = kept.execute("SELECT 1 FROM key WHERE person = ?", (self.ann,)).fetchone()
        demand(rows or not key, "rows went before the key")
        await place.turn(lambda tx: None)
        nobody_halfway(place)
        ann, ben = await place.people()
        demand(ben == whole(BEN), "Ben lost something")
        demand(ann in (None, whole(ANN)), "Ann is forgotten in part")
        demand(ann or not any(key in place.bytes() for key in self.keys), "Ann's key is still there")


class Migrate:
    """Data of schema 2 is opened."""

    async def prepare(self, place: Place) -> None:
        keys.replace(place.key, older.MASTER)
        self.keys = older.write(place.data)

    async def act(self, place: Place) -> None:
        await place.turn(lambda tx: None)

    async def check(self, place: Place) -> None:
        def found(tx):
            people = [tx.person_at("telegram", at).id for at in "123"]
            kept = [tx.kept(person, "sentence") for person in people]
            return kept, [tx.session(person)[0] for person in people], len(tx.waiting()), len(tx.promised())

        kept = [[f"zebra kept {n}.{k}" for k in range(n)] for n in (1, 2, 3)]
        expected = kept, [b"zebra session %d" % n for n in (1, 2, 3)], 4, 3
        demand(await place.turn(found) == expected, "something was lost")
        demand(not any(key in place.bytes() for key in self.keys), "keys are where they were")
        nobody_halfway(place)


class Rotate:
    """The master key is changed."""

    async def prepare(self, place: Place) -> None:
        await place.furnish("", TALK)

    async def act(self, place: Place) -> None:
        await custody.rotate(place.settings)

    async def check(self, place: Place) -> None:
        await self._read(place)
        await custody.rotate(place.settings)
        await self._read(place)
        demand(len(keys.read(place.key)) == 1, "the change is not over")
        demand(keys.read(place.key)[0] != MASTER, "the old key is still in use")
        demand(MASTER in keys.read(keys.retired(place.key)), "the old key was not kept")
        demand((await custody.check(place.settings)).fine, "the check is not content")

    async def _read(self, place: Place) -> None:
        for data in (place.data, place.data / TALK):
            demand(await place.people(data) == (whole(ANN), whole(BEN)), "a key opens nothing")


class Restore:
    """A backup is put back, without Ann, who was forgotten since."""

    async def prepare(self, place: Place) -> None:
        await place.furnish()
        await place.back_up()
        await place.forget(ANN)
        await place.back_up("later.backup")
        place.lose()

    async def act(self, place: Place) -> None:
        await recovery.restore(place.settings, place.shelf / "it.backup", None, [])

    async def check(self, place: Place) -> None:
        if folder.fresh(place.data):
            await self.act(place)
        try:
            await place.turn(lambda tx: None)
        except StoreError:  # a restore was cut short, and is done again
            await self.act(place)
        demand(await place.people() == (None, whole(BEN)), "what is there is not the backup")
        nobody_halfway(place)


class Backup:
    """A backup is made into a folder that has older ones, of one of whom the key has gone since."""

    async def prepare(self, place: Place) -> None:
        await place.furnish()
        await place.back_up(f"befriend-{datetime.now(UTC) - timedelta(days=2):%Y%m%d-%H%M%S}.backup")
        await place.forget(ANN)

    async def act(self, place: Place) -> None:
        await backup.back_up(place.settings, place.shelf, None)

    async def check(self, place: Place) -> None:
        for file in place.shelf.glob("*.backup"):
            demand((await recovery.verify(place.settings, file, None)).fine, "a backup is not whole")
        demand(not list(place.shelf.rglob(vault.NAME)), "keys were left lying about")


SCENES = {
    "welcome": Welcome,
    "forget": Forget,
    "migrate": Migrate,
    "rotate": Rotate,
    "restore": Restore,
    "backup": Backup,
}


def nobody_halfway(place: Place) -> None:
    """Everybody has a key, every key has somebody, and all that is sealed opens."""
    found = place.audit()
    demand(not found.closed, "something does not open")
    demand(not found.keyless, "somebody has no key")
    with place.both() as (db, kept):
        people = {person for (person,) in db.execute("SELECT id FROM person")}
        demand(people == {one.person for one in vault.read_keys(kept)}, "a key has nobody")
        demand(not kept.execute("SELECT count(*) FROM begun").fetchone()[0], "an erasure is not over")


# --- killing ----------------------------------------------------------------------------


def arm(step: int) -> None:
    """Be killed at that step; 0 for never."""
    count = 0

    def tick(*_: object) -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def ticking(call: Callable) -> Callable:
        def ticked(*words, **options):
            tick()
            return call(*words, **options)

        return ticked

    connect = sqlite3.connect

    def traced(*words, **options):
        db = connect(*words, **options)
        db.set_trace_callback(tick)
        return db

    sqlite3.connect = traced
    for name in ("replace", "rename", "fsync", "unlink", "mkdir", "rmdir", "fchmod"):
        setattr(os, name, ticking(getattr(os, name)))


def forked(work: Callable[[], Awaitable[None]], step: int = 0) -> int:
    """Do something in a process of its own; return how it ended."""
    sys.stdout.flush()
    if not (child := os.fork()):
        code = 1
        try:
            arm(step)
            asyncio.run(work())
            code = 0
        except (Broken, SealError, StoreError, sqlite3.Error) as error:
            print(f"{type(error).__name__}: {error}", flush=True)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> int:
    """Kill at every step, or at some; return 1 at the first that leaves something broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.store.killed", description=__doc__)
    parser.add_argument("scene", choices=SCENES)
    parser.add_argument("--every", type=int, default=1, help="kill at each n-th step only")
    options = parser.parse_args()
    scene, step = SCENES[options.scene](), 1
    with tempfile.TemporaryDirectory() as top:
        asyncio.run(scene.prepare(Place(Path(top) / "before")))
        now = Place(Path(top) / "now")
        shutil.rmtree(now.top)
        while True:
            shutil.copytree(Path(top) / "before", now.top)
            ended = forked(lambda: scene.act(now), step)
            if ended not in (0, -signal.SIGKILL) or forked(lambda: scene.check(now)):
                print(f"broken after step {step}")
                return 1
            if ended == 0:
                print(step)
                return 0
            shutil.rmtree(now.top)
            step += options.every


if __name__ == "__main__":
    sys.exit(main())
