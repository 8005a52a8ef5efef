"""The rule about what others may read on a locked phone: the first words of what the bot says by itself."""

import re
from collections.abc import Iterable, Iterator

from flows.catalog import NAME
from flows.checks.scope import Scope, at
from flows.diagnostics import Diagnostic
from flows.model import Flow, Line, Wording

SHOWN = 60  # characters of a message that a locked phone may show

# Words that tell others what somebody comes here with, each with its endings. Data; add to it.
TELLING = (
    "abus|ache|aching|addict|afraid|alone|ang(?:er|ry)|anxi|asham|bleed|bod(?:y|ies)|breakdown|bur(?:ied|ial)|cancer"
    "|compassion|cope|coping|counsel|cr(?:y|ie[ds])(?:ing)?|cris[ie]s|cut(?:ting)?|danger|dead|death|depress|despair"
    "|desperat|diagnos|die[ds]?|divorc|drink|drugs?|drunk|dying|eating|emergenc|empt(?:y|iness)|fail|fear|feel"
    "|funeral|gentle|grie[fv]|guilt|harsh|hat(?:e[ds]?|ing|red)|heal|heart|heav[iy]|help|hopeless|hospital|hurt|kill"
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
        for line in _unasked(flow, scope.shell.unasked):
            for wording in line.wordings:
                for told in _telling(wording):
                    message = (
                        f"'{told}' may be read by others: this comes by itself, and a locked phone shows its first"
                        f" {SHOWN} characters. Begin with words that say nothing"
                    )
                    yield at(flow, wording.row or line.row, "F309", message)


def _unasked(flow: Flow, names: Iterable[str]) -> Iterator[Line]:
    """Yield the bubbles of a flow that come first, and by themselves."""
    for name in names:
        yield from flow.lines.get(name, ())[:1]
    if flow.id in names and flow.start in flow.steps:
        yield from flow.steps[flow.start].say[:1]


def _telling(wording: Wording) -> Iterator[str]:
    for pattern in (SECRET, NAME):
        yield from (found[0] for found in pattern.finditer(wording.text) if found.start() < SHOWN)
