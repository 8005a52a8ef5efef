"""A person's talk during one visit: turns of the engine are carried out, and what is said is promised."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot import knowledge, replies, sentences
from bot.actions import ACTIONS, Desk
from bot.asides import ASIDE, held
from bot.model import HELP, REPLY, Outbound, Person, Promised
from bot.ports import Tx
from bot.replies import Said
from flows import engine
from flows.model import Step
from flows.session import Session, from_json
from flows.turn import Do, Done, Effect, Facts, Heard, Keep, Offer, Say, Seen, Show, Wait

ACTIONS_PER_TURN = 10  # a flow that does more than this in one turn is going round
FLOW = "flow"  # key of the timer of the present question
ALONE = frozenset({"forget", "keep_off", "under_age"})  # actions after which no talk beneath goes on
NOTHING: Mapping[str, str] = {}


class Talk:
    """Lives for one call of ``Conversation.receive``.

    Attributes:
        session: Where the person is; None where nothing is open.
        question: Outbox id of the bubble that still has buttons.
        promised: What is to be sent, in order.
        erased: The person is to be erased at the end of this turn; ``emptied``: and what stands in their chat.
        hides: The chat is to be emptied at the end of this turn.
        silent: Nobody is to be woken by what is said.
        priority: Of what is said, but for what is urgent.
        said: The text of this message, whose hearing was done before the turn.

    """

    def __init__(
        self, shared: knowledge.Shared, tx: Tx, person: Person, now: datetime, seed: int, heard: Heard
    ) -> None:
        self.shared, self.content, self.tx, self.person, self.now = shared, shared.content, tx, person, now
        self.promised: list[Promised] = []
        self.erased = self.emptied = False
        self.hides = False
        self.silent = False
        self.priority = REPLY
        self.said, self._heard = "", heard
        self._pinned = -1  # which of the bubbles to be sent is to stay at the top of the chat
        self._body, self.question = tx.session(person.id)
        self.session = from_json(self._body) if self._body else None
        self.facts: Facts = knowledge.facts(person, now, seed, shared.locale, shared.known, heard)

    # --- where it is ---

    @property
    def step(self) -> Step | None:
        """The step the person stands on; None where the content has changed beneath them."""
        compiled = self.content.flows.get(self.session.top.flow) if self.session else None
        return compiled.flow.steps.get(self.session.top.step) if compiled and self.session else None

    @property
    def delicate(self) -> bool:
        """Whether nothing but help and the person's own wish may interrupt."""
        return engine.delicate(self.content, self.session, self.facts)

    @property
    def spoken(self) -> frozenset[str]:
        """The languages in which this person can be answered."""
        return frozenset({"en", self.facts.locale.partition("_")[0]})

    def open(self, *flows: str) -> bool:
        """Whether one of these flows is under way."""
        return self.session is not None and any(frame.flow in flows for frame in self.session.frames)

    def offers(self) -> list[Offer]:
        """What the present question offers."""
        return engine.offers(self.content, self.session, self.facts) if self.session else []

    def without(self, flow: str) -> Session | None:
        """Return the talk without a flow that is about to be laid over it anew."""
        if self.session is None:
            return None
        session, flows = self.session.copy(), [frame.flow for frame in self.session.frames]
        if flow in flows:
            del session.frames[flows.index(flow) :]
        return session if session.frames else None

    # --- turns ---

    def begin(self, flow: str) -> None:
        """Begin a flow in place of what was open."""
        self.send(self.play(engine.begin(self.content, flow, self.facts)))

    def lay_over(self, flow: str, *, anew: bool = False) -> None:
        """Lay a flow over what is open; ``anew``: also where it is open already."""
        below = self.without(flow) if anew else self.session
        self.send(self.play(engine.lay_over(self.content, below, flow, self.facts)))

    def take_up(self, aside: bytes) -> None:
        """Go on with a talk that was put aside, on top of what is open."""
        self.send(self.play(engine.take_up(self.content, self.session, aside, self.facts)))

    def play(self, turn: engine.Turn) -> list[Said]:
        """Carry out a turn, and those that its actions lead to; return what is to be said."""
        said: list[Said] = []
        for _ in range(ACTIONS_PER_TURN):
            self.session = turn.session
            action = self._carry_out(turn.effects, said)
            if action is None or turn.session is None:
                break
            turn = self._go_on(turn.session, action, said)
        return said

    def _go_on(self, session: Session, action: Do, said: list[Said]) -> engine.Turn:
        """Do what a step asks for, and return the turn that follows from it."""
        if action.action == "take_up" and (timer := held(self.tx, self.person.id)):
            return engine.take_up(self.content, self.without(session.top.flow), timer.body, self.facts)
        found = self._act(action, said)
        if action.action == "risk" and action.values.get("level") != "no":
            session = _only(session)
        elif action.action in ALONE:
            session = _alone(session)
        return engine.resume(self.content, session, Done(found), self.facts)

    def _act(self, action: Do, said: list[Said]) -> dict[str, str]:
        if action.action == "pin":
            self._pinned = len(said) - 1
        self.hides |= action.action == "hide"
        if action.action == "forget":
            self.erased, self.emptied = True, action.values.get("chat") == "yes"
        desk = self.desk()
        found = ACTIONS[action.action](desk, action.values, action.answers)
        said += desk.documents
        self.know(knowledge.variables(self.person))
        self._look_again()
        return found

    def desk(self) -> Desk:
        """Return what an action may use."""
        locale = self.person.locale or self.shared.locale
        return Desk(
            self.tx, self.person, self.now, int(self.shared.known["min_age"]), self.hear,
            lambda line: knowledge.own(self.content, line, locale),
            lambda flow: self.content.flows[flow].flow.title if flow in self.content.flows else flow,
            lambda flow: knowledge.is_open(self.content, flow, self.facts),
            self.shared.counts,
        )  # fmt: skip

    def _look_again(self) -> None:
        """Take up what an action may have changed of the person: the zone, where talks begin, how they want it."""
        person = self.person
        self.facts = replace(
            self.facts,
            now=knowledge.local(person, self.now),
            home=knowledge.home(person),
            warmth=knowledge.warmth(person),
            quiet=person.quiet,
            cheer=knowledge.cheered(person),
        )

    def _carry_out(self, effects: Iterable[Effect], said: list[Said]) -> Do | None:
        action = None
        for effect in effects:
            match effect:
                case Say() | Show():
                    said.append(effect)
                case Do():
                    action = effect
                case Keep(name, text, variable=True):
                    self.person.variables[name], self.person.kept_at[name] = text, self.now.isoformat()
                    self.know({name: text})
                    self.facts = replace(self.facts, past=self.facts.past - {name})
                case Keep(kind, text) if self.person.agreed:
                    sentences.keep(self.tx, self.person, kind, text, self.now)
                case Seen(line, once):
                    self._read(line, once=once)
                case Wait():
                    self._wait(effect)
        return action

    def _wait(self, wait: Wait) -> None:
        due = self.now + timedelta(seconds=wait.seconds)
        key = f"{ASIDE}{wait.key}" if wait.aside else FLOW
        self.tx.set_timer(self.person.id, key, wait.generation, due, wait.aside)
        self.shared.waited()

    def _read(self, line: bytes, *, once: bool) -> None:
        if once:
            self.person.once = knowledge.with_line(self.person.once, line)
        else:
            self.person.seen = knowledge.with_line(self.person.seen, line)
        self.facts = replace(self.facts, seen=self.person.once + self.person.seen)

    def know(self, values: Mapping[str, str]) -> None:
        """Let flows match and show these values, in this visit."""
        self.facts = replace(self.facts, variables={**self.facts.variables, **values})

    # --- hearing ---

    def hear(self, text: str) -> Heard:
        """Say what a text is about: as this message was heard, or by the rules; here nobody waits for a model."""
        return self._heard if text.strip() and text.strip() == self.said.strip() else self.shared.hear(text)

    def recall(self, words: str, *, danger: bool) -> None:
        """Take words that were held back as this message; ``danger`` was heard in them, whatever the rules say."""
        heard = self.shared.hear(words)
        self.said, self._heard = words, replace(heard, intent="crisis") if danger else heard
        if not danger:
            self.facts = replace(self.facts, heard=heard)

    # --- answering ---

    def say(
        self, line: str, values: Mapping[str, str] = NOTHING, *, keyboard: bool = False, bare: bool = False
    ) -> None:
        """Say one of the bot's own sentences; ``values`` fill its ``{names}``."""
        self.know({**knowledge.variables(self.person), **values})
        said: list[Said] = []
        self._carry_out(engine.speak(self.content, line, self.facts), said)
        self.send(said, keyboard=keyboard, bare=bare)

    def send(self, said: list[Said], *, keyboard: bool = False, bare: bool = False) -> None:
        """Promise what is to be said; the four words that are always at hand come with the first bubble.

        ``bare`` takes them away, and goes ahead of everything.
        """
        pinned, self._pinned = self._pinned, -1
        for place, bubble in enumerate(replies.bubbles(said)):
            if bare:
                bubble = replace(bubble, bare=True, priority=HELP)  # noqa: PLW2901  # the same bubble, and the last
            elif not bubble.choices and (keyboard or not self.person.variables.get("keyboard")):
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
        priority = self.priority if outbound.priority == REPLY else outbound.priority
        if self.silent or priority != outbound.priority:
            outbound = replace(outbound, silent=self.silent or outbound.silent, priority=priority)
        row = self.tx.promise(self.person.id, outbound)
        self.promised.append(row)
        return row

    def save(self) -> None:
        """Remember where the talk is, if that changed."""
        body = self.session.to_json() if self.session else None
        if body != self._body:
            self.tx.save_session(self.person.id, body, self.question)


def _only(session: Session) -> Session:
    """Return the one flow that talks about danger: nothing else goes on at its end (docs/safety R18)."""
    top = session.copy()
    del top.frames[:-1]
    top.frames[0].over = False
    return top


def _alone(session: Session) -> Session:
    """Return the talk on top without what it was laid over."""
    top = session.copy()
    del top.frames[: top.base]
    top.frames[0].over = False
    return top
