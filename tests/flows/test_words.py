"""All that a flow says, for somebody who judges words and knows no YAML."""

import csv
import io

import pytest

from flows import cli
from flows.model import Flow
from flows.pack import CONTENT, read_pack
from flows.script import Script
from flows.signing import sheet
from flows.workshop.words import HEADS, table
from tests.content import write

TEA = """
flow: tea
title: A cup of *tea*
kind: talk
minutes: 2
review: needed
sources: [S2]
steps:
  hello:
    say:
      - {once: "I make tea."}
      - plain: {any: ["Tea?", "A cup?"]}
        tender: "Some tea, if you like?"
        quiet: "There is tea."
    choices:
      - {id: "yes", label: "Yes", to: which}
      - {id: "no", label: "No", to: end}
      - {id: sweet, label: "Something sweet", to: which, when: {answer: {mood: low}}}
    when: [{heard: [grief, about_bot], to: "over:cup"}]
    skip: end
  which:
    show: {picture: pots.png, text: "Two pots."}
    say: "Which tea, {name}?"
    ask: {name: tea, longest: 20, retry: "A bit shorter?"}
    when:
      - {answer: {tea: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa]}, to: draws}
    to: draws
  draws:
    say: "It draws.\\nA while."
    after: {days: 2, at: "09:00", to: pour}
  pour:
    call: cup
    keep: {drink: tea}
    to: "flow:cup"
"""
CUP = """
flow: cup
title: A warm cup
kind: part
steps:
  hold:
    say: "=1+1"
    choices: [{id: ok, label: "-2", to: end}]
    skip: end
"""


@pytest.fixture
def pack(tmp_path):
    return read_pack(write(tmp_path, tea=TEA, cup=CUP))


def script(pack, flow="tea", form=""):
    flows = {each.id: each for each in pack.flows}
    return "\n".join(Script(flows, form).write(flows[flow]))


def test_a_script_begins_with_what_a_reviewer_needs(pack):
    """Title, kind, sources, where the review stands, and what to write to sign off these very words."""
    tea = next(flow for flow in pack.flows if flow.id == "tea")
    head = script(pack).partition("## ")[0]

    assert head.startswith("# A cup of \\*tea\\*\n")
    assert "talk · 2 minutes · 4 steps · not reviewed yet · sources S2" in head
    assert f"    review: {{by: NAME, role: ROLE, date: YEAR-MONTH-DAY, words: {tea.words}}}" in head


def test_the_hash_in_a_script_is_the_one_that_a_sign_off_takes(pack, tmp_path):
    """Whoever copies the line has signed off; when words change the sign-off no longer holds."""
    (line,) = (line for line in script(pack).splitlines() if line.startswith("    review:"))
    signed = (
        line.strip().replace("NAME", "Ann").replace("ROLE", "nurse").replace("YEAR-MONTH-DAY", "2026-11-26")
    )

    def tea(text) -> Flow:
        return next(flow for flow in read_pack(write(tmp_path, tea=text)).flows if flow.id == "tea")

    assert tea(TEA.replace("review: needed", signed)).signed_off
    assert not tea(TEA.replace("review: needed", signed).replace("It draws", "It drew")).signed_off


def test_a_step_shows_every_wording_and_where_it_leads(pack):
    """Bubbles with all their forms, then the ways on in words."""
    step = script(pack).partition("## 1. hello")[2].partition("## 2.")[0]

    assert step.strip().splitlines() == [
        "*begins here*", "",
        "Bubble 1, said once, ever:", "> I make tea.", "",
        "Bubble 2:",
        "- *plain*: Tea?", "- *plain*: A cup?", "- *tender*: Some tea, if you like?", "- *quiet*: There is tea.", "",
        "- [Yes] → 2 which",
        "- [No] → the end",
        "- [Something sweet] (if “mood” is low) → 2 which",
        "- if heard: grief, a question about the bot → first the flow “A warm cup”, then this question again",
        "- skip → the end",
    ]  # fmt: skip


def test_pictures_retries_waits_and_other_flows_are_told(pack):
    """Nothing that a person may meet is left out."""
    text = script(pack)

    assert "A picture, or in its place the words:\n\n> Two pots." in text
    assert "If the answer does not fit:\n\n> A bit shorter?" in text
    assert "- any other words, up to 20 characters → 3 draws" in text
    assert "> It draws.\\\n> A while." in text
    assert "after 2 days, at 09:00 → 4 pour" in text
    assert "*keeps “tea” as drink*" in text
    assert "*goes through the flow “A warm cup” (cup)*" in text
    assert "→ on to the flow “A warm cup”" in text


def test_no_list_is_cut_on_paper(pack):
    """What is asked for stands there to its last value."""
    assert "y, z, aa →" in script(pack)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("plain", ["- *plain*: Tea?", "- *plain*: A cup?"]),
        ("warm", ["- *plain*: Tea?", "- *plain*: A cup?"]),
        ("tender", ["> Some tea, if you like?"]),
        ("quiet", ["> There is tea."]),
    ],
)
def test_one_form_shows_what_such_a_person_reads(pack, form, said):
    """Where a line has no words of that form, those stand that are said instead."""
    step = script(pack, form=form).partition("Bubble 2:\n")[2].partition("\n\n")[0]

    assert step.splitlines() == said


def test_shared_lines_are_read_too(pack):
    """The bot's own sentences need a reviewer as much as any."""
    assert "## where were we\n\n> Where were we." in script(pack, "system")


@pytest.mark.parametrize("flow", read_pack(CONTENT).flows, ids=lambda flow: flow.id)
def test_every_text_of_the_bot_stands_in_its_script(flow):
    """A reviewer who has read the script has read everything."""
    flows = {each.id: each for each in read_pack(CONTENT).flows}

    written = "\n".join(Script(flows).write(flow)).replace("\\", "")

    missing = [
        each.text
        for _, each in flow.texts
        if all(each.text.replace("\n", f"\n{indent}") not in written for indent in ("> ", "  "))
    ]
    assert missing == []


def test_a_table_has_a_row_for_each_text(pack):
    """Every text once, with the parts of its id and its row in the file."""
    rows = list(csv.DictReader(io.StringIO(table(pack.flows))))
    tea = next(flow for flow in pack.flows if flow.id == "tea")

    mine = [row for row in rows if row["flow"] == "tea"]
    assert tuple(rows[0]) == HEADS
    assert len(mine) == len(list(tea.texts))
    assert mine[1] == {
        "id": "tea/hello/say2/plain.1", "flow": "tea", "step": "hello", "slot": "say2", "form": "plain",
        "wording": "1", "english": "Tea?", "row": "12",
    }  # fmt: skip
    assert ("system", "", "stale") in {(row["flow"], row["step"], row["slot"]) for row in rows}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2", "@sum", "\tx"])
def test_no_cell_is_taken_for_a_formula(tmp_path, text):
    """A spreadsheet calculates nothing that an author wrote."""
    pack = read_pack(write(tmp_path, cup=CUP.replace("=1+1", text.replace("\t", "\\t"))))

    cells = [cell for row in csv.reader(io.StringIO(table(pack.flows))) for cell in row]

    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert f"'{text.strip()}" in cells or text.strip() in cells


# --- the command --------------------------------------------------------------------------


def flows_words(capsys, *words):
    code = cli.main(["words", *map(str, words)])
    return code, capsys.readouterr()


def test_the_command_prints_an_authors_own_flows(tmp_path, capsys):
    """Of all flows those of the named folder are meant, unless others are named."""
    write(tmp_path, tea=TEA, cup=CUP)

    code, told = flows_words(capsys, "--content", tmp_path)

    assert code == 0
    titles = [line for line in told.out.splitlines() if line.startswith("# ")]
    assert sorted(titles) == ["# A cup of \\*tea\\*", "# A warm cup", "# system"]


def test_the_command_prints_a_table(capsys):
    """What is printed is what a spreadsheet reads."""
    code, told = flows_words(capsys, "concrete", "--csv", "--form", "quiet")

    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert code == 0
    assert {row["form"] for row in rows} == {"quiet"}
    assert {row["flow"] for row in rows} == {"concrete"}


def test_the_command_prints_a_sheet_to_sign(tmp_path, capsys):
    """One page: what to look for, a row for each flow with the mark of its words, and how a yes gets into the flow."""
    write(tmp_path, tea=TEA, cup=CUP)

    code, told = flows_words(capsys, "tea", "cup", "--sheet", "--content", tmp_path)

    marks = {flow.id: flow.words for flow in read_pack(tmp_path).flows}
    rows = [line.split(" | ") for line in told.out.splitlines() if line.startswith("| ")]
    assert code == 0
    assert len(told.out.splitlines()) < 40
    assert [row[:2] for row in rows[1:]] == [[f"| {flow}", f"`{marks[flow]}`"] for flow in ("tea", "cup")]
    assert "review: {by:" in told.out


def test_a_sheet_names_who_has_signed_these_words(pack, tmp_path):
    """A row that was signed is filled in; one whose words changed since is empty again."""
    tea = next(flow for flow in pack.flows if flow.id == "tea")
    signed = f"review: {{by: Ann, role: nurse, date: 2026-11-26, words: {tea.words}}}"

    def row(text: str) -> str:
        flows = read_pack(write(tmp_path, tea=text)).flows
        return next(line for line in sheet(flows) if line.startswith("| tea |"))

    text = TEA.replace("review: needed", signed)
    assert row(text) == f"| tea | `{tea.words}` | Ann | nurse | 2026-11-26 | yes |   |"
    assert "Ann" not in row(text.replace("It draws", "It drew"))


def test_a_flow_that_is_not_there_is_named(capsys):
    """A slip of the finger prints nothing."""
    code, told = flows_words(capsys, "concret")

    assert (code, told.out) == (1, "")
    assert "There is no flow 'concret'. Did you mean 'concrete'?" in told.err
