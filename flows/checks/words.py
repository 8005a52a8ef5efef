"""Rules about words: short, plain, calm, one question at a time, nothing that hurts. All of them warn only."""

from collections.abc import Iterator

from flows.checks.scope import Scope, at, own_words
from flows.checks.unsaid import UNSAID
from flows.diagnostics import Diagnostic
from flows.limits import BUBBLE, TELEGRAM_TEXT
from flows.model import Flow
from flows.reading import grade, words

GRADE = 6  # US school years; simpler words help more (Sharma 2023)
FEW = 30  # words; the grade of fewer says little


def long(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A bubble is short."""
    for _, wording, row in own_words(flow):
        if BUBBLE < len(wording.text) <= TELEGRAM_TEXT:  # longer is said elsewhere
            message = f"{len(wording.text)} characters in a bubble; {BUBBLE} at most. Divide it, or say less"
            yield at(flow, row, "F202", message)


def loud(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Nothing is shouted."""
    for text, row in _texts(flow):
        if "!" in text:
            yield at(flow, row, "F302", "an exclamation mark; a calm full stop will do")


def unsaid(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """What hurts is not said; every hit is named."""
    for text, row in _texts(flow):
        for each in UNSAID:
            for found in each.found(text):
                yield at(flow, row, "F303", f"'{found}' is not said here: {each.reason}")


def questions(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A bubble asks one thing; a quiet form asks nothing."""
    for line, wording, row in own_words(flow):
        if wording.text.count("?") > 1:
            yield at(flow, row, "F304", "more than one question in a bubble; ask one")
        if "?" in wording.text and wording in line.forms.get("quiet", ()):
            message = "a quiet form asks a question; say what is there: “A word for it can go here.”"
            yield at(flow, row, "F306", message)


def hard(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A tired person can read it: the grade is judged over a whole flow."""
    texts = [wording.text for _, wording, _ in own_words(flow)]
    if sum(len(words(text)) for text in texts) < FEW:
        return
    found = grade(texts)
    if found > GRADE:
        hardest = max(own_words(flow), key=lambda each: grade([each[1].text]))
        message = (
            f"reading grade {found:.1f}; {GRADE} at most. Shorter sentences and words; begin with this bubble"
        )
        yield at(flow, hardest[2], "F305", message)


def repeated(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """Wordings of one line differ."""
    for line in flow.bubbles:
        for wordings in line.forms.values():
            seen: set[str] = set()
            for wording in wordings:
                plain = " ".join(wording.text.casefold().split())
                if plain in seen and wording.id.startswith(f"{flow.id}/"):
                    yield at(
                        flow,
                        wording.row or line.row,
                        "F307",
                        "this wording is there twice; write another one",
                    )
                seen.add(plain)


def _texts(flow: Flow) -> Iterator[tuple[str, int]]:
    """Yield every text that stands in a flow's own file: bubbles and labels."""
    yield from ((wording.text, row) for _, wording, row in own_words(flow))
    for choice in flow.labels:
        if choice.label.id.startswith(f"{flow.id}/"):
            yield choice.label.text, choice.row
