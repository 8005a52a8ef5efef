"""Everything in a content folder, read, checked and compiled: once, at start."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows import checks
from flows.catalog import Catalog
from flows.diagnostics import ContentError, Diagnostic
from flows.echoes import Own, own_names
from flows.machine import Machine
from flows.model import Flow, Line
from flows.pack import CONTENT, LOCALE, Pack, locales, read_pack
from flows.practice import held_back, opened, wrapped
from flows.shell import Shell

__all__ = ["CONTENT", "LOCALE", "Content", "Pack", "compile_content", "compile_pack", "locales", "read_pack"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A flow and its machine."""

    flow: Flow
    machine: Machine


@dataclass(frozen=True, slots=True)
class Content:
    """All flows and words, checked. Read-only, for the life of the process.

    Attributes:
        hash: Names the pack: the bot can say which words it runs.
        media: Where each picture, animation or sound lies, by ``flow/file``.
        moved: Old names of flows, and what they are called now.
        added: Flows that came from a folder laid over the bot's own.
        own: Names that hold words of the person's own, each with the choices that can be tapped in their place.
        told: Those of them that always hold what was kept before.

    """

    flows: Mapping[str, Compiled]
    lines: Mapping[str, tuple[Line, ...]]
    hash: str
    catalog: Catalog = field(default_factory=Catalog)
    warnings: tuple[Diagnostic, ...] = ()
    media: Mapping[str, Path] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    own: Own = field(default_factory=dict)
    told: frozenset[str] = frozenset()

    @property
    def unreviewed(self) -> list[str]:
        """Flows that no named reviewer has signed off."""
        return sorted(id_ for id_, compiled in self.flows.items() if not compiled.flow.signed_off)

    @property
    def hidden(self) -> list[str]:
        """Practices that are left out because nobody has signed them off."""
        return sorted(id_ for id_, compiled in self.flows.items() if compiled.flow.hidden)

    @property
    def cautions(self) -> list[Diagnostic]:
        """Warnings for the operator too: a flow that keeps people safe was replaced."""
        return [each for each in self.warnings if each.code == "F604"]


def compile_content(
    folder: Path = CONTENT,
    shell: Shell | None = None,
    over: Path | None = None,
    *,
    reviewed_only: bool = False,
) -> Content:
    """Read, check and compile every flow beneath a folder.

    Args:
        folder: Holds ``<flow>/flow.yaml``.
        shell: The program around the flows; None leaves unchecked what only it knows.
        over: Another such folder: its flows are added, and take the place of those of the same name.
        reviewed_only: Close the practices that no named reviewer has signed off.

    Raises:
        ContentError: With every problem that keeps the content from being used.

    """
    return compile_pack(read_pack(folder, over), shell, reviewed_only=reviewed_only)


def compile_pack(pack: Pack, shell: Shell | None = None, *, reviewed_only: bool = False) -> Content:
    """Check and compile flows that were read; see ``compile_content``."""
    diagnostics = checks.check(pack, shell, words=False)
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.error]
    if errors:
        raise ContentError(errors)
    flows = [held_back(flow) if reviewed_only else flow for flow in pack.flows]
    practices = {flow.id: flow for flow in flows if flow.kind == "practice"}
    return Content(
        flows={flow.id: _compile(opened(flow, practices)) for flow in flows if flow.kind != "lines"},
        lines={id_: line for flow in pack.flows for id_, line in flow.lines.items()},
        hash=_digest(pack.flows),
        catalog=Catalog(pack.languages.words),
        warnings=tuple(sorted([*diagnostics, *pack.languages.diagnostics])),
        media=pack.media,
        moved={old: flow.id for flow in pack.flows for old in flow.renamed.flow},
        added=pack.added,
        own=own_names(pack.flows, shell.noting if shell else (), shell.telling if shell else ()),
        told=frozenset(shell.telling if shell else ()),
    )


def _compile(flow: Flow) -> Compiled:
    whole = wrapped(flow)
    return Compiled(whole, Machine(whole))


def _digest(flows: list[Flow]) -> str:
    whole = "".join(f"{flow.id}{flow.hash}" for flow in sorted(flows, key=lambda flow: flow.id))
    return hashlib.blake2s(whole.encode(), digest_size=6).hexdigest()
