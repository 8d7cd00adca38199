#!/bin/sh
# Installs, on Debian as root, what the real tests need and this machine lacks; elsewhere says what is missing.
# Run by ./mvnw -Psetup. It only looks when nothing is missing.
set -eu

PATH=$PATH:/usr/sbin:/sbin
missing=

# $1 package, then the commands it brings
need() {
  package=$1
  shift
  for command in "$@"; do
    if ! command -v "$command" >/dev/null; then
      missing="$missing $package"
      return
    fi
  done
}

# NetworkManager's own reader of its files, a library without its daemon
need_nm() {
  /usr/bin/python3 -c "import gi; gi.require_version('NM', '1.0')" 2>/dev/null \
    || missing="$missing python3-gi gir1.2-nm-1.0"
}

has_postgresql_15() {
  for postgres in "$(command -v postgres || true)" /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres; do
    [ -x "$postgres" ] || continue
    # The tests dump and copy as well, with tools of the server's own version.
    [ -x "$(dirname "$postgres")/pg_basebackup" ] || continue
    major=$("$postgres" --version | sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p')
    [ "${major:-0}" -ge 15 ] && return 0
  done
  return 1
}

has_postgresql_15 || missing="$missing postgresql"
need wireguard-tools wg wg-quick
need wireguard-go wireguard-go
need nftables nft
need iproute2 ip ss
need iputils-ping ping
need chromium chromium
need openssh-server sshd
need oathtool oathtool
need procps ps sysctl
need systemd systemd-analyze
need tcpdump tcpdump
need zbar-tools zbarimg
need_nm
need util-linux setpriv setsid

[ -n "$missing" ] || exit 0

if [ ! -f /etc/debian_version ] || [ "$(id -u)" != 0 ]; then
  echo "setup: the tests need these packages, which only root on Debian has installed for him:$missing" >&2
  exit 1
fi

echo "setup: installing$missing"
case $missing in
  *postgresql*)
    # The tests start clusters of their own; Debian's default one would only take memory and port 5432.
    conf=/etc/postgresql-common/createcluster.conf
    mkdir -p "$(dirname "$conf")"
    grep -qs '^ *create_main_cluster' "$conf" || echo 'create_main_cluster = false' >> "$conf"
    ;;
esac
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o Acquire::Retries=3 update
# The conffile options keep our createcluster.conf without a question.
# shellcheck disable=SC2086 # one word a package
apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef \
  install $missing >/dev/null

has_postgresql_15 || {
  echo "setup: the PostgreSQL of this Debian is older than 15; install PostgreSQL 15 or later with its client tools." >&2
  exit 1
}
