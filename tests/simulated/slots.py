"""What is counted: the one table of lines that greet, offer or answer kindly. All others are exempt, with a reason.

A slot is a place where something is said: ``flow/step``, with a number where a step says several lines.
"""

from flows.catalog import Catalog
from flows.compiler import Content
from flows.model import Wording

GREETINGS, OFFERS, REPLIES = "greetings", "offers", "kind replies"
COUNTED = {  # flows, by what most of their lines are
    "menu": OFFERS, "return": GREETINGS, "offer": OFFERS, "hook": OFFERS, "need": OFFERS, "pause": OFFERS,
    "opening": REPLIES, "closing": REPLIES, "outward": REPLIES, "aside": REPLIES, "loss": REPLIES, "leave": REPLIES,
    "about": REPLIES, "wished": REPLIES,
    "sit": REPLIES, "bring_back": OFFERS,
}  # fmt: skip
GREETS = frozenset({"menu/hi", "menu/night", "menu/still_here"})
ANSWERS = frozenset(
    f"menu/{step}"
    for step in (
        "quoted harsh pain ashamed anxious unreal unreal_after lonely tired angry rage raged angry_end loss said"
        " fine thanks good bye all_open not_yet at_bot unclear lost few_unclear"
    ).split()
)
EXEMPT = {  # other flows, by why their lines may come again; practices are rituals too, by their kind
    "a ritual: a minute of looking, a thing to hold": "minute concrete",
    "a ritual of a day, with a rule and a test of its own (tests/test_daily.py)": "daily morning kind_day",
    "met once, or once a year": "welcome renew young",
    "safety: what was tested is said, and has to be known again": (
        "crisis direct door helpnow safer told closed tomorrow knock"
    ),
    "settings and system lines, said because they were asked for": (
        "checkin country export fewer forget hide lock look notes notes_show unlock zone helped"
        " breath_as way kind"
    ),
    "says nothing by itself": "practise",
    "a guide that is read, and words to send on": "beside",
}
WITHIN = {  # in flows that are counted
    "the number and how it was: a ritual": "opening/weight opening/near_weight closing/now closing/felt",
    "an instruction, as in a practice": "closing/numb/say2",
    "help is named in words that are known again": "outward/people",
    "the same question about the bot has the same answer": (
        "menu/what menu/why menu/unreal_why aside/who aside/why sit/who"
    ),
    "asked once ever": "closing/offer closing/no_note menu/begin menu/wants_checkin",
}


class Ear(Catalog):
    """The bot's English words; it keeps what was said until somebody takes it. Lives for one person."""

    __slots__ = ("_heard",)

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog.words)
        object.__setattr__(self, "_heard", [])

    def text(self, wording: Wording, locale: str) -> str:
        self._heard.append(wording)
        return super().text(wording, locale)

    def take(self) -> list[Wording]:
        """Return what was said since the last time."""
        taken = self._heard[:]
        self._heard.clear()
        return taken


def places(content: Content) -> dict[str, tuple[str, str]]:
    """Return the slot and the kind of each counted wording, by text id."""
    spared = set(" ".join(WITHIN.values()).split())
    found = {}
    for flow, kind in COUNTED.items():
        for line in (line for step in content.flows[flow].flow.steps.values() for line in step.say):
            for wording in line.wordings:
                slot = wording.id.rpartition("/")[0]
                if not spared & {slot, slot.rpartition("/")[0]}:
                    found[wording.id] = (slot, _kind(slot.rpartition("/")[0], kind))
    return found


def _kind(place: str, kind: str) -> str:
    if place in GREETS:
        return GREETINGS
    return REPLIES if place in ANSWERS else kind


def unplaced(content: Content) -> set[str]:
    """Return the flows of which nobody said whether their lines count."""
    known = {*COUNTED, *" ".join(EXEMPT.values()).split()}
    return {id_ for id_, each in content.flows.items() if each.flow.kind != "practice"} - known
