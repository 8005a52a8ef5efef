"""Which of a language's words belong to which text, and how a file of them follows the English."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.model import Flow, Step
from flows.po import Entry
from flows.texts import Source, sources

SHARED = 3  # parts of the id of a shared line, flow/name/form: it has no step

Key = Callable[[Source | Entry], object]


@dataclass(slots=True)
class Match:
    """Which entry belongs to which text.

    Attributes:
        found: By text id. What was translated from other English is marked as fuzzy.
        edited: Ids of texts whose English is another by now than their entry's.
        left: Entries that belong to nothing.

    """

    found: dict[str, Entry] = field(default_factory=dict)
    edited: set[str] = field(default_factory=set)
    left: list[Entry] = field(default_factory=list)

    def words(self, id_: str) -> str:
        """Return a text's words, "" where there are none that may be said."""
        entry = self.found.get(id_)
        return entry.words if entry and not entry.fuzzy else ""


def merge(flow: Flow, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return what a flow's file should hold now: every text in order, then what is said no more.

    Words are never lost: those of a text that is gone are kept, and taken up when it comes back.
    """
    texts = sources(flow)
    matched = match(texts, renamed(flow, entries))
    present = [_present(flow, text, matched.found.get(text.id)) for text in texts]
    gone = {(entry.id, entry.english): _gone(entry) for entry in matched.left if entry.words}
    return (*present, *(gone[key] for key in sorted(gone)))


def _present(flow: Flow, text: Source, entry: Entry | None) -> Entry:
    entry = entry or Entry(text.id, text.english)
    return replace(entry, hints=text.hints, place=f"{flow.id}/flow.yaml:{text.row}", row=0)


def _gone(entry: Entry) -> Entry:
    return replace(entry, gone=True, hints=(), place="", row=0)


def match(texts: Sequence[Source], entries: Iterable[Entry]) -> Match:
    """Say which entry belongs to which text.

    First those of the same id and English, then of the same English within the step: a list that was put into
    another order loses nothing. Then those of the same id, or else the same slot, whose English was edited.
    """
    found = Match(left=sorted(entries, key=lambda entry: (not entry.words, entry.gone)))
    for key, edited in ((_exact, False), (_within_step, False), (_id, True), (_slot, True)):
        if found.left:
            _take(found, texts, key, edited=edited)
    return found


def _take(matched: Match, texts: Sequence[Source], key: Key, *, edited: bool) -> None:
    shelves: dict[object, deque[Entry]] = defaultdict(deque)
    for entry in matched.left:
        if not edited or (entry.words and not entry.gone):
            shelves[key(entry)].append(entry)
    taken = set()
    for text in texts:
        shelf = shelves.get(key(text))
        if text.id in matched.found or not shelf:
            continue
        entry = shelf.popleft()
        taken.add(id(entry))
        matched.found[text.id] = _edited(entry, text) if edited else replace(entry, id=text.id, gone=False)
        matched.edited |= {text.id} if edited else set()
    matched.left = [entry for entry in matched.left if id(entry) not in taken]


def _edited(entry: Entry, text: Source) -> Entry:
    """Return an entry under new English: its words were written for the old one."""
    previous = entry.previous or entry.english
    return replace(
        entry,
        id=text.id,
        english=text.english,
        fuzzy=True,
        previous=previous if previous != text.english else "",
    )


def _exact(each: Source | Entry) -> object:
    return each.id, each.english


def _within_step(each: Source | Entry) -> object:
    return step_of(each.id), each.english


def _id(each: Source | Entry) -> object:
    return each.id


def _slot(each: Source | Entry) -> object:
    return each.id.rpartition(".")[0]


def step_of(id_: str) -> str:
    """Return the step of a text id, or the name of a shared line: several bubbles of it are one."""
    parts = id_.split("/")
    name = parts[1] if len(parts) > 1 else ""
    return name.rstrip("0123456789") if len(parts) == SHARED else name


def renamed(flow: Flow, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield entries under the present names of their flow and steps."""
    names, steps = set(flow.renamed.flow), flow.renamed.steps
    for entry in entries:
        first, _, rest = entry.id.partition("/")
        step, slash, slot = rest.partition("/")
        first, step = flow.id if first in names else first, newest(step, steps, flow.steps)
        yield replace(entry, id=f"{first}/{step}{slash}{slot}") if slash else entry


def newest(step: str, renamed: Mapping[str, str], present: Mapping[str, Step]) -> str:
    """Return what a step is called now."""
    for _ in range(len(renamed)):
        step = step if step in present else renamed.get(step, step)
    return step
