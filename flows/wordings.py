"""What is said: from YAML to lines with text ids."""

import hashlib
from typing import Any

from flows.model import Line, Wording
from flows.yamltree import Items, Map, Text, Tree

FORMS = ("plain", "warm", "tender", "quiet", "cheer")
SHAPES = "a line is a text, {any: [texts]}, or forms: {plain: …, warm: …}"


def wording(id_: str, text: str) -> Wording:
    """Return a wording with its mark."""
    row = getattr(text, "row", 0)
    text = str(text).strip()
    return Wording(id_, text, hashlib.blake2s(text.encode(), digest_size=4).digest(), row)


class Lines:
    """Reads the lines of one flow. Lives for one call of ``flows.reader.read``."""

    def __init__(self, tree: Tree, flow: str) -> None:
        self.tree, self.flow = tree, flow

    def read(self, value: Any, slot: str, row: int) -> tuple[Line, ...]:
        """Return one line or a list of them; several have their number in the slot."""
        items = value if isinstance(value, Items) else [value]
        return tuple(
            self._line(item, slot if len(items) == 1 else f"{slot}{number}", getattr(item, "row", row))
            for number, item in enumerate(items, 1)
        )

    def _line(self, value: Any, slot: str, row: int) -> Line:
        if isinstance(value, Map) and "use" in value:
            self.tree.keys(value, ["use"], "a shared line")
            return Line({}, row, use=self.tree.text(value, "use"))
        once = isinstance(value, Map) and "once" in value
        if once:
            self.tree.keys(value, ["once"], "a line that is said once")
            value = value["once"]
        return Line(self._forms(value, slot, row), row, once)

    def _forms(self, value: Any, slot: str, row: int) -> dict[str, tuple[Wording, ...]]:
        forms = value if isinstance(value, Map) and "any" not in value else {"plain": value}
        if isinstance(forms, Map):
            self.tree.keys(forms, FORMS, "a line")
            if "plain" not in forms:
                self.tree.report(row, "F301", "a line with forms needs 'plain'")
        found = {form: self._wordings(body, slot, form, row) for form, body in forms.items() if form in FORMS}
        return found or {"plain": ()}

    def _wordings(self, body: Any, slot: str, form: str, row: int) -> tuple[Wording, ...]:
        listed = isinstance(body, Map) and set(body) == {"any"}
        texts = body.get("any") if listed else body
        texts = texts if isinstance(texts, list) else [texts]
        if not texts or not all(isinstance(text, Text) and text.strip() for text in texts):
            self.tree.report(row, "F003", SHAPES)
            return ()
        if listed and len(texts) == 1:
            self.tree.report(
                texts[0].row, "F308", "'any' has one wording: write more, or the text without 'any'"
            )
        return tuple(
            wording(f"{self.flow}/{slot}/{form}.{number}", text) for number, text in enumerate(texts, 1)
        )
