"""THE ONE DOOR. Whatever reaches the bot passes ``Conversation.receive``; safety is its first act.

One message is one transaction: what was heard, where the talk goes on, what is answered and what is
remembered are committed together, or not at all.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot import commands, retention, unasked
from bot.hearing import hear, hear_by_rules, prepare
from bot.knowledge import Shared, own
from bot.model import HELP, Inbound, Outbound, Pending, Promised
from bot.ports import Clock, Tx
from bot.safety import helplines
from bot.visit import Visit
from flows.compiler import Content
from flows.turn import Heard


class Conversation:
    """What the bot does with each thing that reaches it. Lives as long as the process; holds nobody's data."""

    def __init__(  # noqa: PLR0913  # what an operator may set of it, by name
        self,
        content: Content,
        clock: Clock,
        *,
        seed: int = 0,
        contact: str = "",
        min_age: int = 18,
        locale: str = "en",
        counts: bool = False,
    ) -> None:
        self.content, self.clock, self._locale = content, clock, locale
        told = f" {self._own('counted')}" if counts else ""  # within the text on privacy
        known = {"contact": contact or self._own("keeper"), "min_age": str(min_age), "counted": told}
        self._out_of_order = self._own("out_of_order")  # read now: it is for when nothing works
        self._waited: Callable[[], None] = _nothing
        self._shared = Shared(content, clock, seed, known, self.hear_again, self._wake, locale, counts)

    @property
    def media(self) -> Mapping[str, Path]:
        """Where each picture, animation and sound lies, by ``flow/file``."""
        return self.content.media

    def adopt(self, content: Content) -> None:
        """Go on with other content, from the next turn on; whoever is in the middle of a talk is asked again."""
        self.content = content
        self._shared = replace(self._shared, content=content)

    def on_wait(self, call: Callable[[], None]) -> None:
        """Have ``call`` called, on the store's thread, whenever a wait is set."""
        self._waited = call

    def hear(self, text: str) -> Heard:
        """Say what a text is about, risk first. Pure; any thread but the store's, where others would wait for it."""
        return Heard() if _says_nothing(text) else hear(text)

    def hear_again(self, text: str) -> Heard:
        """Say what an earlier text is about, by the rules alone: quick enough for the store's thread."""
        return Heard() if _says_nothing(text) else hear_by_rules(text)

    def prepare(self) -> None:
        """Read the rules of hearing now, in any thread, so that the first words need not wait for them."""
        prepare()

    def receive(self, tx: Tx, pending: Pending, inbound: Inbound, heard: Heard) -> list[Promised]:
        """Take one thing in, and return the operations promised for it."""
        person = unasked.owner(tx, pending)
        if person is None:
            tx.finish(pending.id)
            return []
        visit = Visit(self._shared, tx, pending, heard, person)
        visit.take(inbound)
        visit.leave()
        tx.finish(pending.id, inbound.message)
        return [*tx.belated(), *visit.promised]

    def apologise(self, tx: Tx, pending: Pending, message: int | None = None) -> list[Promised]:
        """Put aside what broke us, with the channel's number for it; say one kind sentence, and where help is."""
        tx.quarantine(pending.id, "error in a turn", message)
        visit = Visit(self._shared, tx, pending, Heard())
        card = helplines.card(visit.person.country or None, self.clock.now(), tx.confirmed())
        tx.count("help card", self.clock.now().date().isoformat())
        visit.talk.say("error", {"lines": card.text})
        return visit.promised

    def _wake(self) -> None:
        self._waited()

    def fallback(self, text: str) -> Outbound:  # noqa: ARG002  # part of the port: a later card may read it
        """Return a card that needs no store: for when nothing else works."""
        card = helplines.card(None, self.clock.now())
        return Outbound("send", f"{self._out_of_order}\n\n{card.text}".lstrip(), priority=HELP)

    def _own(self, line: str) -> str:
        """Return one of the bot's own lines in the language of people who chose none, "" where it is missing."""
        return own(self.content, line, self._locale)

    def tend(self, tx: Tx) -> retention.Tended:
        """Let go of what has had its time; call it again where there is more."""
        return retention.tend(self._shared, tx, self.clock.now())


def _says_nothing(text: str) -> bool:
    """Whether there is nothing to hear: the first words of a chat and a call for help need no rules."""
    command = commands.recognise(text)
    return not text or command == "now" or bool(command and text.startswith("/") and " " not in text)


def _nothing() -> None:
    """Wake nobody: where timers are looked for after each turn."""


def parse_timer(body: bytes) -> Inbound:
    """Return what a due timer says."""
    found = json.loads(body)
    return Inbound(
        "timer",
        timer=(found["key"], found["generation"]),
        aside=found.get("body", "").encode(),
        compartment=found.get("compartment", "self"),
        due=found.get("due", 0.0),
    )
