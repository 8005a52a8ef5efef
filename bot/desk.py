"""What the bot's actions may use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Outbound, Person
from bot.ports import Tx
from flows.turn import Heard

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an action may use. Lives for one turn.

    Attributes:
        words: Returns one of the bot's own lines in the person's language, "" where there is none.
        title: Returns what a flow is called, its name where it is not there any more.
        is_open: Returns whether a practice is there and not shut to the person now.
        counts: Whether the operator asked for counts of how practices went.
        documents: What the action wants to be sent, in order.

    """

    tx: Tx
    person: Person
    now: datetime
    min_age: int
    hear: Callable[[str], Heard]
    words: Callable[[str], str] = field(default=str)
    title: Callable[[str], str] = field(default=str)
    is_open: Callable[[str], bool] = field(default=bool)
    counts: bool = False
    documents: list[Outbound] = field(default_factory=list)
