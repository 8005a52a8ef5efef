"""A person's place in a talk, as JSON."""

from copy import copy

import msgspec

from flows.limits import TRAIL


class Answered(msgspec.Struct, array_like=True, frozen=True):
    """A question that was answered.

    Attributes:
        before: What the answer replaced; None for "there was none".
        by: The trigger that led on: a choice, typed words, a skip.
        also: What the steps on the way to the next question replaced.

    """

    step: str
    before: dict[str, str | None]
    by: str = ""
    also: dict[str, str | None] = {}

    def with_replaced(self, values: dict[str, str | None]) -> "Answered":
        """Return it with what a step on the way replaced; what was there first counts."""
        return Answered(self.step, self.before, self.by, {**values, **self.also})

    def __repr__(self) -> str:  # without what was said
        return f"Answered({self.step}, {self.by})"


class Ahead(msgspec.Struct, array_like=True, frozen=True):
    """An answer that is to be given again by itself."""

    flow: str
    step: str
    answers: dict[str, str]
    by: str

    def __repr__(self) -> str:  # without what was said
        return f"Ahead({self.step}, {self.by})"


class Frame(msgspec.Struct, array_like=True):
    """A place in one flow.

    Attributes:
        hash, step_hash: What the flow and the step were when the person came here.
        answers: What was said in this flow; never kept beyond it unless a step says so.
        trail: Earlier questions of this flow, latest last.
        done: Something was done here that "back" does not undo.
        over: Laid over another talk, which goes on when this one ends.

    """

    flow: str
    hash: str = ""
    step: str = ""
    step_hash: str = ""
    answers: dict[str, str] = {}
    trail: list[Answered] = []
    over: bool = False
    done: bool = False

    def copy(self) -> "Frame":
        """Return a frame that can change without changing this one."""
        copied = copy(self)
        copied.answers, copied.trail = dict(self.answers), list(self.trail)
        return copied

    def __repr__(self) -> str:  # without what was said
        return f"Frame({self.flow}/{self.step}{', over' * self.over}{', done' * self.done})"


class Session(msgspec.Struct, omit_defaults=True):
    """The stack of flows a person is in, innermost last. Lives from begin to the end of the talk.

    Attributes:
        prompt: Mark of the question that waits; a button with another mark is stale.
        generation: Counts waits, so that an old one is not taken for the present one.
        touched: When the latest turn was, in Unix seconds.
        misses: Answers in a row that were not understood.
        answered: Mark of the question whose button was pressed last: a second press of it is a double tap.
        unanswered: Nothing was said yet since the person's latest word: an action is under way.
        picking: The earlier answers are on offer, one of them to be changed.
        ahead: While an answer is changed: the later ones in order, to be given again by themselves as long
            as the same questions come.

    """

    frames: list[Frame]
    prompt: str = ""
    generation: int = 0
    misses: int = 0
    answered: str = ""
    unanswered: bool = False
    picking: bool = False
    touched: int = 0
    ahead: list[Ahead] = []

    def copy(self) -> "Session":
        """Return a session that can change without changing this one."""
        copied = copy(self)
        copied.frames, copied.ahead = [frame.copy() for frame in self.frames], list(self.ahead)
        return copied

    def to_json(self) -> bytes:
        """Return the session as it is stored."""
        return _encode(self)

    def forget(self) -> None:
        """Let go of all that the person said; their place stays."""
        for frame in self.frames:
            frame.answers.clear()
            frame.trail.clear()
        self.ahead.clear()
        self.picking = False  # no answer is left to be changed

    def shorten(self) -> None:
        """Keep the latest answers for "back", over all flows; the oldest are forgotten first."""
        over = sum(len(frame.trail) for frame in self.frames) - TRAIL
        for frame in self.frames:
            cut = max(0, min(over, len(frame.trail)))
            del frame.trail[:cut]
            over -= cut

    def __repr__(self) -> str:  # without what was said
        return f"Session({self.frames}, {self.prompt})"

    @property
    def letters(self) -> int:
        """How many characters of the person's own words it holds; what several flows hold counts once."""
        held = {value for frame in self.frames for value in frame.answers.values()}
        held |= {value for later in self.ahead for value in later.answers.values()}
        for frame in self.frames:
            for old in frame.trail:
                held.update(value for value in (*old.before.values(), *old.also.values()) if value)
        return sum(map(len, held))

    @property
    def base(self) -> int:
        """Place of the first frame of the talk on top; what is beneath it was laid over."""
        return max((place for place, frame in enumerate(self.frames) if frame.over), default=0)

    @property
    def top(self) -> Frame:
        """The frame the person is in."""
        return self.frames[-1]


def from_json(body: bytes) -> Session:
    """Return a stored session."""
    return _decoder.decode(body)


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Session)
