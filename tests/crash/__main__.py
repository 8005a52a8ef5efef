"""``make crash``: 1,000 kills under 10,000 messages; ``ARGS="--kills 100 --messages 1000"`` for fewer.

``ARGS=--checkins``: 1,000 check-ins are due, and the bot is killed 40 times while it sends them at Telegram's pace.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.crash.checkins import Crowd, crash_checkins
from tests.crash.harness import Plan, crash


def main() -> int:
    """Run a plan and return 1 if anything was lost, doubled, said out of order or more than twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checkins", action="store_true")
    options = parser.parse_args()
    if options.checkins:
        with tempfile.TemporaryDirectory() as folder:
            came = asyncio.run(crash_checkins(Crowd(1000, 40, options.seed), Path(folder)))
        sys.stdout.write(f"{came.to_json()}\n")
        return 0 if came.clean else 1
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(options.kills, options.messages, options.chats, options.seed)
        outcome = asyncio.run(crash(plan, Path(folder)))
    sys.stdout.write(f"{outcome.to_json()}\n")
    return 0 if outcome.clean else 1


raise SystemExit(main())
