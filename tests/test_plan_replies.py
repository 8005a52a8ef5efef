"""Words under a check-in, and one sentence about them, are taken as they are meant, or met as words."""

from datetime import timedelta

import pytest

from bot.plan_asks import asks
from bot.plan_replies import read_reply
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from tests.hostile import hostile
from tests.test_checkin_actions import NOW, Home


@pytest.fixture
async def home(tmp_path):
    store = SqliteStore.open(tmp_path / "data", Seal(b"r" * 32))
    yield Home(store)
    await store.close()


@pytest.mark.parametrize(
    ("words", "face"),
    [
        ("good today", "5"),
        ("😊", "5"),
        ("okay i guess", "4"),
        ("bit better today", "4"),
        ("fine thanks 🙂", "4"),
        ("🙂", "4"),
        ("not too bad", "4"),
        ("👍🏽", "4"),
        ("so-so", "3"),
        ("😐", "3"),
        ("it\u2019s not great", "3"),
        ("not good", "2"),
        ("a bit hard", "2"),
        (":(", "2"),
        ("☹️", "2"),
        ("😞", "1"),
        ("really hard today", "1"),
        ("okay 😞", "1"),
        ("long day again 😞", "1"),
    ],
)
def test_a_face_in_a_short_line_is_a_face(words, face):
    """Drawn, named, or both: then the lower one counts."""
    assert read_reply(words) == face


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("snooze", "later"),
        ("remind me later", "later"),
        ("in an hour", "later"),
        ("I'm in a meeting right now", "later"),
        ("busy", "later"),
        ("can't talk now", "later"),
        ("not today", "today"),
        ("fewer notes please", "fewer"),
        ("too many of these", "fewer"),
        ("no more notes", "stop"),
        ("sorry i forgot to answer", "sorry"),
        ("the same", "same"),
        ("dark", "dark"),
        ("nothing", "dark"),
        ("i can't anymore", "spent"),
        ("I can\u2019t.", "spent"),
    ],
)
def test_a_request_or_a_dark_word_is_heard(words, told):
    """Where it is all of the line."""
    assert read_reply(words) == told


@pytest.mark.parametrize(
    "words",
    [
        "", "good, but tired", "good morning", "good night", "good for nothing", "no good", "hello",
        "busy day at work, lots of meetings",
        "my mother was in hospital all night and i sat there 😞", "good " * 20,
    ],
)  # fmt: skip
def test_what_says_more_is_met_as_words(words):
    """A story is no face, whatever stands in it."""
    assert read_reply(words) == ""


def test_anything_may_be_typed():
    """It is read in no time, and none of it is a request."""
    for words in hostile(2000):
        assert read_reply(words) in ("", *"12345")
        assert not asks(words, planned=True)


@pytest.mark.parametrize(
    "words",
    [
        "check-ins at 8pm", "remind me every day at 8", "check in with me", "I want check-ins",
        "message me every morning", "check in daily 9pm", "move my check-in to 7:30am", "text me at nine o'clock",
    ],
)  # fmt: skip
def test_one_sentence_asks_for_check_ins(words):
    """Whether there is a plan or not."""
    assert asks(words, planned=False)
    assert asks(words, planned=True)


@pytest.mark.parametrize(
    "words",
    [
        "7:30 am instead", "weekdays only", "no weekends", "at nine on weekdays", "pause until friday",
        "pause until the 20th",
        "fewer notes please", "no more notes",
    ],
)  # fmt: skip
def test_one_sentence_changes_a_plan(words):
    """Only where there is one."""
    assert asks(words, planned=True)
    assert not asks(words, planned=False)


@pytest.mark.parametrize(
    "words",
    [
        "remind me to take my pills at 8", "i want to check in with my mum", "no one checks in on me", "monday", "8",
        "evening", "good morning", "stop", "tonight", "i had a bad day",
        "on weekdays i work until 5 pm", "check in " * 30,
    ],
)  # fmt: skip
def test_other_sentences_ask_for_nothing(words):
    """An hour or a day alone may be the answer to anything."""
    assert not asks(words, planned=True)


# --- what becomes of it ---------------------------------------------------------------------------


async def test_what_is_more_than_a_face_is_not_taken_for_one(home):
    """A loss or blame is met as words, whatever is drawn beside it."""
    assert await home.does("reply", words="bit better") == {"reply": "face", "face": "4"}
    assert await home.does("reply", words="my dog died 😞") == {"reply": "", "face": ""}


async def test_the_same_is_what_it_was_last_time(home):
    """So-so where nothing is known of it."""
    assert (await home.does("reply", words="same"))["face"] == "3"
    await home.does("face", face="1")
    assert (await home.does("reply", words="the same"))["face"] == "1"


async def test_an_okay_is_not_called_good_the_next_time(home):
    """Only the best face is."""
    await home.does("face", face="4")
    assert (await home.plan()).said == "ok"
    await home.does("face", face="5")
    assert (await home.plan()).said == "good"


async def test_who_can_not_any_more_is_asked_the_direct_question_once_a_day(home):
    """After that one gentle thing is asked, and the next note comes softly."""
    assert (await home.does("reply", words="i can't anymore"))["reply"] == "spent"
    assert (await home.plan()).said == "hard"
    home.now = NOW + timedelta(hours=23)
    assert (await home.does("reply", words="i can't anymore"))["reply"] == "dark"
    home.now = NOW + timedelta(hours=25)
    assert (await home.does("reply", words="i can't anymore"))["reply"] == "spent"


async def test_days_that_come_with_a_time_are_taken_too(home):
    """Both or none."""
    await home.does("time", words="at nine in the evening on weekdays")
    plan = await home.plan()
    assert (plan.times, plan.days) == (["21:00"], "12345")


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("no weekends", "days"),
        ("9 pm", "time"),
        ("how are you today my friend", ""),
        ("what a day that was", ""),
    ],
)
async def test_at_the_end_only_what_is_about_check_ins_is_heard(home, words, wish):
    """All else is met where talks begin."""
    assert (await home.does("hear", words=words, strict="yes"))["wish"] == wish
