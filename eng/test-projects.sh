# shellcheck shell=bash
# Runs the test projects, two at a time, and keeps account of the processor time. To be sourced by ./test, which sets
# `results`, `configuration` and `mode` (usual, fast or long), and has the server's functions of postgres.sh.
# shellcheck disable=SC2154

clock_ticks=$(getconf CLK_TCK)

# Runs a command and writes down the processor seconds that it and its children took, under a name.
timed() {
  local name=$1 TIMEFORMAT='%U %S' status=0
  shift
  # Its own errors go to the caller's, those of `time` into the file.
  { { time "$@" 2>&3; } 2>"$results/$name.time"; } 3>&2 || status=$?
  return "$status"
}

# Ends the compiler's server of a name, if there is one, and writes down its processor seconds: nobody waits for it, so
# that `timed` does not see them.
end_compiler() {
  local file pid stat
  # The processes that search for it begin after those that are looked at.
  for file in /proc/[0-9]*/cmdline; do
    grep -qzxFs -e "-pipename:$1" "$file" || continue
    pid=${file//[!0-9]/}
    [ -r "/proc/$pid/stat" ] || continue
    stat=$(<"/proc/$pid/stat")
    awk -v ticks="$clock_ticks" '{ print $12 / ticks, $13 / ticks }' <<<"${stat##*) }" >"$results/compiler.time"
    kill "$pid" 2>/dev/null || true
  done
}

# What the test projects are called whose code holds a text; the largest first, so that none is left alone at the end.
projects_with() {
  local project
  for project in tests/*.Tests; do
    if grep -rqF --include='*.cs' --exclude-dir=obj -- "$1" "$project"; then
      echo "$(find "$project" -name '*.cs' -not -path '*/obj/*' -exec cat {} + | wc -c) $(basename "$project")"
    fi
  done | sort -rn | cut -d ' ' -f 2
}

test_program() { echo "tests/$1/bin/$configuration/net10.0/$1.dll"; }

# Tests of one project. Arguments: its name, the name of the result, options.
run_tests() {
  local name=$1 result=$2
  shift 2
  dotnet "$(test_program "$name")" --progress off --no-ansi --results-directory "$results" \
    --report-xunit-trx --report-xunit-trx-filename "$result.trx" "$@" </dev/null
}

# Counted are the service's own assemblies. Each place counts as reached or not: how often would cost as much again.
coverage=(--coverlet --coverlet-output-format cobertura --coverlet-single-hit
  --coverlet-include '[UserReports.*]*' --coverlet-exclude '[*.Tests]*' --coverlet-exclude '[UserReports.Testing]*' --coverlet-exclude '[UserReports.Store.Contract]*'
  # Not [user-reports]*: a filter with a hyphen is dropped, and without a filter everything is counted.
  --coverlet-include '[user*]*' --coverlet-exclude-assemblies-without-sources None
  --coverlet-exclude-by-attribute GeneratedCodeAttribute --coverlet-skip-auto-props
  --coverlet-exclude-by-attribute ExcludeFromCodeCoverageAttribute --coverlet-exclude-by-file '**/*.g.cs')

# One test project as the mode wants it. It fails by exit code too, so that a crash before the first result counts.
run_project() {
  local name=$1
  case $mode in
    fast)
      run_tests "$name" "$name" --filter-not-trait Category=Browser --filter-not-trait Category=Slow \
        --filter-not-trait Category=Random --filter-not-trait Category=Long
      ;;
    long) run_tests "$name" "$name" --filter-trait Category=Random --filter-trait Category=Long ;;
    *)
      run_tests "$name" "$name" --filter-not-trait Category=Long --coverlet-file-prefix "$name" "${coverage[@]}"
      ;;
  esac
}

# 2: tests failed, which the counters hold; 8: no test ran; anything else ended before its results were written.
judge() {
  case $2 in
    0 | 2 | 8) ;;
    *) broken=$((broken + 1)); echo "$1 ended with exit code $2." >&2 ;;
  esac
}

# Process group of each project that runs, and its name.
declare -A names=()

# All projects given, at most two at a time; each one's output in one piece, when it has ended.
run_projects() {
  local name group code running=0
  names=()
  for name in "$@" ""; do
    while [ "$running" -ge 2 ] || { [ -z "$name" ] && [ "$running" -gt 0 ]; }; do
      for group in "${!names[@]}"; do
        # Asked by its file: a shell may have forgotten a job that ended before it is waited for.
        [ -f "$results/${names[$group]}.exit" ] || continue
        code=$(<"$results/${names[$group]}.exit")
        wait "$group" 2>/dev/null || true
        running=$((running - 1))
        step "${names[$group]}"
        cat "$results/${names[$group]}.log"
        judge "${names[$group]}" "$code"
        unset "names[$group]"
        continue 2
      done
      sleep 0.2
    done
    [ -n "$name" ] || break
    rm -f "$results/$name.exit"
    # With job control: each is a group of processes that can be stopped as one, and none ignores Ctrl-C.
    set -m
    run_to_file "$name" &
    set +m
    names[$!]=$name
    running=$((running + 1))
  done
}

# One project with its output in a file; its exit code is in another, complete once that is there.
run_to_file() {
  local name=$1 code=0
  timed "$name" run_project "$name" >"$results/$name.log" 2>&1 || code=$?
  echo "$code" >"$results/$name.code"
  mv "$results/$name.code" "$results/$name.exit"
}

# Ends the projects that still run, when the run itself is ended.
stop_projects() {
  local group
  for group in "${!names[@]}"; do
    kill -TERM -- "-$group" 2>/dev/null || true
  done
}

# The tests that this run leaves out on purpose, a line for each class: they are neither passed nor skipped.
tell_long() {
  local name mark='"Category", "Long"' projects
  # What lies beside the projects is part of any of them.
  if grep -rqF --include='*.cs' --exclude-dir='*.Tests' -- "$mark" tests; then
    projects=$(projects_with "")
  else
    projects=$(projects_with "$mark")
  fi
  for name in $projects; do
    # A text may hold the mark where no test has it: 8 says so, and is no fault.
    { dotnet "$(test_program "$name")" --list-tests --no-ansi --filter-trait Category=Long </dev/null || [ $? = 8 ]; } \
      | sed -n 's/^  \(UserReports\.[A-Za-z0-9_.]*\)\.[A-Za-z0-9_]*\((.*\)\{0,1\}$/\1/p' | sort | uniq -c \
      | awk '{ printf "left to --long: %s (%d)\n", $2, $1 }'
  done
}

# What failed, once more and in one place: the output of the projects is long.
tell_failures() {
  local file
  for file in "$results"/*.log; do
    [ -f "$file" ] || continue
    # A failure's report is indented under its name; its first lines say what was expected.
    awk -v name="$(basename "$file" .log)" '
      /^failed / { print name ": " $0; lines = 12; next }
      lines > 0 && /^ / { print; lines--; next }
      { lines = 0 }' "$file"
  done
}

# The processor seconds of the server that postgres_start started, with those of every session that has ended.
postgres_seconds() {
  local pid stat
  [ -n "$postgres_folder" ] && [ -r "$postgres_folder/data/postmaster.pid" ] || return 0
  read -r pid <"$postgres_folder/data/postmaster.pid"
  [ -r "/proc/$pid/stat" ] || return 0
  stat=$(<"/proc/$pid/stat")
  # After the name, which may hold spaces: fields 14 to 17 are its own time and its children's.
  awk -v ticks="$clock_ticks" '{ print ($12 + $13 + $14 + $15) / ticks, 0 }' <<<"${stat##*) }" >"$results/PostgreSQL.time"
}

# One line for each part of the run, dearest first, and their sum.
tell_processor_time() {
  local file
  for file in "$results"/*.time; do
    awk -v name="$(basename "$file" .time)" 'NF == 2 { print $1 + $2, name }' "$file"
  done | sort -rn | awk '
    BEGIN { print "Processor seconds:" }
    { printf "%8.1f  %s\n", $1, substr($0, index($0, $2)); sum += $1 }
    END { printf "%8.1f  in all (%.1f minutes)\n", sum, sum / 60 }'
}

# Adds up one counter of all result files.
counter() {
  local name=$1 total=0 value
  while read -r value; do
    total=$((total + value))
  done < <(sed -n "s/.*<Counters [^>]*\\b$name=\"\\([0-9]*\\)\".*/\\1/p" "$results"/*.trx 2>/dev/null)
  echo "$total"
}
