"""Everything that is held of a person, as they can take it along: see ``docs/privacy/export.md``."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from bot.asides import ASIDE, HELD, LAST
from bot.model import CONSENT, Compartment, Lock, Person, Timer
from bot.ports import Tx
from bot.sentences import DAYS as SENTENCE_DAYS
from flows.session import from_json

OUTCOME = "outcome"  # kind of the notes on how a practice went
MEASURES = frozenset({"face", "month"})  # kinds of notes on how days and months were: no words of anyone's
BESIDE = MEASURES | {SENTENCE_DAYS}  # kinds that are nothing kept by itself
ASKING = frozenset({"export", "forget"})  # flows in which a person asks for this
LARGEST = 20 * 2**20  # bytes of a file: a thousand long letters and more; Telegram takes 50 MB
MOMENTS, DAYS = ("consented_at", "risk_at"), ("last_seen", "introduced")
VALUE = re.compile(
    r"(Invalid enum value) .*(?= - at `\$)", re.DOTALL
)  # of msgspec's, which may be a word of theirs
GENERATIONS = 2**63  # what a row takes
NOTED = (  # moments among what flows noted
    "asked_at", "hidden_at", "gate_at", "passed_at", "no_at", "door_at",
)  # fmt: skip


class BadExport(Exception):
    """A file cannot be taken in. The message says what of it, and holds none of its words."""


class _Quiet(msgspec.Struct):
    def __repr__(self) -> str:  # without what a person wrote
        return f"{type(self).__name__}()"


class Chat(_Quiet):
    """Where the person is written to."""

    channel: str
    name: str


class Kept(_Quiet):
    """Something that the person asked to keep; ``compartment`` is what it can be erased with."""

    kind: str
    text: str
    compartment: Compartment = "self"


class Place(_Quiet):
    """Where a talk stands in one flow, and what was answered there."""

    flow: str
    step: str
    answers: dict[str, str]


class Later(_Quiet):
    """Something that is set for later; ``state`` is what the bot needs to go on, ``places`` the same for reading."""

    key: str
    due: datetime
    generation: int
    places: list[Place]
    state: str
    compartment: Compartment = "self"


class Talk(_Quiet):
    """The open talk, told twice like ``Later``."""

    places: list[Place]
    state: str


class Number(_Quiet):
    """The channel's number of a message of the bot's, or of something that came."""

    of: str
    number: int
    since: datetime


class Belongings(_Quiet, kw_only=True):
    """All of it. Lives until it is sent, or taken in."""

    befriend: Literal["export"] = "export"
    version: Literal[1] = 1
    made: datetime
    chat: Chat
    person: Person
    kept: list[Kept]
    outcomes: list[dict[str, Any]]
    timers: list[Later]
    talk: Talk | None
    numbers: list[Number]
    set_aside: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """How much there is of what; no words."""
        return {
            "kept": len([kept for kept in self.kept if kept.kind not in BESIDE]),
            "outcomes": len(self.outcomes) + len([kept for kept in self.kept if kept.kind in MEASURES]),
            "timers": len(self.timers),
            "settings": _settings(self.person),
            "talks": int(self.talk is not None),
        }


def _settings(person: Person) -> int:
    chosen = (person.country, person.locale, person.way, person.warmth != Person("").warmth, person.risk)
    return sum(map(bool, chosen)) + len(person.variables)


# --- gathering ----------------------------------------------------------------------------


def gather(tx: Tx, person: Person, now: datetime) -> Belongings:
    """Return what is held of a person."""
    channel, name = tx.address(person.id)
    kept, outcomes = _kept(tx, person.id)
    return Belongings(
        made=now.astimezone(UTC),
        chat=Chat(channel, name),
        person=replace(
            person, lock=Lock()
        ),  # their secret word is for here, and its hash for nobody to guess at
        kept=kept,
        outcomes=outcomes,
        timers=[_later(timer) for timer in tx.timers(person.id)],
        talk=_talk(tx.session(person.id)[0]),
        numbers=[Number(of, number, _moment(since)) for of, number, since in tx.numbers(person.id)],
        set_aside=[body.decode(errors="replace") for body in tx.put_aside(person.id)],
    )


def _kept(tx: Tx, person: str) -> tuple[list[Kept], list[dict[str, Any]]]:
    kept: list[Kept] = []
    outcomes: list[dict[str, Any]] = []
    for kind in tx.kinds(person):
        for compartment, text in tx.kept_in(person, kind):
            noted = _noted(text) if (kind, compartment) == (OUTCOME, "self") else None
            if noted is None:
                kept.append(Kept(kind, text, compartment))
            else:
                outcomes.append(noted)
    return kept, outcomes


def _noted(text: str) -> dict[str, Any] | None:
    """Return a note on a practice as it reads; None if it would not come back letter by letter."""
    try:
        noted = json.loads(text)
    except ValueError:
        return None
    return noted if isinstance(noted, dict) and json.dumps(noted) == text else None


def _later(timer: Timer) -> Later:
    due, places = _moment(timer.due), _places(timer.body)
    return Later(timer.key, due, timer.generation, places, timer.body.decode(), timer.compartment)


def _talk(body: bytes | None) -> Talk | None:
    """Return the open talk without the one in which the person asks for this."""
    if body is None:
        return None
    session = from_json(body)
    asked = next((at for at, frame in enumerate(session.frames) if frame.flow in ASKING), None)
    if asked is not None:
        del session.frames[asked:]
    state = session.to_json()
    return Talk(_places(state), state.decode()) if session.frames else None


def _places(body: bytes) -> list[Place]:
    """Return a talk for reading; nothing for a timer that holds none."""
    try:
        frames = from_json(body).frames
    except msgspec.MsgspecError:
        return []
    return [Place(frame.flow, frame.step, frame.answers) for frame in frames]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# --- as a file ----------------------------------------------------------------------------


def write(belongings: Belongings) -> bytes:
    """Return the file for machines."""
    return msgspec.json.format(msgspec.json.encode(belongings))


def read(file: bytes) -> Belongings:
    """Return what a file for machines holds.

    Raises:
        BadExport: It is none, or something in it would stop the person's next turn.

    """
    if len(file) > LARGEST:
        raise BadExport(f"The file is larger than {LARGEST // 2**20} MB.")
    try:
        found = _decoder.decode(file)
        _check(found)
    except (
        ValueError,
        RecursionError,
    ) as error:  # msgspec's own errors are ValueErrors, and name a field
        told = VALUE.sub(r"\1", str(error))
        raise BadExport(f"This is no file of /export, or it was changed: {told}") from None
    return found


def _check(found: Belongings) -> None:
    person = found.person
    for name in MOMENTS:
        _check_moment(name, getattr(person, name), aware=True)
    for name in DAYS:
        _check_moment(name, getattr(person, name), aware=False)
    noted = (person.variables.get(name, "") for name in NOTED)
    for text in (*noted, *person.kept_at.values()):
        _check_moment("asked_at or kept_at", text, aware=True)
    if not 0 <= person.consent <= CONSENT:
        raise ValueError(f"consent is {person.consent}, and this befriend knows versions up to {CONSENT}")
    for timer in found.timers:
        if not -GENERATIONS <= timer.generation < GENERATIONS:
            raise ValueError("generation is no number of a timer's")
        if timer.key.startswith((ASIDE, HELD, LAST)):
            from_json(timer.state.encode())
    if found.talk and not from_json(found.talk.state.encode()).frames:
        raise ValueError("the open talk has no place")


def _check_moment(name: str, text: str, *, aware: bool) -> None:
    try:
        good = not text or bool(datetime.fromisoformat(text).tzinfo) >= aware
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"{name} is no moment")


# --- taking in ----------------------------------------------------------------------------


def restore(tx: Tx, person: Person, found: Belongings) -> None:
    """Give a person, of whom nothing is held, what they took along; numbers of another chat stay behind."""
    tx.save_person(replace(found.person, id=person.id, lock=Lock()))
    for kept in found.kept:
        tx.keep(person.id, kept.kind, kept.text, kept.compartment)
    for noted in found.outcomes:
        tx.keep(person.id, OUTCOME, json.dumps(noted))
    for timer in found.timers:
        body = timer.state.encode()
        tx.set_timer(person.id, timer.key, timer.generation, timer.due, body, timer.compartment)
    tx.save_session(person.id, found.talk.state.encode() if found.talk else None)


_decoder = msgspec.json.Decoder(Belongings)
