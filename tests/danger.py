"""People in danger, for tests: a door that hears what the screen may hear, and a chat with the bot's own words."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self

from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.model import CONSENT
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.session import from_json
from flows.turn import Heard
from tests.serving import everything

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
UNTOLD = re.compile(  # ways to die, names of illnesses, secrets, contracts, promises
    r"\b(?:pills?|tablets?|ropes?|nooses?|guns?|kni(?:fe|ves)|blades?|razors?|bridges?|trains?|drown\w*|overdos\w*"
    r"|jump\w*|poison\w*|hang(?!\s+up)(?:ing|ed)?|shoot\w*|cut(?:s|ting)?"
    r"|depress\w+|disorders?|psychos\w+|psychotic|bipolar|schizo\w+|anorex\w+|bulimi\w+|ptsd|borderline|trauma\w*"
    r"|secrets?|confidential\w*|between us|won't tell|nobody will know"
    r"|contracts?|agree not|promise\w*|swear|guarantee\w*|safe now|you're safe|you are safe|will be (?:fine|okay)"
    r"|commit\w*|selfish|attention|just|everyone)\b",
    re.IGNORECASE,
)
OWN = {"intent": "crisis", "topic": "distress"}
TOLD: Mapping[str, Heard] = {  # what the screen makes of some words, by the first of them
    "begun:": Heard("crisis", "suicide", begun=True, **OWN),
    "plain:": Heard("crisis", "suicide", **OWN),
    "asks:": Heard("ask", "passive", **OWN),
    "longing:": Heard("ask", "longing", **OWN),
    "body:": Heard("crisis", "medical", **OWN),
    "wound:": Heard("ask", "selfharm", **OWN),
    "deep:": Heard("crisis", "selfharm", begun=True, **OWN),
    "hit:": Heard("ask", "abuse", **OWN),
    "hit now:": Heard("crisis", "abuse", **OWN),
    "rage:": Heard("ask", "harm_others", intent="distress", topic="angry"),
    "rage now:": Heard("crisis", "harm_others", intent="distress", topic="angry"),
    "other:": Heard("ask", "other_at_risk", intent="distress"),
    "other now:": Heard("crisis", "other_at_risk", intent="distress"),
    "baby:": Heard("ask", "baby", **OWN),
    "child:": Heard("ask", "child_hurt", **OWN),
    "food:": Heard("ask", "eating", **OWN),
    "voice:": Heard("ask", "psychosis", **OWN),
    "drink:": Heard("ask", "substances", **OWN),
    "maybe now:": Heard("crisis", "suicide", begun=True, sure=False, **OWN),
    "maybe hit, a loss:": Heard("ask", "abuse", intent="crisis", topic="grief", sure=False),
    "maybe hit:": Heard("ask", "abuse", sure=False, **OWN),
}


class Hearing(Conversation):
    """Hears danger in words that say of which kind it is, and all else as it is."""

    def hear(self, text: str) -> Heard:
        return next((heard for begin, heard in TOLD.items() if text.startswith(begin)), None) or super().hear(
            text
        )

    def hear_again(self, text: str) -> Heard:
        return next((heard for begin, heard in TOLD.items() if text.startswith(begin)), None) or (
            super().hear_again(text)
        )


class Chat:
    """One person and the bot. Lives for one test."""

    def __init__(self, seed: int = 0, **known: str) -> None:
        self.clock = ScriptClock(NOW)
        self.store = SqliteStore.in_memory(Seal(b"d" * 32))
        self.door = Hearing(everything(), self.clock, seed=seed)
        self.chat = PlainChat(self.store, self.door, self.clock)
        self._known = {"met": "yes", "country": "IE", "consent": "yes", **known}

    async def __aenter__(self) -> Self:
        await self.store.run(self._dress)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.store.close()

    async def say(self, *lines: str) -> list[str]:
        """Return what the bot says to these lines, joined over its bubbles."""
        said = [one for line in lines for one in await self.chat.say(line)]
        return [line for line in said if not line.startswith(("you: ", "@"))]

    async def person(self):
        return await self.store.run(lambda tx: tx.person_at("terminal", "me"))

    async def flows(self) -> list[str]:
        """Return the flows that are open, the innermost last."""
        body, _ = await self.store.run(lambda tx: tx.session(tx.person_at("terminal", "me").id))
        return [frame.flow for frame in from_json(body).frames] if body else []

    def _dress(self, tx) -> None:
        person, known = tx.person_at("terminal", "me"), dict(self._known)
        person.country = known.pop("country")
        if known.pop("consent"):
            person.consent, person.adult, person.consented_at = CONSENT, True, NOW.isoformat()
        person.variables.update(known)
        tx.save_person(person)


def offered(said: list[str]) -> list[str]:
    """Return the labels on offer, those of the latest question."""
    rows = [line.strip()[1:-1].split("] [") for line in said if line.startswith("     [")]
    return rows[-1] if rows else []
