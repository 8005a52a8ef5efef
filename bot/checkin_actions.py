"""The actions of the flows ``daily`` and ``fewer``: an answer is noted, and what becomes of the next ones."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot import checkins, faces, plan_replies, plan_shown, sentences
from bot.desk import Desk, Values
from bot.plan_actions import PAINS, PLAN_ACTIONS, Found, armed
from bot.zones import own_zone
from flows.guards import LEVELS

SPAN = timedelta(days=14)  # so long the direct question is not asked again for low faces
ASKED = timedelta(hours=24)  # nor so soon after it was asked for another reason (docs/safety R4)
LONGEST = 160  # characters of a sentence that fits into a check-in
MET = ("grief", "self_criticism", "crisis")  # intents that are more than a face


def fewer(desk: Desk, given: Values, answers: Values) -> Found:
    """Make them fewer: one time less, or every other one of their days; ``fewest``: yes, where that is not possible."""
    plan = desk.person.checkins
    checkins.answered(plan)
    least = len(plan.times) <= 1 and len(plan.days) <= 1
    if len(plan.times) > 1:
        checkins.remove_time(plan, plan.times[-1])
    elif not least:
        plan.days = plan.days[::2]
    return {
        "fewest": plan_shown.yes(least),
        "plan_times": plan_shown.times(desk),
        "plan_days": plan_shown.days(desk),
        **armed(desk),
    }


def offer(desk: Desk, given: Values, answers: Values) -> Found:
    """Say whether check-ins may be offered, and note that they were: once ever, and not after danger."""
    plan = desk.person.checkins
    danger = desk.person.variables.get("gate") in LEVELS or _lately_asked(desk)
    if not desk.person.agreed or plan.times or plan.offered_at or danger:
        return {"may": ""}
    plan.offered_at = desk.now.isoformat()
    return {"may": "yes"}


def begin(desk: Desk, given: Values, answers: Values) -> Found:
    """Find what a check-in needs: a kept sentence for today, and whether permission comes first (docs/safety R16)."""
    noted, kept = desk.person.variables, _sentences(desk) if given.get("kind") == "phrase" else []
    told = kept[plan_shown.today(desk).toordinal() % len(kept)] if kept else ""
    danger = noted.get("gate_at", "") > noted.get("checkin_ok_at", "")
    return {"phrase": told, "permit": "ask" if danger else ""}


def permit(desk: Desk, given: Values, answers: Values) -> Found:
    """Note that check-ins may come again after danger was spoken of."""
    desk.person.variables["checkin_ok_at"] = desk.now.isoformat()
    return answered(desk, given, answers)


def answered(desk: Desk, given: Values, answers: Values) -> Found:
    """Note that the person is there."""
    checkins.answered(desk.person.checkins)
    return {}


def reply(desk: Desk, given: Values, answers: Values) -> Found:
    """Say what was typed in place of a tap: ``reply`` is face, later, sorry and the like, "" for words to be met.

    Words of loss or of blame are met, whatever is drawn beside them. None are kept: only that it was hard.
    """
    plan, words = desk.person.checkins, given.get("words", "")
    checkins.answered(plan)
    told, intent = plan_replies.read_reply(words), desk.hear(words).intent
    if told == "same":
        last = faces.faces(desk.tx, desk.person.id)[-1:]
        told = str(last[0].face or faces.SO) if last else str(faces.SO)
    if told.isdecimal():
        return {"reply": "", "face": ""} if intent in MET else {"reply": "face", "face": told}
    if told == "spent" and _lately_asked(desk):
        told = "dark"
    if told == "spent":
        desk.person.variables["asked_at"] = desk.now.isoformat()
    if told in ("spent", "dark") or (not told and intent in PAINS):
        plan.said = faces.said(faces.LOW)
    return {"reply": told, "face": ""}


def face(desk: Desk, given: Values, answers: Values) -> Found:
    """Keep the face that was tapped (5 good to 1 very hard, 0 rather not say); ``low``: yes, if it was low for long."""
    checkins.answered(desk.person.checkins)
    shown = given.get("face", "")
    if not (shown.isdecimal() and int(shown) <= faces.BEST):
        return {"low": "", "last": ""}
    faces.note(desk.tx, desk.person, desk.now, int(shown), given.get("slot", ""))
    told = faces.faces(desk.tx, desk.person.id)
    low = int(shown) != faces.NONE and _asks(desk) and faces.low_for_long(told, plan_shown.today(desk))
    if low:
        desk.person.variables["low_asked_at"] = desk.now.isoformat()
    return {"low": plan_shown.yes(low), "last": faces.said(int(shown))}


def snooze(desk: Desk, given: Values, answers: Values) -> Found:
    """Have it come again in an hour; ``later`` is empty where that is in quiet hours."""
    checkins.answered(desk.person.checkins)
    at = given.get("slot", "")
    local = (desk.now + checkins.SNOOZE).astimezone(own_zone(desk.person))
    put_off = bool(at) and checkins.snooze(desk.tx, desk.person, desk.now, at)
    return {"later": plan_shown.clock(desk, f"{local:%H:%M}") if put_off else ""}


def skip(desk: Desk, given: Values, answers: Values) -> Found:
    """Let nothing more come today."""
    checkins.answered(desk.person.checkins)
    checkins.skip(desk.tx, desk.person, desk.now)
    return {}


def put_away(desk: Desk, given: Values, answers: Values) -> Found:
    """Never bring a kept sentence back by itself; it stays among what is kept."""
    sentences.put_away(desk.person, sentences.mark(given.get("phrase", "")))
    return {"phrase": ""}


CHECKIN_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], Found]] = {
    **PLAN_ACTIONS,
    "checkin_fewer": fewer,
    "checkin_offer": offer,
    "checkin_begin": begin,
    "checkin_permit": permit,
    "checkin_answered": answered,
    "checkin_reply": reply,
    "checkin_face": face,
    "checkin_snooze": snooze,
    "checkin_skip": skip,
    "checkin_put_away": put_away,
}


def _asks(desk: Desk) -> bool:
    """Whether the direct question may be asked: it was not lately, for this or for another reason."""
    asked = desk.person.variables.get("low_asked_at", "")
    return asked < (desk.now - SPAN).isoformat() and not _lately_asked(desk)


def _lately_asked(desk: Desk) -> bool:
    """Whether the direct question was asked within a day."""
    return desk.person.variables.get("asked_at", "") >= (desk.now - ASKED).isoformat()


def _sentences(desk: Desk) -> list[str]:
    """Return the kept sentences that may come in a check-in: those that may come by themselves, and are short."""
    kept = [each for each in sentences.awake(desk.tx, desk.person) if len(each.text) <= LONGEST]
    return [each.text for each in reversed(kept) if sentences.may_return(each, desk.hear)]
