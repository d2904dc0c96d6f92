#!/usr/bin/env bash
# Makes what the service is installed from. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'EOT'
Usage: eng/package.sh [--arch x64|arm64]… [--published FOLDER] [--version VERSION] [--output FOLDER] [KIND…]

Makes, in artifacts/packages, all four kinds unless some are named, for both architectures unless one is:

  archive  user-reports-VERSION-linux-ARCH.tar.gz: the program with its runtime, its unit and its settings
  deb      user-reports_VERSION_ARCH.deb: the same, for Debian and Ubuntu (needs dpkg-deb)
  tool     UserReports.Tool.VERSION.nupkg, and one for each architecture: for `dotnet tool install`, needs .NET 10
  image    user-reports-VERSION-linux-ARCH.image.tar: for `docker load`; fetches its base image

  --published  take what was published into this folder, in place of publishing (archive and deb, with one --arch)
  --version    in place of what the newest tag and the commits since make

DEBFULLNAME and DEBEMAIL say who makes the Debian package; without them it is the author of the newest commit.
Two packages of one commit are the same to the byte.
EOT
}

architectures=() kinds=() given='' published='' version='' output=$PWD/artifacts/packages
while [ $# -gt 0 ]; do
  case $1 in
    --arch) architectures+=("${2:?}"); shift ;;
    --published) given=$(realpath "${2:?}"); shift ;;
    --version) version=${2:?}; shift ;;
    --output) output=$(realpath -m "${2:?}"); shift ;;
    archive | deb | tool | image) kinds+=("$1") ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[ ${#architectures[@]} -gt 0 ] || architectures=(x64 arm64)
[ ${#kinds[@]} -gt 0 ] || kinds=(archive deb tool image)
for architecture in "${architectures[@]}"; do
  [[ $architecture =~ ^(x64|arm64)$ ]] || { usage >&2; exit 2; }
done
if [ -n "$given" ] && [ ${#architectures[@]} != 1 ]; then
  echo "--published is of one architecture: give --arch." >&2
  exit 2
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The time of every file in a package is that of the commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
mkdir -p "$output"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Sets `published` to a folder with the program and its runtime.
publish() {
  published=${given:-$scratch/published-$1}
  [ ! -d "$published" ] || return 0
  dotnet publish src/UserReports.Server -c Release -r "linux-$1" --self-contained -o "$published" -nologo -v q \
    "-p:MinVerVersionOverride=$version" -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false
}

# Prints the version of what is built: the newest tag's, or on the way to the next.
version_of_build() {
  dotnet restore src/UserReports.Server -v q >&2
  dotnet msbuild src/UserReports.Server -t:MinVer -getProperty:MinVerVersion
}

# Lays the program out as it is installed: who may run what, and nothing that others may write.
lay_out() {
  local folder=$1
  mkdir -p "$folder"
  cp -R "$published/." "$folder/"
  find "$folder" -type d -exec chmod 755 {} +
  find "$folder" -type f -exec chmod 644 {} +
  chmod 755 "$folder/user-reports"
}

make_archive() {
  local name=user-reports-$version-linux-$1
  lay_out "$scratch/$name/user-reports"
  cp eng/user-reports.service eng/user-reports.env LICENSE docs/installing.md "$scratch/$name/"
  tar -C "$scratch" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" \
    | gzip -9n >"$output/$name.tar.gz"
  rm -rf "${scratch:?}/$name"
  told "$output/$name.tar.gz"
}

make_deb() {
  local root=$scratch/deb documents kilobytes script name
  local debian_version=${version/-/\~} debian_architecture=${1/x64/amd64}
  name=user-reports_${debian_version}_$debian_architecture.deb
  documents=$root/usr/share/doc/user-reports
  rm -rf "$root"
  mkdir -p "$root"/{DEBIAN,etc/user-reports,usr/bin,usr/lib/systemd/system} "$documents" \
    "$root"/usr/share/{lintian/overrides,man/man1}
  lay_out "$root/usr/lib/user-reports"
  ln -s ../lib/user-reports/user-reports "$root/usr/bin/user-reports"
  install -m 755 deploy/debian/user-reports-check "$root/usr/bin/user-reports-check"
  sed -e 's|/opt/user-reports|/usr/lib/user-reports|' -e '/^Description=/a Documentation=man:user-reports(1)' \
    eng/user-reports.service >"$root/usr/lib/systemd/system/user-reports.service"
  install -m 600 eng/user-reports.env "$root/etc/user-reports/environment"
  install -m 644 docs/dependencies.md "$documents/"
  install -m 644 deploy/debian/copyright "$documents/copyright"
  debian_changelog "$debian_version" | gzip -9n >"$documents/changelog.gz"
  gzip -9nc deploy/debian/user-reports.1 >"$root/usr/share/man/man1/user-reports.1.gz"
  ln -s user-reports.1.gz "$root/usr/share/man/man1/user-reports-check.1.gz"
  install -m 644 deploy/debian/lintian-overrides "$root/usr/share/lintian/overrides/user-reports"
  find "$root" -path "$root/DEBIAN" -prune -o -type d -exec chmod 755 {} +
  chmod 644 "$root"/usr/lib/systemd/system/* "$documents"/* "$root"/usr/share/man/man1/user-reports.1.gz

  kilobytes=$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)
  sed -e "s|@VERSION@|$debian_version|" -e "s|@ARCHITECTURE@|$debian_architecture|" -e "s|@SIZE@|$kilobytes|" \
    -e "s|@MAINTAINER@|$(maintainer)|" deploy/debian/control >"$root/DEBIAN/control"
  install -m 644 deploy/debian/conffiles "$root/DEBIAN/conffiles"
  for script in preinst postinst prerm postrm; do
    install -m 755 "deploy/debian/$script" "$root/DEBIAN/$script"
  done
  (cd "$root" && find etc usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2 | grep -v ' etc/' >DEBIAN/md5sums)
  chmod 644 "$root/DEBIAN/md5sums"
  dpkg-deb --root-owner-group -Zxz --build "$root" "$output/$name" >/dev/null
  rm -rf "$root"
  told "$output/$name"
}

maintainer() {
  if [ -n "${DEBEMAIL:-}" ]; then
    echo "${DEBFULLNAME:-UserReports} <$DEBEMAIL>"
  else
    git log -1 --format='%an <%ae>' 2>/dev/null || echo 'UserReports <root@localhost>'
  fi
}

# What is new stands in CHANGELOG.md; a package of one's own says where it is from.
debian_changelog() {
  printf 'user-reports (%s) stable; urgency=medium\n\n' "$1"
  printf '  * Version %s; see CHANGELOG.md of the project.\n\n' "$version"
  printf ' -- %s  %s\n' "$(maintainer)" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
}

make_tool() {
  dotnet pack src/UserReports.Server -c Release -o "$output" -nologo -v q "-p:MinVerVersionOverride=$version" \
    -p:PackedAs=tool
  told "$output"/UserReports.Tool.*"$version".nupkg
}

make_image() {
  local name=user-reports-$version-linux-$1.image.tar
  dotnet publish src/UserReports.Server -c Release -r "linux-$1" --no-self-contained -nologo -v q \
    -t:PublishContainer "-p:MinVerVersionOverride=$version" "-p:ContainerImageTag=$version" \
    "-p:ContainerArchiveOutputPath=$output/$name"
  told "$output/$name"
}

told() { du -h --apparent-size "$@"; }

version=${version:-$(version_of_build)}
for kind in "${kinds[@]}"; do
  if [ "$kind" = tool ]; then
    make_tool
    continue
  fi
  for architecture in "${architectures[@]}"; do
    [ "$kind" = image ] || publish "$architecture"
    "make_$kind" "$architecture"
  done
done
