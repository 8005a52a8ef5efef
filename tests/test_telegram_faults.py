"""Whatever goes wrong between the bot and Telegram, over real HTTP: nothing is lost, nobody else waits."""

import asyncio
import logging

import pytest

from tests.fakes import faults
from tests.serving import WITHIN, small

pytest_plugins = ["tests.fixtures"]

WAITING = """
flow: welcome
takes: [first_words]
steps:
  first: {say: "heard: {first_words}", ask: words, to: again, after: {seconds: 1, to: nudge}}
  again: {say: "heard: {words}", ask: words, to: again}
  nudge: {say: "still there", ask: words, to: again}
"""


def texts(person):
    return [message["text"] for message in person.chat.spoken]


def tries(server, chat):
    return [call.status for call in server.calls("sendMessage", chat)]


# --- sends that surely failed, or may have been made ---------------------------------------

FAILED = [
    pytest.param(lambda: faults.server_error(500), id="500"),
    pytest.param(lambda: faults.server_error(503), id="503"),
]
DOUBTFUL = [
    pytest.param(lambda: faults.gateway(502), id="a proxy's page"),
    pytest.param(faults.cut_before, id="cut before the work"),
    pytest.param(faults.not_ok, id="an error without a code"),
]
DONE = [
    pytest.param(faults.cut_after, id="cut after the work"),
    pytest.param(faults.garbage, id="garbage"),
]


@pytest.mark.parametrize("fault", FAILED)
async def test_what_surely_failed_is_tried_until_it_is_done(server, bot, echo, fault):
    """Once it is done it is not said again, and others do not wait for it."""
    sam, ann = server.person(7), server.person(8)
    rule = server.faults.always("sendMessage", fault, chat=7)
    async with bot.running(echo):
        sam.says("one")
        sam.says("two")
        await server.until(lambda: len(tries(server, 7)) >= 4, WITHIN)
        ann.says("hello")
        await ann.hears(timeout=2)
        server.faults.rules.remove(rule)
        await sam.hears(2, timeout=WITHIN)

    assert texts(sam) == ["heard: one", "heard: two"]


@pytest.mark.parametrize("fault", DOUBTFUL)
async def test_what_may_have_been_said_is_said_once_more(server, bot, echo, fault):
    """It was not: so it is not lost."""
    sam = server.person(7)
    server.faults.add("sendMessage", fault())
    async with bot.running(echo):
        sam.says("one")
        sam.says("two")
        await sam.hears(2, timeout=WITHIN)

    assert texts(sam) == ["heard: one", "heard: two"]


@pytest.mark.parametrize("fault", DONE)
async def test_what_was_said_unseen_comes_at_most_twice(server, bot, echo, fault):
    """However long the line is bad: never a third copy, and what follows keeps its order."""
    sam = server.person(7)
    rule = server.faults.always("sendMessage", fault, chat=7)
    async with bot.running(echo):
        sam.says("one")
        await sam.hears(2, timeout=WITHIN)
        server.faults.rules.remove(rule)
        sam.says("two")
        await sam.hears(timeout=WITHIN)

    assert texts(sam) == ["heard: one", "heard: one", "heard: two"]


async def test_a_call_that_hangs_holds_nobody_else_up(server, bot, echo):
    """Its answer comes late and counts."""
    sam, ann = server.person(7), server.person(8)
    hanging = faults.hang(works=True)
    server.faults.add("sendMessage", hanging)
    async with bot.running(echo):
        sam.says("one")
        await asyncio.wait_for(hanging.reached.wait(), WITHIN)
        sam.says("two")
        ann.says("hello")
        await ann.hears(timeout=2)
        assert texts(sam) == ["heard: one"]
        hanging.release()
        await sam.hears(2, timeout=WITHIN)

    assert texts(sam) == ["heard: one", "heard: two"]


async def test_a_text_that_telegram_refuses_stops_nothing(server, bot, echo):
    """It would be refused for ever; the next one is said."""
    sam = server.person(7)
    server.faults.add("sendMessage", faults.unparsable())
    async with bot.running(echo):
        sam.says("one")
        sam.says("two")
        await sam.hears(timeout=WITHIN)

    assert texts(sam) == ["heard: two"]
    assert bot.rows("SELECT count(*) FROM outbox WHERE reason = 'markup'") == [(1,)]


# --- too fast ---------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, None])
async def test_too_fast_parks_that_chat_alone(server, bot, echo, after):
    """For as long as Telegram says, or for a guess where it says nothing."""
    sam, ann = server.person(7), server.person(8)
    server.faults.add("sendMessage", faults.too_many(after))
    async with bot.running(echo):
        sam.says("one")
        await server.until(lambda: tries(server, 7), WITHIN)
        ann.says("hello")
        await ann.hears(timeout=0.9)
        await sam.hears(timeout=WITHIN)

    first, second = server.calls("sendMessage", chat=7)
    assert (first.status, second.status) == (429, 200)
    assert second.at - first.at > (after or 1.9)


async def test_a_restart_does_not_end_the_wait(server, bot, echo):
    """The time is kept in the store."""
    sam = server.person(7)
    server.faults.add("sendMessage", faults.too_many(3))
    async with bot.running(echo):
        sam.says("one")
        await server.until(lambda: tries(server, 7) == [429], WITHIN)
    async with bot.running(echo):
        await sam.hears(timeout=WITHIN)

    first, second = server.calls("sendMessage", chat=7)
    assert second.at - first.at > 2.9
    assert texts(sam) == ["heard: one"]


# --- someone who cannot be reached --------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.blocked, faults.deactivated])
async def test_after_a_403_nothing_is_sent_until_they_write(server, bot, tmp_path, fault):
    """What was waiting is dropped, what becomes due is not even tried."""
    sam, ann = server.person(7), server.person(8)
    content = small(tmp_path, welcome=WAITING)
    server.faults.add("sendMessage", fault())
    async with bot.running(content):
        sam.says("one")  # its reply is refused; a second later a wait of this talk ends
        ann.says("one")
        await ann.hears(2, timeout=WITHIN)
        assert tries(server, 7) == [403]
        sam.says("two")
        await sam.hears(timeout=WITHIN)

    assert texts(ann) == ["heard: one", "still there"]
    assert texts(sam) == ["heard: two"]


# --- fetching ---------------------------------------------------------------------------

FETCHING = [
    pytest.param(faults.other_poller, id="409"),
    pytest.param(faults.server_error, id="500"),
    pytest.param(faults.gateway, id="a proxy's page"),
    pytest.param(faults.cut_before, id="cut before the work"),
    pytest.param(faults.cut_after, id="cut after the work"),
    pytest.param(faults.garbage, id="garbage"),
    pytest.param(faults.wrong_type, id="another type"),
    pytest.param(lambda: faults.too_many(1), id="429"),
    pytest.param(lambda: faults.too_many(None), id="429 without a time"),
]


@pytest.mark.parametrize("fault", FETCHING)
async def test_reading_goes_on_after(server, bot, echo, fault):
    """What waited meanwhile is answered once."""
    sam = server.person(7)
    server.faults.add("getUpdates", fault())
    sam.says("one")
    sam.says("two")
    async with bot.running(echo):
        await sam.hears(2, timeout=WITHIN)
        sam.says("three")
        await sam.hears(timeout=WITHIN)

    assert texts(sam) == ["heard: one", "heard: two", "heard: three"]


async def test_an_outage_is_slept_through(server, bot, echo):
    """No connection at all; afterwards everything is there."""
    sam = server.person(7)
    async with bot.running(echo):
        sam.says("one")
        await sam.hears(timeout=WITHIN)
        await server.down()
        sam.says("two")
        await server.up()
        await sam.hears(timeout=WITHIN)

    assert texts(sam) == ["heard: one", "heard: two"]


@pytest.mark.parametrize("fault", [faults.server_error, faults.cut_before, faults.blocked])
async def test_a_press_that_cannot_be_answered_is_still_a_choice(server, bot, fault):
    """Its clock turns a while; the talk goes on."""
    server.faults.add("answerCallbackQuery", fault())
    async with bot.running():
        sam = server.person(7)
        sam.says("/start")
        await sam.hears(timeout=WITHIN)
        sam.taps("Tell me more")
        (told, *_) = await sam.hears(2, timeout=WITHIN)

    assert "hard on yourself" in told.text


@pytest.mark.parametrize("method", ["editMessageText", "editMessageReplyMarkup", "setMyCommands", "getMe"])
async def test_lesser_calls_may_fail(server, bot, echo, caplog, method):
    """The talk does not depend on them."""
    caplog.set_level(logging.ERROR)
    server.faults.always(method, lambda: faults.server_error(500))
    async with bot.running(echo):
        sam = server.person(7)
        for number in range(3):
            sam.says(f"{number}")
            await sam.hears(timeout=WITHIN)
        server.faults.stop()

    assert texts(sam) == [f"heard: {number}" for number in range(3)]
    assert caplog.text == ""
