#!/bin/sh
# Back up what cannot be made again. Usage: backup.sh FOLDER; reads DATABASE_URL (RLS_ENV_FILE, else /etc/rls.env).
# The whole database goes into one file, which restore.sh takes; running servers need not stop.
set -eu
folder=${1:?usage: backup.sh FOLDER}
file=${RLS_ENV_FILE:-/etc/rls.env}
[ -n "${DATABASE_URL:-}" ] || { set -a; . "$file"; set +a; }
umask 077
mkdir -p "$folder"
name="$folder/rls-$(date -u +%Y%m%dT%H%M%SZ).dump"
pg_dump --format=custom --no-owner --dbname="$DATABASE_URL" --file="$name.part"
mv "$name.part" "$name"
# Keep the newest 14.
ls -1t "$folder"/rls-*.dump | tail -n +15 | while read -r old; do rm -- "$old"; done
echo "$name"
