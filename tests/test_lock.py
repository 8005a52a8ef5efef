"""A word of the person's own before what shows everything or takes it away."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot import lock
from bot.belongings import gather
from bot.model import Lock
from tests.serving import WITHIN, everything
from tests.test_talk import Chat

pytest_plugins = ["tests.fixtures"]

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
WORD = "Blue  Teapot"
WRONG = ("That isn't it", "Not that one", "doesn't fit")


# --- the word itself ----------------------------------------------------------------------


@pytest.fixture
def locked():
    """A lock that was set a while ago."""
    made = Lock()
    assert [lock.answer(made, "lock", WORD, NOW - timedelta(hours=1)) for _ in "12"] == ["taken", "same"]
    return made


@pytest.mark.parametrize(
    "said", [WORD, "blue teapot", " BLUE TEAPOT\n", "\N{FULLWIDTH LATIN SMALL LETTER B}lue teapot"]
)
def test_a_word_fits_however_it_is_typed(locked, said):
    """Whoever is upset hits other keys; capitals and spaces do not count."""
    assert lock.answer(locked, "unlock", said, NOW) == "fits"
    assert lock.is_open(locked, NOW)


@pytest.mark.parametrize(
    "said", ["blue", "teapot blue", "blueteapot", "blue teapots", "", "fits", "x" * 65, "\ud800"]
)
def test_another_word_does_not(locked, said):
    """Nor does what the flow hears when it fits."""
    assert lock.answer(locked, "unlock", said, NOW) == "misfit"
    assert not lock.is_open(locked, NOW)


def test_nothing_of_the_word_is_held(locked):
    """A salt and a hash, of which no two are alike."""
    other = Lock()
    for _ in "12":
        lock.answer(other, "lock", WORD, NOW)

    assert "teapot" not in repr(vars_of(locked)).casefold()
    assert re.fullmatch(r"[0-9a-f]{32}:[0-9a-f]{64}", locked.word)
    assert locked.word != other.word
    assert locked.first == ""


def test_a_new_word_is_said_twice():
    """Two that differ are no word, and it begins anew."""
    made = Lock()

    said = [lock.answer(made, "lock", word, NOW) for word in ("one", "two", "one", "one")]

    assert said == ["taken", "differs", "taken", "same"]


@pytest.mark.parametrize("said", ["", "  ", "x" * 65])
def test_a_word_has_some_letters_and_not_too_many(said):
    """Nothing is set by mistake."""
    made = Lock()
    assert lock.answer(made, "lock", said, NOW) == "long"
    assert made == Lock()


def test_it_is_not_asked_again_for_five_minutes(locked):
    """Then it is closed once more."""
    lock.answer(locked, "unlock", WORD, NOW)

    assert lock.is_open(locked, NOW + timedelta(minutes=4, seconds=59))
    assert not lock.is_open(locked, NOW + timedelta(minutes=5))


def test_after_five_wrong_ones_each_has_to_wait(locked):
    """A minute, two, four … an hour at most; the right word has to wait as well."""
    now, waits = NOW, []
    for _ in range(14):
        if lock.answer(locked, "unlock", "wrong", now) == "rests":
            waits.append(lock.minutes(locked, now))
            assert lock.answer(locked, "unlock", WORD, now) == "rests"
            now += timedelta(minutes=waits[-1])

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert lock.answer(locked, "unlock", WORD, now) == "fits"
    assert (locked.tries, lock.minutes(locked, now)) == (0, 0)


def test_what_is_said_while_it_rests_is_no_try(locked):
    """Nobody can make the wait longer by typing on."""
    for _ in range(5):
        lock.answer(locked, "unlock", "wrong", NOW)
    for _ in range(50):
        lock.answer(locked, "unlock", "wrong", NOW + timedelta(seconds=30))

    assert lock.minutes(locked, NOW + timedelta(seconds=30)) == 1


def vars_of(made):
    return {
        name: getattr(made, name) for name in ("word", "first", "hide", "tries", "rests_until", "opened_at")
    }


# --- as people meet it --------------------------------------------------------------------


@pytest.fixture
async def chat(tmp_path):
    """Someone who has agreed."""
    chat = Chat(everything(), tmp_path / "data", now=NOW)
    await chat.store.run(_agree)
    yield chat
    await chat.store.close()


@pytest.fixture
async def closed(chat):
    """Someone whose word was set a while ago, for the export alone."""
    await chat.say("lock", WORD, WORD, "No, hide at once", "@+1h")
    return chat


def _agree(tx):
    person = tx.person_at("terminal", "me")
    person.consent, person.adult = 2, True
    tx.save_person(person)


async def _person(chat):
    return await chat.store.run(lambda tx: tx.person_at("terminal", "me"))


async def files(chat, *lines):
    """Return how many files the last line leads to."""
    for line in lines[:-1]:
        await chat.say(line)
    return sum(bool(row.outbound.document) for row in await chat.chat._exchange.say(lines[-1]))


async def test_without_a_word_nothing_is_asked(chat):
    """It is for those who want it."""
    assert await files(chat, "export", "Yes, send") == 2


async def test_the_export_comes_after_the_word(closed):
    """Wrong ones are met kindly; the right one leads on."""
    asked = await closed.say("export")
    wrong = await closed.say("green teapot")

    assert "word" in asked[0]
    assert any(words in wrong[0] for words in WRONG)
    assert await files(closed, WORD, "Yes, send") == 2


@pytest.mark.parametrize("way", [["forget me", "Show me my data first"], ["export"]])
async def test_there_is_no_way_around_it(closed, way):
    """Whoever comes by another door is asked as well."""
    said = await closed.say(*way)

    assert "word" in said[-2]
    assert await files(closed, "yes") == 0


async def test_an_export_that_asks_for_no_word_is_refused(closed, tmp_path):
    """As one from an operator's own folder."""
    from tests.content import content
    from tests.test_talk import AGREES

    flow = """
        flow: menu
        steps:
          go: {do: export, to: told}
          told: {say: "Files: {exported}.", ask: more, to: end}
        """
    closed.flows = content(tmp_path / "own", welcome=AGREES, menu=flow)
    await closed.restart()

    assert await closed.say("menu") == ["bot: Files: .", "     [Skip]"]


async def test_forgetting_needs_no_word(closed):
    """Whoever has lost it can still have everything erased."""
    await closed.say("forget me", "Erase it all", "Yes, erase")

    assert (await _person(closed)).consent == 0


@pytest.mark.parametrize("said", ["help now", "/now", "sos"])
async def test_help_needs_no_word(closed, said):
    """Not even while one is being asked for, or rests."""
    await closed.say("export", *["no"] * 5, "export")
    shown = await closed.say(said)

    assert "findahelpline.com" in "".join(shown)


async def test_danger_is_answered_also_where_a_word_is_asked_for(closed):
    """Safety is the first to read it."""
    await closed.say("export")
    shown = await closed.say("I want to kill myself tonight")

    assert "findahelpline.com" in "".join(shown)


async def test_what_is_typed_there_is_never_quoted(closed):
    """Neither what fits nor what does not, nor words that raise the question about danger; not in the talk's place."""
    lines = await closed.say(
        "export", "my grey secret", "I can't go on like this anymore", "No", "change", "settings"
    )
    body = await closed.store.run(lambda tx: tx.session(tx.person_at("terminal", "me").id)[0])
    person = await _person(closed)

    for words in ("grey secret", "go on like this"):
        assert words not in "".join(lines)
        assert words.encode() not in (body or b"")
        assert words not in repr(person.variables)


async def test_hide_can_be_put_behind_it(chat):
    """For someone who fears that others empty the chat."""
    await chat.say("lock", WORD, WORD, "Yes, ask", "@+1h")

    asked = await chat.say("hide")
    done = await chat.say(WORD)

    assert "word" in asked[0]
    assert done in (["bot: All right."], ["bot: Okay."], ["bot: That's done."])


async def test_hide_is_quick_where_that_was_wished(closed):
    """No question, one line."""
    assert await closed.say("hide") in (["bot: All right."], ["bot: Okay."], ["bot: That's done."])


async def test_emptying_the_chat_closes_it_again(closed):
    """Somebody else may hold the phone by then."""
    await closed.say("export", WORD, "No", "hide")

    assert "word" in (await closed.say("export"))[0]


async def test_a_word_is_taken_away_with_it(closed):
    """Afterwards nothing asks for it."""
    await closed.say("lock", WORD, "No word")

    assert (await _person(closed)).lock == Lock()
    assert await files(closed, "export", "Yes, send") == 2


async def test_before_a_yes_to_storing_there_is_no_word(tmp_path):
    """It would have to be stored."""
    chat = Chat(everything(), tmp_path / "data", now=NOW)
    try:
        await chat.say("lock", WORD, WORD)
        assert (await _person(chat)).lock == Lock()
    finally:
        await chat.store.close()


async def test_the_hash_is_not_taken_along(closed):
    """A file lies about; nobody is to guess at a word with it."""

    def look(tx):
        return gather(tx, tx.person_at("terminal", "me"), NOW).person.lock

    assert await closed.store.run(look) == Lock()


async def test_on_telegram_the_word_is_off_the_screen_at_once(server, bot, way):
    """The new one twice, a wrong one and the right one; what is said besides stays."""
    async with bot.running(way=way) as store:
        sam = server.person(7)
        await store.run(_agree_on_telegram)
        for said in ("lock", WORD, WORD):
            sam.says(said)
            await sam.hears(timeout=WITHIN)
        await server.until(lambda: len(server.calls("deleteMessages")) == 2, WITHIN)
        shown = [bubble.text for bubble in sam.screen().bubbles if not bubble.bot]

    assert shown == ["lock"]
    assert WORD not in str(sam.screen())


def _agree_on_telegram(tx):
    person = tx.person_at("telegram", "7")
    person.consent, person.adult = 2, True
    tx.save_person(person)
