"""A word of the person's own: how it is taken, kept, tried and asked for."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot import lock
from bot.desk import Desk
from bot.model import Lock, Person

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
WORD = "Blue  Teapot"
KEPT = (  # of "blue teapot", as it was kept once
    "00112233445566778899aabbccddeeff:f63fce3e87c777de7f3e2145758640285a30fab378c4d9fb3a00f9ca9183d162"
)


# --- the word itself ----------------------------------------------------------------------


@pytest.fixture
def locked():
    """A lock that was set a while ago."""
    made = Lock()
    assert [lock.answer(made, "lock", WORD, NOW - timedelta(hours=1)) for _ in "12"] == ["taken", "same"]
    return made


@pytest.mark.parametrize(
    "said", [WORD, "blue teapot", " BLUE TEAPOT\n", "\N{FULLWIDTH LATIN SMALL LETTER B}lue teapot"]
)
def test_a_word_fits_however_it_is_typed(locked, said):
    """Whoever is upset hits other keys; capitals and spaces do not count."""
    assert lock.answer(locked, "unlock", said, NOW) == "fits"
    assert lock.is_open(locked, NOW)


@pytest.mark.parametrize(
    "said", ["blue", "teapot blue", "blueteapot", "blue teapots", "", "fits", "x" * 65, "\ud800"]
)
def test_another_word_does_not(locked, said):
    """Nor does what the flow hears when it fits."""
    assert lock.answer(locked, "unlock", said, NOW) == "misfit"
    assert not lock.is_open(locked, NOW)


def test_nothing_of_the_word_is_held(locked):
    """A salt and a hash, of which no two are alike."""
    other = Lock()
    for _ in "12":
        lock.answer(other, "lock", WORD, NOW)

    assert "teapot" not in repr(vars_of(locked)).casefold()
    assert re.fullmatch(r"[0-9a-f]{32}:[0-9a-f]{64}", locked.word)
    assert locked.word != other.word
    assert locked.first == ""


def test_a_new_word_is_said_twice():
    """Two that differ are no word, and it begins anew."""
    made = Lock()

    said = [lock.answer(made, "lock", word, NOW) for word in ("one", "two", "one", "one")]

    assert said == ["taken", "differs", "taken", "same"]


@pytest.mark.parametrize("said", ["", "  ", "x" * 65])
def test_a_word_has_some_letters_and_not_too_many(said):
    """Nothing is set by mistake."""
    made = Lock()
    assert lock.answer(made, "lock", said, NOW) == "long"
    assert made == Lock()


def test_it_is_not_asked_again_for_five_minutes(locked):
    """Then it is closed once more."""
    lock.answer(locked, "unlock", WORD, NOW)

    assert lock.is_open(locked, NOW + timedelta(minutes=4, seconds=59))
    assert not lock.is_open(locked, NOW + timedelta(minutes=5))


def test_after_five_wrong_ones_each_has_to_wait(locked):
    """A minute, two, four … an hour at most; the right word has to wait as well."""
    now, waits = NOW, []
    for _ in range(14):
        if lock.answer(locked, "unlock", "wrong", now) == "rests":
            waits.append(lock.minutes(locked, now))
            assert lock.answer(locked, "unlock", WORD, now) == "rests"
            now += timedelta(minutes=waits[-1])

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert lock.answer(locked, "unlock", WORD, now) == "fits"
    assert (locked.tries, lock.minutes(locked, now)) == (0, 0)


def test_what_is_said_while_it_rests_is_no_try(locked):
    """Nobody can make the wait longer by typing on."""
    for _ in range(5):
        lock.answer(locked, "unlock", "wrong", NOW)
    for _ in range(50):
        lock.answer(locked, "unlock", "wrong", NOW + timedelta(seconds=30))

    assert lock.minutes(locked, NOW + timedelta(seconds=30)) == 1


def vars_of(made):
    return {
        name: getattr(made, name) for name in ("word", "first", "hide", "tries", "rests_until", "opened_at")
    }


def test_a_word_that_was_kept_before_fits():
    """Its hash stands here: whoever changes how it is made locks people out of what is theirs."""
    made = Lock(word=KEPT)

    assert lock.answer(made, "unlock", WORD, NOW) == "fits"
    assert made == Lock(word=KEPT, opened_at=NOW.isoformat())


def test_a_wait_never_grows_beyond_an_hour():
    """However often somebody tries."""
    made = Lock(word=KEPT, tries=5_000)

    assert lock.answer(made, "unlock", "wrong", NOW) == "rests"
    assert lock.minutes(made, NOW) == 60


def test_a_new_word_opens_what_it_closes():
    """Whoever has just said it twice is not asked a third time; 64 letters are the most, and one is enough."""
    for word in ("x" * 64, "x"):
        made = Lock()
        for said in ("taken", "same"):
            assert lock.answer(made, "lock", word, NOW) == said
        assert made == Lock(word=made.word, opened_at=NOW.isoformat())


def test_a_wait_that_is_over_is_no_wait():
    """It is told in whole minutes, rounded up, and never below none."""
    made = Lock(word=KEPT, rests_until=NOW.isoformat())

    assert [lock.minutes(made, NOW + timedelta(seconds=seconds)) for seconds in (-61, -60, -1, 0, 1, 600)] == [
        2, 1, 1, 0, 0, 0,
    ]  # fmt: skip
    assert lock.minutes(Lock(), NOW) == 0


def test_a_new_word_takes_the_place_of_an_old_one_that_was_just_said(locked):
    """Whoever does not know the old one sets none, and half a new one is let go."""
    before, late = locked.word, NOW + timedelta(minutes=6)
    lock.answer(locked, "unlock", WORD, NOW)
    said = [lock.answer(locked, "lock", "mine", at) for at in (NOW, late, late, late)]

    assert said == ["taken", "shut", "shut", "shut"]
    assert (locked.word, locked.first) == (before, "")


# --- what flows ask for -------------------------------------------------------------------


def desk(made):
    return Desk(None, Person("0123", lock=made), NOW, 18, None)


@pytest.mark.parametrize(
    ("made", "state"),
    [
        pytest.param(Lock(), {"locked": "", "asked": "", "rests": ""}, id="no word"),
        pytest.param(Lock(word=KEPT), {"locked": "yes", "asked": "yes", "rests": ""}, id="closed"),
        pytest.param(
            Lock(word=KEPT, opened_at=NOW.isoformat()), {"locked": "yes", "asked": "", "rests": ""}, id="open"
        ),
        pytest.param(
            Lock(word=KEPT, rests_until=(NOW + timedelta(minutes=3)).isoformat()),
            {"locked": "yes", "asked": "yes", "rests": "3"},
            id="rests",
        ),
    ],
)
def test_a_flow_hears_how_it_is(made, state):
    """Whether there is a word, whether it is asked for, how long a try has to wait; half a new word is let go."""
    made.first = KEPT
    found = lock.state(desk(made), {}, {})

    assert {name: found[name] for name in state} == state
    assert made.first == ""


@pytest.mark.parametrize(
    ("opened", "given", "hides"),
    [
        pytest.param(NOW.isoformat(), {"hide": "yes"}, True, id="yes"),
        pytest.param(NOW.isoformat(), {"hide": "no"}, False, id="no"),
        pytest.param(NOW.isoformat(), {}, False, id="unsaid"),
        pytest.param("", {"hide": "yes"}, False, id="closed"),
        pytest.param("", {"hide": "no"}, False, id="closed, and nothing to change"),
    ],
)
def test_the_word_comes_before_hiding_where_that_is_wanted(opened, given, hides):
    """By whoever has said it."""
    made = Lock(word=KEPT, opened_at=opened)
    found = lock.hiding(desk(made), given, {})

    told = "yes" if hides == (given.get("hide") == "yes") else ""
    assert (found, made.hide) == ({"noted": told}, hides)


def test_a_word_is_taken_away_by_whoever_says_it():
    """By nobody else; nothing of it is left."""
    closed, open_ = desk(Lock(word=KEPT)), desk(Lock(word=KEPT, opened_at=NOW.isoformat(), hide=True))
    found = [lock.off(each, {}, {}) for each in (closed, open_)]

    assert found == [{"noted": ""}, {"noted": "yes"}]
    assert closed.person.lock == Lock(word=KEPT)
    assert open_.person.lock == Lock()
