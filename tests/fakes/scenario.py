"""Many people at once, for harnesses: what they do is a list of JSON lines.

- ``{"chat_id": 7, "text": "hello"}``: someone says something.
- ``{"chat_id": 7, "tap": "Yes"}``: someone taps a button that is there.
- ``{"chat_id": 7, "steps": ["/start", {"tap": "Yes"}, "hello"], "replies": 1}``: a dialog; each step
  follows once the bot has sent ``replies`` messages after the one before.
- ``{"update": {…}}``: any update, as it is.
- ``{"generate": 1000, "chats": 20, "text": "message {n} of {chat}"}``: many texts, chat by chat in turn.
- ``{"generate": 60, "chats": 10, "steps": […]}``: the same dialog in that many chats.
"""

from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from tests.fakes.delivery import Updates
from tests.fakes.errors import JSON
from tests.fakes.person import Person, person_in
from tests.fakes.world import Chat, World

FIRST_CHAT = 1_000_001


@dataclass(slots=True)
class Dialog:
    """Steps that one person has still to make."""

    person: Person
    steps: deque[Any]
    replies: int
    missing: int = 0


@dataclass(slots=True)
class Scenario:
    """Plays lines and dialogs. Lives as long as its server.

    Attributes:
        injected: How many updates it made.
        finished: How many dialogs got their last reply.
        started: Monotonic time of the first update.
        ended: Monotonic time of the bot's latest message.

    """

    world: World = field(repr=False)
    updates: Updates = field(repr=False)
    injected: int = 0
    finished: int = 0
    started: float = 0.0
    ended: float = 0.0
    _dialogs: dict[int, Dialog] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.world.on_spoken.append(self._spoken)

    @property
    def told(self) -> JSON:
        return {
            "injected": self.injected,
            "finished": self.finished,
            "running": len(self._dialogs),
            "seconds": max(self.ended - self.started, 0.0) if self.started else 0.0,
        }

    def play(self, line: JSON) -> None:
        """Do what one line says."""
        if "generate" in line:
            self._generate(line)
        elif "update" in line:
            self._count()
            self.updates.inject_raw(line["update"])
            self.world.changed()
        elif "steps" in line:
            self._begin(line["chat_id"], line["steps"], line.get("replies", 1))
        else:
            self._step(self._person(line["chat_id"]), line.get("text") or {"tap": line["tap"]})

    def _generate(self, line: JSON) -> None:
        chats = line.get("chats", 1)
        for n in range(chats if "steps" in line else line["generate"]):
            chat_id = FIRST_CHAT + n % chats
            if "steps" in line:
                self._begin(chat_id, line["steps"], line.get("replies", 1))
            else:
                text = line.get("text", "message {n}").format(n=n, chat=chat_id)
                self._step(self._person(chat_id), text)

    def _begin(self, chat_id: int, steps: list[Any], replies: int) -> None:
        dialog = Dialog(self._person(chat_id), deque(steps), replies)
        self._dialogs[chat_id] = dialog
        self._next(dialog)

    def _person(self, chat_id: int) -> Person:
        return person_in(self.world, self.updates, chat_id, None, "Sam")

    def _next(self, dialog: Dialog) -> None:
        dialog.missing = dialog.replies
        self._step(dialog.person, dialog.steps.popleft())

    def _step(self, person: Person, step: Any) -> None:
        self._count()
        if isinstance(step, str):
            person.says(step)
        else:
            person.taps(step["tap"])

    def _count(self) -> None:
        self.injected += 1
        self.started = self.started or monotonic()

    def _spoken(self, chat: Chat) -> None:
        self.ended = monotonic()
        dialog = self._dialogs.get(chat.id)
        if dialog is None:
            return
        dialog.missing -= 1
        if dialog.missing > 0:
            return
        if dialog.steps:
            self._next(dialog)
        else:
            del self._dialogs[chat.id]
            self.finished += 1
