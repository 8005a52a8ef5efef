"""A practice and what surrounds it: how heavy it is before, how heavy and what it is like after."""

from dataclasses import replace

from flows.model import END, Branch, Condition, Flow, Step

OPEN, OUTWARD, CLOSE = "open_", "outward_", "close_"  # steps that a practice is wrapped in


def wrapped(flow: Flow) -> Flow:
    """Return a practice between ``opening`` and ``closing``, one mechanism for all of them; others as they are."""
    if flow.kind != "practice":
        return flow
    steps = {id_: _redirect(step) for id_, step in flow.steps.items()}
    heavy = Branch(Condition(answers=(("heavy", ("8..10",)),)), OUTWARD, 0)
    around = [
        Step(
            OPEN,
            0,
            "w",
            sets={"practice": flow.id},
            call="opening",
            to=flow.start,
            when=() if flow.outward else (heavy,),
        ),
        Step(OUTWARD, 0, "w", call="outward", to=CLOSE),
        Step(CLOSE, 0, "w", call="closing", to=END),
    ]
    return replace(flow, start=OPEN, steps={**steps, **{step.id: step for step in around}})


def _redirect(step: Step) -> Step:
    def away(to: str) -> str:
        return CLOSE if to == END else to

    return replace(
        step,
        to=away(step.to),
        skip=away(step.skip),
        when=tuple(replace(branch, to=away(branch.to)) for branch in step.when),
        choices=tuple(replace(choice, to=away(choice.to)) for choice in step.choices),
        after=replace(step.after, to=away(step.after.to)) if step.after else None,
    )
