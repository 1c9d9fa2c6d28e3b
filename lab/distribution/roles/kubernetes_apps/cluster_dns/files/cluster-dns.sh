#!/bin/sh
# Answers for the names of Services: feeds dnsmasq from the API and lets it know whenever something changed.
#   DOMAIN     the cluster's domain
#   UPSTREAMS  the servers for all other names, with spaces between them; unset where they don't resolve
# Not answered for: ports (SRV) and Services that stand for a name outside (ExternalName).
set -eu
cd /run/dns
# shellcheck source=/dev/null
. /etc/cluster-dns/api.sh

# The file that dnsmasq reads: an address and a name a line, in order, so that the same cluster gives the same file.
write_names() {
  read_lists services endpoints &&
    jq --raw-output --null-input --arg domain "$DOMAIN" --slurpfile services services --slurpfile endpoints endpoints \
      --from-file /etc/cluster-dns/names.jq > unsorted &&
    sort -u unsorted > names.new
}

serve() {
  set -- --keep-in-foreground --log-facility=- --user=nobody --pid-file= --port=1053 \
    --no-resolv --no-hosts --addn-hosts=/run/dns/names "--local=/$DOMAIN/" --local-ttl=5 --no-negcache --bogus-priv
  for upstream in ${UPSTREAMS:-}; do
    set -- "$@" "--server=$upstream"
  done
  dnsmasq "$@" &
  server=$!
}

until write_names; do
  echo 'The API gives no answer; asking again in 2 s' >&2
  sleep 2
done
mv names.new names
watch services endpoints
serve
trap 'kill "$server"; exit 0' TERM INT
while kill -0 "$server"; do
  wait_for_change
  if ! write_names; then
    sleep 2
    : > changed
  elif ! cmp -s names names.new; then
    mv names.new names
    kill -HUP "$server"
  fi
done
exit 1
