"""A yes to storing counts for what was read: one that was typed before the question stood there does not."""

import pytest

from bot.hearing import hear
from bot.model import Arrival, Inbound
from tests.danger import Chat

BEFORE, QUESTION, AFTER = 41, 42, 43  # numbers of messages in one chat
ASKED_OLDER = "are you 18 or older"


async def take(chat, text, message=None, key=0):
    """Have words arrive at a Telegram chat, and return the rows that they lead to."""

    def work(tx):
        (pending,) = tx.arrive([Arrival("telegram", key or message, "7", text.encode())])
        return chat.door.receive(tx, pending, Inbound("text", text=text, message=message), hear(text))

    return await chat.store.run(work)


async def shown(chat, rows, last):
    """Mark bubbles as sent, the last of them under this number."""
    bubbles = [row for row in rows if row.outbound.op == "send"]

    def work(tx):
        for place, row in enumerate(bubbles):
            tx.sent(row.id, last - len(bubbles) + 1 + place)

    await chat.store.run(work)


async def to_consent(chat):
    """Lead to the question of storing; return its bubbles, of which none has gone out."""
    await shown(chat, await take(chat, "/start", 5), 6)
    await shown(chat, await take(chat, "tell me more", 10), 20)
    return await take(chat, "go on", 30)


def texts(rows):
    return " ".join(row.outbound.text for row in rows if row.outbound.op == "send").lower()


async def test_the_question_comes_in_more_than_one_bubble():
    """What makes the rest of this file needed: somebody can type between them."""
    async with Chat(consent="", met="") as chat:
        rows = await to_consent(chat)

    assert len([row for row in rows if row.outbound.op == "send"]) == 2


@pytest.mark.parametrize("words", ["yes", "ok fine", "yes, that's fine", "sure"])
async def test_a_yes_while_the_question_waits_to_be_sent_is_no_consent(words):
    """The first bubble may stand there; the question itself does not, so it is asked again, in one bubble."""
    async with Chat(consent="", met="") as chat:
        await to_consent(chat)
        said = await take(chat, words, AFTER)
        me = await chat.store.run(lambda tx: tx.person_at("telegram", "7"))

    assert me.consent == 0
    assert ASKED_OLDER not in texts(said)
    assert "may" in texts(said)
    assert "store" in texts(said)


@pytest.mark.parametrize(
    ("number", "counts"), [(BEFORE, False), (AFTER, True)], ids=["typed before it", "typed after it"]
)
async def test_the_order_in_the_chat_decides_not_the_order_of_arrival(number, counts):
    """Words that were held up on their way arrive after the question was sent, and stand above it all the same."""
    async with Chat(consent="", met="") as chat:
        await shown(chat, await to_consent(chat), QUESTION)
        said = await take(chat, "yes", number)

    assert (ASKED_OLDER in texts(said)) is counts


async def test_of_two_quick_yeses_the_second_is_no_age():
    """One yes is to storing, and none is to the question about age that was not there yet."""
    async with Chat(consent="", met="") as chat:
        await shown(chat, await to_consent(chat), QUESTION)
        await take(chat, "yes", 43)
        await take(chat, "yes", 44)
        me = await chat.store.run(lambda tx: tx.person_at("telegram", "7"))

    assert (me.consent, me.adult) == (0, False)


async def test_a_question_older_than_its_number_was_read():
    """Numbers are held for 48 hours; who answers later is not asked for ever."""
    async with Chat(consent="", met="") as chat:
        rows = await to_consent(chat)
        await chat.store.run(lambda tx: [tx.sent(row.id, None) for row in rows])
        said = await take(chat, "yes", AFTER)

    assert ASKED_OLDER in texts(said)


async def test_a_newer_text_is_agreed_to_in_the_same_way():
    """Asked again for a yes, people can be as quick."""
    async with Chat(consent="", met="") as chat:

        def older(tx):
            me = tx.person_at("telegram", "7")
            me.consent, me.adult = 1, True
            tx.save_person(me)

        await chat.store.run(older)
        await take(chat, "hello", 10)
        await take(chat, "yes", 11)
        me = await chat.store.run(lambda tx: tx.person_at("telegram", "7"))

    assert me.consent == 1


@pytest.mark.parametrize("words", ["no", "my dad died", "stop"])
async def test_all_other_words_are_answered_at_once(words):
    """A no, pain and a stop need no question that was read."""
    async with Chat(consent="", met="") as chat:
        await to_consent(chat)
        said = await take(chat, words, AFTER)

    assert "quicker" not in texts(said)
    assert "before the question" not in texts(said)
