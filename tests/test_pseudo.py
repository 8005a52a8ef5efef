"""The bot in a language that nobody speaks: an English letter that is still seen was never a text of a flow."""

import random
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest

from bot.channels.plain import PlainChat, ScriptClock
from bot.cities import find_city
from bot.conversation import Conversation
from bot.safety import helplines
from bot.seal import Seal
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from flows.compiler import compile_content
from flows.pseudo import PSEUDO, disguise, pseudo

COUNTRY, CITY = "Ireland", "Cork"
TYPED = (
    "back", "skip", "less", "more", "menu", "stop", "help now", "settings", "privacy", "change my answer", "zone",
    "/start", "/settings", "/privacy", "/help", "/now", "/zone", "@+40s", "@+2d", "@+9d", "7", "24 December",
    "i hate myself", "my dog died", "are you a person?", "that's not it", "i can't think", "idk", COUNTRY, CITY,
    "half past nine", "nowhere", "I want to die", "kill me lol", "x" * 500, "thanks", "i ruin everything", "\ud800",
)  # fmt: skip
WALKS = 40
STEPS = 60
ENGLISH = re.compile(r"[A-Za-z]+")
ALLOWED = (  # what is no text of a flow, and why
    r"/[a-z]+\b",  # commands are typed as they are, in every language
    r"(?<=: )(?:plain|warm|tender|yes|[A-Z]{2})\b",  # what /settings shows is what is stored, not yet a word
    r"\b\d{1,2}:\d\d(?: [ap]m)? on [A-Z][a-z]+day\b",  # a clock and a weekday: bot.zones.say_clock knows English
    r"\b(?:[A-Z][a-z]+/[A-Z][\w/]+|UTC)\b",  # a zone's own name
)


@pytest.fixture(scope="module")
def content():
    return pseudo(compile_content(shell=SHELL))


def unknown(text, typed, now):
    """Return what is English in a bubble or a label, though nobody typed it and nothing allows it."""
    for allowed in ALLOWED:
        text = re.sub(allowed, "", text)
    if ENGLISH.search(text):
        for known in sorted({*_data(now.replace(minute=0, second=0)), *typed}, key=len, reverse=True):
            text = text.replace(known, "")
    return ENGLISH.findall(text)


@lru_cache
def _data(now):
    """Return what help lines and cities say: issue 5 gives these their own languages."""
    cards = [
        helplines.card(code, now + timedelta(hours=hours), kind=kind)
        for code in (None, "IE")
        for hours in (0, 8, 16)
        for kind in helplines.KINDS
    ]
    rows = {row for card in cards for row in card.text.split("\n")}
    return rows | {helplines.LOCAL, *(place.label for place in find_city(CITY))}


def bubbles(said):
    """Yield each bubble as one text, and each label."""
    text = ""
    for line in [*said, "bot: "]:
        if line.startswith("   |"):
            text += "\n" + line[5:]
        elif text and not line.startswith("     ["):
            yield re.sub(r"^\(\w+ \w+/[\w.-]+\) ", "", text)
            text = ""
        if line.startswith("bot: "):
            text = line.removeprefix("bot: ")
        elif line.startswith("     ["):
            yield from labels(line)


def labels(line):
    return line.strip()[1:-1].split("] [")


@pytest.mark.parametrize("seed", range(WALKS))
async def test_nothing_that_is_said_is_hard_wired(content, seed):
    """Every bubble and every button was a text of a flow, but for what the person typed and a short list."""
    choose = random.Random(seed)
    clock = ScriptClock(datetime(2026, 11, 22, 18, tzinfo=UTC))
    store = SqliteStore.in_memory(Seal(b"w" * 32))
    chat = PlainChat(store, Conversation(content, clock, seed=seed, locale=PSEUDO), clock)
    typed, offered = [], []
    try:
        for step in range(STEPS):
            tapped = offered and choose.random() < (0.95 if step < 6 else 0.65)
            typed.append(choose.choice(offered if tapped else TYPED))
            said = await chat.say(typed[-1])
            for text in bubbles(said[1:]):
                assert unknown(text, typed, clock.now()) == [], text
                assert text.isdigit() or (text[0], text[-1]) == ("⟦", "⟧") or text in typed, text
            rows = [line for line in said if line.startswith("     [")]
            offered = labels(rows[-1]) if rows else offered
    finally:
        await store.close()


def test_a_breakdown_is_told_in_the_persons_language(content):
    """What is said past a broken store, and the place of a contact that the operator left out, are texts too."""
    conversation = Conversation(content, ScriptClock(datetime(2026, 11, 22, tzinfo=UTC)), locale=PSEUDO)

    first, _, card = conversation.fallback("").text.partition("\n\n")

    assert ENGLISH.findall(first) == []
    assert card == helplines.card(None, conversation.clock.now()).text


def test_the_pseudo_language_keeps_what_must_stay():
    """Names, digits, commands and rows are the same, and there are as many words."""
    assert disguise("Say {word}\nor /now, 24 hours.") == "⟦Šååý {word}\nööŕ /now, 24 ĥööüüŕš.⟧"


def test_the_pseudo_language_is_longer(content):
    """A fifth at least, so that it shows where there is no room for another language."""
    english = [wording for each in content.flows.values() for _, wording in each.flow.texts]
    made = content.catalog.words[PSEUDO]

    assert sum(len(made[each.id]) for each in english) > 1.2 * sum(len(each.text) for each in english)


def test_words_that_were_never_a_text_are_found(content):
    """The walk would see a sentence that code says by itself."""
    now = datetime(2026, 11, 22, tzinfo=UTC)

    assert unknown("⟦Ĥéļļö⟧ Old button.", [], now) == ["Old", "button"]
