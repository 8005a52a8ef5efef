"""How long ``befriend talk`` takes to its first words."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import process

TALK = "import sys; from bot.cli import main; sys.exit(main())"
LIMIT = 20  # s


def first_words(folder: Path) -> dict[str, Any]:
    """Start a chat in the terminal with nothing remembered, greet it, and time the first bubble."""
    began = perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", TALK, "talk", "--plain", "--data", str(folder / "data")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=process.environment({"HOME": str(folder)}),
        cwd=folder,
    )
    assert child.stdin
    assert child.stdout
    try:
        child.stdin.write(b"/start\n")
        child.stdin.flush()
        for line in child.stdout:
            if line.startswith(b"bot:"):
                spoke = perf_counter() - began
                child.stdin.close()
                child.stdout.read()
                return {"first_words_s": round(spoke, 2), "whole_s": round(perf_counter() - began, 2)}
        raise process.Silent((child.stderr.read() if child.stderr else b"").decode(errors="replace")[-2000:])
    finally:
        child.kill()
        child.wait()
