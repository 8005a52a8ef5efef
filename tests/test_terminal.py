"""The chat in a terminal: what a script sees, what a person sees, and that nothing is lost."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from wcwidth import width

from bot.channels.exchange import Question
from bot.channels.plain import HEADER, PlainChat, ScriptClock, ScriptError, bubble, moment, span
from bot.channels.screen import Look, Screen, harmless, look
from bot.conversation import Conversation
from bot.model import Outbound
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from tests.content import content
from tests.window import Window

ROOT = Path(__file__).parents[1]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

WELCOME = """
flow: welcome
title: Welcome
steps:
  hello:
    say: "Hello.\\n\\nWhat now?"
    choices:
      - {id: "rest", label: "A short rest", to: rest}
      - {id: "word", label: "Say a word", to: word}
    skip: word
  rest:
    say: "Twenty seconds."
    after: {seconds: 20, to: back}
    choices:
      - {id: "on", label: "Go on", to: back}
    skip: back
  back:
    say: "I'm back."
    after: {minutes: 50, to: later}
    choices:
      - {id: "on", label: "Go on", to: word}
    skip: word
  later:
    say: "Nearly an hour has gone."
    to: word
  word:
    say: "One word?"
    ask: word
    to: heavy
  heavy:
    say: "\\"{word}.\\" How heavy?"
    ask: {name: heavy, number: [0, 10]}
    to: thanks
  thanks:
    say: "{heavy} it is. Thank you."
    to: end
"""


@pytest.fixture
def clock() -> ScriptClock:
    return ScriptClock(NOON)


@asynccontextmanager
async def chatting(folder: Path, clock: ScriptClock, *, name: str = "me") -> AsyncIterator[PlainChat]:
    """Open a plain chat over small flows; what it remembers is in the folder."""
    flows = folder / "flows"
    words = content(flows, welcome=WELCOME)
    store = SqliteStore.open(folder / "data", Seal(b"k" * 32))
    try:
        yield PlainChat(store, Conversation(words, clock), clock, address=name)
    finally:
        await store.close()


@pytest.fixture
async def chat(tmp_path: Path, clock: ScriptClock) -> AsyncIterator[PlainChat]:
    async with chatting(tmp_path, clock) as chat:
        yield chat


# --- the plain form ---------------------------------------------------------------------


async def test_a_bubble_is_printed_line_by_line(chat):
    """What came in, what is said, its further lines, and the choices."""
    assert await chat.say("/start") == [
        "you: /start",
        "bot: Hello.",
        "   |",
        "   | What now?",
        "     [A short rest] [Say a word]",
    ]


@pytest.mark.parametrize("typed", ["2", "Say a word", "say a WORD", "word", " 2 "])
async def test_a_choice_is_made_by_number_label_or_id(chat, typed):
    """Whoever types need not copy the button."""
    await chat.say("/start")

    assert await chat.say(typed) == [f"you: {typed}", "bot: One word?", "     [Skip]"]


async def test_a_number_at_a_number_question_is_the_number_itself(chat):
    """The first button says 0: typing 1 means 1."""
    for line in ("/start", "2", "grey"):
        await chat.say(line)

    assert (await chat.say("1"))[1] == "bot: 1 it is. Thank you."


async def test_a_wait_ends_when_the_clock_reaches_it(chat):
    """Moving the clock delivers what has become due, and nothing before."""
    await chat.say("/start")
    await chat.say("1")

    assert await chat.say("@+19s") == ["@+19s"]
    assert await chat.say("@+1s") == ["@+1s", "bot: I'm back.", "     [Go on]"]


async def test_each_wait_ends_at_its_own_moment(chat, clock):
    """One long move of the clock passes every wait on its way, also those that begin meanwhile."""
    await chat.say("/start")
    await chat.say("1")

    lines = await chat.say("@+1d")

    assert [line for line in lines if line.startswith("bot:")] == [
        "bot: I'm back.",
        "bot: Nearly an hour has gone.",
        "bot: One word?",
    ]
    assert clock.now() == datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_the_clock_can_be_set_to_a_moment(chat, clock):
    """Over a change to summer time an hour is an hour."""
    await chat.say("@2027-03-28T03:30+02:00")

    assert clock.now() == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("line", ["@2026-11-22T11:59+00:00", "@2027-03-28T03:30", "@2027-13-28T03:30+00:00"])
async def test_a_move_that_cannot_be_is_refused(chat, line):
    """The clock does not go back, and a moment needs its offset."""
    with pytest.raises(ScriptError):
        await chat.say(line)


@pytest.mark.parametrize("line", ["@me", "@+1x", "@ +1d", "@+", "a@+1d"])
async def test_words_that_begin_with_an_at_are_words(chat, line):
    """Only a line that is a move of the clock moves it."""
    assert (await chat.say(line))[0] == f"you: {line}"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("x" * 4096, id="long"),
        pytest.param("👩‍👩‍👧‍👦👍🏽🇺🇦", id="emoji"),
        pytest.param("שלום \u202eabc", id="right to left"),
        pytest.param("a\0b\x1b[2Jc", id="nul and escape"),
        pytest.param("<b>bold</b> *_[x](y)", id="markup"),
        pytest.param("{word} %s \\n", id="templates"),
    ],
)
async def test_what_was_typed_comes_back_exactly(chat, typed):
    """Nobody's words are changed."""
    await chat.say("/start")
    await chat.say("2")

    assert (await chat.say(typed))[1] == f'bot: "{typed}." How heavy?'


async def test_half_a_character_is_refused_kindly(chat):
    """A lone surrogate cannot be written down: an answer, no error."""
    await chat.say("/start")

    assert any(line.startswith("bot: ") for line in await chat.say("\ud83d"))


async def test_the_same_script_gives_the_same_lines(tmp_path):
    """Nothing in it depends on the day, the machine or chance."""
    played = []
    for folder in ("one", "two"):
        async with chatting(tmp_path / folder, ScriptClock(NOON)) as chat:
            lines = [await chat.say(line) for line in ("/start", "1", "@+1m", "1", "grey", "3")]
            played.append(lines)

    assert played[0] == played[1]


async def test_another_start_goes_on(tmp_path, clock):
    """The place in the talk outlives the process."""
    async with chatting(tmp_path, clock) as chat:
        await chat.say("/start")
        await chat.say("2")
    async with chatting(tmp_path, clock) as chat:
        assert await chat.say("grey") == ["you: grey", 'bot: "grey." How heavy?', f"     {_numbers()} [Skip]"]


def _numbers() -> str:
    return " ".join(f"[{number}]" for number in range(11))


async def test_two_people_at_one_terminal_do_not_mix(tmp_path, clock):
    """Each name has its own talk."""
    async with chatting(tmp_path, clock) as chat:
        await chat.say("/start")
    async with chatting(tmp_path, clock, name="kim") as chat:
        assert (await chat.say("2"))[1] == "bot: Hello."


def test_what_changes_an_earlier_bubble_is_not_printed():
    """A script sees the talk, not the screen."""
    assert bubble(Outbound("close", "What now?\n\n— Rest", message=3)) == []
    assert bubble(Outbound("pin", target=3)) == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("+20s", 20), ("+5m", 300), ("+3h", 10800), ("+1d", 86400), ("+1w", 604800), ("+1d12h", 129600)],
)
def test_a_span_is_read(text, seconds):
    """Seconds, minutes, hours, days and weeks, also together."""
    assert span(text).total_seconds() == seconds


def test_a_moment_without_an_offset_is_none():
    """Nobody knows when that was."""
    with pytest.raises(ValueError, match="offset"):
        moment("2026-03-29T08:00")


def test_a_choice_that_does_not_exist_is_words():
    """A 4 where there are two choices is left to the talk."""
    question = Question(1, "?", (("Yes", "1|f|s|yes|p"), ("No", "1|f|s|no|p")))

    assert [question.pick(typed) for typed in ("1", "NO", "yes", "0", "3", "²", "yes please")] == [
        "1|f|s|yes|p",
        "1|f|s|no|p",
        "1|f|s|yes|p",
        None,
        None,
        None,
        None,
    ]


# --- how it looks -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("words " * 30, id="words"),
        pytest.param("日本語のテキストはとても長いです" * 4, id="wide characters"),
        pytest.param("👩‍👩‍👧‍👦 👍🏽 🇺🇦 e\u0301 " * 12, id="emoji"),
        pytest.param("x" * 200, id="one long word"),
        pytest.param("one\n\ntwo\n", id="blank lines"),
        pytest.param("", id="nothing"),
    ],
)
@pytest.mark.parametrize("columns", [24, 40, 76])
@pytest.mark.parametrize("who", ["said", "typed"])
def test_every_line_of_a_bubble_is_as_wide_as_its_frame(text, columns, who):
    """Wide characters count as two columns, joined emoji as what they are; nothing sticks out."""
    drawn = getattr(Screen(Look(width=columns, boxes=True)), who)(text)
    widths = {width(line.lstrip()) for line in drawn.splitlines()}

    assert len(widths) == 1
    assert max(width(line) for line in drawn.splitlines()) <= columns


def test_a_bubble_is_never_cut_inside_a_grapheme():
    """A family stays together."""
    drawn = Screen(Look(width=24)).said("👩‍👩‍👧‍👦" * 30)

    assert drawn.count("👩‍👩‍👧‍👦") == 30


@pytest.mark.parametrize("look", [Look(), Look(width=60, boxes=True)], ids=["plain", "boxes"])
@pytest.mark.parametrize("text", ["word " * 800, "line\n" * 200], ids=["one paragraph", "many lines"])
def test_a_long_paste_is_folded_to_its_first_lines(look, text):
    """Who pasted it knows it; the mark says how much follows, and the answer stays on the screen."""
    *lines, mark = Screen(look).typed(text).splitlines()
    left = int(mark.strip().removeprefix("… and ").removesuffix(" more characters").replace(",", ""))

    assert len(lines) <= 7
    assert left == len(text) - 5 * sum(line.count("word") + line.count("line") for line in lines)


def test_what_is_typed_at_usual_length_is_drawn_whole():
    """Six hundred characters are a few lines."""
    assert Screen(Look()).typed("word " * 119).count("word") == 119


def test_what_the_bot_says_is_never_folded():
    """It may be a number to call."""
    assert Screen(Look()).said("word " * 800).count("word") == 800


def test_choices_are_numbered():
    """The number is what one types."""
    assert Screen(Look()).choices(["Rest", "Words"]) == "    1  Rest\n    2  Words\n"


def test_choices_that_are_numbers_are_not_numbered_again():
    """0 is typed as 0; what else there is stands below."""
    assert Screen(Look()).choices(["0", "1", "2", "Skip"]) == "    0  1  2\n    Skip\n"


def test_words_cannot_give_the_terminal_orders():
    """What a person wrote comes back as words, whatever is in it."""
    assert harmless("a\x1b]0;title\x07b\tc\u202ed\ud83d\r") == "a\ufffd]0;title\ufffdb c\ufffdd\ufffd\ufffd"


class _Stream:
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "colour"),
    [
        pytest.param({"TERM": "xterm"}, True, id="a terminal"),
        pytest.param({"TERM": "xterm", "NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param({"TERM": "xterm", "NO_COLOR": ""}, True, id="NO_COLOR left empty"),
        pytest.param({"TERM": "dumb"}, False, id="a dumb terminal"),
    ],
)
def test_colours_are_used_where_they_are_wanted(environ, colour):
    """See no-color.org."""
    assert look(_Stream(), environ).colour is colour


def test_a_pipe_gets_neither_colours_nor_boxes(tmp_path):
    """What is written to a file can be read in a file."""
    with (tmp_path / "out").open("w") as stream:
        assert (look(stream).colour, look(stream).boxes) == (False, False)


# --- a real terminal --------------------------------------------------------------------


@pytest.fixture
def windows(tmp_path: Path) -> Iterator[list[Window]]:
    opened: list[Window] = []
    yield opened
    for window in opened:
        window.close()


@pytest.fixture
def open_window(tmp_path: Path, windows: list[Window]):
    def open_(*options: str, **environ: str) -> Window:
        windows.append(Window(tmp_path, "talk", "--data", str(tmp_path / "data"), *options, **environ))
        return windows[-1]

    return open_


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(lambda window: window.type("\x04"), id="Ctrl-D"),
        pytest.param(lambda window: window.type("\x03"), id="Ctrl-C"),
        pytest.param(lambda window: window.send(signal.SIGTERM), id="SIGTERM"),
        pytest.param(lambda window: window.send(signal.SIGINT), id="SIGINT"),
    ],
)
def test_leaving_is_kind_and_the_next_start_goes_on(open_window, leave):
    """However someone leaves, they are wished well and find their place again."""
    window = open_window("--fast")
    window.until("I'm a program")
    window.until("help now")
    leave(window)
    window.until("Take care.")
    assert window.ends() == 0

    again = open_window("--fast")
    again.until("program")
    again.until("help now")
    again.type("\x04")
    assert again.ends() == 0


def test_no_key_is_lost_while_bubbles_are_drawn(open_window):
    """A terminal that gathers lines swallows a Ctrl-D between prompts: from the first prompt on it gathers none."""
    window = open_window("--fast")
    assert window.gathers
    window.until("help now")
    window.type("2\r")
    seen = set()
    while "Go on" not in window.seen:
        seen.add(window.gathers)
        window.look(0.0005)
    window.type("\x04")

    assert seen == {False}
    assert window.ends() == 0


def test_a_choice_is_made_by_its_number(open_window):
    """The choice's words are drawn as what the person said."""
    window = open_window("--fast")
    window.until("Tell me more")
    window.until("help now")
    window.type("2\r")
    window.until("Tell me more")
    window.until("Go on")


def test_a_killed_chat_has_lost_nothing(open_window):
    """What was typed before `kill -9` has been answered or is answered at the next start."""
    window = open_window()
    window.until("help now")
    window.type("2\r")
    window.until("Tell me more")
    time.sleep(0.3)
    window.send(signal.SIGKILL)
    window.ends()

    again = open_window("--fast")
    again.until("Nobody reads along")


def test_no_colour_is_used_where_none_is_wanted(open_window):
    """NO_COLOR is respected by the bubbles and by the line editor."""
    window = open_window("--fast", NO_COLOR="1")
    window.until("help now")
    window.type("\x04")
    window.ends()
    seen = window.seen

    assert not any(f"\x1b[{code}m" in seen for code in range(30, 50))


# --- scripts ----------------------------------------------------------------------------


def play(folder: Path, script: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Run `befriend talk --plain` over a script."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "talk", "--plain", "--data", str(folder / "data"), *options],
        input=script,
        capture_output=True,
        timeout=30,
        check=False,
        cwd=ROOT,
        env={"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C"},
    )


def test_a_script_is_played_and_ends_well(tmp_path):
    """Lines in, lines out, and nothing else."""
    played = play(tmp_path, b"/start\n\nhelp now\n@+1d\n", "--now", "2026-11-22T10:00+00:00")
    lines = played.stdout.decode().splitlines()

    assert (played.returncode, played.stderr) == (0, b"")
    assert lines[:3] == [HEADER, "you: /start", lines[2]]
    assert lines[2].startswith("bot: I'm a program.")
    assert "you: help now" in lines
    assert "@+1d" in lines


def test_bytes_that_are_no_text_break_nothing(tmp_path):
    """They are echoed as they came, and answered."""
    played = play(tmp_path, b"\xff\xfe\0 hello\n")

    assert played.returncode == 0
    assert b"you: \xff\xfe\0 hello\n" in played.stdout


def test_a_script_that_turns_the_clock_back_is_told_where(tmp_path):
    """The line's number is in the sentence."""
    played = play(tmp_path, b"/start\n@2020-01-01T00:00+00:00\n", "--now", "2026-11-22T10:00+00:00")

    assert played.returncode == 1
    assert played.stderr.startswith(b"line 2: ")


def test_words_can_come_first(tmp_path):
    """Without /start the first line is answered before anything else is said."""
    played = play(tmp_path, b"I am so stupid\n")

    assert played.stdout.decode().splitlines()[1] == "you: I am so stupid"
    assert b"\nbot: " in played.stdout


async def test_a_reader_that_goes_away_is_no_error(tmp_path):
    """`befriend talk --plain | head -1` ends quietly."""
    process = await asyncio.create_subprocess_shell(
        f"yes hello | head -50 | {sys.executable} -m bot talk --plain --data {tmp_path}/data | head -1",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)

    assert (out.decode().strip(), err) == (HEADER, b"")
