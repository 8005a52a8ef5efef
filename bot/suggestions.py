"""Which practice is proposed first: what fits the need, in the order in which it has helped this person alone.

Nothing is learned from anybody else. The way it is reckoned: each use that ended in ease counts for a practice, each
ache and numbness against it, later ones more than earlier ones. What was seldom tried gets a small allowance, so that
nobody is locked in. Between equals the direction that was easier (being kind to oneself, giving kindness, looking
outward) decides. After an ache a practice does not come first again for three days.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from math import log, sqrt

from bot.desk import Desk, Values
from bot.look.rows import OUTCOME, Sitting, gather
from bot.zones import own_zone

FITTING: Mapping[str, Sequence[str]] = {  # by what hurts; the first where nothing is known of the person
    "harsh": ("friend", "break", "mindful", "own", "together"),
    "pain": ("break", "touch", "mindful", "together", "ground"),
    "ashamed": ("break", "together", "friend", "touch"),
    "guilt": ("own", "break", "friend", "touch"),
    "loop": ("mindful", "ground", "friend", "touch"),
    "fear": ("ground", "box", "touch", "mindful"),
    "lonely": ("touch", "together", "reach", "break"),
    "tired": ("touch", "provide", "box", "break"),
    "angry": ("fierce", "ground", "break", "mindful"),
    "hurt": ("fierce", "break", "touch", "reach"),
    "caring": ("equanimity", "break", "provide", "touch"),
}
DIRECTION: Mapping[str, str] = {
    "friend": "give", "together": "give", "equanimity": "give", "reach": "give",
    "break": "self", "touch": "self", "provide": "self", "own": "self", "fierce": "self",
    "ground": "outward", "box": "outward", "mindful": "outward",
}  # fmt: skip
WORTH: Mapping[str, float] = {"ease": 1.0, "same": 0.3, "numb": 0.0, "ache": 0.0}  # of one use
FADES = 0.93  # what a use counts beside the next one of all: half after ten
PRIOR, TRY = 0.35, 0.2  # of what was never tried; allowance for trying
REST = timedelta(days=3)  # after an ache
TOLD = 3  # uses before a number is given as the reason
LIGHTER = 2  # points of heaviness that are ease where nothing was tapped


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a practice comes first: how often there was ease, of how many uses. Both 0 where there is no reason."""

    eased: int = 0
    of: int = 0


def ranked(fitting: Sequence[str], sittings: Sequence[Sitting], today: date) -> list[str]:
    """Return practices in the order in which to propose them.

    Args:
        fitting: What may be proposed; earlier ones lead where nothing else decides.
        sittings: All that the person did, oldest first.
        today: The person's own day.

    """
    weighed = _weighed(sittings)
    whole = sum(weight for _, _, weight in weighed)
    kin = {each: _mean(_of(weighed, each, DIRECTION.get), PRIOR) for each in set(DIRECTION.values())}

    def score(practice: str) -> float:
        uses = _of(weighed, practice)
        rare = TRY * sqrt(log(1 + whole) / (1 + sum(weight for _, weight in uses)))
        return _mean(uses, PRIOR) + rare - (1 if _aches(practice, sittings, today) else 0)

    def order(practice: str) -> tuple[float, float, int]:
        direction = kin.get(DIRECTION.get(practice, ""), PRIOR)
        return -round(score(practice), 2), -direction, fitting.index(practice)

    return sorted(fitting, key=order)


def reason(practice: str, sittings: Iterable[Sitting]) -> Reason:
    """Return how often a practice brought ease, where that is more often than not and known well enough."""
    uses = [each for each in sittings if each.practice == practice and _worth(each) is not None]
    eased = sum(_worth(each) == 1 for each in uses)
    return Reason(eased, len(uses)) if len(uses) >= TOLD and 2 * eased > len(uses) else Reason()


def _aches(practice: str, sittings: Sequence[Sitting], today: date) -> bool:
    latest = next((each for each in reversed(sittings) if each.practice == practice), None)
    return latest is not None and latest.felt == "ache" and today - latest.day < REST


def _weighed(sittings: Sequence[Sitting]) -> list[tuple[str, float, float]]:
    told = [(each.practice, worth) for each in sittings if (worth := _worth(each)) is not None]
    return [(practice, worth, FADES**age) for age, (practice, worth) in enumerate(reversed(told))]


def _worth(sitting: Sitting) -> float | None:
    """Return what a use was worth; None where nothing was said of it."""
    if sitting.felt in WORTH:
        return WORTH[sitting.felt]
    if sitting.before is None or sitting.after is None:
        return None
    return WORTH["ease" if sitting.before - sitting.after >= LIGHTER else "same"]


def _of(
    weighed: Iterable[tuple[str, float, float]], name: str, called: Callable[[str], str | None] = str
) -> list[tuple[float, float]]:
    return [(worth, weight) for practice, worth, weight in weighed if called(practice) == name]


def _mean(uses: Sequence[tuple[float, float]], prior: float) -> float:
    return (prior + sum(worth * weight for worth, weight in uses)) / (1 + sum(weight for _, weight in uses))


# --- what flows may ask for ---


def suggest(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Name the practice to propose now for a need (``for``), without what is shut or was declined a moment ago."""
    zone = own_zone(desk.person) or UTC
    sittings = gather(desk.tx, desk.person.id, zone).sittings
    declined = given.get("declined", "").split()
    known = FITTING.get(given.get("for", ""), ())
    fitting = [each for each in known if each not in declined and desk.is_open(each)]
    order = ranked(fitting, sittings, desk.now.astimezone(zone).date())
    first = order[0] if order else ""
    why = reason(first, sittings)
    return {
        "offer": first,
        "offer_title": desk.title(first) if first else "",
        "offer_eased": str(why.eased) if why.of else "",
        "offer_of": str(why.of) if why.of else "",
    }


def helped(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """List what brought ease, in words, the most often first; what brought none is not held against anything."""
    sittings = gather(desk.tx, desk.person.id).sittings
    done = {each.practice: reason_of(each.practice, sittings) for each in sittings}
    eased = sorted(((why.eased, why.of, name) for name, why in done.items() if why.eased), reverse=True)
    return {
        "helped_any": "yes" if any(why.of for why in done.values()) else "",
        "helped": "\n".join(_in_words(desk, *why) for why in eased),
    }


def _in_words(desk: Desk, eased: int, of: int, name: str) -> str:
    """Return how often a practice brought ease: "Slow breathing: some ease, 3 of 4 times"."""
    title, told = desk.title(name), desk.words("eased_once" if of == 1 else "eased_times")
    told = told.replace("{eased}", str(eased)).replace("{of}", str(of))
    return f"{title} \u2013 {told}" if title.endswith("?") else f"{title}: {told}"


def reason_of(practice: str, sittings: Iterable[Sitting]) -> Reason:
    """Return how often a practice brought ease, of how many uses of which something was said."""
    uses = [_worth(each) for each in sittings if each.practice == practice]
    told = [worth for worth in uses if worth is not None]
    return Reason(sum(worth == 1 for worth in told), len(told))


def unlearn(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Forget how all practices went."""
    desk.tx.keep_only(desk.person.id, OUTCOME, ())
    return {"helped_any": "", "helped": ""}


SUGGESTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {
    "suggest": suggest,
    "helped": helped,
    "unlearn": unlearn,
}
