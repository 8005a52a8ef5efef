"""The actions of the flow ``look``: a stretch of one's own days as a picture and in words, and monthly questions.

The picture is not made here, on the store's thread: what goes into the outbox is the numbers, and it is drawn from
them when it is sent.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, tzinfo

import msgspec

from bot.desk import Desk, Values
from bot.look import instruments, sums
from bot.look.chart import Look
from bot.look.paper import Labels, heading, write
from bot.look.rows import KINDS, MONTH, Kept, Rows, gather, sheets
from bot.look.spans import span_of
from bot.model import Outbound
from bot.zones import own_zone

AS, SHOWN = "look_as", ("light", "dark", "text")  # how it is shown; the first one where nothing was chosen
BENEATH = 1_000  # characters that fit beneath a picture, with some to spare
SKIP = "-"  # an answer that was left out
Found = dict[str, str]


def state(desk: Desk, given: Values, answers: Values) -> Found:
    """Say whether there is anything, how it is shown, and whether this month's questions may be asked."""
    last = max((sheet.day for sheet in sheets(desk.tx, desk.person.id)), default=None)
    due = desk.person.agreed and instruments.due(last, _today(desk))
    some = not KINDS.isdisjoint(desk.tx.kinds(desk.person.id))
    return {"look_any": "yes" if some else "", AS: _as(desk), "look_due": "yes" if due else ""}


def style(desk: Desk, given: Values, answers: Values) -> Found:
    """Remember how it is to be shown: light, dark, or as text alone."""
    if given.get("as") in SHOWN:
        desk.person.variables[AS] = given["as"]
    return {AS: _as(desk)}


def look(desk: Desk, given: Values, answers: Values) -> Found:
    """Show a stretch, and say what its numbers carry."""
    span = span_of(given.get("span", ""), _today(desk))
    rows = _rows(desk).between(span.first, span.last)
    days, told = sums.days_noted(rows), sums.told(rows)
    if rows:
        desk.documents.extend(_shown(desk, Look(rows, span, Labels.of_lines(desk.words), desk.title)))
    return {
        "look_seen": span.name,
        "look_shown": "" if not rows else "little" if days < sums.FEW else "yes",
        "look_told": told.what if told else "",
        "look_on": str(told.on) if told else "",
        "look_of": str(told.of) if told else "",
        "look_hard": "yes" if sums.hard(rows) else "",
    }


def ask(desk: Desk, given: Values, answers: Values) -> Found:
    """Take an answer to the present monthly question, and put the next; keep them all after the last."""
    asked, number = instruments.instrument(), given.get("number", "")
    sheet = answers.get("look_sheet", "").split()
    if number:
        sheet.append(number.split()[0] if number != SKIP else SKIP)
    items = asked.asked(desk.person.locale)
    if len(sheet) < len(items):
        lines = "\n".join(asked.scale.lines())
        item = items[len(sheet)]
        return {"look_item": item, "look_scale": lines, "look_sheet": " ".join(sheet), "look_more": "yes"}
    _keep(desk, asked, [None if each == SKIP else int(each) for each in sheet])
    return {"look_item": "", "look_scale": "", "look_sheet": "", "look_more": ""}


LOOK_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], Found]] = {
    "look_state": state,
    "look_style": style,
    "look": look,
    "look_ask": ask,
}


def _rows(desk: Desk) -> Rows:
    return gather(desk.tx, desk.person.id, _zone(desk))


def _today(desk: Desk) -> date:
    return desk.now.astimezone(_zone(desk)).date()


def _zone(desk: Desk) -> tzinfo:
    return own_zone(desk.person) or UTC


def _as(desk: Desk) -> str:
    chosen = desk.person.variables.get(AS, "")
    return chosen if chosen in SHOWN else SHOWN[0]


def _shown(desk: Desk, found: Look) -> list[Outbound]:
    """Return a picture with its words beneath it; words too long for that come after it."""
    text, how = found.text(), _as(desk)
    if how == "text":
        return [Outbound(text=text)]
    chart = write(found.chart(dark=how == "dark"))
    short = text if len(text) <= BENEATH else heading(found.span, found.labels)
    drawn = Outbound(text=short, media=f"look/{found.span.name}", kind="picture", drawing=chart)
    return [drawn] if short == text else [drawn, Outbound(text=text)]


def _keep(desk: Desk, asked: instruments.Instrument, sheet: list[int | None]) -> None:
    if not desk.person.agreed or all(each is None for each in sheet):
        return
    instruments.score(asked, sheet)  # nothing beyond the scale is kept
    kept = Kept(desk.now, _today(desk), asked.instrument, tuple(sheet))
    desk.tx.keep(desk.person.id, MONTH, msgspec.json.encode(kept).decode())
