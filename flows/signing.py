"""The sheet on which somebody signs off what flows say: on paper, beside the scripts that they read."""

from collections.abc import Iterable, Iterator

from flows.model import Flow

LOOK_FOR = (
    "Read each flow aloud, slowly: once as somebody ashamed, once furious, once bereaved, once distrustful.",
    "Could a line be taken as blame, as an order, as a promise, or as a claim to know what they feel?",
    "Is there a way out at every step (skip, stop, help now), and is none of them commented on?",
    "What if it gets worse here: does it end outward, smaller, with people to reach?",
    "Who should not be led into this? Does the gate keep it from them (“uses” and “open in”, at the top of a script)?",
    "Is anything said of effects that the sources do not carry?",
    "Is it short enough, and plain enough, for somebody who can hardly read today?",
)
HOW_IT_GETS_IN = """\
A yes counts for these very words, which the mark names; where a word changes, the yes is gone. Whoever keeps the \
flows writes it into the file, in place of “review: needed”, as it stands at the top of the script: \
review: {by: Name, role: Role, date: 2026-11-26, words: mark}. `befriend flows check` says if the mark fits. \
A flow with remarks stays unsigned until they are met and it was read again."""
HEADS = ("flow", "mark", "read by", "role", "date", "yes / no", "remarks")


def sheet(flows: Iterable[Flow]) -> Iterator[str]:
    """Yield the lines of a sheet as Markdown, with a row for each flow; who signed one already stands in it."""
    yield from ("# Signing off words", "")
    yield from ("Before you read: the scripts come from `befriend flows words`. What to look for:", "")
    yield from (f"{number}. {sentence}" for number, sentence in enumerate(LOOK_FOR, 1))
    yield from ("", f"| {' | '.join(HEADS)} |", f"|{'---|' * len(HEADS)}")
    yield from (f"| {' | '.join(_row(flow))} |" for flow in flows)
    yield from ("", HOW_IT_GETS_IN, "", "Signed: ______________________  Date: ______________", "")


def _row(flow: Flow) -> tuple[str, ...]:
    if flow.review is None or not flow.signed_off:
        return (flow.id, f"`{flow.words}`", " ", " ", " ", " ", " ")
    signed = flow.review
    cells = (signed.by, signed.role, signed.date)
    return (flow.id, f"`{flow.words}`", *(each.replace("|", "/") for each in cells), "yes", " ")
