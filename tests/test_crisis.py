"""What is done with words of danger: where they lead, what is never said, and that nobody gets out without the card."""

import random
import re
from itertools import pairwise

import pytest

from bot.alarm import RISKY
from bot.shell import SHELL
from flows.guards import ACUTE, THOUGHTS
from flows.turn import Heard
from flows.walk.report import walk
from tests.danger import TOLD, UNTOLD, Chat, offered
from tests.serving import everything

PATH = ("crisis", "direct", "door", "helpnow", "safer", "told", "tomorrow", "morning", "closed")
CARD = re.compile(r"\b112\b|your local emergency number|findahelpline\.com")
LAST = (
    "stop",
    "menu",
    "/menu",
    "you misunderstood",
    "leave me alone",
    "skip",
    "back",
    "less",
    "more",
    "/start",
)
WORDS = (
    "yes", "no", "maybe", "idk", "why", "i'm fine", "i was joking", "ok", "huh", "blorp", "ireland", "germany",
    "i cant call", "can i text", "nothing has happened", "it's only a thought", "she's calling", "they're here",
    "no you misunderstood", "no i mean it", "can i just talk", "it has passed", "dont tell my mum", "i feel ok though",
    "i feel so bad", "you are useless", "thanks", "never mind", "ground me", "7", "x" * 300, "/settings", "/privacy",
)  # fmt: skip


@pytest.fixture
async def chat():
    async with Chat() as chat:
        yield chat


# --- what is said -------------------------------------------------------------------------


@pytest.mark.parametrize("flow", PATH)
def test_no_wording_names_a_way_an_illness_or_a_promise(flow):
    """Whatever form and whatever button: all words of the path are read."""
    texts = [wording.text for _, wording in everything().flows[flow].flow.texts]

    assert [text for text in texts if UNTOLD.search(text.replace("\u2019", "'"))] == []


@pytest.mark.parametrize("flow", ["crisis", "door", "safer", "told", "helpnow"])
def test_nobody_is_sent_to_a_person_who_may_not_be_safe(flow):
    """A person to go to is one "you feel safe with", wherever one of the person's own is meant."""
    texts = [wording.text for _, wording in everything().flows[flow].flow.texts]

    named = [text for text in texts if re.search(r"\b(?:friend|family|trusted?)\b", text)]
    assert [text for text in named if "feel safe with" not in text] == []


def test_every_way_through_leads_somewhere():
    """No turn is silent, none goes round for ever, and no step is without a way on."""
    report = walk(everything(), SHELL, [*PATH], strolls=80)
    meant = {("hide", "silent")}  # the chat is emptied, and the shell leaves one line in it

    assert [each for each in report.findings if each.error and (each.flow, each.kind) not in meant] == []


# --- nobody gets out without the card -------------------------------------------------------


@pytest.mark.parametrize("seed", range(50))
async def test_nobody_leaves_before_the_card_was_shown(seed):
    """Twenty people each, with any kind of danger, who tap and type what they like: not one gets by it."""
    choose = random.Random(seed)
    without = []
    for attempt in range(20):
        async with Chat(
            seed=choose.getrandbits(16), consent=choose.choice(("yes", "")), country="IE"
        ) as chat:
            begin = choose.choice([*TOLD])
            said = await chat.say(*choose.choice(((), ("hi",), ("i hate myself", "Yes"))), f"{begin} words")
            told, tried = " ".join(said), [begin]
            for _ in range(12):
                if not RISKY & set(await chat.flows()):
                    break
                labels = [label for label in offered(said) if label != "Empty this chat"]
                tapped = labels and choose.random() < 0.6
                tried.append(choose.choice(labels if tapped else choose.choice((WORDS, WORDS, LAST))))
                said = await chat.say(tried[-1])
                told += " ".join(said)
            if not RISKY & set(await chat.flows()) and not CARD.search(told):
                without.append((attempt, tried))
            assert "{" not in told, tried
    assert without == []


@pytest.mark.parametrize("begin", TOLD)
async def test_every_danger_is_met_with_few_words_and_a_way_on(chat, begin):
    """At most three bubbles, and choices beneath the last one."""
    said = await chat.say(f"{begin} words")

    assert 1 <= sum(line.startswith("bot: ") for line in said) <= 3
    assert offered(said)


# --- where words lead -----------------------------------------------------------------------


async def test_what_has_begun_is_not_asked_about(chat):
    """The number first, a person near, and no question."""
    said = await chat.say("begun: i have done it")

    assert said[0].startswith("bot: Please call 112 now.")
    assert not any("?" in line for line in said)


async def test_what_has_begun_comes_before_whatever_is_asked(chat):
    """In the direct question, in the three, in the lines, at a door: the call, and not the question again."""
    for before in (["asks: x"], ["plain: x"], ["plain: x", "Might soon"], ["help now"], ["hit: x"]):
        async with Chat() as other:
            await other.say(*before)
            assert (await other.say("begun: now"))[0].startswith("bot: Please call 112 now."), before


@pytest.mark.parametrize("guess", ["maybe now: x", "maybe hit: x"])
async def test_a_guess_does_not_change_whose_danger_it_is(chat, guess):
    """While somebody else is spoken of, and for an hour after, only what is sure leads elsewhere."""
    await chat.say("other: my friend")
    said = await chat.say(guess)
    assert "door" in await chat.flows()
    assert not said[0].startswith("bot: Please call 112 now.")

    await chat.say("menu", guess)
    assert not {"crisis", "door"} & {*await chat.flows()}


async def test_a_guess_counts_where_nothing_else_was_said(chat):
    """Somebody who comes with it is believed."""
    assert (await chat.say("maybe now: x"))[0].startswith("bot: Please call 112 now.")


async def test_said_again_while_help_is_called_the_call_is_named_again(chat):
    """It does not begin anew."""
    await chat.say("begun: i have done it", "Help is coming")

    said = await chat.say("begun: it is getting worse")
    assert offered(said) == ["Help is coming", "The numbers", "Nothing has happened"]
    assert "112" in said[0]


async def test_what_is_set_for_later_is_not_met_as_if_it_had_begun(chat):
    """Lines, people and distance; nobody is told to say what happened, or to open a door."""
    later = Heard("crisis", "suicide", intent="crisis", begun=True, beside=frozenset({"planned"}))
    async with Chat() as other:
        other.door.hear = lambda text: later if text == "on friday" else Heard()
        said = " ".join(await other.say("on friday"))
        gate = (await other.person()).variables["gate"]

    assert ("116 123" in said, "someone you feel safe with" in said, gate) == (True, True, ACUTE)
    assert not re.search(r"what happened|[Uu]nlock", said)


@pytest.mark.parametrize("words", ["Nothing has happened", "it's only a thought", "i haven't done anything"])
async def test_an_alarm_can_be_taken_back_by_whoever_did_nothing(chat, words):
    """The lines stay, the call goes, and the day stays with steady things."""
    await chat.say("begun: i have done it")

    said = await chat.say(words)
    assert "116 123" in said[0]
    assert "Nothing has happened" not in offered(said)
    assert (await chat.person()).variables["gate"] == ACUTE


async def test_an_alarm_taken_back_comes_again_when_it_begins(chat):
    """What is told afterwards counts anew."""
    await chat.say("begun: i have done it", "Nothing has happened")

    assert (await chat.say("begun: now i have"))[0].startswith("bot: Please call 112 now.")


async def test_taking_back_in_other_words_needs_one_tap(chat):
    """That it was nothing may be said out of fear: the number stays, and the button beside it."""
    await chat.say("begun: i have done it")

    said = await chat.say("never mind, im fine")
    assert ("112" in said[0], "Nothing has happened" in offered(said)) == (True, True)


async def test_nothing_is_said_twice_in_a_row_while_the_call_is_named(chat):
    """Whatever is typed, and however often: two replies that follow each other are never the same."""
    await chat.say("begun: i have done it")
    typed = ("i cant call", "blorp", "you keep saying the same thing", "i feel ok though", "im sorry")
    said = [await chat.say(line) for line in (*typed, *(each for each in typed for _ in range(4)))]

    assert [one for one, other in pairwise(said) if {*one[:-1]} & {*other[:-1]}] == []


async def test_a_guess_at_danger_does_not_silence_what_was_said(chat):
    """A plea is answered, also where a model alone hears danger in it; a plain sentence leads."""
    guess = Heard("crisis", "suicide", intent="crisis", sure=False, beside=frozenset({"dont_tell"}))
    await chat.say("asks: x")
    chat.door.hear = lambda text: guess
    told = " ".join(await chat.say("pls dont tell my mom"))
    chat.door.hear = lambda text: Heard("crisis", "suicide", intent="crisis", beside=guess.beside)
    plain = await chat.say("dont tell them i want to die")

    assert "you feel safe with" in told
    assert "Might soon" in offered(plain)


async def test_a_plain_statement_gets_the_lines_before_the_three(chat):
    """The direct question after it would be a strange one."""
    said = await chat.say("plain: i want to die")

    assert [line for line in said if "116 123" in line]
    assert not any("Are you having thoughts" in line for line in said)
    assert offered(said) == ["Already done something", "Might soon", "Thoughts, not now", "None of these"]


async def test_nothing_that_was_open_goes_on_after_danger(chat):
    """A practice is left for good; a no to the question lets it go on."""
    await chat.say(
        "Something hurts", "5", "asks: x", "Yes", "Thoughts, not now", "I'm okay for now", "No, thanks"
    )
    assert await chat.flows() == []

    async with Chat() as other:
        await other.say("hello", "Something hurts", "5", "asks: x", "No")
        assert "break" in await other.flows()


async def test_the_three_are_asked_once_an_hour(chat):
    """Said again soon, it is met with the lines and a person; said again later, it may be different by then."""
    await chat.say("plain: x", "Thoughts, not now", "I'm okay for now", "no")
    soon = await chat.say("plain: x")
    await chat.say("I'm okay for now", "no", "@+61m")
    later = await chat.say("plain: x")

    assert ("Might soon" in offered(soon), "Might soon" in offered(later)) == (False, True)
    assert any("116 123" in line for line in soon)


async def test_long_standing_thoughts_are_not_made_acute_by_being_told_again(chat):
    """Whoever answered "thoughts, not now" a while ago is not shut out for saying them once more."""
    await chat.say(
        "plain: x", "Thoughts, not now", "I'm okay for now", "no", "asks: x", "I'm okay for now", "no"
    )

    assert (await chat.person()).variables["gate"] == THOUGHTS


async def test_the_same_other_danger_is_met_once_an_hour(chat):
    """Whoever goes on telling of it is heard, with help named beside it; another danger has its own door."""
    await chat.say("hit: x", "Go on here")

    again = await chat.say("hit: x")
    other = await chat.say("food: x")
    await chat.say("Go on here", "@+61m")
    later = await chat.say("hit: x")

    assert ("Quiet ways" in offered(again), "Quiet ways" in offered(later)) == (False, True)
    assert any("Help now" in line or "help now" in line for line in again)
    assert "Go on here" in offered(other)


@pytest.mark.parametrize("kind", ["hit", "rage", "other"])
async def test_what_has_become_grave_brings_the_call(chat, kind):
    """A danger that is talked about already, and is happening now, is met anew."""
    await chat.say(f"{kind}: x")

    assert "112" in (await chat.say(f"{kind} now: x"))[0]


async def test_danger_is_counted_by_its_kind_and_year_alone(chat):
    """No day, no id; a card is counted when it was shown, not when a country was looked for in vain."""
    async with Chat(country="") as other:
        await other.say("hit: x", "food: x", "help now", "Zebra")
        rows = await other.store.run(lambda tx: tx._db.execute("SELECT * FROM tally").fetchall())

    assert sorted(rows) == [
        ("door abuse", "2026", 1),
        ("door eating", "2026", 1),
        ("help card", "2026-11-22", 3),
    ]


async def test_a_deep_wound_is_a_matter_of_now(chat):
    """What has begun and may kill is not asked about, whatever it was meant as."""
    assert (await chat.say("deep: x"))[0].startswith("bot: Please call 112 now.")


async def test_an_illness_is_no_danger_of_ones_own_making(chat):
    """The call, and afterwards no gate and no line the next day."""
    await chat.say("body: x", "Help is coming", "They're here")

    person = await chat.person()
    assert (person.risk, person.variables.get("gate")) == ("", None)
    assert await chat.flows() == []


async def test_longing_for_the_dead_is_asked_about(chat):
    """Never passed over, never taken for a plan."""
    said = await chat.say("longing: i want to be with her")

    assert any("Are you having thoughts of ending your life?" in line for line in said)


@pytest.mark.parametrize(
    ("way", "gate"),
    [
        pytest.param(["asks: x", "stop"], ACUTE, id="stop at the question"),
        pytest.param(["asks: x", "/menu"], ACUTE, id="menu at the question"),
        pytest.param(["asks: x", "Rather not say"], ACUTE, id="no answer"),
        pytest.param(["asks: x", "hide"], ACUTE, id="the chat was emptied"),
        pytest.param(["asks: x", "Yes", "stop"], ACUTE, id="stop at the three"),
        pytest.param(["plain: x", "/menu"], ACUTE, id="menu at the three"),
        pytest.param(["plain: x", "you misunderstood"], ACUTE, id="said plainly, and taken back"),
        pytest.param(["plain: x", "i was joking"], ACUTE, id="a joke"),
        pytest.param(["plain: x", "None of these"], ACUTE, id="none of them"),
        pytest.param(["plain: x", "Might soon"], ACUTE, id="soon"),
        pytest.param(["plain: x", "blorp"], ACUTE, id="not understood"),
        pytest.param(["plain: x", "Thoughts, not now"], THOUGHTS, id="thoughts"),
        pytest.param(["asks: x", "No"], None, id="no"),
        pytest.param(["asks: x", "you misunderstood"], None, id="misunderstood"),
        pytest.param(["asks: x", "no lol you misunderstood. i mean this town"], None, id="in other words"),
        pytest.param(["asks: x", "no i told u i dont want to die"], None, id="a no with a reason"),
        pytest.param(
            ["asks: x", "dont tell my mum", "are they going to be mad"], ACUTE, id="no answer twice"
        ),
        pytest.param(
            ["plain: x", "no you misunderstood, i mean in the game"], ACUTE, id="plain, then put right"
        ),
        pytest.param(["plain: x", "can i just talk normal"], ACUTE, id="plain talk is wanted"),
        pytest.param(["plain: x", "it's only a thought"], THOUGHTS, id="only a thought"),
    ],
)
async def test_each_answer_shuts_what_it_should(chat, way, gate):
    """No answer, and any that is unclear, counts as the graver one; a no shuts nothing."""
    await chat.say(*way)

    assert (await chat.person()).variables.get("gate") == gate


async def test_a_no_erases_nothing_that_was_said_before(chat):
    """The gate stands, and so does its day."""
    await chat.say("plain: x", "Might soon", "I'm okay for now", "no", "@+2h", "asks: x", "No")

    noted = (await chat.person()).variables
    assert (noted["gate"], noted["gate_at"][:13]) == (ACUTE, "2026-11-22T18")


async def test_thoughts_do_not_make_an_acute_hour_less(chat):
    """Said after it, they leave the gate as it was."""
    await chat.say("plain: x", "Might soon", "I'm okay for now", "no", "@+2h")
    await chat.say("asks: x", "Yes", "Thoughts, not now")

    assert (await chat.person()).variables["gate"] == ACUTE


async def test_start_does_not_lead_out_of_a_question_about_danger(chat):
    """It is put again, and nothing is laid over it."""
    await chat.say("asks: x")

    assert offered(await chat.say("/start")) == ["Yes", "No", "Not sure", "Rather not say"]


async def test_a_corrected_message_is_looked_at_too(chat):
    """What was edited into danger is met."""
    assert "crisis" in await _after_edit(chat, "plain: i want to die")


async def _after_edit(chat, text):
    from bot.model import Arrival, Inbound, Pending

    await chat.say("hello")
    heard = chat.door.hear(text)

    def edit(tx):
        (pending,) = tx.arrive([Arrival("terminal", 1, "me", b"{}")])
        assert isinstance(pending, Pending)
        return chat.door.receive(tx, pending, Inbound("edited", text=text), heard)

    await chat.store.run(edit)
    return await chat.flows()
