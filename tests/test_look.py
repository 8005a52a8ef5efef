"""A look back in the chat: as a picture and in words, in words alone, and without anyone else having to wait."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.channels.plain import bubble
from bot.desk import Desk
from bot.hearing import hear
from bot.look import easel, paper, picture, rows
from bot.look.easel import Easel
from bot.look_actions import BENEATH, LOOK_ACTIONS
from bot.model import CONSENT
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from tests.fakes.bodies import Upload
from tests.fakes.errors import bad_request
from tests.fakes.faults import refused
from tests.serving import WITHIN, small
from tests.test_look_picture import chart, full
from tests.test_look_rows import words

pytest_plugins = ["tests.fixtures"]

NOW = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)
SHOWS = """
flow: welcome
takes: [first_words]
steps:
  hello: {do: consent, to: begin}
  begin: {say: "Which?", ask: span, to: show}
  show: {do: {name: look, with: {span: "{span}"}}, to: begin}
"""


def notes(tx, person, *, days=20, now=NOW, face=3, practice="touch"):
    """Keep a face and a practice for each of some days."""
    for at in range(days):
        moment = now - timedelta(days=at)
        tx.keep(
            person.id, "face", json.dumps({"at": moment.isoformat(), "day": f"{moment:%F}", "face": face})
        )
        noted = {
            "practice": practice,
            "heavy": "7",
            "heavy_after": "5",
            "felt": "ease",
            "at": moment.isoformat(),
        }
        tx.keep(person.id, "outcome", json.dumps(noted))


# --- what actions do ----------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path):
    opened = SqliteStore.open(tmp_path / "data", Seal(b"l" * 32))
    yield opened
    await opened.close()


class House:
    """One person and their days."""

    def __init__(self, store):
        self.store, self.sent = store, []

    async def has(self, **how):
        await self.store.run(lambda tx: notes(tx, self.person(tx), **how))

    async def does(self, action, answers=(), *, now=NOW, agreed=True, **given):
        def work(tx):
            person = self.person(tx)
            person.consent = CONSENT if agreed else 0
            desk = Desk(tx, person, now, 18, hear, words)
            found = LOOK_ACTIONS[action](
                desk, {"as" if name == "how" else name: it for name, it in given.items()}, dict(answers)
            )
            tx.save_person(person)
            self.sent = desk.documents
            return found

        return await self.store.run(work)

    @staticmethod
    def person(tx):
        person = tx.person_at("telegram", "7")
        person.consent = CONSENT
        tx.save_person(person)
        return person


@pytest.fixture
def house(store):
    return House(store)


async def test_nothing_is_there_of_someone_new(house):
    """And nothing is sent."""
    assert await house.does("look_state") == {"look_any": "", "look_as": "light", "look_due": "yes"}
    assert (await house.does("look", span="month"))["look_shown"] == ""
    assert house.sent == []


@pytest.mark.parametrize(("days", "shown"), [(1, "little"), (2, "little"), (3, "yes"), (20, "yes")])
async def test_little_is_said_to_be_little_and_shown_all_the_same(house, days, shown):
    """From three days on it is a look."""
    await house.has(days=days)

    found = await house.does("look", span="month")

    assert found["look_shown"] == shown
    assert len(house.sent) == 1


async def test_what_the_numbers_carry_is_told_with_how_many(house):
    """Twenty practices, each lighter after."""
    await house.has()

    found = await house.does("look", span="month")

    assert (found["look_told"], found["look_on"], found["look_of"]) == ("practices_lighter", "20", "20")
    assert found["look_hard"] == ""


async def test_many_hard_days_are_told_of(house):
    """So that help can be named."""
    await house.has(face=1)

    assert (await house.does("look", span="week"))["look_hard"] == "yes"


async def test_light_is_where_nothing_was_chosen_and_a_choice_is_remembered(house):
    """Light, dark, or the words alone; anything else changes nothing."""
    await house.has()
    shown = []
    for how in ("", "dark", "purple", "text", "light"):
        await house.does("look_style", how=how)
        await house.does("look", span="week")
        drawing = house.sent[0].drawing
        shown.append("text" if not drawing else "dark" if json.loads(drawing)["dark"] else "light")

    assert shown == ["light", "dark", "dark", "text", "light"]
    assert (await house.does("look_state"))["look_as"] == "light"


async def test_the_words_stand_with_the_picture(house):
    """The same words as without it; a transcript names both."""
    await house.has(days=2)
    await house.does("look", span="week")
    with_picture = house.sent
    await house.does("look_style", how="text")
    await house.does("look", span="week")

    assert with_picture[0].text == house.sent[0].text
    assert bubble(with_picture[0])[:3] == [
        "bot: (picture look/week) 20 Nov \u2013 26 Nov",
        "   |",
        "   | Wed 25: so-so",
    ]


async def test_words_that_are_too_long_for_a_picture_come_after_it(house):
    """Telegram takes 1,024 characters beneath a picture."""

    def much(tx):
        person = house.person(tx)
        for at in range(364):
            moment, name = NOW - timedelta(days=at), f"{'long ' * 20}{at % 4}"
            notes(tx, person, days=1, now=moment, face=1 + at % 5, practice=name)
            sheet = {
                "at": f"{NOW:%FT%TZ}",
                "day": f"{moment:%F}",
                "of": "kindness",
                "answers": [4, 7],
            }
            tx.keep(person.id, rows.MONTH, json.dumps(sheet))

    await house.store.run(much)

    await house.does("look", span="year")

    short, long = house.sent
    assert (short.text, bool(short.drawing)) == ("Dec 2025 \u2013 Nov 2026", True)
    assert long.text.startswith(short.text)
    assert BENEATH < len(long.text) < 4_096
    assert not long.drawing


async def test_days_are_those_of_the_persons_own_clock(house):
    """Late in the evening in London it is tomorrow in Tokyo."""
    await house.has(days=1)
    await house.store.run(lambda tx: tx.save_person(_in_tokyo(house.person(tx))))

    await house.does("look", span="week")

    assert house.sent[0].text.startswith("21 Nov \u2013 27 Nov")


def _in_tokyo(person):
    person.variables["zone"] = "Asia/Tokyo"
    return person


# --- two questions, once a month ----------------------------------------------------------


async def asks(house, *numbers, **how):
    """Answer question after question; return the last that was brought."""
    found = await house.does("look_ask", **how)
    for number in numbers:
        found = await house.does("look_ask", found.items(), number=number, **how)
    return found


async def kept(house):
    return await house.store.run(lambda tx: rows.gather(tx, house.person(tx).id).sheets)


async def test_both_are_asked_and_kept_and_not_asked_again_this_month(house):
    """After four weeks they are."""
    first = await asks(house)
    last = await asks(house, "4", "9")

    assert first["look_item"].startswith("How kind was I to myself")
    assert first["look_scale"].splitlines() == [str(number) for number in range(11)]
    assert (last["look_more"], [each.answers for each in await kept(house)]) == ("", [(4, 9)])
    assert (await house.does("look_state"))["look_due"] == ""
    assert (await house.does("look_state", now=NOW + timedelta(days=28)))["look_due"] == "yes"


@pytest.mark.parametrize(
    ("numbers", "answers"),
    [(("-", "9"), [(None, 9)]), (("4", "-"), [(4, None)]), (("-", "-"), []), (("4",), [])],
    ids=str,
)
async def test_a_question_may_be_left_out(house, numbers, answers):
    """Both left out is nothing to keep, and neither is a talk that ended in the middle."""
    await asks(house, *numbers)

    assert [each.answers for each in await kept(house)] == answers


async def test_nothing_is_kept_without_a_yes_to_storing(house):
    """Not even what was answered."""
    await asks(house, "4", "9", agreed=False)

    assert await kept(house) == []
    assert (await house.does("look_state", agreed=False))["look_due"] == ""


# --- drawn when it is sent ----------------------------------------------------------------


async def test_others_go_on_while_a_picture_is_drawn():
    """It is made in another process, and nothing but the numbers goes there."""
    turns, easel = 0, Easel()
    drawing = asyncio.ensure_future(easel.draw(paper.write(chart("year", full(per=3)))))
    while not drawing.done():
        await asyncio.sleep(0.001)
        turns += 1

    assert Image.open(BytesIO(await drawing)).width == picture.WIDTH
    assert turns > 10


async def test_one_is_drawn_at_a_time(monkeypatch):
    """Many who look at once do not take the machine from those who talk."""
    at_once, most, draws = 0, 0, easel._draw

    def counted(body):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        made = draws(body)
        at_once -= 1
        return made

    monkeypatch.setattr(easel, "_draw", counted)
    one = Easel()
    made = await asyncio.gather(*(one.draw(paper.write(chart("week", full()))) for _ in range(3)))

    assert most == 1
    assert len(set(made)) == 1
    assert made[0].startswith(b"\x89PNG")


async def test_what_draws_is_told_no_secret(monkeypatch, tmp_path):
    """Neither the token nor where the data lies: its environment is empty but for where our code is."""
    spy = tmp_path / "spy"
    spy.write_text("#!/bin/sh\nenv\n")
    spy.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(spy))
    monkeypatch.setenv("BEFRIEND_TOKEN", "42:zebra")

    told = await Easel().draw(b"{}")

    assert b"PYTHONPATH=" in told
    assert b"zebra" not in told


@pytest.mark.parametrize("how", ["no such program", "not a chart"])
async def test_what_cannot_be_drawn_is_none(monkeypatch, how):
    """The words go out alone then."""
    if how == "no such program":
        monkeypatch.setattr(sys, "executable", "/nowhere/python")

    assert await Easel().draw(b"{}") == b""


@pytest.fixture
def shows(tmp_path):
    return small(tmp_path, welcome=SHOWS)


async def looked(bot, server, shows, *, spoilt=False):
    """Have a person with some days ask for a month; return what they heard, and what calls were made."""
    sam = server.person(7)
    async with bot.running(shows) as store:
        sam.says("hello")
        await sam.hears(1, timeout=WITHIN)
        await store.run(lambda tx: notes(tx, tx.person_at("telegram", "7"), now=datetime.now(UTC)))
        if spoilt:
            server.faults.add("sendPhoto", refused(bad_request("PHOTO_INVALID_DIMENSIONS")))
        sam.says("month")
        return await sam.hears(2, timeout=WITHIN), server.journal.of("sendPhoto")


async def test_it_comes_as_a_photo_with_its_words(server, bot, shows):
    """Into their own chat, before the next question; sealed while it waits, wiped when sent, and on no disk."""
    heard, calls = await looked(bot, server, shows)

    assert [each.kind for each in heard] == ["photo", "text"]
    assert "so-so" in heard[0].text
    assert [call.params["chat_id"] for call in calls] == [7]
    upload = calls[0].params["photo"]
    assert isinstance(upload, Upload)
    assert Image.open(BytesIO(upload.content)).width == picture.WIDTH
    assert bot.rows("SELECT count(*) FROM outbox WHERE body IS NOT NULL") == [(0,)]
    held = b"".join(file.read_bytes() for file in (bot.folder / "data").rglob("*") if file.is_file())
    assert upload.content[100:160] not in held
    assert b'"weights"' not in held


@pytest.mark.parametrize("why", ["not drawn", "refused"])
async def test_the_words_go_out_alone_where_the_picture_cannot(server, bot, shows, monkeypatch, why):
    """A library that is gone, a picture that Telegram will not have: nobody is left without an answer."""
    if why == "not drawn":
        monkeypatch.setattr(sys, "executable", "/nowhere/python")

    heard, _ = await looked(bot, server, shows, spoilt=why == "refused")

    assert [each.kind for each in heard] == ["text", "text"]
    assert "so-so" in heard[0].text
