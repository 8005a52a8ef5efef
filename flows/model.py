"""What an author wrote, as data. All of it lives as long as the process."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

END = "end"
LEAVE = "flow:"  # a target that begins with this leaves the flow for another
OVER = "over:"  # one that begins with this lays a flow over the talk; then the question comes again

Type = Literal["text", "number", "date", "time"]
Life = Literal["turn", "flow", "kept"]
MediaKind = Literal["picture", "animation", "sound"]


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say a line.

    Attributes:
        id: Text id, ``flow/step/slot/form.ordinal``.
        text: The English, with ``{names}``.
        mark: Hash of the English, four bytes: how a person's reading is remembered.
        row: Where it stands in its file, 0 where that is not known.

    """

    id: str
    text: str
    mark: bytes
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One bubble: wordings for each form; ``plain`` is always there.

    Attributes:
        once: Said to a person one time only, ever.
        use: Name of a shared line that stands here, until fragments are put in; then "".

    """

    forms: Mapping[str, tuple[Wording, ...]]
    row: int
    once: bool = False
    use: str = ""

    @property
    def varied(self) -> bool:
        """Whether a form has several wordings, so that it counts which one was read."""
        return any(len(form) > 1 for form in self.forms.values())

    @property
    def wordings(self) -> Iterator[Wording]:
        """Every way to say it, in every form."""
        for several in self.forms.values():
            yield from several


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when all of its parts do.

    Attributes:
        answers: (name, allowed) pairs; allowed are values, ``given``, ``missing`` or ``low..high``.
        heard: Intents or topics, any of them.
        guard: A name of ``flows.guards``, or "".
        open: A practice that is not shut to the person now, or "".
        shut: What shuts that practice, any of it; put in when the content is compiled.

    """

    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    heard: tuple[str, ...] = ()
    guard: str = ""
    open: str = ""
    shut: "tuple[Condition, ...]" = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a step goes on if a condition holds."""

    condition: Condition
    to: str
    row: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a person may tap or type.

    ``use`` names shared choices that stand here, until fragments are put in; then "".
    """

    id: str
    label: Wording
    to: str
    row: int
    when: Condition | None = None
    sets: Mapping[str, str] = field(default_factory=dict)
    use: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a flow remembers under a name.

    Attributes:
        type: How typed words are read; ``text`` takes them as they are.
        lives: ``turn``: until the next question is answered; ``flow``: until the flow ends; ``kept``:
            beyond it, among what is known of the person, if they agreed to that.

    """

    type: Type = "text"
    lives: Life = "flow"
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that is answered by typing.

    Attributes:
        type: What an answer must be.
        number: The lowest and the highest it may be; they become buttons.
        longest: Characters of an answer; 0 for no limit of its own.
        retry: Said in place of the bot's own sentence when an answer does not fit.
        bare: No buttons, not even Skip; "skip" can still be typed.

    """

    name: str
    number: tuple[int, int] | None = None
    bare: bool = False
    type: Type = "text"
    longest: int = 0
    retry: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class After:
    """Going on by itself: after a time, or at a moment on the person's own clock.

    Attributes:
        seconds: The parts of the time that are always as long.
        days, months: The parts that follow the calendar.
        at: Wall-clock time of that day, "" for the time it is now.
        until: Name of an answer that holds a date; it takes the place of days and months.

    """

    seconds: int
    to: str
    days: int = 0
    months: int = 0
    at: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, animation or sound, with the same thing in words.

    ``file`` lies in the flow's folder; ``name`` is ``flow/file``.
    """

    kind: MediaKind
    name: str
    text: Line
    row: int


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
    show: Media | None = None
    delicate: bool = False
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether a person or a clock moves on from here."""
        return bool(self.choices or self.offers or self.ask or self.after)

    @property
    def passes(self) -> bool:
        """Whether it leads on at once, having spoken."""
        return not (self.waits or self.do or self.call)

    @property
    def rests(self) -> bool:
        """Whether only a clock moves on from here: nothing is asked."""
        return bool(self.after) and not (self.choices or self.offers or self.ask)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every bubble of the step, what is shown and said again among them."""
        shown = (self.show.text,) if self.show else ()
        return (*self.say, *shown, *(self.ask.retry if self.ask else ()))

    @property
    def targets(self) -> list[tuple[str, int]]:
        """Every place this step may lead to, with the row that says so."""
        found = [(branch.to, branch.row) for branch in self.when]
        found += [(choice.to, choice.row) for choice in self.choices]
        by_key = {"to": self.to, "skip": self.skip, "after": self.after.to if self.after else ""}
        found += [(to, self.rows.get(key, self.row)) for key, to in by_key.items()]
        return [(to, row) for to, row in found if to]


@dataclass(frozen=True, slots=True)
class Review:
    """Who has answered for a flow's words.

    ``words`` is the hash of the words that they read: "" where the sign-off does not say.
    """

    by: str
    role: str
    date: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.by}, {self.role}, {self.date}"


@dataclass(frozen=True, slots=True)
class Renamed:
    """Old names of what people may still stand on or have answered."""

    flow: tuple[str, ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """A short talk about one thing.

    Attributes:
        open_in: Of a practice: levels of danger in which it stays open; in the others it is closed.
        uses: Of a practice: what it works with, so that it can be closed to those whom that would stir up.
        on_change: Where people go whose step is gone: a step, ``end``, or "" for the place that is always safe.
        lines, choices: Fragments that other flows share; of flows of the kind ``lines`` alone.
        words: Hash of all that it says.
        hidden: Of a practice: it is closed to everybody, since nobody has signed it off and that is asked for.

    """

    id: str
    path: str
    hash: str
    start: str
    steps: Mapping[str, Step]
    title: str = ""
    kind: str = "talk"
    minutes: int = 0
    outward: bool = False
    open_in: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    urgent: bool = False
    delicate: bool = False
    sources: tuple[str, ...] = ()
    review: Review | None = None
    takes: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    renamed: Renamed = Renamed()
    on_change: str = ""
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    words: str = ""
    hidden: bool = False
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def signed_off(self) -> bool:
        """Whether a named reviewer answers for the words as they are."""
        return self.review is not None and self.review.words in ("", self.words)

    @property
    def texts(self) -> Iterator[tuple[int, Wording]]:
        """Every text of the flow with its row: bubbles and labels, in the order they were written."""
        for line in self.bubbles:
            yield from ((line.row, wording) for wording in line.wordings)
        for choice in self.labels:
            yield choice.row, choice.label

    @property
    def bubbles(self) -> Iterator[Line]:
        """Every bubble of the flow."""
        for step in self.steps.values():
            yield from step.lines
        for several in self.lines.values():
            yield from several

    @property
    def labels(self) -> Iterator[Choice]:
        """Every choice of the flow."""
        for step in self.steps.values():
            yield from step.choices
        for several in self.choices.values():
            yield from several
