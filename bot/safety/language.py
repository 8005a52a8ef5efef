"""Tells in which language a text is, well enough to say kindly that it is not spoken here. Pure.

Letters settle most; among languages in Latin letters the small words are counted (``languages.yaml``). English has the
benefit of the doubt: its dialects and its slang are many, and two words are no proof of anything.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = Path(__file__).with_name("languages.yaml")
OWN = "en"
ENOUGH = 2  # small words that are known, before a text counts as another language
LETTERS = 2  # letters of another script that make a text another language: one may be a face, or a sign
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_KANA = ("HIRAGANA", "KATAKANA")


@dataclass(frozen=True, slots=True)
class Language:
    """One language; ``sorry`` is said in it where it is not spoken."""

    code: str
    script: str = ""
    letters: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    sorry: str = ""


def detect(text: str) -> str:
    """Return the code of the language that a text is most likely in (``en`` if nothing speaks against it)."""
    words = [word.replace("\u2019", "'") for word in _WORD.findall(text.lower().replace("\u2019", "'"))]
    scripts = Counter(_script(letter) for word in words for letter in word)
    foreign = {script: number for script, number in scripts.items() if script in _scripts()}
    latin = sum(scripts.values()) - sum(foreign.values())
    if foreign and max(foreign.values()) >= LETTERS and sum(foreign.values()) * 2 > latin:
        return _by_script(foreign, text)
    return _by_words(words)


def sorry(code: str) -> str:
    """Return what is said to somebody in a language that the bot does not speak, "" if there is nothing."""
    found = languages().get(code)
    return found.sorry if found else ""


@cache
def languages() -> Mapping[str, Language]:
    """Return all languages by their codes. Read once."""
    document: Mapping[str, Any] = yaml.load(LANGUAGES.read_text("utf-8"), Loader=yaml.CSafeLoader)  # safe
    return {
        code: Language(
            code, raw.get("script", ""), frozenset(raw.get("letters", "")), frozenset(raw.get("words", ())),
            raw.get("sorry", ""),
        )
        for code, raw in document.items()
    }  # fmt: skip


@cache
def _scripts() -> frozenset[str]:
    return frozenset(each.script for each in languages().values() if each.script)


@cache
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ")[0]
    return "KANA" if name in _KANA else "HAN" if name == "CJK" else name


def _by_script(scripts: Mapping[str, int], text: str) -> str:
    if "KANA" in scripts:  # Japanese writes with Chinese signs as well
        return "ja"
    script = max(scripts, key=lambda each: scripts[each])
    alike = [each for each in languages().values() if each.script == script]
    marks = {each.code: sum(text.count(letter) for letter in each.letters) for each in alike}
    best = max(alike, key=lambda each: marks[each.code])
    plainest = next(each for each in alike if not each.letters)
    return best.code if marks[best.code] else plainest.code


def _by_words(words: list[str]) -> str:
    counts = {code: sum(word in each.words for word in words) for code, each in languages().items()}
    own = counts.pop(OWN)
    best = max(counts, key=lambda code: counts[code])
    few = counts[best] < ENOUGH or counts[best] * 4 < len(words)
    return OWN if few or counts[best] <= own * 2 else best
