#!/usr/bin/env bash
# Asks the package sources for known vulnerabilities of every package, those that packages bring along included.
# Exit codes: 0 none are known, 1 some are, 3 a source has no such data, so nobody can tell.
# Arguments: a project or solution in place of the whole one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
found=false
unknown=false

# Without sources that are to be audited, NuGet says nothing about one that knows nothing, as if all were well.
{
  echo '<configuration><auditSources><clear />'
  dotnet nuget list source --format detailed | sed -n '/^ *[0-9][0-9]*\. /{
    N
    s/^ *[0-9]*\. *\(.*\) \[Enabled\] *\n *\([^ ]*\) *$/<add key="\1" value="\2" allowInsecureConnections="true" \/>/p
  }'
  echo '</auditSources></configuration>'
} >"$scratch/nuget.config"

said=$scratch/nuget
if ! dotnet restore "${1:-UserReports.slnx}" -v q -nologo -p:NuGetAudit=true -p:NuGetAuditMode=all -p:NuGetAuditLevel=low \
  -p:TreatWarningsAsErrors=false -p:RestoreRootConfigDirectory="$scratch" >"$said" 2>&1; then
  cat "$said"
  echo "NuGet: the packages could not be restored, so their vulnerabilities cannot be told." >&2
  exit 3
fi
if grep -E 'NU190[1-4]' "$said" | sed 's/ \[.*//' | sort -u; then
  found=true
fi
if grep -E 'NU190(0|5)' "$said" | sed 's/^.*warning //; s/ \[.*//' | sort -u; then
  unknown=true
  echo "NuGet: could not tell; the source above has no data about vulnerabilities, or did not give it."
elif ! $found; then
  echo "NuGet: no vulnerability is known of any package."
fi

if [ $# = 0 ]; then
  if ! command -v npm >/dev/null; then
    unknown=true
    echo "npm: could not tell; npm is not installed."
  elif (cd tests/typescript-client && npm audit --json --audit-level=low) >"$scratch/npm" 2>/dev/null; then
    if grep -q '"auditReportVersion"' "$scratch/npm"; then
      echo "npm: no vulnerability is known of any package."
    else
      unknown=true
      echo "npm: could not tell; the registry gave no report."
    fi
  elif grep -q '"auditReportVersion"' "$scratch/npm"; then
    found=true
    cat "$scratch/npm"
  else
    unknown=true
    echo "npm: could not tell; the registry has no data about vulnerabilities, or did not give it."
  fi
fi

if $found; then
  echo "Known vulnerabilities: raise the versions above in Directory.Packages.props, or in package.json." >&2
  exit 1
fi
if $unknown; then
  echo "Whether a package has a known vulnerability could not be told." >&2
  exit 3
fi
