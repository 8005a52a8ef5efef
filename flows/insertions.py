"""What is put in for ``{names}``: answers and what is known of a person, as they are said or as they are kept."""

from collections.abc import Mapping
from typing import NamedTuple

from flows.catalog import NAME, fill
from flows.compiler import Content
from flows.dates import DATED, say_date
from flows.echoes import is_own
from flows.model import Flow
from flows.turn import Facts, Spans


class Filled(NamedTuple):
    """A text as a person reads it; ``echo`` and ``past`` are as in ``Say``."""

    text: str
    echo: bool = False
    past: Spans = ()


def filled(
    content: Content, flow: Flow | None, text: str, answers: Mapping[str, str], facts: Facts
) -> Filled:
    """Return a text with its values, and which of it are the person's own words; a flow's days are written out."""
    if "{" not in text:
        return Filled(text)
    parts, past, at, length, echo = list[str](), list[tuple[int, int]](), 0, 0, False
    for found in NAME.finditer(text):
        name, before = found[1], text[at : found.start()]
        value = answers.get(name, facts.variables.get(name, ""))
        shown = _shown(content, flow, name, value, facts)
        parts += before, shown
        length += len(before) + len(shown)
        at = found.end()
        if is_own(content.own, name, value):
            echo = True
            if name in content.told or _is_past(name, value, facts):
                past.append((length - len(shown), length))
    return Filled("".join([*parts, text[at:]]), echo, tuple(past))


def said(content: Content, flow: Flow | None, text: str, answers: Mapping[str, str], facts: Facts) -> str:
    """Return a text as a person reads it."""
    return filled(content, flow, text, answers, facts).text


def kept(text: str, answers: Mapping[str, str], facts: Facts) -> str:
    """Return a value as flows and actions go on with it."""
    return fill(text, {**facts.variables, **answers})


def _is_past(name: str, value: str, facts: Facts) -> bool:
    """Whether a value was kept on an earlier day: a variable, or a line chosen from one."""
    listed = name.removesuffix("_chosen")
    known = facts.variables.get(listed, "") if listed in facts.past else ""
    return bool(known) and (value == known or (listed != name and value in known.splitlines()))


def _shown(content: Content, flow: Flow | None, name: str, value: str, facts: Facts) -> str:
    months = content.lines.get("months", ())
    if not months or not flow or not DATED.match(value) or not _is_date(flow, name):
        return value
    return say_date(value, content.catalog.text(months[0].forms["plain"][0], facts.locale))


def _is_date(flow: Flow, name: str) -> bool:
    declared = flow.variables.get(name)
    asks = [step.ask for step in flow.steps.values() if step.ask and step.ask.name == name]
    return any(ask.type == "date" for ask in asks) or (declared is not None and declared.type == "date")
