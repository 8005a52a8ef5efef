"""The figures that the documents tell of the flows are those of the flows."""

import re

from docs import pictures, stats

TEXT = stats.FILE.read_text(encoding="utf-8")
TURNS = re.compile(r"\d+(\.5)? / \d+")


def test_the_figures_of_all_flows_are_fresh():
    """Steps, minutes, grade and wordings are measured anew here; turns take `make docs`."""
    assert stats.page(stats.told(TEXT)) == TEXT


def test_each_flow_tells_its_turns():
    """They were walked when the page was written; a flow that came since has none yet."""
    turns = stats.told(TEXT)

    assert len(turns) == TEXT.count("\n| ") - 1  # but for the heading
    assert [flow for flow, each in turns.items() if not TURNS.fullmatch(each)] == []


def test_the_pictures_lead_to_the_figures():
    """Whoever looks at the flows finds how long and how varied they are."""
    assert f"({stats.FILE.name})" in pictures.HEAD
