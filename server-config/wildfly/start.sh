#!/bin/sh
# Runs the WildFly that install.sh prepared, in the foreground.
#   DATABASE_URL=postgres://... [PORT=8080] [ADMIN_PORT=9990] [VPN_...=...] start.sh WILDFLY_DIRECTORY
set -eu

here=$(cd "$(dirname "$0")" && pwd)
wildfly=$(cd "$1" && pwd)
. "$here/../database-env.sh"

unset JBOSS_HOME
# WildFly's script then passes on the signals that end it.
export LAUNCH_JBOSS_IN_BACKGROUND=true
# Everything on loopback, WildFly's default: a proxy, or an HTTPS listener that you add, is what the world sees.
exec "$wildfly/bin/standalone.sh" --server-config=vpn-enterprise.xml \
  -Djboss.http.port="${PORT:-8080}" -Djboss.management.http.port="${ADMIN_PORT:-9990}"
