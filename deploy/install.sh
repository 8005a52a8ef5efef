#!/bin/sh
# Installs Befriend. Run it again to upgrade: settings, keys and data stay as they are.

set -eu

usage() {
    cat <<'TEXT'
usage: deploy/install.sh [--prefix DIR] [--program-only]

As root and without --prefix: installs for the whole machine, with a user, a folder for settings
(/etc/befriend), one for data (/var/lib/befriend) and a systemd unit. It starts nothing.

  --prefix DIR     install everything into DIR; needs no root, makes no user and no unit
  --program-only   with --prefix: only DIR/venv, no settings and no data (for container images)
  --help           show this

Needs Python 3.11 with venv. Name it with PYTHON=/path/to/python3.11 if it is not found.
TEXT
}

main() {
    read_options "$@"
    choose_places
    find_python
    say "Installing Befriend into $prefix: this takes about a minute."
    [ "$system" = no ] || add_user
    install_program
    [ "$program_only" = no ] || return 0
    make_folders
    make_settings
    make_secrets
    make_command
    [ "$system" = no ] || install_unit
    tell_what_is_next
}

say() { printf '%s\n' "$*"; }

fail() {
    say "$*" >&2
    exit 1
}

read_options() {
    prefix='' program_only=no
    while [ $# -gt 0 ]; do
        case $1 in
            --prefix) prefix=${2:?"--prefix needs a folder"} && shift ;;
            --prefix=*) prefix=${1#*=} ;;
            --program-only) program_only=yes ;;
            --help | -h) usage && exit 0 ;;
            *) usage >&2 && exit 2 ;;
        esac
        shift
    done
    case $prefix in
        *[!A-Za-z0-9/._+-]*) fail "Choose a --prefix of letters, digits and / . _ + - only: $prefix" ;;
        '' | /*) ;;
        *) prefix=$PWD/$prefix ;;
    esac
    [ "$program_only" = no ] || [ -n "$prefix" ] || fail "--program-only needs --prefix."
}

choose_places() {
    source=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
    if [ -n "$prefix" ]; then
        system=no command=$prefix/bin/befriend settings=$prefix/etc data=$prefix/data
    else
        [ "$(id -u)" = 0 ] || fail "Run this as root, or install into a folder of yours: $0 --prefix ~/befriend"
        system=yes prefix=/opt/befriend
        command=/usr/local/bin/befriend settings=/etc/befriend data=/var/lib/befriend
    fi
    venv=$prefix/venv
}

find_python() {
    python=${PYTHON:-$(command -v python3.11 || echo python3)}
    "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
        fail "Befriend needs Python 3.11, and $python is not. Name yours: PYTHON=/path/to/python3.11 $0"
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "Python's venv is missing. On Debian: apt install python3-venv"
}

add_user() {
    id befriend >/dev/null 2>&1 ||
        useradd --system --user-group --no-create-home --home-dir "$data" --shell /usr/sbin/nologin befriend
}

# --- the program ---

install_program() (
    umask 022
    mkdir -p "$prefix"
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    # Wheels only: nothing is compiled, and no code of a package runs, while installing.
    # No dependencies: the lock holds all that is used, and leaves out what is not.
    fetch --only-binary :all: --require-hashes --no-deps -r "$source/requirements.lock"
    build=$(mktemp -d)
    trap 'rm -rf "$build"' EXIT
    (cd "$source" && cp -R pyproject.toml README.md LICENSE LICENSE-words bot flows "$build")
    fetch --no-index --no-deps --no-build-isolation --force-reinstall "$build"
)

fetch() { "$venv/bin/python" -I -m pip install -qq --disable-pip-version-check "$@"; }

# --- what is the operator's: made once, then left alone ---

make_folders() {
    (umask 077 && mkdir -p "$settings" "$data")
    chmod 0700 "$data"
    [ "$system" = no ] || {
        chown befriend:befriend "$data"
        chown root:befriend "$settings"
        chmod 0770 "$settings" # `befriend key rotate` puts a new key file in; the unit does not see this folder
    }
}

make_settings() {
    [ ! -e "$settings/env" ] || return 0
    sed -e "s|^#*\(BEFRIEND_TOKEN_FILE\)=.*|#\1=$settings/token|" \
        -e "s|^#*\(BEFRIEND_KEY_FILE\)=.*|#\1=$settings/key|" \
        -e "s|^#*\(BEFRIEND_DATA_DIR\)=.*|#\1=$data|" \
        -e "s|^#*\(BEFRIEND_WEBHOOK_SECRET_FILE\)=.*|#\1=$settings/webhook-secret|" \
        "$source/deploy/env.example" | private env
}

make_secrets() {
    [ -e "$settings/token" ] || private token </dev/null
    [ -e "$settings/webhook-secret" ] ||
        od -An -N 32 -t x1 /dev/urandom | tr -d ' \n' | private webhook-secret
    [ -e "$settings/key" ] || make_key
    lock_up key
}

make_key() {
    # Over existing data a new key would open nothing: then this stops and says so.
    "$venv/bin/python" -I - "$settings/key" "$data" <<'TEXT'
import sys
from pathlib import Path
from bot.seal import Seal, SealError
key, data = map(Path, sys.argv[1:])
try:
    Seal.open(key, fresh=not any(data.iterdir()))
except SealError as error:
    sys.exit(str(error))
TEXT
}

private() {
    (umask 077 && cat >"$settings/$1")
    lock_up "$1"
}

lock_up() { # readable by the bot alone
    chmod 0600 "$settings/$1"
    [ "$system" = no ] || chown befriend:befriend "$settings/$1"
}

# --- the command, with the settings of this place ---

make_command() (
    umask 022
    mkdir -p "$(dirname "$command")"
    sed -e "s|@venv@|$venv|; s|@settings@|$settings|; s|@data@|$data|; s|@system@|$system|" \
        >"$command.new" <<'TEXT'
#!/bin/sh
# Befriend with the settings of this place. Written by install.sh, anew at each upgrade.

set -eu
befriend=@venv@/bin/befriend settings=@settings@

case ${1-} in
    run | status | doctor | helplines | hear | forget | export | import | key | backup | restore | verify) ;;
    *) exec "$befriend" "$@" ;;
esac
[ -r "$settings/env" ] || {
    echo "Only the operator may read $settings. Use: sudo befriend $*" >&2
    exit 2
}
while IFS= read -r line || [ -n "$line" ]; do
    case $line in BEFRIEND_[A-Z]*=*) ;; *) continue ;; esac
    value=${line#*=}
    case $value in \"*\") value=${value#\"} && value=${value%\"} ;; esac
    printenv "${line%%=*}" >/dev/null || export "${line%%=*}=$value"
done <"$settings/env"
export BEFRIEND_DATA_DIR="${BEFRIEND_DATA_DIR:-@data@}"
export BEFRIEND_KEY_FILE="${BEFRIEND_KEY_FILE:-$settings/key}"
export BEFRIEND_WEBHOOK_SECRET_FILE="${BEFRIEND_WEBHOOK_SECRET_FILE:-$settings/webhook-secret}"
[ -n "${BEFRIEND_TOKEN-}" ] || export BEFRIEND_TOKEN_FILE="${BEFRIEND_TOKEN_FILE:-$settings/token}"

# Files that root made in the data's folder would lock the bot out.
[ "@system@" = no ] || [ "$(id -u)" != 0 ] ||
    exec setpriv --reuid befriend --regid befriend --clear-groups "$befriend" "$@"
exec "$befriend" "$@"
TEXT
    chmod 0755 "$command.new"
    mv "$command.new" "$command"
)

install_unit() {
    install -m 0644 "$source/deploy/befriend.service" /etc/systemd/system/befriend.service
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
}

tell_what_is_next() {
    if [ "$system" = yes ]; then
        start='systemctl enable --now befriend'
        again='systemctl restart befriend'
    else
        start="$command run"
        again='stop it (Ctrl-C) and start it again'
    fi
    cat <<TEXT

Befriend is installed. Three steps are left (after an upgrade only: $again):
  1. Ask @BotFather on Telegram for a bot, and put its token into   $settings/token
  2. Say how people reach you (BEFRIEND_CONTACT) in                 $settings/env
  3. Check, then start:   $command doctor   and   $start
Keep a copy of $settings/key somewhere else than your backups of $data: each is worthless without the other.
TEXT
}

main "$@"
