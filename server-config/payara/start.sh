#!/bin/sh
# Runs the domain that install.sh made, in the foreground, as the process that was started (for systemd and containers).
#   DATABASE_URL=postgres://... [VPN_...=...] start.sh PAYARA_DIRECTORY
set -eu

here=$(cd "$(dirname "$0")" && pwd)
payara=$(cd "$1" && pwd)
. "$here/../database-env.sh"

# The JVM's command line as asadmin would start it: one argument a line, after a heading and up to an empty line.
command=$("$payara/bin/asadmin" start-domain --dry-run vpn-enterprise | sed -e 1d -e '/^$/,$d')
IFS='
'
set -f
# On standard input the server expects the password of its key store; "changeit" is the one it ships with.
exec $command <<PASSWORDS
AS_ADMIN_MASTERPASSWORD=${AS_ADMIN_MASTERPASSWORD:-changeit}
PASSWORDS
