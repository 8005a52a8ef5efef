"""The texts of the last release, and the rule that a translator's work on them is not lost unnoticed.

The file is a table: a text id, a tab, the mark of its English in hexadecimal. ``befriend flows check --release``
writes it.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from flows.checks.scope import Scope, at, own_words
from flows.diagnostics import Diagnostic
from flows.model import Flow, Wording
from flows.translation import newest, step_of

Released = Mapping[str, str]  # mark by text id


def moved(scope: Scope) -> Iterator[Diagnostic]:
    """A text that moved to another step is followed by its translations: ``renamed`` says where it went."""
    for place, path in enumerate(scope.pack.released):
        released = read(path)
        for flow in scope.pack.flows if released else ():
            if place == 1 or flow.id not in scope.pack.added:
                yield from _moved(flow, released)


def read(path: Path) -> Released:
    """Return the texts of the last release; none where there was none."""
    if not path.is_file():
        return {}
    rows = (f"{line}\t".split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {id_: mark for id_, mark, *_ in rows}


def write(path: Path, flows: Iterable[Flow]) -> int:
    """Write down the present texts as those of a release, and return how many there are."""
    lines = sorted({f"{wording.id}\t{wording.mark.hex()}\n" for flow in flows for wording, _ in _texts(flow)})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")
    return len(lines)


def _moved(flow: Flow, released: Released) -> Iterator[Diagnostic]:
    names = {flow.id, *flow.renamed.flow}
    before = {id_: mark for id_, mark in released.items() if id_.partition("/")[0] in names}
    texts = list(_texts(flow)) if before else []
    steps = {_in_step(flow, wording.id, wording.mark.hex()) for wording, _ in texts}
    kept = {_in_step(flow, id_, mark) for id_, mark in before.items()}
    for id_, mark in before.items():
        old = _in_step(flow, id_, mark)
        if old in steps:
            continue
        for wording, row in texts:
            new = _in_step(flow, wording.id, mark)
            if wording.mark.hex() == mark and new not in kept:
                message = (
                    f"this text stood under '{old[0]}' in the last release, and its translations stay there"
                )
                yield at(flow, row, "F405", f"{message}: add 'renamed: {{steps: {{{old[0]}: {new[0]}}}}}'")
                break


def _in_step(flow: Flow, id_: str, mark: str) -> tuple[str, str]:
    """Return the step that a text belongs to, by its present name, and its mark."""
    return newest(step_of(id_), flow.renamed.steps, flow.steps), mark


def _texts(flow: Flow) -> Iterator[tuple[Wording, int]]:
    yield from ((wording, row) for _, wording, row in own_words(flow))
    for choice in flow.labels:
        if choice.label.id.startswith(f"{flow.id}/"):
            yield choice.label, choice.row
