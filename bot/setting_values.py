"""How the text of a setting becomes its value, or why it can't: a sentence that goes on from the setting's name."""

import re
from pathlib import Path

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")  # Bot API, setWebhook: 1-256 of these; 16 is ours
_LOG_LEVELS = ("debug", "info", "warning", "error")


class Secret:
    """A text that no print, log or traceback may show; ``reveal`` gives it to the one who needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is never written down")


def token(text: str) -> Secret:
    """Read a bot's token."""
    if not _TOKEN.fullmatch(text):
        raise ValueError(
            "does not look like a bot's token (digits, a colon, letters). Copy it again from @BotFather."
        )
    return Secret(text)


def _content_of(text: str, what: str) -> str:
    try:
        content = Path(text).expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise ValueError(
            f"names {text!r}, which cannot be read ({why}). Write {what} into that file."
        ) from None
    if not content:
        raise ValueError(f"names {text!r}, which is empty. Write {what} into that file.")
    return content


def token_file(text: str) -> Secret:
    """Read a token from the file that is named."""
    return token(_content_of(text, "the token from @BotFather"))


def webhook_secret_file(text: str) -> Secret:
    """Read a webhook's secret from the file that is named."""
    secret = _content_of(text, "a random secret")
    if not _WEBHOOK_SECRET.fullmatch(secret):
        raise ValueError(
            f"names {text!r}, whose content is not 16 to 256 letters, digits, '_' or '-'. "
            "Make one with: openssl rand -hex 32"
        )
    return Secret(secret)


def path(text: str) -> Path:
    """Read a full path."""
    found = Path(text).expanduser()
    if not found.is_absolute():
        raise ValueError(f"is {text!r}. Give a full path, one that starts with '/'.")
    return found


def folder(text: str) -> Path:
    """Read the path of a folder with flows."""
    if (found := path(text)).is_dir():
        return found
    raise ValueError(f"is {text!r}, and there is no such folder. It holds <flow>/flow.yaml for each flow.")


def file(text: str) -> Path:
    """Read the path of a file."""
    if (found := path(text)).is_file():
        return found
    raise ValueError(f"is {text!r}, and there is no such file. See docs/safety/helplines.md.")


def contact(text: str) -> str:
    """Read whom people can ask."""
    if len(text) > 200 or not text.isprintable():
        raise ValueError(
            "is not one printable line of at most 200 characters. Give an e-mail address or a link."
        )
    return text


def min_age(text: str) -> int:
    """Read an age in years."""
    if not (text.isascii() and text.isdigit() and 13 <= int(text) <= 99):
        raise ValueError(f"is {text!r}. Give a number of years from 13 to 99.")
    return int(text)


def log_level(text: str) -> str:
    """Read how much is logged."""
    if text.lower() not in _LOG_LEVELS:
        raise ValueError(f"is {text!r}. Choose one of: {', '.join(_LOG_LEVELS)}.")
    return text.lower()


def yes_or_no(text: str) -> bool:
    """Read a yes or a no."""
    if text.lower() not in ("yes", "no"):
        raise ValueError(f"is {text!r}. Say yes or no.")
    return text.lower() == "yes"


def locale(text: str) -> str:
    """Read the code of a language."""
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", text):
        raise ValueError(f"is {text!r}. Give a language's code, like en.")
    return text
