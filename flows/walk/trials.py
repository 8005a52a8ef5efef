"""What a walk tries at a place: offers, words, skips, waits, and what actions may find."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from flows.answers import match_choice
from flows.model import Ask, Flow, Step
from flows.session import Session
from flows.turn import (
    Back,
    Chosen,
    Correct,
    Done,
    Heard,
    Input,
    Offer,
    Repeat,
    Skip,
    Text,
    TimedOut,
)
from flows.walk.bearing import KNOWN, RAW, At, Bearing, conditions
from flows.walk.values import (
    WORDS,
    Values,
    combined,
    heard_as,
    hearings,
    literal,
    satisfying,
)

DATES = ("tomorrow", "24.12.2026")
FITTING = {"date": DATES[0], "time": "21:30"}  # other types take any words
UNHEARD = Heard()  # nothing special
MANY = 1000  # numbers looked at where one is asked for


@dataclass(frozen=True, slots=True)
class Beginning:
    """One way to begin a flow: what it is given, what is known of the person, and what was heard."""

    given: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    heard: Heard = UNHEARD


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing to try.

    Attributes:
        label: The same in words.
        kind: ``on``: the person moves on; ``clock``: a wait is over; ``done``: an action has ended; ``back``:
            the person looks back, and does not move on.

    """

    given: Input
    label: str
    kind: str = "on"
    heard: Heard = UNHEARD


class Trials:
    """Makes up what to try. Lives for one walk."""

    def __init__(self, flows: Mapping[str, Flow], bearing: Bearing, values: Values) -> None:
        self.flows, self.bearing, self.values = flows, bearing, values
        self._beginnings: dict[str, list[Beginning]] = {}
        self._outcomes: dict[At, list[Trial]] = {}

    # --- beginnings, and what actions find ---

    def beginnings(self, flow: str) -> list[Beginning]:
        """Return the ways to begin a flow: all that it takes, together with one thing that is known of the person.

        Several things that are known come together where one condition asks for them.
        """
        if flow not in self._beginnings:
            self._beginnings[flow] = list(self._ways_to_begin(flow))
        return self._beginnings[flow]

    def _ways_to_begin(self, flow: str) -> Iterator[Beginning]:
        tests, takes = self.bearing.beginning(flow), self.flows[flow].takes
        kinds = {
            name: [group[0] for group in self.values.kinds(each)] for name, each in sorted(tests.items())
        }
        known = {name.removeprefix(KNOWN): values for name, values in kinds.items() if name.startswith(KNOWN)}
        taken = {name: values for name, values in kinds.items() if name in takes}
        asked = (satisfying(each, known) for other in self.flows.values() for each in conditions(other))
        alone = ({name: value} for name, values in known.items() for value in values)
        several = _different(chain([{}], alone, *asked))
        for values in combined([*taken.values()]):
            given = {name: value for name, value in zip(taken, values, strict=True) if value}
            yield from (Beginning(given, each) for each in several)
        yield from (Beginning(heard=heard) for heard in hearings(tests)[1:])

    def outcomes(self, at: At) -> list[Trial]:
        """Return what an action may find: all that lines after it can tell apart, and nothing."""
        if at not in self._outcomes:
            step = self.flows[at[0]].steps[at[1]]
            action = step.do.name if step.do else ""
            found = [(values, _finding(values)) for values in self._found(at)]
            self._outcomes[at] = [
                Trial(Done(each), f"{action} finds {shown}", "done") for each, shown in found
            ]
        return self._outcomes[at]

    def _found(self, at: At) -> list[Mapping[str, str]]:
        flow = self.flows[at[0]]
        names, ahead = sorted(self.bearing.given.get(at, ())), self.bearing.ahead[at]
        tests = {name: ahead[name] for name in names if name in ahead}
        nothing = {name: "" if name in tests else f"({name})" for name in names}
        own = (branch.condition for branch in flow.steps[at[1]].when)
        meant = (satisfying(condition, tests) for condition in chain(own, conditions(flow)))
        alone = ({name: group[0]} for name, each in tests.items() for group in self.values.kinds(each))
        found: dict[object, Mapping[str, str]] = {}
        for each in chain([{}], *meant, alone):
            values = {**nothing, **each}
            signs = tuple(self.values.sign(tested, values[name]) for name, tested in tests.items())
            found.setdefault(signs, values)
        return list(found.values())

    # --- what a person may do ---

    def inputs(self, session: Session, offers: list[Offer]) -> Iterator[Trial]:
        """Return what may come in at a question: from the person, or from the clock."""
        step = self.flows[session.top.flow].steps[session.top.step]
        yield Trial(Repeat(), "asks again", "back")
        yield Trial(Back(), "goes back", "back")
        if session.picking:
            yield from (tapped(offer, session) for offer in offers)
            return
        yield Trial(Correct(), "wants to change an answer", "back")
        yield Trial(Skip(), "skips")
        if step.after:
            yield Trial(TimedOut(session.generation), "lets the time pass", "clock")
        numbers = self._numbers(session.top.flow, step) if not step.choices else []
        some = [offer for offer in offers if not numbers or offer.id in {*numbers, "skip"}]
        yield from (tapped(offer, session) for offer in some)
        for text, heard in dict.fromkeys(self._typed(session.top.flow, step, offers)):
            yield Trial(Text(text), _typing(text, heard), "on", heard)

    def _typed(self, flow: str, step: Step, offers: list[Offer]) -> Iterator[tuple[str, Heard]]:
        """Return words to type, with what they are heard as."""
        yield WORDS, UNHEARD
        fits = FITTING.get(step.ask.type, WORDS) if step.ask else WORDS
        numbers = self._numbers(flow, step)
        for heard in hearings(self.bearing.ahead[flow, step.id])[1:]:
            yield numbers[0] if numbers else fits, heard
        if not step.ask:
            return
        yield from ((text, UNHEARD) for text in self._answers(flow, step, step.ask, offers))
        for condition in conditions(self.flows[flow]):
            allowed = dict(condition.answers).get(step.ask.name)
            if condition.heard and allowed:
                yield literal(allowed[0]), heard_as(condition.heard[0])

    def _answers(self, flow: str, step: Step, ask: Ask, offers: list[Offer]) -> Iterator[str]:
        """Return answers that later conditions can tell apart, none of them one that is offered."""
        if ask.longest:
            yield "x" * (ask.longest + 1)
        if ask.type == "number":
            yield from (each for each in self._numbers(flow, step) if match_choice(each, offers) is None)
            return
        usual = DATES if ask.type == "date" else (FITTING.get(ask.type, WORDS),)
        groups = self.values.kinds(self.bearing.ahead[flow, step.id].get(ask.name, frozenset()))
        for group in [*groups, *([each] for each in usual)]:
            free = (each for each in group if each and match_choice(each, offers) is None)
            yield from list(free)[:1]

    def _numbers(self, flow: str, step: Step) -> list[str]:
        """Return the numbers to try where one is asked for: the ends, the middle, and what lines tell apart."""
        if not step.ask or not step.ask.number:
            return []
        low, high = step.ask.number
        tests = self.bearing.ahead[flow, step.id].get(step.ask.name, frozenset()) - {RAW}
        groups = self.values.groups(tests, map(str, range(low, min(high, low + MANY) + 1)))
        ends = (str(low), str((low + high) // 2), str(high))
        return list(dict.fromkeys((*ends, *(group[0] for group in groups if not set(ends) & set(group)))))


def tapped(offer: Offer, session: Session) -> Trial:
    """Return the tap on an offer."""
    return Trial(Chosen(offer.id, session.prompt), f"taps \u201c{offer.label}\u201d")


def _different(several: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return mappings without what is empty in them, each of them once."""
    found = ({name: value for name, value in each.items() if value} for each in several)
    return list({tuple(sorted(each.items())): each for each in found}.values())


def _finding(values: Mapping[str, str]) -> str:
    shown = (f"{name} {value}" for name, value in values.items() if value and value != f"({name})")
    return ", ".join(" ".join(each.split()) for each in shown) or "nothing"


def _typing(text: str, heard: Heard) -> str:
    shown = text if len(text) <= len(WORDS) else f"{text[: len(WORDS)]}\u2026"
    meant = heard.topic or heard.intent
    return f"types \u201c{shown}\u201d" + (f", heard as {meant}" if meant != "neutral" else "")
