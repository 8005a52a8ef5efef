"""What is said in another language, what of it is not, and the command that keeps its files."""

import json
import subprocess
import sys

import pytest

from flows import cli
from flows.compiler import compile_content
from flows.engine import begin
from flows.pack import LOCALE, read_pack
from flows.pseudo import PSEUDO, pseudo
from flows.turn import Facts, Say
from tests.content import write

TEA = """
    flow: tea
    takes: [name]
    steps:
      ask:
        say:
          plain: {any: ["Tea?", "Some tea?", "A cup of tea?"]}
          warm: {any: ["Would tea be good?", "Is there room for tea?"]}
          quiet: "There is tea."
        choices: [{id: "yes", label: "Yes, {name}", to: end}]
        skip: end
    """
PLAIN, WARM, QUIET = "ask/say/plain", "ask/say/warm", "ask/say/quiet"


def entry(slot, english, words, flags=""):
    return f'{flags}msgctxt "tea/{slot}"\nmsgid "{english}"\nmsgstr "{words}"\n\n'


def content(folder, po, flow=TEA, language="de"):
    """Return the flow with one language; ``po`` is its file."""
    path = folder / "locale" / language / "tea.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(po, encoding="utf-8")
    return compile_content(write(folder, tea=flow))


def said(content, **facts):
    """Return every wording that may be said, over many seeds."""
    seeds = [Facts(seed=seed, locale="de", **facts) for seed in range(12)]
    return {
        each.text for seed in seeds for each in begin(content, "tea", seed).effects if isinstance(each, Say)
    }


# --- what is said -----------------------------------------------------------------------


def test_a_language_may_have_fewer_wordings(tmp_path):
    """One is enough: English and another language are never mixed within a line."""
    found = content(tmp_path, entry(f"{PLAIN}.2", "Some tea?", "Etwas Tee?"))

    assert said(found) == {"Etwas Tee?"}


def test_a_form_that_a_language_lacks_is_said_cooler(tmp_path):
    """Warm words in English would be warm to nobody who reads none."""
    found = content(tmp_path, entry(f"{PLAIN}.1", "Tea?", "Tee?"))

    assert said(found, warmth="tender") == {"Tee?"}
    assert said(found, quiet=True) == {"Tee?"}


def test_each_form_that_a_language_has_is_said(tmp_path):
    """Forms work as they do in English."""
    po = entry(f"{PLAIN}.1", "Tea?", "Tee?") + entry(
        f"{WARM}.2", "Is there room for tea?", "Ist Platz für Tee?"
    )
    found = content(tmp_path, po + entry(f"{QUIET}.1", "There is tea.", "Da ist Tee."))

    assert said(found) == {"Tee?"}
    assert said(found, warmth="warm") == {"Ist Platz für Tee?"}
    assert said(found, warmth="warm", quiet=True) == {"Da ist Tee."}


@pytest.mark.parametrize(
    "po",
    [
        pytest.param("", id="an empty file"),
        pytest.param(entry(f"{PLAIN}.1", "Tea?", ""), id="without words"),
        pytest.param(entry(f"{PLAIN}.1", "Tea?", "Tee?", "#, fuzzy\n"), id="fuzzy"),
        pytest.param(entry(f"{PLAIN}.1", "Coffee?", "Kaffee?"), id="of earlier English"),
        pytest.param(entry(f"{PLAIN}.1", "Tea?", "Tee, {name}?"), id="with a name that nothing fills in"),
        pytest.param(entry(f"{PLAIN}.1", "Tea?", "T" * 301), id="too long"),
        pytest.param(entry(f"{PLAIN}.1", "Tea?", "Tee?").replace("msgctxt", "#~ msgctxt"), id="broken"),
    ],
)
def test_what_cannot_be_said_is_said_in_english(tmp_path, po):
    """A fault in a translation never keeps the bot from starting, and never reaches a person."""
    assert said(content(tmp_path, po)) == {"Tea?", "Some tea?", "A cup of tea?"}


def test_a_lost_name_leaves_the_english(tmp_path):
    """A line that should say a name, and does not, may say something else than was meant."""
    found = content(tmp_path, entry("ask/choice.yes/plain.1", "Yes, {name}", "Ja"))

    (say,) = begin(found, "tea", Facts(locale="de", variables={"name": "Ada"})).effects[-1:]

    assert say.offers[0].label == "Yes, Ada"
    assert [str(each) for each in found.warnings if each.error] == [
        "locale/de/tea.po:2: error: tea/ask/choice.yes/plain.1: {name} of the English is lost [F502]"
    ]


def test_a_list_in_another_order_is_said_before_anyone_merges(tmp_path):
    """Words belong to their English, whatever its place in the list."""
    found = content(tmp_path, entry(f"{PLAIN}.1", "A cup of tea?", "Eine Tasse Tee?"))

    assert said(found) == {"Eine Tasse Tee?"}


def test_an_operators_words_go_before_the_bots(tmp_path):
    """Texts of the bot that the operator's copy of a flow kept are still said in the bot's translation."""
    own, over = tmp_path / "own", tmp_path / "over"
    content(own, entry(f"{PLAIN}.1", "Tea?", "Tee?") + entry(f"{QUIET}.1", "There is tea.", "Da ist Tee."))
    content(over, entry(f"{PLAIN}.1", "Coffee?", "Kaffee?"), TEA.replace('"Tea?"', '"Coffee?"'))

    found = compile_content(own, over=over)

    assert said(found) == {"Kaffee?"}
    assert said(found, quiet=True) == {"Da ist Tee."}
    assert found.warnings == ()


def test_the_bots_own_translations_lie_beside_its_content():
    """Where a translator looks for them; an author's lie within the author's folder."""
    assert (LOCALE / "README.md").exists()


def test_nothing_of_babel_is_loaded_where_nothing_is_translated():
    """A bot that speaks English alone pays no memory for other languages."""
    code = "import sys, flows.compiler as c; print(bool(c.compile_content().catalog.words), 'babel' in sys.modules)"

    words, babel = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert words == babel  # both, or neither


# --- the command ------------------------------------------------------------------------


def po(folder, *typed):
    return cli.main(["po", "--content", str(folder), *typed])


def test_a_language_is_begun_filled_in_and_kept_up(tmp_path, capsys):
    """From nothing to a file, to words that are said, to a text that was edited: no word is lost."""
    folder, path = write(tmp_path, tea=TEA), tmp_path / "locale" / "de" / "tea.po"

    assert po(folder, "de") == 0
    empty = path.read_text(encoding="utf-8")
    path.write_text(empty.replace('msgid "Tea?"\nmsgstr ""', 'msgid "Tea?"\nmsgstr "Tee?"'), encoding="utf-8")
    assert "tea.po: 0 done, 0 fuzzy, 7 without words, 0 obsolete" in capsys.readouterr().out
    assert said(compile_content(folder)) == {"Tee?"}

    write(tmp_path, tea=TEA.replace('"Tea?"', '"Tea today?"'))
    assert po(folder, "de") == 0
    assert "tea.po: 0 done, 1 fuzzy, 6 without words, 0 obsolete" in capsys.readouterr().out
    assert '#, fuzzy\n#| msgid "Tea?"\n' in path.read_text(encoding="utf-8")
    assert po(folder, "de") == 0
    assert capsys.readouterr().out == ""  # nothing to do


def test_a_report_counts_each_flow_and_all(tmp_path, capsys):
    """A wording is left out where the language has another of that form: that is no lack."""
    content(tmp_path, entry(f"{PLAIN}.1", "Tea?", "Tee?") + entry(f"{WARM}.1", "Old?", "Alt?") + "\n" + "#~ " +
            entry("x/y", "Gone", "Weg").strip().replace("\n", "\n#~ ") + "\n")  # fmt: skip

    assert po(tmp_path, "--json") == 0

    rows = {row["flow"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    counts = {"done": 1, "fuzzy": 1, "missing": 3, "left_out": 2, "obsolete": 1}
    assert rows["tea"] == {"language": "de", "flow": "tea", **counts, "percent": 20}
    assert rows[""]["done"] == 1
    assert po(tmp_path) == 0
    assert (
        "de  tea           20 %  1 done, 1 fuzzy, 3 missing, 2 left out, 1 obsolete"
        in capsys.readouterr().out
    )


def test_without_translations_the_report_says_how_to_begin(tmp_path, capsys):
    """The first thing a translator types answers with the next."""
    assert po(write(tmp_path, tea=TEA)) == 0
    assert "befriend flows po LANG" in capsys.readouterr().out


def test_a_broken_file_is_left_as_it_is(tmp_path, capsys):
    """A translator's afternoon is never written over."""
    content(tmp_path, "msgid oops")

    assert po(tmp_path, "de") == 1
    assert "locale/de/tea.po:1: error: neither a remark" in capsys.readouterr().err
    assert (tmp_path / "locale" / "de" / "tea.po").read_text(encoding="utf-8") == "msgid oops"
    assert (tmp_path / "locale" / "de" / "system.po").exists()  # the others are written all the same


def test_a_renamed_flow_takes_its_file_along(tmp_path):
    """Its old file is gone, its words are in the new one."""
    content(tmp_path, entry(f"{PLAIN}.1", "Tea?", "Tee?"))
    (tmp_path / "tea" / "flow.yaml").unlink()
    write(tmp_path, brew=TEA.replace("flow: tea", "flow: brew\n    renamed: {flow: tea}"))

    assert po(tmp_path, "de") == 0

    assert not (tmp_path / "locale" / "de" / "tea.po").exists()
    assert read_pack(tmp_path).languages.words["de"] == {"brew/ask/say/plain.1": "Tee?"}


@pytest.mark.parametrize("language", ["German", "../de", "DE", "en", PSEUDO])
def test_a_language_has_a_code(tmp_path, capsys, language):
    """What is no code, or has its words elsewhere, makes no folder."""
    assert po(write(tmp_path, tea=TEA), language) == 1
    assert f"'{language}'" in capsys.readouterr().err
    assert not (tmp_path / "locale").exists()


def test_nothing_is_written_for_flows_with_errors(tmp_path, capsys):
    """A text that could not be read would look as if it were gone."""
    assert po(write(tmp_path, tea=TEA.replace("say:", "says:")), "de") == 1
    assert "befriend flows check" in capsys.readouterr().err


def test_texts_without_room_are_named(tmp_path, capsys):
    """A button that is full in English is too full in German."""
    assert (
        po(
            write(tmp_path, tea=TEA.replace("Yes, {name}", "Yes, a cup of tea would be very good")),
            "--pseudo",
        )
        == 0
    )
    assert (
        "tea/ask/choice.yes/plain.1: 50 characters if a third longer; 40 at most" in capsys.readouterr().out
    )


def test_check_tells_what_is_wrong_with_a_translation(tmp_path, capsys):
    """The same command, the same form: file, row, code."""
    content(tmp_path, entry(f"{PLAIN}.1", "Tea?", "Tee!"))

    assert cli.main(["check", "--content", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "locale/de/tea.po:2: warning: tea/ask/say/plain.1: an exclamation mark" in told
    assert "[F504]" in told


def test_the_pseudo_language_is_one_more(tmp_path):
    """It takes no language's place, and is made in memory."""
    found = pseudo(content(tmp_path, entry(f"{PLAIN}.1", "Tea?", "Tee?")))

    assert set(found.catalog.words) == {"de", PSEUDO}
    assert found.catalog.words[PSEUDO]["tea/ask/choice.yes/plain.1"] == "⟦Ýééš, {name}⟧"
