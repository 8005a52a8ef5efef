"""What a person kept: read, found, changed, taken out, sent on a day and brought back; each for its owner alone."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import lock, sends, sentences
from bot.actions import ACTIONS
from bot.belongings import gather, read, restore, write
from bot.desk import Desk
from bot.hearing import hear
from bot.model import CONSENT
from bot.seal import Seal
from bot.sentences import LONGEST, MOST, SENTENCE, Sentence
from bot.store.sqlite import SqliteStore
from tests.hostile import hostile

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)  # 10 o'clock in Berlin
DAY = timedelta(days=1)
HEAVY = "there is nothing, I should be dead"  # in it, danger is heard
MONTHS = "January February March April May June July August September October November December"
WORD = "blue teapot"


@pytest.fixture
async def store(tmp_path):
    opened = SqliteStore.open(tmp_path / "data", Seal(b"k" * 32))
    yield opened
    await opened.close()


class Shelf:
    """One person, and what they kept."""

    def __init__(self, store, name="7", now=NOW):
        self.store, self.name, self.now = store, name, now

    async def does(self, action, **given):
        """Have an action done, and return what it brings."""

        def work(tx):
            person = _known(tx, self.name)
            lines = {"months": MONTHS, "earlier_day": "an earlier day"}
            desk = Desk(tx, person, self.now, 18, hear, lambda line: lines.get(line, ""))
            found = ACTIONS[action](desk, {"sure": "yes"} | given, {})
            tx.save_person(person)
            return found

        return await self.store.run(work)

    async def keeps(self, *lines):
        return [(await self.does("kind_add", line=line))["kind_kept"] for line in lines]

    async def has(self):
        found = await self.store.run(lambda tx: sentences.read(tx, _known(tx, self.name).id))
        return [each.text for each in found]

    async def sends(self):
        found = await self.store.run(lambda tx: sends.read(tx, _known(tx, self.name).id))
        return [(each.day, each.at) for each in found]

    async def change(self, change):
        def work(tx):
            person = _known(tx, self.name)
            change(person)
            tx.save_person(person)

        await self.store.run(work)

    async def dues(self):
        found = await self.store.run(lambda tx: tx.timers(_known(tx, self.name).id))
        return [datetime.fromtimestamp(each.due, UTC) for each in found]


def _known(tx, name):
    person = tx.person_at("telegram", name)
    if not person.adult:
        person.consent, person.adult = CONSENT, True
        person.variables["zone"] = "Europe/Berlin"
        tx.save_person(person)
    return person


@pytest.fixture
def shelf(store):
    return Shelf(store)


MARK = sentences.mark


async def test_the_newest_comes_first_three_at_a_time(shelf):
    """Each page says where the next one begins."""
    await shelf.keeps("one", "two", "three", "four")

    first = await shelf.does("kind_page")
    rest = await shelf.does("kind_page", at=first["kind_next"])

    assert first["kind_lines"] == "1  four\n\n2  three\n\n3  two"
    assert (rest["kind_lines"], rest["kind_next"], rest["kind_numbers_chosen"]) == ("4  one", "", "4")


@pytest.mark.parametrize("at", ["-1", "99", "x", "", "²"])
async def test_a_page_that_is_none_is_the_first(shelf, at):
    """Whatever a flow hands over."""
    await shelf.keeps("one")

    assert (await shelf.does("kind_page", at=at))["kind_lines"] == "1  one"


async def test_a_word_is_found_in_any_case(shelf):
    """With the number of the list that is shown, and with letters beyond a to z."""
    await shelf.keeps("Straße und Tee", "Ruhe", "🫖 genügt")

    assert (await shelf.does("kind_page", word="STRASSE"))["kind_lines"] == "1  Straße und Tee"
    assert (await shelf.does("kind_page", word="🫖"))["kind_lines"] == "1  🫖 genügt"
    assert (await shelf.does("kind_page", word="coffee"))["kind_lines"] == ""


async def test_one_is_opened_by_its_number_on_the_page(shelf):
    """And whole, also where the page showed a part; another number opens nothing."""
    long = "w" * LONGEST
    await shelf.keeps("one", long)
    page = await shelf.does("kind_page")
    told = {"numbers": page["kind_numbers"], "marks": page["kind_marks"]}

    assert (await shelf.does("kind_one", number="1", **told))["kind_text"] == long
    assert long not in page["kind_lines"]
    for number in ("0", "3", "", "x"):
        assert (await shelf.does("kind_one", number=number, **told))["kind_text"] == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("w" * LONGEST, "yes", id="the longest"),
        pytest.param("w" * (LONGEST + 1), "long", id="longer"),
        pytest.param(" \n\t", "empty", id="nothing"),
        pytest.param("\u200b\u2060", "empty", id="nothing to see"),
        pytest.param(HEAVY, "marked", id="danger is heard in it"),
        pytest.param("Ça ira. 明日 🌱", "yes", id="any letters"),
    ],
)
async def test_what_is_typed_is_kept_or_not(shelf, line, told):
    """And the flow hears which."""
    assert await shelf.keeps(line) == [told]
    assert await shelf.has() == ([line] if told == "yes" else [])


async def test_without_a_yes_nothing_is_kept(shelf):
    """Nor set for a day."""
    await shelf.keeps("one")
    await shelf.change(lambda person: setattr(person, "consent", 0))

    assert await shelf.keeps("two") == ["unkept"]
    assert (await shelf.does("kind_send", mark=MARK("one"), day="2026-12-24"))["kind_sent"] == "gone"


async def test_there_is_an_end_to_it(shelf):
    """Two hundred, and one that is there already is there once."""
    await shelf.store.run(
        lambda tx: [tx.keep(_known(tx, "7").id, SENTENCE, f"line {number}") for number in range(MOST)]
    )

    assert await shelf.keeps("one more", "line 3") == ["full", "there"]


async def test_one_is_changed_in_its_place(shelf):
    """It keeps its day and its rest, and what is set of it brings the new words."""
    await shelf.keeps("one", "two", "three")
    await shelf.does("kind_send", mark=MARK("two"), day="2026-12-24")
    await shelf.does("kind_away", mark=MARK("two"))

    told = await shelf.does("kind_change", mark=MARK("two"), line="better")

    assert (told["kind_kept"], await shelf.has()) == ("yes", ["three", "better", "one"])
    assert (await shelf.does("kind_one", mark=MARK("better")))["kind_away"] == "yes"
    assert (await shelf.does("kind_due", mark=MARK("better")))["kind_text"] == "better"
    assert (await shelf.does("kind_waiting"))["send_lines"] == "1  24 December 2026, 09:00: better"


@pytest.mark.parametrize(
    ("mark", "line", "told"),
    [
        pytest.param("one", "two", "there", id="words that are there"),
        pytest.param("one", HEAVY, "marked", id="danger"),
        pytest.param("one", "w" * 301, "long", id="too long"),
        pytest.param("none", "new", "gone", id="one that is none"),
    ],
)
async def test_a_change_that_is_none_leaves_all_as_it_was(shelf, mark, line, told):
    """And says why."""
    await shelf.keeps("one", "two")

    assert (await shelf.does("kind_change", mark=MARK(mark), line=line))["kind_kept"] == told
    assert await shelf.has() == ["two", "one"]


async def test_what_is_taken_out_takes_its_days_with_it(shelf):
    """The others stay, and it rests no more."""
    await shelf.keeps("one", "two")
    for text in ("one", "two"):
        await shelf.does("kind_send", mark=MARK(text), day="2026-12-24")
        await shelf.does("kind_away", mark=MARK(text))

    assert (await shelf.does("kind_drop", mark=MARK("one")))["kind_gone"] == "yes"
    assert (await shelf.does("kind_drop", mark=MARK("one")))["kind_gone"] == ""
    assert (await shelf.has(), await shelf.sends()) == (["two"], [("2026-12-24", "09:00")])


async def test_all_of_it_goes(shelf):
    """With days and rests, and nothing of anyone else's."""
    other = Shelf(shelf.store, "8")
    for each in (shelf, other):
        await each.keeps("one")
        await each.does("kind_send", mark=MARK("one"), day="2026-12-24")
        await each.does("kind_away", mark=MARK("one"))

    await shelf.does("kind_erase")

    assert (await shelf.has(), await shelf.sends(), await shelf.dues()) == ([], [], [])
    assert (await other.has(), await other.sends()) == (["one"], [("2026-12-24", "09:00")])
    person = await shelf.store.run(lambda tx: tx.person_at("telegram", "7"))
    assert "resting" not in person.variables


async def test_nobody_reaches_what_another_keeps(shelf):
    """Not by its mark, nor by the key of what is set."""
    await shelf.keeps("one")
    await shelf.does("kind_send", mark=MARK("one"), day="2026-12-24")
    keys, other = (await shelf.does("kind_waiting"))["send_keys"], Shelf(shelf.store, "8")

    assert (await other.does("kind_one", mark=MARK("one")))["kind_text"] == ""
    assert (await other.does("kind_drop", mark=MARK("one")))["kind_gone"] == ""
    assert (await other.does("kind_send", mark=MARK("one"), day="2026-12-24"))["kind_sent"] == "gone"
    assert (await other.does("kind_unsend", number="1", keys=keys))["kind_gone"] == ""
    assert len(await shelf.sends()) == 1


async def test_a_word_of_their_own_comes_before_all_of_it(shelf):
    """Nothing is shown, changed, sent or erased until it was said."""
    await shelf.keeps("one")
    await shelf.change(lambda person: [lock.answer(person.lock, lock.SETS, WORD, NOW) for _ in range(2)])
    await shelf.change(lambda person: setattr(person.lock, "opened_at", ""))

    assert (await shelf.does("kind_page"))["kind_shut"] == "yes"
    assert (await shelf.does("kind_page"))["kind_lines"] == ""
    assert (await shelf.does("kind_random"))["kind_text"] == ""
    assert (await shelf.does("kind_drop", mark=MARK("one")))["kind_gone"] == ""
    assert (await shelf.does("kind_erase"))["kind_gone"] == ""
    assert (await shelf.does("kind_send", mark=MARK("one"), day="2026-12-24"))["kind_sent"] == "gone"
    assert await shelf.has() == ["one"]


# --- on a day ---


@pytest.mark.parametrize(
    ("day", "at", "told"),
    [
        pytest.param("2026-11-25", "", "past", id="yesterday"),
        pytest.param("2026-11-26", "", "late", id="nine is over today"),
        pytest.param("2026-11-26", "19:30", "yes", id="tonight"),
        pytest.param("2026-11-27", "", "yes", id="tomorrow"),
        pytest.param("2028-11-26", "", "yes", id="in two years"),
        pytest.param("2028-11-27", "", "far", id="a day more"),
        pytest.param("9999-12-31", "", "far", id="the last day of all"),
        pytest.param("2026-13-01", "", "gone", id="no day"),
        pytest.param("", "", "gone", id="nothing"),
        pytest.param("2026-12-24", "25:00", "gone", id="no hour"),
        pytest.param("2026-12-24", "9", "gone", id="half an hour's name"),
    ],
)
async def test_a_day_is_taken_or_not(shelf, day, at, told):
    """Two years ahead at most, never what is over."""
    await shelf.keeps("one")

    assert (await shelf.does("kind_send", mark=MARK("one"), day=day, at=at))["kind_sent"] == told
    assert len(await shelf.sends()) == (told == "yes")


async def test_nine_is_nine_on_their_own_clock(shelf):
    """In summer and in winter, and after they have moved."""
    await shelf.keeps("one")
    await shelf.does("kind_send", mark=MARK("one"), day="2026-12-24")
    await shelf.does("kind_send", mark=MARK("one"), day="2027-06-24")

    assert sorted(await shelf.dues()) == [
        datetime(2026, 12, 24, 8, tzinfo=UTC), datetime(2027, 6, 24, 7, tzinfo=UTC)
    ]  # fmt: skip
    await shelf.does("zone_set", zone="America/New_York")
    assert sorted(await shelf.dues()) == [
        datetime(2026, 12, 24, 14, tzinfo=UTC), datetime(2027, 6, 24, 13, tzinfo=UTC)
    ]  # fmt: skip


async def test_another_hour_of_the_same_day_moves_it(shelf):
    """It does not come twice."""
    await shelf.keeps("one")
    await shelf.does("kind_send", mark=MARK("one"), day="2026-12-24")
    await shelf.does("kind_send", mark=MARK("one"), day="2026-12-24", at="19:30")

    assert await shelf.sends() == [("2026-12-24", "19:30")]


async def test_twenty_days_wait_at_most(shelf):
    """One less makes room, and each of them can be taken back."""
    await shelf.keeps("one")
    days = [f"2026-12-{number:02}" for number in range(1, 22)]
    told = [(await shelf.does("kind_send", mark=MARK("one"), day=day))["kind_sent"] for day in days]
    listed = await shelf.does("kind_waiting")

    assert told == ["yes"] * 20 + ["full"]
    assert (await shelf.does("kind_unsend", number="20", keys=listed["send_keys"]))["kind_gone"] == "yes"
    assert (await shelf.does("kind_unsend", number="20", keys=listed["send_keys"]))["kind_gone"] == ""
    assert (await shelf.does("kind_unsend", mark=MARK("one"), day=days[0]))["kind_gone"] == "yes"
    assert [day for day, _ in await shelf.sends()] == days[1:19]


@pytest.mark.parametrize(("number", "keys"), [("0", "x"), ("2", "x"), ("x", "x"), ("1", ""), ("", "")])
async def test_what_is_not_listed_is_not_taken_back(shelf, number, keys):
    """Nor anything else in its place."""
    assert (await shelf.does("kind_unsend", number=number, keys=keys))["kind_gone"] == ""


async def test_what_the_screen_marks_is_neither_set_nor_sent(shelf):
    """Whatever it was when it was kept; it can be read, and taken out."""
    await shelf.store.run(lambda tx: tx.keep(_known(tx, "7").id, SENTENCE, HEAVY))

    assert (await shelf.does("kind_one", mark=MARK(HEAVY)))["kind_may_send"] == ""
    assert (await shelf.does("kind_send", mark=MARK(HEAVY), day="2026-12-24"))["kind_sent"] == "marked"
    assert (await shelf.does("kind_due", mark=MARK(HEAVY)))["kind_text"] == ""
    assert (await shelf.does("kind_random"))["kind_text"] == ""
    assert (await shelf.does("kind_drop", mark=MARK(HEAVY)))["kind_gone"] == "yes"


# --- brought back ---


async def test_one_of_an_earlier_day_comes_back_once_a_day(shelf):
    """Not on the day it was kept, not the last one again, and with its month."""
    await shelf.keeps("one", "two")
    assert (await shelf.does("kind_offer"))["may"] == ""
    shelf.now = NOW + 60 * DAY

    assert [(await shelf.does("kind_offer"))["may"] for _ in range(2)] == ["yes", ""]
    first = await shelf.does("kind_bring")
    shelf.now += DAY
    second = await shelf.does("kind_bring")

    assert {first["kind_text"], second["kind_text"]} == {"one", "two"}
    assert first["kind_from"] == "November 2026"


async def test_what_was_put_away_stays_away_until_it_may_come(shelf):
    """Here and in check-ins, which share the mark."""
    await shelf.keeps("one")
    shelf.now = NOW + DAY
    await shelf.does("checkin_put_away", phrase="one")
    assert (await shelf.does("kind_offer"))["may"] == ""
    assert (await shelf.does("checkin_begin", kind="phrase"))["phrase"] == ""

    await shelf.does("kind_away", mark=MARK("one"), then="back")

    assert (await shelf.does("checkin_begin", kind="phrase"))["phrase"] == "one"
    assert (await shelf.does("kind_offer"))["may"] == "yes"


@pytest.mark.parametrize(
    "noted",
    [
        {"gate": "thoughts"}, {"gate": "acute"}, {"asked_at": NOW.isoformat()}, {"door_at": NOW.isoformat()},
        {"gate_at": NOW.isoformat()},
    ],
)  # fmt: skip
async def test_nothing_is_offered_after_danger(shelf, noted):
    """Not within a day, nor while something is shut."""
    await shelf.keeps("one")
    shelf.now = NOW + DAY - timedelta(minutes=1)
    await shelf.change(lambda person: person.variables.update(noted))
    assert (await shelf.does("kind_offer"))["may"] == ""


async def test_nothing_is_offered_where_nothing_is_kept(shelf):
    """Nor where the screen marks all of it."""
    assert (await shelf.does("kind_offer"))["may"] == ""
    await shelf.store.run(lambda tx: tx.keep(_known(tx, "7").id, SENTENCE, HEAVY))
    assert (await shelf.does("kind_offer"))["may"] == ""


async def test_rows_of_before_have_no_day(shelf):
    """They count as of an earlier one."""
    await shelf.store.run(lambda tx: tx.keep(_known(tx, "7").id, SENTENCE, "old"))

    assert (await shelf.does("kind_bring"))["kind_from"] == "an earlier day"


# --- taken along, and strange letters ---


async def test_it_can_be_taken_along(shelf):
    """Words, days, rests and what is set, into another store."""
    await shelf.keeps("one", "two")
    await shelf.does("kind_send", mark=MARK("one"), day="2026-12-24")
    await shelf.does("kind_away", mark=MARK("two"))
    file = await shelf.store.run(lambda tx: write(gather(tx, _known(tx, "7"), NOW)))
    counted = await shelf.store.run(lambda tx: gather(tx, _known(tx, "7"), NOW).counts)

    await shelf.store.run(lambda tx: restore(tx, tx.person_at("telegram", "9"), read(file)))
    there = Shelf(shelf.store, "9")

    assert counted["kept"] == 2
    assert (await there.has(), await there.sends()) == (["two", "one"], [("2026-12-24", "09:00")])
    assert (await there.does("kind_one", mark=MARK("two")))["kind_away"] == "yes"


async def test_a_timer_that_was_changed_in_a_file_is_left_out(shelf):
    """It stops nobody's list."""
    await shelf.keeps("one")

    def work(tx):
        for number, body in enumerate((b'{"frames":[]}', b'{"frames":[["kind_day"]]}', b"nonsense")):
            tx.set_timer(_known(tx, "7").id, f"aside:kind_day/{number}", 0, NOW + DAY, body)

    await shelf.store.run(work)
    assert (await shelf.does("kind_send", mark=MARK("one"), day="2026-12-24"))["kind_sent"] == "yes"
    assert await shelf.sends() == [("2026-12-24", "09:00")]


async def test_whatever_people_type_no_action_stumbles(shelf):
    """Each text as a line, a word to find, a mark, a number, a day and an hour."""
    await shelf.keeps("one")
    for text in hostile(60):
        for action in (
            "kind_add",
            "kind_page",
            "kind_one",
            "kind_change",
            "kind_send",
            "kind_unsend",
            "kind_away",
        ):
            names = ("line", "word", "at", "mark", "number", "numbers", "marks", "keys", "day")
            await shelf.does(action, **dict.fromkeys(names, text))
    assert "one" in await shelf.has()


def test_a_sentence_shows_nothing_of_itself():
    """In no error and in no log."""
    assert "secret" not in repr(Sentence("secret", "2026-11-26"))


@pytest.mark.parametrize(
    "line", ["done", "menu", "breathing", "what helps me", "can I rest?", "erase the last one"]
)
async def test_what_may_be_no_line_is_asked_back_once(shelf, line):
    """One word, a question, or what opens something here is kept only after a second yes."""
    asked = await shelf.does("kind_add", line=line, sure="")
    before = await shelf.has()
    kept = await shelf.does("kind_add", line=line)

    assert asked["kind_kept"] == "doubt"
    assert before == []
    assert kept["kind_kept"] == "yes"


async def test_a_sentence_is_kept_without_a_second_question(shelf):
    """Nobody is asked twice about plain words."""
    found = await shelf.does("kind_add", line="Rest counts as well.", sure="")

    assert found["kind_kept"] == "yes"


async def test_new_words_that_may_be_none_leave_the_old_ones(shelf):
    """A word that may have been said to the bot takes no one's sentence away."""
    await shelf.keeps("Rest counts as well.")
    mark = MARK("Rest counts as well.")
    asked = await shelf.does("kind_change", mark=mark, line="done", sure="")

    assert asked == {"kind_kept": "doubt", "kind_mark": mark}
    assert await shelf.has() == ["Rest counts as well."]
