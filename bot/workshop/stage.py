"""A bot with nobody's data, and one person in front of it: where talks are played."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from bot import faces, sentences
from bot.actions import CONSENT
from bot.channels.exchange import CHANNEL
from bot.channels.plain import PlainChat, ScriptClock, ScriptError
from bot.conversation import Conversation
from bot.model import Person
from bot.ports import Clock, Tx
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from bot.workshop.scene import Scene
from bot.workshop.transcript import Transcript, TranscriptError
from flows.compiler import Content
from flows.session import Session, from_json

CONTACT = "ask@example.org"  # whoever runs the bot, in every play
WHO = "me"
HOURS = (9, 20, 22)  # of the faces of a day
KEPT = timedelta(days=60)  # so long ago sentences were kept


@dataclass(frozen=True, slots=True)
class Stage:
    """Lives for one play."""

    store: SqliteStore
    conversation: Conversation

    async def session(self) -> Session | None:
        """Return where the person is."""
        return await self.store.run(find_session)


def converse(content: Content, clock: Clock, scene: Scene) -> Conversation:
    """Return the one door, as a play needs it."""
    return Conversation(content, clock, seed=scene.seed, contact=CONTACT)


async def open_store(scene: Scene) -> SqliteStore:
    """Return a store in memory, with the person of a scene in it."""
    store = SqliteStore.in_memory(Seal(b"t" * 32))
    await store.run(lambda tx: _dress(tx, scene))
    return store


@asynccontextmanager
async def staged(content: Content, clock: Clock, scene: Scene) -> AsyncIterator[Stage]:
    """Open a stage and put all away at its end."""
    store = await open_store(scene)
    try:
        yield Stage(store, converse(content, clock, scene))
    finally:
        await store.close()


def missing(content: Content, scene: Scene) -> tuple[str, str] | None:
    """Return which setting of a scene the content cannot serve, and why; None if it can."""
    if scene.flow and scene.flow not in content.flows:
        near = get_close_matches(scene.flow, content.flows, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return "flow", f"there is no flow '{scene.flow}'{hint}"
    if scene.lang not in ("", "en", *content.catalog.words):
        return "lang", f"there are no words for '{scene.lang}'"
    return None


async def play(
    transcript: Transcript, content: Content, watch: Callable[[Session | None], object] | None = None
) -> str:
    """Return a transcript as it is played today.

    Args:
        transcript: Its lines are typed one by one; between them the session is saved and loaded.
        content: What the bot may say.
        watch: Is told where the person is after each line.

    Raises:
        TranscriptError: With the row that cannot be played.

    """
    scene = transcript.scene
    if fault := missing(content, scene):
        raise TranscriptError(scene.rows.get(fault[0], 1), fault[1])
    clock = ScriptClock(scene.now)
    async with staged(content, clock, scene) as stage:
        chat = PlainChat(stage.store, stage.conversation, clock, address=WHO)
        said = await chat.enter(scene.flow) if scene.flow else []
        for row, typed in transcript.lines:
            if watch:
                watch(await stage.session())
            try:
                said += await chat.say(typed)
            except ScriptError as error:
                raise TranscriptError(row, str(error)) from None
        if watch:
            watch(await stage.session())
    return transcript.heading + "".join(f"{line}\n" for line in said)


def find_session(tx: Tx) -> Session | None:
    """Return where the person of a play is."""
    body, _ = tx.session(tx.person_at(CHANNEL, WHO).id)
    return from_json(body) if body else None


def _dress(tx: Tx, scene: Scene) -> None:
    """Make the person what the scene says they are; nobody has to be there who is like anyone else."""
    if scene == Scene(seed=scene.seed, now=scene.now):
        return
    person = tx.person_at(CHANNEL, WHO)
    if scene.agreed:
        _agree(person, scene)
    person.warmth, person.way = scene.warmth, "quiet" if scene.quiet else scene.way
    person.country, person.locale = scene.country, scene.lang
    person.variables.update(scene.variables)
    if scene.zone:
        person.variables["zone"] = scene.zone
    tx.save_person(person)
    _remember(tx, person, scene)


def _remember(tx: Tx, person: Person, scene: Scene) -> None:
    """Keep how their days and practices were, up to yesterday."""
    days, weights = scene.faces.split(), scene.weights.split()
    for back, day in zip(range(len(days), 0, -1), days, strict=True):
        for hour, figure in zip(HOURS, day.replace("-", ""), strict=False):
            at = scene.now.replace(hour=hour, minute=0) - timedelta(days=back)
            faces.note(tx, person, at, int(figure), f"{hour:02}:00")
    for back, pair in zip(range(len(weights), 0, -1), weights, strict=True):
        before, after = pair.split(">")
        noted = {"practice": "touch", "heavy": before, "heavy_after": after, "felt": "ease"}
        at = scene.now - timedelta(days=back)
        tx.keep(person.id, "outcome", json.dumps(noted | {"at": at.isoformat()}))
    for sentence in scene.kept.splitlines():
        sentences.keep(tx, person, sentences.SENTENCE, sentence, scene.now - KEPT)


def _agree(person: Person, scene: Scene) -> None:
    person.consent, person.adult = scene.privacy or CONSENT, True
    person.consented_at = scene.now.isoformat()
