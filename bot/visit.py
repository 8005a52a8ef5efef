"""One message's way through the bot: what was heard, where the talk goes on, what is answered and remembered."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from bot import commands, knowledge, replies
from bot.model import Inbound, Pending, Person, Press, Promised
from bot.ports import Tx
from bot.talk import ASIDE, FLOW, Talk
from flows import engine
from flows.answers import match_choice
from flows.model import Step
from flows.turn import (
    WARMTHS,
    Back,
    Chosen,
    Correct,
    Heard,
    Input,
    Less,
    More,
    Repeat,
    Say,
    Show,
    Skip,
    Text,
    TimedOut,
)

AWAY = timedelta(days=7)  # after this the bot says again that it is a program (Utah HB 452)
ASKED = timedelta(hours=24)  # the direct question is not asked twice within this (safety.md R4)
LATER = timedelta(minutes=15)  # a talk that was put aside waits this long, again and again, for another to end
IDLE = timedelta(minutes=30)  # a talk left alone for longer than this may be laid over
RISKY = frozenset({"direct", "helpnow", "safer", "door"})  # flows in which risk is being talked about
OWN = frozenset({"", "suicide", "selfharm", "past", "passive"})  # doors that the direct question fits
MOVES: Mapping[str, Input] = {"back": Back(), "skip": Skip(), "change": Correct()}
LAID: Mapping[str, str] = {"now": "helpnow", "cant_think": "concrete", "zone": "zone"}  # laid over a talk
TIMER = "timer"
_encode = msgspec.json.Encoder().encode


class Visit:
    """Lives for one call of ``Conversation.receive``."""

    def __init__(self, shared: knowledge.Shared, tx: Tx, pending: Pending, heard: Heard) -> None:
        self.tx, self.heard = tx, heard
        self.now = shared.clock.now()
        self.person = self._find(pending)
        self._before = _encode(self.person)
        seed = zlib.crc32(f"{shared.seed}:{pending.id}".encode())
        self.talk = Talk(shared, tx, self.person, self.now, seed, heard)

    @property
    def promised(self) -> list[Promised]:
        """What is to be sent."""
        return self.talk.promised

    def _find(self, pending: Pending) -> Person:
        arrival = pending.arrival
        channel = json.loads(arrival.body)["channel"] if arrival.channel == TIMER else arrival.channel
        return self.tx.person_at(channel, arrival.address)

    # --- what came ---

    def take(self, inbound: Inbound) -> None:
        """Do what this message asks for."""
        if inbound.kind in ("text", "choice"):
            self.person.paused = False  # who writes is here
            if self.heard.risk == "none":
                self._introduce()
        match inbound.kind:
            case "left":
                self.person.paused = True
            case "returned":
                self.person.paused = False
            case "timer":
                self._timer(inbound)
            case "unheard":
                self._unheard(inbound)
            case "entered":
                self.talk.begin(inbound.flow) if inbound.flow else self._repeat()
            case "edited":
                self._risky(inbound)  # what was corrected is screened, and not answered twice
            case "choice" | "text":
                (self._choice if inbound.kind == "choice" else self._text)(inbound)

    def _unheard(self, inbound: Inbound) -> None:
        if inbound.text and self._risky(inbound):
            return
        self.talk.say("unheard", keyboard=True)
        self._repeat()

    def _timer(self, inbound: Inbound) -> None:
        key, generation = inbound.timer or ("", 0)
        if key == FLOW and self.talk.session is not None and not self.person.paused:
            self._resume(TimedOut(generation))
        elif key.startswith(ASIDE):
            self._take_up(key, generation, inbound.aside)

    def _take_up(self, key: str, generation: int, aside: bytes) -> None:
        """Go on with a talk that was put aside, once nothing else is being talked about."""
        if self.person.paused or self._busy() or self._acute():
            self.tx.set_timer(self.person.id, key, generation, self.now + LATER, aside)
        else:
            self.talk.take_up(aside)

    def _busy(self) -> bool:
        session = self.talk.session
        if session is None:
            return False
        lately = self.now.timestamp() - session.touched < IDLE.total_seconds()
        return lately or self.talk.delicate or self.talk.open(*RISKY)

    def _acute(self) -> bool:
        """Whether danger was spoken of within a day, and not taken back."""
        known = self.person.risk not in ("", "no") and self.person.risk_at
        return bool(known and self.now - datetime.fromisoformat(self.person.risk_at) < ASKED)

    def _choice(self, inbound: Inbound) -> None:
        press = inbound.press or Press("", "", "", "")
        if self.talk.session is None or not press.flow:
            self.talk.promise(replies.closed(inbound.message, None))
            self.talk.say("stale")
            self._calm()
            return
        if press.prompt and press.prompt == self.talk.session.answered:
            return  # tapped twice: the first one counts
        top = self.talk.session.top
        if (press.flow, press.step, press.prompt) == (top.flow, top.step, self.talk.session.prompt):
            self._close(inbound)
        else:
            self.talk.promise(replies.closed(inbound.message, None))
        self._resume(Chosen(press.choice, press.prompt))

    def _text(self, inbound: Inbound) -> None:
        if self._risky(inbound):
            return
        if not replies.writable(inbound.text):
            self.talk.say("broken")
            self._repeat()
            return
        self._close(inbound)
        command = commands.recognise(inbound.text)
        if command and not self._chooses(inbound.text, command):
            self._command(command)
        elif self.talk.session is not None:
            self._words(inbound.text)
        else:
            self._first(inbound.text)

    def _words(self, text: str) -> None:
        step = self.talk.step
        if self.heard.topic == "about_bot" and not (self._met_here(step) or self.talk.delicate):
            self.talk.say("about")  # asked what it is, the bot says so in every state
            self._repeat()
        elif self.heard.intent == "stop" and not (step and step.ask):
            self._stop()
        else:
            self._resume(Text(text))

    def _met_here(self, step: Step | None) -> bool:
        """Whether a flow answers questions about the bot by itself: talks do where they ask, others by a branch."""
        if step is None or not self.talk.session:
            return False
        talk = self.talk.content.flows[self.talk.session.top.flow].flow.kind == "talk"
        return bool(talk and step.ask) or any("about_bot" in branch.condition.heard for branch in step.when)

    def _chooses(self, text: str, command: str) -> bool:
        """Whether a plain word is a choice of the present question; help and stop are always themselves."""
        if text.startswith("/") or command in ("now", "stop") or self.talk.session is None:
            return False
        return match_choice(text, self.talk.offers()) is not None

    def _first(self, text: str) -> None:
        """Words that open a talk are answered first, and never have to be typed again."""
        self.talk.know({"first_words": text})
        self._calm()

    # --- safety ---

    def _risky(self, inbound: Inbound) -> bool:
        """Answer risk before anything else; False if there is none to answer."""
        if self.heard.risk == "none":
            return False
        self._close(inbound)
        if self.heard.risk == "crisis" and not self.talk.open("direct"):
            self.talk.begin("helpnow")
        elif self.talk.open(*RISKY):  # the words to which the direct question has led: they are met there
            self._resume(Text(inbound.text))
        elif self.heard.door not in OWN:  # the direct question would be the wrong one
            self.talk.know({"door": self.heard.door})
            self.talk.lay_over("door")
        elif self._asked_lately():
            self.talk.say("near")
            return False
        else:
            self.person.variables["asked_at"] = self.now.isoformat()
            self.talk.know({"first_words": inbound.text})
            self.talk.lay_over("direct")
        return True

    def _asked_lately(self) -> bool:
        asked = self.person.variables.get("asked_at")
        return bool(asked and self.now - datetime.fromisoformat(asked) < ASKED and self.person.risk == "no")

    # --- commands ---

    def _command(self, name: str) -> None:
        match name:
            case "zone" if not self.person.consent:
                self._start()  # it is asked after a yes, when it can be noted
            case "now" | "cant_think" | "zone":
                self.talk.lay_over(LAID[name], anew=True)
            case "start":
                self._start()
            case "stop":
                self._stop()
            case "menu" | "not_it":
                if name == "not_it":
                    self.talk.say("not_it")
                self._calm()
            case "less" | "more":
                self._warm(name)
            case "back" | "skip" | "change":
                self._resume(MOVES[name])
            case _:
                shown = {key: value or "\u2013" for key, value in knowledge.variables(self.person).items()}
                self.talk.say(f"{name}_text", shown, keyboard=True)
                self._repeat()

    def _start(self) -> None:
        if self.talk.session is None:
            self._calm()
        elif not self.person.consent:
            self._repeat()  # what was typed first is still held there
        else:
            self.talk.lay_over("return", anew=True)

    def _stop(self) -> None:
        self.talk.say("stopped" if self.talk.session else "nothing_here", keyboard=True)
        self.talk.session = None

    def _warm(self, name: str) -> None:
        at = WARMTHS.index(knowledge.warmth(self.person)) + (1 if name == "more" else -1)
        if not 0 <= at < len(WARMTHS):
            self.talk.say("already_plain" if name == "less" else "already_tender")
            self._repeat()
            return
        self.person.warmth = WARMTHS[at]
        self.talk.facts = replace(self.talk.facts, warmth=WARMTHS[at])
        if self.talk.session is None:
            self.talk.say(name)
        else:
            self._resume(Less() if name == "less" else More())

    def _calm(self) -> None:
        """Lead to where every talk begins."""
        self.talk.begin(self.talk.facts.home)

    def _repeat(self) -> None:
        if self.talk.session is not None:
            self._resume(Repeat())

    # --- turns ---

    def _resume(self, given: Input) -> None:
        if self.talk.session is None:
            self.talk.say("nothing_here")
            return
        held = next(
            (frame.answers.get("first_words", "") for frame in self.talk.session.frames if frame.flow == "direct"),
            "",
        )
        said = self.talk.play(self._turn(given))
        if held and self.person.risk == "no" and not self.talk.open("direct"):
            self._answer_held(held, said)
        else:
            self.talk.send(said)

    def _turn(self, given: Input) -> engine.Turn:
        assert self.talk.session is not None  # noqa: S101  # told by the caller; for the type checker
        return engine.resume(self.talk.content, self.talk.session, given, self.talk.facts)

    def _answer_held(self, words: str, said: list[Say | Show]) -> None:
        """Go on with the words that raised the direct question, now that it was answered with a no."""
        step = self.talk.step
        if self.talk.session is None:
            self.talk.send(said)
            self._first(words)
        elif step and step.ask and not step.ask.number:
            met = [each for each in said if isinstance(each, Say) and each.flow == "direct"]
            self.talk.send([*met, *self.talk.play(self._turn(Text(words)))])
        else:
            self.talk.send(said)

    # --- answering ---

    def _close(self, inbound: Inbound) -> None:
        """Take the buttons off the question that was answered, and show what was chosen."""
        target, self.talk.question = self.talk.question, None
        if inbound.kind == "choice":
            self.talk.promise(replies.closed(inbound.message, target, inbound.question, self._label(inbound)))
        elif target is not None:
            self.talk.promise(replies.closed(None, target))

    def _label(self, inbound: Inbound) -> str:
        press = inbound.press
        return next((offer.label for offer in self.talk.offers() if press and offer.id == press.choice), "")

    def leave(self) -> None:
        """Remember what changed."""
        self.talk.save()
        self.person.last_seen = self.now.date().isoformat()
        if _encode(self.person) != self._before:
            self.tx.save_person(self.person)

    def _introduce(self) -> None:
        """Say again that this is a program, to someone who comes back after a week."""
        last = self.person.last_seen
        away = last and self.now.date() - datetime.fromisoformat(last).date() >= AWAY
        if away and self.person.consent and not self.talk.delicate:
            self.talk.say("program")
