"""What goes wrong on request, goes wrong as on the real server."""

import pytest
import telegram
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.fakes import faults
from tests.fakes.botapi import FakeBotApi
from tests.fakes.calls import SAM
from tests.fakes.faults import Fault

FAULTS: list[tuple[Fault, type[Exception], int]] = [
    (faults.too_many(3), RetryAfter, 0),
    (faults.too_many(None), NetworkError, 0),
    (faults.server_error(), NetworkError, 0),
    (faults.gateway(), NetworkError, 0),
    (faults.cut_before(), NetworkError, 0),
    (faults.cut_after(), NetworkError, 1),
    (faults.hang(), TimedOut, 0),
    (faults.hang(works=True), TimedOut, 1),
    (faults.garbage(), TelegramError, 1),
    (faults.not_ok(), KeyError, 0),
    (faults.no_result(), KeyError, 1),
    (faults.wrong_type(), AttributeError, 1),
    (faults.blocked(), Forbidden, 0),
    (faults.deactivated(), Forbidden, 0),
    (faults.not_modified(), BadRequest, 0),
    (faults.unparsable(), BadRequest, 0),
    (faults.other_poller(), Conflict, 0),
    (faults.unauthorized(), InvalidToken, 0),
]


@pytest.mark.parametrize(
    ("fault", "error", "done"), FAULTS, ids=[f"{n} {f.name}" for n, (f, _, _) in enumerate(FAULTS)]
)
async def test_faults_are_what_a_client_sees(
    server: FakeBotApi,
    bot: telegram.Bot,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    error: type[Exception],
    done: int,
) -> None:
    """Each fault comes once, as python-telegram-bot is known to see it; then all is well."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else RetryAfter warns of its own future
    server.faults.add("sendMessage", fault)

    with pytest.raises(error):
        await bot.send_message(SAM, "one", read_timeout=0.2)
    before = server.journal.sends
    fault.release()
    await bot.send_message(SAM, "two")

    assert before == done
    assert server.journal.sent[SAM] == {"two": 1} | ({"one": 1} if done else {})


async def test_a_rule_holds_until_stopped(server: FakeBotApi, bot: telegram.Bot) -> None:
    """One chat may be refused as long as a test likes, and no other."""
    server.faults.always("sendMessage", faults.blocked, chat=SAM)
    server.person(8)

    for _ in range(2):
        with pytest.raises(Forbidden):
            await bot.send_message(SAM, "no")
    await bot.send_message(8, "yes")
    server.faults.stop()
    await bot.send_message(SAM, "yes")


async def test_an_outage_forgets_nothing(server: FakeBotApi, bot: telegram.Bot) -> None:
    """While the server is down nothing connects; after it, all is as before at the same address."""
    server.person(SAM).says("wait for me")
    await server.down()
    with pytest.raises(NetworkError):
        await bot.get_updates()
    await server.up()

    assert (await bot.get_updates())[0].message.text == "wait for me"
