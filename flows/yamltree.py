"""YAML as a tree that remembers its rows. Every scalar stays the text that was written."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from flows.diagnostics import Diagnostic
from flows.yamlfaults import explain

MOST_DIGITS = 6  # a million of anything is a slip of the finger
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

    def __init__(self, row: int = 1, items: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(items)
        self.row = row
        self.rows: dict[str, int] = dict.fromkeys(self, row)


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
            row, message = explain(error, source)
            self.report(row, "F001", message)
            return None
        value = self._value(node) if node else None
        if not isinstance(value, Map):
            self.report(1, "F001", "a flow is a mapping: begin with 'flow: name'")
            return None
        return value

    # --- shapes: each returns something usable, and reports what was meant where it was not that ---

    def pairs(self, body: Map, key: str) -> list[tuple[str, Any, int]]:
        """Return (name, value, row) of what stands beneath a key."""
        value = body.get(key, Map())
        if not isinstance(value, Map):
            self.report(body.rows[key], "F003", f"'{key}' needs names beneath it")
            return []
        return [(name, item, value.rows[name]) for name, item in value.items()]

    def maps(self, body: Map, key: str) -> list[Map]:
        """Return a list of mappings."""
        value = body.get(key, Items())
        if isinstance(value, Items) and all(isinstance(item, Map) for item in value):
            return list(value)
        self.report(body.rows[key], "F003", f"'{key}' takes a list, one {{…}} a line")
        return []

    def keys(self, body: Map, known: Iterable[str], where: str) -> bool:
        """Whether a mapping has known keys only."""
        known = list(known)
        unknown = [key for key in body if key not in known]
        for key in unknown:
            near = get_close_matches(key, known, 1)
            if ":" in key:
                self.report(body.rows[key], "F002", f"a space is missing after the colon in '{key}'")
                continue
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
            self.report(body.rows[key], "F002", f"{where} has no '{key}'; {hint}")
        return not unknown

    def text(self, body: Map, key: str) -> str:
        """Return one text, "" where there is none."""
        value = body.get(key, "")
        if isinstance(value, (Map, Items)):
            self.report(body.rows[key], "F003", f"'{key}' takes one word or text")
            return ""
        return str(value)

    def names(self, body: Map, key: str) -> tuple[str, ...]:
        """Return one name or a list of them."""
        found = many(body.get(key))
        if all(isinstance(item, Text) for item in found):
            return tuple(map(str, found))
        self.report(body.rows[key], "F003", f"'{key}' takes a name, or a list: [one, two]")
        return ()

    def plain_map(self, body: Map, key: str) -> dict[str, str]:
        """Return a mapping of names to texts."""
        value = body.get(key, Map())
        if isinstance(value, Map) and all(isinstance(item, Text) for item in value.values()):
            return {name: str(item) for name, item in value.items()}
        self.report(body.rows[key], "F003", f"'{key}' takes {{name: value}}")
        return {}

    def one_of(self, body: Map, key: str, known: tuple[str, ...], default: str) -> str:
        """Return one of a few words."""
        value = self.text(body, key) or default
        if value in known:
            return value
        near = get_close_matches(value, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        self.report(body.rows[key], "F003", f"'{key}' is one of: {', '.join(known)}{hint}")
        return default

    def flag(self, body: Map, key: str) -> bool:
        """Return whether a key says true."""
        return self.one_of(body, key, ("true", "false"), "false") == "true"

    def count(self, body: Map, key: str) -> int:
        """Return a whole number, 0 where there is none."""
        value = self.text(body, key) or "0"
        if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS:
            return int(value)
        self.report(body.rows[key], "F003", f"'{key}' takes a whole number of at most {MOST_DIGITS} digits")
        return 0

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
        for key_node, value_node in node.value:
            key, row = str(key_node.value), key_node.start_mark.line + 1
            if key in found:
                self.report(row, "F005", f"'{key}' is there twice; the first is in row {found.rows[key]}")
                continue
            found[key], found.rows[key] = self._value(value_node), row
        return found


def many(value: Any) -> list[Any]:
    """Return a list as it is, one thing as a list of it, nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def digest(value: Any) -> str:
    """Return a short hash of what was written."""
    return hashlib.blake2s(json.dumps(value, sort_keys=True).encode(), digest_size=4).hexdigest()
