"""Medians over the rounds, and the ratios that the project aims at."""

import statistics
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Line = dict[str, Any]


class Ratio(NamedTuple):
    """How many times one bot does what another does; ``aim`` is what we want at least, None for no aim."""

    name: str
    bench: str
    field: str
    ours: str
    theirs: str
    aim: float | None


class Limit(NamedTuple):
    """A figure of ours that must stay below ``aim``."""

    name: str
    bench: str
    field: str
    aim: float


NOISE = 0.1  # of the bots' core; when others take more, a ratio of rates says little

RATIOS = (
    Ratio("befriend/ptb over http, updates per second", "http", "per_s", "befriend", "ptb", 3),
    Ratio("befriend/aiogram over http, updates per second", "http", "per_s", "befriend", "aiogram", 2),
    Ratio(
        "befriend/ptb with our rows at each update, over http", "http", "per_s", "befriend", "ptb-kept", None
    ),
    Ratio("ptb/befriend over http, CPU per update", "http", "cpu_us", "ptb", "befriend", None),
    Ratio("aiogram/befriend over http, CPU per update", "http", "cpu_us", "aiogram", "befriend", None),
    Ratio("befriend/ptb without http", "raw", "per_s", "befriend", "ptb", 1),
    Ratio(
        "befriend/ptb with its own pickle at each update, without http",
        "raw",
        "per_s",
        "befriend",
        "ptb-pickle",
        5,
    ),
    Ratio(
        "befriend/ptb with our rows at each update, without http",
        "raw",
        "per_s",
        "befriend",
        "ptb-kept",
        None,
    ),
    Ratio("befriend/aiogram without http", "raw", "per_s", "befriend", "aiogram", None),
    Ratio("ptb/befriend without http, CPU per update", "raw", "cpu_us", "ptb", "befriend", None),
)
LIMITS = (
    Limit("befriend talk, first words, s", "start", "first_words_s", 1),
    Limit("befriend run, idle memory, MB", "http", "memory_idle_mb", 80),
    Limit("engine, one turn, us", "core", "turn_us", 50),
    Limit("engine, fullest session without words, bytes", "core", "session_bytes", 2048),
    Limit("engine, bytes held for each person", "core", "person_bytes", 64),
    Limit("compiling 2,000 steps, s", "core", "s", 1),
)


def conclude(found: list[Line]) -> Iterator[Line]:
    """Yield the medians, the ratios between them and the limits."""
    medians = dict(_medians(found))
    for (bench, bot), median in medians.items():
        yield {"bench": bench, "bot": bot, "median": True, **median}
    for ratio in RATIOS:
        ours, theirs = (medians.get((ratio.bench, bot)) for bot in (ratio.ours, ratio.theirs))
        if ours and theirs and theirs[ratio.field]:
            value = round(ours[ratio.field] / theirs[ratio.field], 2)
            yield {"ratio": ratio.name, "value": value, **_judged(ratio.aim, value), **_noise(ours, theirs)}
    once = {name: line[name] for line in found if line.get("bench") == "core" for name in line if _ours(line)}
    for limit in LIMITS:
        value = (once if limit.bench == "core" else medians.get((limit.bench, "befriend"), {})).get(
            limit.field
        )
        if value is not None:
            yield {"limit": limit.name, "value": value, "below": limit.aim, "met": value < limit.aim}


def _ours(line: Line) -> bool:
    return bool(line.get("bot") == "befriend")


def _judged(aim: float | None, value: float) -> Line:
    return {} if aim is None else {"aim": aim, "met": value >= aim}


def _noise(*medians: Line) -> Line:
    """Say so when something else was running: then the rates of a run cannot be compared."""
    noisy = max(median.get("others_share", 0.0) for median in medians) > NOISE
    return {"noisy": True} if noisy else {}


def _medians(found: list[Line]) -> Iterator[tuple[tuple[str, str], Line]]:
    rounds: dict[tuple[str, str], list[Line]] = {}
    for line in found:
        if "round" in line and "error" not in line:
            rounds.setdefault((line["bench"], line["bot"]), []).append(line)
    for place, lines in rounds.items():
        names = [name for name in lines[0] if name not in ("bench", "bot", "round")]
        yield place, {"rounds": len(lines)} | {name: _median(line[name] for line in lines) for name in names}


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 2)
