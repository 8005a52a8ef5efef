"""``befriend flows po``: what is translated, and the files that translators work in."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.compiler import CONTENT, LOCALE, Pack, locales
from flows.diagnostics import Diagnostic
from flows.languages import CODE, ENGLISH, read_file, shown
from flows.model import Flow
from flows.po import Entry, Po, PoError, write
from flows.pseudo import PSEUDO, disguise
from flows.texts import sources
from flows.translation import Match, merge
from flows.workshop.command import Bench, Command

NOTES = f"""\
without LANG   how much of each flow is translated, in each language
with LANG      write locale/LANG/<flow>.po anew: new texts are added, texts whose English was edited
               are marked as fuzzy, words that are no longer needed are kept at the end

A fuzzy text is one that somebody has to look at again; until then it is said in English.
With --content DIR the files lie in DIR/locale, and hold the texts of the flows in DIR alone.
To see the bot in the pseudo-language: BEFRIEND_LOCALE={PSEUDO} befriend talk"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a flow is translated into a language.

    Attributes:
        done: Texts that are said in the language.
        fuzzy: Texts with words that are not said, since somebody has to look at them again.
        missing: Texts without words.
        left_out: Wordings without words, of a line that the language has other wordings for: that is fine.
        obsolete: Words that no flow says any more.

    """

    language: str
    flow: str
    done: int
    fuzzy: int
    missing: int
    left_out: int
    obsolete: int

    @property
    def percent(self) -> int:
        """How much of what is needed is done."""
        needed = self.done + self.fuzzy + self.missing
        return 100 * self.done // needed if needed else 100


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lang", nargs="?", metavar="LANG", help="a language's code, like de or pt_BR")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--pseudo", action="store_true", help="name texts that leave no room for a longer language"
    )


def run(bench: Bench) -> int:
    """Report, or write the files of one language; 1 if a file could not be read or written."""
    pack = bench.pack()
    if any(each.error for each in pack.diagnostics):
        return bench.fail("The flows have errors: see 'befriend flows check'. Nothing was written.")
    if bench.options.pseudo:
        return _tight(bench, pack)
    return _update(bench, pack, bench.options.lang) if bench.options.lang else _report(bench, pack)


def _flows(bench: Bench, pack: Pack) -> list[Flow]:
    """Return the flows whose texts are asked about: an author's own, or all of the bot's."""
    chosen = [flow for flow in pack.flows if not bench.folder or flow.id in pack.added]
    return [flow for flow in chosen if sources(flow)]


# --- how much is done -------------------------------------------------------------------


def _report(bench: Bench, pack: Pack) -> int:
    rows = [
        row
        for language in sorted(pack.languages.words)
        for row in progress(pack, language, _flows(bench, pack))
    ]
    for row in rows:
        bench.say(json.dumps(asdict(row) | {"percent": row.percent}) if bench.options.json else _row(row))
    if not rows and not bench.options.json:
        bench.say(
            "There are no translations yet. Begin one: befriend flows po LANG, with a code like de or pt_BR."
        )
    broken = sum(each.error for each in pack.languages.diagnostics)
    if broken and not bench.options.json:
        bench.say(f"{broken} errors in translations: see 'befriend flows check'.")
    return 0


def progress(pack: Pack, language: str, flows: list[Flow]) -> Iterator[Progress]:
    """Yield how much of each flow is translated, and of all of them together."""
    rows = [_progress(pack, language, flow) for flow in flows]
    yield from rows
    counts = ("done", "fuzzy", "missing", "left_out", "obsolete")
    yield Progress(language, "", *(sum(getattr(row, count) for row in rows) for count in counts))


def _progress(pack: Pack, language: str, flow: Flow) -> Progress:
    words = pack.languages.words[language]
    matched = pack.languages.matches.get((language, flow.id), Match())
    texts = [text.id for text in sources(flow)]
    spoken = {id_.rpartition(".")[0] for id_ in texts if id_ in words}

    def state(id_: str) -> str:
        entry = matched.found.get(id_)
        if id_ in words:
            return "done"
        if entry and entry.words:
            return "fuzzy"
        return "left_out" if id_.rpartition(".")[0] in spoken else "missing"

    found = Counter(map(state, texts))
    obsolete = sum(bool(entry.words) for entry in matched.left)
    return Progress(
        language, flow.id, found["done"], found["fuzzy"], found["missing"], found["left_out"], obsolete
    )


def _row(row: Progress) -> str:
    left_out = f", {row.left_out} left out" if row.left_out else ""
    counted = f"{row.done} done, {row.fuzzy} fuzzy, {row.missing} missing{left_out}, {row.obsolete} obsolete"
    return f"{row.language}  {row.flow or 'all flows':<12} {row.percent:>3} %  {counted}"


# --- the files of one language ----------------------------------------------------------


def _update(bench: Bench, pack: Pack, language: str) -> int:
    if not CODE.match(language):
        return bench.fail(f"'{language}' is no language's code. Give one like de or pt_BR.")
    if language in (ENGLISH, PSEUDO):
        return bench.fail(f"'{language}' has no files: its words are those in the flows.")
    folder = locales(bench.folder or CONTENT) / language
    present, failed = {flow.id for flow in pack.flows}, 0
    for flow in _flows(bench, pack):
        earlier = [folder / f"{old}.po" for old in flow.renamed.flow if old not in present]
        try:
            _write_one(bench, flow, folder / f"{flow.id}.po", earlier)
        except PoError as error:
            failed += 1
            bench.fail(f"{error}\nThat file was left as it is.")
        except OSError as error:
            return bench.fail(
                f"{folder} cannot be written ({error.strerror}). Give your own with --content DIR."
            )
    return 1 if failed else 0


def _write_one(bench: Bench, flow: Flow, path: Path, earlier: list[Path]) -> None:
    """Bring a file up to date; files under the flow's earlier names go into it."""
    found = [_read(each) for each in (path, *earlier)]
    if not found[0].entries:  # an author's flow in place of the bot's begins with the words of the bot's
        found.append(_read(LOCALE / path.parent.name / path.name))
    head = next((po for po in found if po.header), Po(remarks=_remarks(flow)))
    entries = merge(flow, [entry for po in found for entry in po.entries])
    text = write(Po(entries, head.header, head.remarks), path.parent.name)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(text, encoding="utf-8", newline="\n")
        new.replace(path)
        bench.say(f"{shown(path)}: {_counted(entries)}")
    for old in earlier:
        old.unlink(missing_ok=True)


def _read(path: Path) -> Po:
    try:
        return read_file(path)
    except PoError as error:
        raise PoError(error.row, str(Diagnostic(shown(path), error.row, "F501", str(error)))) from None


def _remarks(flow: Flow) -> tuple[str, ...]:
    return (f"Words of Befriend: the flow '{flow.id}'.", "How to translate: flows/locale/README.md")


def _counted(entries: tuple[Entry, ...]) -> str:
    present = [entry for entry in entries if not entry.gone]
    fuzzy, empty = sum(entry.fuzzy for entry in present), sum(not entry.words for entry in present)
    counted = f"{len(present) - fuzzy - empty} done, {fuzzy} fuzzy, {empty} without words"
    return f"{counted}, {len(entries) - len(present)} obsolete"


# --- the pseudo-language ----------------------------------------------------------------


def _tight(bench: Bench, pack: Pack) -> int:
    """Name the texts that would be too long in a language that is a third longer than English."""
    texts = [(flow, text) for flow in _flows(bench, pack) for text in sources(flow)]
    tight = [(flow, text, len(disguise(text.english))) for flow, text in texts]
    tight = [(flow, text, size) for flow, text, size in tight if size > text.most]
    for flow, text, size in tight:
        bench.say(
            f"{flow.path}:{text.row}: {text.id}: {size} characters if a third longer; {text.most} at most"
        )
    bench.say(f"{len(texts)} texts, {len(tight)} without room for a longer language")
    bench.say(f"To see the bot in the pseudo-language: BEFRIEND_LOCALE={PSEUDO} befriend talk")
    return 0


COMMAND = Command("po", "say what is translated, or bring a language's files up to date", options, run, NOTES)
