"""What the engine says, as operations for a channel."""

from dataclasses import replace

from bot.model import FORMAT, HELP, REPLY, Outbound
from flows.turn import Say, Show

Said = Say | Show | Outbound  # what the engine says, and documents that an action made
BETWEEN = "\n\n"
PAUSE = 0.6  # seconds before a further bubble, and …
READING = 90  # … characters that a person reads in one second more
LONGEST = 2.5  # seconds; longer feels like waiting
JOINED = frozenset({"daily"})  # flows of which the bubbles of one turn are one message: it wakes people once


def bubbles(said: list[Said]) -> list[Outbound]:
    """Return the bubbles of one turn in order, with the pauses that a friend would make."""
    return [_bubble(each, first=number == 0) for number, each in enumerate(_joined(said))]


def _joined(said: list[Said]) -> list[Said]:
    """Return the same with what stands in one message put together, an empty line between."""
    found: list[Said] = []
    for each in said:
        last = found[-1] if found else None
        if isinstance(each, Say) and isinstance(last, Say) and each.flow == last.flow and each.flow in JOINED:
            begins = len(last.text) + len(BETWEEN)
            past = tuple((begins + start, begins + end) for start, end in each.past)
            text, echo = f"{last.text}{BETWEEN}{each.text}", last.echo or each.echo
            found[-1] = replace(each, text=text, echo=echo, past=(*last.past, *past))
        else:
            found.append(each)
    return found


def _bubble(each: Said, *, first: bool) -> Outbound:
    if isinstance(each, Outbound):
        return each
    pause = 0.0 if first or each.urgent else min(PAUSE + len(each.text) / READING, LONGEST)
    bubble = Outbound(
        text=each.text,
        pause=pause,
        priority=HELP if each.urgent else REPLY,
        echo=each.echo and not each.urgent,  # a card with help lines may be passed on
        veiled=each.past,
    )
    if isinstance(each, Show):
        return replace(bubble, media=each.media, kind=each.kind)
    return replace(bubble, choices=tuple((offer.label, data(each, offer.id)) for offer in each.offers))


def data(say: Say, choice: str) -> str:
    """Return what a button carries: where it belongs, never a text."""
    return f"{FORMAT}|{say.flow}|{say.step}|{choice}|{say.prompt}"


def closed(message: int | None, target: int | None, question: str = "", chosen: str = "") -> Outbound:
    """Return the operation that closes an answered question.

    With the question's text and the label chosen it shows both; without, it only loses its buttons.
    """
    text = f"{question}\n\n\u2014 {chosen}" if question and chosen else ""
    return Outbound("close", text, message=message, target=target)


def writable(text: str) -> bool:
    """Whether a text can be written down: a lone surrogate is half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
