"""Random walks through flows, the same for the same seed: how a talk goes for people who answer as they like."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from flows import engine
from flows.compiler import Content
from flows.engine import Turn
from flows.limits import ASIDE
from flows.reading import TAP, TYPED, WORDS_A_MINUTE, words
from flows.session import Session
from flows.shell import Shell
from flows.turn import (
    WARMTHS,
    Back,
    Chosen,
    Correct,
    Do,
    Effect,
    Facts,
    Heard,
    Keep,
    Repeat,
    Say,
    Seen,
    Show,
    Skip,
    Text,
    TimedOut,
    Wait,
)
from flows.walk import LONGEST
from flows.walk.guarding import KNOWN, NOON
from flows.walk.judge import ENDLESS, ERROR, Fault, Judge
from flows.walk.trials import UNHEARD, Trial, Trials
from flows.walk.watch import Trace, arrive, watched

ACTIONS = 20  # in one turn; more go round
LIKELY: Mapping[type, int] = {Chosen: 60, Text: 20, TimedOut: 12, Skip: 6, Back: 2, Correct: 1, Repeat: 1}
DUE = 0.3  # of the turns while a talk is put aside: it comes back
QUIET, CHEER = 0.1, 0.1  # of people, by how they want the bot to be there
TOLD = 0.1  # of people: something is known of them that guards look at
SEEN = 1024  # bytes of what was read that a person is known by
NOTHING: Mapping[str, str] = {}
Random = random.Random


@dataclass(frozen=True, slots=True)
class Stroll:
    """One walk.

    Attributes:
        turns: How often the person had the word.
        seconds: What reading, answering and short waits take.
        ended: It came to an end within ``LONGEST`` turns.

    """

    flow: str
    turns: int
    seconds: float
    ended: bool


class Strolls:
    """What many walks have in common.

    Attributes:
        trace: What they came through.
        faults: The first of each kind at each step.

    """

    def __init__(self, content: Content, trials: Trials, shell: Shell | None = None, seed: int = 0) -> None:
        self.trace = Trace()
        self.content, self.trials, self.seed = watched(content, self.trace), trials, seed
        self.noting = shell.noting if shell else ()
        self.judge = Judge(content)
        self.faults: dict[tuple[str, str, str], Fault] = {}

    def stroll(self, flow: str, number: int, base: Session | None = None) -> Stroll:
        """Walk through a flow, by itself or laid over a talk. The same number is the same walk."""
        chance = random.Random(f"{self.seed} {flow} {number}")  # noqa: S311  # chance hides nothing here
        return _Stroller(self, flow, chance, base).walk()


class _Stroller:
    """One person who walks. Lives for one walk."""

    def __init__(self, shared: Strolls, flow: str, chance: Random, base: Session | None) -> None:
        self.shared, self.flow, self.chance = shared, flow, chance
        self.session, self.height = base, len(base.frames) if base else 0
        self.beginning = chance.choice(shared.trials.beginnings(flow))
        self.known = {"consent": chance.choice(("yes", "")), **self.beginning.known}
        hour, way = chance.randrange(24), chance.random()
        quiet, cheer = way < QUIET, QUIET <= way < QUIET + CHEER
        self.person = Facts(
            now=NOON.replace(hour=hour), quiet=quiet, cheer=cheer, warmth=chance.choice(WARMTHS)
        )
        if chance.random() < TOLD:
            self.known |= chance.choice(KNOWN)
        self.seen = b""
        self.asides: list[bytes] = []
        self.way: list[str] = []
        self.turns, self.seconds, self.wait = 0, 0.0, 0

    def walk(self) -> Stroll:
        """Go on until the talk is over."""
        content, flow, beneath = self.shared.content, self.flow, self.session
        arrive(content, self.shared.trace, flow, content.flows[flow].flow.start)

        def begin(facts: Facts) -> Turn:
            laid = beneath is not None
            return (
                engine.lay_over(content, beneath, flow, facts) if laid else engine.begin(content, flow, facts)
            )

        self._play(begin, Trial(Repeat(), f"{flow} begins", heard=self.beginning.heard))
        for _ in range(LONGEST):  # with those of the clock
            if self._over:
                break
            self._go_on()
        return Stroll(flow, self.turns, self.seconds, self._over)

    @property
    def _over(self) -> bool:
        return not self.asides and (self.session is None or len(self.session.frames) <= self.height)

    def _go_on(self) -> None:
        content, session = self.shared.content, self.session
        if session is not None and not (self.asides and self.chance.random() < DUE):
            trial = self._choice(session)
            self._play(lambda facts: engine.resume(content, session, trial.given, facts), trial)
            return
        aside = self.asides.pop(0)
        due = Trial(Repeat(), "a talk that was put aside is due", "clock")
        self._play(lambda facts: engine.take_up(content, session, aside, facts), due)

    def _choice(self, session: Session) -> Trial:
        """Return what the person does next: mostly they tap what is offered."""
        offers = engine.offers(self.shared.content, session, self._facts(UNHEARD, NOTHING))
        by_kind: dict[type, list[Trial]] = {}
        for trial in self.shared.trials.inputs(session, offers):
            by_kind.setdefault(type(trial.given), []).append(trial)
        (kind,) = self.chance.choices([*by_kind], [LIKELY[kind] for kind in by_kind])
        chosen = self.chance.choice(by_kind[kind])
        self.turns += chosen.kind != "clock"
        self.seconds += self.wait if chosen.kind == "clock" else TYPED if kind is Text else TAP
        return chosen

    # --- one turn, with the actions that belong to it ---

    def _play(self, play: Callable[[Facts], Turn], trial: Trial) -> None:
        heard, given = trial.heard, NOTHING if self.way else self.beginning.given
        clock = trial.kind == "clock"
        for _ in range(ACTIONS):
            self.way.append(trial.label)
            doing = self._turn(play, self._facts(heard, given), trial.kind, clock=clock)
            session = self.session
            if not doing or session is None:
                return
            trial = self.chance.choice(self.shared.trials.outcomes((session.top.flow, session.top.step)))
            play = partial(_done, self.shared.content, session, trial)
        self._break_off(ENDLESS)

    def _turn(self, play: Callable[[Facts], Turn], facts: Facts, kind: str, *, clock: bool) -> bool:
        """Play one turn; whether an action is under way then."""
        self.shared.trace.turn()
        try:
            turn = play(facts)
        except Exception as error:  # noqa: BLE001  # whatever is wrong, the way there is told
            self._break_off(ERROR, type(error).__name__)
            return False
        self.shared.trace.look(turn.session, turn.effects)
        for fault in self.shared.judge.faults(turn.effects, clock=clock, kind=kind):
            self._fault(fault)
        self.session, self.wait = turn.session, 0
        return sum(self._take(effect) for effect in turn.effects) > 0

    def _take(self, effect: Effect) -> bool:
        """Do as an effect asks; whether it is an action."""
        match effect:
            case Say(text=text) | Show(text=text):
                self.seconds += len(words(text)) * 60 / WORDS_A_MINUTE
            case Keep(kind, text, True):
                self.known[kind] = text
            case Seen(line):
                self.seen = (self.seen + line)[-SEEN:]
            case Wait(seconds) if effect.aside:
                self.asides.append(effect.aside)
            case Wait(seconds) if seconds < ASIDE:
                self.wait = seconds
            case Do(action, values):
                self.known |= values if action in self.shared.noting else {}
                return True
        return False

    def _facts(self, heard: Heard, given: Mapping[str, str]) -> Facts:
        seed, variables = self.chance.randrange(1 << 30), {**self.known, **given}
        return replace(self.person, seed=seed, heard=heard, variables=variables, seen=self.seen)

    # --- faults ---

    def _break_off(self, kind: str, why: str = "") -> None:
        self._fault(kind, why)
        self.session = None
        self.asides.clear()

    def _fault(self, kind: str, why: str = "") -> None:
        top = self.session.top if self.session else None
        latest = self.shared.trace.latest
        flow, step = latest if latest[0] or top is None else (top.flow, top.step)
        self.shared.faults.setdefault((kind, flow, step), Fault(kind, flow, step, tuple(self.way), why))


def _done(content: Content, session: Session, trial: Trial, facts: Facts) -> Turn:
    return engine.resume(content, session, trial.given, facts)
