"""YAML as a tree that remembers its rows. Every scalar stays the text that was written."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from flows.diagnostics import Diagnostic

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times faster


class Text(str):
    """A scalar with the row it stands in."""

    __slots__ = ("row",)
    row: int


class Items(list[Any]):
    """A list with the row it begins in."""

    __slots__ = ("row",)
    row: int


class Map(dict[str, Any]):
    """A mapping with the row it begins in, and one for each key."""

    __slots__ = ("row", "rows")
    row: int
    rows: dict[str, int]


@dataclass(slots=True)
class Tree:
    """What was read of one file, and what was wrong with it."""

    path: str
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def report(self, row: int, code: str, message: str) -> None:
        """Note a problem; reading goes on."""
        self.diagnostics.append(Diagnostic(self.path, row, code, message))

    def parse(self, source: str) -> Map | None:
        """Return the file's mapping, or None if there is none to speak of."""
        try:
            node = yaml.compose(source, Loader=LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "it cannot be read"
            self.report(mark.line + 1 if mark else 1, "F001", f"not YAML: {problem}")
            return None
        value = self._value(node) if node else None
        if not isinstance(value, Map):
            self.report(1, "F001", "a flow is a mapping: begin with 'flow: name'")
            return None
        return value

    def _value(self, node: Any) -> Any:
        row = node.start_mark.line + 1
        found: Any
        if isinstance(node, yaml.MappingNode):
            found = self._map(node)
        elif isinstance(node, yaml.SequenceNode):
            found = Items(self._value(item) for item in node.value)
        else:
            found = Text(node.value)
        found.row = row
        return found

    def _map(self, node: yaml.MappingNode) -> Map:
        found = Map()
        found.rows = {}
        for key_node, value_node in node.value:
            key, row = str(key_node.value), key_node.start_mark.line + 1
            if key in found:
                self.report(row, "F005", f"'{key}' is there twice; the first is in row {found.rows[key]}")
                continue
            found[key], found.rows[key] = self._value(value_node), row
        return found
