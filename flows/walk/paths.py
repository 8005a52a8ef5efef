"""Every path through flows, walked with the real engine up to a bound.

Talks that go on alike are one place: the same step, and answers that no later condition can tell apart. A flow
that is called from many places is walked once; what comes when it ends is walked for each of them.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from flows import engine
from flows.compiler import Content
from flows.engine import Turn
from flows.guards import GUARDS
from flows.session import Frame, Session, from_json
from flows.shell import Shell
from flows.turn import Do, Facts, Heard, Keep, Offer, Repeat, Seen, Wait
from flows.walk import DEPTH, PLACES
from flows.walk.bearing import At, Bearing
from flows.walk.callers import FLAT, Caller, Calls, Ways, copied
from flows.walk.guarding import USUAL, Moment, asked_by, moments, nearly
from flows.walk.judge import ERROR, Fault, Judge
from flows.walk.likeness import Known, Likeness
from flows.walk.trials import UNHEARD, Trial, Trials, tapped
from flows.walk.values import Signs, Values
from flows.walk.watch import Trace, arrive, watched

LOOKS = 2  # places of one step from which to look back: it leads to places that are known
OVER = 0  # the node where a talk is over, or goes back to what has called it
Play = Callable[[Content, Session, Facts], Turn]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a talk waits: for a person, an action, or the clock.

    Attributes:
        stack: By which call each flow of the session was entered.
        known, given: What is known of the person: from now on, and in this turn alone.
        doing, aside: An action is under way; the talk was put aside.
        clock: The clock has begun the turn: nobody waits for words.
        depth: Turns that lead here.

    """

    session: Session
    stack: tuple[int, ...]
    known: Known
    given: Known = field(default_factory=dict)
    heard: Heard = UNHEARD
    doing: bool = False
    aside: bool = False
    clock: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """One turn to be played, from a node on. ``level`` is the flow of the session that it is about."""

    node: int
    here: Place
    level: int
    facts: Facts
    trial: Trial
    play: Play


class Paths:
    """Walks once; afterwards it is what was found.

    Attributes:
        places: By node. A node that is no place is the caller of a flow.
        ways: By node: where it leads, and by what kind of trial; ``rest``: the talk was put aside, and the
            person is free.
        before: By node: from where it was first reached, and how.
        turns: How many turns were played.
        untried: Nodes of the places that were left out.

    """

    def __init__(
        self,
        content: Content,
        shell: Shell | None = None,
        only: Collection[str] = (),
        depth: int = DEPTH,
        most: int = PLACES,
    ) -> None:
        self.most = most
        self.trace, self._alone = Trace(), Trace()
        self.content, self._solo = watched(content, self.trace), watched(content, self._alone)
        self.flows = {id_: compiled.flow for id_, compiled in content.flows.items()}
        self.shell, self.only, self.depth = shell or Shell(), frozenset(only), depth
        bearing, values = Bearing(self.flows, shell), Values()
        self.trials, self.likeness = Trials(self.flows, bearing, values), Likeness(bearing, values)
        self.ways: Ways = {OVER: []}
        self.calls: Calls[Move] = Calls(self.flows, self.likeness, self.ways)
        self.judge = Judge(content)
        self.places: dict[int, Place] = {}
        self.before: dict[int, tuple[int, str]] = {}
        self.faults: dict[tuple[str, str, str], Fault] = {}
        self.turns, self.untried = 0, set[int]()
        self._nodes: dict[Signs, int] = {}
        self._looks: Counter[At] = Counter()
        lines = (line for flow in self.flows.values() for line in flow.bubbles if line.once)
        self._once = b"".join(wording.mark for line in lines for wording in line.wordings)
        self._said_once, self._short = False, list[Moment]()

    # --- going ---

    def begin(self, flow: str, base: Session | None = None) -> None:
        """Begin a flow in every way that makes a difference: by itself, or laid over a talk."""
        session = base or Session([])
        stack = (FLAT,) * len(session.frames)

        def play(content: Content, session: Session, facts: Facts) -> Turn:
            laid = bool(session.frames)
            return (
                engine.lay_over(content, session, flow, facts) if laid else engine.begin(content, flow, facts)
            )

        for each in self.trials.beginnings(flow):
            here = Place(session, stack, each.known, each.given)
            arrive(self.content, self.trace, flow, self.flows[flow].start)
            label = f"{flow} is laid over a talk" if base else f"{flow} begins"
            trial = Trial(Repeat(), label, heard=each.heard)
            self._play(Move(OVER, here, len(stack) - 1, self._facts(here, OVER, each.heard), trial, play))

    def go(self) -> None:
        """Try everything at every place that is found, the nearest first."""
        at = 0
        nodes: list[int] = []
        while True:
            while self.calls.due:
                self._return(*self.calls.due.popleft())
            if at == len(nodes):
                nodes += list(self.places)[at:]
            if at == len(nodes):
                return
            self._expand(nodes[at], self.places[nodes[at]])
            at += 1

    def way(self, node: int) -> tuple[str, ...]:
        """Return what leads to a node, in words."""
        found: list[str] = []
        while node in self.before:
            node, label = self.before[node]
            found.insert(0, label)
        return tuple(found)

    def _expand(self, node: int, place: Place) -> None:
        if place.depth >= self.depth or len(self.places) > self.most:
            self.untried.add(node)
            return
        level = len(place.session.frames) - 1
        for trial, moment in self._tries(place):
            facts = self._facts(place, node, place.heard if place.doing else trial.heard, moment)
            here = place if place.doing or trial.kind != "clock" else replace(place, clock=True)
            play = _taken_up if place.aside else _resumed(trial)
            self._play(Move(node, here, level, facts, trial, play))

    def _tries(self, place: Place) -> Iterator[tuple[Trial, Moment]]:
        """Yield what to try, and when."""
        top = place.session.top
        if place.aside:
            yield Trial(Repeat(), "lets the time pass", "clock"), USUAL
            return
        if place.doing:
            yield from ((trial, USUAL) for trial in self.trials.outcomes((top.flow, top.step)))
            return
        offers = self._offers(place, USUAL)
        self._looks[top.flow, top.step] += 1
        looks = place.session.picking or self._looks[top.flow, top.step] <= LOOKS
        for trial in self.trials.inputs(place.session, offers):
            if looks or trial.kind != "back":
                yield trial, USUAL
        for moment in moments(self._guards(top)):
            further = [each for each in self._offers(place, moment) if each not in offers]
            yield from ((tapped(each, place.session), moment) for each in further)

    def _offers(self, place: Place, moment: Moment) -> list[Offer]:
        return engine.offers(self.content, place.session, self._facts(place, OVER, UNHEARD, moment))

    def _guards(self, frame: Frame) -> frozenset[str]:
        """Return the guards that decide which choices are offered."""
        choices = self.flows[frame.flow].steps[frame.step].choices
        return frozenset(guard for choice in choices for guard in asked_by(choice.when))

    def _facts(self, place: Place, seed: int, heard: Heard, moment: Moment = USUAL) -> Facts:
        variables = {"consent": "yes", **place.known, **place.given}
        return moment.of(Facts(seed=seed, variables=variables, heard=heard))

    # --- one turn ---

    def _play(self, move: Move) -> None:
        for facts in self._several(move.facts):
            self.trace.turn()
            self._said_once, self._short = False, []
            self.turns += 1
            try:
                turn = move.play(self.content, move.here.session, facts)
            except Exception as error:  # noqa: BLE001  # whatever is wrong, the way there is told
                self._fault(ERROR, move, type(error).__name__)
                continue
            self._look(turn)
            level = self._level(move.here.session, turn.session)
            if level < move.level and move.trial.kind != "back" and self._ends(move, facts):
                continue
            for kind in self.judge.faults(turn.effects, clock=move.here.clock, kind=move.trial.kind):
                self._fault(kind, move)
            to = self._land(move, turn, facts, level)
            if level < move.level and move.trial.kind != "back":
                self.calls.add_exit(move.here.stack[move.level], to)

    def _several(self, facts: Facts) -> Iterator[Facts]:
        """Yield facts; then those at which guards that were asked decide otherwise, and others that count here."""
        yield facts
        once, short = self._said_once, self._short
        usual = (facts.now, facts.quiet) == (USUAL.now, USUAL.quiet)
        others = moments(frozenset(self.trace.guards if usual else GUARDS)) if self.trace.guards else ()
        for moment in (*others, *short):
            if usual or not moment.known:
                yield moment.of(facts)
        if once:
            yield replace(facts, seen=self._once)

    def _look(self, turn: Turn) -> None:
        """Note what a turn showed, and on what else it depended: who has read what, and when it is."""
        self.trace.look(turn.session, turn.effects)
        self._said_once = any(isinstance(each, Seen) and each.once for each in turn.effects)
        sessions = [turn.session] if turn.session else []
        self.trace.guards.update(*(self._guards(session.top) for session in sessions))
        sessions += [from_json(each.aside) for each in turn.effects if isinstance(each, Wait) and each.aside]
        steps = [self.flows[session.top.flow].steps[session.top.step] for session in sessions]
        self._short = [nearly(step.after.at) for step in steps if step.rests and step.after and step.after.at]

    def _level(self, before: Session, now: Session | None) -> int:
        """Return the lowest flow that a turn moved on."""
        frames, ended = now.frames if now else [], self.trace.ended is not None
        for level, frame in enumerate(before.frames[:-1]):
            moved = level >= len(frames) or frames[level] != frame
            if moved or (ended and (frame.flow, frame.step) in self.trace.passed):
                return level
        return min(len(before.frames), max(len(frames), 1)) - 1

    def _fault(self, kind: str, move: Move, why: str = "") -> None:
        top = move.here.session.frames[-1:] or [Frame("")]
        flow, step = self.trace.latest if self.trace.latest[0] else (top[0].flow, top[0].step)
        if (kind, flow, step) not in self.faults:
            way = (*self.way(move.node), move.trial.label)
            self.faults[kind, flow, step] = Fault(kind, flow, step, way, why)

    # --- flows that end ---

    def _ends(self, move: Move, facts: Facts) -> bool:
        """Note that a flow ends, or is put aside, for all who have called it; False if it was left otherwise."""
        here = move.here
        alone = _with(here.session, here.session.frames[move.level :])
        self._alone.turn()
        turn = move.play(self._solo, alone, facts)
        aside = [each.aside for each in turn.effects if isinstance(each, Wait) and each.aside]
        if turn.session is not None or not (self._alone.ended or aside):
            return False
        how: Signs = tuple(
            self.likeness.frame(frame, here.known) for each in aside for frame in from_json(each).frames
        )
        if self._alone.ended:
            how = (how, self.likeness.exit(*self._alone.ended, here.known, facts.heard))
        when = (facts.now, facts.quiet, facts.seen, here.clock)
        key = (how, when, alone.unanswered, self.judge.spoken(turn.effects))
        self.calls.add_end(here.stack[move.level], key, replace(move, facts=facts))
        self.ways.setdefault(move.node, []).append((OVER, move.trial.kind))
        return True

    def _return(self, move: Move, caller: Caller) -> None:
        """Go on with what has called a flow when that ends."""
        here, ended = move.here, move.here.session.frames[move.level :]
        session = _with(here.session, (*caller.frames, *ended))
        stack = caller.stack + here.stack[move.level :]
        depth = max(caller.depth, here.depth)
        place = replace(here, session=session, stack=stack, known=caller.known, depth=depth)
        facts = replace(move.facts, variables={**move.facts.variables, **caller.known}, seed=caller.node)
        trial = replace(move.trial, label=f"\u2026 {move.trial.label}")
        self._play(Move(caller.node, place, len(caller.frames) - 1, facts, trial, move.play))

    # --- arriving ---

    def _land(self, move: Move, turn: Turn, facts: Facts, level: int) -> int:
        """Note where a turn leads; return the node."""
        known, doing, resting = dict(move.here.known), False, False
        for effect in turn.effects:
            if isinstance(effect, Keep) and effect.variable:
                known[effect.kind] = effect.text
            elif isinstance(effect, Do):
                doing = True
                known |= effect.values if effect.action in self.shell.noting else {}
            elif isinstance(effect, Wait) and effect.aside:
                resting = True
                self._arrive(move, Place(from_json(effect.aside), (), known, aside=True))
        if turn.session is None:
            self.ways.setdefault(move.node, []).append((OVER, "rest" if resting else move.trial.kind))
            return OVER
        place = Place(turn.session, move.here.stack[: level + 1], known, doing=doing)
        if doing:
            place = replace(place, given=move.here.given, heard=facts.heard, clock=move.here.clock)
        return self._arrive(move, place)

    def _arrive(self, move: Move, place: Place) -> int:
        to = OVER
        if not self.only or any(frame.flow in self.only for frame in place.session.frames):
            depth = move.here.depth + (move.trial.kind != "done")
            stack, to = self._stack(move, place, depth)
            node = self._node((stack[-1], *self._key(place)), move)
            if node not in self.places:
                self.places[node] = replace(place, stack=stack, depth=depth)
            to = to or node
        self.ways.setdefault(move.node, []).append((to, move.trial.kind))
        return to

    def _stack(self, move: Move, place: Place, depth: int) -> tuple[tuple[int, ...], int]:
        """Return by which calls a session's flows were entered, and the node of the first new caller."""
        frames, first = place.session.frames, OVER
        stack = place.stack[: len(frames)] or (FLAT,)
        for height in range(len(stack), len(frames)):
            beneath = frames[height - 1]
            number = self.calls.number(beneath, frames[height], place.known)
            key = (stack[-1], self.likeness.frame(beneath, place.known))
            node = self._node(("caller", number, key), move)
            caller = Caller(node, tuple(copied(frames[:height])), stack, place.known, depth)
            self.calls.add_caller(number, key, caller)
            first, stack = first or node, (*stack, number)
        return stack, first

    def _key(self, place: Place) -> Signs:
        session, top = place.session, place.session.top
        asked = (session.picking, bool(session.misses), bool(session.ahead), session.unanswered)
        turn: Signs = ()
        if place.doing:
            turn = (place.clock, self.likeness.heard(top, place.heard), tuple(sorted(place.given.items())))
        return (place.aside, asked, turn, self.likeness.frame(top, place.known))

    def _node(self, key: Signs, move: Move) -> int:
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = len(self._nodes) + 1
            self.ways[found] = []
            self.before[found] = move.node, move.trial.label
        return found


def _with(session: Session, frames: Iterable[Frame]) -> Session:
    """Return a session with other flows."""
    found = session.copy()
    found.frames = copied(frames)
    return found


def _resumed(trial: Trial) -> Play:
    return lambda content, session, facts: engine.resume(content, session, trial.given, facts)


def _taken_up(content: Content, session: Session, facts: Facts) -> Turn:
    return engine.take_up(content, None, session.to_json(), facts)
