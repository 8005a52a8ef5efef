"""What an author is told where a flow cannot be read: the row, a code, and a sentence that says what to do."""

import pytest

from flows.limits import CONTENT_BYTES
from flows.reader import read

TOP = "flow: tea\n{}\nsteps: {{a: {{say: A, to: end}}}}\n"
STEP = "flow: tea\nsteps:\n  a: {{{}}}\n"


def table(text):
    """Return the cases of a table: what it is called, what is written, the code, how the sentence begins."""
    rows = [[cell.strip() for cell in row.split(" | ")] for row in text.strip().splitlines()]
    return [pytest.param(*cells, id=name) for name, *cells in rows]


def found(source):
    """Return what is wrong with a flow: row, code and sentence of each."""
    return [(each.row, each.code, each.message) for each in read(source, "tea/flow.yaml")[1].diagnostics]


WHOLE = {
    "not YAML": ("flow: [", 1, "F001", "not YAML"),
    "a control character": ("flow: tea\nsteps:\n  a: \x07", 1, "F001", "not YAML"),
    "a list": ("- flow", 1, "F001", "a flow is a mapping: begin with 'flow: name'"),
    "nothing": ("", 1, "F001", "a flow is a mapping"),
    "twice": (
        "flow: tea\nsteps:\n  a: {say: A, to: end}\n  a: {say: B, to: end}\n",
        4,
        "F005",
        "'a' is there twice; the first is in row 3",
    ),
    "no flow": ("steps:\n  a: {say: A, to: end}\n", 1, "F004", "'flow:' is missing"),
    "no steps": ("flow: tea\n", 1, "F004", "'steps:' is missing"),
    "no lines": ("flow: tea\nkind: lines\n", 1, "F004", "'lines:' is missing"),
    "an odd flow": (
        "flow: Tea!\nsteps: {a: {say: A, to: end}}\n",
        1,
        "F003",
        "flow 'Tea!': use small letters, digits and _",
    ),
    "a flow that is a list": (
        "flow: [tea]\nsteps: {a: {say: A, to: end}}\n",
        1,
        "F003",
        "flow '': use small",
    ),
    "odd steps": ("flow: tea\nsteps: [a]\n", 2, "F003", "'steps' needs names beneath it"),
    "an odd step": (
        "flow: tea\nsteps:\n  a: A\n",
        3,
        "F003",
        "step 'a' needs keys beneath it: say, show, choices",
    ),
    "an odd name": (
        "flow: tea\nsteps:\n  A: {say: A, to: end}\n",
        3,
        "F003",
        "step 'A': use small letters, digits and _",
    ),
}


@pytest.mark.parametrize(("source", "row", "code", "message"), WHOLE.values(), ids=WHOLE)
def test_what_is_wrong_with_a_file_is_told(source, row, code, message):
    """With its row and its code."""
    (first, *_) = found(source)
    assert (first[:2], first[2][: len(message)]) == ((row, code), message)


TOPS = """
an unknown key           | step: {} | F002 | a flow has no 'step'; did you mean 'steps'?
an odd key               | qqq: 1 | F002 | a flow has no 'qqq'; there are: flow, title, kind
choices at the top       | choices: {} | F003 | shared 'choices' stand in a flow of the kind 'lines'
an odd kind              | kind: tolk | F003 | 'kind' is one of: talk, part, practice, lines; did you mean 'talk'?
a far kind               | kind: zzz | F003 | 'kind' is one of: talk, part, practice, lines
odd minutes              | minutes: many | F003 | 'minutes' takes a whole number of at most 6 digits
too many minutes         | minutes: 1234567 | F003 | 'minutes' takes a whole number
an odd flag              | urgent: yes | F003 | 'urgent' is one of: true, false
odd takes                | takes: {a: b} | F003 | 'takes' takes a name, or a list: [one, two]
an odd start             | start: [a] | F003 | 'start' takes one word or text
an odd variable          | variables: {A: text} | F003 | variable 'A': use small letters
an odd type              | variables: {a: dote} | F003 | 'type' is one of: text, number, date, time; did you mean 'date
an odd life              | variables: {a: {lives: long}} | F003 | 'lives' is one of: turn, flow, kept
a variable in a list     | variables: {a: [date]} | F003 | 'a' takes a type, or {type: date, lives: kept}
an odd key of a variable | variables: {a: {tipe: date}} | F002 | variable 'a' has no 'tipe'
odd renames              | renamed: a | F003 | 'renamed' takes {steps: {old: new}}
an odd rename            | renamed: {step: {}} | F002 | 'renamed' has no 'step'
renames in a list        | renamed: {steps: [a]} | F003 | 'steps' takes {name: value}
an odd review            | review: done | F003 | 'review' is: needed, or {by: Name, role: Role, date: 2026-11-26}
a review without a role  | review: {by: Ann, date: 2026-11-26} | F003 | 'review' is: needed
a review at some time    | review: {by: Ann, role: nurse, date: soon} | F003 | 'review' is: needed
"""


@pytest.mark.parametrize(("top", "code", "message"), table(TOPS))
def test_what_is_wrong_with_the_top_of_a_flow_is_told(top, code, message):
    """In the row where it stands."""
    (first, *_) = found(TOP.format(top))
    assert (first[:2], first[2][: len(message)]) == ((2, code), message)


STEPS = """
an odd key                   | says: A, to: end | F002 | step 'a' has no 'says'; did you mean 'say'?
a call and an action         | call: b, do: c, to: end | F003 | step 'a' may have one of: call, do, a wait
a call and a wait            | call: b, ask: c, to: end | F003 | step 'a' may have one of: call, do, a wait
to a list                    | say: A, to: [end] | F003 | 'to' takes one word or text
no words                     | say: "", to: end | F003 | a line is a text, {any: [texts]}, or forms
blank words                  | say: " ", to: end | F003 | a line is a text
no wordings                  | say: {any: []}, to: end | F003 | a line is a text
an odd wording               | say: {any: [{a: b}, c]}, to: end | F003 | a line is a text
one wording                  | say: {any: ["A."]}, to: end | F308 | 'any' has one wording
no plain form                | say: {warm: A}, to: end | F301 | a line with forms needs 'plain'
an odd form                  | say: {plain: A, cold: B}, to: end | F002 | a line has no 'cold'
use and more                 | say: {use: a, plain: B}, to: end | F002 | a shared line has no 'plain'
once and more                | say: {once: A, plain: B}, to: end | F002 | a line that is said once has no 'plain'
odd choices                  | say: A, to: end, choices: [a] | F003 | 'choices' takes a list, one {…} a line
choices from two             | say: A, to: end, choices: {from: a, of: b} | F002 | 'choices' has no 'of'
a choice without a label     | say: A, to: end, choices: [{id: a}] | F004 | a choice needs an id and a label
a choice without an id       | say: A, to: end, choices: [{label: A}] | F004 | a choice needs an id and a label
a choice with an odd id      | say: A, to: end, choices: [{id: A, label: B}] | F003 | choice 'A': use small letters
a choice with an odd key     | say: A, to: end, choices: [{id: a, label: B, go: c}] | F002 | a choice has no 'go'
a choice with an odd when    | say: A, to: end, choices: [{id: a, label: B, when: c}] | F003 | a choice's 'when' takes
a shared choice with a label | say: A, to: end, choices: [{use: a, label: B}] | F003 | shared choices have their own id
a question in a list         | say: A, to: end, ask: [a] | F003 | 'ask' takes a name, or {name: heavy, number: [0, 10]}
a question without a name    | say: A, to: end, ask: {type: date} | F003 | 'ask' keeps the answer under a name; '' is n
a question with an odd name  | say: A, to: end, ask: A | F003 | 'ask' keeps the answer under a name; 'A' is none
a question with an odd key   | say: A, to: end, ask: {name: a, min: 3} | F002 | 'ask' has no 'min'
a question with an odd type  | say: A, to: end, ask: {name: a, type: words} | F003 | 'type' is one of: text, number, da
odd buttons                  | say: A, to: end, ask: {name: a, buttons: few} | F003 | 'buttons' is one of: shown, none
a number without bounds      | say: A, to: end, ask: {name: a, type: number} | F003 | a number has its bounds with it
bounds without a number      | say: A, to: end, ask: {name: a, type: text, number: [0, 1]} | F003 | a number has its bo
one bound                    | say: A, to: end, ask: {name: a, number: [3]} | F003 | 'number' takes the lowest and the
three bounds                 | say: A, to: end, ask: {name: a, number: [1, 2, 3]} | F003 | 'number' takes the lowest
bounds that are one word     | say: A, to: end, ask: {name: a, number: "05"} | F003 | 'number' takes the lowest
bounds that are none         | say: A, to: end, ask: {name: a, number: [a, b]} | F003 | 'number' takes the lowest
bounds the wrong way round   | say: A, to: end, ask: {name: a, number: [5, 5]} | F003 | 'number' takes the lowest
a bound below zero           | say: A, to: end, ask: {name: a, number: [-5, 5]} | F003 | 'number' takes the lowest
a bound without end          | say: A, to: end, ask: {name: a, number: [0, 1234567]} | F003 | 'number' takes the lowest
odd branches                 | say: A, to: end, ask: a, when: {to: end} | F003 | 'when' takes a list
a branch to nowhere          | say: A, to: end, ask: a, when: [{heard: b}] | F004 | a 'when' line needs 'to', or 'over'
a branch to two places       | say: A, to: end, ask: a, when: [{to: end, over: b}] | F004 | a 'when' line needs 'to'
a branch with an odd key     | say: A, to: end, ask: a, when: [{if: b, to: end}] | F002 | 'when' has no 'if'
a branch with an odd answer  | say: A, to: end, ask: a, when: [{answer: b, to: end}] | F003 | 'answer' takes {name: val
a branch with an odd value   | say: A, to: end, ask: a, when: [{answer: {b: {c: d}}, to: end}] | F003 | 'b' takes a nam
a wait without an end        | say: A, after: {to: end} | F003 | 'after' takes {seconds: 20, to: step}, or
a wait to nowhere            | say: A, after: {seconds: 3} | F003 | 'after' takes {seconds: 20, to: step}, or
a wait with an odd key       | say: A, after: {years: 3, to: end} | F002 | 'after' has no 'years'
a wait that is a word        | say: A, after: later | F003 | 'after' takes {seconds: 20, to: step}, or
a wait until an odd time     | say: A, after: {days: 1, at: "9", to: end} | F003 | 'at' takes a time of day such as "09
an odd number of days        | say: A, after: {days: few, to: end} | F003 | 'days' takes a whole number
an odd action                | do: [a], to: end | F003 | 'do' takes an action, or {name: action, with: {key: value}}
an action without a name     | do: {with: {a: b}}, to: end | F003 | 'do' takes an action, or
an action with an odd key    | do: {name: a, to: b}, to: end | F002 | 'do' has no 'to'
an action with odd values    | do: {name: a, with: b}, to: end | F003 | 'with' takes {name: value}
odd sets                     | set: [a], say: A, to: end | F003 | 'set' takes {name: value}
odd keeps                    | keep: {a: [b]}, say: A, to: end | F003 | 'keep' takes {name: value}
a show without words         | show: {picture: a.png}, to: end | F003 | 'show' takes {picture: file.png, text:
a show of two                | show: {picture: a.png, sound: a.ogg, text: A}, to: end | F003 | 'show' takes {picture
a show of nothing            | show: {text: A}, to: end | F003 | 'show' takes {picture
a show that is a word        | show: a.png, to: end | F003 | 'show' takes {picture
a show from elsewhere        | show: {picture: ../a.png, text: A}, to: end | F003 | 'show' takes {picture
a show with shared words     | show: {picture: a.png, text: {use: hm}}, to: end | F003 | 'show' takes {picture
a show with two bubbles      | show: {picture: a.png, text: [A, B]}, to: end | F003 | 'show' takes {picture
a show with an odd key       | show: {picture: a.png, text: A, size: 3}, to: end | F002 | 'show' has no 'size'
"""


@pytest.mark.parametrize(("body", "code", "message"), table(STEPS))
def test_what_is_wrong_with_a_step_is_told(body, code, message):
    """In the row where it stands."""
    (first, *_) = found(STEP.format(body))
    assert (first[:2], first[2][: len(message)]) == ((3, code), message)


def test_everything_that_is_wrong_is_told_at_once():
    """Each with a row of its own."""
    flow = """flow: tea
kind: tolk
steps:
  A:
    says: "Tea?"
    ask:
      name: a
      number: [5, 1]
    when:
      - heard: b
    choices:
      - id: a
        label: B
        when: c
"""
    rows = [(row, code) for row, code, _ in found(flow)]
    assert sorted(rows) == [(2, "F003"), (4, "F003"), (5, "F002"), (8, "F003"), (10, "F004"), (14, "F003")]


def test_a_flow_has_a_size():
    """A file of a megabyte is read; a larger one is to be divided."""
    flow = "flow: tea\nsteps: {a: {say: A, to: end}}\n"
    assert found(flow + "#" * (CONTENT_BYTES - len(flow))) == []
    whole, tree = read(flow + "#" * (CONTENT_BYTES - len(flow) + 1), "p")
    (problem,) = tree.diagnostics
    assert (whole, problem.code, problem.row) == (None, "F001", 1)
    assert problem.message == f"{CONTENT_BYTES + 1} characters; {CONTENT_BYTES} at most. Divide the flow"
