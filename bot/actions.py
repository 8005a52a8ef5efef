"""The named things that ``do:`` in a flow may ask for. What they return can be shown and matched."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot import belongings, dose, plan_asks
from bot.asides import ASIDE_ACTIONS
from bot.checkin_actions import CHECKIN_ACTIONS
from bot.country_actions import COUNTRY_ACTIONS
from bot.danger import DANGER_ACTIONS
from bot.desk import Desk, Values
from bot.door_actions import DOOR_ACTIONS
from bot.dose import DOSE_ACTIONS
from bot.kind_actions import KIND_ACTIONS
from bot.lock import LOCK_ACTIONS, is_open
from bot.look_actions import LOOK_ACTIONS
from bot.model import CONSENT, Outbound
from bot.notes import NOTE_ACTIONS
from bot.page import documents
from bot.safety import helplines, needs
from bot.suggestions import SUGGESTIONS
from bot.ways import WAY_ACTIONS
from bot.youth import YOUTH_ACTIONS
from bot.zone_actions import ZONE_ACTIONS
from flows.answers import NO, YES, read_number, simplify

__all__ = ["ACTIONS", "CONSENT", "Desk", "age"]

AGES = (8, 120)  # a smaller number in an answer counts something else: children, exams, days
GREETED = timedelta(hours=6)  # so long one greeting is enough
LOOKED = timedelta(
    minutes=10
)  # the minute of looking around does not come twice within this, unless asked for
WANTS, NO_PRACTICE = "wants_", ("talk", "text", "checkin")  # topics that name a practice by the rest of them
AGREES = frozenset("yes yeah yea yep yup agreed agree".split())
SOFT = frozenset("ok okay fine sure alright".split())  # in so FEW words; in more of them they begin a story
REFUSES = frozenset("no not dont nope nah never wont cant without isnt nothing".split())
DOUBTS = frozenset(
    "maybe if unless why what how who unsure later depends perhaps wait anything everything".split()
)
LIMITS = REFUSES | {"but", "only", "except"}  # after a yes: what is agreed to has an end
WORDS = frozenset(
    "words word name names client clients message messages text texts story details".split()
)  # not kept
OF_SELF = frozenset("im am feel feeling doing was are".split())  # "I'm fine" is no answer to this
PLAIN_YES = re.compile(r"no-(?:problem|worries)|(?:i-)?dont-(?:mind|care)")
FEW, BRIEF, LONG = 4, 6, 14  # words
WORDED = 4  # words; what is as long, and no country, was not meant as one
SHORT = 80  # characters that may be quoted back; longer is a story, not a sentence


def consent(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note that the person agreed and is of age."""
    desk.person.consent, desk.person.adult = CONSENT, True
    desk.person.consented_at, desk.person.declined = desk.now.isoformat(), 0
    return {}


def age(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say whether typed words name an adult: a number counts before a yes or a no ("no im 16", "yes im 22").

    With ``only: number`` a yes or a no says nothing: it answers another question.
    """
    words = given.get("words", "")
    years = read_number(words, *AGES)
    if years is not None:
        return {"adult": "yes"} if years >= desk.min_age else {"adult": "no", "numbered": "yes"}
    if given.get("only") == "number":
        return {"adult": "unclear"}
    first = simplify(words).partition("-")[0]
    return {"adult": "yes" if first in YES else "no" if first in NO else "unclear"}


def agrees(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say whether typed words agree: ``yes``, ``soft`` ("ok fine"), ``with`` a wish for what is not kept; else "".

    Doubt, a question, and a no before the yes or after it, are none.
    """
    text = given.get("words", "")
    words = PLAIN_YES.sub("", simplify(text)).split("-")
    at = next((place for place, word in enumerate(words) if word in AGREES | SOFT), len(words))
    before, after = words[:at], frozenset(words[at + 1 :])
    if at == len(words) or "?" in text or len(words) > LONG or not REFUSES.isdisjoint(before):
        return {"agrees": ""}
    if not DOUBTS.isdisjoint(words) or (at > 1 and len(words) > BRIEF):
        return {"agrees": ""}
    if not LIMITS.isdisjoint(after):
        return {"agrees": "" if WORDS.isdisjoint(after) or words[at] in SOFT else "with"}
    if AGREES.isdisjoint(words):
        return {"agrees": "soft" if len(words) <= FEW and OF_SELF.isdisjoint(before) else ""}
    return {"agrees": "yes"}


def decline(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Keep nothing of someone who said no: their words go now, their place within 24 hours."""
    desk.person.consent, desk.person.consented_at, desk.person.adult = 0, "", False
    desk.person.variables.clear()
    desk.person.kept_at.clear()
    return dict.fromkeys(answers, "")


def keep_off(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Keep nothing new of someone who said no to a newer text; the visit ends what was open beneath."""
    desk.person.declined = CONSENT
    return {}


def lines(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Find the help lines of the person's country; those of a ``kind`` (abuse, child) first, if one is asked for."""
    found = _card(desk, desk.person.country, given.get("kind", ""))
    return found | {"has_country": "yes" if desk.person.country else "no"}


def country(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note the country that was typed, if it is one, and find its lines."""
    code = helplines.find_country(given.get("country", "")) or ""
    if code:
        desk.person.country = code
    found = _card(desk, code, given.get("kind", ""), shown=bool(code))
    worded = "" if code or len(given.get("country", "").split()) < WORDED else "yes"
    return found | {"worded": worded} | dict.fromkeys(("known", "has_country"), "yes" if code else "no")


def remember(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Remember small things of the person beyond this talk."""
    desk.person.variables.update(given)
    desk.person.kept_at.update(dict.fromkeys(given, desk.now.isoformat()))
    return {}


def hear(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say what a text is about, what pain or the person asks for, and whether it can be said back in one breath."""
    words = given.get("words", "")
    heard = desk.hear(words)
    short = len(words) <= SHORT and "\n" not in words
    shortness = "yes" if short else "no"
    wanted = "checkin" if plan_asks.asks(words, planned=False) else needs.asked(heard) or needs.need(heard)
    asked_for = heard.topic.removeprefix(WANTS) if heard.topic.startswith(WANTS) else ""
    found = {"intent": heard.intent, "topic": heard.topic, "short": shortness, "need": wanted}
    return found | {"wish": asked_for if asked_for not in NO_PRACTICE else ""}


def greet(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say whether the person was greeted lately, and note that they are greeted now where not."""
    noted = desk.person.variables.get("greeted_at", "")
    lately = bool(noted) and abs(desk.now - datetime.fromisoformat(noted)) < GREETED
    if not lately:
        desk.person.variables["greeted_at"] = desk.now.isoformat()
    return {"greeted_lately": "yes" if lately else ""}


def looked(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say whether the minute of looking around was begun a short while ago; with ``note`` it is begun now."""
    noted = desk.person.variables.get("looked_at", "")
    lately = bool(noted) and abs(desk.now - datetime.fromisoformat(noted)) < LOOKED
    if given.get("note") and desk.person.agreed:
        desk.person.variables["looked_at"] = desk.now.isoformat()
    return {"looked_lately": "yes" if lately else ""}


def outcome(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note how a practice went, for suggestions to this person alone; only after consent.

    After an ache or numbness the words are a step cooler from here on: the next dose is a smaller one.
    """
    found = {name: answers.get(name, "") for name in ("practice", "heavy", "heavy_after", "felt")}
    if desk.person.agreed:
        desk.tx.keep(desk.person.id, "outcome", json.dumps(found | {"at": desk.now.isoformat()}))
        if not answers.get("unasked"):  # `outward` or a loss came in its place
            dose.practised(desk, found["practice"])
        dose.counted(desk, found["practice"], found["felt"])
    return {"cooler": "yes" if dose.cooled(desk, found["felt"]) else ""}


def pin(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Keep the bubble said last at the top of the chat, readable when the bot cannot answer; the visit does it."""
    return {}


def holdings(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Count what is held of the person."""
    found = belongings.gather(desk.tx, desk.person, desk.now)
    return {name: str(number) for name, number in found.counts.items()}


def export(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Hand the person all that is held of them: a page for reading, a file for machines."""
    if not is_open(
        desk.person.lock, desk.now
    ):  # the flow has asked for the word; this is for one that does not
        return {"exported": "", "asked": "yes"}
    made = documents(belongings.gather(desk.tx, desk.person, desk.now), desk.words)
    if any(len(body) > belongings.LARGEST for _, body in made.values()):
        return {"exported": "", "asked": ""}
    sent = [Outbound(text=desk.words(line), name=name, document=body) for line, (name, body) in made.items()]
    desk.documents.extend(sent)
    return {"exported": "yes", "asked": ""}


def forget(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Erase the person; the visit does it, after their last words were promised."""
    return {}


ACTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {
    "age": age,
    "agrees": agrees,
    "consent": consent,
    "decline": decline,
    "helplines": lines,
    "country": country,
    "remember": remember,
    "hear": hear,
    "greet": greet,
    "looked": looked,
    "outcome": outcome,
    "pin": pin,
    "holdings": holdings,
    "export": export,
    "forget": forget,
    "keep_off": keep_off,
    **ASIDE_ACTIONS,
    **CHECKIN_ACTIONS,
    **COUNTRY_ACTIONS,
    **DANGER_ACTIONS,
    **DOOR_ACTIONS,
    **KIND_ACTIONS,
    **LOCK_ACTIONS,
    **LOOK_ACTIONS,
    **NOTE_ACTIONS,
    **WAY_ACTIONS,
    **YOUTH_ACTIONS,
    **DOSE_ACTIONS,
    **SUGGESTIONS,
    **ZONE_ACTIONS,
}


def _card(desk: Desk, code: str, named: str = "", *, shown: bool = True) -> dict[str, str]:
    kind = next((kind for kind in helplines.KINDS if kind == named), helplines.KINDS[0])
    card = helplines.card(code or None, desk.now, desk.tx.confirmed(), kind)
    if shown:
        desk.tx.count("help card", desk.now.date().isoformat())
    return {"lines": card.text, "emergency": card.emergency, "country_name": card.country_name}
