"""What comes by itself: it knocks first, with words that anyone may read, and comes in when the person opens."""

from datetime import datetime, timedelta

from bot import asides, replies
from bot.asides import ASIDE
from bot.model import Inbound, Timer
from bot.talk import FLOW, Talk
from flows.limits import ASIDE as LONG

LATER = timedelta(minutes=15)  # what comes while it cannot be said waits this long, again and again
IDLE = timedelta(minutes=30)  # a talk left alone for longer than this may be laid over
ACUTE = timedelta(hours=24)  # so long after danger was spoken of nothing comes by itself (safety.md R4)
HIDDEN = timedelta(hours=8)  # the same after a person has emptied their chat and said nothing since
RISKY = frozenset({"direct", "helpnow", "safer", "door"})  # flows in which risk is being talked about


def knock(talk: Talk, inbound: Inbound) -> bool:
    """Ask whether now is a good time for what a timer brings; False for what goes on at once.

    What was read an hour ago or longer is not on the screen any more, and others may see what comes. Authors need
    not think of that.
    """
    key, generation = inbound.timer or ("", 0)
    timer = Timer(key, generation, 0, inbound.compartment, inbound.aside)
    if key == FLOW and _is_old(talk, generation):
        timer = _put_aside(talk, generation)
    if not asides.knocks(timer.key):
        return key != FLOW
    if talk.person.paused or busy(talk) or _acute(talk) or _hidden(talk):
        asides.set_again(talk.tx, talk.person.id, timer, timer.key, talk.now + LATER)
    else:
        asides.hold(talk.tx, talk.person.id, timer, talk.now)
        talk.lay_over("knock")
    talk.shared.waited()
    return True


def busy(talk: Talk) -> bool:
    """Whether something is being talked about that should not be laid over."""
    session = talk.session
    if session is None:
        return False
    lately = talk.now.timestamp() - session.touched < IDLE.total_seconds()
    return lately or talk.delicate or talk.open("knock", *RISKY)


def _is_old(talk: Talk, generation: int) -> bool:
    """Whether the present question has waited for an hour or more."""
    session = talk.session
    if session is None or session.generation != generation or talk.open(*RISKY):
        return False
    return talk.now.timestamp() - session.touched >= LONG


def _put_aside(talk: Talk, generation: int) -> Timer:
    """Put the open talk aside, as its author would have for so long a wait."""
    assert talk.session is not None  # noqa: S101  # told by the caller; for the type checker
    key = f"{ASIDE}{talk.session.top.flow}/{talk.session.top.step}"
    timer = Timer(key, generation, 0, "self", talk.session.to_json())
    if talk.question is not None:
        talk.promise(replies.closed(None, talk.question))
    talk.session = talk.question = None
    return timer


def _acute(talk: Talk) -> bool:
    """Whether danger was spoken of within a day, and not taken back."""
    person = talk.person
    known = person.risk not in ("", "no") and person.risk_at
    return bool(known and talk.now - datetime.fromisoformat(person.risk_at) < ACUTE)


def _hidden(talk: Talk) -> bool:
    hidden = talk.person.variables.get("hidden_at")
    return bool(hidden and talk.now - datetime.fromisoformat(hidden) < HIDDEN)
