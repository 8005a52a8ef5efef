"""What comes by itself: it knocks first, with words that anyone may read, and comes in when the person opens."""

import json
from datetime import datetime, timedelta

from bot import asides, replies
from bot.alarm import RISKY
from bot.asides import ASIDE
from bot.model import Inbound, Pending, Person, Timer
from bot.ports import Tx
from bot.talk import FLOW, Talk
from flows.limits import ASIDE as LONG

LATER = timedelta(minutes=15)  # what comes while it cannot be said waits this long, again and again
IDLE = timedelta(minutes=30)  # a talk left alone for longer than this may be laid over
ACUTE = timedelta(hours=24)  # so long after danger was spoken of nothing comes by itself (docs/safety R4)
HIDDEN = timedelta(hours=8)  # the same after a person has emptied their chat and said nothing since
TIMER = "timer"  # the channel of what has become due
WANTED = f"{ASIDE}tomorrow/"  # begins the key of a line that was asked for after a hard hour


def owner(tx: Tx, pending: Pending) -> Person | None:
    """Return whose a row is; None for a timer of someone who was erased since: nobody is made for it."""
    if pending.arrival.channel != TIMER:
        return tx.person_at(pending.arrival.channel, pending.arrival.address)
    told = json.loads(pending.arrival.body)
    person = tx.known_at(told["channel"], pending.arrival.address)
    return person if person and told.get("person", person.id) == person.id else None


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
    wanted = timer.key.startswith(
        WANTED
    )  # it was asked for: it does not knock, and danger does not hold it back
    held = lately(talk) if wanted else busy(talk) or acute(talk)
    if talk.person.paused or held or hidden(talk):
        asides.set_again(talk.tx, talk.person.id, timer, timer.key, talk.now + LATER)
    elif wanted:
        talk.take_up(timer.body)
    else:
        asides.hold(talk.tx, talk.person.id, timer, talk.now)
        talk.lay_over("knock")
    talk.shared.waited()
    return True


def busy(talk: Talk) -> bool:
    """Whether something is being talked about that should not be laid over."""
    return lately(talk) or talk.delicate or talk.open("knock", *RISKY)


def lately(talk: Talk, span: timedelta = IDLE) -> bool:
    """Whether the open talk is in full swing: something was said so lately."""
    session = talk.session
    return session is not None and abs(talk.now.timestamp() - session.touched) < span.total_seconds()


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


def acute(talk: Talk) -> bool:
    """Whether danger was spoken of within a day; a no since does not count."""
    noted = talk.person.variables.get("gate_at")
    return bool(noted and abs(talk.now - datetime.fromisoformat(noted)) < ACUTE)


def hidden(talk: Talk) -> bool:
    """Whether the person has emptied their chat, and said nothing since."""
    noted = talk.person.variables.get("hidden_at")
    return bool(noted and abs(talk.now - datetime.fromisoformat(noted)) < HIDDEN)
