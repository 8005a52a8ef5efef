"""What is installed beside people's words: little, known by hash and licence, and all of it used."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from docs import licences, sbom
from docs.packages import locked, texts
from tests.fakes.botapi import FakeBotApi
from tests.lean import left_out

TOP = Path(__file__).parents[1]
MOST = 31  # packages, pip and setuptools among them
# All of these let anyone pass them on beside code under MIT, unchanged and with their own text.
ALLOWED = {
    "0BSD",
    "CC0-1.0",
    "Zlib",
    "Apache-2.0",
    "BSD-3-Clause",
    "CNRI-Python",
    "LGPL-3.0-only",  # a package of its own, loaded as it is, replaceable by whoever runs the bot
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
}
WALK = """
import pkgutil, sys
from tests.lean import Bare, left_out
sys.meta_path.insert(0, Bare(left_out()))
import bot, flows
for package in (bot, flows):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            __import__(module.name)
from bot.channels.telegram.api import Api
Api("1:x").bot()
print(sorted(set(name.split(".")[0] for name in sys.modules)))
"""


# --- how much -----------------------------------------------------------------------------


def test_few_packages_run_beside_the_bot():
    """Thirty-one at most beside the bot; pip and setuptools put it there, and do not run."""
    assert len([each for each in locked() if each.name not in ("pip", "setuptools")]) <= MOST


def test_what_is_left_out_is_named_wherever_it_matters():
    """The recipe, the lock and the decision name the same packages, and the lock holds none of them."""
    recipe = re.search(r"^UNUSED := (.+)$", (TOP / "Makefile").read_text(), re.MULTILINE)[1].split()
    decision = (TOP / "docs" / "decisions" / "0003-dependencies.md").read_text()

    assert left_out() == recipe
    assert [name for name in recipe if f"`{name}`" not in decision] == []
    assert {package.name for package in locked()}.isdisjoint(recipe)


def test_every_module_loads_without_what_is_left_out():
    """Python-telegram-bot's client too; were one needed after all, this would be the first to say so."""
    told = subprocess.run([sys.executable, "-c", WALK], cwd=TOP, capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stderr[-500:]
    assert "'telegram'" in told.stdout
    assert not [name for name in left_out() if f"'{name.replace('-', '_')}'" in told.stdout]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        pytest.param("talk --plain --data {home}/talk", {0}, id="talk"),
        pytest.param("status", {0}, id="status"),
        pytest.param("doctor", {1}, id="doctor"),
        pytest.param("helplines", {0}, id="helplines"),
        pytest.param("helplines confirm IE", {0}, id="confirm"),
        pytest.param("flows check", {0}, id="check"),
        pytest.param("flows list", {0}, id="list"),
    ],
)
def test_commands_work_without_what_is_left_out(tmp_path, words, codes):
    """From the first start on, which makes the database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.lean", *words.format(home=tmp_path).split()],
        cwd=TOP,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        input="/start\nI failed again\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode in codes, done.stderr[-500:]
    assert "ModuleNotFound" not in done.stdout + done.stderr


async def test_telegram_is_served_without_what_is_left_out(tmp_path):
    """A person is answered, and the bot introduces itself by way of python-telegram-bot."""
    async with FakeBotApi(validate=False) as server:
        given = {"TOKEN": server.token, "API_URL": server.url, "CONTACT": "ann@example.org"}
        environ = {f"BEFRIEND_{name}": text for name, text in given.items()}
        sam = server.person(7)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.lean", "run",
            cwd=TOP, env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], **environ}, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            sam.says("/start")
            (welcome, *_) = await sam.hears(timeout=20)
            await server.until(lambda: server.calls("setMyShortDescription"), timeout=20)
            process.send_signal(signal.SIGTERM)
            _, err = await asyncio.wait_for(process.communicate(), 10)
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    assert welcome.text.startswith("I'm a program")
    assert (process.returncode, b"ModuleNotFound" in err) == (0, False)


# --- under which licences -----------------------------------------------------------------


@pytest.mark.parametrize("package", locked(), ids=lambda package: package.name)
def test_every_package_may_be_passed_on(package):
    """Its licence is known and one of those that allow it, and its text comes with it."""
    parts = set(re.split(r" (?:AND|OR) ", package.licence))

    assert parts <= ALLOWED
    assert len(texts(package.name)) > 500


def test_the_list_of_licences_is_of_this_lock():
    """`make docs` writes it anew."""
    assert (TOP / "docs" / "licences.md").read_text() == licences.page(locked())


def test_our_own_decision_tells_the_same_licences():
    """What the decision says of a library is what the library says of itself."""
    rows = re.findall(
        r"^\| ([\w-]+) \| .+ \| ([^|]+) \|$",
        (TOP / "docs" / "decisions" / "0003-dependencies.md").read_text(),
        re.MULTILINE,
    )[1:]
    known = {package.name: package.licence for package in locked()}

    assert [(name, known[name.lower().replace("_", "-")]) for name, _ in rows] == rows


# --- the bill of materials ----------------------------------------------------------------


def test_the_bill_lists_the_lock():
    """Each package with its version, its licence, and every hash that the lock accepts."""
    document = json.loads(sbom.bill(locked()))
    version = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["version"]
    pins = re.findall(r"^([a-z0-9-]+)==(\S+)", (TOP / "requirements.lock").read_text(), re.MULTILINE)
    hashes = re.findall(r"sha256:(\w+)", (TOP / "requirements.lock").read_text())

    listed = document["components"]
    given = [each["content"] for one in listed for each in one["externalReferences"][0]["hashes"]]

    assert document["metadata"]["component"]["version"] == version
    assert sorted((one["name"], one["version"]) for one in listed) == sorted(pins)
    assert sorted(given) == sorted(hashes)
    assert all(one["licenses"][0]["expression"] for one in listed)


def test_the_bill_is_whole():
    """Whatever a package needs is listed too, and nothing is listed that nobody needs."""
    document = json.loads(sbom.bill(locked()))
    refs = {one["bom-ref"] for one in document["components"]}
    needed = {name for one in document["dependencies"] for name in one["dependsOn"]}

    assert needed == refs


def test_the_bill_is_the_same_on_any_machine():
    """The same lock gives the same bytes: no time, no path, no server's address is in them."""
    one = sbom.bill(locked())
    two = subprocess.run([sys.executable, "-m", "docs.sbom"], cwd=TOP, capture_output=True, check=True).stdout

    assert one.encode() == two
    assert "://" not in one
    assert str(TOP) not in one
    assert "timestamp" not in one
