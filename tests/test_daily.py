"""The check-in itself: what others may read of it, how it varies, and that it is one message."""

import re
from datetime import UTC, datetime

import pytest

from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.model import CONSENT
from bot.plan_words import KINDS
from bot.replies import JOINED, bubbles
from bot.seal import Seal
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from flows.checks import check
from flows.checks.neutral import SECRET, SHOWN
from flows.pack import Pack, read_pack
from flows.shell import Shell
from flows.turn import Offer, Say
from tests.content import write
from tests.serving import CONTENT, everything

ENOUGH = 15  # openings of a kind at a time of day
PARTS = ("morning", "noon", "evening", "night")
LATE = ("evening", "night")
PLACES = [(kind, part) for kind in KINDS for part in (LATE if kind == "evening" else PARTS)]
LASTS = ("after_good", "after_hard", "softly", "away")
FACES = ["😊 Good", "🙂 Okay", "😐 So-so", "🙁 Hard", "😞 Very hard"]
OPENINGS = [f"{kind}_{part}" for kind, part in PLACES] + [*LASTS]
NAGS = re.compile(
    r"\b(?:again today|missed|forgot\w*|haven't|still not|days? in a row|last \d|since you|waiting for"
    r"|remember to|don't forget|please|must|should|promise\w*|proud|keep going)\b",
    re.IGNORECASE,
)


def openings(step, form="plain"):
    line = everything().flows["daily"].flow.steps[step].say[0]
    return [wording.text for wording in line.forms.get(form, line.forms["plain"])]


# --- openings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("step", OPENINGS)
def test_openings_are_many_and_each_stands_once(step):
    """A person who answers daily reads none of them twice within two weeks."""
    assert len(set(openings(step))) == len(openings(step)) >= ENOUGH


def test_no_opening_stands_in_two_places():
    """They are written for their hour and for what was said before."""
    told = [text for step in OPENINGS for text in openings(step)]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("step", OPENINGS)
def test_openings_neither_nag_nor_cheer(step):
    """No count, no blame, no promise, no order."""
    assert [text for text in openings(step) if NAGS.search(text) or "!" in text] == []


@pytest.mark.parametrize("step", OPENINGS)
def test_nobody_is_asked_who_asked_for_no_questions(step):
    """Enough openings are statements."""
    assert [text for text in openings(step, "quiet") if "?" in text] == []
    assert len(openings(step, "quiet")) >= 5


# --- the whole message ----------------------------------------------------------------------------


class Phone:
    """A chat in which a check-in comes."""

    def __init__(self, seed=0):
        self.clock = ScriptClock(datetime(2026, 11, 22, 18, tzinfo=UTC))
        self.store = SqliteStore.in_memory(Seal(b"p" * 32))
        self.chat = PlainChat(self.store, Conversation(everything(), self.clock, seed=seed), self.clock)

    async def shows(self, **known):
        """Return the message that comes, without its buttons, and the labels of those."""
        await self.store.run(lambda tx: self._dress(tx, known))
        said = await self.chat.enter("daily")
        text = "\n".join(line[5:] for line in said if not line.startswith("     ["))
        return text, said[-1].strip()[1:-1].split("] ["), sum(line.startswith("bot: ") for line in said)

    def _dress(self, tx, known):
        person = tx.person_at("terminal", "me")
        person.consent, person.adult = CONSENT, True
        person.way = "quiet" if known.pop("quiet", False) else ""
        person.variables.update({f"checkin_{name}": value for name, value in known.items()})
        tx.save_person(person)


@pytest.fixture
async def phone():
    made = Phone()
    yield made
    await made.store.close()


@pytest.mark.parametrize(("kind", "part"), PLACES)
@pytest.mark.parametrize("last", ["none", "good", "hard", "away"])
async def test_a_locked_phone_shows_nothing_of_it(kind, part, last, phone):
    """For 20 days: the first 60 characters are neutral, and it is one message with at most one question."""
    seen = set()
    for _ in range(20):
        text, labels, messages = await phone.shows(kind=kind, part=part, last=last, name="Ann")
        assert (messages, text.count("?") <= 1, len(text) <= 300) == (1, True, True)
        assert not SECRET.search(text[:SHOWN])
        assert "Ann" not in text[:SHOWN]
        assert labels[-1] == "Not now"
        seen.add(text.partition("\n")[0])
    assert len(seen) >= ENOUGH


@pytest.mark.parametrize("kind", ["day", "phrase"])
async def test_five_faces_with_words_stand_beneath_it(kind, phone):
    """Each can be read aloud, and saying nothing is one of the answers."""
    _, labels, _ = await phone.shows(kind=kind, part="morning")
    assert labels == [*FACES, "Rather not say", "Not now"]


async def test_a_quiet_person_is_asked_nothing(phone):
    """Whatever the kind."""
    for kind, part in PLACES:
        text, _, _ = await phone.shows(kind=kind, part=part, quiet=True)
        assert "?" not in text


@pytest.mark.parametrize("unknown", [{}, {"kind": "path"}, {"part": "dawn"}, {"last": "odd"}])
async def test_a_kind_that_is_not_known_yet_asks_how_the_day_is(unknown, phone):
    """Nobody meets an error for it."""
    _, labels, _ = await phone.shows(**unknown)
    assert labels[:5] == FACES


# --- one message ----------------------------------------------------------------------------------


def test_the_flow_is_told_what_is_joined():
    """The checks count on what is sent."""
    assert set(SHELL.joined) == JOINED


def test_bubbles_of_a_check_in_are_one_message_and_their_veils_move_along():
    """What was kept on an earlier day stays hidden, wherever it stands."""
    first = Say("a", "Good morning.", flow="daily")
    own = Say("b", "“slow”", flow="daily", echo=True, past=((1, 5),))
    last = Say("c", "A face?", (Offer("yes", "Yes"),), flow="daily", step="faces", prompt="1")
    (sent,) = bubbles([first, own, last])

    assert sent.text == "Good morning.\n\n“slow”\n\nA face?"
    assert [sent.text[start:end] for start, end in sent.veiled] == ["slow"]
    assert (sent.echo, [label for label, _ in sent.choices]) == (True, ["Yes"])


def test_bubbles_of_other_talks_stay_apart():
    """Also beside those of a check-in."""
    said = [Say("a", "One.", flow="menu"), Say("b", "Two.", flow="menu"), Say("c", "Three.", flow="daily")]
    assert [sent.text for sent in bubbles(said)] == ["One.", "Two.", "Three."]


# --- the check of first words -----------------------------------------------------------------------

COMES = """
flow: comes
steps:
  start:
    when:
      - {answer: {first_words: given}, to: short}
    to: long
  short: {say: "Hello.", to: body}
  long: {say: "Hello. This one is long enough to fill what a locked phone shows of it.", to: body}
  body: {say: "Your grief, {first_words}.", ask: word, to: end}
"""


def told(tmp_path, text, **shell):
    pack = read_pack(write(tmp_path, comes=text))
    assert isinstance(pack, Pack)
    found = check(pack, Shell(unasked=("comes",), variables=("first_words",), **shell))
    return [each.message.split("'")[1] for each in found if each.code == "F309"]


@pytest.mark.parametrize(
    ("text", "joined", "found"),
    [
        pytest.param(COMES, ("comes",), ["grief", "{first_words}"], id="behind a short opening"),
        pytest.param(COMES.replace("to: short", "to: long"), ("comes",), [], id="behind a long one"),
        pytest.param(COMES.replace("to: short", "to: long"), (), ["grief", "{first_words}"], id="in its own message"),
        pytest.param(COMES.replace('Hello."', 'How sad."'), (), ["sad", "grief", "{first_words}"], id="in a branch"),
    ],
)  # fmt: skip
def test_all_that_a_locked_phone_may_show_is_checked(tmp_path, text, joined, found):
    """Whichever way the flow takes, and whatever stands before it in the same message."""
    assert sorted(told(tmp_path, text, joined=joined)) == sorted(found)


def test_the_bots_own_words_pass_that_check():
    """With warnings counted."""
    found = check(read_pack(CONTENT), SHELL)
    assert [each for each in found if each.code == "F309"] == []
