"""Settings: from the environment only, every fault named at once, no secret ever shown."""

import pickle
from pathlib import Path

import pytest

from bot import settings
from bot.settings import SETTINGS, Listen, Secret, SettingsError, example, read

TOKEN = "123456:" + "A" * 35
ROOT = Path(__file__).parents[1]


def faults(**environ: str) -> tuple[str, ...]:
    """Return what is wrong with these settings, given without their prefix."""
    with pytest.raises(SettingsError) as caught:
        read({f"BEFRIEND_{name}": text for name, text in environ.items()})
    return caught.value.faults


def test_nothing_needs_to_be_set_to_talk():
    """Someone who only wants to talk is asked nothing."""
    chosen = read({"HOME": "/home/ann"}, using=settings.TALK)

    assert (chosen.token, chosen.contact, chosen.min_age, chosen.locale) == (None, "", 18, "en")
    assert chosen.api_url == "https://api.telegram.org"
    assert chosen.webhook_listen == Listen("127.0.0.1", 8080)


def test_every_fault_is_named_at_once():
    """An operator mends everything in one go."""
    found = faults(
        TOKEN="secret-sauce", MIN_AGE="seven", LOG_LEVEL="loud", API_URL="http://example.org", DATADIR="/x"
    )

    assert len(found) == 5
    assert all("BEFRIEND_" in fault for fault in found)


def test_run_names_what_it_lacks():
    """Who starts the bot with nothing set is told both things it needs, and where they come from."""
    with pytest.raises(SettingsError) as caught:
        read({}, required=frozenset({"TOKEN", "CONTACT"}))

    assert "@BotFather" in caught.value.faults[0]
    assert "BEFRIEND_CONTACT" in caught.value.faults[1]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        pytest.param({"TOKN_FILE": "x"}, "did you mean befriend_token_file", id="a slip in a name"),
        pytest.param({"SNOOZE_COLOUR": "x"}, "is not a setting", id="a name from nowhere"),
        pytest.param({"TOKEN_FILE": "/nonexistent"}, "cannot be read", id="token file missing"),
        pytest.param({"DATA_DIR": "here"}, "full path", id="relative folder"),
        pytest.param({"REVIEWED_ONLY": "true"}, "say yes or no", id="neither yes nor no"),
        pytest.param({"DATA_DIR": "/d", "KEY_FILE": "/d/key"}, "lies inside", id="key beside its data"),
        pytest.param(
            {"WEBHOOK_URL": "https://a.example"}, "webhook_secret_file", id="webhook without a secret"
        ),
        pytest.param({"WEBHOOK_URL": "ftp://a.example"}, "give an address", id="webhook not a web address"),
        pytest.param({"WEBHOOK_LISTEN": "8080"}, "an address and a port", id="listen without a host"),
        pytest.param({"WEBHOOK_LISTEN": "::1:99999"}, "an address and a port", id="no such port"),
        pytest.param({"WEBHOOK_FROM": "Telegram"}, "networks with blanks", id="networks as a word"),
        pytest.param(
            {"WEBHOOK_FROM": "149.154.167.220/20"}, "networks with blanks", id="no edge of a network"
        ),
        pytest.param({"MIN_AGE": "7"}, "13 to 99", id="too young"),
        pytest.param({"CONTACT": "a\x1bb"}, "printable", id="contact that would move the cursor"),
        pytest.param({"LOCALE": "English"}, "code", id="locale as a word"),
    ],
)
def test_a_fault_says_what_to_do(environ, words):
    """Each sentence names the setting and leads to the next step."""
    (fault, *_) = [fault for fault in faults(**environ) if words in fault.lower()] or faults(**environ)

    assert words in fault.lower()
    assert fault.startswith("BEFRIEND_")
    assert fault.endswith(("?", ".", "32"))


def test_a_token_can_come_from_a_file(tmp_path):
    """The file's line break does not count."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")

    chosen = read({"BEFRIEND_TOKEN_FILE": str(tmp_path / "token")})

    assert chosen.token is not None
    assert chosen.token.reveal() == TOKEN


def test_two_tokens_are_one_too_many(tmp_path):
    """The bot does not guess which bot it is."""
    (tmp_path / "token").write_text(TOKEN)

    assert "both set" in faults(TOKEN=TOKEN, TOKEN_FILE=str(tmp_path / "token"))[0]


@pytest.mark.parametrize(
    "show",
    [
        pytest.param(repr, id="repr"),
        pytest.param(str, id="str"),
        pytest.param("{}".format, id="format"),
        pytest.param(lambda secret: f"{[secret]}", id="in a list"),
    ],
)
def test_a_secret_shows_itself_to_no_print(show):
    """However it is printed, the token is not in it."""
    assert TOKEN not in show(Secret(TOKEN))


def test_a_secret_is_not_written_down():
    """Pickling would put it on a disk."""
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TOKEN))


@pytest.mark.parametrize("name", ["TOKEN", "TOKEN_FILE", "WEBHOOK_SECRET_FILE"])
def test_a_fault_never_repeats_a_secret(name, tmp_path):
    """A token with a slip in it is still nearly the token."""
    secret = "123456 hunter2-hunter2"
    (tmp_path / "secret").write_text(secret)

    text = secret if name == "TOKEN" else str(tmp_path / "secret")

    assert not any("hunter2" in fault for fault in faults(**{name: text}))


def test_an_empty_variable_counts_as_not_set():
    """Compose files pass on variables that nobody has filled in."""
    assert read({"BEFRIEND_MIN_AGE": "", "BEFRIEND_TOKEN": " "}).min_age == 18


def test_defaults_move_with_the_desktop():
    """Whoever has moved their data and configuration finds ours there too."""
    chosen = read({"XDG_DATA_HOME": "/moved/data", "XDG_CONFIG_HOME": "/moved/config"})

    assert chosen.data_dir == Path("/moved/data/befriend")
    assert chosen.key_file == Path("/moved/config/befriend/key")


def test_what_a_command_does_not_use_cannot_keep_it_from_starting():
    """A token file that only the bot may read does not stop a person from talking."""
    assert read({"BEFRIEND_TOKEN_FILE": "/nonexistent"}, using=settings.TALK).token is None


def test_a_fake_server_on_this_machine_needs_no_https():
    """Tests speak plain http with 127.0.0.1; a token never leaves the machine so."""
    assert read({"BEFRIEND_API_URL": "http://127.0.0.1:8081/"}).api_url == "http://127.0.0.1:8081"


def test_the_example_file_lists_exactly_the_settings():
    """deploy/env.example is made from the table: python -m bot.settings > deploy/env.example."""
    file = ROOT / "deploy" / "env.example"

    assert file.read_text("utf-8") == example()


def test_the_example_works_once_it_is_filled_in(tmp_path):
    """Every line of it is a setting that reads."""
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "secret").write_text("s" * 32)
    filled = {
        "BEFRIEND_TOKEN_FILE": str(tmp_path / "token"),
        "BEFRIEND_CONTACT": "ann@example.org",
        "BEFRIEND_WEBHOOK_URL": "https://bot.example.org/hook",
        "BEFRIEND_WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
    }
    lines = [line.lstrip("#") for line in example().splitlines() if line.lstrip("#").startswith("BEFRIEND_")]
    named = dict(line.split("=", 1) for line in lines)

    chosen = read({**named, **filled}, required=frozenset({"TOKEN", "CONTACT"}))

    assert set(named) == {setting.variable for setting in SETTINGS}
    assert chosen.contact == "ann@example.org"
