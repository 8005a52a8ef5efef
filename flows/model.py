"""What an author wrote, as data. All of it lives as long as the process."""

from collections.abc import Mapping
from dataclasses import dataclass, field

END = "end"
LEAVE = "flow:"  # a target that begins with this leaves the flow for another


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say a line.

    Attributes:
        id: Text id, ``flow/step/slot/form.ordinal``.
        text: The English, with ``{names}``.
        mark: Hash of the English, four bytes: how a person's reading is remembered.

    """

    id: str
    text: str
    mark: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One bubble: wordings for each form; ``plain`` is always there."""

    forms: Mapping[str, tuple[Wording, ...]]
    row: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when all of its parts do.

    Attributes:
        answers: (name, allowed) pairs; allowed are values, ``given``, ``missing`` or ``low..high``.
        heard: Intents or topics, any of them.
        guard: A name of ``flows.guards``, or "".

    """

    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    heard: tuple[str, ...] = ()
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a step goes on if a condition holds."""

    condition: Condition
    to: str
    row: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a person may tap or type."""

    id: str
    label: Wording
    to: str
    row: int
    when: Condition | None = None
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that is answered by typing.

    Attributes:
        number: The lowest and the highest it may be; they become buttons.
        bare: No buttons, not even Skip; "skip" can still be typed.

    """

    name: str
    number: tuple[int, int] | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """Going on by itself."""

    seconds: int
    to: str


@dataclass(frozen=True, slots=True)
class Action:
    """A named action of the shell, with what the step hands to it (templates)."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One place in a flow. ``to`` is "" where only choices or branches lead on."""

    id: str
    row: int
    hash: str
    say: tuple[Line, ...] = ()
    choices: tuple[Choice, ...] = ()
    offers: str = ""
    ask: Ask | None = None
    to: str = ""
    skip: str = ""
    when: tuple[Branch, ...] = ()
    after: After | None = None
    call: str = ""
    do: Action | None = None
    keep: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether a person or a clock moves on from here."""
        return bool(self.choices or self.offers or self.ask or self.after)

    @property
    def targets(self) -> list[tuple[str, int]]:
        """Every place this step may lead to, with the row that says so."""
        found = [(branch.to, branch.row) for branch in self.when]
        found += [(choice.to, choice.row) for choice in self.choices]
        by_key = {"to": self.to, "skip": self.skip, "after": self.after.to if self.after else ""}
        found += [(to, self.rows.get(key, self.row)) for key, to in by_key.items()]
        return [(to, row) for to, row in found if to]


@dataclass(frozen=True, slots=True)
class Flow:
    """A short talk about one thing."""

    id: str
    path: str
    hash: str
    start: str
    steps: Mapping[str, Step]
    title: str = ""
    kind: str = "talk"
    minutes: int = 0
    outward: bool = False
    urgent: bool = False
    delicate: bool = False
    sources: tuple[str, ...] = ()
    reviewer: str = ""
    takes: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
