"""What lies in a content folder, read: flows with their fragments put in, their media, their translations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.diagnostics import Diagnostic
from flows.fragments import put_in
from flows.languages import Languages, read_languages
from flows.model import Flow
from flows.reader import read

CONTENT = Path(__file__).parent / "content"
LOCALE = Path(__file__).parent / "locale"
RELEASED = "released.tsv"  # within a folder of translations: see flows.checks.released


@dataclass(frozen=True, slots=True)
class Pack:
    """What lies in one or two folders: flows with their fragments put in, and what was wrong with their shapes.

    Attributes:
        media: Where each picture, animation or sound should lie, by ``flow/file``.
        added: Flows of the second folder, which is laid over the first.
        replaced: Flows of the first folder whose place was taken, by id.
        released: Files with the texts of the last release, in the order of the folders; each may be missing.

    """

    flows: list[Flow]
    diagnostics: list[Diagnostic]
    media: Mapping[str, Path] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    languages: Languages = field(default_factory=Languages)
    replaced: Mapping[str, Flow] = field(default_factory=dict)
    released: tuple[Path, ...] = ()


def read_pack(folder: Path, over: Path | None = None) -> Pack:
    """Read every flow beneath a folder, and beneath another one that is laid over it."""
    flows, diagnostics, places = _read_folder(folder)
    more, problems, further = _read_folder(over) if over else ({}, [], {})
    present = {**flows, **more}
    kept = [
        each for each in diagnostics if not any(each.path == flows[id_].path for id_ in more if id_ in flows)
    ]
    whole, unknown = put_in(present.values())
    where = {**places, **further}
    media = {
        step.show.name: where[flow.id] / step.show.name.partition("/")[2]
        for flow in whole
        for step in flow.steps.values()
        if step.show
    }
    added = tuple(sorted(more))
    folders = [locales(folder), *([locales(over)] if over else [])]
    return Pack(
        whole,
        [*kept, *problems, *unknown],
        media,
        added,
        languages=read_languages(folders, whole, added),
        replaced={id_: flow for id_, flow in flows.items() if id_ in more},
        released=tuple(each / RELEASED for each in folders),
    )


def locales(folder: Path) -> Path:
    """Return where the translations of a content folder lie: beside the bot's own, within any other."""
    return LOCALE if folder.resolve() == CONTENT.resolve() else folder / LOCALE.name


def _read_folder(folder: Path) -> tuple[dict[str, Flow], list[Diagnostic], dict[str, Path]]:
    """Return the flows of one folder by their ids, what was wrong with their shapes, and where each lies."""
    flows: dict[str, Flow] = {}
    places: dict[str, Path] = {}
    diagnostics: list[Diagnostic] = []
    for path in sorted(folder.glob("*/flow.yaml")):
        flow, problems = read_flow(path)
        diagnostics += problems
        if flow is not None:
            flows[flow.id], places[flow.id] = flow, path.parent
    if not flows and not diagnostics:
        empty = f"there are no flows in {folder}: it holds <flow>/flow.yaml for each"
        diagnostics = [Diagnostic(str(folder), 1, "F004", empty)]
    return flows, diagnostics, places


def read_flow(path: Path) -> tuple[Flow | None, list[Diagnostic]]:
    """Read one file, and what was wrong with its shape."""
    shown = "/".join(path.parts[-3:])
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return None, [Diagnostic(shown, 1, "F001", f"not UTF-8 from byte {error.start} on. Save it as UTF-8")]
    except OSError as error:
        return None, [Diagnostic(shown, 1, "F001", f"it cannot be read ({error.strerror})")]
    flow, tree = read(source, shown)
    if flow is not None and flow.id != path.parent.name:
        message = f"flow '{flow.id}' lies in the folder '{path.parent.name}'"
        tree.report(flow.rows.get("flow", 1), "F109", message)
    return flow, tree.diagnostics
