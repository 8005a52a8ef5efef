"""How hard words are to read, and how long a flow takes: pure figures for checks and reports."""

import re
from collections.abc import Iterable, Mapping

from flows.model import Flow, Line, Step

WORDS_A_MINUTE = 180  # of a tired reader on a phone; rested adults read 240
TAP = 8  # seconds to choose among buttons
TYPED = 20  # seconds to type a short answer
LONG_WAIT = 3_600  # seconds; who waits longer does something else meanwhile

WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+")
SENTENCE = re.compile(r"[.?!\u2026]+[\u201d\"')]*(?:\s|$)|\n")
LINK = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info)\b(?:/\S*)?", re.IGNORECASE)
BLANK = re.compile(r"\{[a-z][a-z0-9_]*\}")

ODD = {  # syllables of common words that the rules below miss
    "ache": 1, "aches": 1, "alien": 3, "anyone": 3, "area": 3, "awareness": 3, "basement": 2, "being": 2, "business": 2,
    "client": 2, "create": 2, "diary": 3, "diet": 2, "different": 3, "evening": 2, "every": 2, "everyone": 3,
    "everything": 3, "everywhere": 3, "fluid": 2, "forever": 3, "giant": 2, "homesick": 2, "homework": 2, "idea": 3,
    "ideas": 3, "lifetime": 2, "lion": 2, "maybe": 2, "museum": 3, "otherwise": 3, "people": 2, "pm": 2, "poem": 2,
    "poet": 2, "quiet": 2, "quietly": 3, "radio": 3, "react": 2, "real": 1, "really": 2, "riot": 2, "ruin": 2,
    "science": 2, "several": 3, "soldier": 2, "somebody": 3, "someone": 2, "something": 2, "sometimes": 2,
    "somewhere": 2, "theatre": 3, "therefore": 2, "tired": 2, "trial": 2, "video": 3, "whatever": 3, "whenever": 3,
}  # fmt: skip
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(  # a last e that is not heard: "time", "times", "called"; but "little", "houses", "wanted"
    r"(?:(?:[^aeiouyl]|[aeiouyl]l)e|(?:[^aeiouylsxzcgh]|[^cs]h)es|[aeiouyl]les|[^aeiouyldt]ed|[aeiouyl]led)\Z"
)
WITHIN = re.compile(r"[^aeiouyl]e(?:ly|ful|less|ness|ment)\Z")  # the same within a word: "safely"
APART = re.compile(  # two vowels side by side that are heard apart: "heavier", "being", "usual"
    r"[^aeiouy]ier\Z|[^aeioutcgx]ious\Z|[aeiouy]ing\Z|ism\Z|[^tcgs]ia\Z|[^qg]ua[lr]"
)


def grade(texts: Iterable[str]) -> float:
    """Return the US school grade that reads these texts with ease (Flesch-Kincaid, 1975).

    0.39 x words per sentence + 11.8 x syllables per word - 15.59; 0 where there are no words. A line's end
    ends a sentence; what is put in for a ``{name}`` counts as one short word, links do not count.
    """
    texts = list(texts)
    found = [word for text in texts for word in words(text)]
    if not found:
        return 0.0
    sentences = sum(_sentences(text) for text in texts)
    return 0.39 * len(found) / sentences + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def words(text: str) -> list[str]:
    """Return the words of a text as they are read, in small letters."""
    return WORD.findall(_plain(text))


def syllables(word: str) -> int:
    """Return how many syllables an English word has; a number counts as one."""
    word = word.lower().removesuffix("'s")
    if word.endswith("n't"):  # "isn't" is one more than "is", "don't" is not
        return syllables(word[:-3]) + word[-4:-3].count("s") + word[-4:-3].count("d")
    word = word.partition("'")[0]
    if word in ODD:
        return ODD[word]
    silent = bool(SILENT.search(word)) + bool(WITHIN.search(word))
    return max(1, len(VOWELS.findall(word)) - silent + bool(APART.search(word)))


def minutes(flow: Flow, flows: Mapping[str, Flow]) -> float:
    """Return how long a flow takes on a typical way: what is offered first is taken, what is asked is answered.

    Args:
        flow: A practice is meant with what surrounds it.
        flows: What it may call, by id.

    """
    return _seconds(flow, flows, ()) / 60


def _seconds(flow: Flow, flows: Mapping[str, Flow], within: tuple[str, ...]) -> float:
    total, id_, been = 0.0, flow.start, set[str]()
    while id_ in flow.steps and id_ not in been:
        been.add(id_)
        step = flow.steps[id_]
        total += sum(map(_read, (*step.say, *([step.show.text] if step.show else [])))) + _wait(step)
        if step.call in flows and step.call not in within:
            total += _seconds(flows[step.call], flows, (*within, flow.id))
        id_ = _way_on(step)
    return total


def _read(line: Line) -> float:
    wordings = line.forms.get("plain", ())
    count = sum(len(words(wording.text)) for wording in wordings)
    return count / max(1, len(wordings)) * 60 / WORDS_A_MINUTE


def _wait(step: Step) -> float:
    if step.after:
        return step.after.seconds if step.after.seconds < LONG_WAIT else 0
    if step.ask and not step.ask.number:
        return TYPED
    return TAP if step.waits else 0


def _way_on(step: Step) -> str:
    if step.after:
        return step.after.to
    first = next((choice.to for choice in step.choices if choice.to), "")
    branch = next((branch.to for branch in step.when), "")
    return (step.to if step.ask else first or step.to) or first or branch or step.skip


def _sentences(text: str) -> int:
    return sum(1 for part in SENTENCE.split(_plain(text)) if WORD.search(part))


def _plain(text: str) -> str:
    return BLANK.sub("it", LINK.sub("", text)).lower().replace("\u2019", "'")
