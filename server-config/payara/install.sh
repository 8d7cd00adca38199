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

# Whoever reaches the administration on loopback could deploy: its password is for those who may read this file.
umask 077
passwords=$(mktemp)
trap 'rm -f "$passwords"' EXIT
echo "AS_ADMIN_PASSWORD=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >"$passwords"
"$asadmin" --user admin --passwordfile "$passwords" create-domain --checkports=false \
  --adminport "$admin_port" --instanceport "${PORT:-8080}" vpn-enterprise >/dev/null
chmod 700 "$domain"
mv "$passwords" "$domain/config/admin.passwords"
# Runs asadmin as the domain's administrator.
administer() {
  "$asadmin" --user admin --passwordfile "$domain/config/admin.passwords" --port "$admin_port" "$@"
}
cp "$archives/postgresql.jar" "$domain/lib/"
sed "s|@LOGS@|$domain/logs|" "$here/logging.properties" >"$domain/config/logging.properties"

administer start-domain --prebootcommandfile "$here/listeners.asadmin" vpn-enterprise >/dev/null
trap 'administer stop-domain --force vpn-enterprise >/dev/null' EXIT
administer multimode --file "$here/resources.asadmin"
administer deploy --name node-connector "$archives/node-connector.rar"
administer deploy --name vpn-enterprise "$archives/vpn-enterprise.ear"
# A program with checks of your own, run while the first deployment answers and before the domain stops again.
[ -z "${AFTER_DEPLOYMENT:-}" ] || "$AFTER_DEPLOYMENT"
