"""How hard words are to read, and how long a flow takes: held against figures worked out by hand."""

import pytest

from flows.pack import read_pack
from flows.practice import wrapped
from flows.reading import grade, minutes, syllables, words
from tests.content import write


@pytest.mark.parametrize(
    ("texts", "by_hand"),
    [
        # 6 words, 1 sentence, 6 syllables: 0.39 x 6 + 11.8 x 1 - 15.59
        pytest.param(["The cat sat on the mat."], -1.45, id="one short sentence"),
        # 5 words, 2 sentences, 6 syllables: 0.39 x 2.5 + 11.8 x 1.2 - 15.59
        pytest.param(["It hurts.", "What is heavy?"], -0.455, id="two bubbles"),
        # 13 words, 1 sentence, 24 syllables: 0.39 x 13 + 11.8 x 24 / 13 - 15.59
        pytest.param(
            ["The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."],
            11.27,
            id="the textbook's example",
        ),
        # {name} is one syllable, the link is not read: 3 words, 2 sentences, 3 syllables
        pytest.param(["“{pain}” hurts. See findahelpline.com"], -3.205, id="names and links"),
        pytest.param([], 0.0, id="nothing"),
    ],
)
def test_the_grade_is_flesch_and_kincaids(texts, by_hand):
    """0.39 x words per sentence + 11.8 x syllables per word - 15.59."""
    assert grade(texts) == pytest.approx(by_hand, abs=0.01)


SYLLABLES = {
    1: "a the through hurts time times called heart don't breathed loss aches friend touched cup world walked ache",
    2: "isn't doesn't table tables wanted houses lonely someone being evening safely little reading heavy quiet tired",
    3: "heavier serious everyone syllable forever area idea animal usual everything practicing beautiful",
    4: "especially february january necessary comfortable",
}


@pytest.mark.parametrize(
    ("word", "count"),
    [(word, count) for count, several in SYLLABLES.items() for word in several.split()],
)
def test_syllables_are_counted_as_they_are_spoken(word, count):
    """Silent endings, contractions, and vowels side by side; compared with a pronouncing dictionary."""
    assert syllables(word) == count


def test_words_are_what_is_read_aloud():
    """Names that are filled in count, links and marks do not."""
    assert words("“{heavy}” out of 10. I'm here \u2013 see https://example.org/x") == [
        "it",
        "out",
        "of",
        "10",
        "i'm",
        "here",
        "see",
    ]


FLOW = """
    flow: a
    steps:
      one: {say: "Tea?", choices: [{id: "y", label: "Yes", to: two}, {id: n, label: "No", to: end}], skip: end}
      two: {call: b, to: three}
      three: {say: "A word for it?", ask: word, when: [{answer: {word: brief}, to: end}], to: four}
      four: {say: "Until tomorrow.", after: {days: 1, to: end}}
    """
B = 'flow: b\nkind: part\nsteps:\n  one: {say: "Hold it.", after: {seconds: 40, to: end}}\n'


def test_a_flow_takes_its_words_taps_answers_and_waits(tmp_path):
    """8 s for the tap, 40 s of waiting, 20 s for the answer, 9 words at 3 a second; the night counts not."""
    flows = {flow.id: flow for flow in read_pack(write(tmp_path, a=FLOW, b=B)).flows}

    assert minutes(flows["a"], flows) * 60 == pytest.approx(8 + 40 + 20 + 9 / 3)


def test_what_surrounds_a_practice_is_part_of_its_time(tmp_path):
    """The number before and after takes taps of its own."""
    flows = read_pack(write(tmp_path, a=FLOW.replace("flow: a", "flow: a\n    kind: practice"), b=B)).flows
    alone = {flow.id: flow for flow in flows}
    opening = read_pack(write(tmp_path / "more", opening=B.replace("flow: b", "flow: opening"))).flows
    both = alone | {flow.id: flow for flow in opening}

    assert minutes(wrapped(alone["a"]), both) * 60 == pytest.approx(8 + 40 + 20 + 9 / 3 + 40 + 2 / 3)
