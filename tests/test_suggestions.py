"""Which practice is proposed first: what has helped this person alone, with the reason, and nobody locked in."""

import json
import random
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.desk import Desk
from bot.hearing import hear
from bot.look.rows import Sitting
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from bot.suggestions import DIRECTION, FITTING, REST, SUGGESTIONS, Reason, ranked, reason
from tests.serving import everything

DAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FIVE = FITTING["harsh"]
EASED = {"eased_once": "some ease, the one time", "eased_times": "some ease, {eased} of {of} times"}


def sat(practice: str, felt: str, back: int = 9) -> Sitting:
    return Sitting(DAY - timedelta(days=back), practice, None, None, felt)


# --- the order ----------------------------------------------------------------------------


def test_of_a_stranger_nothing_is_known_and_the_order_stands():
    """Where nothing was done yet, what fits the need best comes first."""
    assert all(ranked(fitting, [], DAY) == list(fitting) for fitting in FITTING.values())


def test_what_eased_comes_first():
    """Four times ease with one, and ache or nothing with the others."""
    done = [sat("mindful", "ease")] * 4 + [sat("friend", "same"), sat("break", "numb")]

    assert ranked(FIVE, done, DAY)[0] == "mindful"


def test_after_an_ache_a_practice_rests_for_three_days():
    """It may have helped ten times before; then it comes first again."""
    done = [sat("break", "ease")] * 10 + [sat("break", "ache", back=1)]

    assert ranked(FIVE, done, DAY)[0] != "break"
    assert ranked(FIVE, done, DAY - timedelta(days=1) + REST)[0] == "break"


def test_numbers_count_where_nothing_was_tapped():
    """Two points lighter are ease; a number alone says nothing."""
    lighter = [Sitting(DAY, "own", 7, 4, "")] * 3
    single = [Sitting(DAY, "own", 7, None, "")] * 3

    assert reason("own", lighter) == Reason(3, 3)
    assert reason("own", single) == Reason()


@pytest.mark.parametrize(
    ("felt", "told"),
    [
        pytest.param(["ease", "ease", "ease", "same"], Reason(3, 4), id="three of four"),
        pytest.param(["ease", "ease"], Reason(), id="too few to be a reason"),
        pytest.param(["ease", "ease", "ache", "same"], Reason(), id="as often as not"),
        pytest.param([], Reason(), id="never done"),
    ],
)
def test_a_reason_is_said_where_the_numbers_carry_it(felt, told):
    """How often there was ease, of how many: more often than not, and at least three times."""
    assert reason("touch", [sat("touch", each) for each in felt]) == told


def test_what_was_easy_in_one_direction_counts_for_its_neighbours():
    """Kindness given to others was easy, kindness to oneself ached: another way of giving comes before one of self."""
    done = [sat("friend", "ease")] * 4 + [sat("break", "ache")] * 3
    order = ranked(("touch", "together"), done, DAY)

    assert [DIRECTION[each] for each in order] == ["give", "self"]


# --- simulated people ---------------------------------------------------------------------


def life(fitting, chance, likes, uses, done=()):
    """Let somebody take what is proposed, or the second, some times; what they like eases them more often."""
    done, day = list(done), DAY - timedelta(days=40)
    for _ in range(uses):
        first, second = ranked(fitting, done, day)[:2]
        taken = first if chance.random() < 0.75 else second
        eased = chance.random() < (0.8 if taken == likes else 0.3)
        felt = "ease" if eased else chance.choice(["same", "same", "numb", "ache"])
        done.append(Sitting(day, taken, None, None, felt))
        day += timedelta(days=chance.choice([0, 1, 2]))
    return done, day


@pytest.mark.parametrize("need", FITTING)
def test_a_hidden_preference_is_found_within_ten_uses(need):
    """Of 1,000 people with one practice that suits them it is among the first two for 800, whichever it is."""
    fitting, found = FITTING[need], 0
    for seed in range(1000):
        chance = random.Random(seed)
        likes = chance.choice(fitting)
        done, day = life(fitting, chance, likes, 10)
        found += likes in ranked(fitting, done, day)[:2]

    assert found >= 800


def test_nobody_is_locked_in():
    """Whose liking changes after thirty uses is followed within twenty more, 330 times of 500."""
    found = 0
    for seed in range(500):
        chance = random.Random(seed)
        was, becomes = chance.sample(FIVE, 2)
        done, _ = life(FIVE, chance, was, 30)
        done, day = life(FIVE, chance, becomes, 20, done)
        found += becomes in ranked(FIVE, done, day)[:2]

    assert found >= 330


# --- what flows may ask for ---------------------------------------------------------------


def test_every_practice_is_proposed_for_something_and_begun_somewhere():
    """What is proposed exists, has a direction, words of its own, and the one place that begins it."""
    flows = everything().flows
    proposed = {each for fitting in FITTING.values() for each in fitting}
    practices = {id_ for id_, each in flows.items() if each.flow.kind == "practice"}

    assert proposed == practices == set(DIRECTION)
    assert practices <= set(flows["offer"].flow.steps)
    assert practices <= set(flows["practise"].flow.steps)


async def asked(action, done=(), shut=(), **given):
    """Return what an action says to somebody who did all this, and what is kept of it then."""
    store = SqliteStore.in_memory(Seal(b"s" * 32))

    def work(tx):
        person = tx.person_at("terminal", "1")
        tx.save_person(person)
        for practice, felt in done:
            row = {"practice": practice, "felt": felt, "at": (NOW - timedelta(days=9)).isoformat()}
            tx.keep(person.id, "outcome", json.dumps(row))
        desk = Desk(tx, person, NOW, 18, hear, EASED.get, str.upper, lambda flow: flow not in shut)
        return SUGGESTIONS[action](desk, given, {}), tx.kept(person.id, "outcome")

    try:
        return await store.run(work)
    finally:
        await store.close()


async def test_the_reason_is_handed_on_with_the_offer():
    """What it is called, and how often of how many."""
    found, _ = await asked("suggest", [("touch", "ease")] * 3 + [("touch", "same")], **{"for": "pain"})

    assert found == {"offer": "touch", "offer_title": "TOUCH", "offer_eased": "3", "offer_of": "4"}


async def test_what_is_shut_or_was_declined_is_not_proposed():
    """The next one is, and nothing at all where none is left."""
    first, _ = await asked("suggest", shut=["break"], declined="touch mindful", **{"for": "pain"})
    none, _ = await asked("suggest", shut=FITTING["pain"], **{"for": "pain"})

    assert first["offer"] == "together"
    assert none == {"offer": "", "offer_title": "", "offer_eased": "", "offer_of": ""}


@pytest.mark.parametrize("need", ["", "money", "harsh "])
async def test_a_need_that_is_none_has_no_offer(need):
    """Nobody is offered a thing for what is not understood."""
    found, _ = await asked("suggest", **{"for": need})
    assert found["offer"] == ""


async def test_what_helped_can_be_seen_and_forgotten():
    """As lines in words, the most often first; then nothing is left of it."""
    done = [("touch", "ease"), ("break", "ease"), ("break", "ease"), ("break", "ache"), ("friend", "same")]
    shown, _ = await asked("helped", done)
    gone, kept = await asked("unlearn", done)

    assert shown == {
        "helped_any": "yes",
        "helped": "BREAK: some ease, 2 of 3 times\nTOUCH: some ease, the one time",
    }
    assert gone == {"helped_any": "", "helped": ""}
    assert kept == []


async def test_what_brought_no_ease_is_not_listed():
    """A nought beside a practice would read as a failing."""
    shown, _ = await asked("helped", [("friend", "same"), ("friend", "ache")])

    assert shown == {"helped_any": "yes", "helped": ""}
