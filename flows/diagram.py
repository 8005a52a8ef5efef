"""A flow as a picture's nodes and ways: who says what, and what leads where. Pure data, drawn elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from flows.model import END, LEAVE, OVER, Ask, Choice, Flow, Line, Step
from flows.phrases import SHOWN, condition, counted, moment, spaced

Kind = Literal["choice", "typed", "when", "skip", "after", "then"]
LEGEND = """\
Each card is one step. Its number shows where ways lead: ↓ further down, ↑ further up. Lines are drawn for ways down; \
a place that many cards lead to has only one, and says from where else it is reached.
Grey bubbles are what the bot says: the first of its plain wordings. Outlined pills are buttons. “heard” is what typed \
words were taken for. Ways are tried from the top.
A clock is time that passes by itself. A box with doubled sides is another flow that is gone through. A blue arrow \
leaves for another flow; a dashed one lays it over this one, and then the question comes again.
Stop, back, help now, menu, less and more work at every step and are not drawn."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a node.

    Attributes:
        kind: Who or what takes it: a tap, typed words, a condition, "skip", the clock, or nobody.
        label: What is tapped, or when it is taken, in words.
        to: A node, ``end``, ``flow:name`` (leaves for it), or ``over:name`` (lays it over the talk).

    """

    kind: Kind
    label: str
    to: str

    @property
    def inside(self) -> bool:
        """Whether it leads to a node of the same picture."""
        return self.to != END and not self.to.startswith((LEAVE, OVER))


@dataclass(frozen=True, slots=True)
class Words:
    """One bubble: its first plain wording, and what else there is of it."""

    text: str
    note: str = ""
    media: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A step, or on a map a flow.

    Attributes:
        calls: The flow it goes through, with its title; "" for none.
        notes: What else happens here, in words.
        opens: On a map, the flow whose picture its name leads to.

    """

    id: str
    words: tuple[Words, ...] = ()
    ways: tuple[Way, ...] = ()
    calls: str = ""
    called: str = ""
    notes: tuple[str, ...] = ()
    delicate: bool = False
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """All that a picture shows. ``notes`` stand beneath its title, the legend beneath it all."""

    id: str
    title: str
    start: str
    nodes: Mapping[str, Node]
    notes: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    legend: str = ""


def draw(flow: Flow, flows: Mapping[str, Flow], most: int = SHOWN) -> Diagram:
    """Return a flow as a diagram; the others lend their titles. ``most`` is how long the lists in conditions are."""
    titles = {id_: each.title for id_, each in flows.items()}
    nodes = {step.id: _node(step, flow, titles, most) for step in flow.steps.values()}
    return Diagram(flow.id, flow.title, flow.start, nodes, tuple(_about(flow)), titles, LEGEND)


def review(flow: Flow) -> str:
    """Return who has answered for a flow's words."""
    if flow.review is None:
        return "not reviewed yet"
    return f"reviewed by {flow.review}{'; its words have changed since' if is_stale(flow) else ''}"


def is_stale(flow: Flow) -> bool:
    """Whether a flow says something else than what was signed off."""
    return flow.review is not None and flow.review.words not in ("", flow.words)


def _about(flow: Flow) -> Iterator[str]:
    minutes = [counted(flow.minutes, "minute")] if flow.minutes else []
    sources = [f"sources {', '.join(flow.sources)}"] if flow.sources else []
    steps = counted(len(flow.steps), "step")
    yield " · ".join([flow.kind, *minutes, steps, review(flow), *sources])
    if flow.delicate:
        yield "Delicate: nothing but help, and the person's own wish, interrupts this talk."
    if flow.kind == "practice":
        much = "" if flow.outward else " At a heaviness of 8 to 10 “outward” takes this one's place."
        yield f"“opening” comes before it, and “closing” where it says “end”.{much}"


def _node(step: Step, flow: Flow, titles: Mapping[str, str], most: int) -> Node:
    return Node(
        id=step.id,
        words=tuple(_words(step)),
        ways=tuple(_ways(step, most)),
        calls=step.call,
        called=titles.get(step.call, ""),
        notes=tuple(_notes(step)),
        delicate=step.delicate and not flow.delicate,
    )


def _words(step: Step) -> Iterator[Words]:
    if step.show:
        yield replace(_bubble(step.show.text), media=step.show.kind)
    yield from map(_bubble, step.say)
    for line in step.ask.retry if step.ask else ():
        bubble = _bubble(line)
        yield replace(bubble, note=" · ".join(filter(None, ["if the answer does not fit", bubble.note])))


def _bubble(line: Line) -> Words:
    plain = line.forms.get("plain", ())
    others = [form for form in line.forms if form != "plain"]
    wordings = max((len(form) for form in line.forms.values()), default=0)
    notes = [f"also {', '.join(others)}"] if others else []
    notes += [f"{wordings} wordings"] if wordings > 1 else []
    notes += ["said once, ever"] if line.once else []
    return Words(plain[0].text if plain else "", " · ".join(notes))


def _notes(step: Step) -> Iterator[str]:
    if step.do:
        yield f"does: {spaced(step.do.name)}"
    for name, kept in step.keep.items():
        yield f"keeps “{spaced(kept)}” as {spaced(name)}"


def _ways(step: Step, most: int) -> Iterator[Way]:
    """Yield every way on, in the order in which they are tried."""
    yield from (_tap(choice, choice.to, most) for choice in step.choices if choice.to)
    yield from (Way("when", f"if {condition(branch.condition, most)}", branch.to) for branch in step.when)
    if step.to:
        yield from (_tap(choice, step.to, most) for choice in step.choices if not choice.to)
        yield _on(step)
    if step.skip or (step.to and (step.ask or step.choices or step.offers)):
        yield Way("skip", "skip", step.skip or step.to)
    if step.after:
        yield Way("after", moment(step.after), step.after.to)


def _tap(choice: Choice, to: str, most: int) -> Way:
    only = f" (if {condition(choice.when, most)})" if choice.when else ""
    return Way("choice", f"{choice.label.text}{only}", to)


def _on(step: Step) -> Way:
    """Return where a step goes on when nothing else was the case."""
    if step.offers:
        return Way("choice", f"any line of “{spaced(step.offers)}”", step.to)
    if step.ask:
        return Way("typed", _typed(step.ask, other=bool(step.when or step.choices)), step.to)
    return Way("then", "otherwise" if step.when or step.choices else "", step.to)


def _typed(ask: Ask, *, other: bool) -> str:
    if ask.number:
        return f"a number from {ask.number[0]} to {ask.number[1]}"
    what = {"date": "date", "time": "time of day"}.get(ask.type, "words")
    most = f", up to {ask.longest} characters" if ask.longest else ""
    return f"any {'other ' if other else ''}{what}{most}"
