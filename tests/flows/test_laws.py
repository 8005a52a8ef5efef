"""Laws that hold for every flow, wherever a person is and whatever they do."""

import os
import random
import re
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, reject, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from flows import engine
from flows.change import adopt
from flows.compiler import Content
from flows.diagnostics import ContentError
from flows.engine import Turn
from flows.inputs import take
from flows.limits import DEPTH, STEPS_PER_TURN, TRAIL, WORDS
from flows.machine import SKIP, triggered_choice
from flows.run import Run
from flows.session import from_json
from flows.turn import Back, Chosen, Correct, Do, Facts, Less, More, Repeat, Say, Skip, Text, TimedOut
from tests.flows import versions, walks
from tests.flows.generated import NAMES, compiled, draft
from tests.flows.walks import Begin, LayOver, Move, Person, Place, TakeUp

CASES = int(os.environ.get("CASES", "10000"))  # turns, about: see test_change.py
WALKS = CASES // 50
MOVES = 25
UNFILLED = re.compile(rf"\{{({'|'.join(NAMES)})\}}")


@dataclass(frozen=True)
class Taken:
    """One turn of a walk: what was, what came, and what it led to."""

    content: Content
    place: Place
    move: Move
    facts: Facts
    turn: Turn


@pytest.fixture(scope="module")
def turns():
    """Some thousand turns, through contents of every kind."""
    return [taken for seed in range(WALKS) for taken in walk(random.Random(seed))]


def walk(chance, facts=None):
    """Yield the turns of one walk, all with the same facts, if some are given."""
    content, person, place = compiled(draft(chance)), Person(chance), Place()
    for _ in range(MOVES):
        now = facts or person.facts()
        move = person.move(content, place, now)
        turn = walks.play(content, walks.here(place).session, move, now)
        yield Taken(content, walks.here(place), move, now, turn)
        person.reads(turn.effects)
        place = place.after(turn)


def inputs(turns):
    """Return the turns that came of an input to an open talk."""
    return [
        each for each in turns if each.place.session and not isinstance(each.move, Begin | LayOver | TakeUp)
    ]


# --- every turn -----------------------------------------------------------------------------


def test_the_engine_is_a_pure_function(turns):
    """Same content, session, input and facts: same turn; and the session that was given is as it was."""
    for each in turns:
        given = walks.here(each.place)
        assert walks.play(each.content, given.session, each.move, each.facts) == each.turn
        assert given == each.place


def test_every_turn_gives_the_person_a_prompt(turns):
    """Something is said, and the talk waits for someone, is over, or put aside; see ``walks.fault``."""
    for each in turns:
        assert not walks.fault(each.content, each.place, each.move, each.turn), walks.told(each.move)


def test_no_name_is_left_unfilled(turns):
    """What a person reads never has a {name} of the author's in it."""
    for each in turns:
        offers = [
            offer.label for effect in each.turn.effects if isinstance(effect, Say) for offer in effect.offers
        ]
        assert not [text for text in (*walks.said(each.turn), *offers) if UNFILLED.search(text)]


def test_only_the_last_bubble_has_choices(turns):
    """A person is asked one thing at a time."""
    for each in turns:
        says = [effect for effect in each.turn.effects if isinstance(effect, Say)]
        assert not [say for say in says[:-1] if say.offers]


def test_a_session_stays_within_its_limits(turns):
    """Of the trail, of the depth, and of the words it holds."""
    for session in (each.turn.session for each in turns if each.turn.session):
        assert len(session.frames) <= DEPTH
        assert sum(len(frame.trail) for frame in session.frames) <= TRAIL
        assert all(len(value) <= WORDS for frame in session.frames for value in frame.answers.values())


def test_a_turn_takes_no_more_steps_than_it_may(turns):
    """Whatever goes round is stopped."""
    for each in inputs(turns):
        run = Run(each.content, each.place.session.copy(), each.facts)
        if adopt(run, each.move):
            take(run, each.move)
        assert run.steps <= STEPS_PER_TURN


def test_the_count_of_waits_only_grows(turns):
    """A wait that is over is never taken for a later one."""
    for each in turns:
        before, after = each.place.session, each.turn.session
        if before and after and not isinstance(each.move, Begin):
            assert after.generation >= before.generation


def test_an_action_is_the_last_thing_of_its_turn(turns):
    """Nothing follows before it is done."""
    for each in turns:
        does = [effect for effect in each.turn.effects if isinstance(effect, Do)]
        assert does == [] or each.turn.effects[-1:] == (does[0],)


# --- going back and forth -------------------------------------------------------------------


def test_skip_loses_no_answer(turns):
    """What was said before is still there in every flow that is still open, but for what lives one turn."""
    for each in inputs(turns):
        if isinstance(each.move, Skip) and each.turn.session:
            for before, after in zip(each.place.session.frames, each.turn.session.frames, strict=False):
                if before.flow != after.flow:
                    break
                variables = each.content.flows[before.flow].flow.variables
                short = {name for name, variable in variables.items() if variable.lives == "turn"}
                assert before.answers.keys() - short <= after.answers.keys()


def test_back_restores_the_question_and_the_answers(turns):
    """One answer, then back: the same question with the same choices, and what was known then."""
    tried = 0
    for each in inputs(turns):
        before, after = each.place.session, each.turn.session
        if not _answered(before, after) or walks.step_of(each.content, before).rests:
            continue
        turn = engine.resume(each.content, after, Back(), each.facts)
        assert turn.session.top.step == before.top.step
        assert turn.session.top.answers == before.top.answers
        assert turn.session.top.trail == before.top.trail
        says = [effect for effect in turn.effects if isinstance(effect, Say)]
        assert list(says[-1].offers) == engine.offers(each.content, before, each.facts)
        tried += 1
    assert tried > WALKS


def _answered(before, after):
    """Whether an answer led to another question, with no call or action between."""
    if after is None or before.picking or before.ahead or len(before.frames) != len(after.frames):
        return False
    trail = [*before.top.trail, None]
    grown = before.top.flow == after.top.flow and len(after.top.trail) == len(trail)
    return grown and after.top.trail[:-1] == trail[:-1] and after.top.trail[-1].step == before.top.step


def test_the_same_answer_given_again_leads_to_the_same_place():
    """Who changes an answer to what it was, is where they were, with all later answers."""
    tried, facts = 0, Facts()
    for seed in range(2 * WALKS):
        for each in walk(random.Random(seed), facts):
            session = each.turn.session
            if session is None or session.picking or session.ahead or session.unanswered:
                continue
            for place, answered in enumerate(session.top.trail):
                again = _again(each.content, session, answered, place)
                if again and _corrected(each.content, session, place, facts, again):
                    tried += 1
    assert tried > WALKS


def _again(content, session, answered, place):
    """Return the input that gives an answer again, None where a clock gave it."""
    step = content.flows[session.top.flow].flow.steps[answered.step]
    if answered.by == SKIP:
        return Skip()
    if triggered_choice(answered.by):
        return Chosen(triggered_choice(answered.by))
    name = step.ask.name if step.ask else f"{step.offers}_chosen"
    held = [
        answered.also,
        *(values for old in session.top.trail[place + 1 :] for values in (old.before, old.also)),
    ]
    value = next((values[name] for values in held if name in values), session.top.answers.get(name))
    return Text(value) if value and (step.ask or step.offers) else None


def _corrected(content, session, place, facts, again):
    """Change an answer to what it was; False where it is not among those that are offered."""
    asked = engine.resume(content, session, Correct(), facts)
    if not asked.session.picking or f"a{place}" not in [
        offer.id for offer in engine.offers(content, asked.session, facts)
    ]:
        return False
    put = engine.resume(content, asked.session, Chosen(f"a{place}"), facts)
    turn = engine.resume(content, put.session, again, facts)
    assert turn.session.top.step == session.top.step
    assert turn.session.top.answers == session.top.answers
    assert turn.session.top.trail == session.top.trail
    return True


# --- stored at any moment -------------------------------------------------------------------


class Stored(RuleBasedStateMachine):
    """A session is the same after it was stored and loaded, in any state of any flow."""

    @initialize(pair=versions.pairs(), flow=st.integers(0, 4))
    def begins(self, pair, flow):
        try:
            self.content, self.new = map(compiled, pair)
        except ContentError:
            reject()
        self.place, self.seed = Place(), 0
        flows = list(self.content.flows)
        self.moves(Begin(flows[flow % len(flows)]))

    def moves(self, move):
        """Make a move, once with the session and once with what was stored of it."""
        self.seed += 1
        facts = Facts(seed=self.seed)
        session = self.place.session
        loaded = from_json(session.to_json()) if session else None
        assert loaded == session
        turn = walks.play(self.content, session, move, facts)
        assert walks.play(self.content, loaded, move, facts) == turn
        assert not walks.fault(self.content, self.place, move, turn)
        self.place = self.place.after(turn)
        if self.place.doing:
            self.moves(walks.Done({"what": "found"}))

    @rule(text=st.sampled_from(walks.TYPED) | st.text(max_size=20))
    def types(self, text):
        self.moves(Text(text))

    @rule(number=st.integers(0, 4), old=st.booleans())
    def taps(self, number, old):
        offers = engine.offers(self.content, self.place.session, Facts()) if self.place.session else []
        if offers:
            prompt = "old" if old else self.place.session.prompt
            self.moves(Chosen(offers[number % len(offers)].id, prompt))

    @rule(given=st.sampled_from([Back(), Skip(), Correct(), Less(), More(), Repeat()]))
    def asks(self, given):
        self.moves(given)

    @rule(late=st.booleans())
    def waits(self, late):
        if self.place.session:
            self.moves(TimedOut(self.place.session.generation - late))

    @rule(flow=st.integers(0, 9))
    def is_laid_over(self, flow):
        flows = list(self.content.flows)
        self.moves(LayOver(flows[flow % len(flows)]))

    @rule(number=st.integers(0, 2))
    def is_taken_up(self, number):
        if self.place.asides:
            self.moves(TakeUp(self.place.asides[number % len(self.place.asides)]))

    @rule()
    def changes(self):
        self.content = self.new

    @invariant()
    def is_the_same_when_loaded(self):
        session = getattr(self, "place", Place()).session
        assert session is None or from_json(session.to_json()) == session


TestStored = Stored.TestCase
TestStored.settings = settings(
    max_examples=-(-CASES // 200),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
