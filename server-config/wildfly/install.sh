#!/bin/sh
# Makes a configuration "vpn-enterprise.xml" in a WildFly 39 and adds the product to it: the connector, then the EAR.
#   install.sh WILDFLY_DIRECTORY ARCHIVES_DIRECTORY
# The archives are node-connector.rar, vpn-enterprise.ear and postgresql.jar (the driver). Start it with start.sh.
set -eu

[ $# = 2 ] || {
  sed -n '2,4s/^# *//p' "$0" >&2
  exit 1
}
here=$(cd "$(dirname "$0")" && pwd)
wildfly=$(cd "$1" && pwd)
archives=$(cd "$2" && pwd)
configuration=$wildfly/standalone/configuration

for archive in node-connector.rar vpn-enterprise.ear postgresql.jar; do
  [ -f "$archives/$archive" ] || {
    echo "install: $archives/$archive is missing." >&2
    exit 1
  }
done
[ ! -e "$configuration/vpn-enterprise.xml" ] || {
  echo "install: $configuration/vpn-enterprise.xml exists already." >&2
  exit 1
}

# The shell scripts of WildFly would otherwise take another installation for their own.
unset JBOSS_HOME
"$wildfly/bin/jboss-cli.sh" --command="module add --name=org.postgresql --resources=$archives/postgresql.jar \
--dependencies=java.se,jdk.security.jgss,jakarta.transaction.api"
cp "$configuration/standalone.xml" "$configuration/vpn-enterprise.xml"
"$wildfly/bin/jboss-cli.sh" -Darchives="$archives" --resolve-parameter-values --file="$here/configure.cli"
