"""A practice and what surrounds it: whether it is open, how heavy it is before, how heavy and what it is like after.

What people may type at any of its questions that is no answer to it is met here too, once for all practices: a loss,
a wish to stop, a question about the bot, pain where only buttons stand. What a step says of that itself leads.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.guards import ACUTE, LEVELS, SHUT
from flows.model import END, LEAVE, OVER, Branch, Condition, Flow, Step

GATE, SHUT_, SPARED = "gate_", "shut_", "spared_"  # steps that a practice is wrapped in …
UNREAD = "unread_"  # … the one that stands behind a gate which is shut to everybody …
FRESH, PAUSE = "fresh_", "pause_"  # … behind its gate: whether there was enough of it today …
OPEN, OUTWARD, CLOSE = "open_", "outward_", "close_"  # … what surrounds it …
WORSE = "worse_"  # … and where it ends once somebody says that it makes things worse
AROUND = (GATE, SHUT_, SPARED, UNREAD, FRESH, PAUSE, OPEN, OUTWARD, WORSE, CLOSE)
PAIN = ("distress", "self_criticism", "anxious", "angry", "ashamed", "lonely", "tired")
MET = (  # what is no answer to a practice's question, wherever it is typed
    (("at_bot", "retract", "bye"), f"{LEAVE}leave"),
    (("about_bot", "asks_why"), f"{OVER}aside"),
)
ONLY = "_only"
ALL_OF_IT = (
    "at_bot",
    "retract",
    "bye",
    "asks_why",
)  # beside an answer they count where they are the whole text
BESIDE_BUTTONS = (  # free words may be about these, as answers
    (("grief",), f"{LEAVE}loss"),
    (("stop",), f"{LEAVE}leave"),
)


def wrapped(flow: Flow) -> Flow:
    """Return a practice behind its gate, between ``opening`` and ``closing``: one mechanism for all of them.

    Other flows are returned as they are.
    """
    if flow.kind != "practice":
        return flow
    steps = {id_: _redirect(_meeting(step)) for id_, step in flow.steps.items()}
    heavy = Branch(Condition(answers=(("heavy", ("8..10",)),)), OUTWARD, 0)
    left = Branch(Condition(answers=(("enough", ("given",)),)), CLOSE, 0)  # at the question how heavy it is
    around = [
        *_gate(flow),
        *_enough(flow),
        Step(
            OPEN,
            0,
            "w",
            sets={"practice": flow.id},
            call="opening",
            to=flow.start,
            when=(left,) if flow.outward else (left, heavy),
        ),
        Step(OUTWARD, 0, "w", call="outward", to=CLOSE),
        Step(WORSE, 0, "w", sets={"felt": "ache", "worse": "yes"}, to=CLOSE),
        Step(CLOSE, 0, "w", call="closing", to=END),
    ]
    return replace(flow, start=GATE, steps={**steps, **{step.id: step for step in around}})


def held_back(flow: Flow) -> Flow:
    """Return a practice that nobody has signed off closed to everybody; other flows as they are.

    What stays open in acute danger stays open here too: it is what is left to a person then, and the bot names it.
    """
    hidden = flow.kind == "practice" and not flow.signed_off and ACUTE not in flow.open_in
    return replace(flow, hidden=hidden)


def opened(flow: Flow, practices: Mapping[str, Flow]) -> Flow:
    """Return a flow whose conditions know what shuts the practices that they ask about (``open``)."""

    def told(condition: Condition) -> Condition:
        practice = practices.get(condition.open)
        return replace(condition, shut=_shutting(practice)) if practice else condition

    return replace(flow, steps={id_: _with(step, told) for id_, step in flow.steps.items()})


def _with(step: Step, told: Callable[[Condition], Condition]) -> Step:
    asked = [each.when for each in step.choices] + [each.condition for each in step.when]
    if not any(condition and condition.open for condition in asked):
        return step
    return replace(
        step,
        when=tuple(replace(branch, condition=told(branch.condition)) for branch in step.when),
        choices=tuple(replace(each, when=each.when and told(each.when)) for each in step.choices),
    )


def _shutting(practice: Flow) -> tuple[Condition, ...]:
    gate = next(step for step in _gate(practice) if step.id == GATE)
    return tuple(branch.condition for branch in gate.when)


def _gate(flow: Flow) -> list[Step]:
    """Return the steps that decide whether a practice is open to someone in danger: it is not, unless it says so."""
    shut = [Branch(_in(level), SHUT_, 0) for level in LEVELS if level not in flow.open_in]
    uses = set(flow.uses)
    spared = [Branch(Condition(guard=door), SPARED, 0) for door, shuts in SHUT.items() if shuts & uses]
    unread = [
        Branch(Condition(), UNREAD, 0)
    ] * flow.hidden  # last: in danger it is said that danger closes it
    found = [Step(GATE, 0, "w", when=(*shut, *spared, *unread), to=FRESH)]
    if shut:
        found.append(_closed(SHUT_, "danger"))
    if spared:
        found.append(_closed(SPARED, "door"))
    if unread:
        found.append(_closed(UNREAD, "review"))
    return found


def _enough(flow: Flow) -> list[Step]:
    """Return the steps that put a pause in place of the third practice of a day; what looks outward has no third.

    Who comes straight from another practice (``heavy`` is given) is in the middle of one.
    """
    if flow.outward:
        return [Step(FRESH, 0, "w", to=OPEN)]
    third = Branch(Condition(answers=(("heavy", ("missing",)),), guard="third"), PAUSE, 0)
    return [Step(FRESH, 0, "w", when=(third,), to=OPEN), Step(PAUSE, 0, "w", call="pause", to=END)]


def _closed(id_: str, by: str) -> Step:
    return Step(id_, 0, "w", sets={"closed_by": by}, call="closed", to=END)


def _in(level: str) -> Condition:
    """Return the condition that danger of a level is noted, and has not passed."""
    return Condition(answers=(("gate", (level,)),), guard=ACUTE if level == ACUTE else "")


def _meeting(step: Step) -> Step:
    """Return a question that meets what is no answer to it; what its author wrote of that comes first."""
    if not (step.choices or step.ask):
        return step
    own = {topic.removesuffix(ONLY) for branch in step.when for topic in branch.condition.heard}
    met = [*MET]
    if not step.ask:
        waits = ((*PAIN, "thanks", "good_news", "unclear", "neutral"), step.after.to) if step.after else None
        met += [*BESIDE_BUTTONS, waits or (PAIN, f"{OVER}aside")]  # beside a wait, words go on with it
    left = [(tuple(topic for topic in topics if topic not in own), to) for topics, to in met]
    first = (
        () if "worse" in own else (Branch(Condition(heard=("worse",)), WORSE, 0),)
    )  # an ache, before all else
    if not step.ask:
        return replace(
            step,
            when=(
                *first,
                *step.when,
                *(Branch(Condition(heard=topics), to, 0) for topics, to in left if topics),
            ),
        )
    brief = ((step.ask.name, ("brief",)),)  # a long text is an answer, whatever else is in it
    found = [Branch(Condition(brief, tuple(map(_only, topics))), to, 0) for topics, to in left if topics]
    return replace(step, when=(*first, *found, *step.when))


def _only(topic: str) -> str:
    return f"{topic}{ONLY}" if topic in ALL_OF_IT else topic


def _redirect(step: Step) -> Step:
    def away(to: str) -> str:
        return CLOSE if to == END else to

    return replace(
        step,
        to=away(step.to),
        skip=away(step.skip),
        when=tuple(replace(branch, to=away(branch.to)) for branch in step.when),
        choices=tuple(replace(choice, to=away(choice.to)) for choice in step.choices),
        after=replace(step.after, to=away(step.after.to)) if step.after else None,
    )
