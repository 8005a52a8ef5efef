"""What pain asks for, in six words that practices answer."""

from collections.abc import Mapping

from flows.turn import Heard

NEEDS: Mapping[str, str] = {  # by topic, or by the door of a danger
    "self_criticism": "encouragement", "stress": "encouragement",
    "abuse": "protection", "angry": "protection",
    "tired": "providing", "body": "providing", "low": "providing",
    "grief": "comfort", "longing": "comfort", "heartbreak": "comfort",
    "anxious": "calming", "unreal": "calming",
    "ashamed": "belonging", "lonely": "belonging",
}  # fmt: skip


ASKED = ("caring", "loop", "guilt")  # said beside a topic; a need of its own: a carer's, to get out, to mend


def asked(heard: Heard) -> str:
    """Return what a text asks for beside its topic, "" where nothing; a loss is not answered with it."""
    return next(
        (each for each in ASKED if each in heard.beside and heard.intent in ("distress", "neutral")), ""
    )


def need(heard: Heard) -> str:
    """Return what pain is nearest to asking for, "" where nothing says so."""
    return NEEDS.get(heard.door) or NEEDS.get(heard.topic, "")
