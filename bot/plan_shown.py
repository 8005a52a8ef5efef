"""A person's plan of check-ins in readable words: on their own clock, in their own language."""

from datetime import date

from bot import plan_words
from bot.desk import Desk
from bot.model import Person
from bot.zones import own_zone
from flows.dates import MONTHS, WEEKDAYS

HALVES = frozenset({"US", "CA", "AU", "NZ", "PH", "IN"})  # where clocks tell am and pm


def yes(held: object) -> str:
    """Return a truth as flows match it."""
    return "yes" if held else ""


def today(desk: Desk) -> date:
    """Return the person's own day."""
    zone = own_zone(desk.person)
    return (desk.now.astimezone(zone) if zone else desk.now).date()


def clock(desk: Desk, at: str) -> str:
    """Return a time ("21:30") as the person tells it."""
    return tell(desk.person, at)


def tell(person: Person, at: str) -> str:
    """Return a time as a person's clocks tell it, am and pm or not."""
    halves = bool(person.variables.get("halves")) or person.country in HALVES
    return plan_words.say_time(at, halves=halves)


def times(desk: Desk) -> str:
    """Return the times of the plan."""
    told = [clock(desk, at) for at in desk.person.checkins.times]
    return plan_words.listed(told, desk.words("and_word"))


def days(desk: Desk) -> str:
    """Return the days of the plan."""
    chosen = desk.person.checkins.days
    whole = {plan_words.EVERY: "every_day", plan_words.WORK: "working_days", plan_words.REST: "weekend"}
    if chosen in whole:
        return desk.words(whole[chosen])
    names = _names(desk, "day_names", WEEKDAYS)
    return plan_words.listed([names[int(day) - 1] for day in chosen], desk.words("and_word"))


def whole(desk: Desk) -> str:
    """Return times and days in one, "" where no check-in is set."""
    return f"{times(desk)}, {days(desk)}" if desk.person.checkins.times else ""


def kinds(desk: Desk) -> str:
    """Return what comes."""
    chosen = desk.person.checkins.kinds
    told = [desk.words(f"kind_{kind}") for kind in plan_words.KINDS if kind in chosen]
    return plan_words.listed(told, desk.words("and_word"))


def quiet(desk: Desk) -> str:
    """Return the quiet hours."""
    begins, ends = desk.person.checkins.quiet
    return desk.words("no_hours") if begins == ends else f"{clock(desk, begins)}\u2013{clock(desk, ends)}"


def say_date(desk: Desk, day: date) -> str:
    """Return a day as it is said: "Friday, 4 December"."""
    weekdays, months = _names(desk, "day_names", WEEKDAYS), _names(desk, "months", MONTHS)
    return f"{weekdays[day.weekday()]}, {day.day} {months[day.month - 1]}"


def _names(desk: Desk, line: str, usual: list[str]) -> list[str]:
    """Return names in the person's language; the English ones where theirs are not complete."""
    names = desk.words(line).split()
    return names if len(names) == len(usual) else [each.capitalize() for each in usual]
