"""Backs up beside a bot that writes without pause, puts the backup back elsewhere, and compares, again and again.

``python -m tests.drill --drills 100`` prints one line of JSON, and returns 1 if anything differed.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from time import monotonic

from bot import backup, recovery
from bot.model import Arrival
from bot.seal import Seal
from bot.settings import Settings, read
from bot.store import bodies, folder, vault
from bot.store.keyring import KeyGone, Keyring
from bot.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[1]
FRIENDS = 40  # who stay; strangers come and are forgotten


def place(top: Path, name: str) -> Settings:
    return read({"BEFRIEND_DATA_DIR": str(top / name), "BEFRIEND_KEY_FILE": str(top / "key")})


# --- the bot that writes ----------------------------------------------------------------


def turn(tx, number: int) -> None:
    """Write one thing down, and how many there are: the two must always agree."""
    friend = tx.person_at("telegram", f"friend-{number % FRIENDS}").id
    done = int(tx.session(friend)[0] or b"0")
    tx.keep(friend, "sentence", f"zebra {done}", "grief" if done % 3 else "self")
    tx.save_session(friend, b"%d" % (done + 1))
    tx.arrive([Arrival("telegram", number, f"stranger-{number}", b"zebra")])
    if number > FRIENDS:
        tx.forget(tx.person_at("telegram", f"stranger-{number - FRIENDS}").id)


async def write(data: Path, key: Path) -> None:
    store = SqliteStore.open(data, Seal.open(key, fresh=True))
    for number in count(step=20):
        await asyncio.gather(*(store.run(lambda tx, n=number + at: turn(tx, n)) for at in range(20)))
        print("on", flush=True)


@contextmanager
def load(top: Path) -> Iterator[None]:
    """Have a bot write for as long as the block."""
    words = [sys.executable, "-m", "tests.drill", "--write", str(top)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as bot:
        for _ in range(20):
            bot.stdout.readline()
        drain = subprocess.Popen(["cat"], stdin=bot.stdout, stdout=subprocess.DEVNULL)
        try:
            yield
            assert bot.poll() is None, "the bot fell over"
        finally:
            bot.kill()
            drain.wait()


# --- comparing --------------------------------------------------------------------------


def digest(data: Path, seal: Seal, places: tuple[str, ...], last: int = 2**62) -> tuple[str, int]:
    """Return a hash over what opens in these columns, up to a row, and that row."""
    found, seen = sha256(), 0
    with closing(folder.connect(data / folder.NAME)) as db, closing(vault.connect(data / vault.NAME)) as kept:
        keyring = Keyring(kept, seal)
        for column in bodies.COLUMNS:
            for body in bodies.bodies(db, column) if column.place in places else ():
                if body.rowid <= last:
                    try:
                        words = keyring.unseal(body.owner, column.place, body.row, body.sealed)
                    except KeyGone:
                        continue
                    found.update(repr((column.place, body.owner, body.row, words)).encode())
                    seen = max(seen, body.rowid)
    return found.hexdigest(), seen


def agree(tx) -> bool:
    """Whether everybody's number is that of what they kept, and nothing is out of order."""
    for friend in range(FRIENDS):
        person = tx.person_at("telegram", f"friend-{friend}").id
        wanted = [f"zebra {number}" for number in range(int(tx.session(person)[0] or b"0"))]
        if tx.kept(person, "sentence") != wanted:
            return False
    return True


async def drill(top: Path, number: int) -> tuple[str, int, bool]:
    """Back up and restore once; return a hash of what people kept, up to which row, and whether it agrees."""
    live, there = place(top, "data"), place(top, f"restored-{number}")
    file = top / f"{number}.backup"
    await backup.back_up(live, file, None)
    whole = (await recovery.verify(live, file, None)).fine
    await recovery.restore(there, file, None, [])
    seal = Seal.open(there.key_file, fresh=False)
    store = SqliteStore.open(there.data_dir, seal)
    whole = await store.run(agree) and whole
    await store.close()
    return *digest(there.data_dir, seal, ("kept",)), whole


async def drills(top: Path, many: int) -> dict[str, object]:
    """Do it often under load, then once in peace, where everything has to be equal."""
    began, done = monotonic(), []
    with load(top):
        done += [await drill(top, number) for number in range(many)]
    seal = Seal.open(top / "key", fresh=False)
    await SqliteStore.open(top / "data", seal).close()
    same = [digest(top / "data", seal, ("kept",), last) == (hashed, last) for hashed, last, _ in done]
    await drill(top, many)
    everything = tuple(column.place for column in bodies.COLUMNS)
    peace = digest(top / "data", seal, everything) == digest(top / f"restored-{many}", seal, everything)
    return {
        "drills": many,
        "equal": sum(same),
        "consistent": sum(whole for *_, whole in done),
        "equal_in_peace": peace,
        "rows": done[-1][1] if done else 0,
        "rows_growing": len({last for _, last, _ in done}) == many,
        "seconds": round(monotonic() - began, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--drills", type=int, default=100)
    parser.add_argument("--write", type=Path, help="be the bot that writes, in this folder")
    options = parser.parse_args()
    if options.write:
        asyncio.run(write(options.write / "data", options.write / "key"))
    with tempfile.TemporaryDirectory() as top:
        found = asyncio.run(drills(Path(top), options.drills))
    print(json.dumps(found))
    fine = found["equal"] == found["consistent"] == options.drills and found["equal_in_peace"]
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
