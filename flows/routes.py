"""Lines between cards: along the gutters beside the columns, then across above the rank they lead to.

No line runs over a card, and two lines that lead to different cards never share a stretch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flows.layout import Cell

LANE, EDGE, DROP, MARGIN = 9, 15, 22, 24  # pixels: between lines; beside, above and around cards
BEND, APART = 5, 4  # radius of a corner; how near lines at a card's edge may come


@dataclass(frozen=True, slots=True)
class Wire:
    """One line to draw. ``port`` is how far beneath the top of its card it leaves."""

    source: str
    to: str
    port: int
    main: bool = False


@dataclass(slots=True)
class Plan:
    """Where each card stands, and one path for each card that lines lead to. In pixels."""

    spots: dict[str, tuple[int, int]] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    width: int = 0
    height: int = 0


def plan(cells: Mapping[str, Cell], heights: Mapping[str, int], wires: Iterable[Wire], width: int) -> Plan:
    """Return a plan for cards of one width."""
    return _Planner(cells, heights, width, list(wires)).plan()


class _Planner:
    """Lives for one call of ``plan``."""

    def __init__(
        self, cells: Mapping[str, Cell], heights: Mapping[str, int], width: int, wires: list[Wire]
    ) -> None:
        self.cells, self.heights, self.width, self.wires = cells, heights, width, wires
        self.taken = {(cell.rank, cell.column) for cell in cells.values()}
        self.stubs: list[tuple[int, int, int, str]] = []
        self.result = Plan()

    def plan(self) -> Plan:
        self._gutters()
        self._channels()
        for wire in self.wires:
            path = self.result.paths.get(wire.to, "")
            self.result.paths[wire.to] = path + self._path(wire)
        return self.result

    # --- across the page ---

    def _gutters(self) -> None:
        """Give each line down the page a lane of its own, and each column its place."""
        spans: dict[tuple[int, str], tuple[int, int]] = {}
        for wire in self.wires:
            if not self._straight(wire):
                key, top, bottom = (
                    self._trunk(wire),
                    2 * self.cells[wire.source].rank + 1,
                    2 * self.cells[wire.to].rank,
                )
                high, low = spans.get(key, (top, bottom))
                spans[key] = min(high, top), max(low, bottom)
        columns = max((cell.column for cell in self.cells.values()), default=0) + 1
        self.trunks: dict[tuple[int, str], int] = {}
        self.left: list[int] = []
        x = MARGIN
        for gutter in range(columns + 1):
            here = {to: span for (at, to), span in spans.items() if at == gutter}
            lanes = _lanes(here)
            for to, lane in lanes.items():
                self.trunks[gutter, to] = x + EDGE + lane * LANE
            used = max(lanes.values(), default=-1) + 1
            x += 2 * EDGE + (used - 1) * LANE if used else EDGE if gutter in {0, columns} else 2 * EDGE
            if gutter < columns:
                self.left.append(x)
                x += self.width
        self.result.width = x + MARGIN

    def _trunk(self, wire: Wire) -> tuple[int, str]:
        """Return which gutter a line goes down: the one on the side of what it leads to."""
        here, there = self.cells[wire.source].column, self.cells[wire.to].column
        return (here if there < here else here + 1), wire.to

    def _straight(self, wire: Wire) -> bool:
        """Whether a line may go straight down: it is the main one, and no card stands between."""
        here, there = self.cells[wire.source], self.cells[wire.to]
        between = range(here.rank + 1, there.rank)
        return (
            wire.main
            and here.column == there.column
            and not any((rank, here.column) in self.taken for rank in between)
        )

    def _middle(self, id_: str) -> int:
        return self.left[self.cells[id_].column] + self.width // 2

    # --- down the page ---

    def _channels(self) -> None:
        """Give each line across the page a lane above the rank it leads to, and each rank its place."""
        self.across: dict[str, int] = {}
        y = 0
        for rank in range(max((cell.rank for cell in self.cells.values()), default=-1) + 1):
            ids = [id_ for id_, cell in self.cells.items() if cell.rank == rank]
            lanes = _lanes({id_: span for id_ in ids if (span := self._span(id_))})
            y += DROP // 2
            for id_, lane in lanes.items():
                self.across[id_] = y + lane * LANE
            y += len(set(lanes.values())) * LANE + DROP // 2
            for id_ in ids:
                self.result.spots[id_] = self.left[self.cells[id_].column], y
            y += max(self.heights[id_] for id_ in ids)
        self.result.height = y

    def _span(self, id_: str) -> tuple[int, int] | None:
        """Return from where to where a line lies across above a card."""
        ends = [x for (_, to), x in self.trunks.items() if to == id_]
        return (min(*ends, self._middle(id_)), max(*ends, self._middle(id_))) if ends else None

    # --- paths ---

    def _path(self, wire: Wire) -> str:
        (left, top), (_, goal) = self.result.spots[wire.source], self.result.spots[wire.to]
        if self._straight(wire):
            middle = self._middle(wire.to)
            return f"M{middle} {top + self.heights[wire.source]}V{goal}"
        gutter, to = self._trunk(wire)
        edge = left + self.width if gutter > self.cells[wire.source].column else left
        trunk, across, middle = self.trunks[gutter, to], self.across[to], self._middle(to)
        y = self._free(top + wire.port, min(edge, trunk), max(edge, trunk), to)
        return _bent([(edge, y), (trunk, y), (trunk, across), (middle, across), (middle, goal)])

    def _free(self, y: int, start: int, end: int, to: str) -> int:
        """Return a height near ``y`` at which no line from the other side of the gutter lies in the way."""
        for shift in (0, -5, 5, -10, 10):
            if all(
                to == other or abs(y + shift - height) >= APART or end < low or high < start
                for height, low, high, other in self.stubs
            ):
                break
        self.stubs.append((y + shift, start, end, to))
        return y + shift


def _lanes(spans: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Give lines that lie beside each other lanes of their own: the short ones the first."""
    lanes: list[list[tuple[int, int]]] = []
    found: dict[str, int] = {}
    for id_, (low, high) in sorted(spans.items(), key=lambda item: item[1][1] - item[1][0]):
        free = (
            number
            for number, lane in enumerate(lanes)
            if all(high < start or end < low for start, end in lane)
        )
        number = next(free, len(lanes))
        if number == len(lanes):
            lanes.append([])
        lanes[number].append((low, high))
        found[id_] = number
    return found


def _bent(points: list[tuple[int, int]]) -> str:
    """Return a path through points, its corners rounded."""
    path = f"M{points[0][0]} {points[0][1]}"
    for before, (x, y), after in zip(points, points[1:], points[2:], strict=False):
        entry, leave = _towards((x, y), before), _towards((x, y), after)
        path += f"L{entry[0]} {entry[1]}Q{x} {y} {leave[0]} {leave[1]}"
    return f"{path}L{points[-1][0]} {points[-1][1]}"


def _towards(corner: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return the point beside a corner where its bend begins."""
    (x, y), (u, v) = corner, other
    reach = min(BEND, (abs(u - x) + abs(v - y)) // 2)
    return x + reach * ((u > x) - (u < x)), y + reach * ((v > y) - (v < y))
