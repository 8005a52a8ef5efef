"""Where transcripts lie: the bot's own in tests/transcripts, an author's beside the flow that they show."""

import re
from collections.abc import Iterator
from pathlib import Path

from flows.pack import CONTENT

TRANSCRIPTS = CONTENT.parents[1] / "tests" / "transcripts"  # in a checkout
SUFFIX = ".transcript.txt"
NAME = re.compile(r"[a-z][a-z0-9_]*")
NAME_RULE = "use small letters, digits and _, a letter first"
NO_PLACE = "There is no place for transcripts here: name your own folder of flows with --content."
NONE = "There are no transcripts here. `befriend flows record` makes one."
LIE = f"""Transcripts of the bot's own flows lie in tests/transcripts, as <flow>.<name>.txt.
Yours lie beside the flow that they show, as DIR/<flow>/<name>{SUFFIX}. No Python is needed for a new one."""
SETTINGS = """A transcript begins with a comment that says what it shows. These comments are settings:
  # flow: ID             begins with this flow, with someone who agreed to storage and is of age
  # seed: 3              decides between wordings: same seed, same words
  # now: TIME            what the clock shows at first, such as 2026-11-22T18:00+01:00
  # consent: yes         or no: whether they agreed to storage and are of age
  # privacy: 1           which version of the privacy text they agreed to; the latest where nothing is said
  # warmth: plain        or warm, tender
  # quiet: yes           or no: whether they want statements rather than questions
  # way: cheer           or short, quiet: how they want the bot to be there
  # country: IE          whose help lines are shown
  # zone: ZONE           where their clock is, such as Europe/Dublin
  # lang: en             the language they chose
  # faces: 24 3 - 15     how their last days were, yesterday last: a figure for each face of a day (9, 20 and 22 h)
  # weights: 7>4 5>5     how heavy it was before and after practices, one a day, yesterday last
  # kept: WORDS | MORE   sentences that they kept two months ago
  # person: NAME=VALUE   something that is known of them; may stand there several times
The rest is the talk: "you: …" is typed, "@+1d" moves the clock, all else is what the bot says."""


def transcripts(folder: Path | None) -> list[Path]:
    """Return every transcript of an author's folder; of the bot itself where there is none."""
    return [*beside(folder)] if folder else [*sorted(TRANSCRIPTS.glob("*.txt")), *beside(CONTENT)]


def beside(folder: Path) -> Iterator[Path]:
    """Yield the transcripts that lie beside the flows of a folder."""
    yield from sorted(folder.glob(f"*/*{SUFFIX}"))


def place(folder: Path | None, flow: str, name: str) -> Path | None:
    """Return where a new transcript of a flow belongs; None where there is no such place."""
    if folder:
        return folder / flow / f"{name}{SUFFIX}" if folder.is_dir() else None
    return TRANSCRIPTS / f"{flow}.{name}.txt" if TRANSCRIPTS.is_dir() else None


def shown(path: Path) -> str:
    """Return a path as it is typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
