"""Walks through flows with the real engine, to find what goes wrong before a person does.

Pure: the same content, seed and bounds give the same report.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from flows import engine
from flows.compiler import Content
from flows.model import LEAVE, OVER, Flow
from flows.session import Session
from flows.shell import Shell
from flows.turn import Do, Done, Facts
from flows.walk import DEPTH, PLACES, STROLLS, findings
from flows.walk.bearing import Bearing
from flows.walk.findings import Finding
from flows.walk.guarding import NOON
from flows.walk.paths import Paths
from flows.walk.strolls import Stroll, Strolls
from flows.walk.trials import Trials
from flows.walk.values import Values

ACTIONS = 10  # before the place that everything begins from puts its question


@dataclass(frozen=True, slots=True)
class Talk:
    """How long a flow takes, over random walks.

    Attributes:
        median, longest: How often the person has the word.
        minutes: Of reading, answering and short waits: half of the walks take longer.
        ended: How many of the walks came to an end.

    """

    flow: str
    walks: int
    median: float
    longest: int
    minutes: float
    ended: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a walk has found.

    Attributes:
        entered: The flows that were walked from their beginnings.
        reached: How often each step was reached at random, or on all paths where nothing was random.
        places, turns: How much was tried on all paths.
        untried: Places that the bounds have cut off.

    """

    entered: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    talks: tuple[Talk, ...] = ()
    reached: Mapping[tuple[str, str], int] = field(default_factory=dict)
    places: int = 0
    turns: int = 0
    untried: int = 0

    @property
    def errors(self) -> int:
        """How many of the findings a person would meet."""
        return sum(each.error for each in self.findings)


def walk(  # noqa: PLR0913  # each but the first has a default that fits
    content: Content,
    shell: Shell | None = None,
    only: Collection[str] = (),
    *,
    strolls: int = STROLLS,
    seed: int = 0,
    depth: int = DEPTH,
    most: int = PLACES,
) -> Report:
    """Walk every path up to a bound, and some at random.

    Args:
        content: What to walk through; it is not changed.
        shell: The program around the flows; without it, it is guessed what actions give.
        only: Flows to walk; the walk ends where they are left. None for all that people can enter.
        strolls: How many random walks there are, over all of these flows.
        seed: Decides the random walks.
        depth: Turns of a path.
        most: Places after which paths are left untried; ``untried`` says how many.

    """
    entered = tuple(only) or entries(content, shell)
    base = ground(content)
    paths = Paths(content, shell, only, depth, most)
    for flow in entered:
        for beneath in _beneath(content.flows[flow].flow, base, shell):
            paths.begin(flow, beneath)
    paths.go()
    walks = Strolls(content, paths.trials, shell, seed)
    through = tuple(only) or strolled(content, shell)
    talks = tuple(_stroll(walks, through, -(-strolls // max(1, len(through)))))
    return Report(
        entered=entered,
        findings=tuple(
            sorted(_findings(paths, walks, only), key=lambda each: (each.path, each.row, each.message))
        ),
        talks=talks,
        reached=dict((walks if talks else paths).trace.steps),
        places=len(paths.places),
        turns=paths.turns,
        untried=len(paths.untried),
    )


def _findings(paths: Paths, walks: Strolls, only: Collection[str]) -> Iterator[Finding]:
    yield from findings.faults({**walks.faults, **paths.faults}.values(), paths.flows)
    for flow in (paths.flows[id_] for id_ in only or paths.flows):
        yield from findings.dead(flow, (paths.trace, walks.trace))
    yield from findings.traps(paths)
    yield from findings.rounds(paths)


def entries(content: Content, shell: Shell | None = None) -> tuple[str, ...]:
    """Return the flows that people can enter: those that the shell begins, and those that nothing leads to."""
    flows = {id_: compiled.flow for id_, compiled in content.flows.items()}
    led_to = {step.call for flow in flows.values() for step in flow.steps.values()}
    targets = (to for flow in flows.values() for step in flow.steps.values() for to, _ in step.targets)
    led_to |= {to.removeprefix(LEAVE).removeprefix(OVER) for to in targets if to.startswith((LEAVE, OVER))}
    begun = {id_ for id_ in shell.begins if id_ in flows} if shell else set[str]()
    surround = {id_ for id_ in begun if flows[id_].kind == "part" and shell and id_ not in shell.lays}
    talks = {id_ for id_, flow in flows.items() if flow.kind == "talk"}
    return tuple(id_ for id_ in flows if id_ in (begun | talks) - surround or id_ not in led_to | surround)


def strolled(content: Content, shell: Shell | None = None) -> tuple[str, ...]:
    """Return the flows that random walks begin with: those that people can enter, and every practice."""
    entered = entries(content, shell)
    return tuple(id_ for id_, each in content.flows.items() if id_ in entered or each.flow.kind == "practice")


def random_walks(
    content: Content, shell: Shell | None, flows: Collection[str], each: int, seed: int = 0
) -> list[Talk]:
    """Return how long flows take, over so many random walks through each."""
    known = {id_: compiled.flow for id_, compiled in content.flows.items()}
    trials = Trials(known, Bearing(known, shell), Values())
    return list(_stroll(Strolls(content, trials, shell, seed), flows, each))


def _stroll(walks: Strolls, flows: Collection[str], each: int) -> Iterator[Talk]:
    base = ground(walks.content)
    for flow in flows if each else ():
        beneath = next(_beneath(walks.content.flows[flow].flow, base, None))
        yield _talk(flow, [walks.stroll(flow, number, beneath) for number in range(each)])


def ground(content: Content) -> Session | None:
    """Return a talk that waits where everything begins, for flows that are laid over one; None if there is none."""
    home = Facts().home
    if home not in content.flows:
        return None
    facts = Facts(now=NOON, variables={"consent": "yes"})
    turn = engine.begin(content, home, facts)
    for _ in range(ACTIONS):
        if turn.session is None or not any(isinstance(effect, Do) for effect in turn.effects):
            break
        turn = engine.resume(content, turn.session, Done({}), facts)
    return turn.session if turn.session and len(turn.session.frames) == 1 else None


def _beneath(flow: Flow, base: Session | None, shell: Shell | None) -> Iterator[Session | None]:
    """Yield what a flow is entered upon: nothing, a talk that goes on afterwards, or the one and the other."""
    if flow.kind == "talk" or base is None:
        yield None
    if base and (flow.kind != "talk" or (shell is not None and flow.id in shell.lays)):
        yield base


def _talk(flow: str, taken: Sequence[Stroll]) -> Talk:
    return Talk(
        flow=flow,
        walks=len(taken),
        median=median(each.turns for each in taken),
        longest=max(each.turns for each in taken),
        minutes=round(median(each.seconds for each in taken) / 60, 1),
        ended=sum(each.ended for each in taken),
    )
