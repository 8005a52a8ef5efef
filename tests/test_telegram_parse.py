"""Raw updates become the bot's own words, or are put aside; nothing in them can break the bot."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.layout import inline_rows, split_text, units, wire
from bot.channels.telegram.parse import Envelope, open_envelope, parse, split
from bot.model import Inbound, Press
from bot.ports import Poison
from tests.fakes import updates

SAM = updates.user(7)
HOME = {"id": 7, "type": "private", "first_name": "Sam"}
GROUP = {"id": -100200, "type": "supergroup", "title": "Us"}
BOT = {"id": 42, "is_bot": True, "first_name": "Befriend"}


def update(kind: str, body: Any, number: int = 5) -> bytes:
    return json.dumps({"update_id": number, kind: body}).encode()


def message(chat: Any = HOME, **content: Any) -> dict[str, Any]:
    return updates.message(11, chat, SAM, **content)


def shown(text: str = "How heavy is it?") -> dict[str, Any]:
    return updates.message(9, HOME, BOT, text=text)


def press(data: str) -> dict[str, Any]:
    return updates.press("88", SAM, shown(), data)


def reason_of(body: bytes) -> list[str]:
    """Return why an update is put aside, nothing if it is not."""
    try:
        parse(body)
    except Poison as poison:
        return [str(poison)]
    return []


MEDIA = {
    "voice": updates.voice(1), "photo": updates.photo(1), "sticker": updates.sticker(1),
    "video": updates.video(1), "video note": updates.video_note(1), "document": updates.document(1),
    "location": updates.location(), "contact": updates.contact(), "poll": {"poll": updates.poll()},
}  # fmt: skip

WORDS = [
    pytest.param("I'm tired", "I'm tired", id="plain"),
    pytest.param("/start", "/start", id="command"),
    pytest.param(
        "/start@befriend_bot friend_1", "/start friend_1", id="command with the bot's name and a payload"
    ),
    pytest.param("/now@befriend_bot", "/now", id="command with the bot's name"),
    pytest.param("mail me @home /x@y", "mail me @home /x@y", id="no command"),
    pytest.param("<b>*_[`\u202eabc\u200d\0", "<b>*_[`\u202eabc\u200d\0", id="odd characters"),
    pytest.param("half \ud83d", "half \ud83d", id="lone surrogate"),
    pytest.param("🧑‍🚀" * 1000, "🧑‍🚀" * 1000, id="long"),
]


@pytest.mark.parametrize(("typed", "text"), WORDS)
def test_what_was_typed_is_kept_letter_by_letter(typed, text):
    """Only the bot's name goes from a command."""
    assert parse(update("message", message(text=typed))) == Inbound("text", text, message=11)


@pytest.mark.parametrize("content", [pytest.param(body, id=name) for name, body in MEDIA.items()])
def test_what_the_bot_cannot_hear_or_see_is_known_as_that(content):
    """A voice message is answered kindly; a caption is words all the same."""
    caption = {"caption": "look"} if "photo" in content else {}

    inbound = parse(update("message", message(**content, **caption)))

    assert inbound == Inbound("unheard", "look" if caption else "", message=11)


PRESSES = [
    pytest.param("1|friend|tone|harsh|a3", Press("friend", "tone", "harsh", "a3"), id="ours"),
    pytest.param("1|friend|tone||", Press("friend", "tone", "", ""), id="empty parts"),
    pytest.param("0|friend|tone|harsh|a3", Press("", "", "", ""), id="another version"),
    pytest.param("1|friend|tone|harsh", Press("", "", "", ""), id="too few"),
    pytest.param("1|a|b|c|d|e", Press("", "", "", ""), id="too many"),
    pytest.param("DROP TABLE", Press("", "", "", ""), id="anything"),
]


@pytest.mark.parametrize(("data", "meant"), PRESSES)
def test_a_press_says_what_its_button_carried(data, meant):
    """Data that is not ours is a stale button, and gets a kind answer."""
    inbound = parse(update("callback_query", press(data)))

    assert inbound == Inbound("choice", press=meant, message=9, question="How heavy is it?")


def test_a_press_on_a_message_that_telegram_has_forgotten_is_a_press():
    """After a while the question's text is gone, and its number stays."""
    forgotten = press("1|a|b|c|d") | {"message": {"message_id": 9, "date": 0, "chat": HOME}}

    inbound = parse(update("callback_query", forgotten))

    assert inbound == Inbound("choice", press=Press("a", "b", "c", "d"), message=9)


def test_edits_are_heard_and_live_locations_are_not():
    """What was corrected is screened again; a moving point on a map is no sentence."""
    assert parse(update("edited_message", message(text="I meant"))) == Inbound(
        "edited", "I meant", message=11
    )
    assert parse(update("edited_message", message(**updates.location()))).kind == "other"


@pytest.mark.parametrize(
    ("before", "after", "kind"), [("member", "kicked", "left"), ("kicked", "member", "returned")]
)
def test_blocking_and_unblocking_are_known(before, after, kind):
    """The bot is silent for someone who has blocked it."""
    change = updates.membership(HOME, SAM, BOT, before, after)

    assert parse(update("my_chat_member", change)) == Inbound(kind)


def test_service_messages_and_unknown_kinds_need_no_answer():
    """A pinned message says nothing; nor does a kind that does not exist yet."""
    assert parse(update("message", message(pinned_message=shown()))).kind == "other"
    assert parse(update("message_from_the_future", {"x": 1})).kind == "other"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("message", message(GROUP, text="hi"), id="message"),
        pytest.param("edited_message", message(GROUP, text="hi"), id="edit"),
        pytest.param("my_chat_member", updates.membership(GROUP, SAM, BOT, "left", "member"), id="added"),
    ],
)
def test_groups_are_marked_for_leaving(kind, body):
    """What is said to the bot is between two."""
    envelope = open_envelope(update(kind, body))

    assert envelope.group == "-100200"
    assert parse(update(kind, body)).kind == "other"


def test_the_envelope_names_number_chat_and_press():
    """That much is known before anything is stored."""
    tapped = open_envelope(update("callback_query", press("x"), 77))
    typed = open_envelope(update("message", message(text="hello \ud83d"), 78))

    assert (tapped.arrival.key, tapped.arrival.address, tapped.callback, tapped.group) == (77, "7", "88", "")
    assert (typed.arrival.key, typed.arrival.address, typed.callback, typed.group) == (78, "7", "", "")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"5", b'{"update_id":"5"}', b'{"update_id":-1}', b'{"update_id":1e300}', b"\xff", b"[" * 99_999,
     b'{"update_id":99999999999999999999}', b'{"message":{}}'],
)  # fmt: skip
def test_an_update_without_a_number_has_no_envelope(body):
    """There is nothing to confirm it by."""
    assert open_envelope(body) is None


def test_an_update_with_a_number_and_nothing_else_readable_can_be_put_aside():
    """It gets a row, so that it is confirmed and does not come for ever."""
    assert open_envelope(b'{"update_id":5,"message":7}').arrival.key == 5
    assert open_envelope(b'{"update_id":5,"message":{"chat":{"id":"\\ud83d"}}}').arrival.address == ""


def test_one_lone_surrogate_does_not_spoil_a_batch():
    """The neighbours of a half character arrive with it."""
    batch = json.dumps(
        [json.loads(update("message", message(text=text), at)) for at, text in enumerate(("a", "\ud83d"))]
    )

    assert [parse(body).text for body in split(batch.encode())] == ["a", "\ud83d"]


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'"x"', b"[1,"])
def test_a_batch_that_is_none_is_poison(body):
    """A proxy's page is not mistaken for updates."""
    with pytest.raises(Poison):
        split(body)


FIELDS = [
    pytest.param("message", message(text="x"), ["message_id"], "$.message.message_id", id="number missing"),
    pytest.param("message", message(text="x"), ["chat", "id"], "$.message.chat.id", id="chat without id"),
    pytest.param(
        "callback_query", press("x"), ["chat_instance"], "$.callback_query.chat_instance", id="chat instance"
    ),
]


@pytest.mark.parametrize(("kind", "body", "path", "named"), FIELDS)
def test_poison_names_the_field_and_nothing_else(kind, body, path, named):
    """What somebody wrote never stands in an error."""
    broken = json.loads(json.dumps(body))
    inner = broken
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]

    with pytest.raises(Poison) as caught:
        parse(update(kind, broken))

    assert str(caught.value) == named


def test_no_mutant_of_any_update_breaks_anything():
    """Thousands of broken updates: each is understood or put aside, and none shows a word of it."""
    secret = "a very private sentence"
    whole = [
        {"update_id": 5, "message": message(text=secret)},
        {"update_id": 5, "edited_message": message(text=secret)},
        {"update_id": 5, "callback_query": updates.press("88", SAM, shown(secret), secret)},
        {"update_id": 5, "my_chat_member": updates.membership(HOME, SAM, BOT, "member", "kicked")},
        *({"update_id": 5, "message": message(caption=secret, **body)} for body in MEDIA.values()),
        *({"update_id": 5, kind: body} for kind, body in updates.others(HOME, SAM, BOT).items()),
    ]
    tried, reasons = 0, []
    for good in whole:
        for _, mutant in updates.mutants(good):
            tried += 1
            body = json.dumps(mutant).encode()
            envelope = open_envelope(body)
            assert envelope is None or isinstance(envelope, Envelope)
            reasons += reason_of(body)

    assert tried > 2000
    assert len(reasons) > 500
    assert all(reason.startswith("$") and "private" not in reason for reason in reasons)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_break_the_door(body):
    """Whatever comes in is understood or put aside."""
    open_envelope(body)

    assert all(reason.startswith("$") for reason in reason_of(body))


# --- how words and choices fit a phone -----------------------------------------------------


def rows(*labels: str) -> list[int]:
    return [len(row) for row in inline_rows([(label, label) for label in labels])]


def test_numbers_stand_in_six_and_five():
    """0-10 fits a phone in two rows; to skip stands below."""
    assert rows(*map(str, range(11)), "Skip") == [6, 5, 1]


def test_short_labels_stand_two_in_a_row_and_long_ones_alone():
    """Everything can be read without being cut."""
    assert rows("Lighter", "Heavier", "About the same") == [2, 1]
    assert rows("I would like to say more about this", "Stop", "Help now") == [1, 2]
    assert rows("😞", "🙁", "😐", "🙂", "😊") == [5]


PIECES = [*"ab. \n\r", "e\u0301", "\u0301", "👩‍👩‍👧", "🇩🇪", "👍🏽", "क्षि", "\u200d", "\0"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=300).map("".join)


@given(TEXTS, st.integers(min_value=24, max_value=80))
@settings(max_examples=300, deadline=None)
def test_a_long_text_is_cut_between_graphemes_and_loses_nothing(text, most):
    """Each part fits, and joined they are the text, apart from parts that would show nothing."""
    import regex

    parts = split_text(text, most)

    edges = {match.end() for match in regex.finditer(r"\X", text)} | {0}
    longest = max(map(units, regex.findall(r"\X", text)), default=0)
    assert all(0 < units(part) <= most and wire(part) for part in parts)
    at = 0
    for part in parts:
        begin = text.index(part, at)
        assert wire(text[at:begin]) == ""
        at = begin + len(part)
        assert longest > most or (begin in edges and at in edges)
    assert wire(text[at:]) == ""


def test_paragraphs_are_kept_whole_where_they_fit():
    """A cut falls where a reader would breathe."""
    text = "One. Two.\n\n" + "Three is here. " * 3

    assert split_text(text, 50) == ["One. Two.\n\n" + "Three is here. " * 2, "Three is here. "]


@pytest.mark.parametrize("blank", ["", " \n\t", "\u200b\u2060", "\u2800", "\0\x01"])
def test_what_would_show_nothing_is_known_as_nothing(blank):
    """Telegram refuses it; it never gets that far."""
    assert wire(blank) == ""


def test_half_characters_never_reach_the_wire():
    """A lone half is shown as one; two that belong together are joined."""
    assert wire("a\ud83d") == "a\ufffd"
    assert wire("\ud83d\ude00") == "😀"
