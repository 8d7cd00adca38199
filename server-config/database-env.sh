# Sourced by the start scripts: splits DATABASE_URL into what the servers' connection pools read.
# postgres://user:password@host:port/database?sslmode=require, with percent-encoding as in any URL.

# Prints $1 with its percent-encoding undone.
percent_decoded() {
  # In the C locale: elsewhere awk would write a byte over 127 as a character of two.
  printf '%s' "$1" | LC_ALL=C awk '
    BEGIN { for (i = 0; i < 256; i++) byte[sprintf("%02X", i)] = sprintf("%c", i) }
    {
      while (match($0, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
        printf "%s%s", substr($0, 1, RSTART - 1), byte[toupper(substr($0, RSTART + 1, 2))]
        $0 = substr($0, RSTART + 3)
      }
      printf "%s", $0
    }'
}

if [ -z "${DATABASE_URL:-}" ] && [ -n "${DATABASE_URL_FILE:-}" ]; then
  DATABASE_URL=$(cat "$DATABASE_URL_FILE")
  export DATABASE_URL
fi
case ${DATABASE_URL:-} in
  postgres://*:*@*/* | postgresql://*:*@*/*) ;;
  *)
    echo "DATABASE_URL must be postgres://user:password@host:port/database." >&2
    exit 1
    ;;
esac

rest=${DATABASE_URL#*://}
credentials=${rest%@*}
place=${rest##*@}
# Both ends notice a lost one within a minute, not in hours: a dead node's transaction holds its locks no longer. What the
# database says of a failure is without the row's values. Parameters of the URL come after these, and win.
parameters='tcpKeepAlive=true&logServerErrorDetail=false&options=-c%20tcp_keepalives_idle%3D30'
parameters=$parameters'%20-c%20tcp_keepalives_interval%3D10%20-c%20tcp_keepalives_count%3D3'
case $place in
  *\?*)
    parameters=$parameters\&${place#*\?}
    place=${place%%\?*}
    ;;
esac
DATABASE_JDBC_URL=jdbc:postgresql://$place?$parameters\&stringtype=unspecified
DATABASE_JDBC_USER=$(percent_decoded "${credentials%%:*}")
DATABASE_JDBC_PASSWORD=$(percent_decoded "${credentials#*:}")
export DATABASE_JDBC_URL DATABASE_JDBC_USER DATABASE_JDBC_PASSWORD
unset rest credentials place parameters
