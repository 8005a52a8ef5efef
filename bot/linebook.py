"""What an operator asks of the help lines as data: are they in order, and give them to me as a file.

All of it works beside a running bot, and nothing here uses the network.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from bot import app
from bot.doctor import Report, confirmed
from bot.safety import helplines
from bot.safety.helplines import Confirmed, Country, Line
from bot.settings import Settings


async def check(settings: Settings) -> Report:
    """Check the file, and the operator's over it: its form, doubles, sources, addresses and ages."""
    try:
        own = app.use_helplines(settings)
    except app.CannotStart as error:
        return Report(str(error).splitlines(), fine=False)
    now, ours = datetime.now(UTC), confirmed(settings)
    found = [(country, line) for country in helplines.countries().values() for line in country.lines]
    ages = {age: [pair for pair in found if _age(*pair, now, ours) == age] for age in ("refused", "old")}
    rows = [f"{_who(*pair)}: over {helplines.REFUSE} months old, not shown" for pair in ages["refused"]]
    rows += [f"{_who(*pair)}: over {helplines.WARN} months old" for pair in ages["old"]]
    laid = f" Laid over the bot's own: {own}." if own else ""
    return Report([*rows, f"{_counted(found)}.{laid}"], fine=not ages["refused"])


def _age(country: Country, line: Line, now: datetime, ours: Confirmed) -> str:
    return helplines.age(line, now, ours.get(country.code))


def _who(country: Country, line: Line) -> str:
    return f"{country.code}  {line.name} ({line.kind}), checked {line.checked}"


def _counted(found: Sequence[tuple[Country, Line]]) -> str:
    kinds = Counter(line.kind for _, line in found)
    lines = ", ".join(f"{kinds[kind]} {kind}" for kind in helplines.KINDS)
    return f"Lines of {len({country.code for country, _ in found})} countries: {lines}"


# --- as a file --------------------------------------------------------------------------


async def export(settings: Settings, codes: Sequence[str], form: str) -> Report:
    """Return all lines, or those of some countries, as JSON or CSV."""
    app.use_helplines(settings)
    wanted = [code.upper() for code in codes]
    unknown = [code for code in wanted if code not in helplines.countries()]
    if unknown:
        return Report([f"There is no such country here: {', '.join(unknown)}"], fine=False)
    rows = list(_rows(wanted, datetime.now(UTC), confirmed(settings)))
    return Report((_as_csv(rows) if form == "csv" else _as_json(rows)).splitlines())


def _rows(wanted: Sequence[str], now: datetime, ours: Confirmed) -> Iterator[dict[str, object]]:
    for country in helplines.countries().values():
        if not wanted or country.code in wanted:
            yield from (_row(country, line, now, ours) for line in country.lines)


def _row(country: Country, line: Line, now: datetime, ours: Confirmed) -> dict[str, object]:
    head = {"country": country.code, "country_name": country.name, "emergency": country.emergency}
    words = (
        "kind",
        "name",
        "voice",
        "or_voice",
        "text",
        "chat",
        "chat_hours",
        "cost",
        "source",
        "also",
        "verify",
    )
    return {
        **head,
        **{name: getattr(line, name) for name in words},
        "hours": str(line.hours or "unknown"),
        "zone": line.hours.zone if line.hours else "",
        "languages": ", ".join(line.languages),
        "confidence": line.sure,
        "checked": line.checked.isoformat(),
        "checked_by": line.checked_by,
        "confirmed": str(ours.get(country.code, ""))[:10],
        "shown": "no" if _age(country, line, now, ours) == "refused" else "yes",
    }


def _as_json(rows: Sequence[Mapping[str, object]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _as_csv(rows: Sequence[Mapping[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0] if rows else ("country",), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
