"""What is gathered of a person, written, read and given back: field by field, and what is refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot import belongings
from bot.asides import ASIDE, HELD, LAST
from bot.belongings import (
    BadExport,
    Belongings,
    Chat,
    Kept,
    Later,
    Number,
    Talk,
    gather,
    read,
    restore,
    write,
)
from bot.belongings import Place as At
from bot.model import CONSENT, Arrival, Lock, Outbound, Person, Timer
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.session import Frame, Session

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
BEFORE, SOON = NOW - timedelta(minutes=5), NOW + timedelta(days=1)
NOTE = {"practice": "break", "felt": "ease"}
NOT_OURS = "This is no file of /export, or it was changed: "
SOMEBODY = Person("", CONSENT, NOW.isoformat(), variables={"asked_at": NOW.isoformat()})
SIT, REST = (
    Session([Frame("sit", step="word", answers={"word": "kite"})]).to_json(),
    Session([Frame("rest", step="it", answers={"a": "b"})]).to_json(),
)


@pytest.fixture
async def store():
    store = SqliteStore.in_memory(Seal(b"b" * 32))
    store.clock = BEFORE.timestamp
    yield store
    await store.close()


def some(**changes):
    """Return what somebody takes along."""
    whole = {
        "made": NOW,
        "chat": Chat("telegram", "7"),
        "person": replace(SOMEBODY, lock=Lock(word="00:00")),
        "kept": [Kept("sentence", "zebra", "grief")],
        "outcomes": [NOTE],
        "timers": [Later("aside:rest", SOON, 3, [], REST.decode(), "safety")],
        "talk": Talk([], SIT.decode()),
        "numbers": [Number("message", 41, NOW)],
        "set_aside": ["zebra"],
    }
    return Belongings(**{**whole, **changes})


# --- gathering --------------------------------------------------------------------------


async def test_all_of_it_is_gathered(store):
    """From every place, each with its moment in UTC; the word of the lock stays here."""

    def turn(tx):
        me = replace(tx.person_at("telegram", "7"), consent=CONSENT, lock=Lock(word="00:00"), country="IE")
        tx.keep(me.id, "sentence", "mine")
        tx.keep(me.id, "letter", "hers", "grief")
        for compartment in ("self", "safety"):
            tx.keep(me.id, "outcome", json.dumps(NOTE), compartment)
        for text in ('{"felt":"ease"}', "[1]", "none"):
            tx.keep(me.id, "outcome", text)
        tx.set_timer(me.id, "aside:rest", 3, SOON, REST, "grief")
        tx.set_timer(me.id, "letter", 1, NOW, b"plain")
        tx.save_session(me.id, SIT)
        tx.sent(tx.promise(me.id, Outbound(text="x")).id, 41)
        tx.quarantine(tx.arrive([Arrival("telegram", 13, "7", b"zebra \xff")])[0].id, "error")
        return me, gather(tx, me, NOW.astimezone(timezone(timedelta(hours=2))))

    me, found = await store.run(turn)

    assert found == Belongings(
        made=NOW,
        chat=Chat("telegram", "7"),
        person=replace(me, lock=Lock()),
        kept=[
            Kept("letter", "hers", "grief"),
            Kept("outcome", json.dumps(NOTE), "safety"),
            *(Kept("outcome", text) for text in ('{"felt":"ease"}', "[1]", "none")),
            Kept("sentence", "mine"),
        ],
        outcomes=[NOTE],
        timers=[
            Later("letter", NOW, 1, [], "plain"),
            Later("aside:rest", SOON, 3, [At("rest", "it", {"a": "b"})], REST.decode(), "grief"),
        ],
        talk=Talk([At("sit", "word", {"word": "kite"})], SIT.decode()),
        numbers=[Number("message", 41, BEFORE)],
        set_aside=["zebra \ufffd"],
    )
    assert {moment.tzinfo for moment in (found.made, found.timers[0].due, found.numbers[0].since)} == {UTC}
    assert found.made.tzinfo is found.timers[0].due.tzinfo is UTC


@pytest.mark.parametrize(
    ("flows", "left"),
    [
        pytest.param(["sit", "export"], ["sit"], id="export"),
        pytest.param(["sit", "forget", "export"], ["sit"], id="export over forget"),
        pytest.param(["sit", "rest"], ["sit", "rest"], id="neither"),
        pytest.param(["forget"], None, id="nothing else"),
        pytest.param([], None, id="nothing"),
    ],
)
async def test_the_talk_in_which_it_is_asked_for_is_none_of_it(store, flows, left):
    """What it was laid over is."""

    def turn(tx):
        me = tx.person_at("telegram", "7")
        if flows:
            tx.save_session(me.id, Session([*map(Frame, flows)]).to_json())
        return gather(tx, me, NOW).talk

    talk = await store.run(turn)

    assert talk == (
        left and Talk([At(flow, "", {}) for flow in left], Session([*map(Frame, left)]).to_json().decode())
    )


def test_how_much_there_is_is_told_without_a_word():
    """Each setting counts that is not as for everyone; so does each that a flow keeps."""
    everyone = some(person=Person("", CONSENT), talk=None)
    person = Person(
        "", CONSENT, country="IE", locale="en", way="quiet", warmth="tender", risk="no", variables={"a": "b"}
    )

    assert everyone.counts == {"kept": 1, "outcomes": 1, "timers": 1, "settings": 0, "talks": 0}
    assert some(person=person).counts == {"kept": 1, "outcomes": 1, "timers": 1, "settings": 6, "talks": 1}


def test_none_of_it_shows_what_it_holds():
    """Only what it is: it may stand in a log."""
    found = some()

    assert [
        repr(each) for each in (found, found.chat, *found.kept, *found.timers, *found.numbers, found.talk)
    ] == [f"{name}()" for name in ("Belongings", "Chat", "Kept", "Later", "Number", "Talk")]


# --- the file ---------------------------------------------------------------------------


def test_a_file_is_read_as_it_was_written():
    """It can be read by people too, and padded up to the limit."""
    file = write(some())

    assert file.startswith(
        b'{\n  "befriend": "export",\n  "version": 1,\n  "made": "2026-11-26T09:00:00Z",\n'
    )
    assert read(file.ljust(belongings.LARGEST)) == some()


def test_a_file_that_is_too_large_is_not_looked_into():
    """The limit is named."""
    with pytest.raises(BadExport) as refused:
        read(write(some()).ljust(belongings.LARGEST + 1))

    assert str(refused.value) == "The file is larger than 20 MB."


@pytest.mark.parametrize("written", [b"", b"\xff", b"{}", b"[" * 100_000, b'{"a": "\\ud800"}'])
def test_what_is_no_file_of_ours_is_refused(written):
    """Kindly, and without an error of ours."""
    with pytest.raises(BadExport) as refused:
        read(written)

    assert str(refused.value).startswith(NOT_OURS)


CONSENT_TOLD = f"consent is %d, and this befriend knows versions up to {CONSENT}"
LATER = {"due": SOON.isoformat(), "generation": 1, "places": [], "state": "{}"}


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        pytest.param(
            "befriend", "zebra - at `$.x`\nz", "Invalid enum value - at `$.befriend`", id="another file"
        ),
        pytest.param("version", 2, "Invalid enum value - at `$.version`", id="another version"),
        pytest.param(
            "kept",
            [{"kind": "a", "text": "b", "compartment": "zebra"}],
            "Invalid enum value - at `$.kept[0].compartment`",
            id="a compartment that is none",
        ),
        *(
            pytest.param(
                "timers",
                [{**LATER, "key": "a", "generation": number}],
                "generation is no number of a timer's",
                id=f"generation {number}",
            )
            for number in (2**63, 2**70, -(2**63) - 1)
        ),
        pytest.param(
            "person.consent", CONSENT + 1, CONSENT_TOLD % (CONSENT + 1), id="a yes to what is not yet"
        ),
        pytest.param("person.consent", -1, CONSENT_TOLD % -1, id="less than no"),
        pytest.param("person.consented_at", "zebra", "consented_at is no moment", id="no moment"),
        pytest.param("person.consented_at", "2026-11-26", "consented_at is no moment", id="a day of no zone"),
        pytest.param(
            "person.risk_at", "2026-11-26T09:00", "risk_at is no moment", id="a moment without a zone"
        ),
        pytest.param("person.last_seen", "zebra", "last_seen is no moment", id="no day"),
        pytest.param("person.introduced", "zebra", "introduced is no moment", id="no first day"),
        *(
            pytest.param("person.variables", {name: "zebra"}, "asked_at or kept_at is no moment", id=name)
            for name in ("asked_at", "hidden_at", "gate_at", "passed_at", "no_at", "door_at")
        ),
        pytest.param(
            "person.kept_at", {"a": "2026-11-26"}, "asked_at or kept_at is no moment", id="of keeping"
        ),
        pytest.param(
            "person.seen", "zebra!", "Invalid base64 encoded string - at `$.person.seen`", id="no bytes"
        ),
        pytest.param(
            "kept",
            [{"kind": 7, "text": "zebra"}],
            "Expected `str`, got `int` - at `$.kept[0].kind`",
            id="no text",
        ),
        pytest.param("talk.state", "zebra", "JSON is malformed: invalid character (byte 0)", id="no talk"),
        pytest.param(
            "talk.state", '{"frames": []}', "the open talk has no place", id="a talk without a place"
        ),
        pytest.param(
            "timers", None, "Expected `array`, got `null` - at `$.timers`", id="nothing set for later"
        ),
        *(
            pytest.param(
                "timers",
                [{"key": f"{key}rest", **LATER}],
                "Object missing required field `frames`",
                id=f"{key} nothing",
            )
            for key in (ASIDE, HELD, LAST)
        ),
    ],
)
def test_a_file_that_would_stop_somebody_is_refused(place, value, said):
    """The reason names a field, and no word of what stands there."""
    file = json.loads(write(some()))
    *ways, last = place.split(".")
    found = file
    for way in ways:
        found = found[way]
    found[last] = value

    with pytest.raises(BadExport) as refused:
        read(json.dumps(file).encode())
    assert str(refused.value) == NOT_OURS + said


@pytest.mark.parametrize(
    "taken",
    [
        pytest.param(some(person=Person("", 0)), id="a stranger"),
        pytest.param(some(person=Person("", 1, last_seen="2026-11-26", introduced="2026-11-26")), id="days"),
        pytest.param(some(person=Person("", CONSENT, kept_at={"a": NOW.isoformat()})), id="kept things"),
        pytest.param(some(talk=None), id="no talk"),
        pytest.param(some(timers=[Later("letter", NOW, 1, [], "plain")]), id="a timer without a talk"),
        *(
            pytest.param(some(timers=[Later("letter", NOW, number, [], "plain")]), id=f"generation {number}")
            for number in (2**63 - 1, -(2**63))
        ),
    ],
)
def test_what_a_person_may_have_is_taken(taken):
    """As it is."""
    assert read(write(taken)) == taken


# --- taking in --------------------------------------------------------------------------


@pytest.mark.parametrize("talk", [SIT, None])
async def test_what_was_taken_along_is_there_again(store, talk):
    """In its compartments and at its times; numbers of another chat stay behind, and no lock is taken in."""
    found = some(talk=talk and Talk([], talk.decode()))

    def turn(tx):
        me = tx.person_at("terminal", "me")
        tx.save_session(me.id, REST)
        restore(tx, me, found)
        kept = {kind: tx.kept_in(me.id, kind) for kind in tx.kinds(me.id)}
        return me.id, tx.person(me.id), kept, tx.timers(me.id), tx.session(me.id), tx.numbers(me.id)

    me, person, kept, timers, session, numbers = await store.run(turn)

    assert person == replace(found.person, id=me, lock=Lock())
    assert kept == {"outcome": [("self", json.dumps(NOTE))], "sentence": [("grief", "zebra")]}
    assert timers == [Timer("aside:rest", 3, SOON.timestamp(), "safety", REST)]
    assert (session[0], numbers) == (talk, [])
