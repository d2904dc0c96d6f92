# shellcheck shell=bash
# A PostgreSQL server of our own: private, on loopback, in a temporary folder, gone when its caller ends.
# To be sourced; needs `set -euo pipefail` and a caller that traps EXIT with postgres_stop.

# shellcheck source=eng/ports.sh
. "$(dirname "${BASH_SOURCE[0]}")/ports.sh"

postgres_folder=""
postgres_bin=""
postgres_user=""

# Prints the folder of the newest installed server's programs; fails if there is none.
postgres_find() {
  local found
  found=$(find /usr/lib/postgresql /usr/pgsql-* -maxdepth 3 -name initdb 2>/dev/null | sort -V | tail -n 1 || true)
  [ -n "$found" ] || found=$(command -v initdb || true)
  [ -n "$found" ] || return 1
  dirname "$found"
}

# initdb and postgres refuse to run as root: then they run as the user that the package made.
postgres_as_owner() {
  if [ -n "$postgres_user" ]; then
    (cd "$postgres_folder" && setpriv --reuid="$postgres_user" --regid="$postgres_user" --init-groups "$@")
  else
    "$@"
  fi
}

# Starts the server and sets postgres_connection to a superuser's connection string. Arguments: extra settings (NAME=VALUE).
postgres_start() {
  local port password settings setting
  postgres_bin=$(postgres_find)
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/user-reports-postgres.XXXXXX")
  if [ "$(id -u)" = 0 ]; then
    postgres_user=postgres
    chown postgres "$postgres_folder"
  fi
  port=$(free_port 127.0.0.1)
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && echo "$password" >"$postgres_folder/password")
  [ -z "$postgres_user" ] || chown postgres "$postgres_folder/password"

  postgres_as_owner "$postgres_bin/initdb" --pgdata="$postgres_folder/data" --username=postgres --encoding=UTF8 \
    --locale=C.UTF-8 --auth=scram-sha-256 --pwfile="$postgres_folder/password" --no-sync >"$postgres_folder/initdb.log" 2>&1 \
    || { cat "$postgres_folder/initdb.log" >&2; return 1; }

  settings=(listen_addresses=127.0.0.1 port="$port" unix_socket_directories="$postgres_folder" fsync=off
    synchronous_commit=off full_page_writes=off max_connections=200 shared_buffers=256MB
    shared_preload_libraries=pg_stat_statements "$@")
  if [ ! -f "$("$postgres_bin/pg_config" --pkglibdir 2>/dev/null)/pg_stat_statements.so" ] \
    && [ ! -f "${postgres_bin%/bin}/lib/pg_stat_statements.so" ]; then
    settings+=(shared_preload_libraries=)
  fi
  for setting in "${settings[@]}"; do
    printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}"
  done >>"$postgres_folder/data/postgresql.conf"

  postgres_as_owner "$postgres_bin/pg_ctl" --pgdata="$postgres_folder/data" --log="$postgres_folder/server.log" \
    --wait --timeout=60 start >/dev/null || { cat "$postgres_folder/server.log" >&2; return 1; }
  # shellcheck disable=SC2034 # read by the script that sources this file
  postgres_connection="Host=127.0.0.1;Port=$port;Username=postgres;Password=$password;Database=postgres"
}

# Stops the server that postgres_start started, by the pid in its own folder, and removes the folder.
postgres_stop() {
  [ -n "$postgres_folder" ] || return 0
  if [ -f "$postgres_folder/data/postmaster.pid" ]; then
    postgres_as_owner "$postgres_bin/pg_ctl" --pgdata="$postgres_folder/data" --mode=immediate stop >/dev/null 2>&1 || true
  fi
  rm -rf "$postgres_folder"
  postgres_folder=""
}
