"""What is put in for ``{names}``: answers and what is known of a person, as they are said or as they are kept."""

from collections.abc import Mapping

from flows.catalog import fill
from flows.compiler import Content
from flows.dates import DATED, say_date
from flows.model import Flow
from flows.turn import Facts


def said(content: Content, flow: Flow | None, text: str, answers: Mapping[str, str], facts: Facts) -> str:
    """Return a text as a person reads it: a flow's days are written out."""
    if "{" not in text:
        return text
    known = {**facts.variables, **answers}
    return fill(text, {name: _shown(content, flow, name, value, facts) for name, value in known.items()})


def kept(text: str, answers: Mapping[str, str], facts: Facts) -> str:
    """Return a value as flows and actions go on with it."""
    return fill(text, {**facts.variables, **answers})


def _shown(content: Content, flow: Flow | None, name: str, value: str, facts: Facts) -> str:
    months = content.lines.get("months", ())
    if not months or not flow or not DATED.match(value) or not _is_date(flow, name):
        return value
    return say_date(value, content.catalog.text(months[0].forms["plain"][0], facts.locale))


def _is_date(flow: Flow, name: str) -> bool:
    declared = flow.variables.get(name)
    asks = [step.ask for step in flow.steps.values() if step.ask and step.ask.name == name]
    return any(ask.type == "date" for ask in asks) or (declared is not None and declared.type == "date")
