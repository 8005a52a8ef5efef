"""A person's place in a talk, as JSON."""

from dataclasses import dataclass, field, replace

import msgspec


@dataclass(slots=True)
class Frame:
    """A place in one flow.

    Attributes:
        hash, step_hash: What the flow and the step were when the person came here.
        answers: What was said in this flow; never kept beyond it unless a step says so.
        trail: Earlier questions of this flow, latest last: (step, answers as they were then, where they
            changed since; None for "there was none").
        done: Something was done here that "back" does not undo.
        over: Laid over another talk, which goes on when this one ends.

    """

    flow: str
    hash: str = ""
    step: str = ""
    step_hash: str = ""
    answers: dict[str, str] = field(default_factory=dict, repr=False)
    trail: list[tuple[str, dict[str, str | None]]] = field(default_factory=list, repr=False)
    over: bool = False
    done: bool = False

    def copy(self) -> "Frame":
        """Return a frame that can change without changing this one."""
        return replace(self, answers=dict(self.answers), trail=list(self.trail))


@dataclass(slots=True)
class Session:
    """The stack of flows a person is in, innermost last. Lives from begin to the end of the talk.

    Attributes:
        prompt: Mark of the question that waits; a button with another mark is stale.
        generation: Counts waits, so that an old one is not taken for the present one.
        misses: Answers in a row that were not understood.
        answered: Mark of the question whose button was pressed last: a second press of it is a double tap.

    """

    frames: list[Frame]
    prompt: str = ""
    generation: int = 0
    misses: int = 0
    answered: str = ""

    def copy(self) -> "Session":
        """Return a session that can change without changing this one."""
        return replace(self, frames=[frame.copy() for frame in self.frames])

    def to_json(self) -> bytes:
        """Return the session as it is stored."""
        return _encode(self)

    @property
    def top(self) -> Frame:
        """The frame the person is in."""
        return self.frames[-1]


def from_json(body: bytes) -> Session:
    """Return a stored session."""
    return _decoder.decode(body)


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Session)
