"""How flows lead to each other, and which of them the bot begins by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.diagram import Diagram, Node, Way, Words, review
from flows.model import LEAVE, OVER, Flow
from flows.phrases import counted
from flows.practice import wrapped

BOT, PRACTICES = "the bot", "every practice"
BEGUN = {  # what makes the bot begin a flow that no flow has to lead to
    "welcome": "someone new writes",
    "menu": "someone known writes, or wants the menu",
    "return": "“start”, in the middle of a talk",
    "concrete": "“I can't think”, or two answers that were not understood",
    "helpnow": "“help now”",
    "direct": "words that may mean danger",
    "crisis": "words of danger now",
    "door": "words of another danger",
    "young": "an age that may be too young was written",
    "zone": "“time zone”",
    "country": "“change country”",
    "way": "“way”",
    "about": "a question about the bot",
    "wished": "somebody who looks after an ill person wishes it were over for them",
    "notes": "“my notes”",
    "kind": "“my kind words”",
    "kind_day": "the day has come for which words were set",
    "export": "“export”",
    "forget": "“forget me”",
    "renew": "the privacy text has changed",
    "lock": "“lock”",
    "hide": "“hide”, where a word of the person's own comes first",
    "checkin": "“check-ins”",
    "daily": "the hour of a check-in has come",
    "fewer": "three check-ins in a row got no answer",
    "look": "“look back”",
    "knock": "something is due after an hour or more",
}
HOW = {"call": "goes through", LEAVE: "leaves for", OVER: "can lay over the talk:"}
LEGEND = """\
Each card is one flow. Its number shows where ways lead: ↓ further down, ↑ further up. Lines are drawn for ways down; \
a flow that many lead to has only one, and says from where else it is reached.
“goes through” comes back to where it was. “leaves for” does not. What can lie over the talk ends with the same \
question again. “help now” and the menu can be reached from anywhere."""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One flow leads to another. ``how`` is ``call``, ``flow:``, ``over:``, or why the bot begins it."""

    source: str
    to: str
    how: str


def links(flows: Mapping[str, Flow]) -> list[Link]:
    """Return every way between flows, in the order in which they are written."""
    found = [Link(BOT, id_, why) for id_, why in BEGUN.items() if id_ in flows]
    found += dict.fromkeys(
        link for flow in flows.values() if flow.kind == "practice" for link in _around(flow)
    )
    found += dict.fromkeys(link for flow in flows.values() for link in _out(flow))
    return found


def chart(flows: Mapping[str, Flow]) -> Diagram:
    """Return one map of all flows."""
    talks = {id_: flow for id_, flow in flows.items() if flow.kind != "lines"}
    found = links(talks)
    places = {BOT: Node(BOT, (Words("What the bot begins by itself."),), _ways(BOT, found))}
    places |= {id_: _place(flow, _ways(id_, found)) for id_, flow in talks.items()}
    if any(link.source == PRACTICES for link in found):
        around = Words("What surrounds each practice.")
        places[PRACTICES] = Node(PRACTICES, (around,), _ways(PRACTICES, found))
    kinds = [flow.kind for flow in talks.values()]
    sums = [counted(kinds.count(kind), kind) for kind in ("talk", "practice", "part")]
    return Diagram(
        "map", "All flows, and how they lead to each other", BOT, places, (" · ".join(sums),), legend=LEGEND
    )


def _place(flow: Flow, ways: tuple[Way, ...]) -> Node:
    minutes = [f"{flow.minutes} min"] if flow.minutes else []
    about = " · ".join([flow.kind, *minutes, counted(len(flow.steps), "step")])
    words = (Words(flow.title, f"{about} · {review(flow)}"),)
    return Node(flow.id, words, ways, delicate=flow.delicate, opens=flow.id)


def _ways(source: str, found: list[Link]) -> tuple[Way, ...]:
    return tuple(
        Way("when" if link.source in (BOT, PRACTICES) else "then", HOW.get(link.how, link.how), link.to)
        for link in found
        if link.source == source
    )


def _around(flow: Flow) -> Iterator[Link]:
    """Yield what every practice is wrapped in, as if it were one flow's."""
    whole = wrapped(flow)
    why = {
        "closed": "in its place, after danger, where it does not stay open",
        "opening": "before it",
        "closing": "after it",
        "outward": "in its place, from a heaviness of 8 on",
    }
    for step in whole.steps.values():
        if step.call and step.id not in flow.steps:
            yield Link(PRACTICES, step.call, why.get(step.call, "around it"))


def _out(flow: Flow) -> Iterator[Link]:
    for step in flow.steps.values():
        if step.call:
            yield Link(flow.id, step.call, "call")
        for to, _ in step.targets:
            for how in (LEAVE, OVER):
                if to.startswith(how):
                    yield Link(flow.id, to.removeprefix(how), how)
