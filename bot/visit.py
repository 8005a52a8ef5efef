"""One message's way through the bot: what was heard, where the talk goes on, what is answered and remembered."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from bot import commands, knowledge, replies
from bot.actions import ACTIONS, Desk
from bot.model import Inbound, Outbound, Pending, Person, Press, Promised
from bot.ports import Tx
from flows import engine
from flows.answers import match_choice
from flows.model import Step
from flows.session import Session, from_json
from flows.turn import (
    WARMTHS,
    Back,
    Chosen,
    Do,
    Done,
    Effect,
    Heard,
    Input,
    Keep,
    Less,
    More,
    Repeat,
    Say,
    Seen,
    Show,
    Skip,
    Text,
    TimedOut,
    Wait,
)

AWAY = timedelta(days=7)  # after this the bot says again that it is a program (Utah HB 452)
ASKED = timedelta(hours=24)  # the direct question is not asked twice within this (safety.md R4)
NOTHING: Mapping[str, str] = {}
ACTIONS_PER_TURN = 10  # a flow that does more than this in one turn is going round
RISKY = frozenset({"direct", "helpnow", "safer", "door"})  # flows in which risk is being talked about
OWN = frozenset({"", "suicide", "selfharm", "past", "passive"})  # doors that the direct question fits
TIMER = "timer"
_encode = msgspec.json.Encoder().encode


class Visit:
    """Lives for one call of ``Conversation.receive``."""

    def __init__(self, shared: knowledge.Shared, tx: Tx, pending: Pending, heard: Heard) -> None:
        self.shared, self.content, self.tx, self.heard = shared, shared.content, tx, heard
        self.now = shared.clock.now()
        self.promised: list[Promised] = []
        self.pinned = -1  # which of the bubbles to be sent is to stay at the top of the chat
        self.person = self._find(pending)
        body, self.question = tx.session(self.person.id)
        self.session = from_json(body) if body else None
        self._body, self._before = body, _encode(self.person)
        seed = zlib.crc32(f"{shared.seed}:{pending.id}".encode())
        self.facts = knowledge.facts(self.person, self.now, seed, shared.locale, shared.known, heard)

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
            case "edited":
                self._risky(inbound)  # what was corrected is screened, and not answered twice
            case "choice" | "text":
                (self._choice if inbound.kind == "choice" else self._text)(inbound)

    def _unheard(self, inbound: Inbound) -> None:
        if inbound.text and self._risky(inbound):
            return
        self.say("unheard", keyboard=True)
        self._repeat()

    def _timer(self, inbound: Inbound) -> None:
        key, generation = inbound.timer or ("", 0)
        if key == "flow" and self.session is not None and not self.person.paused:
            self._resume(TimedOut(generation))

    def _choice(self, inbound: Inbound) -> None:
        press = inbound.press or Press("", "", "", "")
        if self.session is None or not press.flow:
            self.promise(replies.closed(inbound.message, None))
            self.say("stale")
            self._calm()
            return
        if press.prompt and press.prompt == self.session.answered:
            return  # tapped twice: the first one counts
        top = self.session.top
        if (press.flow, press.step, press.prompt) == (top.flow, top.step, self.session.prompt):
            self._close(inbound)
        else:
            self.promise(replies.closed(inbound.message, None))
        self._resume(Chosen(press.choice, press.prompt))

    def _text(self, inbound: Inbound) -> None:
        if self._risky(inbound):
            return
        if not replies.writable(inbound.text):
            self.say("broken")
            self._repeat()
            return
        self._close(inbound)
        command = commands.recognise(inbound.text)
        if command and not self._chooses(inbound.text, command):
            self._command(command)
        elif self.session is not None:
            self._words(inbound.text)
        else:
            self._first(inbound.text)

    def _words(self, text: str) -> None:
        step = self._step()
        if self.heard.topic == "about_bot" and not self._met_here(step):
            self.say("about")  # asked what it is, the bot says so in every state
            self._repeat()
        elif self.heard.intent == "stop" and not (step and step.ask):
            self._stop()
        else:
            self._resume(Text(text))

    def _met_here(self, step: Step | None) -> bool:
        """Whether a flow answers questions about the bot by itself: talks do where they ask, others by a branch."""
        if step is None or not self.session:
            return False
        talk = self.content.flows[self.session.top.flow].flow.kind == "talk"
        return bool(talk and step.ask) or any("about_bot" in branch.condition.heard for branch in step.when)

    def _step(self) -> Step | None:
        """Return the step the person stands on; None where the content has changed beneath them."""
        compiled = self.content.flows.get(self.session.top.flow) if self.session else None
        return compiled.flow.steps.get(self.session.top.step) if compiled and self.session else None

    def _chooses(self, text: str, command: str) -> bool:
        """Whether a plain word is a choice of the present question; help and stop are always themselves."""
        if text.startswith("/") or command in ("now", "stop") or self.session is None:
            return False
        return match_choice(text, engine.offers(self.content, self.session, self.facts)) is not None

    def _first(self, text: str) -> None:
        """Words that open a talk are answered first, and never have to be typed again."""
        self._know({"first_words": text})
        self._calm()

    # --- safety ---

    def _risky(self, inbound: Inbound) -> bool:
        """Answer risk before anything else; False if there is none to answer."""
        if self.heard.risk == "none":
            return False
        self._close(inbound)
        if self.heard.risk == "crisis" and not self._open("direct"):
            self._run(engine.begin(self.content, "helpnow", self.facts))
        elif self._open(
            *RISKY
        ):  # these are the words to which the direct question has led: they are met there
            self._resume(Text(inbound.text))
        elif self.heard.door not in OWN:  # the direct question would be the wrong one
            self._know({"door": self.heard.door})
            self._run(engine.lay_over(self.content, self.session, "door", self.facts))
        elif self._asked_lately():
            self.say("near")
            return False
        else:
            self.person.variables["asked_at"] = self.now.isoformat()
            self._know({"first_words": inbound.text})
            self._run(engine.lay_over(self.content, self.session, "direct", self.facts))
        return True

    def _asked_lately(self) -> bool:
        asked = self.person.variables.get("asked_at")
        return bool(asked and self.now - datetime.fromisoformat(asked) < ASKED and self.person.risk == "no")

    # --- commands ---

    def _command(self, name: str) -> None:
        match name:
            case "now":
                self._run(engine.lay_over(self.content, self._without("helpnow"), "helpnow", self.facts))
            case "start":
                self._start()
            case "stop":
                self._stop()
            case "menu" | "not_it":
                if name == "not_it":
                    self.say("not_it")
                self._calm()
            case "less" | "more":
                self._warm(name)
            case "cant_think":
                self._run(engine.lay_over(self.content, self._without("concrete"), "concrete", self.facts))
            case "back" | "skip":
                self._resume(Back() if name == "back" else Skip())
            case _:
                shown = {key: value or "\u2013" for key, value in knowledge.variables(self.person).items()}
                self.say(f"{name}_text", shown, keyboard=True)
                self._repeat()

    def _start(self) -> None:
        if self.session is None:
            self._calm()
        elif not self.person.consent:
            self._repeat()  # what was typed first is still held there
        else:
            self._run(engine.lay_over(self.content, self._without("return"), "return", self.facts))

    def _stop(self) -> None:
        self.say("stopped" if self.session else "nothing_here", keyboard=True)
        self.session = None

    def _warm(self, name: str) -> None:
        at = WARMTHS.index(knowledge.warmth(self.person)) + (1 if name == "more" else -1)
        if not 0 <= at < len(WARMTHS):
            self.say("already_plain" if name == "less" else "already_tender")
            self._repeat()
            return
        self.person.warmth = WARMTHS[at]
        self.facts = replace(self.facts, warmth=WARMTHS[at])
        if self.session is None:
            self.say(name)
        else:
            self._resume(Less() if name == "less" else More())

    def _calm(self) -> None:
        """Lead to where every talk begins."""
        self._begin("menu" if self.person.consent else "welcome")

    def _repeat(self) -> None:
        if self.session is not None:
            self._resume(Repeat())

    def _without(self, flow: str) -> Session | None:
        """Return the talk without a flow that is about to be laid over it anew."""
        if self.session is None:
            return None
        session, flows = self.session.copy(), [frame.flow for frame in self.session.frames]
        if flow in flows:
            del session.frames[flows.index(flow) :]
        return session if session.frames else None

    # --- turns ---

    def _begin(self, flow: str) -> None:
        self._run(engine.begin(self.content, flow, self.facts))

    def _resume(self, given: Input) -> None:
        if self.session is None:
            self.say("nothing_here")
            return
        held = next(
            (frame.answers.get("first_words", "") for frame in self.session.frames if frame.flow == "direct"),
            "",
        )
        said = self._play(engine.resume(self.content, self.session, given, self.facts))
        if held and self.person.risk == "no" and not self._open("direct"):
            self._answer_held(held, said)
        else:
            self._send(said)

    def _answer_held(self, words: str, said: list[Say | Show]) -> None:
        """Go on with the words that raised the direct question, now that it was answered with a no."""
        step = self._step()
        if self.session is None:
            self._send(said)
            self._first(words)
        elif step and step.ask and not step.ask.number:
            met = [each for each in said if isinstance(each, Say) and each.flow == "direct"]
            turn = engine.resume(self.content, self.session, Text(words), self.facts)
            self._send([*met, *self._play(turn)])
        else:
            self._send(said)

    def _open(self, *flows: str) -> bool:
        return self.session is not None and any(frame.flow in flows for frame in self.session.frames)

    def _run(self, turn: engine.Turn) -> None:
        self._send(self._play(turn))

    def _play(self, turn: engine.Turn) -> list[Say | Show]:
        """Carry out a turn, and those that its actions lead to; return what is to be said."""
        said: list[Say | Show] = []
        for _ in range(ACTIONS_PER_TURN):
            self.session = turn.session
            action = self._carry_out(turn.effects, said)
            if action is None or turn.session is None:
                break
            if action.action == "pin":
                self.pinned = len(said) - 1
            desk = Desk(self.tx, self.person, self.now, int(self.shared.known["min_age"]), self.shared.hear)
            found = ACTIONS[action.action](desk, action.values, action.answers)
            self._know(knowledge.variables(self.person))
            turn = engine.resume(self.content, turn.session, Done(found), self.facts)
        return said

    def _carry_out(self, effects: Iterable[Effect], said: list[Say | Show]) -> Do | None:
        action = None
        for effect in effects:
            match effect:
                case Say() | Show():
                    said.append(effect)
                case Do():
                    action = effect
                case Keep(kind, text):
                    self.tx.keep(self.person.id, kind, text)
                case Seen(line):
                    self._read(line)
                case Wait(seconds, generation):
                    due = self.now + timedelta(seconds=seconds)
                    self.tx.set_timer(self.person.id, "flow", generation, due)
                    self.shared.waited()
        return action

    def _read(self, line: bytes) -> None:
        self.person.seen = knowledge.with_line(self.person.seen, line)
        self.facts = replace(self.facts, seen=self.person.seen)

    def _know(self, values: Mapping[str, str]) -> None:
        self.facts = replace(self.facts, variables={**self.facts.variables, **values})

    # --- answering ---

    def say(self, line: str, values: Mapping[str, str] = NOTHING, *, keyboard: bool = False) -> None:
        """Say one of the bot's own sentences; ``values`` fill its ``{names}``."""
        self._know({**knowledge.variables(self.person), **values})
        said: list[Say | Show] = []
        self._carry_out(engine.speak(self.content, line, self.facts), said)
        self._send(said, keyboard=keyboard)

    def _send(self, said: list[Say | Show], *, keyboard: bool = False) -> None:
        pinned, self.pinned = self.pinned, -1
        for place, bubble in enumerate(replies.bubbles(said)):
            if not bubble.choices and (keyboard or not self.person.variables.get("keyboard")):
                bubble = replace(bubble, keyboard=True)  # noqa: PLW2901  # the same bubble, with the words at hand
                self.person.variables["keyboard"] = "1"
                keyboard = False
            row = self.promise(bubble)
            if bubble.choices:
                self.question = row.id
            if place == pinned:
                self.promise(Outbound("pin", target=row.id, priority=bubble.priority))

    def promise(self, outbound: Outbound) -> Promised:
        """Put an operation into the outbox."""
        row = self.tx.promise(self.person.id, outbound)
        self.promised.append(row)
        return row

    def _close(self, inbound: Inbound) -> None:
        """Take the buttons off the question that was answered, and show what was chosen."""
        target, self.question = self.question, None
        if inbound.kind == "choice":
            self.promise(replies.closed(inbound.message, target, inbound.question, self._label(inbound)))
        elif target is not None:
            self.promise(replies.closed(None, target))

    def _label(self, inbound: Inbound) -> str:
        if not (self.session and inbound.press):
            return ""
        offers = engine.offers(self.content, self.session, self.facts)
        return next((offer.label for offer in offers if offer.id == inbound.press.choice), "")

    def leave(self) -> None:
        """Remember what changed."""
        body = self.session.to_json() if self.session else None
        if body != self._body:
            self.tx.save_session(self.person.id, body, self.question)
        self.person.last_seen = self.now.date().isoformat()
        if _encode(self.person) != self._before:
            self.tx.save_person(self.person)

    def _introduce(self) -> None:
        """Say again that this is a program, to someone who comes back after a week."""
        last = self.person.last_seen
        if last and self.person.consent and self.now.date() - datetime.fromisoformat(last).date() >= AWAY:
            self.say("program")
