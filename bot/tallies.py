"""How practices went, over all people together: what ``befriend status`` shows of it, and what has to be rewritten."""

from collections.abc import Iterable, Iterator, Mapping

from bot.dose import COUNTED, FELT

FEW = 5  # smaller numbers are not shown as they are: a small number may lead to somebody
KNOWN = 20  # ends of a practice before anything is said of it
ACHES = 10  # per cent; a practice that aches more often is to be rewritten

Tallies = Mapping[str, Mapping[str, int]]


def by_month(tallies: Tallies) -> list[str]:
    """Return a line for each month, the latest first: how often each practice ended in which way."""
    months = {month for name, found in tallies.items() if name.startswith(COUNTED) for month in found}
    return [
        f"practices in {month}: {'; '.join(_of_month(tallies, month))}"
        for month in sorted(months, reverse=True)
    ]


def to_rewrite(tallies: Tallies) -> list[str]:
    """Return a sentence for each practice that ended in an ache too often, over all months."""
    whole = {
        practice: {felt: sum(_counted(tallies, practice, felt).values()) for felt in FELT}
        for practice in _practices(tallies)
    }
    aching = [practice for practice, ends in whole.items() if _aches(ends)]
    return [
        f"“{practice}” ended in an ache more often than {ACHES} times in a hundred. "
        "Have its words read anew, and rewrite what hurts."
        for practice in aching
    ]


def _aches(ends: Mapping[str, int]) -> bool:
    number = sum(ends.values())
    return number >= KNOWN and 100 * ends["ache"] > ACHES * number


def _of_month(tallies: Tallies, month: str) -> Iterator[str]:
    for practice in _practices(tallies):
        ends = [(felt, _counted(tallies, practice, felt).get(month, 0)) for felt in FELT]
        if told := ", ".join(_told(ends)):
            yield f"{practice} {told}"


def _told(ends: Iterable[tuple[str, int]]) -> Iterator[str]:
    for felt, number in ends:
        if number:
            yield f"{felt} {number if number >= FEW else f'under {FEW}'}"


def _practices(tallies: Tallies) -> list[str]:
    return sorted({name.removeprefix(COUNTED).split()[0] for name in tallies if name.startswith(COUNTED)})


def _counted(tallies: Tallies, practice: str, felt: str) -> Mapping[str, int]:
    return tallies.get(f"{COUNTED}{practice} {felt}", {})
