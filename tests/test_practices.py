"""What every practice has in common, over the real content: its forms, its ways out, its kind end, its first step."""

from datetime import UTC, datetime

import pytest

from bot.channels.exchange import CHANNEL
from bot.channels.plain import PlainChat, ScriptClock
from bot.conversation import Conversation
from bot.seal import Seal
from bot.shell import SHELL
from bot.store.sqlite import SqliteStore
from bot.workshop.stage import WHO, find_session
from flows import engine
from flows.compiler import compile_content
from flows.figures import VARIED
from flows.reading import WORDS_A_MINUTE, words
from flows.session import Frame, Session
from flows.turn import WARMTHS, Chosen, Do, Done, Facts, Heard, Say, Skip, Text, TimedOut

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AROUND = ("opening", "outward", "closing", "minute", "concrete")  # what a practice may lead through
COOL = {  # practices without a tender form, and why: who chose "tender" reads the warm one
    "box": "counting breaths is said the same to all",
    "fierce": "firm: anger is not spoken to softly",
    "ground": "outward and awake, where warmer words can make it worse",
}
FIXED = {  # lines that are met again with fewer than three wordings, and why
    "break/why": "an explanation, said where somebody asks for it",
    "friend/thought_why friend/who_why friend/words_why": "the same",
    "friend/both friend/both_it friend/one friend/one_it": "the person's own words, side by side",
    "reach/first_for reach/first_own reach/first_while": "a sentence to send to a doctor, by what was answered",
    "reach/shown reach/bare": "the card with numbers",
}
OUTWARD = {"minute", "concrete"}  # flows that look at the room or at a thing
DECLINED = {"no", "skip"}
SECONDS = 30  # from the number to the first useful step


@pytest.fixture(scope="module")
def content():
    return compile_content(shell=SHELL)


PRACTICES = tuple(
    id_ for id_, each in compile_content(shell=SHELL).flows.items() if each.flow.kind == "practice"
)


# --- forms ------------------------------------------------------------------------------------


def own_lines(flow):
    """Return the bubbles that are written in a practice's own file, with where each is said."""
    return [
        (step.id, line)
        for step in flow.steps.values()
        for line in step.say
        if any(wording.id.startswith(f"{flow.id}/") for wording in line.wordings)
    ]


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_practice_is_said_in_every_warmth(content, practice):
    """Plain, warm, tender, and without questions; what has no tender form says why."""
    forms = {form for _, line in own_lines(content.flows[practice].flow) for form in line.forms}

    assert {*WARMTHS, "quiet"} - forms <= ({"tender"} if practice in COOL else set())


@pytest.mark.parametrize("practice", PRACTICES)
def test_what_is_met_again_has_three_wordings(content, practice):
    """In each form; but where the words are the person's own, or have to be the same each time."""
    fixed = {place for places in FIXED for place in places.split()}
    flow = content.flows[practice].flow

    few = {
        f"{practice}/{step}/{form}"
        for step, line in own_lines(flow)
        if not line.once and f"{practice}/{step}" not in fixed
        for form, wordings in line.forms.items()
        if len(wordings) < VARIED
    }

    assert few == set()


# --- ways out ---------------------------------------------------------------------------------


def waiting(content, practice):
    """Return every place where somebody in a practice is waited for: in it, in what it calls, in what surrounds it."""
    called = {step.call for step in content.flows[practice].flow.steps.values()} & content.flows.keys()
    surround = [id_ for id_ in content.flows if id_ in {*called, *AROUND} - {"closed", "pause"}]
    for id_ in (practice, *surround):
        beneath = [] if id_ == practice else [frame(content, practice, "open_")]
        steps = content.flows[id_].flow.steps.values()
        yield from ([*beneath, frame(content, id_, step.id)] for step in steps if step.waits)


def frame(content, flow, step):
    return Frame(flow, content.flows[flow].flow.hash, step)


async def at_each(content, practice, typed):
    """Yield where somebody stood, what they were told there, and where they are then."""
    clock = ScriptClock(NOON)
    store = SqliteStore.in_memory(Seal(b"w" * 32))
    chat = PlainChat(store, Conversation(content, clock, seed=4, contact="ask@example.org"), clock)
    try:
        for frames in waiting(content, practice):
            body = Session(frames).to_json()
            await store.run(lambda tx, body=body: tx.save_session(tx.person_at(CHANNEL, WHO).id, body))
            _, *told = await chat.say(typed)
            yield f"{frames[-1].flow}/{frames[-1].step}", told, await store.run(find_session)
    finally:
        await store.close()


@pytest.mark.parametrize("practice", PRACTICES)
async def test_stop_ends_a_practice_at_every_step(content, practice):
    """One word, from wherever somebody is waited for, and the talk is over."""
    seen = [(at, bool(told), after) async for at, told, after in at_each(content, practice, "stop")]

    assert [at for at, told, after in seen if after is not None or not told] == []
    assert len(seen) > len(AROUND)


@pytest.mark.parametrize("practice", PRACTICES)
async def test_help_is_there_at_every_step(content, practice):
    """“Help now” brings people to turn to, whatever else was asked."""
    without = [
        at
        async for at, told, _ in at_each(content, practice, "help now")
        if not any("local emergency number" in line for line in told)
    ]

    assert without == []


# --- ache and numb ----------------------------------------------------------------------------


def taps(session, offers):
    """Return what somebody may do at a question: each with whether they decline by it."""
    yield from ((Chosen(each.id, session.prompt), each.id in DECLINED) for each in offers)
    yield Skip(), True
    yield TimedOut(session.generation), False
    yield Text("it hurts"), False


def ends(content, session, facts):
    """Yield how a talk can end from here: whether it went outward, and whether that was declined."""
    todo, seen = [(session, False, False)], set()
    while todo:
        here, outward, declined = todo.pop()
        top = here.frames[-1] if here else None
        outward |= top is not None and (top.flow in OUTWARD or (top.flow, top.step) == ("closing", "numb"))
        place = (*((each.flow, each.step) for each in here.frames), outward, declined) if here else ()
        if here is None:
            yield outward, declined
        elif place not in seen:
            seen.add(place)
            for given, refused in taps(here, engine.offers(content, here, facts)):
                pain = Heard(intent="distress") if isinstance(given, Text) else Heard()
                turn = acted(content, engine.resume(content, here, given, with_heard(facts, pain)), facts)
                todo.append((turn.session, outward, declined or refused))


def with_heard(facts, heard):
    return Facts(now=facts.now, quiet=facts.quiet, variables=facts.variables, heard=heard)


def acted(content, turn, facts):
    """Return a turn with its actions done; they find nothing."""
    while turn.session and any(isinstance(effect, Do) for effect in turn.effects):
        turn = engine.resume(content, turn.session, Done({}), facts)
    return turn


def closing(content, practice, after, felt, heard=None):
    """Return where somebody stands who has said how heavy it is now, and what it is like."""
    facts = Facts(now=NOON, variables={"heavy": "4", "practice": practice, "consent": "yes"})
    turn = engine.begin(content, "closing", facts)
    turn = engine.resume(content, turn.session, Text(after), facts)
    given = Chosen(felt, turn.session.prompt) if not heard else Text("it hurts")
    said = engine.resume(content, turn.session, given, with_heard(facts, heard or Heard()))
    return acted(content, said, facts).session, facts


@pytest.mark.parametrize(
    ("after", "felt", "heard"),
    [
        pytest.param("4", "ache", None, id="ache"),
        pytest.param("4", "numb", None, id="numb"),
        pytest.param("6", "ease", None, id="two heavier, though ease was tapped"),
        pytest.param("9", "numb", None, id="heavier and numb"),
        pytest.param("4", "", Heard(intent="distress"), id="pain in words"),
    ],
)
@pytest.mark.parametrize("practice", PRACTICES)
def test_after_an_ache_everybody_is_led_outward(content, practice, after, felt, heard):
    """Or said no to it: nobody is left with a practice that hurt, or that they were far away in."""
    session, facts = closing(content, practice, after, felt, heard)
    found = list(ends(content, session, facts))

    assert found
    assert [each for each in found if each == (False, False)] == []


# --- the first useful step --------------------------------------------------------------------


def first(content, practice, number, facts):
    """Return what is said after the number, up to the first question of the practice."""
    turn = acted(content, engine.begin(content, practice, facts), facts)
    assert turn.session.frames[-1].flow == "opening"
    turn = acted(content, engine.resume(content, turn.session, Text(number), facts), facts)
    return turn.session.frames[-1], [effect for effect in turn.effects if isinstance(effect, Say)]


@pytest.mark.parametrize("practice", PRACTICES)
@pytest.mark.parametrize("number", ["0", "5", "9"])
def test_the_first_useful_step_comes_within_half_a_minute(content, practice, number):
    """All that is read after the number, that step with it, takes a tired reader no longer."""
    ways = [(warmth, False, False) for warmth in WARMTHS] + [("plain", True, False), ("plain", False, True)]
    for seed in range(12):
        for warmth, quiet, cheer in ways:
            facts = Facts(now=NOON, seed=seed, warmth=warmth, quiet=quiet, cheer=cheer)
            frame, said = first(content, practice, number, facts)
            count = sum(len(words(each.text)) for each in said)

            assert frame.flow not in {"opening", "closing"}
            assert count * 60 / WORDS_A_MINUTE <= SECONDS, (seed, warmth)
