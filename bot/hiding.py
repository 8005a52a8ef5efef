"""Emptying a chat: what both sides said in two days is taken off the screen, and nothing says what it was."""

from bot.model import HELP, Outbound
from bot.talk import FLOW, Talk


def hide(talk: Talk, row: int) -> None:
    """Have a chat emptied, and leave one line behind.

    The talk ends: whoever comes back does not see its question any more. What was to be sent is not sent; what was
    put aside stays so.

    Args:
        talk: The person's.
        row: Inbox id of the message that asks for it: the last one that goes.

    """
    for promised in talk.promised:
        talk.tx.dropped(promised.id, "hidden")
    talk.tx.withdraw(talk.person.id)
    talk.tx.drop_timer(talk.person.id, FLOW)
    talk.promised.clear()
    talk.session = talk.question = None
    talk.person.variables["hidden_at"] = talk.now.isoformat()
    talk.person.variables.pop("keyboard", None)  # it comes back with the next talk
    talk.person.lock.opened_at = ""  # somebody else may hold the phone
    talk.promise(Outbound("delete", upto=row, priority=HELP))
    talk.say("hidden", bare=True)
