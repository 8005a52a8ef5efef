"""Help lines: the right country's numbers or none, with their source, and never too old."""

from datetime import UTC, date, datetime

import pytest

from bot.safety import helplines
from bot.safety.directory import Kind
from bot.safety.helplines import HelplineError, card, countries, doctor_lines, find_country, parse, status

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REQUIRED = (
    "US CA GB IE AU NZ ES FR BE DE AT CH LI NL PL SE NO FI IN BD PH CN JP KR BR MX CL PT SG HK TW".split()
)
UNSURE = "IT DK IS UA RU IL AE ZA KE ID MY AR".split()


@pytest.mark.parametrize("code", REQUIRED)
def test_each_country_of_high_confidence_shows_its_first_line_first(code: str) -> None:
    """Number first: the first row names the way to reach somebody."""
    first = countries()[code].lines[0]

    assert card(code, NOW).text.splitlines()[0].startswith(f"Call {first.voice}")


@pytest.mark.parametrize("code", REQUIRED)
def test_each_line_has_a_source_a_day_and_a_place_to_check(code: str) -> None:
    """Nothing is shown that cannot be traced."""
    assert all(
        line.source and line.checked and line.verify.startswith("https://")
        for line in countries()[code].lines
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Ireland", "IE", id="name"),
        pytest.param("  ireland. ", "IE", id="space and stop"),
        pytest.param("IE", "IE", id="code"),
        pytest.param("ie", "IE", id="small code"),
        pytest.param("U.S.A.", "US", id="dots"),
        pytest.param("us", "US", id="us, asked for a country"),
        pytest.param("España", "ES", id="own language"),
        pytest.param("Österreich", "AT", id="accent"),
        pytest.param("Osterreich", "AT", id="without the accent"),
        pytest.param("भारत", "IN", id="own script"),
        pytest.param("日本", "JP", id="own script without spaces"),
        pytest.param("I live in France", "FR", id="sentence"),
        pytest.param("im in the uk", "GB", id="sentence with a short name"),
        pytest.param("I live in Northern Ireland", "GB", id="the longer name wins"),
        pytest.param("Peru", "PE", id="a country without a line is known"),
    ],
)
def test_a_country_that_is_named_is_found(text: str, code: str) -> None:
    """People may write their country as they write it."""
    assert find_country(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "", "no", "NO", "it", "is", "help us", "I'm from Spain but live in France", "not france", "franc", "irelan",
        "Niger", "my friend jordan", "turkey sandwich", "I'm in pain", "Atlantis", "in", "me", "so",
    ],
)  # fmt: skip
def test_nothing_is_guessed(text: str) -> None:
    """A fragment, a common word, two countries or a no name none."""
    assert find_country(text) is None


@pytest.mark.parametrize("code", [None, "ZZ", ""])
def test_an_unknown_country_gets_the_search_and_no_number(code: str | None) -> None:
    """Never another country's number."""
    shown = card(code, NOW)

    assert (shown.emergency, any(c.isdigit() for c in shown.text)) == ("your local emergency number", False)
    assert "findahelpline.com" in shown.text


@pytest.mark.parametrize("code", [code for code, country in countries().items() if not country.lines])
def test_a_country_without_a_line_gets_the_search_and_its_name(code: str) -> None:
    """Where nothing can be stood behind, that is said."""
    shown = card(code, NOW)

    assert "findahelpline.com" in shown.text
    assert shown.country_name in shown.text


@pytest.mark.parametrize("code", UNSURE)
def test_a_line_that_one_source_names_has_the_search_beside_it(code: str) -> None:
    """One source may be wrong; the way to others stands below the number."""
    first = next(line for line in countries()[code].lines if line.kind == "crisis")
    rows = card(code, NOW).text.splitlines()

    assert rows[0].startswith(f"Call {first.voice}")
    assert "findahelpline.com" in rows[-2]


def test_a_line_whose_hours_are_not_known_shows_none() -> None:
    """Where sources differ on hours, none are shown, and it is not called closed."""
    shown = card("IT", NOW).text

    assert "day and night" not in shown
    assert "Closed" not in shown


@pytest.mark.parametrize("kind", ["abuse", "child"])
@pytest.mark.parametrize("code", ["GB", "FR", "DE", "IT"])
def test_a_kind_that_is_asked_for_comes_first(code: str, kind: Kind) -> None:
    """Who asks about abuse, or is young, reads that line before the one for any crisis."""
    of_kind, crisis = (
        next(line for line in countries()[code].lines if line.kind == each) for each in (kind, "crisis")
    )
    rows = card(code, NOW, kind=kind).text.splitlines()

    assert [rows[0].startswith(f"Call {of_kind.voice}"), rows[1].startswith(f"Call {crisis.voice}")] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("kind", "place"), [("abuse", "findahelpline.com"), ("child", "childhelplineinternational.org")]
)
@pytest.mark.parametrize("code", ["NZ", "PE", None])
def test_a_kind_without_a_line_gets_its_search(code: str | None, kind: Kind, place: str) -> None:
    """No line of the kind, no number of it: where to look is said, beside the crisis line if there is one."""
    shown = card(code, NOW, kind=kind).text

    assert place in shown
    assert ("1737" in shown) is (code == "NZ")


def test_a_kind_is_not_shown_to_who_did_not_ask() -> None:
    """A card for a crisis has lines for any crisis only."""
    strays = [
        (code, line.voice)
        for code, each in countries().items()
        for line in each.lines
        if line.kind != "crisis" and f"{line.voice}:" in card(code, NOW).text
    ]

    assert strays == []


def test_a_card_shows_only_its_own_country() -> None:
    """No number of any other country strays into a card."""
    voices = {
        code: {line.voice for line in each.lines if line.voice and line.kind == "crisis"}
        for code, each in countries().items()
    }
    for code in REQUIRED:
        rows = card(code, NOW).text.splitlines()[:-1]
        called = {
            row.split(":")[0].removeprefix("Call ").split(" or ")[0]
            for row in rows
            if row.startswith("Call ")
        }

        assert called == voices[code]


def test_a_card_never_claims_to_be_verified() -> None:
    """Third parties checked these lines; the bot says no more than it knows."""
    shown = [card(code, NOW, kind=kind).text.lower() for code in countries() for kind in helplines.KINDS]

    assert not any("verif" in text or "checked" in text for text in shown)


def test_a_card_is_short() -> None:
    """In a bad hour nobody reads much: at most four rows and 250 characters, 300 with a line of another kind."""
    codes = (*countries(), None)
    crisis = [card(code, NOW).text for code in codes]
    all_kinds = [card(code, NOW, kind=kind).text for code in codes for kind in helplines.KINDS]

    assert max(map(len, crisis)) <= 250
    assert max(map(len, all_kinds)) <= 300
    assert max(text.count("\n") for text in all_kinds) <= 3


def test_a_line_that_is_closed_says_so() -> None:
    """What cannot be reached now is said to be closed, and what can is not."""
    shown = [card("BD", datetime(2026, 11, 22, hour, tzinfo=UTC)).text for hour in (5, 10)]

    assert ["Closed at this hour" in text for text in shown] == [True, False]


@pytest.mark.parametrize(
    ("hour", "is_open"),
    [
        pytest.param(10, True, id="16:00"),
        pytest.param(20, True, id="02:00"),
        pytest.param(21, False, id="03:00"),
        pytest.param(5, False, id="11:00"),
    ],
)
def test_hours_may_pass_midnight(hour: int, is_open: bool) -> None:
    """Dhaka's line is open from 15:00 to 03:00, in Dhaka's time."""
    line = countries()["BD"].lines[0]

    assert line.hours.open_at(datetime(2026, 11, 22, hour, tzinfo=UTC)) is is_open


@pytest.mark.parametrize(
    ("now", "confirmed", "found"),
    [
        pytest.param("2026-11-22", {}, "third party", id="fresh"),
        pytest.param("2026-11-22", {"CH": date(2026, 11, 20)}, "confirmed", id="confirmed"),
        pytest.param(
            "2026-11-22", {"CH": "2026-11-20T10:00:00"}, "confirmed", id="confirmed, as the store says it"
        ),
        pytest.param("2027-10-03", {}, "third party", id="a day before 12 months"),
        pytest.param("2027-10-04", {}, "old", id="12 months"),
        pytest.param("2028-10-03", {}, "old", id="a day before 24 months"),
        pytest.param("2028-10-04", {}, "refused", id="24 months"),
        pytest.param(
            "2028-10-04", {"CH": date(2028, 1, 1)}, "confirmed", id="confirming makes it young again"
        ),
    ],
)
def test_lines_age(now: str, confirmed: dict[str, date | str], found: str) -> None:
    """Warned of after 12 months, refused after 24, counted from the last time anybody checked."""
    assert status("CH", datetime.fromisoformat(now).replace(tzinfo=UTC), confirmed) == found


def test_a_refused_line_is_not_shown() -> None:
    """After 24 months the card falls back to the search."""
    shown = card("IE", datetime(2028, 10, 4, tzinfo=UTC))

    assert "116 123" not in shown.text
    assert "findahelpline.com" in shown.text


def test_a_confirmed_line_is_shown_however_old_its_source() -> None:
    """The operator's own look counts."""
    assert "116 123" in card("IE", datetime(2028, 10, 4, tzinfo=UTC), {"IE": date(2028, 9, 1)}).text


def test_a_country_without_lines_has_no_status() -> None:
    """There is nothing to confirm where nothing is shown."""
    assert [status("PE", NOW), status("ZZ", NOW)] == ["no line", "no line"]


def test_the_doctor_tells_what_to_do_for_each_country() -> None:
    """Each country with lines has a row, and an unconfirmed one says how to confirm it."""
    rows = {row[:2]: row for row in doctor_lines(NOW, {"IE": date(2026, 11, 20)})}

    assert set(REQUIRED) <= set(rows)
    assert "Confirmed by you on 2026-11-20" in rows["IE"]
    assert "helplines confirm GB" in rows["GB"]


GOOD = (
    '{name: A, voice: "1", hours: always, languages: [English], source: s, checked: 2026-10-01, '
    'verify: "https://a.example/", confidence: H}'
)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        pytest.param(GOOD.replace('voice: "1", ', ""), "no voice, text or chat", id="no way to reach it"),
        pytest.param(GOOD.replace("checked: 2026-10-01, ", ""), "no checked", id="no day"),
        pytest.param(GOOD.replace("2026-10-01", "October"), "not a day", id="not a day"),
        pytest.param(GOOD.replace("confidence: H", "confidence: L"), "confidence H or M", id="too unsure"),
        pytest.param(GOOD.replace("hours: always", "hours: often"), "hours are", id="hours"),
        pytest.param(GOOD.replace("https:", "ftp:"), "https", id="address"),
        pytest.param(GOOD.replace("name: A", "nmae: A"), "unknown nmae", id="misspelt key"),
        pytest.param(
            GOOD.replace("source: s", "source: t"), "neither stands under sources", id="no such source"
        ),
        pytest.param(GOOD.replace("name: A", "name: A, kind: legal"), "kind is none of", id="kind"),
        pytest.param(GOOD.replace('"1"', '"call me"'), "as it is dialled", id="number"),
        pytest.param(GOOD.replace("a.example/", "nowhere"), "https", id="no address"),
        pytest.param(GOOD.replace("[English]", "English"), "languages is no list", id="languages"),
    ],
)
def test_a_faulty_line_says_what_is_wrong(line: str, fault: str) -> None:
    """Whoever adds a line is told what to mend."""
    with pytest.raises(HelplineError, match=fault):
        parse(f"sources: {{s: a page}}\ncountries:\n  XX:\n    name: Nowhere\n    lines:\n      - {line}\n")


def test_all_faults_are_named_at_once() -> None:
    """One look at the message is enough to mend the file."""
    text = (
        'sources: {}\ncountries:\n  x: {name: One}\n  YY: {name: Two, emergency: "1"}\n  ZZ: {names: [two]}\n'
    )

    with pytest.raises(HelplineError) as caught:
        parse(text)

    assert len(str(caught.value).splitlines()) == 4


def test_emergency_numbers_have_a_source() -> None:
    """A number that is in nobody's list is not shown."""
    assert all(country.emergency_source for country in countries().values() if country.emergency)


def test_lower_case_codes_that_are_words_are_not_countries() -> None:
    """A no to the question for a country is a no, not Norway."""
    assert helplines.find_country("no") is None
