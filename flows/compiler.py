"""Everything in a content folder, read, checked and compiled: once, at start."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from flows import checks
from flows.catalog import Catalog
from flows.diagnostics import ContentError, Diagnostic
from flows.machine import Machine
from flows.model import END, Branch, Condition, Flow, Line, Step
from flows.reader import read

CONTENT = Path(__file__).parent / "content"
OPEN, OUTWARD, CLOSE = "open_", "outward_", "close_"  # steps that a practice is wrapped in


@dataclass(frozen=True, slots=True)
class Compiled:
    """A flow and its machine."""

    flow: Flow
    machine: Machine


@dataclass(frozen=True, slots=True)
class Content:
    """All flows and words, checked. Read-only, for the life of the process.

    ``hash`` names the pack: the bot can say which words it runs.
    """

    flows: Mapping[str, Compiled]
    lines: Mapping[str, tuple[Line, ...]]
    hash: str
    catalog: Catalog = field(default_factory=Catalog)
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def unreviewed(self) -> list[str]:
        """Flows that no named reviewer has signed off."""
        return sorted(id_ for id_, compiled in self.flows.items() if not compiled.flow.reviewer)


def compile_content(folder: Path = CONTENT, actions: Collection[str] | None = None) -> Content:
    """Read, check and compile every flow beneath a folder.

    Args:
        folder: Holds ``<flow>/flow.yaml``.
        actions: Names that ``do:`` may use; None leaves them unchecked.

    Raises:
        ContentError: With every problem that keeps the content from being used.

    """
    found, diagnostics = read_folder(folder)
    if not found and not diagnostics:
        empty = f"there are no flows in {folder}: it holds <flow>/flow.yaml for each"
        diagnostics = [Diagnostic(str(folder), 1, "F004", empty)]
    diagnostics += checks.check(found, actions)
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.error]
    if errors:
        raise ContentError(errors)
    talks = {flow.id: _compile(flow) for flow in found if flow.kind != "lines"}
    lines = {id_: line for flow in found for id_, line in flow.lines.items()}
    return Content(talks, lines, _digest(found), warnings=tuple(sorted(diagnostics)))


def read_folder(folder: Path) -> tuple[list[Flow], list[Diagnostic]]:
    """Read every flow beneath a folder, and what was wrong with their shapes."""
    flows, diagnostics = [], []
    for path in sorted(folder.glob("*/flow.yaml")):
        shown = f"{folder.name}/{path.parent.name}/{path.name}"
        flow, tree = read(path.read_text(encoding="utf-8"), shown)
        diagnostics += tree.diagnostics
        if flow is None:
            continue
        if flow.id != path.parent.name:
            diagnostics.append(
                Diagnostic(shown, 1, "F109", f"flow '{flow.id}' lies in the folder '{path.parent.name}'")
            )
        flows.append(flow)
    return flows, diagnostics


def _compile(flow: Flow) -> Compiled:
    wrapped = wrap(flow) if flow.kind == "practice" else flow
    return Compiled(wrapped, Machine(wrapped))


def wrap(flow: Flow) -> Flow:
    """Put a practice between ``opening`` and ``closing``: one mechanism for all of them."""
    steps = {id_: _redirect(step) for id_, step in flow.steps.items()}
    heavy = Branch(Condition(answers=(("heavy", ("8..10",)),)), OUTWARD, 0)
    around = [
        Step(
            OPEN,
            0,
            "w",
            sets={"practice": flow.id},
            call="opening",
            to=flow.start,
            when=() if flow.outward else (heavy,),
        ),
        Step(OUTWARD, 0, "w", call="outward", to=CLOSE),
        Step(CLOSE, 0, "w", call="closing", to=END),
    ]
    return replace(flow, start=OPEN, steps={**steps, **{step.id: step for step in around}})


def _redirect(step: Step) -> Step:
    def away(to: str) -> str:
        return CLOSE if to == END else to

    return replace(
        step,
        to=away(step.to),
        skip=away(step.skip),
        when=tuple(replace(branch, to=away(branch.to)) for branch in step.when),
        choices=tuple(replace(choice, to=away(choice.to)) for choice in step.choices),
        after=replace(step.after, to=away(step.after.to)) if step.after else None,
    )


def _digest(flows: list[Flow]) -> str:
    whole = "".join(f"{flow.id}{flow.hash}" for flow in sorted(flows, key=lambda flow: flow.id))
    return hashlib.blake2s(whole.encode(), digest_size=6).hexdigest()
