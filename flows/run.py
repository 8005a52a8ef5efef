"""The working state of one turn. Lives for one call of the engine."""

import zlib
from collections.abc import Mapping
from dataclasses import replace

from flows import choices, insertions, waits, whereabouts
from flows.catalog import choose
from flows.compiler import Content
from flows.echoes import FIRST_WORDS
from flows.insertions import Filled
from flows.limits import ASIDE, DEPTH, STEPS_PER_TURN, WORDS
from flows.machine import GO, TYPED, triggered_choice
from flows.model import END, LEAVE, OVER, Flow, Line, Step, Wording
from flows.session import Answered, Frame, Session
from flows.turn import Do, Effect, Facts, Keep, Offer, Say, Seen, Show, Wait

HOME = "menu"  # the flow that everything may return to
FALLBACK = "concrete"  # the flow for two answers in a row that were not understood


class Run:
    """Moves a copy of a session on, and gathers what that leads to."""

    def __init__(self, content: Content, session: Session, facts: Facts) -> None:
        self.content, self.session, self.facts = content, session, facts
        self.effects: list[Effect] = []
        self.said = b""
        self.steps = 0
        self.lost = False  # a way out was taken: a second one ends the talk
        self.silent = False  # what came needs no answer
        self._ways: list[str] = []  # where we are going

    # --- where we are ---

    @property
    def frame(self) -> Frame:
        return self.session.frames[-1]

    @property
    def flow(self) -> Flow:
        return self.content.flows[self.session.frames[-1].flow].flow

    @property
    def step(self) -> Step:
        frame = self.session.frames[-1]
        return self.content.flows[frame.flow].flow.steps[frame.step]

    @property
    def delicate(self) -> bool:
        """Whether nothing but help and the person's own wish may interrupt here, or where this was called."""
        for frame in self.session.frames[self.session.base :]:
            compiled = self.content.flows.get(frame.flow)
            step = compiled.flow.steps.get(frame.step) if compiled else None
            if compiled and (compiled.flow.delicate or (step and step.delicate)):
                return True
        return False

    def push(self, flow: str, *, over: bool = False, given: Mapping[str, str] | None = None) -> None:
        """Enter a flow, with what it takes from ``given`` or from what is known of the person."""
        if len(self.session.frames) >= DEPTH or flow not in self.content.flows:
            self.give_up("deep")
            return
        new = self.content.flows[flow].flow
        source = given or {}
        taken = {name: source.get(name) or self.facts.variables.get(name, "") for name in new.takes}
        answers = {name: value for name, value in taken.items() if value}
        self.session.frames.append(Frame(flow, new.hash, answers=answers, over=over))
        self.enter(new.start)

    def give_up(self, line: str, words: str = "") -> None:
        """Say one kind sentence and begin anew where that is always possible.

        ``words`` that the person has typed meanwhile are heard there, and need not be typed again.
        """
        self.session.frames.clear()  # first: the place may not exist any more
        self.session.ahead.clear()
        self.line(line)
        if not self.lost and self.facts.home in self.content.flows:
            self.lost, self.steps = True, 0
            self.push(self.facts.home, given={FIRST_WORDS: words})

    # --- moving ---

    def note(self, changes: Mapping[str, str], trigger: str) -> None:
        """Remember answers, and what they replaced, for "back"."""
        frame = self.frame
        before = {name: frame.answers.get(name) for name in changes}
        if self.flow.variables:
            before |= self._drop_short_lived()
        frame.trail.append(Answered(frame.step, before, trigger))
        frame.answers.update(changes)

    def _drop_short_lived(self) -> dict[str, str | None]:
        """Forget what lives for one turn; return what it was."""
        answers, variables = self.frame.answers, self.flow.variables
        return {
            name: answers.pop(name)
            for name in list(answers)
            if name in variables and variables[name].lives == "turn"
        }

    def restore(self) -> str:
        """Take the latest answer back, and return the step where it was given."""
        latest = self.frame.trail.pop()
        for name, value in {**latest.also, **latest.before}.items():
            self.frame.answers.pop(name, None)
            if value is not None:
                self.frame.answers[name] = value
        return latest.step

    def put_again(self, step: str) -> None:
        """Put an earlier question again."""
        self.session.misses = 0
        self.stand(step)
        self.speak(self.step.say[:-1])
        self.ask_again()

    def trigger(self, by: str) -> str:
        """Return what an answer fires: a choice without a target of its own goes where the step goes."""
        id_ = triggered_choice(by)
        own = any(choice.id == id_ and choice.to for choice in self.step.choices)
        return by if own or not id_ else GO

    def target(self, trigger: str) -> str:
        """Return where a trigger leads; the step itself where it leads nowhere."""
        frame = self.frame
        return self.content.flows[frame.flow].machine.follow(trigger, frame.step, frame.answers, self.facts)

    def leads_on(self, trigger: str, target: str) -> bool:
        """Whether a trigger leads anywhere; a step may lead to itself."""
        if target != self.frame.step:
            return True
        return trigger != TYPED and any(to == target for to, _ in self.step.targets)

    def go(self, target: str) -> None:
        """Move to a target, and on from there: one after the other, so that a long way is no deep stack."""
        self._ways.append(target)
        if len(self._ways) > 1:  # on the way already: the loop below takes it up
            return
        while self._ways:
            self._move(self._ways[0])
            del self._ways[0]

    def _move(self, target: str) -> None:
        """Move to a step, the end, or another flow."""
        if target == END:
            self._end()
        elif target.startswith(LEAVE):
            self._leave(target.removeprefix(LEAVE))
        elif target.startswith(OVER):
            self.push(target.removeprefix(OVER), over=True, given=self.frame.answers)
        else:
            self.enter(target)

    def advance(self) -> None:
        """Move on by itself, when a step has done its work."""
        self.go(self.target(GO))

    def _leave(self, flow: str) -> None:
        """Go over to another flow; home clears all that was open, others take the place of this one."""
        left, over = self.frame, self.frame.over and flow != HOME
        self.facts = replace(self.facts, variables={**self.facts.variables, **left.answers})
        if flow == HOME:
            self.session.frames.clear()
        else:
            self.session.frames.pop()
        caller = {} if over or not self.session.frames else self.frame.answers
        self.push(flow, over=over, given=caller)

    def _end(self) -> None:
        ended = self.session.frames.pop()
        if not self.session.frames:
            return
        if ended.over:
            self.come_back()
            return
        returns = self.content.flows[ended.flow].flow.returns
        self.learn({name: ended.answers[name] for name in returns if name in ended.answers})
        self.seal_trail()
        if self.step.call:
            self.advance()
        else:  # the step was rewritten while its call was under way
            self.enter(self.frame.step, again=True)

    def find_place(self) -> bool:
        """Fit the talk on top to the present content; False if it had to be left for another place.

        A flow's ``on_change`` says where people go whose step is gone. Without it one kind sentence leads on: to
        the talk beneath, or home.
        """
        fate = whereabouts.find(self.content, self.session)
        if fate == whereabouts.MOVED:
            self.line("changed")
            self.seal_trail()
            self.go(self.flow.on_change)
        elif fate == whereabouts.GONE and self.session.base:
            del self.session.frames[self.session.base :]
            self.come_back(gone=True)
        elif fate == whereabouts.GONE:
            self.give_up("gone")
        return fate == whereabouts.STAYS

    def come_back(self, *, gone: bool = False) -> None:
        """Take up the talk beneath a flow that was laid over it; say so, if that flow is gone."""
        if not self.find_place():
            return
        if gone:
            self.line("gone")
        self.session.ahead.clear()  # it belongs to what lay above
        self.stand(self.frame.step)  # its words may have changed meanwhile
        if not self.step.waits:  # what it had called was taken away: as if that were done
            target = self.target(GO)
            self.go(self.step.to if target.startswith(OVER) else target)  # it was laid over already
            return
        self.line("where_were_we")
        self.ask_again()

    def seal_trail(self) -> None:
        """Forget the way here: "back" undoes nothing that was done, and crosses no call."""
        self.frame.trail.clear()
        self.session.ahead.clear()
        self.frame.done = True

    def ask_again(self) -> None:
        """Put the present question once more, and wait anew."""
        self.prompt(self.step)
        self._wait(self.step)

    # --- arriving ---

    def enter(self, id_: str, *, again: bool = False) -> None:
        """Arrive at a step: note, speak, keep, then do, call or wait; or go straight on.

        Nothing is kept ``again`` by a step that the person stood on before.
        """
        if self.steps >= STEPS_PER_TURN:
            self.give_up("deep")
            return
        self.steps += 1
        self.stand(id_)
        step, frame = self.step, self.frame
        self._set(step)
        for kind, name in step.keep.items():
            if frame.answers.get(name) and not again:
                self.effects.append(Keep(kind, frame.answers[name]))
        if step.waits:
            self.speak(step.say[:-1])
            self._show(step)
            self.prompt(step)
            self._wait(step)
            return
        self.speak(step.say)
        self._show(step)
        if step.do:
            handed = {name: self.value(value) for name, value in step.do.values.items()}
            self.effects.append(Do(step.do.name, handed, dict(frame.answers)))
        elif step.call:
            self.push(step.call, given=frame.answers)
        else:
            self.advance()

    def stand(self, id_: str) -> None:
        """Put the person on a step."""
        frame = self.frame
        frame.step, frame.step_hash = id_, self.flow.steps[id_].hash
        self.session.picking = False

    def _set(self, step: Step) -> None:
        """Note what an author says, in a way that "back" can undo."""
        if not step.sets:
            return
        changes = {name: self.value(value) for name, value in step.sets.items()}
        trail, answers = self.frame.trail, self.frame.answers
        if trail:
            trail[-1] = trail[-1].with_replaced({name: answers.get(name) for name in changes})
        self.learn(changes)

    def learn(self, changes: Mapping[str, str]) -> None:
        """Take answers in; those that outlive the flow are handed out, if the person agreed to that."""
        if not changes:
            return
        self.frame.answers.update(changes)
        self.keep_variables(changes)

    def keep_variables(self, changes: Mapping[str, str]) -> None:
        """Hand out what is to be known of the person from now on."""
        variables = self.flow.variables
        if not variables or not self.facts.variables.get("consent"):
            return
        for name, value in changes.items():
            if name in variables and variables[name].lives == "kept":
                self.effects.append(Keep(name, value, variable=True))

    # --- waiting ---

    def _wait(self, step: Step) -> None:
        self.session.generation += 1
        if step.after is None:
            return
        seconds = waits.seconds(step.after, self.facts.now, {**self.facts.variables, **self.frame.answers})
        if step.rests and seconds >= ASIDE:
            self._put_aside(seconds)
        else:
            self.effects.append(Wait(seconds, self.session.generation))

    def _put_aside(self, seconds: int) -> None:
        """Let the talk rest outside of the session: the person is free until it comes again."""
        key = f"{self.frame.flow}/{self.frame.step}"
        frames = self.session.frames
        first = self.session.base
        aside = Session(frames[first:], generation=self.session.generation)
        for frame in aside.frames:
            frame.trail.clear()  # "back" does not lead to another day
        del frames[first:]
        self.effects.append(Wait(seconds, aside.generation, key, aside.to_json()))
        if frames:
            self.come_back()

    # --- speaking ---

    def line(self, id_: str) -> None:
        """Say one of the bot's own sentences."""
        self.speak(self.content.lines.get(id_, ()))

    def answer(self, *, clock: bool) -> None:
        """See to it that a person hears something, also where an author wrote nothing for it.

        An action and its end are one turn for the person: what was said with the action is an answer. A
        ``clock`` that leads to another wait of the clock needs none.
        """
        owed = not (self.silent or any(isinstance(effect, Say | Show) for effect in self.effects))
        doing = any(isinstance(effect, Do) for effect in self.effects)
        self.session.unanswered = owed and doing
        if not owed or doing:
            return
        if not self.session.frames and not any(isinstance(effect, Wait) for effect in self.effects):
            self.line("ended")
        elif not clock:
            self.line("resting")

    def speak(self, lines: tuple[Line, ...]) -> None:
        """Say lines that offer nothing."""
        for line in lines:
            self._say(line, ())

    def prompt(self, step: Step) -> None:
        """Say a step's last bubble with its choices, under a new mark; or which answers can be changed."""
        says = self.content.lines.get("which_answer", ()) if self.session.picking else step.say
        offers, frame = tuple(self.offers()), self.frame
        mark = f"{self.facts.seed}:{frame.flow}:{frame.step}:{len(self.effects)}"
        self.session.prompt = f"{zlib.crc32(mark.encode()) & 0xFFFFFF:x}"
        if says:
            self._say(says[-1], offers, once=False)  # a question is put as often as it takes

    def _show(self, step: Step) -> None:
        if step.show:
            wording = choose(step.show.text, self.facts, self.said, self.content.catalog)
            text, echo, past = self.fill(wording)
            self.effects.append(Show(step.show.name, text, step.show.kind, self.flow.urgent, echo, past))

    def _say(self, line: Line, offers: tuple[Offer, ...], *, once: bool = True) -> None:
        once = once and line.once
        if once and self._heard_before(line):
            return
        wording = choose(line, self.facts, self.said, self.content.catalog)
        if once or line.varied:
            self.said += wording.mark
            self.effects.append(Seen(wording.mark, once))
        text, echo, past = self.fill(wording)
        if not self.session.frames:
            self.effects.append(Say(wording.id, text, offers, echo=echo, past=past))
            return
        frame, prompt = self.frame, self.session.prompt if offers else ""
        if offers and not echo:
            echo = self.session.picking or choices.show_own(self.content, self.step)
        where = (frame.flow, frame.step, prompt, self.flow.urgent)
        self.effects.append(Say(wording.id, text, offers, *where, echo, past))

    def _heard_before(self, line: Line) -> bool:
        read = self.facts.seen + self.said
        marks = {read[at : at + 4] for at in range(0, len(read), 4)}
        return any(wording.mark in marks for wording in line.wordings)

    def offers(self) -> list[Offer]:
        """Return the choices of the present question."""
        if self.session.picking:
            return choices.earlier(self.content, self.frame, self.facts)
        return choices.offers(self.content, self.flow, self.step, self.frame.answers, self.facts)

    def fill(self, wording: Wording) -> Filled:
        """Return a text with answers, or what is known of the person, put in for ``{names}``."""
        flow, answers = (self.flow, self.frame.answers) if self.session.frames else (None, {})
        text = self.content.catalog.text(wording, self.facts.locale)
        return insertions.filled(self.content, flow, text, answers, self.facts)

    def value(self, text: str) -> str:
        """Return what an author notes, with answers as they are kept; no longer than a talk can hold."""
        return insertions.kept(text, self.frame.answers, self.facts)[:WORDS]
