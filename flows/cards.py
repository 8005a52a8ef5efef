"""A node of a diagram as a card: how high it is, what is written where, and where its lines leave."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest

from flows.diagram import Node, Way, Words
from flows.ink import HUES, SMALL, TEXT
from flows.layout import Cell
from flows.lettering import BOLD, cut, leftward, width, wrap, xml
from flows.model import END, LEAVE, OVER

WIDTH, PAD, GAP = 272, 12, 6  # pixels
LINE, TIGHT = 17, 14  # how far lines of text and of notes are apart
MOST = 150  # characters of a bubble; the whole of it stands in the flow
LABEL = 120  # of a condition
NARROW = 110  # pixels; beside less than that only a line that fits is written
NOWHERE = Cell(-1, -1)


@dataclass(slots=True)
class Card:
    """A node, drawn from 0, 0. ``ports`` are the heights at which the lines leave, by target."""

    id: str
    height: int = 0
    parts: list[str] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    main: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a card knows of the picture it is part of.

    Attributes:
        linked: Flows whose pictures lie beside this one.
        undrawn: What leads to a card without a line.

    """

    cells: Mapping[str, Cell]
    numbers: Mapping[str, int]
    titles: Mapping[str, str] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()
    undrawn: Mapping[str, Sequence[str]] = field(default_factory=dict)
    start: str = ""


def card(node: Node, sheet: Sheet) -> Card:
    """Return a node's card."""
    return _Maker(node, sheet).make()


def hue(number: int) -> int:
    """Return which colour leads to a card."""
    return number % HUES


class _Maker:
    """Writes one card from its top to its bottom. Lives for one call of ``card``."""

    def __init__(self, node: Node, sheet: Sheet) -> None:
        self.node, self.sheet, self.y = node, sheet, 0
        self.card = Card(node.id)

    def make(self) -> Card:
        node = self.node
        self._head()
        for words in node.words:
            self._bubble(words)
        if node.calls:
            self._call()
        for note in node.notes:
            self._lines(note, PAD, WIDTH - 2 * PAD, "note", SMALL)
        if node.ways:
            self.y += GAP
            self.card.parts.append(f'<path class="rule" d="M0 {self.y}H{WIDTH}"/>')
            self.y += GAP
        for number, (to, ways) in enumerate(groupby(node.ways, key=lambda way: way.to)):
            if number:
                self.card.parts.append(f'<path class="hair" d="M{PAD} {self.y}H{WIDTH - PAD}"/>')
                self.y += 4
            self._ways(to, list(ways))
        self.card.height = self.y + GAP
        self.card.main = _main(node)
        return self.card

    # --- what is said ---

    def _head(self) -> None:
        number = self.sheet.numbers[self.node.id]
        badge = max(24, round(width(str(number), TEXT)) + 12)
        marks = ["begins here"] if self.node.id == self.sheet.start else []
        mark = ", ".join(marks + (["delicate"] if self.node.delicate else []))
        room = WIDTH - 2 * PAD - badge - 8 - (width(mark, SMALL) + 8 if mark else 0)
        first, *rest = wrap(self.node.id, TEXT * BOLD, room)
        name = f'<text class="id" x="{PAD + badge + 8}" y="24">{xml(first)}{"…" if rest else ""}</text>'
        self.card.parts.append(
            f'<rect class="f{hue(number)}" x="{PAD}" y="9" width="{badge}" height="20" rx="5"/>'
            f'<text class="badge" x="{PAD + badge / 2:g}" y="23.5">{number}</text>'
            f"{self._linked(self.node.opens, name)}"
        )
        if mark:
            kind = "delicate" if self.node.delicate else "begins"
            self.card.parts.append(f'<text class="{kind}" x="{WIDTH - PAD}" y="23.5">{mark}</text>')
        self.y = 36
        sources = sorted(self.sheet.numbers[id_] for id_ in self.sheet.undrawn.get(self.node.id, ()))
        if sources:
            numbers = ", ".join(map(str, sources))
            self._lines(f"reached from {numbers} too", PAD, WIDTH - 2 * PAD, "note", SMALL)

    def _bubble(self, words: Words) -> None:
        room = WIDTH - 2 * PAD - 2 * GAP - 4
        lines = wrap(cut(words.text, MOST), TEXT, room)
        label = [f"[{words.media}]"] if words.media else []
        height = LINE * (len(lines) + len(label)) + 9
        kind = "media" if words.media else "bubble"
        self.card.parts.append(
            f'<rect class="{kind}" x="{PAD}" y="{self.y}" width="{WIDTH - 2 * PAD}" height="{height}" rx="9"/>'
        )
        top = self.y
        for number, line in enumerate([*label, *lines]):
            self._text(line, PAD + GAP + 2, top + 17 + LINE * number, "say", room)
        self.y = top + height + 2
        if words.note:
            self._lines(words.note, PAD + GAP, room, "note", SMALL)
        self.y += GAP - 2

    def _call(self) -> None:
        """Draw a flow that is gone through, as a box with doubled sides."""
        whole = f"{self.node.calls}: {self.node.called}" if self.node.called else self.node.calls
        lines = wrap(whole, TEXT, WIDTH - 2 * PAD - 24)
        height = LINE * len(lines) + TIGHT + 14
        x, y, far = PAD, self.y, WIDTH - PAD
        self.card.parts.append(
            f'<rect class="call" x="{x}" y="{y}" width="{far - x}" height="{height}"/>'
            f'<path class="bars" d="M{x + 5} {y}v{height}M{far - 5} {y}v{height}"/>'
            f'<text class="note" x="{x + 13}" y="{y + 16}">goes through, and comes back:</text>'
        )
        for number, line in enumerate(lines):
            text = f'<text class="flow" x="{x + 13}" y="{y + 32 + LINE * number}">{xml(line)}</text>'
            self.card.parts.append(self._linked(self.node.calls, text))
        self.y += height + GAP

    # --- where it leads ---

    def _ways(self, to: str, ways: list[Way]) -> None:
        """Draw all that leads to one place: what is tapped or the case on the left, the place on the right."""
        pointer, needs = self._pointer(to)
        labels = [way for way in ways if way.label]
        room = WIDTH - 2 * PAD - needs - 8
        top, beside = self.y, all(self._fits(way, room) for way in labels)
        last = self._labels(labels, room if beside else WIDTH - 2 * PAD)
        if not labels or (not beside and last > room):
            self.y += LINE + 3
            beside = False
        middle = (top + self.y) // 2 - 1 if beside and labels else self.y - (LINE + 3) // 2 - 1
        self.card.parts.append(pointer.format(y=middle + 4, top=middle - 9))
        self.card.ports.setdefault(to, middle)
        self.y += 3

    def _fits(self, way: Way, room: float) -> bool:
        """Whether a label has enough room beside the place it leads to."""
        if way.kind == "choice":
            return width(way.label, TEXT) + 20 <= room
        return len(wrap(cut(way.label, LABEL), TEXT, room)) <= (1 if room < NARROW else 3)

    def _labels(self, ways: list[Way], room: float) -> float:
        """Write labels beneath each other, and buttons beside each other; return how long the last line is."""
        x, last = PAD, 0.0
        for way, following in zip_longest(ways, ways[1:]):
            if way.kind != "choice":
                last = self._label(way, room)
                continue
            lines = wrap(way.label, TEXT, room - 20)
            wide = round(max(width(line, TEXT) for line in lines)) + 20
            if x > PAD and x + wide > PAD + room:
                x, self.y = PAD, self.y + LINE + 7
            self._pill(lines, x, wide)
            x += wide + 5
            last = x - PAD
            if following is None or following.kind != "choice" or len(lines) > 1:
                x, self.y = PAD, self.y + LINE * len(lines) + 7
        return last

    def _pill(self, lines: list[str], x: int, wide: int) -> None:
        """Draw a choice as the button that it is."""
        height = LINE * len(lines) + 4
        self.card.parts.append(
            f'<rect class="pill" x="{x}" y="{self.y}" width="{wide}" height="{height}" rx="10"/>'
        )
        for number, line in enumerate(lines):
            self._text(line, x + 10, self.y + 15 + LINE * number, "tap", wide - 20)

    def _label(self, way: Way, room: float) -> float:
        text = cut(way.label, LABEL)
        if way.kind != "after":
            return self._lines(text, PAD, room, way.kind, TEXT)
        x, y = PAD + 7, self.y + 10
        self.card.parts.append(
            f'<circle class="clock" cx="{x}" cy="{y}" r="6"/><path class="clock" d="M{x} {y - 4}v4h3"/>'
        )
        return 18 + self._lines(text, PAD + 18, room - 18, "after", TEXT)

    def _pointer(self, to: str) -> tuple[str, float]:
        """Return how a place is named where something leads to it, and how wide that is."""
        if to == END:
            wide = width("end", TEXT) + 18
            x = WIDTH - PAD - wide
            return (
                f'<rect class="end" x="{x:.0f}" y="{{top}}" width="{wide:.0f}" height="18" rx="9"/>'
                f'<text class="ended" x="{x + wide / 2:.0f}" y="{{y}}">end</text>'
            ), wide
        if to.startswith((LEAVE, OVER)):
            return self._aside(to)
        here, there = self.sheet.cells[self.node.id], self.sheet.cells.get(to, NOWHERE)
        arrow = "→" if there.rank == here.rank else "↓" if there.rank > here.rank else "↑"
        number = self.sheet.numbers.get(to, 0)
        shown = f"{arrow} {number} {cut(to, 22)}" if number else f"missing: {cut(to, 22)}"
        text = f'<text class="to t{hue(number)}" x="{WIDTH - PAD}" y="{{y}}">{_safe(shown)}</text>'
        return f'<a href="#s{number}">{text}</a>' if number else text, width(shown, TEXT * BOLD)

    def _aside(self, to: str) -> tuple[str, float]:
        """Return how another flow is named: left for it, or laid over this one."""
        name = to.removeprefix(LEAVE).removeprefix(OVER)
        shown = f"leaves for {name}" if to.startswith(LEAVE) else f"lays {name} over"
        wide = width(shown, TEXT * BOLD) + 18
        x, kind = WIDTH - PAD - wide, "leave" if to.startswith(LEAVE) else "over"
        shape = (
            f'<path class="{kind}" d="M{x:.0f} {{top}}h{wide - 9:.0f}l9 9l-9 9h-{wide - 9:.0f}z"/>'
            f'<text class="flow" x="{x + 7:.0f}" y="{{y}}">{_safe(shown)}</text>'
        )
        return self._linked(name, shape), wide

    # --- letters ---

    def _lines(self, text: str, x: int, room: float, kind: str, size: int) -> float:
        """Write a text from here on; return how long its last line is."""
        apart, last = TIGHT if size == SMALL else LINE, ""
        for last in wrap(text, size, room):
            self._text(last, x, self.y + (11 if size == SMALL else 14), kind, room)
            self.y += apart
        self.y += 3
        return width(last, size)

    def _text(self, line: str, x: int, y: int, kind: str, room: float) -> None:
        aside = f' direction="rtl" x="{x + room:.0f}"' if leftward(line) else f' x="{x}"'
        self.card.parts.append(f'<text class="{kind}"{aside} y="{y}">{xml(line)}</text>')

    def _linked(self, flow: str, shape: str) -> str:
        return f'<a href="{xml(flow)}.svg">{shape}</a>' if flow in self.sheet.linked else shape


def _safe(text: str) -> str:
    return xml(text).replace("{", "{{").replace("}", "}}")


def _main(node: Node) -> str:
    """Return where a card leads on by default, or at all; "" where there are several ways and none of them is it."""
    on = [way.to for way in node.ways if way.kind in ("then", "typed")]
    all_ = dict.fromkeys(way.to for way in node.ways)
    return on[-1] if on else next(iter(all_)) if len(all_) == 1 else ""


def described(node: Node, number: int) -> Iterator[str]:
    """Yield the sentences that a screen reader says of a card before its words."""
    yield f"{number}, {node.id}."
    if node.calls:
        yield f"Goes through {node.calls}."
    if node.ways:
        yield f"Leads to {', '.join(dict.fromkeys(way.to for way in node.ways))}."
