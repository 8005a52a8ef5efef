"""Brings what people type into one plain form, so that a rule has to be written only once.

The plain form is lower case, without accents, contractions and slang written out, one space between words:
``". i do not want to be here . "``. Full stops and commas stand as words of their own; faces that laugh become
``haha``. It is for rules only and never shown.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LONGEST = 4096  # characters; Telegram allows no more in one message
SHORTEST = 4  # letters of a word whose near misses are mended
_PLACE = 14  # bits for the place of a word
_PLACES, _HASH = 2**_PLACE - 1, 2 ** (64 - _PLACE) - 1
APART = 3  # letters that stand alone: from so many on they may be a word spelt apart

_MARKS = str.maketrans(
    {
        "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'",
        "“": " ", "”": " ", '"': " ", "«": " ", "»": " ",
        "…": ".", "—": ",", "–": ",", ":": ",", "/": " ", "\n": ".", "\r": ".",
        "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "", "\ufe0f": "", "\u00ad": "",
        "😂": " haha ", "🤣": " haha ", "😆": " haha ", "😹": " haha ", "😝": " haha ", "😜": " haha ", "🙃": " ",
        "💀": " haha ", "☠": " haha ", "😅": " haha ", "🤪": " haha ",
        "🔫": " gun ", "💊": " pills ", "🔪": " knife ", "🩸": " blood ", "⚰": " coffin ", "🪦": " grave ",
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "к": "k", "ѕ": "s",
    }
)  # fmt: skip
_TOKEN = re.compile(r"[a-z0-9][a-z0-9'*@$!|]*[a-z0-9*@$]|[a-z0-9.,!?;:\n]|[*@$][a-z0-9*@$]*[a-z0-9]")
_LONG = re.compile(r"([a-z])\1{2,}")
_MASK = re.compile(r"[0-9*@$]")
_SPELT = re.compile(r"(?<![\w'])[a-z0-9@$](?:[ .\-_*]{1,3}[a-z0-9@$](?![\w'])){2,}")
_ODD = re.compile(r"[a-z][0-9*@$!|]|[0-9*@$][a-z]")
_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "@": "a",
        "$": "s",
        "!": "i",
        "|": "l",
    }
)
_LEET_L = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "9": "g", "@": "a", "$": "s", "!": "l"}
)
_NEAR = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in its plain form. Lives for one look at it."""

    text: str = field(repr=False)
    words: frozenset[str] = field(repr=False)


class _Misses:
    """Near misses and what they mean: 90,000 of them in a megabyte, where a dictionary takes nine.

    Each is one number: 50 bits of its hash, then the place of the word that it means. That a stranger's word falls
    on one is one chance in 10^10.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._words: list[str] = []
        codes = array("Q")
        for typo, word in pairs:
            if not self._words or self._words[-1] != word:
                self._words.append(word)
            codes.append((hash(typo) & _HASH) << _PLACE | len(self._words) - 1)
        self._codes = array("Q", sorted(codes))

    def get(self, word: str) -> str:
        """Return what a near miss means, "" if it is none; the later word wins where two have the same."""
        key = hash(word) & _HASH
        at = bisect_left(self._codes, (key + 1) << _PLACE) - 1
        return self._words[self._codes[at] & _PLACES] if at >= 0 and self._codes[at] >> _PLACE == key else ""


class Speller:
    """Writes words the plain way. Built once from data; then only read.

    Args:
        written: How a form is written out ("gonna" → "going to").
        vocabulary: Words that rules know; near misses of them are mended.
        real: Words of the language that look like a near miss and are none.

    """

    def __init__(self, written: Mapping[str, str], vocabulary: Iterable[str], real: Iterable[str]) -> None:
        self._known = frozenset(vocabulary) | frozenset(written)
        keep = self._known | frozenset(real)
        # vocabulary words win over near misses; near misses of written forms are written out too
        self._forms = dict(written) | {"!": ".", "?": ".", ";": ".", "\n": ".", ":": ","}
        self._misses = _Misses(
            (typo, written.get(word, word))
            for word in sorted(self._known)
            for typo in _typos(word)
            if typo not in keep
        )

    def plain(self, raw: str) -> Plain:
        """Return the plain form of at most ``LONGEST`` characters."""
        text = raw[:LONGEST]
        if not text.isascii():
            text = _unaccented(text.translate(_MARKS))
        text = _LONG.sub(r"\1", text.lower())
        tokens = _TOKEN.findall(text)
        if len([token for token in tokens if len(token) == 1 and token.isalnum()]) >= APART:
            tokens = _TOKEN.findall(_SPELT.sub(self._joined, text))
        if _MASK.search(text) and _ODD.search(text):
            tokens = [self._unmasked(token) for token in tokens]
        forms, mend = self._forms, self._misses.get
        line = " ".join([forms[token] if token in forms else mend(token) or token for token in tokens])
        if "'" in line:
            line = f"{line} ".replace("'s ", " ").replace("'", "").rstrip()
        words = frozenset(line.split())
        return Plain(f" . {line.strip(' .,')} . ", words)

    def _joined(self, match: re.Match[str]) -> str:
        """Join letters that were spelt apart ("k y s"), if a known word comes out."""
        letters = re.sub(r"[ .\-_*]", "", match[0])
        for word in (letters, letters.translate(_LEET), letters.translate(_LEET_L)):
            if self._reads(word):
                return word
            for cut in (1, len(word) - 1):  # "i k m s": a word of its own stands beside the spelt one
                first, rest = word[:cut], word[cut:]
                if (rest in self._known and first in "ia") or (first in self._known and rest in "iau"):
                    return f"{first} {rest}"
        return match[0]

    def _unmasked(self, token: str) -> str:
        """Read digits and stars inside a word as the letters they stand for, if a known word comes out."""
        if token.isalpha() or token.isdigit():
            return token
        for word in (token.translate(_LEET), token.translate(_LEET_L), token.replace("*", "")):
            if self._reads(word):
                return word
        return self._starred(token) if "*" in token else token.rstrip("!|*")

    def _reads(self, word: str) -> bool:
        return word in self._known or word in self._forms or bool(self._misses.get(word))

    def _starred(self, token: str) -> str:
        shape = re.compile(re.escape(token).replace(r"\*", "[a-z]") + r"\Z")
        return min((word for word in _STARRED if shape.match(word)), default=token)


_STARRED = frozenset(
    "kill killing killed die dying dead suicide suicidal rape raped hang hanging cut cutting hurt abuse abused "
    "overdose pills myself death harm blade gun".split()
)


def _unaccented(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text)
    return "".join(c for c in flat if not unicodedata.combining(c))


def _typos(word: str) -> set[str]:
    """Return the near misses of a word: letters lost, swapped or doubled, vowels dropped, one key beside the right one.

    The shorter a word, the fewer: near misses of short words are words of their own.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return set()
    inner = range(1, len(word))
    typos = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    typos |= {word[:i] + word[i + 1 :] for i in range(len(word) - 1) if word[i] == word[i + 1]}
    bare = word[0] + "".join(c for c in word[1:] if c not in _VOWELS)
    if len(bare) >= SHORTEST - 1:
        typos.add(bare)
    if word.endswith("ing"):
        typos.add(word[:-1])  # nothin, killin
    if len(word) > SHORTEST:
        typos |= {word[:i] + word[i + 1 :] for i in inner} | {word[:i] + word[i] + word[i:] for i in inner}
    if len(word) > SHORTEST + 1:
        typos |= {word[:i] + near + word[i + 1 :] for i in inner for near in _NEAR[word[i]]}
    return typos - {word}
