"""A flow tried by its author: new words as soon as they are saved, and a talk that goes on."""

import io
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.channels.plain import ScriptClock
from bot.workshop import plainly
from bot.workshop.loading import Source
from bot.workshop.rehearsal import Rehearsal, rehearse
from bot.workshop.scene import Scene
from bot.workshop.stage import converse
from bot.workshop.tape import Tape
from bot.workshop.trial import LiveClock
from bot.workshop.watcher import Watcher
from flows.compiler import compile_content
from flows.pack import CONTENT
from tests.author import REST, flows, folder_of
from tests.moving_clock import MovingClock
from tests.window import Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """An author's own folder with one flow."""
    return folder_of(tmp_path)


def save(mine: Path, old: str, new: str) -> None:
    """Change the flow's file as an editor does."""
    path = mine / "rest" / "flow.yaml"
    text, before = path.read_text(), path.stat().st_mtime_ns
    assert old in text
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(before + 1, before + 1))  # two saves within one grain of the file system's clock


@pytest.fixture
async def rehearsal(mine: Path) -> AsyncIterator[Rehearsal]:
    """A rehearsal of the flow with a clock that stands still."""
    async with opened(mine, ScriptClock(NOON)) as rehearsal:
        yield rehearsal


class opened:  # noqa: N801  # read as a word in `async with opened(…)`
    def __init__(self, mine: Path, clock, scene: Scene = Scene("rest", now=NOON)) -> None:  # noqa: B008  # frozen
        self.mine, self.clock, self.scene = mine, clock, scene

    async def __aenter__(self) -> Rehearsal:
        source = Source(partial(compile_content, CONTENT, None, self.mine), self.mine)
        door = converse(source.compile(), self.clock, self.scene)
        self.rehearsal = await rehearse(source, door, self.clock, self.scene)
        self.notices: list[str] = []
        self.rehearsal.notice = self.notices.append
        return self.rehearsal

    async def __aexit__(self, *_) -> None:
        await self.rehearsal.close()


def said(rows) -> list[str]:
    return [row.outbound.text for row in rows if row.outbound.op == "send"]


async def hear(rehearsal: Rehearsal, rows) -> list[str]:
    """Have bubbles shown, and return their words."""
    await rehearsal.shown(rows)
    return said(rows)


# --- new words ----------------------------------------------------------------------------


async def test_who_stands_on_a_step_that_was_saved_is_asked_again(rehearsal, mine):
    """The new words come at once, by the bot's own rule for content that changes beneath people."""
    await hear(rehearsal, await rehearsal.greet())
    save(mine, "You could sit down.", "There is a chair.")

    words = said(await rehearsal.reload())

    assert len(words) == 2
    assert words[-1] == "There is a chair."


async def test_a_change_elsewhere_disturbs_nobody(rehearsal, mine):
    """The present question stays; the new words come when their step does."""
    await hear(rehearsal, await rehearsal.greet())
    save(mine, "That was it.", "That was all of it.")

    assert await rehearsal.reload() == []
    assert said(await rehearsal.say("no")) == ["That was all of it."]


async def test_words_that_err_are_named_and_the_old_ones_go_on(mine):
    """File and row at once; the talk is not torn away."""
    async with (world := opened(mine, ScriptClock(NOON))) as rehearsal:
        await hear(rehearsal, await rehearsal.greet())
        save(mine, "to: wait}", "to: wiat}")

        assert await rehearsal.reload() == []
        assert "rest/flow.yaml:13: error: step 'sit' leads to 'wiat'" in world.notices[0]
        assert said(await rehearsal.say("I sit")) == ["Twenty seconds on ."]


async def test_a_file_that_is_no_yaml_is_named_too(mine):
    """Half of a file may be saved while it is written."""
    async with (world := opened(mine, ScriptClock(NOON))) as rehearsal:
        save(mine, "steps:", "steps: [")
        await rehearsal.reload()

    assert "F001" in world.notices[0]


async def test_a_step_that_is_gone_leads_to_a_safe_place(rehearsal, mine):
    """One kind sentence, and then where everything begins."""
    await hear(rehearsal, await rehearsal.greet())
    await hear(rehearsal, await rehearsal.say("I sit"))
    save(mine, "to: wait}", "to: stay}")
    save(mine, "  wait:", "  stay:")

    words = said(await rehearsal.reload())

    assert len(words) > 1
    assert "Twenty seconds on ." not in words


async def test_nothing_is_read_again_where_nothing_was_saved(mine):
    """A look at the files is all it costs."""
    async with (world := opened(mine, ScriptClock(NOON))) as rehearsal:
        await hear(rehearsal, await rehearsal.greet())

        assert await rehearsal.reload() == []
    assert world.notices == []


def test_the_watcher_sees_files_come_change_and_go(tmp_path):
    """What editors hide, and transcripts, change no words."""
    watcher = Watcher(tmp_path)
    seen = [watcher.changed()]
    for name, text in (("a.yaml", "1"), ("a.yaml", "12"), (".a.swp", ""), ("a.yaml~", ""), ("b.txt", "")):
        (tmp_path / name).write_text(text)
        seen.append(watcher.changed())
    (tmp_path / "a.yaml").unlink()

    assert [*seen, watcher.changed()] == [False, True, True, False, False, False, True]


# --- again, and recording -----------------------------------------------------------------


async def test_again_begins_with_someone_who_was_never_here(rehearsal):
    """Nothing that was said or set before has stayed."""
    first = await hear(rehearsal, await rehearsal.greet())
    for typed in ("more", "more"):
        warmer = await hear(rehearsal, await rehearsal.say(typed))

    assert warmer[-1] == "You could sit down, softly."
    assert said(await rehearsal.say("/again")) == first == ["You could sit down."]


async def test_again_after_the_flow_was_taken_away_says_so(mine):
    """The chat stays open until the author leaves."""
    async with (world := opened(mine, ScriptClock(NOON))) as rehearsal:
        await hear(rehearsal, await rehearsal.greet())
        (mine / "rest" / "flow.yaml").rename(mine / "gone.yaml")
        (mine / "calm").mkdir()
        (mine / "calm" / "flow.yaml").write_text(REST.replace("flow: rest", "flow: calm"))
        await rehearsal.reload()

        assert await rehearsal.say("/again") == []
        assert world.notices[-1].startswith("there is no flow 'rest'")


async def test_what_was_played_is_written_down(rehearsal, mine):
    """Since the beginning, or since the latest `/again`; the commands of the workshop are no part of it."""
    await hear(rehearsal, await rehearsal.greet())
    await hear(rehearsal, await rehearsal.say("no"))
    await hear(rehearsal, await rehearsal.say("/again"))
    await hear(rehearsal, await rehearsal.say("1"))

    await rehearsal.say("/record sits Someone sits down.")

    assert (mine / "rest" / "sits.transcript.txt").read_text() == (
        "# Someone sits down.\n# flow: rest\n# seed: 0\n# now: 2026-11-22T12:00:00+00:00\n\n"
        "bot: You could sit down.\n     [I sit] [No]\nyou: I sit\nbot: Twenty seconds on .\n     [Go on]\n"
    )


async def test_recording_writes_over_nothing(mine):
    """What was there stays as it was, and the author is told."""
    (mine / "rest" / "sits.transcript.txt").write_text("mine")
    async with (world := opened(mine, ScriptClock(NOON))) as rehearsal:
        await hear(rehearsal, await rehearsal.greet())
        for typed in ("/record sits Someone sits.", "/record ../up", "/record"):
            await rehearsal.say(typed)

    assert (mine / "rest" / "sits.transcript.txt").read_text() == "mine"
    assert "is there already" in world.notices[0]
    assert "is no name" in world.notices[1]
    assert not (mine / "up.transcript.txt").exists()


async def test_time_that_passed_by_itself_is_written_down(mine):
    """A wait that ended while the author looked on ends in the transcript, too."""
    clock = MovingClock(NOON)
    async with opened(mine, clock) as rehearsal:
        await hear(rehearsal, await rehearsal.greet())
        clock.move(seconds=40)  # they read
        await hear(rehearsal, await rehearsal.say("1"))
        clock.move(seconds=20.2)
        await hear(rehearsal, await rehearsal.due())
        await rehearsal.say("/record waits Someone waits.")

    assert (mine / "rest" / "waits.transcript.txt").read_text().endswith("@+21s\nbot: That was it.\n")


@pytest.mark.parametrize("steps", [(0.9, 0.9, 0.9, 17.3), (19.9, 0.1), (5.0, 15.0), (20.0,)])
def test_a_tape_never_falls_short_of_a_wait(steps):
    """However often somebody types meanwhile, twenty seconds are twenty seconds."""
    tape, now = Tape(NOON), NOON + timedelta(seconds=3.7)
    tape.type("begin", now, waiting=False)
    for seconds in steps[:-1]:
        now += timedelta(seconds=seconds)
        tape.type("hm", now, waiting=True)
    tape.come(now + timedelta(seconds=steps[-1]))

    moved = sum(int(line[2:-1]) for line in tape.lines if line.startswith("@"))
    assert 20 <= moved <= 21


# --- in lines, and in a terminal ----------------------------------------------------------


async def lines_of(*typed):
    for line in typed:
        if callable(line):
            line()  # something happens while the author thinks
        else:
            yield line


async def test_in_lines_a_saved_file_is_read_before_the_next_of_them(rehearsal, mine):
    """Remarks begin with a #; the talk is what `befriend talk --plain` prints."""
    written: list[str] = []
    change = partial(save, mine, "That was it.", "That was all of it.")

    await plainly.converse(rehearsal, rehearsal.clock, lines_of("", change, "no"), written.append)

    assert written == [
        "bot: You could sit down.",
        "     [I sit] [No]",
        "# Saved: the new words are in.",
        "you: no",
        "bot: That was all of it.",
    ]


async def test_in_lines_a_clock_that_is_turned_back_ends_nothing(rehearsal):
    """The author is told, and goes on."""
    written: list[str] = []

    await plainly.converse(
        rehearsal, rehearsal.clock, lines_of("@2020-01-01T00:00+00:00", "@+1h", "no"), written.append
    )

    assert written[2].startswith("# @2020-01-01T00:00+00:00 lies in the past")
    assert rehearsal.tape.lines == ["@+1h", "No"]


def test_a_script_can_try_a_flow(mine, monkeypatch, capsys):
    """No key, no data, no settings: `befriend flows try ID --plain`."""
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))

    assert flows("try", "rest", "--plain", "--warmth", "tender", "--content", mine) == 0
    assert capsys.readouterr().out.splitlines() == [
        "bot: You could sit down, softly.",
        "     [I sit] [No]",
        "you: no",
        "bot: That was it.",
    ]


def test_in_a_terminal_a_saved_file_brings_its_words(mine, tmp_path):
    """While somebody looks on: the new question, what errs, and the farewell."""
    window = Window(tmp_path, "flows", "try", "rest", "--fast", "--content", str(mine))
    try:
        window.until("You could sit down.")
        window.until("/again begins anew")
        save(mine, "You could sit down.", "There is a chair.")
        window.until("the new words are in")
        window.until("There is a chair.")
        save(mine, "to: wait}", "to: wiat}")
        window.until("rest/flow.yaml:13: error:")
        window.type("no\r")
        window.until("That was it.")
        window.type("\x04")
        window.until("Nothing of this is kept")
        assert window.ends() == 0
    finally:
        window.close()


async def test_an_author_lets_a_day_pass_without_waiting_for_it(mine):
    """What becomes due meanwhile comes, and is recorded as the time that passed."""
    save(
        mine,
        'after: {seconds: 20, to: bye}\n    choices:\n      - {id: "on", label: "Go on", to: bye}\n    skip: bye',
        "after: {days: 1, to: bye}",
    )
    async with opened(mine, LiveClock(NOON)) as rehearsal:
        await hear(rehearsal, await rehearsal.greet())
        await hear(rehearsal, await rehearsal.say("I sit"))

        early = await hear(rehearsal, await rehearsal.say("@+23h"))
        late = await hear(rehearsal, await rehearsal.say("@+1h"))
        back = await hear(rehearsal, await rehearsal.say("Yes"))

        assert (early, len(late), back) == ([], 1, ["That was it."])
        assert rehearsal.tape.lines[0] == "I sit"
        assert rehearsal.tape.lines[-2].startswith("@+")
