"""Small flows for tests, written as an author writes them."""

from pathlib import Path
from textwrap import dedent

from flows.compiler import Content, compile_content

SYSTEM = """
flow: system
kind: lines
lines:
  stale: "Old button."
  unclear: "I didn't get that."
  unsure: "Not sure is fine."
  number_retry: "A number, please."
  number_words: "I read that."
  number_left: "No number, then."
  number_told: "I read the words too."
  less: "A bit less."
  more: "A bit more."
  no_back: "Nothing before this."
  where_were_we: "Where were we."
  changed: "I've reworded this."
  gone: "That talk has changed."
  deep: "Let's stop here."
  ended: "That's all of it."
  resting: "It goes on by itself."
  long_ago: "Long ago."
  stopped: "Stopped."
  hidden: "All right."
  which_answer: "Which one?"
  nothing_to_change: "Nothing to change."
  corrected: "Changed."
  date_retry: "A day, please."
  time_retry: "A time, please."
  long_retry: "A bit less, please."
  leave_it_label: "Leave it"
  months: "January February March April May June July August September October November December"
  too_long: "That's more than I can hold."
  skip_label: "Skip"
"""


def write(folder: Path, **flows: str) -> Path:
    """Write flows as their authors would, and return their folder."""
    for id_, text in {"system": SYSTEM, **flows}.items():
        (folder / id_).mkdir(parents=True, exist_ok=True)
        (folder / id_ / "flow.yaml").write_text(dedent(text), encoding="utf-8")
    return folder


def content(folder: Path, **flows: str) -> Content:
    """Return compiled flows."""
    return compile_content(write(folder, **flows))
