# shellcheck shell=bash
# Ports for servers of our own. To be sourced.

# Prints a port at which nobody listens. Arguments: the addresses at which it must be free.
free_port() {
  local port address
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 20000))
    for address in "$@"; do
      ! (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null || continue 2
    done
    echo "$port"
    return 0
  done
  return 1
}
