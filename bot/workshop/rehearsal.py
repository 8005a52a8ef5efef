"""A flow tried by its author: begun directly, and with new words as soon as they are saved."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.channels.exchange import Exchange
from bot.channels.plain import MOVE, MOVES, ScriptClock, span
from bot.conversation import Conversation
from bot.model import Promised
from bot.ports import Clock, Store
from bot.workshop.loading import Source
from bot.workshop.places import NAME, NAME_RULE, NO_PLACE, place, shown
from bot.workshop.scene import Scene
from bot.workshop.stage import WHO, find_session, missing, open_store, play
from bot.workshop.tape import Tape
from bot.workshop.transcript import TranscriptError, new_transcript
from bot.workshop.watcher import Watcher
from flows.compiler import Content
from flows.diagnostics import ContentError
from flows.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable


class MovableClock(Clock, Protocol):
    """Tells a time that can be put on."""

    def move(self, to: datetime) -> None:
        """Put the clock on; it never goes back."""


UNSAID = "Say here what this shows."


class Rehearsal(Exchange):
    """Lives until the author leaves. Nothing of it is kept, but what is recorded.

    Attributes:
        scene: What was so at the latest beginning.
        tape: What was typed since then.
        notice: Says what is no part of the talk.

    """

    def __init__(
        self, source: Source, conversation: Conversation, store: Store, clock: MovableClock, scene: Scene
    ) -> None:
        super().__init__(store, conversation, clock, address=WHO)
        self.scene, self.tape = scene, Tape(scene.now)
        self.notice: Callable[[str], object] = print
        self._source = source
        self._watcher = Watcher(*source.folders)
        self._hands = clock
        self._live = not isinstance(clock, ScriptClock)

    async def close(self) -> None:
        """Put everything away."""
        await self._store.close()

    # --- the talk ---

    async def greet(self) -> list[Promised]:
        """Begin with the flow."""
        return await self.enter(self.scene.flow)

    async def say(self, typed: str) -> list[Promised]:
        """Take what was typed: a command of the workshop, or a part of the talk."""
        match typed.split(maxsplit=2):
            case ["/again"]:
                return await self.again()
            case ["/record", name, *says]:
                await self.record(name, *says)
                return []
        if self._live and (found := MOVE.fullmatch(typed)) and found["span"]:
            return await self._pass(span(found["span"]))
        waiting = self._live and await self.next_due() is not None
        self.tape.type(self.label(typed) or typed, self.clock.now(), waiting=waiting)
        return await super().say(typed)

    async def _pass(self, time: timedelta) -> list[Promised]:
        """Let time pass at once; what becomes due meanwhile comes in its order."""
        rows, until = [], self.clock.now() + time
        for _ in range(MOVES):
            due = await self.next_due()
            if due is None or due > until:
                break
            self._hands.move(due)
            rows += await self.due()
        self._hands.move(until)
        return rows

    async def due(self) -> list[Promised]:
        """Let the waits that are over go on."""
        rows = await super().due()
        if rows and self._live:
            self.tape.come(self.clock.now())
        return rows

    # --- the workshop ---

    async def again(self) -> list[Promised]:
        """Begin anew, with someone who has not been here before."""
        if fault := missing(self._conversation.content, self.scene):
            self.notice(fault[1])
            return []
        old, self._store = self._store, await open_store(self.scene)
        await old.close()
        self.question = None
        self.scene = replace(self.scene, now=self.clock.now().replace(microsecond=0))
        self.tape = Tape(self.clock.now())
        return await self.greet()

    async def reload(self) -> list[Promised]:
        """Take up what was saved; words that err are named, and the old ones go on.

        Who stands on a step that has changed is asked again, as in the bot.
        """
        if not await asyncio.to_thread(self._watcher.changed):
            return []
        try:
            content = await asyncio.to_thread(self._source.compile)
        except ContentError as error:
            self.notice(
                "\n".join([*map(str, error.diagnostics), "Until that is mended, the old words go on."])
            )
            return []
        self._conversation.adopt(content)
        self.notice("Saved: the new words are in.")
        session = await self._store.run(find_session)
        return [] if session is None or _as_met(content, session) else await self.enter()

    async def record(self, name: str, says: str = UNSAID) -> None:
        """Write what was played since the beginning as a transcript, or say why that cannot be."""
        path = place(self._source.folder, self.scene.flow, name)
        if not NAME.fullmatch(name):
            self.notice(f"'{name}' is no name: {NAME_RULE}")
        elif path is None:
            self.notice(NO_PLACE)
        elif path.exists():
            self.notice(f"{shown(path)} is there already. Choose another name.")
        else:
            try:
                await self.write(path, says)
            except TranscriptError as error:
                self.notice(f"It cannot be played again: {error}")
            else:
                self.notice(f"Written: {shown(path)}")

    async def write(self, path: Path, says: str) -> None:
        """Write what was played since the beginning, in today's words."""
        played = await play(new_transcript(says, self.scene, self.tape.lines), self._conversation.content)
        await asyncio.to_thread(_write, path, played)


async def rehearse(
    source: Source, conversation: Conversation, clock: MovableClock, scene: Scene
) -> Rehearsal:
    """Return a rehearsal that has not begun. Whoever opens it closes it."""
    return Rehearsal(source, conversation, await open_store(scene), clock, scene)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _as_met(content: Content, session: Session) -> bool:
    """Whether all that a person stands on is as they met it."""
    for frame in session.frames:
        if frame.flow not in content.flows or frame.step not in content.flows[frame.flow].flow.steps:
            return False
    top = session.top
    return content.flows[top.flow].flow.steps[top.step].hash == top.step_hash
