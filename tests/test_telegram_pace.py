"""How fast the bot may speak, with the pace that it has in life."""

import asyncio
from itertools import pairwise

from bot.model import Pace
from tests.serving import WITHIN

pytest_plugins = ["tests.fixtures"]

REAL = Pace()
CHATS, EACH = 36, 20  # 720 bubbles at 30 a second: 24 seconds
LATE = 0.05  # seconds that a call may take longer than the one before on its way to the server


async def test_the_real_pace_keeps_telegrams_limits_and_delivers_everything(server, bot, echo):
    """One bubble a second for each chat and 30 over all; help waits for neither."""
    people = [server.person(number) for number in range(100, 100 + CHATS)]
    hurt = server.person(7)
    async with bot.running(echo, pace=REAL):
        hurt.says("hello")
        for at in range(EACH):
            for person in people:
                person.says(f"{at}")
        await people[0].hears(5, timeout=WITHIN)
        hurt.says("first")
        hurt.says("help now")
        asked = asyncio.get_running_loop().time()
        await hurt.sees("people to call", timeout=WITHIN)
        helped = asyncio.get_running_loop().time() - asked
        told = await asyncio.gather(
            people[0].hears(EACH - 5, timeout=60), *(person.hears(EACH, timeout=60) for person in people[1:])
        )

    assert [bubble.text for bubble in told[-1]] == [f"heard: {at}" for at in range(EACH)]
    assert all(person.unheard == 0 for person in people)
    assert helped < 1.0
    assert closest(server, people) >= REAL.per_chat - LATE
    assert busiest(server) <= REAL.per_second + 2
    assert {call.status for call in server.calls("sendMessage")} == {200}


def closest(server, people):
    """Return the shortest time between two bubbles of one chat."""
    return min(
        later.at - earlier.at
        for person in people
        for earlier, later in pairwise(server.calls("sendMessage", chat=person.chat.id))
    )


def busiest(server):
    """Return the most bubbles within any second."""
    times = [call.at for call in server.calls("sendMessage")]
    return max(sum(start <= at < start + 1 for at in times) for start in times)
