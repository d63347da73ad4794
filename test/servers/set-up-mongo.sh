#!/usr/bin/env bash
# Brings a MongoDB wire server into the folder $1: DocumentDB (a PostgreSQL extension, in a Debian of its own) and FerretDB.
set -euo pipefail
target=$1
ferretdb=github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v2.7.0
suite=forky
export DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"

rm -rf "$target".partial-*
[ ! -e "$target" ] || exit 0
work=$target.partial-$$
# Before the folder is there, so that no end comes too early for it.
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 143' INT TERM
mkdir -m 700 "$work"

GOBIN="$work" go install "$ferretdb" &
gateway=$!

# Somebody else may be at it.
until apt-get update; do ((SECONDS < 60)) || exit 1; sleep 1; done
command -v debootstrap >/dev/null || apt-get install -y -o DPkg::Lock::Timeout=60 --no-install-recommends debootstrap
[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || apt-get install -y -o DPkg::Lock::Timeout=60 --no-install-recommends debian-archive-keyring
# An older debootstrap does not know the suite by name; every newer Debian is made like sid.
cp -r /usr/share/debootstrap "$work/debootstrap"
[ -e "$work/debootstrap/scripts/$suite" ] || ln -s sid "$work/debootstrap/scripts/$suite"
DEBOOTSTRAP_DIR="$work/debootstrap" debootstrap --variant=minbase --include=postgresql-18-documentdb "$suite" "$work/root"
rm -rf "$work/debootstrap" "$work/root"/var/cache/apt/archives/*.deb

# An empty database, copied for every server that is started.
data=/var/lib/rollcall-template
programs=/usr/lib/postgresql/18/bin
as_postgres() { chroot "$work/root" su postgres -c "$*"; }
mkdir "$work/root$data"
chroot "$work/root" chown postgres: "$data"
as_postgres "$programs/initdb -A trust -D $data -E UTF8 --locale=C.UTF-8 -c dynamic_shared_memory_type=mmap"
cat >>"$work/root$data/postgresql.conf" <<'SETTINGS'
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
cron.database_name = 'postgres'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
deadlock_timeout = '100ms'
SETTINGS
port=$((20000 + RANDOM % 10000))
as_postgres "$programs/pg_ctl -w -D $data -l /tmp/template.log -o '-p $port' start"
as_postgres "psql -h 127.0.0.1 -p $port -c 'CREATE EXTENSION documentdb CASCADE'"
as_postgres "$programs/pg_ctl -w -D $data -m fast stop"

wait "$gateway"
"$work/ferretdb" --version
chmod 755 "$work"
mv -T "$work" "$target"
