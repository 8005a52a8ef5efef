"""What an operator may set: read from the environment, all faults named at once."""

import difflib
import os
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import network, setting_values
from bot.network import Listen, Networks
from bot.setting_values import Secret

PREFIX = "BEFRIEND_"
EXAMPLE = "deploy/env.example"


class SettingsError(Exception):
    """The settings cannot be used; ``faults`` lists every reason, a sentence each."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


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
    reviewed_only: bool = False
    count_practices: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "TOKEN_FILE",
        "",
        "File with the bot's token from @BotFather. `run` needs it (or TOKEN). Readable by the bot alone.",
        setting_values.token_file,
    ),
    Setting(
        "TOKEN",
        "",
        "The token itself, where a file is not possible. Set this or TOKEN_FILE.",
        setting_values.token,
    ),
    Setting(
        "DATA_DIR",
        "~/.local/share/befriend",
        "Folder for everything the bot remembers. Back it up. (XDG_DATA_HOME is respected.)",
        setting_values.path,
    ),
    Setting(
        "KEY_FILE",
        "~/.config/befriend/key",
        "The key that all words are sealed with; made at the first start. Back it up somewhere else than "
        "DATA_DIR: each is worthless without the other. (XDG_CONFIG_HOME is respected.)",
        setting_values.path,
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
        setting_values.webhook_secret_file,
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
        setting_values.contact,
    ),
    Setting(
        "MIN_AGE", "18", "Youngest age of the people who may use the bot, in years.", setting_values.min_age
    ),
    Setting(
        "LOG_LEVEL",
        "info",
        "How much is logged: debug, info, warning or error. Never words, never tokens.",
        setting_values.log_level,
    ),
    Setting("LOCALE", "en", "The language new people are greeted in.", setting_values.locale),
    Setting(
        "CONTENT",
        "",
        "Folder of your own flows, laid over the bot's own: each is added, or takes the place of the one of its "
        "name. `befriend flows check --content DIR` says what is wrong with it.",
        setting_values.folder,
    ),
    Setting(
        "HELPLINES",
        "",
        "File of your own help lines, laid over the bot's own; without it, helplines.yaml in DATA_DIR, if it is there.",
        setting_values.file,
    ),
    Setting(
        "REVIEWED_ONLY",
        "no",
        "yes: practices whose words no named reviewer has signed off are left out. Help, the way through a crisis, "
        "and what stays open in danger (grounding, reaching a person) are never left out.",
        setting_values.yes_or_no,
    ),
    Setting(
        "COUNT_PRACTICES",
        "no",
        "yes: how often practices ended in ease, the same, numb or ache is counted by month, over all people who "
        "agreed to storage, without a word or an id; `befriend status` shows it. See docs/privacy/data-map.md.",
        setting_values.yes_or_no,
    ),
)

ALL = frozenset(setting.name for setting in SETTINGS)
STORED = frozenset({"DATA_DIR", "KEY_FILE"})  # for commands that care for data and key
HERE = STORED | {
    "CONTENT",
    "HELPLINES",
    "REVIEWED_ONLY",
    "COUNT_PRACTICES",
}  # for commands that only look at what is here
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
    for name in ("CONTENT", "HELPLINES", "REVIEWED_ONLY", "COUNT_PRACTICES"):
        fields[name.lower()] = get(name)
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
