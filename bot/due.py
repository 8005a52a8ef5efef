"""What happens when a check-in is due: it is said, tried again in a while, or let go of for the day."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot import checkins, commands, knowledge, plan_asks, plan_words, replies, unasked
from bot.alarm import RISKY
from bot.checkins import AGAIN, KEY, LATE, LATER, Later
from bot.model import CHECKIN, Inbound
from bot.plan_actions import LEFT
from bot.talk import Talk
from flows.answers import match_choice

DAILY: Final = "daily"  # the flow that asks how it is
FEWER: Final = "fewer"  # the flow that asks whether fewer would be better
SETTING: Final = "checkin"  # the flow that sets them up
RESTS = (DAILY, FEWER, SETTING)  # what need not be gone on with
WORDED = (
    *RISKY,
    "notes",
    "kind",
    "lock",
    "unlock",
    "zone",
)  # where a sentence is an answer, whatever it asks for
UNANSWERED = 3  # in a row: in place of the next one it is asked whether fewer would be better
AWAY = timedelta(days=7)  # who has said nothing for so long was away


def comes(talk: Talk, inbound: Inbound) -> bool:
    """Do what a timer asks for that came by itself; False for a wait in a talk that goes on at once."""
    key = inbound.timer[0] if inbound.timer else ""
    if not key.startswith(KEY):
        return unasked.knock(talk, inbound)
    came = _came(key, inbound)
    if _over(talk, came, inbound) or _silent(talk):
        return True
    if _busy(talk):
        checkins.put_off(talk.tx, talk.person, came, talk.now + AGAIN)
    else:
        _say(talk, came)
    return True


def here(talk: Talk) -> None:
    """Note that the person is there: it answers their last check-in, while that may be."""
    plan = talk.person.checkins
    talk.person.paused = False
    talk.person.variables.pop("hidden_at", None)
    if plan.unanswered and (talk.open(DAILY, FEWER) or checkins.answers(plan, talk.now)):
        checkins.answered(plan)


def command(talk: Talk, text: str) -> str:
    """Return the command that a text is, also where one sentence asks for check-ins or changes them.

    Before a yes such words are held like all first words, and met after it.
    """
    name, person = commands.recognise(text), talk.person
    if text.startswith("/") or (name and name != "checkin"):
        return name
    if not person.agreed or talk.open(*WORDED):
        return name if person.agreed else ""
    planned = bool(person.checkins.times) and _free(talk)
    return "checkin" if name or plan_asks.asks(text, planned=planned) else ""


def called(talk: Talk) -> None:
    """Make way for the talk about check-ins: a note that stands open, and what was left long ago, is over."""
    talk.person.variables.pop(LEFT, None)
    told = plan_asks.read_command(talk.said)
    talk.know(told)
    for flow in (DAILY, FEWER):
        talk.session = talk.without(flow)
    if not talk.open(*RISKY) and (told["checkin_wish"] == "stop" or not unasked.lately(talk, LATE)):
        talk.session = None


def leave_unset(talk: Talk, text: str) -> None:
    """Take a set-up that was left hours ago as left, unless these words give it the time that it asks for."""
    session = talk.session
    if session is None or session.top.flow != SETTING or talk.person.checkins.times:
        return
    if not {frame.flow for frame in session.frames} <= {SETTING, talk.facts.home}:
        return  # a talk lies beneath that is still to be gone on with
    answers = match_choice(text, talk.offers()) or plan_words.read_times(text)
    if not answers and not unasked.lately(talk, LATE):
        talk.session = None
        talk.person.variables[LEFT] = "yes"


def tell_unset(talk: Talk) -> None:
    """Say, once, to who has left the set-up of check-ins half way that none is set, and how to come back to it."""
    if talk.open(*RISKY):
        return
    noted = talk.person.variables.pop(LEFT, "")
    if (noted or talk.open(SETTING)) and not talk.person.checkins.times:
        talk.say("unset")


def _free(talk: Talk) -> bool:
    """Whether no other question stands open that an hour or a day might answer."""
    session = talk.session
    return session is None or session.top.flow in (DAILY, FEWER, talk.facts.home)


def _came(key: str, inbound: Inbound) -> Later:
    """Return which check-in this is; one that was put off tells itself."""
    if key == LATER:
        return checkins.to_later(inbound.aside)
    slot = checkins.to_slot(inbound.aside)
    day = checkins.day_of(slot, datetime.fromtimestamp(inbound.due, UTC))
    return Later(slot.at, day.isoformat(), inbound.due)


def _over(talk: Talk, came: Later, inbound: Inbound) -> bool:
    """Whether the time for a check-in is over: it came already, is too late, or a later one takes its place."""
    plan, now = talk.person.checkins, talk.now.timestamp()
    if came.at not in plan.times or now - came.due > LATE.total_seconds():
        return True
    if not came.asked and checkins.through(plan, came.at, date.fromisoformat(came.day)):
        return True
    if now - inbound.due > AGAIN.total_seconds() and inbound.due < _last(talk) <= now:
        return (
            True  # kept by an outage, or a clock that jumped, and another has come since: one is enough then
        )
    return checkins.overtaken(talk.person, came, talk.now)


def _last(talk: Talk) -> float:
    """Return when the last check-in came, Unix seconds; 0 for never."""
    last = talk.person.checkins.last
    return datetime.fromisoformat(last).timestamp() if last else 0.0


def _silent(talk: Talk) -> bool:
    """Whether nothing comes by itself now; the plan goes on."""
    person, plan = talk.person, talk.person.checkins
    local = knowledge.local(person, talk.now)
    if person.paused or not person.agreed or DAILY not in talk.content.flows:
        return True
    if checkins.resting(plan, local.date()) or checkins.in_quiet(plan.quiet, f"{local:%H:%M}"):
        return True
    return unasked.acute(talk) or unasked.hidden(talk)


def _busy(talk: Talk) -> bool:
    """Whether somebody is in the middle of something; what was left hours ago is no middle any more."""
    return unasked.lately(talk) or (talk.delicate and unasked.lately(talk, LATE))


def _say(talk: Talk, came: Later) -> None:
    """Begin the check-in, or ask about fewer; after no answer to that, be silent."""
    plan = talk.person.checkins
    flow = DAILY if plan.unanswered < UNANSWERED else FEWER
    if flow == FEWER and (plan.fewer_asked or FEWER not in talk.content.flows):
        checkins.stop(talk.tx, talk.person, talk.now)
        return
    talk.know(_facts(talk, came))
    plan.sent = {at: day for at, day in plan.sent.items() if at in plan.times} | {came.at: came.day}
    plan.last, plan.fewer_asked = talk.now.isoformat(), flow == FEWER
    plan.unanswered += flow == DAILY
    talk.priority, talk.silent = CHECKIN, False
    _begin(talk, flow)


def _facts(talk: Talk, came: Later) -> dict[str, str]:
    """Return what the flows may count on."""
    person, plan = talk.person, talk.person.checkins
    seen = person.last_seen
    away = bool(seen) and talk.now.date() - date.fromisoformat(seen) >= AWAY
    return {
        "checkin_kind": checkins.kind(plan, came.at, date.fromisoformat(came.day)),
        "checkin_part": checkins.part(came.at),
        "checkin_last": "away" if away else plan.said or "none",
        "checkin_slot": came.at,
        "checkin_name": plan.named,
    }


def _begin(talk: Talk, flow: str) -> None:
    """Begin a flow over a talk that was left, or in place of one that needs no going on with."""
    open_ = [frame.flow for frame in talk.session.frames] if talk.session else []
    if open_ and open_[-1] in (DAILY, FEWER) and talk.question is not None:
        talk.promise(replies.closed(None, talk.question))
        talk.question = None
    left = not unasked.lately(talk, LATE) and not talk.open(*RISKY)  # so long ago that it is not gone on with
    if left or set(open_) <= {*RESTS, talk.facts.home}:
        talk.begin(flow)
    else:
        talk.lay_over(flow, anew=True)
