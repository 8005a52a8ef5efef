"""A talk meets content that has changed since: nobody gets stuck, nobody meets an error."""

from flows.run import Run
from flows.turn import Done, Input, TimedOut


def adopt(run: Run, given: Input) -> bool:
    """Fit a session to the present content; False if the question had to come again.

    A step that is unchanged goes on; one that changed is asked again, unless it asked for nothing: an action
    that is done, or a rest that is over or was taken away. For the other fates of a step see ``Run.find_place``.
    """
    if not run.find_place():
        return False
    rested = isinstance(given, TimedOut) and run.step.rests
    if run.frame.step_hash == run.step.hash or rested or isinstance(given, Done):
        return True
    run.session.ahead.clear()
    if run.step.passes and isinstance(given, TimedOut):  # a rest that was taken away: it leads on
        run.stand(run.frame.step)
        run.advance()
        return False
    run.line("changed")
    run.enter(run.frame.step, again=True)
    return False
