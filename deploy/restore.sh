#!/bin/sh
# Restore a backup into an empty database. Usage: restore.sh FILE; reads DATABASE_URL as backup.sh does.
# Stop rls.target first; afterwards run `manage.py migrate`, then start it. Subscriptions of phones that have
# expired meanwhile are ended with a final NOTIFY; phones subscribe again by themselves.
set -eu
file=${1:?usage: restore.sh FILE}
environment=${RLS_ENV_FILE:-/etc/rls.env}
[ -n "${DATABASE_URL:-}" ] || { set -a; . "$environment"; set +a; }
pg_restore --exit-on-error --single-transaction --no-owner --dbname="$DATABASE_URL" "$file"
psql --no-psqlrc --quiet --dbname="$DATABASE_URL" --command="analyze"
