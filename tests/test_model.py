"""The model beside the rules: what both together notice, and that its head belongs to its texts."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.hearing import listen
from bot.safety import model, verdict
from bot.safety.language import detect, languages, sorry
from bot.safety.model import Guess
from bot.safety.neighbours import phrases
from bot.safety.screen import Screened
from bot.safety.training import digest, simplified

SETS = sorted((Path(__file__).parent / "safety").glob("blind_*_en.yaml"))
HARMLESS = {"self_criticism", "grief", "distress", "neutral", "stop", "lookalike"}
EVERY = 5  # one text in so many is enough to see a fall
SPOKEN = {
    "es": "no quiero vivir m\u00e1s",
    "de": "ich will nicht mehr leben",
    "ru": "\u044f \u043d\u0435 \u0445\u043e\u0447\u0443 \u0436\u0438\u0442\u044c",
    "hi": "mujhe nahi jeena yaar, bahut thak gaya hoon",
    "en": "Abeg I tire for life. I wan kill myself make everybody rest.",
}


@pytest.fixture(scope="module")
def ear():
    loaded = model.load()
    assert loaded is not None
    return loaded


def texts(path):
    groups = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["groups"]
    return [(text, group["label"]) for group in groups for text in group["texts"]]


def judged(ear, text):
    return listen(text, "en", ear).verdict


@pytest.mark.parametrize(
    ("path", "least"), [*zip(SETS, (0.76, 0.86, 0.9), strict=True)], ids=["first", "second", "third"]
)
def test_danger_is_noticed_in_texts_that_were_never_learnt_from(ear, path, least):
    """Most of it, at few false alarms: floors a little below what was measured."""
    found = [(label not in HARMLESS, judged(ear, text).risk) for text, label in texts(path)[::EVERY]]

    dangerous = [risk != "none" for danger, risk in found if danger]
    flagged = [risk != "none" for danger, risk in found if not danger]
    grave = [risk == "crisis" for danger, risk in found if not danger]
    assert np.mean(dangerous) >= least
    assert np.mean(flagged) <= 0.08
    assert np.mean(grave) <= 0.03


def test_plain_idioms_do_not_lead_to_the_crisis_path(ear):
    """A rule knows them, or the model does; a few may be asked about."""
    idioms = yaml.load((SETS[0].parent / "idioms_en.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)[
        "texts"
    ]

    risks = {text: judged(ear, text).risk for text in idioms}
    assert not [text for text, risk in risks.items() if risk == "crisis"]
    assert np.mean([risk != "none" for risk in risks.values()]) <= 0.05


@pytest.mark.parametrize("idiom", ["This is killing me", "my social life is dead", "I could murder a curry"])
def test_an_idiom_hides_no_danger_beside_it(ear, idiom):
    """What stands beside it is heard as if it stood alone."""
    assert judged(ear, f"{idiom}. I am going to end my life tonight.").risk == "crisis"


MODEST = {"risk": 3.0, "crisis": 3.0}


@pytest.mark.parametrize(
    ("labels", "begun", "sure"),
    [
        ({"now": 0.19, "passive": 0.23, "abuse": 0.14}, False, False),
        ({"now": 0.55, "active": 0.2}, True, True),
        ({"active": 0.7}, False, True),
        ({"other_at_risk_now": 0.9}, True, False),
    ],
)
def test_only_a_clear_likeness_is_taken_as_begun(labels, begun, sure):
    """Whoever is told to call at once, without a question, was understood."""
    found = verdict.weigh(Screened(), Guess(labels, **MODEST))

    assert (found.risk, found.begun, found.sure) == ("crisis", begun, sure)


def test_in_few_words_a_rule_counts_more():
    """It has seen nearly all of the text."""
    rule, guess = Screened("ask", "passive"), Guess({"passive": 0.2}, verdict.ASK - 1.5, -5.0)

    assert verdict.weigh(rule, guess, words=4).risk == "ask"
    assert verdict.weigh(rule, guess, words=40).risk == "none"


def test_no_blind_text_was_learnt_from():
    """Otherwise its figure would mean nothing."""
    learnt = {simplified(text) for text, _ in phrases()}

    assert not [text for path in SETS for text, _ in texts(path) if simplified(text) in learnt]


def test_the_head_was_made_from_the_texts_that_are_here():
    """Who changes the texts or their meaning runs `make train`."""
    with np.load(model.HEAD) as stored:
        assert str(stored["texts"]) == digest()
        assert [str(name) for name in stored["names"]] == sorted(verdict.labels())


def test_every_label_of_a_text_has_a_meaning():
    """A label without one would be learnt, and never heard."""
    assert {label for _, label in phrases()} <= verdict.labels().keys()


def test_the_encoder_gives_what_its_library_gives(ear):
    """The pass that is walked here is the library's own."""
    row = ear.encoder.rows(["i do not know any more"], ["I don't know any more!"])[0]

    whole, typed = ear.encoder._use.encode(["i do not know any more", "I don't know any more!"])
    assert float(row[:512] @ whole) > 0.9999
    assert float(row[-512:] @ typed) > 0.9999


@pytest.mark.parametrize(("lang", "text"), [*SPOKEN.items()], ids=[*SPOKEN])
def test_a_language_is_told(lang, text):
    """Dialects of English are English."""
    assert detect(text) == lang


def test_every_other_language_has_its_sentence():
    """Each names where people can be reached."""
    assert all("findahelpline.com" in sorry(code) for code in languages() if code != "en")


def test_texts_are_heard_as_json_lines():
    """One answer for each line, also for one that cannot be read; no text comes back."""
    given = '{"text": "I want to die"}\n{"text": 7}\nsecret\n\n{"text": "lovely day"}\n'
    run = subprocess.run(
        [sys.executable, "-m", "bot", "hear"], input=given, capture_output=True, text=True, check=False
    )

    answers = [json.loads(answer) for answer in run.stdout.splitlines()]
    assert run.returncode == 1
    assert [answer.get("risk") for answer in answers] == ["crisis", None, None, "none"]
    assert [answer.get("intent") for answer in answers] == ["crisis", None, None, "neutral"]
    assert "secret" not in run.stdout + run.stderr
