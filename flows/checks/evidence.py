"""Rules about what stands behind a flow: its sources, its sign-off, and how long it says it takes."""

from collections.abc import Iterator

from flows.checks.scope import Scope, at, near
from flows.diagnostics import Diagnostic
from flows.model import Flow
from flows.reading import minutes

SOURCES = "S0 S1 S2 S3 S4 S5 E1 E2 E3 E4 E5 E6 E7 E8 E9 E10".split()  # docs/sources.md says what each is
NO_SOURCE = frozenset({"lines", "part"})  # the bot's own sentences, and what serves other flows


def sources(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A flow names what it rests on, by keys that are known."""
    row = flow.rows.get("sources", 1)
    for key in flow.sources:
        if key not in SOURCES:
            yield at(
                flow, row, "F401", f"there is no source '{key}'{near(key, SOURCES)}: see docs/sources.md"
            )
    if not flow.sources and flow.kind not in NO_SOURCE:
        yield at(flow, row, "F402", "the flow names no source: what does it rest on? Add 'sources: [S2]'")


def sign_off(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """The words are those that the reviewer read."""
    if flow.review and flow.review.words and flow.review.words != flow.words:
        message = f"the words changed after {flow.review.by} signed them off: have them read again"
        yield at(flow, flow.rows.get("review", 1), "F403", f"{message}, and note 'words: {flow.words}'")


def lasting(flow: Flow, scope: Scope) -> Iterator[Diagnostic]:
    """A practice says how long it takes, and nearly takes that long."""
    if flow.kind != "practice":
        return
    honest = minutes(scope.talks[flow.id], scope.talks)
    row = flow.rows.get("minutes", 1)
    if not flow.minutes:
        yield at(flow, row, "F404", f"say how long it takes: 'minutes: {max(1, round(honest))}'")
    elif flow.minutes > 2 * honest + 1 or honest > 2 * flow.minutes + 1:
        message = f"'minutes: {flow.minutes}', and reading, answering and waiting take about {honest:.1f}"
        yield at(flow, row, "F404", message)
