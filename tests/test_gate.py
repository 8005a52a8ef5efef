"""What stays open after danger was spoken of, and until when: one gate before every practice."""

from datetime import timedelta

import pytest

from bot.danger import note
from bot.model import Person
from flows.checks.neutral import SECRET
from flows.choices import offers
from flows.compiler import compile_content
from flows.diagnostics import ContentError
from flows.guards import ACUTE, GUARDS, LEVELS, SHUT, THOUGHTS, USES
from flows.practice import FRESH, GATE, wrapped
from flows.turn import Facts
from tests.content import write
from tests.danger import NOW, Chat, offered
from tests.serving import everything

REACHED = {"ground", "reach"}  # open in any danger: ADR 16
NUMBERS = [str(n) for n in range(11)]
PRACTICES = sorted(id_ for id_, each in everything().flows.items() if each.flow.kind == "practice")
NEW = """
flow: new
kind: practice
{more}
steps:
  begin: {{say: "It begins.", ask: word, to: end}}
"""
AROUND = {
    "opening": "flow: opening\nkind: part\nsteps:\n  o: {say: 'How heavy?', ask: heavy, to: end}\n",
    "outward": "flow: outward\nkind: part\nsteps:\n  o: {say: 'Out.', to: end}\n",
    "closing": "flow: closing\nkind: part\nsteps:\n  o: {say: 'Done.', to: end}\n",
    "closed": "flow: closed\nkind: part\nsteps:\n  o: {say: 'Closed.', ask: what, to: end}\n",
}


def known(**variables: str) -> Facts:
    return Facts(now=NOW, variables=variables)


def ago(**span: int) -> str:
    return (NOW - timedelta(**span)).isoformat()


async def begun(chat: Chat, flow: str) -> list[str]:
    return await chat.chat.enter(flow)


# --- each practice ------------------------------------------------------------------------


@pytest.mark.parametrize("flow", PRACTICES)
async def test_after_acute_danger_only_grounding_is_open(flow):
    """All else is met with a kind sentence, and what is open."""
    async with Chat(gate=ACUTE, gate_at=NOW.isoformat()) as chat:
        offers = offered(await begun(chat, flow))

    assert ("It has passed" in offers) == (flow not in REACHED)
    assert (offers[:11] == NUMBERS) == (flow in REACHED)


@pytest.mark.parametrize("flow", PRACTICES)
async def test_with_thoughts_of_dying_the_small_ones_stay_open(flow):
    """Long-standing thoughts shut nobody out; help is named before anything else."""
    async with Chat(gate=THOUGHTS, gate_at=NOW.isoformat()) as chat:
        said = await begun(chat, flow)

    is_open = flow in {"break", "touch", "friend", "mindful", *REACHED}
    assert (offered(said)[:11] == NUMBERS) == is_open
    assert not is_open or "elp now" in said[0]


@pytest.mark.parametrize("flow", PRACTICES)
async def test_without_danger_all_are_open(flow):
    """Nothing is said of a gate to anyone else."""
    async with Chat() as chat:
        said = await begun(chat, flow)

    assert offered(said)[:11] == NUMBERS
    assert "elp now" not in said[0]


@pytest.mark.parametrize("door", SHUT)
@pytest.mark.parametrize("flow", PRACTICES)
async def test_another_danger_shuts_what_it_would_stir_up(flow, door):
    """By what a practice says of itself; the person may open it with one tap."""
    uses = set(everything().flows[flow].flow.uses)
    async with Chat(doors=door) as chat:
        said = await begun(chat, flow)
        shut = "Open it" in offered(said)
        if shut:
            await chat.say("Open it")
        again = await begun(chat, flow)

    assert shut == bool(uses & SHUT[door])
    assert offered(again)[:11] == NUMBERS


@pytest.mark.parametrize("level", LEVELS)
def test_a_new_practice_is_shut_until_it_says_otherwise(tmp_path, level):
    """Who writes one need not think of it."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    shut = compile_content(write(tmp_path / "a", new=NEW.format(more=""), **AROUND))
    spared = compile_content(write(tmp_path / "b", new=NEW.format(more=f"open_in: [{level}]"), **AROUND))
    facts = known(gate=level, gate_at=NOW.isoformat())

    found = [each.flows["new"].machine.follow("go", GATE, {}, facts) for each in (shut, spared)]
    assert found == ["shut_", FRESH]


@pytest.mark.parametrize(
    "more", ["open_in: [bad]", "uses: [dogs]", "open_in: acute\nuses: [imagery, dreams]"]
)
def test_what_a_practice_says_of_itself_is_one_of_a_list(tmp_path, more):
    """A slip is named with what can be written there."""
    with pytest.raises(ContentError, match=r"takes (acute, thoughts|imagery, parts)"):
        compile_content(write(tmp_path, new=NEW.format(more=more), **AROUND))


OFFERING = (
    "ask",
    "steady",
    "worded",
    "people",
    "unclear",
    "shown",
)  # questions of the menu that offer practices
STATES = (
    {},
    {"gate": ACUTE, "gate_at": ago(hours=1)},
    {"gate": THOUGHTS, "gate_at": ago(hours=1)},
    *({"doors": door} for door in SHUT),
)


@pytest.mark.parametrize("declined", ["", "break", "friend", "touch", "ground"])
@pytest.mark.parametrize("step", OFFERING)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.get("gate") or state.get("doors") or "calm")
def test_the_menu_offers_nothing_that_is_shut(state, step, declined):
    """Nobody taps what is refused a moment later; without danger all of it is offered."""
    content, facts, answers = everything(), known(**state), {"declined": declined}
    menu = content.flows["menu"].flow
    ways = {choice.id: choice for choice in menu.steps[step].choices}
    shown = {offer.id for offer in offers(content, menu, menu.steps[step], answers, facts)} & ways.keys()
    led = {id_: content.flows.get(choice.sets.get("wish", "")) for id_, choice in ways.items()}
    shut = {id_ for id_, practice in led.items() if practice and gate_of(practice, facts) != FRESH}

    assert not shown & shut
    assert state or not shut
    assert any(led.values())


def gate_of(practice, facts):
    return practice.machine.follow("go", GATE, {}, facts)


async def test_after_acute_danger_the_menu_names_what_is_open():
    """Ground, company, notes, people: nothing is offered and then refused."""
    async with Chat(gate=ACUTE, gate_at=NOW.isoformat()) as chat:
        first = offered(await begun(chat, "menu"))
        further = offered(await chat.say("More choices"))

    assert first == ["Feet and room", "Sit with me", "More choices", "Nothing now"]
    assert further == ["Notes for bad hours", "Help now", "It has passed", "Nothing now"]


def test_only_a_practice_can_be_asked_for_being_open(tmp_path):
    """A slip is named, with what may have been meant."""
    asks = "{{say: 'Hm?', ask: x, choices: [{{id: n, label: N, when: {{open: {}}}}}], to: end}}"
    menu = f"flow: menu\nsteps:\n  a: {asks}\n"
    (tmp_path / "a").mkdir()
    flows = {"new": NEW.format(more=""), **AROUND}
    with pytest.raises(ContentError, match=r"no practice 'nwe'; did you mean 'new'"):
        compile_content(write(tmp_path / "a", menu=menu.format("nwe"), **flows))
    with pytest.raises(ContentError, match=r"no practice 'closed'"):
        compile_content(write(tmp_path, menu=menu.format("closed"), **flows))


def test_only_a_practice_has_a_gate():
    """Quiet company and grounding are always open."""
    sit = everything().flows["sit"].flow
    assert wrapped(sit) is sit


def test_what_is_shut_is_something_that_practices_use():
    """A door that shuts what nobody can name would shut nothing."""
    assert frozenset().union(*SHUT.values()) <= set(USES)


# --- until when ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "holds"),
    [
        pytest.param({}, False, id="nothing was said"),
        pytest.param({"gate": ACUTE, "gate_at": ago(minutes=5)}, True, id="just now"),
        pytest.param(
            {"gate": ACUTE, "gate_at": ago(days=9)}, True, id="days ago, and nobody said it has passed"
        ),
        pytest.param(
            {"gate": ACUTE, "gate_at": ago(hours=23), "passed_at": ago(hours=1)},
            True,
            id="passed, not yet a day",
        ),
        pytest.param(
            {"gate": ACUTE, "gate_at": ago(hours=24), "passed_at": ago(hours=20)},
            False,
            id="passed, and a day",
        ),
        pytest.param({"gate": THOUGHTS, "gate_at": ago(hours=1)}, False, id="thoughts"),
    ],
)
def test_acute_danger_lasts_until_it_was_said_to_have_passed_and_a_day_is_over(variables, holds):
    """Both of them, in any order."""
    assert GUARDS["acute"]({}, known(**variables)) is holds


@pytest.mark.parametrize(
    ("minutes", "holds"),
    [
        pytest.param(2, False, id="at once"),
        pytest.param(3, True, id="three minutes"),
        pytest.param(24 * 60, True, id="a day"),
        pytest.param(24 * 60 + 1, False, id="later"),
    ],
)
def test_after_a_no_the_numbers_are_offered_within_the_day(minutes, holds):
    """Not in the same breath, and not on another day."""
    assert GUARDS["offers_again"]({}, known(no_at=ago(minutes=minutes))) is holds


async def test_help_is_in_view_once_after_a_no():
    """The second practice of the day says no more of it."""
    async with Chat() as chat:
        await chat.say("asks: x", "No", "@+5m")
        first = await begun(chat, "touch")
        second = await begun(chat, "touch")

    assert ("elp now" in first[0], "elp now" in second[0]) == (True, False)


async def test_it_has_passed_is_said_by_word_as_well():
    """Where the gate stands; before the day is over it is noted, after it all is open."""
    async with Chat(gate=ACUTE, gate_at=NOW.isoformat()) as chat:
        await begun(chat, "friend")
        noted = await chat.say("it has passed")
        await chat.say("Enough for now", "@+24h")
        later = await begun(chat, "friend")

    assert "It has passed" not in offered(noted)
    assert offered(later)[:11] == NUMBERS


async def test_thoughts_that_have_passed_open_all_at_once():
    """No day has to be over for them."""
    async with Chat(gate=THOUGHTS, gate_at=NOW.isoformat()) as chat:
        await begun(chat, "closed")
        await chat.say("It has passed")

        assert (await chat.person()).variables["gate"] == ""


async def test_danger_that_comes_back_has_not_passed():
    """What was said before it does not open anything after it."""
    async with Chat(gate=ACUTE, gate_at=ago(hours=30), passed_at=ago(hours=2)) as chat:
        await chat.say("plain: x", "Might soon", "I'm okay for now", "no", "@+25h")

        assert "It has passed" in offered(await begun(chat, "friend"))


def test_a_later_no_changes_nothing():
    """The answer is noted, and the gate stays."""
    person = Person("p")
    note(person, "unanswered", NOW)
    note(person, "no", NOW + timedelta(hours=1))

    assert (person.risk, person.variables["gate"], person.variables["gate_at"]) == (
        "no",
        ACUTE,
        NOW.isoformat(),
    )


# --- other dangers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "doors"), [("voice: x", "psychosis"), ("food: x", "eating"), ("drink: x", None)]
)
async def test_what_shapes_practices_is_noted(words, doors):
    """Only what shuts something is kept."""
    async with Chat() as chat:
        await chat.say(words)
        assert (await chat.person()).variables.get("doors") == doors


async def test_two_of_them_are_both_noted():
    """One does not take the place of the other, and none is there twice."""
    async with Chat() as chat:
        await chat.say("voice: x", "Go on here", "food: x", "Go on here", "voice now", "@+2h", "voice: x")
        assert (await chat.person()).variables["doors"] == "psychosis eating"


async def test_nothing_of_it_is_kept_before_a_yes_to_storage():
    """And which danger it was is forgotten an hour later in any case."""
    async with Chat(consent="") as chat:
        await chat.say("voice: x")
        assert "doors" not in (await chat.person()).variables
        await chat.say("Go on here", "@+2h", "hello")
        assert "door_told" not in (await chat.person()).variables


# --- the line on the next day -----------------------------------------------------------------


async def asks_for_tomorrow(chat: Chat) -> None:
    await chat.say("plain: x", "Might soon", "I'm okay for now", "Yes, write")


async def test_one_line_comes_on_the_next_day_and_no_more():
    """It does not knock, asks nothing, has help beside it, and nothing follows."""
    async with Chat() as chat:
        await asks_for_tomorrow(chat)
        early = await chat.say("@+23h")
        line = await chat.say("@+1h")
        later = await chat.say("@+40d")

    assert (early, later) == ([], [])
    assert len(line) == 2
    assert "?" not in line[0]
    assert offered(line) == ["Help now"]


def test_its_first_words_tell_nothing():
    """A locked phone shows them to anyone; it says that no one reads, and it claims nothing."""
    line = everything().flows["morning"].flow.steps["line"].say[0]

    assert [each.text for each in line.wordings if SECRET.search(each.text[:60])] == []
    assert [each.text for each in line.wordings if "no one reads" not in each.text.lower()] == []


async def test_it_comes_silently_where_nobody_knows_what_time_it_is():
    """Nobody is woken by it."""
    async with Chat() as chat:
        await asks_for_tomorrow(chat)
        chat.clock.move(NOW + timedelta(days=1))
        rows = await chat.chat._exchange.due()

    assert {row.outbound.silent for row in rows if row.outbound.op == "send"} == {True}


async def test_it_comes_although_danger_was_spoken_of_again():
    """It was asked for; what others put aside waits longer."""
    async with Chat() as chat:
        await asks_for_tomorrow(chat)
        await chat.say("@+22h", "plain: x", "Might soon", "I'm okay for now", "no")
        line = await chat.say("@+3h")

    assert offered(line) == ["Help now"]


async def test_it_does_not_come_into_a_talk():
    """It waits until half an hour has passed without a word."""
    async with Chat() as chat:
        await asks_for_tomorrow(chat)
        await chat.say("@+23h55m", "hi")

        assert await chat.say("@+10m") == []
        assert offered(await chat.say("@+1h")) == ["Help now"]


async def test_a_talk_about_danger_that_was_left_open_does_not_keep_it_away():
    """Nobody has to tap the last button for it."""
    async with Chat() as chat:
        await asks_for_tomorrow(chat)
        await chat.say("@+20h", "help now")

        assert offered(await chat.say("@+4h")) == ["Help now"]


async def test_words_after_it_are_heard_like_any_others():
    """Danger in them comes first."""
    async with Chat() as chat:
        await asks_for_tomorrow(chat)
        await chat.say("@+25h")

        assert "Might soon" in offered(await chat.say("plain: x"))


async def test_it_is_not_offered_before_a_yes_to_storage():
    """Nothing could be kept until then, and nothing is promised."""
    async with Chat(consent="") as chat:
        said = await chat.say("plain: x", "Might soon", "skip", "I'm okay for now")

        assert "Yes, write" not in offered(said)
        assert await chat.flows() == []


async def test_nothing_else_comes_by_itself_for_a_day():
    """What waits is held back, also where the question was answered with a no since."""
    async with Chat() as chat:
        await chat.say("plain: x", "Might soon", "I'm okay for now", "no", "@+2h", "asks: x", "No", "stop")
        await chat.store.run(_put_aside)

        assert await chat.say("@+20h") == []
        assert await chat.say("@+3h") != []


def _put_aside(tx):
    person = tx.person_at("terminal", "me").id
    tx.set_timer(person, "aside:friend/keep", 1, NOW + timedelta(hours=3), b'{"frames":[["sit","","sit"]]}')
