"""YAML text to Flow, with the row of everything that may need mending."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from flows.model import Action as ActionCall
from flows.model import After, Ask, Branch, Choice, Condition, Flow, Line, Step, Wording
from flows.yamltree import Items, Map, Text, Tree

FLOW_KEYS = (
    "flow title kind minutes sources review start steps lines takes returns renamed outward urgent delicate"
).split()
STEP_KEYS = "say choices ask to skip when after call do keep set".split()
CHOICE_KEYS = "id label to when set".split()
KINDS = ("talk", "part", "practice", "lines")
FORMS = ("plain", "warm", "tender", "quiet")
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
CHOICE_ID = re.compile(r"[a-z0-9][a-z0-9_]*\Z")


def read(source: str, path: str) -> tuple[Flow | None, Tree]:
    """Read one flow; the tree carries every problem of shape."""
    tree = Tree(path)
    top = tree.parse(source)
    return (_Reader(tree, top).flow() if top is not None else None), tree


class _Reader:
    """Reads one file. Lives for one call of ``read``."""

    def __init__(self, tree: Tree, top: Map) -> None:
        self.tree, self.top = tree, top
        self.id = str(top.get("flow", "")) if isinstance(top.get("flow", ""), Text) else ""

    def flow(self) -> Flow:
        top = self.top
        self._keys(top, FLOW_KEYS, "a flow")
        for key in ("flow", "lines" if top.get("kind") == "lines" else "steps"):
            if key not in top:
                self._say(top.row, "F004", f"'{key}:' is missing")
        steps = {id_: self._step(id_, body, top_row) for id_, body, top_row in self._pairs("steps")}
        return Flow(
            id=self.id,
            path=self.tree.path,
            hash=_hash(top),
            start=self._text(top, "start") or next(iter(steps), ""),
            steps=steps,
            title=self._text(top, "title") or self.id,
            kind=self._one_of(top, "kind", KINDS, "talk"),
            minutes=self._count(top, "minutes"),
            outward=self._flag("outward"),
            urgent=self._flag("urgent"),
            delicate=self._flag("delicate"),
            sources=self._names(top, "sources"),
            reviewer=self._reviewer(),
            takes=self._names(top, "takes"),
            returns=self._names(top, "returns"),
            renamed=self._plain_map(top, "renamed"),
            lines={id_: self._say_lines(body, id_, row) for id_, body, row in self._pairs("lines")},
        )

    # --- steps ---

    def _step(self, id_: str, body: Any, row: int) -> Step:
        if not NAME.match(id_):
            self._say(row, "F003", f"step '{id_}': use small letters, digits and _")
        if not isinstance(body, Map):
            self._say(row, "F003", f"step '{id_}' needs keys beneath it: {', '.join(STEP_KEYS)}")
            return Step(id_, row, "")
        self._keys(body, STEP_KEYS, f"step '{id_}'")
        if len({"call", "do"} & body.keys()) + bool({"choices", "ask", "after"} & body.keys()) > 1:
            self._say(row, "F003", f"step '{id_}' may have one of: call, do, a wait (choices, ask, after)")
        offers, choices = self._choices(id_, body)
        return Step(
            id=id_,
            row=row,
            hash=_hash(body),
            say=self._say_lines(body["say"], f"{id_}/say", body.rows["say"]) if "say" in body else (),
            choices=choices,
            offers=offers,
            ask=self._ask(body),
            to=self._text(body, "to"),
            skip=self._text(body, "skip"),
            when=tuple(self._branches(body)),
            after=self._after(body),
            call=self._text(body, "call"),
            do=self._action(body),
            keep=self._plain_map(body, "keep"),
            sets=self._plain_map(body, "set"),
            rows=body.rows,
        )

    def _choices(self, step: str, body: Map) -> tuple[str, tuple[Choice, ...]]:
        value = body.get("choices")
        if isinstance(value, Map):
            return self._text(value, "from"), ()
        return "", tuple(self._choice(step, item) for item in self._maps(body, "choices"))

    def _choice(self, step: str, item: Map) -> Choice:
        self._keys(item, CHOICE_KEYS, "a choice")
        id_, label = self._text(item, "id"), self._text(item, "label")
        if not id_ or not label:
            self._say(item.row, "F004", "a choice needs an id and a label: {id: ok, label: Okay, to: step}")
        elif not CHOICE_ID.match(id_):
            self._say(item.row, "F003", f"choice '{id_}': use small letters, digits and _")
        return Choice(
            id=id_,
            label=_wording(f"{self.id}/{step}/choice.{id_}/plain.1", label),
            to=self._text(item, "to"),
            row=item.row,
            when=self._condition(item["when"]) if isinstance(item.get("when"), Map) else None,
            sets=self._plain_map(item, "set"),
        )

    def _ask(self, body: Map) -> Ask | None:
        value = body.get("ask")
        if value is None:
            return None
        if isinstance(value, Text):
            return Ask(str(value))
        row = body.rows["ask"]
        if not isinstance(value, Map):
            self._say(row, "F003", "'ask' takes a name, or {name: heavy, number: [0, 10]}")
            return None
        self._keys(value, ["name", "number", "buttons"], "'ask'")
        bare = self._one_of(value, "buttons", ("shown", "none"), "shown") == "none"
        bounds = value.get("number")
        if bounds is None:
            return Ask(self._text(value, "name"), None, bare)
        try:
            low, high = (int(bound) for bound in bounds)
        except (TypeError, ValueError):
            self._say(row, "F003", "'number' takes the lowest and the highest: [0, 10]")
            low, high = 0, 10
        return Ask(self._text(value, "name"), (low, high), bare)

    def _branches(self, body: Map) -> Iterable[Branch]:
        for item in self._maps(body, "when"):
            if not self._text(item, "to"):
                self._say(item.row, "F004", "a 'when' line needs 'to'")
            yield Branch(self._condition(item), self._text(item, "to"), item.row)

    def _condition(self, item: Map) -> Condition:
        self._keys(item, ["answer", "heard", "guard", "to"], "'when'")
        answers = item.get("answer", Map())
        if not isinstance(answers, Map):
            self._say(item.row, "F003", "'answer' takes {name: value}")
            answers = Map()
        pairs = ((name, tuple(map(str, _many(value)))) for name, value in answers.items())
        return Condition(tuple(pairs), tuple(map(str, _many(item.get("heard")))), self._text(item, "guard"))

    def _after(self, body: Map) -> After | None:
        value = body.get("after")
        if value is None:
            return None
        if isinstance(value, Map) and self._keys(value, [*UNITS, "to"], "'after'"):
            try:
                seconds = sum(int(value[unit]) * factor for unit, factor in UNITS.items() if unit in value)
                if seconds > 0 and value.get("to"):
                    return After(seconds, str(value["to"]))
            except (TypeError, ValueError):
                pass
        self._say(body.rows["after"], "F003", "'after' takes {seconds: 20, to: step}")
        return None

    def _action(self, body: Map) -> ActionCall | None:
        value = body.get("do")
        if value is None or isinstance(value, Text):
            return ActionCall(str(value)) if value else None
        if not isinstance(value, Map) or "name" not in value:
            self._say(body.rows["do"], "F003", "'do' takes an action, or {name: action, with: {key: value}}")
            return None
        self._keys(value, ["name", "with"], "'do'")
        return ActionCall(self._text(value, "name"), self._plain_map(value, "with"))

    # --- words ---

    def _say_lines(self, value: Any, slot: str, row: int) -> tuple[Line, ...]:
        items = value if isinstance(value, Items) else [value]
        return tuple(
            self._line(item, slot if len(items) == 1 else f"{slot}{number}", getattr(item, "row", row))
            for number, item in enumerate(items, 1)
        )

    def _line(self, value: Any, slot: str, row: int) -> Line:
        forms = value if isinstance(value, Map) and "any" not in value else {"plain": value}
        if isinstance(forms, Map):
            self._keys(forms, FORMS, "a line")
            if "plain" not in forms:
                self._say(row, "F301", "a line with forms needs 'plain'")
        found = {form: self._wordings(body, slot, form, row) for form, body in forms.items() if form in FORMS}
        return Line(found or {"plain": ()}, row)

    def _wordings(self, body: Any, slot: str, form: str, row: int) -> tuple[Wording, ...]:
        texts = body.get("any") if isinstance(body, Map) and set(body) == {"any"} else body
        texts = texts if isinstance(texts, list) else [texts]
        if not texts or not all(isinstance(text, Text) and text.strip() for text in texts):
            self._say(row, "F003", "a line is a text, {any: [texts]}, or forms: {plain: …, warm: …}")
            return ()
        return tuple(
            _wording(f"{self.id}/{slot}/{form}.{number}", text.strip())
            for number, text in enumerate(texts, 1)
        )

    # --- shapes ---

    def _pairs(self, key: str) -> Iterable[tuple[str, Any, int]]:
        value = self.top.get(key, Map())
        if not isinstance(value, Map):
            self._say(self.top.rows[key], "F003", f"'{key}' needs names beneath it")
            return ()
        return ((name, body, value.rows[name]) for name, body in value.items())

    def _maps(self, body: Map, key: str) -> list[Map]:
        value = body.get(key, Items())
        if isinstance(value, Items) and all(isinstance(item, Map) for item in value):
            return list(value)
        self._say(body.rows[key], "F003", f"'{key}' takes a list, one {{…}} a line")
        return []

    def _keys(self, body: Map, known: Iterable[str], where: str) -> bool:
        known = list(known)
        unknown = [key for key in body if key not in known]
        for key in unknown:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
            self._say(body.rows[key], "F002", f"{where} has no '{key}'; {hint}")
        return not unknown

    def _text(self, body: Map, key: str) -> str:
        value = body.get(key, "")
        if isinstance(value, (Map, Items)):
            self._say(body.rows[key], "F003", f"'{key}' takes one word or text")
            return ""
        return str(value)

    def _names(self, body: Map, key: str) -> tuple[str, ...]:
        return tuple(map(str, _many(body.get(key))))

    def _plain_map(self, body: Map, key: str) -> dict[str, str]:
        value = body.get(key, Map())
        if isinstance(value, Map) and all(isinstance(item, Text) for item in value.values()):
            return {name: str(item) for name, item in value.items()}
        self._say(body.rows[key], "F003", f"'{key}' takes {{name: value}}")
        return {}

    def _one_of(self, body: Map, key: str, known: tuple[str, ...], default: str) -> str:
        value = self._text(body, key) or default
        if value not in known:
            self._say(body.rows[key], "F003", f"'{key}' is one of: {', '.join(known)}")
        return value

    def _flag(self, key: str) -> bool:
        return self._one_of(self.top, key, ("true", "false"), "false") == "true"

    def _count(self, body: Map, key: str) -> int:
        value = self._text(body, key) or "0"
        if not value.isdigit():
            self._say(body.rows[key], "F003", f"'{key}' takes a whole number")
            return 0
        return int(value)

    def _reviewer(self) -> str:
        value = self.top.get("review", "needed")
        if isinstance(value, Map):
            if {"by", "role", "date"} <= value.keys():
                return f"{value['by']}, {value['role']}, {value['date']}"
        elif value == "needed":
            return ""
        self._say(
            self.top.rows["review"], "F003", "'review' is: needed, or {by: Name, role: Role, date: Day}"
        )
        return ""

    @property
    def _say(self) -> Callable[[int, str, str], None]:
        return self.tree.report


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _wording(id_: str, text: str) -> Wording:
    return Wording(id_, str(text), hashlib.blake2s(text.encode(), digest_size=4).digest())


def _hash(value: Any) -> str:
    return hashlib.blake2s(json.dumps(value, sort_keys=True).encode(), digest_size=4).hexdigest()
