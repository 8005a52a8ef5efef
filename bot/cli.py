"""The command ``befriend``. What a subcommand needs is imported by that subcommand alone: `talk` starts at once."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot import ears, process

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
    process.seclude()
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
    checked = "check token, database, clock, disk, content, help lines and key"
    _add(commands, "doctor", checked, _doctor, DOCTOR_NOTES)
    _add_helplines(commands)
    ears.add(commands)
    _add_errands(commands)
    _add_backups(commands)
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


KEY_ACTIONS = {
    "check": "is the key there, private, and the one that opens the data; works beside a running bot",
    "rotate": """a new key in place of the old; the bot must be stopped; cut short, it is finished by doing it again;
  a folder of 'talk --data' that was given this key is not among its data, and opens with the old one only:
  it is lost when a check removes that one after 30 days""",
    "new": "make the first key; never over existing data",
}
KEY_NOTES = "\n".join(f"{name}: {what}" for name, what in KEY_ACTIONS.items())

LINE_NOTES = """list: each country's lines, who checked them, and what to do
check: form, doubles, sources, addresses and ages of the bot's file and of yours, without the network
export: all lines, or those of some countries, on standard output
confirm: call or write to a line yourself, compare what is shown, then confirm its country
Your own lines: BEFRIEND_HELPLINES, or helplines.yaml in the data folder (docs/safety/helplines.md)."""

BACKUP_NOTES = """Works beside a running bot. A backup is one sealed file, and only the key opens it: keep a copy of
the key somewhere else. DIR is there already; in it older backups are looked after too, whatever they are called: those
past --keep-days are deleted, and keys of people who were forgotten are taken out of the rest. FILE is new and ends in
.backup; beside it nothing is looked after. befriend.forgotten is to stay beside the backups."""

RESTORE_NOTES = """Into a data folder without data; the bot must be stopped. People who were forgotten since the backup
stay forgotten: by befriend.forgotten beside it, and by the data of before, if you name its folder."""

ASKED = """For a person who asks you to and cannot do it themselves: /forget and /export work in their chat. The
bot must be stopped meanwhile. You see counts, not words; a file of theirs is for them alone."""

CHAT_HELP = (
    "number of their chat; asked for where it is left out, so that it stays out of your shell's history"
)


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
    what = "chat here in the terminal; needs no token and no settings"
    talk = _add(commands, "talk", what, _talk, TALK_NOTES)
    talk.add_argument("--plain", action="store_true", help="lines in, lines out, for scripts")
    talk.add_argument("--fast", action="store_true", help="no typing pauses")
    talk.add_argument(
        "--data", type=Path, metavar="DIR", help="folder for what is remembered; its key is DIR.key"
    )
    talk.add_argument(
        "--person", type=_person, default="me", metavar="ID", help="who is talking (default: me)"
    )
    talk.add_argument(
        "--now",
        type=_moment,
        metavar="TIME",
        help="what the clock shows, such as 2026-11-22T21:30+01:00; what has had its time stays meanwhile",
    )
    talk.add_argument(
        "--content", type=Path, metavar="DIR", help="your own folder of flows, laid over the bot's own"
    )
    talk.add_argument("--seed", type=int, metavar="N", help="decides between wordings: same seed, same words")


def _add_helplines(commands: "Commands") -> None:
    helplines = _add(
        commands, "helplines", "list, check, export or confirm the help lines", _helplines, LINE_NOTES
    )
    actions = ("list", "check", "export", "confirm")
    helplines.add_argument("action", nargs="?", choices=actions, default="list", help="default: list")
    helplines.add_argument("codes", nargs="*", metavar="CODE", help="countries, such as IE GB")
    helplines.add_argument("--format", choices=("json", "csv"), default="json", help="of what is exported")


def _add_backups(commands: "Commands") -> None:
    key = _add(commands, "key", "check the key, change it, or make the first one", _key, KEY_NOTES)
    actions = key.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in KEY_ACTIONS.items():
        actions.add_parser(name, description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    backup = _add(commands, "backup", "make a sealed backup of everything", _backup, BACKUP_NOTES)
    backup.add_argument("place", type=Path, metavar="DIR|FILE", help="folder of your backups, or a new file")
    backup.add_argument(
        "--keep-days", type=_days, metavar="N", help="how long backups in DIR are kept (default: 30)"
    )
    restore = _add(commands, "restore", "put a backup back", _restore, RESTORE_NOTES)
    verify = _add(commands, "verify", "open everything in a backup and count, no words", _verify, "")
    for command in (restore, verify):
        command.add_argument("file", type=Path, metavar="FILE")
        command.add_argument(
            "--key", type=Path, metavar="FILE", help="the key that opens it, if it is another"
        )
    restore.add_argument(
        "--forgotten", type=Path, action="append", default=[], metavar="DIR", help="data of before, or a list"
    )


def _add_errands(commands: "Commands") -> None:
    forget = _add(
        commands, "forget", "erase a person who asks you to, by the number of their chat", _forget, ASKED
    )
    forget.add_argument("chat", nargs="?", metavar="CHAT", help=CHAT_HELP)
    forget.add_argument("--yes", action="store_true", help="erase; without it you see how much there is")
    export = _add(commands, "export", "write what is held of a person into files, for them", _export, ASKED)
    export.add_argument("chat", nargs="?", metavar="CHAT", help=CHAT_HELP)
    export.add_argument(
        "--to", type=Path, default=Path(), metavar="DIR", help="folder of the files (default: here)"
    )
    take_in = _add(commands, "import", "take in the JSON file of an export, for a person", _import, ASKED)
    take_in.add_argument("file", type=Path, metavar="FILE", help="what /export sent them")
    take_in.add_argument("chat", nargs="?", metavar="CHAT", help=CHAT_HELP)


def _person(text: str) -> str:
    if not (0 < len(text) <= LONGEST_NAME and text.isprintable()):
        raise argparse.ArgumentTypeError(f"give 1 to {LONGEST_NAME} printable characters")
    return text


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError("give a number of days, 1 or more")
    return int(text)


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
            options.person, options.now, options.seed,
            plain=options.plain, fast=options.fast, content=options.content,
        )  # fmt: skip
        if not options.plain:  # a script hears the same at every run: by the rules alone
            ears.open_beside()
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
        ears.open_beside()
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
    from bot import doctor, linebook

    if options.action == "check":
        return _report(linebook.check, local=True)
    if options.action == "export":
        return _report(lambda chosen: linebook.export(chosen, options.codes, options.format), local=True)
    if options.action == "confirm" and not options.codes:
        return _refuse("Name the countries whose lines you have checked: befriend helplines confirm IE GB")
    if options.action == "confirm":
        return _report(lambda chosen: doctor.confirm_helplines(chosen, options.codes), local=True)
    return _report(doctor.list_helplines, local=True)


def _forget(options: argparse.Namespace) -> int:
    from bot import errands

    chat = _chat(options)
    return _report(lambda chosen: errands.forget(chosen, chat, sure=options.yes), local=True)


def _export(options: argparse.Namespace) -> int:
    from bot import errands

    chat = _chat(options)
    return _report(lambda chosen: errands.export(chosen, chat, options.to), local=True)


def _import(options: argparse.Namespace) -> int:
    from bot import errands

    chat = _chat(options)
    return _report(lambda chosen: errands.take_in(chosen, chat, options.file), local=True)


def _key(options: argparse.Namespace) -> int:
    from bot import custody, settings

    return _report(getattr(custody, options.action), using=settings.STORED)


def _backup(options: argparse.Namespace) -> int:
    from bot import backup, settings

    return _report(
        lambda chosen: backup.back_up(chosen, options.place, options.keep_days), using=settings.STORED
    )


def _restore(options: argparse.Namespace) -> int:
    from bot import recovery, settings

    return _report(
        lambda chosen: recovery.restore(chosen, options.file, options.key, options.forgotten),
        using=settings.STORED,
    )


def _verify(options: argparse.Namespace) -> int:
    from bot import recovery, settings

    return _report(lambda chosen: recovery.verify(chosen, options.file, options.key), using=settings.STORED)


def _chat(options: argparse.Namespace) -> str:
    """Return the number of a chat, asking for it if need be."""
    if options.chat is None:
        sys.stderr.write("Number of the chat: ")
        sys.stderr.flush()
        return sys.stdin.readline().strip()
    return str(options.chat)


def _flows(words: Sequence[str]) -> int:
    from bot.shell import SHELL
    from bot.workshop import COMMANDS
    from flows import cli

    return cli.main(words, SHELL, COMMANDS)


# --- answering --------------------------------------------------------------------------


def _report(
    make: "Callable[[Settings], Coroutine[None, None, Report]]",
    *,
    local: bool = False,
    using: frozenset[str] | None = None,
) -> int:
    """Print a report that was asked for. Settings that it does not need may be wrong; ``doctor`` names them all."""
    from bot import app, settings

    faults: list[str] = []
    using = using or (settings.HERE if local else settings.ALL)
    try:
        chosen = settings.read(os.environ, using=using)
    except settings.SettingsError as error:
        if using != settings.ALL:
            return _refuse(*error.faults)
        faults = list(error.faults)
        try:
            told = " ".join(faults)
            right = {name for name in settings.ALL if f"BEFRIEND_{name} " not in told}
            chosen = settings.read(os.environ, using=settings.HERE | right)
        except settings.SettingsError:
            return _refuse(*faults)
    try:
        report = asyncio.run(make(chosen))
    except app.CannotStart as error:
        return _refuse(str(error))
    named = "BEFRIEND_TOKEN" in " ".join(faults)  # then there is no more to say of it
    lines = [f"to do  settings: {fault}" for fault in faults]
    lines += [line for line in report.lines if not (named and line.startswith("to do  token "))]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return FINE if report.fine and not faults else WRONG


def _refuse(*sentences: str) -> int:
    sys.stderr.write("".join(f"{sentence}\n" for sentence in sentences))
    return CANNOT_START
