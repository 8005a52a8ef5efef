"""Pictures and sounds over real HTTP: a file once, Telegram's id from then on, and words in its place at need."""

import struct
import zlib
from io import BytesIO

import pytest

from bot.channels.telegram.media import CAPTION
from flows.compiler import CONTENT
from tests.fakes.bodies import Upload
from tests.fakes.errors import bad_request
from tests.fakes.faults import refused, too_many
from tests.serving import WITHIN, small

pytest_plugins = ["tests.fixtures"]

SHOWS = """
flow: welcome
steps:
  look:
    say: "A dot, and a tone."
    show: {picture: dot.png, text: "One grey dot."}
    to: listen
  listen:
    show: {sound: tone.mp3, text: "A low tone."}
    to: ask
  ask: {say: "Again?", ask: words, to: look}
"""

MOVES = """
flow: welcome
steps:
  look:
    show: {animation: out.gif, text: "A circle grows."}
    to: ask
  ask: {say: "Again?", ask: words, to: look}
"""


def png(width=1):
    """A picture that any program can open."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)
    made = BytesIO()
    made.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head))
    made.write(chunk(b"IDAT", zlib.compress(b"\0" + b"\x80" * width)) + chunk(b"IEND", b""))
    return made.getvalue()


@pytest.fixture
def shows(tmp_path):
    folder = tmp_path / "content" / "welcome"
    folder.mkdir(parents=True)
    (folder / "dot.png").write_bytes(png())
    (folder / "tone.mp3").write_bytes(b"ID3" + bytes(300))
    return small(tmp_path, welcome=SHOWS)


async def _hears(sam, *typed, bubbles=4):
    heard = []
    for text in typed:
        sam.says(text)
        heard += await sam.hears(bubbles, timeout=WITHIN)
    return [(bubble.kind, bubble.text) for bubble in heard]


def _given(server, method, name):
    return ["file" if isinstance(call.params[name], Upload) else "id" for call in server.journal.of(method)]


async def test_a_file_goes_up_once_and_by_its_id_from_then_on(server, bot, shows):
    """Over a restart too: the id is remembered by the hash of the file's bytes."""
    sam = server.person(7)
    async with bot.running(shows):
        first = await _hears(sam, "hello", "again")
    async with bot.running(shows):
        await _hears(sam, "once more")

    assert first[:4] == [
        ("text", "A dot, and a tone."),
        ("photo", "One grey dot."),
        ("audio", "A low tone."),
        ("text", "Again?"),
    ]
    assert _given(server, "sendPhoto", "photo") == ["file", "id", "id"]
    assert _given(server, "sendAudio", "audio") == ["file", "id", "id"]
    assert server.journal.of("sendPhoto")[0].params["photo"].content == png()


async def test_a_moving_picture_goes_up_once(server, bot, tmp_path):
    """Over a restart too; every person after the first gets it by its id, and moving."""
    folder = tmp_path / "content" / "welcome"
    folder.mkdir(parents=True)
    moving = (CONTENT / "box" / "out.gif").read_bytes()
    (folder / "out.gif").write_bytes(moving)
    flows = small(tmp_path, welcome=MOVES)
    sam, kim = server.person(7), server.person(8)
    async with bot.running(flows):
        first = await _hears(sam, "hello", bubbles=2)
        second = await _hears(sam, "again", bubbles=2)
    async with bot.running(flows):
        other = await _hears(kim, "hello", bubbles=2)

    assert first == second == other == [("animation", "A circle grows."), ("text", "Again?")]
    assert _given(server, "sendAnimation", "animation") == ["file", "id", "id"]
    sent = server.journal.of("sendAnimation")[0].params["animation"]
    assert (sent.name, sent.content) == ("out.gif", moving)


async def test_an_id_that_telegram_refuses_is_made_anew(server, bot, shows):
    """The file goes up again, and nobody notices."""
    sam = server.person(7)
    async with bot.running(shows):
        await _hears(sam, "hello")
        server.faults.add("sendPhoto", refused(bad_request("wrong file identifier/HTTP URL specified")))
        again = await _hears(sam, "again")

    assert again[1] == ("photo", "One grey dot.")
    assert _given(server, "sendPhoto", "photo") == ["file", "id", "file"]


async def test_a_changed_file_is_another_file(server, bot, shows, tmp_path):
    """Its old id is not used for it."""
    sam = server.person(7)
    async with bot.running(shows):
        await _hears(sam, "hello")
    (tmp_path / "content" / "welcome" / "dot.png").write_bytes(png(2))
    async with bot.running(shows):
        await _hears(sam, "again")

    assert _given(server, "sendPhoto", "photo") == ["file", "file"]


async def test_words_stand_alone_where_the_file_is_missing(server, bot, shows, tmp_path):
    """The text form says the same."""
    (tmp_path / "content" / "welcome" / "dot.png").unlink()
    sam = server.person(7)
    async with bot.running(shows):
        heard = await _hears(sam, "hello")

    assert heard[1] == ("text", "One grey dot.")


async def test_words_that_do_not_fit_beneath_stand_alone(server, bot, tmp_path):
    """No word of a caption is lost to Telegram's limit."""
    long = "word " * (CAPTION // 5 + 10)
    folder = tmp_path / "content" / "welcome"
    folder.mkdir(parents=True)
    (folder / "dot.png").write_bytes(png())
    (folder / "tone.mp3").write_bytes(b"ID3")
    flows = small(
        tmp_path,
        welcome=SHOWS.replace("One grey dot.", "{long}").replace(
            "steps:\n", "takes: [long]\nsteps:\n  a:\n    set: {long: '" + long + "'}\n    to: look\n", 1
        ),
    )
    sam = server.person(7)
    async with bot.running(flows):
        heard = await _hears(sam, "hello")

    assert heard[1] == ("text", long.strip())


async def test_a_file_waits_as_long_as_telegram_asks(server, bot, shows):
    """A 429 parks a picture like any other message; it comes once."""
    sam = server.person(7)
    server.faults.add("sendPhoto", too_many(1))
    async with bot.running(shows):
        heard = await _hears(sam, "hello")

    assert heard[1] == ("photo", "One grey dot.")
    assert server.journal.methods["sendPhoto"] == 2
