# shellcheck shell=bash
# ClickHouse servers of our own: private, on loopback, in a temporary folder, gone when their caller ends.
# To be sourced in the repository's root; needs `set -euo pipefail` and a caller that traps EXIT with clickhouse_stop.

# shellcheck source=eng/ports.sh
. "$(dirname "${BASH_SOURCE[0]}")/ports.sh"

clickhouse_folder=""
clickhouse_pids=()
clickhouse_watchers=()

# Prints the library that is a server, and fetches it first where it has not been: 190 MB, once for all checkouts.
# It is the npm package that eng/clickhouse/package-lock.json pins, in a folder named after that file's contents.
clickhouse_find() {
  local wanted cache library part
  if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    echo "ClickHouse for tests is there for Linux on x86-64 alone; set USERREPORTS_TEST_CLICKHOUSE to a server's connection string." >&2
    return 1
  fi
  wanted=$(sha256sum eng/clickhouse/package-lock.json | cut -c 1-16)
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/user-reports/clickhouse-$wanted
  library=$cache/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so
  if [ ! -f "$library" ]; then
    mkdir -p "$(dirname "$cache")"
    part=$(mktemp -d "$cache.XXXXXX")
    cp eng/clickhouse/package.json eng/clickhouse/package-lock.json "$part"
    if ! (cd "$part" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2); then
      rm -rf "$part"
      echo "The package @chdb/lib-linux-x64-gnu could not be had; set USERREPORTS_TEST_CLICKHOUSE to a server's connection string." >&2
      return 1
    fi
    # Whoever fetched it at the same time was as right.
    mv -T "$part" "$cache" 2>/dev/null || rm -rf "$part"
  fi
  echo "$library"
}

# Starts a server and sets clickhouse_connection to its connection string. Argument: the program that is to load the
# library, tests/UserReports.ClickHouseHost as it has been built.
clickhouse_start() {
  local http native
  http=$(free_port 127.0.0.1)
  native=$(free_port 127.0.0.1)
  clickhouse_launch "$1" "$PWD/eng/clickhouse/server.xml" 127.0.0.1 "$http" "$native" || return 1
  clickhouse_await 127.0.0.1 "$http" || return 1
  # shellcheck disable=SC2034 # read by the script that sources this file
  clickhouse_connection="Host=127.0.0.1;Port=$http;Username=default"
}

# Starts a cluster "reports" and sets clickhouse_cluster to its connection string. Arguments: the program, and how many
# replicas each shard has. All nodes have the same ports, at addresses of their own from 127.0.0.2 on: 127.0.0.1 is to a
# server always itself. The cluster "fragile" is the same by way of 127.0.1.2 and on, where nobody listens but tests.
clickhouse_start_cluster() {
  local program=$1 http native replicas replica address=1 configuration shards="" addresses=()
  shift
  for replicas in "$@"; do
    shards+="<shard><internal_replication>false</internal_replication>"
    for ((replica = 0; replica < replicas; replica++)); do
      address=$((address + 1))
      addresses+=("127.0.0.$address")
      shards+="<replica><host>127.0.0.$address</host><port>NATIVE</port></replica>"
    done
    shards+="</shard>"
  done
  http=$(free_port "${addresses[@]}")
  native=$(free_port "${addresses[@]}")
  clickhouse_find >/dev/null || return 1
  [ -n "$clickhouse_folder" ] || clickhouse_folder=$(mktemp -d "${TMPDIR:-/tmp}/user-reports-clickhouse.XXXXXX")
  configuration=$clickhouse_folder/cluster-$http.xml
  shards=${shards//NATIVE/$native}
  shards="<reports>$shards</reports><fragile>${shards//127.0.0./127.0.1.}</fragile>"
  sed "s|</clickhouse>|<remote_servers>$shards</remote_servers></clickhouse>|" eng/clickhouse/server.xml >"$configuration"
  for address in "${addresses[@]}"; do
    clickhouse_launch "$program" "$configuration" "$address" "$http" "$native" || return 1
  done
  for address in "${addresses[@]}"; do
    clickhouse_await "$address" "$http" || return 1
  done
  # shellcheck disable=SC2034 # read by the script that sources this file
  clickhouse_cluster="Host=$(IFS=,; echo "${addresses[*]}");Port=$http;Username=default;Cluster=reports"
}

# Starts a server: the program, its configuration, its address, its ports.
clickhouse_launch() {
  local program=$1 configuration=$2 address=$3 http=$4 native=$5 library log
  library=$(clickhouse_find) || return 1
  [ -n "$clickhouse_folder" ] || clickhouse_folder=$(mktemp -d "${TMPDIR:-/tmp}/user-reports-clickhouse.XXXXXX")
  log=$clickhouse_folder/$address-$http.log
  rm -f "$log.pid"
  clickhouse_watch "$address:$http" "$log" \
    dotnet "$program" "$library" "$configuration" "$clickhouse_folder/$address-$http" "$address" "$http" "$native" &
  clickhouse_watchers+=($!)
  while [ ! -s "$log.pid" ]; do sleep 0.01; done
  clickhouse_pids+=("$(<"$log.pid")")
}

# Runs a server, and says how it ended, in its log and here: whoever ends without a word was ended by the system.
# Arguments: its name, its log, its command.
clickhouse_watch() {
  local name=$1 log=$2 status=0 signal=""
  shift 2
  "$@" >"$log" 2>&1 </dev/null &
  echo $! >"$log.pid"
  wait $! 2>/dev/null || status=$?
  [ ! -e "$clickhouse_folder/stopping" ] || return 0
  [ "$status" -le 128 ] || signal=" by the signal $(kill -l $((status - 128)) 2>/dev/null || echo "?")"
  tail -n 20 "$log" >&2 || true
  echo "The ClickHouse server $name has ended with $status$signal at $(date -u +%T), with $(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo) MB free." \
    | tee -a "$log" >&2
}

# Ends a server that was launched, and waits until it has: its process id.
clickhouse_end() {
  kill -KILL "$1" 2>/dev/null || return 0
  while kill -0 "$1" 2>/dev/null; do sleep 0.05; done
}

# Waits until a server that was launched answers: its address and port.
clickhouse_await() {
  local pid
  for _ in $(seq 600); do
    [ "$(clickhouse_ping "$1" "$2")" != "Ok." ] || return 0
    for pid in "${clickhouse_pids[@]}"; do
      kill -0 "$pid" 2>/dev/null || break 2
    done
    sleep 0.1
  done
  echo "The ClickHouse server $1:$2 did not start." >&2
  cat "$clickhouse_folder/$1-$2.log" >&2
  return 1
}

# Prints what a server says of itself.
clickhouse_ping() {
  (
    exec 3<>"/dev/tcp/$1/$2" || exit 1
    printf 'GET /ping HTTP/1.0\r\n\r\n' >&3
    tail -n 1 <&3
  ) 2>/dev/null || true
}

# Processor seconds of the servers so far: those in user mode and those in the system's.
clickhouse_seconds() {
  local pid stat
  for pid in "${clickhouse_pids[@]}"; do
    [ -r "/proc/$pid/stat" ] || continue
    stat=$(<"/proc/$pid/stat")
    echo "${stat##*) }"
  done | awk -v ticks="$(getconf CLK_TCK)" '{ user += $12; kernel += $13 } END { print user / ticks, kernel / ticks }'
}

# Stops the servers that clickhouse_start started, and removes their folder.
clickhouse_stop() {
  local pid
  # Nobody is told of an end that was asked for.
  [ -z "$clickhouse_folder" ] || touch "$clickhouse_folder/stopping"
  for pid in "${clickhouse_pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  for pid in "${clickhouse_watchers[@]}"; do wait "$pid" 2>/dev/null || true; done
  clickhouse_watchers=()
  clickhouse_pids=()
  [ -z "$clickhouse_folder" ] || rm -rf "$clickhouse_folder"
  clickhouse_folder=""
}
