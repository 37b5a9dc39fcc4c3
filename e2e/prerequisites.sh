#!/usr/bin/env bash
# What `make test` needs beside rustup and make: a C compiler, PostgreSQL's server programs, Chromium, Node with npm.
# As root on Debian it installs what is missing; anybody else is told in one line.
set -euo pipefail

missing=()
have() { command -v "$1" >/dev/null 2>&1; }
need() { missing+=("$1"); }

look() {
    missing=()
    have cc || need gcc
    have perl || need perl
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need postgresql
    [ -x /usr/bin/chromium ] || need chromium
    have node || need nodejs
    have npm || need npm
}

have cargo && have rustup || { echo "prerequisites: install rustup (https://rustup.rs)" >&2; exit 1; }
look
[ ${#missing[@]} = 0 ] && exit 0

if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "prerequisites: installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    look
    [ ${#missing[@]} = 0 ] && exit 0
fi
echo "prerequisites: install ${missing[*]} (names of Debian packages)" >&2
exit 1
