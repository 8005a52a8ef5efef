"""What a question offers: its choices, a range of numbers, lines of a list, and Skip; or answers to change."""

from collections.abc import Mapping

from flows import insertions
from flows.catalog import NAME, choose
from flows.compiler import Content
from flows.machine import AFTER, SKIP, holds, triggered_choice
from flows.model import Choice, Flow, Step
from flows.session import Answered, Frame
from flows.turn import Facts, Offer

MOST = 20  # numbers that become buttons; the others can be typed
LATEST = 8  # answers that can be changed; more is a list nobody reads
SHORT = 30  # characters of an answer on a button
LEAVE_IT = "leave_it"


def offers(content: Content, flow: Flow, step: Step, answers: Mapping[str, str], facts: Facts) -> list[Offer]:
    """Return what is offered at a step, in the author's order."""
    if step.offers:
        listed = answers.get(step.offers) or facts.variables.get(step.offers, "")
        found = [Offer(str(number), label) for number, label in enumerate(listed.splitlines()) if label]
        return found if step.ask is None or step.ask.bare else [*found, _skip(content, facts)]
    shown = (choice for choice in step.choices if choice.when is None or holds(choice.when, answers, facts))
    found = [_offer(content, flow, choice, answers, facts) for choice in shown]
    if step.ask and step.ask.bare:
        return found
    if step.ask and step.ask.number and not found:
        low, high = step.ask.number
        found = [Offer(str(number), str(number)) for number in range(low, min(high, low + MOST) + 1)]
    if step.ask and (step.skip or step.to) and all(offer.id != "skip" for offer in found):
        found.append(_skip(content, facts))
    return found


def show_own(content: Content, step: Step) -> bool:
    """Whether the buttons of a step show words that the person typed."""
    names = (name for choice in step.choices for name in NAME.findall(choice.label.text))
    return step.offers in content.own or any(name in content.own for name in names)


def earlier(content: Content, frame: Frame, facts: Facts) -> list[Offer]:
    """Return the answers of a flow that can be changed, latest first; their ids are places in the trail."""
    flow, seen, found = content.flows[frame.flow].flow, dict(frame.answers), []
    for place in range(len(frame.trail) - 1, -1, -1):
        answered = frame.trail[place]
        seen.update({name: value or "" for name, value in answered.also.items()})
        label = _given(content, flow, answered, seen, facts)
        if label:
            found.append(Offer(f"a{place}", _shortened(label)))
        seen.update({name: value or "" for name, value in answered.before.items()})
    return [*found[:LATEST], Offer(LEAVE_IT, _label(content, facts, "leave_it_label", "Leave it"))]


def _given(content: Content, flow: Flow, answered: Answered, values: Mapping[str, str], facts: Facts) -> str:
    """Return an answer as it is shown, "" for what was none."""
    step = flow.steps.get(answered.step)
    if step is None or step.rests or answered.by == AFTER:
        return ""
    if answered.by == SKIP:
        return _label(content, facts, "skip_label", "Skip")
    name = step.ask.name if step.ask else f"{step.offers}_chosen"
    id_ = triggered_choice(answered.by) or values.get(name, "")
    for choice in step.choices:
        if choice.id == id_:
            return _offer(content, flow, choice, values, facts).label
    listed = values.get(step.offers, "").splitlines() if step.ask else []
    if id_.isdecimal() and int(id_) < len(listed):
        return listed[int(id_)]
    return " ".join(insertions.said(content, flow, f"{{{name}}}", values, facts).split()) if id_ else ""


def _shortened(label: str) -> str:
    return label if len(label) <= SHORT else f"{label[: SHORT - 1].rstrip()}\u2026"


def _offer(content: Content, flow: Flow, choice: Choice, answers: Mapping[str, str], facts: Facts) -> Offer:
    label = content.catalog.text(choice.label, facts.locale)
    return Offer(choice.id, insertions.said(content, flow, label, answers, facts))


def _skip(content: Content, facts: Facts) -> Offer:
    return Offer("skip", _label(content, facts, "skip_label", "Skip"))


def _label(content: Content, facts: Facts, line: str, fallback: str) -> str:
    lines = content.lines.get(line, ())
    return (
        content.catalog.text(choose(lines[0], facts, b"", content.catalog), facts.locale)
        if lines
        else fallback
    )
