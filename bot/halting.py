"""What ends a quiet practice in the middle of a sentence: a stop that begins it, or a wish for another practice."""

from bot import commands
from bot.alarm import RISKY
from bot.talk import Talk
from flows.turn import Heard

QUIET = frozenset(  # where words are seldom an answer
    {"outward", "minute", "ground", "concrete", "sit", "opening", "closing", "offer", "pause", "loss"}
)
LONGEST = 12  # words; a longer text says more than it asks


def asked(talk: Talk, heard: Heard, text: str) -> str | None:
    """Return what is to be heard in place of the practice, "" where it only ends; None where it goes on.

    In danger, and before a yes, it stays as it is.
    """
    at = talk.session.top.flow if talk.session else ""
    if at not in QUIET or talk.delicate or talk.open(*RISKY) or not talk.person.agreed:
        return None
    rest = commands.after_stop(text)
    if rest is None and len(text.split()) <= LONGEST and _wishes(talk, text):
        return text
    if rest is None:
        return "" if "stop_only" in heard.beside else None
    stops = not rest or commands.recognise(rest) or talk.shared.hear(rest).intent == "stop"
    return "" if stops else rest


def _wishes(talk: Talk, text: str) -> bool:
    """Whether a text asks for a practice."""
    return talk.shared.hear(text).topic.startswith("wants")
