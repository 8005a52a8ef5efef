"""The steps of a flow: from YAML to Step, with the row of everything that may need mending."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from flows.model import (
    OVER,
    After,
    Ask,
    Branch,
    Choice,
    Condition,
    Life,
    Line,
    Media,
    MediaKind,
    Step,
    Type,
    Variable,
)
from flows.model import Action as ActionCall
from flows.wordings import Lines, wording
from flows.yamltree import MOST_DIGITS, Items, Map, Text, Tree, digest

STEP_KEYS = "say show choices ask to skip when after call do keep set delicate".split()
MET = frozenset({"say", "show", "choices", "ask", "after", "call", "do"})
CHOICE_KEYS = "id label to when set use".split()
ASK_KEYS = "name number type longest retry buttons".split()
WHEN_KEYS = "answer heard guard open to over".split()
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}
DAYS = {"days": 1, "weeks": 7}
AFTER_KEYS = [*UNITS, *DAYS, "months", "at", "until", "to"]
MEDIA_KINDS: tuple[MediaKind, ...] = get_args(MediaKind)
TYPES: tuple[Type, ...] = get_args(Type)
LIVES: tuple[Life, ...] = get_args(Life)
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
CHOICE_ID = re.compile(r"[a-z0-9][a-z0-9_]*\Z")
CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d\Z")
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")


class Steps:
    """Reads the steps of one flow. Lives for one call of ``flows.reader.read``."""

    def __init__(self, tree: Tree, lines: Lines, variables: Mapping[str, Variable]) -> None:
        self.tree, self.lines, self.variables = tree, lines, variables

    def read(self, id_: str, body: Any, row: int) -> Step:
        """Return a step; what cannot be read of it is left out, and reported."""
        tree = self.tree
        if not NAME.match(id_):
            tree.report(row, "F003", f"step '{id_}': use small letters, digits and _")
        if not isinstance(body, Map):
            tree.report(row, "F003", f"step '{id_}' needs keys beneath it: {', '.join(STEP_KEYS)}")
            return Step(id_, row, "")
        tree.keys(body, STEP_KEYS, f"step '{id_}'")
        if len({"call", "do"} & body.keys()) + bool({"choices", "ask", "after"} & body.keys()) > 1:
            tree.report(row, "F003", f"step '{id_}' may have one of: call, do, a wait (choices, ask, after)")
        offers, found = self._choices(id_, body)
        return Step(
            id=id_,
            row=row,
            hash=_hash(body),
            say=self._say(f"{id_}/say", body, "say"),
            choices=found,
            offers=offers,
            ask=self._ask(id_, body),
            to=tree.text(body, "to"),
            skip=tree.text(body, "skip"),
            when=tuple(self._branches(body)),
            after=self._after(body),
            call=tree.text(body, "call"),
            do=self._action(body),
            keep=tree.plain_map(body, "keep"),
            sets=tree.plain_map(body, "set"),
            show=self._show(id_, body),
            delicate=tree.flag(body, "delicate"),
            rows=body.rows,
        )

    def _say(self, slot: str, body: Map, key: str) -> tuple[Line, ...]:
        return self.lines.read(body[key], slot, body.rows[key]) if key in body else ()

    def _choices(self, step: str, body: Map) -> tuple[str, tuple[Choice, ...]]:
        value = body.get("choices")
        if isinstance(value, Map):
            self.tree.keys(value, ["from"], "'choices'")
            return self.tree.text(value, "from"), ()
        return "", choices(self.tree, self.lines.flow, step, self.tree.maps(body, "choices"))

    def _ask(self, step: str, body: Map) -> Ask | None:
        tree, value = self.tree, body.get("ask")
        if value is None:
            return None
        row = body.rows["ask"]
        if isinstance(value, Text):
            value = Map(row, [("name", value)])
        if not isinstance(value, Map):
            tree.report(row, "F003", "'ask' takes a name, or {name: heavy, number: [0, 10]}")
            return None
        tree.keys(value, ASK_KEYS, "'ask'")
        name, number = tree.text(value, "name"), self._number(value)
        if not NAME.match(name):
            tree.report(row, "F003", f"'ask' keeps the answer under a name; '{name}' is none")
        declared = self.variables.get(name, Variable()).type
        type_ = tree.one_of(value, "type", TYPES, "number" if number else declared)
        if (type_ == "number") != bool(number):
            tree.report(row, "F003", "a number has its bounds with it: {name: heavy, number: [0, 10]}")
        return Ask(
            name=name,
            number=number,
            bare=tree.one_of(value, "buttons", ("shown", "none"), "shown") == "none",
            type=type_,  # type: ignore[arg-type]  # one of them, or reported
            longest=tree.count(value, "longest"),
            retry=self._say(f"{step}/retry", value, "retry"),
        )

    def _number(self, body: Map) -> tuple[int, int] | None:
        bounds = body.get("number")
        if bounds is None:
            return None
        digits = [str(bound) for bound in bounds] if isinstance(bounds, Items) else []
        whole = all(each.isascii() and each.isdigit() and len(each) <= MOST_DIGITS for each in digits)
        if len(digits) == len(("low", "high")) and whole and int(digits[0]) < int(digits[1]):
            return int(digits[0]), int(digits[1])
        self.tree.report(body.rows["number"], "F003", "'number' takes the lowest and the highest: [0, 10]")
        return 0, 10

    def _branches(self, body: Map) -> Iterable[Branch]:
        for item in self.tree.maps(body, "when"):
            to, over = self.tree.text(item, "to"), self.tree.text(item, "over")
            if bool(to) == bool(over):
                self.tree.report(item.row, "F004", "a 'when' line needs 'to', or 'over' in its place")
            yield Branch(condition(self.tree, item), f"{OVER}{over}" if over else to, item.row)

    def _after(self, body: Map) -> After | None:
        value = body.get("after")
        if value is None:
            return None
        row = body.rows["after"]
        if isinstance(value, Map) and self.tree.keys(value, AFTER_KEYS, "'after'"):
            found = self._span(value)
            if found.to and (found.seconds or found.days or found.months or found.until or found.at):
                return found
        self.tree.report(
            row, "F003", "'after' takes {seconds: 20, to: step}, or {days: 3, at: \"09:00\", to: step}"
        )
        return None

    def _span(self, value: Map) -> After:
        tree, at = self.tree, self.tree.text(value, "at")
        if at and not CLOCK.match(at):
            tree.report(
                value.rows["at"], "F003", f"'at' takes a time of day such as \"09:00\"; '{at}' is none"
            )
            at = ""
        return After(
            seconds=sum(tree.count(value, unit) * factor for unit, factor in UNITS.items()),
            to=tree.text(value, "to"),
            days=sum(tree.count(value, unit) * factor for unit, factor in DAYS.items()),
            months=tree.count(value, "months"),
            at=at.zfill(len("09:00")) if at else "",
            until=tree.text(value, "until"),
        )

    def _action(self, body: Map) -> ActionCall | None:
        value = body.get("do")
        if value is None or isinstance(value, Text):
            return ActionCall(str(value)) if value else None
        if not isinstance(value, Map) or "name" not in value:
            shape = "'do' takes an action, or {name: action, with: {key: value}}"
            self.tree.report(body.rows["do"], "F003", shape)
            return None
        self.tree.keys(value, ["name", "with"], "'do'")
        return ActionCall(self.tree.text(value, "name"), self.tree.plain_map(value, "with"))

    def _show(self, step: str, body: Map) -> Media | None:
        value = body.get("show")
        if value is None:
            return None
        tree, row = self.tree, body.rows["show"]
        kinds = [kind for kind in MEDIA_KINDS if isinstance(value, Map) and kind in value]
        if isinstance(value, Map) and len(kinds) == 1 and "text" in value:
            tree.keys(value, [*MEDIA_KINDS, "text"], "'show'")
            file, lines = tree.text(value, kinds[0]), self._say(f"{step}/show", value, "text")
            if FILE.match(file) and len(lines) == 1 and not lines[0].use:
                return Media(kinds[0], f"{self.lines.flow}/{file}", lines[0], row)
        shape = "'show' takes {picture: file.png, text: \"The same in words.\"}, or animation, or sound"
        tree.report(row, "F003", shape)
        return None


def choices(tree: Tree, flow: str, step: str, items: Iterable[Map]) -> tuple[Choice, ...]:
    """Return choices that stand in a step, or are shared under a name."""
    return tuple(_choice(tree, flow, step, item) for item in items)


def condition(tree: Tree, item: Map) -> Condition:
    """Return what a ``when`` asks for."""
    tree.keys(item, WHEN_KEYS, "'when'")
    answers = item.get("answer", Map())
    if not isinstance(answers, Map):
        tree.report(item.row, "F003", "'answer' takes {name: value}")
        answers = Map()
    pairs = ((name, tree.names(answers, name)) for name in answers)
    heard, guard, opened = tree.names(item, "heard"), tree.text(item, "guard"), tree.text(item, "open")
    return Condition(tuple(pairs), heard, guard, opened)


def _choice(tree: Tree, flow: str, step: str, item: Map) -> Choice:
    tree.keys(item, CHOICE_KEYS, "a choice")
    id_, label, use = tree.text(item, "id"), tree.text(item, "label"), tree.text(item, "use")
    if use:
        if id_ or label:
            tree.report(
                item.row, "F003", "shared choices have their own ids and labels: {use: name, to: step}"
            )
    elif not id_ or not label:
        tree.report(item.row, "F004", "a choice needs an id and a label: {id: ok, label: Okay, to: step}")
    elif not CHOICE_ID.match(id_):
        tree.report(item.row, "F003", f"choice '{id_}': use small letters, digits and _")
    when = item.get("when")
    if when is not None and not (isinstance(when, Map) and "heard" not in when):
        # What was heard is gone when the choice is tapped.
        tree.report(
            item.rows["when"],
            "F003",
            "a choice's 'when' takes {answer: {name: value}}, {guard: name} or {open: practice}",
        )
    return Choice(
        id=id_,
        label=wording(f"{flow}/{step}/choice.{id_}/plain.1", label),
        to=tree.text(item, "to"),
        row=item.row,
        when=condition(tree, when) if isinstance(when, Map) else None,
        sets=tree.plain_map(item, "set"),
        use=use,
    )


def _hash(body: Map) -> str:
    """Return a hash of what a person meets at a step; where it leads may change beneath them unnoticed."""
    met = {key: value for key, value in body.items() if key in MET}
    if isinstance(met.get("choices"), list):
        met["choices"] = [
            {key: value for key, value in item.items() if key in ("id", "label", "when", "use")}
            if isinstance(item, Map)
            else item
            for item in met["choices"]
        ]
    if isinstance(met.get("after"), Map):
        met["after"] = {key: value for key, value in met["after"].items() if key != "to"}
    return digest(met)
