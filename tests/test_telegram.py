"""The whole bot over real HTTP, against a Bot API server that checks every call."""

import asyncio
import io
import json
from pathlib import Path

import aiohttp
import pytest

from bot.channels.telegram.webhook import LARGEST
from tests.fakes import updates
from tests.serving import SECRET, WITHIN

pytest_plugins = ["tests.fixtures"]

TALK = Path(__file__).parent / "transcripts" / "first_visit.friend.txt"
HEADERS = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}


def turns(transcript):
    """Return what is typed, and the bubbles that follow, for each turn of a transcript."""
    found = []
    for line in transcript.splitlines():
        if line.startswith("you: "):
            found.append((line[5:], []))
        elif line.startswith("bot: "):
            found[-1][1].append([line[5:], []])
        elif line.startswith("   |"):
            found[-1][1][-1][0] += "\n" + line[5:]
        elif line.startswith("     ["):
            found[-1][1][-1][1] = line.strip()[1:-1].split("] [")
    return found


async def test_the_first_visit_reads_on_telegram_as_in_the_terminal(server, bot, way):
    """The transcript that the terminal replays comes out of the Bot API word for word, polled and called."""
    async with bot.running(way=way):
        sam = server.person(7)
        for typed, expected in turns(TALK.read_text(encoding="utf-8")):
            if typed in sam.screen().labels:
                sam.taps(typed)
            else:
                sam.says(typed)
            heard = await sam.hears(len(expected), timeout=WITHIN)
            assert [[bubble.text, bubble.labels] for bubble in heard] == expected


# --- order ------------------------------------------------------------------------------


async def test_a_thousand_updates_in_twenty_chats_are_answered_in_order(server, bot, echo, way):
    """Every chat hears its own answers, each once, one after the other, however long some texts take to be heard."""
    people = [server.person(number) for number in range(100, 120)]
    said = [f"number {at}" + " of many words" * (30 if at % 3 == 0 else 0) for at in range(50)]
    for text in said:
        for person in people:
            person.says(f"{person.chat.id}: {text}")

    async with bot.running(echo, way):
        told = await asyncio.gather(*(person.hears(50, timeout=60) for person in people))

    for person, bubbles in zip(people, told, strict=True):
        assert [bubble.text for bubble in bubbles] == [f"heard: {person.chat.id}: {text}" for text in said]
        assert person.unheard == 0


async def test_an_update_that_cannot_be_read_is_put_aside_and_the_next_is_answered(server, bot, echo, way):
    """Its row is kept for the operator; within two seconds life goes on."""
    sam, ann = server.person(7), server.person(8)
    async with bot.running(echo, way):
        sam.says("before")
        await sam.hears(timeout=WITHIN)
        server.inject({"message": {"message_id": "x", "chat": {"id": 7, "type": "private"}, "text": "bad"}})
        server.inject({"callback_query": 5})
        server.inject({"message": updates.message(9, sam.chat.header, {"id": 7}, text="no name")})
        sam.says("after")
        ann.says("hello")
        (after,) = await sam.hears(timeout=2)
        (hello,) = await ann.hears(timeout=2)

    assert (after.text, hello.text) == ("heard: after", "heard: hello")
    assert bot.rows("SELECT state, count(*) FROM inbox GROUP BY state") == [("aside", 3), ("done", 3)]


async def test_what_comes_twice_gets_one_turn(server, bot, echo):
    """Updates doubled in a batch, and whole batches again."""
    server.updates.copies = 2
    sam = server.person(7)
    async with bot.running(echo):
        for number in range(10):
            sam.says(f"{number}")
        await sam.hears(10, timeout=WITHIN)
        server.updates.replay(3)
        sam.says("last")
        (last,) = await sam.hears(timeout=WITHIN)

    assert last.text == "heard: last"
    assert sam.unheard == 0
    assert bot.rows("SELECT count(*) FROM inbox") == [(11,)]


async def test_an_update_called_twice_gets_one_turn(server, bot, echo):
    """Telegram calls again where it did not see our answer."""
    sam = server.person(7)
    message = updates.message(1, sam.chat.header, sam.user, text="once")
    async with bot.running(echo, "webhook"):
        await server.until(lambda: server.updates.webhook, timeout=WITHIN)
        for _ in range(3):
            server.inject({"update_id": 77, "message": message})
        await server.until(lambda: not server.updates.pending)
        sam.says("last")
        told = await sam.hears(2, timeout=WITHIN)

    assert [bubble.text for bubble in told] == ["heard: once", "heard: last"]
    assert sam.unheard == 0


async def test_strangers_and_nonsense_do_not_reach_the_talk(server, bot, echo):
    """The webhook refuses what is not Telegram's; what is broken is taken, so that it does not come again."""
    sam = server.person(7)
    wrong = {**HEADERS, "X-Telegram-Bot-Api-Secret-Token": "guessed"}
    real = json.dumps({"update_id": 5, "message": updates.message(1, sam.chat.header, sam.user, text="hi")})
    async with bot.running(echo, "webhook"), aiohttp.ClientSession() as web:
        await server.until(lambda: server.updates.webhook, timeout=WITHIN)
        answers = [
            (await web.post(bot.hook, data=body, headers=headers)).status
            for headers, body in (
                (wrong, real),
                ({**HEADERS, "Content-Type": "text/plain"}, real),
                (HEADERS, io.BytesIO(b" " * (LARGEST + 1))),
                (HEADERS, '{"update_id": 6, "mess'),
                (HEADERS, "[" * 100_000),
            )
        ]
        sam.says("hello")
        (hello,) = await sam.hears(timeout=WITHIN)

    assert answers == [403, 415, 413, 200, 200]
    assert (hello.text, sam.unheard) == ("heard: hello", 0)


# --- who it talks with ------------------------------------------------------------------


async def test_groups_are_left_and_nothing_of_them_is_stored(server, bot, echo, way):
    """What is said to the bot is between two."""
    group, sam = server.person(-500), server.person(7)
    async with bot.running(echo, way):
        await server.until(lambda: server.calls("deleteWebhook") or server.updates.webhook, timeout=WITHIN)
        group.adds_bot()
        group.says("hello everyone")
        await server.until(lambda: group.chat.left, timeout=WITHIN)
        sam.says("hello")
        await sam.hears(timeout=WITHIN)

    assert group.unheard == 0
    assert bot.rows("SELECT count(*) FROM address") == [(1,)]
    assert bot.rows("SELECT count(*) FROM inbox") == [(1,)]


async def test_someone_who_blocks_the_bot_is_left_alone_until_they_come_back(server, bot, echo):
    """Their return alone says nothing; their next word is answered."""
    sam = server.person(7)
    async with bot.running(echo):
        sam.says("one")
        await sam.hears(timeout=WITHIN)
        sam.blocks()
        sam.unblocks()
        sam.says("two")
        (two,) = await sam.hears(timeout=WITHIN)

    assert (two.text, sam.unheard) == ("heard: two", 0)
    assert {call.status for call in server.calls("sendMessage")} == {200}


async def test_telegram_shows_what_this_is_before_the_first_word(server, bot):
    """Both descriptions name the crisis and the privacy page; every command has a line."""
    async with bot.running():
        await server.until(lambda: server.calls("setMyShortDescription"), timeout=WITHIN)

    shown = {what: value for (what, language, scope), value in server.world.profile.items()}
    assert [each["command"] for each in shown["commands"]][:3] == ["now", "menu", "stop"]
    for text in (shown["description"], shown["short_description"]):
        assert "not for emergencies" in text
        assert "help now" in text
        assert "/privacy" in text


@pytest.mark.parametrize("number", [2**40, 2**52 - 1])
async def test_long_chat_numbers_are_no_surprise(server, bot, echo, number):
    """Telegram's ids need more than 32 bits, at most 52."""
    sam = server.person(number)
    async with bot.running(echo):
        sam.says("hello")
        (hello,) = await sam.hears(timeout=WITHIN)

    assert hello.text == "heard: hello"
