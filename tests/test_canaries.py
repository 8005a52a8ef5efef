"""A thousand texts and the token go in, and none comes out but to the one who wrote it.

The bot runs as a process, at the lowest log level, in Python's development mode, with an event loop that reports
everything it runs. Texts come in every way, everything goes wrong, and errors of every kind know the words.
"""

import asyncio
import itertools
import json
import os
import random
import re
import signal
import sys
from collections import deque
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.canary import WAYS
from tests.fakes import faults, updates
from tests.fakes.botapi import FakeBotApi
from tests.fakes.errors import bad_request

ROOT = Path(__file__).parents[1]
CHATS, FIRST = 40, 7_654_321_000
WITHIN = 90.0  # seconds for all of it
NAME, USERNAME, HOOK = "Quillfeather", "quill_feather_9", "S3cret-of-the-webhook_1234567890"
MARK = re.compile(rb"(?i)Qx7\d{4}Zv")
DECOR = (
    "",
    "\u05d0\u05e0\u05d9 ",
    "<b>&amp; ",
    "\N{PILE OF POO}\u200d ",
    "two\nlines ",
    "'; -- %s %d {} ",
    "\u202e",
)


class Watched:
    """A bot that is watched from outside. Lives for one test."""

    def __init__(self, home, server, port):
        self.home, self.server, self.port = home, server, port
        self.marks = 0
        self.told = {}
        self.ways = itertools.cycle([*WAYS, "HEAR"])
        self.polls = deque()
        server.faults.rules.append(polls(self))
        for name, text in (("token", server.token), ("secret", HOOK)):
            (home / name).write_text(text)
        (home / "tmp").mkdir()

    def environ(self, way):
        given = {
            "TOKEN_FILE": self.home / "token",
            "API_URL": self.server.url,
            "CONTACT": "ann@example.org",
            "DATA_DIR": self.home / "data",
            "KEY_FILE": self.home / "keys" / "key",
            "LOG_LEVEL": "debug",
        }
        if way == "webhook":
            given |= {
                "WEBHOOK_URL": f"http://127.0.0.1:{self.port}/hook",
                "WEBHOOK_LISTEN": f"127.0.0.1:{self.port}",
                "WEBHOOK_SECRET_FILE": self.home / "secret",
            }
        plain = {"HOME": str(self.home), "TMPDIR": str(self.home / "tmp"), "PATH": os.environ["PATH"]}
        return plain | {f"BEFRIEND_{name}": str(value) for name, value in given.items()}

    @asynccontextmanager
    async def running(self, way):
        """Run the bot beside the block, what it prints into files; stop it by SIGTERM."""
        out, err = self.home / "stdout", self.home / "stderr"
        with out.open("wb") as one, err.open("wb") as two:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-X", "dev", "-m", "tests.canary", str(self.home / "content"),
                cwd=ROOT, stdout=one, stderr=two, env=self.environ(way),
            )  # fmt: skip
            try:
                yield process
                process.send_signal(signal.SIGTERM)
                self.code = await asyncio.wait_for(process.wait(), 20)
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()

    async def ask(self, command, way):
        """Run a command of the operator's and keep what it says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-X", "dev", "-m", "bot", *command.split(),
            cwd=ROOT, env=self.environ(way), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self.told[command], _ = await process.communicate()

    def look_at(self, process):
        """Keep what the machine shows of the process."""
        proc = Path(f"/proc/{process.pid}")
        for name in ("cmdline", "limits", "status", "comm"):
            self.told[f"/proc/{name}"] = (proc / name).read_bytes()
        self.told["/proc/task"] = b"\n".join(
            (task / "comm").read_bytes() for task in (proc / "task").iterdir()
        )
        with suppress(PermissionError):  # only root may look further
            self.told["/proc/environ"] = (proc / "environ").read_bytes()
            self.told["/proc/fd"] = b"\n".join(bytes(file.readlink()) for file in (proc / "fd").iterdir())

    def mark(self):
        """Return a text that nobody wrote before."""
        self.marks += 1
        return f"{DECOR[self.marks % len(DECOR)]}what Qx7{self.marks:04d}Zv never told anyone"

    def found(self):
        """Return every place where a text, a name, a chat, the token or a secret can be read."""
        secrets = [
            *(NAME, USERNAME, HOOK, self.server.token, self.server.token.partition(":")[2]),
            *(str(FIRST + number) for number in range(CHATS)),
        ]
        files = {
            str(path.relative_to(self.home)): path.read_bytes()
            for path in self.home.rglob("*")
            if path.is_file() and path.relative_to(self.home).parts[0] not in ("token", "secret", "content")
        }
        return {
            (place, what)
            for place, data in (files | self.told).items()
            for what in [*MARK.findall(data), *(each for each in secrets if each.encode() in data)]
        }


# --- what people and strangers send -------------------------------------------------------


def everything(watched, people, texts):
    """Send so many texts, each in another way, to a server at which everything goes wrong."""
    chance = random.Random(7)
    kinds = [
        says,
        says,
        edits,
        captions,
        shares,
        quotes,
        breaks,
        breaks,
        poisons,
        presses,
        commands,
        halves,
        long,
        risks,
    ]
    number = 0
    while watched.marks < texts:
        for kind in kinds:
            kind(watched, people[number % len(people)], chance)
        go_wrong(watched, number)
        number += 1


def says(watched, person, chance):
    person.says(watched.mark())


def edits(watched, person, chance):
    message = person.says(watched.mark())
    person.edits(message, watched.mark())


def captions(watched, person, chance):
    person.sends_photo(caption=watched.mark())
    person.sends(**updates.voice(1), caption=watched.mark())


def shares(watched, person, chance):
    poll = updates.poll() | {"question": watched.mark()}
    person.sends(**chance.choice([
        {"poll": poll}, {"document": updates.file("d", 1) | {"file_name": watched.mark()}},
        {"contact": {"phone_number": "+1", "first_name": watched.mark()}},
        {"venue": {"location": {"latitude": 1, "longitude": 2}, "title": watched.mark(), "address": watched.mark()}},
    ]))  # fmt: skip


def quotes(watched, person, chance):
    before = person.says(watched.mark())
    person.says(watched.mark(), reply_to_message=before, quote={"text": watched.mark(), "position": 0})


def breaks(watched, person, chance):
    way = next(watched.ways)
    person.says(f"{way} {watched.mark()}")
    watched.mark()
    person.says(f"{way} Qx7{watched.marks:04d}Zv")  # so short that no repr would cut it


def poisons(watched, person, chance):
    whole = {"message": updates.message(1, person.chat.header, person.user, text=watched.mark())}
    _, broken = chance.choice(list(updates.mutants(whole)))
    watched.server.inject(broken)
    watched.server.inject({"message": {**whole["message"], "message_id": watched.mark()}})
    watched.server.inject({watched.mark(): watched.mark(), "message": [watched.mark()]})


def presses(watched, person, chance):
    message = person.says(watched.mark())
    person.presses(message, f"1|welcome|again|{watched.mark()}"[:60])
    person.presses(message, watched.mark(), reachable=False)


def commands(watched, person, chance):
    person.says(f"/start {watched.mark()}")
    person.says(f"/{watched.mark()}")


def halves(watched, person, chance):
    person.says(f"{watched.mark()} \ud83d")


def long(watched, person, chance):
    person.says(" ".join([watched.mark()] * 80))
    person.says("x" * 40_000 + watched.mark())


def risks(watched, person, chance):
    person.says(f"I want to kill myself {watched.mark()}")
    person.says(f"/start {watched.mark()}")


def go_wrong(watched, number):
    """Let the next calls fail, also with answers that quote what somebody wrote."""
    quoting = bad_request(f"can't parse entities: unsupported start tag in {watched.mark()}")
    wrong = [
        faults.cut_before(), faults.cut_after(), faults.garbage(), faults.not_ok(), faults.server_error(),
        faults.gateway(), faults.no_result(), faults.wrong_type(watched.mark()), faults.too_many(0),
        faults.unparsable(), faults.refused(quoting),
        faults.Fault("quoting garbage", 500, watched.mark().encode()),
    ]  # fmt: skip
    fault = wrong[number % len(wrong)]
    for method in ("sendMessage", "editMessageReplyMarkup", "editMessageText", "answerCallbackQuery"):
        watched.server.faults.add(method, fault)
    watched.polls.append(fault)


def polls(watched):
    """Return what lets every second poll fail, so that the bot never waits long for the next."""
    turns = itertools.cycle((True, False))

    def rule(method, params):
        failing = method == "getupdates" and watched.polls and next(turns)
        return watched.polls.popleft() if failing else None

    return rule


# --- and what comes out -------------------------------------------------------------------


@pytest.mark.parametrize(("way", "texts"), [("polling", 1000), ("webhook", 250)])
async def test_a_thousand_texts_and_the_token_leave_no_trace(tmp_path, unused_tcp_port, way, texts):
    """Nothing is in the logs, on the screens, in files of any kind, or in what the machine shows of the process."""
    async with FakeBotApi(validate=False) as server, asyncio.timeout(WITHIN):
        watched = Watched(tmp_path, server, unused_tcp_port)
        people = [server.person(FIRST + number, name=NAME) for number in range(CHATS)]
        for person in people:
            person.user |= {"username": USERNAME, "last_name": NAME}
        async with watched.running(way) as process:
            everything(watched, people, texts)
            group = server.person(-FIRST, name=NAME)
            group.says(watched.mark())
            await server.until(lambda: group.chat.left, WITHIN)
            for person in people:
                person.says("and the last")
            await asyncio.gather(*(person.sees("heard: and the last", timeout=WITHIN) for person in people))
            watched.look_at(process)
            for command in ("status", "doctor", "key check", f"backup {tmp_path / 'beside.backup'}")[
                : texts // 250
            ]:
                await watched.ask(command, way)
            server.faults.add("sendMessage", faults.hang())
            people[0].says(watched.mark())
            await server.until(lambda: any(used.held for _, used in server.faults.used), WITHIN)

    assert watched.marks > texts
    assert watched.found() == set()
    assert watched.code == 0
    assert_all_was_tried((tmp_path / "stderr").read_text(), watched.told)


def assert_all_was_tried(log, told):
    """Nothing comes out of a bot that did nothing: each kind of error was met, and is told by class and place."""
    for words in (
        "__main__.Broken", "builtins.KeyError", "UnicodeEncodeError", "quarantined", "nobody caught", "Executing",
        "turn_failed", "hear_failed", "a warning: UserWarning", "aiohttp.server Error handling request",
        "somebody canary.py", "Task exception was never retrieved", "Exception in callback",
        "group_left",
    ):  # fmt: skip
        assert words in log, words
    assert "Traceback" not in log
    assert "people" in told["status"].decode()
    assert [
        words for words, said in told.items() if words.startswith("backup") and b"Backed up" not in said
    ] == []
    assert re.search(rb"Max core file size +0 +0", told["/proc/limits"])


def test_a_trace_would_be_found(tmp_path):
    """The search sees what lies in a file, in a report and in the environment."""
    server = FakeBotApi(validate=False)
    watched = Watched(tmp_path, server, 1)
    text = watched.mark()
    (tmp_path / "tmp" / "left-behind").write_text(json.dumps(text))
    watched.told = {"doctor": server.token.encode(), "/proc/environ": f"X={FIRST}".encode()}

    places = {place for place, _ in watched.found()}

    assert places == {"tmp/left-behind", "doctor", "/proc/environ"}
