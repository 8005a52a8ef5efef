"""``befriend flows draw``: flows as pictures, and one map of all of them."""

import argparse
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path

from flows import chart, diagram, mermaid, svg
from flows.model import Flow
from flows.workshop.command import Bench, Command

MAP = "all-flows"  # no flow can be called that
NOTES = """\
Without names it draws your own flows (with --content), or else all of the bot's, and the map.
  befriend flows draw friend                  friend.svg, here
  befriend flows draw --content mine          your flows and the map
  befriend flows draw --map -o map.svg        the map alone
  befriend flows draw friend --mermaid -o -   Mermaid text, to paste into a wiki
An SVG opens in every browser. Printed from there, it is as wide as the page and as long as it has to be.
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flows", nargs="*", metavar="ID", help="a flow; without any, all")
    parser.add_argument("--mermaid", action="store_true", help="Mermaid text in place of SVG")
    parser.add_argument("--map", action="store_true", help="the map of all flows")
    parser.add_argument(
        "-o",
        default=".",
        metavar="PLACE",
        dest="out",
        help="a folder, one file, or - to print; here by default",
    )


def run(bench: Bench) -> int:
    """Write the pictures that were asked for; 1 if a flow is not there, or they do not go where they should."""
    pack = bench.pack()
    flows = {flow.id: flow for flow in pack.flows if flow.kind != "lines"}
    ids, whole = _asked(bench, flows, pack.added)
    unknown = [id_ for id_ in ids if id_ not in flows]
    if unknown:
        return bench.fail(_unknown(unknown[0], flows))
    drawn = pictures(flows, ids, whole=whole, as_mermaid=bench.options.mermaid)
    try:
        return _put(bench, drawn)
    except OSError as error:
        return bench.fail(f"{bench.options.out} cannot be written: {error.strerror}.")


def pictures(
    flows: Mapping[str, Flow], ids: Collection[str], *, whole: bool = True, as_mermaid: bool = False
) -> dict[str, str]:
    """Return pictures by file name. ``whole`` draws the map too."""
    found = {id_: diagram.draw(flows[id_], flows) for id_ in ids}
    if whole:
        found[MAP] = chart.chart(flows)
    if as_mermaid:
        return {f"{id_}.mmd": mermaid.text(each) for id_, each in found.items()}
    linked = frozenset(ids)
    return {f"{id_}.svg": svg.picture(each, linked) for id_, each in found.items()}


def _asked(bench: Bench, flows: Mapping[str, Flow], added: Collection[str]) -> tuple[list[str], bool]:
    """Return which flows to draw, and whether the map too."""
    if bench.options.flows or bench.options.map:
        return list(dict.fromkeys(bench.options.flows)), bench.options.map
    return [id_ for id_ in flows if id_ in added or not bench.folder], True


def _put(bench: Bench, drawn: Mapping[str, str]) -> int:
    out = str(bench.options.out)
    if out == "-":
        for text in drawn.values():
            bench.say(text.rstrip("\n"))
        return 0
    if Path(out).suffix in (".svg", ".mmd", ".md") and not Path(out).is_dir():
        if len(drawn) > 1:
            return bench.fail(f"{len(drawn)} pictures do not fit into one file: name a folder with -o.")
        Path(out).parent.mkdir(parents=True, exist_ok=True)
        _write(bench, Path(out), *drawn.values())
        return 0
    Path(out).mkdir(parents=True, exist_ok=True)
    for name, text in drawn.items():
        _write(bench, Path(out) / name, text)
    return 0


def _write(bench: Bench, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
    bench.say(str(path))


def _unknown(id_: str, flows: Mapping[str, Flow]) -> str:
    near = get_close_matches(id_, list(flows), 1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"There is no flow '{id_}' to draw.{hint} `befriend flows list` names those that there are."


COMMAND = Command("draw", "draw flows as pictures, and a map of all of them", options, run, NOTES)
