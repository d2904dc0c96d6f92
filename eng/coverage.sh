#!/usr/bin/env bash
# Prints the coverage that ReportGenerator summed up, and renews the README's badge when the figure has moved.
set -euo pipefail
report=$1
summary=$report/Summary.json

number() {
  sed -n "/\"summary\"/,/}/s/.*\"$1\": *\\([0-9.]*\\),*.*/\\1/p" "$summary" | head -n 1
}

printf '%-18s %s\n' \
  files "$(number files)" \
  'relevant lines' "$(number coverablelines)" \
  covered "$(number coveredlines)" \
  missed "$(number uncoveredlines)" \
  'lines %' "$(number linecoverage)" \
  'branches' "$(number coveredbranches) of $(number totalbranches) ($(number branchcoverage) %)"
echo "Report: $report/index.html"

badge=docs/coverage.svg
percent=$(printf '%.0f' "$(number linecoverage)")
if ! grep -qs "coverage: $percent %" "$badge"; then
  colour='#c0392b'
  if [ "$percent" -ge 90 ]; then colour='#2e7d32'; elif [ "$percent" -ge 75 ]; then colour='#8a6d00'; fi
  cat >"$badge" <<EOF
<svg xmlns="http://www.w3.org/2000/svg" width="112" height="20" role="img" aria-label="coverage: $percent %">
  <title>coverage: $percent %</title>
  <rect width="112" height="20" rx="3" fill="#444"/>
  <path d="M66 0h43a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H66z" fill="$colour"/>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
    <text x="33" y="14">coverage</text>
    <text x="89" y="14">$percent %</text>
  </g>
</svg>
EOF
fi
