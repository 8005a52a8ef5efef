"""Tools for authors: ``befriend flows …``."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from flows.shell import Shell
from flows.workshop import check, diff, draw, listing, new, po, stats, walk, words
from flows.workshop.command import Bench, Command

COMMANDS: tuple[Command, ...] = (
    new.COMMAND,
    check.COMMAND,
    po.COMMAND,
    listing.COMMAND,
    draw.COMMAND,
    walk.COMMAND,
    diff.COMMAND,
    words.COMMAND,
    stats.COMMAND,
)


def main(
    argv: Sequence[str] | None = None,
    shell: Shell | None = None,
    more: Sequence[Command] = (),
) -> int:
    """Run an author's command and return its exit code: 0 fine, 1 something is wrong.

    Args:
        argv: What was typed after ``befriend flows``.
        shell: The program around the flows; None leaves unchecked what only it knows.
        more: Commands that need more than the core.

    """
    options = parser(more).parse_args(argv)
    command: Command = options.command
    try:
        code = command.run(Bench(options, shell))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def parser(more: Sequence[Command] = ()) -> argparse.ArgumentParser:
    """Return the parser of the authors' commands."""
    top = argparse.ArgumentParser(prog="befriend flows", description="Tools for those who write flows.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (*COMMANDS, *more):
        one = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            epilog=command.notes,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.add_argument(
            "--content", type=Path, metavar="DIR", help="your own folder of flows, laid over the bot's own"
        )
        command.options(one)
        one.set_defaults(command=command)
    return top
