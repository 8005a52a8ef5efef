"""What works in every state: commands and their plain words."""

import re
from collections.abc import Mapping

LONGEST = 80  # characters: a command, a space and the longest deep link that Telegram takes
LETTERS = re.compile(r"[^\W\d_]+")

HALT = re.compile(  # a stop that begins a sentence, and what is said after it; "stop sign" is a thing to see
    r"\W*(?:(?:ok|okay|please|pls|no|just|hey|wait|now)\W+){0,3}(?:stop|enough|quit)\b(?!\W*(?:signs?|lights?)\b)"
    r"(?:\s+(?:it|this|that|now|here|please|pls|already|looking|talking))*[\s.,;:!\u2026-]*(.*)",
    re.IGNORECASE | re.DOTALL,
)

COMMANDS: Mapping[str, str] = {
    "now": "Help now: someone to call or text",
    "menu": "What brings you here?",
    "stop": "Stop here",
    "hide": "Empty this chat",
    "back": "One question back",
    "skip": "Leave this question out",
    "change": "Change an earlier answer",
    "less": "A bit less warmth",
    "more": "A bit more warmth",
    "way": "How I am here: cheering, brief, or no questions",
    "checkin": "A short note at an hour you choose",
    "settings": "What I have noted for you",
    "notes": "Your own notes",
    "kind": "Words that you kept",
    "look": "How it has been, as a picture",
    "zone": "What time it is for you",
    "country": "Which country's help lines you get",
    "privacy": "What is stored, and for how long",
    "export": "All that is stored, as files for you",
    "lock": "A word of yours before some of this",
    "forget": "Erase all that is stored",
    "help": "What you can say to me",
    "start": "Begin, or go on",
}  # in the order in which Telegram's menu shows them

SAME: Mapping[str, str] = {
    "checkins": "checkin",
    "reminder": "checkin",
    "reminders": "checkin",
}  # with a slash
WORDS: Mapping[str, str] = {
    "help now": "now", "helpnow": "now", "help": "now", "help me": "now", "sos": "now", "emergency": "now",
    "menu": "menu", "main menu": "menu",
    "stop": "stop", "quit": "stop", "exit": "stop", "cancel": "stop", "enough": "stop", "stop here": "stop",
    "enough for now": "stop", "nothing now": "stop", "thats enough": "stop",
    "hide": "hide", "hide this": "hide", "hide it": "hide", "hide all": "hide", "hide everything": "hide",
    "hide this chat": "hide", "hide the chat": "hide", "empty this chat": "hide", "clear this chat": "hide",
    "clear the chat": "hide",
    "lock": "lock", "unlock": "lock", "set a word": "lock", "change my word": "lock", "password": "lock",
    "notes": "notes", "my notes": "notes", "safety notes": "notes", "my safety notes": "notes",
    "show my notes": "notes", "show me my notes": "notes", "read my notes": "notes", "change my notes": "notes",
    "my kind words": "kind", "kind words": "kind", "my words": "kind", "my own words": "kind", "what i kept": "kind",
    "show my words": "kind", "show me my words": "kind", "show my kind words": "kind", "read my words": "kind",
    "my sentences": "kind", "my kept words": "kind", "words i kept": "kind", "what did i keep": "kind",
    "check in": "checkin", "check ins": "checkin", "checkin": "checkin", "checkins": "checkin",
    "my check ins": "checkin", "my checkins": "checkin", "daily check in": "checkin", "daily check ins": "checkin",
    "set up check ins": "checkin", "change check ins": "checkin", "change my check ins": "checkin",
    "remind me": "checkin", "remind me daily": "checkin", "remind me every day": "checkin", "reminder": "checkin",
    "reminders": "checkin", "set a reminder": "checkin", "set reminders": "checkin", "change reminders": "checkin",
    "stop check ins": "checkin", "stop the check ins": "checkin", "stop checkins": "checkin",
    "stop my check ins": "checkin", "no more check ins": "checkin", "no check ins": "checkin",
    "end check ins": "checkin", "check ins off": "checkin", "turn off check ins": "checkin",
    "stop reminders": "checkin", "stop the reminders": "checkin", "stop reminding me": "checkin",
    "no more reminders": "checkin", "stop messaging me": "checkin", "stop writing to me": "checkin",
    "stop texting me": "checkin", "fewer check ins": "checkin", "less check ins": "checkin",
    "pause check ins": "checkin", "pause the check ins": "checkin", "pause my check ins": "checkin",
    "pause checkins": "checkin", "pause reminders": "checkin",
    "look": "look", "look back": "look", "how has it been": "look", "show me how it has been": "look",
    "my days": "look", "my week": "look", "my month": "look", "my year": "look", "how was my week": "look",
    "how was my month": "look", "how was my year": "look",
    "how has my week been": "look", "how has my month been": "look", "how has my year been": "look",
    "how is my week": "look", "hows my week": "look", "how did my week go": "look", "how was the week": "look",
    "back": "back", "go back": "back", "undo": "back",
    "change an answer": "change", "change my answer": "change", "change my last answer": "change",
    "correct an answer": "change", "correct my answer": "change", "let me change that": "change",
    "skip": "skip", "skip this": "skip", "pass": "skip",
    "less": "less", "a bit less": "less", "too much": "less", "less warm": "less",
    "more": "more", "a bit more": "more", "more warm": "more", "warmer": "more",
    "way": "way", "your way": "way", "change your way": "way", "way of being here": "way",
    "cheer me on": "way", "cheer me": "way", "keep it brief": "way", "keep it short": "way", "be brief": "way",
    "be quiet": "way", "no questions": "way", "no more questions": "way", "dont ask me questions": "way",
    "dont ask questions": "way", "stop asking questions": "way", "be here": "way", "just be here": "way",
    "settings": "settings", "privacy": "privacy",
    "export": "export", "my data": "export", "export my data": "export", "give me my data": "export",
    "show me my data": "export", "download my data": "export",
    "forget me": "forget", "delete my data": "forget", "erase my data": "forget", "delete all my data": "forget",
    "erase all my data": "forget", "erase everything": "forget", "delete everything": "forget",
    "delete my account": "forget",
    "time zone": "zone", "timezone": "zone", "zone": "zone", "my time zone": "zone", "my timezone": "zone",
    "set time zone": "zone", "change time zone": "zone", "change my time zone": "zone",
    "country": "country", "my country": "country", "change country": "country", "change my country": "country",
    "change the country": "country", "set country": "country", "wrong country": "country",
    "thats not it": "not_it", "not it": "not_it", "you misunderstood": "not_it", "wrong": "not_it",
    "i cant think": "cant_think", "cant think": "cant_think", "i can not think": "cant_think",
    "start": "start", "continue": "start", "go on": "start", "restart": "menu", "start over": "menu",
}  # fmt: skip


def recognise(text: str) -> str:
    """Return the name of the command that a text is, "" if it is none.

    Plain words count only as the whole message: "stop" inside a sentence is part of what someone says.
    """
    if len(text) > LONGEST:
        return ""
    if text.startswith("/"):
        name = text[1:].partition(" ")[0].partition("@")[0].lower()
        name = SAME.get(name, name)
        return name if name in COMMANDS else ""
    return WORDS.get(" ".join(LETTERS.findall(text.lower().replace("'", "").replace("\u2019", ""))), "")


def after_stop(text: str) -> str | None:
    """Return what is said after a stop that begins a text: "stop. i want the other one"; None where none begins it."""
    found = HALT.fullmatch(text)
    return found[1].strip() if found else None
