"""What an editor knows of a flow file: a JSON Schema, made of the words that the reader knows.

``make docs`` writes it to ``flows/schema.json``. Draft 7 is the newest that YAML editors check with throughout.
What spans two places (a step that is led to, a number's lowest and highest) is left to ``befriend flows check``.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from flows import reader, steps
from flows.guards import GUARDS, LEVELS, USES
from flows.model import LEAVE
from flows.wordings import FORMS
from flows.yamltree import MOST_DIGITS

Schema = dict[str, Any]
Entry = tuple[Schema, str, Any]  # shape, one sentence, an example
Table = Mapping[str, Entry]
SCALAR = ["string", "number", "boolean"]  # the reader keeps the text of all three: `no` stays "no"


def _like(pattern: re.Pattern[str], hint: str, before: str = "") -> Schema:
    written = pattern.pattern.removesuffix(r"\Z")
    return {"type": "string", "pattern": f"^{before}{written}$", "errorMessage": hint}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _any(*shapes: Schema) -> Schema:
    return {"anyOf": list(shapes)}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of, "minItems": 1}


def _by_name(values: Schema) -> Schema:
    return {"type": "object", "propertyNames": NAME, "additionalProperties": values}


def _object(keys: Iterable[str], table: Table, required: Iterable[str] = (), **more: Any) -> Schema:
    """Return a mapping with these keys and no others."""
    properties = {}
    for key in keys:
        shape, sentence, example = table[key]
        properties[key] = {**shape, "description": sentence, "examples": [example]}
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


NAME = _like(steps.NAME, "Use small letters, digits and _.")
TARGET = _like(steps.NAME, f"A step's name, end, or {LEAVE}name.", f"(?:{LEAVE})?")
WORD: Schema = {"type": SCALAR}
TEXT: Schema = {"type": SCALAR, "pattern": r"\S", "errorMessage": "Write a text here."}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 10**MOST_DIGITS - 1}
SPAN: Schema = {**COUNT, "minimum": 1}
NAMES = _any(NAME, _list(NAME))
WORDS = _any(WORD, _list(WORD))
SET = _by_name(WORD)
LINES = _ref("lines")

FLOW: Table = {
    "flow": (NAME, "The flow's name: the same as its folder's.", "rest"),
    "title": (TEXT, "What the flow is called on buttons and in lists.", "A minute of rest"),
    "kind": ({"enum": list(reader.KINDS)}, "What sort of flow this is; a talk if not said.", "practice"),
    "minutes": (COUNT, "How long it takes, honestly measured.", 3),
    "sources": (WORDS, "Keys of docs/sources.md: where the structure and the facts come from.", ["S2", "S4"]),
    "review": (
        _any({"const": "needed"}, _ref("review")),
        "Who has answered for the words, or that somebody still has to.",
        "needed",
    ),
    "start": (NAME, "The step where it begins; the first one if not said.", "offer"),
    "steps": (
        {**_by_name(_ref("step")), "minProperties": 1},
        "The steps by their names, in the order in which you think of them.",
        {"offer": {"say": "A minute of rest, if you like.", "to": "end"}},
    ),
    "lines": (
        {**_by_name(LINES), "minProperties": 1},
        "In a flow of the kind lines: sentences by their names.",
        {"no_hurry": "There's no hurry."},
    ),
    "choices": (
        _by_name(_list(_ref("choice"))),
        "In a flow of the kind lines: buttons that several flows share, by a name.",
        {"yes_no": [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]},
    ),
    "takes": (NAMES, "Answers that this flow takes over from the one that calls it.", ["thought"]),
    "returns": (NAMES, "Answers that this flow hands back to the one that called it.", ["heavy"]),
    "variables": (
        _by_name(_any({"enum": list(steps.TYPES)}, _ref("variable"))),
        "Of what type an answer is, and how long it lives.",
        {"day": {"type": "date", "lives": "kept"}},
    ),
    "renamed": (
        _ref("renamed"),
        "Old names, for people who stand on them at this moment.",
        {"steps": {"old_step": "new_step"}},
    ),
    "on_change": (NAME, "Where people go on whose step is no longer there.", "offer"),
    "outward": (FLAG, "True for a practice that may be done at 8 to 10 as well.", True),
    "open_in": (
        _any({"enum": list(LEVELS)}, _list({"enum": list(LEVELS)})),
        "Of a practice: in which danger it stays open; closed in both if not said.",
        ["thoughts"],
    ),
    "uses": (
        _any({"enum": list(USES)}, _list({"enum": list(USES)})),
        "Of a practice: what it works with, so that it is closed to whom that would stir up.",
        ["imagery"],
    ),
    "urgent": (FLAG, "True: no typing pauses, and ahead of every other message.", True),
    "delicate": (FLAG, "True: nothing but help and the person's own wish interrupts.", True),
}
REVIEW: Table = {
    "by": (TEXT, "The name of the person who read the words.", "Ada Example"),
    "role": (TEXT, "What makes their word count.", "Clinical psychologist"),
    "date": (_like(reader.DAY, "A day such as 2026-11-26."), "The day of the sign-off.", "2026-11-26"),
    "words": (TEXT, "The mark of the words that were read, as `befriend flows words` shows it.", "1f2e3d4c"),
}
RENAMED: Table = {
    "flow": (NAMES, "What this flow was called before.", "pause"),
    "steps": (_by_name(NAME), "Old names of steps, each with its new one.", {"ask": "offer"}),
    "variables": (_by_name(NAME), "Old names of answers, each with its new one.", {"mood": "heavy"}),
}
VARIABLE: Table = {
    "type": ({"enum": list(steps.TYPES)}, "What an answer must be; text if not said.", "date"),
    "lives": (
        {"enum": list(steps.LIVES)},
        "Until the next answer (turn), until the flow ends (flow), or beyond it (kept).",
        "kept",
    ),
}
STEP: Table = {
    "say": (LINES, "What the bot says: one bubble, or a list of bubbles.", "A minute of rest, if you like."),
    "show": (
        _ref("show"),
        "A picture, animation or sound from the flow's folder.",
        {"picture": "boat.png", "text": "A small boat on a quiet lake."},
    ),
    "choices": (
        _any(_list(_ref("choice")), _ref("offers")),
        "Buttons beneath the last bubble.",
        [{"id": "yes", "label": "Yes", "to": "sit"}],
    ),
    "ask": (_any(NAME, _ref("ask")), "Lets the person type; the answer has this name.", "word"),
    "to": (TARGET, "Where it goes on: a step, end, or flow:name for another flow.", "sit"),
    "skip": (TARGET, "Where it goes on if the person skips the question.", "later"),
    "when": (
        _list(_ref("when")),
        "Tried in order before `to`; the first that holds leads on.",
        [{"answer": {"heavy": "8..10"}, "to": "soft"}],
    ),
    "after": (_ref("after"), "Goes on by itself after a time.", {"seconds": 20, "to": "word"}),
    "call": (NAME, "Runs another flow, and comes back here.", "ground"),
    "do": (_any(NAME, _ref("do")), "Asks the bot to do something: an action of the README.", "helplines"),
    "keep": (
        _by_name(NAME),
        "Keeps an answer beyond the talk; only after the person said so.",
        {"sentence": "own_words"},
    ),
    "set": (SET, "Notes answers without asking.", {"heavy": ""}),
    "delicate": (FLAG, "True: nothing but help and the person's own wish interrupts here.", True),
}
CHOICE: Table = {
    "id": (
        {
            **_like(steps.CHOICE_ID, "Use small letters, digits and _."),
            "type": ["string", "integer", "boolean"],
            "minimum": 0,
        },
        "A short name that never changes; it is what an answer holds.",
        "yes",
    ),
    "label": (TEXT, "What people read on the button.", "Yes, please"),
    "to": (TARGET, "Where this choice leads; the step's `to` if not said.", "sit"),
    "when": (_ref("if"), "Shows the choice only if this holds.", {"answer": {"who": "friend"}}),
    "set": (SET, "Notes answers when this is chosen.", {"declined": "yes"}),
    "use": (NAME, "Shared choices that stand here, by their name.", "yes_no"),
}
ASK: Table = {
    "name": (NAME, "The name of the answer.", "heavy"),
    "number": (
        {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2},
        "The lowest and the highest number; they become buttons.",
        [0, 10],
    ),
    "type": ({"enum": list(steps.TYPES)}, "What an answer must be; text if not said.", "date"),
    "longest": (COUNT, "How many characters an answer may have.", 200),
    "retry": (
        LINES,
        "Said when an answer does not fit, before the question comes again.",
        "One day, please.",
    ),
    "buttons": ({"enum": ["shown", "none"]}, "None: no buttons, not even Skip.", "none"),
}
WHEN: Table = {
    "answer": (
        _by_name(WORDS),
        "Answers by their names: a value, several, given, missing, brief, or 8..10.",
        {"who": ["friend", "animal"]},
    ),
    "heard": (WORDS, "What typed words are about.", ["grief"]),
    "guard": ({"enum": list(GUARDS)}, "A condition that the bot knows by a name.", "night"),
    "open": (NAME, "A practice that is not shut to the person now.", "friend"),
    "to": (TARGET, "Where it goes on.", "sit"),
    "over": (NAME, "A flow that is laid over the talk; afterwards the question comes again.", "about"),
}
AFTER: Table = {
    **{unit: (SPAN, f"How many {unit}.", 20) for unit in steps.UNITS},
    **{
        unit: (SPAN, f"How many {unit}, on the person's own calendar.", 2) for unit in (*steps.DAYS, "months")
    },
    "at": (_like(steps.CLOCK, 'A time of day such as "09:00".'), "The time of that day.", "09:00"),
    "until": (NAME, "The name of an answer that holds a date: it waits for that day.", "day"),
    "to": (TARGET, "Where it goes on.", "word"),
}
SHOW: Table = {
    **{
        kind: (_like(steps.FILE, "A file in the flow's folder."), "A file in the flow's folder.", "boat.png")
        for kind in steps.MEDIA_KINDS
    },
    "text": (_ref("own_line"), "The same in words, for those who cannot see or hear it.", "A small boat."),
}
DO: Table = {
    "name": (NAME, "The action's name.", "remember"),
    "with": (SET, "What the action is handed.", {"country": "{country}"}),
}
OFFERS: Table = {"from": (NAME, "The name of an answer with one choice in each line.", "sentences")}
FORM: Table = {
    "plain": (_ref("wordings"), "The words that everybody can read; it must be there.", "It hurts."),
    "warm": (_ref("wordings"), "For people who like warmer words.", "It hurts. That makes sense."),
    "tender": (_ref("wordings"), "For people who like the softest words.", "It's so sore right now."),
    "quiet": (_ref("wordings"), "For people who asked for no questions.", "It can be quiet."),
    "cheer": (_ref("wordings"), "For people who asked to be cheered on.", "Hard, and you came back to it."),
}
ANY: Table = {
    "any": (
        _list(TEXT),
        "Several wordings; a person reads the one not read for longest.",
        ["It hurts.", "That hurts."],
    )
}
ONCE: Table = {"once": (_ref("own_line"), "Said to a person one time only, ever.", "I forget nothing.")}
USE: Table = {"use": (NAME, "A shared line that stands here, by its name.", "no_hurry")}


def schema() -> Schema:
    """Return the schema of a flow file."""
    lines_flow = {"properties": {"kind": {"const": "lines"}}, "required": ["kind"]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A flow of Befriend",
        "description": "A short talk about one thing. See flows/README.md.",
        **_object(reader.FLOW_KEYS, FLOW, ["flow"]),
        "if": lines_flow,
        "then": {"required": ["lines"]},
        "else": {"required": ["steps"], "properties": {"choices": False}},
        "definitions": _definitions(),
    }


def _definitions() -> Schema:
    asked = [key for key in steps.WHEN_KEYS if key not in ("to", "over")]
    return {
        "wordings": _any(TEXT, _object(ANY, ANY, ANY)),
        "own_line": _any(_ref("wordings"), _object(FORMS, FORM, ["plain"])),
        "line": _any(_ref("own_line"), _object(ONCE, ONCE, ONCE), _object(USE, USE, USE)),
        "lines": _any(_ref("line"), _list(_ref("line"))),
        "step": _object(steps.STEP_KEYS, STEP, dependencies=_one_of_three()),
        "choice": _any(
            _object([key for key in steps.CHOICE_KEYS if key != "use"], CHOICE, ["id", "label"]),
            _object([key for key in steps.CHOICE_KEYS if key not in ("id", "label")], CHOICE, ["use"]),
        ),
        "offers": _object(OFFERS, OFFERS, OFFERS),
        "ask": _object(steps.ASK_KEYS, ASK, ["name"], **_number_with_bounds()),
        "if": _object([key for key in asked if key != "heard"], WHEN, minProperties=1),
        "when": _any(
            _object([*asked, "to"], WHEN, ["to"]),
            _object([*asked, "over"], WHEN, ["over"]),
        ),
        "after": _object(
            steps.AFTER_KEYS, AFTER, ["to"], minProperties=2, errorMessage="Say how long, and where to."
        ),
        "show": _any(*(_object([kind, "text"], SHOW, [kind, "text"]) for kind in steps.MEDIA_KINDS)),
        "do": _object(DO, DO, ["name"]),
        "variable": _object(reader.VARIABLE_KEYS, VARIABLE),
        "renamed": _object(reader.RENAMED_KEYS, RENAMED),
        "review": _object(reader.REVIEW_KEYS, REVIEW, ["by", "role", "date"]),
    }


def _one_of_three() -> Schema:
    """A step may have one of: call, do, a wait."""
    waits = ("choices", "ask", "after")
    barred = {"call": ("do", *waits), "do": ("call", *waits)}
    return {key: {"properties": dict.fromkeys(others, False)} for key, others in barred.items()}


def _number_with_bounds() -> Schema:
    typed = {"properties": {"type": {"const": "number"}}, "required": ["type"]}
    return {
        "dependencies": {"number": {"properties": {"type": {"const": "number"}}}},
        "if": typed,
        "then": {"required": ["number"]},
    }


if __name__ == "__main__":
    json.dump(schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")
