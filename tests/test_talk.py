"""What a flow asks of the bot: talks put aside, things kept, lines said once, answers changed, digressions."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from tests.content import content

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
AGREES = """
flow: welcome
steps:
  yes:
    do: consent
    to: home
  home: {call: menu, to: end}
"""
MENU = """
flow: menu
takes: [first_words]
steps:
  begin:
    when:
      - {answer: {first_words: experiment}, to: "flow:experiment"}
      - {answer: {first_words: letter}, to: "flow:letter"}
      - {answer: {first_words: given}, to: heard}
    to: ask
  ask:
    say: "What is it?"
    ask: first_words
    to: begin
  heard: {say: "Heard: {first_words}", to: end}
"""
EXPERIMENT = """
flow: experiment
variables: {word: {type: text, lives: kept}}
steps:
  ask: {say: [{once: "This is new."}, "Which word for three days?"], ask: word, to: rest}
  rest: {say: "Three days, then I'll ask.", after: {days: 3, at: "08:30", to: how}}
  how: {say: "How was it with {word}?", ask: {name: how, buttons: none}, to: thanks}
  thanks: {say: "{how}. Thank you.", to: end}
"""
LETTER = """
flow: letter
steps:
  to: {say: "To whom?", ask: {name: who, buttons: none}, to: tone}
  tone:
    say: "In what tone, to {who}?"
    choices:
      - {id: soft, label: "Soft", to: words, set: {tone: soft}}
      - {id: firm, label: "Firm", to: words, set: {tone: firm}}
    when: [{heard: about_bot, over: about}]
    skip: words
  words: {say: "Write, {tone}.", ask: {name: words, buttons: none}, delicate: true, to: done}
  done: {say: "To {who}, {tone}: {words}", to: end}
"""
ABOUT = """
flow: about
steps:
  it: {say: "I'm a program. More?", choices: [{id: enough, label: "Enough", to: end}], skip: end}
"""

KNOCK = """
flow: knock
steps:
  ask:
    say: "Is now a good time?"
    choices:
      - {id: "yes", label: "Yes", to: "on"}
      - {id: later, label: "Tomorrow", to: later}
      - {id: drop, label: "Never", to: drop}
    skip: later
  "on": {do: take_up, to: gone}
  later: {do: put_off, to: end}
  drop: {do: let_go, to: end}
  gone: {say: "Nothing is waiting.", to: end}
"""
ASKED = ["bot: Is now a good time?", "     [Yes] [Tomorrow] [Never]"]
BACK = ["bot: How was it with ‖patience‖?"]


@pytest.fixture
def flows(tmp_path):
    return content(
        tmp_path / "content",
        welcome=AGREES,
        menu=MENU,
        experiment=EXPERIMENT,
        letter=LETTER,
        about=ABOUT,
        knock=KNOCK,
    )


class Chat:
    """A chat over an on-disk store that can be closed and opened again."""

    def __init__(self, flows, folder, now=NOW):
        self.flows, self.folder, self.clock = flows, folder, ScriptClock(now)
        self.open()

    def open(self):
        self.store = SqliteStore.open(self.folder, Seal(b"t" * 32))
        self.conversation = Conversation(self.flows, self.clock)
        self.chat = PlainChat(self.store, self.conversation, self.clock)

    async def restart(self):
        await self.store.close()
        self.open()

    async def say(self, *lines):
        said = [one for line in lines for one in await self.chat.say(line)]
        return [line for line in said if not line.startswith(("you: ", "@"))]


@pytest.fixture
async def chat(flows, tmp_path):
    chat = Chat(flows, tmp_path / "data")
    await chat.say("/start")
    yield chat
    await chat.store.close()


async def test_a_talk_put_aside_comes_back_on_its_day(chat):
    """Meanwhile the person is free, also over a restart of the bot."""
    await chat.say("experiment", "patience")
    assert await chat.say("hello") == ["bot: Heard: hello"]
    await chat.restart()

    assert await chat.say("@2026-11-29T08:29Z") == []
    assert await chat.say("@2026-11-29T08:30Z") == ASKED
    assert await chat.say("Yes") == BACK
    assert await chat.say("odd") == ["bot: odd. Thank you."]


async def test_a_talk_that_comes_back_lies_over_the_present_one(chat):
    """What was open before is taken up at its end."""
    await chat.say("experiment", "patience", "/menu")

    asked = await chat.say("@+3d")
    back = await chat.say("yes")
    end = await chat.say("fine")

    assert (asked, back) == (ASKED, BACK)
    assert end == ["bot: fine. Thank you.", "bot: Where were we.", "bot: What is it?", "     [Skip]"]


async def test_a_talk_in_full_swing_is_not_interrupted(chat):
    """What was put aside waits, a quarter of an hour at a time, until half an hour has passed without a word."""
    await chat.say("experiment", "patience", "@2026-11-29T08:20Z", "letter", "me")

    assert await chat.say("@2026-11-29T08:45Z") == []
    assert await chat.say("@2026-11-29T09:05Z") == ASKED


async def test_nothing_comes_back_on_a_day_of_danger(chat):
    """Who spoke of danger is not asked about an experiment, whatever they said of it since."""
    await chat.say("experiment", "patience", "@+2d")
    await _set(chat, variables={"gate": "acute", "gate_at": chat.clock.now().isoformat()})

    assert await chat.say("@2026-11-29T08:31Z") == []
    assert await chat.say("@2026-11-29T09:31Z") == ASKED


async def test_a_pause_holds_back_what_was_put_aside(chat):
    """Nothing comes to a person who has left; it comes when they are there again."""
    await chat.say("experiment", "patience")
    await _set(chat, paused=True)

    assert await chat.say("@+3d") == []
    assert await chat.say("menu") == ["bot: What is it?", "     [Skip]"]
    assert await chat.say("@+1h") == ASKED


async def test_what_was_put_aside_outlives_the_wiping_of_answers(chat):
    """Answers go a day after the last word, places after 30 days; a talk that is to come back keeps both."""
    await chat.say("experiment", "patience")
    chat.clock.move(NOW + timedelta(days=2))
    await chat.store.run(chat.conversation.tend)

    assert await chat.say("@+3d") == ASKED
    assert await chat.say("yes") == BACK


async def test_a_variable_with_a_long_life_is_known_from_then_on(chat):
    """It is there in other talks, and after the flow has ended."""
    await chat.say("experiment", "patience")

    assert (await _person(chat)).variables["word"] == "patience"


async def test_nothing_is_known_of_a_person_who_did_not_agree(flows, tmp_path):
    """Before consent a variable lives as long as its flow."""
    held = content(tmp_path / "other", welcome=EXPERIMENT.replace("flow: experiment", "flow: welcome"))
    chat = Chat(held, tmp_path / "data2")
    try:
        await chat.say("/start", "patience")
        assert "word" not in (await _person(chat)).variables
    finally:
        await chat.store.close()


async def test_a_line_said_once_is_not_said_again(chat):
    """Not even after 300 other wordings were read."""
    first = await chat.say("experiment")
    person = await _person(chat)
    await _set(chat, seen=bytes(1024))
    again = await chat.say("/menu", "experiment")

    assert first[0] == "bot: This is new."
    assert again[-2] == "bot: Which word for three days?"
    assert "bot: This is new." not in again
    assert len(person.once) == 4


async def test_an_earlier_answer_can_be_changed(chat):
    """The later answers stay: nobody types them twice."""
    await chat.say("letter", "Tom", "Soft")

    picked = await chat.say("/change")
    assert picked == ["bot: Which one?", "     [Soft] [Tom] [Leave it]"]
    assert await chat.say("Tom") == ["bot: To whom?"]
    assert await chat.say("Ann") == ["bot: Changed.", "bot: Write, soft."]
    assert await chat.say("hello") == ["bot: To Ann, soft: hello"]


async def test_words_that_lead_aside_are_no_answer(chat):
    """The question comes again after the digression."""
    await chat.say("letter", "Tom")

    assert await chat.say("are you a real person?") == ["bot: I'm a program. More?", "     [Enough]"]
    assert await chat.say("Enough") == [
        "bot: Where were we.",
        "bot: In what tone, to Tom?",
        "     [Soft] [Firm]",
    ]


async def test_in_a_delicate_place_words_are_words(chat):
    """A letter may ask "are you a real person?" without being answered by the bot."""
    await chat.say("letter", "Tom", "Soft")

    assert await chat.say("are you a real person?") == ["bot: To Tom, soft: are you a real person?"]


async def test_help_works_in_a_delicate_place(chat):
    """Stop and help are always themselves."""
    await chat.say("letter", "Tom", "Soft")

    await chat.say("stop")

    assert (await chat.store.run(lambda tx: tx.session(tx.person_at("terminal", "me").id)))[0] is None


async def test_a_question_of_last_month_is_put_away_kindly(chat):
    """Words that come then are heard as the first of a new talk."""
    await chat.say("letter", "Tom")

    assert await chat.say("@+31d", "good morning") == ["bot: Long ago.", "bot: Heard: good morning"]


async def _person(chat):
    return await chat.store.run(lambda tx: tx.person_at("terminal", "me"))


async def _set(chat, **values):
    def change(tx):
        person = tx.person_at("terminal", "me")
        for name, value in values.items():
            setattr(person, name, value)
        tx.save_person(person)

    await chat.store.run(change)


async def test_a_zone_told_a_moment_ago_counts_for_the_wait_that_follows(tmp_path):
    """Ten o'clock is ten on the person's own clock, also where they named their city in the same breath."""
    talk = """
    flow: menu
    steps:
      city: {say: "Where?", ask: {name: city, buttons: none}, to: note}
      note: {do: {name: remember, with: {zone: "America/New_York"}}, to: night}
      night: {say: "Tomorrow at ten.", after: {days: 1, at: "10:00", to: morning}}
      morning: {say: "Good morning.", to: end}
    """
    chat = Chat(content(tmp_path / "content", welcome=AGREES, menu=talk, knock=KNOCK), tmp_path / "data")
    try:
        await chat.say("/start", "New York")
        assert await chat.say("@2026-11-27T14:59Z") == []
        assert await chat.say("@2026-11-27T15:00Z") == ASKED
        assert await chat.say("yes") == ["bot: Good morning."]
    finally:
        await chat.store.close()
