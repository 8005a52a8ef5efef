"""A diagram as Mermaid text, for places that draw it themselves: wikis, GitHub, editors."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from flows.diagram import Diagram, Node, Way, Words
from flows.lettering import clean, cut
from flows.model import END, LEAVE, OVER

BUBBLE, LABEL = 150, 60  # characters; Mermaid sets an edge's label in the way of others
PLAIN = re.compile(r"[^\w ,.?:’‘“”…·–—()/+-]|(?<![^\n])(?:[-+*]|\d+[.)])(?= )")
THICK, DOTTED = "==>", "-.->"  # how it goes on by default; without any answer
LINKS = {"then": THICK, "typed": THICK, "skip": DOTTED, "after": DOTTED}
CLASSES = (
    "classDef through fill:#e3eefb,stroke:#1d5a96,color:#1d3247",
    "classDef aside fill:#e3eefb,stroke:#1d5a96,color:#1d3247,stroke-dasharray:4 3",
    "classDef delicate stroke:#9c2f1e,stroke-width:3px",
    "classDef done fill:#62655c,stroke:#62655c,color:#ffffff",
)


def text(diagram: Diagram) -> str:
    """Return a diagram as a Mermaid flowchart."""
    ids = {id_: f"n{number}" for number, id_ in enumerate(diagram.nodes, 1)}
    lines = ["---", f"title: {_title(diagram.title)}", "---", "flowchart TD"]
    lines += [f"  {line}" for node in diagram.nodes.values() for line in _node(node, ids)]
    lines += [f"  {line}" for line in _outside(diagram, ids)]
    lines += [f"  {line}" for node in diagram.nodes.values() for line in _ways(node, ids)]
    lines += [f"  {line}" for line in CLASSES]
    return "\n".join([*lines, ""])


def _node(node: Node, ids: Mapping[str, str]) -> Iterator[str]:
    parts = [f"<b>{_safe(node.id)}</b>", *(_said(words) for words in node.words)]
    if node.calls:
        parts.append(
            f"goes through {_safe(node.calls)}: {_safe(node.called)}" if node.called else _safe(node.calls)
        )
    parts += [f"<i>{_safe(note)}</i>" for note in node.notes]
    parts += ["<i>delicate</i>"] if node.delicate else []
    label = f'"{"<br/>".join(parts)}"'
    yield f"{ids[node.id]}[[{label}]]:::through" if node.calls else f"{ids[node.id]}[{label}]"
    if node.delicate:
        yield f"class {ids[node.id]} delicate"


def _said(words: Words) -> str:
    before = f"[{words.media}] " if words.media else ""
    after = f"<br/><i>{_safe(words.note)}</i>" if words.note else ""
    return _safe(f"{before}{cut(words.text, BUBBLE)}") + after


def _outside(diagram: Diagram, ids: dict[str, str]) -> Iterator[str]:
    """Yield what is no step: the end, and the flows that are left for or laid over."""
    targets = dict.fromkeys(
        way.to for node in diagram.nodes.values() for way in node.ways if way.to not in ids
    )
    for number, to in enumerate(targets, 1):
        ids[to] = f"x{number}"
        name = to.removeprefix(LEAVE).removeprefix(OVER)
        named = ": ".join(filter(None, [_safe(name), _safe(diagram.titles.get(name, ""))]))
        if to == END:
            yield f'{ids[to]}(["end"]):::done'
        elif to.startswith(OVER):
            yield f'{ids[to]}>"lays over the talk, then asks again<br/>{named}"]:::aside'
        elif to.startswith(LEAVE):
            yield f'{ids[to]}>"leaves for<br/>{named}"]:::through'
        else:
            yield f'{ids[to]}["missing: {named}"]:::delicate'


def _ways(node: Node, ids: Mapping[str, str]) -> Iterator[str]:
    for (to, thick), group in groupby(node.ways, key=lambda way: (way.to, LINKS.get(way.kind, "-->"))):
        label = "<br/>".join(filter(None, map(_label, group)))
        yield f'{ids[node.id]} {thick}|"{label}"| {ids[to]}' if label else f"{ids[node.id]} {thick} {ids[to]}"


def _label(way: Way) -> str:
    shown = _safe(cut(way.label, LABEL))
    match way.kind:
        case "choice":
            return f"<b>{shown}</b>"
        case "after":
            return f"#9201; {shown}"
    return shown


def _safe(words: str) -> str:
    """Return words with every sign that Mermaid could read as its own written as a number."""
    words = words.replace(
        "$$", "$\u200b$"
    )  # between two of them Mermaid sees a formula, however they are written
    return PLAIN.sub(lambda found: "".join(f"#{ord(sign)};" for sign in found[0]), words).replace(
        "\n", "<br/>"
    )


def _title(title: str) -> str:
    """Return a title as YAML in quotes, without what Mermaid takes for HTML there."""
    plain = clean(title).translate({ord("<"): "(", ord(">"): ")", ord("&"): "+", ord("\n"): " "})
    return json.dumps(plain, ensure_ascii=False)
