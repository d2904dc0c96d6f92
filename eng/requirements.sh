# shellcheck shell=bash
# What a test or benchmark run needs, and how it gets there. To be sourced after postgres.sh.

# Prints the path of a Chromium that can be driven; fails if there is none.
chromium_find() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

# Prints the path of a Chromium without a window, or else of any: the same engine, for half the processor time.
browser_find() {
  command -v chromium-headless-shell || chromium_find
}

# Prints the package of such a browser; fails if one is there. Debian has one without a window.
browser_missing() {
  if ! command -v chromium-headless-shell >/dev/null && [ -n "$(apt-cache show chromium-headless-shell 2>/dev/null)" ]; then
    echo chromium-headless-shell
  else
    ! browser_find >/dev/null && echo chromium
  fi
}

# Prints the path of PgBouncer, which Debian keeps from the path of most users; fails if there is none.
pgbouncer_find() {
  command -v pgbouncer || { [ -x /usr/sbin/pgbouncer ] && echo /usr/sbin/pgbouncer; }
}

# Says what is needed, and installs what is missing with the distribution's packages. Arguments: any of
# postgres, pgbouncer, browser, chromium, shells, nginx, systemd, node, office, ffmpeg.
require() {
  local need package missing=() as_root=()
  local names='s/ /, /g; s/postgres/PostgreSQL server 13 or later/; s/pgbouncer/PgBouncer/; s/browser/Chromium/; s/chromium/Chromium/; s/shells/zsh and fish/; s/systemd/systemd-analyze/; s/node/Node.js 18 or later with npm/; s/office/LibreOffice Calc/; s/ffmpeg/FFmpeg/'
  echo "Needs: .NET SDK 10${1:+, $(sed "$names" <<<"$*")}."
  if ! command -v dotnet >/dev/null; then
    echo "The .NET SDK 10 is missing: install the package dotnet-sdk-10.0 (https://dotnet.microsoft.com/download)." >&2
    return 2
  fi
  for need in "$@"; do
    case $need in
      postgres) postgres_find >/dev/null || missing+=(postgresql) ;;
      pgbouncer) pgbouncer_find >/dev/null || missing+=(pgbouncer) ;;
      browser) package=$(browser_missing) && missing+=("$package") ;;
      chromium) chromium_find >/dev/null || missing+=(chromium) ;;
      shells)
        command -v zsh >/dev/null || missing+=(zsh)
        command -v fish >/dev/null || missing+=(fish)
        ;;
      office) command -v soffice >/dev/null || missing+=(libreoffice-calc-nogui) ;;
      ffmpeg) command -v ffmpeg >/dev/null || missing+=(ffmpeg) ;;
      nginx) [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || missing+=(nginx) ;;
      systemd) command -v systemd-analyze >/dev/null || missing+=(systemd) ;;
      node)
        command -v node >/dev/null || missing+=(nodejs)
        command -v npm >/dev/null || missing+=(npm)
        ;;
    esac
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  if ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. Install them with this system's package manager and run this again." >&2
    return 2
  fi
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  echo "Installing ${missing[*]} with apt-get."
  "${as_root[@]}" apt-get update -qq </dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    </dev/null >/dev/null
}
