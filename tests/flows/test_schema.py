"""What an author's editor knows is what the reader knows."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from flows import reader, steps
from flows.compiler import CONTENT
from flows.guards import GUARDS
from flows.schema import schema
from flows.wordings import FORMS

TOP = Path(__file__).parents[2]
SCHEMA = schema()
EDITOR = Draft7Validator(SCHEMA)
FLOWS = sorted(CONTENT.glob("*/flow.yaml"))
EXAMPLES = dict(
    re.findall(
        r"^## (F\d{3}) .*?```yaml\n(.*?)```",
        (TOP / "docs" / "diagnostics.md").read_text(),
        re.DOTALL | re.MULTILINE,
    )
)
SHAPE = {"F001", "F002", "F003", "F004", "F005", "F301"}


class EditorsYaml(yaml.SafeLoader):
    """YAML 1.2 as editors read it: true and 3 are no texts, no and 21:30 are, a key twice is an error."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # PyYAML's own shape

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        if len(set(keys)) < len(keys):
            raise yaml.constructor.ConstructorError(None, None, "a key is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


for tag, pattern, first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    ("int", r"[-+]?\d+\Z", "-+0123456789"),
    ("float", r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?\Z", "-+.0123456789"),
    ("null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
):
    EditorsYaml.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def underlined(source):
    """Whether an editor would mark something in a flow."""
    try:
        document = yaml.load(source, Loader=EditorsYaml)  # noqa: S506  # it is a safe one
    except yaml.YAMLError:
        return True
    return not EDITOR.is_valid(document)


def misshapen(source):
    """What the reader has against the shape of a flow."""
    _, tree = reader.read(source, "x/flow.yaml")
    return [str(each) for each in tree.diagnostics if each.code in SHAPE]


def shapes():
    """Every mapping of the schema, with all its keys."""
    todo, found = [SCHEMA], []
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            found += [node] if "description" in str(node.get("properties", "")) else []
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    return found


# --- the file ---------------------------------------------------------------------------


def test_the_schema_is_written_down_as_it_is():
    """flows/schema.json is what flows.schema says; `make docs` writes it anew."""
    assert json.loads((TOP / "flows" / "schema.json").read_text()) == SCHEMA


def test_the_schema_is_one():
    """It obeys the rules for schemas of its draft."""
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.parent.name)
def test_every_flow_fits(path):
    """The bot's own flows are underlined nowhere."""
    document = yaml.load(path.read_text(), Loader=EditorsYaml)  # noqa: S506  # it is a safe one

    assert [f"{list(each.path)}: {each.message}" for each in EDITOR.iter_errors(document)] == []


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.parent.name)
def test_every_flow_names_its_schema(path):
    """Whoever opens a flow in an editor gets its help at once."""
    first = path.read_text().splitlines()[0]

    assert first == "# yaml-language-server: $schema=../../schema.json"
    assert (path.parent / first.partition("=")[2]).resolve() == TOP / "flows" / "schema.json"


# --- its words --------------------------------------------------------------------------


def test_it_has_the_readers_keys_and_no_others():
    """A key that is new to the language is new to editors on the same day."""
    known = [
        reader.FLOW_KEYS, reader.RENAMED_KEYS, reader.REVIEW_KEYS, reader.VARIABLE_KEYS, steps.STEP_KEYS,
        steps.CHOICE_KEYS, steps.ASK_KEYS, steps.WHEN_KEYS, steps.AFTER_KEYS, [*steps.MEDIA_KINDS, "text"],
        FORMS, ["any"], ["once"], ["use"], ["from"], ["name", "with"],
    ]  # fmt: skip

    written = {key for shape in shapes() for key in shape["properties"]}

    assert written == {key for keys in known for key in keys}
    for keys in (reader.FLOW_KEYS, steps.STEP_KEYS, steps.ASK_KEYS, steps.AFTER_KEYS, reader.REVIEW_KEYS):
        assert any(set(shape["properties"]) == set(keys) for shape in shapes())


def test_it_offers_the_words_that_count():
    """An editor completes kinds, types, lives, guards and media."""
    definitions = SCHEMA["definitions"]

    assert SCHEMA["properties"]["kind"]["enum"] == list(reader.KINDS)
    assert definitions["ask"]["properties"]["type"]["enum"] == list(steps.TYPES)
    assert definitions["variable"]["properties"]["lives"]["enum"] == list(steps.LIVES)
    assert definitions["if"]["properties"]["guard"]["enum"] == list(GUARDS)


def test_every_key_has_a_sentence_and_an_example_that_fits():
    """Whoever rests the pointer on a key learns what it does, and sees one."""
    for shape in shapes():
        for key, body in shape["properties"].items():
            assert re.fullmatch(r"[A-Z][^.\n]*(?:`|[^.\n])*.*\.", body["description"]), key
            whole = {**body, "definitions": SCHEMA["definitions"]}
            assert all(Draft7Validator(whole).is_valid(example) for example in body["examples"]), key


# --- what it refuses --------------------------------------------------------------------


@pytest.mark.parametrize("code", ["F001", "F002", "F003", "F004", "F005", "F301"])
def test_what_has_the_wrong_shape_is_underlined(code):
    """An author sees a slip while typing, and not only when the checks run."""
    assert underlined(EXAMPLES[code])


@pytest.mark.parametrize(
    "flow",
    [
        pytest.param("flow: t\nkind: lines\nsteps: {a: {say: Tea., to: end}}", id="lines without lines"),
        pytest.param("flow: t\nsteps: {a: {to: end}}\nchoices: {}", id="shared choices in a talk"),
        pytest.param("flow: t\nsteps: {a: {call: b, do: c, to: end}}", id="two works in a step"),
        pytest.param("flow: t\nsteps: {a: {say: Tea., when: [{heard: grief}]}}", id="a branch to nowhere"),
        pytest.param("flow: t\nsteps: {a: {ask: {name: n, type: number}}}", id="a number without bounds"),
        pytest.param("flow: t\nsteps: {a: {after: {to: end}}}", id="a wait without a time"),
        pytest.param("flow: t\nsteps: {a: {after: {hours: 0, to: end}}}", id="a wait for no time"),
        pytest.param('flow: t\nsteps: {a: {after: {days: 1, at: "9", to: end}}}', id="no time of day"),
        pytest.param("flow: t\nsteps: {a: {show: {picture: ../x.png, text: X.}}}", id="a file elsewhere"),
        pytest.param("flow: t\nreview: {by: A, role: B, date: soon}\nsteps: {a: {to: end}}", id="no day"),
        pytest.param(
            "flow: t\nsteps: {a: {say: Tea?, choices: [{use: b, label: C}], to: end}}", id="shared with words"
        ),
    ],
)
def test_what_the_reader_refuses_is_underlined(flow):
    """What spans two keys of one place is known as well."""
    assert misshapen(flow)
    assert underlined(flow)


def test_words_that_yaml_takes_for_something_else_fit():
    """Our reader keeps every value as the text that was written, so an editor must not mark it."""
    flow = """
        flow: t
        title: 2027
        steps:
          a:
            say: [no, true, 7]
            choices: [{id: no, label: No, to: end}, {id: 1, label: 1.5}, {id: true, label: true}]
            when: [{answer: {b: [1, yes, true], c: 8..10}, to: end}]
            set: {b: 1, c: true, d: ""}
            to: end
        """

    assert not underlined(flow)
    assert misshapen(flow) == []


# --- whatever is written ----------------------------------------------------------------


def documents(shape):
    """Documents made as a schema says; what it says about several keys at once is left to a filter."""
    if "$ref" in shape:
        return documents(SCHEMA["definitions"][shape["$ref"].rpartition("/")[2]])
    if "anyOf" in shape and "properties" not in shape:
        return st.one_of([documents(each) for each in shape["anyOf"]])
    if "const" in shape or "enum" in shape:
        return st.sampled_from(shape.get("enum") or [shape["const"]])
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    return st.one_of([MAKERS[kind](shape) for kind in kinds])


def mappings(shape):
    if "properties" not in shape:
        values = documents(shape["additionalProperties"])
        names = texts(shape["propertyNames"])
        return st.dictionaries(names, values, min_size=shape.get("minProperties", 0), max_size=3)
    properties, required = shape["properties"], shape["required"]
    optional = sorted(set(properties) - set(required)) or required
    keys = st.lists(st.sampled_from(optional), max_size=3, unique=True)
    whole = Draft7Validator({**shape, "definitions": SCHEMA["definitions"]})
    return keys.flatmap(
        lambda some: st.fixed_dictionaries(
            {key: documents(properties[key]) for key in dict.fromkeys([*required, *some])}
        )
    ).filter(whole.is_valid)


def texts(shape):
    pattern = shape.get("pattern", "")
    if pattern.startswith("^"):
        return st.from_regex(re.compile(pattern.replace("$", r"\Z"), re.ASCII))
    letters = st.characters(codec="utf-8")
    return st.text(letters, max_size=9).filter(lambda text: re.search(pattern, text))


def lists(shape):
    if shape.get("maxItems") == 2:  # the lowest and the highest
        return st.lists(st.integers(), min_size=2, max_size=2, unique=True).map(sorted)
    return st.lists(documents(shape["items"]), min_size=shape["minItems"], max_size=3)


def integers(shape):
    return st.integers(shape.get("minimum"), shape.get("maximum"))


MAKERS = {
    "object": mappings, "array": lists, "string": texts, "integer": integers,
    "boolean": lambda _: st.booleans(), "number": lambda _: st.integers() | st.floats(allow_nan=False),
}  # fmt: skip
TALKS = mappings(
    {
        **SCHEMA,
        "required": ["flow", "steps"],
        "properties": {**SCHEMA["properties"], "kind": {"const": "part"}},
    }
)
LINES = mappings(
    {
        **SCHEMA,
        "required": ["flow", "kind", "lines"],
        "properties": {**SCHEMA["properties"], "kind": {"const": "lines"}},
    }
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(TALKS | LINES)
def test_what_an_editor_lets_through_the_reader_reads(document):
    """No author is told by the checks that a shape is wrong which their editor called right."""
    assume(
        "number" not in str(document.get("variables"))
    )  # its bounds stand elsewhere, where it is asked for
    assert EDITOR.is_valid(document)

    assert misshapen(yaml.safe_dump(document, allow_unicode=True)) == []


WHOLE = {
    "flow": "whole",
    **{
        key: body["examples"][0]
        for key, body in SCHEMA["properties"].items()
        if key not in ("choices", "lines", "kind")
    },
    "steps": {
        "one": {
            key: body["examples"][0]
            for key, body in SCHEMA["definitions"]["step"]["properties"].items()
            if key not in ("call", "do")
        },
        "two": {
            "say": [{"once": {"plain": {"any": ["A.", "B."]}}}, {"use": "c"}],
            "do": {"name": "d", "with": {"e": "f"}},
            "to": "end",
        },
        "three": {
            "say": "N?",
            "ask": {"name": "n", "number": [0, 9], "retry": "M."},
            "to": "end",
            "when": [{"guard": "night", "over": "x"}],
        },
        "four": {"after": {"until": "n", "at": "21:30", "to": "end"}, "choices": [{"use": "u", "to": "end"}]},
    },
    "variables": {"a": "date", "b": {"type": "text", "lives": "turn"}},
    "review": {"by": "A", "role": "B", "date": "2026-11-26", "words": "1f"},
}
INSTEAD = [
    [],
    {},
    "",
    " ",
    "x y",
    "A",
    "end",
    0,
    1,
    -1,
    1.5,
    10**7,
    True,
    None,
    [[]],
    [{}],
    {"x": 1},
    ["a", "a"],
    {"any": []},
]


def places(node, path=()):
    """Every place in a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(list(places(WHOLE))), st.sampled_from([*INSTEAD, "gone", "renamed", "more"]))
def test_a_slip_that_the_reader_finds_is_underlined(path, slip):
    """One thing changed anywhere in a flow that uses every key: the editor misses no shape that is wrong."""
    document = json.loads(json.dumps(WHOLE))
    *way, last = path
    node = document
    for key in way:
        node = node[key]
    if slip == "gone":
        del node[last]
    elif slip == "renamed" and isinstance(node, dict):
        node[f"{last}x"] = node.pop(last)
    elif slip == "more" and isinstance(node, dict):
        node["xx"] = "x"
    else:
        node[last] = slip
    source = yaml.safe_dump(document)

    assert underlined(source) or misshapen(source) == [] or path[-2:-1] == ("number",)
