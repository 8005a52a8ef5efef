"""Folders of translations, ``<language>/<flow>.po``: what may be said in each language, and what is wrong with it.

A fault in a translation never keeps the bot from starting: that text, or that file, is not used, and the bot says
it in English.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from flows.diagnostics import Diagnostic
from flows.model import Flow
from flows.po import Po, PoError
from flows.po import read as read_po
from flows.texts import Source, faults, sources
from flows.translation import Match, match, renamed

CODE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?\Z")  # as BEFRIEND_LOCALE takes it
ENGLISH = "en"


@dataclass(slots=True)
class Languages:
    """All translations of a pack.

    Attributes:
        words: By language and text id.
        matches: By language and flow; of the folder that was read last.
        diagnostics: What was wrong; none of it keeps the bot from starting.

    """

    words: dict[str, dict[str, str]] = field(default_factory=dict)
    matches: dict[tuple[str, str], Match] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def read_languages(folders: Sequence[Path], flows: Iterable[Flow], added: Iterable[str] = ()) -> Languages:
    """Read every translation; what a later folder has goes before what an earlier one has.

    Args:
        folders: Hold ``<language>/<flow>.po``; one that is missing holds none.
        flows: The flows that are said.
        added: Flows that came with the last folder: the first one translates others of that name.

    """
    found = Languages()
    paths = [(folder, path) for folder in folders for path in sorted(folder.glob("*/*.po"))]
    if paths:
        by_id = {flow.id: flow for flow in flows}
        texts = {id_: sources(flow) for id_, flow in by_id.items()}
        replaced = set(added) if len(folders) > 1 else set()
        for folder, path in paths:
            other = path.stem in replaced and folder == folders[0]
            _read_one(found, path, by_id, texts.get(path.stem, []), silent=other)
    return found


def read_file(path: Path) -> Po:
    """Read a PO file; an empty one where there is none.

    Raises:
        PoError: It cannot be read.

    """
    try:
        return read_po(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Po()
    except UnicodeDecodeError as error:
        raise PoError(1, f"not UTF-8 from byte {error.start} on. Save it as UTF-8") from None
    except OSError as error:
        raise PoError(1, f"it cannot be read ({error.strerror})") from None


def shown(path: Path) -> str:
    """Return a PO file's path as it is shown: nothing of the machine that it lies on."""
    return "/".join(path.parts[-3:])


def _read_one(
    found: Languages, path: Path, flows: Mapping[str, Flow], texts: list[Source], *, silent: bool
) -> None:
    language, at = path.parent.name, shown(path)
    flow = flows.get(path.stem)
    if flow is None or not CODE.match(language):
        found.diagnostics.append(Diagnostic(at, 1, "F505", _unknown_file(path, flows)))
        return
    try:
        entries = read_file(path).entries
    except PoError as error:
        found.diagnostics.append(Diagnostic(at, error.row, "F501", str(error)))
        return
    matched = match(texts, renamed(flow, entries))
    if not silent:
        found.matches[language, flow.id] = matched
        found.diagnostics += _outdated(at, matched, texts)
    found.words.setdefault(language, {}).update(_sayable(found, at, matched, texts))


def _unknown_file(path: Path, flows: Mapping[str, Flow]) -> str:
    if not CODE.match(path.parent.name):
        return f"'{path.parent.name}' is no language's code, like de or pt_BR"
    return f"there is no flow '{path.stem}'{_near(path.stem, flows)}"


def _sayable(found: Languages, at: str, matched: Match, texts: Iterable[Source]) -> dict[str, str]:
    """Return the words that may be said; an error keeps a text's words out."""
    words = {}
    for text in texts:
        given = matched.words(text.id)
        if given:
            row = matched.found[text.id].row
            wrong = [
                Diagnostic(at, row, code, f"{text.id}: {message}") for code, message in faults(text, given)
            ]
            found.diagnostics += wrong
            if not any(each.error for each in wrong):
                words[text.id] = given
    return words


def _outdated(at: str, matched: Match, texts: Iterable[Source]) -> Iterable[Diagnostic]:
    known = {text.id for text in texts}
    for id_ in sorted(matched.edited):
        message = f"{id_}: the English has changed since. Run 'befriend flows po' for this language"
        yield Diagnostic(at, matched.found[id_].row, "F506", message)
    for entry in matched.left:
        if not entry.gone and entry.id not in known:
            yield Diagnostic(at, entry.row, "F505", f"there is no text '{entry.id}'{_near(entry.id, known)}")
        elif not entry.gone and entry.words:
            yield Diagnostic(at, entry.row, "F505", f"{entry.id}: nothing says this English here any more")


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"; did you mean '{near[0]}'?" if near else ""
