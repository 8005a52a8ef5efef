"""Drafts as the checks want them: whatever was made up leads somewhere, comes to an end and means one thing."""

import json
import re
from collections.abc import Iterator
from typing import Any

from flows.run import HOME

Draft = dict[str, dict[str, Any]]
Body = dict[str, Any]
PARTS = ("opening", "outward", "closing")  # what a practice needs
PART: Body = {
    "kind": "part",
    "steps": {"a": {"say": "How heavy?", "ask": {"name": "heavy", "number": [0, 10]}, "to": "end"}},
    "returns": ["heavy"],
}
WAITS = {"choices", "ask", "after"}


def mended(draft: Draft) -> Draft:
    """Return a draft that passes the structural checks; flows lead to later ones only, or home."""
    draft = json.loads(json.dumps(draft))
    if any(flow["kind"] == "practice" for flow in draft.values()):
        draft |= {part: json.loads(json.dumps({"flow": part, **PART})) for part in PARTS if part not in draft}
    flows = [id_ for id_, flow in draft.items() if flow["kind"] != "lines"]
    for place, id_ in enumerate(flows):
        flow, later = draft[id_], flows[place + 1 :]
        flow["kind"] = "part" if id_ in PARTS else flow["kind"]
        _targets(flow, later, HOME in flows)
        _ends(flow["steps"])
        _types(flow)
        draft[id_] = _filled(_declared(flow, draft))
    return draft


def leads(body: Body) -> Iterator[tuple[Body, str]]:
    """Yield every place in a step that names a target: a mapping and its key."""
    several = body["choices"] if isinstance(body.get("choices"), list) else []
    holders = [body, *several, *body.get("when", []), *([body["after"]] if "after" in body else [])]
    for holder in holders:
        yield from ((holder, key) for key in ("to", "skip", "over") if key in holder)


def _targets(flow: Body, later: list[str], home: bool) -> None:
    """Let every target exist, and nothing come round to itself without waiting."""
    steps, order = flow["steps"], list(flow["steps"])
    for name, body in steps.items():
        if body.get("call") not in (None, *later):
            del body["call"]
        waits = bool(WAITS & body.keys())
        near = order if waits else order[order.index(name) + 1 :]
        far = {f"flow:{id_}" for id_ in (*later, *([HOME] if home and waits else []))}
        body["when"] = [each for each in body.get("when", []) if each.get("over") in (None, *later)]
        for holder, key in leads(body):
            if key != "over" and holder[key] not in {*near, *far, "end"}:
                holder[key] = "end"
        if "to" not in body and "after" not in body:
            body["to"] = "end"
        if {"choices", "ask"} & body.keys() and "say" not in body:
            body["say"] = "Which?"
    for key in ("start", "on_change"):
        if flow.get(key, "end") not in (*steps, "end"):
            del flow[key]


def _ends(steps: dict[str, Body]) -> None:
    """Let the end be reached from everywhere."""
    for name, body in reversed(steps.items()):
        todo, reached = [name], set()
        while todo:
            found = todo.pop()
            if found in steps and found not in reached:
                reached.add(found)
                todo += [holder[key] for holder, key in leads(steps[found]) if key != "over"]
            elif found not in steps:
                break  # the end, or another flow
        else:
            (body["after"] if set(body) & WAITS == {"after"} else body)["to"] = "end"


def _types(flow: Body) -> None:
    """Let a name be asked for as one type only."""
    types = {name: each["type"] for name, each in flow.get("variables", {}).items()}
    for body in flow["steps"].values():
        if "ask" in body:
            ask = body["ask"]
            ask["type"] = types.setdefault(ask["name"], ask.get("type", "number"))
            bounds = ask.pop("number", [0, 10])
            ask |= {"number": bounds} if ask["type"] == "number" else {}
    asked = {body["ask"]["name"] for body in flow["steps"].values() if "ask" in body}
    for body in flow["steps"].values():
        if "until" in body.get("after", {}) and not ("day" in asked and types["day"] == "date"):
            body["after"] = {"days": 3, "to": body["after"]["to"]}


def _declared(flow: Body, draft: Draft) -> Body:
    """Declare and rename what there is, and nothing else."""
    given, renamed = _given(flow), flow.get("renamed", {})
    told = json.dumps(flow["steps"])
    flow["variables"] = {
        name: {
            **each,
            "lives": "flow" if f"{{{name}}}" in told and each["lives"] == "turn" else each["lives"],
        }
        for name, each in flow.get("variables", {}).items()
        if name in given
    }
    flow["returns"] = [name for name in flow.get("returns", []) if name in given]
    renamed["steps"] = _moved(renamed.get("steps", {}), flow["steps"])
    called = [draft[body["call"]] for body in flow["steps"].values() if "call" in body]
    returned = {name for each in (*called, PART) for name in each.get("returns", [])}
    renamed["variables"] = _moved(renamed.get("variables", {}), given, returned)
    others = {
        other
        for id_ in draft
        if id_ != flow["flow"]
        for other in draft[id_].get("renamed", {}).get("flow", [])
    }
    renamed["flow"] = [old for old in renamed.get("flow", []) if old not in {*draft, *others}]
    return {**flow, "renamed": renamed}


def _moved(renamed: dict[str, str], known: Any, also: Any = ()) -> dict[str, str]:
    return {old: new for old, new in renamed.items() if old not in {*known, *also} and new in known}


def _given(flow: Body) -> set[str]:
    given = {*flow.get("takes", ())}
    for body in flow["steps"].values():
        several = body["choices"] if isinstance(body.get("choices"), list) else []
        for holder in (body, *several):
            given |= holder.get("set", {}).keys()
        given |= {body["ask"]["name"]} if "ask" in body else set()
    return given


def _filled(flow: Body) -> Body:
    """Take out every ``{name}`` that nothing in the flow fills in."""
    given = {*_given(flow), "mood_chosen"}
    text = json.dumps(flow)
    return json.loads(re.sub(r"\{(\w+)\}", lambda found: found[0] if found[1] in given else "it", text))
