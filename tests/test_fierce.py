"""The first question of the firm practice, whether this person could hurt them, is never left out or passed by."""

import pytest

from flows.answers import NO, simplify
from flows.model import END, LEAVE, OVER
from flows.practice import CLOSE, OPEN, WORSE
from tests.danger import Chat, offered
from tests.serving import everything

FLOW = everything().flows["fierce"].flow
AWAY = {f"{LEAVE}door", f"{LEAVE}leave", f"{LEAVE}loss"}  # where no practice goes on
FIRST = next(
    step for step in FLOW.steps.values() if step.id == FLOW.steps[OPEN].to and (step.choices or step.ask)
)


def is_no(branch):
    """Whether a branch is for typed words that are a clear no, and for nothing else."""
    words = [word for _, allowed in branch.condition.answers for word in allowed]
    return bool(words) and all(simplify(word) in NO for word in words)


def noes(step):
    """The places to which a clear no leads from a question: by its button, or by words that are one."""
    by_button = {choice.to or step.to for choice in step.choices if choice.id == "no"}
    return by_button | {branch.to for branch in step.when if is_no(branch)}


def ways(step, noted, *, no):
    """Every way on from a step, with what is noted then; branches on what was noted are decided, all others taken.

    Without ``no``, those are left out that a clear no opens.
    """
    noted = {**noted, **step.sets}
    for branch in step.when:
        told = [noted[name] in allowed for name, allowed in branch.condition.answers if name in noted]
        if all(told) and (no or not is_no(branch)):
            yield branch.to, noted
        if told and all(told) and not (branch.condition.heard or branch.condition.guard):
            return
    choices = [choice for choice in step.choices if no or choice.id != "no"]
    yield from ((choice.to or step.to, {**noted, **choice.sets}) for choice in choices)
    further = [step.to, step.skip, step.after.to if step.after else ""]
    yield from ((to, noted) for to in further if to)


def reached(begin, *, no):
    """Every step that can be reached from some, and every way out of these."""
    found, out, todo = set(), set(), [(id_, {}) for id_ in begin]
    while todo:
        id_, noted = todo.pop()
        if id_ not in FLOW.steps or id_ == WORSE:  # an ache ends it, at any step
            out |= set() if id_.startswith(OVER) or id_ == WORSE else {id_}
        elif (id_, *sorted(noted.items())) not in found:
            found.add((id_, *sorted(noted.items())))
            todo += ways(FLOW.steps[id_], noted, no=no)
    return {id_ for id_, *_ in found}, out


def test_the_question_comes_before_all_else():
    """The practice begins with it: its first own step asks, and has a no among its answers."""
    assert noes(FIRST)


def test_only_a_clear_no_opens_the_practice():
    """Every other way, whatever is tapped, typed, skipped or waited for, ends at the door for abuse or outside."""
    guarded, out = reached([FIRST.id], no=False)
    firm, _ = reached(noes(FIRST), no=True)
    shared = {FLOW.steps[id_].id for id_ in guarded & firm}  # such as what is said to anger, at any step

    assert not any(FLOW.steps[id_].choices or FLOW.steps[id_].ask or FLOW.steps[id_].after for id_ in shared)
    assert CLOSE not in guarded
    assert END not in out
    assert f"{LEAVE}door" in out
    assert out <= AWAY


@pytest.mark.parametrize(
    "said", ["yes", "not sure", "skip", "maybe", "idk", "sometimes", "hm", "he would find it"]
)
async def test_whoever_is_not_sure_is_led_to_people(said):
    """Once asked and, where that was not clear, asked again: nothing firm is proposed."""
    async with Chat() as chat:
        await chat.chat.enter("fierce")
        await chat.say("5", said)
        if FLOW.id in await chat.flows():
            await chat.say("skip")
        assert "fierce" not in await chat.flows()
        assert "door" in await chat.flows()


@pytest.mark.parametrize("way", ["", "quiet", "cheer", "short"])
async def test_the_question_is_asked_in_every_way_of_being_there(way):
    """Somebody who wants no questions, or few words, meets it too."""
    async with Chat() as chat:
        await chat.store.run(lambda tx: chose(tx, way))
        await chat.chat.enter("fierce")
        said = await chat.say("5")

    assert {"Yes", "No"} <= set(offered(said))


def chose(tx, way):
    person = tx.person_at("terminal", "me")
    person.way = way
    tx.save_person(person)
