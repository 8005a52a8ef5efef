"""Check-ins: when the next one of a person's plan is due, and the timers that follow the plan. Pure but for ``arm``.

A slot is a time of the plan on one of its days. Each has one timer, which is moved to the slot's next moment in
the transaction that makes an inbox row of it (``again``): whatever becomes of the row, the plan goes on.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.model import Person, Plan
from bot.ports import Tx
from bot.zones import own_zone, zone_of
from flows.moments import next_day, on_day

__all__ = ["Plan"]

KEY = "checkin:"  # begins the keys of all timers of check-ins
LATER = f"{KEY}later"  # the one timer of a check-in that was put off: by the person, or by a talk
MOST = 3  # times a day
DAYS = "1234567"
WINDOW = 30  # minutes before and after: what "around nine" promises
SLACK = 10  # minutes before quiet hours in which nothing is planned: a bot that is busy would run into them
LATE = timedelta(hours=3)  # later than this a check-in is let go of: nobody wants "good morning" at noon
SNOOZE = timedelta(hours=1)
AGAIN = timedelta(minutes=15)  # what comes into the middle of a talk is tried again so often
ANSWERS = timedelta(days=1)  # whatever is said for so long after a check-in answers it
DAY = timedelta(days=1)
EVENING = "17:00"  # from then on an evening's look back may be asked for
PARTS = (("04:00", "night"), ("11:00", "morning"), ("17:00", "noon"), ("22:00", "evening"))  # each until then
OPEN_TO_ALL = ("day", "phrase", "minute")  # kinds that suit any time


@dataclass(frozen=True, slots=True, repr=False)
class Slot:
    """One time of a plan, with all that its next moment depends on: the body of its timer.

    Attributes:
        zone: Where the person lives.
        at: "09:00" on the wall there.
        days: ISO weekdays on which it comes.
        minute: How long before or after, within the window; steady for a person and a time.

    """

    zone: str
    at: str
    days: str
    minute: int


@dataclass(frozen=True, slots=True, repr=False)
class Later:
    """A check-in that was put off: the body of the timer ``LATER``.

    Attributes:
        at: The slot's time.
        day: The slot's local day.
        due: When it was to come at first, Unix seconds: it is late from then on.
        asked: The person put it off themselves.

    """

    at: str
    day: str
    due: float
    asked: bool = False


# --- changing a plan; ``arm`` follows a change of times, days, quiet hours or zone -----------------


def add_time(plan: Plan, at: str) -> str:
    """Add a time ("09:00"); return "one" where it is in the plan now, else why not: "full" or "quiet"."""
    if in_quiet(plan.quiet, at):
        return "quiet"
    if at not in plan.times and len(plan.times) >= MOST:
        return "full"
    plan.times = sorted({*plan.times, at})
    return "one"


def remove_time(plan: Plan, at: str) -> bool:
    """Take a time away; False where it was not there."""
    had = at in plan.times
    plan.times = [each for each in plan.times if each != at]
    return had


def stop(tx: Tx, person: Person, now: datetime) -> None:
    """Switch check-ins off; days, kinds and quiet hours stay for another time."""
    plan = person.checkins
    plan.times, plan.sent, plan.until = [], {}, ""
    answered(plan)
    arm(tx, person, now)


def skip(tx: Tx, person: Person, now: datetime) -> None:
    """Let nothing more come on this local day."""
    today = now.astimezone(own_zone(person)).date().isoformat()
    person.checkins.sent.update(dict.fromkeys(person.checkins.times, today))
    tx.drop_timer(person.id, LATER)


def answered(plan: Plan) -> None:
    """Note that the person is there: silence begins to be counted anew."""
    plan.unanswered, plan.fewer_asked = 0, False


def answers(plan: Plan, now: datetime) -> bool:
    """Whether something said now still answers the last check-in."""
    return bool(plan.last) and now - datetime.fromisoformat(plan.last) < ANSWERS


# --- reading a plan --------------------------------------------------------------------------


def in_quiet(quiet: list[str], at: str) -> bool:
    """Whether a time ("23:10") lies in quiet hours (["22:00", "08:00"]); equal ends mean none."""
    if len(quiet) != 2 or quiet[0] == quiet[1]:  # noqa: PLR2004  # from, to
        return False
    begins, ends = quiet
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def resting(plan: Plan, today: date) -> bool:
    """Whether the plan is paused on this local day."""
    return today.isoformat() < plan.until


def part(at: str) -> str:
    """Return the part of the day of a time: morning, noon, evening or night."""
    return next((name for until, name in PARTS if at < until), "night")


def kind(plan: Plan, at: str, day: date) -> str:
    """Return which of the chosen kinds comes at a time on a day: one after the other, from day to day."""
    fitting = [each for each in plan.kinds if each != "evening" or at >= EVENING] or ["day"]
    place = plan.times.index(at) if at in plan.times else 0
    return fitting[(day.toordinal() + place) % len(fitting)]


def following(person: Person, now: datetime) -> datetime | None:
    """Return when the next check-in of a person is due; None where none is."""
    moments = [_next(slot, now, person.checkins) for slot in slots(person)]
    return min((moment for moment in moments if moment), default=None)


def slots(person: Person) -> list[Slot]:
    """Return the slots of a person's plan; none without a zone."""
    plan, zone = person.checkins, person.variables.get("zone", "")
    if zone_of(zone) is None:
        return []
    return [Slot(zone, at, plan.days, minute(person.id, at, plan.quiet)) for at in plan.times]


# --- timers ------------------------------------------------------------------------------------


def arm(tx: Tx, person: Person, now: datetime) -> None:
    """Make the timers of a person match their plan and their zone. Call it after every change of either."""
    wanted = {KEY + slot.at: slot for slot in slots(person)}
    kept = {*wanted, LATER} if wanted else set()
    for timer in tx.timers(person.id):
        if timer.key.startswith(KEY) and timer.key not in kept:
            tx.drop_timer(person.id, timer.key)
    for key, slot in wanted.items():
        due = _next(slot, now, person.checkins)
        if due is None:
            tx.drop_timer(person.id, key)
        else:
            tx.set_timer(person.id, key, 0, due, to_body(slot))


def put_off(tx: Tx, person: Person, later: Later, due: datetime) -> None:
    """Have a check-in come once more; one at a time is put off."""
    tx.set_timer(person.id, LATER, 0, due, to_body(later))


def snooze(tx: Tx, person: Person, now: datetime, at: str) -> bool:
    """Have the check-in of a slot come again in an hour; False where that is in quiet hours."""
    due = now + SNOOZE
    zone = own_zone(person)
    if zone is None or in_quiet(person.checkins.quiet, f"{due.astimezone(zone):%H:%M}"):
        return False
    day = now.astimezone(zone).date().isoformat()
    put_off(tx, person, Later(at, day, due.timestamp(), asked=True), due)
    return True


def again(key: str, body: bytes, now: datetime) -> datetime | None:
    """Return when a timer that has become due comes again; None for one that comes once. Pure."""
    if not key.startswith(KEY) or key == LATER:
        return None
    return next_due(to_slot(body), now)


def overtaken(person: Person, came: Later, now: datetime) -> bool:
    """Whether another slot has become due since this one was: the later one is enough."""
    if now.timestamp() - came.due < AGAIN.total_seconds():
        return False
    since = datetime.fromtimestamp(came.due, UTC)
    later = [next_due(slot, since) for slot in slots(person) if slot.at != came.at]
    return any(moment is not None and moment <= now for moment in later)


def to_body(body: Slot | Later) -> bytes:
    """Return what a timer holds."""
    return json.dumps(asdict(body), separators=(",", ":")).encode()


def to_slot(body: bytes) -> Slot:
    """Return what ``to_body`` made of a slot."""
    return Slot(**json.loads(body))


def to_later(body: bytes) -> Later:
    """Return what ``to_body`` made of a check-in that was put off."""
    return Later(**json.loads(body))


# --- moments -----------------------------------------------------------------------------------


def next_due(slot: Slot, after: datetime) -> datetime | None:
    """Return the first moment of a slot later than ``after``, in UTC; None where it has no days."""
    zone = zone_of(slot.zone)
    if zone is None or not set(slot.days) & set(DAYS):
        return None
    day = next_day(
        after.astimezone(zone).date(), -2
    )  # a slot just after midnight may come the evening before
    for _ in range(12):  # a week, the days around it, and one that a zone may leave out
        moment = due_on(slot, day)
        if moment is not None and moment > after:
            return moment
        day = next_day(day)
    return None


def due_on(slot: Slot, day: date) -> datetime | None:
    """Return the moment of a slot on a local day, in UTC; None where it does not come, or there is no such day.

    Where clocks skip its time, it is bound to the first minute after; where they show it twice, to the first.
    """
    zone = zone_of(slot.zone)
    if zone is None or str(day.isoweekday()) not in slot.days:
        return None
    moment = on_day(day, time.fromisoformat(slot.at), zone)
    return moment and moment + timedelta(minutes=slot.minute)


def day_of(slot: Slot, due: datetime) -> date:
    """Return the local day of the slot that is due at a moment."""
    near = due.astimezone(zone_of(slot.zone) or UTC).date()
    days = (next_day(near, offset) for offset in (0, -1, 1))
    return next((day for day in days if due_on(slot, day) == due), near)


def minute(person: str, at: str, quiet: list[str]) -> int:
    """Return how many minutes before or after its time a person's slot comes.

    It is the same each day, spread evenly over people, on the same day and not in quiet hours.
    """
    hour, past = map(int, at.split(":"))
    middle = hour * 60 + past
    places = [
        offset for offset in range(-WINDOW, WINDOW)
        if 0 <= middle + offset < 24 * 60
        and not any(in_quiet(quiet, _clock(middle + offset + late)) for late in (0, SLACK))
    ]  # fmt: skip
    return places[zlib.crc32(f"{person}/{at}".encode()) % len(places)] if places else 0


def _clock(minutes: int) -> str:
    """Return what a clock shows so many minutes after midnight."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _next(slot: Slot, now: datetime, plan: Plan) -> datetime | None:
    """Return the next moment of a slot that is not already through for its day."""
    due = next_due(slot, now)
    while due is not None and through(plan, slot.at, day_of(slot, due)):
        due = next_due(slot, due)
    return due


def through(plan: Plan, at: str, day: date) -> bool:
    """Whether the slot of a day has come already; also where a clock has since been put back by a day."""
    last = plan.sent.get(at, "")
    return last in (day.isoformat(), (day + DAY).isoformat())
