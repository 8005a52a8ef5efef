"""The texts of a flow as a translator meets them: who says them, how long they may be, what must stay in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.catalog import NAME
from flows.limits import BUBBLE, LABEL, TELEGRAM_TEXT
from flows.model import Choice, Flow, Line

BUTTON = "_label"  # lines of the bot's own whose names end so stand on buttons
NOTES = {  # of lines that are no sentences
    "months": "The names of the twelve months in order, one word each, with one space between them",
    "keeper": "Stands within a sentence, in place of a name or an address",
}
SHOUTS = frozenset("!\uff01\u00a1\u203c\u2757\u2755")  # exclamation marks, wherever a language puts them


@dataclass(frozen=True, slots=True)
class Source:
    """One text as its author wrote it.

    Attributes:
        hint: Who says it, and how.
        most: Characters it may have.

    """

    id: str
    english: str
    row: int
    hint: str
    most: int

    @property
    def names(self) -> tuple[str, ...]:
        """The ``{names}`` that must stay."""
        return tuple(dict.fromkeys(NAME.findall(self.english)))

    @property
    def hints(self) -> tuple[str, ...]:
        """What a translator should know."""
        kept = f"Keep {_listed(self.names)} as it stands: it is filled in."
        return (f"{self.hint}. At most {self.most} characters.", *([kept] if self.names else []))


def sources(flow: Flow) -> list[Source]:
    """Return every text of a flow, in the order in which it is spoken; shared ones belong to where they stand."""
    found: dict[str, Source] = {}
    for each in (*_of_steps(flow), *_of_fragments(flow)):
        if each.id.startswith(f"{flow.id}/"):
            found.setdefault(each.id, each)
    return list(found.values())


def _of_steps(flow: Flow) -> Iterator[Source]:
    for step in flow.steps.values():
        yield from _of_lines(flow, step.say, "The bot says this")
        if step.show:
            yield from _of_lines(flow, [step.show.text], "The bot says this in place of a picture or sound")
        yield from _of_choices(step.choices)
        if step.ask:
            yield from _of_lines(flow, step.ask.retry, "The bot says this when an answer does not fit")


def _of_fragments(flow: Flow) -> Iterator[Source]:
    for name, lines in flow.lines.items():
        if name.endswith(BUTTON):
            yield from _of_lines(flow, lines, "A button for the person to tap", LABEL)
        else:
            yield from _of_lines(flow, lines, NOTES.get(name, "The bot says this"))
    for choices in flow.choices.values():
        yield from _of_choices(choices)


def _of_lines(flow: Flow, lines: Iterable[Line], hint: str, most: int = 0) -> Iterator[Source]:
    most = most or (TELEGRAM_TEXT if flow.kind == "lines" else BUBBLE)
    for line in lines:
        for form, wordings in line.forms.items():
            for number, each in enumerate(wordings, 1):
                several = f"; way {number} of {len(wordings)}" if len(wordings) > 1 else ""
                yield Source(each.id, each.text, line.row, f"{hint}, {form} form{several}", most)


def _of_choices(choices: Iterable[Choice]) -> Iterator[Source]:
    for choice in choices:
        yield Source(choice.label.id, choice.label.text, choice.row, "A button for the person to tap", LABEL)


def faults(text: Source, words: str) -> Iterator[tuple[str, str]]:
    """Yield the code and the sentence of everything that is wrong with a text's words."""
    wanted, given = set(text.names), set(NAME.findall(words))
    for name in sorted(given - wanted):
        yield "F502", f"nothing fills in {{{name}}} here; the English has {_listed(wanted) or 'none'}"
    for name in sorted(wanted - given):
        yield "F502", f"{{{name}}} of the English is lost"
    size = len(words.encode("utf-16-le")) // 2 if text.most == TELEGRAM_TEXT else len(words)
    if size > text.most:
        yield "F503", f"{size} characters; {text.most} at most"
    if SHOUTS & set(words):
        yield "F504", "an exclamation mark; a calm full stop will do"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
