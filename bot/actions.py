"""The named things that ``do:`` in a flow may ask for. What they return can be shown and matched."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot import belongings, plan_asks
from bot.asides import ASIDE_ACTIONS
from bot.checkin_actions import CHECKIN_ACTIONS
from bot.country_actions import COUNTRY_ACTIONS
from bot.danger import DANGER_ACTIONS
from bot.desk import Desk, Values
from bot.door_actions import DOOR_ACTIONS
from bot.lock import LOCK_ACTIONS, is_open
from bot.look_actions import LOOK_ACTIONS
from bot.model import CONSENT, Outbound
from bot.notes import NOTE_ACTIONS
from bot.page import documents
from bot.safety import helplines
from bot.safety.needs import need
from bot.youth import YOUTH_ACTIONS
from bot.zone_actions import ZONE_ACTIONS
from flows.answers import NO, YES, read_number, simplify

__all__ = ["ACTIONS", "CONSENT", "Desk", "age"]

AGES = (8, 120)  # a smaller number in an answer counts something else: children, exams, days
GREETED = timedelta(hours=6)  # so long one greeting is enough
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
        return {"adult": "yes" if years >= desk.min_age else "no"}
    if given.get("only") == "number":
        return {"adult": "unclear"}
    first = simplify(words).partition("-")[0]
    return {"adult": "yes" if first in YES else "no" if first in NO else "unclear"}


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
    return found | dict.fromkeys(("known", "has_country"), "yes" if code else "no")


def remember(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Remember small things of the person beyond this talk."""
    desk.person.variables.update(given)
    desk.person.kept_at.update(dict.fromkeys(given, desk.now.isoformat()))
    return {}


def hear(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say what a text is about, what it asks for, and whether it is short enough to be said back in one breath."""
    words = given.get("words", "")
    heard = desk.hear(words)
    short = len(words) <= SHORT and "\n" not in words
    shortness = "yes" if short else "no"
    wanted = "checkin" if plan_asks.asks(words, planned=False) else need(heard)
    return {"intent": heard.intent, "topic": heard.topic, "short": shortness, "need": wanted}


def greet(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say whether the person was greeted lately, and note that they are greeted now where not."""
    noted = desk.person.variables.get("greeted_at", "")
    lately = bool(noted) and abs(desk.now - datetime.fromisoformat(noted)) < GREETED
    if not lately:
        desk.person.variables["greeted_at"] = desk.now.isoformat()
    return {"greeted_lately": "yes" if lately else ""}


def outcome(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note how a practice went, for suggestions to this person alone; only after consent."""
    if desk.person.agreed:
        found = {name: answers.get(name, "") for name in ("practice", "heavy", "heavy_after", "felt")}
        desk.tx.keep(desk.person.id, "outcome", json.dumps(found | {"at": desk.now.isoformat()}))
    return {}


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
    "consent": consent,
    "decline": decline,
    "helplines": lines,
    "country": country,
    "remember": remember,
    "hear": hear,
    "greet": greet,
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
    **LOCK_ACTIONS,
    **LOOK_ACTIONS,
    **NOTE_ACTIONS,
    **YOUTH_ACTIONS,
    **ZONE_ACTIONS,
}


def _card(desk: Desk, code: str, named: str = "", *, shown: bool = True) -> dict[str, str]:
    kind = next((kind for kind in helplines.KINDS if kind == named), helplines.KINDS[0])
    card = helplines.card(code or None, desk.now, desk.tx.confirmed(), kind)
    if shown:
        desk.tx.count("help card", desk.now.date().isoformat())
    return {"lines": card.text, "emergency": card.emergency, "country_name": card.country_name}
