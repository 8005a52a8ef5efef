"""Every rule that content must obey: one function for a group of codes, all of them in RULES."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from flows.catalog import NAME
from flows.diagnostics import Diagnostic
from flows.guards import GUARDS
from flows.model import END, LEAVE, Condition, Flow, Line, Step

BUBBLE = 300  # characters; practices.md: short bubbles
BUBBLES = 3  # before the person acts
TELEGRAM_TEXT = 4096  # UTF-16 units, Bot API 10.0
CALLBACK = 64  # bytes, Bot API 10.0
LABEL = 40  # characters that a phone shows on one button
PROMPT_MARK = "1|||" + "|ffffff"  # what callback data holds beside flow, step and choice
FORBIDDEN = (
    r"everyone feels", r"you're safe now", r"at least you", r"time heals", r"better place", r"be strong",
    r"closure", r"therapy", r"you'll feel (?:better|calmer)", r"i understand exactly", r"i missed you",
    r"it will pass", r"let it go", r"cheer up",
)  # fmt: skip  # practices.md C, D and G
_forbidden = re.compile("|".join(FORBIDDEN), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pack:
    """All that a rule may look at."""

    flows: dict[str, Flow]
    actions: Collection[str] | None

    def names(self) -> list[str]:
        """The flows that can be called."""
        return [id_ for id_, flow in self.flows.items() if flow.kind != "lines"]


def check(flows: Iterable[Flow], actions: Collection[str] | None = None) -> list[Diagnostic]:
    """Return all that is wrong, over all flows."""
    pack = Pack({flow.id: flow for flow in flows}, actions)
    return [found for flow in pack.flows.values() for rule in RULES for found in rule(flow, pack)]


def _targets(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    if flow.start and flow.start not in flow.steps:
        yield _at(
            flow,
            1,
            "F101",
            f"start leads to '{flow.start}', which does not exist{_near(flow.start, flow.steps)}",
        )
    for step in flow.steps.values():
        for to, row in step.targets:
            if to.startswith(LEAVE):
                name = to.removeprefix(LEAVE)
                if name not in pack.names():
                    yield _at(flow, row, "F105", f"there is no flow '{name}'{_near(name, pack.names())}")
            elif to != END and to not in flow.steps:
                near = _near(to, flow.steps)
                yield _at(flow, row, "F101", f"step '{step.id}' leads to '{to}', which does not exist{near}")


def _reached(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    reached, todo = set(), [flow.start]
    while todo:
        id_ = todo.pop()
        if id_ in reached or id_ not in flow.steps:
            continue
        reached.add(id_)
        todo += [to for to, _ in flow.steps[id_].targets]
    for step in flow.steps.values():
        if step.id not in reached:
            yield _at(flow, step.row, "F102", f"nothing leads to step '{step.id}'")


def _dead_ends(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    for step in flow.steps.values():
        needs_to = not step.waits or step.ask or step.offers or any(not choice.to for choice in step.choices)
        if needs_to and not step.to:
            yield _at(flow, step.row, "F103", f"step '{step.id}' needs 'to': where does it go on?")
        elif step.choices and not (step.to or step.skip):
            yield _at(flow, step.row, "F103", f"step '{step.id}' needs 'skip': every step can be skipped")


def _loops(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    # A step that does, calls or waits gives the turn away; the others follow each other at once.
    at_once = {
        step.id: [to for to, _ in step.targets if to in flow.steps]
        for step in flow.steps.values()
        if not (step.waits or step.do or step.call)
    }
    for id_, targets in at_once.items():
        seen, todo = set(), list(targets)
        while todo:
            to = todo.pop()
            if to == id_:
                yield _at(
                    flow, flow.steps[id_].row, "F104", f"step '{id_}' comes round to itself without waiting"
                )
                break
            if to in at_once and to not in seen:
                seen.add(to)
                todo += at_once[to]


def _names(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    for step in flow.steps.values():
        if step.call and step.call not in pack.names():
            near = _near(step.call, pack.names())
            yield _at(
                flow,
                step.rows["call"],
                "F105",
                f"step '{step.id}' calls '{step.call}', which does not exist{near}",
            )
        if step.do and pack.actions is not None and step.do.name not in pack.actions:
            near = _near(step.do.name, pack.actions)
            yield _at(flow, step.rows["do"], "F107", f"there is no action '{step.do.name}'{near}")
        for condition, row in _conditions(step):
            if condition.guard and condition.guard not in GUARDS:
                near = _near(condition.guard, GUARDS)
                yield _at(flow, row, "F106", f"there is no guard '{condition.guard}'{near}")


def _insertions(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    if flow.kind == "lines" or any(step.do for step in flow.steps.values()):
        return  # an action may bring any name; what it brings is the shell's to say
    known = {*flow.takes, "practice", "first_words", "country", "contact", "min_age"}
    for step in flow.steps.values():
        known |= {*step.sets, *(name for choice in step.choices for name in choice.sets)}
        known |= {step.ask.name} if step.ask else set()
        known |= {f"{step.offers}_chosen"} if step.offers else set()
        if step.call in pack.flows:
            known |= set(pack.flows[step.call].returns)
    for line, text in _texts(flow):
        for name in NAME.findall(text):
            if name not in known:
                yield _at(flow, line.row, "F108", f"nothing fills in {{{name}}}{_near(name, known)}")


def _questions(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    for step in flow.steps.values():
        if (step.choices or step.offers or step.ask) and not step.say:
            yield _at(flow, step.row, "F110", f"step '{step.id}' waits for an answer and says nothing")
        if len(step.say) > BUBBLES:
            yield _at(
                flow, step.row, "F203", f"step '{step.id}' says {len(step.say)} bubbles; {BUBBLES} at most"
            )


def _buttons(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    for step in flow.steps.values():
        for choice in step.choices:
            size = len((PROMPT_MARK + flow.id + step.id + choice.id).encode())
            if size > CALLBACK:
                yield _at(
                    flow,
                    choice.row,
                    "F201",
                    f"flow, step and choice ids together are {size - CALLBACK} bytes too long",
                )
            if len(choice.label.text) > LABEL:
                yield _at(
                    flow,
                    choice.row,
                    "F201",
                    f"the label has {len(choice.label.text)} characters; {LABEL} at most",
                )


def _words(flow: Flow, pack: Pack) -> Iterator[Diagnostic]:
    for line, text in _texts(flow):
        if len(text) > BUBBLE and flow.kind != "lines":
            yield _at(flow, line.row, "F202", f"{len(text)} characters in a bubble; {BUBBLE} at most")
        if len(text.encode("utf-16-le")) // 2 > TELEGRAM_TEXT:
            yield _at(flow, line.row, "F202", f"longer than Telegram takes ({TELEGRAM_TEXT})")
        if "!" in text:
            yield _at(flow, line.row, "F302", "an exclamation mark; a calm full stop will do")
        found = _forbidden.search(text)
        if found:
            yield _at(
                flow, line.row, "F303", f"'{found[0]}' is not said here; see practices, rules for writers"
            )
        if text.count("?") > 1:
            yield _at(flow, line.row, "F304", "more than one question in a bubble; ask one")


RULES: tuple[Callable[[Flow, Pack], Iterator[Diagnostic]], ...] = (
    _targets, _reached, _dead_ends, _loops, _names, _insertions, _questions, _buttons, _words,
)  # fmt: skip


def _texts(flow: Flow) -> Iterator[tuple[Line, str]]:
    lines = [line for step in flow.steps.values() for line in step.say]
    lines += [line for several in flow.lines.values() for line in several]
    for line in lines:
        for wordings in line.forms.values():
            for wording in wordings:
                yield line, wording.text


def _conditions(step: Step) -> Iterator[tuple[Condition, int]]:
    yield from ((branch.condition, branch.row) for branch in step.when)
    yield from ((choice.when, choice.row) for choice in step.choices if choice.when)


def _at(flow: Flow, row: int, code: str, message: str) -> Diagnostic:
    return Diagnostic(flow.path, row, code, message)


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"; did you mean '{near[0]}'?" if near else ""
