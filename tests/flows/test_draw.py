"""Pictures of flows: all of it is there, nothing lies over anything else, and odd words harm nobody."""

import re
import subprocess
import sys
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree as ET

import pytest

from bot.shell import SHELL
from flows import chart, cli, diagram, mermaid, phrases, svg
from flows.cards import MOST, WIDTH
from flows.compiler import CONTENT, read_pack
from flows.layout import Cell
from flows.lettering import cut, leftward, width, wrap
from flows.model import END, LEAVE, OVER, After, Condition
from flows.reader import read
from flows.routes import APART, Wire, plan
from tests.content import write

PACK = read_pack(CONTENT)
FLOWS = {flow.id: flow for flow in PACK.flows if flow.kind != "lines"}
SVG = "{http://www.w3.org/2000/svg}"
DOC = Path(__file__).parents[2] / "docs" / "diagnostics.md"
EXAMPLES = dict(re.findall(r"^## (F\d{3}) .*?```yaml\n(.*?)```", DOC.read_text(), re.DOTALL | re.MULTILINE))
EXAMPLES |= {
    "no steps": "flow: x",
    "no step": "flow: x\nsteps: {}",
    "an empty step": "flow: x\nsteps:\n  y:\n",
}
ODD = """
flow: odd
title: "A <b> & 'title' \\"here\\""
steps:
  end_of:
    show: {picture: cup.png, text: "A cup, in words."}
    say:
      - once: "1. <script>alert(1)</script> & \\"quotes\\" `ticks` #35; [a] {b} (c) | d ; e $$x$$ \\a"
      - "שלום עולם, 😀 and 漢字"
    choices:
      - {id: a, label: "end | <i>", to: aside, when: {answer: {x: given}}}
      - {id: b, label: "Go", to: "flow:touch"}
    when:
      - {heard: about_bot, over: helpnow}
      - {heard: grief, to: nowhere}
    skip: end
  aside:
    delicate: true
    say: {plain: "Plain.", warm: {any: ["Warm.", "Warmer."]}}
    keep: {sentence: x}
    after: {days: 3, at: "09:00", to: through}
  through:
    call: touch
    to: end
"""


def drawn(id_):
    return chart.chart(FLOWS) if id_ == "map" else diagram.draw(FLOWS[id_], FLOWS)


def odd():
    flow, tree = read(ODD, "content/odd/flow.yaml")
    assert tree.diagnostics == []
    return diagram.draw(flow, {**FLOWS, "odd": flow})


@cache
def picture_of(id_):
    return svg.picture(drawn(id_))


def parsed(picture):
    return ET.fromstring(picture)  # noqa: S314 - it is our own


def cards(picture):
    """Return the cards of a picture by the name that a screen reader says."""
    found = {}
    for group in parsed(picture).iter(f"{SVG}g"):
        if group.get("class") == "node":
            found[re.match(r"\d+, (.+?)\. ?", group.find(f"{SVG}title").text)[1]] = group
    return found


def texts(card, kind):
    return [text.text or "" for text in card.iter(f"{SVG}text") if text.get("class").split()[0] == kind]


def pointed(card):
    """Return all that a card is seen to lead to."""
    steps = {re.fullmatch(r"[→↓↑] \d+ (.+)", text)[1] for text in texts(card, "to")}
    asides = {text for text in texts(card, "flow") if text.startswith(("leaves for ", "lays "))}
    return steps | asides | ({END} if texts(card, "ended") else set())


def shown(to):
    if to.startswith(LEAVE):
        return f"leaves for {to.removeprefix(LEAVE)}"
    return f"lays {to.removeprefix(OVER)} over" if to.startswith(OVER) else to


# --- all of it is there -----------------------------------------------------------------


@pytest.mark.parametrize("id_", FLOWS)
def test_every_step_and_every_target_is_in_the_picture(id_):
    """Whoever reads the picture knows each step, and where each leads."""
    found = cards(picture_of(id_))

    assert set(found) == set(FLOWS[id_].steps)
    for step in FLOWS[id_].steps.values():
        assert pointed(found[step.id]) == {shown(to) for to, _ in step.targets}
        assert bool(found[step.id].find(f".//{SVG}rect[@class='call']") is not None) == bool(step.call)


@pytest.mark.parametrize("id_", FLOWS)
def test_the_words_are_in_the_picture(id_):
    """What is read is what the bot says: the first plain wording of each bubble, and every button."""
    found = cards(picture_of(id_))

    for step in FLOWS[id_].steps.values():
        said = "".join(texts(found[step.id], "say")).replace(" ", "")
        shown = f"[{step.show.kind}]" if step.show else ""  # a picture, with the same in words
        words = [cut(line.forms["plain"][0].text, MOST) for line in step.lines]
        assert said.replace(shown, "") == "".join("".join(each.split()) for each in words)
        tapped = "".join(texts(found[step.id], "tap")).replace(" ", "")
        for choice in step.choices:
            assert choice.label.text.replace(" ", "") in tapped


@pytest.mark.parametrize("id_", FLOWS)
def test_every_step_and_every_target_is_in_the_mermaid_text(id_):
    """The same talk for places that draw Mermaid themselves."""
    text = mermaid.text(drawn(id_))
    names = dict(re.findall(r'^  (n\d+)\[+"<b>(\w+)</b>', text, re.MULTILINE))
    names |= dict.fromkeys(re.findall(r'^  (x\d+)\(\["end"\]\)', text, re.MULTILINE), END)
    names |= {
        node: f"{LEAVE}{flow}"
        for node, flow in re.findall(r'^  (x\d+)>"leaves for<br/>(\w+)', text, re.MULTILINE)
    }
    names |= {
        node: f"{OVER}{flow}"
        for node, flow in re.findall(
            r'^  (x\d+)>"lays over the talk, then asks again<br/>(\w+)', text, re.MULTILINE
        )
    }
    edges = {
        (names[source], names[to])
        for source, to in re.findall(r'^  (n\d+) (?:-->|==>|-\.->)(?:\|".*"\|)? (\w+)$', text, re.MULTILINE)
    }

    assert set(FLOWS[id_].steps) <= set(names.values())
    assert edges == {(step.id, to) for step in FLOWS[id_].steps.values() for to, _ in step.targets}


def test_the_map_shows_all_flows_and_what_leads_to_each():
    """One picture answers what is reached from where."""
    found = cards(picture_of("map"))

    assert set(found) == {*FLOWS, chart.BOT, chart.PRACTICES}
    for link in chart.links(FLOWS):
        assert link.to in pointed(found[link.source])
    assert "touch" in pointed(found["friend"])
    assert "helpnow" in pointed(found[chart.BOT])


def test_the_map_knows_every_flow_that_the_bot_begins():
    """What the shell begins by itself is said with its reason; what surrounds practices belongs to them."""
    around = {link.to for link in chart.links(FLOWS) if link.source == chart.PRACTICES}

    assert around == {"closed", "opening", "outward", "closing", "pause"}
    assert set(SHELL.begins) == set(chart.BEGUN) | around


# --- it can be read ---------------------------------------------------------------------


def boxes(picture):
    for card in cards(picture).values():
        x, y = map(int, re.findall(r"-?\d+", card.get("transform")))
        yield x, y, x + WIDTH, y + int(card.find(f"{SVG}rect").get("height"))


def stretches(picture):
    """Return straight stretches of lines, longer than a bend, each with the line it belongs to."""
    for number, path in enumerate(parsed(picture).iter(f"{SVG}path")):
        if path.get("class").startswith("wire"):
            for one in re.findall(r"M[^M]+", path.get("d")):
                points = _points(one)
                for (x, y), (u, v) in pairwise(points):
                    if (x == u) != (y == v) and abs(x - u) + abs(y - v) > 5:
                        yield number, (min(x, u), min(y, v), max(x, u), max(y, v))


def _points(path):
    points = []
    for letter, body in re.findall(r"([MLVQ])([^MLVQ]+)", path):
        numbers = list(map(int, body.split()))
        points.append((points[-1][0], numbers[0]) if letter == "V" else (numbers[-2], numbers[-1]))
    return points


@pytest.mark.parametrize("id_", [*FLOWS, "map"])
def test_nothing_lies_over_anything_else(id_):
    """No card lies on another, no line runs over a card, and lines to different cards share no stretch."""
    picture = picture_of(id_)
    placed, lines = list(boxes(picture)), list(stretches(picture))

    assert not [pair for pair in combinations(placed, 2) if _overlap(*pair, 0)]
    assert not [(line, box) for _, line in lines for box in placed if _overlap(line, box, 1)]
    assert not [
        (one, two)
        for (line, one), (other, two) in combinations(lines, 2)
        if line != other and _shared(one, two)
    ]


def test_lines_from_both_sides_of_a_gutter_pass_each_other():
    """Two cards side by side, each leading to the other side at the same height: neither line lies on the other."""
    places = {
        id_: Cell(rank, column) for id_, rank, column in (("a", 0, 0), ("b", 0, 1), ("c", 1, 0), ("d", 1, 1))
    }
    wires = [Wire("b", "c", 50), Wire("a", "d", 50)]

    planned = plan(places, dict.fromkeys(places, 100), wires, 200)

    starts = {to: int(re.match(r"M\d+ (\d+)", path)[1]) for to, path in planned.paths.items()}
    assert abs(starts["c"] - starts["d"]) >= APART


def _overlap(one, two, slack):
    return (
        one[0] < two[2] - slack
        and two[0] + slack < one[2]
        and one[1] < two[3] - slack
        and two[1] + slack < one[3]
    ) or (
        one[0] == one[2] and two[0] < one[0] < two[2] and one[1] < two[3] - slack and two[1] + slack < one[3]
    )


def _shared(one, two):
    for along, across in ((0, 1), (1, 0)):
        flat = all(line[across] == line[across + 2] for line in (one, two))
        if flat and abs(one[across] - two[across]) < 2:
            return min(one[along + 2], two[along + 2]) - max(one[along], two[along]) > 0
    return False


@pytest.mark.parametrize("id_", [*FLOWS, "map"])
def test_no_line_of_words_leaves_its_card(id_):
    """Text is broken early enough for the widest of the usual fonts."""
    for card in cards(picture_of(id_)).values():
        for text in card.iter(f"{SVG}text"):
            size = {"note": 11}.get(text.get("class"), 13)
            if text.get("class") in {"say", "note", "when", "skip", "tap", "typed", "after", "then"}:
                assert float(text.get("x")) + width(text.text or "", size) <= WIDTH


def test_a_place_that_many_lead_to_says_from_where():
    """Lines from everywhere would be a thicket; the numbers are there in their place."""
    found = cards(svg.picture(drawn("friend")))

    (note,) = [text for text in texts(found["leave"], "note") if text.startswith("reached from")]
    assert len(re.findall(r"\d+", note)) >= 6


def test_the_picture_needs_nothing_else_and_fits_day_and_night():
    """It is one file, with colours for dark rooms and for paper, a title and a description."""
    picture = svg.picture(drawn("break"))
    root = parsed(picture)

    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    assert "prefers-color-scheme: dark" in picture
    assert "@media print" in picture
    assert root.find(f"{SVG}title").text == FLOWS["break"].title
    assert "22 cards" in root.find(f"{SVG}desc").text
    assert root.get("aria-labelledby").split() == [
        root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")
    ]


def test_the_same_flows_give_the_same_bytes():
    """Pictures can be kept beside the flows: only what has changed looks changed."""
    command = [sys.executable, "-m", "flows", "draw", "friend", "--map", "-o", "-"]

    one, two = (
        subprocess.run(
            command, env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    )

    assert one == two
    assert one.count(b"</svg>") == 2


# --- what is special looks special ------------------------------------------------------


def test_kinds_of_ways_and_steps_look_different():
    """Time, other flows gone through, left for or laid over, delicate steps and pictures are told apart at sight."""
    found = cards(svg.picture(odd()))
    kinds = {name: {part.get("class") for part in card.iter()} for name, card in found.items()}

    assert {"media", "bubble", "pill", "leave", "over", "when", "skip", "end"} <= kinds["end_of"]
    assert {"clock", "delicate", "card tender"} <= kinds["aside"]
    assert {"call", "bars"} <= kinds["through"]
    assert " ".join(texts(found["aside"], "after")) == "after 3 days, at 09:00"
    assert {"also warm · 2 wordings", "keeps “x” as sentence"} <= set(texts(found["aside"], "note"))
    assert "said once, ever" in texts(found["end_of"], "note")
    assert "missing: nowhere" in texts(found["end_of"], "to")


def test_a_button_says_when_it_is_there():
    """The pill that a choice is drawn as holds its label, and its condition."""
    found = cards(svg.picture(odd()))

    assert "".join(texts(found["end_of"], "tap")).replace(" ", "") == "end|<i>(if“x”isknown)Go"


# --- odd words --------------------------------------------------------------------------


def test_odd_words_stay_words_in_svg():
    """Signs that XML has for itself, emoji and Hebrew arrive as they were written; a bell does not."""
    picture = svg.picture(odd())
    found = cards(picture)["end_of"]
    said = " ".join(texts(found, "say"))

    assert "<script>" not in picture
    assert '<script>alert(1)</script> & "quotes" `ticks` #35; [a] {b} (c) | d ; e $$x$$' in said
    assert "\a" not in said
    assert "😀 and 漢字" in said
    assert parsed(picture).find(f"{SVG}title").text == "A <b> & 'title' \"here\""
    (hebrew,) = [text for text in found.iter(f"{SVG}text") if (text.text or "").startswith("שלום")]
    assert hebrew.get("direction") == "rtl"


def test_odd_words_stay_words_in_mermaid():
    """Nothing that Mermaid reads as its own is left of them; it turns the numbers into signs again."""
    text = mermaid.text(odd())
    (line,) = [line for line in text.splitlines() if "end_of" in line]
    label = re.fullmatch(r'  n1\["(.*)"\]', line)[1]

    assert not re.search(r"[<>\"`\[\]{}|;$]|#(?!\d+;)", re.sub(r"</?[bi]>|<br/>|#\d+;", "", label))
    assert "#49;#46; #60;script#62;alert(1)" in label
    assert "#36;#36;" not in label  # a formula
    assert "שלום עולם" in label
    assert 'title: "A (b) + \'title\' \\"here\\""' in text
    assert '>"lays over the talk, then asks again<br/>helpnow: Help now"]:::aside' in text
    assert '["missing: nowhere"]:::delicate' in text


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        pytest.param("Short.", 20, "Short.", id="as it is"),
        pytest.param("One two three four", 12, "One two…", id="after a word"),
        pytest.param("Onetwothreefour", 8, "Onetwot…", id="within a long word"),
        pytest.param("👩‍👩‍👧" * 3, 9, "👩‍👩‍👧…", id="never within an emoji"),
    ],
)
def test_long_words_are_cut(text, most, short):
    """A cut is made where it hurts least, and shows."""
    assert cut(text, most) == short


def test_words_without_spaces_are_broken():
    """No line is wider than its room, whatever is written."""
    for text in ("a" * 400, "漢字" * 90, "👩‍👩‍👧" * 60, "word " * 80):
        lines = wrap(text, 13, 200)
        assert all(width(line, 13) <= 200 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "ems"),  # as DejaVu Sans 2.37 has them
    [
        ("What do you say to yourself when you're hard on yourself?", 29.518),
        ("“{thought}” That's a heavy sentence.", 19.110),
        ("WHAT A MESS: 100 % of it, @home", 17.614),
        ("illicit lilliput, fjord; (it's) [10/11]", 15.485),
        ("Žluťoučký kůň úpěl ďábelské ódy", 16.462),
        ("мама мыла раму, Щука", 12.298),
    ],
)
def test_letters_take_no_more_room_than_is_thought(text, ems):
    """Words are measured without a font, a little wider than in the widest of the usual ones."""
    assert ems <= width(text, 1) <= ems * 1.25


def test_the_first_letter_decides_the_direction():
    """Numbers and signs have none."""
    assert leftward("1. שלום world")
    assert not leftward("12, hello שלום")


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_flow_with_mistakes_can_be_drawn(code):
    """An author who is in the middle of it sees what is there; only what is no YAML cannot be drawn."""
    flow, _ = read(dedent(EXAMPLES[code]), "content/x/flow.yaml")

    if flow is not None:
        picture = diagram.draw(flow, {flow.id: flow})
        assert set(cards(svg.picture(picture))) == set(flow.steps)
        assert mermaid.text(picture).startswith("---")


# --- in plain words ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        pytest.param({"answers": (("who", ("animal",)),)}, "“who” is animal", id="value"),
        pytest.param({"answers": (("own_words", ("given",)),)}, "“own words” is known", id="given"),
        pytest.param({"answers": (("x", ("missing",)),)}, "“x” is not known", id="missing"),
        pytest.param({"answers": (("x", ("brief",)),)}, "“x” is short", id="brief"),
        pytest.param({"answers": (("heavy", ("8..10",)),)}, "“heavy” is 8 to 10", id="range"),
        pytest.param(
            {"answers": (("x", ("No", "no", "none")),)}, "“x” is one of: No, none", id="small and capital"
        ),
        pytest.param(
            {"heard": ("grief", "at_bot"), "guard": "two_heavier"},
            "heard: grief, anger at the bot, and two heavier",
            id="heard and guard",
        ),
    ],
)
def test_a_condition_is_said_in_plain_words(asked, words):
    """A clinician reads when a way is taken."""
    assert phrases.condition(Condition(**asked)) == words


@pytest.mark.parametrize(
    ("after", "words"),
    [
        pytest.param(After(20, ""), "after 20 seconds", id="seconds"),
        pytest.param(After(90, ""), "after 1 minute 30 seconds", id="minutes"),
        pytest.param(After(0, "", days=7, at="09:00"), "after 7 days, at 09:00", id="days"),
        pytest.param(After(86_400, ""), "after 1 day", id="hours"),
        pytest.param(After(0, "", at="21:00"), "at 21:00", id="clock"),
        pytest.param(After(0, "", months=2, days=1), "after 2 months 1 day", id="months"),
        pytest.param(After(0, "", until="born", at="08:30"), "on the day in “born”, at 08:30", id="date"),
    ],
)
def test_a_time_is_said_in_plain_words(after, words):
    """The clock says how long."""
    assert phrases.moment(after) == words


def test_a_long_list_is_counted():
    """Forty ways to say nothing are not read out."""
    assert phrases.listed([f"name_{number}" for number in range(40)], most=20) == "name 0, name 1 and 38 more"


# --- the command ------------------------------------------------------------------------


def run(*words):
    return cli.main(["draw", *map(str, words)])


def test_pictures_are_written_where_they_should_be(tmp_path, capsys):
    """A folder takes several, a file takes one, and what was written is said."""
    assert run("touch", "sit", "-o", tmp_path / "two") == 0
    assert run("touch", "--mermaid", "-o", tmp_path / "one.mmd") == 0

    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == ["sit.svg", "touch.svg"]
    assert (tmp_path / "one.mmd").read_text().startswith("---\ntitle:")
    assert capsys.readouterr().out.split() == [
        str(tmp_path / name) for name in ("two/touch.svg", "two/sit.svg", "one.mmd")
    ]


def test_an_author_draws_what_is_theirs(tmp_path, capsys):
    """With a folder of their own and no names: their flows, and the map with them in it."""
    folder = write(
        tmp_path / "mine", tea='flow: tea\nsteps:\n  ask:\n    say: "Tea."\n    call: touch\n    to: end\n'
    )

    assert run("--content", folder, "-o", tmp_path / "drawn") == 0

    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == ["all-flows.svg", "tea.svg"]
    assert "tea" in cards((tmp_path / "drawn" / "all-flows.svg").read_text())


def test_what_cannot_be_drawn_is_said(tmp_path, capsys):
    """A wrong name gets a near one, and several pictures no single file."""
    assert run("frend", "-o", tmp_path) == 1
    assert run("sit", "touch", "-o", tmp_path / "x.svg") == 1

    said = capsys.readouterr().err
    assert "Did you mean 'friend'?" in said
    assert "name a folder" in said
    assert list(tmp_path.iterdir()) == []
