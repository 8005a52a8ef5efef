"""What a person, a clock or an action brings, and where it leads."""

from collections.abc import Mapping

from flows import answers, correct
from flows.dates import read_date, read_time
from flows.limits import BUBBLE, WORDS
from flows.machine import AFTER, GO, SKIP, TYPED, choice_trigger
from flows.model import OVER, Ask
from flows.run import FALLBACK, Run
from flows.session import Frame
from flows.turn import (
    Back,
    Chosen,
    Correct,
    Done,
    Input,
    Less,
    More,
    Offer,
    Repeat,
    Skip,
    Text,
    TimedOut,
)

NOTHING: Mapping[str, str] = {}
TELLING = frozenset({"distress", "self_criticism", "grief", "crisis"})
RETRY = {"number": "number_retry", "date": "date_retry", "time": "time_retry", "text": "long_retry"}


def take(run: Run, given: Input) -> None:
    """Let one input lead on; what leads nowhere repeats the question."""
    match given:
        case Text(text):
            _typed(run, text)
        case Chosen(choice, prompt):
            _chosen(run, choice, prompt)
        case Back():
            _back(run)
        case Skip():
            _skip(run)
        case Correct():
            correct.offer(run)
        case TimedOut(generation):
            _timed_out(run, generation)
        case Done(values):
            _done(run, values)
        case Less() | More() | Repeat():
            if not isinstance(given, Repeat):
                run.line("less" if isinstance(given, Less) else "more")
            run.prompt(run.step)


def _typed(run: Run, text: str) -> None:
    if run.session.picking:
        correct.typed(run, text)
        return
    step = run.step
    choice = answers.match_choice(text, run.offers()) or _counted(run, text)
    if choice is not None:
        _choose(run, choice)
    elif step.ask:
        _answer(run, step.ask, text)
    elif step.rests:
        _follow(run, AFTER)
    else:
        _follow(run, TYPED, unsure=answers.is_unsure(text))


def _counted(run: Run, text: str) -> Offer | None:
    """Return the choice whose place in a list was typed; nothing that is delicate is answered so."""
    ask = run.step.ask
    if run.flow.urgent or run.delicate or (ask and ask.type != "text"):
        return None
    return answers.counted(text, run.offers())


def _chosen(run: Run, id_: str, prompt: str | None) -> None:
    if prompt and prompt == run.session.answered:
        run.silent = True  # a double tap: the first one counts
        return
    if prompt is not None and prompt != run.session.prompt:
        run.line("stale")
        run.prompt(run.step)
        return
    if run.session.picking:
        run.session.answered = prompt or ""
        correct.chosen(run, id_)
        return
    choice = next((each for each in run.offers() if each.id == id_), None)
    if choice is not None:
        run.session.answered = prompt or ""
        _choose(run, choice)
    elif id_ == "skip":
        _follow(run, SKIP)
    else:
        _unclear(run)


def _choose(run: Run, choice: Offer) -> None:
    step = run.step
    if choice.id == "skip" and step.ask:
        _follow(run, SKIP)
        return
    written = next((each for each in step.choices if each.id == choice.id), None)
    changes = {name: run.value(value) for name, value in written.sets.items()} if written else {}
    if step.ask:
        changes[step.ask.name] = choice.id
    elif step.offers:
        changes[f"{step.offers}_chosen"] = choice.label
    _follow(run, choice_trigger(choice.id) if written else GO, changes)


def _timed_out(run: Run, generation: int) -> None:
    if generation == run.session.generation and run.step.after:  # an old wait is nobody's business
        _follow(run, AFTER)


def _done(run: Run, values: Mapping[str, str]) -> None:
    run.silent = not run.session.unanswered
    run.learn(values)
    run.seal_trail()
    if run.step.do:
        run.advance()
    else:  # the step was rewritten while its action was under way
        run.enter(run.frame.step, again=True)


def _answer(run: Run, ask: Ask, text: str) -> None:
    if ask.type == "text" and len(text) > BUBBLE and run.session.letters + len(text) > WORDS:
        run.line("too_long")
        run.prompt(run.step)
        return
    value = _read(run, ask, text)
    if value is not None:
        if ask.number and run.facts.heard.intent in TELLING and len(text.split()) > answers.FEW:
            run.line("number_told")
        _follow(run, GO, {ask.name: value})
    elif ask.number and run.leads_on(TYPED, run.target(TYPED)):  # words that an author listens for
        _follow(run, TYPED)
    else:
        _retry(run, ask, text)


def _read(run: Run, ask: Ask, text: str) -> str | None:
    """Return an answer as it is kept, None where it is not what was asked for."""
    match ask.type:
        case "number" if ask.number:
            number = answers.read_weight(text, *ask.number)
            return None if number is None else str(number)
        case "date":
            return read_date(text, run.facts.now.date())
        case "time":
            return read_time(text)
    return None if ask.longest and len(text) > ask.longest else text


def _retry(run: Run, ask: Ask, text: str) -> None:
    run.session.misses += 1
    told = ask.type == "number" and _tells(run, text)
    if run.session.misses > 1 and ask.type != "text":  # asked twice is enough: nobody owes a number
        if told:
            run.line("number_left")
        _follow(run, SKIP)
        return
    if told:
        run.line("number_words")
    elif ask.retry:
        run.speak(ask.retry)
    else:
        run.line(RETRY[ask.type])
    run.prompt(run.step)


def _tells(run: Run, text: str) -> bool:
    """Whether words at a number question tell of something: they are met first, in place of being refused."""
    words = len(text.split())
    return (
        run.facts.heard.intent in TELLING
        or words > answers.FEW
        or (words > 1 and not answers.has_number(text))
    )


def _unclear(run: Run) -> None:
    run.session.misses += 1
    again = run.session.misses > 1 and not (run.flow.urgent or run.delicate)
    if again and FALLBACK in run.content.flows and all(f.flow != FALLBACK for f in run.session.frames):
        run.session.misses = 0
        run.push(FALLBACK, over=True)
        return
    run.line("unclear")
    run.prompt(run.step)


def _follow(run: Run, trigger: str, changes: Mapping[str, str] = NOTHING, *, unsure: bool = False) -> None:
    """Move on because of the person or the clock; stay, and say so kindly, where nothing leads on."""
    run.session.picking = False
    run.note(changes, TYPED if trigger == GO and changes and _heard(run) else trigger)
    trigger = run.trigger(trigger)
    target = run.target(trigger)
    if target.startswith(OVER):  # words that lead aside were no answer
        given = dict(run.frame.answers)
        run.restore()
        run.push(target.removeprefix(OVER), over=True, given=given)
    elif run.leads_on(trigger, target):
        run.keep_variables(changes)
        run.session.misses = 0
        run.go(target)
        correct.go_on(run)
    else:
        run.restore()
        if unsure:  # nothing was missed: it is not decided yet
            run.line("unsure")
            run.prompt(run.step)
        else:
            _unclear(run)


def _heard(run: Run) -> bool:
    """Whether a branch listens for what was heard in these words: then they mean it only now."""
    heard = run.facts.heard.all
    return any(not heard.isdisjoint(branch.condition.heard) for branch in run.step.when)


def _skip(run: Run) -> None:
    if run.session.picking:
        correct.leave(run)
    else:
        _follow(run, SKIP)


def _back(run: Run) -> None:
    run.session.ahead.clear()
    if run.session.picking:
        correct.leave(run)
        return
    frames, keep = run.session.frames, len(run.session.frames)
    while keep > 1 and not (_asked(run, frames[keep - 1]) or frames[keep - 1].over or frames[keep - 1].done):
        keep -= 1  # nothing was answered or done in this flow: the way back leads out of it
    place = _asked(run, frames[keep - 1])
    if not place:
        run.line("no_back")
        run.prompt(run.step)
        return
    del frames[keep:]
    step = ""
    while len(run.frame.trail) >= place:
        step = run.restore()
    run.put_again(step)


def _asked(run: Run, frame: Frame) -> int:
    """Return the place of the latest question in a trail, counted from 1; 0 if there is none: a rest asks nothing."""
    steps = run.content.flows[frame.flow].flow.steps
    return max((n for n, answered in enumerate(frame.trail, 1) if not steps[answered.step].rests), default=0)
