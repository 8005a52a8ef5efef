"""The turn in which a chat is emptied: what is let go, what stays, and the one line that is left."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation import Conversation
from bot.hiding import hide
from bot.model import HELP, Arrival, Lock, Outbound
from bot.seal import Seal
from bot.store.sqlite import SqliteStore
from bot.talk import FLOW, Talk
from flows.session import Frame, Session
from flows.turn import Heard
from tests.content import content
from tests.moving_clock import MovingClock

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
MENU = """
flow: menu
steps:
  ask: {say: "What is it?", ask: words, to: end}
"""


@pytest.fixture
async def store():
    store = SqliteStore.in_memory(Seal(b"h" * 32))
    yield store
    await store.close()


@pytest.mark.parametrize("keyboard", [{"keyboard": "1"}, {}])
async def test_what_is_open_or_on_its_way_is_let_go(store, tmp_path, keyboard):
    """The talk, its timer, and what was promised before and in this turn; what was put aside stays."""
    shared = Conversation(content(tmp_path, menu=MENU), MovingClock(NOW))._shared

    def turn(tx):
        me = tx.person_at("telegram", "7")
        me.lock = Lock(word="00:00", opened_at=NOW.isoformat())
        me.variables |= keyboard
        tx.save_session(me.id, Session([Frame("menu", step="ask")]).to_json(), 1)
        for key in (FLOW, "aside:rest"):
            tx.set_timer(me.id, key, 1, NOW + timedelta(hours=1), b"x")
        before = tx.promise(me.id, Outbound(text="before"))
        asked = tx.arrive([Arrival("telegram", 5, "7", b"hide")])[0].id
        talk = Talk(shared, tx, me, NOW, 0, Heard())
        said = talk.promise(Outbound(text="said"))
        hide(talk, asked)
        talk.save()
        reasons = dict(tx._db.execute("SELECT id, reason FROM outbox WHERE state = 'dropped'").fetchall())
        return (
            talk,
            asked,
            tx.promised(),
            (reasons[before.id], reasons[said.id]),
            tx.timers(me.id),
            tx.session(me.id),
        )

    talk, asked, waiting, reasons, timers, session = await store.run(turn)
    emptied, line = [row.outbound for row in waiting]

    assert emptied == Outbound("delete", upto=asked, priority=HELP)
    assert (line.op, line.bare, line.priority) == ("send", True, HELP)
    assert line.text == "All right."
    assert [row.id for row in talk.promised] == [row.id for row in waiting]
    assert reasons == ("unclear", "hidden")
    assert [timer.key for timer in timers] == ["aside:rest"]
    assert (session, talk.session, talk.question) == ((None, None), None, None)
    assert talk.person.variables == {"hidden_at": NOW.isoformat()}
    assert talk.person.lock == Lock(word="00:00")
