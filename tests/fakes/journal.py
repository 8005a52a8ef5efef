"""Remembers every call that the bot made."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from time import monotonic

from tests.fakes.errors import JSON


@dataclass(slots=True)
class Call:
    """One call as it arrived. ``status`` is 0 until it is answered; ``at`` is monotonic, in seconds."""

    method: str
    params: JSON = field(repr=False)
    at: float
    status: int = 0

    @property
    def chat(self) -> int | None:
        return self.params.get("chat_id")


@dataclass(slots=True)
class Journal:
    """All calls, and what was sent to whom how often.

    Attributes:
        keep: Whether calls are kept; counters always are.
        methods: How often each method was called.
        sent: For each chat: how often each text was really sent.

    """

    keep: bool = True
    calls: list[Call] = field(default_factory=list)
    methods: Counter[str] = field(default_factory=Counter)
    sent: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sends: int = 0

    def note(self, method: str, params: JSON) -> Call:
        call = Call(method, params, monotonic())
        self.methods[method] += 1
        if self.keep:
            self.calls.append(call)
        return call

    def note_sent(self, chat: int, text: str) -> None:
        self.sends += 1
        self.sent[chat][text] += 1

    def of(self, method: str, chat: int | None = None) -> list[Call]:
        """Return the calls of one method, in order, of one chat if named."""
        wanted = method.lower()
        return [
            call
            for call in self.calls
            if call.method.lower() == wanted and (chat is None or call.chat == chat)
        ]
