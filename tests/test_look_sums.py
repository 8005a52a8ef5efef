"""Which numbers carry a sentence, and which do not; what is in the middle, what brought ease, what was hard."""

import random
from datetime import date, timedelta

import pytest

from bot.look import sums
from bot.look.paper import middle
from bot.look.rows import Day, Rows, Sitting
from bot.look.sums import CHANCE, Eased, sign_test

FIRST = date(2026, 10, 5)  # a Monday


def rows(days=(), sittings=()):
    return Rows(list(days), list(sittings), [])


def both(lighter, heavier=0, equal=0):
    """Days with a morning and an evening."""
    pairs = [(2, 4)] * lighter + [(4, 2)] * heavier + [(3, 3)] * equal
    days = ((FIRST + timedelta(days=number), pair) for number, pair in enumerate(pairs))
    return rows(Day(day, hour, face) for day, pair in days for hour, face in zip((9, 20), pair, strict=True))


def practised(*pairs, practice="touch", felt="ease"):
    return [Sitting(FIRST, practice, before, after, felt) for before, after in pairs]


@pytest.mark.parametrize(
    ("more", "fewer", "chance"),
    [
        pytest.param(0, 0, 1.0, id="nothing"),
        pytest.param(1, 0, 1.0, id="one"),
        pytest.param(5, 0, 1 / 16, id="five of five"),
        pytest.param(9, 3, 598 / 4096, id="nine of twelve"),
        pytest.param(4, 4, 1.0, id="level"),
        pytest.param(2_000, 100, 0.0, id="more than a float holds"),
    ],
)
def test_the_test_of_signs_is_exact(more, fewer, chance):
    """By the coefficients of Pascal's triangle, both sides counted."""
    assert sign_test(more, fewer) == pytest.approx(chance)
    assert sign_test(fewer, more) == sign_test(more, fewer)


@pytest.mark.parametrize(
    ("lighter", "heavier", "equal", "told"),
    [
        pytest.param(7, 0, 0, ("evenings_lighter", 7, 7), id="seven that agree"),
        pytest.param(6, 0, 0, None, id="six are too few"),
        pytest.param(9, 0, 3, ("evenings_lighter", 9, 12), id="nine of twelve, the others level"),
        pytest.param(9, 3, 0, None, id="nine of twelve, the others against it"),
        pytest.param(10, 1, 0, ("evenings_lighter", 10, 11), id="ten of eleven"),
        pytest.param(1, 12, 0, ("evenings_heavier", 12, 13), id="the other way"),
        pytest.param(8, 0, 9, None, id="not on half of the days"),
        pytest.param(0, 0, 20, None, id="all level"),
    ],
)
def test_evenings_are_told_where_the_days_carry_it(lighter, heavier, equal, told):
    """And with how many, of how many."""
    found = sums.told(both(lighter, heavier, equal))

    assert (found and (found.what, found.on, found.of)) == told


def test_an_afternoon_is_neither():
    """From noon to five it is no morning and no evening."""
    days = [Day(FIRST + timedelta(days=number), hour, hour // 4) for number in range(9) for hour in (9, 14)]

    assert sums.told(rows(days)) is None


def test_weekends_are_told_by_the_week():
    """A week that has no weekend, or nothing else, is no pair."""
    weeks = [FIRST + timedelta(weeks=number) for number in range(8)]
    days = [
        Day(week + timedelta(days=at), 9, face) for week in weeks for at, face in ((0, 2), (2, 3), (5, 4))
    ]
    alone = [Day(FIRST - timedelta(days=2), 9, 1)]

    found = sums.told(rows([*days, *alone]))

    assert (found.what, found.on, found.of) == ("weekends_lighter", 8, 8)


@pytest.mark.parametrize(
    ("pair", "what"),
    [((7, 4), "practices_lighter"), ((4, 7), "practices_heavier")],
    ids=["lighter", "heavier"],
)
def test_heaviness_is_told_by_the_practice(pair, what):
    """Only where both numbers were given."""
    found = sums.told(rows(sittings=practised(*[pair] * 8, (5, None), (None, 3))))

    assert (found.what, found.on, found.of) == (what, 8, 8)


def test_the_clearest_is_told():
    """One sentence, though several would hold."""
    found = sums.told(rows(both(8).days, practised(*[(7, 4)] * 12)))

    assert found.what == "practices_lighter"


def test_days_without_a_pattern_are_seldom_given_one():
    """Of people whose days fall by chance, one in twenty at most reads a sentence in a look."""
    chance, said, people = random.Random(6), 0, 600
    for _ in range(people):
        faces = [
            Day(FIRST + timedelta(days=at), hour, chance.randint(1, 5))
            for at in range(90)
            for hour in (9, 20)
        ]
        weights = practised(*[(chance.randint(0, 10), chance.randint(0, 10)) for _ in range(40)])
        said += sums.told(rows(faces, weights)) is not None

    assert 0 < said / people <= 3 * CHANCE


def test_the_middle_is_the_middle():
    """Of two, the higher one: the lighter face, the heavier number."""
    assert [middle(each) for each in ([3], [1, 5, 2], [2, 3], [1, 4])] == [3, 2, 3, 3]
    assert sums.weights(practised((8, 5), (6, 5), (2, 1))) == (6, 5, 3)
    assert sums.weights(practised((8, None))) is None


def test_what_brought_ease_is_named_and_nothing_is_held_up_that_did_not():
    """The most often first, four at most; a practice that never did, or was never told, is not there."""
    told = [
        *practised(*[(5, 4)] * 3, practice="touch"),
        *practised((5, 5), practice="touch", felt="same"),
        *practised((5, 4), practice="ground"),
        *practised((5, 7), practice="friend", felt="ache"),
        *practised((5, 4), practice=""),
        *practised((5, 4), practice="break", felt=""),
    ]

    assert sums.eased(told) == [Eased("touch", 3, 4), Eased("ground", 1, 1)]
    many = [each for name in "abcdef" for each in practised((5, 4), practice=name)]
    assert len(sums.eased(many)) == sums.MOST


@pytest.mark.parametrize(
    ("faces", "hard"),
    [
        pytest.param([1, 2, 1, 2], False, id="four days are few"),
        pytest.param([1, 2, 1, 2, 2], True, id="all"),
        pytest.param([1, 2, 1, 5, 5, 5], True, id="half"),
        pytest.param([1, 2, 5, 5, 5], False, id="fewer"),
        pytest.param([], False, id="none"),
    ],
)
def test_many_hard_days_are_known(faces, hard):
    """Half of them or more."""
    days = [Day(FIRST + timedelta(days=number), 9, face) for number, face in enumerate(faces)]

    assert sums.hard(rows(days)) is hard


def test_days_are_counted_once():
    """Whatever stands on them."""
    assert sums.days_noted(rows(both(2).days, practised((5, 4), (5, 4)))) == 2
    assert sums.days_noted(rows()) == 0
