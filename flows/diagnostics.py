"""What can be wrong with content: every problem has a code, a place and a sentence that says what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

CODES = {
    # --- the file ---
    "F001": "The file is not YAML.",
    "F002": "A key that flows do not have.",
    "F003": "A value of the wrong shape.",
    "F004": "A key that must be there is missing.",
    "F005": "A key is there twice.",
    # --- steps, names and ways ---
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
    "F111": "A shared line or choice that does not exist.",
    "F112": "A name that is taken.",
    "F113": "A flow laid over a step that does not wait.",
    "F114": "A renaming that leads nowhere.",
    "F115": "A question that is said once only.",
    "F116": "An answer of two types.",
    "F117": "A variable that nothing gives a value.",
    "F118": "A day to wait for that is no date.",
    "F119": "A name taken or returned that nothing gives a value.",
    "F120": "A flow that nothing leads to.",
    "F121": "A step from which a flow never ends.",
    "F122": "Flows that stand on each other too deep.",
    "F123": "A question that may offer nothing.",
    "F124": "An answer asked for that nothing gives a value.",
    "F125": "Something listened for that is never heard.",
    "F126": "A variable that is gone where it is said.",
    # --- what a chat can carry ---
    "F201": "Too long for a button.",
    "F202": "Too long for a bubble.",
    "F203": "Too many bubbles before the person can act.",
    "F204": "Longer than Telegram takes.",
    "F205": "A picture, animation or sound that cannot be shown.",
    "F206": "More choices than anyone reads.",
    "F207": "More buttons than Telegram takes.",
    # --- words ---
    "F301": "A line without a plain form.",
    "F302": "An exclamation mark.",
    "F303": "Words that this bot does not say.",
    "F304": "More than one question in a bubble.",
    "F305": "Hard to read.",
    "F306": "A quiet form that asks.",
    "F307": "A wording that is there twice.",
    "F308": "A list of wordings with one in it.",
    "F309": "First words that tell others too much.",
    # --- what stands behind the words ---
    "F401": "A source that does not exist.",
    "F402": "A flow without a source.",
    "F403": "Words that changed after they were signed off.",
    "F404": "A time that is not honest.",
    "F405": "A text that moved away from its translations.",
    # --- translations ---
    "F501": "The PO file cannot be read.",
    "F502": "A {name} that was lost in translation, or invented there.",
    "F503": "A translation that is too long.",
    "F504": "An exclamation mark in a translation.",
    "F505": "A translation that nothing says.",
    "F506": "A translation of earlier English.",
    # --- the bot around the flows ---
    "F601": "A flow that the bot needs is missing.",
    "F602": "A line that the bot says is missing.",
    "F603": "A flow that does less than the one it replaces.",
    "F604": "A flow in place of one that keeps people safe.",
}
WARNINGS = frozenset(
    "F102 F117 F119 F120 F121 F123 F126 F202 F203 F206 F302 F303 F304 F305 F306 F307 F308 F309 F401 F402 F403 F404 F405"
    " F504 F505 F506 F604".split()
)

Severity = Literal["error", "warning"]


class FlowsError(Exception):
    """Anything that is wrong in this package.

    FlowsError
      + ContentError   content cannot be used
      + PoError        a translation cannot be read
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
        """Whether it keeps the bot from starting; of a translation, whether it keeps that from being said."""
        return self.code not in WARNINGS

    @property
    def severity(self) -> Severity:
        """The same in one word."""
        return "error" if self.error else "warning"

    def __str__(self) -> str:
        """Return the line that editors can jump to, as compilers write it."""
        return f"{self.path}:{self.row}: {self.severity}: {self.message} [{self.code}]"


class ContentError(FlowsError):
    """Content cannot be used; ``diagnostics`` lists every reason at once."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sorted(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))
