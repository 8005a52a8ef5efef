"""What goes into one turn of a dialog, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from flows.model import MediaKind

Warmth = Literal["plain", "warm", "tender"]
WARMTHS: tuple[Warmth, ...] = ("plain", "warm", "tender")
Risk = Literal["none", "ask", "crisis"]
Spans = tuple[tuple[int, int], ...]  # from and to, in characters


# --- inputs: what a person, a clock or an action brings ---------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Words that the person typed."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice that the person tapped.

    ``prompt`` is the mark of the question that showed it; None skips the check for staleness.
    """

    choice: str
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """The person wants the question before this one."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The person wants to leave this question out."""


@dataclass(frozen=True, slots=True)
class Correct:
    """The person wants to change an earlier answer of this flow."""


@dataclass(frozen=True, slots=True)
class Less:
    """A bit less warmth, here and from now on."""


@dataclass(frozen=True, slots=True)
class More:
    """A bit more warmth, here and from now on."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The wait of the present step is over; ``generation`` says which wait."""

    generation: int


@dataclass(frozen=True, slots=True)
class Done:
    """What a named action found; strings, ready to be shown or matched."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Show the present question again: after a restart, a digression, or a stale button."""


Input = Text | Chosen | Back | Skip | Correct | Less | More | TimedOut | Done | Repeat


# --- facts: what the engine may know ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """What the shell made of a text before the engine saw it.

    ``risk`` is about the person's own safety or somebody's near them. ``door`` names the kind of risk
    (see docs/safety/protocol.md); ``begun`` says that it has begun, or will happen now, ``sure`` that more than
    one sign says so. ``intent`` is one of crisis, self_criticism, grief, stop, distress, neutral; ``topic`` is
    finer. ``beside`` are things said in a talk about danger ("she's calling"), whatever else was heard. Flows match
    all of these with ``heard:``.
    """

    risk: Risk = "none"
    door: str = ""
    intent: str = "neutral"
    topic: str = ""
    lang: str = "en"
    begun: bool = False
    sure: bool = True
    beside: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Every name that ``heard:`` may match; ``grave``: danger of life, and not by a guess."""
        grave = {"grave"} if self.risk == "crisis" and self.sure else set()
        return self.beside | {self.intent, self.topic} | grave


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true at this turn; lives for one turn.

    Attributes:
        now: An aware moment. Guards read the hour in the zone that it carries.
        seed: Decides between wordings never seen before; same seed, same turn.
        variables: What is remembered of the person, as strings (``country``, ``direction`` …).
        seen: Hashes of lines already said, four bytes each, the latest last.
        quiet, cheer: How the person wants the bot to be there: without questions, or cheering them on.
        past: Those of the variables that were kept on an earlier day.
        home: The flow where everything can begin anew.

    """

    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    seed: int = 0
    locale: str = "en"
    warmth: Warmth = "plain"
    quiet: bool = False
    cheer: bool = False
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    seen: bytes = b""
    past: frozenset[str] = frozenset()
    heard: Heard = Heard()
    home: str = "menu"


# --- effects: what the shell is asked to do ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """One choice as it is shown."""

    id: str
    label: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Say:
    """One bubble.

    Attributes:
        id: Text id, ``flow/step/slot/form.ordinal``.
        text: The words, plain, with values filled in; no markup.
        offers: Choices shown beneath it; only the last bubble of a turn has some.
        flow, step, prompt: Where the offers belong; ``prompt`` is new for each question.
        urgent: No typing pause, ahead of everything.
        echo: It holds words that the person typed themself.
        past: Where in the text, as (start, end), such words stand that were kept on an earlier day.

    """

    id: str
    text: str = field(repr=False)
    offers: tuple[Offer, ...] = ()
    flow: str = ""
    step: str = ""
    prompt: str = ""
    urgent: bool = False
    echo: bool = False
    past: Spans = ()


@dataclass(frozen=True, slots=True)
class Show:
    """A picture, animation or sound, with the same thing in words.

    ``media`` is ``flow/file``; the content knows where that lies. ``echo`` and ``past`` are as in ``Say``.
    """

    media: str
    text: str = field(repr=False)
    kind: MediaKind = "picture"
    urgent: bool = False
    echo: bool = False
    past: Spans = ()


@dataclass(frozen=True, slots=True)
class Do:
    """A named action of the shell. The engine waits for ``Done``; nothing follows in this turn.

    ``values`` are what the step hands over with ``with``; ``answers`` are the flow's.
    """

    action: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Keep:
    """Remember these words of the person beyond the dialog; they said so.

    A ``variable`` takes the place of what was known under its name; other kinds are collected.
    """

    kind: str
    text: str = field(repr=False)
    variable: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Send ``TimedOut(generation)`` in so many seconds, unless the person moves on first.

    With ``aside`` the talk itself was put aside: give it back to ``take_up`` then, and let the person talk of
    other things meanwhile. ``key`` names the place; a second wait there takes the place of the first.
    """

    seconds: int
    generation: int
    key: str = ""
    aside: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """This wording was said; ``line`` is the hash of its English, four bytes.

    ``once`` asks to remember it for ever.
    """

    line: bytes
    once: bool = False


Effect = Say | Show | Do | Keep | Wait | Seen
