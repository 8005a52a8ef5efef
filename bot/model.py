"""The nouns of the shell: people, what they send, what they are sent."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "choice", "edited", "unheard", "left", "returned", "other", "timer", "entered"]
Op = Literal["send", "close", "answer", "pin", "leave", "scrub", "delete"]

Way = Literal["", "cheer", "short", "quiet"]  # how a person wants the bot to be there, "" for as usual
Compartment = Literal["self", "grief", "safety"]  # what is erased together

HELP, REPLY, CHECKIN = 0, 1, 2  # priorities: the lower goes first
CONSENT = 3  # version of the privacy text that people agree to


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something fetched from outside, not yet looked into. Lives until its row is committed.

    Attributes:
        channel: "telegram", "terminal" or "timer".
        key: Number that is the same when the same thing arrives again (Telegram's ``update_id``).
        address: The channel's name for the chat; "" where it could not be read.
        body: Raw bytes as they came.

    """

    channel: str
    key: int
    address: str = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """An inbox row that waits for its turn. Lives until ``finish`` or ``quarantine``."""

    id: int
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Press:
    """A tapped choice, as its button carried it."""

    flow: str
    step: str
    choice: str
    prompt: str


FORMAT = "1"  # of what a button carries: "1|flow|step|choice|prompt", at most 64 bytes (the checks see to it)
NOWHERE = Press("", "", "", "")


def read_press(data: str) -> Press:
    """Return what a button carries; ``NOWHERE`` for another format: such a button is stale."""
    match data.split("|"):
        case [version, flow, step, choice, prompt] if version == FORMAT:
            return Press(flow, step, choice, prompt)
    return NOWHERE


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a person did, in the bot's own words. Lives for one turn.

    Attributes:
        kind: ``unheard`` is a voice message, photo, sticker …; ``left`` and ``returned`` are blocking
            and unblocking the bot; ``other`` needs no answer; ``entered`` comes from those who write flows.
        text: What was typed, or "".
        press: For ``choice``.
        message: The channel's number of the message: the person's own, or the one with the button.
        question: For ``choice``: the text of the message that had the button, if the channel still knows it.
        timer: For ``timer``: key and generation.
        aside: For ``timer``: the talk that was put aside until now.
        compartment: For ``timer``: what that was sealed in.
        flow: For ``entered``: what is to begin; "" puts the open question again.
        due: For ``timer``: when it was due, Unix seconds.

    """

    kind: Kind
    text: str = field(default="", repr=False)
    press: Press | None = None
    message: int | None = None
    question: str = field(default="", repr=False)
    timer: tuple[str, int] | None = None
    aside: bytes = field(default=b"", repr=False)
    compartment: Compartment = "self"
    flow: str = ""
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class Outbound:
    """One operation that the channel is to carry out. Lives until done.

    Attributes:
        op: ``send`` a bubble; ``close`` an answered question (it shows what was chosen and loses its
            buttons; without a text it loses the buttons only); ``pin`` a bubble sent before; ``scrub`` the
            store after someone was erased, and send nothing that was promised before it; ``delete`` messages
            of both sides, and send nothing that was promised before it.
        text: Plain words; the channel alone adds markup. For ``close``: the new text, "" for none.
        choices: (label, data) pairs beneath the bubble, in order; data at most 64 bytes.
        keyboard: Show the four words that are always at hand (Help now, Less, More, Stop).
        bare: Take them away.
        pause: Seconds to seem to type before it; 0 for help.
        message: For ``close``, ``pin``: the channel's number of the message, if known.
        messages: For ``delete``: the numbers, the latest first.
        upto: For ``delete``: the inbox row up to which all of the last 48 hours are meant.
        target: For ``close``, ``pin``: the outbox id of the bubble, where ``message`` is not known.
        echo: The text holds words of the person's own: it cannot be forwarded or saved.
        veiled: Where in the text, as (start, end), such words stand that were kept on an earlier day.
        silent: Nobody is woken by it.
        media: ``flow/file`` of a picture, animation or sound that the text stands beneath, or "".
        kind: Which of the three.
        name: Of the document that comes with the text, or "".
        document: Its bytes.
        drawing: What a picture above the text is to be drawn from when it is sent; see ``bot.look``.

    """

    op: Op = "send"
    text: str = field(default="", repr=False)
    choices: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    keyboard: bool = False
    bare: bool = False
    pause: float = 0.0
    priority: int = REPLY
    message: int | None = None
    messages: tuple[int, ...] = ()
    upto: int | None = None
    target: int | None = None
    echo: bool = False
    veiled: tuple[tuple[int, int], ...] = ()
    silent: bool = False
    media: str = ""
    kind: str = ""
    name: str = ""
    document: bytes = field(default=b"", repr=False)
    drawing: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Promised:
    """An outbox row that waits to be sent. Lives until ``sent`` or ``dropped``.

    ``attempts`` counts the lives of the process that may have sent it before this one.
    ``not_before`` is a Unix time in seconds; 0 means now.
    """

    id: int
    channel: str
    address: str = field(repr=False)
    outbound: Outbound
    attempts: int = 0
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is to happen to a person; ``due`` is a Unix time in seconds."""

    key: str
    generation: int
    due: float
    compartment: Compartment
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the bot may speak. Tests use a fast one.

    Attributes:
        per_second: Sends over all chats (Telegram's FAQ: 30).
        per_chat: Seconds between two sends to one chat (Telegram's FAQ: 1).
        typing: Whether pauses before a bubble are kept.
        settle: Seconds a new process waits before it repeats a send that an earlier one may have
            made: a crash loop must not repeat one message each round.
        patience: Longest wait in seconds between tries when the other side fails.

    """

    per_second: float = 30.0
    per_chat: float = 1.0
    typing: bool = True
    settle: float = 2.0
    patience: float = 60.0


FAST = Pace(per_second=1e9, per_chat=0.0, typing=False, settle=0.05, patience=0.2)


@dataclass(slots=True)
class Lock:
    """A word before what shows everything or takes it away; see ``bot.lock``. Lives until the person takes it away.

    Attributes:
        word: Its salt and hash; "" for none.
        first: Those of a new word, until it is said a second time.
        hide: It comes before emptying the chat, too.
        spared: Whether the notes for bad hours open without it in danger: "yes", "no", "" for not asked yet.
        tries: Wrong ones in a row.

    """

    word: str = field(default="", repr=False)
    first: str = field(default="", repr=False)
    hide: bool = False
    spared: str = field(default="", repr=False)
    tries: int = 0
    rests_until: str = ""
    opened_at: str = ""


@dataclass(slots=True, repr=False)  # it tells of a person
class Plan:
    """When somebody wants to be asked how they are; see ``bot.checkins``. Lives as long as the person.

    Attributes:
        times: "09:00" on the person's own clock, in order; none: off.
        days: ISO weekdays.
        kinds: Of "day", "phrase", "minute", "evening": what comes, in turn.
        quiet: From when to when nothing comes by itself; equal times mean never.
        until: Paused until this local day begins, "" for not paused.
        sent: The local day on which each time last came.
        unanswered: How many in a row got no answer.
        fewer_asked: Whether the person was asked since if fewer would be better.
        named: A name, given for check-ins only.
        offered_at: When check-ins were offered.
        last: When the last one came.
        said: How it was the last time: "good", "ok", "hard", "none", "" for not said yet.

    """

    times: list[str] = field(default_factory=list)
    days: str = "1234567"
    kinds: list[str] = field(default_factory=lambda: ["day"])
    quiet: list[str] = field(default_factory=lambda: ["22:00", "08:00"])
    until: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    fewer_asked: bool = False
    named: str = field(default="", repr=False)
    offered_at: str = ""
    last: str = ""
    said: str = field(default="", repr=False)


@dataclass(slots=True, repr=False)
class Today:
    """What was done on one day of a person's own. It counts for that day alone; see ``bot.dose``.

    Attributes:
        day: ISO, "" before the first.
        practices: How many came to their end.
        thoughts: Keyed hashes of thoughts that were looked at, eight hex digits each.

    """

    day: str = ""
    practices: int = 0
    thoughts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """Someone we talk to, by a random id. Lives until they say "forget me".

    All of it is sealed at rest. A moment is an ISO string in UTC, "" where it never happened.

    Attributes:
        id: Random; no chat id, no name.
        consent: Version of the privacy text that they agreed to; 0 before.
        declined: Version of a later text that they said no to; 0 if none.
        variables: What flows remember: ``country``, ``direction`` …
        kept_at: When those of them were kept that outlive a talk.
        seen: Hashes of lines said, four bytes each, latest last.
        once: The same, of lines that are said one time only.
        today: How many practices there were on their present day, and which thoughts were looked at.

    """

    id: str
    consent: int = 0
    consented_at: str = ""
    adult: bool = False
    warmth: str = "plain"
    way: Way = ""
    locale: str = ""
    country: str = ""
    risk: str = ""
    risk_at: str = ""
    last_seen: str = ""
    introduced: str = ""
    paused: bool = False
    variables: dict[str, str] = field(default_factory=dict, repr=False)
    seen: bytes = b""
    once: bytes = b""
    declined: int = 0
    kept_at: dict[str, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    checkins: Plan = field(default_factory=Plan)
    today: Today = field(default_factory=Today)

    def __repr__(self) -> str:  # country and risk tell of a person too
        return f"Person({self.id})"

    @property
    def quiet(self) -> bool:
        """Whether they asked the bot to be there without questions."""
        return self.way == "quiet"

    @property
    def agreed(self) -> bool:
        """Whether what they ask to keep may be kept; an older yes holds until a no to a newer text."""
        return self.consent > self.declined

    @property
    def outdated(self) -> bool:
        """Whether the privacy text has changed since they agreed to it."""
        return 0 < self.consent < CONSENT
