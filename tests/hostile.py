"""Texts that somebody may type to break what they are put into, as many as are asked for."""

import random
from collections.abc import Iterator

import regex

LARGEST = 4096  # UTF-16 units that Telegram takes from a person
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}"
FLAGS = "\U0001f1e9\U0001f1ea\U0001f1fa\U0001f1e6"
# Telegram's parser also takes three marks that hang on letters; the fake's does so only beside a control character.
TAKEN = frozenset("\u030a\u0333\u033f")
FRAGMENTS = (
    # markup of three kinds, whole, broken and within each other
    "<b>bold</b>", "<b>", "</b>", "<i><b>x</i></b>", "<a href='https://x.example'>y</a>",
    "<tg-spoiler>z</tg-spoiler>",
    "<script>alert(1)</script>", "<tg-emoji emoji-id='5368324170671202286'>x</tg-emoji>", "<blockquote expandable>q",
    "<pre><code class='language-py'>", "&amp;", "&lt;b&gt;", "&#60;", "&#x3c;b&#x3e;", "&nosuch;", "&", "<",
    ">", "< b >",
    "<!-- x -->", "<![CDATA[x]]>", "<\0b>", "*bold*", "_it_", "__under__", "~gone~", "||spoiler||", "`code`",
    "```py\nx\n```",
    "[text](https://x.example)", "[text](tg://user?id=42)", "![x](tg://emoji?id=5368324170671202286)", "**>quote||",
    ">quote", "*_[", "\\*", "\\", "\\\\", "*" * 40, "_" * 41, "`" * 7, "[" * 30, "]](", "||" * 9, "**_~`", "[]()",
    # what templates, databases, shells and formats take for theirs
    "{words}", "{contact}", "{first_words}", "{}", "{0}", "{{", "}}", "{__class__}", "%s", "%n%d", "%(x)s",
    "$x", "${x}",
    "#{x}", "{{7*7}}", "'; DROP TABLE person; --", '" OR 1=1 --', "`id`", "$(id)", "; id", "| id", "../../etc/passwd",
    "=1+1", "@SUM(A1)", "-1+1", "\\u0000", "\\x3cb\\x3e", "\\n", "null", "None", "NaN", "undefined", "true", "1e999",
    '{"text":"x"}', "]}", '"', "'", "\u2018\u2019\u201c\u201d", "1|welcome|again|this|p", "\t", "\r\n",
    "\r", "\n\n\n\n", "\v\f",
    # what Telegram makes links of by itself
    "@someone", "#tag", "/start", "/start@other_bot", "https://example.org/?a=1&b=2", "x.example",
    "a@b.example", "$USD",
    "+1 650 253 0000", "4111 1111 1111 1111", "tg://resolve?domain=x", "01:23", "http://[::1]/",
    "http://x.example/)*_",
    # directions, invisible and hanging marks
    "\u202e", "\u202d", "\u202a\u202c", "\u2066\u2069", "\u2067", "\u2068", "\u200e", "\u200f",
    "\u200e\u200f\u200e", "\u061c",
    "\u05d0\u05e0\u05d9", "\u0623\u0646\u0627 \u0641\u0627\u0634\u0644", "\u200b", "\u200c", "\u200d", "\u2060",
    "\ufeff", "\u00ad",
    "\u034f", "\u180e", "\u2800", "\u3164", "\u115f", "\uffa0", "\u2028", "\u2029", "\u00a0", "\u3000",
    "\u0085", "\u0301",
    "o\u0332\u0305\u0300\u0323\u0301", "Z\u0351\u036b\u0343\u036a", "n\u0303", "\u0e01\u0e33",
    "\u0915\u094d\u0937\u093f", "\u1100\u1161\u11a8",
    "\ufb01\u0130\u0131\u1e9e", "\u212b", "\ufdfd", "\U00012031", "\u0001\u0002\u0007\u001b[31m\u007f", "\0", "\x9f",
    # beyond the first plane, of several parts, and nothing at all
    "\N{PILE OF POO}", FAMILY, FLAGS, "\U0001f1e9", "\N{THUMBS UP SIGN}\U0001f3fd", "\U0001f3fd",
    "1\ufe0f\u20e3", "\u20e3",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "\U000e0041", "\ufe0f", "\ufe0e",
    "\u2764\ufe0f\u200d\U0001f525",
    "\ue000", "\ufffe", "\uffff", "\U0010ffff", "\ufffd", "\U0001d4d0", "\U00020000",
    # words
    "I hate myself", "stupid", "a", "\u00fcber", "\u4f60\u597d", "\u3053\u3093",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "x" * 300,
)  # fmt: skip


def hostile(count: int, seed: int = 0) -> Iterator[str]:
    """Yield texts without half characters, each of at most ``LARGEST`` units: every fragment alone, then all sorts."""
    chance = random.Random(seed)
    yield from FRAGMENTS[:count]
    for _ in range(count - len(FRAGMENTS)):
        text = chance.choice(MAKERS)(chance)
        yield _cut("".join(letter for letter in text if letter not in TAKEN)) or "a"


def _joined(chance: random.Random) -> str:
    return chance.choice(("", " ", "\n")).join(chance.choices(FRAGMENTS, k=chance.randint(2, 6)))


def _around(chance: random.Random) -> str:
    return f"{chance.choice(FRAGMENTS)}I ruin {chance.choice(FRAGMENTS)} everything{chance.choice(FRAGMENTS)}"


def _letters(chance: random.Random) -> str:
    return "".join(_letter(chance) for _ in range(chance.randint(1, 40)))


def _letter(chance: random.Random) -> str:
    top = chance.choice((0x80, 0x300, 0x3000, 0xFFFF, 0x10FFFF))
    number = chance.randint(0, top)
    return " " if 0xD800 <= number <= 0xDFFF else chr(number)


def _heap(chance: random.Random) -> str:
    return chance.choice(FRAGMENTS) * chance.randint(2, 200)


def _at_the_cut(chance: random.Random) -> str:
    """Something of several parts, where the first message must end; what is said around it moves it a little."""
    odd = chance.choice(
        (FAMILY, FLAGS, "e\u0301", "\N{PILE OF POO}", "\N{THUMBS UP SIGN}\U0001f3fd", "\r\n", "<b>", "\u202e")
    )
    return chance.choice(("x", "word ", "\u05d0")) * (LARGEST - 300) + odd * 150


def _huge(chance: random.Random) -> str:
    return "".join(chance.choices(FRAGMENTS, k=700))


MAKERS = (
    _joined,
    _around,
    _letters,
    _joined,
    _around,
    _letters,
    _joined,
    _around,
    _heap,
    _at_the_cut,
    _letters,
    _huge,
)


def _cut(text: str) -> str:
    while len(text) + sum(letter > "\uffff" for letter in text) > LARGEST:
        text = text[: LARGEST - 100] if len(text) > LARGEST else text[: len(text) * 9 // 10]
    return text


def as_telegram_shows(text: str) -> str:
    """Return a text as Telegram's own rules leave it.

    Known from its parser (TDLib): control characters but the line break become spaces; carriage returns and the
    marks U+2028 to U+202E vanish; of several marks of direction in a row all but the last become U+200C; spaces and
    line breaks at both ends are cut off. Nothing else may change.
    """
    text = regex.sub("[\r\u2028-\u202e]", "", text)
    text = regex.sub("[\u200e\u200f](?=[\u200e\u200f])", "\u200c", text)
    return regex.sub("[\\x00-\\x09\\x0b-\\x1f]", " ", text).strip(" \n")


def graphemes(text: str) -> list[str]:
    """Return what a reader sees as letters, without the white space that Telegram cuts off between messages."""
    return regex.findall(r"\X", text.replace(" ", "").replace("\n", ""))
