"""What is wrong with a turn, for the person it is said to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.compiler import Content
from flows.turn import Do, Effect, Say, Show

STAND_INS = ("ended", "resting")  # what the engine says where an author wrote nothing
ERROR, ENDLESS, EMPTY, SILENT = "error", "endless", "empty", "silent"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong for the person.

    Attributes:
        way: What leads there, in words.
        why: The kind of an exception.

    """

    kind: str
    flow: str
    step: str
    way: tuple[str, ...]
    why: str = ""


class Judge:
    """Knows which of the bot's own sentences are signs of a fault. Lives for one walk."""

    def __init__(self, content: Content) -> None:
        self._stand_ins = {id_ for name in STAND_INS for id_ in _ids(content, name)}
        self._deep = set(_ids(content, "deep"))

    def spoken(self, effects: Sequence[Effect]) -> bool:
        """Whether an author's words were said."""
        return any(
            isinstance(each, Show) or (isinstance(each, Say) and each.id not in self._stand_ins)
            for each in effects
        )

    def faults(self, effects: Sequence[Effect], *, clock: bool, kind: str) -> Iterator[str]:
        """Yield what is wrong.

        Args:
            effects: Of one turn.
            clock: The clock has begun it: nobody waits for an answer.
            kind: Of the trial; the end of an action may follow words that were said with it.

        """
        said = [each for each in effects if isinstance(each, Say | Show)]
        if any(isinstance(each, Say) and each.id in self._deep for each in said):
            yield ENDLESS
        if not all(each.text.strip() for each in said):
            yield EMPTY
        if clock or kind == "back" or any(isinstance(each, Do) for each in effects):
            return
        if (said and not self.spoken(effects)) or (not said and kind != "done"):
            yield SILENT


def _ids(content: Content, name: str) -> Iterator[str]:
    return (wording.id for line in content.lines.get(name, ()) for wording in line.wordings)
