"""The working state of one turn. Lives for one call of the engine."""

import zlib
from collections.abc import Mapping
from dataclasses import replace

from flows import answers, choices
from flows.catalog import choose, fill
from flows.compiler import Content
from flows.machine import AFTER, GO, SKIP, TYPED, choice_trigger
from flows.model import END, LEAVE, Flow, Line, Step
from flows.session import Frame, Session
from flows.turn import (
    Back,
    Chosen,
    Do,
    Done,
    Effect,
    Facts,
    Input,
    Keep,
    Less,
    More,
    Offer,
    Repeat,
    Say,
    Seen,
    Skip,
    Text,
    TimedOut,
    Wait,
)

STEPS_PER_TURN = 60  # more is a loop that the checks missed; a turn has at most a dozen
DEPTH = 8  # flows within flows; deeper, and nobody knows where they came from
TRAIL = 20  # questions that "back" goes back
WORDS = 16_384  # characters of answers in one talk: a long letter, not a book
HOME = "menu"  # the flow that everything may return to
FALLBACK = "concrete"  # the flow for two answers in a row that were not understood


class Run:
    """Takes one input through a copy of a session."""

    def __init__(self, content: Content, session: Session, facts: Facts) -> None:
        self.content, self.session, self.facts = content, session, facts
        self.effects: list[Effect] = []
        self.said = b""
        self.steps = 0

    # --- where we are ---

    @property
    def frame(self) -> Frame:
        return self.session.top

    @property
    def flow(self) -> Flow:
        return self.content.flows[self.frame.flow].flow

    @property
    def step(self) -> Step:
        return self.flow.steps[self.frame.step]

    def push(self, flow: str, *, over: bool = False) -> None:
        """Enter a flow, with what it takes from the caller or from what is known of the person."""
        if len(self.session.frames) >= DEPTH or flow not in self.content.flows:
            self._give_up("deep")
            return
        new = self.content.flows[flow].flow
        source = {} if over or not self.session.frames else self.frame.answers
        given = {name: source.get(name) or self.facts.variables.get(name, "") for name in new.takes}
        self.session.frames.append(
            Frame(flow, new.hash, answers={k: v for k, v in given.items() if v}, over=over)
        )
        self._enter(new.start)

    def adopt(self, given: Input) -> bool:
        """Fit a session to content that may have changed; False if the question had to come again."""
        if all(self._still_there(frame) for frame in self.session.frames):
            changed = self.frame.step_hash != self.step.hash and not isinstance(given, Done)
            for frame in self.session.frames:
                frame.hash = self.content.flows[frame.flow].flow.hash
            if changed:
                self.line("changed")
                self._enter(self.frame.step)
            return not changed
        self._give_up("gone")
        return False

    def _still_there(self, frame: Frame) -> bool:
        compiled = self.content.flows.get(frame.flow)
        if compiled is None:
            return False
        frame.step = compiled.flow.renamed.get(frame.step, frame.step)
        return frame.step in compiled.flow.steps

    def _give_up(self, line: str) -> None:
        self.session.frames.clear()  # first: the place may not exist any more
        self.line(line)

    # --- what came in ---

    def take(self, given: Input) -> None:
        match given:
            case Text(text):
                self._typed(text)
            case Chosen(choice, prompt):
                self._chosen(choice, prompt)
            case Back():
                self._back()
            case Skip():
                self._follow(SKIP)
            case TimedOut(generation):
                if generation == self.session.generation:  # an old wait is nobody's business
                    self._follow(AFTER)
            case Done(values):
                self.frame.answers.update(values)
                self._seal_trail()
                self._advance()
            case Less() | More():
                self.line("less" if isinstance(given, Less) else "more")
                self._prompt(self.step)
            case Repeat():
                self._prompt(self.step)

    def _typed(self, text: str) -> None:
        step = self.step
        choice = answers.match_choice(text, self.offers())
        if choice is not None:
            self._choose(choice)
        elif step.ask:
            self._answer(step, text)
        elif step.after and not step.choices and not step.offers:
            self._follow(AFTER)
        else:
            self._follow(TYPED)

    def _chosen(self, id_: str, prompt: str | None) -> None:
        step = self.step
        choice = next((each for each in self.offers() if each.id == id_), None)
        if prompt and prompt == self.session.answered:
            return
        if prompt is not None and prompt != self.session.prompt:
            self.line("stale")
            self._prompt(step)
        elif choice is not None:
            self.session.answered = prompt or ""
            self._choose(choice)
        elif id_ == "skip":
            self._follow(SKIP)
        else:
            self._unclear()

    def _choose(self, choice: Offer) -> None:
        step = self.step
        if choice.id == "skip" and step.ask:
            self._follow(SKIP)
            return
        written = next((each for each in step.choices if each.id == choice.id), None)
        changes = {name: self._fill(value) for name, value in written.sets.items()} if written else {}
        if step.ask:
            changes[step.ask.name] = choice.id
        elif step.offers:
            changes[f"{step.offers}_chosen"] = choice.label
        self._note(changes)
        trigger = choice_trigger(choice.id)
        self._follow(trigger if written and written.to else GO, noted=True)

    def _answer(self, step: Step, text: str) -> None:
        ask = step.ask
        assert ask is not None  # noqa: S101  # told by the caller; for the type checker
        if ask.number:
            number = answers.read_number(text, *ask.number)
            if number is None:
                self._no_number()
                return
            text = str(number)
        elif sum(map(len, self.frame.answers.values())) + len(text) > WORDS:
            self.line("too_long")
            self._prompt(step)
            return
        self._note({ask.name: text})
        self._follow(GO, noted=True)

    def _no_number(self) -> None:
        self.session.misses += 1
        if self.session.misses > 1:  # asked twice is enough: nobody owes a number
            self._follow(SKIP)
            return
        self.line("number_retry")
        self._prompt(self.step)

    def _unclear(self) -> None:
        self.session.misses += 1
        again = self.session.misses > 1 and not (self.flow.urgent or self.flow.delicate)
        if again and FALLBACK in self.content.flows and all(f.flow != FALLBACK for f in self.session.frames):
            self.session.misses = 0
            self.push(FALLBACK, over=True)
            return
        self.line("unclear")
        self._prompt(self.step)

    # --- moving ---

    def _note(self, changes: Mapping[str, str]) -> None:
        """Remember answers, and what they replaced, for "back"."""
        frame = self.frame
        frame.trail.append((frame.step, {name: frame.answers.get(name) for name in changes}))
        del frame.trail[:-TRAIL]
        frame.answers.update(changes)

    def _follow(self, trigger: str, *, noted: bool = False) -> None:
        """Move on because of the person or the clock; stay, and say so kindly, where nothing leads on."""
        target = self._target(trigger)
        loops = trigger != TYPED and any(to == target for to, _ in self.step.targets)
        if target == self.frame.step and not loops:
            self._unclear()
            return
        if not noted:
            self._note({})
        self.session.misses = 0
        self._go(target)

    def _target(self, trigger: str) -> str:
        frame = self.frame
        return self.content.flows[frame.flow].machine.follow(trigger, frame.step, frame.answers, self.facts)

    def _advance(self) -> None:
        """Move on by itself, when a step has done its work."""
        self._go(self._target(GO))

    def _go(self, target: str) -> None:
        if target == END:
            self._end()
        elif target.startswith(LEAVE):
            self._leave(target.removeprefix(LEAVE))
        else:
            self._enter(target)

    def _leave(self, flow: str) -> None:
        """Go over to another flow; home clears all that was open, others take the place of this one."""
        left = self.frame
        self.facts = replace(self.facts, variables={**self.facts.variables, **left.answers})
        if flow == HOME:
            self.session.frames.clear()
        else:
            self.session.frames.pop()
        self.push(flow, over=left.over and flow != HOME)

    def _end(self) -> None:
        ended = self.session.frames.pop()
        if not self.session.frames:
            return
        if ended.over:
            self._come_back()
            return
        returns = self.content.flows[ended.flow].flow.returns
        self.frame.answers.update({name: ended.answers[name] for name in returns if name in ended.answers})
        self._seal_trail()
        if self.step.call:
            self._advance()
        else:  # the step was rewritten while its call was under way
            self._enter(self.frame.step)

    def _come_back(self) -> None:
        """Take up the talk beneath a flow that was laid over it."""
        if not self.step.waits:  # what it had called was taken away: as if that were done
            self._advance()
            return
        self.line("where_were_we")
        self._ask_again()

    def _seal_trail(self) -> None:
        """Forget the way here: "back" undoes nothing that was done, and crosses no call."""
        self.frame.trail.clear()
        self.frame.done = True

    def _back(self) -> None:
        frames, keep = self.session.frames, len(self.session.frames)
        while keep > 1 and not (frames[keep - 1].trail or frames[keep - 1].over or frames[keep - 1].done):
            keep -= 1  # nothing was answered or done in this flow: the way back leads out of it
        if frames[keep - 1].trail:
            del frames[keep:]
        if not self.frame.trail:
            self.line("no_back")
            self._prompt(self.step)
            return
        step, before = self.frame.trail.pop()
        for name, value in before.items():
            self.frame.answers.pop(name, None)
            if value is not None:
                self.frame.answers[name] = value
        self.session.misses = 0
        if step not in self.flow.steps:  # it went away with a change of the flow
            self._prompt(self.step)
            return
        self._stand(step)
        self._speak(self.step.say[:-1])
        self._ask_again()

    def _ask_again(self) -> None:
        """Put the present question once more, and wait anew."""
        self._prompt(self.step)
        self._wait(self.step)

    # --- arriving ---

    def _enter(self, id_: str) -> None:
        """Arrive at a step: note, speak, keep, then do, call or wait; or go straight on."""
        self.steps += 1
        if self.steps > STEPS_PER_TURN:
            self._give_up("deep")
            return
        self._stand(id_)
        step, frame = self.step, self.frame
        frame.answers.update({name: self._fill(value) for name, value in step.sets.items()})
        for kind, name in step.keep.items():
            if frame.answers.get(name):
                self.effects.append(Keep(kind, frame.answers[name]))
        if step.waits:
            self._speak(step.say[:-1])
            self._prompt(step)
            self._wait(step)
            return
        self._speak(step.say)
        if step.do:
            handed = {name: self._fill(value) for name, value in step.do.values.items()}
            self.effects.append(Do(step.do.name, handed, dict(frame.answers)))
        elif step.call:
            self.push(step.call)
        else:
            self._advance()

    def _stand(self, id_: str) -> None:
        frame = self.frame
        frame.step, frame.step_hash = id_, self.flow.steps[id_].hash

    def _wait(self, step: Step) -> None:
        self.session.generation += 1
        if step.after:
            self.effects.append(Wait(step.after.seconds, self.session.generation))

    # --- speaking ---

    def line(self, id_: str) -> None:
        """Say one of the bot's own sentences."""
        self._speak(self.content.lines.get(id_, ()))

    def _speak(self, lines: tuple[Line, ...]) -> None:
        for line in lines:
            self._say(line, ())

    def _prompt(self, step: Step) -> None:
        """Say a step's last bubble with its choices, under a new mark."""
        offers = tuple(self.offers())
        mark = f"{self.facts.seed}:{self.frame.flow}:{step.id}:{len(self.effects)}"
        self.session.prompt = f"{zlib.crc32(mark.encode()) & 0xFFFFFF:x}"
        if step.say:
            self._say(step.say[-1], offers)

    def _say(self, line: Line, offers: tuple[Offer, ...]) -> None:
        wording = choose(line, self.facts, self.said)
        if any(len(form) > 1 for form in line.forms.values()):
            self.said += wording.mark
            self.effects.append(Seen(wording.mark))
        text = self._fill(self.content.catalog.text(wording, self.facts.locale))
        at = (self.frame.flow, self.frame.step) if self.session.frames else ("", "")
        urgent = bool(self.session.frames) and self.flow.urgent
        prompt = self.session.prompt if offers else ""
        self.effects.append(Say(wording.id, text, offers, *at, prompt, urgent))

    def offers(self) -> list[Offer]:
        """Return the choices of the present question."""
        return choices.offers(self.content, self.step, self.frame.answers, self.facts)

    def _fill(self, text: str) -> str:
        if "{" not in text:
            return text
        known = self.frame.answers if self.session.frames else {}
        return fill(text, {**self.facts.variables, **known})
