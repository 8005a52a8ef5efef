"""Counts the small words of a text and the pieces of its words, as places in a fixed table: no vocabulary to keep."""

import zlib
from collections import Counter

PLACES = 2**16  # in the table: the first half for words, the other for pieces of words
HALF = PLACES // 2
LONGEST = 3  # words together
PIECES = (3, 4, 5)  # letters together, within one word


def grams(line: str) -> Counter[int]:
    """Return how often each place of the table is met by a text in its plain form."""
    words = line.split()
    found: Counter[int] = Counter()
    for size in range(1, LONGEST + 1):
        for at in range(len(words) - size + 1):
            found[_place(" ".join(words[at : at + size])) % HALF] += 1
    for word, times in Counter(words).items():
        for piece in _pieces(word):
            found[HALF + _place(piece) % HALF] += times
    return found


def _pieces(word: str) -> list[str]:
    whole = f" {word} "
    return [whole[at : at + size] for size in PIECES for at in range(max(len(whole) - size + 1, 0))]


def _place(gram: str) -> int:
    return zlib.crc32(gram.encode())
