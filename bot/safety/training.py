"""``make train``: makes the head of the model (``head.npz``) from the texts in ``phrases/<lang>/*.yaml``.

Numpy alone, a fixed seed, one thread: the same texts give the same head on the same machine. The head carries the hash
of the texts that it was made from, so that a test can tell when it was forgotten.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.safety.encoder import EMBEDDED, Encoder
from bot.safety.model import HEAD, PLACES, counted, line, softmax
from bot.safety.neighbours import PHRASES, phrases
from bot.safety.screen import speller
from bot.safety.verdict import labels

Numbers = NDArray[np.float32]

HIDDEN = 512
ROUNDS, BATCH, RATE, SMOOTH = 12, 512, 2e-3, 0.1
DROP_IN, DROP_OUT = 0.2, 0.5
STEPS, PULL = 150, 2e-6  # of the linear part: how often it is improved, and how hard it is held near zero
SPOILT = 0.3  # share of the texts that are learnt misspelt as well
SHORT = 12  # letters; a shorter text is learnt as it stands
MIX = 0.75  # how much of the logits comes from the labels
KEYS = ("w1", "b1", "w2", "b2", "linear", "grams", "bias", "rarity", "groups")


def texts(folder: Path = PHRASES) -> list[tuple[str, str]]:
    """Return all training texts with their labels; a text that stands twice counts once."""
    found: dict[str, tuple[str, str]] = {}
    for text, label in phrases(folder):
        found.setdefault(simplified(text), (text, label))
    return list(found.values())


def simplified(text: str) -> str:
    """Return what two copies of a text share."""
    return " ".join(re.findall(r"\w+", text.lower())) or text


def digest(folder: Path = PHRASES) -> str:
    """Return the hash of all training texts and of what their labels mean."""
    paths = sorted(folder.glob("*/*.yaml"))
    whole = b"".join(path.read_bytes() for path in [*paths, Path(__file__).with_name("labels.yaml")])
    return hashlib.sha256(whole).hexdigest()


def train(rows: Sequence[tuple[str, str]], encoder: Encoder) -> dict[str, Any]:
    """Return the head that these texts give."""
    names = sorted(labels())
    chance = np.random.default_rng(20261126)
    rows = [*rows, *spoilt(rows)]
    lines = [line(speller().plain(text)) for text, _ in rows]
    vectors = encoder.rows(lines, [text for text, _ in rows])
    wanted = np.array([names.index(label) for _, label in rows])
    groups = np.array([_groups(name) for name in names], dtype=np.float32)
    rarity, table = tabled(lines)
    head = _learn_labels(vectors, wanted, len(names), chance) | _learn_risk(vectors, table, groups[wanted])
    return head | {"names": np.array(names), "groups": groups, "rarity": rarity, "mix": np.float32(MIX)}


def spoilt(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return some of the texts as tired hands would type them."""
    chance = random.Random(7)  # noqa: S311  # nothing is secret here
    return [
        (misspelt(text, chance), label)
        for text, label in rows
        if len(text) > SHORT and chance.random() < SPOILT
    ]


_LEET = str.maketrans("aeios", "4310$")


def misspelt(text: str, chance: random.Random) -> str:
    """Return a text with a few typing errors, dropped vowels or letters written as numbers."""
    words = text.split(" ")
    for at, word in enumerate(words):
        if len(word) < 4 or chance.random() > 0.3:  # noqa: PLR2004  # short words are rarely spoilt
            continue
        spot = chance.randrange(1, len(word) - 1)
        words[at] = chance.choice(
            [
                word[:spot] + word[spot + 1 :],
                word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :],
                word[:spot] + word[spot] + word[spot:],
                word[0] + re.sub("[aeiou]", "", word[1:]),
                word.translate(_LEET),
            ]
        )
    return " ".join(words)


def _groups(name: str) -> tuple[bool, bool]:
    meaning = labels()[name]
    return meaning.risk != "none", meaning.risk == "crisis"


# --- the labels: a small network over what the encoder says -------------------------------------


def _learn_labels(
    vectors: Numbers, wanted: NDArray[np.int64], many: int, chance: np.random.Generator
) -> dict[str, Numbers]:
    wide, middle, spread = vectors.shape[1], vectors.mean(axis=0), vectors.std(axis=0) + 1e-3
    vectors = (vectors - middle) / spread
    begin = (
        chance.normal(0, np.sqrt(2 / wide), (wide, HIDDEN)), np.zeros(HIDDEN),
        chance.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, many)), np.zeros(many),
    )  # fmt: skip
    weights: list[Numbers] = [each.astype(np.float32) for each in begin]
    adam = _Adam(weights)
    total = ROUNDS * (len(vectors) // BATCH + 1)
    for _ in range(ROUNDS):
        order = chance.permutation(len(vectors))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            slopes = _slopes(weights, vectors[chosen], wanted[chosen], chance)
            adam.step(slopes, RATE * (1 - adam.count / total))
    w1, b1, w2, b2 = weights
    w1 /= spread[:, None]  # what is read later is not brought to one measure first
    return {"w1": w1, "b1": b1 - middle @ w1, "w2": w2, "b2": b2}


def _slopes(
    weights: list[Numbers], inputs: Numbers, wanted: NDArray[np.int64], chance: np.random.Generator
) -> list[Numbers]:
    """Return how the error of one batch changes with each weight."""
    w1, b1, w2, b2 = weights
    inputs = inputs * (chance.random(inputs.shape, dtype=np.float32) > DROP_IN) / (1 - DROP_IN)
    reached = inputs @ w1 + b1
    open_ = (
        (reached > 0) * (chance.random(reached.shape, dtype=np.float32) > DROP_OUT) / np.float32(1 - DROP_OUT)
    )
    hidden = reached * open_
    error = softmax(np.asarray(hidden @ w2 + b2, dtype=np.float32))
    error -= SMOOTH / error.shape[1]
    error[np.arange(len(wanted)), wanted] -= 1 - SMOOTH
    error /= len(wanted)
    back = (error @ w2.T) * open_
    return [inputs.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0)]


class _Adam:
    """Adam with decoupled decay. Lives for one training."""

    def __init__(self, weights: list[Numbers], decay: float = 0.05) -> None:
        self._weights, self._decay, self.count = weights, decay, 0
        self._first = [np.zeros_like(each) for each in weights]
        self._second = [np.zeros_like(each) for each in weights]

    def step(self, slopes: Sequence[Numbers], rate: float) -> None:
        """Improve all weights once."""
        self.count += 1
        for weight, slope, first, second in zip(
            self._weights, slopes, self._first, self._second, strict=True
        ):
            first[...] += 0.1 * (slope - first)
            second[...] += 0.001 * (slope * slope - second)
            mean, spread = first / (1 - 0.9**self.count), second / (1 - 0.999**self.count)
            weight[...] -= rate * (mean / (np.sqrt(spread) + 1e-8) + self._decay * weight)


# --- risk: a straight line over what the encoder says and over words ------------------------------


class _Table:
    """How often each text meets each place, written one after the other."""

    def __init__(self, pairs: Sequence[tuple[NDArray[np.intp], Numbers]]) -> None:
        self.places = np.concatenate([places for places, _ in pairs])
        self.weights = np.concatenate([weights for _, weights in pairs])
        lengths = np.array([len(places) for places, _ in pairs])
        self.rows = np.repeat(np.arange(len(pairs)), lengths)
        self.many = len(pairs)

    def times(self, column: Numbers) -> Numbers:
        """Return the sum of each text."""
        return np.bincount(self.rows, self.weights * column[self.places], self.many).astype(np.float32)

    def back(self, errors: Numbers) -> Numbers:
        """Return the sum of each place."""
        return np.bincount(self.places, self.weights * errors[self.rows], PLACES).astype(np.float32)


def tabled(lines: Sequence[str]) -> tuple[Numbers, _Table]:
    """Return how rare each place is, and which texts meet it."""
    even = np.ones(PLACES, dtype=np.float32)
    met = np.zeros(PLACES)
    for each in lines:
        met[counted(each, even)[0]] += 1
    rarity = (np.log((1 + len(lines)) / (1 + met)) + 1).astype(np.float32)
    rarity[met < 2] = 0  # noqa: PLR2004  # what one text alone has says nothing of others
    return rarity, _Table([counted(each, rarity) for each in lines])


def _learn_risk(vectors: Numbers, table: _Table, wanted: Numbers) -> dict[str, Numbers]:
    seen = np.hstack([vectors[:, :EMBEDDED], vectors[:, -EMBEDDED:]]) * np.float32(1.5)
    columns = [_learn_column(seen, table, wanted[:, each]) for each in range(wanted.shape[1])]
    linear, grams_, bias = (np.stack([column[part] for column in columns], axis=-1) for part in range(3))
    return {"linear": linear * np.float32(1.5), "grams": grams_, "bias": bias.reshape(-1)}


def _learn_column(vectors: Numbers, table: _Table, wanted: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    weights = [np.zeros(vectors.shape[1], np.float32), np.zeros(PLACES, np.float32), np.zeros(1, np.float32)]
    adam = _Adam(weights, decay=0)
    for step in range(STEPS):
        reached = vectors @ weights[0] + table.times(weights[1]) + weights[2]
        error = (1 / (1 + np.exp(-reached)) - wanted).astype(np.float32) / len(wanted)
        slopes = [
            vectors.T @ error + PULL * weights[0],
            table.back(error) + PULL * weights[1],
            error.sum(keepdims=True),
        ]
        adam.step(slopes, 0.1 * (1 - step / STEPS))
    return weights[0], weights[1], weights[2]


def main() -> None:
    """Train on all texts and write the head."""
    rows = texts()
    head = train(rows, Encoder())
    halved = {name: head[name].astype(np.float16) for name in KEYS}
    np.savez_compressed(HEAD, **halved, names=head["names"], mix=head["mix"], texts=np.array(digest()))
    print(f"{len(rows)} texts, {HEAD.stat().st_size // 1024} KiB")  # noqa: T201  # the tool's answer


if __name__ == "__main__":
    main()
