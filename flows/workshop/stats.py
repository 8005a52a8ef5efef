"""``befriend flows stats``: how long, how hard and how varied flows are."""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from flows.phrases import counted
from flows.workshop.command import Bench, Command

if TYPE_CHECKING:
    from flows.figures import Figures
    from flows.walk.report import Talk

WALKS = 20  # random walks through each flow: enough for a median, done in a second
REPEATED = 5  # sentences that are shown
NOTES = """\
  grade      US school grade that reads it with ease (Flesch-Kincaid); 6 at most
  sentence   words of a sentence, on average
  longest    characters of the longest bubble; 300 at most
  variety    wordings of a bubble in one form, on average, and how many have at least three
  again      sentences that other flows say word for word
  ?          questions for each bubble
  turns      how often people have the word: half of the random walks have more; and the longest
  minutes    as declared, as they come of words and waits, and as random walks take
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "flows", nargs="*", metavar="ID", help="a flow; without any, all (yours, with --content)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--no-turns", action="store_true", help="do not walk: it is faster")


def run(bench: Bench) -> int:
    """Print a row of figures for each flow; 1 if a flow is not there."""
    from flows.figures import measure, repeated
    from flows.workshop.loading import known

    pack, asked = bench.pack(), bench.options
    flows = {flow.id: flow for flow in pack.flows}
    if not known(bench, asked.flows, flows):
        return 1
    ids = asked.flows or [id_ for id_ in flows if id_ in pack.added or not bench.folder]
    figures = [measure(flows[id_], flows) for id_ in ids]
    talks = {} if asked.no_turns else _talks(bench, [id_ for id_ in ids if flows[id_].kind != "lines"])
    if talks is None:
        return 1
    said = [each for each in repeated(flows.values()) if set(each[1]) & set(ids)]
    for line in _json(figures, talks, said) if asked.json else _table(figures, talks, said):
        bench.say(line)
    return 0


def _talks(bench: Bench, ids: list[str]) -> "Mapping[str, Talk] | None":
    """Walk through flows at random; None if they cannot be used."""
    from flows.walk.report import random_walks
    from flows.workshop.loading import load

    content = load(bench)
    return (
        None
        if content is None
        else {each.flow: each for each in random_walks(content, bench.shell, ids, WALKS)}
    )


HEADS = (
    "flow",
    "steps",
    "texts",
    "words",
    "grade",
    "sentence",
    "longest",
    "variety",
    "again",
    "?",
    "turns",
    "minutes",
)


def _table(
    figures: "list[Figures]", talks: "Mapping[str, Talk]", said: list[tuple[str, tuple[str, ...]]]
) -> Iterator[str]:
    rows = [HEADS, *(_row(each, talks.get(each.flow)) for each in figures)]
    sizes = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    for row in rows:
        first, *others = (
            cell.ljust(size) if not place else cell.rjust(size)
            for place, (cell, size) in enumerate(zip(row, sizes, strict=True))
        )
        yield "  ".join((first, *others)).rstrip()
    texts, words = sum(each.texts for each in figures), sum(each.words for each in figures)
    counts = f"{counted(len(figures), 'flow')}, {counted(texts, 'text')}, {counted(words, 'word')}"
    yield f"{counts}; said by several flows: {counted(len(said), 'sentence')}"
    yield from (f"  “{sentence}”: {', '.join(ids)}" for sentence, ids in said[:REPEATED])


def _row(each: "Figures", talk: "Talk | None") -> tuple[str, ...]:
    turns = f"{talk.median:g} / {talk.longest}" if talk else "–"
    minutes = f"{each.declared or '–'} / {each.computed:g}" + (f" / {talk.minutes:g}" if talk else "")
    return (
        each.flow,
        *(str(count) for count in (each.steps, each.texts, each.words)),
        *(f"{figure:.1f}" for figure in (each.grade, each.sentence)),
        str(each.longest),
        f"{each.wordings:.1f}, {each.varied} %",
        str(each.repeated),
        f"{each.questions:.2f}",
        turns if each.kind != "lines" else "–",
        minutes if each.kind != "lines" else "–",
    )


def _json(
    figures: "list[Figures]", talks: "Mapping[str, Talk]", said: list[tuple[str, tuple[str, ...]]]
) -> Iterator[str]:
    for each in figures:
        turns = asdict(talks[each.flow]) if each.flow in talks else {}
        yield json.dumps({"what": "flow"} | asdict(each) | ({"turns": turns} if turns else {}))
    for sentence, ids in said:
        yield json.dumps({"what": "repeated", "sentence": sentence, "flows": ids}, ensure_ascii=False)


COMMAND = Command("stats", "show how long, how hard and how varied flows are", options, run, NOTES)
