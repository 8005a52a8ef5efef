"""What comes by itself: it asks first, in words that anyone may read, and never says more than that by itself."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.knowledge import asleep
from bot.model import Person
from bot.unasked import HIDDEN
from flows.checks.neutral import SECRET
from tests.content import content
from tests.serving import everything
from tests.test_talk import AGREES, ASKED, BACK, EXPERIMENT, KNOCK, MENU, NOW, Chat, _set

AGAIN = ["bot: Is now a good time?", "     [Yes] [Tomorrow] [Never]"]
PATIENT = """
flow: letter
takes: [who]
steps:
  ask:
    say: "A word to {who}, in your own time?"
    ask: {name: word, buttons: none}
    after: {hours: 2, to: late}
    to: more
  more: {say: "And more?", ask: {name: more, buttons: none}, to: thanks}
  thanks: {say: "Thank you.", to: end}
  late: {say: "Still here, {who}?", ask: {name: word, buttons: none}, after: {minutes: 5, to: later}, to: end}
  later: {say: "Later, then.", to: end}
"""


@pytest.fixture
async def chat(tmp_path):
    flows = content(
        tmp_path / "content", welcome=AGREES, menu=MENU, experiment=EXPERIMENT, letter=PATIENT, knock=KNOCK
    )
    chat = Chat(flows, tmp_path / "data")
    await chat.say("/start")
    yield chat
    await chat.store.close()


async def held(chat):
    """Return the keys of all timers, and in how many hours each is due."""
    timers = await chat.store.run(lambda tx: tx.timers(tx.person_at("terminal", "me").id))
    return {timer.key: (timer.due - chat.clock.now().timestamp()) / 3600 for timer in timers}


# --- knocking -----------------------------------------------------------------------------


async def test_whoever_says_nothing_is_asked_once_more_a_day_later(chat):
    """And then no more: after a month the talk is let go of."""
    await chat.say("experiment", "patience")

    assert await chat.say("@2026-11-29T08:30Z") == ASKED
    assert await chat.say("@2026-11-30T08:29Z") == []
    assert await held(chat) == {"held:experiment/rest": pytest.approx(1 / 60)}
    await chat.say("stop")
    assert await chat.say("@2026-11-30T09:30Z") == AGAIN
    assert await held(chat) == {"last:experiment/rest": pytest.approx(30 * 24 - 0.5, abs=1)}
    assert await chat.say("@2026-12-31T09:30Z") == []
    assert await held(chat) == {}


async def test_a_yes_to_the_second_question_counts_as_well(chat):
    """The talk goes on where it was."""
    await chat.say("experiment", "patience", "@2026-11-29T08:30Z", "stop", "@2026-11-30T09:30Z")

    assert await chat.say("yes") == BACK
    assert await held(chat) == {}


async def test_tomorrow_is_tomorrow_at_this_time(chat):
    """Then it begins with the question anew."""
    await chat.say("experiment", "patience", "@2026-11-29T08:30Z", "@+10m", "Tomorrow")

    assert await held(chat) == {"aside:experiment/rest": 24.0}
    assert await chat.say("@+1d") == ASKED


async def test_never_lets_it_go(chat):
    """Nothing is left of it, and a later yes is told so."""
    await chat.say("experiment", "patience", "@2026-11-29T08:30Z", "Never")

    assert await held(chat) == {}
    assert await chat.say("@+40d") == []


async def test_two_talks_come_one_after_the_other(chat):
    """The second asks when the first is through, and each yes leads to its own."""
    await chat.say("experiment", "first", "/menu", "experiment", "second")
    await chat.store.run(_put_aside_another)

    first = await chat.say("@2026-11-29T08:30Z", "yes")
    await chat.say("fine")
    second = await chat.say("@+45m", "yes")

    assert (first[-1], second[-1]) == (
        "bot: How was it with first?",
        "bot: How was it with \u2016second\u2016?",
    )


async def test_a_yes_is_for_what_was_asked_last(chat):
    """One that was asked before and got no answer keeps its own turn."""
    await chat.say("experiment", "first", "/menu", "experiment", "second")
    await chat.store.run(_put_aside_another)
    await chat.say("@2026-11-29T08:30Z", "stop", "@2026-11-29T09:15Z")
    assert len(await held(chat)) == 2

    assert await chat.say("yes") == ["bot: How was it with \u2016second\u2016?"]


async def test_help_at_the_door_comes_first(chat):
    """The question is a talk like any other: stop and help are always themselves."""
    await chat.say("experiment", "patience", "@2026-11-29T08:30Z")

    assert await chat.say("stop") == ["bot: Stopped."]
    assert "held:experiment/rest" in await held(chat)


# --- a question that waits by itself ------------------------------------------------------


async def test_a_question_left_alone_for_hours_asks_before_it_goes_on(chat):
    """It holds a person's words, and nobody knows who looks at the phone by then."""
    await _set(chat, variables={"who": "Tom"})
    await chat.say("letter")

    assert await chat.say("@+2h") == ASKED
    assert await chat.say("yes") == ["bot: Still here, Tom?"]
    assert await chat.say("@+5m") == ["bot: Later, then."]


async def test_a_short_wait_goes_on_at_once(chat):
    """Whoever rests for some minutes has the talk before their eyes."""
    await chat.say("letter", "@+2h", "yes")

    assert await chat.say("@+5m") == ["bot: Later, then."]


async def test_an_answer_in_time_ends_the_wait(chat):
    """Nothing comes of it two hours later, and the next question is still there."""
    assert await chat.say("letter", "hello there") == ["bot: A word to , in your own time?", "bot: And more?"]

    assert await chat.say("@+3h") == []
    assert await chat.say("no") == ["bot: Thank you."]


# --- what others may see ------------------------------------------------------------------


def test_the_first_words_of_the_door_tell_nothing():
    """Not one word of what people come here with, in any wording."""
    knock = everything().flows["knock"].flow
    lines = [
        knock.steps[knock.start].say[0],
        *everything().lines["leaving"],
        *everything().lines["last_leaving"],
    ]

    texts = [wording.text[:60] for line in lines for wording in line.wordings]

    assert len(texts) >= 9
    assert [text for text in texts if SECRET.search(text) or "{" in text] == []


async def test_nothing_else_is_sent_before_the_answer(chat):
    """However much the talk has to say."""
    await chat.say("experiment", "patience")
    chat.clock.move(NOW + timedelta(days=3))

    rows = await chat.chat._exchange.due()

    assert [row.outbound.text for row in rows if row.outbound.op == "send"] == ["Is now a good time?"]


@pytest.mark.parametrize("zone", ["", "Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("hour", range(0, 24, 3))
async def test_nobody_is_woken(chat, zone, hour):
    """From 23 to 8 on their own clock, and always where that is not known."""
    await _set(chat, variables={"zone": zone})
    await chat.say("letter")
    chat.clock.move(datetime(2026, 11, 28, hour, tzinfo=UTC))

    rows = await chat.chat._exchange.due()

    local = (hour + {"": 0, "Europe/Berlin": 1, "America/New_York": -5}[zone]) % 24
    night = not zone or local >= 23 or local < 8
    assert {row.outbound.silent for row in rows if row.outbound.op == "send"} == {night}


async def test_an_answer_at_night_makes_its_sound(chat):
    """Whoever writes is awake."""
    await _set(chat, variables={"zone": "Europe/Berlin"})
    chat.clock.move(datetime(2026, 11, 28, 2, tzinfo=UTC))

    assert {row.outbound.silent for row in await chat.chat._exchange.say("letter")} == {False}


@pytest.mark.parametrize(("hour", "night"), [(22, False), (23, True), (0, True), (7, True), (8, False)])
def test_night_is_from_23_to_8(hour, night):
    """On the person's own clock."""
    person = Person("x", variables={"zone": "Etc/GMT"})
    assert asleep(person, datetime(2026, 11, 28, hour, tzinfo=UTC)) is night


async def test_nothing_comes_soon_after_a_chat_was_emptied(chat):
    """Someone else may hold the phone."""
    await chat.say("experiment", "patience", "@2026-11-29T08:20Z", "hide")

    assert await chat.say("@+7h") == []
    assert await chat.say(f"@+{int(HIDDEN.total_seconds())}s") == ASKED


async def test_a_talk_in_a_compartment_stays_in_it(tmp_path, chat):
    """What grief put aside is grief's, however often it is put off."""
    await chat.say("experiment", "patience")
    await chat.store.run(_seal_in_grief)
    await chat.say("@2026-11-29T08:30Z", "Tomorrow")

    timers = await chat.store.run(lambda tx: tx.timers(tx.person_at("terminal", "me").id))

    assert [timer.compartment for timer in timers] == ["grief"]


def _put_aside_another(tx):
    """Let the one timer be two: an earlier one of another place."""
    person = tx.person_at("terminal", "me").id
    (timer,) = tx.timers(person)
    body = json.loads(timer.body)
    body["frames"][0][4]["word"] = "first"
    tx.set_timer(person, "aside:other/rest", timer.generation, NOW, json.dumps(body).encode())


def _seal_in_grief(tx):
    person = tx.person_at("terminal", "me").id
    (timer,) = tx.timers(person)
    due = datetime.fromtimestamp(timer.due, UTC)
    tx.set_timer(person, timer.key, timer.generation, due, timer.body, "grief")
