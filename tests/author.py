"""An author at work, for tests."""

from pathlib import Path

from bot import cli

REST = """
flow: rest
title: A rest
kind: talk
sources: [S2]
review: needed
takes: [chair]
steps:
  sit:
    say:
      - {plain: "You could sit down.", tender: "You could sit down, softly.", quiet: "A chair is here."}
    choices:
      - {id: "yes", label: "I sit", to: wait}
      - {id: "no", label: "No", to: bye}
    skip: bye
  wait:
    say: "Twenty seconds on {chair}."
    after: {seconds: 20, to: bye}
    choices:
      - {id: "on", label: "Go on", to: bye}
    skip: bye
  bye:
    say: "That was it."
    to: end
"""


def folder_of(home: Path) -> Path:
    """Make an author's own folder with one flow, and return it."""
    (home / "mine" / "rest").mkdir(parents=True)
    (home / "mine" / "rest" / "flow.yaml").write_text(REST)
    return home / "mine"


def flows(*words: object) -> int:
    """Run an author's command as it is typed."""
    return cli.main(["flows", *map(str, words)])
