"""Which names hold a person's own words: what they typed, wherever it is handed on under another name."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from flows.catalog import NAME
from flows.model import Flow, Step

TYPED = ("text", "date")  # what is typed as a number or a time says nothing of anyone
FIRST_WORDS = "first_words"  # what a person typed before anything was asked

Own = Mapping[str, frozenset[str]]


def own_names(flows: Iterable[Flow], noting: Collection[str] = (), telling: Collection[str] = ()) -> Own:
    """Return the names that hold a person's own words in any flow, each with what was tapped under that name.

    By name, over all flows: where one of them fills a name with typed words, it counts as typed in each.

    Args:
        flows: All of them.
        noting: Actions that note what is handed to them among what is known of the person.
        telling: Names that actions fill with words which the person kept.

    """
    steps = [step for flow in flows for step in flow.steps.values()]
    own = {FIRST_WORDS, *telling, *(step.ask.name for step in steps if step.ask and step.ask.type in TYPED)}
    handed = [pair for step in steps for pair in _handed(step, noting)]
    while new := {name for name, text in handed if name not in own and own & set(NAME.findall(text))}:
        own |= new
    return {name: frozenset(_tapped(name, steps)) for name in sorted(own)}


def is_own(own: Own, name: str, value: str) -> bool:
    """Whether a value was typed: it stands under a name of that kind, and is no choice."""
    return bool(value) and name in own and value not in own[name]


def _handed(step: Step, noting: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the names that a step fills, each with what it is filled with."""
    yield from step.sets.items()
    for choice in step.choices:
        yield from choice.sets.items()
    if step.do and step.do.name in noting:
        yield from step.do.values.items()
    if step.offers:
        yield f"{step.offers}_chosen", f"{{{step.offers}}}"


def _tapped(name: str, steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        if step.ask and step.ask.name == name:
            yield from (choice.id for choice in step.choices)
