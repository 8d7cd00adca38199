#!/bin/sh
# Makes a domain "vpn-enterprise" in a Payara Server 6 and deploys the product into it: the connector, then the EAR.
#   DATABASE_URL=postgres://... [PORT=8080] [ADMIN_PORT=4848] install.sh PAYARA_DIRECTORY ARCHIVES_DIRECTORY
# The archives are node-connector.rar, vpn-enterprise.ear and postgresql.jar (the driver). Start it with start.sh.
set -eu

[ $# = 2 ] || {
  sed -n '2,4s/^# *//p' "$0" >&2
  exit 1
}
here=$(cd "$(dirname "$0")" && pwd)
payara=$(cd "$1" && pwd)
archives=$(cd "$2" && pwd)
admin_port=${ADMIN_PORT:-4848}
asadmin=$payara/bin/asadmin
domain=$payara/glassfish/domains/vpn-enterprise

for archive in node-connector.rar vpn-enterprise.ear postgresql.jar; do
  [ -f "$archives/$archive" ] || {
    echo "install: $archives/$archive is missing." >&2
    exit 1
  }
done
[ ! -e "$domain" ] || {
  echo "install: $domain exists already; asadmin delete-domain vpn-enterprise removes it." >&2
  exit 1
}
. "$here/../database-env.sh"

"$asadmin" create-domain --nopassword --checkports=false \
  --adminport "$admin_port" --instanceport "${PORT:-8080}" vpn-enterprise >/dev/null
# An administrator without a password is for loopback, and for the hands of whoever may read this directory.
chmod 700 "$domain"
cp "$archives/postgresql.jar" "$domain/lib/"
sed "s|@LOGS@|$domain/logs|" "$here/logging.properties" >"$domain/config/logging.properties"

"$asadmin" start-domain --prebootcommandfile "$here/listeners.asadmin" vpn-enterprise >/dev/null
trap '"$asadmin" stop-domain --force vpn-enterprise >/dev/null' EXIT
"$asadmin" --port "$admin_port" multimode --file "$here/resources.asadmin"
"$asadmin" --port "$admin_port" deploy --name node-connector "$archives/node-connector.rar"
"$asadmin" --port "$admin_port" deploy --name vpn-enterprise "$archives/vpn-enterprise.ear"
# A program with checks of your own, run while the first deployment answers and before the domain stops again.
[ -z "${AFTER_DEPLOYMENT:-}" ] || "$AFTER_DEPLOYMENT"
