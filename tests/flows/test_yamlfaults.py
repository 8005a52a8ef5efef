"""The commonest slips in a file are told in words that say what to mend, at the row where it is."""

import pytest

from flows.reader import read

GOOD = """flow: tea
steps:
  ask:
    say: "Tea?"
    choices:
      - {id: "yes", label: "Yes", to: end}
    skip: end
  close:
    say: "Bye."
    to: end
"""


def slips(old, new):
    source = GOOD.replace(old, new, 1)
    assert source != GOOD
    _, tree = read(source, "tea/flow.yaml")
    return [(each.row, each.message) for each in sorted(tree.diagnostics)]


def test_a_good_file_has_none():
    """What is tried below is right before it is spoilt."""
    assert read(GOOD, "tea/flow.yaml")[1].diagnostics == []


@pytest.mark.parametrize(
    ("old", "new", "row", "says"),
    [
        pytest.param("    skip: end", "\tskip: end", 7, "a tab stands at the beginning", id="tab"),
        pytest.param('"Bye."', "Bye: and thanks", 9, "has a colon in it", id="colon in a text"),
        pytest.param('"Tea?"', '"Tea?', 4, "opens in this row and does not close", id="open quotation mark"),
        pytest.param('"Bye."', '"Say "bye" then."', 9, "within a text", id="quotation marks within"),
        pytest.param("    skip: end", "   skip: end", 7, "begins 3 spaces in", id="one space short"),
        pytest.param("    skip: end", "     skip: end", 7, "begins 5 spaces in", id="one space too many"),
        pytest.param(
            'label: "Yes"', 'label:"Yes"', 6, "a space is missing after the colon", id="no space, quoted"
        ),
        pytest.param(
            "to: end}", "to:end}", 6, "a space is missing after the colon in 'to:end'", id="no space"
        ),
    ],
)
def test_a_slip_is_told_so_that_it_can_be_mended(old, new, row, says):
    """The first thing an author reads names the row and what to do there."""
    (first_row, message), *_ = slips(old, new)

    assert first_row == row
    assert says in message


def test_what_is_not_known_is_passed_on():
    """Whatever libyaml says is better than nothing."""
    _, tree = read("flow: [tea\nsteps: {", "tea/flow.yaml")

    assert tree.diagnostics[0].message.startswith("not YAML: ")
