#!/usr/bin/env bash
# Brings Debian's Redis into the folder $1, next to what the system has: nothing is installed, no service is started.
set -euo pipefail
target=$1
export DEBIAN_FRONTEND=noninteractive

rm -rf "$target".partial-*
[ ! -e "$target" ] || exit 0
work=$target.partial-$$
# Before the folder is there, so that no end comes too early for it.
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM
mkdir -m 700 "$work"

mkdir -p "$work/packages/partial"
# Somebody else may be at it.
until apt-get update; do ((SECONDS < 60)) || exit 1; sleep 1; done
apt-get install -y -o DPkg::Lock::Timeout=60 --no-install-recommends --reinstall --download-only \
  -o Dir::Cache::archives="$work/packages" redis-server redis-tools
for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work"; done
rm -r "$work/packages"
libraries=$(find "$work" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd :)
LD_LIBRARY_PATH=$libraries "$work/usr/bin/redis-server" --version
chmod 755 "$work"
mv -T "$work" "$target"
