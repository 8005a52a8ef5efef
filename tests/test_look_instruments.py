"""Monthly questions as data: what a file must say, and how answers become numbers."""

from datetime import date, timedelta

import pytest
import yaml

from bot.look.instruments import HERE, due, instrument, read, score

DAY = date(2026, 11, 26)
# The build of the Sussex-Oxford scale for the self as its paper tells it (20 items, five parts of four, each from 1
# to 5, none reversed, 20 to 100 in all), without its words.
PARTS = {"recognising": 1, "universal": 2, "feeling": 3, "tolerating": 4, "acting": 5}
FIVE = {
    "instrument": "five_parts",
    "version": 1,
    "scale": {"low": 1, "high": 5, "labels": ["a", "b", "c", "d", "e"]},
    "items": {"en": [f"Item {number}." for number in range(1, 21)]},
    "parts": {name: [first + 5 * at for at in range(4)] for name, first in PARTS.items()}
    | {"total": [*range(1, 21)]},
    "count": "sum",
    "source": "a test",
    "licence": "none",
}


def made(**changed):
    return read(yaml.safe_dump(FIVE | changed))


@pytest.mark.parametrize(
    ("answers", "part", "total"),
    [
        pytest.param([1] * 20, 4, 20, id="lowest"),
        pytest.param([3] * 20, 12, 60, id="middle"),
        pytest.param([5] * 20, 20, 100, id="highest"),
    ],
)
def test_twenty_items_in_five_parts_make_twenty_to_a_hundred(answers, part, total):
    """Each part from 4 to 20."""
    found = score(made(), answers)

    assert {found[name] for name in PARTS} == {part}
    assert found["total"] == total


def test_each_item_counts_for_its_own_part():
    """And for the whole, once."""
    for number in range(20):
        answers = [1] * 20
        answers[number] = 5
        found = score(made(), answers)

        risen = [name for name in PARTS if found[name] == 8]
        assert risen == [list(PARTS)[number % 5]]
        assert found["total"] == 24


def test_a_missing_answer_leaves_its_part_without_a_number():
    """Nothing is made up for it; the other parts stand."""
    found = score(made(), [None, *[3] * 19])

    assert found["recognising"] is None
    assert found["total"] is None
    assert found["acting"] == 12


def test_an_item_may_be_reversed_and_a_mean_taken():
    """As the short scales of self-compassion do it: 1 becomes 5."""
    of = made(reverse=[1], count="mean", parts={"total": [1, 2]})

    assert score(of, [1, 5, *[3] * 18])["total"] == 5
    assert score(of, [5, 5, *[3] * 18])["total"] == 3


@pytest.mark.parametrize("answers", [[3] * 19, [3] * 21, [0, *[3] * 19], [6, *[3] * 19]], ids=str)
def test_what_does_not_fit_is_no_score(answers):
    """Too few, too many, beyond the scale."""
    with pytest.raises(ValueError, match=r"answer"):
        score(made(), answers)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"items": {"de": ["Ja?"] * 20}}, id="no English"),
        pytest.param({"items": {"en": ["Yes?"] * 20, "de": ["Ja?"] * 19}}, id="one is not translated"),
        pytest.param({"parts": {"total": [0, 1]}}, id="no item 0"),
        pytest.param({"parts": {"total": [21]}}, id="no item 21"),
        pytest.param({"reverse": [30]}, id="reverses none"),
        pytest.param({"scale": {"low": 1, "high": 5, "labels": ["a"]}}, id="labels are missing"),
        pytest.param({"licence": None}, id="no licence"),
        pytest.param({"cutoff": 40}, id="a verdict"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(changed):
    """Before anybody is asked by it; there is no place for a line that divides people."""
    with pytest.raises(ValueError, match=r"."):
        made(**changed)


@pytest.mark.parametrize("file", sorted(HERE.glob("*.yaml")), ids=lambda file: file.stem)
def test_what_is_shipped_may_be_passed_on(file):
    """Its name is its file's, and its words are our own."""
    found = read(file.read_text(encoding="utf-8"))

    assert found.instrument == file.stem
    assert (found.source, found.licence) == ("our own words", "CC-BY-4.0")


def test_our_own_two_questions_stand_each_for_itself():
    """From 0 to 10; no sum is made of them, and a language without a translation reads English."""
    of = instrument()

    assert score(of, [4, 9]) == {"self": 4, "others": 9}
    assert score(of, [None, 9]) == {"self": None, "others": 9}
    assert of.scale.lines() == [str(number) for number in range(11)]
    assert of.asked("xx") == of.asked("en")
    assert made().scale.lines()[0] == "1 a"


@pytest.mark.parametrize(("days", "may"), [(0, False), (27, False), (28, True), (400, True)])
def test_a_month_is_asked_of_once(days, may):
    """And again after four weeks; who never answered may be asked."""
    assert due(DAY, DAY + timedelta(days=days)) is may
    assert due(None, DAY)
