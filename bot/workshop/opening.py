"""How a flow is opened for its author: what was typed after ``try`` and ``record``, and what that begins with."""

import argparse
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.workshop.command import Bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.workshop.rehearsal import MovableClock, Rehearsal
    from bot.workshop.scene import Scene

SETTINGS = {
    "seed": "decides between wordings: same seed, same words",
    "now": "what the clock shows at first, such as 2026-11-22T21:30+01:00",
    "consent": "yes or no: whether they agreed to storage (default: yes)",
    "privacy": "which version of the privacy text they agreed to (default: the latest)",
    "warmth": "plain, warm or tender",
    "quiet": "yes or no: statements in place of questions",
    "way": "how they want it: cheer, short or quiet",
    "country": "whose help lines are shown, such as IE",
    "zone": "where their clock is, such as Europe/Dublin",
    "lang": "the language they chose",
    "faces": "how their last days were, such as '24 3 - 15': a figure for each face of a day, yesterday last",
    "weights": "how heavy it was before and after practices, such as '7>4 5>5', one a day",
    "kept": "sentences that they kept two months ago, such as 'Rest counts. | Tea first.'",
}


class CannotOpen(Exception):
    """Nothing can be tried like this. The message says what to do."""


def settings(parser: argparse.ArgumentParser) -> None:
    """Add the flow's id and what can be so at its beginning."""
    parser.add_argument("id", metavar="ID", help="the flow")
    for name, help_ in SETTINGS.items():
        parser.add_argument(f"--{name}", metavar=name.upper(), help=help_)
    parser.add_argument(
        "--person",
        action="append",
        metavar="NAME=VALUE",
        help="something that is known of them; may be repeated",
    )


def read_settings(options: argparse.Namespace) -> "Scene":
    """Return what was typed as a scene.

    Raises:
        CannotOpen: A setting cannot be used.

    """
    from bot.workshop.scene import BadSetting, read_scene

    given = [(name, getattr(options, name)) for name in SETTINGS]
    lines = [f"# {name}: {value}" for name, value in given if value is not None]
    lines += [f"# person: {value}" for value in options.person or ()]
    try:
        return replace(read_scene("\n".join(lines)), flow=options.id)
    except BadSetting as error:
        raise CannotOpen(str(error)) from None


@asynccontextmanager
async def opened(bench: Bench, scene: "Scene", clock: "MovableClock") -> "AsyncIterator[Rehearsal]":
    """Open a rehearsal, and put everything away at its end.

    Raises:
        CannotOpen: There is no such flow, or the content errs.

    """
    from bot.workshop.loading import load, source
    from bot.workshop.rehearsal import rehearse
    from bot.workshop.stage import converse, missing

    content = load(bench)
    if content is None:
        raise CannotOpen("Mend that first; from then on it may err while you try it.")
    if fault := missing(content, scene):
        raise CannotOpen(fault[1])
    rehearsal = await rehearse(source(bench), converse(content, clock, scene), clock, scene)
    try:
        yield rehearsal
    finally:
        await rehearsal.close()
