"""A person's own notes for bad hours: kept line by line, shown when wished for, never lost, never where they hurt."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import lock, notes
from bot.belongings import gather, read, restore, write
from bot.desk import Desk
from bot.hearing import hear
from bot.model import CONSENT, Person
from bot.notes import LETTERS, LINES, NEAR, NOTE_ACTIONS, SAFETY, Note
from bot.page import documents
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from flows.session import from_json
from tests.hostile import hostile
from tests.serving import everything
from tests.test_talk import Chat

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
HEAVY = "there is nothing, I should be dead"  # in it, danger is heard
PRIVATE = "the yellow house on Mill Road"
WORD = "blue teapot"


# --- what actions do ----------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path):
    opened = SqliteStore.open(tmp_path / "data", Seal(b"n" * 32))
    yield opened
    await opened.close()


class House:
    """One person and their notes."""

    def __init__(self, store, name="7"):
        self.store, self.name = store, name

    async def does(self, action, **given):
        """Have an action done, and return what it brings."""

        def work(tx):
            person = _known(tx, self.name)
            desk = Desk(tx, person, NOW, 18, hear)
            found = NOTE_ACTIONS[action](desk, given, {})
            tx.save_person(person)
            return found

        return await self.store.run(work)

    async def keeps(self, part, *lines):
        return [(await self.does("note_keep", part=part, line=line))["note_kept"] for line in lines]

    async def has(self):
        return await self.store.run(lambda tx: notes.read(tx, tx.person_at("telegram", self.name).id))


def _known(tx, name="7"):
    person = tx.person_at("telegram", name)
    person.consent, person.adult = CONSENT, True
    tx.save_person(person)
    return person


@pytest.fixture
def house(store):
    return House(store)


async def test_a_line_that_danger_was_heard_in_as_it_was_typed_stays_marked(house):
    """Whatever the rules make of it later: in danger it is not shown, in calm it is."""
    await house.store.run(lambda tx: notes.hold(tx, _known(tx), "helps", "flurb"))
    await house.does("note_held", then="keep")
    await house.keeps("helps", "tea")

    assert (await house.does("notes_shown"))["note_helps"] == "tea"
    assert (await house.does("notes_shown", calm="yes"))["note_helps"] == "flurb\ntea"


async def test_lines_are_kept_part_by_part_in_order(house):
    """Whatever was written in between."""
    await house.keeps("helps", "lake", "tea")
    await house.keeps("people", "Ann")
    await house.keeps("helps", "rain")

    assert (await house.does("note_part", part="helps"))["note_lines"] == "1  lake\n2  tea\n3  rain"
    assert (await house.does("note_part", part="people"))["note_one"] == "one"


async def test_a_text_of_several_lines_is_several(house):
    """Empty ones and ones that nobody can see are none."""
    await house.keeps("helps", " lake \n\n \u200b\u2060\n\ttea\r\nrain\u2028wind")

    assert [note.text for note in await house.has()] == ["lake", "tea", "rain", "wind"]
    assert await house.keeps("helps", "", "\n \n", "\u200b") == ["empty"] * 3


async def test_a_line_is_there_once(house):
    """Typed twice, or given once more after another talk."""
    assert await house.keeps("helps", "lake", "lake", "tea\nlake") == ["yes"] * 3
    assert [note.text for note in await house.has()] == ["lake", "tea"]


@pytest.mark.parametrize("number", ["1", "2", "3"])
async def test_one_line_is_changed_in_its_place(house, number):
    """The others stay as they are."""
    await house.keeps("places", "park")
    await house.keeps("helps", "a", "b", "c")
    await house.does("note_keep", part="helps", line="new", number=number)

    expected = ["a", "b", "c"]
    expected[int(number) - 1] = "new"
    assert [note.text for note in await house.has()] == ["park", *expected]


@pytest.mark.parametrize("number", ["1", "2", "3"])
async def test_one_line_is_taken_out(house, number):
    """That one alone."""
    await house.keeps("helps", "1", "2", "3")
    await house.keeps("places", "1", "2", "3")

    assert (await house.does("note_drop", part="helps", number=number))["note_gone"] == "yes"
    assert len(await house.has()) == 5
    assert Note("helps", number) not in await house.has()


@pytest.mark.parametrize("number", ["", "0", "4", "-1", "x", "\u00b2", "9" * 30])
async def test_a_number_that_means_none_takes_nothing(house, number):
    """Nor does it put anything in a wrong place: it is added."""
    await house.keeps("helps", "1", "2", "3")

    assert (await house.does("note_drop", part="helps", number=number))["note_gone"] == ""
    await house.does("note_keep", part="helps", line="new", number=number)
    assert [note.text for note in await house.has()] == ["1", "2", "3", "new"]


async def test_fifty_lines_fit_and_a_further_one_does_not(house):
    """It is said; what is there stays whole."""
    lines = [f"line {number}" for number in range(LINES)]

    assert await house.keeps("helps", "\n".join(lines), "one more") == ["yes", "full"]
    assert [note.text for note in await house.has()] == lines
    assert await house.keeps("places", "park") == ["yes"]


async def test_a_long_line_is_kept_whole(house):
    """Two thousand letters, and as many once more."""
    long = "lake " * 400

    assert await house.keeps("helps", long, "x" * 2001, "tea") == ["yes", "yes", "full"]
    assert (await house.has())[0].text == long.strip()
    assert LETTERS == 4000


@pytest.mark.parametrize("part", ["", "helps?", "self", "note\nhelps"])
async def test_only_the_six_parts_hold_lines(house, part):
    """What is of no part is not kept under a wrong one."""
    assert await house.keeps(part, "lake") == [""]
    assert await house.has() == []


async def test_nothing_is_kept_before_a_yes(store):
    """Nor held."""

    def work(tx):
        person = tx.person_at("telegram", "9")
        notes.hold(tx, person, "helps", "lake")
        kept = NOTE_ACTIONS["note_keep"](
            Desk(tx, person, NOW, 18, hear), {"part": "helps", "line": "lake"}, {}
        )
        return kept["note_kept"], tx.kinds(person.id)

    assert await store.run(work) == ("", [])


async def test_any_text_comes_back_as_it_was(house):
    """Markup, templates, half of other scripts: a line is a line, up to its ends."""
    texts = [text for text in hostile(400, seed=5) if len(text) < LETTERS]
    for text in texts:
        await house.does("notes_erase")
        kept = await house.keeps("people", text)
        lines = [*dict.fromkeys(line.strip() for line in text.splitlines() if notes._visible(line))]
        assert kept == ["yes" if 0 < len(lines) <= LINES else "empty" if not lines else "full"]
        if kept == ["yes"]:
            shown = (await house.does("notes_shown", calm="yes"))["note_people"]
            assert [note.text for note in await house.has()] == lines
            assert shown == "\n".join(lines)


# --- what is held -------------------------------------------------------------------------


async def hold(house, part, text):
    await house.store.run(lambda tx: notes.hold(tx, _known(tx), part, text))


async def test_a_held_line_is_shown_nowhere(house):
    """Not in its part, not in danger, not in calm; and it can be looked at."""
    await house.keeps("reasons", "Mia")
    await hold(house, "reasons", HEAVY)

    shown = [
        await house.does("note_part", part="reasons"),
        await house.does("notes_shown"),
        await house.does("notes_shown", calm="yes"),
    ]
    assert HEAVY not in repr(shown)
    assert (await house.does("notes"))["note_waits"] == "reasons"
    assert (await house.does("note_held"))["note_line"] == HEAVY


async def test_a_held_line_is_kept_or_let_go(house):
    """As the person says; then none waits."""
    await hold(house, "reasons", HEAVY)
    await hold(house, "signs", "a\nb")

    await house.does("note_held", then="drop")
    await house.does("note_held", then="keep")

    assert await house.has() == [Note("signs", "a"), Note("signs", "b")]
    assert (await house.does("notes"))["note_waits"] == ""


async def test_a_line_is_held_once_and_goes_when_it_is_kept(house):
    """After a no to the question the talk goes on with it by itself."""
    await hold(house, "signs", HEAVY)
    await hold(house, "signs", HEAVY)
    await house.keeps("signs", HEAVY)

    assert await house.has() == [Note("signs", HEAVY)]


async def test_a_line_is_held_where_there_is_no_room(house):
    """It waits until another one is taken out; ten of them, and no more."""
    await house.keeps("signs", "x" * LETTERS)
    for number in range(11):
        await hold(house, "signs", f"{HEAVY} {number}")
    assert (await house.does("note_held", then="keep"))["note_kept"] == "full"
    assert sum(note.held for note in await house.has()) == 10

    await house.does("note_drop", part="signs", number="1")
    assert (await house.does("note_held", then="keep"))["note_kept"] == "yes"


# --- in danger ----------------------------------------------------------------------------


async def test_in_danger_no_line_comes_back_that_the_screen_marks(house):
    """But for people to reach, whatever stands around their number; signs are for calm hours."""
    await house.keeps("reasons", "Mia", HEAVY)
    await house.keeps("helps", "I want to kill myself")
    await house.keeps("professionals", "Samaritans 116 123 when I feel suicidal")
    await house.keeps("signs", "I stop answering")

    near, calm = await house.does("notes_shown"), await house.does("notes_shown", calm="yes")

    assert near == {
        "note_reasons": "Mia",
        "note_people": "Samaritans 116 123 when I feel suicidal",
        "note_helps": "",
        "note_signs": "",
    }
    assert (calm["note_reasons"], calm["note_signs"]) == (f"Mia\n{HEAVY}", "I stop answering")


async def test_in_danger_little_is_shown(house):
    """Whole lines as far as they go; of a long one its beginning; in calm all of it."""
    await house.keeps("helps", *(f"{number} {'walk ' * 20}" for number in range(20)))
    await house.keeps("reasons", "sea " * 500)

    near, calm = await house.does("notes_shown"), await house.does("notes_shown", calm="yes")

    assert NEAR - 110 < len(near["note_helps"]) <= NEAR + 10
    assert near["note_helps"].endswith("walk")
    assert len(near["note_reasons"]) <= NEAR
    assert near["note_reasons"].endswith("sea\u2026")
    assert len(calm["note_helps"].splitlines()) == 20


# --- at rest, taken along, erased ---------------------------------------------------------


async def test_notes_have_a_key_of_their_own(house, store):
    """Erased by it, while all else stays; new ones can be written afterwards."""
    await house.keeps("places", PRIVATE)
    me = await store.run(lambda tx: _known(tx).id)
    await store.run(lambda tx: tx.keep(me, "sentence", "stays"))
    assert await store.run(lambda tx: tx.kept_in(me, notes.KIND)) == [(SAFETY, f"places\n{PRIVATE}")]

    await house.does("notes_erase")
    await house.keeps("helps", "tea")

    assert await house.has() == [Note("helps", "tea")]
    assert await store.run(lambda tx: tx.kept(me, "sentence")) == ["stays"]


async def test_no_row_tells_what_a_line_is_about(house, tmp_path):
    """Neither its part, nor that danger was heard in it, nor a word."""
    await house.keeps("professionals", PRIVATE)
    await hold(house, "reasons", HEAVY)
    await house.store.close()

    files = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file())

    for word in ("professionals", "reasons", "Mill Road", "should be dead", "safety\n"):
        assert word.encode() not in files
    house.store = SqliteStore.open(tmp_path / "data", Seal(b"n" * 32))  # closed again by the fixture
    assert len(await house.has()) == 2
    await house.store.close()


async def test_whoever_was_here_before_gets_a_key_for_notes(tmp_path):
    """A store of an earlier day knew two compartments."""
    store = SqliteStore.open(tmp_path / "data", Seal(b"n" * 32))
    await store.run(_known)
    await store.run(lambda tx: tx._keys._db.execute("DELETE FROM key WHERE compartment = 'safety'"))
    await store.close()

    store = SqliteStore.open(tmp_path / "data", Seal(b"n" * 32))
    try:
        house = House(store)
        assert await house.keeps("helps", "lake") == ["yes"]
        assert await house.has() == [Note("helps", "lake")]
    finally:
        await store.close()


async def test_notes_are_taken_along_and_come_back(house, store, tmp_path):
    """In both files, and in their own compartment again."""
    await house.keeps("people", "Ann 0151 555 0101")
    await hold(house, "signs", HEAVY)

    def take(tx):
        found = gather(tx, _known(tx), NOW)
        return write(found), documents(found, str)

    file, pages = await store.run(take)
    assert all(b"Ann 0151 555 0101" in body for _, body in pages.values())

    def bring(tx):
        other = tx.person_at("telegram", "8")
        restore(tx, other, read(file))
        return tx.kept_in(other.id, notes.KIND)

    assert await store.run(bring) == [(SAFETY, "people\nAnn 0151 555 0101"), (SAFETY, f"signs?\n{HEAVY}")]


async def test_forgetting_a_person_forgets_their_notes(house, store):
    """Nothing is left for whoever comes to the same chat."""
    await house.keeps("people", "Ann")
    await store.run(lambda tx: tx.forget(_known(tx).id))

    assert await house.has() == []


def test_a_note_shows_no_words():
    """Where it is printed by mistake."""
    assert "Ann" not in repr(Note("people", "Ann"))


# --- through the front door ---------------------------------------------------------------


@pytest.fixture
async def chat(tmp_path):
    """Someone who has agreed."""
    chat = Chat(everything(), tmp_path / "chat", now=NOW)
    await chat.store.run(_agree)
    yield chat
    await chat.store.close()


def _agree(tx):
    person = tx.person_at("terminal", "me")
    person.consent, person.adult, person.variables = CONSENT, True, {"met": "yes"}
    tx.save_person(person)


async def kept(chat):
    return await chat.store.run(lambda tx: notes.read(tx, tx.person_at("terminal", "me").id))


async def me(chat) -> Person:
    return await chat.store.run(lambda tx: tx.person_at("terminal", "me"))


@pytest.mark.parametrize("way", ["stop", "menu", "help now", "@+25h", "/start", "hide"])
async def test_whoever_stops_loses_nothing(chat, way):
    """Each line is kept as it is typed."""
    await chat.say("my notes", "Begin", "the lake", way)
    await chat.restart()

    assert await kept(chat) == [Note("helps", "the lake")]


async def test_every_part_can_be_skipped(chat):
    """By a tap or a word, to the end; then nothing is kept."""
    await chat.say("/notes", "Begin", *["Skip", "skip"] * 3)

    assert await kept(chat) == []
    assert await chat.store.run(_frames) == []


async def test_a_restart_in_between_goes_on_where_it_was(chat):
    """The next line goes to the part that was asked for."""
    await chat.say("my notes", "Begin", "the lake", "That's all here")
    await chat.restart()
    await chat.say("Ann", "That's all here")
    await chat.restart()
    await chat.say("the park")

    assert await kept(chat) == [Note("helps", "the lake"), Note("people", "Ann"), Note("places", "the park")]


async def test_a_line_typed_days_later_is_not_lost(chat):
    """The answers of a talk go after a day; the bot asks which part it is for, and nothing is typed again."""
    await chat.say("my notes", "Begin", "the lake", "That's all here")
    chat.clock.move(NOW + timedelta(days=2))
    await chat.store.run(chat.conversation.tend)
    assert [frame.answers for frame in await chat.store.run(_frames)] == [{}]

    asked = await chat.say("Ann")
    await chat.say("People")

    assert "which part" in asked[0]
    assert await kept(chat) == [Note("helps", "the lake"), Note("people", "Ann")]


def _frames(tx):
    body = tx.session(tx.person_at("terminal", "me").id)[0]
    return from_json(body).frames if body else []


async def test_a_text_is_never_taken_for_a_template(chat):
    """What looks like a name of the bot's is a person's line."""
    await chat.say("my notes", "Begin", "{part} and {note_people}")

    assert await kept(chat) == [Note("helps", "{part} and {note_people}")]
    shown = "".join(await chat.say("stop", "my notes", "Read them"))
    assert "‖{part} and {note_people}‖" in shown


async def test_a_whole_plan_can_be_pasted(chat):
    """Fifty lines, or two thousand letters, in one message: kept, shown in full, and there after a restart."""
    lines = [f"{number}: walk to the lake and back" for number in range(LINES)]
    await chat.say("my notes", "Choose a part", "What helps", "\n".join(lines), "That's all here")
    await chat.say("Add or change", "People", "Ann " * 500, "Done for now")
    await chat.restart()

    assert [note.text for note in await kept(chat)] == [*lines, ("Ann " * 500).strip()]
    shown = "".join(await chat.say("my notes", "Read them", "Show the rest"))
    assert all(line in shown for line in lines)
    listed = await chat.say("Add or change", "What helps", "Change or take out")
    assert listed[-1].count("[") == LINES
    await chat.say("50", "Take it out")
    assert [note.text for note in await kept(chat)][:-1] == lines[:-1]


async def test_words_that_danger_is_heard_in_are_answered_first(chat):
    """The line is held meanwhile; afterwards it can be kept, and never has to be typed again."""
    await chat.say("my notes", "Choose a part", "What I stay for")
    said = "".join(await chat.say(HEAVY))
    assert "findahelpline.com" in said
    assert await kept(chat) == [Note("reasons", HEAVY, held=True)]

    await chat.restart()
    await chat.say("Thoughts, not now", "stop", "@+3h")
    asked = await chat.say("my notes", "Write one down", "Ann", "Done for now")
    assert HEAVY not in "".join(asked)
    await chat.say("Keep it")
    assert await kept(chat) == [Note("people", "Ann"), Note("reasons", HEAVY)]


async def test_after_a_no_the_talk_goes_on_with_the_line(chat):
    """It was asked once, plainly; the line is kept as it was meant."""
    await chat.say("my notes", "Choose a part", "How it begins")
    asked = await chat.say("I can't go on like this anymore")
    assert "Are you having thoughts of ending your life?" in "".join(asked)

    await chat.say("No")
    assert await kept(chat) == [Note("signs", "I can't go on like this anymore")]


async def test_danger_that_is_typed_over_a_question_about_danger_goes_there(chat):
    """Notes that were opened meanwhile do not swallow it; the line is held."""
    await chat.say("hello", "I can't go on like this anymore", "my notes", "Write one down")
    said = "".join(await chat.say("I want to kill myself tonight"))

    assert "findahelpline.com" in said or "Which of these is closest" in said
    assert await kept(chat) == [Note("people", "I want to kill myself tonight", held=True)]


async def test_notes_are_never_quoted_unasked(chat):
    """Not by opening them, nor by any other talk."""
    await chat.say("my notes", "Begin", PRIVATE, "stop", "@+1d")

    said = await chat.say("hello", "menu", "my notes", "Done", "settings", "privacy", "help now", "stop")

    assert "Mill Road" not in "".join(said)


async def test_notes_are_shown_under_a_veil(chat):
    """As other words that were kept; a number as it was typed."""
    await chat.say("my notes", "Choose a part", "People", "Ann +44 (0)151 555-0101", "stop")

    assert "‖Ann +44 (0)151 555-0101‖" in "\n".join(await chat.say("my notes", "Read them"))
    assert "‖1  Ann +44 (0)151 555-0101‖" in "\n".join(await chat.say("Add or change", "People"))


# --- behind a word ------------------------------------------------------------------------


@pytest.fixture
async def closed(chat):
    """Someone with a note and a word of their own, said a while ago."""
    await chat.say("my notes", "Begin", PRIVATE, "stop")
    await chat.say("lock", WORD, WORD, "No, hide at once", "@+1h")
    return chat


async def test_in_calm_time_the_word_comes_first(closed):
    """For reading and for changing."""
    asked = await closed.say("my notes")
    opened = await closed.say(WORD, "Read them")

    assert "word" in asked[0]
    assert PRIVATE in "".join(opened)


async def test_the_word_is_asked_again_where_notes_were_left_open(closed):
    """Somebody else may hold the phone by then."""
    await closed.say("my notes", WORD, "@+1h")
    for tries in (["Read them"], ["menu", "my notes"]):
        assert "word" in "".join(await closed.say(*tries)).casefold()
    await closed.say(WORD, "Add or change", "@+1h")

    shown = await closed.say("What helps")
    assert PRIVATE not in "".join(shown)
    assert PRIVATE in "".join(await closed.say(WORD))


async def in_danger(chat):
    """Return what is shown of the notes where danger is spoken of."""
    return "".join(await chat.say("I want to kill myself tonight", "my notes"))


async def test_in_danger_too_unless_the_person_said_otherwise(closed):
    """Whoever holds the phone can type the words of danger."""
    assert PRIVATE not in await in_danger(closed)
    assert PRIVATE in "".join(await closed.say(WORD))


async def test_the_person_may_say_that_danger_opens_them(closed):
    """Asked once, when they have both; then no word is needed."""
    asked = await closed.say("my notes", WORD, "Done")
    await closed.say("Open without it", "@+1h")

    assert "In danger" in "".join(asked)
    assert (await me(closed)).lock.spared == "yes"
    assert PRIVATE in await in_danger(closed)


async def test_a_no_holds_and_is_not_asked_again(closed):
    """Until the person opens that question themselves."""
    await closed.say("my notes", WORD, "Done", "Keep the word before them")
    again = await closed.say("my notes", "Done")

    assert "In danger" not in "".join(again)
    assert PRIVATE not in "".join(await closed.say("@+1h", "I want to kill myself tonight", "my notes"))


async def test_nobody_opens_them_for_danger_without_the_word(closed):
    """The answer counts only while the word is open."""
    await closed.say("my notes", WORD, "Done", "@+1h")
    await closed.say("Open without it")

    assert (await me(closed)).lock.spared == ""


def test_a_lock_shows_nothing_of_it():
    """Where it is printed by mistake, it tells of no word."""
    assert "teapot" not in repr(lock.Lock(word="teapot"))
