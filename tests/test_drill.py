"""Backups that are made while a bot writes, without pause."""

from tests.drill import drills


async def test_backups_made_under_load_are_equal_to_what_was_there(tmp_path):
    """Four times here; `make drill` does it a hundred times."""
    found = await drills(tmp_path, 4)

    assert (found["equal"], found["consistent"], found["equal_in_peace"]) == (4, 4, True)
    assert found["rows_growing"]
