"""The help lines of an operator: their own file over ours, and what the command says of both."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import app, cli
from bot.safety import directory, helplines
from bot.safety.helplines import HelplineError, card, countries, find_country, merge, status
from bot.settings import SETTINGS

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LINE = (
    '{name: Local, voice: "0800 1", hours: always, languages: [English], source: called 2026-11, '
    'checked: 2026-11-20, verify: "https://a.example/", confidence: H}'
)


@pytest.fixture(autouse=True)
def ours_alone() -> Iterator[None]:
    """Each test begins and ends with the bot's own lines."""
    yield
    helplines.lay_over(None)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's data folder."""
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    monkeypatch.setenv("BEFRIEND_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BEFRIEND_KEY_FILE", str(tmp_path / "key"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


# --- laid over --------------------------------------------------------------------------


def test_lines_of_an_operator_take_the_place_of_ours() -> None:
    """A country of theirs has their lines and no other; what they leave out stays ours."""
    found = merge(countries(), f"countries:\n  IE:\n    lines:\n      - {LINE}\n")["IE"]

    assert ([line.name for line in found.lines], found.name, found.emergency) == (["Local"], "Ireland", "112")


def test_more_lines_come_before_ours() -> None:
    """One more line needs no copy of ours."""
    found = merge(countries(), f"countries:\n  IE:\n    more:\n      - {LINE}\n")["IE"]

    assert [line.name for line in found.lines][:2] == ["Local", "Samaritans"]


def test_lines_can_be_taken_away() -> None:
    """An operator who knows that a number is wrong takes it out at once."""
    assert merge(countries(), "countries:\n  IE: {lines: []}\n")["IE"].lines == ()


def test_a_country_can_be_added() -> None:
    """One that we do not know by name becomes known, with its line."""
    found = merge(countries(), f"countries:\n  FO:\n    name: Faroe Islands\n    lines: [{LINE}]\n")

    assert found["FO"].lines[0].checked_by == "operator"


def test_other_countries_stay_as_they_are() -> None:
    """Nothing else changes."""
    before = dict(countries())
    found = dict(merge(countries(), f"countries:\n  IE: {{more: [{LINE}]}}\n"))

    assert {code for code in found if found[code] != before[code]} == {"IE"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("countries: [IE]", "countries is no table", id="a list"),
        pytest.param("lines: {}", "unknown lines", id="unknown key"),
        pytest.param("just words", "no table of sources and countries", id="words"),
        pytest.param("countries: {IE: [", "not YAML, see line 1", id="not YAML"),
        pytest.param("countries: {IE: {lines: 116}}", "IE: lines is no list", id="a number"),
        pytest.param(f"countries: {{FO: {{lines: [{LINE}]}}}}", "FO: no name", id="no name"),
        pytest.param('countries: {IE: {emergency: "1"}}', "emergency_source", id="emergency without source"),
        pytest.param(
            "countries: {IE: {more: [" + LINE.replace('"0800 1"', '"116 123"') + "]}}", "twice", id="a double"
        ),
        pytest.param("countries: {FO: {name: Ireland}}", "belongs to", id="a name of another"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, fault: str) -> None:
    """Whoever writes it is told what to mend, and nothing of it is used."""
    with pytest.raises(HelplineError, match=fault):
        merge(countries(), text)


def test_what_is_laid_over_is_what_people_read(tmp_path: Path) -> None:
    """The card, the names and the state of a country follow the operator's file."""
    (tmp_path / "own.yaml").write_text(
        f"countries:\n  FO:\n    name: Faroe Islands\n    lines: [{LINE}]\n", "utf-8"
    )
    helplines.lay_over(tmp_path / "own.yaml")

    assert find_country("I live in the Faroe Islands") == "FO"
    assert card("FO", NOW).text.startswith("Call 0800 1: Local")
    assert status("FO", NOW) == "confirmed"


@pytest.mark.parametrize(
    ("hour", "first"),
    [pytest.param(12, "0800 2", id="while it is open"), pytest.param(20, "0800 1", id="while it is closed")],
)
def test_what_is_open_comes_first_whatever_its_kind(tmp_path: Path, hour: int, first: str) -> None:
    """A line about abuse that nobody answers now stands below one for any crisis."""
    day = LINE.replace("{name: Local, ", "{kind: abuse, name: Day, ").replace("0800 1", "0800 2")
    day = day.replace("hours: always", 'hours: {daily: "09:00-17:00", zone: Europe/Dublin}')
    (tmp_path / "own.yaml").write_text(f"countries: {{IE: {{lines: [{day}, {LINE}]}}}}", "utf-8")
    helplines.lay_over(tmp_path / "own.yaml")

    assert card("IE", NOW.replace(hour=hour), kind="abuse").text.startswith(f"Call {first}")


def test_a_faulty_file_changes_nothing(tmp_path: Path) -> None:
    """Ours stay in use, whole."""
    (tmp_path / "own.yaml").write_text("countries: {IE: {lines: 1}}", "utf-8")
    with pytest.raises(HelplineError):
        helplines.lay_over(tmp_path / "own.yaml")

    assert "116 123" in card("IE", NOW).text


def test_an_operators_line_gets_old_too(tmp_path: Path) -> None:
    """Their day of checking counts like any other: warned of after 12 months, not shown after 24."""
    (tmp_path / "own.yaml").write_text(f"countries: {{IE: {{lines: [{LINE}]}}}}", "utf-8")
    helplines.lay_over(tmp_path / "own.yaml")
    states = [status("IE", datetime(year, 11, 20, tzinfo=UTC)) for year in (2026, 2027, 2028)]

    assert states == ["confirmed", "old", "refused"]
    assert "0800 1" not in card("IE", datetime(2028, 11, 20, tzinfo=UTC)).text


# --- the command ------------------------------------------------------------------------


def test_check_counts_what_is_there(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Our own file is in order: no fault, and no line that is too old to be shown."""
    code = cli.main(["helplines", "check"])
    last = capsys.readouterr().out.splitlines()[-1]

    lines = [line.kind for country in countries().values() for line in country.lines]
    assert code == cli.FINE
    assert ", ".join(f"{lines.count(kind)} {kind}" for kind in helplines.KINDS) in last


def test_check_names_every_fault_of_an_operators_file(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in the data folder is found by itself, and all that is wrong with it is said at once."""
    faulty = LINE.replace("checked: 2026-11-20, ", "").replace("https", "ftp")
    (desk / directory.OWN).write_text(f"countries: {{IE: {{lines: [{faulty}]}}}}", "utf-8")
    code = cli.main(["helplines", "check"])
    out = capsys.readouterr().out

    assert code == cli.WRONG
    assert "IE: Local: no checked" in out
    assert "IE: Local: verify is not an https address" in out


def test_check_names_lines_that_are_too_old(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not shown any more is something to do."""
    own = desk.parent / "mine.yaml"
    own.write_text(f"countries: {{IE: {{lines: [{LINE.replace('2026-11-20', '2020-01-01')}]}}}}", "utf-8")
    monkeypatch.setenv("BEFRIEND_HELPLINES", str(own))
    code = cli.main(["helplines", "check"])
    out = capsys.readouterr().out

    assert code == cli.WRONG
    assert "IE  Local (crisis), checked 2020-01-01: over 24 months old, not shown" in out
    assert f"Laid over the bot's own: {own}." in out


@pytest.mark.parametrize("words", [["helplines"], ["helplines", "export"], ["doctor"], ["talk", "--plain"]])
def test_nothing_begins_with_a_faulty_file(
    words: list[str], desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operator who changed a number must not find out from a person that it was not used."""
    (desk / directory.OWN).write_text("countries: {IE: {lines: 116}}", "utf-8")
    code = cli.main(words)
    shown = capsys.readouterr()

    assert code in (cli.CANNOT_START, cli.WRONG)
    assert "IE: lines is no list of lines" in shown.out + shown.err


def test_a_file_that_is_set_and_missing_is_named(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing error in its path is no reason to go on without it."""
    monkeypatch.setenv("BEFRIEND_HELPLINES", str(desk / "nowhere.yaml"))

    assert cli.main(["helplines"]) == cli.CANNOT_START
    assert "there is no such file" in capsys.readouterr().err


def test_an_export_holds_every_line(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON and CSV hold the same, a row a line."""
    cli.main(["helplines", "export"])
    as_json = json.loads(capsys.readouterr().out)
    cli.main(["helplines", "export", "--format", "csv"])
    as_csv = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))

    assert as_csv == as_json
    assert len(as_json) == sum(len(country.lines) for country in countries().values())
    assert {"country", "kind", "voice", "hours", "source", "checked", "checked_by", "verify"} <= set(
        as_json[0]
    )


def test_an_export_can_be_of_some_countries(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that are named, and an unknown one is said to be."""
    cli.main(["helplines", "export", "ie", "GB"])
    found = {row["country"] for row in json.loads(capsys.readouterr().out)}
    code = cli.main(["helplines", "export", "XX"])

    assert (found, code) == ({"IE", "GB"}, cli.WRONG)


def test_a_start_uses_the_file_in_the_data_folder(desk: Path) -> None:
    """No setting is needed where the file lies beside the data."""
    (desk / directory.OWN).write_text(f"countries: {{IE: {{lines: [{LINE}]}}}}", "utf-8")
    chosen = cli_settings()

    assert app.use_helplines(chosen) == desk / directory.OWN
    assert card("IE", NOW).text.startswith("Call 0800 1: Local")


def cli_settings() -> "app.Settings":
    """What the environment says now."""
    import os

    from bot import settings

    return settings.read(os.environ, using=settings.HERE)


# --- the file we ship -------------------------------------------------------------------

LINES = [(code, line) for code, country in countries().items() for line in country.lines]


@pytest.mark.parametrize(("code", "line"), LINES, ids=[f"{code} {line.name}" for code, line in LINES])
def test_each_line_can_be_traced(code: str, line: helplines.Line) -> None:
    """A source, a day within 24 months, a place to compare with, and never a claim of ours."""
    assert line.source
    assert line.verify.startswith("https://")
    assert date(2024, 11, 26) < line.checked <= date(2026, 11, 26)
    assert line.checked_by == "third party"
    assert line.sure == "M" or line.also or line.source.startswith(("github.com/", "tv2.no"))


def test_no_number_changes_by_accident() -> None:
    """What is dialled is written in two files; a slip in one is seen."""
    written = (Path(__file__).parent / "helplines.txt").read_text("utf-8").splitlines()[1:]

    assert sorted(f"{code} {line.kind} {' / '.join(line.ways)}" for code, line in LINES) == sorted(written)


SHARED = {
    "988": "CA US", "116 123": "GB IE NO", "116 111": "CZ DE FI IE PL UA", "143": "CH LI", "113": "NL TW",
}  # numbers that several countries have, each for itself  # fmt: skip


def test_a_number_belongs_to_its_country() -> None:
    """The same number in two countries is a copy gone astray, but for those that are known to be shared."""
    numbers: dict[str, set[str]] = {}
    for code, line in LINES:
        for number in filter(None, (line.voice, line.or_voice)):
            numbers.setdefault(number, set()).add(code)

    assert {number: " ".join(sorted(codes)) for number, codes in numbers.items() if len(codes) > 1} == SHARED


def test_what_one_old_source_says_is_never_called_sure() -> None:
    """The directory of child helplines, or of all helplines, alone makes no line sure."""
    alone = [
        (code, line.name)
        for code, line in LINES
        if line.sure == "H"
        and line.source.startswith(("Child Helpline", "helplines.world"))
        and not line.also
    ]

    assert alone == []


@pytest.mark.parametrize(
    "code", "KZ UZ TR IR VN EG GR RO SA LB NG GH PK LK NP TH PE CR GY TT CZ HU CO UY".split()
)
def test_a_country_of_low_confidence_shows_no_crisis_line(code: str) -> None:
    """Where sources are undated or differ, people get the search and nothing to dial in vain."""
    rows = card(code, NOW).text.splitlines()

    assert "findahelpline.com" in rows[1]
    assert not any(row.startswith("Call") for row in rows)
