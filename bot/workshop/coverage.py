"""``befriend flows coverage``: what of the flows do the transcripts reach?"""

import argparse
import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from bot.workshop.places import LIE, NONE, shown, transcripts
from flows.workshop.command import Bench, Command

if TYPE_CHECKING:
    from bot.workshop.spots import Spot
    from flows.compiler import Content

USUAL = 90  # percent; the rest are answers for which a dialog of their own would show nothing new
ALL = 100
DEMAND: Mapping[str, int] = dict.fromkeys(("helpnow", "direct", "crisis", "door", "safer", "*grief*"), ALL)


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a flow is reached.

    Attributes:
        demand: Percent that are wanted.
        spots: All that can be reached, in the order it was written.

    """

    flow: str
    path: str
    demand: int
    spots: tuple["Spot", ...]

    @property
    def gaps(self) -> list["Spot"]:
        """What is not reached."""
        return [spot for spot in self.spots if not spot.reached]

    @property
    def percent(self) -> float:
        """Never more than it is: 99.96 is not 100."""
        total = len(self.spots)
        return 1000 * (total - len(self.gaps)) // total / 10 if total else 100.0

    @property
    def enough(self) -> bool:
        return self.percent >= self.demand


def demand(flow: str, usual: int = USUAL) -> int:
    """Return the percent of a flow that must be reached: all where somebody may be in danger or grieves."""
    return next((percent for name, percent in DEMAND.items() if fnmatchcase(flow, name)), usual)


def measure(content: "Content", paths: Iterable[Path], usual: int = USUAL) -> "tuple[list[Share], list[str]]":
    """Play transcripts and return what they reach, and which of them cannot be played.

    It is about an author's flows, or about all where there are none.
    """
    from bot.workshop.spots import Reached
    from bot.workshop.stage import play
    from bot.workshop.transcript import TranscriptError, read_transcript

    reached, broken = Reached(), []
    observed = reached.watch(content)
    for path in paths:
        try:
            transcript = read_transcript(path.read_text(encoding="utf-8"))
            asyncio.run(play(transcript, observed, reached.stands))
        except TranscriptError as error:
            broken.append(f"{shown(path)}:{error.row}: {error}")
    flows = [
        content.flows[id_].flow for id_ in content.added or sorted(content.flows) if id_ in content.flows
    ]
    shares = [Share(flow.id, flow.path, demand(flow.id, usual), tuple(reached.spots(flow))) for flow in flows]
    return shares, broken


# --- the command --------------------------------------------------------------------------


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flows", nargs="*", metavar="ID", help="a flow; without any, all of yours")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for each flow")
    parser.add_argument(
        "--fail-under",
        type=_percent,
        default=USUAL,
        metavar="PERCENT",
        help=f"what is demanded of flows that nothing else is demanded of (default: {USUAL})",
    )


def run(bench: Bench) -> int:
    """Print what is not reached, and a line for each flow; 1 if it is less than demanded."""
    from bot.workshop.loading import load

    content = load(bench)
    if content is None:
        return 1
    paths = transcripts(bench.folder)
    if not paths:
        return bench.fail(NONE)
    shares, broken = measure(content, paths, bench.options.fail_under)
    if bench.options.flows:
        shares = [share for share in shares if share.flow in bench.options.flows]
    for fault in broken:
        bench.fail(fault)
    for share in shares:
        for line in [_json(share)] if bench.options.json else _lines(share):
            bench.say(line)
    return 0 if not broken and all(share.enough for share in shares) else 1


def _lines(share: Share) -> Iterator[str]:
    yield from (f"{share.path}:{spot.row}: not reached: {spot}" for spot in share.gaps)
    reached = f"{len(share.spots) - len(share.gaps)} of {len(share.spots)}"
    short = "" if share.enough else "   TOO LITTLE"
    yield f"{share.flow:14} {share.percent:5} %   {reached}, {share.demand} % wanted{short}"


def _json(share: Share) -> str:
    figures = {"flow": share.flow, "path": share.path, "percent": share.percent, "demand": share.demand}
    gaps = [{"row": each.row, "kind": each.kind, "step": each.step, "name": each.name} for each in share.gaps]
    return json.dumps({**figures, "enough": share.enough, "total": len(share.spots), "gaps": gaps})


def _percent(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= ALL:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no percentage; give 0 to 100")


NOTES = f"""It counts steps, choices and the branches under `when`. {ALL} % are wanted of
{", ".join(DEMAND)}: what people meet in danger or in grief is shown whole.

{LIE}"""
COMMAND = Command(
    "coverage", "show which steps, choices and branches no transcript reaches", options, run, NOTES
)
