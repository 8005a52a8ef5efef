"""A translator's file follows the English, loses nothing, and comes back from disk as it was."""

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.pack import read_pack
from flows.po import Entry, Po, PoError, read, write
from flows.reader import read as read_flow
from flows.texts import sources
from flows.translation import match, merge

SOME = settings(max_examples=60, deadline=None)
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\0{}")
HARD = (
    '"',
    "\\",
    "\n",
    "\t",
    "\r",
    '\\"',
    "\\n",
    "%s",
    "#",
    "msgid ",
    '"\n"',
    "🫖",
    "👩‍👩‍👧",
    "שלום",
    "\u202e",
    "\u2028",
    "{name}",
)
TEXT = (
    st.lists(st.sampled_from(HARD) | st.text(ANY, max_size=4), min_size=1, max_size=6)
    .map("".join)
    .map(str.strip)
)
TEXT = TEXT.filter(bool)
STEP = st.fixed_dictionaries(
    {
        "plain": st.lists(TEXT, min_size=1, max_size=4, unique=True),
        "warm": st.lists(TEXT, max_size=2, unique=True),
        "label": TEXT,
    }
)
STEPS = st.dictionaries(st.sampled_from(["ask", "tell", "end_", "sit2"]), STEP, min_size=1)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0{}!"), min_size=1, max_size=20)
REMARK = WORDS.map(lambda text: " ".join(text.split())).filter(lambda text: text[:1].isalpha())
ENTRY = st.builds(
    Entry,
    id=st.text("abc/.1", min_size=1),
    english=TEXT,
    words=TEXT | st.just(""),
    fuzzy=st.booleans(),
    previous=TEXT | st.just(""),
    gone=st.booleans(),
    remarks=st.lists(REMARK, unique=True).map(tuple),
)

PIECES = (
    'msgid "a"',
    "msgstr",
    ' "b"',
    "\n",
    "#~",
    "#, fuzzy",
    "#|",
    "msgctxt",
    "\\",
    '"',
    "#:",
    " ",
    "msgstr[1]",
)


def quote(text):
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in text) + '"'


def source(steps, renamed=""):
    """Return a flow as an author writes it; ``steps`` are forms and a label for each."""
    rows = ["flow: tea", "takes: [name]", *([f"renamed: {renamed}"] if renamed else []), "steps:"]
    for id_, step in steps.items():
        rows += [f"  {id_}:", "    say:", f"      plain: {_any(step['plain'])}"]
        rows += [f"      warm: {_any(step['warm'])}"] if step["warm"] else []
        rows += [f"    choices: [{{id: ok, label: {quote(step['label'])}, to: end}}]", "    skip: end"]
    return "\n".join(rows) + "\n"


def _any(texts):
    return f"{{any: [{', '.join(map(quote, texts))}]}}" if len(texts) > 1 else quote(texts[0])


def flow(steps, renamed=""):
    found, tree = read_flow(source(steps, renamed), "content/tea/flow.yaml")
    assert not any(each.error for each in tree.diagnostics)
    return found


def translated(entries, words="w"):
    """Return the entries with words that are as different as their ids, and keep what is filled in."""
    return [
        replace(entry, words=f"{words} {number}" + "{name}" * ("{name}" in entry.english))
        for number, entry in enumerate(entries)
    ]


def by_english(entries):
    return Counter((entry.id.split("/")[1], entry.english, entry.words) for entry in entries)


# --- the file ---------------------------------------------------------------------------


@SOME
@given(STEPS, st.data())
def test_what_is_translated_is_what_is_said(steps, data):
    """From flow to file to catalog each text arrives byte for byte, whatever letters it is made of."""
    entries = [
        replace(entry, words=data.draw(WORDS).strip() + "ü" + "{name}" * ("{name}" in entry.english))
        for entry in merge(flow(steps), [])
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "locale" / "de" / "tea.po"
        for place in (path.parent, Path(folder) / "tea"):
            place.mkdir(parents=True)
        (Path(folder) / "tea" / "flow.yaml").write_text(source(steps), encoding="utf-8")
        path.write_bytes(write(Po(tuple(entries)), "de").encode())

        found = read_pack(Path(folder)).languages

    assert found.words == {"de": {entry.id: entry.words for entry in entries}}
    assert [each for each in found.diagnostics if each.error] == []


@SOME
@given(st.lists(ENTRY, unique_by=lambda entry: entry.id))
def test_a_file_comes_back_as_it_was_written(entries):
    """Flags, earlier English, remarks and texts that are gone survive the trip."""
    entries.sort(key=lambda entry: entry.gone)

    found = read(write(Po(tuple(entries)), "de"))

    assert [replace(entry, row=0) for entry in found.entries] == entries


@SOME
@given(STEPS, st.data())
def test_a_broken_file_is_refused_or_read(steps, data):
    """A letter that is lost or added never becomes an error that nobody expects, nor a row that does not exist."""
    text = write(Po(tuple(translated(merge(flow(steps), [])))), "de")
    at = data.draw(st.integers(0, len(text)))
    broken = (
        text[:at]
        + data.draw(st.sampled_from(["", '"', "\\", "\n", "#~ ", "msgid", "msgid_plural ", "<<<<"]))
        + text[at + 1 :]
    )

    error = refused(broken)

    assert error is None or 1 <= error.row <= broken.count("\n") + 1


@SOME
@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_is_refused_or_read(text):
    """What is no PO file at all gives a row and a sentence."""
    error = refused(text)

    assert error is None or str(error)


def refused(text):
    try:
        read(text)
    except PoError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("text", "row"),
    [
        pytest.param('msgctxt "a"\nmsgid "b"\nmsgstr "c', 3, id="a quotation mark left open"),
        pytest.param('msgctxt "a"\nmsgid b\nmsgstr "c"', 2, id="no quotation marks"),
        pytest.param('msgctxt "a"\nmsgid "b"\n\nmsgctxt "d"', 4, id="no words"),
        pytest.param('msgctxt "a"\nmsgid "b"\n', 3, id="the end comes too soon"),
        pytest.param('msgstr "c"', 1, id="words for nothing"),
        pytest.param('"c"', 1, id="a text alone"),
        pytest.param('msgctxt "a"\nmsgid "b"\nmsgstr "c"\n<<<<<<< HEAD\n', 4, id="a merge that was left half done"),
        pytest.param('msgid "b"\nmsgid_plural "bs"\nmsgstr[0] "c"', 2, id="plurals"),
        pytest.param('msgctxt "a"\nmsgid "b"\n# hm\nmsgstr "c"', 2, id="a remark in between"),
        pytest.param('msgctxt "a"\nmsgid "b"\nmsgstr "c"\n\nmsgctxt "a"\nmsgid "b"\nmsgstr "d"', 6, id="twice"),
        pytest.param('#~ msgctxt "a"\n#~ msgid "b"\nmsgstr "c"', 3, id="half put aside"),
    ],
)  # fmt: skip
def test_a_broken_file_says_where(text, row):
    """Babel would read most of these, and lose a text without a word."""
    with pytest.raises(PoError) as raised:
        read(text)

    assert raised.value.row == row


def test_what_other_tools_write_is_read():
    """Wrapped rows, Windows' line ends, a byte order mark, and the earlier English of a text that is gone."""
    text = '\ufeff#, fuzzy\n#| msgctxt "x"\n#| msgid ""\n#| "old "\n#| "tea"\n'
    text += 'msgctxt "tea/a"\nmsgid ""\n"new "\n"tea"\nmsgstr "T"\n'
    gone = '\n#~| msgid "older"\n#~ msgctxt "tea/b"\n#~ msgid "b"\n#~ msgstr "B"\n'

    found = read((text + gone).replace("\n", "\r\n")).entries

    assert [(each.english, each.previous, each.fuzzy, each.gone) for each in found] == [
        ("new tea", "old tea", True, False),
        ("b", "older", False, True),
    ]


def test_what_stands_at_the_head_is_kept():
    """Translators' tools note there who they are; what is ours is put right."""
    head = '# By Ada\nmsgid ""\nmsgstr ""\n"Last-Translator: Ada\\n"\n"X-Tool: y\\n"\n"Language: xx\\n"\n'

    again = write(read(head), "de")

    assert "# By Ada\n" in again
    assert '"Last-Translator: Ada\\n"\n' in again
    assert '"X-Tool: y\\n"\n' in again
    assert '"Language: de\\n"\n' in again


# --- following the English --------------------------------------------------------------


@SOME
@given(STEPS, STEPS, STEPS)
def test_merging_twice_changes_nothing(first, second, third):
    """Whatever happened to the flow before, a second merge writes the same file."""
    entries = translated(merge(flow(first), []))
    entries = translated(merge(flow(second), entries), "v")[::2]
    once = write(Po(merge(flow(third), entries)), "de")

    assert write(Po(merge(flow(third), read(once).entries)), "de") == once


@SOME
@given(STEPS, STEPS)
def test_no_words_are_ever_lost(before, after):
    """However a flow is rewritten, all that was translated is still in the file."""
    entries = translated(merge(flow(before), []))

    merged = merge(flow(after), entries)

    assert {entry.words for entry in entries} <= {entry.words for entry in merged}


@SOME
@given(STEPS, st.data())
def test_one_edited_text_is_fuzzy_and_no_other(steps, data):
    """Its words stay beside the English that they were written for; all others are said as before."""
    entries = translated(merge(flow(steps), []))
    id_ = data.draw(st.sampled_from(sorted(steps)))
    old, new = steps[id_]["plain"][0], data.draw(TEXT)
    if new in (*steps[id_]["plain"], *steps[id_]["warm"], steps[id_]["label"]):
        return
    edited = {**steps, id_: {**steps[id_], "plain": [new, *steps[id_]["plain"][1:]]}}

    merged = merge(flow(edited), entries)

    fuzzy = [entry for entry in merged if entry.fuzzy]
    assert [(entry.english, entry.previous) for entry in fuzzy] == [(new, old)]
    assert {entry.id: entry.words for entry in merged} == {entry.id: entry.words for entry in entries}


@SOME
@given(STEPS, st.randoms())
def test_another_order_loses_nothing(steps, chance):
    """Words go with their English, not with its place in the list."""
    entries = translated(merge(flow(steps), []))
    moved = {
        id_: {**step, "plain": chance.sample(step["plain"], len(step["plain"]))}
        for id_, step in steps.items()
    }

    merged = merge(flow(moved), entries)

    english = [
        (id_, text) for id_, step in steps.items() for text in [*step["plain"], *step["warm"], step["label"]]
    ]
    if len(set(english)) == len(
        english
    ):  # the same words twice in a step are told apart by their place alone
        assert by_english(merged) == by_english(entries)
    assert not [entry for entry in merged if entry.fuzzy or entry.gone]


@SOME
@given(STEPS, st.data())
def test_what_was_taken_out_comes_back_with_its_words(steps, data):
    """A text that is gone is kept aside, and is no longer said."""
    entries = translated(merge(flow(steps), []))
    id_ = data.draw(st.sampled_from(sorted(steps)))
    left = {each: step for each, step in steps.items() if each != id_} or {
        "other": {"plain": ["x"], "warm": [], "label": "y"}
    }

    without = merge(flow(left), entries)
    back = merge(flow(steps), read(write(Po(without), "de")).entries)

    assert {entry.words for entry in without if entry.gone} == {
        entry.words for entry in entries if entry.id.startswith(f"tea/{id_}/")
    }
    assert [(entry.id, entry.words, entry.fuzzy) for entry in back if not entry.gone] == [
        (entry.id, entry.words, False) for entry in entries
    ]


@SOME
@given(STEP)
def test_a_renamed_step_keeps_its_words(step):
    """The map that leads people on leads translations on, over two names too."""
    entries = translated(merge(flow({"ask": step}), []))

    merged = merge(flow({"offer": step}, "{steps: {ask: begin, begin: offer}}"), entries)

    assert [(entry.id, entry.words) for entry in merged] == [
        (entry.id.replace("/ask/", "/offer/"), entry.words) for entry in entries
    ]


def test_a_renamed_flow_keeps_its_words():
    """Entries under the flow's earlier name are found."""
    step = {"plain": ["Tea?"], "warm": [], "label": "Yes"}
    old = [
        replace(entry, id=entry.id.replace("tea/", "brew/"))
        for entry in translated(merge(flow({"ask": step}), []))
    ]

    assert [entry.words for entry in merge(flow({"ask": step}, "{flow: brew}"), old)] == ["w 0", "w 1"]


def test_english_that_is_edited_back_stays_fuzzy():
    """Somebody may have changed the words meanwhile: only a person can say that they fit."""
    steps = [{"ask": {"plain": [text], "warm": [], "label": "Yes"}} for text in ("Tea?", "Coffee?", "Tea?")]
    entries = translated(merge(flow(steps[0]), []))
    for each in steps[1:]:
        entries = merge(flow(each), entries)

    assert (entries[0].fuzzy, entries[0].previous) == (True, "")


def test_a_file_names_no_machine_and_no_moment():
    """The same flow gives the same bytes, everywhere and always."""
    text = write(Po(merge(flow({"ask": {"plain": ["Tea, {name}?"], "warm": [], "label": "Yes"}}), [])), "de")

    assert text == (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: befriend\\n"\n"PO-Revision-Date: \\n"\n"Last-Translator: \\n"\n'
        '"Language-Team: \\n"\n"Language: de\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
        "#. The bot says this, plain form. At most 300 characters.\n#. Keep {name} as it stands: it is filled in.\n"
        "#: tea/flow.yaml:6\n#, python-brace-format\n"
        'msgctxt "tea/ask/say/plain.1"\nmsgid "Tea, {name}?"\nmsgstr ""\n\n'
        "#. A button for the person to tap. At most 40 characters.\n#: tea/flow.yaml:7\n"
        'msgctxt "tea/ask/choice.ok/plain.1"\nmsgid "Yes"\nmsgstr ""\n'
    )


def test_what_fits_nothing_is_left():
    """Words are given to no text that they were not written for."""
    texts = sources(flow({"ask": {"plain": ["Tea?"], "warm": [], "label": "Yes"}}))

    found = match(texts, [Entry("tea/ask/choice.no/plain.1", "No", "Nein")])

    assert (found.found, [entry.words for entry in found.left]) == ({}, ["Nein"])
