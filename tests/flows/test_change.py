"""Flows change while people are inside: the next message leads to a prompt, never to an error or silence."""

import json
import os
import random
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from flows.diagnostics import ContentError
from tests.flows import versions, walks
from tests.flows.generated import compiled, draft

CASES = int(os.environ.get("CASES", "10000"))  # messages that meet a changed flow: CASES=1000000 for a night
MOVES = 25  # of one walk through the old version; from each place one goes on in the new
PARTS = 10
FOLLOWING = 2  # messages after the first one: nobody gets stuck a moment later


def walk(chance, old, new):
    """Yield what goes wrong for a person who walks through the old version and wakes up in the new one."""
    person, place = walks.Person(chance), walks.Place()
    for number in range(MOVES):
        facts = person.facts()
        move = person.move(old, place, facts)
        turn = walks.play(old, walks.here(place).session, move, facts)
        person.reads(turn.effects)
        place = place.after(turn)
        yield from (f"move {number}: {fault}" for fault in wake(chance, new, walks.here(place)))


def wake(chance, new, place):
    """Yield what goes wrong with the next few messages in the new version."""
    person = walks.Person(chance)
    for _ in range(1 + FOLLOWING):
        facts = person.facts()
        move = person.move(new, place, facts)
        turn = walks.play(new, place.session, move, facts)
        fault = walks.fault(new, place, move, turn)
        if fault:
            yield f"{walks.told(move)} at {place.session}: {fault}"
        place = place.after(turn)


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_changed_the_next_message_leads_to_a_prompt(part):
    """For any two versions of a flow and any place in the old one; what a prompt is stands in ``walks.fault``."""
    for seed in range(part, -(-CASES // MOVES), PARTS):
        chance = random.Random(seed)
        old = draft(chance)
        new = versions.later(chance, old)
        with suppress(ContentError):  # only what passes the checks counts; see the last test
            faults = list(walk(chance, compiled(old), compiled(new)))
            assert not faults, (seed, faults, json.dumps(old), json.dumps(new))


@settings(max_examples=-(-CASES // 200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(versions.pairs(), st.randoms(use_true_random=False))
def test_the_smallest_change_that_leaves_somebody_behind(pair, chance):
    """The same law in the hands of Hypothesis: where it is broken, the smallest case is shown."""
    try:
        old, new = map(compiled, pair)
    except ContentError:
        reject()
    assert list(walk(chance, old, new)) == []


def test_what_is_made_up_passes_the_checks():
    """Nearly every content that is made up counts, and so does what it is changed into."""
    refused = 0
    for seed in range(200):
        chance = random.Random(seed)
        old = draft(chance)
        try:
            compiled(versions.later(chance, old)), compiled(old)
        except ContentError:
            refused += 1
    assert refused <= 2
