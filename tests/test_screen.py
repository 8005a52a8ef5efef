"""The screen: what must be noticed, what must not be, in whatever spelling, and how fast."""

import random
import string
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety import screen as module
from bot.safety.rules import Grammar, Index, RulesError
from bot.safety.screen import DOORS, PATTERNS, RISKS, screen, speller

CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "safety" / "en.yaml").read_text("utf-8")
)
SEEN = [part for part in CASES if part != "held"]
EXTRA = "under_age"  # a door without a risk

# (text, risk, door): one for each thing that the protocol names
MUST = [
    pytest.param("i took all the pills", "crisis", "suicide", id="begun"),
    pytest.param("I'm on the bridge right now", "crisis", "suicide", id="a place, now"),
    pytest.param("I'm going to kill myself tonight", "crisis", "suicide", id="tonight"),
    pytest.param("I want to die", "crisis", "suicide", id="wish"),
    pytest.param("i have a plan and the means", "crisis", "suicide", id="plan"),
    pytest.param("kms for real", "crisis", "suicide", id="coded and meant"),
    pytest.param("wanna unalive myself", "crisis", "suicide", id="algospeak"),
    pytest.param("thinking about sewerslide", "crisis", "suicide", id="algospeak noun"),
    pytest.param("done with life", "ask", "passive", id="done with life"),
    pytest.param("I want to sleep forever", "ask", "passive", id="sleep forever"),
    pytest.param("everyone would be better off without me", "ask", "passive", id="burden"),
    pytest.param("I need out", "ask", "passive", id="need out"),
    pytest.param("there is no future for me", "ask", "passive", id="no future"),
    pytest.param("I just want to be with my mum again, she died in March", "ask", "passive", id="longing for the dead"),
    pytest.param("I'm not suicidal but I don't want to be here anymore", "ask", "passive", id="denied and said"),
    pytest.param("I tried to kill myself when I was 19", "ask", "past", id="tried long ago"),
    pytest.param("I just cut myself", "crisis", "selfharm", id="wound now"),
    pytest.param("the urge to hurt myself is strong", "ask", "selfharm", id="urge"),
    pytest.param("my brother said he wants to die", "ask", "other_at_risk", id="somebody near"),
    pytest.param('she texted me "i want to die"', "ask", "other_at_risk", id="somebody's words"),
    pytest.param("my son just took a bunch of pills", "crisis", "other_at_risk", id="somebody near, begun"),
    pytest.param("he hit me again", "ask", "abuse", id="violence"),
    pytest.param("I'm hiding in the bathroom, he is banging on the door", "crisis", "abuse", id="violence now"),
    pytest.param("he won't let me leave the house", "ask", "abuse", id="control"),
    pytest.param("I could kill him", "ask", "harm_others", id="could kill him"),
    pytest.param("I'm scared I will hurt my baby", "ask", "baby", id="unwanted thoughts about a baby"),
    pytest.param("I hit my child today", "ask", "child_hurt", id="I hurt my child"),
    pytest.param("i make myself throw up after meals", "ask", "eating", id="eating"),
    pytest.param("the voices are telling me I'm evil", "ask", "psychosis", id="voices"),
    pytest.param("I can't stop drinking", "ask", "substances", id="drink"),
    pytest.param("took too many pills", "crisis", "medical", id="overdose"),
    pytest.param("my chest hurts really bad and my left arm is numb", "crisis", "medical", id="heart"),
    pytest.param("i took some pills", "ask", "suicide", id="pills, and no word why"),
    pytest.param("just took a few tablets", "ask", "suicide", id="a few tablets"),
    pytest.param("im not safe", "ask", "suicide", id="not safe"),
    pytest.param("i dont feel safe right now", "ask", "suicide", id="does not feel safe"),
    pytest.param("i want to be with my mum again", "ask", "passive", id="with her again, and no word of death"),
    pytest.param("i want to join him", "ask", "passive", id="join him"),
    pytest.param("goodbye everyone", "ask", "passive", id="goodbye to everyone"),
    pytest.param("I'm 13", "none", "under_age", id="thirteen"),
]  # fmt: skip

MUST_NOT = [
    "I'm dead 😂",
    "kill me lol",
    "dying of laughter",
    "you killed it",
    "Watched Suicide Squad last night",
    "my phone is dying",
    "my mind is racing",
    "stuck",
    "I'm going to kill him, he ate my fries",
    "I'm not suicidal",
    "I don't want to die",
    "my brother died by suicide last year",
    "I'd rather die than eat olives",
    "mum will kill me when she sees the carpet",
    "I cut my finger chopping onions",
    "I'm writing an essay about suicide prevention",
    "I never self harmed",
    "I want to end this chat",
    "My dad died in March",
    "I'm such an idiot",
    "I feel worthless",
    "I am 45 and from Poland",
    "see you tomorrow",
    "i took some pills for my headache",
    "took my pills this morning as usual",
    "i took some pills my doctor gave me",
    "i want to be with her tonight at the party",
    "i want to join him at the gym",
    "im not safe at work, the scaffold is loose",
    "goodbye everyone, see you on monday",
    "goodbye",
    "he broke up with me",
    "this job is killing me",
    "I'm 15 minutes late",
]


@pytest.mark.parametrize(("text", "risk", "door"), MUST)
def test_each_kind_of_danger_has_its_answer(text: str, risk: str, door: str) -> None:
    """What the protocol names is noticed, as gravely as it must be, and led through its own door."""
    found = screen(text)

    assert (found.risk, found.door) == (risk, door), found.why


@pytest.mark.parametrize("text", MUST_NOT)
def test_what_only_sounds_dangerous_passes(text: str) -> None:
    """Idioms, jokes, denials, news and plain sorrow are not met with a help line."""
    assert screen(text).risk == "none", screen(text).why


FORMS = [
    pytest.param("I WANT TO KILL MYSELF", id="capitals"),
    pytest.param("i want to kill mysélf", id="accent"),
    pytest.param("i wanttt to killll myselffff", id="elongation"),
    pytest.param("i w4nt t0 k1ll mys3lf", id="digits"),
    pytest.param("i want to k*ll myself", id="star"),
    pytest.param("i want to k i l l myself", id="spelt apart"),
    pytest.param("i want to k.m.s", id="coded, with dots"),
    pytest.param("im going to k m s", id="coded, spelt apart"),
    pytest.param("i wnat to kil myslef", id="typing errors"),
    pytest.param("i wnt to kll myslf", id="no vowels"),
    pytest.param("i wan\u200bt to ki\u200bll my\u200bself", id="zero width"),
    pytest.param("i w\u0430nt to k\u0456ll m\u0443self", id="letters of another script"),
    pytest.param("i want to kill myself!!!!! 😭😭😭", id="marks and faces"),
    pytest.param("I\u2019m gonna kill myself", id="curly apostrophe"),
    pytest.param("im finna kill myself", id="slang"),
]


@pytest.mark.parametrize("text", FORMS)
def test_one_sentence_is_heard_in_every_spelling(text: str) -> None:
    """The same words count the same, however they are typed."""
    assert screen(text).risk == "crisis"


def test_laughter_softens_and_seriousness_hardens() -> None:
    """A laughing wish is asked about, not alarmed at; "not joking" takes the laughter away."""
    assert [screen(text).risk for text in ("i want to die lol", "i want to die lol not joking")] == [
        "ask",
        "crisis",
    ]


def test_the_gravest_thing_leads() -> None:
    """Of several things in one message the gravest decides."""
    found = screen("My boss shouted at me, my husband hits me, and tonight I am going to kill myself.")

    assert (found.risk, found.door) == ("crisis", "suicide")


def test_a_sign_in_the_middle_of_a_long_letter_is_found() -> None:
    """Nothing is too long to be read to its end."""
    filler = "We went for a walk and looked at the garden, and then we had tea and talked about the school. "

    assert screen(filler * 20 + "I don't want to live anymore. " + filler * 20).risk == "crisis"


def test_a_reason_is_a_rule_and_never_a_word_of_the_person() -> None:
    """``why`` can be logged: it is the id of a rule."""
    ids = {getattr(rule, "id", "cues") for _, rule in module._book().rules._all}  # the list of all ids

    assert {screen(text).why for text in _texts(*CASES)} <= ids | {"", "cues"}


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    """No input breaks the screen."""
    found = screen(text)

    assert found.risk in RISKS
    assert found.door in ("", *DOORS)


# --- how much of it, on messages -----------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "least"),
    [
        pytest.param(SEEN, 0.96, id="read while rules were made"),
        pytest.param(["held"], 0.95, id="held back"),
    ],
)
def test_risky_messages_are_noticed(parts: list[str], least: float) -> None:
    """No change of a rule may lose what was noticed before."""
    risky = [text for _, case in _cases(*parts) if case["risk"] != "none" for text in case["texts"]]

    missed = sum(screen(text).risk == "none" for text in risky)

    assert 1 - missed / len(risky) >= least, f"{missed} of {len(risky)} missed"


@pytest.mark.parametrize(
    ("parts", "most"),
    [
        pytest.param(SEEN, 0.02, id="read while rules were made"),
        pytest.param(["held"], 0.04, id="held back"),
    ],
)
def test_harmless_messages_pass(parts: list[str], most: float) -> None:
    """No change of a rule may flag more of what is harmless."""
    plain = list(_plain(*parts))

    flagged = sum(screen(text).risk != "none" for text in plain)

    assert flagged / len(plain) <= most, f"{flagged} of {len(plain)} flagged"


def test_no_harmless_message_is_sent_to_the_crisis_path() -> None:
    """An alarm is never raised over an idiom or a loss."""
    assert [text for text in _plain(*CASES) if screen(text).risk == "crisis"] == []


def test_what_has_begun_is_a_crisis() -> None:
    """Words saying that it has begun or will happen now are never merely asked about."""
    begun = [text for part, case in _cases("tune", "held") if part == "now" for text in case["texts"]]

    lesser = sum(screen(text).risk != "crisis" for text in begun)

    assert lesser <= 1, f"{lesser} of {len(begun)}"


def test_most_lead_through_the_right_door() -> None:
    """Where it leads is right for at least nine of ten that are noticed and are not about oneself."""
    own = {"suicide", "passive", "past", "selfharm"}
    pairs = [
        (screen(text).door, case["door"])
        for _, case in _cases(*CASES)
        if case.get("door") and case["risk"] != "none" and case["door"] not in own
        for text in case["texts"]
    ]

    right = sum(found == wanted for found, wanted in pairs if found)

    assert right / len([found for found, _ in pairs if found]) >= 0.9


def _lost_letter(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _digits(word: str, chance: random.Random) -> str:
    return word.translate(str.maketrans("eaio", "3410"))


def _no_vowels(word: str, chance: random.Random) -> str:
    return word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")


@pytest.mark.parametrize("spoil", [_lost_letter, _swapped, _digits, _no_vowels])
def test_misspelt_messages_are_noticed_nearly_as_often(spoil: Callable[[str, random.Random], str]) -> None:
    """A word in six misspelt costs at most eight points of what is noticed."""
    chance = random.Random(3)
    risky = [text for _, case in _cases(*CASES) if case["risk"] != "none" for text in case["texts"]]

    lost = sum(
        screen(text).risk != "none" and screen(_spoilt(text, spoil, chance)).risk == "none" for text in risky
    )

    assert lost / len(risky) <= 0.08


def _spoilt(text: str, spoil: Callable[[str, random.Random], str], chance: random.Random) -> str:
    words = text.split()
    for at in chance.sample(range(len(words)), max(1, len(words) // 6)):
        if len(words[at]) > 3 and words[at].isalpha():
            words[at] = spoil(words[at], chance)
    return " ".join(words)


def _cases(*parts: str) -> list[tuple[str, dict[str, Any]]]:
    return [(group, case) for part in parts for group, case in CASES[part].items() if group != EXTRA]


def _plain(*parts: str) -> list[str]:
    return [text for _, case in _cases(*parts) if case["risk"] == "none" for text in case["texts"]]


def _texts(*parts: str) -> list[str]:
    return [text for part in parts for case in CASES[part].values() for text in case["texts"]]


# --- how fast ------------------------------------------------------------------------------

SLOW = {
    "one wish over and over": "i want to ",
    "words between, over and over": "i want to just really really just ",
    "spelt apart": "k y s ",
    "stars": "k*ll ",
    "one letter": "a",
    "faces": "😂",
    "somebody said": "he said my friend ",
}


@pytest.mark.parametrize("piece", SLOW.values(), ids=SLOW.keys())
def test_the_longest_text_takes_no_time_to_speak_of(piece: str) -> None:
    """4,096 characters made to be slow are read in 50 ms."""
    assert _fastest(piece * (4096 // len(piece))) < 0.05


def test_the_longest_text_of_the_rules_own_words_is_read_in_time() -> None:
    """900 words that rules wait for, in any order, wake many rules and are still read in 100 ms."""
    words = sorted(word for word in speller()._known if word[0] in string.ascii_lowercase)
    chance = random.Random(1)

    assert _fastest(" ".join(chance.choices(words, k=900))[:4096]) < 0.1


def _fastest(text: str) -> float:
    times = []
    for _ in range(4):
        begin = time.perf_counter()
        screen(text)
        times.append(time.perf_counter() - begin)
    return min(times)


# --- the rules as data ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        pytest.param("i want (to", "not closed", id="bracket"),
        pytest.param("i want) to", "unexpected", id="stray bracket"),
        pytest.param("i <wnat> to", "not defined", id="unknown set"),
        pytest.param("i want @", "cannot read", id="unknown sign"),
    ],
)
def test_a_faulty_pattern_says_what_is_wrong(pattern: str, fault: str) -> None:
    """Whoever writes rules is told what to mend."""
    with pytest.raises(RulesError, match=fault):
        Grammar({"want": ["want to"]}).compile(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        pytest.param("i <want> die", " . i want to die . ", True, id="set"),
        pytest.param("i *2 die", " . i so want die . ", True, id="gap"),
        pytest.param("i *2 die", " . i . die . ", False, id="a gap stays in its sentence"),
        pytest.param("i (really )?die $", " . i die . ", True, id="optional, end"),
        pytest.param("i die $", " . i die laughing . ", False, id="not the end"),
        pytest.param("^ die", " . he said die . ", False, id="not the beginning"),
        pytest.param("took & pills", " . took 20 pills . ", True, id="many"),
        pytest.param("took & pills", " . took 2 pills . ", False, id="few"),
        pytest.param("die !(hard|out)", " . die hard . ", False, id="must not follow"),
        pytest.param("so~3 sad", " . so so so sad . ", True, id="several times"),
    ],
)
def test_the_pattern_language_means_what_it_says(pattern: str, text: str, matches: bool) -> None:
    """Each sign of the language does what its description promises."""
    compiled = Grammar({"want": ["want to", "wish to"]}).compile(pattern)

    assert bool(compiled.regex.search(text)) is matches


def test_no_pattern_is_left_out_by_the_quick_look() -> None:
    """What a pattern matches, the index would have tried: looking at words first loses nothing."""
    book = module._book()  # the index under test
    everything = Index([(pattern, number) for number, (pattern, _) in enumerate(book.rules._all)])
    for text in _texts("tune", "held")[::7]:
        plain = speller().plain(text)
        matching = {n for n, (pattern, _) in enumerate(everything._all) if pattern.regex.search(plain.text)}

        assert matching <= {number for _, number in everything.candidates(plain.words)}


def test_all_faults_of_rule_data_are_named_at_once(tmp_path: Path) -> None:
    """One look at the message is enough to mend a file."""
    for path in (PATTERNS / "en").glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    bad = ["{id: one, risk: huge, door: suicide, say: [die]}", "{id: two, risk: ask, door: moon, say: [die]}"]
    (tmp_path / "others.yaml").write_text("\n".join(["rules:", *(f"  - {rule}" for rule in bad)]), "utf-8")

    with pytest.raises(RulesError) as caught:
        module.read_book(tmp_path)

    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "others.yaml, one",
        "others.yaml, two",
    ]
