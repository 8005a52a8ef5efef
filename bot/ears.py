"""``befriend hear``: says of texts what the bot would hear in them, as JSON lines. For measuring from outside.

Nothing of what it reads is kept, and no text comes back: a faulty line is named by its number.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  # its only name

FAULT = 'line {}: not a JSON object like {{"text": "..."}}, with an optional "lang"'
NOTES = """One JSON object a line comes in: {"text": "...", "lang": "en"} ("lang" may be left out), and one goes out:
  risk    none, ask or crisis         door    which kind of danger
  intent  crisis, self_criticism, grief, stop, distress or neutral
  topic   the finer thing             need    what pain asks for: comfort, calming, encouragement ...
  score   0 to 1; from 0.5 on the bot asks       lang    the language
A line that is none of these gives {"error": ...} in its place, and exit code 1 at the end."""


def add(commands: "Commands") -> None:
    """Add the subcommand."""
    one = commands.add_parser(
        "hear",
        help="say what the bot hears in texts, as JSON lines",
        description="Say what the bot hears in texts: JSON lines from standard input, or one text with --explain.",
        epilog=NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument(
        "--explain", metavar="TEXT", help="say what decided about one text: rules, labels, neighbours"
    )
    one.add_argument(
        "--rules", action="store_true", help="by the rules alone, as where the model is not installed"
    )
    one.set_defaults(run=_hear)


def _hear(options: argparse.Namespace) -> int:
    from bot import hearing

    if not options.rules:
        hearing.load()
    if options.explain is not None:
        sys.stdout.write("\n".join(hearing.explain(options.explain)) + "\n")
        return 0
    faults = 0
    for answer in answers(sys.stdin):
        faults += "error" in answer
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 1 if faults else 0


def open_beside() -> None:
    """Load the model while the first chat already works with rules."""
    from bot import hearing

    Thread(target=hearing.load, name="model", daemon=True).start()


def answers(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield one answer for each line that is not empty; ``{"error": ...}`` for one that cannot be read."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answer(number, line)


def _answer(number: int, line: str) -> dict[str, Any]:
    from bot import hearing
    from bot.safety.needs import need

    try:
        given = json.loads(line)
        text, lang = given["text"], given.get("lang") or ""
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {"error": FAULT.format(number)}
    if not isinstance(text, str) or not isinstance(lang, str):
        return {"error": FAULT.format(number)}
    heard, score = hearing.weigh(text, lang)
    return {
        "risk": heard.risk, "door": heard.door, "intent": heard.intent, "topic": heard.topic,
        "need": need(heard), "score": round(score, 4), "lang": heard.lang,
    }  # fmt: skip
