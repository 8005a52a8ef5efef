"""What a look back is made of, which days belong to it, and how the same reads in words."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import faces
from bot.look.chart import Look
from bot.look.paper import Labels
from bot.look.rows import Day, Rows, Sheet, Sitting, gather
from bot.look.spans import NAMES, named, parts, span_of
from bot.model import CONSENT
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from tests.serving import small

NOW = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)
TODAY = date(2026, 11, 26)
LABELS = {
    "look_days": "Mon Tue Wed Thu Fri Sat Sun",
    "look_months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "look_faces": "very hard, hard, so-so, okay, good",
}


def words(line):
    return LABELS.get(line, line.removeprefix("look_"))


# --- what is kept -------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path):
    opened = SqliteStore.open(tmp_path / "data", Seal(b"l" * 32))
    yield opened
    await opened.close()


async def gathered(store, *kept, zone=UTC):
    """Keep rows of some kinds, and return what is made of them."""

    def work(tx):
        person = tx.person_at("telegram", "7")
        for kind, body in kept:
            tx.keep(person.id, kind, body if isinstance(body, str) else json.dumps(body))
        return gather(tx, person.id, zone)

    return await store.run(work)


async def test_what_others_keep_is_read(store):
    """Faces as check-ins note them, practices as their end notes them, on the person's own day and hour."""

    def note(tx):
        person = tx.person_at("telegram", "7")
        person.consent, person.variables["zone"] = CONSENT, "Asia/Tokyo"
        faces.note(tx, person, NOW, 4, "08:00")
        faces.note(tx, person, NOW, 0)
        noted = {"practice": "touch", "heavy": "7", "heavy_after": "", "felt": "ease", "at": NOW.isoformat()}
        tx.keep(person.id, "outcome", json.dumps(noted))
        return gather(tx, person.id, ZoneInfo("Asia/Tokyo"))

    found = await store.run(note)

    tomorrow = date(2026, 11, 27)
    assert found.days == [Day(tomorrow, 7, 4)]
    assert found.sittings == [Sitting(tomorrow, "touch", 7, None, "ease")]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("the dog came in", id="words"),
        pytest.param("[]", id="a list"),
        pytest.param({"at": "yesterday", "day": "2026-11-26", "face": 3}, id="no moment"),
        pytest.param({"at": "2026-11-26T09:00:00", "day": "2026-02-30", "face": 3}, id="no day"),
        pytest.param({"at": "2026-11-26T09:00:00", "day": "2026-11-26", "face": 9}, id="no face"),
        pytest.param({"at": "9999-12-31T23:59:59+00:00", "day": "x", "face": 3}, id="the end of time"),
    ],
)
async def test_what_cannot_be_read_is_left_out(store, body):
    """A file that was taken in may hold anything under these names."""
    good = {"at": NOW.isoformat(), "day": "2026-11-26", "face": 3, "slot": "", "new": 1}

    found = await gathered(store, ("face", body), ("face", good), ("month", "{}"), ("outcome", body))

    assert found.days == [Day(TODAY, 22, 3)]
    assert found.sheets == []


async def test_a_weight_beyond_the_scale_is_none(store):
    """And so is one that is no number."""
    noted = {"practice": "touch", "heavy": "11", "heavy_after": "-1", "felt": "", "at": NOW.isoformat()}

    found = await gathered(store, ("outcome", noted))

    assert found.sittings == [Sitting(TODAY, "touch", None, None, "")]


def test_how_days_were_is_not_printed():
    """Neither in a log nor in a traceback."""
    look = Look(Rows([Day(TODAY, 9, 1)], [], []), span_of("week", TODAY), Labels.of_lines(words), str)

    assert repr(look.rows) + repr(look) + repr(look.chart(dark=False)) == "Rows()Look()Chart()"


# --- which days ---------------------------------------------------------------------------


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.sampled_from(NAMES))
def test_each_day_of_a_stretch_is_told_once(today, name):
    """It ends today; its parts leave no day out and none twice."""
    span = span_of(name, today)

    told = [
        part.first + timedelta(days=at)
        for part in parts(span)
        for at in range((part.last - part.first).days + 1)
    ]

    days = (span.last - span.first).days + 1
    assert span.last == today
    assert told == [span.first + timedelta(days=at) for at in range(days)]
    assert {"week": days == 7, "month": days == 30, "year": 335 <= days <= 366}[name]
    assert len(parts(span)) in {"week": (7,), "month": (5, 6), "year": (12,)}[name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/look month", "month"),
        ("My YEAR", "year"),
        ("how was my week", "week"),
        ("/look", ""),
        ("weekend", ""),
    ],
)
def test_a_command_may_name_the_stretch(text, name):
    """As a word of its own."""
    assert named(text) == name


# --- in words -----------------------------------------------------------------------------


def text(name, *rows, today=TODAY):
    span = span_of(name, today)
    found = Rows([], [], [])
    for each in rows:
        {Day: found.days, Sitting: found.sittings, Sheet: found.sheets}[type(each)].append(each)
    look = Look(
        found.between(span.first, span.last), span, Labels.of_lines(words), {"touch": "Something to hold"}.get
    )
    return look.text()


def test_a_week_reads_day_by_day():
    """A day without anything is not there."""
    rows = [
        Day(date(2026, 11, 23), 9, 3),
        Day(date(2026, 11, 24), 9, 2),
        Day(date(2026, 11, 24), 20, 4),
        Day(date(2026, 11, 1), 9, 1),
        Sitting(date(2026, 11, 24), "touch", 7, 4, "ease"),
        Sitting(date(2026, 11, 25), "touch", None, None, "same"),
    ]

    assert text("week", *rows) == (
        "20 Nov \u2013 26 Nov\n\n"
        "Mon 23: so-so\nTue 24: hard, then okay\n\n"
        "heavy, before then after\nTue 24: 7, then 4\n\n"
        "ease\nSomething to hold: 1 of 2"
    )


def test_a_month_reads_week_by_week():
    """From Monday on; a day with several faces by the middle one."""
    rows = [
        Day(date(2026, 11, 1), 9, 5),
        Day(date(2026, 11, 2), 9, 1),
        Day(date(2026, 11, 2), 20, 2),
        Day(date(2026, 11, 8), 20, 4),
        Sitting(date(2026, 11, 3), "touch", 7, 4, ""),
        Sitting(date(2026, 11, 4), "touch", 5, 4, ""),
    ]

    assert text("month", *rows) == (
        "28 Oct \u2013 26 Nov\n\n"
        "week 28 Oct: Sun good\nweek 2 Nov: Mon hard, Sun okay\n\n"
        "heavy, before then after\nweek 2 Nov: 6, then 4"
    )


def test_a_year_reads_month_by_month():
    """With what was answered to the monthly questions."""
    rows = [
        *(Day(date(2026, 2, day), 9, face) for day, face in ((1, 5), (2, 5), (3, 1))),
        Day(date(2026, 11, 2), 9, 3),
        Sheet(date(2026, 11, 2), "kindness", (4, None)),
    ]

    assert text("year", *rows) == (
        "Dec 2025 \u2013 Nov 2026\n\nFeb: 2 good, 1 very hard\nNov: 1 so-so\n\nkind: own, others\nNov: 4, \u2013"
    )


def test_the_bots_own_lines_name_each_day_month_and_face(tmp_path):
    """Seven, twelve and five of them; none is missing."""
    from bot.knowledge import own

    content = small(tmp_path, welcome="\nflow: welcome\nsteps:\n  hi: {say: Hi., to: end}\n")

    labels = Labels.of_lines(lambda line: own(content, line, "en"))

    assert (len(labels.days), len(labels.months), len(labels.faces)) == (7, 12, 5)
    assert all(getattr(labels, name) for name in Labels.__struct_fields__)
