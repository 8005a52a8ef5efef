"""Rules about words, about what a chat can carry, and about what stands behind a flow."""

import re
from pathlib import Path

import pytest

from flows.checks import check
from flows.checks.evidence import SOURCES
from flows.checks.unsaid import UNSAID
from flows.pack import read_pack
from tests.content import write

TOP = Path(__file__).parents[2]


def told(folder, flow, **flows):
    """Return (code, row, sentence) of what is wrong with a flow."""
    pack = read_pack(write(folder, a=flow, **flows))
    return [(each.code, each.row, each.message) for each in check(pack) if each.path.endswith("a/flow.yaml")]


def of(folder, say, more=""):
    return [
        (code, row)
        for code, row, _ in told(
            folder, f"flow: a\nkind: part\n{more}\nsteps:\n  one:\n    say: {say}\n    to: end\n"
        )
    ]


# --- words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Everyone feels like that.", "You\u2019re safe now.", "At least you have tea.", "Time heals.", "It will pass.",
        "They would want you to rest.", "Let it go.", "Be strong.", "She passed away.", "You'll feel better.",
        "Everything will be fine.", "I promise.", "Deep down you know.", "I missed you.", "I'm so proud of you.",
        "I understand how hard it is.", "I know how you feel.", "Don't be sad.", "Cheer up.", "Close your eyes.",
        "Take a deep breath.", "You should rest.", "You have to rest.", "It's just a thought.", "Well done.",
        "Your streak is three days.", "This is therapy.", "The words are reviewed.", "He committed suicide.",
        "It hurts, but you tried.", "That's hard. But you can.", "I can't talk about that.",
    ],
)  # fmt: skip
def test_what_hurts_is_told_with_a_reason(tmp_path, text):
    """Each of the rules for writers has words that break it."""
    found = told(tmp_path, f'flow: a\nkind: part\nsteps:\n  one: {{say: "{text}", to: end}}\n')

    assert {(code, row) for code, row, _ in found} == {("F303", 4)}
    assert all(" is not said here: " in sentence for _, _, sentence in found)


@pytest.mark.parametrize(
    "text",
    [
        "Some people know a pain close to this.", "It hurts. You tried.", "You don't have to do this well.",
        "A justice of the peace has tea.", "Press against the floor and let go.", "Angry. We can stay with angry.",
        "Tom died. Nothing needs fixing tonight.", "Hold something warm, if you like. Eyes can stay open.",
        "Someone you feel safe with.", "A place that is better lit.", "It may get lighter, or heavier. Both are fine.",
        "I'm a program, and I know few words.", "You said you have two cups.",
    ],
)  # fmt: skip
def test_what_is_near_it_and_does_no_harm_is_not_told(tmp_path, text):
    """A rule that cries wolf is soon read past."""
    assert of(tmp_path, f'"{text}"') == []


def test_every_hit_in_a_line_is_told(tmp_path):
    """Whoever mends one need not come back for the next."""
    assert of(tmp_path, '"Just be strong, it will pass."') == [("F303", 6)] * 3


def test_every_reason_is_a_sentence_for_a_writer():
    """The list says why, for each of its patterns."""
    assert all(each.reason and each.patterns for each in UNSAID)


def test_each_wording_is_told_in_its_own_row(tmp_path):
    """In a list of wordings the row is that of the text, not of the list."""
    say = '\n      plain:\n        any:\n          - "Tea."\n          - "Tea!"\n      quiet: "Tea?"'

    assert of(tmp_path, say) == [("F302", 10), ("F306", 11)]


def test_shared_lines_are_judged_where_they_stand(tmp_path):
    """A flow that uses a line is not blamed for its words; its own row counts for its own."""
    flows = {"b": 'flow: b\nkind: lines\nlines:\n  tea: "Tea!"\n'}
    flow = "flow: a\nkind: part\nsteps:\n  one: {say: [{use: tea}], to: end}\n"

    assert told(tmp_path, flow, **flows) == []


def test_labels_are_words_too(tmp_path):
    """A button is read before anything else."""
    flow = "flow: a\nkind: part\nsteps:\n  one: {say: 'Tea?', choices: [{id: b, label: 'Be strong!'}], to: end}\n"

    assert [code for code, _, _ in told(tmp_path, flow)] == ["F302", "F303"]


# --- what a chat can carry --------------------------------------------------------------


def show(kind, file, text="Tea."):
    return f"flow: a\nkind: part\nsteps:\n  one: {{show: {{{kind}: {file}, text: '{text}'}}, to: end}}\n"


@pytest.mark.parametrize(
    ("kind", "file", "size", "wrong"),
    [
        ("picture", "tea.png", 10_000_000, ""),
        ("picture", "tea.JPG", 10, ""),
        ("picture", "tea.png", 10_000_001, "Make it smaller"),
        ("picture", "tea.gif", 10, "a picture ends in png or jpg or jpeg"),
        ("animation", "tea.gif", 50_000_000, ""),
        ("animation", "tea.mp4", 50_000_001, "Make it smaller"),
        ("sound", "tea.ogg", 10, ""),
        ("sound", "tea.wav", 10, "a sound ends in mp3 or m4a or ogg"),
        ("sound", "tee.mp3", None, "did you mean 'tea.mp3'?"),
    ],
)
def test_only_what_telegram_shows_is_shown(tmp_path, kind, file, size, wrong):
    """The file is there, its ending is known, and it is not too big."""
    write(tmp_path, a=show(kind, file))
    with (tmp_path / "a" / (file if size else "tea.mp3")).open("wb") as picture:
        picture.truncate(size or 1)  # a hole: it takes no room

    found = told(tmp_path, show(kind, file))

    assert [code for code, _, _ in found] == (["F205"] if wrong else [])
    assert all(wrong in message for _, _, message in found)


def test_a_picture_letter_counts_twice(tmp_path):
    """Telegram counts UTF-16 units; beneath a picture there is room for 1,024 of them."""
    write(tmp_path, a=show("picture", "tea.png"))
    (tmp_path / "a" / "tea.png").write_bytes(b"x")

    fits = told(tmp_path, show("picture", "tea.png", "\U0001f375" * 512))
    over = told(tmp_path, show("picture", "tea.png", "\U0001f375" * 513))

    assert [[code for code, _, _ in found if code == "F204"] for found in (fits, over)] == [[], ["F204"]]


@pytest.mark.parametrize(("size", "told_"), [(45, False), (46, True)])
def test_a_button_carries_flow_step_and_choice(tmp_path, size, told_):
    """Also at a question whose answers can be changed: the engine offers ``leave_it`` there."""
    step = "s" * (size - 1)
    flow = f"flow: a\nkind: part\nsteps:\n  {step}: {{say: 'Tea?', ask: tea, to: end}}\n"

    assert [code for code, _, _ in told(tmp_path, flow)] == (["F201"] if told_ else [])


# --- what stands behind it --------------------------------------------------------------


def test_the_sources_are_those_of_the_docs():
    """A key that the docs explain can be used, and no other."""
    rows = re.findall(
        r"^\| ([A-Z]\d+) \|", (TOP / "docs" / "sources.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert rows == SOURCES


@pytest.mark.parametrize(("words", "stale"), [("", False), ("{words}", False), ("deadbeef", True)])
def test_a_sign_off_is_for_the_words_that_were_read(tmp_path, words, stale):
    """A changed word makes it stale, and the flow counts as not reviewed until it is read again."""
    flow = "flow: a\nkind: part\nsteps:\n  one: {say: 'Tea.', to: end}\n"
    (plain,) = [each for each in read_pack(write(tmp_path, a=flow)).flows if each.id == "a"]
    given = f", words: {words.format(words=plain.words)}" if words else ""
    signed = f"{flow}review: {{by: A Name, role: A Role, date: 2026-11-26{given}}}\n"

    assert [code for code, _, _ in told(tmp_path, signed)] == (["F403"] if stale else [])
    assert next(each.signed_off for each in read_pack(tmp_path).flows if each.id == "a") is not stale


@pytest.mark.parametrize(
    ("minutes", "honest"), [("", False), ("minutes: 1", True), ("minutes: 2", True), ("minutes: 9", False)]
)
def test_a_practice_takes_as_long_as_it_says(tmp_path, minutes, honest):
    """A tap, a typed answer and a wait of twenty seconds: about a minute."""
    flow = f"""
        flow: a
        kind: practice
        sources: [S2]
        {minutes}
        steps:
          one: {{say: "Tea?", choices: [{{id: "y", label: "Yes", to: two}}], skip: end}}
          two: {{say: "Then hold the cup.", after: {{seconds: 20, to: three}}, to: three}}
          three: {{say: "A word for it?", ask: word, to: end}}
        """

    assert [code for code, _, _ in told(tmp_path, flow)] == ([] if honest else ["F404"])
