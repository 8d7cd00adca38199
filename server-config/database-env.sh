# Sourced by the start scripts: splits DATABASE_URL into what the servers' connection pools read.
# postgres://user:password@host:port/database?sslmode=require, with percent-encoding as in any URL.

# Prints $1 with its percent-encoding undone.
percent_decoded() {
  printf '%s' "$1" | awk '
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
parameters=stringtype=unspecified
case $place in
  *\?*)
    parameters=${place#*\?}\&$parameters
    place=${place%%\?*}
    ;;
esac
DATABASE_JDBC_URL=jdbc:postgresql://$place?$parameters
DATABASE_JDBC_USER=$(percent_decoded "${credentials%%:*}")
DATABASE_JDBC_PASSWORD=$(percent_decoded "${credentials#*:}")
export DATABASE_JDBC_URL DATABASE_JDBC_USER DATABASE_JDBC_PASSWORD
unset rest credentials place parameters
