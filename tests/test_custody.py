"""What `befriend key` says: each sentence whole, as an operator reads it."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from bot import custody, keys
from bot.app import TALK, CannotStart
from bot.seal import Seal, fingerprint
from bot.store import folder, vault
from bot.store.keyring import COMPARTMENTS
from tests.machine import MASTER, Place

NEW = b"n" * 32
COPY_IT = (
    "Copy it now to a place apart from the data and its backups, such as a password manager or paper: "
    "without it nothing that people write can ever be opened again."
)


@pytest.fixture
async def place(tmp_path):
    """A machine where two people have talked."""
    place = Place(tmp_path)
    await place.furnish("")
    return place


def line(mark, name, sentence):
    return f"{mark:<5}  {name:<9}  {sentence}"


async def says(place):
    report = await custody.check(place.settings)
    return report.fine, report.lines


def well(place):
    mark = fingerprint(Seal(MASTER))
    return [
        line("ok", "key", f"{place.key}, mark {mark}. Keep a copy, apart from the data."),
        line("ok", "data", f"{place.data}: the key opens all of 2 people."),
    ]


async def test_all_is_well(place):
    """The key is told by its mark, the folder by its people."""
    assert await says(place) == (True, well(place))


async def test_before_the_first_start_there_is_nothing_to_do(tmp_path):
    """No key over no data is how everyone begins."""
    place = Place(tmp_path)

    assert await says(place) == (
        True,
        [line("note", "key", f"There is none in {place.key} yet. The first start makes it: befriend run")],
    )


async def test_a_key_before_the_first_start_opens_nothing_yet(tmp_path):
    """It is there; there is no folder to look into."""
    place = Place(tmp_path)
    keys.replace(place.key, MASTER)

    assert await says(place) == (True, well(place)[:1])


async def test_a_missing_key_is_asked_for(place):
    """Of the data nothing is said: it cannot be read."""
    place.key.unlink()

    assert await says(place) == (
        False,
        [
            line(
                "to do",
                "key",
                f"{place.key} is missing, and the data cannot be read without it. Put your copy back.",
            )
        ],
    )


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o602])
async def test_a_key_is_for_its_owner_alone(place, mode):
    """Whatever others may do with it is too much."""
    place.key.chmod(mode)

    assert await says(place) == (
        False,
        [line("to do", "key", f"Others on this machine can read {place.key}: chmod 600 {place.key}")],
    )


async def test_what_is_no_key_file_is_told(place):
    """With what reading it says."""
    place.key.write_text("no key\n")

    assert await says(place) == (
        False,
        [line("to do", "key", f"{place.key} is not a Befriend key file. Put your copy of the key back.")],
    )


async def test_a_change_that_was_cut_short_is_finished_first(place):
    """The sentence names the command."""
    keys.replace(place.key, MASTER, NEW)

    assert await says(place) == (
        False,
        [
            line(
                "to do",
                "key",
                "A change of keys was cut short. Stop the bot and finish it: befriend key rotate",
            )
        ],
    )


async def test_the_key_of_other_data_is_told(place):
    """The key is one; the data is under another."""
    keys.replace(place.key, NEW)
    fine, lines = await says(place)

    assert not fine
    assert lines[0] == line(
        "ok", "key", f"{place.key}, mark {fingerprint(Seal(NEW))}. Keep a copy, apart from the data."
    )
    assert lines[1:] == [
        line(
            "to do",
            "data",
            f"{place.data}: The key file is not the one this data was sealed with. "
            "Put your copy of the right key back.",
        )
    ]


async def test_half_of_the_data_is_told(place):
    """Where the database is gone and the keys are there."""
    for path in place.data.glob(f"{folder.NAME}*"):
        path.unlink()
    fine, (_, data) = await says(place)

    assert not fine
    assert data.startswith(
        line("to do", "data", f"{place.data}: {folder.NAME} is missing from {place.data}, and ")
    )


async def test_damaged_and_missing_keys_are_counted(place):
    """Damaged ones can be put back; who has none is met as a stranger."""
    with place.both() as (_, kept):
        one = next(vault.read_keys(kept)).person
        kept.execute("DELETE FROM key WHERE person = ?", (one,))
    missing = await says(place)
    with place.both() as (_, kept):
        kept.execute("UPDATE key SET wrapped = x'02'")

    damaged = len(COMPARTMENTS)
    keyless = f"{place.data}: 1 people have no key; they are met as strangers when they write."
    assert missing == (True, [*well(place), line("note", "data", keyless)])
    assert await says(place) == (
        False,
        [
            well(place)[0],
            line(
                "to do",
                "data",
                f"{place.data}: {damaged} keys are damaged. Put a backup back: befriend restore FILE",
            ),
        ],
    )


async def test_an_old_key_goes_after_thirty_days(place):
    """Its day is named; before it, and where anything is to be done, it stays."""
    keys.retire(place.key, NEW)
    aside, now = keys.retired(place.key), datetime.now(UTC)
    days = {}
    for age in (29, 31):
        then = now - timedelta(days=age)
        os.utime(aside, (then.timestamp(), then.timestamp()))
        place.key.chmod(0o644)
        in_doubt = (await says(place))[1][-1]
        place.key.chmod(0o600)
        days[age] = (in_doubt, (await says(place))[1][-1], aside.exists())

    def kept(age):
        day = now + timedelta(days=30 - age)
        return line(
            "note", "old key", f"{aside} opens older backups. A check after {day:%Y-%m-%d} removes it."
        )

    removed = line("ok", "old key", f"{aside} was removed: no backup should need it any more.")
    assert days == {29: (kept(29), kept(29), True), 31: (kept(31), removed, False)}


# --- changing ---------------------------------------------------------------------------


async def test_a_change_says_what_to_do_next(place):
    """Copy, keep the old one, check; a folder of its own that had this key is named too."""
    report = await custody.rotate(place.settings)
    mark = fingerprint(place.seal)

    assert (report.fine, report.lines) == (
        True,
        [
            f"The key in {place.key} is a new one, mark {mark}; it opens all of 2 people.",
            f"1. Copy {place.key} to where your copy of the old one is. Without it nothing opens.",
            f"2. Backups from before open with the old key only. It is in {place.key}.old: keep that for 30 days.",
            "   So does a folder of 'talk --data' that was given this key: it is lost when a check removes that file,",
            "   after 30 days. To keep such a folder for longer, copy that file elsewhere.",
            "3. Check, then start the bot: befriend key check",
        ],
    )
    assert keys.read(keys.retired(place.key)) == (MASTER,)


async def test_a_folder_of_its_own_opens_with_the_key_that_was_put_aside(place, tmp_path):
    """Where `talk --data` was given the key, its data is not lost by a change of keys."""
    await place.turn(lambda _: None, tmp_path / "own")
    await custody.rotate(place.settings)
    with place.both(tmp_path / "own") as (_, kept):
        fits = vault.fitting(kept, Seal.open(keys.retired(place.key), fresh=False))

    assert fits.check == Seal(MASTER).check


@pytest.mark.parametrize("before", [(), (b"0" * 32,)], ids=["two keys", "three keys"])
async def test_a_change_that_was_cut_short_is_finished(place, before):
    """With the new key that was made then; the last two of a file count."""
    keys.replace(place.key, *before, MASTER, NEW)
    await custody.rotate(place.settings)

    assert keys.read(place.key) == (NEW,)
    assert (await custody.check(place.settings)).fine


async def test_a_change_over_no_data_is_a_change(tmp_path):
    """Whoever changes the key before the first start loses nothing."""
    place = Place(tmp_path)
    keys.replace(place.key, MASTER)
    report = await custody.rotate(place.settings)

    assert "it opens all of 0 people" in report.lines[0]
    assert keys.read(place.key) != (MASTER,)


async def test_a_change_that_stops_half_way_leaves_both_keys(place):
    """Where the old one cannot be put aside, the file holds it still, and the new one behind it."""
    keys.retired(place.key).mkdir()
    with pytest.raises(CannotStart, match="Is a directory"):
        await custody.rotate(place.settings)
    old, new = keys.read(place.key)

    assert old == MASTER
    assert new != MASTER


@pytest.mark.parametrize("name", ["", TALK])
async def test_half_of_a_folder_stops_a_change(tmp_path, name):
    """Before anything is changed."""
    place = Place(tmp_path)
    await place.furnish("", TALK)
    (place.data / name / vault.NAME).unlink()
    with pytest.raises(CannotStart, match=f"{vault.NAME} is missing from {place.data / name}"):
        await custody.rotate(place.settings)

    assert keys.read(place.key) == (MASTER,)


async def test_without_a_key_there_is_none_to_change(place):
    """Nor is one made."""
    place.key.unlink()
    with pytest.raises(CannotStart) as refused:
        await custody.rotate(place.settings)

    assert str(refused.value) == f"There is no key in {place.key}. Put your copy there first."
    assert not place.key.exists()


async def test_a_key_that_is_handed_over_is_changed_elsewhere(place, monkeypatch):
    """The whole sentence, with what the system said."""

    def refuse(*_):
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(CannotStart) as refused:
        await custody.rotate(place.settings)

    assert str(refused.value) == (
        f"{place.key} cannot be written (Device or resource busy). Nothing was changed. If systemd or a container "
        "hands this file over, change the key where it is kept: stop the bot, then "
        "BEFRIEND_KEY_FILE=/ITS/REAL/PLACE befriend key rotate"
    )


# --- the first one ----------------------------------------------------------------------


async def test_the_first_key_is_told_with_what_to_do(tmp_path):
    """Where it is, and that a copy belongs elsewhere; a second one is refused."""
    place = Place(tmp_path)
    report = await custody.new(place.settings)
    with pytest.raises(CannotStart) as refused:
        await custody.new(place.settings)

    assert report.lines == [f"A key was made: {place.key}", COPY_IT]
    assert str(refused.value) == f"There is a key in {place.key} already. To change it: befriend key rotate"


async def test_a_first_key_over_data_is_refused(place):
    """The copy is asked for."""
    place.key.unlink()
    with pytest.raises(CannotStart) as refused:
        await custody.new(place.settings)

    assert str(refused.value) == (
        f"There is data in {place.data}, and a new key opens none of it. Put your copy of its key into {place.key}."
    )


async def test_where_no_key_can_be_made_is_told(tmp_path):
    """By the place that is in the way."""
    place = Place(tmp_path)
    place.key = tmp_path / "file" / "key"
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart) as refused:
        await custody.new(place.settings)

    assert str(refused.value) == f"{tmp_path / 'file'}: File exists."
