"""What can be wrong with content: every problem has a code, a place and a sentence that says what to do."""

from collections.abc import Iterable
from dataclasses import dataclass

CODES = {
    "F001": "The file is not YAML.",
    "F002": "A key that flows do not have.",
    "F003": "A value of the wrong shape.",
    "F004": "A key that must be there is missing.",
    "F005": "A key is there twice.",
    "F101": "A target that does not exist.",
    "F102": "A step that nothing leads to.",
    "F103": "A dead end: a step that leads nowhere.",
    "F104": "Steps that go round without waiting for the person.",
    "F105": "A flow that does not exist.",
    "F106": "A guard that does not exist.",
    "F107": "An action that does not exist.",
    "F108": "A {name} that nothing fills in.",
    "F109": "The flow's name differs from its folder's.",
    "F110": "A question that says nothing.",
    "F201": "Too long for a button.",
    "F202": "Too long for a bubble.",
    "F203": "Too many bubbles before the person can act.",
    "F301": "A line without a plain form.",
    "F302": "An exclamation mark.",
    "F303": "Words that this bot does not say.",
    "F304": "More than one question in a bubble.",
}
WARNINGS = frozenset({"F102", "F203", "F302", "F303", "F304"})


class FlowsError(Exception):
    """Anything that is wrong in this package.

    FlowsError
      + ContentError   content cannot be used
    """


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One thing an author can fix. ``row`` counts from 1."""

    path: str
    row: int
    code: str
    message: str

    @property
    def error(self) -> bool:
        """Whether the bot refuses to start because of it."""
        return self.code not in WARNINGS

    def __str__(self) -> str:
        """Return the line that editors can jump to."""
        return f"{self.path}:{self.row}: {self.code} {self.message}"


class ContentError(FlowsError):
    """Content cannot be used; ``diagnostics`` lists every reason at once."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sorted(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))
