"""A picture of how it has been: how long it takes, and what others notice of it while somebody looks each two seconds.

The others talk at a steady pace, whatever the bot does meanwhile; their delay runs from the moment when an update is
there to the moment when its first reply is handed to the channel, sealed turns and commits to the disk between.
"""

import asyncio
import json
import random
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from bench import dialog, ours
from bot import faces
from bot.channels.telegram import parse
from bot.channels.telegram.send import TelegramChannel
from bot.conversation import Conversation
from bot.dispatcher import Dispatcher
from bot.look import paper, spans
from bot.look.chart import Look
from bot.look.easel import Easel
from bot.look.paper import Labels
from bot.look.rows import Day, Rows, Sitting
from bot.model import CONSENT, FAST, Outbound
from bot.outbox import Outbox
from bot.seal import Seal
from bot.store.sqlite import SqliteStore

AIM_MS, AIM_SHARE = 300, 1.2
PEOPLE, PER_S = 100, 100  # who talk, and how many messages they send together
LOOKER = 1  # the chat of the one who looks, …
EACH, LEAST = 2.0, 0.3  # … each two seconds; seconds that a picture may take at the end of a round
TODAY = date(2026, 11, 26)
DRAWN = 40  # pictures of each stretch
PRACTICES = ("touch", "ground", "friend", "break")


def measure(rounds: int, seconds: float = 8.0) -> Iterator[dict[str, Any]]:
    """Yield how long each picture takes, and the delay of others with and without somebody who looks."""
    for name in spans.NAMES:
        yield {"bench": "look", "bot": "befriend", "picture": name, **_drawn(name)}
    found: dict[int, dict[bool, float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for number, looks, delays in asyncio.run(_talked(Path(folder), rounds, seconds)):
            figures = _figures(delays)
            found.setdefault(number, {})[looks] = figures["p99_ms"]
            yield {"bench": "look", "bot": "befriend", "round": number, "looks": looks, **figures}
    value = round(statistics.median(each[True] / each[False] for each in found.values()), 2)
    yield {
        "ratio": "others' replies while somebody looks each two seconds, p99 with/without",
        "value": value,
        "aim": AIM_SHARE,
        "met": value <= AIM_SHARE,
    }


def _figures(delays: list[float]) -> dict[str, float]:
    ordered = sorted(delays)
    at = {"p50_ms": 0.5, "p99_ms": 0.99}
    return {"turns": len(ordered)} | {
        name: round(ordered[int(len(ordered) * share)], 2) for name, share in at.items()
    }


# --- the picture alone --------------------------------------------------------------------


def _drawn(name: str) -> dict[str, Any]:
    return asyncio.run(_timed(paper.write(_look(name).chart(dark=False))))


async def _timed(body: bytes) -> dict[str, Any]:
    easel, took, made = Easel(), [], b""
    for _ in range(DRAWN):
        began = perf_counter()
        made = await easel.draw(body)
        took.append((perf_counter() - began) * 1_000)
    value = round(statistics.median(took), 1)
    assert made
    return {"median_ms": value, "kb": len(made) // 1_000, "aim_ms": AIM_MS, "met": value < AIM_MS}


def _look(name: str) -> Look:
    """Return a stretch in which each day has a face and a practice."""
    chance, span = random.Random(5), spans.span_of(name, TODAY)
    days = [span.first + timedelta(days=at) for at in range((span.last - span.first).days + 1)]
    sittings = [
        Sitting(day, chance.choice(PRACTICES), chance.randint(3, 9), chance.randint(1, 7), "ease")
        for day in days
    ]
    rows = Rows([Day(day, 9, chance.randint(1, 5)) for day in days], sittings, [])
    week, months = (
        "Mon Tue Wed Thu Fri Sat Sun".split(),
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    )
    others = (
        "How heavy",
        "before",
        "after",
        "heavy",
        "light",
        "Some ease after",
        "How kind",
        "own",
        "others",
        "of",
        "then",
        "week",
    )
    labels = Labels(tuple(week), tuple(months), ("very hard", "hard", "so-so", "okay", "good"), *others)
    return Look(rows, span, labels, str)


# --- beside others ------------------------------------------------------------------------


class _Api:
    """A Bot API that takes everything, at once."""

    def __init__(self) -> None:
        self.photos = 0

    async def call(self, method: str, payload: object, *, patience: float | None = None) -> msgspec.Raw:
        return msgspec.Raw(b'{"message_id":7}')

    async def upload(self, method: str, payload: object, file: object, *, patience: float) -> msgspec.Raw:
        self.photos += method == "sendPhoto"
        return msgspec.Raw(b'{"message_id":7}')


class _Timed:
    """A channel that notes when the first reply to each person's latest message was handed to it."""

    def __init__(self, channel: TelegramChannel) -> None:
        self._channel = channel
        self.asked: dict[str, float] = {}
        self.delays: list[float] = []

    async def perform(self, address: str, outbound: Outbound) -> int | None:
        if outbound.op == "send" and (began := self.asked.pop(address, None)):
            self.delays.append((perf_counter() - began) * 1_000)
        return await self._channel.perform(address, outbound)

    async def typing(self, address: str) -> None: ...


async def _talked(folder: Path, rounds: int, seconds: float) -> list[tuple[int, bool, list[float]]]:
    store, api = SqliteStore.open(folder / "data", Seal(b"b" * 32)), _Api()
    channel = _Timed(TelegramChannel(api))  # type: ignore[arg-type]  # all that it needs of one
    channels = {parse.CHANNEL: channel}
    outbox = Outbox(store, channels, FAST, ours.SystemClock())
    talk = Conversation(ours.content(folder), ours.SystemClock())
    dispatcher = Dispatcher(store, talk, outbox, {parse.CHANNEL: parse.parse}, channels)
    await store.run(_remember)
    crowd, found = _Crowd(store, dispatcher, channel), []
    await crowd.talk(2.0, looks=True)  # to warm up
    for number in range(2 * rounds):
        looks = number % 2 == 1
        before = api.photos
        found.append((number // 2 + 1, looks, await crowd.talk(seconds, looks=looks)))
        assert api.photos - before == (seconds // EACH if looks else 0)
    await dispatcher.stop()
    await outbox.stop()
    await store.close()
    return found


def _remember(tx: Any) -> None:
    """Give the one who looks a year of days."""
    person = tx.person_at(parse.CHANNEL, str(LOOKER))
    person.consent, person.adult = CONSENT, True
    tx.save_person(person)
    chance, now = random.Random(5), datetime.now(UTC)
    for at in range(365):
        moment = now - timedelta(days=at)
        faces.note(tx, person, moment, chance.randint(1, 5), "09:00")
        noted = {"practice": chance.choice(PRACTICES), "heavy": "7", "heavy_after": "5", "felt": "ease"}
        tx.keep(person.id, "outcome", json.dumps(noted | {"at": moment.isoformat()}))


class _Crowd:
    """People who talk at a steady pace, and one who looks."""

    def __init__(self, store: SqliteStore, dispatcher: Dispatcher, channel: _Timed) -> None:
        self._store, self._dispatcher, self._channel = store, dispatcher, channel
        self._update = 0
        self._turns = dict.fromkeys(range(dialog.FIRST_PERSON, dialog.FIRST_PERSON + PEOPLE), 0)

    async def talk(self, seconds: float, *, looks: bool) -> list[float]:
        """Let everybody talk for a while, and return the delays of all but the one who looks."""
        self._channel.delays = []
        looking = asyncio.ensure_future(self._look(seconds)) if looks else None
        began, sent, people = perf_counter(), 0, list(self._turns)
        while (now := perf_counter() - began) < seconds:
            if sent >= now * PER_S:
                await asyncio.sleep(0.001)
                continue
            person = people[sent % PEOPLE]
            self._channel.asked[str(person)] = perf_counter()
            await self._arrives(dialog.typed(self._next(), person, self._turns[person]))
            self._turns[person] += 1
            sent += 1
        if looking:
            await looking
        await self._dispatcher.idle()
        await asyncio.sleep(0.3)
        return self._channel.delays

    async def _look(self, seconds: float) -> None:
        """Ask for a month at moments that have nothing to do with the others'."""
        for _ in range(int(seconds / EACH)):
            wait = random.uniform(0, EACH - LEAST)
            await asyncio.sleep(wait)
            await self._arrives(_typed(self._next(), LOOKER, "/look month"))
            await asyncio.sleep(EACH - wait)

    def _next(self) -> int:
        self._update += 1
        return self._update

    async def _arrives(self, raw: bytes) -> None:
        envelope = parse.open_envelope(raw)
        assert envelope is not None
        arrival = envelope.arrival
        self._dispatcher.accept(await self._store.run(lambda tx: tx.arrive([arrival])))


def _typed(update: int, person: int, text: str) -> bytes:
    chat = {"id": person, "first_name": "P", "type": "private"}
    message = {
        "message_id": update,
        "from": chat | {"is_bot": False},
        "chat": chat,
        "date": dialog.DATE,
        "text": text,
    }
    del message["from"]["type"]  # type: ignore[attr-defined]
    return json.dumps({"update_id": update, "message": message}).encode()


if __name__ == "__main__":
    for line in measure(3):
        print(json.dumps(line), flush=True)
