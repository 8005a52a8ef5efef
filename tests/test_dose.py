"""How much is enough for one day: two practices, and one look at a thought."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.desk import Desk
from bot.dose import DOSE_ACTIONS, OUTWARD, cooled, of_today, practised
from bot.hearing import hear
from bot.knowledge import variables
from bot.model import CONSENT, Person
from flows.guards import ENOUGH, GUARDS
from flows.practice import FRESH, PAUSE
from flows.turn import Facts
from tests.serving import everything

NOW = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)


def desk(person: Person, now: datetime = NOW) -> Desk:
    return Desk(None, person, now, 18, hear)


def agreed(**more) -> Person:
    return Person("a1", consent=CONSENT, **more)


def third(person: Person, now: datetime) -> bool:
    return GUARDS["third"]({}, Facts(now=now, variables=variables(person)))


def test_the_third_practice_of_a_day_is_one_too_many():
    """Not the second; and on the next day it begins anew."""
    person = agreed()
    for done in range(ENOUGH):
        assert not third(person, NOW), done
        practised(desk(person), "break")

    assert third(person, NOW)
    assert not third(person, NOW + timedelta(hours=2))


def test_a_day_is_the_persons_own():
    """In Auckland it is another day already: what was done on it counts for that day."""
    person = agreed(variables={"zone": "Pacific/Auckland"})
    practised(desk(person), "break")

    assert of_today(desk(person)).day == "2026-11-27"
    assert of_today(desk(person, NOW + timedelta(hours=15))).practices == 0


@pytest.mark.parametrize("again", ["I ruin everything", "i ruin EVERYTHING.", "  I ruin   everything!"])
def test_the_same_thought_is_known_on_the_same_day(again):
    """Capitals, blanks and stops make no other thought; the next day it may be looked at anew."""
    person, same = agreed(), DOSE_ACTIONS["same_thought"]

    assert same(desk(person), {"thought": "I ruin everything"}, {}) == {"again": ""}
    assert same(desk(person), {"thought": again}, {}) == {"again": "yes"}
    assert same(desk(person), {"thought": "I ruin nothing"}, {}) == {"again": ""}
    assert same(desk(person, NOW + timedelta(days=1)), {"thought": again}, {}) == {"again": ""}


def test_a_thought_is_not_kept():
    """A hash under the person's own id stands for it: for somebody else it is another one."""
    ann, ben = agreed(), Person("b2", consent=CONSENT)
    for person in (ann, ben):
        DOSE_ACTIONS["same_thought"](desk(person), {"thought": "I ruin everything"}, {})

    assert "ruin" not in str(ann.today.thoughts)
    assert set(ann.today.thoughts).isdisjoint(ben.today.thoughts)


@pytest.mark.parametrize("words", ["", "  ", "…"])
def test_no_words_are_no_thought(words):
    """Nothing is noted of them, and they are never the same again."""
    person = agreed()
    for _ in range(2):
        assert DOSE_ACTIONS["same_thought"](desk(person), {"thought": words}, {}) == {"again": ""}
    assert person.today.thoughts == []


def test_without_a_yes_nothing_is_noted():
    """Also not that a thought was looked at."""
    person = Person("a1")
    for _ in range(2):
        assert DOSE_ACTIONS["same_thought"](desk(person), {"thought": "I ruin everything"}, {}) == {
            "again": ""
        }
    assert not person.today.thoughts


@pytest.mark.parametrize("noted", ["", "2026-11-26", "2026-11-26 x", "2026-11-25 9", " 3"])
def test_what_is_noted_wrongly_shuts_nothing(noted):
    """A damaged note is none."""
    assert not GUARDS["third"]({}, Facts(now=NOW, variables={"practised": noted}))


def test_every_practice_has_a_pause_before_its_third_unless_it_looks_outward():
    """Grounding, and reaching a person, stay open all day."""
    flows = [each.flow for each in everything().flows.values() if each.flow.kind == "practice"]

    assert flows
    assert all(FRESH in flow.steps for flow in flows)
    assert (
        {flow.id for flow in flows if PAUSE not in flow.steps}
        == OUTWARD
        == {flow.id for flow in flows if flow.outward}
    )


def test_what_looks_outward_is_not_counted():
    """Grounding three times a day shuts nothing."""
    person = agreed()
    for _ in range(ENOUGH + 1):
        practised(desk(person), "ground")
    assert not third(person, NOW)


@pytest.mark.parametrize(
    ("felt", "before", "after"),
    [
        ("ache", "tender", "warm"),
        ("numb", "warm", "plain"),
        ("ache", "plain", "plain"),
        ("ease", "tender", "tender"),
        ("", "warm", "warm"),
        ("ache", "hot", "hot"),
    ],
)
def test_after_an_ache_the_next_dose_is_a_smaller_one(felt, before, after):
    """One step cooler, and it says so; where words are plain, they stay as they are."""
    person = agreed(warmth=before)

    assert cooled(desk(person), felt) == (before != after)
    assert person.warmth == after
