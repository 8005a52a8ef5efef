"""Questions about the bot, and a carer's wish: what is heard as one, and what is not."""

import pytest

from bot.hearing import hear_by_rules
from bot.safety.needs import asked

TOPICS = frozenset({"asks_evidence", "asks_maker", "asks_data", "asks_erase", "wishes_over"})


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        pytest.param("does this work?", "asks_evidence", id="works"),
        pytest.param("what's the evidence", "asks_evidence", id="evidence"),
        pytest.param("studies?", "asks_evidence", id="one word"),
        pytest.param("prove it works", "asks_evidence", id="prove"),
        pytest.param("is there research behind it", "asks_evidence", id="research"),
        pytest.param("who made this", "asks_maker", id="made"),
        pytest.param("whose server", "asks_maker", id="server"),
        pytest.param("which country", "asks_maker", id="country"),
        pytest.param("what company", "asks_maker", id="company"),
        pytest.param("who pays", "asks_maker", id="pays"),
        pytest.param("is it open source", "asks_maker", id="open"),
        pytest.param("is this a cult or a company", "asks_maker", id="cult"),
        pytest.param("where does my data go", "asks_data", id="data"),
        pytest.param("can you delete it", "asks_erase", id="delete"),
        pytest.param("I wish it were over for him", "wishes_over", id="over"),
        pytest.param("I mean his life, God forgive me.", "wishes_over", id="his life"),
        pytest.param("No, not my life, my husband's.", "wishes_over", id="not mine"),
        pytest.param("I wish my mother's suffering would end", "wishes_over", id="suffering"),
        pytest.param("I want to end his life", "", id="a deed is no wish"),
        pytest.param("I wish it was over for both of us", "", id="for both"),
        pytest.param("I wish his life was over and mine too", "", id="mine too"),
        pytest.param("I wish my boyfriend would go away", "", id="away"),
        pytest.param("where is this going", "", id="going"),
        pytest.param("who made me like this", "", id="made me"),
        pytest.param("my research is going nowhere", "", id="my research"),
        pytest.param("can you delete it from my head", "", id="from the head"),
        pytest.param("does it hurt to die", "", id="danger"),
    ],
)
def test_what_is_asked_about_the_bot_is_told_from_what_is_like_it(words: str, topic: str) -> None:
    """Each question is heard as what it is, and a story or a danger as none of them."""
    assert hear_by_rules(words).beside & TOPICS == ({topic} if topic else set())


@pytest.mark.parametrize(
    ("words", "need"),
    [
        pytest.param("my husband has dementia", "caring", id="dementia"),
        pytest.param("I look after my wife who has MS", "caring", id="look after"),
        pytest.param("he asked me nine times and I snapped", "caring", id="nine times"),
        pytest.param("I care for my mum since her stroke", "caring", id="stroke"),
        pytest.param("my husband died, he had dementia", "", id="a loss leads"),
        pytest.param("I look after myself", "", id="oneself"),
    ],
)
def test_caring_told_in_words_is_a_need_of_its_own(words: str, need: str) -> None:
    """Who looks after somebody is offered what is there for carers, and a loss is met as a loss."""
    assert asked(hear_by_rules(words)) == need


def test_to_doubt_that_one_may_be_let_off_is_hard_on_oneself() -> None:
    """Grace that somebody does not allow themself is heard as a hard word against them."""
    assert hear_by_rules("I don't know that I deserve to be let off").intent == "self_criticism"
