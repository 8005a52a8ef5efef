"""The actions of the flows ``kind``, ``kind_day`` and ``bring_back``: what a person kept is read, changed, sent.

Nothing is shown or changed where a word of the person's own comes first and was not said. What the screen marks is
neither taken nor brought by itself; it can be read and taken out.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from bot import sends, sentences
from bot.commands import recognise
from bot.desk import Desk, Values
from bot.lock import is_open
from bot.plan_shown import clock, yes
from bot.sends import Send
from bot.sentences import LONGEST, MOST, Sentence
from flows.dates import read_time, say_date
from flows.guards import LEVELS

PAGE = 3  # sentences at a time: more is no reading
SHOWN = 160  # characters of each on a page; one that is opened is shown whole
DAY = timedelta(days=1)
CALLS = ("wants", "erases", "corrects")  # how topics begin that are said to the bot
FAR = timedelta(days=330)  # a day beyond it may lie behind the year after which all is erased (bot.retention)
MOMENTS = ("asked_at", "gate_at", "door_at")  # of danger: within a day of it nothing is offered
BROUGHT, BROUGHT_ON = (
    "brought",
    "brought_on",
)  # noted of the person: what was brought last, and the day it was offered

Found = dict[str, str]
NOTHING: Found = {"kind_text": "", "kind_from": "", "kind_mark": "", "kind_away": "", "kind_may_send": ""}


# --- reading ---


def state(desk: Desk, given: Values, answers: Values) -> Found:
    """Say how many there are, and whether any is set for a day."""
    kept = sentences.read(desk.tx, desk.person.id)
    return {
        "kind_any": yes(kept),
        "kind_many": yes(len(kept) > PAGE),
        "kind_count": str(len(kept)),
        "kind_sends": yes(sends.read(desk.tx, desk.person.id)),
    }


def page(desk: Desk, given: Values, answers: Values) -> Found:
    """List some, the newest first; with ``word`` those in which it stands. ``at`` is the number of the first."""
    word, at = given.get("word", ""), given.get("at", "")
    fitting = [each for each in _open(desk) if _has(each.text, word)]
    first = int(at) if at.isdecimal() and int(at) < len(fitting) else 0
    shown = fitting[first : first + PAGE]
    more = first + PAGE < len(fitting)
    numbers = [str(number) for number, _ in enumerate(shown, first + 1)]
    lines = [f"{number}  {_short(each.text)}" for number, each in zip(numbers, shown, strict=True)]
    return {
        "kind_lines": "\n\n".join(lines),
        "kind_numbers": "\n".join(numbers),
        "kind_numbers_chosen": numbers[0] if len(numbers) == 1 else "",
        "kind_marks": "\n".join(each.mark for each in shown),
        "kind_next": str(first + PAGE) if more else "",
        "kind_shut": yes(not is_open(desk.person.lock, desk.now)),
    }


def one(desk: Desk, given: Values, answers: Values) -> Found:
    """Open one: by its ``mark``, or by its ``number`` on the page whose ``numbers`` and ``marks`` are handed."""
    numbers, marks = given.get("numbers", "").splitlines(), given.get("marks", "").splitlines()
    by_number = dict(zip(numbers, marks, strict=False))
    wanted = given.get("mark") or by_number.get(given.get("number", ""), "")
    found = next((each for each in _open(desk) if each.mark == wanted), None)
    return _told(desk, found)


def any_one(desk: Desk, given: Values, answers: Values) -> Found:
    """Open one at random, not the one with ``mark``; one that rests, or that the screen marks, is none of them."""
    awake = sentences.awake(desk.tx, desk.person) if is_open(desk.person.lock, desk.now) else []
    others = [each for each in awake if each.mark != given.get("mark")] or awake
    return _told(desk, _random(desk, others))


# --- changing ---


def add(desk: Desk, given: Values, answers: Values) -> Found:
    """Keep a ``line`` of the person's own; without ``sure``, what may be none (``doubt``) is left to be asked about."""
    line = given.get("line", "").strip()
    kept = sentences.read(desk.tx, desk.person.id)
    fault = _fault(desk, line, kept) or ("full" if len(kept) >= MOST else "") or _doubt(desk, line, given)
    if fault:
        return {"kind_kept": fault, "kind_mark": ""}
    sentences.keep(desk.tx, desk.person, sentences.SENTENCE, line, desk.now)
    return {"kind_kept": "yes", "kind_mark": sentences.mark(line)}


def change(desk: Desk, given: Values, answers: Values) -> Found:
    """Put a ``line`` in the place of the sentence with ``mark``; its day stays, and so does what is set of it.

    ``sure``: as for ``add``.
    """
    line, old, kept = given.get("line", "").strip(), given.get("mark", ""), _open(desk)
    if not any(each.mark == old for each in kept):
        return {"kind_kept": "gone", "kind_mark": ""}
    fault = _fault(desk, line, kept) or _doubt(desk, line, given)
    if fault:
        return {"kind_kept": fault, "kind_mark": old}
    new = [Sentence(line, each.day) if each.mark == old else each for each in kept]
    if old in sentences.resting(desk.person):
        sentences.put_away(desk.person, sentences.mark(line))
    sentences.write(desk.tx, desk.person, new)
    sends.follow(desk.tx, desk.person.id, old, sentences.mark(line))
    return {"kind_kept": "yes", "kind_mark": sentences.mark(line)}


def drop(desk: Desk, given: Values, answers: Values) -> Found:
    """Take one out, and with it what is set of it."""
    gone, kept = given.get("mark", ""), _open(desk)
    left = [each for each in kept if each.mark != gone]
    if len(left) == len(kept):
        return {"kind_gone": ""}
    sentences.write(desk.tx, desk.person, left)
    sends.let_go(desk.tx, desk.person.id, gone)
    return {"kind_gone": "yes"}


def erase(desk: Desk, given: Values, answers: Values) -> Found:
    """Take all of them out, and what is set of them."""
    if not is_open(desk.person.lock, desk.now):
        return {"kind_gone": ""}
    sends.let_go(desk.tx, desk.person.id, *(send.mark for send in sends.read(desk.tx, desk.person.id)))
    sentences.write(desk.tx, desk.person, [])
    for name in (BROUGHT, BROUGHT_ON):
        desk.person.variables.pop(name, None)
    return {"kind_gone": "yes"}


def away(desk: Desk, given: Values, answers: Values) -> Found:
    """Never bring one back by itself; with ``then``: back, let it come again."""
    marked = given.get("mark", "")
    if sentences.find(desk.tx, desk.person.id, marked) is None:
        return {"kind_away": ""}
    if given.get("then") == "back":
        sentences.take_back(desk.person, marked)
        return {"kind_away": ""}
    sentences.put_away(desk.person, marked)
    return {"kind_away": "yes"}


# --- on a day ---


def send(desk: Desk, given: Values, answers: Values) -> Found:
    """Set a sentence for a ``day``, at nine or at another time (``at``); ``late``: that hour is over today."""
    marked, day, at = given.get("mark", ""), given.get("day", ""), given.get("at") or sends.USUAL
    fault = _unsendable(desk, marked, day, at)
    if fault:
        return {"kind_sent": fault, "kind_when": "", "kind_far": ""}
    sends.fix(desk.tx, desk.person, marked, day, at)
    due = sends.moment(desk.person, day, at)
    return {"kind_sent": "yes", "kind_when": _when(desk, day, at), "kind_far": yes(due - desk.now > FAR)}


def waiting(desk: Desk, given: Values, answers: Values) -> Found:
    """List what is set, the soonest first."""
    kept = {each.mark: each.text for each in _open(desk)}
    found = [each for each in sends.read(desk.tx, desk.person.id) if each.mark in kept]
    numbers = [str(number) for number, _ in enumerate(found, 1)]
    lines = [f"{number}  {_line(desk, each, kept)}" for number, each in zip(numbers, found, strict=True)]
    return {
        "send_lines": "\n".join(lines),
        "send_numbers": "\n".join(numbers),
        "send_numbers_chosen": numbers[0] if len(numbers) == 1 else "",
        "send_keys": "\n".join(each.key for each in found),
    }


def unsend(desk: Desk, given: Values, answers: Values) -> Found:
    """Take one back: by its ``number`` and the ``keys`` that were listed, or by its ``mark`` and ``day``."""
    number, keys = given.get("number", ""), given.get("keys", "").splitlines()
    listed = keys[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(keys) else ""
    for each in sends.read(desk.tx, desk.person.id):
        if each.key == listed or (each.mark, each.day) == (given.get("mark"), given.get("day")):
            desk.tx.drop_timer(desk.person.id, each.key)
            return {"kind_gone": "yes"}
    return {"kind_gone": ""}


def due(desk: Desk, given: Values, answers: Values) -> Found:
    """Find the sentence whose day it is; nothing where it is gone, or the screen marks it now."""
    found = sentences.find(desk.tx, desk.person.id, given.get("mark", ""))
    return _told(desk, found if found and sentences.may_return(found, desk.hear) else None)


# --- in a hard hour ---


def offer(desk: Desk, given: Values, answers: Values) -> Found:
    """Say whether one may be offered, and note that it was: once a day, nothing after danger, nothing of today's."""
    noted, today = desk.person.variables, sentences.today(desk.person, desk.now)
    lately = (desk.now - DAY).isoformat()
    danger = noted.get("gate") in LEVELS or any(noted.get(name, "") >= lately for name in MOMENTS)
    if danger or not desk.person.agreed or noted.get(BROUGHT_ON) == today or _brought(desk) is None:
        return {"may": ""}
    noted[BROUGHT_ON] = today
    return {"may": "yes"}


def bring(desk: Desk, given: Values, answers: Values) -> Found:
    """Bring one of an earlier day, at random, and not the one that was brought last."""
    found = _brought(desk)
    if found is not None:
        desk.person.variables[BROUGHT] = found.mark
    return _told(desk, found)


KIND_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], Found]] = {
    "kind": state,
    "kind_page": page,
    "kind_one": one,
    "kind_random": any_one,
    "kind_add": add,
    "kind_change": change,
    "kind_drop": drop,
    "kind_erase": erase,
    "kind_away": away,
    "kind_send": send,
    "kind_waiting": waiting,
    "kind_unsend": unsend,
    "kind_due": due,
    "kind_offer": offer,
    "kind_bring": bring,
}


def _open(desk: Desk) -> list[Sentence]:
    """Return all, the newest first; none where the person's own word has to come first."""
    return sentences.read(desk.tx, desk.person.id) if is_open(desk.person.lock, desk.now) else []


def _told(desk: Desk, found: Sentence | None) -> Found:
    """Return a sentence as flows show it."""
    if found is None:
        return dict(NOTHING)
    return {
        "kind_text": found.text,
        "kind_from": _month(desk, found.day),
        "kind_mark": found.mark,
        "kind_away": yes(found.mark in sentences.resting(desk.person)),
        "kind_may_send": yes(sentences.may_return(found, desk.hear)),
    }


def _random(desk: Desk, found: Iterable[Sentence]) -> Sentence | None:
    """Return one that the screen lets pass, in an order that no one can guess and a replay repeats."""
    drawn = sorted(found, key=lambda each: hashlib.sha256(f"{desk.now}{each.mark}".encode()).digest())
    return next((each for each in drawn if sentences.may_return(each, desk.hear)), None)


def _brought(desk: Desk) -> Sentence | None:
    today, last = sentences.today(desk.person, desk.now), desk.person.variables.get(BROUGHT)
    earlier = [each for each in sentences.awake(desk.tx, desk.person) if each.day < today]
    return _random(desk, [each for each in earlier if each.mark != last and len(each.text) <= LONGEST])


def _fault(desk: Desk, line: str, kept: Iterable[Sentence]) -> str:
    """Return why a line cannot be kept, "" where it can."""
    if not desk.person.agreed:
        return "unkept"
    if not any(letter.isprintable() and not letter.isspace() for letter in line):
        return "empty"
    if len(line) > LONGEST:
        return "long"
    if desk.hear(line).risk != "none":
        return "marked"
    return "there" if any(each.text == line for each in kept) else ""


def _doubt(desk: Desk, line: str, given: Values) -> str:
    """Return "doubt" where a line may be no line to keep: one word, a question, or what opens something here."""
    if given.get("sure"):
        return ""
    calls = recognise(line) or desk.hear(line).topic.startswith(CALLS)
    return "doubt" if calls or len(line.split()) == 1 or "?" in line else ""


def _unsendable(desk: Desk, marked: str, day: str, at: str) -> str:
    """Return why a sentence cannot be set for a moment, "" where it can."""
    found = next((each for each in _open(desk) if each.mark == marked), None)
    if found is None or not desk.person.agreed:
        return "gone"
    if not sentences.may_return(found, desk.hear):
        return "marked"
    set_now = [each for each in sends.read(desk.tx, desk.person.id) if (each.mark, each.day) != (marked, day)]
    return "full" if len(set_now) >= sends.MOST else _unreachable(desk, day, at)


def _unreachable(desk: Desk, day: str, at: str) -> str:
    """Return why nothing can be sent at a moment: it is none, is over, or lies too far ahead."""
    try:
        today, wanted = date.fromisoformat(sentences.today(desk.person, desk.now)), date.fromisoformat(day)
    except ValueError:
        return "gone"
    if read_time(at) != at:
        return "gone"
    if wanted < today:
        return "past"
    if wanted - today > sends.AHEAD:
        return "far"
    return "late" if sends.moment(desk.person, day, at) <= desk.now else ""


def _line(desk: Desk, each: Send, kept: Mapping[str, str]) -> str:
    return f"{_when(desk, each.day, each.at)}: {_short(kept[each.mark])}"


def _when(desk: Desk, day: str, at: str) -> str:
    return f"{say_date(day, desk.words('months'))}, {clock(desk, at)}"


def _month(desk: Desk, day: str) -> str:
    """Return the month of a day as it is said: "March", of another year "March 2025"."""
    if not day:
        return desk.words("earlier_day")
    _, _, month = say_date(day, desk.words("months")).partition(" ")
    name, _, year = month.partition(" ")
    return name if year == sentences.today(desk.person, desk.now)[:4] else month


def _has(text: str, word: str) -> bool:
    return " ".join(word.casefold().split()) in " ".join(text.casefold().split())


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[: SHOWN - 1].rstrip()}\u2026"
