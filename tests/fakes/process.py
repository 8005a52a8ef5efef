"""The server as a process of its own, for the crash harness and the benchmark.

The first line on standard output is JSON: port, url, token.
"""

import argparse
import asyncio
import gc
import json
import signal
import sys
from collections.abc import Iterable

import msgspec

from tests.fakes.botapi import FakeBotApi
from tests.fakes.control import scenario_of
from tests.fakes.errors import JSON
from tests.fakes.world import TOKEN


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _options()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # everything is kept anyway: searching it for garbage is waste
    asyncio.run(_serve(options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--validate", action="store_true", help="check every call (imports aiogram: 5 s)")
    parser.add_argument("--journal", action="store_true", help="keep every call, not only counters")
    parser.add_argument(
        "--stdin", action="store_true", help="play a scenario's JSON lines from standard input"
    )
    parser.add_argument("--generate", type=int, default=0, metavar="N", help="play N texts at the start")
    parser.add_argument("--chats", type=int, default=1, metavar="M", help="of M chats in turn")
    parser.add_argument("--text", default="message {n}", help="with {n} and {chat}")
    parser.add_argument("--copies", type=int, default=1, help="deliver each update so often in a batch")
    parser.add_argument("--strict", action="store_true", help="slow down repeated offsets, as Telegram does")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = FakeBotApi(
        validate=options.validate, token=options.token, port=options.port, keep=options.journal
    )
    server.updates.copies, server.updates.strict = options.copies, options.strict
    async with server:
        scenario = scenario_of(server)
        for line in _lines(options):
            scenario.play(line)
        print(json.dumps({"port": server.port, "url": server.url, "token": server.token}), flush=True)
        await stop.wait()


def _lines(options: argparse.Namespace) -> Iterable[JSON]:
    if options.generate:
        yield {"generate": options.generate, "chats": options.chats, "text": options.text}
    if options.stdin:
        yield from (msgspec.json.decode(line) for line in sys.stdin if line.strip())
