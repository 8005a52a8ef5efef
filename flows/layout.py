"""Where things stand in a picture: in ranks that lead down the page, in a few columns beneath each other.

Layered drawing as Sugiyama, Tagawa and Toda (1981) divide it: ways back are set aside, the others give each
node a rank below all that leads to it, columns are chosen so that lines stay short.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

COLUMNS = 3  # what can still be read when a page of paper holds all of its width
SWEEPS = 6  # times that the columns are chosen anew; it has settled by then
MAIN = 3  # times that a way most people go counts


@dataclass(frozen=True, slots=True)
class Edge:
    """One node leads to another; ``main`` where that is how it goes on by default."""

    source: str
    to: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A node's rank and column, from 0."""

    rank: int
    column: int


def arrange(
    nodes: Sequence[str], start: str, edges: Iterable[Edge], columns: int = COLUMNS
) -> dict[str, Cell]:
    """Return each node's cell, rank by rank. The same graph gives the same cells."""
    edges = list(edges)
    ranks = _ranks(nodes, _forward(nodes, start, edges), columns)
    places = _columns(ranks, edges, columns)
    cells = {id_: Cell(rank, places[id_]) for rank, several in enumerate(ranks) for id_ in several}
    return dict(sorted(cells.items(), key=lambda item: (item[1].rank, item[1].column)))


def _forward(nodes: Sequence[str], start: str, edges: list[Edge]) -> dict[str, list[str]]:
    """Return what leads to each node, in an order in which nothing leads back; ways back are left out."""
    out: dict[str, list[str]] = {id_: [] for id_ in nodes}
    for edge in edges:
        if edge.to in out:
            out[edge.source].append(edge.to)
    done: dict[str, None] = {}
    back: set[tuple[str, str]] = set()
    for root in [start, *nodes]:
        if root in out and root not in done:
            _visit(root, out, done, back)
    before: dict[str, list[str]] = {id_: [] for id_ in reversed(done)}
    for source, several in out.items():
        for to in several:
            if (source, to) not in back:
                before[to].append(source)
    return before


def _visit(
    root: str, out: Mapping[str, list[str]], done: dict[str, None], back: set[tuple[str, str]]
) -> None:
    """Note nodes in the order in which they are left, and the ways that lead back to one still open."""
    trail = [(root, iter(out[root]))]
    opened = {root}
    while trail:
        id_, following = trail[-1]
        to = next(following, None)
        if to is None:
            trail.pop()
            opened.discard(id_)
            done[id_] = None
        elif to in opened:
            back.add((id_, to))
        elif to not in done:
            opened.add(to)
            trail.append((to, iter(out[to])))


def _ranks(nodes: Sequence[str], before: Mapping[str, list[str]], columns: int) -> list[list[str]]:
    """Give each node the first rank below all that leads to it that still has room."""
    depth: dict[str, int] = {}
    for id_, sources in before.items():
        depth[id_] = max((depth[source] + 1 for source in sources), default=0)
    order = {id_: number for number, id_ in enumerate(nodes)}
    ranks: list[list[str]] = []
    placed: dict[str, int] = {}
    for id_ in sorted(before, key=lambda id_: (depth[id_], order[id_])):
        rank = max((placed[source] + 1 for source in before[id_]), default=0)
        while rank < len(ranks) and len(ranks[rank]) >= columns:
            rank += 1
        ranks.extend([] for _ in range(rank + 1 - len(ranks)))
        ranks[rank].append(id_)
        placed[id_] = rank
    return ranks


def _columns(ranks: list[list[str]], edges: list[Edge], columns: int) -> dict[str, int]:
    """Choose columns rank by rank, down and up again, so that what leads to each other stands close."""
    near: dict[str, list[tuple[str, int]]] = {id_: [] for several in ranks for id_ in several}
    for edge in edges:
        if edge.to in near:
            near[edge.source].append((edge.to, MAIN if edge.main else 1))
            near[edge.to].append((edge.source, MAIN if edge.main else 1))
    places: dict[str, int] = {}
    for sweep in range(SWEEPS):
        for several in ranks if sweep % 2 == 0 else reversed(ranks):
            places.update(_best(several, near, places, columns))
    return places


def _best(
    rank: Sequence[str], near: Mapping[str, list[tuple[str, int]]], places: Mapping[str, int], columns: int
) -> dict[str, int]:
    """Return the columns of one rank that keep lines to what has a place the shortest; of equals, the leftmost."""

    def length(chosen: tuple[int, ...]) -> int:
        return sum(
            weight * abs(column - places[other])
            for id_, column in zip(rank, chosen, strict=True)
            for other, weight in near[id_]
            if other in places and other not in rank
        )

    best = min(permutations(range(columns), len(rank)), key=lambda chosen: (length(chosen), chosen))
    return dict(zip(rank, best, strict=True))
