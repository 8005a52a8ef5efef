"""A flow as a script on paper: for people who judge words, and know nothing of how flows are written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flows.catalog import COOLER
from flows.diagram import Diagram, Node, Way, draw, review
from flows.model import END, LEAVE, OVER, Flow, Line, Step
from flows.phrases import spaced
from flows.svg import arranged
from flows.wordings import FORMS

HOW_TO_READ = """\
The steps are numbered as they are in the flow's picture. → shows where a talk goes on. What stands in [brackets] is \
tapped; “heard” is what typed words were taken for. A {name} is filled in: with what was said before, or is known. \
Where a bubble has several wordings, people read the one that they have not read for the longest time. Warm and \
tender are for those who asked for more warmth, quiet is for those who want no questions, cheer for those who want to \
be cheered on; plain is for all others, and wherever there is no other. Stop, back, help now, menu, less and more work \
at every step."""
WHOLE = 10_000  # characters of a list in a condition: nothing is left out on paper
MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*<>#|"})


@dataclass(frozen=True, slots=True)
class Script:
    """Writes scripts. ``form`` leaves only what people with that warmth, or who want it quiet, read."""

    flows: Mapping[str, Flow]
    form: str = ""

    def write(self, flow: Flow) -> Iterator[str]:
        """Yield the lines of a flow's script, as Markdown."""
        diagram = draw(flow, self.flows, WHOLE)
        yield from (f"# {_plain(flow.title)}", "")
        yield from (f"{_plain(note)}  " for note in (f"flow: {flow.id}", *diagram.notes))
        yield from ("", *_sign_off(flow), "")
        yield from (f"*{HOW_TO_READ}*", "") if flow.steps else ()
        numbers = {id_: number for number, id_ in enumerate(arranged(diagram), 1)} if flow.steps else {}
        for id_ in numbers:
            yield from self._step(flow.steps[id_], diagram, numbers)
        for name, lines in flow.lines.items():
            yield from (f"## {spaced(name)}", "", *self._bubbles(lines), "")
        for name, choices in flow.choices.items():
            yield from (f"## {spaced(name)}", "", *(f"- [{_plain(each.label.text)}]" for each in choices), "")

    def _step(self, step: Step, diagram: Diagram, numbers: Mapping[str, int]) -> Iterator[str]:
        node = diagram.nodes[step.id]
        sources = sorted(
            numbers[each.id] for each in diagram.nodes.values() if any(way.to == step.id for way in each.ways)
        )
        begins = ["begins here"] if step.id == diagram.start else []
        begins += [f"from {', '.join(map(str, sources))}"] if sources else []
        yield from (f"## {numbers[step.id]}. {spaced(step.id)}", "")
        yield from (f"*{'; '.join(begins)}{'; delicate' if node.delicate else ''}*", "") if begins else ()
        if step.show:
            yield from (
                f"A {step.show.kind}, or in its place the words:",
                "",
                *self._bubbles([step.show.text]),
                "",
            )
        yield from (*self._bubbles(step.say), "") if step.say else ()
        if step.ask and step.ask.retry:
            yield from ("If the answer does not fit:", "", *self._bubbles(step.ask.retry), "")
        yield from _then(node, diagram, numbers)

    def _bubbles(self, lines: Iterable[Line]) -> Iterator[str]:
        lines = list(lines)
        for number, line in enumerate(lines, 1):
            about = [f"Bubble {number}"] if len(lines) > 1 else []
            about += ["said once, ever"] if line.once else []
            texts = list(self._texts(line))
            if about:
                yield f"{', '.join(about)}:"
            if len(texts) == 1 and texts[0][0] in ("plain", self.form):
                yield f"> {_plain(texts[0][1], '> ')}"
            else:
                yield from (f"- *{form}*: {_plain(text, '  ')}" for form, text in texts)
            if number < len(lines):
                yield ""

    def _texts(self, line: Line) -> Iterator[tuple[str, str]]:
        forms = self._forms(line)
        for form in FORMS:
            if form in forms:
                yield from ((form, wording.text) for wording in line.forms.get(form, ()))

    def _forms(self, line: Line) -> Iterable[str]:
        """Return the forms to show: all, or the one that is said."""
        if not self.form:
            return line.forms
        wanted = COOLER.get(self.form, (self.form, "plain"))
        return [form for form in wanted if form in line.forms][:1]


def _sign_off(flow: Flow) -> Iterator[str]:
    yield f"This flow is {review(flow)}. Whoever answers for its words as they stand here has this written into it:"
    yield ""
    yield f"    review: {{by: NAME, role: ROLE, date: YEAR-MONTH-DAY, words: {flow.words}}}"


def _then(node: Node, diagram: Diagram, numbers: Mapping[str, int]) -> Iterator[str]:
    notes = [*node.notes, *([f"goes through the flow “{node.called}” ({node.calls})"] if node.calls else [])]
    yield from (f"*{_plain(note)}*  " for note in notes)
    yield from [""] if notes else []
    dash = "- " if len(node.ways) > 1 else ""
    for way in node.ways:
        yield f"{dash}{_label(way)}{_target(way, diagram, numbers)}"
    yield ""


def _label(way: Way) -> str:
    if way.kind != "choice":
        return f"{_plain(way.label)} " if way.label else ""
    label, only, condition = way.label.partition(" (if ")
    return f"[{_plain(label)}]{only}{_plain(condition)} "


def _target(way: Way, diagram: Diagram, numbers: Mapping[str, int]) -> str:
    if way.to == END:
        return "→ the end"
    if way.inside:
        return f"→ {numbers[way.to]} {spaced(way.to)}"
    id_ = way.to.removeprefix(LEAVE).removeprefix(OVER)
    title = f"“{_plain(diagram.titles.get(id_, id_))}”"
    if way.to.startswith(OVER):
        return f"→ first the flow {title}, then this question again"
    return f"→ on to the flow {title}"


def _plain(text: str, indent: str = "") -> str:
    """Return a text that Markdown leaves as it is; its line breaks stay."""
    return text.translate(MARKS).replace("\n", f"\\\n{indent}")
