"""The rule about what others may read on a locked phone: the first words of what the bot says by itself."""

import re
from collections.abc import Iterator

from flows.catalog import NAME
from flows.checks.scope import Scope, at
from flows.diagnostics import Diagnostic
from flows.model import Flow, Line, Wording
from flows.shell import Shell

SHOWN = 60  # characters of a message that a locked phone may show

# Words that tell others what somebody comes here with, each with its endings. Data; add to it.
TELLING = (
    "abus|ache|aching|addict|afraid|alone|ang(?:er|ry)|anxi|asham|bleed|bod(?:y|ies)|breakdown|bur(?:ied|ial)|cancer"
    "|compassion|cope|coping|counsel|cr(?:y|ie[ds])(?:ing)?|cris[ie]s|cut(?:ting)?|danger|dead|death|depress|despair"
    "|desperat|diagnos|die[ds]?|divorc|drink|drugs?|drunk|dying|eating|emergenc|empt(?:y|iness)|fail|fear|feel"
    "|funeral|gentle|grie[fv]|guilt|hard(?!ly)|harsh|hat(?:e[ds]?|ing|red)|heal|heart|heav[iy]|help|hopeless|hospital|hurt|kill"
    "|kind(?:ly|ness)?|lonel|lone|loss|lost|love|medic|mental|mood|mourn|nightmare|numb(?!er)|overdose|pain|panic|pills?"
    "|psych|rape|relapse|sad|scared?|self|sex|shame|sick|sore|sorrow|suicid|tears?|terribl|therap|tired|trauma"
    "|unlov|useless|voices?|weak|weep|worthless|wound"
)
SECRET = re.compile(rf"(?<![\w])(?:{TELLING})\w*", re.IGNORECASE)


def first_words(scope: Scope) -> Iterator[Diagnostic]:
    """The first words of what comes by itself may be read by anyone."""
    if scope.shell is None:
        return
    for flow in scope.flows.values():
        for line, before in _unasked(flow, scope.shell):
            for wording in line.wordings:
                for told in _telling(wording, SHOWN - before):
                    message = (
                        f"'{told}' may be read by others: this comes by itself, and a locked phone shows its first"
                        f" {SHOWN} characters. Begin with words that say nothing"
                    )
                    yield at(flow, wording.row or line.row, "F309", message)


def _unasked(flow: Flow, shell: Shell) -> Iterator[tuple[Line, int]]:
    """Yield the bubbles of a flow that come by themselves, each with the least that stands before it in its message."""
    for name in shell.unasked:
        yield from ((line, 0) for line in flow.lines.get(name, ())[:1])
    if flow.id in shell.unasked and flow.start in flow.steps:
        yield from _first_turn(flow, joined=flow.id in shell.joined).values()


def _first_turn(flow: Flow, *, joined: bool) -> dict[int, tuple[Line, int]]:
    """Return the bubbles that may be said before the person can act, by their rows.

    Where they are joined, only what may still come within the first characters of the message counts.
    """
    found: dict[int, tuple[Line, int]] = {}
    least: dict[str, int] = {}
    open_ = [(flow.start, 0)]
    while open_:
        id_, before = open_.pop()
        step = flow.steps.get(id_)
        if step is None or before >= least.get(id_, SHOWN):
            continue
        least[id_] = before
        for line in step.say:
            earlier = found.get(line.row, (line, SHOWN))[1]
            found[line.row] = (line, min(before, earlier))
            before += joined * min(len(each.text) for each in line.wordings)
        if not step.waits:
            open_ += [(to, before) for to, _ in step.targets]
    return found


def _telling(wording: Wording, shown: int) -> Iterator[str]:
    for pattern in (SECRET, NAME):
        yield from (found[0] for found in pattern.finditer(wording.text) if found.start() < shown)
