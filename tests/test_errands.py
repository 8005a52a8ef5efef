"""What the operator does for a person who asks: counts on the screen, words in files for the person alone."""

import json
from datetime import UTC, datetime

import pytest

from bot import app, cli, errands
from bot.seal import Seal
from bot.settings import read
from bot.store.sqlite import SqliteStore

CANARY = "a yellow canary"
NUMBER = "123456789"


@pytest.fixture
def settings(tmp_path):
    """The settings of a bot that has its data and its key."""
    key = tmp_path / "keys" / "key"
    Seal.open(key, fresh=True)
    return read({
        "BEFRIEND_TOKEN": "123:abc",
        "BEFRIEND_CONTACT": "ask@example.org",
        "BEFRIEND_DATA_DIR": str(tmp_path / "data"),
        "BEFRIEND_KEY_FILE": str(key),
    })  # fmt: skip


@pytest.fixture
async def lived(settings):
    """Somebody has lived with the bot, and so has somebody else."""
    store = SqliteStore.open(settings.data_dir, Seal.open(settings.key_file, fresh=True))

    def live(tx):
        for number, word in ((NUMBER, CANARY), ("987654321", "another's")):
            me = tx.person_at("telegram", number)
            me.consent, me.consented_at, me.variables = 2, datetime.now(UTC).isoformat(), {"met": "yes"}
            tx.save_person(me)
            tx.keep(me.id, "sentence", word)

    await store.run(live)
    await store.close()
    return settings


async def kept(settings, number):
    """Return what is kept for a chat, None where nobody is known."""
    store = SqliteStore.open(settings.data_dir, Seal.open(settings.key_file, fresh=False))

    def look(tx):
        me = tx.known_at("telegram", number)
        return tx.kept(me.id, "sentence") if me else None

    found = await store.run(look)
    await store.close()
    return found


async def test_erasing_shows_counts_first_and_erases_one(lived):
    """Without --yes nothing happens; with it one person is gone, and nobody else."""
    looked = await errands.forget(lived, NUMBER, sure=False)
    before = await kept(lived, NUMBER)
    erased = await errands.forget(lived, NUMBER, sure=True)

    assert looked.lines == [
        "kept: 1", "outcomes: 0", "timers: 0", "settings: 1", "talks: 0",
        "Nothing was erased. With --yes it is, for good.",
    ]  # fmt: skip
    assert before == [CANARY]
    assert erased.lines[-1] == "Erased, the key first."
    assert await kept(lived, NUMBER) is None
    assert await kept(lived, "987654321") == ["another's"]


async def test_a_number_that_is_nobodys_makes_nobody(lived):
    """A slip of the finger is told, and leaves no trace."""
    found = await errands.forget(lived, "1", sure=True)

    assert not found.fine
    assert await kept(lived, "1") is None


@pytest.mark.parametrize("number", ["", "sam", "-1001234", "0", "1" * 21])
async def test_what_is_no_number_is_refused(lived, number):
    """A name finds nobody: the bot knows none."""
    with pytest.raises(app.CannotStart, match="no number"):
        await errands.forget(lived, number, sure=True)


async def test_a_running_bot_is_not_disturbed(lived):
    """One process holds the data; the people can help themselves meanwhile."""
    store = SqliteStore.open(lived.data_dir, Seal.open(lived.key_file, fresh=False))
    with pytest.raises(app.CannotStart, match=r"Stop it first.*write /forget"):
        await errands.forget(lived, NUMBER, sure=True)
    await store.close()


async def test_what_people_can_do_is_said_only_where_the_bot_runs(lived):
    """A wrong key is no reason to send somebody to a bot that is not there."""
    lived.key_file.unlink()
    with pytest.raises(app.CannotStart) as refused:
        await errands.forget(lived, NUMBER, sure=True)

    assert errands.BY_THEMSELVES not in str(refused.value)


async def test_an_export_is_for_the_person_alone(lived, tmp_path):
    """The files are private, the words are in them, and on the screen there are counts and places."""
    folder = tmp_path / "out"
    folder.mkdir()

    report = await errands.export(lived, NUMBER, folder)
    files = sorted(folder.iterdir())

    assert [path.suffix for path in files] == [".html", ".json"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert all(CANARY in path.read_text() for path in files)
    assert CANARY not in "".join(report.lines)


async def test_a_folder_that_cannot_be_written_is_named(lived, tmp_path):
    """In a sentence that says what to do."""
    with pytest.raises(app.CannotStart, match="Choose another with --to"):
        await errands.export(lived, NUMBER, tmp_path / "nowhere")


async def test_what_was_taken_along_comes_back(lived, tmp_path):
    """To the same chat after an erasing; not over what is there."""
    await errands.export(lived, NUMBER, tmp_path)
    (file,) = tmp_path.glob("*.json")

    refused = await errands.take_in(lived, NUMBER, file)
    await errands.forget(lived, NUMBER, sure=True)
    taken = await errands.take_in(lived, NUMBER, file)

    assert (refused.fine, taken.fine) == (False, True)
    assert await kept(lived, NUMBER) == [CANARY]


async def test_somebody_who_has_only_said_hello_can_take_it_in(lived, tmp_path):
    """Whoever never agreed has nothing that could be lost."""
    await errands.export(lived, NUMBER, tmp_path)
    (file,) = tmp_path.glob("*.json")
    store = SqliteStore.open(lived.data_dir, Seal.open(lived.key_file, fresh=False))
    await store.run(lambda tx: tx.person_at("telegram", "5"))
    await store.close()

    assert (await errands.take_in(lived, "5", file)).fine
    assert await kept(lived, "5") == [CANARY]


async def test_a_file_that_is_none_is_refused(lived, tmp_path):
    """Missing, or of another program."""
    (tmp_path / "other.json").write_text(json.dumps({"zebra": 1}))

    with pytest.raises(app.CannotStart, match="cannot be read"):
        await errands.take_in(lived, NUMBER, tmp_path / "none.json")
    with pytest.raises(app.CannotStart, match="no file of /export") as refused:
        await errands.take_in(lived, NUMBER, tmp_path / "other.json")
    assert "zebra" not in str(refused.value)


async def test_nothing_is_made_where_nothing_is_stored(settings):
    """Looking for a person begins no database."""
    with pytest.raises(app.CannotStart, match="Nothing is stored"):
        await errands.forget(settings, NUMBER, sure=True)
    assert not settings.data_dir.exists()


def test_the_number_can_be_given_without_the_shells_history(settings, monkeypatch, tmp_path, capsys):
    """It is asked for where it is left out."""
    (tmp_path / "number").write_text(f"{NUMBER}\n")
    monkeypatch.setenv("BEFRIEND_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEFRIEND_KEY_FILE", str(settings.key_file))
    with (tmp_path / "number").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        code = cli.main(["forget"])

    assert code == cli.CANNOT_START
    assert capsys.readouterr().err == f"Number of the chat: Nothing is stored yet in {settings.data_dir}.\n"
