"""Hearing: what a text is about, danger first."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.hearing import INTENTS, hear, hear_by_rules

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "safety" / "intents_en.yaml").read_text("utf-8")
)
ALL = ("crisis", *INTENTS)

SAID = [
    pytest.param("I'm such an idiot", "self_criticism", "self_criticism", id="self-criticism"),
    pytest.param("what is wrong with me", "self_criticism", "self_criticism", id="what is wrong with me"),
    pytest.param("why can't I just be normal", "self_criticism", "self_criticism", id="why can't I"),
    pytest.param("I should have known better", "self_criticism", "self_criticism", id="should have known"),
    pytest.param("my mum died", "grief", "grief", id="a death"),
    pytest.param("the vet put my dog to sleep", "grief", "grief", id="an animal"),
    pytest.param("my fault that grandad died alone", "grief", "grief", id="grief before self-criticism"),
    pytest.param("leave me alone", "stop", "stop", id="leave me alone"),
    pytest.param("no more of this please", "stop", "stop", id="no more of this"),
    pytest.param("I can't stop crying", "distress", "distress", id="stop within a sentence is no stop"),
    pytest.param("I'm so anxious about tomorrow", "distress", "anxious", id="anxious"),
    pytest.param("I'm furious with him", "distress", "angry", id="angry"),
    pytest.param("I have no friends here", "distress", "lonely", id="lonely"),
    pytest.param("I'm so ashamed", "distress", "ashamed", id="ashamed"),
    pytest.param("I feel unreal, not in my body", "distress", "unreal", id="unreal"),
    pytest.param("i dont feel real anymore", "distress", "unreal", id="not real any more"),
    pytest.param("I'm watching myself from above", "distress", "unreal", id="from above"),
    pytest.param("it feels unreal that we won", "neutral", "good_news", id="unreal luck"),
    pytest.param("my arm feels far away", "distress", "unreal", id="a far arm"),
    pytest.param("kind words hurt", "distress", "kindness_hurts", id="kind words hurt"),
    pytest.param("when somebody is kind i go numb", "distress", "kindness_hurts", id="kind and numb"),
    pytest.param("i can't stand when you are nice", "distress", "kindness_hurts", id="nice is too much"),
    pytest.param("You don't have to feel anything", "neutral", "kind_word", id="a kind word"),
    pytest.param("I'm exhausted", "distress", "tired", id="tired"),
    pytest.param("thank you, that helped", "neutral", "thanks", id="thanks"),
    pytest.param("I got the job!", "neutral", "good_news", id="good news"),
    pytest.param("are you a real person?", "neutral", "about_bot", id="about the bot"),
    pytest.param("can we do the compassion break", "neutral", "wants_break", id="wants the break"),
    pytest.param("the friend exercise please", "neutral", "wants_friend", id="wants the friend"),
    pytest.param("hand on heart please", "neutral", "wants_touch", id="wants touch"),
    pytest.param("I need grounding", "neutral", "wants_ground", id="wants grounding"),
    pytest.param("hello", "neutral", "smalltalk", id="small talk"),
    pytest.param("that's not it", "neutral", "not_it", id="not it"),
    pytest.param("I can't think of anything", "neutral", "cant_think", id="cannot think"),
    pytest.param("asdfgh", "neutral", "unclear", id="unclear"),
    pytest.param("", "neutral", "unclear", id="nothing at all"),
]


@pytest.mark.parametrize(("text", "intent", "topic"), SAID)
def test_a_text_has_its_intent_and_topic(text: str, intent: str, topic: str) -> None:
    """What somebody speaks of is heard as that."""
    heard = hear(text)

    assert (heard.intent, heard.topic) == (intent, topic)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        pytest.param("I want to die", "crisis", id="crisis"),
        pytest.param("everyone would be better off without me", "crisis", id="asked about"),
        pytest.param("my husband hits me", "crisis", id="danger from somebody"),
        pytest.param("my friend said she wants to die", "distress", id="somebody else at risk"),
        pytest.param("I could kill him", "distress", id="harm to somebody else"),
        pytest.param("my son just swallowed all my tablets", "crisis", id="somebody else, begun"),
    ],
)
def test_danger_to_oneself_is_always_a_crisis(text: str, intent: str) -> None:
    """Danger leads over every topic; danger to others is distress until it has begun."""
    assert hear(text).intent == intent


def test_under_age_is_heard_without_being_a_danger() -> None:
    """A child is led to the right place and not alarmed."""
    heard = hear("i'm 13 and nobody likes me")

    assert (heard.risk, heard.door, heard.intent) == ("none", "under_age", "distress")


def test_danger_keeps_the_topic_that_hurts() -> None:
    """Flows may still know what the words were about."""
    assert hear("mum died and I want to go with her").topic == "grief"


@pytest.mark.parametrize(("part", "least"), [("tune", 0.95), ("held", 0.92)])
def test_intents_are_heard_on_messages(part: str, least: float) -> None:
    """Macro F1 over the six intents does not fall."""
    assert _macro_f1(part) >= least


@pytest.mark.parametrize("part", ["tune", "held"])
def test_topics_are_heard_on_messages(part: str) -> None:
    """Nineteen of twenty topics are right."""
    pairs = [
        (hear(text).topic, case["topic"]) for case in CASES[part] if "topic" in case for text in case["texts"]
    ]

    assert sum(found == wanted for found, wanted in pairs) / len(pairs) >= 0.95


def _macro_f1(part: str) -> float:
    counts = Counter((case["intent"], hear(text).intent) for case in CASES[part] for text in case["texts"])
    scores = []
    for intent in ALL:
        said, heard = (sum(n for pair, n in counts.items() if pair[side] == intent) for side in (0, 1))
        scores.append(2 * counts[intent, intent] / (said + heard))
    return sum(scores) / len(scores)


def test_fifteen_words_are_heard_in_no_time() -> None:
    """Hearing costs less than writing a row; half a millisecond leaves room for a busy machine."""
    text = "I went to the shop with my sister today and we bought some bread"
    hear(text)

    times = []
    for _ in range(50):
        begin = time.perf_counter()
        hear(text)
        times.append(time.perf_counter() - begin)

    assert min(times) < 0.0005


@pytest.mark.parametrize(
    "text",
    [
        "no i want to", "no i do", "no i am", "nah im lying, yes", "no. yes. i dont know", "no one would care",
        "no reason to stay", "no but i think about it", "i dont want to die, i want it to stop hurting",
        "i dont want to die but i cant live", "not yet", "no not really", "no i wouldnt tell you",
    ],
)  # fmt: skip
def test_what_may_be_a_yes_is_no_denial(text: str) -> None:
    """Whoever says no and something else beside it is not taken at the no."""
    assert hear_by_rules(text).beside.isdisjoint({"mistaken", "says_no", "only_thought"})


@pytest.mark.parametrize(
    ("text", "no_answer"),
    [
        ("school is just so much right now", True),
        ("my mum is being weird", True),
        ("how are you", True),
        ("the bus was late", True),
        ("school makes me feel like it", False),
        ("work, i guess", False),
        ("only when my boss shouts", False),
        ("my family would be better off", False),
        ("i cant do school anymore", False),
        ("idk", False),
        ("everything hurts", False),
    ],
)
def test_what_is_about_something_else_is_no_answer(text: str, no_answer: bool) -> None:
    """Only words that touch the question nowhere are none; maybe, and whatever is unclear, is a yes."""
    beside = hear_by_rules(text).beside

    assert ("elsewhere" in beside and "touches" not in beside) is no_answer


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("i cut again but i dont want to die", True),
        ("i burned myself. im not suicidal", True),
        ("i cut myself but i never wanted to die", True),
        ("i cut again. i dont want to die, i just want it to stop", False),
        ("i cut again, i dont want to die but i dont want to live", False),
        ("i cut again and maybe i dont want to die", False),
        ("i dont want to die but i keep thinking about it", False),
    ],
)
def test_a_plain_no_to_dying_is_heard_beside_a_wound(text: str, denied: bool) -> None:
    """It is believed where nothing takes it back in the same breath."""
    assert ("no_wish" in hear_by_rules(text).beside) is denied


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("do i have depression", True),
        ("am i going crazy", True),
        ("do you think i have adhd", True),
        ("could this be ptsd?", True),
        ("my doctor says i have adhd", False),
        ("he has depression", False),
        ("am i crazy to hope", False),
        ("i have to go", False),
    ],
)
def test_a_wish_for_a_diagnosis_is_heard(text: str, asked: bool) -> None:
    """What was diagnosed, and what others have, asks for none."""
    assert ("asks_illness" in hear_by_rules(text).beside) is asked


def test_a_denial_beside_danger_of_life_is_not_heard() -> None:
    """The graver word counts, and so does what it has set for later or says of who is near."""
    heard = hear_by_rules("no you misunderstood, i want to kill myself, nobody is here")

    assert (heard.risk, heard.beside, "grave" in heard.all) == ("crisis", {"nobody_near"}, True)


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("i've got the pills here for tonight", True),
        ("i will kill myself on friday", True),
        ("i have decided to hang myself this week", True),
        ("i took pills, tomorrow nobody will miss me", False),
        ("i'm standing on the bridge, tonight", False),
        ("i have the rope up already for tonight", False),
        ("i'm going to kill myself right now, not tomorrow", False),
    ],
)
def test_an_act_is_never_taken_for_a_plan(text: str, later: bool) -> None:
    """What is set for a later hour is heard as that; a word of an act, a place or now keeps the call."""
    assert ("planned" in hear_by_rules(text).beside) is later


TO_A_FRIEND = (
    "Jonas, a drawing has two hundred details and you are one person… Is this correct so?",
    "You're only human.",
    "You are safe, you are real, you are enough",
    "Do you remember last year? You managed.",
)
ASKED = (
    "are you a person?",
    "hello. are you real?",
    "I came because my sister told me to and I feel odd about it. Are you a real person?",
)


@pytest.mark.parametrize("text", TO_A_FRIEND)
def test_what_is_said_to_a_friend_is_no_question_about_the_bot(text: str) -> None:
    """A story, or kind words to somebody, ask nothing about a program."""
    assert hear(text).topic != "about_bot"
    assert hear_by_rules(text).topic != "about_bot"


@pytest.mark.parametrize("text", ASKED)
def test_a_plain_question_about_the_bot_is_heard(text: str) -> None:
    """The short question is met, a last sentence too."""
    assert hear(text).topic == "about_bot"


CORRECTIONS = (
    "that's not my answer",
    "This is not my answer. Please change it.",
    "wait, I want to correct my sentence",
    "change it",
    "let me write it again",
    "I did write my answer already two times.",
)


@pytest.mark.parametrize("text", CORRECTIONS)
def test_who_wants_to_correct_an_answer_is_heard(text: str) -> None:
    """It is no anger, no stop, and no answer."""
    assert hear(text).topic == "corrects"


def test_a_whole_text_is_told_from_words_within_one() -> None:
    """“never mind” alone is a wish to leave; within kind words it is none."""
    assert "retract_only" in hear("never mind").all
    assert "stop_only" not in hear("You did your best, and you can stop now.").all
