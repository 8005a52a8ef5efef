"""What a question offers: its choices, a range of numbers, lines of a list, and Skip."""

from collections.abc import Mapping

from flows.catalog import choose, fill
from flows.compiler import Content
from flows.machine import holds
from flows.model import Choice, Step
from flows.turn import Facts, Offer


def offers(content: Content, step: Step, answers: Mapping[str, str], facts: Facts) -> list[Offer]:
    """Return what is offered at a step, in the author's order."""
    if step.offers:
        listed = answers.get(step.offers) or facts.variables.get(step.offers, "")
        return [Offer(str(number), label) for number, label in enumerate(listed.splitlines()) if label]
    shown = (choice for choice in step.choices if choice.when is None or holds(choice.when, answers, facts))
    found = [_offer(content, choice, answers, facts) for choice in shown]
    if step.ask and step.ask.bare:
        return found
    if step.ask and step.ask.number and not found:
        low, high = step.ask.number
        found = [Offer(str(number), str(number)) for number in range(low, high + 1)]
    if step.ask and (step.skip or step.to) and all(offer.id != "skip" for offer in found):
        found.append(Offer("skip", _skip_label(content, facts)))
    return found


def _offer(content: Content, choice: Choice, answers: Mapping[str, str], facts: Facts) -> Offer:
    label = content.catalog.text(choice.label, facts.locale)
    return Offer(choice.id, fill(label, {**facts.variables, **answers}) if "{" in label else label)


def _skip_label(content: Content, facts: Facts) -> str:
    lines = content.lines.get("skip_label", ())
    return content.catalog.text(choose(lines[0], facts, b""), facts.locale) if lines else "Skip"
