"""What was typed before a question stood on the screen: it is no answer to that question."""

from bot.model import Inbound
from bot.talk import Talk

ASKING = ("welcome", "renew")  # flows in which a yes is a consent, which has to be to what was read (GDPR 4)


def early(talk: Talk, inbound: Inbound) -> bool:
    """Whether words came before the present question of consent stood in the chat.

    It waits in the outbox, or it has a higher number than the words: a chat counts the messages of both sides in
    the order in which they came to stand there. A number is known for 48 hours; what is older was read.
    """
    question = talk.question
    if question is None or inbound.kind != "text" or not talk.open(*ASKING):
        return False
    number = talk.tx.message_of(question)
    if number is None:
        return any(row.id == question for row in talk.tx.promised_to(talk.person.id))
    return inbound.message is not None and inbound.message < number
