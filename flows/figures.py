"""How flows are written, in figures: how long, how hard, how varied."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from flows import reading
from flows.model import Flow, Line, Wording

VARIED = 3  # wordings; who comes back often meets a line with fewer again and again
PHRASE = 4  # words; a shorter sentence is nobody's own
MOST_REPEATED = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one flow.

    Attributes:
        grade: US school grade that reads it with ease.
        longest: Characters of the longest bubble, and ``row`` where it stands.
        sentence: Words of a sentence, on average.
        wordings: Wordings of a bubble in one form, on average; ``varied`` of them have at least three, in percent.
        repeated: Sentences that other flows say word for word.
        questions: Questions for each bubble.
        declared, computed: Minutes, as the author says and as they come of words and waits.

    """

    flow: str
    kind: str
    steps: int
    texts: int
    words: int
    grade: float
    longest: int
    row: int
    sentence: float
    wordings: float
    varied: int
    repeated: int
    questions: float
    declared: int
    computed: float


def measure(flow: Flow, flows: Mapping[str, Flow]) -> Figures:
    """Return the figures of a flow; the others lend what it calls, and what they say too."""
    lines = _own_lines(flow)
    texts = [wording for line in lines for wording in line.wordings]
    several = [len(form) for line in lines if not line.once for form in line.forms.values()]
    sentences = [words for each in texts for words in _sentences(each.text)]
    longest = max(
        ((len(each.text), each.row or line.row) for line in lines for each in line.wordings), default=(0, 1)
    )
    elsewhere = {words for other in flows.values() if other.id != flow.id for words in phrases(other)}
    return Figures(
        flow=flow.id,
        kind=flow.kind,
        steps=len(flow.steps),
        texts=len(texts) + sum(1 for _ in flow.labels),
        words=sum(map(len, sentences)),
        grade=round(reading.grade(each.text for each in texts), 1),
        longest=longest[0],
        row=longest[1],
        sentence=_share(sum(map(len, sentences)), len(sentences)),
        wordings=_share(sum(several), len(several)),
        varied=round(100 * _share(sum(count >= VARIED for count in several), len(several), 4)),
        repeated=len(elsewhere & phrases(flow).keys()),
        questions=_share(sum(each.text.count("?") for each in texts), len(texts), 2),
        declared=flow.minutes,
        computed=round(reading.minutes(flow, flows), 1),
    )


def phrases(flow: Flow) -> Counter[tuple[str, ...]]:
    """Return the sentences of a flow that somebody could hear again elsewhere, as words."""
    texts = (wording.text for line in _own_lines(flow) for wording in line.wordings)
    return Counter(words for text in texts for words in _sentences(text) if len(words) >= PHRASE)


def repeated(flows: Iterable[Flow]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the sentences that several flows say, with those flows; the most widespread first."""
    found: dict[tuple[str, ...], list[str]] = {}
    for flow in flows:
        for words in phrases(flow):
            found.setdefault(words, []).append(flow.id)
    several = [(" ".join(words), tuple(ids)) for words, ids in found.items() if len(ids) > 1]
    return sorted(several, key=lambda each: (-len(each[1]), each[0]))


def _own_lines(flow: Flow) -> list[Line]:
    """Return the bubbles whose words stand in the flow's own file."""
    return [line for line in flow.bubbles if any(_own(flow, wording) for wording in line.wordings)]


def _own(flow: Flow, wording: Wording) -> bool:
    return wording.id.startswith(f"{flow.id}/")


@cache
def _sentences(text: str) -> tuple[tuple[str, ...], ...]:
    """Return a text's sentences, as words. Each text is read once: it is asked for again with every other flow."""
    parts = (reading.words(part) for part in reading.SENTENCE.split(text))
    return tuple(tuple(words) for words in parts if words)


def _share(part: float, whole: int, places: int = 1) -> float:
    return round(part / whole, places) if whole else 0.0
