"""``make simulate``: 200 people write daily for 60 days; one JSON line says how much of it they had read before.

``ARGS="--people 20 --days 14"`` for fewer. Returns 1 if a line came twice on a day, or more than a tenth within a week.
"""

import argparse
import json
import os
import sys
from time import perf_counter

from tests.simulated.town import Tally, simulate

WEEKLY = 0.1  # share of lines that may have been read within seven days


def main() -> int:
    """Simulate, print, and return 1 where a rule was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulated", description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    began = perf_counter()
    seeds = range(options.seed, options.seed + options.people)
    tally = simulate(seeds, options.days, options.workers)
    sys.stdout.write(f"{json.dumps(_told(tally, options.days, perf_counter() - began))}\n")
    return int(bool(tally.faults(WEEKLY)))


def _told(tally: Tally, days: int, seconds: float) -> dict[str, object]:
    daily, weekly = tally.repeated
    return {
        "simulated": "repeats",
        "people": tally.people,
        "days": days,
        "turns": tally.turns,
        "bubbles_by_flow": dict(sorted(tally.said.items())),
        "lines": tally.lines.total(),
        "same_day": tally.same_day.total(),
        "same_day_percent": round(100 * daily, 3),
        "within_7_days_percent": round(100 * weekly, 2),
        "by_kind": tally.by_kind(),
        "faults": tally.faults(WEEKLY),
        "most_read_in_7_days": tally.read,
        "reasons_said": tally.reasons,
        "reasons_wrong": tally.unfounded,
        "reasons_left_out": tally.unsaid,
        "pauses_for_a_third": tally.thirds,
        "practices_after_it": tally.beyond,
        "s": round(seconds, 1),
    }


if __name__ == "__main__":
    raise SystemExit(main())
