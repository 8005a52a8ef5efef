"""A talk with the engine, as tests play it: saved and loaded between turns, and checked at each."""

from dataclasses import replace
from textwrap import dedent

from flows import engine
from flows.compiler import Compiled, Content
from flows.fragments import put_in
from flows.machine import Machine
from flows.practice import wrapped
from flows.reader import read
from flows.session import from_json
from flows.turn import Facts, Say, Text
from tests.content import SYSTEM


def flow(id_: str, *top: str, **steps: str) -> str:
    """Return a flow in short: lines for its top, then its steps, each in braces."""
    return "\n".join(
        [f"flow: {id_}", *top, "steps:", *(f"  {name}: {{{body}}}" for name, body in steps.items())]
    )


def unchecked(**flows: str) -> Content:
    """Return flows that no check has seen: the engine stands fast by itself."""
    read_ = [read(dedent(text), id_) for id_, text in {"system": SYSTEM, **flows}.items()]
    assert not [each for _, tree in read_ for each in tree.diagnostics]
    whole = put_in(flow for flow, _ in read_ if flow)[0]
    lines = {id_: several for flow in whole for id_, several in flow.lines.items()}
    talks = {flow.id: wrapped(flow) for flow in whole if flow.kind != "lines"}
    moved = {old: flow.id for flow in whole for old in flow.renamed.flow}
    return Content(
        {id_: Compiled(flow, Machine(flow)) for id_, flow in talks.items()}, lines, "", moved=moved
    )


class Talk:
    """Plays a talk.

    Each turn is taken with a seed of its own, as in the bot: marks of questions depend on it.
    """

    def __init__(self, flows, facts=None, flow="tea"):
        self.flows, self.facts = flows, facts or Facts()
        self.turn = engine.begin(flows, flow, self.facts)

    def give(self, given, **facts):
        """Give one input; ``facts`` hold for this turn."""
        session = from_json(self.turn.session.to_json())
        before = session.copy()
        self.facts = replace(self.facts, seed=self.facts.seed + 1)
        self.turn = engine.resume(self.flows, session, given, replace(self.facts, **facts))
        assert session == before, "a turn must not change the session it was given"
        return self

    def say(self, *texts):
        """Type several texts, one after the other."""
        for text in texts:
            self.give(Text(text))
        return self

    def lay_over(self, flow):
        """Lay a flow over the talk."""
        self.turn = engine.lay_over(self.flows, self.turn.session, flow, self.facts)
        return self

    def take_up(self, aside):
        """Take up a talk that was put aside."""
        self.turn = engine.take_up(self.flows, self.turn.session, aside, self.facts)
        return self

    def now_with(self, flows):
        """Go on with other content."""
        self.flows = flows
        return self

    @property
    def said(self):
        """The bubbles of this turn."""
        return [effect.text for effect in self.turn.effects if isinstance(effect, Say)]

    @property
    def offered(self):
        """The labels beneath the last bubble."""
        return [offer.label for offer in self.effects(Say)[-1].offers]

    @property
    def step(self):
        """Where the talk stands."""
        return self.turn.session.top.step

    @property
    def answers(self):
        """What was said in the flow on top."""
        return self.turn.session.top.answers

    def effects(self, kind):
        """The effects of one kind."""
        return [effect for effect in self.turn.effects if isinstance(effect, kind)]
