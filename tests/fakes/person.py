"""Someone with a telephone: what they do, and what they see."""

import asyncio
import re
import time
from dataclasses import dataclass, field

from tests.fakes import updates as build
from tests.fakes.delivery import Updates
from tests.fakes.errors import JSON
from tests.fakes.world import BOT_ID, Chat, Kind, Press, World


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it looks on a screen.

    ``kind`` is "text", or what else it holds: "photo", "voice" … ``buttons`` are labels, by row.
    """

    id: int
    bot: bool
    kind: str
    text: str
    buttons: tuple[tuple[str, ...], ...]
    edited: bool
    raw: JSON = field(repr=False, compare=False)

    @property
    def labels(self) -> list[str]:
        return [label for row in self.buttons for label in row]

    def __str__(self) -> str:
        said = self.text if self.kind == "text" else f"({self.kind}) {self.text}".rstrip()
        rows = ["     " + " ".join(f"[{label}]" for label in row) for row in self.buttons]
        return "\n".join([("bot: " if self.bot else "you: ") + said, *rows])


@dataclass(frozen=True, slots=True)
class Screen:
    """What a chat looks like now. ``keyboard`` is the reply keyboard, by row."""

    bubbles: tuple[Bubble, ...]
    keyboard: tuple[tuple[str, ...], ...]
    pins: tuple[int, ...]
    deleted: tuple[int, ...]

    @property
    def last(self) -> Bubble:
        return self.bubbles[-1]

    @property
    def labels(self) -> list[str]:
        """Every inline button that can be tapped now."""
        return [label for bubble in self.bubbles for label in bubble.labels]

    def __str__(self) -> str:
        return "\n".join(map(str, self.bubbles))


@dataclass(slots=True)
class Person:
    """A user in one chat. Everything they do becomes an update at once."""

    world: World = field(repr=False)
    updates: Updates = field(repr=False)
    chat: Chat
    user: JSON
    _heard: int = 0

    # --- what they do -------------------------------------------------------------------

    def says(self, text: str, **more: object) -> JSON:
        """Send a text; it is passed on exactly as given."""
        entities = build.commands_in(text)
        return self.sends(text=text, **({"entities": entities} if entities else {}), **more)

    def sends(self, **content: object) -> JSON:
        """Send a message with any content."""
        message = build.message(self.world.next_id(), self.chat.header, self.user, **content)
        self.chat.messages[message["message_id"]] = message
        self._inject("message", message)
        return message

    def sends_voice(self) -> JSON:
        return self.sends(**build.voice(self.world.last_id))

    def sends_photo(self, caption: str = "") -> JSON:
        return self.sends(**build.photo(self.world.last_id), **({"caption": caption} if caption else {}))

    def sends_sticker(self) -> JSON:
        return self.sends(**build.sticker(self.world.last_id))

    def sends_video(self) -> JSON:
        return self.sends(**build.video(self.world.last_id))

    def edits(self, message: JSON, text: str) -> JSON:
        """Change a text sent before."""
        message |= {"text": text, "edit_date": int(time.time())}
        message.pop("entities", None)
        self._inject("edited_message", message)
        return message

    def taps(self, label: str) -> str:
        """Tap the newest button with this label; one on the reply keyboard says its label.

        Returns:
            The callback query's id, or "" for a button of the reply keyboard.

        """
        for message in reversed(self.chat.messages.values()):
            for button in _buttons(message):
                if button["text"] == label and "callback_data" in button:
                    return self.presses(message, button["callback_data"])
        if any(label in row for row in self.chat.keyboard or ()):
            self.says(label)
            return ""
        raise LookupError(f"no button {label!r}; there are {self.screen().labels} and {self.chat.keyboard}")

    def presses(self, message: JSON, data: str, *, reachable: bool = True) -> str:
        """Press a button by its data, also one that is gone (an old screen, a second tap).

        A message out of reach comes without its text, as Telegram sends very old ones.
        """
        if not reachable:
            message = {"message_id": message["message_id"], "chat": self.chat.header, "date": 0}
        query_id = str(4_000_000_000 + len(self.world.presses))
        self.world.presses[query_id] = Press(time.monotonic())
        self._inject("callback_query", build.press(query_id, self.user, message, data))
        return query_id

    def blocks(self) -> None:
        """Block the bot: from now on it is refused with 403."""
        self.chat.blocked = True
        self._joins("member", "kicked")

    def unblocks(self) -> None:
        self.chat.blocked = False
        self._joins("kicked", "member")

    def adds_bot(self) -> None:
        """Take the bot into this group."""
        self.chat.left = False
        self._joins("left", "member")

    def removes_bot(self) -> None:
        """Throw the bot out of this group."""
        self.chat.left = True
        self._joins("member", "kicked")

    def _joins(self, before: str, after: str) -> None:
        change = build.membership(self.chat.header, self.user, self.world.bot, before, after)
        self._inject("my_chat_member", change)

    def _inject(self, kind: str, body: JSON) -> None:
        self.updates.inject(kind, body)
        self.world.changed()

    # --- what they see ------------------------------------------------------------------

    async def hears(self, n: int = 1, timeout: float = 5.0) -> list[Bubble]:
        """Return the next ``n`` messages that the bot sends, as they were when sent.

        Raises:
            TimeoutError: If fewer come in ``timeout`` seconds.

        """
        await self._wait(lambda: len(self.chat.spoken) >= self._heard + n, timeout, f"{n} messages")
        heard = self.chat.spoken[self._heard : self._heard + n]
        self._heard += n
        return [_bubble(message) for message in heard]

    async def sees(self, text: str, timeout: float = 5.0) -> Screen:
        """Wait until a text stands somewhere on the screen, sent or edited; return the screen."""
        await self._wait(
            lambda: any(text in b.text or text in b.labels for b in self.screen().bubbles), timeout, "a text"
        )
        return self.screen()

    @property
    def unheard(self) -> int:
        """How many messages have come that ``hears`` has not returned."""
        return len(self.chat.spoken) - self._heard

    def screen(self) -> Screen:
        chat = self.chat
        bubbles = tuple(_bubble(message) for message in chat.messages.values())
        keyboard = tuple(map(tuple, chat.keyboard or ()))
        return Screen(bubbles, keyboard, tuple(chat.pins), tuple(chat.deleted))

    def answer_to(self, query_id: str) -> JSON | None:
        """Return how a press was answered, None if not yet."""
        return self.world.presses[query_id].answer

    async def _wait(self, ready: object, timeout: float, what: str) -> None:
        try:
            async with asyncio.timeout(timeout):
                while not ready():  # type: ignore[operator]
                    await self.world.change()
        except TimeoutError:
            raise TimeoutError(f"waited {timeout} s for {what}; {self.unheard} unheard") from None


def person_in(world: World, updates: Updates, chat_id: int, user_id: int | None, name: str) -> Person:
    """Return someone in a chat, which is opened by that; they have heard what was said before."""
    kind: Kind = "private" if chat_id > 0 else "supergroup" if chat_id < -(10**12) else "group"
    chat = world.chat(chat_id, kind, name if kind == "private" else "")
    number = user_id if user_id is not None else abs(chat_id) % 10**12
    return Person(world, updates, chat, build.user(number, name), len(chat.spoken))


def _buttons(message: JSON) -> list[JSON]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


MEDIA = re.compile(
    r"voice|audio|animation|photo|sticker|video|video_note|document|location|contact|poll|pinned_.*"
)


def _bubble(message: JSON) -> Bubble:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Bubble(
        message["message_id"],
        message["from"]["id"] == BOT_ID,
        "text" if "text" in message else next(filter(MEDIA.fullmatch, message), "other"),
        message.get("text") or message.get("caption") or "",
        tuple(tuple(button["text"] for button in row) for row in rows),
        "edit_date" in message,
        message,
    )
