#!/bin/sh
# Make this machine ready for landdb: the Debian packages it lacks, .venv with the locked Python packages, the page.
#
#   ./bootstrap.sh        what landdb needs to run
#   ./bootstrap.sh dev    that, and what its tests and checks need
#
# Asks nothing, changes only what is missing, and takes a moment when nothing is.
# As root or with passwordless sudo it installs packages; otherwise it says which command to run.
set -eu
cd "$(dirname "$0")"
wanted=${1:-run}
case $wanted in
    run) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "usage: ./bootstrap.sh [run|dev]" >&2; exit 2 ;;
esac

# Two makes at once must not build one .venv together.
exec 9<"$0"
flock 9

say() { echo "bootstrap: $*" >&2; }

# --- what is there -----------------------------------------------------------------------------------

has_postgis() {
    [ -n "${LANDDB_DATABASE_URL:-}" ] && [ "$wanted" = run ] && return 0
    for folder in /usr/lib/postgresql/*/bin; do
        major=${folder%/bin}; major=${major##*/}
        [ -x "$folder/initdb" ] && [ "$major" -ge 15 ] \
            && [ -f "/usr/share/postgresql/$major/extension/postgis.control" ] && return 0
    done
    command -v pg_config >/dev/null && [ -x "$(pg_config --bindir)/initdb" ] \
        && [ -f "$(pg_config --sharedir)/extension/postgis.control" ]
}

# The system's own Python first: the account that runs the sandbox of imports cannot read one in root's home.
find_python() {
    for candidate in /usr/bin/python3 python3.11 python3 python3.12 python3.13; do
        "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
            && command -v "$candidate" && return 0
    done
    return 1
}

# --- Debian packages ---------------------------------------------------------------------------------

missing_packages() {
    find_python >/dev/null || printf 'python3 python3-venv '
    command -v make >/dev/null || printf 'make '
    has_postgis || printf 'postgresql-15 postgresql-15-postgis-3 '
    # The page is tested in a real browser.
    [ "$wanted" = run ] || command -v chromium >/dev/null || printf 'chromium '
}

install_packages() {
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        say "these Debian packages are missing, and installing them needs an administrator. Please run:"
        echo "    sudo apt-get update && sudo apt-get install --no-install-recommends $*" >&2
        exit 1
    fi
    command -v apt-get >/dev/null || { say "no apt-get here; please install: $*"; exit 1; }
    say "installing Debian packages: $*"
    # PostgreSQL's package would make and start a cluster of its own; landdb runs a private one.
    drop_in=/etc/postgresql-common/createcluster.d/landdb-bootstrap.conf
    told=$(mktemp)
    trap '$as_root rm -f "$drop_in" "$told"' EXIT
    $as_root mkdir -p "${drop_in%/*}"
    echo "create_main_cluster = false" | $as_root tee "$drop_in" >/dev/null
    apt_install "$@" >"$told" 2>&1 || { $as_root apt-get -qq update </dev/null && apt_install "$@"; } >"$told" 2>&1 || {
        cat "$told" >&2
        say "apt-get could not install: $*"
        exit 1
    }
    $as_root rm -f "$drop_in" "$told"
    trap - EXIT
}

apt_install() {
    $as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -qq -y \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" </dev/null
}

packages=$(missing_packages)
# shellcheck disable=SC2086 # a list of words
[ -z "$packages" ] || install_packages $packages

# --- Python packages ---------------------------------------------------------------------------------

# A stamp names what .venv was made from. A moved .venv is worthless: its programs name the old folder.
stamp_of() { cat "$1" pyproject.toml setup.py bootstrap.sh | sha256sum | cut -c1-20; }
is_ours() { grep -qsF "$PWD/.venv/bin/python" .venv/bin/pip && .venv/bin/python -c 'import pip' 2>/dev/null; }
is_ours || rm -rf .venv
stamp=.venv/.made-of-$wanted-$(stamp_of "$lock")
is_made() { [ -e "$stamp" ] || { [ "$wanted" = run ] && [ -e ".venv/.made-of-dev-$(stamp_of requirements-dev.lock)" ]; }; }

make_venv() {
    python=$(find_python) || { say "Python 3.11 or newer with its venv module is missing"; exit 1; }
    [ -d .venv ] || "$python" -m venv .venv
    say "installing Python packages from $lock (once; a few minutes on a slow line)"
    pip install --require-hashes -r "$lock"
    pip install --no-deps --no-build-isolation --editable .
    rm -f .venv/.made-of-*
    : > "$stamp"
}
pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet --no-input "$@" </dev/null; }

is_made || { make_venv; say "ready"; }

# --- the page ----------------------------------------------------------------------------------------

# Fetched and built only when something it is made from changed. The API answers without it; tests do not pass.
page_tools=$([ "$wanted" = dev ] && echo --dev || true)
# shellcheck disable=SC2086 # nothing, or one word
.venv/bin/python api/web/make.py $page_tools >&2 || {
    say "the page could not be built (npm packages are fetched once); everything else works, later: make page"
    [ "$wanted" = run ]
}
