"""What Telegram knows: chats, their messages, the bot itself."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.errors import JSON, Refusal, bad_request, forbidden
from tests.fakes.journal import Journal

Kind = Literal["private", "group", "supergroup"]
TOKEN = "42:FAKE-token-for-tests-on-loopback-only-00"
BOT_ID = 42
PRESS_LIFE = 150.0  # seconds in which a press can be answered; measured on the official server


@dataclass(slots=True)
class Chat:
    """One chat, as the server and its people see it.

    Attributes:
        header: The ``Chat`` object that each of its messages carries.
        messages: What is in it now, by id.
        spoken: Every message of the bot, as it was when sent.
        keyboard: Labels of the reply keyboard on the screen, by row; None where there is none.
        actions: Chat actions ("typing") in the order they came.

    """

    header: JSON
    messages: dict[int, JSON] = field(default_factory=dict, repr=False)
    spoken: list[JSON] = field(default_factory=list, repr=False)
    deleted: list[int] = field(default_factory=list)
    pins: list[int] = field(default_factory=list)
    keyboard: list[list[str]] | None = None
    actions: list[str] = field(default_factory=list)
    blocked: bool = False
    left: bool = False

    @property
    def id(self) -> int:
        return int(self.header["id"])

    @property
    def private(self) -> bool:
        return bool(self.header["type"] == "private")


@dataclass(slots=True)
class Press:
    """A tap on a button that waits for ``answerCallbackQuery``."""

    at: float
    answer: JSON | None = None


@dataclass(slots=True)
class World:
    """Everything but the network.

    Attributes:
        open: Whether a chat that nobody has opened may be written to (the real server says 400).
        presses: By callback query id.
        profile: Descriptions, names and commands, by (what, language, scope).
        files: Ids of files that the server has handed out.
        on_spoken: Called after each message of the bot.

    """

    open: bool = True
    username: str = "befriend_test_bot"
    journal: Journal = field(default_factory=Journal)
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    profile: dict[tuple[str, str, str], object] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    bot: JSON = field(init=False)
    on_spoken: list[Callable[[Chat], None]] = field(default_factory=list, repr=False)
    last_id: int = 0
    _watchers: list[asyncio.Future[None]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.bot = {
            "id": BOT_ID, "is_bot": True, "first_name": "Befriend", "username": self.username,
        }  # fmt: skip

    def chat(self, chat_id: int, kind: Kind = "private", name: str = "") -> Chat:
        """Return a chat; it is opened if nobody has been there."""
        chat = self.chats.get(chat_id)
        if chat is None:
            named = {"first_name": name or "Sam"} if kind == "private" else {"title": name or "A group"}
            chat = self.chats[chat_id] = Chat({"id": chat_id, "type": kind, **named})
        return chat

    def chat_for(self, params: JSON) -> Chat:
        """Return the chat that the bot may write to, or refuse as Telegram does."""
        chat_id = params.get("chat_id")
        if not isinstance(chat_id, int):
            raise bad_request("chat_id is empty" if not chat_id else "chat not found")
        chat = self.chats.get(chat_id)
        if chat is None:
            if not self.open:
                raise bad_request("chat not found")
            return self.chat(chat_id, "private" if chat_id > 0 else "group")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.left:
            raise forbidden(f"bot is not a member of the {chat.header['type']} chat")
        return chat

    def next_id(self) -> int:
        """Return a message id; private chats of one bot share one sequence."""
        self.last_id += 1
        return self.last_id

    def speak(self, chat: Chat, content: JSON, text: str) -> JSON:
        """Put a message of the bot into a chat."""
        message = {
            "message_id": self.next_id(), "from": self.bot, "chat": chat.header,
            "date": int(time.time()), **content,
        }  # fmt: skip
        chat.messages[self.last_id] = message
        if self.journal.keep:
            chat.spoken.append(message.copy())
        self.journal.note_sent(chat.id, text)
        for hook in self.on_spoken:
            hook(chat)
        return message

    def find(self, params: JSON, purpose: str) -> tuple[Chat, JSON]:
        """Return a message of a chat; ``purpose`` stands in the official error."""
        chat = self.chat_for(params)
        message = chat.messages.get(params.get("message_id", 0))
        if message is None:
            raise bad_request(f"message to {purpose} not found")
        return chat, message

    def own(self, params: JSON) -> tuple[Chat, JSON]:
        """Return a message that the bot may edit."""
        chat, message = self.find(params, "edit")
        if message["from"]["id"] != BOT_ID:
            raise bad_request("message can't be edited")
        return chat, message

    def press_for(self, query_id: str) -> Press:
        """Return a press that has not been answered and is young enough."""
        press = self.presses.get(query_id)
        if press is None or press.answer is not None or time.monotonic() - press.at > PRESS_LIFE:
            raise Refusal(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        return press

    def remove(self, chat: Chat, ids: Iterable[int]) -> int:
        """Delete messages; return how many there were."""
        gone = [each for each in ids if chat.messages.pop(each, None)]
        chat.deleted.extend(gone)
        chat.pins = [each for each in chat.pins if each not in gone]
        return len(gone)

    def changed(self) -> None:
        """Wake those who wait for something to happen."""
        if self._watchers:
            watchers, self._watchers = self._watchers, []
            for watcher in watchers:
                if not watcher.done():
                    watcher.set_result(None)

    async def change(self) -> None:
        """Wait for the next thing that happens."""
        watcher = asyncio.get_running_loop().create_future()
        self._watchers.append(watcher)
        await watcher
