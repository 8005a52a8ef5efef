"""Tools for authors: ``befriend flows check``."""

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path

from flows import checks
from flows.compiler import CONTENT, read_folder


def main(argv: Sequence[str] | None = None, actions: Collection[str] | None = None) -> int:
    """Run an author's command and return its exit code: 0 fine, 1 there are errors."""
    options = parser().parse_args(argv)
    found, diagnostics = read_folder(options.content)
    diagnostics += checks.check(found, actions)
    for diagnostic in sorted(diagnostics):
        shown = (
            json.dumps(asdict(diagnostic) | {"error": diagnostic.error}) if options.json else str(diagnostic)
        )
        sys.stdout.write(f"{shown}\n")
    if not found and not diagnostics:
        sys.stderr.write(f"No flows in {options.content}: a folder of flows holds <flow>/flow.yaml.\n")
        return 1
    errors = sum(diagnostic.error for diagnostic in diagnostics)
    if not options.json:
        steps = sum(len(flow.steps) for flow in found)
        counted = f"{len(found)} flows, {steps} steps: {errors} errors, {len(diagnostics) - errors} warnings"
        sys.stdout.write(f"{counted}\n")
    return 1 if errors else 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the authors' commands."""
    top = argparse.ArgumentParser(prog="befriend flows", description="Tools for those who write flows.")
    commands = top.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="name every problem of every flow at once")
    check.add_argument(
        "--content", type=Path, default=CONTENT, help="folder of flows (default: the bot's own)"
    )
    check.add_argument("--json", action="store_true", help="one JSON object a line")
    return top
