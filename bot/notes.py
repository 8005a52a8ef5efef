"""A person's safety notes: lines of their own for bad hours, in a compartment of their own.

Each line is a row of its own, and its part stands inside the sealed body: no row tells what it is about, or that the
screen marked it. Such a line is held: it is shown nowhere until the person says once more that it is to be kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.desk import Desk, Values
from bot.lock import is_open
from bot.model import Compartment, Person
from bot.ports import Tx

FLOW, LINE = "notes", "line"  # the flow in which they are written, and the answer that a line is
KIND = "note"
SAFETY: Compartment = "safety"
PARTS = ("helps", "people", "places", "professionals", "reasons", "signs")
CONTACTS = frozenset({"people", "professionals"})  # shown in danger whatever words stand around a number
HELD = "?"  # ends the part of a line that is held
MARKED = (
    "!"  # ends the part of a line in which danger was heard as it was typed, and that is kept all the same
)
LINES, LETTERS = 50, 4_000  # of a part: a page, and one message of Telegram's
WAITING = 10  # lines that are held: as many talks about danger, with no notes opened in between
NEAR = 700  # characters of a bubble in danger: more is not read then


@dataclass(frozen=True, slots=True)
class Note:
    """A line as it is kept; ``held``: until the person says what is to become of it; ``marked``: danger is in it."""

    part: str = field(repr=False)
    text: str = field(repr=False)
    held: bool = field(default=False, repr=False)
    marked: bool = field(default=False, repr=False, compare=False)


def read(tx: Tx, person: str) -> list[Note]:
    """Return a person's notes, oldest first."""
    return [_note(body) for body in tx.kept(person, KIND)]


def hold(tx: Tx, person: Person, part: str, text: str) -> None:
    """Hold a line that was answered by a talk about danger, so that it need not be typed again."""
    notes, new = read(tx, person.id), Note(part, text.strip(), held=True)
    known = any((note.part, note.text) == (new.part, new.text) for note in notes)
    room = sum(note.held for note in notes) < WAITING
    if person.agreed and part in PARTS and not known and room:
        _write(tx, person.id, [*notes, new])


# --- what the flows may ask for ---


def state(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Say whether there are notes, whether a line is held, and how they stand to the person's own word."""
    notes, lock = read(desk.tx, desk.person.id), desk.person.lock
    word = (lock.spared or "unasked") if lock.word else ""
    return {
        "note_any": "yes" if any(not note.held for note in notes) else "",
        "note_waits": next((note.part for note in notes if note.held), ""),
        "note_word": word,
        "note_opens": "yes" if is_open(lock, desk.now) or lock.spared == "yes" else "",
    }


def part(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Show the lines of one part, numbered; nothing where the person's word has to come first."""
    lines = _of(read(desk.tx, desk.person.id), given.get("part", ""))
    numbers = [str(number) for number, _ in enumerate(lines, 1)]
    shut = not is_open(desk.person.lock, desk.now)
    shown = "" if shut else "\n".join(map("  ".join, zip(numbers, lines, strict=True)))
    count = "one" if len(lines) == 1 else ""
    return {
        "note_shut": "yes" if shut else "", "note_lines": shown, "note_one": count,
        "note_numbers": "\n".join(numbers), "note_numbers_chosen": numbers[0] if count else "",
    }  # fmt: skip


def keep(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Keep what was typed, each line of it; ``number`` says which one it takes the place of."""
    return _keep(desk, given, danger=desk.hear(given.get("line", "")).risk != "none")


def _keep(desk: Desk, given: Values, *, danger: bool) -> dict[str, str]:
    part, text, number = given.get("part", ""), given.get("line", ""), given.get("number", "")
    if not desk.person.agreed or part not in PARTS:
        return {"note_kept": ""}
    notes, held = read(desk.tx, desk.person.id), Note(part, text.strip(), held=True)
    lines = [line for line in map(str.strip, text.splitlines()) if _visible(line)]
    marked = _marked(desk, lines) if danger else ()
    fresh = [Note(part, line, marked=line in marked) for line in lines]
    if not fresh:
        return {"note_kept": "empty"}
    changed = _put([note for note in notes if note != held], fresh, _place(notes, part, number))
    if not _fits(changed, part):
        return {"note_kept": "full"}
    _write(desk.tx, desk.person.id, changed)
    return {"note_kept": "yes"}


def drop(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Take one line out."""
    notes = read(desk.tx, desk.person.id)
    gone = _place(notes, given.get("part", ""), given.get("number", ""))
    if gone is not None:
        _write(desk.tx, desk.person.id, [note for note in notes if note is not gone])
    return {"note_gone": "yes" if gone else ""}


def held(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Show the oldest line that is held, keep it (``then``: keep), or let it go (``then``: drop)."""
    notes, then = read(desk.tx, desk.person.id), given.get("then", "")
    first = next((note for note in notes if note.held), None)
    if first is None or not is_open(desk.person.lock, desk.now):
        return {"note_line": "", "note_kept": ""}
    if then == "keep":
        return _keep(desk, {"part": first.part, "line": first.text}, danger=True)
    if then == "drop":
        _write(desk.tx, desk.person.id, [note for note in notes if note is not first])
    return {"note_line": first.text, "note_kept": ""}


def shown(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Show the notes, as bubbles. In danger, that is where it is not ``calm``, only what is short and helps then."""
    notes = read(desk.tx, desk.person.id)
    if given.get("calm"):
        bubbles = {name: [note.text for note in _kept(notes, *parts)] for name, parts in BUBBLES.items()}
    else:
        bubbles = {name: _near(desk, _kept(notes, *parts)) for name, parts in BUBBLES.items()}
        bubbles["note_signs"] = []  # who is in it needs no sign of it
    return {name: "\n".join(lines) for name, lines in bubbles.items()}


def erase(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Erase all notes, by their key."""
    desk.tx.forget_compartment(desk.person.id, SAFETY)
    return {}


def spare(desk: Desk, given: Values, answers: Values) -> dict[str, str]:
    """Note whether the notes open without the person's word when danger was spoken of."""
    if is_open(desk.person.lock, desk.now):
        desk.person.lock.spared = "yes" if given.get("open") == "yes" else "no"
    return {}


BUBBLES: Mapping[str, tuple[str, ...]] = {
    "note_reasons": ("reasons",),
    "note_people": ("people", "professionals"),
    "note_helps": ("helps", "places"),
    "note_signs": ("signs",),
}
NOTE_ACTIONS: Mapping[str, Callable[[Desk, Values, Values], dict[str, str]]] = {
    "notes": state,
    "note_part": part,
    "note_keep": keep,
    "note_drop": drop,
    "note_held": held,
    "notes_shown": shown,
    "notes_erase": erase,
    "notes_spare": spare,
}


# --- lines ---


def _note(body: str) -> Note:
    part, _, text = body.partition("\n")
    return Note(part.rstrip(HELD + MARKED), text, part.endswith(HELD), part.endswith(MARKED))


def _write(tx: Tx, person: str, notes: Iterable[Note]) -> None:
    bodies = [f"{note.part}{HELD * note.held or MARKED * note.marked}\n{note.text}" for note in notes]
    tx.keep_only(person, KIND, bodies, SAFETY)


def _kept(notes: Iterable[Note], *parts: str) -> list[Note]:
    """Return the lines of these parts, part by part."""
    return [note for part in parts for note in notes if note.part == part and not note.held]


def _of(notes: Iterable[Note], part: str) -> list[str]:
    return [note.text for note in _kept(notes, part)]


def _place(notes: Iterable[Note], part: str, number: str) -> Note | None:
    """Return the line that a number means."""
    lines = _kept(notes, part)
    return lines[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(lines) else None


def _put(notes: list[Note], fresh: list[Note], old: Note | None) -> list[Note]:
    """Return the notes with fresh lines in the place of an old one, or at the end; none of them is there twice."""
    at = next((at for at, note in enumerate(notes) if note is old), len(notes))
    return [*dict.fromkeys([*notes[:at], *fresh, *notes[at + (old is not None) :]])]


def _fits(notes: Iterable[Note], part: str) -> bool:
    lines = [note.text for note in notes if note.part == part and not note.held]
    return len(lines) <= LINES and sum(map(len, lines)) <= LETTERS


def _marked(desk: Desk, lines: list[str]) -> list[str]:
    """Return the lines of a dangerous text that are dangerous by themselves; all of them where none is."""
    return [line for line in lines if desk.hear(line).risk != "none"] or lines


def _visible(line: str) -> bool:
    return any(letter.isprintable() and not letter.isspace() for letter in line)


def _near(desk: Desk, notes: Iterable[Note]) -> list[str]:
    """Return what of some lines may be read in danger: nothing that the screen marks, but for people to reach."""
    found: list[str] = []
    left = NEAR
    for note in notes:
        risky = note.marked or desk.hear(note.text).risk != "none"
        if note.part not in CONTACTS and risky:
            continue
        if len(note.text) > left:
            return found or [f"{note.text[: left - 1].rstrip()}\u2026"]
        found.append(note.text)
        left -= len(note.text)
    return found
