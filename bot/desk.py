"""What the bot's actions may use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.model import Person
from bot.ports import Tx
from flows.turn import Heard

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an action may use. Lives for one turn."""

    tx: Tx
    person: Person
    now: datetime
    min_age: int
    hear: Callable[[str], Heard]
