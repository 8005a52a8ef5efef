"""Every rule that content must obey: one function for a code or two, all of them in RULES. Pure, but for media sizes.

Rules of structure run when the bot starts: an error keeps it from starting. Rules about words warn only, and run in
``befriend flows check`` and CI.
"""

from collections.abc import Callable, Iterator

from flows.checks import (
    between,
    declared,
    evidence,
    graph,
    names,
    neutral,
    released,
    surroundings,
    telegram,
    turns,
    words,
)
from flows.checks.scope import Scope
from flows.diagnostics import Diagnostic
from flows.model import Flow
from flows.pack import Pack
from flows.shell import Shell

__all__ = ["RULES", "check"]

Rule = Callable[[Flow, Scope], Iterator[Diagnostic]]  # about one flow
WholeRule = Callable[[Scope], Iterator[Diagnostic]]  # about all of them

STRUCTURE: tuple[Rule, ...] = (
    graph.targets, graph.unreached, graph.dead_ends, graph.silent, graph.no_offer, graph.laid_over, graph.endless,
    names.guards, names.practices, names.actions, names.heard, names.insertions, names.answers, names.handed,
    names.twice,
    declared.types, declared.unset, declared.dates, declared.gone_by, declared.renamed,
    telegram.labels, telegram.callbacks, telegram.choices, telegram.sizes, telegram.media,
)  # fmt: skip
BETWEEN: tuple[WholeRule, ...] = (
    names.shared_twice, between.loops, between.depth, between.unreached, surroundings.needed, surroundings.replaced,
)  # fmt: skip
WORDS: tuple[Rule, ...] = (
    words.long, words.loud, words.unsaid, words.questions, words.hard, words.repeated,
    evidence.sources, evidence.sign_off, evidence.lasting,
)  # fmt: skip
WORDS_BETWEEN: tuple[WholeRule, ...] = (turns.bubbles, released.moved, neutral.first_words)
RULES = (*STRUCTURE, *BETWEEN, *WORDS, *WORDS_BETWEEN)


def check(pack: Pack, shell: Shell | None = None, *, words: bool = True) -> list[Diagnostic]:
    """Return all that is wrong with the flows of a pack, what reading them found among it.

    Args:
        pack: The flows, as they were read.
        shell: The program around them; None leaves unchecked what only it knows.
        words: Whether the words are judged too, which takes longer.

    """
    scope = Scope(pack, shell)
    single = (*STRUCTURE, *WORDS) if words else STRUCTURE
    whole = (*BETWEEN, *WORDS_BETWEEN) if words else BETWEEN
    found = [*pack.diagnostics]
    found += [each for flow in pack.flows for rule in single for each in rule(flow, scope)]
    found += [each for rule in whole for each in rule(scope)]
    return sorted(found)
