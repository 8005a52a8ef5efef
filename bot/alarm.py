"""Where words of danger lead: decided here alone, before anything else is done with a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot import danger, youth
from bot.model import Press
from bot.safety import helplines
from bot.safety.asked import OTHER, asked
from bot.talk import Talk
from flows.turn import Heard

RISKY = frozenset(
    {"direct", "crisis", "helpnow", "safer", "door"}
)  # flows in which risk is being talked about
LAYS = frozenset({"direct", "door"})  # those of them that may be laid over a talk
OWN = frozenset({"", "suicide", "past", "passive", "longing"})  # doors that the direct question fits
BEGINS = OWN | {"selfharm"}  # doors of what somebody may have begun to do to themself
ASKED = timedelta(hours=24)  # the direct question is not asked twice within this after a no (docs/safety R4)
LATELY = timedelta(
    hours=1
)  # nor is any other question about the same danger within this: the lines come at once
LEAVES = frozenset({"stop", "menu", "not_it", "hide", "forget"})  # commands that leave a talk
BRIEF = 6  # words; a longer text that thanks may say more than that
FELT = frozenset({"grief", "distress", "self_criticism"})
DENIED = "no_wish"  # said beside a wound: no wish to die
WISH = "wishes_over"  # a carer's, that another's suffering were over: it has a question of its own
FEARED = "fears_hurting"  # said of what may come, and nothing was done
LATER = "planned"  # said of what is set for later, and has not begun
CALL = "help"  # id of the choice "Help now" in every flow
ASKING = frozenset(  # where a question about one's own danger stands open
    {
        ("direct", "ask"),
        ("direct", "why"),
        ("direct", "again"),
        ("crisis", "said"),
        ("crisis", "closer"),
        ("crisis", "explain"),
        ("crisis", "still"),
    }
)
HOMES = frozenset({"welcome", "menu"})  # where no other talk is under way
COUNTED, UNNAMED = "door ", "other"  # by the year alone: a day would lead to those who were here on it
QUESTION = re.compile(  # what may be asked in the very text that tells of a danger
    r"[^.!?\n]*(?:\?|\b(?:should|shall|can|must|do|does|is|am|what|how)\s+(?:i|it|that|this)\b[^.!?\n]*)",
    re.IGNORECASE,
)
NEVER = datetime.fromisoformat("1970-01-01T00:00+00:00")


@dataclass(frozen=True, slots=True)
class Way:
    """Where words lead. ``flow`` "": they are met where the person is.

    Attributes:
        begins: It comes in the place of what was open, which does not go on.
        known: What the flow is told.

    """

    flow: str = ""
    begins: bool = False
    known: Mapping[str, str] = field(default_factory=dict, repr=False)


HERE = Way()


def way(talk: Talk, heard: Heard, words: str) -> Way | None:
    """Return where words of danger lead; None where they were met a short while ago and the talk goes on.

    Of which kind the danger is, is counted: no id, no text, no day.
    """
    heard = _feared(_for_them(talk, heard, words))
    talk.tx.count(f"{COUNTED}{heard.door or UNNAMED}", f"{talk.now:%Y}")
    if not heard.sure and (talk.open("door") or _lately(talk, "door_at", LATELY)):
        return (
            HERE if talk.open("door") else None
        )  # whose danger it is was said; a guess does not change that
    if heard.risk == "ask" and _about_them(talk, words):
        return HERE
    if _carers(talk, heard):
        return HERE if talk.open("wished") else Way("wished")
    return _graver(talk, heard, words)


def _graver(talk: Talk, heard: Heard, words: str) -> Way | None:
    if heard.door == "medical":
        return _medical(talk, heard)
    if heard.risk == "crisis" and heard.begun and heard.door in BEGINS:
        return _under_way(talk, heard)
    if talk.open("crisis"):
        return HERE
    return _own(talk, heard, words) if heard.door in OWN else _door(talk, heard, words)


def _carers(talk: Talk, heard: Heard) -> bool:
    """Whether this is a carer's wish that another's suffering were over, and no danger is being talked about."""
    wish = WISH in heard.beside and heard.risk == "ask"
    return wish and (heard.door in OWN or not heard.sure) and not talk.open(*RISKY)


def _under_way(talk: Talk, heard: Heard) -> Way:
    """Return the call where it has begun; people, distance and a text line where it is set for a later hour."""
    later = LATER in heard.beside and heard.door != "selfharm"
    if _begun(talk, "begun") or (later and talk.open("crisis")):
        return HERE
    return _crisis(LATER if later else "begun")


def _medical(talk: Talk, heard: Heard) -> Way:
    """Return the call; trouble with breathing and no cause told is asked about first: panic, or the body."""
    if _begun(talk, "begun", "medical") or (heard.risk == "ask" and _met(talk, "medical", grave=False)):
        return HERE
    return _crisis("medical") if heard.risk == "crisis" else Way("door", known={"door": "medical"})


def _for_them(talk: Talk, heard: Heard, words: str) -> Heard:
    """Hear a text without its question, where that asks what to do for another whose danger the rest tells of."""
    theirs = [each for each in QUESTION.findall(words) if any(one.theirs for one in asked(each, OTHER))]
    if heard.risk != "ask" or heard.door not in OWN or not theirs:
        return heard
    rest = talk.shared.hear(words.replace(theirs[0], " "))
    return rest if rest.door == OTHER else heard


def _feared(heard: Heard) -> Heard:
    """Hear the fear of hurting somebody as a parent's, ahead of anything done: kindly, and nothing is presumed."""
    if FEARED not in heard.beside or heard.risk != "ask" or heard.door == "baby":
        return heard
    return replace(heard, door="child_hurt", intent="distress", sure=True)


def _about_them(talk: Talk, words: str) -> bool:
    """Whether somebody who worries about another asks what to do for them."""
    frames = talk.session.frames if talk.session else []
    door = next((frame.answers.get("door", "") for frame in frames if frame.flow == "door"), "")
    return any(each.theirs for each in asked(words, door))


def _own(talk: Talk, heard: Heard, words: str) -> Way | None:
    if talk.open("direct"):  # the question is there, and these words are an answer
        return HERE
    if heard.risk == "crisis":
        return _crisis("again" if _lately(talk, "gate_at", LATELY) else "said")
    if talk.open("helpnow", "safer"):
        return HERE
    if _lately(talk, "asked_at", ASKED) and talk.person.risk == "no":
        return None
    if _lately(talk, "gate_at", LATELY):
        return _crisis("again")
    talk.person.variables["asked_at"] = talk.now.isoformat()
    return Way("direct", known={"first_words": words})


def _door(talk: Talk, heard: Heard, words: str) -> Way | None:
    door, grave = heard.door, heard.risk == "crisis"
    if talk.open("direct") or _met(talk, door, grave=grave):
        return HERE
    noted = talk.person.variables
    if not grave and noted.get("door_told") == door and _lately(talk, "door_at", LATELY):
        return None
    noted.update(door_told=door, door_at=talk.now.isoformat())
    danger.note_door(talk.person, door)
    told = {
        "grave": "yes" if grave else "",
        "asked": _asked(talk, heard),
        "guess": _guessed(talk, heard, words),
        "ahead": "yes" if FEARED in heard.beside and door == "child_hurt" else "",
    }
    return Way("door", grave, {"door": door, **told, **_question(words, door)})


def _asked(talk: Talk, heard: Heard) -> str:
    """Say whether the direct question was answered: with a no within a day, or beside the wound that is told of."""
    no = _lately(talk, "asked_at", ASKED) and talk.person.risk == "no"
    return "yes" if no or DENIED in heard.beside else ""


def _guessed(talk: Talk, heard: Heard, words: str) -> str:
    """Say what may have been read wrongly where only a model hears this danger: a loss, or something else."""
    if heard.sure:
        return ""
    return "grief" if "grief" in (heard.topic, talk.shared.hear(words).topic) else "else"


def _question(words: str, door: str) -> Mapping[str, str]:
    """Return what is asked in the text that tells of a danger, where the talk about it has an answer."""
    question = next((each for each in QUESTION.findall(words) if asked(each, door)), "")
    return {"question": "yes" if question else "", "typed": question.strip()}


def _met(talk: Talk, door: str, *, grave: bool) -> bool:
    """Whether this danger is being talked about; not where it has become grave since: the call comes first then."""
    frames = [f for f in talk.session.frames if f.answers.get("door") == door] if talk.session else []
    return any(f.answers.get("grave") or not grave for f in frames)


def _crisis(kind: str) -> Way:
    return Way("crisis", begins=True, known={"danger": kind})


def _begun(talk: Talk, *kinds: str) -> bool:
    """Whether it is known already that it has begun, and that is being talked about."""
    session = talk.session
    return session is not None and any(
        frame.flow == "crisis" and frame.answers.get("danger") in kinds for frame in session.frames
    )


def _lately(talk: Talk, name: str, within: timedelta) -> bool:
    moment = talk.person.variables.get(name, "")
    return talk.now - (datetime.fromisoformat(moment) if moment else NEVER) < within


def tidy(talk: Talk) -> None:
    """Forget which danger was spoken of last, once it does not matter any more."""
    if "door_told" in talk.person.variables and not _lately(talk, "door_at", LATELY):
        del talk.person.variables["door_told"], talk.person.variables["door_at"]


def calls(talk: Talk, press: Press, *, held: bool) -> bool:
    """Whether "Help now" was tapped where nobody waits for it any more; ``held``: another question would come first."""
    session = talk.session
    if press.choice != CALL or (session and press.prompt and press.prompt == session.answered):
        return False
    at = (session.top.flow, session.top.step, session.prompt) if session else None
    return held or at != (press.flow, press.step, press.prompt)


def young(talk: Talk, words: str) -> bool:
    """Whether to ask if the person is too young: an age was told, and nothing graver or nearer stands open."""
    session = talk.session
    about = session and (session.top.answers.get("stage") == "age" or talk.open(youth.FLOW, *RISKY))
    return not about and talk.hear(words).door == "under_age" and not youth.answered(talk.person, talk.now)


def again(talk: Talk, words: str) -> Mapping[str, str]:
    """Return what a talk about a danger goes on with: it is over, and these words within the hour belong to it."""
    door, session = talk.person.variables.get("door_told", ""), talk.session
    if not _lately(talk, "door_at", LATELY) or (session and session.top.flow not in HOMES):
        return {}
    about = next((each.about for each in asked(words, door) if each.back), "")
    return {"door": door, "after": about, "typed": words} if about else {}


# --- putting the bot right ---


def corrects(talk: Talk, command: str) -> bool:
    """Whether "you misunderstood" is an answer to a talk about a danger, and is believed there."""
    return command == "not_it" and talk.open("direct", "crisis", "safer", "door")


def thanked(talk: Talk, words: str) -> bool:
    """Whether somebody who was in danger within the hour says thank you, and no more: that ends quietly."""
    lately = any(_lately(talk, name, LATELY) for name in ("gate_at", "door_at", "asked_at"))
    return lately and len(words.split()) <= BRIEF and talk.hear(words).topic == "thanks"


def theirs(talk: Talk) -> bool:
    """Whether the danger that is spoken of, or was within the hour, is that of somebody else."""
    frames = talk.session.frames if talk.session else []
    if any(frame.flow in ("direct", "crisis", "safer") for frame in frames):
        return False
    told = talk.person.variables.get("door_told", "") if _lately(talk, "door_at", LATELY) else ""
    doors = [frame.answers.get("door", "") for frame in frames if frame.flow == "door"]
    return OTHER in (doors or [told])


def meant(talk: Talk, heard: Heard) -> str:
    """Return what was typed where it puts the bot right and says how it is: "no, I mean I miss him"."""
    return talk.said if heard.intent in FELT and "mistaken" in heard.beside else ""


# --- leaving ---


def leave(talk: Talk, command: str) -> None:
    """Note that a question about danger was left open, and show the lines to who leaves before they were shown."""
    session = talk.session
    if command not in LEAVES or session is None or not talk.open("direct", "crisis", "door"):
        return
    asking = {(frame.flow, frame.step) for frame in session.frames} & ASKING
    if asking:
        taken_back = command == "not_it" and all(flow == "direct" for flow, _ in asking)
        danger.note(talk.person, "no" if taken_back else "unanswered", talk.now)
    if command == "hide" or any(frame.answers.get("card") for frame in session.frames):
        return  # who empties the chat wants nothing in it
    card = helplines.card(talk.person.country or None, talk.now, talk.tx.confirmed())
    talk.tx.count("help card", talk.now.date().isoformat())
    talk.say("in_reach", {"lines": card.text})
