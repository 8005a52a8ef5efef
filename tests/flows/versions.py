"""Later versions of a made-up content: what authors do to flows while people are inside."""

import json
import random
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.flows import generated
from tests.flows.generated import FLOWS, NAMES, STEPS, drafts
from tests.flows.mended import Draft, leads, mended

NEW_STEPS = "pqrs"  # steps that come later are named so, and renamed ones too
NEW_FLOWS = ("sea", "hill")


def pairs() -> st.SearchStrategy[tuple[Draft, Draft]]:
    """Return the strategy that makes up a content and a later version of it."""
    chances = st.randoms(use_true_random=False)
    return drafts().flatmap(lambda old: st.tuples(st.just(old), st.builds(later, chances, st.just(old))))


def later(chance: random.Random, draft: Draft) -> Draft:
    """Return a version in which one to four things were changed."""
    new = json.loads(json.dumps(draft))
    for _ in range(chance.randint(1, 4)):
        chance.choice(CHANGES)(chance, new)
    return mended(new)


def _flow(chance: random.Random, draft: Draft) -> dict[str, Any]:
    """Return any flow that people can be in."""
    return draft[chance.choice([id_ for id_, flow in draft.items() if flow["kind"] != "lines"])]


def _step(chance: random.Random, draft: Draft) -> tuple[dict[str, Any], str]:
    """Return a flow and the name of a step in it."""
    flow = _flow(chance, draft)
    return flow, chance.choice(list(flow["steps"]))


def _flows(draft: Draft) -> list[str]:
    return [id_ for id_, flow in draft.items() if flow["kind"] != "lines"]


# --- changes of a step ----------------------------------------------------------------------


def reword(chance: random.Random, draft: Draft) -> None:
    flow, name = _step(chance, draft)
    flow["steps"][name]["say"] = generated.says(chance)


def reword_shared(chance: random.Random, draft: Draft) -> None:
    draft["shared"]["lines"]["hm"] = chance.choice(("Well.", ["So.", "And so."], {"any": ["Hm.", "Hum."]}))
    draft["shared"]["choices"]["pair"][1]["label"] = chance.choice(("No", "No, thanks"))


def add_step(chance: random.Random, draft: Draft) -> None:
    flow, name = _step(chance, draft)
    new = chance.choice(NEW_STEPS)
    flow["steps"][new] = generated.step(chance, "".join(flow["steps"]), _flows(draft))
    for holder, key in list(leads(flow["steps"][name]))[:1]:
        holder[key] = new if key != "over" else holder[key]


def remove_step(chance: random.Random, draft: Draft) -> None:
    flow, name = _step(chance, draft)
    if len(flow["steps"]) > 1:
        del flow["steps"][name]


def rename_step(chance: random.Random, draft: Draft) -> None:
    """Give a step another name, with or without saying so; at times one that another step had before."""
    flow, name = _step(chance, draft)
    new = chance.choice([each for each in NEW_STEPS + STEPS if each not in flow["steps"]])
    flow["steps"] = {new if each == name else each: body for each, body in flow["steps"].items()}
    for body in flow["steps"].values():
        for holder, key in leads(body):
            holder[key] = new if holder[key] == name and key != "over" else holder[key]
    if chance.random() < 0.6:
        flow.setdefault("renamed", {}).setdefault("steps", {})[name] = new


def change_kind(chance: random.Random, draft: Draft) -> None:
    """Make a question of what was an action, a call of what was a wait, and so on."""
    flow, name = _step(chance, draft)
    flow["steps"][name] = generated.step(chance, "".join(flow["steps"]), _flows(draft))


def change_ask(chance: random.Random, draft: Draft) -> None:
    flow, name = _step(chance, draft)
    if "ask" in flow["steps"][name]:
        flow["steps"][name]["ask"] = generated.ask(chance)


def change_choices(chance: random.Random, draft: Draft) -> None:
    flow, name = _step(chance, draft)
    if isinstance(flow["steps"][name].get("choices"), list):
        flow["steps"][name]["choices"] = generated.choices(chance, "".join(flow["steps"]), _flows(draft))


def change_branches(chance: random.Random, draft: Draft) -> None:
    """Change what follows, which nobody who stands there can see."""
    flow, name = _step(chance, draft)
    flow["steps"][name]["when"] = generated.branches(chance, "".join(flow["steps"]), _flows(draft))


def swap_targets(chance: random.Random, draft: Draft) -> None:
    flow, name = _step(chance, draft)
    held = [(holder, key) for holder, key in leads(flow["steps"][name]) if key != "over"]
    targets = [holder[key] for holder, key in held]
    chance.shuffle(targets)
    for (holder, key), target in zip(held, targets, strict=True):
        holder[key] = target


# --- changes of a flow ----------------------------------------------------------------------


def remove_flow(chance: random.Random, draft: Draft) -> None:
    if len(_flows(draft)) > 1:
        del draft[_flow(chance, draft)["flow"]]


def rename_flow(chance: random.Random, draft: Draft) -> None:
    """Give a flow another name, with or without saying so; at times one that was another's."""
    old = _flow(chance, draft)["flow"]
    free = [each for each in (*NEW_FLOWS, *FLOWS) if each not in draft]
    if not free:
        return  # every name is taken
    new = chance.choice(free)
    renamed = {new if id_ == old else id_: flow for id_, flow in draft.items()}
    draft.clear()
    draft |= renamed
    draft[new]["flow"] = new
    for flow in draft.values():
        for body in flow.get("steps", {}).values():
            for holder, key in leads(body):
                other = {"over": {old: new}}.get(key, {f"flow:{old}": f"flow:{new}"})
                holder[key] = other.get(holder[key], holder[key])
            if body.get("call") == old:
                body["call"] = new
    if chance.random() < 0.6:
        draft[new].setdefault("renamed", {}).setdefault("flow", []).append(old)


def add_flow(chance: random.Random, draft: Draft) -> None:
    id_ = chance.choice([each for each in (*NEW_FLOWS, *FLOWS) if each not in draft])
    draft[id_] = generated.flow(chance, id_, [*_flows(draft), id_])


def rename_variable(chance: random.Random, draft: Draft) -> None:
    flow = _flow(chance, draft)
    old, new = chance.sample(NAMES, 2)
    for body in flow["steps"].values():
        if isinstance(body.get("ask"), dict) and body["ask"]["name"] == old:
            body["ask"]["name"] = new
    flow.setdefault("renamed", {})["variables"] = {old: new}


def redeclare(chance: random.Random, draft: Draft) -> None:
    """Change types and lives, kind, start, and where people go whose step is gone."""
    flow = _flow(chance, draft)
    flow["variables"] = generated.variables(chance)
    flow["kind"] = chance.choice(("talk", "part", "practice"))
    flow["start"] = chance.choice(list(flow["steps"]))
    flow["on_change"] = chance.choice([*flow["steps"], "end"])
    flow["takes"] = chance.sample(NAMES, 2)


CHANGES: tuple[Callable[[random.Random, Draft], None], ...] = (
    reword, reword, reword_shared, add_step, remove_step, remove_step, rename_step, rename_step, change_kind,
    change_kind, change_ask, change_choices, change_branches, swap_targets, remove_flow, rename_flow, add_flow,
    rename_variable, redeclare,
)  # fmt: skip
