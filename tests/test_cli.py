"""The command `befriend`, as a process: exit codes, sentences, and the bot on Telegram from start to stop."""

import asyncio
import os
import re
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import cli
from bot.seal import Seal
from bot.store.folder import VERSION
from bot.store.sqlite import SqliteStore
from tests.fakes import faults
from tests.fakes.botapi import FakeBotApi

ROOT = Path(__file__).parents[1]
COMMANDS = ("talk", "run", "status", "doctor", "helplines", "key", "backup", "restore", "verify", "flows")
SLACK = 1.5  # seconds that starting Python takes where other things run too; a start is to fail within 2


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process left."""

    code: int
    out: str
    err: str
    seconds: float


class Desk:
    """An operator at a machine of their own. ``environ`` holds what they have set, without the prefix."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ: dict[str, str] = {}

    @property
    def data(self) -> Path:
        return self.home / ".local/share/befriend"

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        """Start a command and do not wait for it."""
        given = {f"BEFRIEND_{name}": text for name, text in self.environ.items()}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], **given},
        )

    async def run(self, *words: str) -> Ended:
        """Run a command to its end."""
        began = time.monotonic()
        process = await self.start(*words)
        out, err = await asyncio.wait_for(process.communicate(), 30)
        return Ended(process.returncode or 0, out.decode(), err.decode(), time.monotonic() - began)

    @asynccontextmanager
    async def running(self, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Have a command run for as long as the block."""
        process = await self.start(*words)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def hasty() -> AsyncIterator[FakeBotApi]:
    """A server that answers its first call at once: it does not check calls, so loads no checks."""
    async with FakeBotApi(validate=False) as server:
        yield server


@pytest.fixture
def bot(desk: Desk, server: FakeBotApi) -> Desk:
    """A desk where everything that `run` needs is set."""
    desk.environ |= {"TOKEN": server.token, "API_URL": server.url, "CONTACT": "ann@example.org"}
    return desk


# --- help -------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_every_command_explains_itself(command, capsys):
    """`--help` says what it does and ends well."""
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "--help"])
    shown = capsys.readouterr().out

    assert ended.value.code in (0, None)
    assert shown.startswith(f"usage: befriend{''.join(f' {word}' for word in command)}")
    assert "exit codes" in shown or command == ("flows",)


def test_the_first_help_lists_every_command(capsys):
    """A line each."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out

    assert all(f"\n    {command}" in shown for command in COMMANDS)


def test_the_version_is_told(capsys):
    """`befriend --version` names the program."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("befriend ")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["talk", "--now", "2026-11-22"], id="a moment without an offset"),
        pytest.param(["talk", "--person", "a\nb"], id="a person of two lines"),
        pytest.param(["talk", "--person", ""], id="nobody"),
        pytest.param(["sing"], id="no such command"),
        pytest.param([], id="nothing"),
    ],
)
def test_what_makes_no_sense_is_refused(words, capsys):
    """Exit code 2, and what to write instead."""
    with pytest.raises(SystemExit) as ended:
        cli.main(words)

    assert ended.value.code == 2
    assert "befriend" in capsys.readouterr().err


async def test_talk_imports_nothing_that_it_does_not_need(desk):
    """No Telegram, no HTTP, no line editor, no migrations: the first words come at once."""
    code = (
        "import sys; from bot.cli import main; sys.argv[1:] = ['talk', '--plain', '--data', sys.argv[1]]; main();"
        "heavy = ('telegram', 'aiohttp', 'httpx', 'prompt_toolkit', 'sqlite_utils', 'aiogram');"
        "print([name for name in heavy if name in sys.modules])"
    )
    for expected in ("['sqlite_utils']", "[]"):  # only the very first start makes tables
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, str(desk.home / "data"),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        out, _ = await process.communicate()

        assert out.decode().splitlines()[-1] == expected


# --- what cannot start ------------------------------------------------------------------


def one_sentence(ended: Ended) -> bool:
    """Whether it was said in one line, without a traceback; log lines of the start apart."""
    return len([line for line in ended.err.splitlines() if not re.search(" (INFO|WARNING) ", line)]) == 1


async def test_run_names_what_is_missing(desk):
    """Both settings at once, within two seconds."""
    ended = await desk.run("run")

    assert (ended.code, len(ended.err.splitlines())) == (2, 2)
    assert ended.seconds < 2 + SLACK


async def test_a_wrong_token_ends_it_with_one_sentence(bot):
    """The sentence leads to @BotFather; the token is not in it."""
    bot.environ["TOKEN"] = "42:wrong-token"
    ended = await bot.run("run")

    assert ended.code == 2
    assert one_sentence(ended)
    assert "@BotFather" in ended.err
    assert "wrong-token" not in ended.err
    assert ended.seconds < 2 + SLACK


@pytest.mark.parametrize("command", ["run", "talk"])
async def test_a_folder_that_cannot_be_written_ends_it_with_one_sentence(bot, command):
    """A file stands where the folder should be."""
    bot.data.parent.mkdir(parents=True)
    bot.data.write_text("")
    ended = await bot.run(command)

    assert ended.code == 2
    assert one_sentence(ended)
    assert str(bot.data) in ended.err
    assert ended.seconds < 2 + SLACK


async def test_a_database_of_a_newer_version_ends_it_with_one_sentence(bot):
    """It is left as it is."""
    await make_store(bot)
    with closing(sqlite3.connect(bot.data / "befriend.db")) as db:
        db.execute("PRAGMA user_version = 99")
    ended = await bot.run("run")

    assert ended.code == 2
    assert one_sentence(ended)
    assert "newer" in ended.err
    assert ended.seconds < 2 + SLACK


async def test_a_lost_key_is_not_replaced(bot):
    """A new key would open nothing; the sentence asks for the copy."""
    await make_store(bot)
    (bot.home / ".config/befriend/key").unlink()
    ended = await bot.run("run")

    assert ended.code == 2
    assert "Put your copy back" in ended.err
    assert not (bot.home / ".config/befriend/key").exists()


async def test_a_key_within_the_data_is_refused(desk):
    """Whoever copies the data would have the key too."""
    desk.environ["KEY_FILE"] = str(desk.home / "data" / "key")
    ended = await desk.run("talk", "--plain", "--data", str(desk.home / "data"))

    assert (ended.code, one_sentence(ended)) == (2, True)


async def test_a_port_that_is_taken_ends_it_with_one_sentence(bot, hasty):
    """The webhook's server cannot listen."""
    (bot.home / "secret").write_text("s" * 32)
    bot.environ["API_URL"] = hasty.url
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        bot.environ |= {
            "WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
            "WEBHOOK_LISTEN": f"127.0.0.1:{port}",
            "WEBHOOK_SECRET_FILE": str(bot.home / "secret"),
        }
        ended = await bot.run("run")

    assert ended.code == 2
    assert one_sentence(ended)
    assert "WEBHOOK_LISTEN" in ended.err


async def make_store(desk: Desk) -> None:
    """Leave data as an earlier run has."""
    key = Seal.open(desk.home / ".config/befriend/key", fresh=True)
    await SqliteStore.open(desk.data, key).close()


# --- the bot on Telegram ----------------------------------------------------------------


async def test_run_answers_and_stops_when_asked(bot, server):
    """A person is answered; SIGTERM ends it well within five seconds; nothing they said is in the log."""
    sam = server.person(7)
    async with bot.running("run") as process:
        sam.says("/start")
        (welcome, *_) = await sam.hears(timeout=15)
        sam.says("canary-words-of-sam")
        await sam.hears(timeout=5)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, err = await asyncio.wait_for(process.communicate(), 10)

    assert welcome.text.startswith("I'm a program")
    assert process.returncode == 0
    assert time.monotonic() - asked < 5
    assert b"not reviewed" in err
    assert b"not confirmed" in err
    assert b"canary" not in err
    assert server.token.encode() not in err


async def test_what_came_while_it_was_down_is_answered_after(bot, server):
    """Stopped in the middle of a talk, it goes on where it was."""
    sam = server.person(7)
    sam.says("/start")
    async with bot.running("run") as process:
        await sam.hears(timeout=15)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 10)
    sam.says("Tell me more")
    async with bot.running("run"):
        (told, *_) = await sam.hears(timeout=15)

    assert "hard on yourself" in told.text


async def test_run_can_be_called_instead_of_asking(bot, server):
    """With a webhook set, Telegram's calls are answered, and the secret is asked for."""
    (bot.home / "secret").write_text("s" * 32)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    bot.environ |= {
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        "WEBHOOK_SECRET_FILE": str(bot.home / "secret"),
    }
    sam = server.person(7)
    async with bot.running("run") as process:
        sam.says("/start")
        (welcome, *_) = await sam.hears(timeout=15)
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), 10)

    assert welcome.text.startswith("I'm a program")
    assert process.returncode == 0


async def test_a_second_run_on_the_same_data_is_refused(bot, server):
    """One process at a time; status and doctor only look, and still work."""
    async with bot.running("run"):
        await server.until(lambda: server.calls("getUpdates"), timeout=15)
        second = await bot.run("run")
        status = await bot.run("status")
        doctor = await bot.run("doctor")

    assert second.code == 2
    assert one_sentence(second)
    assert "Another befriend is running" in second.err
    assert second.seconds < 2 + SLACK
    assert status.code == 0
    assert f"schema: {VERSION}" in status.out
    assert "ok     token      The bot is @" in doctor.out


async def test_stopping_does_not_wait_for_a_server_that_hangs(bot, server):
    """Five seconds at most; what could not be sent is sent by the next run."""
    sam = server.person(7)
    server.faults.add("sendMessage", faults.hang())
    async with bot.running("run") as process:
        sam.says("/start")
        await server.until(lambda: server.calls("sendMessage"), timeout=15)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 10)
        took = time.monotonic() - asked
    async with bot.running("run"):
        (welcome, *_) = await sam.hears(timeout=20)

    assert (process.returncode, took < 5) == (0, True)
    assert welcome.text.startswith("I'm a program")


async def test_commands_and_descriptions_are_registered(bot, server):
    """Telegram shows them before the first word."""
    async with bot.running("run"):
        await server.until(lambda: server.calls("setMyShortDescription"), timeout=15)

    assert server.calls("setMyCommands")
    assert "emergencies" in server.calls("setMyDescription")[0].params["description"]


# --- caring for data and key ------------------------------------------------------------


async def test_data_is_backed_up_beside_a_running_bot_and_put_back(bot, server):
    """With the commands alone: backed up, verified, refused over data, put back; the talk goes on where it was."""
    sam, shelf = server.person(7), bot.home / "backups"
    shelf.mkdir()
    async with bot.running("run") as process:
        sam.says("/start")
        await sam.hears(timeout=15)
        made = await bot.run("backup", str(shelf))
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 10)
    (file,) = map(str, shelf.glob("*.backup"))
    verified, refused = await bot.run("verify", file), await bot.run("restore", file)
    bot.data.rename(bot.home / "before")
    restored = await bot.run("restore", file, "--forgotten", str(bot.home / "before"))
    checked = await bot.run("key", "check")
    sam.says("Tell me more")
    async with bot.running("run"):
        (told, *_) = await sam.hears(timeout=15)

    assert [one.code for one in (made, verified, refused, restored, checked)] == [0, 0, 2, 0, 0]
    assert one_sentence(refused)
    assert "hard on yourself" in told.text


async def test_the_first_start_asks_to_copy_the_key(bot, server):
    """Once, in a plain line."""
    logs = []
    for _ in range(2):
        async with bot.running("run") as process:
            await server.until(lambda: server.calls("getUpdates"), timeout=15)
            process.send_signal(signal.SIGTERM)
            _, err = await asyncio.wait_for(process.communicate(), 10)
        logs.append(err.decode())

    assert [f"Copy the key {bot.home / '.config/befriend/key'} now" in log for log in logs] == [True, False]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["backup", "/nowhere/at/all/it.backup"], id="a folder that is not there"),
        pytest.param(["verify", "/nowhere/it.backup"], id="a backup that is not there"),
        pytest.param(["key", "rotate"], id="no key to change"),
    ],
)
async def test_what_cannot_be_cared_for_is_said_in_one_sentence(desk, words):
    """Exit code 2, before anything is made."""
    ended = await desk.run(*words)

    assert (ended.code, one_sentence(ended)) == (2, True)


# --- the operator's commands ------------------------------------------------------------


async def test_doctor_says_what_is_to_be_done(desk):
    """A line each; exit code 1 as long as something must be done."""
    ended = await desk.run("doctor")
    what = {line[7:16].strip() for line in ended.out.splitlines()}

    assert ended.code == 1
    assert {"token", "contact", "database", "clock", "disk", "key", "content", "helplines"} <= what


async def test_doctor_says_each_thing_once(desk, tmp_path):
    """An empty token file is no token that was never named, and what is right is not called missing."""
    (tmp_path / "token").touch()
    desk.environ |= {"TOKEN_FILE": str(tmp_path / "token"), "CONTACT": "ask@example.org"}
    ended = await desk.run("doctor")
    lines = ended.out.splitlines()

    assert [line for line in lines if "oken" in line] == [line for line in lines if "which is empty" in line]
    assert "ok     contact" in ended.out
    assert lines[-1] == f"{sum(line.startswith('to do') for line in lines)} to do."


async def test_each_thing_to_do_with_a_key_has_its_help(desk):
    """`key rotate --help` is about that alone."""
    shown = (await desk.run("key", "rotate", "--help")).out

    assert "finished by doing it again" in shown
    assert "first key" not in shown


async def test_doctor_is_content_once_everything_is_done(bot):
    """Nothing is left to do for an operator who has done it all."""
    codes = [line.split()[0] for line in (await bot.run("helplines")).out.splitlines()]
    confirmed = await bot.run("helplines", "confirm", *codes)
    ended = await bot.run("doctor")

    assert confirmed.code == 0
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "Nothing must be done.")


async def test_confirmed_lines_are_shown_as_the_operators(desk):
    """A country at a time, in capitals or not."""
    await desk.run("helplines", "confirm", "ie")
    listed = (await desk.run("helplines", "list")).out.splitlines()

    assert ["Confirmed by you" in line for line in listed if line.startswith(("IE", "GB"))] == [False, True]


async def test_a_country_without_lines_cannot_be_confirmed(desk):
    """All of what was asked, or nothing."""
    ended = await desk.run("helplines", "confirm", "IE", "XX")
    listed = await desk.run("helplines")

    assert (ended.code, "XX" in ended.out) == (1, True)
    assert "Confirmed by you" not in listed.out


async def test_status_counts_and_names_nobody(desk):
    """Before the first start there is nothing to count, which is fine."""
    before = await desk.run("status")
    await make_store(desk)
    after = await desk.run("status")

    assert (before.code, after.code) == (0, 0)
    assert "nothing is stored yet" in before.out
    assert "people: 0" in after.out
    assert "oldest undelivered: none" in after.out


async def test_status_and_doctor_tell_how_practices_end(desk):
    """By month, a few not told apart; one that aches too often is named, and is something to do."""
    await make_store(desk)
    store = SqliteStore.open(desk.data, Seal.open(desk.home / ".config/befriend/key", fresh=False))
    for name, times in (("felt touch ease", 18), ("felt touch ache", 4)):
        await store.run(lambda tx, name=name, times=times: [tx.count(name, "2026-11") for _ in range(times)])
    await store.close()

    told, found = (await desk.run("status")).out, (await desk.run("doctor")).out

    assert "practices in 2026-11: touch ease 18, ache under 5" in told
    assert "“touch” ended in an ache more often" in told
    assert re.search("to do +practices +“touch”", found)


async def test_practices_that_nobody_has_signed_off_can_be_left_out(desk):
    """`status` and `doctor` say so, and how many."""
    desk.environ["REVIEWED_ONLY"] = "yes"
    told, found = (await desk.run("status")).out, (await desk.run("doctor")).out

    assert re.search(r"; \d+ practices left out \(BEFRIEND_REVIEWED_ONLY\)", told)
    assert re.search("as BEFRIEND_REVIEWED_ONLY asks: .*break", found)


async def test_status_counts_cards_by_year_and_never_a_few_of_a_kind(desk):
    """Months and years of what was shown; of which kind the danger was by the year, and not told where it is rare."""
    await make_store(desk)
    store = SqliteStore.open(desk.data, Seal.open(desk.home / ".config/befriend/key", fresh=False))
    for day, times in (("2026-11-22", 2), ("2026-12-01", 1), ("2027-01-01", 1)):
        await store.run(lambda tx, day=day, times=times: [tx.count("help card", day) for _ in range(times)])
    await store.run(lambda tx: [tx.count("door passive", "2026") for _ in range(5)])
    await store.run(lambda tx: tx.count("door abuse", "2026"))
    await store.close()

    told = (await desk.run("status")).out

    assert "help cards in 2026: 3 (2026-11 2, 2026-12 1)" in told
    assert "danger heard in 2026: abuse under 5, passive 5" in told
    assert "danger heard in 2027: none" in told
