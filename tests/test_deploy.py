"""What operators are given holds together: the lock, the installer, the unit and the container."""

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from bot import cli
from bot.seal import Seal
from bot.settings import SETTINGS
from bot.shell import SHELL
from flows.compiler import compile_content

TOP = Path(__file__).parents[1]
DEPLOY = TOP / "deploy"
LOCKS = ("requirements.lock", "requirements-test.lock")
PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)((?: --hash=sha256:[0-9a-f]{64})+)$")


# --- the lock ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOCKS)
def test_every_library_is_pinned_with_hashes(name):
    """Nothing else than a version with hashes stands in a lock: no address, no option, no folder."""
    wrong = [line for line in _requirements(name) if not PINNED.match(line)]

    assert wrong == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_tells_nothing_of_the_machine_that_made_it(name):
    """A lock is the same wherever it is made: its comments name no address and no path."""
    comments = [line for line in (TOP / name).read_text().splitlines() if line.startswith("#")]

    assert not [line for line in comments if re.search(r"://|\s/|file:/|--", line)]


def test_tests_use_the_libraries_that_operators_get():
    """What is tested is what is installed: the tests' lock holds the bot's lock, version for version."""
    bot, tests = _pins("requirements.lock"), _pins("requirements-test.lock")

    assert bot.items() <= tests.items()


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_meets_the_project(name):
    """Every library that the project names is in the lock."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    named = project["dependencies"] + (project["optional-dependencies"]["test"] if "test" in name else [])

    missing = {re.split(r"[^A-Za-z0-9._-]", one)[0].lower().replace("_", "-") for one in named} - _pins(
        name
    ).keys()

    assert missing == set()


def test_every_package_is_installed():
    """A new folder of code is not forgotten in the list of packages."""
    listed = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    there = {
        ".".join(found.parent.relative_to(TOP).parts)
        for top in ("bot", "flows")
        for found in (TOP / top).rglob("__init__.py")
    }

    assert set(listed) == there


def test_every_picture_of_a_flow_is_installed():
    """What a flow shows lies where the bot is installed, and not only beside its code."""
    data = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["flows"]
    installed = {path for pattern in data for path in (TOP / "flows").glob(pattern)}

    shown = set(compile_content(shell=SHELL).media.values())

    assert shown
    assert shown <= installed


def _requirements(name):
    """Return the lock's requirements, one a line, without comments."""
    joined = (TOP / name).read_text().replace("\\\n", " ")
    lines = (" ".join(line.split("#")[0].split()) for line in joined.splitlines())
    return [line for line in lines if line]


def _pins(name):
    return {found[1]: found[2] for line in _requirements(name) if (found := PINNED.match(line))}


def _subcommands():
    (found,) = (each for each in cli.parser()._actions if each.choices)  # argparse tells it nowhere else
    return found.choices


# --- the installer ----------------------------------------------------------------------


def test_the_installer_is_a_plain_shell_script():
    """It runs in any POSIX shell and may be started as it is."""
    script = DEPLOY / "install.sh"

    subprocess.run(["sh", "-n", script], check=True)

    assert script.read_text().startswith("#!/bin/sh\n")
    assert script.stat().st_mode & 0o111


def test_the_installer_says_how_it_is_used():
    """`--help` answers, and an unknown option changes nothing."""
    helped = _install("--help")
    refused = _install("--no-such-thing")

    assert helped.returncode == 0
    assert "usage: deploy/install.sh" in helped.stdout
    assert refused.returncode == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param(["--prefix", "/nowhere/a b"], "letters, digits", id="a folder with a space"),
        pytest.param(["--program-only"], "needs --prefix", id="half a wish"),
    ],
)
def test_the_installer_refuses_what_it_cannot_do(options, sentence):
    """A wish that cannot be met ends with a sentence, before anything is made."""
    done = _install(*options)

    assert done.returncode == 1
    assert sentence in done.stderr


def test_the_installer_takes_the_lock_as_it_stands():
    """With hashes, wheels only, and nothing that the lock leaves out."""
    (fetched,) = re.findall(
        r"^ +fetch (.+requirements\.lock\")$", (DEPLOY / "install.sh").read_text(), re.MULTILINE
    )

    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(fetched.split())


def test_the_installer_names_the_python_it_needs(tmp_path):
    """Another Python than 3.11 is refused with what to do."""
    other = tmp_path / "python"
    other.write_text("#!/bin/sh\nexit 1\n")
    other.chmod(0o755)

    done = _install("--prefix", str(tmp_path / "place"), PYTHON=str(other))

    assert done.returncode == 1
    assert "PYTHON=/path/to/python3.11" in done.stderr
    assert not (tmp_path / "place").exists()


def _install(*options, **environment):
    return subprocess.run(
        [DEPLOY / "install.sh", *options],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nowhere", **environment},
    )


def _command(tmp_path):
    """Return the command that the installer writes, over a program that tells what it was given."""
    script = (DEPLOY / "install.sh").read_text()
    body = re.search(r"<<'TEXT'\n(#!/bin/sh\n# Befriend with the settings.+?)\nTEXT\n", script, re.DOTALL)[1]
    places = {
        "venv": tmp_path / "venv",
        "settings": tmp_path / "etc",
        "data": tmp_path / "data",
        "system": "no",
    }
    for name, value in places.items():
        body = body.replace(f"@{name}@", str(value))
    for path, text in (
        (tmp_path / "bin" / "befriend", body),
        (
            tmp_path / "venv" / "bin" / "befriend",
            '#!/bin/sh\necho "${BEFRIEND_DATA_DIR-} ${BEFRIEND_CONTACT-} $*"\n',
        ),
    ):
        path.parent.mkdir(parents=True)
        path.write_text(text)
        path.chmod(0o755)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "env").write_text("BEFRIEND_CONTACT=ask@example.org\n")
    return tmp_path / "bin" / "befriend"


@pytest.mark.parametrize("name", sorted(set(_subcommands()) - {"talk", "flows"}))
def test_the_command_works_on_the_place_that_was_installed(tmp_path, name):
    """Each subcommand that looks at stored data finds the installed settings; nobody is looked for elsewhere."""
    done = subprocess.run(
        [_command(tmp_path), name, "x y"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )

    assert done.stdout == f"{tmp_path / 'data'} ask@example.org {name} x y\n"


# --- the unit ---------------------------------------------------------------------------


def test_the_unit_sets_only_settings_that_exist():
    """A setting that was renamed is renamed in the unit, the image and compose too."""
    known = {setting.variable for setting in SETTINGS}

    for path in ("befriend.service", "Dockerfile", "compose.yaml", "install.sh", "README.md"):
        used = set(re.findall(r"BEFRIEND_[A-Z_]+", (DEPLOY / path).read_text()))
        assert used <= known, path


def test_secrets_reach_the_unit_as_credentials():
    """Token, key and the webhook's secret are files that systemd hands over, each where its setting points."""
    unit = (DEPLOY / "befriend.service").read_text()

    loaded = set(re.findall(r"^LoadCredential=([a-z-]+):/etc/befriend/\1$", unit, re.MULTILINE))
    pointed = set(re.findall(r"^Environment=BEFRIEND_[A-Z_]+_FILE=%d/([a-z-]+)$", unit, re.MULTILINE))

    assert loaded == pointed == {"token", "key", "webhook-secret"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_the_unit_is_hardened():
    """Its exposure is 1.5 at most."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", "befriend.service"],
        cwd=DEPLOY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_the_unit_is_understood(tmp_path):
    """Systemd reads each line without a remark; only the program's place is another one here."""
    unit = (DEPLOY / "befriend.service").read_text()
    (tmp_path / "befriend.service").write_text(unit.replace("/opt/befriend/venv/bin/befriend", "/bin/true"))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "befriend.service"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_unit_leaves_words_no_way_out():
    """No core dump, no swap, one folder to write to, and the settings' folder out of sight."""
    lines = (DEPLOY / "befriend.service").read_text().splitlines()

    assert {
        "LimitCORE=0",
        "MemorySwapMax=0",
        "ProtectSystem=strict",
        "StateDirectory=befriend",
        "PrivateTmp=yes",
        "InaccessiblePaths=/etc/befriend",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "User=befriend",
    } <= set(lines)
    assert not [line for line in lines if line.startswith(("ReadWritePaths", "BindPaths", "LogsDirectory"))]


# --- the container ----------------------------------------------------------------------


def test_the_image_only_calls_the_installer():
    """What is built for a container is what the installer builds everywhere."""
    runs = re.findall(r"^RUN (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)

    assert runs == ["/source/deploy/install.sh", "useradd"]


def test_the_image_copies_all_that_the_installer_reads():
    """A file that the installer needs is not missing in the image."""
    script = (DEPLOY / "install.sh").read_text()
    needed = set(re.search(r'cp -R (.+) "\$build"', script)[1].split()) | {"requirements.lock"}

    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE))

    assert needed <= {name for line in copied for name in line.split()}


def test_nothing_else_reaches_the_builder():
    """What the image copies is let through by name; all else stays out, secrets and settings first of all."""
    shut, *let = [
        line
        for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
        if not line.startswith("#")
    ]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)

    assert shut == "*"
    assert {line for line in let if line.startswith("!")} == {
        f"!{name}" for line in copied for name in line.split()
    }


def test_the_container_may_do_nothing_but_its_work():
    """No root, no capability, no new privilege, nothing to write but data and a small /tmp, no core dump."""
    container = _container()

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["user"] == "10001:10001"
    assert container["ulimits"] == {"core": 0}
    assert container["volumes"] == ["data:/var/lib/befriend"]
    assert [mount.split(":")[0] for mount in container["tmpfs"]] == ["/tmp"]  # noqa: S108  # the container's
    assert {"noexec", "nosuid", "nodev"} <= set(container["tmpfs"][0].split(","))
    assert container["mem_limit"] == container["memswap_limit"]  # no swap
    assert container.keys().isdisjoint({
        "ports", "privileged", "cap_add", "devices", "network_mode", "pid", "ipc", "userns_mode"
    })  # fmt: skip


def test_the_image_runs_as_nobody_in_particular():
    """From the last stage's user on nothing is root; it is the user that compose names, and it is not root's group."""
    dockerfile, container = (DEPLOY / "Dockerfile").read_text(), _container()
    stage = dockerfile.rpartition("\nFROM ")[2]

    assert re.findall(r"^USER (.+)$", stage, re.MULTILINE) == [container["user"]]
    assert "0" not in container["user"].split(":")
    assert not re.findall(r"^(?:ADD|RUN .*(?:curl|wget|chmod \+s))", dockerfile, re.MULTILINE)
    assert re.findall(r"^VOLUME (.+)$", stage, re.MULTILINE) == ["/var/lib/befriend"]


def test_no_secret_is_in_the_image_or_its_environment():
    """Token and key come as files that are mounted; the environment names their places and nothing else."""
    container, dockerfile = _container(), (DEPLOY / "Dockerfile").read_text()
    names = re.findall(r"BEFRIEND_[A-Z_]+", dockerfile)

    assert container["secrets"] == ["token", "key"]
    assert set(container["environment"]) == set(names) == {
        "BEFRIEND_DATA_DIR", "BEFRIEND_KEY_FILE", "BEFRIEND_TOKEN_FILE"
    }  # fmt: skip
    assert not re.search(r"^COPY .*(?:secrets|\.env|\.git)", dockerfile, re.MULTILINE)


def _container():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["befriend"]


def test_the_key_that_the_readme_makes_is_one(tmp_path):
    """The line that makes a key for the container makes one that the bot reads."""
    line = next(line for line in (DEPLOY / "README.md").read_text().splitlines() if "befriend-key-1:" in line)
    (tmp_path / "secrets").mkdir()

    subprocess.run(["sh", "-euc", line], cwd=tmp_path, check=True)

    key = tmp_path / "secrets" / "key"
    assert Seal.open(key, fresh=False).check
    assert key.stat().st_mode & 0o077 == 0


# --- CI ---------------------------------------------------------------------------------


def test_ci_can_be_started():
    """`.ci/run` is a script that stops at the first fault and may be started as it is."""
    script = TOP / ".ci" / "run"

    subprocess.run(["bash", "-n", script], check=True)

    assert "set -euo pipefail" in script.read_text()
    assert script.stat().st_mode & 0o111
    assert shlex.split(script.read_text().splitlines()[-1]) == ["make", "test"]
