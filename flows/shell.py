"""What the flows may count on of the program around them, so that the checks can hold one against the other."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

SAID = (  # shared lines that the engine itself says
    "stale unclear unsure number_retry number_words number_left number_told date_retry time_retry"
    " long_retry too_long no_back less more where_were_we changed gone deep ended resting long_ago which_answer"
    " nothing_to_change corrected skip_label leave_it_label months"
).split()


@dataclass(frozen=True, slots=True)
class Shell:
    """The program that runs the flows. Lives as long as the process.

    Attributes:
        actions: Names that ``do:`` may use, each with the names that it brings.
        noting: Those of them that note whatever is handed to them among what is known of the person.
        telling: Names that its actions fill with words which the person kept: always shown under a veil.
        begins: Flows that it begins by itself, and those that surround a practice.
        lays: Those of them that it lays over a talk.
        lines: Shared lines that it says, each with the names that it fills in there.
        variables: Names that any line may show and any condition may ask for.
        heard: What it may make of a text: intents and topics, for ``heard:``.
        guarding: Flows that keep people safe: they may be replaced, and never unnoticed.
        unasked: Flows and lines that come by themselves: others may see the phone by then.
        joined: Flows of which the bubbles of one turn are sent as one message.

    """

    actions: Mapping[str, Collection[str]] = field(default_factory=dict)
    noting: Collection[str] = ()
    telling: Collection[str] = ()
    begins: Collection[str] = ()
    lays: Collection[str] = ()
    lines: Mapping[str, Collection[str]] = field(default_factory=dict)
    variables: Collection[str] = ()
    heard: Collection[str] = ()
    guarding: Collection[str] = ()
    unasked: Collection[str] = ()
    joined: Collection[str] = ()
