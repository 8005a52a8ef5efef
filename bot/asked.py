"""What anybody may ask in the middle of anything: about the bot, who reads this, whether their words were read."""

from bot import knowledge
from bot.talk import Talk
from flows.model import Step
from flows.turn import Heard

LONGEST = 14  # words; a longer text says more than it asks
SHORT = 80  # characters that may be said back
READER, READ = "asks_reader", "asks_read"
ABOUT = {  # what the flow ``about`` has answers to
    "asks_evidence": "evidence",
    "asks_maker": "maker",
    "asks_data": "data",
    "asks_erase": "erase",
}
ERASES = "erases"  # heard of what is kept as well: a flow that listens for it means that
WISH = "wishes_over"  # that somebody ill need not suffer any more
LAID = frozenset({"wished", "crisis", "helpnow", "safer", "door", "direct"})  # nothing is laid over these
TAKEN = {
    "grief": "taken_grief",
    "self_criticism": "taken_harsh",
    "distress": "taken_pain",
}  # lines, by intent


def answered(talk: Talk, heard: Heard, step: Step | None) -> bool:
    """Answer such a question at once, whatever stands open; False where it is none, or the flow meets it itself.

    Talks about danger and about age have their own answers.
    """
    about = next((each for each in (READER, READ) if each in heard.beside), "")
    if not about or talk.delicate or heard.risk != "none" or len(talk.said.split()) > LONGEST:
        return False
    if step and any(about in branch.condition.heard for branch in step.when):
        return False
    if about == READER:
        talk.say("reader")
    else:
        _say_back(talk)
    return True


def laid_over(talk: Talk, heard: Heard, step: Step | None) -> bool:
    """Lay a talk over what stands open: about the bot, or a carer's wish; False where none was asked for.

    Danger, and talks about it, have their own answers; so has a step that says itself where such words lead.
    """
    if heard.risk != "none" or talk.delicate:
        return False
    about = next((ABOUT[each] for each in ABOUT if each in heard.beside and not _meets(step, each)), "")
    if about and len(talk.said.split()) <= LONGEST:
        talk.know({"about": about})
        talk.lay_over("about", anew=True)
        return True
    if WISH in heard.beside and not talk.open(*LAID):
        if not talk.person.consent:
            talk.say("about")  # a stranger's first words
        talk.know({"about": "caring" if talk.open("equanimity") else ""})  # they are in it already
        talk.lay_over("wished")
        return True
    return False


def _meets(step: Step | None, topic: str) -> bool:
    topics = {topic, ERASES} if ABOUT.get(topic) == "erase" else {topic}
    return step is not None and any(topics & set(branch.condition.heard) for branch in step.when)


def _say_back(talk: Talk) -> None:
    words = _first_words(talk)
    heard = talk.shared.hear(words)
    if not words:
        talk.say("read_none")
        return
    locale = talk.person.locale or talk.shared.locale
    taken = knowledge.own(talk.content, TAKEN.get(heard.intent, "taken_other"), locale)
    brief = len(words) <= SHORT and "\n" not in words and heard.risk == "none"
    talk.say("read_back" if brief else "read_long", {"first_words": words if brief else "", "read_as": taken})


def _first_words(talk: Talk) -> str:
    """Return what the person wrote first in this talk, as far as it is still held."""
    frames = reversed(talk.session.frames) if talk.session else ()
    return next((words for frame in frames if (words := frame.answers.get("first_words", ""))), "")
