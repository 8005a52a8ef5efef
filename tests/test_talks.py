"""The talks that the documents show are talks that were held, and are drawn so that a phone's screen holds them."""

import re
from xml.etree import ElementTree as ET

import pytest

from bot.channels.plain import bubble
from bot.model import Outbound
from docs import talks
from docs.picture import EDGE, FIT, INSET, KEY, MOST, TEXT, WIDTH, draw, read
from flows.lettering import width

WIDEST = 0.98  # of the width that is reckoned with: DejaVu Sans, measured
SVG = "{http://www.w3.org/2000/svg}"
LINES = [
    "you: read my notes",
    "bot: You wrote: ‖Call Ines on",
    "   | a Sunday‖ & “rest” <soon>.",
    "     [A label that is far too long to stand in one row of keys] [0] [10] [Go on]",
    "you: Go on",
    "@+2h30m",
    "bot: (animation box/out.gif) A circle.",
    "bot: (document befriend.html) All of it.",
]


def _texts(picture):
    return [(each, each.text or "") for each in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314  # our own


@pytest.mark.parametrize("talk", talks.TALKS, ids=lambda talk: talk.file)
async def test_the_picture_of_a_talk_is_fresh(talk):
    """What a reader sees is what the bot says today; `make docs` draws it anew."""
    drawn = draw(await talks.hold(talk), talk.about)

    assert (talks.HERE / talk.file).read_text(encoding="utf-8") == drawn


def test_there_is_no_picture_of_a_talk_that_is_gone():
    """The folder holds what is drawn, and nothing else."""
    there = {f"pictures/{path.name}" for path in (talks.HERE / "pictures").iterdir()}

    assert there == {talk.file for talk in talks.TALKS} - {"chat.svg"}


@pytest.mark.parametrize("talk", talks.TALKS, ids=lambda talk: talk.file)
def test_no_line_leaves_the_screen(talk):
    """Also in the widest of fonts, which takes most of the room at a bubble's edge."""
    for each, text in _texts((talks.HERE / talk.file).read_text(encoding="utf-8")):
        size, x = float(each.get("font-size")), float(each.get("x"))
        wide = width(text, size) * WIDEST
        left = x - wide / 2 if each.get("text-anchor") == "middle" else x

        assert left >= 0
        assert left + wide <= WIDTH - EDGE


def test_each_word_is_drawn():
    """Nothing that was said is lost on the way, and signs that XML knows stay what they are."""
    words = " ".join(text for _, text in _texts(draw(LINES, "A test"))).split()

    assert [
        word for word in ("notes", "“rest”", "<soon>.", "&", "keys", "circle.", "later") if word not in words
    ] == []


def test_veiled_words_are_not_in_the_picture():
    """Who looks into the file does not find them either; that there is something is seen."""
    drawn = draw(LINES, "A test")

    assert "Ines" not in drawn
    assert "Sunday" not in drawn
    assert "▒▒▒▒ ▒▒▒▒ ▒▒" in drawn


def test_buttons_stand_as_on_telegram():
    """Short ones beside each other, long ones alone; the one that is tapped has a rim."""
    drawn = draw(LINES, "A test")
    places = {text: float(each.get("y")) for each, text in _texts(drawn) if each.get("font-size") == str(KEY)}
    long = next(y for text, y in places.items() if text.startswith("A label"))

    assert long < places["0"] == places["10"] < places["Go on"]
    assert drawn.count('stroke-width="2"') == 1


def test_a_moving_picture_is_shown_as_its_still():
    """The file needs nothing beside it, and says that more is to be seen."""
    drawn = draw(LINES, "A test")

    assert drawn.count("data:image/png;base64,") == 1
    assert ">GIF<" in drawn
    assert not re.search(r'(?:href|src)="(?!data:)', drawn)


def test_a_transcript_is_read_as_it_is_printed():
    """What the plain chat prints of a bubble is what is drawn."""
    shown = Outbound(
        text="One.\nTwo.", media="box/out.gif", kind="animation", choices=(("Go on", "x"), ("Stop", "y"))
    )
    (found,) = read(bubble(shown))

    assert found == ("bot", "One.\nTwo.", "animation", "box/out.gif", ("Go on", "Stop"))


def test_letters_are_large_enough_to_read():
    """As large as a phone's own, at a phone's width."""
    assert 360 <= WIDTH <= 400
    assert TEXT >= 16
    assert KEY >= 15
    assert (MOST - 2 * INSET) * FIT * WIDEST <= MOST - INSET
