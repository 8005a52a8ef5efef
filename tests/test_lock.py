"""A word of the person's own before what shows everything or takes it away."""

from datetime import UTC, datetime

import pytest

from bot.belongings import gather
from bot.model import CONSENT, Lock
from tests.serving import WITHIN, everything
from tests.test_talk import Chat

pytest_plugins = ["tests.fixtures"]

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
WORD = "Blue  Teapot"
WRONG = ("That isn't it", "Not that one", "doesn't fit")


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
    person.consent, person.adult = CONSENT, True
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


async def test_a_word_is_replaced_by_whoever_has_just_said_it(closed):
    """The question about another one stood open for two hours: whoever finds the phone cannot answer it."""
    before = (await _person(closed)).lock.word
    late = await closed.say("lock", WORD, "@+2h", "A new word", "mine", "mine")

    assert "“Lock”" in "".join(late)
    assert (await _person(closed)).lock.word == before
    assert "ord" in (await closed.say("export"))[0]


@pytest.mark.parametrize("typed", [[], ["mine"]])
async def test_a_new_word_that_was_not_typed_in_time_is_none(closed, typed):
    """However far it came: not asked for, or said once."""
    before = (await _person(closed)).lock.word
    late = await closed.say("lock", WORD, "A new word", *typed, "@+6m", "mine")

    assert "“Lock”" in late[-1]
    assert (await _person(closed)).lock.word == before


async def test_no_word_is_said_to_be_gone_that_is_not(closed):
    """After five minutes it stays, and that is told."""
    late = await closed.say("lock", WORD, "@+6m", "No word")

    assert "as it was" in late[-1] or "nothing was changed" in late[-1]
    assert (await _person(closed)).lock.word


async def test_hide_is_not_said_to_ask_where_it_does_not(chat):
    """Wished for after five minutes it takes the word once more; until then nothing is called done."""
    late = await chat.say("lock", WORD, WORD, "@+6m", "Yes, ask")
    left = await chat.say("Leave it")
    hides = [(await _person(chat)).lock.hide]
    await chat.say("lock", WORD, "A new word", WORD, WORD, "@+6m", "Yes, ask", "Say it", WORD)
    hides.append((await _person(chat)).lock.hide)

    assert late[-1] == "     [Say it] [Leave it]"
    assert "as it was" in left[-1] or "nothing was changed" in left[-1]
    assert hides == [False, True]


async def test_hide_goes_on_asking_where_the_other_wish_came_too_late(chat):
    """A quicker way needs the word first."""
    await chat.say(
        "lock", WORD, WORD, "Yes, ask", "lock", "A new word", WORD, WORD, "@+6m", "No, hide at once"
    )
    await chat.say("Leave it")

    assert (await _person(chat)).lock.hide


async def test_an_export_that_was_agreed_to_too_late_says_why(closed):
    """The word has to be said again; it is no matter of size."""
    late = await closed.say("export", WORD, "@+6m", "Yes, send")

    assert "“Export”" in late[-1]
    assert await files(closed, "export", WORD, "Yes, send") == 2


async def test_what_is_typed_while_it_rests_is_no_talk(closed):
    """The owner, who is too early, leaves the word neither on the screen nor in what is stored."""
    rested = await closed.say("export", *"abcde")
    await closed.say(WORD)
    body = await closed.store.run(lambda tx: tx.session(tx.person_at("terminal", "me").id)[0])
    opened = await closed.say("@+1m", WORD)

    assert rested[-1] == "     [Leave it]"
    assert body
    assert b"eapot" not in body
    assert opened[-1] == "     [Yes, send] [No]"


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


async def test_on_telegram_a_word_beneath_a_picture_goes_too(server, bot):
    """It is taken for no answer; what stands there was meant to stand nowhere."""
    async with bot.running() as store:
        sam = server.person(7)
        await store.run(_agree_on_telegram)
        sam.says("lock")
        await sam.hears(timeout=WITHIN)
        sam.sends_photo(caption=WORD)
        await server.until(lambda: server.calls("deleteMessages"), WITHIN)
        left = [bubble.text for bubble in sam.screen().bubbles if not bubble.bot]

    assert left == ["lock"]


def _agree_on_telegram(tx):
    person = tx.person_at("telegram", "7")
    person.consent, person.adult = CONSENT, True
    tx.save_person(person)
