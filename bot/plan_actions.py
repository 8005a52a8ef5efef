"""The actions of the flow ``checkin``: a person's plan is shown and changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot import checkins, plan_asks, plan_shown, plan_words
from bot.clocks import tells_half
from bot.desk import Desk, Values
from bot.model import Plan
from bot.zones import own_zone, zone_label

Found = dict[str, str]
LEFT = "checkin_left"  # of who went from the set-up to what hurts, and has not been told that none is set
PAINS = ("crisis", "distress", "grief", "self_criticism")  # intents
FEW = 3  # words: more of them, and they need not be about check-ins
HOUR, DAY = 60, 24 * 60  # minutes


def show(desk: Desk, given: Values, answers: Values) -> Found:
    """Say how the plan stands, in readable words; ``plan_until`` is empty where it is not paused."""
    plan, zone = desk.person.checkins, desk.person.variables.get("zone", "")
    paused = checkins.resting(plan, plan_shown.today(desk))
    return {
        "plan_any": plan_shown.yes(plan.times),
        "plan_many": plan_shown.yes(len(plan.times) > 1),
        "plan_room": plan_shown.yes(len(plan.times) < checkins.MOST),
        "plan_one": plan_shown.clock(desk, plan.times[0]) if len(plan.times) == 1 else "",
        "plan_slots": "\n".join(plan_shown.clock(desk, at) for at in plan.times),
        "plan_times": plan_shown.times(desk),
        "plan_days": plan_shown.days(desk),
        "plan_kinds": plan_shown.kinds(desk),
        "plan_quiet": plan_shown.quiet(desk),
        "plan_zone": zone_label(zone),
        "plan_until": plan_shown.say_date(desk, date.fromisoformat(plan.until)) if paused else "",
        "plan_name": plan.named,
    }


def hear(desk: Desk, given: Values, answers: Values) -> Found:
    """Say what typed words about check-ins ask for: time, days, kinds, quiet, pause, stop and the like.

    ``strict``: where they may as well be about something else.
    """
    words = given.get("words", "")
    asked = plan_asks.asks(words, planned=True)
    wish = plan_words.read_wish(plan_asks.bare(words) if asked else words)
    vague = wish in ("kinds", "fewer")  # "i feel awful today" is no wish for a look at today
    if given.get("strict") and not asked and (vague or len(words.split()) > FEW):
        return {"wish": ""}
    return {"wish": "" if vague and desk.hear(words).intent in PAINS else wish}


def add(desk: Desk, given: Values, answers: Values) -> Found:
    """Take the times that were typed into the plan, in place of ``instead``; ``anyway``: quiet hours give way.

    ``time_found`` is one, many, half (before or after noon?), clock (no zone yet), none, quiet or full.
    """
    words, plan = given.get("words", ""), desk.person.checkins
    told = plan_words.read_times(words) or plan_words.read_times(plan_asks.bare(words))
    if not told or not desk.person.agreed or (len(told) > 1 and max(map(len, told)) > 1):
        return {"time_found": "none", "time_label": ""}
    if len(told[0]) > 1:
        return {"time_found": "half", "time_label": ""}
    if own_zone(desk.person) is None:
        return {"time_found": "clock", "time_label": ""}
    if tells_half(words):
        desk.person.variables["halves"] = "yes"
    changed = _draft(plan, given.get("instead", ""), words)
    for (moment,) in told:
        at = f"{moment:%H:%M}"
        if given.get("anyway") == "yes":
            _give_way(changed, at)
        found = checkins.add_time(changed, at)
        if found != "one":
            return {
                "time_found": found,
                "time_label": plan_shown.clock(desk, at),
                "plan_quiet": plan_shown.quiet(desk),
            }
    plan.times, plan.quiet, plan.days = changed.times, changed.quiet, changed.days
    checkins.arm(desk.tx, desk.person, desk.now)
    label = plan_words.listed(
        [plan_shown.clock(desk, f"{each[0]:%H:%M}") for each in told], desk.words("and_word")
    )
    return {
        "time_found": "many" if len(told) > 1 else "one",
        "time_label": label,
        "plan_quiet": plan_shown.quiet(desk),
    }


def remove(desk: Desk, given: Values, answers: Values) -> Found:
    """Take a time out of the plan."""
    checkins.remove_time(desk.person.checkins, _slot(given.get("words", "")))
    return armed(desk)


def days(desk: Desk, given: Values, answers: Values) -> Found:
    """Take the days that were typed: "not on weekends"."""
    told = plan_words.read_days(given.get("words", ""))
    if told and desk.person.agreed:
        desk.person.checkins.days = told
        checkins.arm(desk.tx, desk.person, desk.now)
    return {"days_found": plan_shown.yes(told), "plan_days": plan_shown.days(desk)}


def kinds(desk: Desk, given: Values, answers: Values) -> Found:
    """Take the kinds that were typed, or turn the one that was tapped (``toggle``); one is always left.

    ``kinds_late``: yes, where an evening's look back is among them and no time is late enough for it.
    """
    plan, toggled = desk.person.checkins, given.get("toggle", "")
    told = [toggled] if toggled else plan_words.read_kinds(given.get("words", ""))
    if toggled:
        told = [kind for kind in plan_words.KINDS if (kind in plan.kinds) != (kind == toggled)]
    if told and desk.person.agreed:
        plan.kinds = told
    late = "evening" in plan.kinds and all(at < checkins.EVENING for at in plan.times)
    return {
        "kinds_found": plan_shown.yes(told),
        "kinds_late": plan_shown.yes(late),
        "plan_kinds": plan_shown.kinds(desk),
    }


def quiet(desk: Desk, given: Values, answers: Values) -> Found:
    """Take the quiet hours that were typed; ``quiet_found`` is yes, none, or time for a time that lies in them."""
    plan, told = desk.person.checkins, plan_words.read_quiet(given.get("words", ""))
    inside = [plan_shown.clock(desk, at) for at in plan.times if checkins.in_quiet(told, at)]
    if told and not inside and desk.person.agreed:
        plan.quiet = told
        checkins.arm(desk.tx, desk.person, desk.now)
    found = "time" if inside else "yes" if told else "none"
    return {"quiet_found": found, "time_label": "".join(inside[:1]), "plan_quiet": plan_shown.quiet(desk)}


def name(desk: Desk, given: Values, answers: Values) -> Found:
    """Note the name that was given for check-ins, or take it away (no words)."""
    words = given.get("words", "").strip()
    told = plan_words.read_name(words)
    if desk.person.agreed and (told or not words):
        desk.person.checkins.named = told
    return {"name_found": plan_shown.yes(told), "plan_name": desk.person.checkins.named}


def pause(desk: Desk, given: Values, answers: Values) -> Found:
    """Pause until the day that was typed ("a week", "until Monday"); from ``then``: go on at once."""
    plan, words = desk.person.checkins, given.get("words", "")
    until = plan_words.read_until(words, plan_shown.today(desk))
    checkins.answered(plan)
    if until or given.get("then") == "on":
        plan.until = until
        desk.tx.drop_timer(desk.person.id, checkins.LATER)
        checkins.arm(desk.tx, desk.person, desk.now)
    return {
        "pause_found": plan_shown.yes(until),
        "plan_until": plan_shown.say_date(desk, date.fromisoformat(until)) if until else "",
    }


def off(desk: Desk, given: Values, answers: Values) -> Found:
    """Switch check-ins off."""
    checkins.stop(desk.tx, desk.person, desk.now)
    return {}


def left(desk: Desk, given: Values, answers: Values) -> Found:
    """Note, where no check-in is set, that this is still to be said: what hurts comes first."""
    if desk.person.agreed and not desk.person.checkins.times:
        desk.person.variables[LEFT] = "yes"
    return {}


PLAN_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], Found]] = {
    "checkin_show": show,
    "checkin_hear": hear,
    "checkin_time": add,
    "checkin_remove": remove,
    "checkin_days": days,
    "checkin_kinds": kinds,
    "checkin_quiet": quiet,
    "checkin_name": name,
    "checkin_pause": pause,
    "checkin_off": off,
    "checkin_left": left,
}


def armed(desk: Desk) -> Found:
    """Have the timers match the plan, and say whether anything is left of it."""
    checkins.arm(desk.tx, desk.person, desk.now)
    return {"plan_any": plan_shown.yes(desk.person.checkins.times)}


def _draft(plan: Plan, instead: str, words: str) -> Plan:
    """Return a plan to try a change on: without the time that goes, and with the days that were told."""
    old = _slot(instead)
    kept = [at for at in plan.times if at != old]
    return replace(plan, times=kept, quiet=[*plan.quiet], days=plan_words.read_days(words) or plan.days)


def _slot(label: str) -> str:
    """Return the time that a label stands for, as the plan holds it."""
    told = plan_words.read_times(label)
    return f"{told[0][0]:%H:%M}" if len(told) == 1 else ""


def _give_way(plan: Plan, at: str) -> None:
    """Let quiet hours end or begin so that a time is outside of them, at the nearer end."""
    if checkins.in_quiet(plan.quiet, at):
        begins, ends, here = (_minutes(each) for each in (*plan.quiet, at))
        if (ends - here) % DAY <= (here - begins) % DAY:
            plan.quiet = [plan.quiet[0], at]
        else:
            later = (here + checkins.WINDOW) % DAY
            plan.quiet = [f"{later // HOUR:02}:{later % HOUR:02}", plan.quiet[1]]


def _minutes(at: str) -> int:
    return int(at[:2]) * HOUR + int(at[3:])
