"""What an author's command works on: flows that can be run, and those of them that were named."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from flows.compiler import Content, compile_pack
from flows.diagnostics import ContentError
from flows.workshop.command import Bench


def load(bench: Bench) -> Content | None:
    """Compile the flows; say what keeps them from being used, and return None, if something does."""
    try:
        return compile_pack(bench.pack(), bench.shell)
    except ContentError as error:
        for each in error.diagnostics:
            bench.fail(str(each))
        return None


def known(bench: Bench, ids: Sequence[str], flows: Collection[str]) -> bool:
    """Whether all flows that were named exist; say which does not."""
    for id_ in ids:
        if id_ not in flows:
            near = get_close_matches(id_, list(flows), 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            bench.fail(f"There is no flow '{id_}'.{hint} `befriend flows list` names those that there are.")
            return False
    return True
