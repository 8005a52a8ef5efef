"""The pictures in the documents are those of the flows as they are now."""

import pytest

from docs import pictures, stats

FILES = pictures.files()


@pytest.mark.parametrize("name", FILES)
def test_the_picture_is_fresh(name):
    """What a reader sees is what the bot says; `make docs` draws it anew."""
    assert (pictures.HERE / name).read_text(encoding="utf-8") == FILES[name]


def test_there_is_no_picture_of_a_flow_that_is_gone():
    """The folder holds what is drawn, the figures, and nothing else."""
    assert {path.name for path in pictures.HERE.iterdir()} == {*FILES, stats.FILE.name}
