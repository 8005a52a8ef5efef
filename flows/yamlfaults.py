"""What libyaml says of a file that it cannot read, said so that an author knows what to mend."""

import re
from collections.abc import Iterable

import yaml

QUOTES = re.compile(r'\\.|"')  # what is escaped is no quotation mark
KEYED = re.compile(r"""^[\s-]*[\w ]+: +(?P<text>[^\s"'\[{|>&*#].*)$""")
INNER = re.compile(r'^[\s-]*[\w ]*:? *"(?:[^"\\]|\\.)*"\s*\w')  # words go on behind a text that has closed


def explain(error: yaml.YAMLError, source: str) -> tuple[int, str]:
    """Return the row to look at, and what to do there."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "it cannot be read")
    rows = source.split("\n")
    row = min(mark.line + 1, len(rows)) if mark else 1
    return (
        _tab(rows, row, problem)
        or _open_quote(rows, row)
        or _colon(rows, row, problem)
        or _inner_quote(rows, row)
        or _indent(rows, row, problem)
        or (row, f"not YAML: {problem}")
    )


def _tab(rows: list[str], row: int, problem: str) -> tuple[int, str] | None:
    for number in _near(rows, row) if "token" in problem else ():
        if "\t" in rows[number - 1][: len(rows[number - 1]) - len(rows[number - 1].lstrip())]:
            return number, "a tab stands at the beginning of this row: use two spaces for each step inwards"
    return None


def _open_quote(rows: list[str], row: int) -> tuple[int, str] | None:
    """Find a quotation mark that opens and does not close in its row; texts here are written in one row."""
    for number, text in enumerate(rows[:row], 1):
        marks = [found for found in QUOTES.findall(_bare(text)) if found == '"']
        if len(marks) % 2:
            return (
                number,
                'a quotation mark (") opens in this row and does not close; inside a text write \\"',
            )
    return None


def _colon(rows: list[str], row: int, problem: str) -> tuple[int, str] | None:
    if "mapping values" not in problem:
        return None
    found = KEYED.match(_bare(rows[row - 1]))
    if found and ": " in found["text"]:
        return row, "the text in this row has a colon in it: put the text in quotation marks"
    return row, "a colon where none can stand: put the text in quotation marks, or mend the row above"


def _inner_quote(rows: list[str], row: int) -> tuple[int, str] | None:
    for number in _near(rows, row):
        if INNER.match(rows[number - 1]):
            return number, 'quotation marks within a text are written \\"like this\\"'
    return None


def _indent(rows: list[str], row: int, problem: str) -> tuple[int, str] | None:
    if "block" not in problem and "expected key" not in problem:
        return None
    text = rows[row - 1]
    depth = len(text) - len(text.lstrip())
    above = {len(other) - len(other.lstrip()) for other in rows[: row - 1] if other.strip()}
    if depth in above:
        return None
    return (
        row,
        f"this row begins {depth} spaces in, and no row above does: rows of one kind begin at the same place",
    )


def _near(rows: list[str], row: int) -> Iterable[int]:
    """Return this row and the one above: libyaml often notices a row late."""
    return (number for number in (row, row - 1) if 0 < number <= len(rows))


def _bare(text: str) -> str:
    """Leave out what follows a " #": a remark."""
    return re.sub(r"\s#[^\"]*$", "", text)
