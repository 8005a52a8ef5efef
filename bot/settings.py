"""What an operator may set: read from the environment, all faults named at once."""

import difflib
import os
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import network
from bot.network import Listen, Networks

PREFIX = "BEFRIEND_"
EXAMPLE = "deploy/env.example"

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")  # Bot API, setWebhook: 1-256 of these; 16 is ours
_LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """The settings cannot be used; ``faults`` lists every reason, a sentence each."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class Secret:
    """A text that no print, log or traceback may show; ``reveal`` gives it to the one who needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
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


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set.

    Attributes:
        name: Without the prefix.
        default: As it would be typed; "" for none.
        description: For operators; shown in the help, in docs and in the example file.
        parse: Makes a value of the text, or raises ValueError with what is wrong and what to do,
            worded to follow the setting's name. It never repeats a secret.

    """

    name: str
    default: str
    description: str
    parse: Callable[[str], object]

    @property
    def variable(self) -> str:
        return PREFIX + self.name


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set, or the defaults. Lives as long as the process."""

    token: Secret | None
    data_dir: Path
    key_file: Path
    api_url: str
    webhook_url: str
    webhook_listen: Listen
    webhook_secret: Secret | None
    webhook_from: Networks | None
    contact: str
    min_age: int
    log_level: str
    locale: str
    content: Path | None = None
    helplines: Path | None = None


# --- the values -------------------------------------------------------------------------


def _token(text: str) -> Secret:
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


def _token_file(text: str) -> Secret:
    return _token(_content_of(text, "the token from @BotFather"))


def _webhook_secret_file(text: str) -> Secret:
    secret = _content_of(text, "a random secret")
    if not _WEBHOOK_SECRET.fullmatch(secret):
        raise ValueError(
            f"names {text!r}, whose content is not 16 to 256 letters, digits, '_' or '-'. "
            "Make one with: openssl rand -hex 32"
        )
    return Secret(secret)


def _path(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError(f"is {text!r}. Give a full path, one that starts with '/'.")
    return path


def _folder(text: str) -> Path:
    if (path := _path(text)).is_dir():
        return path
    raise ValueError(f"is {text!r}, and there is no such folder. It holds <flow>/flow.yaml for each flow.")


def _file(text: str) -> Path:
    if (path := _path(text)).is_file():
        return path
    raise ValueError(f"is {text!r}, and there is no such file. See docs/safety/helplines.md.")


def _contact(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError(
            "is not one printable line of at most 200 characters. Give an e-mail address or a link."
        )
    return text


def _min_age(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 13 <= int(text) <= 99):
        raise ValueError(f"is {text!r}. Give a number of years from 13 to 99.")
    return int(text)


def _log_level(text: str) -> str:
    if text.lower() not in _LOG_LEVELS:
        raise ValueError(f"is {text!r}. Choose one of: {', '.join(_LOG_LEVELS)}.")
    return text.lower()


def _locale(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", text):
        raise ValueError(f"is {text!r}. Give a language's code, like en.")
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "TOKEN_FILE",
        "",
        "File with the bot's token from @BotFather. `run` needs it (or TOKEN). Readable by the bot alone.",
        _token_file,
    ),
    Setting("TOKEN", "", "The token itself, where a file is not possible. Set this or TOKEN_FILE.", _token),
    Setting(
        "DATA_DIR",
        "~/.local/share/befriend",
        "Folder for everything the bot remembers. Back it up. (XDG_DATA_HOME is respected.)",
        _path,
    ),
    Setting(
        "KEY_FILE",
        "~/.config/befriend/key",
        "The key that all words are sealed with; made at the first start. Back it up somewhere else than "
        "DATA_DIR: each is worthless without the other. (XDG_CONFIG_HOME is respected.)",
        _path,
    ),
    Setting("API_URL", "https://api.telegram.org", "The Bot API server.", network.url),
    Setting(
        "WEBHOOK_URL",
        "",
        "Public https address for Telegram to call. Leave it out to ask Telegram instead (long polling).",
        network.url,
    ),
    Setting(
        "WEBHOOK_LISTEN",
        "127.0.0.1:8080",
        "Where the webhook's server listens, behind your proxy.",
        network.listen,
    ),
    Setting(
        "WEBHOOK_SECRET_FILE",
        "",
        "File with a random secret that Telegram repeats at each call. Needed with WEBHOOK_URL.",
        _webhook_secret_file,
    ),
    Setting(
        "WEBHOOK_FROM",
        "",
        f"Networks that may call the webhook, such as Telegram's {network.TELEGRAM}. Leave it out to go by the "
        "secret alone. With a proxy on this machine, it must write the caller's address into X-Forwarded-For.",
        network.networks,
    ),
    Setting(
        "CONTACT",
        "",
        "How people reach you, the operator: an e-mail address or a link, shown in /privacy. `run` needs it.",
        _contact,
    ),
    Setting("MIN_AGE", "18", "Youngest age of the people who may use the bot, in years.", _min_age),
    Setting(
        "LOG_LEVEL",
        "info",
        "How much is logged: debug, info, warning or error. Never words, never tokens.",
        _log_level,
    ),
    Setting("LOCALE", "en", "The language new people are greeted in.", _locale),
    Setting(
        "CONTENT",
        "",
        "Folder of your own flows, laid over the bot's own: each is added, or takes the place of the one of its "
        "name. `befriend flows check --content DIR` says what is wrong with it.",
        _folder,
    ),
    Setting(
        "HELPLINES",
        "",
        "File of your own help lines, laid over the bot's own; without it, helplines.yaml in DATA_DIR, if it is there.",
        _file,
    ),
)

ALL = frozenset(setting.name for setting in SETTINGS)
STORED = frozenset({"DATA_DIR", "KEY_FILE"})  # for commands that care for data and key
HERE = STORED | {"CONTENT", "HELPLINES"}  # for commands that only look at what is here
TALK = HERE | {"CONTACT", "MIN_AGE", "LOG_LEVEL", "LOCALE"}


# --- reading ----------------------------------------------------------------------------


def read(
    environ: Mapping[str, str],
    *,
    using: frozenset[str] = ALL,
    required: frozenset[str] = frozenset(),
) -> Settings:
    """Read the settings from the environment; a variable set to "" counts as not set.

    Args:
        environ: Such as ``os.environ``.
        using: Names that the command makes use of; others are not looked into.
        required: Names that must be set; "TOKEN" is met by TOKEN_FILE too.

    Raises:
        SettingsError: With every fault at once.

    """
    faults = _unknown(environ)
    values: dict[str, object] = {}
    for setting in SETTINGS:
        if setting.name in using:
            values[setting.name] = _value(setting, environ, faults)
    faults += _missing(environ, required) + _contradictions(values, environ)
    if faults:
        raise SettingsError(faults)
    return _assemble(values, environ)


def _value(setting: Setting, environ: Mapping[str, str], faults: list[str]) -> object:
    text = environ.get(setting.variable, "").strip() or _default(setting, environ)
    if not text:
        return None
    try:
        return setting.parse(text)
    except ValueError as error:
        faults.append(f"{setting.variable} {error}")
        return None


def _default(setting: Setting, environ: Mapping[str, str]) -> str:
    """Return the default as text, moved to where the desktop keeps such files."""
    for name, variable, usual in (
        ("DATA_DIR", "XDG_DATA_HOME", "~/.local/share"),
        ("KEY_FILE", "XDG_CONFIG_HOME", "~/.config"),
    ):
        home = environ.get(variable, "")
        if setting.name == name and home.startswith("/"):  # the specification: relative ones are ignored
            return setting.default.replace(usual, home.rstrip("/"), 1)
    return setting.default


def _unknown(environ: Mapping[str, str]) -> list[str]:
    faults = []
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in ALL:
            near = difflib.get_close_matches(variable.removeprefix(PREFIX), ALL, 1)
            advice = f"Did you mean {PREFIX}{near[0]}?" if near else f"Remove it, or see {EXAMPLE}."
            faults.append(f"{variable} is not a setting. {advice}")
    return faults


def _missing(environ: Mapping[str, str], required: frozenset[str]) -> list[str]:
    given = {name for name in ALL if environ.get(PREFIX + name, "").strip()}
    faults = []
    if "TOKEN" in required and not given & {"TOKEN", "TOKEN_FILE"}:
        faults.append(
            f"{PREFIX}TOKEN_FILE is not set. Ask @BotFather for a token, put it into a file, and name that file "
            f"(see {EXAMPLE})."
        )
    if "CONTACT" in required and "CONTACT" not in given:
        faults.append(
            f"{PREFIX}CONTACT is not set. People must be able to reach you: give an e-mail address or a link."
        )
    return faults


def _contradictions(values: Mapping[str, object], environ: Mapping[str, str]) -> list[str]:
    faults = []
    if values.get("TOKEN") and values.get("TOKEN_FILE"):
        faults.append(f"{PREFIX}TOKEN and {PREFIX}TOKEN_FILE are both set. Keep one, best the file.")
    if values.get("WEBHOOK_URL") and not environ.get(PREFIX + "WEBHOOK_SECRET_FILE", "").strip():
        faults.append(
            f"{PREFIX}WEBHOOK_SECRET_FILE is not set, and {PREFIX}WEBHOOK_URL is. Without a secret anyone could "
            "speak in a person's name: put the output of `openssl rand -hex 32` into a file and name it."
        )
    data, key = values.get("DATA_DIR"), values.get("KEY_FILE")
    if isinstance(data, Path) and isinstance(key, Path) and key.is_relative_to(data):
        faults.append(
            f"{PREFIX}KEY_FILE ({key}) lies inside {PREFIX}DATA_DIR. A copy of the data would carry its own key: "
            "put it elsewhere."
        )
    return faults


def _assemble(values: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Fill in what was not asked for with its default, so that the type is always whole."""

    def get(name: str) -> object:
        if name in values:
            return values[name]
        setting = next(one for one in SETTINGS if one.name == name)
        default = _default(setting, environ)
        return setting.parse(default) if default else None

    fields: dict[str, object] = {
        "token": get("TOKEN_FILE") or get("TOKEN"),
        "webhook_secret": get("WEBHOOK_SECRET_FILE"),
        "webhook_from": get("WEBHOOK_FROM"),
        "webhook_url": get("WEBHOOK_URL") or "",
        "contact": get("CONTACT") or "",
    }
    for name in ("DATA_DIR", "KEY_FILE", "API_URL", "WEBHOOK_LISTEN", "MIN_AGE", "LOG_LEVEL", "LOCALE"):
        fields[name.lower()] = get(name)
    fields |= {"content": get("CONTENT"), "helplines": get("HELPLINES")}
    return Settings(**fields)  # type: ignore[arg-type]  # each parse above makes the field's type


def example() -> str:
    """Return ``deploy/env.example``: every setting with its description and default."""
    lines = [
        "# Settings of Befriend. Copy this file to `env`, fill in the first lines, keep it to yourself (chmod 600).",
        "# A line that is commented out shows the default. `befriend doctor` checks what you set.",
    ]
    for setting in SETTINGS:
        lines += ["", *(f"# {line}" for line in textwrap.wrap(setting.description, 98))]
        lines.append(
            f"{'' if setting.name in ('TOKEN_FILE', 'CONTACT') else '#'}{setting.variable}={setting.default}"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":  # python -m bot.settings > deploy/env.example
    os.write(1, example().encode())
