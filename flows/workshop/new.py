"""``befriend flows new``: a first small flow that works, to be changed into the real one."""

import argparse
import json
import os
import re
import shlex
from pathlib import Path

from flows.compiler import CONTENT
from flows.steps import NAME
from flows.workshop import templates
from flows.workshop.command import Bench, Command

LONGEST = 24  # characters of an id; with a step's and a choice's it has to fit behind a button
PROJECT = CONTENT.parents[1]
SCHEMA = CONTENT.parent / "schema.json"
COPY = "flow.schema.json"  # beside an author's own flows: what an editor needs to help while they type
WORDS = {"practice": "a practice", "talk": "a talk", "part": "a part, for other flows to go through"}
NOTES = """\
  befriend flows new evening --title "One thing of today" --content mine
writes mine/evening/flow.yaml: short, and right as it stands. Change it line by line.
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="its name, and its folder's: small letters, digits and _")
    parser.add_argument("--kind", choices=tuple(WORDS), default="practice", help="practice by default")
    parser.add_argument("--title", metavar="TITLE", help="what people read on buttons")


def run(bench: Bench) -> int:
    """Write the flow's first file; 1 if the name will not do, or there is no place for it."""
    id_, folder = bench.options.id, bench.options.content or _own()
    if folder is None:
        return bench.fail("Where shall it be written? Name a folder of your own: --content mine")
    path = folder / id_ / "flow.yaml"
    fault = _fault(id_, folder) or (f"{path} is already there; nothing was changed." if path.exists() else "")
    if fault:
        return bench.fail(fault)
    title = " ".join((bench.options.title or id_.replace("_", " ").capitalize()).split())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = templates.fill(
            bench.options.kind, id_, json.dumps(title, ensure_ascii=False), _schema(folder, path)
        )
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        return bench.fail(f"{path} cannot be written: {error.strerror}.")
    for line in _next(id_, path, bench):
        bench.say(line)
    return 0


def _own() -> Path | None:
    """Return the bot's own folder where it may be written to: in a working copy, not where it was installed."""
    return CONTENT if (PROJECT / ".git").exists() and os.access(CONTENT, os.W_OK) else None


def _fault(id_: str, folder: Path) -> str:
    if not NAME.match(id_):
        near = re.sub(r"[^a-z0-9]+", "_", id_.casefold()).strip("_").lstrip("0123456789_")
        return (
            "A flow's name has small letters, digits and _, and begins with a letter."
            f"{f' How about: {near[:LONGEST]}' if near else ''}"
        )
    if len(id_) > LONGEST:
        return f"That name has {len(id_)} letters; {LONGEST} at most, so that it fits behind a button."
    if (CONTENT / id_).is_dir() and folder.resolve() != CONTENT.resolve():
        return (
            f"The bot has a flow '{id_}' already, and yours would take its place. Choose another name; or, if that"
            f" is what you want, copy {CONTENT / id_} into {folder} and change it there."
        )
    return ""


def _schema(folder: Path, path: Path) -> str:
    """Return where an editor finds the schema, as seen from the flow; a copy is made outside of the project."""
    if folder.resolve().is_relative_to(PROJECT):
        return Path(os.path.relpath(SCHEMA, path.parent.resolve())).as_posix()
    copy, present = folder / COPY, SCHEMA.read_text(encoding="utf-8")
    if not copy.exists() or copy.read_text(encoding="utf-8") != present:
        copy.write_text(present, encoding="utf-8", newline="\n")
    return f"../{COPY}"


def _next(id_: str, path: Path, bench: Bench) -> list[str]:
    where = f" --content {shlex.quote(str(path.parents[1]))}" if bench.folder else ""
    commands = {
        f"check{where}": "names what is wrong, with its line",
        f"try {id_}{where}": "talks it through with you",
        f"record {id_}{where}": "keeps a talk as a test",
        f"draw {id_}{where}": "draws it, for someone to read through",
    }
    long = max(map(len, commands))
    return [
        f"{path} is written: {WORDS[bench.options.kind]}. It works as it stands; change its words. Then:",
        *(f"  befriend flows {command:{long}}   {why}" for command, why in commands.items()),
        f"Nothing leads to it yet, and until then `check` says so: a step with `call: {id_}` goes through it.",
    ]


COMMAND = Command("new", "write a first small flow that works", options, run, NOTES)
