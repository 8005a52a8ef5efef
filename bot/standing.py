"""What stands in a chat: the numbers of its messages, also of those that nobody saw go out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

REACH = timedelta(hours=48)  # how old a message may be that Telegram lets a bot delete (Bot API 10.0)
GUESSED = 100  # numbers tried for one message whose own is not known; of others' chats they harm nothing
NEXT = 3  # bubbles further on that may have overtaken it
BEYOND = 3  # numbers after the latest known: what was on its way


@dataclass(frozen=True, slots=True)
class Sent:
    """A bubble of the bot's.

    Attributes:
        number: The channel's, None where it is not known.
        unsure: It may stand there under another number, or under several: a send that had no clear answer, a
            text of several messages.

    """

    number: int | None
    unsure: bool


def numbers(sent: Sequence[Sent], received: Iterable[int]) -> tuple[int, ...]:
    """Return the numbers of all that stands in a chat, the latest first.

    A number that is not known lies between its neighbours'; the channel skips numbers that are none of this chat.

    Args:
        sent: The bot's bubbles, in the order in which they were promised.
        received: The person's own.

    """
    known = {each.number for each in sent if each.number is not None} | {*received}
    found = set(known)
    for at, each in enumerate(sent):
        if each.unsure and known:
            found.update(_between(sent[:at], each.number, sent[at + 1 :], known))
    return tuple(sorted(found, reverse=True))


def _between(before: Sequence[Sent], own: int | None, behind: Sequence[Sent], known: set[int]) -> range:
    """Return where a bubble may stand besides its own number."""
    earlier = [each.number for each in before if each.number is not None]
    low = max((number for number in earlier if own is None or number < own), default=min(known))
    if own is None:
        later = sorted(each.number for each in behind if each.number is not None and each.number > low)
        own = later[NEXT - 1] if len(later) >= NEXT else max(known) + BEYOND + 1
    return range(low + 1, own)[:GUESSED]
