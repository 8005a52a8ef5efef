"""What stands at the top of a transcript: who talks, when, and where the talk begins."""

import re
from datetime import datetime

import pytest

from bot.workshop import places
from bot.workshop.scene import _NAMES, NOW, BadSetting, Scene, read_scene
from bot.workshop.transcript import TranscriptError, read_transcript


def test_every_setting_is_read():
    """What stands at the top of a transcript says who talks, when, and where the talk begins."""
    scene = read_scene(
        "# Somebody in Dublin at night. Said: nothing yet.\n# flow: rest\n# seed: 7\n# now: 2027-03-28T03:30+01:00\n"
        "# consent: no\n# warmth: tender\n# quiet: yes\n# country: Ireland\n# zone: Europe/Dublin\n# lang: en\n"
        "# person: met=yes\n# person: told=two words\n"
    )

    assert scene == Scene(
        flow="rest",
        seed=7,
        now=datetime.fromisoformat("2027-03-28T03:30+01:00"),
        consent=False,
        warmth="tender",
        quiet=True,
        country="IE",
        zone="Europe/Dublin",
        lang="en",
        variables={"met": "yes", "told": "two words"},
    )


def test_a_scene_is_written_as_it_is_read():
    """What `record` writes at the top of a file brings the same scene back."""
    scene = Scene(
        "rest",
        7,
        NOW.replace(hour=3),
        True,
        "warm",
        True,
        "IE",
        "Europe/Dublin",
        "en",
        {"a": "b c"},
        privacy=1,
    )

    assert read_scene(scene.header) == scene


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("# warmth: hot", "'warmth: hot' must be one of plain, warm, tender"),
        ("# zone: Dublin", "must be a time zone"),
        ("# country: Atlantis", "must be a country"),
        ("# now: 2026-11-22T18:00", "must be a moment with its offset"),
        ("# now: tonight", "must be a moment with its offset"),
        ("# seed: three", "must be a number"),
        ("# quiet: maybe", "must be yes or no"),
        ("# lang: English", "must be a language"),
        ("# person: chair", "must be a name and a value"),
        ("# flow:", "names no flow"),
        ("# wamrth: warm", "did you mean 'warmth'?"),
        ("# mood: grey", "there is no setting 'mood'; there are flow, seed"),
        ("# seed: 1\n# seed: 2", "stands there a second time"),
    ],
)
def test_a_bad_setting_is_named(line, fault):
    """An author is told which line it is and what would do."""
    with pytest.raises(TranscriptError, match=re.escape(fault)) as caught:
        read_transcript(f"# What this shows.\n{line}\n\nyou: hi\n")

    assert caught.value.row == line.count("\n") + 2


@pytest.mark.parametrize("line", ["# In it: one word", "# said: not much, and late", "# Note: none"])
def test_a_sentence_with_a_colon_is_no_setting(line):
    """The comments at the top are for people first."""
    assert read_scene(line) == Scene()


def test_the_help_names_every_setting():
    """Nobody has to look for them in the code."""
    assert all(f"# {name}: " in places.SETTINGS for name in _NAMES)


def test_a_setting_that_is_none_is_told_with_its_row():
    """The row counts from the top of the file."""
    with pytest.raises(BadSetting) as caught:
        read_scene("# One.\n\n# seed: x\n")

    assert caught.value.row == 3
