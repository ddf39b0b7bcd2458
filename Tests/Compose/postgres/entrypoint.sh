#!/bin/sh
# Makes the database at the first start, then serves; as the user postgres, as the official image does.
set -eu
data=/var/lib/postgresql/data/pgdata
bin=/usr/lib/postgresql/15/bin
if [ "$(id -u)" = 0 ]; then
    chown postgres:postgres /var/lib/postgresql/data
    exec setpriv --reuid postgres --regid postgres --clear-groups /bin/sh "$0" "$@"
fi
if [ ! -s "$data/PG_VERSION" ]; then
    printf '%s' "$POSTGRES_PASSWORD" >/tmp/password
    "$bin/initdb" -D "$data" -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 -E UTF8 >/dev/null
    rm /tmp/password
    echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
    "$bin/pg_ctl" -D "$data" -w -o "-c listen_addresses= -k /tmp" start >/dev/null
    "$bin/createdb" -h /tmp -U "$POSTGRES_USER" "$POSTGRES_DB" 2>/dev/null || true
    "$bin/pg_ctl" -D "$data" -w stop >/dev/null
fi
exec "$bin/postgres" -D "$data" -c "listen_addresses=*" -k /var/run/postgresql
