#!/usr/bin/env bash
# Pulls audit records from a gateway into a file that a log shipper follows; goes on where it left off.
#
#   MCPGATE_ADMIN_TOKEN=... scripts/audit-pull.sh https://gate.example.com DIRECTORY [FORMAT]
#
# DIRECTORY gets `audit.FORMAT`, which only grows, and `after`, the place in the chain up to which records are in it.
# FORMAT is jsonl (the default), ocsf, cef or otlp. Run it every minute, by cron or a timer; one at a time. When it is
# killed between the file and the place, the next run writes the same records again: a receiver knows each by its id.
set -euo pipefail

[ $# -ge 2 ] && [ -n "${MCPGATE_ADMIN_TOKEN:-}" ] || {
  echo "audit-pull: say MCPGATE_ADMIN_TOKEN=... $0 URL DIRECTORY [FORMAT]" >&2
  exit 2
}
url=${1%/} directory=$2 format=${3:-jsonl}
mkdir -p "$directory"
cd "$directory"
exec 9>lock
flock --nonblock 9 || exit 0

after=0
[ -s after ] && after=$(cat after)
while :; do
  # The token goes in by a file descriptor, so that no list of processes shows it.
  status=$(curl --silent --show-error --max-time 60 --output page --dump-header headers --write-out '%{http_code}' \
    --header @<(printf 'Authorization: Bearer %s\n' "$MCPGATE_ADMIN_TOKEN") \
    "$url/admin/audit/export?format=$format&after=$after")
  [ "$status" = 200 ] || {
    echo "audit-pull: $url answered with $status: $(head -c 500 page)" >&2
    exit 1
  }
  next=$(tr -d '\r' <headers | sed -n 's/^mcpgate-next-after: *\([0-9]*\)$/\1/Ip')
  [ -n "$next" ] || {
    echo "audit-pull: $url does not answer as a gateway does" >&2
    exit 1
  }
  if [ "$next" != "$after" ]; then
    cat page >>"audit.$format"
    after=$next
    echo "$after" >after.new
    mv after.new after
  fi
  grep -qi '^link:.*rel="next"' headers || break
done
rm -f page headers
