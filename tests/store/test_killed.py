"""Killed after any step, what is left is whole: see ``tests.store.killed``, which takes every step."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCENES = {
    "welcome": "a stranger has a key and rows, or neither",
    "forget": "a person is there or gone; their key goes first",
    "migrate": "data of before is as it was, or brought along",
    "rotate": "the old key opens everything, or the new one does",
    "restore": "a backup is put back whole, or can be put back again",
    "backup": "what looks like a backup is one",
}


@pytest.mark.parametrize("scene", SCENES, ids=SCENES.values())
def test_killed_at_any_step_nothing_is_halfway(scene):
    """Every ninth step here; without `--every` it is each of them."""
    words = [sys.executable, "-m", "tests.store.killed", scene, "--every", "9"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert int(done.stdout) > 50
