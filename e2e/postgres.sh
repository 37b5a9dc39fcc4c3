#!/usr/bin/env bash
# A throw-away PostgreSQL cluster on a free loopback port: `postgres.sh run COMMAND...` starts it, sets
# GAVEL_TEST_POSTGRES_URL, runs the command and removes the cluster again, whatever happens.
set -euo pipefail
[ "${1:-}" = run ] && [ $# -ge 2 ] || { echo "usage: postgres.sh run COMMAND..." >&2; exit 2; }
shift

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] && [ -x "$bin/initdb" ] || { echo "postgres.sh: install the PostgreSQL server (Debian package: postgresql)" >&2; exit 1; }

# initdb refuses root, so root hands over to the packaged user.
as=()
base=$(mktemp -d "${TMPDIR:-/tmp}/gavel-pg.XXXXXX")
if [ "$(id -u)" = 0 ]; then
    chown postgres "$base"
    as=(runuser -u postgres --)
fi
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport')
stop() {
    (cd / && "${as[@]}" "$bin/pg_ctl" -D "$base/data" -m immediate stop >/dev/null 2>&1) || echo "postgres.sh: the cluster was not running" >&2
    rm -rf "$base"
}
trap stop EXIT
(
    cd /
    "${as[@]}" "$bin/initdb" -D "$base/data" -A trust -U postgres -E UTF8 --no-locale --no-sync >/dev/null
    "${as[@]}" "$bin/pg_ctl" -D "$base/data" -l "$base/log" -w start \
        -o "-p $port -k $base -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300" >/dev/null
)
export GAVEL_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
