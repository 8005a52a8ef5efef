"""How often practices end in which way: counted over all people, and only where both sides agreed."""

import pytest

from bot import dose, tallies
from bot.actions import ACTIONS, Desk
from bot.channels.plain import PlainChat
from bot.conversation import Conversation
from flows.turn import Heard
from tests.danger import NOW, Chat
from tests.serving import everything


def counted(**ends: int) -> dict[str, dict[str, int]]:
    """Return tallies of one practice in one month."""
    return {f"felt touch {felt}": {"2026-11": number} for felt, number in ends.items()}


async def kept(*, counts: bool, consent: str) -> list[tuple[str, str, int]]:
    """Return what is counted after a practice that ended in some ease."""
    async with Chat(consent=consent) as chat:
        await chat.store.run(lambda tx: _ended(tx, counts=counts))
        return await chat.store.run(
            lambda tx: tx._db.execute("SELECT name, day, n FROM tally ORDER BY name").fetchall()
        )


def _ended(tx, *, counts):
    desk = Desk(tx, tx.person_at("terminal", "me"), NOW, 18, lambda _: Heard(), counts=counts)
    ACTIONS["outcome"](desk, {}, {"practice": "touch", "heavy": "6", "heavy_after": "4", "felt": "ease"})


@pytest.mark.parametrize(
    ("counts", "consent", "rows"),
    [
        pytest.param(True, "yes", [("felt touch ease", "2026-11", 1)], id="both agreed"),
        pytest.param(False, "yes", [], id="not asked for by the operator"),
        pytest.param(True, "", [], id="no consent of the person"),
    ],
)
async def test_it_is_counted_only_where_both_agreed(counts, consent, rows):
    """By practice, end and month: no id, no day, no number and no word of the person's."""
    assert await kept(counts=counts, consent=consent) == rows


@pytest.mark.parametrize("felt", ["", "great", "ease; DROP"])
async def test_only_the_four_ends_are_counted(felt):
    """Whatever else an author's flow may note is nobody's business."""

    class Nothing:
        def count(self, name: str, day: str) -> None:
            raise AssertionError

    dose.counted(Desk(Nothing(), None, NOW, 18, str, counts=True), "touch", felt)


def test_months_are_told_and_a_few_are_not_told_apart():
    """Fewer than five may lead to somebody."""
    found = counted(ease=12, ache=4) | {"felt ground same": {"2026-10": 5}}

    assert tallies.by_month(found) == [
        "practices in 2026-11: touch ease 12, ache under 5",
        "practices in 2026-10: ground same 5",
    ]


@pytest.mark.parametrize(
    ("ends", "named"),
    [
        ({"ease": 17, "ache": 3}, True),
        ({"ease": 18, "ache": 2}, False),
        ({"ease": 10, "ache": 9}, False),
        ({"ease": 100, "same": 60, "numb": 20, "ache": 21}, True),
    ],
    ids=["15 % of 20", "10 % of 20", "47 % of 19", "10.4 % of 201"],
)
def test_a_practice_that_aches_too_often_is_to_be_rewritten(ends, named):
    """Over one in ten, of at least twenty: all months together."""
    assert bool(tallies.to_rewrite(counted(**ends))) == named
    assert not named or "“touch”" in tallies.to_rewrite(counted(**ends))[0]


@pytest.mark.parametrize("counts", [True, False])
async def test_the_text_on_privacy_tells_of_counts_where_there_are_some(counts):
    """In /privacy, and nowhere else; where nothing is counted nothing is said of it."""
    async with Chat() as chat:
        door = Conversation(everything(), chat.clock, counts=counts)
        said = " ".join(await PlainChat(chat.store, door, chat.clock).say("/privacy"))

    assert ("counted by month" in said) == counts
    assert "{counted}" not in said
