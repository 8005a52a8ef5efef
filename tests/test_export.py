"""What a person takes along is all that is held of them, and comes back equal."""

import asyncio
import json
import os
import re
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import belongings
from bot.actions import ACTIONS
from bot.belongings import gather, read, restore, write
from bot.desk import Desk
from bot.model import CONSENT, Compartment, Person
from bot.page import documents
from bot.saving import save
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.session import Frame, Session
from flows.turn import Heard
from tests.fakes.bodies import Upload
from tests.serving import WITHIN

pytest_plugins = ["tests.fixtures"]

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
DOCUMENT = Path(__file__).parents[1] / "docs" / "privacy" / "export.md"
EXAMPLE = {"practice": "break", "heavy": "6", "heavy_after": "4", "felt": "ease", "at": NOW.isoformat()}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
names = st.text("abcdefgh_", min_size=1, max_size=8)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
compartments = st.sampled_from(get_args(Compartment))
people = st.builds(
    Person,
    id=st.just(""),
    consent=st.sampled_from((1, CONSENT)),
    consented_at=moments.map(datetime.isoformat),
    declined=st.sampled_from((0, CONSENT)),
    adult=st.booleans(),
    warmth=st.sampled_from(("plain", "warm", "tender")),
    way=st.sampled_from(["", "cheer", "short", "quiet"]),
    country=st.sampled_from(("", "IE")),
    risk=st.sampled_from(("", "no", "maybe")),
    last_seen=moments.map(lambda moment: moment.date().isoformat()),
    paused=st.booleans(),
    variables=st.dictionaries(names, texts, max_size=5),
    seen=st.binary(max_size=64),
    once=st.binary(max_size=64),
)
kinds = st.sampled_from(("sentence", "letter", "outcome"))
kept = st.lists(st.tuples(kinds, texts | st.just('{"not":"our own way"}'), compartments), max_size=8)
outcomes = st.lists(st.dictionaries(names, texts, max_size=5), max_size=4)
sessions = st.lists(
    st.builds(Frame, names, step=names, answers=st.dictionaries(names, texts, max_size=4)), min_size=1
)
timers = st.lists(st.tuples(names, st.integers(0, 99), moments, texts | sessions, compartments), max_size=4)
talks = st.none() | sessions


@pytest.fixture
async def store():
    store = SqliteStore.in_memory(Seal(b"x" * 32))
    yield store
    await store.close()


def live(tx, person, words=(), notes=(), later=(), talk=None):
    """Let somebody have a life with the bot."""
    me = replace(person, id=tx.person_at("telegram", "7").id)
    tx.save_person(me)
    for kind, text, compartment in words:
        tx.keep(me.id, kind, text, compartment)
    for note in notes:
        tx.keep(me.id, "outcome", json.dumps(note))
    for key, generation, due, body, compartment in later:
        state = Session(body).to_json() if isinstance(body, list) else body.encode()
        tx.set_timer(
            me.id, f"aside:{key}" if isinstance(body, list) else key, generation, due, state, compartment
        )
    tx.save_session(me.id, Session(talk, prompt="abc", touched=5).to_json() if talk else None)
    return me


def words_of(tx, person):
    """Return every kept text as it is stored."""
    return {kind: sorted(tx.kept(person, kind)) for kind in tx.kinds(person)}


def alike(found):
    """Return what must be equal: all but where, when and under which id."""
    return replace(found.person, id=""), found.kept, found.outcomes, found.timers, found.talk


@settings(max_examples=60, deadline=None)
@given(people, kept, outcomes, timers, talks)
def test_what_is_taken_along_comes_back_equal(person, words, notes, later, talk):
    """Over a file, into another bot, whatever Unicode somebody wrote."""

    async def there_and_back():
        old, new = SqliteStore.in_memory(Seal(b"x" * 32)), SqliteStore.in_memory(Seal(b"y" * 32))
        me = await old.run(lambda tx: live(tx, person, words, notes, later, talk))
        taken = await old.run(lambda tx: (gather(tx, me, NOW), words_of(tx, me.id)))
        found = read(write(taken[0]))

        def back(tx):
            restore(tx, tx.person_at("telegram", "8"), found)
            new = tx.person_at("telegram", "8")
            return gather(tx, new, NOW), words_of(tx, new.id)

        again = await new.run(back)
        await old.close()
        await new.close()
        return taken, again

    taken, again = asyncio.run(there_and_back())

    assert alike(again[0]) == alike(taken[0])
    assert again[1] == taken[1]


async def test_the_page_shows_words_as_they_are_and_runs_nothing(store):
    """Markup that somebody wrote is shown, not obeyed; nothing is fetched; every text is there."""
    words = ['<script src="http://x"></script>', "=1+1", "two\nlines", "\u202e right to left"]
    later = [("x", 1, NOW, [Frame("rest", answers={"a": "<b>later</b>"})], "self")]
    talk = [Frame("sit", answers={"word": "<i>now</i>"})]

    def made(tx):
        kept_words = [("sentence", text, "self") for text in words]
        me = live(tx, Person("", CONSENT, variables={"n": "<u>"}), kept_words, [EXAMPLE], later, talk)
        return documents(gather(tx, me, NOW), lambda line: f"[{line}]")

    name, body = (await store.run(made))["export_page"]
    page = body.decode()

    assert name == "befriend-2026-11-26.html"
    assert not re.search(r"<(?:script|b|i|u|img|link|iframe)\b|\bsrc=\"|\bhref=|url\(", page)
    assert all(text in page for text in ("&lt;script", "=1+1", "two\nlines", "\u202e right to left"))
    assert all(
        text in page for text in ("&lt;b&gt;later", "&lt;i&gt;now", "&lt;u&gt;", "ease", "[page_title]")
    )


async def test_what_is_too_large_for_a_file_is_not_sent(store):
    """Then a person can hand it over; half of it would be worse than none."""
    words = [("letter", "x" * 2**20, "self")] * 21
    desk = await store.run(
        lambda tx: Desk(tx, live(tx, Person("", CONSENT), words), NOW, 18, lambda _: Heard())
    )

    found = await store.run(lambda tx: ACTIONS["export"](desk, {}, {}))

    assert (found, desk.documents) == ({"exported": "", "asked": ""}, [])


# --- the document about it ----------------------------------------------------------------


def test_every_field_is_documented():
    """What is in the file stands in docs/privacy/export.md, and nothing that is not."""
    listed = {
        name
        for row in re.findall(r"^\| (`.+?`) \|", DOCUMENT.read_text(), re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }

    assert listed == {*belongings.Belongings.__struct_fields__, *(field.name for field in fields(Person))}


# --- saving -------------------------------------------------------------------------------


def test_a_saved_file_is_for_one_and_over_none(tmp_path):
    """Nobody else on the machine can read it, and what was there stays."""
    first, second = save(tmp_path, "../a.json", b"one"), save(tmp_path, "a.json", b"two")

    assert (first.name, second.name) == ("a.json", "a-2.json")
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert first.stat().st_mode & 0o777 == 0o600
    assert first.parent == tmp_path


# --- in the terminal ----------------------------------------------------------------------


def test_in_the_terminal_they_lie_where_the_chat_was_opened(tmp_path):
    """Two private files, whose place is said; where nothing can be written, that is said."""
    talk = [sys.executable, "-m", "bot", "talk", "--fast", "--data", str(tmp_path / "data")]
    home = {**os.environ, "PYTHONPATH": str(DOCUMENT.parents[2]), "HOME": str(tmp_path)}
    folder = tmp_path / "here"
    folder.mkdir()

    ran = subprocess.run(
        talk, cwd=folder, env=home, input="export\nyes\n", text=True, capture_output=True, check=True
    )
    shown = " ".join(ran.stdout.split())

    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == [".html", ".json"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert shown.count("Saved: ") == 2
    assert read(files[1].read_bytes()).person.consent == 0


# --- on Telegram --------------------------------------------------------------------------


async def test_both_documents_come_into_their_own_chat_and_can_be_saved(server, bot):
    """They are sealed while they wait, wiped when sent, and not protected from being saved."""
    sam, kim = server.person(7), server.person(8)
    async with bot.running():
        kim.says("hello")
        await kim.hears(2, timeout=WITHIN)
        sam.says("my secret zebra")
        await sam.hears(2, timeout=WITHIN)
        sam.says("/export")
        await sam.hears(timeout=WITHIN)
        sam.taps("Yes, send")
        heard = await sam.hears(5, timeout=WITHIN)
    calls = server.journal.of("sendDocument")

    assert [(bubble.kind, bubble.text[:8]) for bubble in heard[:2]] == [
        ("document", "All of i"),
        ("document", "The same"),
    ]
    assert [call.params["chat_id"] for call in calls] == [7, 7]
    assert not any("protect_content" in call.params for call in calls)
    uploads = [call.params["document"] for call in calls]
    assert all(isinstance(upload, Upload) for upload in uploads)
    assert b"my secret zebra" in uploads[0].content
    assert read(uploads[1].content).talk.places[0].answers["first_words"] == "my secret zebra"
    assert bot.rows("SELECT count(*) FROM outbox WHERE body IS NOT NULL") == [(0,)]
