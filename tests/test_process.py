"""The process keeps what it knows to itself."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from bot import process

ROOT = Path(__file__).parents[1]
ASKED = """
import ctypes, resource, sys
from bot.cli import main
before = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
main(sys.argv[1:])
print(before, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.parametrize("command", ["status", "helplines", "talk --plain"])
def test_no_memory_image_is_left_and_nobody_looks_in(tmp_path, command):
    """Under any command the kernel writes no core and lets nobody of the same user look into the process."""
    told = subprocess.run(
        [sys.executable, "-c", ASKED, *command.split()],
        cwd=ROOT,
        env={"HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.splitlines()[-1] == "1 0 0 0"


def bare(name):
    """Return a C library without prctl, as on other systems than Linux."""
    return object()


def none(name):
    """Find no C library at all."""
    raise OSError


@pytest.mark.parametrize("library", [bare, none])
def test_where_the_machine_offers_nothing_the_bot_runs_all_the_same(monkeypatch, library):
    """What is missing is left out without a word."""
    monkeypatch.setattr(ctypes, "CDLL", library)
    monkeypatch.setattr(process.resource, "setrlimit", lambda *_: None)

    process.seclude()
