"""Emptying a chat: everything of two days goes at once, one line stays, and nothing more comes."""

import asyncio
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.api import Api
from bot.channels.telegram.send import TelegramChannel
from bot.commands import recognise
from bot.model import FAST, Arrival, Outbound
from bot.seal import Seal
from bot.standing import BEYOND, GUESSED, Sent, numbers
from bot.store.sqlite import SqliteStore
from tests.fakes import faults, updates
from tests.serving import ECHO, WITHIN, everything, small

pytest_plugins = ["tests.fixtures"]

NEUTRAL = ("All right.", "Okay.", "That's done.")
WAITING = """
flow: welcome
takes: [first_words]
steps:
  first: {say: "heard: {first_words}", ask: words, to: more}
  more: {say: ["one of three", "two of three", "three of three"], ask: words, to: wait}
  wait: {say: "A second.", after: {seconds: 1, to: nudge}}
  nudge: {say: "and then this", ask: words, to: end}
"""


@pytest.fixture
def plain(tmp_path):
    """A bot that says back what it hears."""
    return small(tmp_path, welcome=ECHO)


async def hides(server, sam, said="/hide"):
    """Empty a chat, and return once only the one line stands in it."""
    sam.says(said)
    await server.until(lambda: empty(sam), WITHIN)


def empty(sam):
    (*others, last) = stands(sam) or [""]
    return not others and last in NEUTRAL


def stands(sam):
    return [bubble.text for bubble in sam.screen().bubbles]


# --- what goes ----------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["/hide", "hide", "Hide.", "/hide@befriend_bot", "clear this chat"])
async def test_both_sides_are_gone_but_for_one_line(server, bot, plain, way, said):
    """Also the word that asked for it, and the keyboard that would tell."""
    async with bot.running(plain, way):
        sam = server.person(7)
        for n in range(5):
            sam.says(f"word {n}")
        await sam.hears(5, timeout=WITHIN)
        await hides(server, sam, said)

    assert sam.screen().keyboard == ()


@pytest.mark.parametrize("content", [updates.voice, updates.photo, updates.sticker, updates.document])
async def test_what_the_bot_cannot_read_goes_as_well(server, bot, plain, content):
    """Pictures and voices are the person's own too."""
    async with bot.running(plain):
        sam = server.person(7)
        sam.sends(**content(1))
        await sam.hears(timeout=WITHIN)
        await hides(server, sam)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"text": 5}, id="no text"),
        pytest.param({"text": "my words", "photo": "none"}, id="words beside it"),
        pytest.param({"text": "half a character \ud83d", "photo": 0}, id="half a character"),
    ],
)
async def test_what_could_not_be_understood_goes_as_well(server, bot, plain, content):
    """The update was put aside whole; the message stands in the chat like any other."""
    async with bot.running(plain):
        sam = server.person(7)
        sam.says("hello")
        sam.sends(**content)
        sam.says("and on")
        await sam.hears(2, timeout=WITHIN)
        aside = bot.rows("SELECT count(*) FROM inbox WHERE state = 'aside'")
        await hides(server, sam)

    assert aside == [(1,)]


async def test_a_card_at_the_top_of_the_chat_goes_from_there(server, bot):
    """And the note that something was pinned."""
    async with bot.running():
        sam = server.person(7)
        sam.says("help now")
        await sam.hears(3, timeout=WITHIN)
        sam.says("skip")
        await sam.sees("Pin the numbers", timeout=WITHIN)
        sam.taps("Pin the numbers")
        await server.until(lambda: sam.screen().pins, WITHIN)
        await hides(server, sam)

    assert sam.screen().pins == ()
    assert server.calls("unpinAllChatMessages")


async def test_nobody_elses_words_go(server, bot, plain):
    """Private chats of one bot share one row of numbers."""
    async with bot.running(plain):
        sam, ann = server.person(7), server.person(8)
        for n in range(3):
            sam.says(f"sam {n}")
            ann.says(f"ann {n}")
        await asyncio.gather(sam.hears(3, timeout=WITHIN), ann.hears(3, timeout=WITHIN))
        before = stands(ann)
        await hides(server, sam)

    assert stands(ann) == before


async def test_two_hundred_messages_go_in_three_calls(server, bot, plain):
    """Those on the screen first; all of it within a second."""
    async with bot.running(plain):
        sam = server.person(7)
        for n in range(100):
            sam.says(f"word {n}")
        await sam.hears(100, timeout=WITHIN)
        began = time.monotonic()
        await hides(server, sam)
        took = time.monotonic() - began

    calls = [call.params["message_ids"] for call in server.calls("deleteMessages")]
    assert [len(ids) for ids in calls] == [100, 100, 1]
    assert min(calls[0]) > max(calls[1]) > max(calls[2])
    assert took < 1.0


async def test_what_is_older_than_telegram_allows_stays_and_keeps_nothing_else_back(server, bot, plain):
    """One message of three days ago makes Telegram refuse the whole call: the others go all the same."""
    async with bot.running(plain):
        sam = server.person(7)
        for n in range(20):
            sam.says(f"word {n}")
        await sam.hears(20, timeout=WITHIN)
        old = list(sam.chat.messages.values())[4:6]
        for message in old:
            message["date"] -= 3 * 86_400
        sam.says("/hide")
        await server.until(lambda: len(stands(sam)) == 3 and stands(sam)[-1] in NEUTRAL, WITHIN)

    assert stands(sam)[:-1] == [message["text"] for message in old]


# --- what was on its way ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        pytest.param(faults.cut_after, 1, id="cut off, and said again"),
        pytest.param(faults.cut_after, 2, id="cut off twice, and given up"),
        pytest.param(faults.garbage, 2, id="garbage, and given up"),
        pytest.param(faults.no_result, 1, id="said, without a number"),
        pytest.param(faults.wrong_type, 1, id="said, with a number that is none"),
    ],
)
async def test_what_was_said_unseen_goes_too(server, bot, plain, fault, times):
    """A bubble of which nobody knows the number stands between its neighbours, and is found there."""
    async with bot.running(plain):
        sam, ann = server.person(7), server.person(8)
        sam.says("before")
        await sam.hears(timeout=WITHIN)
        rule = server.faults.always("sendMessage", fault, chat=7)
        sam.says("shown, and not answered for")
        await server.until(lambda: len(server.calls("sendMessage", 7)) > times, WITHIN)
        server.faults.rules.remove(rule)
        ann.says("in between")
        await ann.hears(timeout=WITHIN)
        sam.says("after")
        await sam.sees("heard: after", timeout=WITHIN)
        await hides(server, sam)

    assert "heard: in between" in stands(ann)


async def test_a_long_text_goes_with_all_its_messages(server, bot, plain):
    """Telegram takes 4,096 units in one; the bot says more in several."""
    async with bot.running(plain):
        sam = server.person(7)
        sam.says("hi")
        await sam.hears(timeout=WITHIN)
        sam.says("\N{HERB} " * 2_040)
        await server.until(lambda: len(server.calls("sendMessage", 7)) >= 3, WITHIN)
        sam.says("on")
        await sam.sees("heard: on", timeout=WITHIN)
        await hides(server, sam)


async def test_what_was_still_to_come_does_not(server, bot, tmp_path):
    """Bubbles behind a pause, and the wait of the talk that was open."""
    slow = replace(FAST, typing=True)
    async with bot.running(small(tmp_path, welcome=WAITING), pace=slow):
        sam = server.person(7)
        sam.says("hi")
        await sam.hears(timeout=WITHIN)
        sam.says("go on")
        await sam.hears(timeout=WITHIN)
        await hides(server, sam)
        sam.says("hello")
        await sam.sees("heard: hello", timeout=WITHIN)

    assert stands(sam)[1:] == ["hello", "heard: hello"]


async def test_a_wait_that_was_open_is_over(server, bot, tmp_path):
    """Nothing comes a second later."""
    async with bot.running(small(tmp_path, welcome=WAITING)) as store:
        sam = server.person(7)
        for said, bubbles in (("hi", 1), ("on", 3), ("wait", 1)):
            sam.says(said)
            await sam.hears(bubbles, timeout=WITHIN)
        await hides(server, sam)

        assert await store.run(lambda tx: tx.next_due()) is None


async def test_the_keyboard_comes_back_with_the_next_talk(server, bot):
    """Help is at hand again as soon as somebody talks."""
    async with bot.running(everything()):
        sam = server.person(7)
        sam.says("hello")
        await server.until(lambda: sam.screen().keyboard, WITHIN)
        await hides(server, sam)
        assert sam.screen().keyboard == ()
        sam.says("hello again")
        await server.until(lambda: sam.screen().keyboard, WITHIN)

    assert sam.screen().keyboard[0][0] == "Help now"


# --- whatever goes wrong ------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.too_many, id="asked for patience"),
        pytest.param(faults.server_error, id="a 500"),
        pytest.param(faults.cut_before, id="cut before the work"),
        pytest.param(faults.cut_after, id="cut after the work"),
        pytest.param(faults.gateway, id="a proxy's page"),
    ],
)
async def test_it_is_tried_until_it_is_done(server, bot, plain, fault):
    """And the one line comes after it."""
    async with bot.running(plain):
        sam = server.person(7)
        sam.says("a word")
        await sam.hears(timeout=WITHIN)
        server.faults.add("deleteMessages", fault())
        await hides(server, sam)

    assert len(server.calls("deleteMessages")) == 2


async def test_a_restart_in_between_loses_nothing(server, bot, plain):
    """The numbers are in the store, sealed; the next process goes on."""
    async with bot.running(plain):
        sam = server.person(7)
        for n in range(3):
            sam.says(f"word {n}")
        await sam.hears(3, timeout=WITHIN)
        server.faults.always("deleteMessages", faults.server_error)
        sam.says("/hide")
        await server.until(lambda: server.calls("deleteMessages"), WITHIN)
    server.faults.stop()
    async with bot.running(plain):
        await server.until(lambda: empty(sam), WITHIN)


# --- what is held, and how ----------------------------------------------------------------


async def test_the_numbers_are_sealed_and_gone_after_two_days(server, bot, plain):
    """Nothing in the files shows which message is whose, and at last nothing shows that there was one."""
    server.world.last_id = 4_711_000
    async with bot.running(plain):
        sam = server.person(7)
        sam.says("a word")
        await sam.hears(timeout=WITHIN)
    whole = b"".join(path.read_bytes() for path in (bot.folder / "data").iterdir())
    held = bot.rows("SELECT message IS NULL FROM inbox UNION ALL SELECT message IS NULL FROM outbox")

    store = SqliteStore.open(bot.folder / "data", Seal(b"e" * 32))
    await store.run(lambda tx: tx.sweep(int(time.time()) + 1, 0, 0))
    await store.close()

    assert held == [(0,), (0,)]
    assert b"4711" not in whole
    assert bot.rows("SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM outbox)") == [(0, 0)]


async def test_a_message_that_broke_the_bot_is_known_too(tmp_path):
    """What was put aside stands in the chat like any other."""
    store = SqliteStore.in_memory(Seal(b"k" * 32))

    def live(tx):
        person = tx.person_at("telegram", "7")
        rows = tx.arrive([Arrival("telegram", n, "7", b"x") for n in (1, 2, 3)])
        tx.finish(rows[0].id, 101)
        tx.quarantine(rows[1].id, "error", 102)
        tx.finish(rows[2].id, 103)
        hide = tx.promise(person.id, Outbound("delete", upto=rows[1].id))
        return tx.standing(hide.id, rows[1].id, 0)

    try:
        assert await store.run(live) == ([], [101, 102])
    finally:
        await store.close()


def test_numbers_are_known_or_lie_between_their_neighbours():
    """A bubble repeated stands below its second number; one that was given up, above the one before it."""
    sent = [Sent(10, False), Sent(15, True), Sent(20, False), Sent(None, True)]

    assert numbers(sent, [12, 18]) == (23, 22, 21, 20, 18, 15, 14, 13, 12, 11, 10)
    assert numbers([Sent(10, False), Sent(None, True)], []) == (13, 12, 11, 10)
    assert numbers([Sent(None, True)], []) == ()
    assert BEYOND == 3


@given(st.lists(st.tuples(st.none() | st.integers(1, 10**6), st.booleans())), st.lists(st.integers(1, 10**6)))
def test_every_known_number_is_among_them_and_few_others(sent, received):
    """The latest first, each once, never a number below the first known."""
    rows = [Sent(*each) for each in sent]
    found = numbers(rows, received)

    known = {each.number for each in rows if each.number} | set(received)
    assert known <= set(found)
    assert list(found) == sorted(set(found), reverse=True)
    assert len(found) <= len(known) + GUESSED * len(rows)
    assert not found or min(found) == min(known)


# --- the word -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["I want to hide", "I hide from them", "hide and seek", "hidden", "she said hide"]
)
def test_a_sentence_with_the_word_in_it_is_a_sentence(text):
    """Nobody's chat is emptied because of how they feel."""
    assert recognise(text) == ""


async def test_a_single_message_can_be_deleted(server):
    """As one that holds a person's secret word."""
    sam = server.person(7)
    message = sam.says("secret")
    api = Api(server.token, server.url)
    try:
        await TelegramChannel(api).perform("7", Outbound("delete", messages=(message["message_id"],)))
    finally:
        await api.shutdown()

    assert sam.screen().bubbles == ()
    assert server.calls("unpinAllChatMessages") == []
