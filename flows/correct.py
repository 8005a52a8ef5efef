"""Changing an earlier answer: which one, its question again, then the later answers as they were given."""

from dataclasses import replace

from flows import answers
from flows.choices import LEAVE_IT
from flows.limits import STEPS_PER_TURN
from flows.machine import GO, triggered_choice
from flows.model import OVER
from flows.run import Run
from flows.session import Ahead
from flows.turn import Do, Heard, Keep

MOST = STEPS_PER_TURN // 2  # steps gone by themselves; the answers beyond are asked for again


def offer(run: Run) -> None:
    """Ask which answer is to be changed."""
    run.session.ahead.clear()
    run.session.misses = 0
    run.session.picking = True
    if len(run.offers()) > 1:
        run.prompt(run.step)
        return
    run.session.picking = False
    run.line("nothing_to_change")
    run.prompt(run.step)


def typed(run: Run, text: str) -> None:
    """Take the answer that was named in words; the second miss leads back to the question."""
    choice = answers.match_choice(text, run.offers())
    if choice is not None:
        chosen(run, choice.id)
        return
    run.session.misses += 1
    run.session.picking = run.session.misses <= 1
    run.line("unclear")
    run.prompt(run.step)


def chosen(run: Run, id_: str) -> None:
    """Put the question of the chosen answer again, and hold the later ones ready."""
    if id_ == LEAVE_IT or all(offer.id != id_ for offer in run.offers()):
        leave(run)
        return
    place, ahead = int(id_.removeprefix("a")), list[Ahead]()
    while len(run.frame.trail) > place:
        latest = run.frame.trail[-1]
        known = {**run.frame.answers, **latest.also}  # as they were before the steps on the way
        given = {name: value for name in latest.before if (value := known.get(name)) is not None}
        ahead.insert(0, Ahead(run.frame.flow, latest.step, given, latest.by))
        step = run.restore()
    run.session.ahead = ahead[1:]
    run.put_again(step)


def leave(run: Run) -> None:
    """Change nothing."""
    run.session.picking = False
    run.session.misses = 0
    run.ask_again()


def go_on(run: Run) -> None:
    """Give the later answers again, as long as the same questions come; only the last question is put."""
    if not run.session.ahead:
        return
    run.facts = replace(run.facts, heard=Heard())  # it was about the answer that was changed
    while run.session.ahead and run.session.frames and run.steps < MOST:
        again = run.session.ahead.pop(0)
        if not _comes_again(run, again):
            break
        run.note(again.answers, again.by)
        trigger = run.trigger(again.by)
        target = run.target(trigger)
        if not run.leads_on(trigger, target) or target.startswith(OVER):
            run.restore()
            break
        run.effects[:] = [effect for effect in run.effects if isinstance(effect, Keep | Do)]
        run.line("corrected")
        run.go(target)
    run.session.ahead.clear()


def _comes_again(run: Run, later: Ahead) -> bool:
    """Whether the same question stands, and still takes the answer that was given."""
    if (run.frame.flow, run.frame.step) != (later.flow, later.step):
        return False
    tapped = triggered_choice(later.by)
    if tapped:
        return any(offer.id == tapped for offer in run.offers())
    if run.step.offers and later.by == GO:
        listed = later.answers.get(f"{run.step.offers}_chosen")
        return any(offer.label == listed for offer in run.offers())
    return True
