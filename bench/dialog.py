"""The six-step dialog that every bot speaks here, and the people who answer it."""

from typing import Final, NamedTuple

TOKEN: Final = "42:bench-token-of-no-bot"
BOT_ID: Final = 42
FIRST_PERSON: Final = 100_000  # chat ids count up from here
DATE: Final = 1_790_000_000  # every update has the same date: nobody here looks at it


class Step(NamedTuple):
    """One question and the answer that people give to it.

    Attributes:
        name: The state's name in every bot.
        prompt: What the bot says; its first word is how the load server recognises it.
        choices: (id, label) pairs beneath the prompt.
        answer: What people type, or the label they choose.

    """

    name: str
    prompt: str
    choices: tuple[tuple[str, str], ...]
    answer: str


STEPS: Final = (
    Step(
        "voice",
        "First, which voice would you like to hear?",
        (("kind", "Kind"), ("honest", "Honest"), ("quiet", "Quiet")),
        "Kind",
    ),
    Step("thought", "Second, what would you like to look at?", (), "I think about the talk I gave"),
    Step(
        "who",
        "Third, who would say it well?",
        (("friend", "A friend"), ("animal", "An animal"), ("me", "Me, older")),
        "A friend",
    ),
    Step("number", "Fourth, how strong is it, from 0 to 10?", (), "6"),
    Step("words", "Fifth, what would they say to you?", (), "You did what you could that day"),
    Step("done", "Sixth, that is all of it. Once more?", (("again", "Again"),), "Again"),
)
MARKS: Final = tuple(step.prompt.split(",")[0].encode() for step in STEPS)  # b"First" …
CHOICES: Final = tuple(bool(step.choices) for step in STEPS)

_FROM = b'{"id":%d,"is_bot":false,"first_name":"P","language_code":"en"}'
_CHAT = b'{"id":%d,"first_name":"P","type":"private"}'
_MESSAGE = (
    b'{"update_id":%d,"message":{"message_id":%d,"from":' + _FROM + b',"chat":' + _CHAT + b","
    b'"date":%d,"text":"%b"%b}}'
)
_PRESS = (
    b'{"update_id":%d,"callback_query":{"id":"%d","from":' + _FROM + b',"message":{"message_id":%d,"from":'
    b'{"id":42,"is_bot":true,"first_name":"B","username":"bench_bot"},"chat":' + _CHAT + b","
    b'"date":%d,"text":"%b"},"chat_instance":"1","data":"%b"}}'
)
_COMMAND = b',"entities":[{"offset":0,"length":6,"type":"bot_command"}]'
_ANSWERS = tuple(step.answer.encode() for step in STEPS)
_PROMPTS = tuple(step.prompt.encode() for step in STEPS)


def typed(update: int, person: int, turn: int) -> bytes:
    """Return the raw update in which a person types their ``turn``-th message; turn 0 is "/start"."""
    text, entities = (_ANSWERS[(turn - 1) % 6], b"") if turn else (b"/start", _COMMAND)
    return _MESSAGE % (update, turn * 2 + 1, person, person, DATE, text, entities)


def pressed(update: int, person: int, turn: int, message: int, data: bytes) -> bytes:
    """Return the raw update in which a person taps the button that carries ``data``."""
    return _PRESS % (update, update, person, message, person, DATE, _PROMPTS[(turn - 1) % 6], data)


def expected(turn: int) -> bytes:
    """Return the mark of the prompt that answers a person's ``turn``-th message."""
    return MARKS[turn % 6]
