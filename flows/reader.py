"""YAML text to Flow, with the row of everything that may need mending."""

import re
from typing import Any

from flows.guards import LEVELS, USES
from flows.limits import CONTENT_BYTES
from flows.model import Choice, Flow, Renamed, Review, Variable
from flows.steps import LIVES, NAME, TYPES, Steps, choices
from flows.wordings import Lines
from flows.yamltree import Map, Text, Tree, digest

FLOW_KEYS = (
    "flow title kind minutes sources review start steps lines choices takes returns variables renamed on_change"
    " outward open_in uses urgent delicate"
).split()
KINDS = ("talk", "part", "practice", "lines")
RENAMED_KEYS = ("flow", "steps", "variables")
REVIEW_KEYS = ("by", "role", "date", "words")
VARIABLE_KEYS = ("type", "lives")
DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


def read(source: str, path: str) -> tuple[Flow | None, Tree]:
    """Read one flow; the tree carries every problem of shape."""
    tree = Tree(path)
    if len(source) > CONTENT_BYTES:
        tree.report(1, "F001", f"{len(source)} characters; {CONTENT_BYTES} at most. Divide the flow")
        return None, tree
    top = tree.parse(source)
    return (_Reader(tree, top).flow() if top is not None else None), tree


class _Reader:
    """Reads one file. Lives for one call of ``read``."""

    def __init__(self, tree: Tree, top: Map) -> None:
        self.tree, self.top = tree, top
        self.id = str(top.get("flow", "")) if isinstance(top.get("flow", ""), Text) else ""
        self.lines = Lines(tree, self.id)

    def flow(self) -> Flow:
        tree, top = self.tree, self.top
        self._shape()
        variables = {
            name: self._variable(name, body, row) for name, body, row in tree.pairs(top, "variables")
        }
        steps = Steps(tree, self.lines, variables)
        found = {id_: steps.read(id_, body, row) for id_, body, row in tree.pairs(top, "steps")}
        return Flow(
            id=self.id,
            path=tree.path,
            hash=digest(top),
            start=tree.text(top, "start") or next(iter(found), ""),
            steps=found,
            title=tree.text(top, "title") or self.id,
            kind=tree.one_of(top, "kind", KINDS, "talk"),
            minutes=tree.count(top, "minutes"),
            outward=tree.flag(top, "outward"),
            open_in=self._of("open_in", LEVELS),
            uses=self._of("uses", USES),
            urgent=tree.flag(top, "urgent"),
            delicate=tree.flag(top, "delicate"),
            sources=tree.names(top, "sources"),
            review=self._review(),
            takes=tree.names(top, "takes"),
            returns=tree.names(top, "returns"),
            variables=variables,
            renamed=self._renamed(),
            on_change=tree.text(top, "on_change"),
            lines={id_: self.lines.read(body, id_, row) for id_, body, row in tree.pairs(top, "lines")},
            choices=dict(self._shared_choices()),
            words=_words(top),
            rows=top.rows,
        )

    def _shape(self) -> None:
        top = self.top
        self.tree.keys(top, FLOW_KEYS, "a flow")
        for key in ("flow", "lines" if top.get("kind") == "lines" else "steps"):
            if key not in top:
                self.tree.report(top.row, "F004", f"'{key}:' is missing")
        if top.get("kind") != "lines" and "choices" in top:
            message = (
                "shared 'choices' stand in a flow of the kind 'lines'; a step has its own beneath 'steps'"
            )
            self.tree.report(top.rows["choices"], "F003", message)
        if "flow" in top and not NAME.match(self.id):
            self.tree.report(top.rows["flow"], "F003", f"flow '{self.id}': use small letters, digits and _")

    def _of(self, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """Return names of a list that is closed."""
        found = self.tree.names(self.top, key)
        for name in found:
            if name not in known:
                self.tree.report(
                    self.top.rows[key], "F003", f"'{key}' takes {', '.join(known)}; '{name}' is none"
                )
        return found

    def _variable(self, name: str, body: Any, row: int) -> Variable:
        if not NAME.match(name):
            self.tree.report(row, "F003", f"variable '{name}': use small letters, digits and _")
        if isinstance(body, Text):
            body = Map(row, [("type", body)])
        if not isinstance(body, Map):
            self.tree.report(row, "F003", f"'{name}' takes a type, or {{type: date, lives: kept}}")
            return Variable()
        self.tree.keys(body, VARIABLE_KEYS, f"variable '{name}'")
        type_ = self.tree.one_of(body, "type", TYPES, "text")
        lives = self.tree.one_of(body, "lives", LIVES, "flow")
        return Variable(type_, lives, row)  # type: ignore[arg-type]  # one of them, or reported

    def _shared_choices(self) -> list[tuple[str, tuple[Choice, ...]]]:
        return [
            (name, choices(self.tree, self.id, name, self.tree.maps(Map(row, [(name, body)]), name)))
            for name, body, row in self.tree.pairs(self.top, "choices")
        ]

    def _renamed(self) -> Renamed:
        tree, body = self.tree, self.top.get("renamed")
        if body is None:
            return Renamed()
        if not isinstance(body, Map):
            tree.report(self.top.rows["renamed"], "F003", "'renamed' takes {steps: {old: new}}")
            return Renamed()
        tree.keys(body, RENAMED_KEYS, "'renamed'")
        return Renamed(
            tree.names(body, "flow"), tree.plain_map(body, "steps"), tree.plain_map(body, "variables")
        )

    def _review(self) -> Review | None:
        value = self.top.get("review", "needed")
        if value == "needed":
            return None
        if isinstance(value, Map) and self.tree.keys(value, REVIEW_KEYS, "'review'"):
            given = {key: self.tree.text(value, key) for key in REVIEW_KEYS}
            if all(given[key] for key in ("by", "role", "date")) and DAY.match(given["date"]):
                return Review(**given)
        shape = "'review' is: needed, or {by: Name, role: Role, date: 2026-11-26}"
        self.tree.report(self.top.rows["review"], "F003", shape)
        return None


def _words(top: Map) -> str:
    """Return the hash of all that a reviewer answers for: everything but the sign-off itself."""
    return digest({key: value for key, value in top.items() if key not in ("review", "renamed")})
