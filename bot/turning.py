"""How a visit goes on with the talk that a person is in: the next turn, and what that does to what stood open."""

import json
import zlib

import msgspec

from bot import (
    alarm,
    asked,
    knowledge,
    replies,
    unasked,
    youth,
)
from bot.model import Inbound, Pending, Person, Promised
from bot.ports import Tx
from bot.replies import Said
from bot.talk import Talk
from flows import engine
from flows.session import Frame
from flows.turn import (
    Heard,
    Input,
    Repeat,
    Say,
    Text,
)

ASKED = 8  # words; a longer text says more than it asks
TAKEN_BACK = frozenset({"retract", "fine"})  # "jk", "i'm fine": then the words before it do not lead on
encode = msgspec.json.Encoder().encode


class Turning:
    """The part of a visit that takes turns of a talk. Lives for one call of ``Conversation.receive``."""

    def __init__(
        self, shared: knowledge.Shared, tx: Tx, pending: Pending, heard: Heard, person: Person | None = None
    ) -> None:
        self.tx, self.heard = tx, heard
        self.now, self.person = shared.clock.now(), person or self._find(pending)
        self._before, self._row = encode(self.person), pending.id
        seed = zlib.crc32(f"{shared.seed}:{pending.id}".encode())
        self.talk = Talk(shared, tx, self.person, self.now, seed, heard)

    @property
    def promised(self) -> list[Promised]:
        """What is to be sent."""
        return self.talk.promised

    def _find(self, pending: Pending) -> Person:
        arrival = pending.arrival
        channel = json.loads(arrival.body)["channel"] if arrival.channel == unasked.TIMER else arrival.channel
        return self.tx.person_at(channel, arrival.address)

    def _calm(self) -> None:
        """Lead to where every talk begins."""
        self.talk.begin(self.talk.facts.home)

    def _repeat(self) -> None:
        if self.talk.session is not None:
            self._resume(Repeat())

    def _first(self, text: str) -> None:
        """Words that open a talk are answered first, and never have to be typed again."""
        if alarm.thanked(self.talk, text):
            self.talk.say("thanked")
            return
        if asked.answered(self.talk, self.heard, None):
            text = ""
        if asked.laid_over(self.talk, self.heard, None):
            text = ""
            if self.talk.session is not None:  # it asks something by itself
                return
        if self._asks_illness(text):
            self.talk.say("illness")
            text = "" if len(text.split()) <= ASKED else text
        if text:
            self.talk.know({"first_words": text})
        self._calm()

    def _asks_illness(self, text: str) -> bool:
        """Whether it is asked which illness something is."""
        return "asks_illness" in self.talk.hear(text).beside

    def _resume(self, given: Input) -> None:
        if self.talk.session is None:
            self.talk.say("nothing_here")
            return
        held = next(filter(_holds, self.talk.session.frames), None)
        said = self.talk.play(self._turn(given))
        if held and not self.talk.open(held.flow) and self._let_go(held.flow):
            self._answer_held(held, said)
        else:
            self.talk.send(said)

    def _turn(self, given: Input) -> engine.Turn:
        assert self.talk.session is not None  # noqa: S101  # told by the caller; for the type checker
        return engine.resume(self.talk.content, self.talk.session, given, self.talk.facts)

    def _let_go(self, flow: str) -> bool:
        """Whether the question that held words back was answered so that they can be heard."""
        answered = {"direct": self.person.risk == "no", youth.FLOW: youth.answered(self.person, self.now)}
        return answered.get(flow, self.person.agreed and not self.person.outdated)

    def _answer_held(self, held: Frame, said: list[Said]) -> None:
        """Go on with the words that were held back by a question, now that it was answered."""
        if held.flow == "direct" and (self.heard.topic in TAKEN_BACK or asked.WISH in self.heard.beside):
            self.talk.send(said)
            return
        words, step = held.answers.get("first_words", ""), self.talk.step
        corrected = (
            alarm.meant(self.talk, self.heard) if held.flow == "direct" and not self.talk.session else ""
        )
        self.talk.recall(corrected or words, danger=held.flow == "direct")
        if self.talk.session is None:
            self.talk.send(said)
            self._first(corrected or words)
        elif words and step and (held.flow != "direct" or (step.ask and not step.ask.number)):
            met = [each for each in said if isinstance(each, Say) and each.flow == held.flow]
            self.talk.send([*met, *self.talk.play(self._turn(Text(words)))])
        else:
            self.talk.send(said)

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


def _holds(frame: Frame) -> bool:
    """Whether a flow holds back the words that led to it, or a talk that may begin after it."""
    held = bool(frame.answers.get("first_words"))
    return frame.flow == "renew" or (held and frame.flow in ("direct", youth.FLOW))
