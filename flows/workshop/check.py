"""``befriend flows check``: every problem of every flow at once."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from flows import checks
from flows.checks import released
from flows.diagnostics import Diagnostic
from flows.pack import CONTENT, LOCALE
from flows.workshop.command import Bench, Command, counted

NOTES = """A line each: file, row, severity, what to do, and the code; docs/diagnostics.md has a section for each code.
An error keeps the bot from starting; a warning does not. Exit code 1 if there is an error; with --strict, or a warning.
--release notes which texts there are now, so that the next checks can tell when a translation would be lost."""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--strict", action="store_true", help="let warnings count as errors")
    parser.add_argument("--release", action="store_true", help="note the present texts as those of a release")


def run(bench: Bench) -> int:
    """Print a line for each problem; 1 if one of them keeps the bot from starting."""
    pack = bench.pack()
    found = sorted([*checks.check(pack, bench.shell), *pack.languages.diagnostics])
    errors = sum(each.error for each in found)
    if bench.options.release and not errors:
        folder = bench.folder
        count = released.write(
            pack.released[-1], [flow for flow in pack.flows if not folder or flow.id in pack.added]
        )
        bench.say(f"{count} texts noted in {_shown(pack.released[-1])}")
        found = [each for each in found if each.code != "F405"]
    _report(bench, found)
    if not bench.options.json:
        steps = counted(sum(len(flow.steps) for flow in pack.flows), "step")
        own = f" ({len(pack.added)} of your own)" if pack.added else ""
        faults = f"{counted(errors, 'error')}, {counted(len(found) - errors, 'warning')}"
        bench.say(f"{counted(len(pack.flows), 'flow')}{own}, {steps}: {faults}")
    return 1 if errors or (found and bench.options.strict) else 0


def _report(bench: Bench, found: Sequence[Diagnostic]) -> None:
    folders = [CONTENT, LOCALE, *([bench.folder, bench.folder / LOCALE.name] if bench.folder else [])]
    for each in found:
        told = Diagnostic(_reachable(each.path, folders), each.row, each.code, each.message)
        if bench.options.json:
            bench.say(json.dumps(asdict(told) | {"severity": told.severity}, ensure_ascii=False))
        else:
            bench.say(str(told))


def _reachable(path: str, folders: Sequence[Path]) -> str:
    """Return a path that can be opened from here: diagnostics name a file by its folder's last names."""
    for folder in reversed(folders):
        whole = folder.parent / path
        if whole.exists() and path.startswith(f"{folder.name}/"):
            return _shown(whole)
    return path


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


COMMAND = Command("check", "name every problem of every flow at once", options, run, NOTES)
