"""The command ``befriend``. What a subcommand needs is imported by that subcommand alone: `talk` starts at once."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.doctor import Report
    from bot.settings import Settings

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  # its only name

FINE, WRONG, CANNOT_START = 0, 1, 2
LONGEST_NAME = 64  # characters of --person

EXIT_CODES = """exit codes:
  0  fine
  1  something is wrong that you asked about
  2  cannot start; one sentence on standard error says what to do
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["flows"]:
        return _flows(words[1:])
    options = parser().parse_args(words)
    code: int = options.run(options)
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    top = argparse.ArgumentParser(
        prog="befriend",
        description="A chat that helps a person speak to themselves as they would to a friend.",
        epilog=f"Settings come from the environment: see deploy/env.example.\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and leave")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_talk(commands)
    _add(commands, "run", "be the bot on Telegram until stopped", _run, RUN_NOTES)
    _add(commands, "status", "show counts, no words; also beside a running bot", _status, "")
    _add(
        commands,
        "doctor",
        "check token, database, clock, disk, content, help lines and key",
        _doctor,
        DOCTOR_NOTES,
    )
    _add_helplines(commands)
    _add(commands, "flows", "tools for those who write flows", lambda _: _flows([]), "")
    return top


RUN_NOTES = """Needs BEFRIEND_TOKEN_FILE (or BEFRIEND_TOKEN) and BEFRIEND_CONTACT. Asks Telegram for messages, or
waits for its calls where BEFRIEND_WEBHOOK_URL is set. SIGTERM and Ctrl-C stop it; nothing is lost."""

DOCTOR_NOTES = "A line each, with what to do. Exit code 1 if something must be done."

TALK_NOTES = """--plain reads one line per message from standard input: words, or a choice by its number, label or id.
The first line is the first message; a script that wants the welcome begins with /start.
The clock starts at --now and stands still; these lines move it and deliver what has become due:
  @+20s  @+5m  @+3h  @+1d  @+1w  @+1d12h  @2026-03-29T08:00+01:00
It prints "you: …" and "bot: …", a bubble's further lines as "   | …", choices as "     [Label] [Label]",
a picture as "bot: (picture id) text form". The end of the input ends it.
"""


# --- the subcommands' options -----------------------------------------------------------


def _add(commands: "Commands", name: str, help_: str, run: object, notes: str) -> argparse.ArgumentParser:
    one = commands.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog=f"{notes}\n\n{EXIT_CODES}" if notes else EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.set_defaults(run=run)
    return one


def _add_talk(commands: "Commands") -> None:
    talk = _add(
        commands, "talk", "chat here in the terminal; needs no token and no settings", _talk, TALK_NOTES
    )
    talk.add_argument("--plain", action="store_true", help="lines in, lines out, for scripts")
    talk.add_argument("--fast", action="store_true", help="no typing pauses")
    talk.add_argument(
        "--data", type=Path, metavar="DIR", help="folder for what is remembered; its key is DIR.key"
    )
    talk.add_argument(
        "--person", type=_person, default="me", metavar="ID", help="who is talking (default: me)"
    )
    talk.add_argument(
        "--now", type=_moment, metavar="TIME", help="what the clock shows, such as 2026-11-22T21:30+01:00"
    )
    talk.add_argument(
        "--content", type=Path, metavar="DIR", help="your own folder of flows, laid over the bot's own"
    )
    talk.add_argument("--seed", type=int, metavar="N", help="decides between wordings: same seed, same words")


def _add_helplines(commands: "Commands") -> None:
    notes = "Call or write to a line yourself, compare what is shown, then confirm its country."
    helplines = _add(
        commands, "helplines", "list the help lines, or confirm those you have checked", _helplines, notes
    )
    helplines.add_argument(
        "action", nargs="?", choices=("list", "confirm"), default="list", help="default: list"
    )
    helplines.add_argument("codes", nargs="*", metavar="CODE", help="countries to confirm, such as IE GB")


def _person(text: str) -> str:
    if not (0 < len(text) <= LONGEST_NAME and text.isprintable()):
        raise argparse.ArgumentTypeError(f"give 1 to {LONGEST_NAME} printable characters")
    return text


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no moment with an offset; write 2026-11-22T21:30+01:00")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from bot.app import version

        sys.stdout.write(f"befriend {version()}\n")
        parser.exit(FINE)


# --- the subcommands --------------------------------------------------------------------


def _talk(options: argparse.Namespace) -> int:
    from bot import app, settings

    try:
        chosen = settings.read(os.environ, using=settings.TALK)
        key_given = bool(os.environ.get("BEFRIEND_KEY_FILE"))
        place = app.place_to_talk(chosen, options.data, key_given=key_given)
        seat = app.Seat(
            options.person,
            options.now,
            options.seed,
            plain=options.plain,
            fast=options.fast,
            content=options.content,
        )
        return asyncio.run(app.talk(chosen, place, seat))
    except settings.SettingsError as error:
        return _refuse(*error.faults)
    except app.CannotStart as error:
        return _refuse(str(error))
    except app.ScriptError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    except KeyboardInterrupt:  # before the chat could take care of it itself
        return FINE


def _run(_: argparse.Namespace) -> int:
    from bot import app, settings

    try:
        chosen = settings.read(os.environ, required=frozenset({"TOKEN", "CONTACT"}))
        return asyncio.run(app.run(chosen))
    except settings.SettingsError as error:
        return _refuse(*error.faults)
    except app.CannotStart as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return FINE


def _status(_: argparse.Namespace) -> int:
    from bot import doctor

    return _report(doctor.status, local=True)


def _doctor(_: argparse.Namespace) -> int:
    from bot import doctor

    return _report(doctor.examine)


def _helplines(options: argparse.Namespace) -> int:
    from bot import doctor

    if options.action == "confirm" and not options.codes:
        return _refuse("Name the countries whose lines you have checked: befriend helplines confirm IE GB")
    if options.action == "confirm":
        return _report(lambda chosen: doctor.confirm_helplines(chosen, options.codes), local=True)
    return _report(doctor.list_helplines, local=True)


def _flows(words: Sequence[str]) -> int:
    from bot.shell import SHELL
    from bot.workshop import COMMANDS
    from flows import cli

    return cli.main(words, SHELL, COMMANDS)


# --- answering --------------------------------------------------------------------------


def _report(make: "Callable[[Settings], Coroutine[None, None, Report]]", *, local: bool = False) -> int:
    """Print a report that was asked for. Settings that it does not need may be wrong; ``doctor`` names them all."""
    from bot import app, settings

    faults: list[str] = []
    try:
        chosen = settings.read(os.environ, using=settings.HERE if local else settings.ALL)
    except settings.SettingsError as error:
        if local:
            return _refuse(*error.faults)
        faults = list(error.faults)
        try:
            chosen = settings.read(os.environ, using=settings.HERE)
        except settings.SettingsError:
            return _refuse(*faults)
    try:
        report = asyncio.run(make(chosen))
    except app.CannotStart as error:
        return _refuse(str(error))
    lines = [*(f"to do  settings: {fault}" for fault in faults), *report.lines]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return FINE if report.fine and not faults else WRONG


def _refuse(*sentences: str) -> int:
    sys.stderr.write("".join(f"{sentence}\n" for sentence in sentences))
    return CANNOT_START
