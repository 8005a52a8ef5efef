"""A diagram as SVG: one file that needs nothing else, in light and in dark, with its words as text."""

from collections.abc import Mapping

from flows.cards import WIDTH, Card, Sheet, card, described, hue
from flows.diagram import Diagram
from flows.ink import SMALL, TEXT, style
from flows.layout import Cell, Edge, arrange
from flows.lettering import wrap, xml
from flows.routes import MARGIN, Plan, Wire, plan

HEAD = 'role="graphics-document" aria-labelledby="title about" viewBox="0 0'
HUB = 5  # a place that more cards lead to is named where they lead to it; lines would be a thicket


def picture(diagram: Diagram, linked: frozenset[str] = frozenset()) -> str:
    """Return a diagram as SVG. ``linked`` are flows whose pictures lie beside this one."""
    edges = _edges(diagram)
    cells = arranged(diagram)
    numbers = {id_: number for number, id_ in enumerate(cells, 1)}
    drawn = _drawn(edges, cells)
    undrawn = {
        to: [edge.source for edge in edges if edge.to == to and (edge.source, to) not in drawn]
        for to in cells
    }
    undrawn = {to: list(dict.fromkeys(sources)) for to, sources in undrawn.items()}
    sheet = Sheet(cells, numbers, diagram.titles, linked, undrawn, diagram.start)
    cards = {id_: card(diagram.nodes[id_], sheet) for id_ in cells}
    heights = {id_: each.height for id_, each in cards.items()}
    wires = [Wire(source, to, cards[source].ports[to], cards[source].main == to) for source, to in drawn]
    return _page(diagram, plan(cells, heights, wires, WIDTH), cards, numbers)


def arranged(diagram: Diagram) -> dict[str, Cell]:
    """Return where each card stands, in the order in which they are numbered."""
    return arrange(list(diagram.nodes), diagram.start, _edges(diagram))


def _edges(diagram: Diagram) -> list[Edge]:
    return [
        Edge(node.id, way.to, way.kind in ("then", "typed"))
        for node in diagram.nodes.values()
        for way in node.ways
        if way.to in diagram.nodes
    ]


def _drawn(edges: list[Edge], cells: Mapping[str, Cell]) -> dict[tuple[str, str], None]:
    """Return what lines are drawn for: ways down the page, but to a place that many lead to only the nearest."""
    down = dict.fromkeys(
        (edge.source, edge.to) for edge in edges if cells[edge.to].rank > cells[edge.source].rank
    )
    sources: dict[str, list[str]] = {}
    for source, to in down:
        sources.setdefault(to, []).append(source)
    near = {to: max(several, key=lambda id_: cells[id_].rank) for to, several in sources.items()}
    return {(source, to): None for source, to in down if len(sources[to]) <= HUB or source == near[to]}


def _page(diagram: Diagram, planned: Plan, cards: Mapping[str, Card], numbers: Mapping[str, int]) -> str:
    wide = max(planned.width, 2 * WIDTH)
    head, top = _head(diagram, wide)
    bottom = top + planned.height + 20
    foot, height = _legend(diagram.legend, bottom, wide)
    whole = f"{diagram.title}: {len(diagram.nodes)} cards, from {diagram.start} on. {' '.join(diagram.notes)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{height}" {HEAD} {wide} {height}">',
            f'<title id="title">{xml(diagram.title)}</title>',
            f'<desc id="about">{xml(whole)}</desc>',
            f"<style>{style()}</style>",
            f'<rect class="page" width="{wide}" height="{height}"/>',
            *head,
            f'<g transform="translate(0 {top})">',
            *(_wire(path, planned.spots[to], numbers[to]) for to, path in planned.paths.items()),
            *(_card(each, planned.spots[id_], diagram, numbers[id_]) for id_, each in cards.items()),
            "</g>",
            *foot,
            "</svg>",
            "",
        ]
    )


def _wire(path: str, spot: tuple[int, int], number: int) -> str:
    x, y = spot[0] + WIDTH // 2, spot[1]
    return (
        f'<g aria-hidden="true"><path class="wire l{hue(number)}" d="{path}"/>'
        f'<path class="f{hue(number)}" d="M{x} {y}l-5 -9h10z"/></g>'
    )


def _card(each: Card, spot: tuple[int, int], diagram: Diagram, number: int) -> str:
    node = diagram.nodes[each.id]
    kind = "card start" if each.id == diagram.start else "card tender" if node.delicate else "card"
    return "\n".join(
        [
            f'<g id="s{number}" class="node" transform="translate({spot[0]} {spot[1]})">',
            f"<title>{xml(' '.join(described(node, number)))}</title>",
            f'<rect class="{kind}" width="{WIDTH}" height="{each.height}" rx="8"/>',
            *each.parts,
            "</g>",
        ]
    )


def _head(diagram: Diagram, wide: int) -> tuple[list[str], int]:
    """Return the title and what stands beneath it, and where that ends."""
    parts, y = [], 34
    for line in wrap(diagram.title, 24, wide - 2 * MARGIN):
        parts.append(f'<text class="title" x="{MARGIN}" y="{y}">{xml(line)}</text>')
        y += 28
    for note in diagram.notes:
        for line in wrap(note, TEXT, wide - 2 * MARGIN):
            parts.append(f'<text class="about" x="{MARGIN}" y="{y}">{xml(line)}</text>')
            y += 18
    return parts, y


def _legend(sentences: str, y: int, wide: int) -> tuple[list[str], int]:
    parts = [f'<path class="rule" d="M{MARGIN} {y}H{wide - MARGIN}"/>']
    y += 20
    for sentence in sentences.splitlines():
        for line in wrap(sentence, SMALL, wide - 2 * MARGIN):
            parts.append(f'<text class="note" x="{MARGIN}" y="{y}">{xml(line)}</text>')
            y += 15
    return parts, y + 10
