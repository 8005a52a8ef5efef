"""Small contents made up by chance, with every feature of the language; they pass the structural checks.

``drafts`` is the strategy for Hypothesis. The functions beneath it take any ``random.Random``, so that ten
thousand cases can be had in a minute as well. A draft is what an author would write: flows as plain data.
"""

import json
import random
from typing import Any

from hypothesis import strategies as st

from flows.compiler import Content, Pack, compile_pack
from flows.fragments import put_in
from flows.reader import read
from flows.run import HOME
from tests.flows.mended import Draft, mended

FLOWS = ("tea", "walk", "letter", HOME, "concrete")
STEPS = "abcdefgh"
NAMES = ("what", "mood", "heavy", "day", "hour")
TYPES = ("text", "number", "date", "time")
HEARD = ("grief", "stop", "self_criticism", "about_bot")
GUARDS = ("night", "quiet", "two_heavier")
CHOICES = (("yes", "Yes"), ("no", "No"), ("maybe", "Perhaps, {mood}"), ("skip", "Rather not"), ("x2", "Two"))
SAID = (
    "It rains.",
    "There is tea.",
    "Here is {what}.",
    "So it is {day} at {hour}.",
    "Heavy: {heavy}, {mood}.",
)
VALUES = ("early", "{what}", "{mood} and {heavy}", "2026-12-24", "one\ntwo\nthree")
UNTIL = {"seconds": 20}, {"minutes": 90}, {"days": 3, "at": "09:00"}, {"until": "day"}, {"at": "21:30"}
LINES = """
  stale unclear unsure number_retry number_words number_left number_told date_retry time_retry long_retry too_long
  no_back less more
  where_were_we which_answer nothing_to_change corrected changed gone deep ended resting skip_label leave_it_label
""".split()
MONTHS = "January February March April May June July August September October November December"
SYSTEM = {
    "flow": "system",
    "kind": "lines",
    "lines": {**{line: f"({line})" for line in LINES}, "months": MONTHS},
}
SHARED = {
    "flow": "shared",
    "kind": "lines",
    "lines": {"hm": {"any": ["Hm.", "Mhm."]}, "both": ["One.", {"plain": "Two.", "tender": "Two, dear."}]},
    "choices": {"pair": [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]},
}


# --- drafts ---------------------------------------------------------------------------------


def drafts() -> st.SearchStrategy[Draft]:
    """Return the strategy that makes contents up."""
    return st.builds(draft, st.randoms(use_true_random=False))


def draft(chance: random.Random) -> Draft:
    """Make one content up: one to five flows of one to eight steps."""
    ids = chance.sample(FLOWS, chance.randint(1, len(FLOWS)))
    flows = {id_: flow(chance, id_, ids) for id_ in ids}
    return mended({"system": SYSTEM, "shared": SHARED, **flows})


def flow(chance: random.Random, id_: str, flows: list[str]) -> dict[str, Any]:
    """Make one flow up."""
    steps = STEPS[: chance.randint(1, len(STEPS))]
    made: dict[str, Any] = {"flow": id_, "steps": {name: step(chance, steps, flows) for name in steps}}
    made["kind"] = chance.choice(("talk", "talk", "talk", "part", "practice"))
    made["takes"] = chance.sample(NAMES, chance.randint(0, 3))
    made["returns"] = chance.sample(NAMES, chance.randint(0, 2))
    made["variables"] = variables(chance)
    for key in ("delicate", "urgent", "outward"):
        if chance.random() < 0.1:
            made[key] = "true"
    if chance.random() < 0.3:
        made["on_change"] = chance.choice([*steps, "end"])
    return made


def variables(chance: random.Random) -> dict[str, Any]:
    """Declare a few names, with every type and life."""
    return {
        name: {"type": chance.choice(TYPES), "lives": chance.choice(("turn", "flow", "kept"))}
        for name in chance.sample(NAMES, chance.randint(0, 3))
    }


def step(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    """Make one step up."""
    made = chance.choice(KINDS)(chance, steps, flows)
    if chance.random() < 0.15:
        made["set"] = {chance.choice(NAMES): chance.choice(VALUES)}
    if chance.random() < 0.15:
        made["keep"] = {"note": chance.choice(NAMES)}
    if chance.random() < 0.1:
        kind, file = chance.choice((("picture", "it.png"), ("animation", "it.gif"), ("sound", "it.ogg")))
        made["show"] = {kind: file, "text": "Here it is: {what}"}
    if chance.random() < 0.1:
        made["delicate"] = "true"
    return made


# --- kinds of steps -------------------------------------------------------------------------


def told(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    return {"say": says(chance), "to": target(chance, steps, flows), "when": branches(chance, steps, flows)}


def passed(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    return {"to": target(chance, steps, flows)}  # says nothing


def chosen(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    made = {**question(chance, steps, flows), "choices": choices(chance, steps, flows)}
    if chance.random() < 0.2:
        made["after"] = after(chance, steps, flows)
    return made


def listed(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    made = question(chance, steps, flows)
    return {**made, "set": {"mood": chance.choice(VALUES[-2:])}, "choices": {"from": "mood"}}


def asked(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    made = {**question(chance, steps, flows), "ask": ask(chance)}
    if chance.random() < 0.3:
        made["choices"] = choices(chance, steps, flows)
    return made


def rested(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"after": after(chance, steps, flows)}
    return {**made, "say": says(chance)} if chance.random() < 0.8 else made


def called(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    made = {"call": chance.choice(flows), "to": target(chance, steps, flows)}
    return {**made, "say": says(chance)} if chance.random() < 0.5 else made


def done(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    values = {"name": "note", "with": {"what": chance.choice(VALUES)}}
    return {**told(chance, steps, flows), "do": values}


KINDS = (told, passed, chosen, chosen, listed, asked, asked, asked, rested, called, done)


# --- parts of steps -------------------------------------------------------------------------


def says(chance: random.Random) -> Any:
    """Return one bubble or two; the last is never one that is said only once."""
    last = line(chance, once=False)
    return [line(chance), last] if chance.random() < 0.3 else last


def line(chance: random.Random, *, once: bool = True) -> Any:
    text = chance.choice(SAID)
    shapes = [
        text, text, text,
        {"any": [text, "Or so."]},
        {"plain": text, "warm": f"{text} Dear.", "quiet": "Quiet."},
        {"use": chance.choice(("hm", "both"))},
        {"once": text},
    ]  # fmt: skip
    return chance.choice(shapes if once else shapes[:-1])


def target(chance: random.Random, steps: str, flows: list[str]) -> str:
    """Return where to go on: mostly a step, at times the end or another flow."""
    return chance.choice([*steps, *steps, *steps, "end", f"flow:{chance.choice(flows)}"])


def question(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    """Return what all questions have."""
    made = {"say": says(chance), "to": target(chance, steps, flows)}
    if chance.random() < 0.3:
        made["skip"] = target(chance, steps, flows)
    made["when"] = branches(chance, steps, flows)
    for branch in made["when"]:
        if chance.random() < 0.4:
            branch["over"] = chance.choice(flows)
            del branch["to"]
    return made


def branches(chance: random.Random, steps: str, flows: list[str]) -> list[dict[str, Any]]:
    several = chance.choice((0, 0, 1, 2))
    return [{**condition(chance), "to": target(chance, steps, flows)} for _ in range(several)]


def condition(chance: random.Random) -> dict[str, Any]:
    name = chance.choice(NAMES)
    return chance.choice(
        [
            {"answer": {name: chance.choice(("given", "missing", "brief", "0..5", "6..30", "yes", "early"))}},
            {"heard": chance.choice(HEARD)},
            {"guard": chance.choice(GUARDS)},
        ]
    )


def choices(chance: random.Random, steps: str, flows: list[str]) -> list[dict[str, Any]]:
    """Return one to three choices; the first is always on offer."""
    if chance.random() < 0.2:
        return [{"use": "pair", "to": target(chance, steps, flows)}]
    made = []
    for id_, label in chance.sample(CHOICES, chance.randint(1, 3)):
        choice: dict[str, Any] = {"id": id_, "label": label}
        if chance.random() < 0.7:
            choice["to"] = target(chance, steps, flows)
        if chance.random() < 0.3:
            choice["set"] = {chance.choice(NAMES): chance.choice(VALUES)}
        if made and chance.random() < 0.3 and "heard" not in (when := condition(chance)):
            choice["when"] = when
        made.append(choice)
    return made


def ask(chance: random.Random) -> Any:
    made: dict[str, Any] = {"name": chance.choice(NAMES), "type": chance.choice(TYPES)}
    if made["type"] == "number":
        made["number"] = chance.choice(([0, 10], [1, 5], [0, 200]))
    if chance.random() < 0.3:
        made["retry"] = line(chance, once=False)
    if chance.random() < 0.3:
        made["longest"] = chance.choice((3, 40))
    if chance.random() < 0.2:
        made["buttons"] = "none"
    return made


def after(chance: random.Random, steps: str, flows: list[str]) -> dict[str, Any]:
    return {**chance.choice(UNTIL), "to": target(chance, steps, flows)}


# --- contents -------------------------------------------------------------------------------


def compiled(draft: Draft) -> Content:
    """Return a draft as the bot holds it, by way of the text that an author would write."""
    flows, diagnostics = [], []
    for id_, body in draft.items():
        found, tree = read(json.dumps(body, indent=1), f"{id_}/flow.yaml")
        flows += [found] if found else []
        diagnostics += tree.diagnostics
    whole, missing = put_in(flows)
    return compile_pack(Pack(whole, [*diagnostics, *missing]))
